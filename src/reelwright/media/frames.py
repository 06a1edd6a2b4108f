"""Pictures of a video, streamed: decoded one after another, never held.

A `Frame` keeps FFmpeg's own picture and converts it only when asked, at the size asked,
already turned the way a player shows it. Times are exact seconds from the file's start.
Damaged packets are skipped up to a limit. Nothing here scales to square pixels, maps HDR
to SDR or mirrors: `rgb` is the stored picture in the stored transfer function.
"""

import itertools
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import NothingFound, NoVideo
from reelwright.loading import lazy
from reelwright.media import containers, probe

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.reformatter import VideoReformatter
    from av.video.stream import VideoStream as AvVideo
else:
    av = lazy("av")

Skip = Literal["none", "nonref", "rough", "nonkey"]
Picture = NDArray[np.uint8]

BAD_IN_A_ROW = 60  # damaged packets without one good picture between them; 2 s of video
# Seconds aimed before the wanted time, tried in turn: an index by decoding time, or none at all, lands too late.
SEEK_SLACKS = (Fraction(0), Fraction(1, 2), Fraction(10), Fraction(60))
BT709_FROM = 576  # lines above which an untagged video is taken for BT.709, as players do
NO_TIMES = 0x80  # AVFMT_NOTIMESTAMPS
UNTAGGED = 2  # H.273: unspecified


class Frame:
    """One decoded picture. Conversions are made when asked for; keep arrays, not frames."""

    __slots__ = ("_convert", "_thumb", "index", "is_key", "raw", "rotation", "time")

    def __init__(
        self,
        raw: "VideoFrame",
        time: Fraction,
        index: int,
        convert: "_Converter",
        thumb: tuple[int, int] | None,
    ) -> None:
        self.raw = raw
        """FFmpeg's picture: stored orientation, stored pixel format."""
        self.time = time
        self.index = index
        """Count of frames before this one in the same stream call; the frame number if it began at the start."""
        self.is_key = bool(raw.key_frame)
        self.rotation = convert.rotation
        self._convert = convert
        self._thumb = thumb

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) as shown: rotated."""
        return (self.raw.height, self.raw.width) if self.rotation % 180 else (self.raw.width, self.raw.height)

    @property
    def rgb(self) -> Picture:
        """uint8 [height, width, 3], 0–255."""
        return self._convert(self.raw, "rgb24")

    @property
    def gray(self) -> Picture:
        """Luma, uint8 [height, width], 0–255."""
        return self._convert(self.raw, "gray")

    def small(self, width: int, height: int) -> Picture:
        """uint8 [height, width, 3], area-averaged; aspect is not kept."""
        return self._convert(self.raw, "rgb24", (width, height))

    def small_gray(self, width: int, height: int) -> Picture:
        """uint8 [height, width], area-averaged; aspect is not kept."""
        return self._convert(self.raw, "gray", (width, height))

    @property
    def thumb(self) -> Picture:
        """`small` at the size given to `stream`."""
        if self._thumb is None:
            raise ValueError("this frame was streamed without a thumb size")
        return self.small(*self._thumb)


class _Converter:
    """Pixel format, size and orientation of one stream's pictures; keeps a scaler for each kind of output."""

    def __init__(self) -> None:
        self.rotation = 0
        self._scalers: dict[tuple[str, tuple[int, int] | None], VideoReformatter] = {}

    def __call__(self, raw: "VideoFrame", pixels: str, size: tuple[int, int] | None = None) -> Picture:
        turned = self.rotation % 180 != 0
        width, height = (size[::-1] if turned else size) if size else (raw.width, raw.height)
        scaler = self._scalers.get((pixels, size))
        if scaler is None:
            scaler = self._scalers[pixels, size] = av.video.reformatter.VideoReformatter()
        picture = scaler.reformat(
            raw,
            width,
            height,
            pixels,
            src_colorspace=_matrix(raw),
            interpolation=av.video.reformatter.Interpolation.AREA if size else None,
            dst_color_range=av.video.reformatter.ColorRange.JPEG,
            threads=1,
        )
        array = np.asarray(picture.to_ndarray(), np.uint8)
        return np.ascontiguousarray(np.rot90(array, -self.rotation // 90)) if self.rotation else array


def small(raw: "VideoFrame", width: int, height: int) -> Picture:
    """uint8 [height, width, 3] RGB of a picture that was drawn here, for a contact sheet; aspect is not kept."""
    return np.asarray(raw.reformat(width, height, format="rgb24").to_ndarray(), np.uint8)


def _matrix(raw: "VideoFrame") -> int:
    """The matrix that turns this picture's YCbCr into RGB; untagged ones by their size."""
    return matrix_of(int(raw.colorspace), raw.width, raw.height)


def matrix_of(tag: int, width: int, height: int) -> int:
    """The same for a tag (code point of ITU-T H.273) and a size."""
    if tag not in (UNTAGGED, 0):
        return tag
    spaces = av.video.reformatter.Colorspace
    return int(spaces.ITU709 if max(height, width * 9 // 16) > BT709_FROM else spaces.ITU601)


def stream(
    path: str | Path,
    *,
    start: Fraction | None = None,
    end: Fraction | None = None,
    skip: Skip = "none",
    thumb: tuple[int, int] | None = None,
) -> Iterator[Frame]:
    """The frames shown in [start, end), in order of time.

    `skip` leaves out, before decoding, the frames no other frame needs ("nonref"; with "rough" the
    others come without their loop filter, good enough to look at but not to show) or all but key frames
    ("nonkey"). `thumb` is the (width, height) of `Frame.thumb`. Seeks to `start`, so a late span costs little.

    Raises NoVideo, the errors of `probe.probe`, and TruncatedMedia after too many damaged packets in a row.
    """
    with containers.opened(path) as container:
        video = _ready(container, path, skip)
        zero = probe.start_of(container)
        convert, index = _Converter(), 0
        for raw, time in _shown(packets_from(container, video, start, path), video, zero, path):
            if end is not None and time >= end:
                return
            if start is not None and time < start:
                continue
            convert.rotation = probe.rotation_of(raw)
            yield Frame(raw, time, index, convert, thumb)
            index += 1


def sample(path: str | Path, step: Fraction, *, thumb: tuple[int, int] | None = None) -> Iterator[Frame]:
    """The first frame at or after each multiple of `step` seconds; every frame between them is decoded too."""
    due = Fraction(0)
    for frame in stream(path, thumb=thumb):
        if frame.time >= due:
            yield frame
            due = (frame.time // step + 1) * step


def at(path: str | Path, time: Fraction) -> Frame:
    """The frame on the screen at `time`: the last one that begins at or before it, or the first of all.

    Exact: seeks to the key frame before and decodes from there. `NothingFound` if no frame can be decoded.
    """
    with containers.opened(path) as container:
        video = _ready(container, path, "none")
        zero = probe.start_of(container)
        convert, shown = _Converter(), None
        for raw, begins in _shown(packets_from(container, video, time, path), video, zero, path):
            if shown is not None and begins > time:
                break
            convert.rotation = probe.rotation_of(raw)
            shown = Frame(raw, begins, 0, convert, None)
    if shown is None:
        raise NothingFound(f"{Path(path).name} has no frame that can be decoded near {float(time):.3f} s")
    return shown


def key_frames(
    path: str | Path, *, gap: Fraction = Fraction(0), thumb: tuple[int, int] | None = None
) -> Iterator[Frame]:
    """The key frames, at least `gap` seconds apart. The packets between are not read where the container allows."""
    with containers.opened(path) as container:
        video = _ready(container, path, "nonkey")
        convert, packets = _Converter(), _apart(packets_from(container, video, None, path), gap)
        due, index = Fraction(0), 0
        for raw, time in _shown(packets, video, probe.start_of(container), path):
            if is_unstamped(container) and not (raw.key_frame and time >= due):
                continue  # everything had to be decoded
            convert.rotation = probe.rotation_of(raw)
            yield Frame(raw, time, index, convert, thumb)
            due, index = time + gap, index + 1


def packets(path: str | Path) -> Iterator[tuple[Fraction, Fraction, int, bool]]:
    """(time, duration, bytes, is a key frame) of every coded frame, in the order of the file. Nothing is decoded.

    Reads the whole file. The sizes tell where much changes; the last time and duration, how long it really is.
    """
    with containers.opened(path) as container:
        video = _ready(container, path, "none")
        base, zero = video.time_base or Fraction(1, 1_000_000), probe.start_of(container)
        if is_unstamped(container):
            step = _step(video)
            sizes = ((one.size, one.is_keyframe) for one in _read(container, video, path) if one.size)
            yield from ((number * step, step, size, is_key) for number, (size, is_key) in enumerate(sizes))
            return
        for packet in _read(container, video, path):
            if packet.pts is not None and packet.size:
                yield packet.pts * base - zero, (packet.duration or 0) * base, packet.size, packet.is_keyframe


def is_unstamped(container: "InputContainer") -> bool:
    """A raw stream: its packets have no times, and its frames come one after the other at its rate."""
    return bool(container.format.flags & NO_TIMES)


def _ready(container: "InputContainer", path: str | Path, skip: Skip) -> "AvVideo":
    video = probe.chosen(container)
    if video is None:
        raise NoVideo(f"{Path(path).name} has no video stream")
    codec = video.codec_context
    codec.thread_count = containers.threads()
    codec.thread_type = "AUTO"
    if is_unstamped(container):
        return video  # its frames have to be counted
    if skip in ("nonref", "rough"):
        codec.skip_frame = "NONREF"
    if skip == "rough":
        codec.options = {"skip_loop_filter": "all"}
    if skip == "nonkey":
        codec.skip_frame = "NONKEY"
        video.discard = av.stream.Discard.nonkey
    return video


def packets_from(
    container: "InputContainer", video: "AvVideo", start: Fraction | None, path: str | Path
) -> "Iterator[Packet[AvVideo]]":
    """The stream's packets from the key frame at or before `start`, or all of them."""
    base = video.time_base or Fraction(1, 1_000_000)
    zero = probe.start_of(container)
    if start is None or start <= 0 or video.start_time is None:  # a raw stream reads nothing more after it was sought
        return _read(container, video, path)
    for slack in SEEK_SLACKS:
        if not _sought(container, video, (zero + start - slack) / base):
            break  # raw streams and pictures cannot seek; from the start the same frames come, only later
        packets = _read(container, video, path)
        key = next((one for one in packets if one.is_keyframe), None)
        if key is not None and key.pts is not None and key.pts * base - zero <= start:
            return itertools.chain((key,), packets)
    _sought(container, video, Fraction(video.start_time or 0))
    return _read(container, video, path)


def _sought(container: "InputContainer", video: "AvVideo", stamp: Fraction) -> bool:
    try:
        container.seek(int(stamp), stream=video, backward=True)
    except av.error.FFmpegError:
        return False
    return True


def _read(container: "InputContainer", video: "AvVideo", path: str | Path) -> "Iterator[Packet[AvVideo]]":
    try:
        yield from container.demux(video)
    except av.error.FFmpegError as error:
        raise containers.cut_short(path, f"it cannot be read on ({error})") from error


def _apart(packets: "Iterator[Packet[AvVideo]]", gap: Fraction) -> "Iterator[Packet[AvVideo]]":
    """Only packets at least `gap` seconds after the last one kept; for key frames, which need no others."""
    wanted = None
    for packet in packets:
        if packet.size and packet.is_keyframe and packet.pts is not None and packet.time_base:
            time = packet.pts * packet.time_base
            if wanted is not None and time < wanted:
                continue
            wanted = time + gap
        yield packet


def _shown(
    packets: "Iterator[Packet[AvVideo]]", video: "AvVideo", zero: Fraction, path: str | Path
) -> "Iterator[tuple[VideoFrame, Fraction]]":
    """Decoded pictures with their times, all as large as the first and in its format, as a player shows them.

    A picture without a stamp follows the one before it, and is given its stamp.
    """
    base = video.time_base or Fraction(1, 1_000_000)
    step = _step(video)
    # One fraction for each picture instead of three.
    whole = base.denominator * zero.denominator
    factor, earlier = base.numerator * zero.denominator, zero.numerator * base.denominator
    bad, time, like = 0, -step, None
    for packet in packets:
        try:
            pictures = packet.decode()
        except av.error.FFmpegError as error:
            bad += 1
            if bad > BAD_IN_A_ROW:
                raise containers.cut_short(path, f"{bad} damaged packets in a row ({error})") from error
            continue
        for picture in pictures:
            bad = 0
            stamp = picture.pts if picture.pts is not None else picture.dts
            time = Fraction(stamp * factor - earlier, whole) if stamp is not None else time + step
            if picture.pts is None:
                picture.pts = stamp if stamp is not None else round((time + zero) / base)
            like = like or picture
            yield _alike(picture, like), time


def _step(video: "AvVideo") -> Fraction:
    """How long a frame lasts, as far as the stream tells."""
    return 1 / (video.average_rate or video.guessed_rate or Fraction(25))


def _alike(picture: "VideoFrame", like: "VideoFrame") -> "VideoFrame":
    """The picture in the size and format of another one: broadcasts and calls change them on the way."""
    if (picture.width, picture.height, picture.format.name) == (like.width, like.height, like.format.name):
        return picture
    return picture.reformat(like.width, like.height, format=like.format.name)
