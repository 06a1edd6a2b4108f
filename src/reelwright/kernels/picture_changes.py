"""What has changed from one small grey picture to another: all of it, only its place, or only a part of it.

Histograms and mean colours tell that much has changed, not what. Three questions are asked of the pictures themselves:
how alike their structure is, whatever the light (`unlike`); whether the camera has only swept or zoomed (`carried`);
and how much of the picture stands where it was, though a title or a box lies over the rest (`kept`). Bars above, below
and beside the picture are left out. Rotation is not looked for.

Pictures are float32 [45, 80], grey levels 0-255 (`kernels.glances.small_gray`).
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Gray = NDArray[np.float32]
Part = tuple[float, float, float, float]

PLAIN = 3.0  # grey levels (standard deviation) below which a part of a picture shows nothing to compare
BAR = 1.5  # …and a row or column belongs to a bar
BLOCKS = (5, 8)  # (rows, columns) of `kept`, of 9 x 10 pixels
SAME = 0.85  # correlation of a block that is still there
TEXTURED = 4  # blocks that show something, at least, to tell anything
# What is sought of one picture in the other, as parts of its width and height: (left, top, width, height).
SIDES: tuple[Part, ...] = (
    *((0.0, 0.1, 0.4, 0.8), (0.6, 0.1, 0.4, 0.8), (0.1, 0.0, 0.8, 0.45), (0.1, 0.55, 0.8, 0.45)),
    (0.2, 0.15, 0.6, 0.7),
)
ZOOMS: dict[float, Part] = {0.7: (0.15, 0.15, 0.7, 0.7), 0.84: (0.2, 0.2, 0.6, 0.6), 1.19: (0.25, 0.25, 0.5, 0.5)}
ZOOMS |= {1.42: (0.25, 0.25, 0.5, 0.5)}


def unlike(before: Gray, after: Gray) -> float:
    """How far the structure has changed, whatever brightness and contrast: 1 less the correlation, 0 to 2."""
    a, b = (one.ravel() - one.mean() for one in _without_bars(before, after))
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return 1 - float(a @ b) / norm if norm > 1e-3 else 0.0


def carried(before: Gray, after: Gray) -> float:
    """How surely the one picture is the other after a sweep or zoom of the camera: the best correlation, 0 to 1.

    Unrelated pictures have up to 0.75, for large parts are compared; swept ones 0.8 and more, smeared as they are.
    """
    return max(_sought(before, after), _sought(after, before))


def _sought(of: Gray, within: Gray) -> float:
    best = max(_match(_part(of, side), within) for side in SIDES)
    high, wide = of.shape
    for zoom, part in ZOOMS.items():
        size = (round(wide * zoom), round(high * zoom))
        zoomed = np.asarray(cv2.resize(of, size, interpolation=cv2.INTER_AREA), np.float32)
        best = max(best, _match(_part(zoomed, part), within))
    return best


def _part(picture: Gray, part: Part) -> Gray:
    left, top, wide, high = part
    rows, columns = picture.shape
    return picture[int(top * rows) : int((top + high) * rows), int(left * columns) : int((left + wide) * columns)]


def _match(part: Gray, within: Gray) -> float:
    if float(part.std()) < PLAIN:
        return 0.0
    return float(cv2.matchTemplate(within, np.ascontiguousarray(part), cv2.TM_CCOEFF_NORMED).max())


def kept(before: Gray, after: Gray) -> float:
    """The share of the blocks that show something which are as they were, 0 to 1; 0 if hardly any shows something."""
    a, b = (_blocks(one) for one in _without_bars(before, after))
    one, other = (np.sqrt((blocks * blocks).sum(1)) for blocks in (a, b))
    shows = np.maximum(one, other) > PLAIN * a.shape[1] ** 0.5
    if shows.sum() < TEXTURED:
        return 0.0
    alike = (a * b).sum(1)[shows] / np.maximum((one * other)[shows], 1e-3)
    return float((alike > SAME).mean())


def _blocks(picture: Gray) -> Gray:
    """[blocks, pixels], each less its mean."""
    rows, columns = BLOCKS
    high, wide = picture.shape[0] // rows, picture.shape[1] // columns
    cut = picture.reshape(rows, high, columns, wide).transpose(0, 2, 1, 3).reshape(rows * columns, high * wide)
    return np.asarray(cut - cut.mean(1, keepdims=True), np.float32)


def _without_bars(before: Gray, after: Gray) -> tuple[Gray, Gray]:
    """Both, less the bars that they share, at the old size."""
    spans = []
    for axis in (1, 0):
        shown = np.flatnonzero(np.maximum(before.std(axis), after.std(axis)) > BAR)
        spans.append(slice(int(shown[0]) + 1, int(shown[-1])) if len(shown) > TEXTURED else slice(None))
    if all(one == slice(None) or one == slice(1, size - 1) for one, size in zip(spans, before.shape, strict=True)):
        return before, after
    size = before.shape[::-1]
    a, b = (cv2.resize(np.ascontiguousarray(one[spans[0], spans[1]]), size) for one in (before, after))
    return np.asarray(a, np.float32), np.asarray(b, np.float32)
