"""Which beats begin a bar, of three or of four beats, and if one can be sure of it.

Harmony changes and the bass enters on the first beat of a bar more often than elsewhere; the
snare is elsewhere. That mark of each beat is summed along the best path through the bar's
places, on which a beat may be left out or put in at a price: a tracker that slips once does
not turn all bars after it (a bar pointer in the sense of F. Krebs, S. Böck, G. Widmer, "An
efficient state-space model for joint tempo and meter tracking", ISMIR 2015, over beats
instead of frames).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.levels import Scene, accents, harmonic_change
from reelwright.kernels.tempo import Floats

METRES = (4, 3)
USUAL_METRE_GAIN = 0.08  # of a mark's standard deviation: four beats unless three are plainly better
SLIP = 12.0  # price of a place that does not follow the one before, in standard deviations
SURE = 0.45  # standard deviations by which first beats must stand out, less what chance gives
CHANCE = 2.0  # what the best of the places reaches in pure noise, times the root of bars
FEWEST = 8  # beats that bars can be read from
LEAST_SPREAD = 0.05  # of marks between 0 and 1
WEIGHT_HARMONY, WEIGHT_LOW, WEIGHT_SNARE = 1.0, 0.5, -0.3


@dataclass(frozen=True, slots=True)
class Bars:
    """`places` int [beats], 1 for the first beat of a bar; all 0 where that is not sure. `metre` is 0 then."""

    places: NDArray[np.intp]
    metre: int
    clarity: float
    """Standard deviations by which first beats stand out, above chance; 0 or more."""


NONE = Bars(np.zeros(0, np.intp), 0, 0.0)


def read(seen: Scene, beats: Floats) -> Bars:
    """From two bars up; `beats` in seconds."""
    unsure = Bars(np.zeros(len(beats), np.intp), 0, 0.0)
    if len(beats) < FEWEST:
        return unsure
    marks = _marks(seen, beats)
    paths = {metre: _path(marks, metre) for metre in METRES}
    gains = {metre: _gain(marks, path) for metre, path in paths.items()}
    metre = max(METRES, key=lambda one: gains[one] + (USUAL_METRE_GAIN if one == METRES[0] else 0.0))
    clarity = max(0.0, gains[metre] - CHANCE / np.sqrt(len(beats) / metre))
    return Bars(paths[metre] + 1, metre, clarity) if clarity >= SURE else Bars(unsure.places, 0, clarity)


def _marks(seen: Scene, beats: Floats) -> Floats:
    """[beats], mean 0, standard deviation about 1: how much each looks like the first of a bar."""
    struck = accents(seen, beats)
    change = harmonic_change(seen, beats, float(np.median(np.diff(beats))))
    change[[0, -1]] = np.median(change)  # one side of these is silence
    parts = (
        WEIGHT_HARMONY * _even(np.sqrt(change)),
        WEIGHT_LOW * _even(struck[:, 0]),
        WEIGHT_SNARE * _even(struck[:, 2]),
    )
    marks: Floats = np.sum(parts, axis=0) / np.linalg.norm((WEIGHT_HARMONY, WEIGHT_LOW, WEIGHT_SNARE))
    return marks


def _even(values: Floats) -> Floats:
    """Mean 0 and standard deviation 1, but where all are the same: what differs less than LEAST_SPREAD says nothing."""
    even: Floats = (values - values.mean()) / max(float(values.std()), LEAST_SPREAD)
    return even


def _path(marks: Floats, metre: int) -> NDArray[np.intp]:
    """[beats], 0 … metre - 1: the places that put most marks on 0."""
    reward = np.full(metre, -1.0 / (metre - 1))
    reward[0] = 1.0
    total, back = marks[0] * reward, []
    for mark in marks[1:]:
        follows = np.roll(total, 1)
        best = int(total.argmax())
        slips = follows < total[best] - SLIP
        back.append(np.where(slips, best, (np.arange(metre) - 1) % metre))
        total = np.where(slips, total[best] - SLIP, follows) + mark * reward
    path = [int(total.argmax())]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return np.array(path[::-1])


def _gain(marks: Floats, path: NDArray[np.intp]) -> float:
    return float(marks[path == 0].mean() - marks[path != 0].mean()) if (path == 0).any() else 0.0
