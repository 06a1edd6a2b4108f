"""`speech.dub`: lines in their spans, measured on the track."""

import numpy as np
import pytest

from reelwright.errors import InvalidParameter, NothingFound
from reelwright.media import samples, subtitles
from reelwright.models.port import NoModels
from reelwright.operators import Context
from reelwright.operators.speech.dub import DubParams, choose, dub

RATE = 16000
LINES = (
    ("Hello, how are you today?", 1.0, 2.2),
    ("I am fine, thank you very much. And you?", 2.6, 5.0),
    ("你好，今天天气很好。", 5.5, 7.6),
)


@pytest.fixture(scope="module")
def models():
    return NoModels()


@pytest.fixture
def dubbed(tmp_path, models):
    def make(lines=LINES, **given):
        rows = [{"text": text, "start": start, "end": end} for text, start, end in lines]
        context = Context.local(out=tmp_path / "out", models=models, phases=dub.phases)
        result = dub(DubParams(**({"lines": rows} if rows else {}), **given), context)
        return result, samples.read(result.audio).samples[0]

    return make


def heard_between(sound, start, end):
    """First and last moment above -46 dB of the peak between two moments, seconds."""
    part = np.abs(sound[round(RATE * start) : round(RATE * end)])
    loud = np.flatnonzero(part > 0.005 * np.abs(sound).max())
    return start + loud[0] / RATE, start + loud[-1] / RATE


def test_lines_fill_their_spans(dubbed):
    result, sound = dubbed()

    assert result.fitted == 1.0
    for line, (text, start, end) in zip(result.lines, LINES, strict=True):
        first, last = heard_between(sound, start - 0.2, end + 0.2)
        assert line.text == text
        assert (line.start, line.end) == pytest.approx((start, end), abs=0.04)
        assert (first, last) == pytest.approx((start, end), abs=0.04)


def test_a_short_line_is_drawn_out_no_more_than_it_may(dubbed):
    result, _ = dubbed([("Short.", 1.0, 9.0)], slowest=0.9)
    (line,) = result.lines

    assert line.tempo == 0.9
    assert line.end < 2
    assert line.late == 0


def test_a_long_line_is_late_and_says_so(dubbed):
    result, _ = dubbed([("This is far too long for the little time that it was given here.", 0.5, 1.0)], fastest=1.5)
    (line,) = result.lines

    assert line.tempo == result.fastest == 1.5
    assert line.late == pytest.approx(line.end - 1.0)
    assert line.late > 0.5
    assert result.fitted == 0


def test_lines_never_sound_at_once(dubbed):
    long = "This is far too long for the little time that it was given here."
    result, sound = dubbed([(long, 0.5, 1.0), ("Next.", 1.2, 2.0), ("Later on.", 8.0, 9.0)])
    first, second, third = result.lines

    assert second.start == pytest.approx(first.end + 0.04, abs=0.01)
    assert np.abs(sound[round(RATE * (first.end + 0.02)) : round(RATE * (second.start - 0.005))]).max() < 0.01
    assert third.start == 8.0


def test_lines_whose_spans_touch_begin_on_their_cues(dubbed):
    text = "We were away for a year."
    result, _ = dubbed([(text, 0.0, 1.2), (text, 1.2, 2.4), (text, 2.4, 3.6)])

    assert [line.start for line in result.lines] == [0.0, 1.2, 2.4]
    assert [line.end for line in result.lines] == pytest.approx([1.16, 2.36, 3.6], abs=0.03)
    assert result.fitted == 1.0


def test_lines_may_come_in_any_order(dubbed):
    result, _ = dubbed(LINES[::-1])

    assert [line.text for line in result.lines] == [text for text, _, _ in LINES]


@pytest.mark.parametrize("length", [4.0, 12.5])
def test_the_track_is_as_long_as_asked(dubbed, length):
    result, sound = dubbed(length=length)

    assert len(sound) == round(RATE * length)
    assert result.seconds == length


def test_each_line_may_have_its_voice(models, tmp_path):
    lines = [
        {"text": "We were away a year ago.", "start": 0.0, "end": 2.0, "voice": "Zhide"},
        {"text": "We were away a year ago.", "start": 2.5, "end": 4.5, "voice": "aiwei"},
    ]
    result = dub(DubParams(lines=lines), Context.local(out=tmp_path, models=models))
    sound = samples.read(result.audio).samples[0]
    bass = []
    for part in (sound[: 2 * RATE], sound[round(2.5 * RATE) : round(4.5 * RATE)]):
        power = np.square(np.abs(np.fft.rfft(part)))
        bass.append(power[: round(len(part) * 180 / RATE)].sum() / power.sum())

    assert bass[0] > 20 * bass[1]


@pytest.mark.parametrize("kind", ["srt", "vtt"])
def test_subtitles_are_lines(models, tmp_path, kind):
    path = tmp_path / f"lines.{kind}"
    subtitles.save([subtitles.Cue(start, end, text) for text, start, end in LINES], path, kind)
    result = dub(DubParams(subtitles=str(path)), Context.local(out=tmp_path / "out", models=models))

    assert [line.text for line in result.lines] == [text for text, _, _ in LINES]
    assert [line.end for line in result.lines] == pytest.approx([end for _, _, end in LINES], abs=0.04)


def test_a_line_without_words_is_left_out(dubbed):
    result, _ = dubbed([("…", 0.0, 1.0), ("Hello.", 1.0, 2.0)])

    assert [line.text for line in result.lines] == ["Hello."]


def test_no_words_at_all_are_told(dubbed):
    with pytest.raises(NothingFound, match="no line holds a letter"):
        dubbed([("…", 0.0, 1.0)])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "either lines or subtitles"),
        ({"lines": [{"text": "a", "start": 0, "end": 1}], "subtitles": "a.srt"}, "either lines or subtitles"),
        ({"lines": [{"text": "a", "start": 0, "end": 1, "voice": "zhitan"}]}, "near it are zhitian"),
        ({"lines": [{"text": "a", "start": 0, "end": 1}], "voice": "zhitan"}, "near it are zhitian"),
    ],
)
def test_what_is_wrong_is_told_at_once(given, told):
    with pytest.raises(InvalidParameter, match=told):
        DubParams(**given)


def test_a_line_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="let it end later"):
        DubParams(lines=[{"text": "a", "start": 2, "end": 1}])


def test_what_speaks_is_chosen_before_subtitles_are_here(tmp_path):
    away = DubParams(subtitles="oss://media/in.srt")
    here = tmp_path / "in.srt"
    here.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n", encoding="utf-8")

    assert choose(away, NoModels()) == choose(DubParams(subtitles=str(here)), NoModels())
