"""Take the voice out of a stream of music: in memory that does not grow, later but aligned.

Frames are gathered into blocks; a block is done once the blocks around it are there, so that the
accompaniment's repetitions and habits are known from more than a minute on either side. Then
each cell of what stands in the voice's direction is weighed by `kernels.vocal_mask`. What the
voice does not get is the accompaniment, by subtraction: the two always add up.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import repetition, vocal_mask
from reelwright.kernels.bands import Bands, Powers
from reelwright.kernels.centre import Direction, split
from reelwright.kernels.stft import Analysis, Samples, Spectra, Synthesis, frame_length
from reelwright.kernels.vocal_mask import Cells

BLOCK = 512  # frames that are done together: 24 s
AROUND = 3  # blocks of context on each side: 71 s
MARGIN = 32  # frames beside a block that its cues look at: 1.5 s
APART = 1.0  # seconds from which a similar frame is a repetition
USUAL = 20  # percentile of a band's ratio to its sides that is the accompaniment's own
SLOPE = 0.7  # of the bass cut: where nothing is left to the voice

Masking = Callable[[Cells], Powers]


class Separator(Protocol):
    """A stream of one or two channels in, the voice in them out: aligned, later, as long as the input."""

    def push(self, samples: Samples) -> Samples:
        """float32 [channels, n] -> float32 [channels, m]."""
        ...

    def flush(self) -> Samples:
        """The rest; the separator is spent after it."""
        ...


@dataclass(frozen=True, slots=True)
class _Block:
    """Frames on their way through. `spectra` [frames, bins], powers [frames, bands]."""

    spectra: Spectra
    inside: Powers
    beside: Powers | None

    def __len__(self) -> int:
        return len(self.inside)


class Demixer:
    """The voice in `direction` of a stream at `rate` Hz; mono and narrow streams are told by the other cues alone.

    Below `bass_cut` Hz everything is accompaniment. `mask` is another way to weigh the cells.
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        direction: Direction = Direction(),
        bass_cut: float = 0.0,
        mask: Masking = vocal_mask.mask,
    ) -> None:
        length = frame_length(rate)
        self._gap = round(APART * rate / (length // 2))
        self._is_stereo = channels == 2
        self._is_wide = self._is_stereo and not direction.is_narrow
        self._direction, self._mask = direction, mask
        self._bands = Bands(length // 2 + 1, rate / length)
        self._allowed = allowed(self._bands.hertz, bass_cut)
        self._analysis, self._synthesis = Analysis(channels, length), Synthesis(1, length)
        self._gathered: list[_Block] = []
        self._blocks: deque[_Block] = deque()
        self._next = 0  # the first of the blocks that is not done yet
        self._left = 0  # samples that still have to come out

    def push(self, samples: Samples) -> Samples:
        self._left += samples.shape[1]
        self._gather(self._analysis.push(samples))
        return self._placed(self._done(len(self._blocks) - AROUND))

    def flush(self) -> Samples:
        self._gather(self._analysis.flush())
        if self._gathered:
            self._blocks.append(_joined(self._gathered))
            self._gathered = []
        return self._placed(self._done(len(self._blocks)))

    # ---- in

    def _gather(self, spectra: Spectra) -> None:
        if not spectra.shape[1]:
            return
        inside, beside = split(spectra, self._direction) if self._is_stereo else (spectra[0], None)
        powers = self._bands.mean(_power(beside)) if self._is_wide and beside is not None else None
        self._gathered.append(_Block(inside, self._bands.mean(_power(inside)), powers))
        if sum(map(len, self._gathered)) >= BLOCK:
            self._blocks.append(_joined(self._gathered))
            self._gathered = []

    # ---- out

    def _done(self, end: int) -> Samples:
        parts = [np.zeros((1, 0), np.float32)]
        while self._next < end:
            parts.append(self._synthesis.push(self._voice(self._next)[None]))
            self._next += 1
            if self._next > AROUND:
                self._blocks.popleft()
                self._next, end = self._next - 1, end - 1
        return np.concatenate(parts, axis=1)

    def _placed(self, voice: Samples) -> Samples:
        """The voice back in its direction, cut to the length of the input."""
        voice = voice[:, : self._left]
        self._left -= voice.shape[1]
        gains = self._direction.gains if self._is_stereo else (1.0,)
        return np.array(gains, np.float32)[:, None] * voice

    def _voice(self, number: int) -> Spectra:
        context = list(self._blocks)[max(0, number - AROUND) : number + AROUND + 1]
        first = sum(map(len, context[: min(number, AROUND)]))
        block = self._blocks[number]
        low, high = max(0, first - MARGIN), first + len(block) + MARGIN
        cells = _cells(context, low, high, gap=self._gap, hertz=self._bands.hertz)
        weighed = self._mask(cells)[first - low :][: len(block)] * self._allowed
        voice: Spectra = block.spectra * self._bands.spread(weighed)
        return voice


def _joined(parts: Sequence[_Block]) -> _Block:
    beside = [part.beside for part in parts if part.beside is not None]
    return _Block(
        np.concatenate([part.spectra for part in parts]),
        np.concatenate([part.inside for part in parts]),
        np.concatenate(beside) if beside else None,
    )


def _cells(context: Sequence[_Block], low: int, high: int, *, gap: int, hertz: NDArray[np.float64]) -> Cells:
    """Frames `low` to `high` of the context, with what is known from all of it."""
    inside = np.concatenate([block.inside for block in context])
    high = min(high, len(inside))
    level = max(float(inside.sum(axis=1, dtype=np.float64).mean()), 1e-20)
    amplitudes = np.sqrt(inside)
    repeated = repetition.repeating(amplitudes, low, high, level=level**0.5, gap=gap)
    scale = np.float32(1 / level)
    around = [block.beside for block in context if block.beside is not None]
    if not around:
        return Cells(hertz, inside[low:high] * scale, repeated**2 * scale)
    beside = np.concatenate(around)
    usual = usual_ratio(inside * scale, beside * scale)
    return Cells(hertz, inside[low:high] * scale, repeated**2 * scale, beside[low:high] * scale, usual)


def usual_ratio(inside: Powers, beside: Powers) -> NDArray[np.float32]:
    """[bands]: the dB over its sides that a band does not fall below for four fifths of the time.

    A voice adds to it, and pauses; what is there in the pauses is the accompaniment. Every other frame will do.
    """
    evened = vocal_mask.smooth(vocal_mask.ratio(inside, beside), 5, 1)[::2]
    found: NDArray[np.float32] = vocal_mask.smooth(np.percentile(evened, USUAL, axis=0)[None], 1, 7)[0]
    return found.astype(np.float32)


def allowed(hertz: NDArray[np.float64], bass_cut: float) -> NDArray[np.float32]:
    """[bands]: 0 well below `bass_cut`, 1 from it on, half a cosine between."""
    if bass_cut <= 0:
        return np.ones(len(hertz), np.float32)
    low = SLOPE * bass_cut
    along = np.clip((hertz - low) / (bass_cut - low), 0, 1)
    return (0.5 - 0.5 * np.cos(np.pi * along)).astype(np.float32)


def _power(spectra: Spectra) -> Powers:
    power: Powers = spectra.real**2 + spectra.imag**2
    return power


def parted(heard: Samples, voice: Samples, steps: int | None) -> tuple[Samples, Samples]:
    """Voice and accompaniment that add up to what was heard, on a grid of 1 / `steps`.

    With `steps` (2**15 for 16 bits, at most 2**23) the sum is exact, and neither part leaves full scale;
    what was heard is first put on the grid. None is for float samples, where the sum is right to the last bit
    or two.
    """
    if steps is None:
        return voice, heard - voice
    low, high = -steps, steps - 1
    whole = np.clip(np.rint(heard.astype(np.float64) * steps), low, high)
    part = np.rint(voice.astype(np.float64) * steps)
    part = np.clip(np.clip(part, whole - high, whole - low), low, high)
    return (part / steps).astype(np.float32), ((whole - part) / steps).astype(np.float32)
