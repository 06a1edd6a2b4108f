"""How much of each cell of a spectrogram is voice, from five cues that each know a part of it.

- centre: the power in the voice's direction over that beside it (stereo only)
- over: by how much that exceeds what is usual in the band, so that bass and drums in the centre do not count
- new: the power over what the band repeats (`kernels.repetition`)
- risen: the power over the quiet quarter of the seconds around; voices come and go faster than pads and hum
- struck: harmonic over percussive amplitude (D. FitzGerald, "Harmonic/percussive separation using median
  filtering", DAFx 2010)

Multiplied as masks, the cues take away each other's voice. So a small network weighs them: one
hidden layer of 24, run on every cell alone. It was fitted by `tools/fit_vocal_mask.py` to the ideal
Wiener gain of speech and made singing over music; the weights lie beside this file. It knows no
pitch and no words, and takes a solo instrument in the centre for a voice.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.bands import Powers
from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import ndimage
else:
    ndimage = lazy("scipy.ndimage")

WEIGHTS = "vocal_mask.json"
TINY = 1e-9  # of the level: -90 dB, below which nothing is heard
CLIPPED = (-15.0, 30.0)  # dB in which a cue says more or less
HARMONIC, PERCUSSIVE = 9, 17  # frames, bands of the medians: 0.4 s, 180 Hz
QUIET = 25  # percentile
QUIET_SPAN = 31  # every other frame: 2.9 s
VOICED = (250.0, 4000.0)  # Hz
ROWS = 128  # frames the network looks at in one go; keeps its layers in the cache

Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cells:
    """What is known of some frames. Powers are float32 [frames, bands], over the level of the context."""

    hertz: NDArray[np.float64]
    inside: Powers
    """In the direction of the voice."""
    repeated: Powers
    """Of `inside`, what comes again."""
    beside: Powers | None = None
    """None where everything is in one direction."""
    usual: NDArray[np.float32] | None = None
    """[bands]: dB that `inside` usually has over `beside`."""


def mask(cells: Cells) -> Powers:
    """The share of voice in each cell: float32 [frames, bands], 0 to 1."""
    found = features(cells)
    net = _network("mono" if cells.beside is None else "stereo")
    return np.concatenate([net.answer(found[at : at + ROWS]) for at in range(0, len(found), ROWS)])


def features(cells: Cells) -> Features:
    """What the network sees: float32 [frames, bands, 22], or 14 without anything beside."""
    columns = [column for cue in _cues(cells) for column in _in_context(cue, cells.hertz)]
    columns += _struck(np.sqrt(cells.inside))
    columns.append(np.clip(decibels(smooth(cells.inside)), -60, 0) / np.float32(30))
    octaves: NDArray[np.float32] = np.log2(np.maximum(cells.hertz, 20) / 500).clip(-4, 3.3).astype(np.float32)
    columns += [np.broadcast_to(column, cells.inside.shape) for column in (octaves, octaves**2 / 4)]
    return np.stack(columns, axis=-1)


def ratio(inside: Powers, beside: Powers) -> Powers:
    """dB of the power in the direction over that beside it, evened over neighbours."""
    return decibels(smooth(inside)) - decibels(smooth(beside))


def decibels(powers: Powers) -> Powers:
    found: Powers = np.float32(10) * np.log10(powers + np.float32(TINY))
    return found


def smooth(cells: Powers, frames: int = 3, bands: int = 3) -> Powers:
    """The mean of so many neighbours in time and frequency."""
    found: Powers = ndimage.uniform_filter(cells, (frames, bands), mode="nearest")
    return found


def _cues(cells: Cells) -> Iterator[Powers]:
    power = decibels(smooth(cells.inside))
    if cells.beside is not None and cells.usual is not None:
        centre = power - decibels(smooth(cells.beside))
        yield from (centre, centre - cells.usual)
    yield power - decibels(smooth(cells.repeated, bands=1))
    yield power - _quiet(decibels(cells.inside))


def _quiet(power: Powers) -> Powers:
    """The level that the quiet moments of the seconds around have. Every other frame will do for it."""
    evened = ndimage.uniform_filter1d(power, 3, axis=0, mode="nearest")[::2]
    low = ndimage.percentile_filter(evened, QUIET, (QUIET_SPAN, 1), mode="nearest")
    low = ndimage.uniform_filter1d(low, 3, axis=0, mode="nearest")
    found: Powers = np.repeat(low, 2, axis=0)[: len(power)]
    return found


def _struck(amplitudes: Powers) -> Iterator[Powers]:
    tiny = np.float32(TINY**0.5)
    harmonic = ndimage.median_filter(amplitudes, (HARMONIC, 1), mode="nearest") + tiny
    percussive = ndimage.median_filter(amplitudes, (1, PERCUSSIVE), mode="nearest") + tiny
    held = np.clip(2 * np.log10(harmonic / percussive), -2, 2)
    yield from (held, smooth(held, 1, 9), np.clip(2 * np.log10((amplitudes + tiny) / harmonic), -2, 2))


def _in_context(cue: Powers, hertz: NDArray[np.float64]) -> Iterator[Powers]:
    """The cue itself, over a quarter of a second, over 100 Hz, and of the whole frame where voices are."""
    scaled = np.clip(cue, *CLIPPED) / np.float32(10)
    is_voiced = (hertz > VOICED[0]) & (hertz < VOICED[1])
    frame = ndimage.gaussian_filter1d(scaled[:, is_voiced].mean(axis=1), 1.5, mode="nearest")
    yield from (scaled, smooth(scaled, 5, 1), smooth(scaled, 1, 9), np.broadcast_to(frame[:, None], scaled.shape))


@dataclass(frozen=True, slots=True)
class Network:
    """Weights [inputs, hidden] and [hidden, 1], biases [hidden] and [1]."""

    hidden: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    output: NDArray[np.float32]
    output_bias: NDArray[np.float32]

    def answer(self, seen: Features) -> Powers:
        layer = np.maximum(seen @ self.hidden + self.hidden_bias, 0)
        found: Powers = 1 / (1 + np.exp(-(layer @ self.output + self.output_bias)[..., 0]))
        return found


@cache
def _network(kind: str) -> Network:
    text = resources.files(__package__).joinpath(WEIGHTS).read_text(encoding="utf-8")
    return Network(**{name: np.array(values, np.float32) for name, values in json.loads(text)[kind].items()})
