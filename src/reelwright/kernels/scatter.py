"""What a few frames tell of pixels that are all screen, or all foreground: how far their shares of screen scatter.

Maps are float32 [height, width] of the share of screen that a key finds in each pixel, 1 is all screen. Noise, creases
and shadows are told from hair, smoke and glass by where they lie and how often: not by what they are.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.maps import Map, above, odd
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

NOISE_PERCENT = 0.5  # of the screen's own pixels that may look mixed
NOISE_REACH = 3.8  # median deviations that as few of the pixels of a bell curve lie below
AWAY, AWAY_SOLID = 0.12, 0.6  # of the width: windows without any pixel that is less screen are far from a subject
LEAST_AWAY = 0.02  # of the picture that has to be far from any
NEAR_SCREEN = 0.07  # of the width: windows that hold no screen are within a subject
SHADES, SHADE = (0.3, 0.62), 0.02  # shares that clothes near the screen's colour have, and steps between them
LEAST_CLOTH = 0.01  # of the picture that is of one shade
WEARER, LEAST_WEARER = 0.2, 0.005  # share of screen of who wears it, and the part of the picture that has no more
ALIKE, SOME = 0.6, 0.1  # of all pixels with some share of screen that are of it: smoke has all shares


def lowest(share: Map, solid: NDArray[np.bool_]) -> float:
    """The least share of a pixel that is all screen.

    As much below the median as above it noise can be; less, as creases and shadows far from any subject have it. Near
    one, and in the midst of it, what has less may be hair, smoke, or blurred by motion.
    """
    middle = float(np.median(share[solid]))
    least = middle - NOISE_REACH * float(np.median(np.abs(share[solid] - middle)))
    window = odd(AWAY * share.shape[1])
    far = solid & (cv2.erode(above(share, AWAY_SOLID), np.ones((window, window), np.uint8)) > 0)
    if np.count_nonzero(far) < LEAST_AWAY * far.size:
        return least
    return min(least, float(np.percentile(share[far], NOISE_PERCENT)))


def cloth(share: Map) -> float:
    """The most screen that cloth of a colour near the screen's seems to be, 0 where there is no such cloth.

    A large part of a subject's inside with one and the same share is cloth; what shines through has many. Where nothing
    is surely foreground nobody wears it: a glass of milk has one share as well.
    """
    inside = share[within(share)]
    bins = np.arange(SHADES[0], SHADES[1] + SHADE, SHADE)
    counts, _ = np.histogram(inside, bins)
    together = np.convolve(counts, np.ones(5), "same")
    peak = int(np.argmax(together))
    worn = np.count_nonzero(share < WEARER) > LEAST_WEARER * share.size
    if not worn or together[peak] < max(LEAST_CLOTH * share.size, ALIKE * np.count_nonzero(inside > SOME)):
        return 0.0
    return float(bins[peak] + 3.5 * SHADE)


def within(share: Map) -> NDArray[np.bool_]:
    """Where a subject is, far from all that is mostly screen."""
    window = odd(NEAR_SCREEN * share.shape[1])
    return np.asarray(cv2.erode(above(-share, -SHADES[1]), np.ones((window, window), np.uint8)) > 0)
