"""Cutting a stream of sound into passages of speech, for recognisers that hear one passage at a time.

A detector's probabilities (`models.silero`) open and close spans with hysteresis. Each span is weighed as a
whole: it must be likely enough, and have the rhythm of talk (`kernels.voice_activity`), which tunes and songs
have not. Neighbouring spans make a passage, with its pauses, so that a recogniser hears whole sentences; one
that grows too long is cut where speech is least likely. Memory is that of the longest passage. Answers come
some seconds late, for the rhythm looks both ways.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import voice_activity
from reelwright.kernels.voice_activity import RATE, Mono, Signal

WINDOW = 512  # samples of one probability: 32 ms at 16 kHz
STEP = WINDOW / RATE
FRAMES = WINDOW / voice_activity.HOP  # of the rhythm in a window: 3.2
BLOCK = 125  # windows: 4 s, the least that is a whole number of frames and of tenths of a second
OPENS, CLOSES = 0.5, 0.35  # probabilities, as the authors of Silero use them
HANG = round(0.3 / STEP)  # windows of silence inside a span: stops and short breaths
SHORTEST = 0.2  # seconds; a "no" has 0.25
LEAST_LIKELY = 0.6  # mean probability of a span; fills and voices of instruments stay below
LONG_ENOUGH, SURER = 0.8, 0.4  # seconds; how much likelier a span must be for each second that it is shorter
JOINS = 1.2  # seconds of pause inside a passage
MARGIN = 0.3  # seconds heard before and after: recognisers take the background from them
LONGEST = 28.0  # seconds; Whisper hears 30 at once
UNSURE = HANG + round(SHORTEST / STEP) + 1  # windows at the end that may yet turn out to be a span's beginning
CUT_REACH = 8.0  # seconds before the end of one that is too long, in which the cut is looked for

Probabilities = NDArray[np.float32]


class Vad(Protocol):
    """float32 [n] at 16 kHz -> the probability of speech in each whole window so far, [windows]."""

    def push(self, samples: Mono) -> Probabilities: ...

    def flush(self) -> Probabilities: ...


@dataclass(frozen=True, slots=True)
class Span:
    """Somebody speaks in [start, end), seconds. `likely`: mean probability; `rhythm`: of talk, 0 to 1."""

    start: float
    end: float
    likely: float
    rhythm: float

    @property
    def is_likely(self) -> bool:
        """Is it speech or song? The shorter it is, the likelier it must be."""
        return self.likely >= LEAST_LIKELY + SURER * max(0.0, LONG_ENOUGH - (self.end - self.start))

    @property
    def is_talk(self) -> bool:
        return self.is_likely and self.rhythm >= voice_activity.TALK


@dataclass(frozen=True, slots=True)
class Passage:
    """float32 [n] at 16 kHz from `start` (seconds), and the spans in it, in seconds of the whole."""

    start: float
    samples: Mono
    spans: tuple[Span, ...]

    @property
    def end(self) -> float:
        return self.start + len(self.samples) / RATE


class Cutter:
    """Takes float32 [n] at 16 kHz, ±1; gives the passages that are over. `keep` says which spans count.

    Time 0 is the first sample that is pushed.
    """

    def __init__(self, vad: Vad, keep: Callable[[Span], bool] = lambda span: True) -> None:
        self._vad, self._keep = vad, keep
        self._rhythm_of = voice_activity.Detector()
        self._samples = np.zeros(0, np.float32)
        self._likely = np.zeros(0, np.float32)
        self._rhythm: Signal = np.zeros(0)
        self._gone = 0  # windows that are let go of
        self._answered = 0  # of the windows held, those that a passage or a pause has taken
        self.heard = 0.0
        """Seconds of the spans that counted."""
        self.refused = 0.0
        """Seconds of those that did not."""

    def push(self, samples: Mono) -> list[Passage]:
        self._take(samples, self._vad.push(samples), self._rhythm_of.push(samples).rhythm)
        return list(self._passages(is_end=False))

    def flush(self) -> list[Passage]:
        self._take(np.zeros(0, np.float32), self._vad.flush(), self._rhythm_of.flush().rhythm)
        return list(self._passages(is_end=True))

    def _take(self, samples: Mono, likely: Probabilities, rhythm: Signal) -> None:
        self._samples = np.concatenate([self._samples, samples])
        self._likely = np.concatenate([self._likely, likely])
        self._rhythm = np.concatenate([self._rhythm, rhythm])

    def _passages(self, *, is_end: bool) -> Iterator[Passage]:
        known = len(self._likely) if is_end else min(len(self._likely), int(len(self._rhythm) / FRAMES))
        while True:
            found, end = first_group(self._likely[self._answered : known], is_end=is_end)
            passage = self._passage([(self._answered + start, self._answered + stop) for start, stop in found])
            self._answered += end
            if passage is not None:
                yield passage
            if not found:
                break
        self._forget()

    def _passage(self, group: list[tuple[int, int]]) -> Passage | None:
        told = [self._span(*one) for one in group]
        kept = tuple(one for one in told if self._keep(one))
        length = sum(one.end - one.start for one in kept)
        self.heard += length
        self.refused += sum(one.end - one.start for one in told) - length
        if not kept:
            return None
        base = self._gone * STEP
        first = max(0, round((kept[0].start - base - MARGIN) * RATE))
        last = min(len(self._samples), round((kept[-1].end - base + MARGIN) * RATE))
        return Passage(base + first / RATE, self._samples[first:last].copy(), kept)

    def _span(self, start: int, end: int) -> Span:
        rhythm = self._rhythm[round(start * FRAMES) : round(end * FRAMES)]
        base = self._gone * STEP
        return Span(
            base + start * STEP,
            min(base + end * STEP, base + len(self._samples) / RATE),
            float(self._likely[start:end].mean()),
            float(rhythm.mean()) if len(rhythm) else 0.0,
        )

    def _forget(self) -> None:
        """Let go of what is answered but for a margin, in whole blocks: so windows, frames and samples stay in step."""
        spent = max(0, self._answered - round(MARGIN / STEP) - 1) // BLOCK * BLOCK
        if spent:
            self._likely, self._gone, self._answered = self._likely[spent:], self._gone + spent, self._answered - spent
            self._samples, self._rhythm = self._samples[spent * WINDOW :], self._rhythm[round(spent * FRAMES) :]


def first_group(likely: Probabilities, *, is_end: bool) -> tuple[list[tuple[int, int]], int]:
    """The first spans that belong together, in windows, and where what comes after them begins.

    No spans where that cannot be told yet: then the windows up to the second value hold none.
    """
    found = spans(likely)
    if not found:
        return [], len(likely) if is_end else max(0, len(likely) - UNSURE)
    group = [found[0]]
    for one in found[1:]:
        if (one[0] - group[-1][1]) * STEP >= JOINS:
            break
        group.append(one)
    start, end = group[0][0], group[-1][1]
    if (end - start) * STEP > LONGEST:
        return _before(_quietest(likely, start), group)
    if is_end or (len(likely) - end) * STEP >= JOINS + UNSURE * STEP:
        return group, end
    return [], max(0, start - 1)


def _quietest(likely: Probabilities, start: int) -> int:
    """Where, near the longest that a passage may be, speech is least likely; the later of equals."""
    last = start + int(LONGEST / STEP)
    first = last - int(CUT_REACH / STEP)
    around = np.convolve(likely[first - 2 : last + 2], np.ones(5), mode="valid")
    return first + len(around) - 1 - int(np.argmin(around[::-1]))


def _before(cut: int, group: list[tuple[int, int]]) -> tuple[list[tuple[int, int]], int]:
    return [(start, min(end, cut)) for start, end in group if start < cut], cut


def spans(likely: Probabilities) -> list[tuple[int, int]]:
    """[start, end) in windows, of each run of speech in the probabilities [n]."""
    found: list[tuple[int, int]] = []
    start, last = -1, -1
    for place, one in enumerate(likely):
        if start < 0 and one >= OPENS:
            start = last = place
        elif start >= 0:
            if one >= CLOSES:
                last = place
            elif place - last > HANG:
                found.append((start, last + 1))
                start = -1
    if start >= 0:
        found.append((start, last + 1))
    return [one for one in found if (one[1] - one[0]) * STEP >= SHORTEST]
