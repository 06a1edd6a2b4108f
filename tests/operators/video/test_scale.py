"""`video.scale`: the size and shape that were asked for, of the pictures that were there."""

from fractions import Fraction

import av
import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.media import frames, planes, probe
from reelwright.media.making import odd
from reelwright.operators import Context
from reelwright.operators.video.scale import ScaleParams, scale

LEFT, RIGHT = (200, 40, 40), (40, 60, 200)


def halves(width=160, height=80):
    pixels = np.full((height, width, 3), LEFT, np.uint8)
    pixels[:, width // 2 :] = RIGHT
    return pixels


@pytest.fixture
def film(tmp_path):
    def make(**given):
        return str(odd.write_odd(tmp_path / "film.mp4", [halves()] * 4, **given))

    return make


def run(path, tmp_path, **given):
    params = ScaleParams(video=path, quality="high", **given)
    return scale(params, Context.local(out=tmp_path / "out"))


@pytest.mark.parametrize(
    ("given", "size"),
    [
        pytest.param({"width": 64, "height": 48}, (64, 48), id="both"),
        pytest.param({"width": 80}, (80, 40), id="width"),
        pytest.param({"height": 60}, (120, 60), id="height"),
        pytest.param({"factor": 0.5}, (80, 40), id="factor"),
        pytest.param({"factor": 1.26}, (202, 100), id="even"),
        pytest.param({"width": 65, "height": 49, "fit": "contain"}, (64, 32), id="contain"),
        pytest.param({"width": 80, "height": 80, "fit": "cover"}, (80, 80), id="cover"),
    ],
)
def test_the_size_is_what_was_asked_for(film, tmp_path, given, size):
    result = run(film(), tmp_path, **given)

    assert (result.width, result.height) == size == probe.with_video(result.video).video.shown
    assert result.frames == 4


def test_both_halves_are_where_they_were(film, tmp_path):
    result = run(film(), tmp_path, width=80, height=90)

    rgb = next(iter(frames.stream(result.video))).rgb
    assert np.abs(rgb[:, :36].astype(int) - LEFT).mean() < 8
    assert np.abs(rgb[:, 44:].astype(int) - RIGHT).mean() < 8


def test_padding_has_the_colour_and_all_of_the_picture(film, tmp_path):
    result = run(film(), tmp_path, width=160, height=160, fit="pad", colour="#28B43C")

    rgb = next(iter(frames.stream(result.video))).rgb.astype(int)
    assert np.abs(rgb[:36] - (40, 180, 60)).mean() < 6
    assert np.abs(rgb[-36:] - (40, 180, 60)).mean() < 6
    assert np.abs(rgb[44:116, :70] - LEFT).mean() < 8


def test_cover_keeps_the_middle(film, tmp_path):
    result = run(film(), tmp_path, width=80, height=80, fit="cover")

    rgb = next(iter(frames.stream(result.video))).rgb.astype(int)
    assert np.abs(rgb[:, :36] - LEFT).mean() < 8
    assert np.abs(rgb[:, 44:] - RIGHT).mean() < 8


def test_samples_become_square_with_a_size_and_the_picture_keeps_its_shape(film, tmp_path):
    result = run(film(aspect=Fraction(2)), tmp_path, height=40)

    video = probe.with_video(result.video).video
    assert (video.shown, video.sample_aspect_ratio) == ((160, 40), 1)


def test_a_turned_film_is_scaled_as_it_is_shown(film, tmp_path):
    result = run(film(rotation=90), tmp_path, width=40)

    assert (result.width, result.height) == (40, 80)
    rgb = next(iter(frames.stream(result.video))).rgb.astype(int)
    assert np.abs(rgb[:36] - LEFT).mean() < 8  # turned clockwise, the left half is above


def test_ten_bits_of_hdr_stay(tmp_path):
    path = str(tmp_path / "hdr.mp4")
    with av.open(path, "w") as out:
        stream = out.add_stream("libx265", rate=25, options={"preset": "ultrafast", "x265-params": "log-level=error"})
        stream.width, stream.height, stream.pix_fmt = 160, 80, "yuv420p10le"
        coder = stream.codec_context
        coder.colorspace, coder.color_primaries, coder.color_trc, coder.color_range = 9, 9, 16, 1
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(halves(), format="rgb24").reformat(format="yuv420p10le")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))

    result = run(path, tmp_path, width=120, height=80, fit="pad")

    video = probe.with_video(result.video).video
    assert (video.pix_fmt, video.transfer, video.space) == ("yuv420p10le", "smpte2084", "bt2020nc")
    luma = planes.of(next(iter(frames.stream(result.video))).raw)[0]
    assert abs(int(luma[2, 60]) - 64) < 16  # black of ten bits
    assert luma[40].max() > 200


@pytest.mark.parametrize("given", [{}, {"width": 64, "factor": 2.0}], ids=["nothing", "two-ways"])
def test_one_way_of_saying_the_size_is_asked_for(film, tmp_path, given):
    with pytest.raises(InvalidParameter, match="width, height or both"):
        run(film(), tmp_path, **given)


def test_a_side_nobody_plays_is_refused(film, tmp_path):
    with pytest.raises(InvalidParameter, match="4096"):
        run(film(), tmp_path, height=4096)
