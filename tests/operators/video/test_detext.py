"""`video.detext` on films whose captions were drawn on, against the same films without them."""

from fractions import Fraction

import numpy as np
import pytest
from pydantic import ValidationError

from reelwright.media import frames, making, probe
from reelwright.media.making.captioned import Cue, Style, captioned
from reelwright.media.making.inpainters import inpainter
from reelwright.media.making.odd import write_odd
from reelwright.models.hub import Hub
from reelwright.models.ocr import Ocr
from reelwright.models.port import BUILTIN, Endpoint
from reelwright.operators import Context
from reelwright.operators.video.detext import DetextParams, detext

SIZE, FPS, SECONDS = (480, 272), 25, 2.4
TWO = (Cue(0.4, 1.2, "The first of them"), Cue(1.2, 2.0, "Another one"))
NOTHING = (Cue(100, 101, "x"),)


@pytest.fixture(scope="session")
def make_captioned(made):
    """`make_captioned(cues, style=…, pan=…)` -> (with captions, the same without)."""

    def make(cues=TWO, *, seconds=SECONDS, **given):
        def write(path):
            path.mkdir()
            shown = captioned(path / "shown.mp4", cues, size=SIZE, seconds=seconds, crf=14, **given)
            bare = captioned(path / "bare.mp4", NOTHING, size=SIZE, seconds=seconds, crf=14, **given)
            return shown.path, bare.path

        return made("captioned", write, (tuple(cues), seconds, repr(sorted(given.items()))))

    return make


def cleared(path, tmp_path, **given):
    given.setdefault("quality", "normal")
    return detext(DetextParams(video=str(path), **given), Context.local(phases=detext.phases, out=tmp_path / "out"))


def lumas(path):
    return np.array([frame.gray for frame in frames.stream(path)]).astype(np.float32)


def psnr(one, other):
    return 10 * np.log10(255**2 / np.mean(np.square(one - other)))


def worst_in_boxes(result, bare):
    """PSNR within each line's box over its time, the worst of them."""
    after, truth = lumas(result.video), lumas(bare)
    height, width = truth.shape[1:]
    found = []
    for line in result.lines:
        rows = slice(round(line.top * height), round((line.top + line.height) * height))
        columns = slice(round(line.left * width), round((line.left + line.width) * width))
        times = slice(round(line.start * FPS), round(line.end * FPS))
        found.append(psnr(after[times, rows, columns], truth[times, rows, columns]))
    return min(found)


def read_in(path, at):
    ocr = Ocr()
    picture = frames.at(path, Fraction(at)).rgb
    return [said.text for _, said in ocr.find_and_read(picture) if said.score > 0.6]


@pytest.mark.parametrize("pan", [0, 0.1], ids=["still", "panning"])
def test_lines_are_found_in_their_frames_and_what_is_behind_comes_back(make_captioned, tmp_path, pan):
    shown, bare = make_captioned(pan=pan)
    result = cleared(shown, tmp_path)

    assert [(line.start, line.end) for line in result.lines] == [(0.4, 1.2), (1.2, 2.0)]
    assert [line.text.replace(" ", "") for line in result.lines] == ["Thefirstofthem", "Anotherone"]
    assert (result.frames, result.frames_with_text) == (60, 40)
    assert result.filled_from_time == 1
    assert worst_in_boxes(result, bare) > 38
    outside = slice(0, round(0.6 * SIZE[1]))
    assert psnr(lumas(result.video)[:, outside], lumas(shown)[:, outside]) > 40


@pytest.mark.parametrize(
    "style",
    [
        pytest.param(Style(colour=(240, 220, 40), edge="none"), id="yellow"),
        pytest.param(Style(edge="box"), id="plate"),
        pytest.param(Style(fade=0.3), id="fading"),
    ],
)
def test_other_looks_leave_no_trace_either(make_captioned, tmp_path, style):
    shown, bare = make_captioned((Cue(0.4, 2.0, "Words that go"),), style=style, pan=0)
    result = cleared(shown, tmp_path)
    assert worst_in_boxes(result, bare) > 38
    assert read_in(shown, 1.2) != []
    assert read_in(result.video, 1.2) == []
    apart = np.abs(lumas(result.video) - lumas(bare))
    assert apart.mean(axis=0).max() < 12


def test_two_rows_are_two_lines(make_captioned, tmp_path):
    shown, bare = make_captioned((Cue(0.4, 2.0, "Upper row of two\nand the lower row"),), pan=0.05)
    result = cleared(shown, tmp_path)
    assert [line.text.replace(" ", "") for line in result.lines] == ["Upperrowoftwo", "andthelowerrow"]
    assert worst_in_boxes(result, bare) > 36


def test_text_outside_the_region_stays(make_captioned, tmp_path):
    title = Cue(0, 2.4, "A title above", Style(base=0.2))
    shown, _ = make_captioned((*TWO, title), pan=0)
    below = cleared(shown, tmp_path / "below")
    above = cleared(shown, tmp_path / "above", regions=[(0, 0, 1, 0.4)])

    assert len(below.lines) == 2
    assert "Atitleabove" in "".join(read_in(below.video, 0.8)).replace(" ", "")
    assert [line.text.replace(" ", "") for line in above.lines] == ["Atitleabove"]
    assert "first" in "".join(read_in(above.video, 0.8))


def test_only_the_wanted_time_is_cleared(make_captioned, tmp_path):
    shown, _ = make_captioned(pan=0)
    result = cleared(shown, tmp_path, times=[(0, 1.2)])
    assert [(line.start, line.end) for line in result.lines] == [(0.4, 1.2)]
    assert result.frames == 60
    assert "Another" in "".join(read_in(result.video, 1.6))


def test_several_spans_need_the_thorough_method(make_captioned, tmp_path):
    shown, _ = make_captioned(pan=0)
    result = cleared(shown, tmp_path, times=[(0.2, 0.8), (1.4, 1.8)], method="thorough")
    assert [(line.start, line.end) for line in result.lines] == [(0.4, 0.8), (1.4, 1.8)]
    with pytest.raises(ValidationError, match="more than one span"):
        DetextParams(video=str(shown), times=[(0, 1), (1.5, 2)])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"regions": [(0, 0.7, 0, 0.3)]}, "shares of the frame"),
        ({"regions": [(0, 7, 1, 3)]}, "shares of the frame"),
        ({"times": [(2, 1)]}, "ends after it began"),
        ({"times": [(-1, 1)]}, "begins at 0 or later"),
    ],
)
def test_places_and_times_that_cannot_be_are_refused(wrong, told):
    with pytest.raises(ValidationError, match=told):
        DetextParams(video="a.mp4", **wrong)


def test_signs_that_move_with_the_scene_stay(make_captioned, tmp_path):
    shown, bare = make_captioned((Cue(0.4, 2.0, "Words that go"),), pan=0.15, signs=("EXIT", "SALE", "OPEN"))
    result = cleared(shown, tmp_path)
    assert [line.text.replace(" ", "") for line in result.lines] == ["Wordsthatgo"]
    assert worst_in_boxes(result, bare) > 34


def test_a_video_without_text_goes_through_untouched(make_video, tmp_path):
    clip = make_video([("scene", 1)], sound=True)
    result = cleared(clip.path, tmp_path, preview=True)
    assert result.lines == ()
    assert (result.frames, result.frames_with_text) == (clip.frames, 0)
    assert any("no text was found" in note for note in result.notes)
    assert result.sheet is not None
    assert psnr(lumas(result.video), lumas(clip.path)) > 38
    assert len(probe.with_audio(result.video).audio) == 1
    assert result.sound_shift == 0


@pytest.mark.parametrize(
    ("size", "given"),
    [
        pytest.param((273, 481), {}, id="odd-portrait"),
        pytest.param((480, 272), {"rotation": 90}, id="turned"),
        pytest.param((480, 272), {"codec": "libx265", "pix_fmt": "yuv420p10le"}, id="10-bit"),
        pytest.param((480, 272), {"times": [Fraction(n * n % 3 + 4 * n, 100) for n in range(24)]}, id="uneven-times"),
        pytest.param((480, 272), {"count": 1}, id="one-frame"),
    ],
)
def test_odd_videos_keep_their_frames_and_times(tmp_path, size, given):
    given = dict(given)
    count = given.pop("count", 24)
    if size[0] % 2:
        given["pix_fmt"] = "yuv444p"
    still = making.pictures.Shot("scene", 1)
    source = tmp_path / "source.mp4"
    base = making.picture(source, [still], size=(size[0] & ~1, size[1] & ~1), fps=FPS)
    pictures = [
        np.pad(one.rgb, ((0, size[1] % 2), (0, size[0] % 2), (0, 0)), "edge") for one in frames.stream(base.path)
    ]
    path = write_odd(tmp_path / "odd.mkv", pictures[:count], **given)
    result = cleared(path, tmp_path)

    before = [frame.time for frame in frames.stream(path)]
    after = [frame.time for frame in frames.stream(result.video)]
    assert result.frames == len(before) == count
    assert after == pytest.approx([one - before[0] for one in before], abs=0.002)
    shown = probe.with_video(path).video.shown
    assert (result.width, result.height) == (shown[0] & ~1, shown[1] & ~1)


def test_a_network_of_the_settings_makes_up_what_no_frame_shows(make_captioned, tmp_path):
    shown, _ = make_captioned((Cue(0.0, SECONDS, "Always there"),), pan=0)
    models = Hub(tmp_path, endpoints={"inpainting": Endpoint(str(inpainter(tmp_path / "mean", side=128)), "")})
    ctx = Context.local(phases=detext.phases, out=tmp_path / "out", models=models)

    result = detext(DetextParams(video=str(shown), quality="draft"), ctx)

    assert result.engine == "inpainting:mean"
    assert result.filled_from_space > 0.5
    found = detext.provider(DetextParams(video="a.mp4"), models)
    assert (found.tier, set(found.models)) == ("model", {"mean"})
    assert detext.provider(DetextParams(video="a.mp4", engine="builtin"), models) == BUILTIN
