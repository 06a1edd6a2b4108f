"""Fit the weights of `kernels/vocal_mask.json`: which cues of a cell speak for a voice.

    python tools/fit_vocal_mask.py --data DIR [--write]

Voices (speech at three speeds, made singing) are laid over music with random levels, widths, places and
reverberation; the network is fitted to the ideal Wiener gain of each cell, errors weighed by the
cell's amplitude. Used are 85-180 s of chaos_god_song and all of vibe_ace, the made songs of
`media.making`, and six voices that the benchmark does not use. Never used: voice_over_music_*, demix_guitar_*,
on_the_run, lets_go_fishin and LJ Speech. The same data and seed give the same weights.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import vocal_mask
from reelwright.kernels.bands import Bands
from reelwright.kernels.centre import Direction
from reelwright.kernels.demixing import Demixer
from reelwright.kernels.resampling import Resampler
from reelwright.kernels.stft import Analysis, frame_length
from reelwright.kernels.vocal_mask import Cells
from reelwright.media import making, samples
from reelwright.media.making.voices import VOWELS, sung

RATE, SECONDS, HIDDEN = 44100, 20, 24
LENGTH = RATE * SECONDS
# File and the highest frequency (Hz) that its recording holds.
VOICES = (
    ("speech/en_jfk.flac", 10000),
    ("speech/en_librispeech_1995-1837-0001.wav", 7500),
    ("speech/zh_aishell_BAC009S0724W0121.wav", 7500),
    ("speech/zh_cosyvoice_prompt.wav", 11000),
    ("denoise/dns3_0015_clean.wav", 7500),
    ("quality/visqol_CA01_01_ref.wav", 20000),
)
TARGET = Path(vocal_mask.__file__).with_name(vocal_mask.WEIGHTS)

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Mixture:
    name: str
    music: Array
    voice: Array
    highest: float
    """Hz; above it the voice's recording holds nothing, so nothing is learnt there."""


# ---- mixtures


def mixtures(data: Path) -> Iterator[Mixture]:
    voices = [(samples.read(data / name, sample_rate=RATE, channels=1).samples[0], top) for name, top in VOICES]
    for number, (name, music) in enumerate(one for one in musics(data) for _ in range(2)):
        random = np.random.default_rng(100 + number)
        voice, highest = sung_line(random) if random.random() < 0.5 else spoken_line(random, voices)
        gap = random.integers(0, LENGTH // 2)
        voice[gap : gap + LENGTH // 4] = 0
        wide = widened(music, random.choice([0.4, 0.7, 1.0, 1.3]))
        gain = np.sqrt(np.mean(wide**2) / np.mean(voice**2) * 10 ** (random.choice([-6, -3, 0, 3, 6]) / 10))
        stereo = np.stack([gain * voice] * 2)
        if random.random() < 0.5:
            stereo = stereo + 0.25 * reverberated(stereo, random)
        yield Mixture(f"{number} {name}", wide, stereo.astype(np.float32), highest)


def musics(data: Path) -> Iterator[tuple[str, Array]]:
    band = samples.read(data / "music/chaos_god_song.ogg").samples
    for start in (85, 110, 135, 160):
        yield f"band {start} s", band[:, start * RATE :][:, :LENGTH]
    vibes = samples.read(data / "music/vibe_ace.ogg", sample_rate=RATE, channels=1).samples[0]
    for start in (5, 30):
        dry = vibes[start * RATE :][:LENGTH]
        late = 0.4 * np.roll(dry, 617)  # 14 ms: a mono recording made wide
        yield f"vibes {start} s", np.stack([dry + late, dry - late])
    for seed, bpm in enumerate((95.0, 140.0)):
        yield f"made {bpm:g} bpm", making.song(bpm=bpm, seed=seed).accompaniment[:, :LENGTH]


def spoken_line(random: np.random.Generator, voices: list[tuple[Array, int]]) -> tuple[Array, float]:
    """Three of the voices in turn, pauses of half a second between, slowed or hurried with their pitch."""
    speed = random.choice([0.85, 1.0, 1.15])
    chosen = [voices[index] for index in random.permutation(len(voices))[:3]]
    pause = np.zeros(RATE // 2, np.float32)
    parts = [part for voice, _ in chosen for part in (stretched(voice / voice.std(), speed), pause)]
    line = np.resize(np.concatenate(parts), LENGTH)
    return np.roll(line, random.integers(LENGTH)), min(top for _, top in chosen) / max(1.0, speed)


def stretched(voice: Array, speed: float) -> Array:
    inner = Resampler(RATE, round(RATE * speed), 1)
    return np.concatenate([inner.push(voice[None]), inner.flush()], axis=1)[0]


def sung_line(random: np.random.Generator) -> tuple[Array, float]:
    """Vowels on the notes of a scale; formants end at 5 kHz."""
    key, vibrato, parts, length = random.choice([110, 147, 196, 220, 262]), random.choice([0.01, 0.02, 0.03]), [], 0
    while length < LENGTH:
        hertz = key * 2 ** (random.choice([-5, -3, 0, 2, 4, 5, 7, 9, 12]) / 12)
        before, vowel = random.choice(list(VOWELS), 2)
        parts.append(sung(random, RATE, hertz, random.uniform(0.2, 1.2), before, vowel, vibrato=vibrato))
        if random.random() < 0.4:
            parts.append(np.zeros(round(random.uniform(0.1, 0.8) * RATE)))
        length = sum(map(len, parts))
    return np.concatenate(parts).astype(np.float32)[:LENGTH], 5000.0


def widened(music: Array, width: float) -> Array:
    mid, side = (music[0] + music[1]) / 2, width * (music[0] - music[1]) / 2
    return np.stack([mid + side, mid - side]).astype(np.float32)


def reverberated(stereo: Array, random: np.random.Generator) -> Array:
    from scipy.signal import fftconvolve

    tail = random.standard_normal((2, RATE // 4)) * np.exp(-np.arange(RATE // 4) / RATE / 0.06)
    tail /= np.sqrt(np.sum(tail**2, axis=1, keepdims=True))
    found: Array = fftconvolve(stereo, tail, axes=1)[:, : stereo.shape[1]]
    return found


# ---- cells


def examples(mixture: Mixture, channels: int, random: np.random.Generator) -> tuple[Array, Array, Array]:
    """Features [n, inputs], ideal gains [n] and weights [n] of a tenth of the cells."""
    seen: list[Cells] = []

    def watch(cells: Cells) -> Array:
        seen.append(cells)
        return np.ones_like(cells.inside)

    voice = mixture.voice if channels == 2 else mixture.voice.mean(axis=0, keepdims=True)
    music = mixture.music if channels == 2 else mixture.music.mean(axis=0, keepdims=True)
    demixer = Demixer(RATE, channels, direction=Direction(width=1.0), mask=watch)
    demixer.push((voice + music).astype(np.float32))
    demixer.flush()
    (cells,) = seen  # a clip is one block
    gains = ideal(voice.mean(axis=0, keepdims=True), (voice + music).mean(axis=0, keepdims=True))
    is_chosen = (random.random(gains.shape) < 0.1) & (cells.hertz < mixture.highest)
    weights = np.sqrt(cells.inside * np.where(cells.hertz > 5500, 8, 1))
    weights = np.minimum(weights / weights.mean(), 20)
    return vocal_mask.features(cells)[is_chosen], gains[is_chosen], weights[is_chosen]


def ideal(voice: Array, mix: Array) -> Array:
    """The real gain [frames, bands] that brings the mixture nearest to the voice."""
    spectra = []
    length = frame_length(RATE)
    for sound in (voice, mix):
        analysis = Analysis(1, length)
        spectra.append(np.concatenate([analysis.push(sound), analysis.flush()], axis=1)[0])
    bands = Bands(length // 2 + 1, RATE / length)
    wanted, heard = spectra
    cross, power = bands.mean((wanted * heard.conj()).real), bands.mean(np.abs(heard) ** 2)
    return np.clip(cross / (power + 1e-12), 0, 1)


# ---- the network


def fitted(seen: Array, wanted: Array, weights: Array, *, steps: int = 3000, batch: int = 8192) -> dict[str, Array]:
    """Adam (D. Kingma and J. Ba, 2015) with a cosine schedule on the weighed squared error of the gain."""
    random = np.random.default_rng(0)
    mean, deviation = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    weights = weights / weights.mean()
    inputs = seen.shape[1]
    layers = [
        random.standard_normal((inputs, HIDDEN)) * np.sqrt(1.5 / inputs),
        np.zeros(HIDDEN),
        random.standard_normal((HIDDEN, 1)) * np.sqrt(1.5 / HIDDEN),
        np.zeros(1),
    ]
    layers = [layer.astype(np.float32) for layer in layers]
    first, second = ([np.zeros_like(layer) for layer in layers] for _ in range(2))
    for step in range(1, steps + 1):
        chosen = random.integers(0, len(seen), batch)
        loss, slopes = error((seen[chosen] - mean) / deviation, wanted[chosen], weights[chosen], layers)
        rate = 4e-3 * min(1, step / 100) * (0.5 + 0.5 * np.cos(np.pi * step / steps))
        for index, slope in enumerate(slopes):
            first[index] = 0.9 * first[index] + 0.1 * slope
            second[index] = 0.99 * second[index] + 0.01 * slope**2
            along = first[index] / (1 - 0.9**step) / (np.sqrt(second[index] / (1 - 0.99**step)) + 1e-8)
            layers[index] = layers[index] - np.float32(rate) * along
        if step % 1000 == 0:
            print(f"  step {step}: weighed squared error {loss:.4f}", flush=True)
    hidden, hidden_bias, output, output_bias = layers
    # The scaling of the inputs goes into the first layer, so that the product need not know it.
    hidden = hidden / deviation[:, None]
    return {
        "hidden": hidden,
        "hidden_bias": hidden_bias - mean @ hidden,
        "output": output,
        "output_bias": output_bias,
    }


def error(seen: Array, wanted: Array, weights: Array, layers: list[Array]) -> tuple[float, list[Array]]:
    """The mean weighed squared error, and its slope for each of the four layers."""
    hidden, hidden_bias, output, output_bias = layers
    layer = np.maximum(seen @ hidden + hidden_bias, 0)
    gain = 1 / (1 + np.exp(-(layer @ output + output_bias)[:, 0]))
    off = gain - wanted
    back = (2 * weights * off * gain * (1 - gain) / len(seen))[:, None]
    behind = (back @ output.T) * (layer > 0)
    slopes = [seen.T @ behind, behind.sum(axis=0), layer.T @ back, back.sum(axis=0)]
    return float(np.mean(weights * off**2)), slopes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared/data")
    parser.add_argument("--write", action="store_true", help=f"replace {TARGET.name}")
    given = parser.parse_args()
    document = {}
    for kind, channels in (("mono", 1), ("stereo", 2)):
        random = np.random.default_rng(0)
        parts = [examples(mixture, channels, random) for mixture in mixtures(given.data)]
        seen, wanted, weights = (np.concatenate(part) for part in zip(*parts, strict=True))
        print(f"{kind}: {len(seen)} cells of {len(parts)} mixtures, {seen.shape[1]} inputs")
        layers = fitted(seen, wanted, weights)
        document[kind] = {name: np.round(layer.astype(float), 4).tolist() for name, layer in layers.items()}
    if given.write:
        TARGET.write_text(json.dumps(document, separators=(",", ":")) + "\n")
        print(f"wrote {TARGET}")


if __name__ == "__main__":
    main()
