"""`video.captions` on films whose captions are known to the letter and to the frame."""

import itertools
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from reelwright.errors import Cancelled, NoVideo
from reelwright.media import frames, making, probe, subtitles
from reelwright.media.making.captioned import Cue, Style, captioned
from reelwright.media.making.odd import write_odd
from reelwright.operators import Context, sheet
from reelwright.operators.context import Silent
from reelwright.operators.video import captions as module
from reelwright.operators.video.captions import CaptionsParams, captions

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[4] / "shared" / "data")) / "video"
SIZE, FPS = (480, 270), 25
TALK = (
    Cue(0.4, 1.6, "Where is the dog?"),
    Cue(1.6, 2.6, "I saw it run off."),
    Cue(3.0, 3.8, "Run off?"),
    Cue(3.92, 4.8, "Run off?"),
    Cue(5.0, 6.6, "Yes, at 10:30,\nafter the 2 cats."),
)


@pytest.fixture(scope="session")
def make_film(made):
    """`make_film(cues, style=…, others=…, …)` -> `Captioned`."""

    def make(cues=TALK, *, size=SIZE, **given):
        def write(path):
            return captioned(path.with_suffix(".mp4"), cues, size=size, **given)

        return made("film", write, (tuple(cues), size, repr(sorted(given.items()))))

    return make


@pytest.fixture(scope="module")
def models():
    """The networks are loaded once."""
    return Context.local().models


@pytest.fixture
def read(tmp_path, models):
    def run(path, **given):
        context = Context.local(phases=captions.phases, out=tmp_path / "out", models=models)
        return captions(CaptionsParams(video=str(path), **given), context)

    return run


def told(result):
    return [(round(one.start * FPS), round(one.end * FPS), one.text) for one in result.captions]


def true(cues):
    return [(round(cue.start * FPS), round(cue.end * FPS), cue.text) for cue in cues]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="outline"),
        pytest.param({"style": Style(edge="box"), "pan": 0}, id="box-still"),
        pytest.param({"style": Style(edge="none", colour=(250, 235, 90)), "seed": 5}, id="plain-yellow"),
        pytest.param({"style": Style(edge="shadow", align="left"), "seed": 6, "cuts": (2.0, 5.8)}, id="left-cuts"),
    ],
)
def test_captions_are_read_to_the_letter_and_to_the_frame(make_film, read, given):
    film = make_film(**given)
    result = read(film.path)

    assert told(result) == true(film.cues)
    assert subtitles.read(result.subtitles) == [
        subtitles.Cue(pytest.approx(cue.start), pytest.approx(cue.end), cue.text) for cue in film.cues
    ]
    assert (result.lines, result.frames) == (6, film.frames)
    assert result.mean_score > 0.95


CHANGES = (
    Cue(0.4, 0.8, "Come on,"),
    Cue(0.8, 1.2, "let us go."),
    Cue(1.2, 2.4, "Take 3 of 9 now"),
    Cue(2.4, 3.4, "Take 8 of 9 now"),
    Cue(3.4, 4.4, "Take 6 of 9 now"),
)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="outline"),
        pytest.param({"style": Style(edge="box"), "pan": 0}, id="box-still"),
        pytest.param({"style": Style(edge="none", colour=(250, 235, 90)), "seed": 5}, id="plain-yellow"),
    ],
)
def test_captions_that_are_brief_or_differ_in_a_digit_are_captions_of_their_own(make_film, read, given):
    film = make_film(CHANGES, **given)
    assert told(read(film.path)) == true(film.cues)


AGAIN = (
    Cue(0.4, 1.4, "Run off?"),
    Cue(1.44, 2.4, "Run off?"),
    Cue(2.4, 2.8, "Come on,"),
    Cue(2.8, 3.2, "let us go."),
    Cue(3.2, 4.2, "Who was it\nthat came by?"),
    Cue(4.2, 5.2, "Who was it\nthat called?"),
)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="outline"),
        pytest.param({"style": Style(edge="box"), "cuts": (2.92,), "seed": 7}, id="box-over-a-cut"),
    ],
)
def test_the_same_words_after_one_frame_a_cut_below_and_a_line_that_stays(make_film, read, given):
    film = make_film(AGAIN, **given)
    assert told(read(film.path)) == true(film.cues)


def test_each_line_is_read_once_and_not_once_a_sample(make_film, read):
    film = make_film()
    result = read(film.path)

    samples = film.seconds * 5
    assert result.reads <= result.lines + 2
    assert result.looks <= samples / 3


OTHERS = (
    Cue(0.0, 2.4, "LONG NIGHT", Style(size=0.12, base=0.83)),
    Cue(2.8, 4.4, "Jane Miller", Style(size=0.045, base=0.82, align="left", colour=(255, 190, 60))),
)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        pytest.param({"others": OTHERS, "pan": 0.03}, "scene", id="title-and-name"),
        pytest.param(
            {"others": (Cue(0, 99, "CHANNEL 5", Style(size=0.05, base=0.8, align="left")),), "seconds": 9},
            "standing",
            id="watermark",
        ),
        pytest.param(
            {"cues": TALK[:4], "signs": ("MOTEL",), "pan": 0, "seconds": 9}, "standing", id="sign-in-a-still-scene"
        ),
    ],
)
def test_what_is_no_caption_is_left_out_and_counted(make_film, read, given, why):
    film = make_film(**given)
    result = read(film.path)

    assert told(result) == true(film.cues)
    assert getattr(result, f"left_out_{why}") >= 1


def test_signs_that_move_with_the_scene_are_no_captions(make_film, read):
    film = make_film(TALK[:4], signs=("COLLINS STREET", "CAFE"), pan=0.12, seed=2)
    assert told(read(film.path)) == true(film.cues)


@pytest.mark.parametrize("pan", [0, 0.1], ids=["still", "panning"])
@pytest.mark.parametrize("fade", [0.16, 0.24, 0.4])
def test_fading_captions_are_a_frame_off_at_most(make_film, read, fade, pan):
    cues = (Cue(0.4, 1.8, "Slowly it comes"), Cue(1.8, 3.6, "and slowly it goes"))
    found = told(read(make_film(cues, style=Style(fade=fade), pan=pan).path))

    assert [text for *_, text in found] == [cue.text for cue in cues]
    assert np.abs(np.array([one[:2] for one in found]) - np.array([one[:2] for one in true(cues)])).max() <= 1


@pytest.mark.parametrize("fps", [2, 10])
def test_edges_are_exact_however_often_is_looked(make_film, read, fps):
    cues = TALK[:2]
    assert told(read(make_film(cues).path, fps=fps)) == true(cues)


def test_only_the_region_is_read(make_film, read):
    upper = (Cue(0.4, 1.6, "An upper line", Style(base=0.3)),)
    film = make_film(TALK[:2], others=upper)

    assert told(read(film.path)) == true(TALK[:2])
    assert told(read(film.path, roi=((0.15, 0.4), (0, 1)))) == true(upper)


@pytest.mark.parametrize("kind", ["srt", "vtt", "ass"])
def test_all_formats_say_the_same(make_film, read, kind):
    result = read(make_film(TALK[:2]).path, format=kind)

    assert result.subtitles.endswith(f".{kind}")
    assert [cue.text for cue in subtitles.read(result.subtitles)] == [cue.text for cue in TALK[:2]]


def test_a_film_without_captions_has_an_empty_file(make_video, read):
    result = read(make_video().path)

    assert (result.captions, result.lines, result.mean_score) == ((), 0, 0.0)
    assert Path(result.subtitles).read_text().strip() == ""


# ---- Odd files


def pictures(film, *, turned=0):
    """Every frame; lying on its side, as a phone stores it, if turned."""
    return (np.ascontiguousarray(np.rot90(frame.rgb, turned // 90)) for frame in frames.stream(film.path))


@pytest.mark.parametrize(
    ("given", "turned"),
    [
        pytest.param({"pix_fmt": "yuv420p10le"}, 0, id="10-bits"),
        pytest.param({"pix_fmt": "yuv444p"}, 0, id="full-chroma"),
        pytest.param({"rotation": 90}, 90, id="turned"),
    ],
)
def test_films_as_phones_and_cameras_write_them_are_read_as_well(make_film, read, tmp_path, given, turned):
    path = write_odd(tmp_path / "a.mp4", pictures(make_film(TALK[:2]), turned=turned), **given)
    assert told(read(path)) == true(TALK[:2])


def test_times_are_those_of_the_frames_and_not_their_numbers(make_film, read, tmp_path):
    film = make_film(TALK[:2])
    # From frame 30 on each frame stays twice as long.
    times = [Fraction(index + max(0, index - 30), FPS) for index in range(film.frames)]
    result = read(write_odd(tmp_path / "a.mkv", pictures(film), times=times))

    # Matroska counts milliseconds.
    expected = [float(times[edge]) for first, last, _ in true(TALK[:2]) for edge in (first, last)]
    assert [edge for one in result.captions for edge in (one.start, one.end)] == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize("size", [(270, 480), (854, 480), (960, 540)], ids=["portrait", "odd-scale", "half"])
def test_other_sizes_are_read_as_well(make_film, read, size):
    style = Style(size=0.033 if size[0] < size[1] else 0.06, base=0.92)
    cues = TALK[:1]
    assert told(read(make_film(cues, size=size, style=style).path)) == true(cues)


@pytest.mark.parametrize("count", [1, 3], ids=["one-frame", "three-frames"])
def test_a_film_of_a_few_frames_has_no_captions(make_film, read, tmp_path, count):
    result = read(write_odd(tmp_path / "a.mp4", itertools.islice(pictures(make_film(TALK[:2])), count)))
    assert (told(result), result.frames) == ([], count)


def test_a_caption_that_ends_with_the_film_ends_there(make_film, read):
    cues = (Cue(0.4, 2.0, "To the very end"),)
    assert told(read(make_film(cues, seconds=2.0).path)) == true(cues)


def test_a_sound_file_has_no_captions(tmp_path, read):
    path = making.write_wav(tmp_path / "a.wav", np.zeros(4800, np.float32), 48000)
    with pytest.raises(NoVideo):
        read(path)


# ---- Params, results


@pytest.mark.parametrize(
    "given",
    [{"fps": 1}, {"fps": 11}, {"roi": ((0.9, 0.7), (0, 1))}, {"roi": ((0, 1.5), (0, 1))}, {"lang": "fr"}],
    ids=["fps-low", "fps-high", "roi-upside-down", "roi-outside", "lang"],
)
def test_params_that_cannot_be_are_refused(given):
    with pytest.raises(ValidationError):
        CaptionsParams(video="a.mp4", **given)


def test_the_sheet_shows_where_lines_were_found(make_film, read):
    result = read(make_film(TALK[:2]).path, preview=True)
    assert probe.probe(result.sheet).video.width > 0

    # Each pair: before, after; the second pair is of second 2, in which a line is on the screen.
    sheet = next(frames.stream(result.sheet)).rgb.astype(int)
    marks = (sheet[..., 0] > 190) & (sheet[..., 1] < 130) & (sheet[..., 2] < 130)
    before, after = marks[:, : sheet.shape[1] // 2].sum(), marks[:, sheet.shape[1] // 2 :].sum()
    assert after > before + 400


@pytest.mark.parametrize(("preview", "count"), [(False, 1), (True, 4)], ids=["live-frame", "sheet"])
def test_the_live_frame_keeps_to_the_clock_unless_there_is_a_sheet(
    make_film, tmp_path, models, monkeypatch, preview, count
):
    """A film of some seven seconds, read in no time."""
    previews = []

    class Watching(Silent):
        def preview(self, path):
            previews.append(path)

    monkeypatch.setattr(sheet, "monotonic", lambda: 100.0)
    context = Context.local(phases=captions.phases, out=tmp_path / "out", models=models, reporter=Watching())
    film = make_film()
    captions(CaptionsParams(video=str(film.path), preview=preview), context)

    assert 6 < film.seconds <= 8
    assert len(previews) == count


def test_a_cancelled_job_stops(make_film, tmp_path, models):
    class Impatient(Silent):
        def check(self):
            raise Cancelled("enough")

    context = Context.local(phases=captions.phases, out=tmp_path / "out", models=models, reporter=Impatient())
    with pytest.raises(Cancelled):
        captions(CaptionsParams(video=str(make_film(TALK[:2]).path)), context)


def test_split_captions_are_two_files(tmp_path, monkeypatch, make_film, read):
    # No font with Chinese letters is sure to be there; the first line is taken for Chinese.
    monkeypatch.setattr(module.reading, "is_eastern", lambda text: text.startswith("Yes"))
    result = read(make_film(TALK[4:]).path, split=True)

    assert result.subtitles is None
    assert [cue.text for cue in subtitles.read(result.zh)] == ["Yes, at 10:30,"]
    assert [cue.text for cue in subtitles.read(result.en)] == ["after the 2 cats."]


@pytest.mark.parametrize(("name", "lang"), [("subtitled_zh", "ch"), ("subtitled_en", "en")])
def test_real_films_are_read_without_a_mistake(read, name, lang):
    path = DATA / f"{name}.mp4"
    if not path.is_file():
        pytest.skip("the shared data are not here")
    result, truth = read(path, lang=lang), subtitles.read(path.with_suffix(".srt"))

    assert [one.text for one in result.captions] == [one.text for one in truth]
    frame = float(1 / probe.with_video(path).video.frame_rate)
    for one, cue in zip(result.captions, truth, strict=True):
        assert abs(one.start - cue.start) <= frame
        assert abs(one.end - cue.end) <= frame
