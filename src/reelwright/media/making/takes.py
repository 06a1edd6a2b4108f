"""Films of takes: places that come back, takes in which nothing happens, bad ones, and somebody who talks in some.

What a summary should show is known: which places there are, what happens in each take, where words begin and end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwright.media.making.pictures import BLACK, BLURRED, SCENE, Look, Scene
from reelwright.media.making.voices import speech
from reelwright.media.making.writing import Rgb, Samples, write_video

Span = tuple[float, float]

RATE = 48000
ROOM = 0.002  # RMS of a quiet room, of full scale


@dataclass(frozen=True, slots=True)
class Take:
    """`place`: takes of one number look alike. `moves`: the figure walks; else nothing moves."""

    place: int
    seconds: float
    moves: bool = True
    talks: bool = False
    look: Look = SCENE

    @property
    def weight(self) -> float:
        """What it is worth showing, by the truth: 0 for a bad take, 1 where nothing happens, up to 3."""
        return 0.0 if self.look in (BLACK, BLURRED) else 1.0 + self.moves + self.talks


@dataclass(frozen=True, slots=True)
class Film:
    """A made film and the truth about it."""

    path: Path
    takes: tuple[Take, ...]
    phrases: tuple[Span, ...]
    """Where somebody speaks."""

    @property
    def seconds(self) -> float:
        return sum(take.seconds for take in self.takes)

    @property
    def spans(self) -> tuple[Span, ...]:
        ends = np.cumsum([take.seconds for take in self.takes])
        return tuple((float(end - take.seconds), float(end)) for end, take in zip(ends, self.takes, strict=True))

    def score(self, shown: Sequence[Span], *, need: float = 2.0) -> float:
        """What a summary of these spans is worth, at most 1: places seen for `need` seconds, by their weights, less the
        share of its time that goes into bad takes and into a second take of a place.
        """
        seen = [_common(span, shown) for span in self.spans]
        whole = sum(end - start for start, end in shown)
        good = {take.place for take in self.takes if take.weight}
        worth = total = again = 0.0
        for place in good:
            here = [(take, sight) for take, sight in zip(self.takes, seen, strict=True) if take.place == place]
            best = max(take.weight for take, _ in here)
            wanted = min(need, max(take.seconds for take, _ in here))
            total += best
            worth += max(take.weight * min(1.0, sight / wanted) for take, sight in here)
            sights = [sight for take, sight in here if take.weight]
            again += sum(sights) - max(sights)
        bad = sum(sight for take, sight in zip(self.takes, seen, strict=True) if not take.weight)
        return worth / total - (again + bad) / max(whole, 1e-9)


def _common(span: Span, shown: Sequence[Span]) -> float:
    return sum(max(0.0, min(span[1], end) - max(span[0], start)) for start, end in shown)


def film(
    path: Path,
    takes: Sequence[Take],
    *,
    size: tuple[int, int] = (320, 180),
    fps: int = 25,
    seed: int = 0,
    key_every: int = 50,
) -> Film:
    """Make the film, with sound."""
    voice, phrases = _voice(takes, seed)
    frames = _frames(takes, size, Fraction(fps), seed)
    write_video(path, frames, size=size, fps=fps, key_every=key_every, sound=voice, rate=RATE)
    return Film(path, tuple(takes), phrases)


def _frames(takes: Sequence[Take], size: tuple[int, int], fps: Fraction, seed: int) -> Iterator[Rgb]:
    random = np.random.default_rng(seed)
    for take in takes:
        length = round(take.seconds * fps)
        scene = Scene(take.look, size, length, fps, [seed, take.place])
        still = scene.draw(length // 2)
        for number in range(length):
            if take.moves or take.look == BLACK:
                yield scene.draw(number)
            else:
                grain = random.integers(-2, 3, still.shape, dtype=np.int16)
                yield np.clip(still + grain, 0, 255).astype(np.uint8)


def _voice(takes: Sequence[Take], seed: int) -> tuple[Samples, tuple[Span, ...]]:
    random = np.random.default_rng(seed)
    parts, phrases, at = [], list[Span](), 0.0
    for number, take in enumerate(takes):
        count = round(take.seconds * RATE)
        room = random.normal(0, ROOM, count).astype(np.float32)
        if take.talks:
            spoken = speech(take.seconds, rate=RATE, seed=seed * 100 + number)
            room = room + spoken.clean[:count]
            phrases += [(at + start, at + end) for start, end in spoken.phrases]
        parts.append(room)
        at += take.seconds
    return np.concatenate(parts), tuple(phrases)
