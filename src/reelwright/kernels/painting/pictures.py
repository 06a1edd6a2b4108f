"""A prompt's moving picture: the scene that is read from it, painted, and seen by a camera.

    show = Painting(scene, Size(1280, 720), seed=7)
    for number in range(120):
        rgba = show.frame(number / 24, 5.0)

The same scene, size and seed give the same bytes on the same machine.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.painting import camera, casting, styles, weather
from reelwright.kernels.painting.finish import Finish
from reelwright.kernels.painting.palette import palette
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.settings import PLACES, Painter
from reelwright.kernels.painting.stage import Screen, Size, Stage, View


class Painting:
    """A painted scene."""

    def __init__(
        self, scene: Scene, size: Size, *, seed: int, guests: Sequence[NDArray[np.uint8]] = (), closer: float = 0.0
    ) -> None:
        """`guests`: subjects cut out of pictures (RGBA), who stand where painted ones would. `closer`: more zoom."""
        self.scene = scene
        stage, generator = Stage(size, quick=scene.is_told), np.random.default_rng(seed)
        on = Painter(stage, scene, palette(scene), generator)
        ground = PLACES[scene.setting](on)
        face = casting.cast(on, ground, guests)
        if scene.setting not in ("room", "space", "underwater"):
            weather.add(stage, scene, on.palette, generator, horizon=ground.horizon)
        self._screen, self._closer = Screen(stage), closer
        self._aim = camera.aimed(scene.framing, face, size.aspect) if face else View()
        preset = styles.find(scene.preset)
        self._finish = Finish(preset, size) if preset else None

    def frame(self, at: float, seconds: float, *, since: float = 0.0) -> NDArray[np.uint8]:
        """The picture at a moment of a shot of so many seconds, which began at `since`.

        Returns:
            uint8 [height, width, 4], RGBA. It is overwritten by the next call.
        """
        view = camera.view(self.scene.camera, (at - since) / seconds if seconds else 0.0, at)
        aim = self._aim
        near = 1 + 0.7 * (aim.zoom - 1)
        view = View(view.x / near + aim.x, view.y / near + aim.y, view.zoom + self._closer + aim.zoom - 1, view.roll)
        drawn = self._screen.show(view, at)
        return self._finish.frame(drawn) if self._finish else drawn
