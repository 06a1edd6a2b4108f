"""Frames encoded so that they can stand between copied H.264 packets of another encoder.

The mended parts have parameter sets of their own, under a number that the source does not use. Both sets are known to
the decoder from the beginning, each picture names the one it needs, and every part begins with an IDR picture: the
switch is one that any H.264 decoder has to know. Size, pixel format, colour tags and pixel aspect are the source's.
There are no B-frames, so that a mended part adds nothing to the delay of decoding.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reelwright.loading import lazy
from reelwright.media import encode, nal, probe
from reelwright.media.splices import Unsound

if TYPE_CHECKING:
    import av
    from av.video.codeccontext import VideoCodecContext
else:
    av = lazy("av")

BETTER = 2  # CRF steps below that of whole encodings: mended frames stand between ones that lost nothing
HEADERS_BESIDE = 1 << 22  # AV_CODEC_FLAG_GLOBAL_HEADER
OWN_DURATIONS = 1 << 8  # AV_CODEC_FLAG_FRAME_DURATION: a packet lasts as long as its frame, not as the rate says


@dataclass(frozen=True, slots=True)
class Mended:
    """One encoded frame; stamps as they were given."""

    units: list[nal.Unit]
    stamp: int
    lasts: int
    is_key: bool


class Mender:
    """Encodes short parts. `video`: the source; `sets`: its parameter sets; `first`: one of its frames.

    Raises Unsound where frames like the source's cannot be encoded.
    """

    def __init__(
        self, video: probe.VideoStream, sets: nal.ParameterSets, first: "av.VideoFrame", quality: encode.Quality
    ) -> None:
        if first.interlaced_frame:
            raise Unsound("it is interlaced")
        self._video, self._quality, self._level = video, quality, max(one[3] for one in sets.sps)
        try:
            self._number = sets.spare_number()
            self.sets = nal.ParameterSets.of(bytes(self._opened().extradata or b""))
        except (ValueError, av.error.FFmpegError) as error:
            raise Unsound(f"frames like its own cannot be encoded ({error})") from error

    def part(self, frames: "Iterator[tuple[av.VideoFrame, int]]") -> Iterator[Mended]:
        """The frames with their stamps, which rise, encoded on their own."""
        coder = self._opened()
        if nal.ParameterSets.of(bytes(coder.extradata or b"")) != self.sets:
            raise Unsound("the encoder's parameters are not the same each time")
        for frame, stamp in frames:
            frame.pts, frame.time_base = stamp, self._video.time_base
            frame.pict_type = av.video.frame.PictureType.NONE  # the source's choice is not the encoder's
            yield from map(_mended, coder.encode(frame))
        yield from map(_mended, coder.encode(None))

    def _opened(self) -> "VideoCodecContext":
        video, (preset, crf) = self._video, encode.SETTINGS[self._quality]
        coder = av.VideoCodecContext.create("libx264", "w")
        coder.width, coder.height, coder.pix_fmt = video.width, video.height, video.pix_fmt
        coder.time_base, coder.framerate = video.time_base, video.frame_rate or encode.USUAL_RATE
        coder.sample_aspect_ratio = video.sample_aspect_ratio
        colour = encode.Colour.of(video)
        coder.color_range, coder.color_primaries = colour.range, colour.primaries
        coder.color_trc, coder.colorspace = colour.transfer, colour.matrix
        coder.flags |= HEADERS_BESIDE | OWN_DURATIONS
        own = f"sps-id={self._number}:bframes=0:level={self._level}"
        coder.options = {"preset": preset, "crf": str(crf - BETTER), "x264-params": own}
        coder.open()
        return coder


def _mended(packet: "av.Packet[av.video.stream.VideoStream]") -> Mended:
    assert packet.pts is not None  # it was given with the frame
    units = [one for one in nal.split_at_codes(memoryview(packet)) if nal.kind(one) not in (nal.SEI, nal.DELIMITER)]
    return Mended(units, packet.pts, packet.duration or 0, bool(packet.is_keyframe))
