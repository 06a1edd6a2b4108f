"""The mark of a made picture: a few letters in its lower right corner, half transparent."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

WORDS = "AI generated"
HEIGHT = 0.028  # of the picture
STRENGTH = 0.55


def marked(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A copy with the mark: uint8 [h, w, 3 or 4] as given."""
    made = picture.copy()
    height, width = made.shape[:2]
    scale = HEIGHT * height / 22
    thick = max(1, round(1.6 * scale))
    (wide, tall), _ = cv2.getTextSize(WORDS, cv2.FONT_HERSHEY_SIMPLEX, scale, thick)
    place = (max(0, width - wide - tall), height - tall)
    for shade, weight in ((0, thick + 2), (255, thick)):
        over = made.copy()
        cv2.putText(
            over, WORDS, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (shade, shade, shade, 255), weight, cv2.LINE_AA
        )
        made = np.asarray(cv2.addWeighted(over, STRENGTH, made, 1 - STRENGTH, 0), np.uint8)
    return made
