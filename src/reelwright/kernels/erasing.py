"""One logo taken off a film, frame by frame.

Each frame is asked whether it wears the logo (`logos.Presence`); a soft appearance and a short doubt are told by the
frames around it. What the logo covers is unknown to the fill (`kernels.temporal_fill`); what shines through a
translucent one is its hint. Frames without the logo pass, and show the fill what is behind it.

Memory: the crops of the frames ahead, within `BUDGET`, and some dozen behind.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import logos, region
from reelwright.kernels.painted import Painter
from reelwright.kernels.region import Plane
from reelwright.kernels.temporal_fill import Filled, TemporalFill
from reelwright.kernels.unblending import Logo
from reelwright.kernels.voting import Hint

LOOK = 8  # frames before and after that tell what one alone does not
TRACE = 0.1  # of a logo that is coming or going
FULL = 0.8  # strength from which it counts as all there
BUDGET = 128 << 20  # bytes
EACH = 4  # bytes that the fill holds for a pixel of 8 bits
RING = 32  # px
FEWEST, MOST = 12, 300  # frames ahead
KEYS = 48  # frames that are kept to be looked at


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle of a picture, in pixels of luma, even."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        return self.right - self.left, self.bottom - self.top

    def of(self, planes: Sequence[Plane]) -> list[Plane]:
        """Views of this part of a picture's planes."""
        out = []
        for index, plane in enumerate(planes):
            part = 2 if index else 1
            out.append(plane[self.top // part : self.bottom // part, self.left // part : self.right // part])
        return out


def place_of(box: logos.Box, size: tuple[int, int]) -> Place:
    """The box with a ring around it for the fill to look at, in a (width, height) picture of even sides.

    As wide as the box on each side, 32 px at least, a quarter of the picture at most.
    """
    width, height = size
    across = round(min(max(RING, box.width * width), width / 4))
    down = round(min(max(RING, box.height * height), height / 4))
    return grown(box, size, across, down)


def grown(box: logos.Box, size: tuple[int, int], across: int, down: int) -> Place:
    """The box with so many pixels more on each side, as far as there are any."""
    width, height = size
    left, top = int(box.x * width) - across, int(box.y * height) - down
    right, bottom = round((box.x + box.width) * width) + across, round((box.y + box.height) * height) + down
    return Place(max(0, left) & ~1, max(0, top) & ~1, min(width, right + 1 & ~1), min(height, bottom + 1 & ~1))


@dataclass(frozen=True, slots=True)
class Erased:
    """A frame's region without the logo; `source` as in `temporal_fill`, None where the frame wears none."""

    planes: Sequence[Plane]
    source: NDArray[np.uint8] | None


class Eraser:
    """Push the region of every frame, in order; then `finish`."""

    def __init__(self, logo: Logo, painter: Painter | None = None) -> None:
        """`painter`: what fills the pixels that no frame shows; by default `kernels.inpainting`."""
        self._logo = logo
        height, width = logo.covered.shape
        frames = int(np.clip(BUDGET // (EACH * width * height), FEWEST, MOST))
        self.ahead = frames + LOOK
        """Frames that it holds, at most."""
        self._fill = TemporalFill(ahead=frames, keep=KEYS, painter=painter)
        self._clear = np.zeros_like(logo.covered)
        self._waiting: deque[tuple[Sequence[Plane], float]] = deque()
        self._before: deque[float] = deque(maxlen=LOOK)

    def push(self, planes: Sequence[Plane]) -> list[Erased]:
        """`planes`: copies, they are kept. Gives those frames that are done."""
        self._waiting.append((planes, self._logo.presence.strength(planes[0], region.unit(planes[0]))))
        return self._settle() if len(self._waiting) > LOOK else []

    def finish(self) -> list[Erased]:
        done: list[Erased] = []
        while self._waiting:
            done += self._settle()
        return done + [_erased(one) for one in self._fill.cut()]

    def _settle(self) -> list[Erased]:
        """The oldest waiting frame: does it wear the logo?"""
        around = [*self._before, *(strength for _, strength in self._waiting)]
        planes, strength = self._waiting.popleft()
        self._before.append(strength)
        # A scene may hide the logo's edges for a moment; one frame without, among many with it, has it too.
        usual = float(np.median(around))
        worn = strength >= logos.ON or usual >= logos.ON or (max(around) >= logos.ON and strength >= TRACE)
        if not worn:
            return [_erased(one) for one in self._fill.push(planes, self._clear)]
        return [
            _erased(one) for one in self._fill.push(planes, self._logo.covered, self._hint(planes, strength, usual))
        ]

    def _hint(self, planes: Sequence[Plane], strength: float, usual: float) -> Hint | None:
        full = max(strength, usual) >= FULL
        return self._logo.unblended(planes, 1.0 if full else strength)


def _erased(filled: Filled) -> Erased:
    return Erased(filled.planes, filled.source if filled.source.any() else None)
