"""Parts of a video joined to a new one, exactly, without encoding again what can stay as it is.

`cut` takes spans of time and writes them one after the other. Where it is sound the packets between are copied, byte
for byte, and only the frames from a span's start to the next point where a decoder can begin are encoded, and a few
where it ends amid pictures that refer to later ones (`media.splices`, `media.mending`). That is so for H.264; other
codecs are copied where spans begin and end at such points. Everything else is encoded anew, and `Cut.why` says why.
Sound is cut at the sample, with short fades (`media.excerpts`). Subtitles go along, and so do rotation, colour tags,
pixel aspect and uneven frame times.

Not done here: joining different files; crossfades.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

from reelwright.errors import InvalidParameter
from reelwright.loading import lazy
from reelwright.media import containers, copying, encode, excerpts, frames, mending, nal, planes, probe, splices
from reelwright.media.beside import Beside
from reelwright.media.splices import Piece, Span, Splice, Unsound

if TYPE_CHECKING:
    import av
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream as AvVideo
else:
    av = lazy("av")

Tick = Callable[[float], None]
"""Hears the share that is done, 0 to 1; may raise to stop."""

SUFFIXES = (".mp4", ".m4v", ".mov", ".mkv")
MENDABLE = "h264"


@dataclass(frozen=True, slots=True)
class Cut:
    """What was written."""

    spans: tuple[Span, ...]
    """The spans of the source, seconds, at the edges of frames."""
    frames: int
    copied: int
    """Frames whose packets are those of the source."""
    why: str
    """Why nothing was copied; empty if something was."""
    sound_copied: bool
    notes: tuple[str, ...]
    """What could not be kept as it was."""

    @property
    def seconds(self) -> Fraction:
        return sum((end - start for start, end in self.spans), Fraction(0))


def cut(
    path: str | Path,
    wanted: Sequence[Span],
    out: str | Path,
    *,
    quality: encode.Quality = "normal",
    copying: bool = True,
    tick: Tick = lambda share: None,
) -> Cut:
    """Write the wanted spans (seconds from the file's start, in order) of the video at `path` to `out`.

    An edge within half a frame of one is moved there, so that each span is exact to the frame. `copying` False
    encodes everything. Raises InvalidParameter for spans that are not in the file or not in order.
    """
    path, out = Path(path), Path(out)
    if out.suffix.lower() not in SUFFIXES:
        raise InvalidParameter(f"{out.name} cannot be written here; use one of {', '.join(SUFFIXES)}")
    media = probe.with_video(path)
    checked = splices.spans(wanted, media.duration)
    plan = _planned(media, checked, quality) if copying else _all_encoded(media, checked, "that was asked for")
    beside = out.with_name(f".{out.stem}.beside{out.suffix}")
    try:
        along = excerpts.write(path, plan.spans, beside, turn=lambda: tick(0.0))
        try:
            written = _joined(plan, out, along.path, tick) if plan.mends else None
        except Unsound as fault:
            plan, written = _all_encoded(media, checked, str(fault)), None
        count, notes = written or _encoded(plan, out, along.path, quality, tick)
    finally:
        beside.unlink(missing_ok=True)
    return Cut(plan.spans, count, plan.copied, plan.why, along.copied, (*along.notes, *notes))


# ---- What to do


@dataclass(frozen=True, slots=True)
class _Plan:
    """`mends` is None where all is encoded by one encoder, and nothing copied."""

    media: probe.Media
    splices: tuple[Splice, ...]
    mends: "_Mends | None" = None
    why: str = ""

    @property
    def video(self) -> probe.VideoStream:
        assert self.media.video is not None  # it was probed for one
        return self.media.video

    @property
    def spans(self) -> tuple[Span, ...]:
        return tuple((self.time(one.start), self.time(one.end)) for one in self.splices)

    @property
    def frames(self) -> int:
        return sum(piece.frames for one in self.splices for piece in one.pieces)

    @property
    def copied(self) -> int:
        return sum(piece.frames for one in self.splices for piece in one.pieces if piece.way == "copy")

    def time(self, stamp: int) -> Fraction:
        return stamp * self.video.time_base - self.media.start


@dataclass(frozen=True, slots=True)
class _Mends:
    """How packets of the source and of the encoder become one stream. Without H.264 there are none of the encoder."""

    sets: nal.ParameterSets | None = None
    mender: mending.Mender | None = None

    @property
    def extradata(self) -> bytes | None:
        """What the decoder must know, if that is more than the source says."""
        return self.sets.beside(self.mender.sets).extradata() if self.sets and self.mender else None


def _planned(media: probe.Media, wanted: list[Span], quality: encode.Quality) -> _Plan:
    assert media.video is not None  # it was probed for one
    try:
        sets = _sets(media) if media.video.codec == MENDABLE else None
        found = tuple(splices.splice(media.path, span, sets) for span in wanted)
        if all(piece.way == "encode" for one in found for piece in one.pieces):
            return _Plan(media, found, None, "no point where a decoder can begin lies early enough in a span")
        whole = all(one.is_whole for one in found)
        if sets is None and not whole:
            raise Unsound(f"parts of {media.video.codec} can only be copied from key frame to key frame")
        mender = None
        if sets is not None and not whole:
            first = frames.at(media.path, wanted[0][0])
            mender = mending.Mender(media.video, sets, first.raw, quality)
        return _Plan(media, found, _Mends(sets, mender))
    except Unsound as fault:
        return _all_encoded(media, wanted, str(fault))


def _sets(media: probe.Media) -> nal.ParameterSets:
    with containers.opened(media.path) as container:
        video = probe.chosen(container)
        assert video is not None  # it was probed for one
        try:
            return nal.ParameterSets.of(bytes(video.codec_context.extradata or b""))
        except (ValueError, IndexError) as error:
            raise Unsound(f"its parameter sets cannot be read ({error})") from error


def _all_encoded(media: probe.Media, wanted: list[Span], why: str) -> _Plan:
    assert media.video is not None  # it was probed for one
    try:
        found = tuple(splices.splice(media.path, span, None).encoded() for span in wanted)
    except Unsound:
        found = tuple(splices.unseen(media.video, media.start, span) for span in wanted)
    return _Plan(media, found, None, why)


# ---- Encoding everything


Written = tuple[int, Sequence[str]]
"""How many frames, and notes."""


def _encoded(plan: _Plan, out: Path, beside: Path | None, quality: encode.Quality, tick: Tick) -> Written:
    video = plan.video
    picture = replace(
        encode.Picture.like(video),
        width=video.width & ~1,
        height=video.height & ~1,
        aspect=video.sample_aspect_ratio,
        rotation=-video.rotation,
    )
    done, offset = 0, 0
    with encode.Writer(out, picture, quality=quality, beside=beside) as writer:
        for one in plan.splices:
            for frame, stamp in _frames(plan, one, one.pieces[0], offset):
                whole = planes.of(planes.to_planar(frame, picture.pixels))
                frame.pts, frame.time_base = stamp, video.time_base
                writer.write_planes(planes.crop(whole, 0, 0, picture.width, picture.height), frame)
                done += 1
                tick(done / max(plan.frames, done))
            offset += one.end - one.start
    return done, (*encode.notes_on(video), *writer.notes)


def _frames(plan: _Plan, splice: Splice, piece: Piece, offset: int) -> "Iterator[tuple[av.VideoFrame, int]]":
    """The frames of a piece, with their stamps in the new file, and lasting until the next one."""
    held: tuple[av.VideoFrame, int] | None = None
    for frame in frames.stream(plan.media.path, start=plan.time(piece.start), end=plan.time(piece.end)):
        stamp = round((frame.time + plan.media.start) / plan.video.time_base)
        now = (frame.raw, max(stamp, splice.start) - splice.start + offset)
        if held is not None:
            held[0].duration = now[1] - held[1]
            yield held
        held = now
    if held is not None:
        held[0].duration = max(1, piece.end - splice.start + offset - held[1])
        yield held


# ---- Copying what can be copied


def _joined(plan: _Plan, out: Path, beside: Path | None, tick: Tick) -> Written:
    part = out.with_name(f".{out.stem}.part{out.suffix}")
    options = {} if out.suffix == ".mkv" else {"movflags": "+faststart"}
    try:
        with contextlib.ExitStack() as stack:
            box = stack.enter_context(av.open(str(part), "w", options=options))
            source = stack.enter_context(containers.opened(plan.media.path))
            track = _track(box, probe.chosen(source), plan)
            along = Beside(beside, box, out.suffix, Fraction(0)) if beside else None
            if along:
                stack.callback(along.close)
            for done, packet in enumerate(_packets(plan), start=1):
                track.take(packet, along)
                tick(done / max(plan.frames, done))
            track.finish(along)
        part.replace(out)
    except av.error.FFmpegError as error:
        raise encode.told(error, out) from error
    finally:
        part.unlink(missing_ok=True)
    return plan.frames, along.notes if along else ()


def _packets(plan: _Plan) -> "Iterator[Packet[AvVideo]]":
    """Everything in order of decoding, stamped for the new file; decoding stamps are not set."""
    offset = 0
    for one in plan.splices:
        for piece in one.pieces:
            make = _copied if piece.way == "copy" else _mended
            yield from make(plan, one, piece, offset)
        offset += one.end - one.start


def _copied(plan: _Plan, splice: Splice, piece: Piece, offset: int) -> "Iterator[Packet[AvVideo]]":
    with containers.opened(plan.media.path) as container:
        video = probe.chosen(container)
        assert video is not None  # it was probed for one
        since = frames.packets_from(container, video, plan.time(piece.start), plan.media.path)
        rest = itertools.dropwhile(lambda packet: packet.pts != piece.start or not packet.is_keyframe, since)
        for packet in itertools.islice(rest, piece.frames):
            if packet.pts == piece.last:
                packet.duration = piece.end - piece.last  # MP4 keeps how long decoding lasts, not showing
            packet.pts = max(packet.pts or 0, splice.start) - splice.start + offset
            yield packet


def _mended(plan: _Plan, splice: Splice, piece: Piece, offset: int) -> "Iterator[Packet[AvVideo]]":
    assert plan.mends is not None  # it was planned
    mender, sets = plan.mends.mender, plan.mends.sets
    assert mender is not None
    assert sets is not None
    for one in mender.part(_frames(plan, splice, piece, offset)):
        packet = cast("Packet[AvVideo]", av.Packet(sets.packet(one.units)))
        packet.pts, packet.duration, packet.time_base = one.stamp, one.lasts, plan.video.time_base
        packet.is_keyframe = one.is_key
        yield packet


def _track(box: "OutputContainer", template: "AvVideo | None", plan: _Plan) -> copying.Track:
    assert template is not None  # it was planned
    assert plan.mends is not None
    base = plan.video.time_base
    try:
        return copying.Track(
            box,
            template,
            base=base,
            step=max(1, round(1 / (base * (plan.video.frame_rate or encode.USUAL_RATE)))),
            depth=max(one.depth for one in plan.splices),
            end=sum(one.end - one.start for one in plan.splices),
            extradata=plan.mends.extradata,
        )
    except ValueError as error:
        raise Unsound(f"the new file's format cannot hold {plan.video.codec}") from error
