"""How motion begins and ends. Each takes the share of the time that has passed, 0 to 1, and gives that of the way.

The curves are the usual ones of animation (R. Penner, "Motion, Tweening, and Easing", 2002).
"""

from collections.abc import Callable

Easing = Callable[[float], float]

OVERSHOOT = 1.4  # of `back_out`: it swings a tenth beyond its aim


def passed(time: float, start: float, length: float) -> float:
    """Share of [start, start + length] that has passed at `time`; 0 before, 1 after."""
    return min(1.0, max(0.0, (time - start) / length)) if length > 0 else float(time >= start)


def linear(share: float) -> float:
    return share


def cubic_out(share: float) -> float:
    """Quick at first, then ever slower."""
    return 1 - (1 - share) ** 3


def quint_out(share: float) -> float:
    """As `cubic_out`, with a longer end."""
    return 1 - (1 - share) ** 5


def cubic_in_out(share: float) -> float:
    """Slow, quick, slow."""
    return 4 * share**3 if share < 0.5 else 1 - (2 - 2 * share) ** 3 / 2


def back_out(share: float) -> float:
    """Swings a little beyond the aim and comes back."""
    rest = share - 1
    return 1 + (OVERSHOOT + 1) * rest**3 + OVERSHOOT * rest**2
