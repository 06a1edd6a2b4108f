"""The only place that encodes video.

`Writer` takes pictures one after another with the exact time stamps of their source (a variable frame rate
stays variable), keeps colour tags, copies sound and subtitles beside them in step (`media.beside`), and puts
the finished file in place in one move: a reader never sees half a file. MP4 files begin with their index
(faststart). Encoder settings are the table `SETTINGS` and nothing else.

Ordinary pictures become 8-bit H.264. HDR ones (PQ, HLG) stay 10 bits, as HEVC, because 8 bits would show
bands. Pictures with alpha become VP9 (`yuva420p`, in WebM) or ProRes 4444 (`yuva444p10le`, in MOV).
Not done here: deinterlacing, tone mapping, hardware encoders.
"""

import contextlib
import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, cast

from reelwright.errors import InvalidParameter, StorageFull, WorkFailed
from reelwright.loading import lazy
from reelwright.media import containers, planes, probe
from reelwright.media.beside import Beside

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.stream import VideoStream
else:
    av = lazy("av")

Quality = Literal["draft", "normal", "high"]

SETTINGS: dict[Quality, tuple[str, int]] = {  # preset, CRF of x264
    "draft": ("ultrafast", 26),
    "normal": ("veryfast", 21),
    "high": ("medium", 18),
}
VP9_SETTINGS: dict[Quality, tuple[str, str, int]] = {  # deadline, cpu-used (speed), CRF of libvpx-vp9
    "draft": ("realtime", "8", 36),
    "normal": ("realtime", "6", 30),
    "high": ("good", "3", 24),
}
WITH_ALPHA = {"yuva420p": "libvpx-vp9", "yuva444p10le": "prores_ks"}  # pixels -> the encoder that keeps them
PRORES_4444 = "4"  # profile
HEVC_CRF_OFFSET = 3  # x265 looks alike at a somewhat higher CRF
HDR_TRANSFERS = frozenset({"smpte2084", "arib-std-b67"})  # PQ, HLG
USUAL_RATE = Fraction(25)  # where the file does not tell; only the encoder's rate control hangs on it
MATRIX_601 = 6  # ITU-T H.273: what swscale makes of RGB
UNSPECIFIED = 2
LIMITED_RANGE, FULL_RANGE = 1, 2


@dataclass(frozen=True, slots=True)
class Colour:
    """The colour tags, as code points of ITU-T H.273; `range` is 1 for limited, 2 for full, 0 for unknown."""

    range: int = 0
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    matrix: int = UNSPECIFIED

    @classmethod
    def of(cls, video: probe.VideoStream) -> "Colour":
        """The tags of a source; RGB ones become limited-range BT.601, which is what the conversion makes of them."""
        primaries = _code(probe.PRIMARIES, video.primaries)
        transfer = _code(probe.TRANSFERS, video.transfer)
        if video.pix_fmt.startswith(planes.RGB):
            return cls(LIMITED_RANGE, primaries, transfer, MATRIX_601)
        # Old formats tell full range by their name alone.
        span = 2 if video.pix_fmt.startswith("yuvj") else _code(probe.RANGES, video.range, unknown=0)
        return cls(span, primaries, transfer, _code(probe.SPACES, video.space))


@dataclass(frozen=True, slots=True)
class Picture:
    """What is going to be encoded. `aspect` is that of one sample; `rotation` counter-clockwise degrees to show it."""

    width: int
    height: int
    time_base: Fraction
    rate: Fraction
    pixels: str = "yuv420p"
    colour: Colour = Colour()
    aspect: Fraction = Fraction(1)
    rotation: int = 0

    @classmethod
    def like(cls, video: probe.VideoStream) -> "Picture":
        """The picture of a source turned upright, with nothing else changed; odd sizes lose a row or column."""
        width, height = video.shown
        hdr = video.transfer in HDR_TRANSFERS and video.bit_depth > 8
        return cls(
            width=width & ~1,
            height=height & ~1,
            time_base=video.time_base,
            rate=video.frame_rate or USUAL_RATE,
            pixels="yuv420p10le" if hdr else "yuv420p",
            colour=Colour.of(video),
            aspect=1 / video.sample_aspect_ratio if video.rotation % 180 else video.sample_aspect_ratio,
        )

    def sized(self, width: int, height: int) -> "Picture":
        """Another size, the same samples."""
        return replace(self, width=width, height=height)

    def reshaped(self, width: int, height: int) -> "Picture":
        """Another size, of square samples."""
        return replace(self, width=width, height=height, aspect=Fraction(1))

    def blank(self, like: "av.VideoFrame") -> "av.VideoFrame":
        """A frame to draw on (`planes.of`), with the time stamp of the source frame it will show."""
        frame = av.VideoFrame(self.width, self.height, self.pixels)
        frame.pts = like.pts if like.pts is not None else like.dts
        frame.duration = like.duration
        frame.time_base = like.time_base or self.time_base
        return frame


def notes_on(video: probe.VideoStream) -> list[str]:
    """What encoding this source will change in the picture, in words; empty for the common formats."""
    notes = []
    picture = Picture.like(video)
    if video.bit_depth > 8 and picture.pixels == "yuv420p":
        notes.append(f"the {video.bit_depth}-bit picture was encoded with 8 bits: few players show 10-bit H.264")
    if "444" in video.pix_fmt or "422" in video.pix_fmt:
        notes.append("the colour planes were halved to 4:2:0, the format every player shows")
    if video.has_alpha:
        notes.append("transparency was dropped: H.264 has none")
    return notes


class Writer:
    """One video file being written; a context manager. Leaving it by an error leaves no file.

    `beside` names the source whose sound and subtitles are copied; `offset` is the moment of the source
    (seconds) at which the new file begins, usually `start_of(source)`. `bitrate`, in bits a second, is kept to
    instead of the quality's even look; for 8-bit 4:2:0 only.
    """

    def __init__(
        self,
        path: Path | str,
        picture: Picture,
        *,
        quality: Quality = "normal",
        bitrate: int | None = None,
        beside: Path | str | None = None,
        offset: Fraction = Fraction(0),
    ) -> None:
        if picture.width % 2 or picture.height % 2 or min(picture.width, picture.height) < 2:
            raise InvalidParameter(f"a video of {picture.width}x{picture.height} cannot be encoded: use even sizes")
        self.path, self.picture, self.frames = Path(path), picture, 0
        # ProRes has no full range: such samples are scaled.
        scaled = picture.pixels == "yuva444p10le" and picture.colour.range == FULL_RANGE
        self._colour = replace(picture.colour, range=LIMITED_RANGE) if scaled else picture.colour
        # VP9 does not tell the shape of samples, and the muxer of WebM cannot be told: they are made square.
        wide = 2 * max(1, round(picture.width * picture.aspect / 2))
        self._shape = picture.reshaped(wide, picture.height) if self.path.suffix == ".webm" else picture
        self._part = self.path.with_name(f".{self.path.stem}.part{self.path.suffix}")
        options = {"movflags": "+faststart"} if self.path.suffix in (".mp4", ".mov", ".m4v") else {}
        self._out = av.open(str(self._part), "w", options=options)
        self._stream = _video_stream(self._out, replace(self._shape, colour=self._colour), quality, bitrate)
        self._shift = round(offset / picture.time_base)
        self._beside = Beside(Path(beside), self._out, self.path.suffix, offset) if beside else None
        self._last: int | None = None
        self._left_out = 0
        self._held: av.Packet[VideoStream] | None = None
        self._first_dts: int | None = None
        self._start = self._end = 0
        self._lasts: dict[int, int] = {}
        """How long each frame lasts that the encoder still has, by its stamp: x264 does not hand that on."""

    @property
    def notes(self) -> list[str]:
        """What could not be copied as it was."""
        own = [f"{self._left_out} frames were left out: their time stamps do not rise"] if self._left_out else []
        return [*own, *(self._beside.notes if self._beside else ())]

    def write(self, frame: "av.VideoFrame") -> None:
        """The next picture; `pts` and `time_base` are those of the source and must rise."""
        frame = self._fitted(frame)
        if frame.pts is None:
            raise WorkFailed(f"frame {self.frames} has no time stamp: set `pts` and `time_base`")
        if frame.time_base is not None and frame.time_base != self.picture.time_base:
            frame.pts = round(frame.pts * frame.time_base / self.picture.time_base)
            frame.duration = round((frame.duration or 0) * frame.time_base / self.picture.time_base)
        frame.pts -= self._shift
        frame.time_base = self.picture.time_base
        if self._last is not None and frame.pts <= self._last:
            self._left_out += 1  # the muxer would refuse the file; of frames with one stamp a player shows one anyway
            return
        self._start = frame.pts if self._last is None else self._start
        self._last = frame.pts
        self._lasts[frame.pts] = frame.duration or max(1, round(1 / (self.picture.rate * self.picture.time_base)))
        # The source's choice of I, P and B would otherwise be forced upon the encoder.
        frame.pict_type = av.video.frame.PictureType.NONE
        _tag(frame, self._colour)
        self._mux(frame)
        self.frames += 1

    def _fitted(self, frame: "av.VideoFrame") -> "av.VideoFrame":
        """In the pixel format that is written, in its range and its size."""
        if self._colour == self.picture.colour:
            frame = planes.to_planar(frame, self.picture.pixels)
        else:
            given, written = self.picture.colour.range, self._colour.range
            frame = frame.reformat(format=self.picture.pixels, src_color_range=given, dst_color_range=written)
        size = self._shape.width, self._shape.height
        return frame if size == (frame.width, frame.height) else frame.reformat(*size)

    def write_planes(self, picture: Sequence[planes.Plane], like: "av.VideoFrame") -> None:
        """The next picture from its Y, U and V planes, shown when the source frame `like` is."""
        frame = self.picture.blank(like)
        planes.put(picture, planes.of(frame))
        self.write(frame)

    def close(self) -> None:
        """Finish the file and put it in place."""
        try:
            self._mux(None)
            self._hand_over(None)
            if self._beside:
                self._beside.finish()
            self._out.close()
        except av.error.FFmpegError as error:
            self.abandon()
            raise told(error, self.path) from error
        self._release()
        self._part.replace(self.path)

    def abandon(self) -> None:
        """Throw the unfinished file away."""
        # A trailer that cannot be written does not matter.
        with contextlib.suppress(av.error.FFmpegError, ValueError, OSError):
            self._out.close()
        self._release()
        self._part.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def _mux(self, frame: "av.VideoFrame | None") -> None:
        try:
            for packet in self._stream.encode(frame):
                self._hand_over(packet)
        except av.error.FFmpegError as error:
            raise told(error, self.path) from error

    def _hand_over(self, packet: "av.Packet[VideoStream] | None") -> None:
        """One packet late, so that the last one is known as such."""
        held, self._held = self._held, packet
        if packet is not None and packet.pts is not None and packet.dts is not None:
            self._first_dts = packet.dts if self._first_dts is None else self._first_dts
            packet.duration = self._lasts.pop(packet.pts, packet.duration)
            self._end = max(self._end, packet.pts + (packet.duration or 0))
        if held is None or held.dts is None:
            return
        if packet is None and self._first_dts is not None:
            # MP4 takes a track to end with its last packet in order of decoding, which is not the last one shown.
            held.duration = max(held.duration or 0, self._end - self._start - (held.dts - self._first_dts))
        if self._beside:
            self._beside.advance(held.dts * held.time_base)
        self._out.mux(held)

    def _release(self) -> None:
        if self._beside:
            self._beside.close()


def start_of(source: Path | str) -> Fraction:
    """Where a file's earliest stream begins, if that is after zero (broadcast streams begin anywhere), in seconds."""
    with containers.opened(source) as container:
        return max(Fraction(0), probe.start_of(container))


def sound_lag(path: Path | str) -> Fraction:
    """How long after the picture the first sound begins (seconds, exact); 0 where there is no sound."""
    with containers.opened(path) as container:
        picture, sound = _first(container, "video"), _first(container, "audio")
        return Fraction(0) if picture is None or sound is None else sound - picture


def begins(path: Path | str, kind: Literal["video", "audio"]) -> Fraction:
    """How long after a file's first moment its picture, or its first sound, begins (seconds, exact); 0 without one."""
    with containers.opened(path) as container:
        first = _first(container, kind)
        return Fraction(0) if first is None else first - probe.start_of(container)


def _first(container: "InputContainer", kind: Literal["video", "audio"]) -> Fraction | None:
    """When the first picture is shown, or the first sample heard."""
    if kind == "audio":
        return _heard(container, container.streams.audio[0]) if container.streams.audio else None
    return _told_start(probe.chosen(container))


def _heard(container: "InputContainer", sound: "AudioStream") -> Fraction | None:
    """Decoded: what the file says of a stream's start may count the coder's delay, which nobody hears."""
    with contextlib.suppress(av.error.FFmpegError):  # a broken first packet leaves us with what the file says
        for packet in container.demux(sound):
            for frame in packet.decode():
                if frame.pts is not None and sound.time_base is not None:
                    return frame.pts * sound.time_base
    return _told_start(sound)


def _told_start(stream: "VideoStream | AudioStream | None") -> Fraction | None:
    if stream is None or stream.start_time is None or stream.time_base is None:
        return None
    return stream.start_time * stream.time_base


def _video_stream(
    out: "av.container.OutputContainer", picture: Picture, quality: Quality, bitrate: int | None
) -> "VideoStream":
    name, options = _coder(picture.pixels, quality)
    if bitrate and name == "libx264":
        del options["crf"]
        options |= {"b": str(bitrate), "maxrate": str(bitrate), "bufsize": str(2 * bitrate)}
    deep = name == "libx265"
    stream = cast("VideoStream", out.add_stream(name, rate=picture.rate, options=options))
    stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, picture.pixels
    stream.time_base = picture.time_base
    context = stream.codec_context
    context.time_base, context.sample_aspect_ratio = picture.time_base, picture.aspect
    colour = picture.colour
    context.color_range, context.color_primaries = colour.range, colour.primaries
    context.color_trc, context.colorspace = colour.transfer, colour.matrix
    if deep:
        context.codec_tag = "hvc1"  # the tag Apple players want
    if picture.pixels == "yuva420p":
        stream.metadata["alpha_mode"] = "1"  # by this players know of it
    if picture.rotation:
        stream.set_display_rotation(picture.rotation)
    return stream


def _coder(pixels: str, quality: Quality) -> tuple[str, dict[str, str]]:
    """The encoder for these pixels, and its options."""
    preset, crf = SETTINGS[quality]
    if pixels == "yuva444p10le":
        return WITH_ALPHA[pixels], {"profile": PRORES_4444, "alpha_bits": "16", "vendor": "apl0"}
    if pixels == "yuva420p":
        deadline, speed, crf = VP9_SETTINGS[quality]
        # Frames that are never shown (alt-ref) upset players that decode alpha beside the picture.
        pace = {"deadline": deadline, "cpu-used": speed, "row-mt": "1", "auto-alt-ref": "0"}
        return WITH_ALPHA[pixels], {**pace, "crf": str(crf), "b": "0"}
    if pixels == "yuv420p":
        return "libx264", {"preset": preset, "crf": str(crf)}
    return "libx265", {"preset": preset, "crf": str(crf + HEVC_CRF_OFFSET), "x265-params": "log-level=error"}


def _tag(frame: "av.VideoFrame", colour: Colour) -> None:
    frame.color_range, frame.color_primaries = colour.range, colour.primaries
    frame.color_trc, frame.colorspace = colour.transfer, colour.matrix


def _code(names: Mapping[int, str], name: str, unknown: int = UNSPECIFIED) -> int:
    return next((code for code, known in names.items() if known == name), unknown)


def told(error: "av.error.FFmpegError", path: Path) -> StorageFull | WorkFailed:
    if error.errno == errno.ENOSPC:
        return StorageFull(f"no room left on the disk while writing {path.name}; free some and retry the job")
    return WorkFailed(f"{path.name} could not be encoded: {error}")
