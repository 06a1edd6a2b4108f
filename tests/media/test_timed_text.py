"""Words and their times, of every kind of file."""

import pytest

from reelwright.media import timed_text
from reelwright.media.subtitles import Cue


@pytest.fixture
def read(tmp_path):
    def work(text, name="a.txt"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return timed_text.read(tmp_path / name)

    return work


def told(spoken):
    return [(round(one.start, 3), round(one.end, 3), one.letters) for one in spoken.words]


def test_time_is_shared_out_by_letters():
    spoken = timed_text.shared(Cue(1.0, 2.0, "one, three 你好。"))

    assert told(spoken) == [(1.0, 1.333, 4), (1.333, 1.75, 5), (1.75, 1.833, 1), (1.833, 2.0, 2)]
    assert not spoken.timed


def test_marks_and_line_breaks_belong_to_the_words_before(read):
    (spoken,) = read(
        '{"sentences": [{"text": "Well, then!\\nGo.", "start": 0, "end": 3, "words": ['
        '{"text": "well", "start": 0, "end": 1}, {"text": "then", "start": 1, "end": 2},'
        '{"text": "go", "start": 2, "end": 3}]}]}'
    )

    assert told(spoken) == [(0, 1, 5), (1, 2, 5), (2, 3, 3)]
    assert spoken.timed


def test_words_that_are_not_the_sentences_are_not_believed(read):
    (spoken,) = read(
        '{"sentences": [{"text": "other words", "start": 0, "end": 2, "words": [{"text": "x", "start": 0, "end": 2}]}]}'
    )

    assert not spoken.timed
    assert told(spoken) == [(0, 1, 5), (1, 2, 5)]


def test_webvtt_with_hours_settings_notes_and_marks(read):
    (first, second) = read(
        "\ufeffWEBVTT - a title\n\nNOTE nothing --> here\n\nSTYLE\n::cue {}\n\n"
        "one\n01:00:00.500 --> 01:00:02.500 line:80% align:start\n"
        "<v Ann>a &amp; <01:00:01.000><c.x>b</c> <01:00:02.000>c\n\n"
        "00:03.000 --> 00:04.000\nsecond\nline\n".replace("\n", "\r\n")
    )

    assert (first.cue.text, second.cue.text) == ("second\nline", "a & b c")
    assert told(second) == [(3600.5, 3601.0, 2), (3601.0, 3602.0, 1), (3602.0, 3602.5, 1)]
    assert second.timed
    assert not first.timed


def test_karaoke_tags_of_ass_in_all_their_spellings(read):
    lines = "\\N".join(["{\\k50}Hel{\\kf50\\b1}lo", "{\\K100}you"])
    (spoken,) = read(
        "[Script Info]\nScriptType: v4.00+\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,Arial,20\n"
        "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        f"Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,{lines}\n"
    )

    assert spoken.cue == Cue(1.0, 3.0, "Hello\nyou")
    assert told(spoken) == [(1.0, 1.5, 3), (1.5, 2.0, 2), (2.0, 3.0, 3)]


def test_cues_come_in_order_and_empty_ones_not_at_all(read):
    found = read(
        "1\n00:00:05,000 --> 00:00:06,000\nlater\n\n2\n00:00:01,000 --> 00:00:02,000\nsooner\n\n"
        "3\n00:00:03,000 --> 00:00:03,000\nnever\n"
    )

    assert [one.cue.text for one in found] == ["sooner", "later"]
