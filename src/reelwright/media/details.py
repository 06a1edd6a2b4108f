"""Everything a file's headers tell of its streams: what a media library shows.

`probe` knows what work on a medium needs; here is what people ask for besides: names, tags,
profiles, levels, languages, bit rates, counts. Where a container keeps no count or rate of a stream (Matroska, Ogg,
raw streams), its packets are counted, without decoding one, in files up to `COUNTED`; in larger ones
the figure stays None. Only the turn of a phone's video needs one decoded picture.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from reelwright.loading import lazy
from reelwright.media import containers, probe

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream as AvAudio
    from av.codec.context import CodecContext
    from av.container import InputContainer
    from av.stream import Stream as AvStream
    from av.subtitles.stream import SubtitleStream as AvSubtitle
    from av.video.stream import VideoStream as AvVideo
else:
    av = lazy("av")

S = TypeVar("S", "AvVideo", "AvAudio", "AvSubtitle")

COUNTED = 256 << 20  # bytes of a file whose packets are read to count them; about a second
PICTURES = ("_pipe", "gif", "apng", "jpegxl_anim")  # how demuxers of pictures are called
FIELDS = frozenset({"h264", "mpeg1video", "mpeg2video", "vc1"})  # codecs that count fields: two ticks a frame
UNKNOWN_LEVEL = -99  # FFmpeg's
UNDETERMINED = "und"  # ISO 639-2


@dataclass(frozen=True, slots=True)
class Stream:
    """What every stream has. Times are seconds on the file's own clock; None is what the file does not tell."""

    index: int
    codec: str
    codec_name: str
    """In words."""
    tag: str
    """The four characters that name the codec in the container, others than printable ones as `[7]`."""
    tag_number: int
    profile: str | None
    level: int | None
    language: str
    start: Fraction | None
    duration: Fraction | None
    time_base: Fraction | None
    codec_time_base: Fraction | None
    """One tick of the coded stream: a frame, a field or a sample."""
    bit_rate: float | None
    """Bits a second."""
    frames: int | None


@dataclass(frozen=True, slots=True)
class Video:
    stream: Stream
    width: int
    height: int
    """As stored, before rotation."""
    sample_aspect_ratio: Fraction
    frame_rate: Fraction | None
    """The rate that all its time stamps fit."""
    average_frame_rate: Fraction | None
    reorder_depth: int
    """Frames that wait for a later one to be shown; 0 if there are no B frames."""
    pix_fmt: str
    rotation: int
    """Degrees clockwise by which players turn it."""


@dataclass(frozen=True, slots=True)
class Audio:
    stream: Stream
    sample_rate: int
    channels: int
    layout: str
    sample_format: str
    frame_rate: Fraction | None
    """Coded frames a second."""


@dataclass(frozen=True, slots=True)
class File:
    """A file and its streams. `shown` is the index of the video stream that players show."""

    container: str
    size: int
    duration: Fraction | None
    bit_rate: float | None
    is_picture: bool
    shown: int | None
    video: tuple[Video, ...]
    audio: tuple[Audio, ...]
    subtitles: tuple[Stream, ...]


def of(path: str | Path) -> File:
    """What the file holds. Raises the errors of `probe.probe`."""
    path = Path(path)
    size = path.stat().st_size
    with containers.opened(path) as container:
        name, length = container.format.name, probe.duration_of(container)
        chosen = probe.chosen(container)
        counts, streams = _Counts.of(container, path), container.streams
        turned = probe.rotation_of(probe.first_picture(container, chosen, path)) if chosen is not None else 0
        return File(
            container=name,
            size=size,
            duration=length,
            bit_rate=float(size * 8 / length) if length else None,
            is_picture=name.endswith(PICTURES),
            shown=chosen.index if chosen is not None else None,
            video=tuple(_video(one, counts, length, turned if one is chosen else 0) for one in _known(streams.video)),
            audio=tuple(_audio(one, counts, length) for one in _known(streams.audio)),
            subtitles=tuple(_stream(one, counts, length) for one in _known(streams.subtitles)),
        )


def _known(streams: "Iterable[S]") -> "list[S]":
    """Those whose codec FFmpeg knows; of others nothing can be told."""
    return [one for one in streams if one.codec_context is not None]


class _Counts:
    """Packets and bytes of the streams whose header does not tell them."""

    def __init__(self) -> None:
        self._packets, self._bytes = Counter[int](), Counter[int]()

    @classmethod
    def of(cls, container: "InputContainer", path: Path) -> "_Counts":
        counts = cls()
        streams: list[AvVideo | AvAudio] = [*_known(container.streams.video), *_known(container.streams.audio)]
        if all(one.frames and one.codec_context.bit_rate for one in streams) or path.stat().st_size > COUNTED:
            return counts
        try:
            # Opened again, because some streams cannot go back to where they began.
            with containers.opened(path) as again:
                counts._count(again)
        except av.error.FFmpegError:
            return cls()  # a damaged end: what was counted is not all
        return counts

    def _count(self, container: "InputContainer") -> None:
        for packet in container.demux():
            self._packets[packet.stream.index] += packet.size > 0
            self._bytes[packet.stream.index] += packet.size

    def frames(self, stream: "AvStream") -> int | None:
        return getattr(stream, "frames", 0) or self._packets[stream.index] or None

    def bit_rate(self, stream: "AvStream", duration: Fraction | None) -> float | None:
        told, size = stream.codec_context.bit_rate, self._bytes[stream.index]
        return float(told) if told else float(size * 8 / duration) if size and duration else None


def _video(stream: "AvVideo", counts: _Counts, whole: Fraction | None, rotation: int) -> Video:
    codec, rate = stream.codec_context, stream.average_rate or stream.guessed_rate
    ticks = 2 if codec.codec.canonical_name in FIELDS else 1
    return Video(
        stream=_stream(stream, counts, whole, 1 / (rate * ticks) if rate else None),
        width=codec.width,
        height=codec.height,
        sample_aspect_ratio=stream.sample_aspect_ratio or Fraction(1),
        frame_rate=stream.base_rate or rate,
        average_frame_rate=rate,
        reorder_depth=codec.reorder_depth,
        pix_fmt=codec.pix_fmt or "",
        rotation=rotation,
    )


def _audio(stream: "AvAudio", counts: _Counts, whole: Fraction | None) -> Audio:
    codec = stream.codec_context
    rate = codec.sample_rate or 0
    return Audio(
        stream=_stream(stream, counts, whole, Fraction(1, rate) if rate else None),
        sample_rate=rate,
        channels=codec.channels,
        layout=codec.layout.name,
        sample_format=codec.format.name if codec.format else "",
        frame_rate=Fraction(rate, codec.frame_size) if codec.frame_size else None,
    )


def _stream(
    stream: "AvVideo | AvAudio | AvSubtitle", counts: _Counts, whole: Fraction | None, tick: Fraction | None = None
) -> Stream:
    codec, base = stream.codec_context, stream.time_base
    duration = stream.duration * base if stream.duration is not None and base else whole
    tag = _tag(codec)
    return Stream(
        index=stream.index,
        codec=codec.codec.canonical_name,
        codec_name=codec.codec.long_name,
        tag="".join(chr(byte) if chr(byte).isprintable() and byte < 128 else f"[{byte}]" for byte in tag),
        tag_number=int.from_bytes(tag, "little"),
        profile=codec.profile,
        level=codec.level if codec.level not in (UNKNOWN_LEVEL, None) else None,
        language=stream.language or UNDETERMINED,
        start=stream.start_time * base if stream.start_time is not None and base else None,
        duration=duration,
        time_base=base,
        codec_time_base=tick,
        bit_rate=counts.bit_rate(stream, duration),
        frames=counts.frames(stream),
    )


def _tag(codec: "CodecContext") -> bytes:
    try:
        return codec.codec_tag.encode("latin-1")
    except UnicodeDecodeError:  # PyAV reads it as ASCII, and some old files have other bytes there
        return bytes(4)
