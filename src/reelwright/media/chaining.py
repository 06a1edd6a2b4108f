"""Films of one coding, one after the other, as one film: pictures copied packet by packet, beside one new sound.

Where all films were written alike (`media.conforming`, one encoder, one size and rate) nothing is decoded: packets get
new stamps and go into the new file in their order. A film that was coded otherwise, somebody's own say, is encoded
like the first one before. All have a constant rate; each lasts as many frames as it has.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.errors import InvalidParameter
from reelwright.loading import lazy
from reelwright.media import conforming, containers, copying, encode, excerpts, frames, nal, planes, probe
from reelwright.media.beside import Beside

if TYPE_CHECKING:
    import av
    from av.packet import Packet
    from av.video.stream import VideoStream as AvVideo
else:
    av = lazy("av")

Tick = Callable[[float], None]
CODEC = "h264"
OPTIONS = {"movflags": "+faststart", "movie_timescale": "48000"}
"""The length of a track is told in units of the latter: thousandths of a second would cut samples off."""
FINE = Fraction(1, 90_000)  # s, the unit of stamps where a file does not tell its own


@dataclass(frozen=True, slots=True)
class Link:
    """One film of the chain, as it was looked at."""

    path: Path
    size: tuple[int, int]
    coding: str
    extradata: bytes
    stamps: tuple[int, ...]
    """When its packets are shown, in frames, in order of decoding."""

    @property
    def frames(self) -> int:
        return len(self.stamps)

    @property
    def depth(self) -> int:
        """Packets by which decoding runs ahead of showing."""
        return max((place - shown for place, shown in enumerate(self.stamps)), default=0)

    def is_like(self, other: "Link") -> bool:
        """Can the packets of both stand in one stream?"""
        return self.is_sound and (self.size, self.coding, self.extradata) == (other.size, other.coding, other.extradata)

    @property
    def is_sound(self) -> bool:
        """Every frame is shown once, for as long as all others."""
        return self.coding == CODEC and sorted(self.stamps) == list(range(self.frames))


@dataclass(frozen=True, slots=True)
class Chain:
    """Films that fit together, in order."""

    links: tuple[Link, ...]
    rate: int
    encoded: int
    """Frames that had to be encoded for that."""

    @property
    def frames(self) -> int:
        return sum(one.frames for one in self.links)

    @property
    def starts(self) -> tuple[int, ...]:
        """The frame that each film begins with, and at last the end of all."""
        return (0, *itertools.accumulate(one.frames for one in self.links))


def look(path: str | Path, rate: int) -> Link:
    """Read the film's packets; nothing is decoded."""
    with containers.opened(path) as container:
        video = probe.chosen(container)
        if video is None:
            raise InvalidParameter(f"{Path(path).name} has no picture to join; give a film")
        context = video.codec_context
        size, coding, extradata = (context.width, context.height), context.name, bytes(context.extradata or b"")
    stamps = [time * rate for time, _, _, _ in frames.packets(path)]
    whole = all(one.denominator == 1 or abs(one - round(one)) < Fraction(1, 50) for one in stamps)
    found = tuple(round(one) for one in stamps) if whole else tuple(int(one * 1000) for one in stamps)
    return Link(Path(path), size, coding, extradata, found)


def of(films: Sequence[str | Path], rate: int, scratch: Path, quality: encode.Quality = "normal") -> Chain:
    """The films, all coded alike: like the first that can be copied, if that may be. `scratch` takes new encodings.

    Raises `InvalidParameter` without any film, and the errors of `probe.with_video`.
    """
    if not films:
        raise InvalidParameter("there is nothing to join: give at least one film")
    links = [look(one, rate) for one in films]

    def again(number: int) -> Link:
        return look(_encoded(links[number], size, rate, scratch / f".link-{number}.mp4", quality), rate)

    model = next((one for one in links if one.is_sound and _closed(one)), None)
    size = model.size if model else (links[0].size[0] & ~1, links[0].size[1] & ~1)
    others = [number for number, one in enumerate(links) if model is None or not one.is_like(model)]
    made = {number: again(number) for number in others}
    if model is not None and not all(one.is_like(model) for one in made.values()):
        made |= {number: again(number) for number in range(len(links)) if number not in made}
    whole = tuple(made.get(number, one) for number, one in enumerate(links))
    return Chain(whole, rate, sum(one.frames for one in made.values()))


def write(
    chain: Chain,
    out: Path,
    *,
    sound: Path | None,
    scratch: Path,
    quick: bool = False,
    tick: Tick = lambda share: None,
) -> None:
    """Write the films one after the other to `out`, MP4, `sound` beside them, cut to their length to the sample.

    `scratch` is a folder for what lies between; `quick` as in `excerpts.write`. `tick` hears the share that is done and
    may raise to stop.
    """
    part, beside = out.with_name(f".{out.stem}.part{out.suffix}"), None
    try:
        if sound is not None:
            length = Fraction(chain.frames, chain.rate)
            aside = scratch / f".{out.stem}.sound.mp4"
            beside = excerpts.write(sound, [(Fraction(0), length)], aside, options=OPTIONS, quick=quick).path
        _write(chain.links, part, beside, chain.rate, lambda done: tick(done / max(1, chain.frames)))
        part.replace(out)
    except av.error.FFmpegError as error:
        raise encode.told(error, out) from error
    finally:
        part.unlink(missing_ok=True)
        if beside is not None:
            beside.unlink(missing_ok=True)


def drift(path: str | Path) -> Fraction:
    """How much longer the picture of a film lasts than its sound, s; 0 without sound."""
    media = probe.with_video(path)
    sound = media.audio[0].duration if media.audio else None
    length = media.video.duration if media.video else None
    return Fraction(0) if sound is None or length is None else length - sound


def _write(links: Sequence[Link], part: Path, beside: Path | None, rate: int, told: Callable[[int], None]) -> None:
    with contextlib.ExitStack() as stack:
        box = stack.enter_context(av.open(str(part), "w", options=OPTIONS))
        first = probe.chosen(stack.enter_context(containers.opened(links[0].path)))
        assert first is not None  # it was looked at
        base = Fraction(first.time_base or FINE)
        step = round(1 / (base * rate))
        end, depth = sum(one.frames for one in links) * step, max(one.depth for one in links)
        track = copying.Track(box, first, base=base, step=step, depth=depth, end=end)
        along = Beside(beside, box, part.suffix, Fraction(0)) if beside else None
        if along:
            stack.callback(along.close)
        for done, packet in enumerate(_packets(links, base, step), start=1):
            track.take(packet, along)
            told(done)
        track.finish(along)


def _packets(links: Sequence[Link], base: Fraction, step: int) -> "Iterator[Packet[AvVideo]]":
    before = 0
    for link in links:
        with containers.opened(link.path) as container:
            video = probe.chosen(container)
            assert video is not None  # it was looked at
            copied = (one for one in container.demux(video) if one.pts is not None and one.size)
            for packet, shown in zip(copied, link.stamps, strict=True):
                packet.time_base = base
                packet.pts, packet.duration = (before + shown) * step, step
                yield packet
        before += link.frames


# ---- Films that do not fit


def _closed(link: Link) -> bool:
    try:
        return bool(nal.ParameterSets.of(link.extradata).sps)
    except (ValueError, IndexError):
        return False


def _encoded(link: Link, size: tuple[int, int], rate: int, out: Path, quality: encode.Quality) -> Path:
    media = probe.with_video(link.path)
    assert media.video is not None  # it was looked at
    length = media.video.duration or media.duration or Fraction(link.frames, rate)
    target, count = conforming.picture(size, rate), max(1, round(length * rate))
    with encode.Writer(out, target, quality=quality) as writer:
        for number, picture in enumerate(conforming.Clip(link.path, size, rate, count).pictures()):
            writer.write(framed(picture, target, number))
    return out


def framed(picture: planes.Planes, target: encode.Picture, number: int) -> "av.VideoFrame":
    """The planes as the picture of that number."""
    frame = av.VideoFrame(target.width, target.height, target.pixels)
    planes.put(picture, planes.of(frame))
    frame.pts, frame.time_base = number, target.time_base
    return frame
