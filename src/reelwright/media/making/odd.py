"""Videos as phones, cameras and browsers write them: turned, 10 bits deep, unevenly timed, of unknown length.

`write_odd` encodes given pictures; what is peculiar is said by its arguments.
"""

import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from reelwright.loading import lazy
from reelwright.media.making.writing import BT709, LIMITED, Rgb

if TYPE_CHECKING:
    import av
    from av.video.stream import VideoStream
else:
    av = lazy("av")

MILLISECOND = Fraction(1, 1000)
FPS = 25


def write_odd(
    path: Path,
    pictures: Iterable[Rgb],
    *,
    times: Sequence[Fraction] | None = None,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    rotation: int = 0,
    aspect: Fraction = Fraction(1),
    key_every: int = 12,
    live: bool = False,
) -> Path:
    """Encode uint8 [h, w, 3] RGB pictures; the container is told by the file name.

    `times`: seconds of each picture (25 a second if not given). `rotation`: degrees clockwise a player turns the
    stored pictures. `aspect`: of one pixel. `live`: leave no length and no index, as a browser's recorder does.
    """
    pictures = iter(pictures)
    first = next(pictures)
    with av.open(str(path), "w", options={"live": "1"} if live else {}) as box:
        video = cast("VideoStream", box.add_stream(codec, rate=FPS, options={"preset": "ultrafast", "crf": "18"}))
        video.height, video.width = first.shape[:2]
        video.pix_fmt = pix_fmt
        coder = video.codec_context
        coder.gop_size, coder.time_base, coder.sample_aspect_ratio = key_every, MILLISECOND, aspect
        coder.colorspace = coder.color_primaries = coder.color_trc = BT709
        coder.color_range = LIMITED
        if rotation:
            video.set_display_rotation(-rotation)  # FFmpeg counts anti-clockwise
        for count, rgb in enumerate(itertools.chain((first,), pictures)):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
            frame = frame.reformat(format=pix_fmt, dst_colorspace=BT709, dst_color_range=LIMITED)
            time = times[count] if times is not None else Fraction(count, FPS)
            frame.pts, frame.time_base = round(time / MILLISECOND), MILLISECOND
            box.mux(video.encode(frame))
        box.mux(video.encode(None))
    return path
