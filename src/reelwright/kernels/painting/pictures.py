"""A prompt's moving picture: the scene that is read from it, painted, and seen by a camera.

    show = Painting(scene, Size(1280, 720), seed=7)
    for number in range(120):
        rgba = show.frame(number / 24, 5.0)

The same scene, size and seed give the same bytes on the same machine.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.painting import camera, casting, weather
from reelwright.kernels.painting.palette import palette
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.settings import PLACES, Painter
from reelwright.kernels.painting.stage import Screen, Size, Stage


class Painting:
    """A painted scene."""

    def __init__(
        self, scene: Scene, size: Size, *, seed: int, guests: Sequence[NDArray[np.uint8]] = (), closer: float = 0.0
    ) -> None:
        """`guests`: subjects cut out of pictures (RGBA), who stand where painted ones would. `closer`: more zoom."""
        self.scene = scene
        stage, generator = Stage(size), np.random.default_rng(seed)
        on = Painter(stage, scene, palette(scene), generator)
        ground = PLACES[scene.setting](on)
        casting.cast(on, ground, guests)
        if scene.setting not in ("room", "space", "underwater"):
            weather.add(stage, scene, on.palette, generator, horizon=ground.horizon)
        self._screen, self._closer = Screen(stage), closer

    def frame(self, at: float, seconds: float, *, since: float = 0.0) -> NDArray[np.uint8]:
        """The picture at a moment of a shot of so many seconds, which began at `since`.

        Returns:
            uint8 [height, width, 4], RGBA. It is overwritten by the next call.
        """
        view = camera.view(self.scene.camera, (at - since) / seconds if seconds else 0.0, at)
        return self._screen.show(replace(view, zoom=view.zoom + self._closer), at)
