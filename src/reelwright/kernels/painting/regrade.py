"""A film seen at another time, in other weather, in another style: its colours changed, rain or snow before it.

The change of light and style that a painted scene would have is fitted by one affine map of colours, which costs one
pass over a frame; what falls is drawn over it. Nothing in the picture is replaced.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.painting import styles, weather
from reelwright.kernels.painting.finish import Finish
from reelwright.kernels.painting.palette import LIGHT, Colour, Palette, fitted, luma, mixed, palette
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.stage import Screen, Size, Stage, View
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Picture = NDArray[np.uint8]
HORIZON = 0.6
GREY = 0.25  # share of colour that clouds take away


class Regrade:
    """Changes frames one after the other. Only what the prompt told of is changed."""

    def __init__(self, scene: Scene, size: Size, *, seed: int, mask: Picture | None = None) -> None:
        """`mask`: uint8 [h, w], 255 where the film is to be changed; None for everywhere."""
        self._matrix = fitted(_change(scene, palette(scene)))
        self._mask = None if mask is None else mask.astype(np.uint16)[..., None]
        stage = Stage(size)
        if "weather" in scene.told:
            weather.add(stage, scene, palette(scene), np.random.default_rng(seed), horizon=HORIZON)
        self._screen = Screen(stage) if stage.layers else None
        preset = styles.find(scene.preset)
        self._finish = Finish(preset, size) if preset else None

    def frame(self, picture: Picture, at: float) -> Picture:
        """uint8 [h, w, 3] from uint8 [h, w, 3], RGB, `at` seconds."""
        made = np.asarray(cv2.transform(picture, self._matrix), np.uint8)
        if self._screen is not None:
            made = self._screen.over(made, View(), at)
        if self._finish is not None:
            rgba = self._finish.frame(np.asarray(cv2.cvtColor(made, cv2.COLOR_RGB2RGBA), np.uint8))
            made = np.ascontiguousarray(rgba[..., :3])
        if self._mask is None:
            return made
        mixed_up = (made * self._mask + picture * (255 - self._mask)) // 255
        return mixed_up.astype(np.uint8)


def _change(scene: Scene, told: Palette) -> Callable[[Colour], Colour]:
    light = LIGHT[scene.time] if "time" in scene.told else (1.0, 1.0, 1.0)
    is_grey = scene.weather in ("rain", "storm", "snow", "fog", "cloudy") and "weather" in scene.told

    def change(one: Colour) -> Colour:
        lit: Colour = (one[0] * light[0], one[1] * light[1], one[2] * light[2])
        if is_grey:
            lit = mixed(lit, (luma(lit),) * 3, GREY)
        return told.tone(lit)

    return change
