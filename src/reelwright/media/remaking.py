"""Pictures from pictures: a still one in motion, a film in another light, a film that goes on."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import parallax
from reelwright.kernels.painting import camera
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.regrade import Regrade
from reelwright.kernels.painting.stage import Size
from reelwright.loading import lazy
from reelwright.media import frames, images

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Picture = NDArray[np.uint8]

RATE = Fraction(24)
REACH = 0.045  # of the camera before a relief, heights
SHRUNK, BLUR = 16, 2.0
"""What fills a picture beside a film: so many times smaller, blurred by so many pixels there."""


def relief(picture: Picture, scene: Scene, count: int, rate: Fraction = RATE) -> Iterator[Picture]:
    """A still picture, uint8 [h, w, 3], seen by the scene's camera for `count` frames, so many a second."""
    made, share = parallax.Relief(picture), REACH / camera.REACH
    for number in range(count):
        view = camera.view(scene.camera, number / max(1, count - 1), float(number / rate))
        yield made.frame(parallax.Move(view.x * share, view.y * share, 1.06 + 0.8 * (view.zoom - 1.02)))


def remade(
    path: str, scene: Scene, size: Size, *, mask: str | None, how: str, more: int, seed: int
) -> Iterator[Picture]:
    """The film at `path` changed as `how` says, at `RATE` and the size; `more` frames are added when it is extended."""
    where = None
    if mask is not None:
        where = images.fitted_over(images.load(mask), size.width, size.height).max(axis=2)
    regrade = Regrade(scene, size, seed=seed, mask=where)
    last = np.zeros((size.height, size.width, 3), np.uint8)
    for number, picture in enumerate(_steady(path)):
        last = (_surrounded if how == "outpaint" else _covering)(picture, size)
        yield last if how in ("extend", "outpaint") else regrade.frame(last, float(number / RATE))
    if how == "extend":
        yield from relief(last, scene, more)


def _steady(path: str) -> Iterator[Picture]:
    """The film's pictures at `RATE`: the latest one that has begun at each moment."""
    number, shown = 0, None
    for frame in frames.stream(path):
        while shown is not None and number / RATE < frame.time:
            yield shown
            number += 1
        shown = np.asarray(frame.rgb)
    if shown is not None:
        yield shown


def _covering(picture: Picture, size: Size) -> Picture:
    return images.fitted_over(picture, size.width, size.height)


def _surrounded(picture: Picture, size: Size) -> Picture:
    """The whole picture in the middle of a larger one that is filled with its own colours, out of focus."""
    small = images.fitted_over(picture, max(2, size.width // SHRUNK), max(2, size.height // SHRUNK))
    ground = images.resized(np.asarray(cv2.GaussianBlur(small, (0, 0), BLUR), np.uint8), size.width, size.height)
    scale = min(size.width / picture.shape[1], size.height / picture.shape[0])
    inner = images.resized(picture, round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    x, y = (size.width - inner.shape[1]) // 2, (size.height - inner.shape[0]) // 2
    ground[y : y + inner.shape[0], x : x + inner.shape[1]] = inner
    return ground
