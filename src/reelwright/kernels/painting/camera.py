"""The camera's way: one calm move from the first frame to the last, eased at both ends, never quite still.

Even a fixed camera breathes a little, as one on a tripod in the wind does; so no two frames are the same.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reelwright.kernels.painting.stage import View

REACH = 0.15
"""How far the camera goes to each side, heights; less than the margin of the stage."""
USUAL = 5.0  # s; in a longer film the same way takes longer


def eased(part: float) -> float:
    """0 to 1 with no speed at the ends, faster to leave than a cubic, so that the picture moves at once."""
    part = min(max(part, 0.0), 1.0)
    return 0.65 * part + 0.35 * part * part * (3 - 2 * part)


NEAR = {"close": (1.1, 1.6, 2.6, 0.10), "medium": (0.62, 1.25, 1.9, 0.24)}
"""Share of the picture that a whole figure would fill; least and greatest zoom for it; how far above the middle of
what is seen its face is."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A figure that the camera may go near to: where its face is, and how tall it is, heights."""

    x: float
    face: float
    tall: float


def aimed(framing: str, seen: Seen, aspect: float) -> View:
    """Where the camera stands to see somebody near; added to its way. The whole place without such a `framing`."""
    if framing not in NEAR:
        return View()
    share, least, greatest, above = NEAR[framing]
    zoom = min(greatest, max(least, share / seen.tall))
    most = 0.5 - 0.5 / zoom + REACH  # Beyond it the picture would end.
    return View(seen.x - aspect / 2, min(most, max(-most, seen.face + above / zoom - 0.5)), zoom)


def view(move: str, part: float, at: float) -> View:
    """Where the camera is after a `part` (0 to 1) of the film, `at` seconds."""
    found = MOVES.get(move, _push)(eased(part), at)
    breath = 0.0022
    return View(
        found.x + breath * math.sin(0.9 * at + 0.4),
        found.y + breath * math.sin(1.3 * at),
        found.zoom,
        found.roll,
    )


def _push(part: float, at: float) -> View:
    return View(0.0, 0.02 * part, 1.02 + 0.20 * part)


def _pull(part: float, at: float) -> View:
    return View(0.0, 0.02 * (1 - part), 1.23 - 0.20 * part)


def _sideways(sign: float) -> Callable[[float, float], View]:
    def move(part: float, at: float) -> View:
        return View(sign * REACH * (2 * part - 1), 0.0, 1.05)

    return move


def _upright(sign: float) -> Callable[[float, float], View]:
    def move(part: float, at: float) -> View:
        return View(0.0, sign * 0.9 * REACH * (2 * part - 1), 1.06)

    return move


def _orbit(part: float, at: float) -> View:
    angle = (part - 0.5) * math.pi * 0.9
    return View(
        REACH * math.sin(angle), 0.02 * (1 - math.cos(angle)), 1.06 + 0.05 * math.cos(angle), 0.010 * math.sin(angle)
    )


def _handheld(part: float, at: float) -> View:
    x = 0.012 * math.sin(2.1 * at) + 0.008 * math.sin(3.7 * at + 1) + 0.004 * math.sin(7.3 * at)
    y = 0.009 * math.sin(2.6 * at + 2) + 0.006 * math.sin(4.4 * at)
    return View(x + 0.05 * (part - 0.5), y, 1.08 + 0.03 * part, 0.006 * math.sin(1.7 * at))


def _still(part: float, at: float) -> View:
    return View(0.0, 0.0, 1.03)


MOVES: Mapping[str, Callable[[float, float], View]] = {
    "push": _push,
    "pull": _pull,
    "left": _sideways(-1),
    "right": _sideways(1),
    "up": _upright(-1),
    "down": _upright(1),
    "orbit": _orbit,
    "handheld": _handheld,
    "still": _still,
}
