"""Opening media files safely: the one door to FFmpeg's demuxers.

Only plain local files are read, and only through the formats listed here, so a crafted
playlist (HLS, DASH, concat, SDP, image sequences, …) can reach no second file and no
address. FFmpeg's errors come out as our own, with its last lines in the message.

This module knows nothing of streams or frames; `probe` and `frames` do.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from reelwright.errors import BadMedia, EmptyFile, NotMedia, ObjectNotFound, TruncatedMedia
from reelwright.loading import lazy

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
else:
    av = lazy("av")

# Names of FFmpeg demuxers that read one file and follow no reference out of it.
FORMATS = (
    "mov,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mxf,gxf,nut,rm,wtv,dv,ivf,obu,av1,h264,hevc,vvc,m4v,"
    "yuv4mpegpipe,gif,apng,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe,jpegxl_pipe,jpegxl_anim,"
    "wav,w64,mp3,aac,flac,ac3,eac3,dts,aiff,amr,amrnb,amrwb,caf,au,ape,wv,tta,tak,mpc,mpc8,dsf"
)
PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"<MPD", b"v=0\r", b"v=0\n", b"<smil", b"[playlist]", b"<AssetMap")
# By their names alone these would be taken for numbered series of files, which are refused.
STILLS = {b"\xff\xd8\xff": "jpeg_pipe", b"BM": "bmp_pipe", b"II*\0": "tiff_pipe", b"MM\0*": "tiff_pipe"}
QUOTED_LINES = 3  # of FFmpeg's own log, in an error's message
FIRST_BOXES = (b"ftyp", b"styp", b"mdat", b"free", b"wide", b"skip", b"moov", b"moof")  # of MP4 and QuickTime
LONG_BOXES = (b"mdat", b"moof", b"moov")
INDEXED = (b"ftyp", b"styp")  # the first box of an MP4: its tables tell every size and time
UNSEEN = {"skip_frame": "all"}  # option of the decoders with which FFmpeg looks into a file it opens
READ_AHEAD = {"probesize": "1000000"}  # bytes it may read for that: enough to come to the sound
TOLERATED_LOSS = 50  # one part in so many may be missing: such files play to within a blink of their end
SEGMENT_ID = b"\x18\x53\x80\x67"  # EBML element that holds all of a Matroska file


def threads() -> int:
    """Native threads a decoder may use: `REELWRIGHT_THREADS`, or one for each core this process may use."""
    given = os.environ.get("REELWRIGHT_THREADS", "")
    return max(1, int(given)) if given.isdecimal() else len(os.sched_getaffinity(0))


@contextlib.contextmanager
def opened(path: str | Path, *, stream_options: Mapping[str, str] | None = None) -> "Iterator[InputContainer]":
    """The file as a PyAV container, closed at the end.

    `EmptyFile`, `NotMedia` or `TruncatedMedia` if it cannot be opened, `ObjectNotFound` if it is not there.
    """
    container = _open(Path(path), dict(stream_options or {}))
    try:
        yield container
    finally:
        container.close()


def _open(path: Path, options: dict[str, str]) -> "InputContainer":
    size = _size(path)
    if size == 0:
        raise EmptyFile(f"{path.name} is empty (0 bytes); upload it again")
    head = _head(path)
    still = next((name for magic, name in STILLS.items() if head.startswith(magic)), None)
    guarded = {"protocol_whitelist": "file,pipe", "format_whitelist": FORMATS}
    if head[4:8] in INDEXED:
        # Else a picture is decoded at each opening, and thrown away: 25 ms at 720p, and nothing new is learnt from it.
        options, guarded = UNSEEN | options, guarded | READ_AHEAD
    with _heard() as lines:
        try:
            # The prefix keeps a name such as `concat:a|b` or `http:x` from being read as a protocol.
            container = av.open(f"file:{path.absolute()}", format=still, options=options, container_options=guarded)
        except av.error.FFmpegError as error:
            raise _refusal(path, head, error, lines) from error
    missing = _bytes_missing(path, size)
    if missing * TOLERATED_LOSS > size + missing:
        container.close()
        raise cut_short(path, f"{missing} bytes of the {size + missing} it announces are missing")
    return container


def cut_short(path: str | Path, detail: str) -> TruncatedMedia:
    """The error for a file whose end is missing."""
    return TruncatedMedia(f"{Path(path).name} is cut short: {detail}; the upload probably broke off, send it again")


def quoted(error: Exception, lines: list[str]) -> str:
    """FFmpeg's last lines, or the error's own text where it logged none."""
    return " | ".join(lines[-QUOTED_LINES:]) or str(getattr(error, "strerror", None) or error)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError as error:
        raise ObjectNotFound(f"there is no file {path}") from error


@contextlib.contextmanager
def _heard() -> Iterator[list[tuple[int, str, str]]]:
    """FFmpeg's error lines while opening. Only there: its decoder threads must never log into Python."""
    before, skips = av.logging.get_level(), av.logging.get_skip_repeated()
    av.logging.set_level(av.logging.ERROR)
    # Two broken files in a row say the same, and each must be heard.
    av.logging.set_skip_repeated(False)
    try:
        with av.logging.Capture() as lines:
            yield lines
    finally:
        av.logging.set_level(before)
        av.logging.set_skip_repeated(skips)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(512)


def _refusal(path: Path, head: bytes, error: "av.error.FFmpegError", lines: list[tuple[int, str, str]]) -> BadMedia:
    if any(mark in head for mark in PLAYLISTS):
        return NotMedia(f"{path.name} is a playlist that points to other files; send the media file itself")
    # FFmpeg quotes the whole list of allowed formats, which helps nobody.
    words = quoted(error, [f"{name}: {text.strip()}" for _, name, text in lines if "whitelist" not in text])
    if "moov atom not found" in words and head[4:8] in FIRST_BOXES:
        return cut_short(path, f"its index was never written ({words})")
    return NotMedia(f"{path.name} is not a video, sound or picture that can be read ({words})")


def _bytes_missing(path: Path, size: int) -> int:
    """How many bytes a top-level MP4 box or the Matroska segment says are there beyond the end of the file."""
    with path.open("rb") as file:
        head = file.read(64)
        if head[4:8] in INDEXED:
            end = _end_of_boxes(file, size)
        elif head.startswith(b"\x1a\x45\xdf\xa3"):
            end = _end_of_segment(head)
        else:
            return 0
    return max(0, end - size)


def _end_of_boxes(file: BinaryIO, size: int) -> int:
    """Where the last top-level box of an MP4 says it ends (ISO/IEC 14496-12, 4.2)."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8 or (at + length > size and head[4:8] not in LONG_BOXES):
            return size  # 0 means "to the end of the file"; the rest is no box but padding after the last one
        at += length
    return at


def _end_of_segment(head: bytes) -> int:
    """Where the segment of a Matroska file ends, or 0 if it does not say (RFC 8794, 4 and 6)."""
    at = head.find(SEGMENT_ID)
    if at < 0 or at + 12 > len(head):
        return 0
    first = head[at + 4]
    width = 9 - first.bit_length()
    value = int.from_bytes(head[at + 4 : at + 4 + width], "big") & ((1 << 7 * width) - 1)
    unknown = value == (1 << 7 * width) - 1
    return 0 if unknown or not first else at + 4 + width + value
