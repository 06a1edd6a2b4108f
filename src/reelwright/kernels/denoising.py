"""Speech out of noise, in a stream: several estimates of the clean sound made into one.

RNNoise hears every channel at 48 kHz. Its sound is mixed with the noisy one under
RNNoise's own gains: the first has the better texture, the second the truer phase
(`benchmarks/operators/audio/denoise.py` has the figures). A model of 16 kHz, where there is
one, weighs more than that below 7 kHz; above, RNNoise stays alone, so that 48 kHz stays
48 kHz. Where there is no noise (`kernels.cleanness`) speech passes as it came. Channels share
one gain in each cell of time and frequency, so that the stereo image holds still.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.cleanness import Cleanness
from reelwright.kernels.resampling import Resampler
from reelwright.kernels.rnnoise import RATE, RNNoise

Samples = NDArray[np.float32]
Spectrum = NDArray[np.complex64]
Pair = tuple[Samples, Samples]

HOP = 480  # 10 ms
WINDOW = 2 * HOP
TEXTURE = 0.75  # of RNNoise's own sound: DNSMOS falls below plain RNNoise's at 0.5, SI-SDR by 0.4 dB towards 1
RNNOISE_SHARE = 0.15  # of RNNoise beside a model: lifts the model's DNSMOS; from 0.2 on it costs DTLN SI-SDR
CROSSOVER = (7000.0, 7900.0)  # Hz; a model of 16 kHz ends at 8, its resampler begins to fall at 7.3
KNEE, HIGHEST = 0.97, 0.999  # of full scale: where peaks begin to bend, and what they never reach
TINY = 1e-6  # of magnitude: far below the last bit of 24


class Estimator(Protocol):
    """Guesses the clean sound of one channel; what it gives is aligned with what it got."""

    rate: int

    def push(self, samples: Samples) -> Samples:
        """float32 [n] -> float32 [m], from where the last call ended."""
        ...

    def flush(self) -> Samples:
        """The rest; all together at least as long as the input."""
        ...


class Denoiser:
    """Clean float32 [channels, n] blocks at `rate` Hz; outputs are aligned and together as long as the inputs.

    They come in pairs (noisy, cleaned) of the same samples, later than the input by a quarter of a second or less.

    `model` makes an estimator for one channel; None leaves RNNoise alone. `threads` bounds the parallel
    estimators. `keep` is the share of the noisy sound left in, 0 to 1.
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        model: Callable[[], Estimator] | None = None,
        threads: int = 1,
        keep: float = 0.0,
    ) -> None:
        self._up = Resampler(rate, RATE, channels)
        self._down = Resampler(RATE, rate, channels)
        self._guesses = [[_Guess(RNNoise(), rate) for _ in range(channels)]]
        if model:
            self._guesses.append([_Guess(model(), rate) for _ in range(channels)])
        self._pool = ThreadPoolExecutor(threads)
        self._blend = _Blend(channels, guesses=len(self._guesses))
        self._noisy = _Queue(channels)
        self._cleaned = _Queue(channels)
        self._keep = np.float32(keep)

    def push(self, samples: Samples) -> Pair:
        """float32 [channels, n], full scale ±1, finite -> two float32 [channels, m]."""
        self._noisy.put(samples)
        wide = self._up.push(samples)
        # RNNoise wants the 48 kHz that is there already; a model resamples for itself.
        feeds = [wide, samples]
        tasks = [
            self._pool.submit(guess.push, feed[index])
            for guesses, feed in zip(self._guesses, feeds, strict=False)
            for index, guess in enumerate(guesses)
        ]
        return self._emit(wide, [task.result() for task in tasks])

    def flush(self) -> Pair:
        """The rest; the denoiser is spent after it."""
        wide = self._up.flush()
        rnnoise, *models = self._guesses
        # Resampler and estimator end in turn: the last samples of the one still go through the other.
        ends = [np.concatenate([guess.push(wide[i]), guess.flush()]) for i, guess in enumerate(rnnoise)]
        ends += [guess.flush() for guesses in models for guess in guesses]
        self._cleaned.put(self._down.push(self._blend.end(wide, self._stacked(ends))))
        self._cleaned.put(self._down.flush())
        self._pool.shutdown()
        missing = self._noisy.size - self._cleaned.size
        self._cleaned.put(np.zeros((wide.shape[0], max(0, missing)), np.float32))
        return self._mixed(self._noisy.size)

    def _emit(self, wide: Samples, found: Sequence[Samples]) -> Pair:
        self._cleaned.put(self._down.push(self._blend.push(wide, self._stacked(found))))
        return self._mixed(min(self._noisy.size, self._cleaned.size))

    def _stacked(self, found: Sequence[Samples]) -> list[list[Samples]]:
        channels = len(self._guesses[0])
        return [list(found[start : start + channels]) for start in range(0, len(found), channels)]

    def _mixed(self, size: int) -> Pair:
        noisy, cleaned = self._noisy.take(size), self._cleaned.take(size)
        return noisy, self._keep * noisy + (1 - self._keep) * cleaned


class _Guess:
    """An estimator with its resamplers around it: 48 kHz out, from 48 kHz (RNNoise) or the source's rate (a model)."""

    def __init__(self, inner: Estimator, source_rate: int) -> None:
        at = RATE if inner.rate == RATE else source_rate
        self._inner = inner
        self._into, self._out = Resampler(at, inner.rate, 1), Resampler(inner.rate, RATE, 1)

    def push(self, samples: Samples) -> Samples:
        found: Samples = self._out.push(self._inner.push(self._into.push(samples[None])[0])[None])[0]
        return found

    def flush(self) -> Samples:
        last = np.concatenate([self._inner.push(self._into.flush()[0]), self._inner.flush()])
        return np.concatenate([self._out.push(last[None])[0], self._out.flush()[0]])


class _Blend:
    """Overlap-add over the noisy sound and its estimates; emits as far as all of them have come."""

    def __init__(self, channels: int, *, guesses: int) -> None:
        self._window = np.sqrt(np.hanning(WINDOW + 1)[:-1]).astype(np.float32)
        self._share = rnnoise_share() if guesses > 1 else np.ones(WINDOW // 2 + 1, np.float32)
        # A hop of silence in front, so that the first samples too lie under two windows.
        silence = np.zeros((channels, HOP), np.float32)
        self._noisy = _Queue(channels, silence)
        self._guesses = [[_Queue(1, silence[:1]) for _ in range(channels)] for _ in range(guesses)]
        self._tail = np.zeros((channels, HOP), np.float32)
        self._cleanness = Cleanness()
        self._first = True

    def push(self, noisy: Samples, found: Sequence[Sequence[Samples]]) -> Samples:
        """[channels, n] and for each guess the channels' [m] -> [channels, k], all at 48 kHz."""
        self._noisy.put(noisy)
        for queues, parts in zip(self._guesses, found, strict=True):
            for queue, part in zip(queues, parts, strict=True):
                queue.put(part[None])
        ready = min(self._noisy.size, *(queue.size for queues in self._guesses for queue in queues))
        return self._overlapped(max(0, ready // HOP - 1))

    def end(self, noisy: Samples, found: Sequence[Sequence[Samples]]) -> Samples:
        """The rest of the noisy sound, however short the estimates are."""
        wanted = self._noisy.size + noisy.shape[1]
        wanted += -wanted % HOP + HOP
        padded = np.pad(noisy, ((0, 0), (0, wanted - self._noisy.size - noisy.shape[1])))
        filled = [
            [
                np.pad(part, (0, max(0, wanted - queue.size - len(part))))
                for queue, part in zip(queues, parts, strict=True)
            ]
            for queues, parts in zip(self._guesses, found, strict=True)
        ]
        return self.push(padded, filled)

    def _overlapped(self, count: int) -> Samples:
        if not count:
            return np.zeros((self._tail.shape[0], 0), np.float32)
        noisy = self._spectra(self._noisy, count)
        guesses = [np.concatenate([self._spectra(queue, count) for queue in queues]) for queues in self._guesses]
        frames = np.fft.irfft(self._clean(noisy, guesses), WINDOW, axis=2).astype(np.float32) * self._window
        heads, tails = frames[:, :, :HOP], frames[:, :, HOP:]
        heads[:, 1:] += tails[:, :-1]
        heads[:, 0] += self._tail
        self._tail = tails[:, -1].copy()
        joined: Samples = heads.reshape(heads.shape[0], -1)
        skipped = HOP if self._first else 0  # the silence in front
        self._first = False
        kept: Samples = joined[:, skipped:]
        return kept

    def _spectra(self, queue: "_Queue", count: int) -> Spectrum:
        """[channels, count, bins]; the last hop stays for the next window."""
        held = queue.peek((count + 1) * HOP)
        queue.take(count * HOP)
        frames = np.lib.stride_tricks.sliding_window_view(held, WINDOW, axis=1)[:, ::HOP]
        return np.fft.rfft(frames * self._window, axis=2).astype(np.complex64)

    def _clean(self, noisy: Spectrum, guesses: Sequence[Spectrum]) -> Spectrum:
        rnnoise, *models = guesses
        masked = noisy * gain(rnnoise, noisy)
        cleaned: Spectrum = (TEXTURE * rnnoise + (1 - TEXTURE) * masked).astype(np.complex64)
        for model in models:
            cleaned = (self._share * cleaned + (1 - self._share) * model).astype(np.complex64)
        if len(noisy) > 1:
            cleaned = linked(cleaned, noisy)
        clean = self._cleanness.push(_powers(noisy), _powers(cleaned))[:, None].astype(np.float32)
        return cleaned + clean * (noisy - cleaned)


class _Queue:
    """Samples [channels, n] waiting for others to come as far."""

    def __init__(self, channels: int, first: Samples | None = None) -> None:
        self._held = np.zeros((channels, 0), np.float32) if first is None else first

    @property
    def size(self) -> int:
        return int(self._held.shape[1])

    def put(self, samples: Samples) -> None:
        self._held = np.concatenate([self._held, samples], axis=1)

    def peek(self, size: int) -> Samples:
        return self._held[:, :size]

    def take(self, size: int) -> Samples:
        taken, self._held = self._held[:, :size], self._held[:, size:]
        return taken


def _powers(spectra: Spectrum) -> NDArray[np.float64]:
    """[channels, frames, bins] -> [frames]"""
    powers: NDArray[np.float64] = np.sum(spectra.real**2 + spectra.imag**2, axis=(0, 2), dtype=np.float64)
    return powers


def gain(cleaned: Spectrum, noisy: Spectrum) -> Samples:
    """|cleaned| / |noisy| in each cell, 1 at most: float32 of the same shape."""
    ratio: Samples = np.minimum(np.abs(cleaned) / (np.abs(noisy) + np.float32(TINY)), np.float32(1))
    return ratio


def linked(cleaned: Spectrum, noisy: Spectrum) -> Spectrum:
    """[channels, frames, bins]: the cleaned phases, and the noisy levels under one gain for all channels.

    The gain keeps the energy of the channels' sum, so the ratio between channels is that of the noisy sound.
    """
    energy = np.sum(np.abs(cleaned) ** 2, axis=0)
    common = np.sqrt(np.minimum(energy / (np.sum(np.abs(noisy) ** 2, axis=0) + TINY**2), 1.0))
    # Where a channel was cleaned to nothing its phase means nothing: there the noisy one takes over.
    direction = cleaned + 1e-3 * noisy
    unit = direction / (np.abs(direction) + 1e-12)
    shared: Spectrum = (unit * np.abs(noisy) * common).astype(np.complex64)
    return shared


def rnnoise_share() -> Samples:
    """RNNoise's weight beside a model in each bin of the window: `RNNOISE_SHARE`, rising to 1 over the crossover."""
    hertz = np.fft.rfftfreq(WINDOW, 1 / RATE)
    share: Samples = np.interp(hertz, CROSSOVER, (RNNOISE_SHARE, 1.0)).astype(np.float32)
    return share


def held_below_full_scale(cleaned: Samples, noisy: Samples) -> Samples:
    """The cleaned sound where no sample passes full scale that did not before: peaks above `KNEE` are bent, not cut."""
    size = np.abs(cleaned)
    if not size.size or size.max() <= KNEE:
        return cleaned
    room = HIGHEST - KNEE
    bent = np.where(size > KNEE, KNEE + room * np.tanh((size - KNEE) / room), size)
    held: Samples = (np.sign(cleaned) * np.maximum(bent, np.minimum(np.abs(noisy), size))).astype(np.float32)
    return held
