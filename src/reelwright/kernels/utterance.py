"""Spoken phrases brought to their exact tempo and laid in a row, with the moments at which they are heard.

An utterance keeps a little of what lies before and after its speech, faded in and out, so that joins make no
click; what counts for the row is where the speech itself begins and ends.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.resampling import Resampler
from reelwright.kernels.speech_edges import edges
from reelwright.kernels.stretching import stretched

Mono = NDArray[np.float32]

LEAD, TAIL = 0.02, 0.06  # seconds kept before and after speech
FADE = 0.01  # seconds
EXACT, TRIES = 0.005, 3  # of the length that a phrase is to have; stretchings more that may be made for it


@dataclass(frozen=True, slots=True)
class Word:
    """What is said from sample `at` on: a word with the marks and blanks that follow it."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """A phrase as it came from a voice, before its tempo is made exact.

    `samples`: float32 [n] at `rate` Hz, ±1. `at`: where each span's speech begins, and where the last one's ends
    (samples, not falling). `seconds`: how long each span is to last. `words`: in order, where the voice tells them.
    """

    samples: Mono
    rate: int
    at: Sequence[int]
    seconds: Sequence[float]
    words: Sequence[Word] = ()


@dataclass(frozen=True, slots=True)
class Utterance:
    """float32 [n] whose speech lies in [first, last); `words` lie at samples of it."""

    samples: Mono
    first: int
    last: int
    words: tuple[Word, ...] = ()

    @property
    def length(self) -> int:
        """Samples of speech."""
        return self.last - self.first


def finished(spoken: Spoken, gains: Sequence[float], rate: int) -> Utterance:
    """At `rate` Hz, each span as long as it is to be and `gains` times as loud."""
    if not len(spoken.samples) or spoken.at[-1] <= spoken.at[0]:
        return Utterance(np.zeros(0, np.float32), 0, 0)
    wanted, scale = sum(spoken.seconds), 1.0
    best = _at_tempo(spoken, gains, rate, scale)
    # A stretched sound ends where a period of the voice does, which is much of a short word: other lengths are tried.
    for _ in range(TRIES):
        found = best.length / rate
        if not found or abs(found / wanted - 1) <= EXACT:
            break
        scale *= wanted / found
        another = _at_tempo(spoken, gains, rate, scale)
        best = min(best, another, key=lambda one: abs(one.length / rate - wanted))
    return best


def _at_tempo(spoken: Spoken, gains: Sequence[float], rate: int, scale: float) -> Utterance:
    """Stretched to `scale` times what is wanted."""
    lead, tail = round(LEAD * spoken.rate), round(TAIL * spoken.rate)
    samples = np.pad(spoken.samples, (lead, tail))[spoken.at[0] : spoken.at[-1] + lead + tail]
    sources = np.array([0, *(one - spoken.at[0] + lead for one in spoken.at), len(samples)], np.float64)
    lengths = [lead, *(one * spoken.rate * scale for one in spoken.seconds), tail]
    targets = np.concatenate([[0.0], np.cumsum(lengths)])
    kept = np.concatenate([[True], np.diff(sources) > 0])
    voiced = stretched(samples, spoken.rate, list(zip(sources[kept], targets[kept], strict=True)))
    voiced = _faded(voiced * _levels(len(voiced), targets[1:-1], gains, spoken.rate), spoken.rate)
    resampler = Resampler(spoken.rate, rate, 1)
    out = np.concatenate([resampler.push(voiced[None]), resampler.flush()], axis=1)[0]
    first, last = edges(out, rate)
    begins = np.interp([one.at - spoken.at[0] + lead for one in spoken.words], sources, targets) * rate / spoken.rate
    moments = np.maximum.accumulate(np.clip(np.rint(begins), first, last).astype(np.int64))
    words = tuple(Word(one.text, int(at)) for one, at in zip(spoken.words, moments, strict=True))
    return Utterance(out, first, last, words)


def joined(parts: Iterable[tuple[Utterance, int]]) -> Utterance:
    """Utterances in a row; each comes with the samples of silence between the speech before and its own."""
    placed: list[tuple[Utterance, int]] = []
    at = 0
    for part, gap in parts:
        if part.length:
            at = at + gap if placed else part.first
            placed.append((part, at - part.first))
            at += part.length
    if not placed:
        return Utterance(np.zeros(0, np.float32), 0, 0)
    early = min(start for _, start in placed)
    out = np.zeros(max(start + len(part.samples) for part, start in placed) - early, np.float32)
    for part, start in placed:
        out[start - early : start - early + len(part.samples)] += part.samples
    words = tuple(Word(one.text, start - early + one.at) for part, start in placed for one in part.words)
    return Utterance(out, placed[0][0].first + placed[0][1] - early, at - early, words)


class Row:
    """A long sound that is laid down from left to right; what can change no more comes out."""

    def __init__(self) -> None:
        self._done = 0
        self._held = np.zeros(0, np.float32)

    def lay(self, samples: Mono, at: int) -> Mono:
        """Add samples from sample `at` on, which does not fall; gives what lies before it and was not given yet.

        What would lie before the sound's beginning is left out.
        """
        samples = samples[max(0, self._done - at) :]
        at = max(at, self._done)
        out = self._given(at - self._done)
        length = max(len(self._held), len(samples))
        self._held = np.pad(self._held, (0, length - len(self._held)))
        self._held[: len(samples)] += samples
        return out

    def finish(self, length: int) -> Mono:
        """The rest of a sound of `length` samples."""
        return self._given(length - self._done)

    def _given(self, count: int) -> Mono:
        count = max(0, count)
        out = np.pad(self._held[:count], (0, max(0, count - len(self._held))))
        self._held, self._done = self._held[count:], self._done + count
        return out


def _levels(length: int, bounds: NDArray[np.float64], gains: Sequence[float], rate: int) -> Mono:
    """The gains as a curve that crosses from one to the next in `FADE`."""
    if len(set(gains)) == 1:
        return np.full(1, gains[0], np.float32)
    half = FADE * rate / 2
    inner = bounds[1:-1]
    places = np.stack([inner - half, inner + half], axis=1).reshape(-1)
    levels = np.repeat(np.array(gains), 2)[1:-1]
    curve: Mono = np.interp(np.arange(length), np.maximum.accumulate(places), levels).astype(np.float32)
    return curve


def _faded(samples: Mono, rate: int) -> Mono:
    count = min(round(FADE * rate), len(samples) // 2)
    rising = (0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / max(1, count))).astype(np.float32)
    samples[:count] *= rising
    samples[len(samples) - count :] *= rising[::-1]
    return samples


def blocks(parts: Iterable[tuple[Utterance, int]], *, length: int) -> Iterator[Mono]:
    """A whole sound of `length` samples, with the speech of each part at its sample (rising)."""
    row = Row()
    for part, at in parts:
        yield row.lay(part.samples, at - part.first)
    yield row.finish(length)
