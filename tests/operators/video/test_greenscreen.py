"""`video.greenscreen` on drawn figures whose mattes are known, and on files that are odd or have no screen."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from reelwright.errors import InvalidParameter, NothingFound, NoVideo
from reelwright.media import encode, frames, images, making, probe
from reelwright.media.making import odd, screens
from reelwright.operators import Context
from reelwright.operators.video.greenscreen import GreenscreenParams, greenscreen

SIZE = (320, 180)
GROUND = (190, 60, 150)


@pytest.fixture(scope="module")
def clip(made):
    """`clip(**given)`: half a second before a screen, with sound."""

    def make(**given):
        def write(path):
            sound = making.speech(0.52, rate=48000).clean
            return screens.screen(path, size=SIZE, seconds=0.52, seed=2, sound=sound, **given)

        return made("green.mp4", write, tuple(sorted(given.items())))

    return make


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A picture of one colour, of another shape than the video."""
    picture = np.full((240, 240, 3), GROUND, np.uint8)
    return images.save(picture, tmp_path_factory.mktemp("ground") / "ground.png")


def run(path, **given):
    return greenscreen(GreenscreenParams(video=str(path), quality="draft", **given))


def alphas(path):
    """Every frame's alpha, float [h, w]."""
    with av.open(str(path)) as box:
        stream = box.streams.video[0]
        vp9 = stream.codec_context.name == "vp9"
        decoder = av.CodecContext.create("libvpx-vp9", "r") if vp9 else stream.codec_context
        shown = [frame for packet in box.demux(stream) for frame in decoder.decode(packet)]
        # Formats deeper than 8 bits come down to them here.
        return [frame.reformat(format="rgba").to_ndarray()[..., 3] / 255 for frame in shown]


@pytest.mark.parametrize(("colour", "most"), [(screens.GREEN, 0.012), (screens.BLUE, 0.02)], ids=["green", "blue"])
@pytest.mark.parametrize("alpha_format", ["webm", "prores"])
def test_a_transparent_result_has_the_drawn_alpha(clip, colour, most, alpha_format):
    made = clip(colour=colour)

    result = run(made.path, alpha_format=alpha_format)

    found = alphas(result.video)
    assert result.transparent
    assert len(found) == result.frames == made.frames
    assert all(np.abs(found[number] - made.alpha_of(number)).mean() < most for number in range(0, made.frames, 4))


def test_the_new_background_is_where_the_screen_was(clip, ground):
    made = clip()

    result = run(made.path, background=ground)

    shown = [frame.rgb.astype(int) for frame in frames.stream(result.video)]
    source = [frame.rgb.astype(int) for frame in frames.stream(made.path)]
    assert len(shown) == result.frames == made.frames
    for number in (0, 6, 12):
        alpha = made.alpha_of(number)
        empty, solid = _far_from(alpha > 0), _far_from(alpha < 1)
        assert np.abs(shown[number][empty] - GROUND).mean() < 3
        assert np.abs(shown[number][solid] - source[number][solid]).mean() < 6


def _far_from(mask):
    """Pixels at least four away from the mask."""
    return cv2.dilate(mask.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0


@pytest.mark.parametrize("given", [{}, {"alpha_format": "prores"}, {"background": True}], ids=["webm", "mov", "mp4"])
def test_length_sound_and_colour_tags_stay(clip, ground, given):
    made = clip()

    result = run(made.path, **({"background": ground} if given.get("background") else given))

    before, after = probe.probe(made.path), probe.probe(result.video)
    times = [[float(frame.time) for frame in frames.stream(path)] for path in (result.video, made.path)]
    assert times[0] == pytest.approx(times[1], abs=0.0011)
    assert len(after.audio) == len(before.audio) == 1
    assert float(after.duration) == pytest.approx(float(before.duration), abs=0.06)
    assert abs(result.sound_shift) < 0.02
    assert (after.video.space, after.video.range) == (before.video.space, before.video.range)
    assert after.video.has_alpha is result.transparent


def test_the_report_tells_what_was_found(clip):
    made = clip(spill=0.2, hair=(60, 60, 60))

    result = run(made.path, alpha_format="webm")

    red, green, blue = bytes.fromhex(result.key[1:])
    assert (red, green, blue) == pytest.approx(made.colour, abs=25)
    truth = made.alpha_of(0)
    assert result.keyed == pytest.approx(float((truth == 0).mean()), abs=0.08)
    assert 0 < result.mixed < 0.3
    assert 0 <= result.plate_error < 0.05
    assert result.spill_after < result.spill_before / 3
    assert result.frames_without_screen == 0


def test_a_light_that_changes_is_followed(clip):
    made = clip(exposure=(1.0, 0.6, 1.1))

    found = alphas(run(made.path).video)

    assert all(np.abs(found[number] - made.alpha_of(number)).mean() < 0.02 for number in range(0, made.frames, 3))


def test_a_given_key_finds_the_same_screen(clip):
    made = clip()

    found = alphas(run(made.path, key="#20b040").video)

    assert np.abs(found[4] - made.alpha_of(4)).mean() < 0.012


def test_frames_without_the_screen_are_left_as_they_are(tmp_path, ground):
    made = screens.screen(tmp_path / "one.mp4", size=SIZE, seconds=0.4)
    green = [frame.rgb for frame in frames.stream(made.path)]
    grey = [np.full_like(green[0], 120)] * 5
    path = making.write_video(tmp_path / "both.mp4", green + grey, size=SIZE, fps=25)

    result = run(path, background=ground)

    assert result.frames_without_screen == 5
    last = [frame.rgb for frame in frames.stream(result.video)][-1]
    assert np.abs(last.astype(int) - 120).mean() < 3


@pytest.mark.parametrize(
    "shots", [[(making.SCENE, 0.8)], [(making.BLACK, 0.4)], [(making.WHITE, 0.4)]], ids=["scene", "black", "white"]
)
def test_footage_without_a_screen_says_so(make_video, shots):
    with pytest.raises(NothingFound, match=r"shows no screen: .*give its colour as `key`"):
        run(make_video(shots).path)


def test_a_key_that_is_not_in_the_picture_says_so(clip):
    with pytest.raises(NothingFound, match="no screen of the colour #2030e0"):
        run(clip().path, key="#2030e0")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({"alpha_format": "none"}, "an MP4 has no transparency", id="mp4-without-background"),
        pytest.param({"alpha_format": "webm", "background": "a.png"}, "nothing is transparent", id="webm-with"),
        pytest.param({"alpha_format": "prores", "background": "a.png"}, "nothing is transparent", id="prores-with"),
        pytest.param({"key": "green"}, "should match pattern", id="a-word-for-a-colour"),
    ],
)
def test_params_that_contradict_each_other_are_refused_at_once(given, told):
    with pytest.raises(ValidationError, match=told):
        GreenscreenParams(video="a.mp4", **given)


def test_a_grey_key_is_refused(clip):
    with pytest.raises(InvalidParameter, match="nearly grey") as caught:
        run(clip().path, key="#808080")
    assert caught.value.field == "key"


@pytest.mark.parametrize("transparent", [True, False], ids=["transparent", "background"])
def test_the_contact_sheet_shows_before_and_after(clip, ground, tmp_path, transparent):
    made = clip()
    ctx = Context.local(phases=greenscreen.phases, out=tmp_path / "out")
    given = {} if transparent else {"background": str(ground)}

    result = greenscreen(GreenscreenParams(video=str(made.path), quality="draft", preview=True, **given), ctx)

    sheet = images.load(result.sheet)
    corners = sheet[20:40, 20:40].mean((0, 1)), sheet[20:40, sheet.shape[1] // 2 + 20 :][:, :20].mean((0, 1))
    assert corners[0] == pytest.approx(made.colour, abs=40)
    assert corners[1] == pytest.approx((125, 125, 125) if transparent else GROUND, abs=26)
    assert run(made.path).sheet is None


def test_a_sound_file_says_so(broken_files):
    with pytest.raises(NoVideo):
        run(broken_files["sound_only"])


@pytest.mark.parametrize(
    ("given", "size"),
    [
        pytest.param({"rotation": 90}, (180, 320), id="turned"),
        pytest.param({"pix_fmt": "yuv420p10le", "codec": "libx265"}, SIZE, id="10-bit"),
        pytest.param({"pix_fmt": "yuv444p"}, SIZE, id="444"),
        pytest.param({"aspect": Fraction(4, 3)}, SIZE, id="wide-pixels"),
        pytest.param({"times": [Fraction(n * n, 300) for n in range(13)]}, SIZE, id="uneven-times"),
    ],
)
def test_odd_videos_are_keyed_too(tmp_path, clip, ground, given, size):
    made = clip()
    path = odd.write_odd(tmp_path / "odd.mkv", (frame.rgb for frame in frames.stream(made.path)), **given)

    result = run(path, background=ground)

    assert (result.width, result.height) == size
    assert result.frames == made.frames
    corner = next(frames.stream(result.video)).rgb[:12, :12].reshape(-1, 3).mean(0)
    assert corner == pytest.approx(GROUND, abs=8)


def test_an_hdr_video_is_keyed_with_a_note(tmp_path, clip, ground):
    made, path = clip(), tmp_path / "hdr.mp4"
    colour = encode.Colour(range=1, primaries=9, transfer=16, matrix=9)  # BT.2100 PQ
    picture = encode.Picture(*SIZE, Fraction(1, 12800), Fraction(25), "yuv420p10le", colour)
    with encode.Writer(path, picture, quality="draft") as writer:
        for frame in frames.stream(made.path):
            writer.write(frame.raw)

    result = run(path, background=ground)

    assert result.frames == made.frames
    assert any("HDR" in one for one in result.notes)
    assert probe.probe(result.video).video.transfer == "smpte2084"


def test_one_frame_is_enough(tmp_path, ground):
    made = screens.screen(tmp_path / "one.mp4", size=SIZE, seconds=0.04)

    assert run(made.path, background=ground).frames == 1
