"""A film with its pictures copied packet by packet, beside another sound, or none.

Nothing of the picture is decoded; its time stamps, rotation and tags stay. Subtitles that the new file can hold are
left out with the old sound: they belong to it. MP4 where it holds the picture's codec, else Matroska.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.errors import NoVideo
from reelwright.loading import lazy
from reelwright.media import containers, encode, probe
from reelwright.media.beside import Beside

if TYPE_CHECKING:
    import av
    from av.container import InputContainer, OutputContainer
    from av.video.stream import VideoStream
else:
    av = lazy("av")

MP4_PICTURES = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4"})
TURN = Fraction(1, 4)  # s of the picture after which sound has its turn in the file
OPEN_ENDED = Fraction(1 << 40)  # s


@dataclass(frozen=True, slots=True)
class Remuxed:
    """What was written."""

    path: Path
    frames: int
    notes: tuple[str, ...]


def remuxed(
    video: str | Path, folder: Callable[[str], Path], sound: Path | None, *, tick: Callable[[float], None]
) -> Remuxed:
    """Write the film at `video` with the `sound` (from the film's start on). `folder` gives the path for a file name.

    `tick` hears the seconds of the film that are done, and may raise. Raises NoVideo and what opening raises.
    """
    with containers.opened(video) as source:
        stream = probe.chosen(source)
        if stream is None:
            raise NoVideo(f"{Path(video).name} has no video stream")
        name = stream.codec_context.codec.canonical_name
        path = folder("video.mp4" if name in MP4_PICTURES else "video.mkv")
        part = path.with_name(f".{path.stem}.part{path.suffix}")
        options = {"movflags": "+faststart"} if path.suffix == ".mp4" else {}
        try:
            with av.open(str(part), "w", options=options) as out:
                frames, notes = _copied(source, stream, out, path.suffix, sound, tick)
            part.replace(path)
        except av.error.FFmpegError as error:
            raise encode.told(error, path) from error
        finally:
            part.unlink(missing_ok=True)
    return Remuxed(path, frames, notes)


def _copied(
    source: "InputContainer",
    stream: "VideoStream",
    out: "OutputContainer",
    suffix: str,
    sound: Path | None,
    tick: Callable[[float], None],
) -> tuple[int, tuple[str, ...]]:
    target = out.add_stream_from_template(stream, opaque=True)
    if stream.codec_context.codec_tag == "hvc1":
        target.codec_context.codec_tag = "hvc1"  # the tag Apple players want
    base = stream.time_base or Fraction(1, av.time_base)
    shift, count, due = round(max(Fraction(0), probe.start_of(source)) / base), 0, -OPEN_ENDED
    with contextlib.ExitStack() as stack:
        along = Beside(sound, out, suffix, Fraction(0)) if sound else None
        if along:
            stack.callback(along.close)
        for packet in source.demux(stream):
            if not packet.size:
                continue
            packet.pts = None if packet.pts is None else packet.pts - shift
            packet.dts = None if packet.dts is None else packet.dts - shift
            at = Fraction(packet.dts if packet.dts is not None else packet.pts or 0) * base
            if along and at >= due:
                due = at + TURN
                along.advance(due)
            packet.stream = target
            out.mux(packet)
            count += 1
            tick(float(at))
        if along:
            along.finish()
    return count, tuple(along.notes) if along else ()
