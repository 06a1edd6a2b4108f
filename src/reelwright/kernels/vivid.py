"""Vivid foregrounds: colours that lie beyond grey, seen from the screen.

A key takes a mixed pixel for as much foreground as it is nearer to grey than the screen is. Half of an orange leaf
before blue is farther from blue than half of a grey one, and would be taken for three quarters of it. So it is learnt
from sure foreground which colours there are in each direction of the chroma plane around the screen's (a simple form
of the colour hulls of chroma keyers), and shares in the direction of such a colour are stretched. Only what is beyond
grey by far counts: hair has no colour to speak of, and lies in the direction of the skin beside it.

Chroma here is in units of the screen's own: `along` the key and `aside` of it, signed; the screen is at (1, 0), grey
at (0, 0). Not done: colours that are told apart by their place.
"""

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.maps import Map

DIRECTIONS = 48
LEAST_SEEN = 0.002  # of all sure foreground that lies in a direction to count
LEAST_PIXELS = 20
NEAR_KEY, FEW_NEAR_KEY = 0.2, 0.05  # share of screen of cloth of a like colour, and the part of the pixels it may be
GREYISH = 0.4  # share below 0 that colours may have without being vivid: skin before blue


class Vivid:
    """Colours of sure foreground, collected from a few frames."""

    def __init__(self) -> None:
        self._shares: list[NDArray[np.float32]] = []
        self._places: list[NDArray[np.intp]] = []

    def add(self, along: Map, aside: Map, share: Map) -> None:
        """Pixels of sure foreground, float32 [n]; `share` is what the key takes for screen, below 0 if beyond grey."""
        self._shares.append(np.asarray(share, np.float32))
        self._places.append(np.round(_turn(along, aside) - 0.5).astype(np.intp) % DIRECTIONS)

    def own(self) -> NDArray[np.float64]:
        """Share of screen that the foreground itself has in each direction, 0 or below: float64 [DIRECTIONS]."""
        found = np.zeros(DIRECTIONS)
        if not self._shares:
            return found
        shares, places = np.concatenate(self._shares), np.concatenate(self._places)
        for direction in range(DIRECTIONS):
            there = shares[places == direction]
            near = shares[np.abs((places - direction + DIRECTIONS // 2) % DIRECTIONS - DIRECTIONS // 2) <= 1]
            is_seen = len(there) > max(LEAST_PIXELS, LEAST_SEEN * len(shares))
            # Where cloth near the screen's colour lies too, stretching would make it thinner.
            if is_seen and np.mean(near > NEAR_KEY) < FEW_NEAR_KEY:
                found[direction] = min(0.0, float(np.median(there)) + GREYISH)
        # What is half way towards such a colour is of it in part.
        beside = np.minimum(np.roll(found, 1), np.roll(found, -1)) / 2
        return np.where(found == 0, beside, found)


def stretched(share: Map, along: Map, aside: Map, own: NDArray[np.float64]) -> Map:
    """The share of screen where the foreground has `own` in each direction; any shape, float32."""
    turn = _turn(along, aside) - 0.5
    first = np.floor(turn).astype(np.intp)
    part = turn - first
    there = own[first % DIRECTIONS] * (1 - part) + own[(first + 1) % DIRECTIONS] * part
    return np.asarray(1 - (1 - share) / (1 - there), np.float32)


def _turn(along: Map, aside: Map) -> Map:
    """Direction seen from the screen, 0 … DIRECTIONS; grey lies in the middle."""
    return np.asarray((np.arctan2(aside, 1 - along) / (2 * np.pi) + 0.5) * DIRECTIONS, np.float32)
