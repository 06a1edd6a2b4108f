"""`media.glimpses`: small pictures as FFmpeg's scaler makes them, from any format, turned as they are shown."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from reelwright.media import frames
from reelwright.media.glimpses import Glimpse, to_rgb


def written(path, *, size=(640, 360), pixels="yuv420p", matrix=None, span=None, rotation=0, codec="libx264"):
    random = np.random.default_rng(3)
    rgb = cv2.resize(random.integers(0, 255, (6, 10, 3), dtype=np.uint8), size, interpolation=cv2.INTER_CUBIC)
    with av.open(str(path), "w") as out:
        video = out.add_stream(codec, rate=25, options={"crf": "4"} if codec == "libx264" else {})
        video.width, video.height, video.pix_fmt = *size, pixels
        context = video.codec_context
        if matrix:
            context.colorspace = matrix
        if span:
            context.color_range = span
        if rotation:
            video.set_display_rotation(rotation)
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        frame = frame.reformat(format=pixels, dst_colorspace=matrix, dst_color_range=span)
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        frame.color_range, frame.colorspace = span or 0, matrix or 2
        out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="untagged"),
        pytest.param({"matrix": 1, "span": 1}, id="bt709"),
        pytest.param({"matrix": 5, "span": 2}, id="full-range"),
        pytest.param({"matrix": 9, "span": 1}, id="bt2020"),
        pytest.param({"size": (642, 358)}, id="sides-that-cannot-be-halved-often"),
        pytest.param({"size": (321, 181), "codec": "ffv1"}, id="odd-sides"),
        pytest.param({"size": (100, 60)}, id="smaller-than-wanted"),
        pytest.param({"pixels": "yuv420p10le"}, id="ten-bit"),
        pytest.param({"pixels": "yuv444p"}, id="full-colour"),
        pytest.param({"rotation": 90}, id="turned"),
        pytest.param({"rotation": 180}, id="upside-down"),
    ],
)
def test_it_shows_what_the_frame_shows(tmp_path, given):
    frame = next(
        iter(frames.stream(written(tmp_path / "in.mkv" if "codec" in given else tmp_path / "in.mp4", **given)))
    )
    glimpse = Glimpse(frame)
    for size in ((160, 90), (400, 225), (90, 160)):
        smaller = size[0] < frame.size[0]
        way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
        true = cv2.resize(frame.rgb, size, interpolation=way).astype(int)
        seen = glimpse(*size)
        assert seen.shape == true.shape
        assert np.abs(seen - true).mean() < 4


@pytest.mark.parametrize(
    ("yuv", "full", "rgb"),
    [
        pytest.param((16, 128, 128), False, (0, 0, 0), id="black"),
        pytest.param((235, 128, 128), False, (255, 255, 255), id="white"),
        pytest.param((255, 128, 128), True, (255, 255, 255), id="white-of-full-range"),
        pytest.param((81, 90, 240), False, (254, 0, 0), id="red-of-bt601"),
        pytest.param((41, 240, 110), False, (0, 0, 255), id="blue-of-bt601"),
    ],
)
def test_known_colours(yuv, full, rgb):
    made = to_rgb(0.299, 0.114, full=full) @ (*yuv, 1)
    assert np.abs(made.clip(0, 255) - rgb).max() < 2
