"""When a line of words begins or ends, if it fades: a straight line through its strength, run out to nothing.

Words that come at once are there in one frame and not in the frame before; nothing needs to be reckoned. Words that
fade are lost sight of before they are gone. Their strength grows evenly (as all players and editors fade), so the
moment of no strength follows from the frames in which it can be measured, and from those in which nothing is left.
It is both the beginning of words that come and the end of words that go: nobody sees them in that frame.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

WHOLE = 0.85  # strength from which words are all there
LEAST = 0.2  # strength that can still be told from what is behind the words
FEW = 3  # frames a fade has at least; less is an encoder's smear
STEADY = 0.5  # of a fade's step, the next one at least
BENT = 0.07  # a fade's greatest mean distance from a straight line
BEYOND = 6  # frames before and after a fade that are looked at to measure it
INSIDE = 3  # frames within and beyond, that an edge without a fade is told by
CLIFF, LEFT = 0.35, 0.3  # strength by which words go at once, and what seems to be left of them at most…
STEEP = 2.5  # …and times as much as in the frame before
LONGEST = Fraction(3, 2)  # s from nothing to all

Shown = Sequence[tuple[Fraction, float]]
"""The frames that show the words, in order: time, and strength: 1 for as strong as they get, 0 for nothing."""


def begin(shown: Shown, before: Shown = ()) -> Fraction:
    """The time of the frame at which words begin. Without a fade this is the first time.

    `before`: frames before those, in which they are not seen any more, to measure from where the strength rises.
    """
    first = shown[0][0]
    all_out = [*reversed(shown[:INSIDE]), *reversed(before)]
    edge = _cliff([strength for _, strength in all_out], min(INSIDE, len(shown)) - 1)
    if edge is not None:
        return all_out[edge][0]
    inwards = [(time - first, strength) for time, strength in shown]
    return first + _run_out(inwards, [(time - first, strength) for time, strength in reversed(before)])


def end(shown: Shown, after: Fraction, beyond: Shown = ()) -> Fraction:
    """The time of the first frame without them. `after`: that of the frame after the last that shows them.

    `beyond`: the frames from then on.
    """
    last = shown[-1][0]
    all_out = [*shown[-INSIDE:], *beyond]
    edge = _cliff([strength for _, strength in all_out], min(INSIDE, len(shown)) - 1)
    if edge is not None:
        return max(after, all_out[edge + 1][0])
    inwards = [(last - time, strength) for time, strength in reversed(shown)]
    return max(after, last - _run_out(inwards, [(last - time, strength) for time, strength in beyond]))


def may_fade(shown: Shown) -> bool:
    """Are they weaker in the last frame that shows them? Then `end` is told better by what comes after it."""
    return shown[-1][1] < WHOLE


def _cliff(strengths: Sequence[float], first: int) -> int | None:
    """The last frame with words, if in the next one nothing is left of them at once; None if they fade.

    `strengths`: outwards; `first`: the outermost frame in which the words were seen. They may be there without being
    seen, and weaker than they were, where the picture that shines through their box fades, or they do with it.
    """
    for index in range(first, min(first + BEYOND, len(strengths) - 1)):
        here, outside = strengths[index], max(strengths[index + 1 : index + 1 + INSIDE])
        before = abs(strengths[index - 1] - here) if index else 0.0
        if outside <= LEFT and here - outside >= max(CLIFF, STEEP * before):
            return index
    return None


def _run_out(shown: Shown, outwards: Shown) -> Fraction:
    """From the first of the times, 0, to where there is no strength, in whole frames; 0 without a fade."""
    both = [*reversed(outwards), *shown]
    first = _first_measured([strength for _, strength in both], len(outwards))
    zero, strengths = both[first][0], np.array([strength for _, strength in both[first:]])
    count = _ramp(strengths.tolist())
    if count < FEW:
        return Fraction(0)
    frame = (both[first + count - 1][0] - zero) / (count - 1)
    since = np.array([float((time - zero) / frame) for time, _ in both])
    slope, level = np.polyfit(since[first : first + count], strengths[:count], 1)
    # Slower than any fade is the picture behind that shines in.
    off = np.abs(slope * since[first : first + count] + level - strengths[:count]).mean()
    if slope * float(LONGEST / frame) < 1 or off > BENT:
        return Fraction(0)
    guess = min(0, round(float(-level / slope)))
    near = slice(int(np.searchsorted(since, guess - BEYOND)), first + count + BEYOND)
    if first == 0:
        return zero + frame * guess
    return zero + frame * _knee(since[near], np.array([strength for _, strength in both[near]]), guess)


def _first_measured(strengths: Sequence[float], first: int) -> int:
    """The first frame from which strength rises. `first`: the one in which words were seen first.

    They are seen in frames too weak to measure, and not seen in others that can be measured.
    """
    while strengths[first] < LEAST and first + 1 < len(strengths):
        first += 1
    rise = strengths[first + 1] - strengths[first] if first + 1 < len(strengths) else 0.0
    while rise > 0 and first and LEAST <= strengths[first - 1] <= strengths[first] - STEADY * rise:
        first -= 1
    return first


def _knee(at: NDArray[np.float64], strengths: NDArray[np.float64], guess: int) -> int:
    """Where strength begins to rise: nothing up to there, evenly to all there is, and that from there on.

    `at`: in frames, rising. The levels of nothing and of all are measured, because the picture behind is a little like
    the words, or unlike them. The guess itself if no such course fits well.
    """
    courses = [(low, high) for low in range(round(at[0]) + 1, 1) for high in range(max(1, low + FEW), round(at[-1]))]
    if not courses:
        return guess
    lows, highs = np.array(courses, float).T[..., None]
    share = np.clip((at - lows) / (highs - lows), 0, 1)
    share -= share.mean(1, keepdims=True)
    # Least squares, a line for each course.
    rise = share @ (strengths - strengths.mean()) / np.square(share).sum(1)
    off = np.abs(strengths - strengths.mean() - rise[:, None] * share).mean(1)
    off[rise < WHOLE - LEAST] = np.inf
    best = int(off.argmin())
    return courses[best][0] if off[best] < BENT else guess


def _ramp(strengths: Sequence[float]) -> int:
    """How many of the first are on the way up to all there is; 0 if it is never reached."""
    whole = next((index for index, one in enumerate(strengths) if one >= WHOLE), 0)
    return whole if all(one >= LEAST for one in strengths[:whole]) else 0
