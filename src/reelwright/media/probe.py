"""What a media file holds: container, streams, sizes, rates, colours.

Headers are read and one picture is decoded, because some facts (rotation of phone
videos, true pixel format) are only sure then. Nothing is guessed: what a file does not
tell is None or "unspecified".
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.errors import BadMedia, NoAudio, NoVideo
from reelwright.loading import lazy
from reelwright.media import containers

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream as AvAudio
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream as AvVideo
else:
    av = lazy("av")

FIRST_PICTURE_PACKETS = 600  # video packets tried before a stream counts as undecodable; 10 s at 60 fps
UNSPECIFIED = "unspecified"
# Names of the code points of ITU-T H.273 that occur in files, as FFmpeg writes them.
PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 9: "bt2020", 11: "smpte431", 12: "smpte432"}
TRANSFERS = {1: "bt709", 4: "gamma22", 6: "smpte170m", 8: "linear", 13: "iec61966-2-1", 14: "bt2020-10"} | {
    15: "bt2020-12",
    16: "smpte2084",
    18: "arib-std-b67",
}
SPACES = {0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco", 9: "bt2020nc"}
RANGES = {1: "tv", 2: "pc"}
STILL = 0.1  # s; the "length" of a picture file is one frame


@dataclass(frozen=True, slots=True)
class VideoStream:
    """One video stream. `width` and `height` are as stored, before rotation."""

    index: int
    codec: str
    width: int
    height: int
    rotation: int
    """Degrees clockwise by which a stored picture is turned for display: 0, 90, 180 or 270."""
    sample_aspect_ratio: Fraction
    frame_rate: Fraction
    """Average frames per second; 0 where the file does not tell."""
    time_base: Fraction
    frames: int | None
    """Frames the header announces."""
    duration: Fraction | None
    pix_fmt: str
    bit_depth: int
    primaries: str
    transfer: str
    space: str
    range: str
    has_alpha: bool

    @property
    def shown(self) -> tuple[int, int]:
        """(width, height) of the picture as `frames` gives it: rotated, pixels as stored."""
        return (self.height, self.width) if self.rotation % 180 else (self.width, self.height)

    @property
    def displayed(self) -> tuple[int, int]:
        """(width, height) with square pixels, as a player shows it: rotated, and widened by the pixel aspect."""
        wide = max(1, round(self.width * self.sample_aspect_ratio))
        return (self.height, wide) if self.rotation % 180 else (wide, self.height)


@dataclass(frozen=True, slots=True)
class AudioStream:
    """One audio stream."""

    index: int
    codec: str
    sample_rate: int
    channels: int
    layout: str
    sample_format: str
    time_base: Fraction
    duration: Fraction | None


@dataclass(frozen=True, slots=True)
class Media:
    """A probed file. Times are seconds from `start`, the first moment of any of its streams."""

    path: Path
    container: str
    duration: Fraction | None
    start: Fraction
    size: int
    """Bytes."""
    video: VideoStream | None
    """The stream a player would show; cover art of a sound file does not count."""
    audio: tuple[AudioStream, ...]


def probe(path: str | Path) -> Media:
    """What the file holds.

    Raises EmptyFile, NotMedia or TruncatedMedia if it cannot be opened, and BadMedia if it has a video
    stream without one picture that can be decoded.
    """
    path = Path(path)
    with containers.opened(path) as container:
        stream = chosen(container)
        picture = first_picture(container, stream, path) if stream else None
        audio = tuple(_audio(one) for one in container.streams.audio)
        return Media(
            path=path,
            container=container.format.name,
            duration=duration_of(container),
            start=start_of(container),
            size=path.stat().st_size,
            video=_video(stream, picture) if stream and picture else None,
            audio=audio,
        )


def with_video(path: str | Path) -> Media:
    """The same, for those who need a picture: `NoVideo` says what the file holds instead."""
    media = probe(path)
    if media.video is None:
        raise NoVideo(f"{media.path.name} has no video stream; it holds {_holds(media)}")
    return media


def is_film(path: str | Path) -> bool:
    """Does the file hold a picture that moves? A still one lasts one frame, or has no length at all."""
    media = probe(path)
    return media.video is not None and float(media.duration or 0) > STILL


def with_audio(path: str | Path) -> Media:
    """The same, for those who need sound: `NoAudio` says what the file holds instead."""
    media = probe(path)
    if not media.audio:
        raise NoAudio(f"{media.path.name} has no audio stream; it holds {_holds(media)}")
    return media


def chosen(container: "InputContainer") -> "AvVideo | None":
    """The video stream to work on: the default one, else the largest; never attached cover art."""
    art = av.stream.Disposition.attached_pic
    streams = [one for one in container.streams.video if not one.disposition & art]
    default = av.stream.Disposition.default
    return max(
        streams,
        key=lambda one: (bool(one.disposition & default), one.width * one.height),
        default=None,
    )


def start_of(container: "InputContainer") -> Fraction:
    """The first moment of any sound or picture, exactly; what players count as zero."""
    streams = (*container.streams.video, *container.streams.audio)
    starts = [
        one.start_time * one.time_base for one in streams if one.start_time is not None and one.time_base is not None
    ]
    return min(starts, default=Fraction(0))


def rotation_of(picture: "VideoFrame") -> int:
    """Degrees clockwise to turn this picture for display, from its display matrix; odd angles go to the nearest."""
    return round(-picture.rotation / 90) % 4 * 90


def first_picture(container: "InputContainer", stream: "AvVideo", path: Path) -> "VideoFrame":
    last = "it holds no packets"
    try:
        for count, packet in enumerate(container.demux(stream)):
            try:
                for picture in packet.decode():
                    return picture
            except av.error.FFmpegError as error:
                last = str(error)
            if count > FIRST_PICTURE_PACKETS:
                break
    except av.error.FFmpegError as error:
        last = str(error)
    raise BadMedia(
        f"the video stream ({stream.codec_context.name}) of {path.name} has no picture that can be decoded: {last}"
    )


def _video(stream: "AvVideo", picture: "VideoFrame") -> VideoStream:
    codec = stream.codec_context
    components = picture.format.components
    return VideoStream(
        index=stream.index,
        codec=codec.codec.canonical_name,
        width=picture.width,
        height=picture.height,
        rotation=rotation_of(picture),
        sample_aspect_ratio=stream.sample_aspect_ratio or Fraction(1),
        frame_rate=stream.average_rate or stream.guessed_rate or Fraction(0),
        time_base=stream.time_base or Fraction(1, 1_000_000),
        frames=stream.frames or None,
        duration=_length(stream),
        pix_fmt=picture.format.name,
        bit_depth=max(one.bits for one in components),
        primaries=PRIMARIES.get(picture.color_primaries, UNSPECIFIED),
        transfer=TRANSFERS.get(picture.color_trc, UNSPECIFIED),
        space=SPACES.get(picture.colorspace, UNSPECIFIED),
        range=RANGES.get(picture.color_range, UNSPECIFIED),
        # VP8 and VP9 carry alpha beside the picture; only this tag tells of it.
        has_alpha=any(one.is_alpha for one in components)
        or "1" in (stream.metadata.get("alpha_mode"), stream.metadata.get("ALPHA_MODE")),
    )


def _audio(stream: "AvAudio") -> AudioStream:
    codec = stream.codec_context
    return AudioStream(
        index=stream.index,
        codec=codec.codec.canonical_name,
        sample_rate=codec.sample_rate or 0,
        channels=codec.channels,
        layout=codec.layout.name,
        sample_format=codec.format.name if codec.format else "",
        time_base=stream.time_base or Fraction(1, 1_000_000),
        duration=_length(stream),
    )


def _length(stream: "AvVideo | AvAudio") -> Fraction | None:
    if stream.duration is None or stream.time_base is None:
        return None
    return stream.duration * stream.time_base


def duration_of(container: "InputContainer") -> Fraction | None:
    return Fraction(container.duration, av.time_base) if container.duration else None


def _holds(media: Media) -> str:
    parts = [f"a {media.video.codec} video"] if media.video else []
    parts += [f"{one.codec} sound" for one in media.audio]
    return " and ".join(parts) or "no stream that can be read"
