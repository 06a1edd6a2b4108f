"""One sound added to another: where it lies to the sample, its fades, its gain, in blocks of equal size."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.ducking import Ducker

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Placement:
    """In samples of the mix: the added track's first, its end, the mix's end, and the fades."""

    start: int
    end: int
    length: int
    fade_in: int = 0
    fade_out: int = 0

    def gains(self, first: int, count: int) -> Samples:
        """What the fades leave of the track, float32 [count] from sample `first` of the mix on: equal-power curves."""
        at = np.arange(first, first + count)
        rise = np.clip((at - self.start + 1) / (self.fade_in + 1), 0.0, 1.0)
        fall = np.clip((self.end - at) / (self.fade_out + 1), 0.0, 1.0)
        gains: Samples = np.sin(np.pi / 2 * np.minimum(rise, fall)).astype(np.float32)
        return gains


def fitted(source: Iterator[Samples], channels: int, *, lead: int, length: int, block: int) -> Iterator[Samples]:
    """The blocks of a sound after `lead` samples of silence, cut or filled to `length`, `block` at a time."""
    held, told = np.zeros((channels, min(lead, block)), np.float32), 0
    lead -= held.shape[1]
    while told < length:
        wanted = min(block, length - told)
        while held.shape[1] < wanted:
            if lead:
                more = np.zeros((channels, min(lead, block)), np.float32)
                lead -= more.shape[1]
            else:
                more = next(source, np.zeros((channels, wanted), np.float32))
            held = np.concatenate([held, more], axis=1)
        yield held[:, :wanted]
        held, told = held[:, wanted:], told + wanted


class Added:
    """Adds a track to a main sound, at a linear gain.

    `ducked` tells in the end for what share of the track the ducker's gain was below `low`.
    """

    def __init__(self, placed: Placement, gain: float, low: float) -> None:
        self.placed, self._gain, self._low = placed, np.float32(gain), low
        self._below = 0

    @property
    def ducked(self) -> float:
        return self._below / max(1, self.placed.end - self.placed.start)

    def to(self, main: Iterator[Samples], track: Iterator[Samples], ducker: Ducker | None) -> Iterator[Samples]:
        """The sums, float32 [channels, n]; `main` and `track` come in blocks of the same sizes."""
        first = 0
        for base, other, gains in _with_gains(main, track, ducker):
            count = base.shape[1]
            if gains is not None:
                begin, end = (min(max(edge - first, 0), count) for edge in (self.placed.start, self.placed.end))
                self._below += int(np.count_nonzero(gains[begin:end] < self._low))
                other = other * gains
            faded = other * (self._gain * self.placed.gains(first, count))
            yield base + faded
            first += count


def _with_gains(
    main: Iterator[Samples], track: Iterator[Samples], ducker: Ducker | None
) -> Iterator[tuple[Samples, Samples, Samples | None]]:
    """Both, with the gain of the track; while the ducker listens ahead, both wait."""
    if ducker is None:
        yield from ((base, other, None) for base, other in zip(main, track, strict=True))
        return
    waiting: Samples | None = None
    for base, other in zip(main, track, strict=True):
        both = np.stack([base, other])
        waiting = both if waiting is None else np.concatenate([waiting, both], axis=2)
        gains = ducker.push(base)
        if len(gains):
            yield waiting[0, :, : len(gains)], waiting[1, :, : len(gains)], gains
            waiting = waiting[:, :, len(gains) :]
    if waiting is not None:
        yield waiting[0], waiting[1], ducker.flush()
