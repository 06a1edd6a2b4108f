"""When a line of words begins or ends, if it fades: a straight line through its strength, run out to nothing.

Words that come at once are there in one frame and not in the frame before; nothing needs to be reckoned. Words that
fade are lost sight of before they are gone. Their strength grows evenly (as all players and editors fade), so the
moment of no strength follows from the frames in which it can be measured.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

WHOLE = 0.85  # strength from which words are all there
LEAST = 0.2  # strength that can still be told from what is behind the words
FEW = 3  # frames a fade has at least; less is an encoder's smear
BENT = 0.07  # a fade's greatest mean distance from a straight line
LONGEST = Fraction(3, 2)  # s from nothing to all

Shown = Sequence[tuple[Fraction, float]]
"""The frames that show the words, in order: time, and strength: 1 for as strong as they get, 0 for nothing."""


def begin(shown: Shown) -> Fraction:
    """The time of the frame at which words begin. Without a fade this is the first time."""
    first = shown[0][0]
    return first + _run_out([(time - first, strength) for time, strength in shown])


def end(shown: Shown, after: Fraction) -> Fraction:
    """The time of the first frame without them. `after`: that of the frame after the last that shows them."""
    last = shown[-1][0]
    return after - _run_out([(last - time, strength) for time, strength in reversed(shown)])


def _run_out(shown: Shown) -> Fraction:
    """From the first of the times, 0, to where there would be no strength: not above 0, in whole frames."""
    count = _ramp([strength for _, strength in shown])
    since = np.array([float(time) for time, _ in shown[:count]])
    strengths = np.array([strength for _, strength in shown[:count]])
    if count < FEW:
        return Fraction(0)
    slope, level = np.polyfit(since, strengths, 1)
    # Slower than any fade is the picture behind that shines in.
    if slope * float(LONGEST) < 1 or np.abs(slope * since + level - strengths).mean() > BENT:
        return Fraction(0)
    frame = shown[count - 1][0] / (count - 1)
    return min(Fraction(0), round(float(-level / slope / float(frame))) * frame)


def _ramp(strengths: Sequence[float]) -> int:
    """How many of the first are on the way up to all there is; 0 if it is never reached."""
    whole = next((index for index, one in enumerate(strengths) if one >= WHOLE), 0)
    return whole if all(one >= LEAST for one in strengths[:whole]) else 0
