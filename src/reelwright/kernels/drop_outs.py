"""Holes in a voice: where it is cut off and comes back, as lost packets and muted lines leave it.

The level of steps of 2 ms falls like a cliff into near silence, and no mouth does that: a
closing lip takes ten milliseconds and more. What goes quiet gradually is a pause, however
silent, so that synthetic voices with true zeros between words have no holes. A hole ends
within two seconds; longer ones count as pauses. Lost packets that were concealed by
repetition are not seen.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.voice_activity import runs
from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import ndimage
else:
    ndimage = lazy("scipy.ndimage")

Signal = NDArray[np.float64]

STEPS = 500  # in a second
SPEECH_REACH = STEPS  # to each side, for the level of the speech around
SPEECH_MEAN = 25  # steps, 50 ms
SHORTEST, LONGEST = 2, 2 * STEPS
REACH = LONGEST + SPEECH_REACH + SPEECH_MEAN
SILENT = 40.0  # dB below the speech around
CLIFF = 30.0  # dB within two steps
STEP_DOWN = 12.0  # dB: a fall that is no cliff counts if digital silence ends in one
LOUD = 25.0  # dB below the speech around: less is not missed when it is cut off
DIGITAL = -95.0  # dBFS: below the last bit of 16
AROUND = 8  # steps at an edge: two periods of a deep voice
FADING = 11.0  # dB that the last two steps before a hole may be below the loudest of those: else it was fading
SHARP = 7.5  # dB; one edge must be as sharp as that. Fades of 10 ms have 9 and more at both, cuts 7 and less
FAINT_SPEECH = -60.0  # dBFS: nothing below is speech
FAINTEST = 1e-12


def holes(powers: Signal) -> Signal:
    """Powers of steps of 2 ms, [1, n] of full scale -> [1, n], 1 in holes; looks `REACH` steps both ways."""
    levels = 10 * np.log10(np.maximum(powers[0], FAINTEST))
    found = np.zeros((1, len(levels)))
    if not len(levels):
        return found
    smooth = ndimage.uniform_filter1d(powers[0], SPEECH_MEAN, mode="nearest")
    loudest = ndimage.maximum_filter1d(np.maximum(smooth, FAINTEST), 2 * SPEECH_REACH + 1, mode="nearest")
    speech = 10 * np.log10(loudest)
    for start, end in runs(levels < np.maximum(speech, FAINT_SPEECH) - SILENT):
        if SHORTEST <= end - start <= LONGEST and is_hole(levels, speech, start, end):
            found[0, start:end] = 1.0
    return found


def is_hole(levels: Signal, speech: Signal, start: int, end: int) -> bool:
    """Was something cut off by the quiet steps `start` to `end`? Both edges of the sound must be known."""
    if start < 2 or end > len(levels) - 2:
        return False
    inside = levels[start + 1 : end - 1]
    quiet = float(inside.max()) if len(inside) else float(levels[start:end].min())
    before, after = float(levels[start - 2 : start].max()), float(levels[end : end + 2].max())
    least = max(float(speech[start]), FAINT_SPEECH) - LOUD
    fallen = float(levels[max(0, start - AROUND) : start].max()) - before
    risen = float(levels[end : end + AROUND].max()) - after
    if fallen > FADING or (fallen > SHARP and risen > SHARP):
        return False
    if before >= least and before - quiet >= CLIFF:
        return True
    return quiet < DIGITAL and after >= least and before - quiet >= STEP_DOWN and before > DIGITAL + STEP_DOWN
