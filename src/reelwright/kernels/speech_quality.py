"""What can be measured on recorded speech without knowing how it should sound, in a stream.

A voice is looked at in pieces of one second. What is counted of a piece can be added up, so
that windows of any length and the whole come from the same counts, and memory stays flat:

- noise: the level that a tenth of all frames do not reach, by octaves, against the level of speech
- bandwidth: how far the long-term spectrum of speech reaches before it is 40 dB down, and where it begins; steady
  noise that is no less in its quiet moments widens no voice
- saturation: samples that pile up at the greatest level, which free speech hardly ever reaches
- holes: `kernels.drop_outs`; speech: `kernels.voice_activity`; loudness: K-weighted power of speech

Opinions about these numbers are in `kernels.opinion`. Echo and reverberation are not measured.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import drop_outs, loudness
from reelwright.kernels.ducking import FRAMES, Listener
from reelwright.kernels.windowed import Windowed
from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import ndimage
else:
    ndimage = lazy("scipy.ndimage")

Mono = NDArray[np.float32]
Signal = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]

FRAME = 0.032  # seconds of a spectrum; every half of it
OCTAVES = (125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)  # Hz, edges: what is below is rumble, seldom heard
LOWEST, STEP, STEPS = -120.0, 0.5, 248  # dB: levels of octaves
QUIET = 0.1  # share of the frames that is taken for noise
QUIET_BIAS = 1.3  # dB from that quantile to the mean of steady noise, measured on white noise
BINS = 600  # of the long-term spectrum, 40 Hz each: 24 kHz
BIN = 40.0  # Hz
EDGE_SMOOTHING = 5  # bins
EDGE = 40.0  # dB below the greatest band: there speech ends
LOW_EDGE = 20.0  # dB below the greatest band: there speech begins
RUMBLE = 3  # bins, 120 Hz: a constant voltage and the hum of mains leak as far and are no speech
STEADY_BINS, STEADY_BIAS = 9, 2.0  # bins evened before the quantile `QUIET`; from that to the mean of steady noise
OVER_NOISE, OVER_NOISE_BINS = 0.3, 25  # share of the noise that speech must add to it over 1 kHz to be heard in it
AMPLITUDE_STEP, AMPLITUDES = 0.3, 200  # dB, bins: the uppermost 60 dB
PILE = 3  # bins below the uppermost that say how many samples would be there by nature
SPARE = 1e-4  # of all samples: peaks rarer than that are single clicks
HEARD = -70.0  # dBFS: a piece with less is mute
SAME = 0.6  # correlation from which two channels carry one voice
CROSS_TALK = 15.0  # dB: a voice so much weaker than the other channel's is that one, heard through


@dataclass(frozen=True)
class Statistics:
    """Counts of a stretch of one channel; they add up. Powers are sums over frames, of full scale."""

    seconds: float
    frames: int
    speech: int
    """Frames of 10 ms."""
    sound: int
    """Frames above -70 dBFS."""
    weighted: float
    """K-weighted power of the speech frames."""
    octaves: Counts
    """[octaves, levels]: how often each level came."""
    spectrum: Signal
    """[BINS] of speech."""
    octave_power: Signal
    """[octaves] of speech."""
    spectra: int
    amplitudes: Counts
    """[2, AMPLITUDES] of samples above and below zero; bin 0 is full scale and beyond."""
    samples: int
    hole_steps: int
    holes: int
    overlap: int
    """Frames in which another channel speaks too, with another voice."""
    steady: Signal = field(default_factory=lambda: np.zeros(BINS))
    """[BINS] of the steady noise under all."""
    steady_spectra: int = 0

    def __add__(self, other: "Statistics") -> "Statistics":
        return Statistics(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def speech_seconds(self) -> float:
        return self.speech / FRAMES

    @property
    def snr_db(self) -> float | None:
        """Speech over noise, from 125 Hz to 8 kHz; None without speech."""
        if not self.spectra:
            return None
        used = self.octaves.sum(axis=1) > 0
        noise = 10 ** ((self._quiet()[used] + QUIET_BIAS) / 10)
        speech = np.maximum(self.octave_power[used] / self.spectra - noise, 1e-12)
        return float(10 * np.log10(speech.sum() / max(1e-12, noise.sum())))

    def _quiet(self) -> Signal:
        """[octaves] the level (dB) that a tenth of the frames stay below."""
        below = np.cumsum(self.octaves, axis=1) < QUIET * self.octaves.sum(axis=1, keepdims=True)
        quiet: Signal = LOWEST + STEP * below.sum(axis=1)
        return quiet

    @property
    def bandwidth(self) -> float:
        """Hz up to which speech is within 40 dB of its strongest part; 0 without speech."""
        reached = self._reached(EDGE)
        return float((reached[-1] + 0.5) * BIN) if len(reached) else 0.0

    @property
    def low_edge(self) -> float:
        """Hz from which speech is within 20 dB of its strongest part; 0 without speech."""
        reached = self._reached(LOW_EDGE)
        return float((reached[0] + 0.5) * BIN) if len(reached) else 0.0

    def _reached(self, edge: float) -> NDArray[np.intp]:
        """The bins in which speech is within `edge` dB of its strongest part, and more than steady noise."""
        if not self.spectra:
            return np.zeros(0, np.intp)
        voice = self.spectrum / self.spectra
        noise = STEADY_BIAS * self.steady / max(1, self.steady_spectra)
        voice[:RUMBLE] = noise[:RUMBLE] = 0.0
        smooth = np.convolve(voice, np.full(EDGE_SMOOTHING, 1 / EDGE_SMOOTHING), "same")
        # Summed upwards only: what lies below an edge must not be heard beyond it.
        last = int(np.flatnonzero(voice)[-1]) if voice.any() else 0
        whole = np.minimum(np.arange(BINS), max(0, last + 1 - OVER_NOISE_BINS))
        added, hidden = (np.convolve(one, np.ones(OVER_NOISE_BINS))[-BINS:][whole] for one in (voice - noise, noise))
        return np.flatnonzero((smooth >= smooth.max() * 10 ** (-edge / 10)) & (added >= OVER_NOISE * hidden))

    @property
    def tilt(self) -> float:
        """Slope of the spectrum of speech from 300 Hz to 3 kHz, dB for each octave; 0 without speech."""
        if not self.spectra:
            return 0.0
        hertz = (np.arange(BINS) + 0.5) * BIN
        inside = (hertz > 300) & (hertz < 3000) & (self.spectrum > 0)
        if np.count_nonzero(inside) < PILE:
            return 0.0
        # Weighted by 1/f: each octave counts as much as the next.
        slope, _ = np.polyfit(np.log2(hertz[inside]), 10 * np.log10(self.spectrum[inside]), 1, w=hertz[inside] ** -0.5)
        return float(slope)

    @property
    def saturated(self) -> float:
        """Share of the samples that pile up at the greatest level: 0 to 1."""
        piled = 0.0
        for side in self.amplitudes:
            filled = np.flatnonzero(np.cumsum(side) > SPARE * self.samples / 2)
            if len(filled) and filled[0] + 2 + PILE < AMPLITUDES:
                top = int(filled[0])
                by_nature = float(side[top + 2 : top + 2 + PILE].mean())
                piled += max(0.0, float(side[: top + 2].sum()) - 2 * by_nature)
        return piled / max(1, self.samples)


class Analyzer:
    """Pieces of one second of one channel; `push` takes float32 [n] at `rate` Hz, ±1, and gives what is ready."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._listener = Listener(rate)
        self._weighting = loudness.KWeighting(rate, 1)
        self._cliffs = Windowed(drop_outs.holes, rows=1, reach=drop_outs.REACH)
        self._rest, self._weighted = np.zeros(0, np.float32), np.zeros(0)
        self._pieces: deque[tuple[Mono, Signal]] = deque()
        self._speech, self._holes = np.zeros(0, bool), np.zeros(0)
        self._in_hole = False

    def push(self, samples: Mono) -> Iterator["Piece"]:
        self._weighted = np.concatenate([self._weighted, self._weighting.push(samples[None])[0]])
        self._rest = np.concatenate([self._rest, samples])
        self._hear(self._listener.push(samples[None]).speech)
        while len(self._rest) >= self._rate:
            self._cut(self._rate)
        yield from self._ready()

    def flush(self) -> Iterator["Piece"]:
        if len(self._rest):
            self._cut(len(self._rest))
        self._hear(self._listener.flush().speech)
        self._holes = np.concatenate([self._holes, self._cliffs.flush()[0]])
        yield from self._ready()

    def _hear(self, speech: Flags) -> None:
        self._speech = np.concatenate([self._speech, speech])

    def _cut(self, size: int) -> None:
        piece, weighted = self._rest[:size], self._weighted[:size]
        self._rest, self._weighted = self._rest[size:], self._weighted[size:]
        self._pieces.append((piece, weighted))
        steps = frame_means(np.square(piece, dtype=np.float64), self._rate, drop_outs.STEPS)
        self._holes = np.concatenate([self._holes, self._cliffs.push(steps[None])[0]])

    def _ready(self) -> Iterator["Piece"]:
        while self._pieces:
            samples, weighted = self._pieces[0]
            frames, steps = (frame_count(len(samples), self._rate, one) for one in (FRAMES, drop_outs.STEPS))
            if len(self._speech) < frames or len(self._holes) < steps:
                return
            self._pieces.popleft()
            speech, self._speech = self._speech[:frames], self._speech[frames:]
            holes, self._holes = self._holes[:steps] > 0, self._holes[steps:]
            begun = int(np.count_nonzero(np.diff(np.concatenate([[self._in_hole], holes]).astype(np.int8)) > 0))
            self._in_hole = bool(len(holes) and holes[-1])
            yield Piece(samples, weighted, speech, holes, begun, self._rate)


@dataclass(frozen=True)
class Piece:
    """A second of one channel: the samples, K-weighted too, with flags of its frames (10 ms) and steps (2 ms)."""

    samples: Mono
    weighted: Signal
    speech: Flags
    holes: Flags
    begun: int
    """Holes that begin here."""
    rate: int

    def statistics(self, overlap: int = 0) -> Statistics:
        power = frame_means(np.square(self.samples, dtype=np.float64), self.rate, FRAMES)
        weighted = frame_means(np.square(self.weighted), self.rate, FRAMES)
        octaves, octave_power, (spectrum, spectra), (steady, steady_spectra) = self._spectral()
        return Statistics(
            seconds=len(self.samples) / self.rate,
            frames=len(self.speech),
            speech=int(self.speech.sum()),
            sound=int(np.count_nonzero(power > 10 ** (HEARD / 10))),
            weighted=float(weighted[self.speech].sum()),
            octaves=octaves,
            spectrum=spectrum,
            octave_power=octave_power,
            spectra=spectra,
            amplitudes=amplitude_counts(self.samples),
            samples=len(self.samples),
            hole_steps=int(self.holes.sum()),
            holes=self.begun,
            overlap=overlap,
            steady=steady,
            steady_spectra=steady_spectra,
        )

    def _spectral(self) -> tuple[Counts, Signal, tuple[Signal, int], tuple[Signal, int]]:
        """Levels of octaves counted, their power in speech, the sums of the spectra of speech and of steady noise.

        Frames with holes do not count.
        """
        size = round(FRAME * self.rate)
        if len(self.samples) < size:
            nothing = np.zeros(BINS), 0
            return np.zeros((len(OCTAVES) - 1, STEPS), np.int64), np.zeros(len(OCTAVES) - 1), nothing, nothing
        window = np.hanning(size)
        frames = np.lib.stride_tricks.sliding_window_view(self.samples, size)[:: size // 2]
        middles = (np.arange(len(frames)) * (size // 2) + size / 2) / self.rate
        whole = ~self._touches_hole(middles)
        scale = 2 / size / np.square(window).sum()
        power: Signal = scale * np.square(np.abs(np.fft.rfft(frames[whole] * window)), dtype=np.float64)
        spoken = self.speech[np.minimum((middles[whole] * FRAMES).astype(int), len(self.speech) - 1)]
        hertz = np.fft.rfftfreq(size, 1 / self.rate)
        octaves = np.stack([power[:, (hertz >= low) & (hertz < high)].sum(axis=1) for low, high in _bands()])
        return (
            level_counts(octaves, [low < 0.45 * self.rate for low, _ in _bands()]),
            octaves[:, spoken].sum(axis=1),
            (spread(power[spoken].sum(axis=0), np.asarray(hertz, np.float64)), int(spoken.sum())),
            (spread(len(power) * steady_noise(power), np.asarray(hertz, np.float64)), len(power)),
        )

    def _touches_hole(self, middles: Signal) -> Flags:
        around = np.convolve(self.holes, np.ones(round(FRAME * drop_outs.STEPS) + 1), "same") > 0
        found: Flags = around[np.minimum((middles * drop_outs.STEPS).astype(int), len(around) - 1)]
        return found


def overlapping(pieces: list[Piece]) -> list[int]:
    """Of each channel's piece of the same second: frames in which another channel says something else."""
    found = [np.zeros(len(one.speech), bool) for one in pieces]
    for first in range(len(pieces)):
        for second in range(first + 1, len(pieces)):
            both = pieces[first].speech & pieces[second].speech
            if both.any():
                both &= ~is_same_voice(pieces[first], pieces[second])
                found[first] |= both
                found[second] |= both
    return [int(one.sum()) for one in found]


def is_same_voice(one: Piece, other: Piece) -> Flags:
    """Of each frame: do both channels carry one voice, by correlation of tenths of a second or by level?"""
    tenth = max(1, one.rate // 10)
    same = np.zeros(len(one.speech), bool)
    for number, start in enumerate(range(0, len(one.samples), tenth)):
        a, b = (piece.samples[start : start + tenth].astype(np.float64) for piece in (one, other))
        cross = np.fft.irfft(np.fft.rfft(a, 2 * tenth) * np.fft.rfft(b, 2 * tenth).conj())
        powers = float(a @ a), float(b @ b)
        alike = float(np.abs(cross).max()) >= SAME * np.sqrt(powers[0] * powers[1])
        apart = abs(10 * np.log10((powers[0] + 1e-12) / (powers[1] + 1e-12))) > CROSS_TALK
        same[number * 10 : number * 10 + 10] = alike or apart
    return same


def frame_count(samples: int, rate: int, per_second: int) -> int:
    """Frames begun by so many samples."""
    return -(-samples * per_second // rate)


def frame_means(values: Signal, rate: int, per_second: int) -> Signal:
    """Mean of each frame: [n] -> [frames]; rates that frames do not divide have frames one sample longer or shorter."""
    starts = np.arange(frame_count(len(values), rate, per_second)) * rate // per_second
    sums: Signal = np.add.reduceat(values, starts) if len(starts) else np.zeros(0)
    return sums / np.diff(np.append(starts, len(values)))


def level_counts(powers: Signal, used: list[bool]) -> Counts:
    """[octaves, n] powers -> [octaves, STEPS] counts of levels; nothing for octaves that the rate does not hold."""
    counts = np.zeros((len(powers), STEPS), np.int64)
    smooth = np.stack([np.convolve(one, np.full(3, 1 / 3), "valid") if len(one) > 2 else one for one in powers])
    bins = np.clip((10 * np.log10(np.maximum(smooth, 1e-12)) - LOWEST) / STEP, 0, STEPS - 1).astype(int)
    for number, octave in enumerate(bins):
        if used[number]:
            counts[number] = np.bincount(octave, minlength=STEPS)
    return counts


def steady_noise(powers: Signal) -> Signal:
    """[frames, bins] -> [bins]: what a tenth of the frames stay below, over neighbouring bins; nothing without any."""
    if not len(powers):
        return np.zeros(powers.shape[1])
    even = ndimage.uniform_filter1d(powers, STEADY_BINS, axis=1, mode="nearest")
    rank = int(QUIET * (len(even) - 1))
    quiet: Signal = np.partition(even, rank, axis=0)[rank]
    return quiet


def spread(spectrum: Signal, hertz: Signal) -> Signal:
    """A spectrum of any resolution on bins of 40 Hz: [BINS]."""
    places = np.minimum((hertz / BIN).astype(int), BINS - 1)
    sums = np.bincount(places, spectrum, minlength=BINS)
    return sums / np.maximum(1, np.bincount(places, minlength=BINS))


def amplitude_counts(samples: Mono) -> Counts:
    """[2, AMPLITUDES]: samples above and below zero by level, bin 0 at full scale and beyond."""
    found = []
    for side in (samples, -samples):
        level = -20 * np.log10(np.maximum(side[side > 0], 1e-9))
        bins = np.clip(level / AMPLITUDE_STEP, 0, AMPLITUDES).astype(int)
        found.append(np.bincount(bins, minlength=AMPLITUDES + 1)[:AMPLITUDES])
    return np.stack(found).astype(np.int64)


def _bands() -> Iterator[tuple[float, float]]:
    return pairwise(OCTAVES)
