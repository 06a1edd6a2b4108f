"""Choosing the best few of many: best first, apart in time, and not all alike.

The choice is greedy: each next one is the best by its score less what it repeats of those
chosen already (maximal marginal relevance, Carbonell & Goldstein, SIGIR 1998).
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

Likeness = Callable[[Fraction, Fraction], float]


def best_apart(
    scores: Mapping[Fraction, float],
    *,
    count: int,
    gap: Fraction = Fraction(0),
    likeness: Likeness = lambda one, other: 0.0,
    repeat_cost: float = 0.0,
) -> list[Fraction]:
    """At most `count` of the times, best first.

    `scores` gives each time (seconds) its score. No two are closer than `gap`, and none has a `likeness`
    of 1 or more with one chosen before. A likeness between 0 and 1 takes that part of `repeat_cost`, in
    score units, off. Ties go to the earlier time.
    """
    chosen: list[Fraction] = []
    worst = dict.fromkeys(sorted(scores), 0.0)
    while worst and len(chosen) < count:
        best = max(worst, key=lambda time: scores[time] - repeat_cost * worst[time])
        chosen.append(best)
        worst = {
            time: max(repeated, alike)
            for time, repeated in worst.items()
            if time != best and abs(time - best) >= gap and (alike := likeness(time, best)) < 1
        }
    return chosen
