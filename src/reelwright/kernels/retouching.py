"""All that is done to the faces of one frame, in its own planes: skin, features and shape.

Only the windows of faces are read and written. A face's skin model is learnt anew now and then and blended in, so that
light may change and an estimate may tremble without being seen to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import landmarks, reshaping, skin, smoothing
from reelwright.kernels.face_tracks import Seen
from reelwright.kernels.landmarks import Points
from reelwright.kernels.maps import Map, larger, size_of, smaller
from reelwright.kernels.smoothing import Strength
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Planes = Sequence[NDArray[Any]]
"""Y, U, V of 4:2:0: uint8, or uint16 with 10 bits."""

RELEARN = 4  # frames between two fits of a face's skin
BLEND = 0.3  # of a newer fit that is taken over
TEXTURE = 0.012  # of the breadth: what is finer counts as texture when it is measured


@dataclass(slots=True)
class _Known:
    """A face's skin, and when it was last learnt."""

    model: skin.Model | None
    age: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """One face before and after. `lift`: mean change of the skin's luma, grey levels; energies of its texture, as
    squared shares of the luma around, for what gets lighter gets more contrast too."""

    lift: float
    texture_before: float
    texture_after: float


@dataclass
class Retoucher:
    """`amounts`: key of `kernels.reshaping` -> -1 to 1. `by_colour`: whether a model says what is skin."""

    strength: Strength
    amounts: Mapping[str, float] = field(default_factory=dict)
    by_colour: bool = True
    _known: dict[int, _Known] = field(default_factory=dict, init=False)

    def apply(self, planes: Planes, faces: Sequence[Seen], *, measure: bool = False) -> list[Measured]:
        """Change the planes in place. Gives figures of each face's skin if asked to `measure`."""
        present = {one.track for one in faces}
        self._known = {track: known for track, known in self._known.items() if track in present}
        measured = [self._skin(planes, one, measure) for one in faces] if self.strength else []
        if any(self.amounts.values()):
            for one in faces:
                self._shape(planes, one)
        return [one for one in measured if one is not None]

    def _skin(self, planes: Planes, face: Seen, measure: bool) -> Measured | None:
        window = skin.region(face.points, size_of(planes[1]))
        if window is None:
            return None
        level = 1.0 if planes[0].dtype == np.uint8 else 4.0  # steps of the samples in one grey level
        parts = [window.of(plane, scale) for plane, scale in zip(planes, (2, 1, 1), strict=True)]
        luma, u, v = (part.astype(np.float32) / np.float32(level) for part in parts)
        half = smaller(luma, size_of(u))
        mask = skin.mask(window, self._model(face.track, window, half, u, v), half, u, v)
        done = smoothing.retouched(
            luma, u, v, mask=mask, inside=window.inside, unit=window.unit, strength=self.strength.faded(face.part)
        )
        for part, plane in zip(parts, done, strict=True):
            part[...] = np.rint(plane * np.float32(level)).clip(0, 256 * level - 1)
        return _measured(luma, done[0], mask, window.unit) if measure else None

    def _model(self, track: int, window: skin.Region, luma: Map, u: Map, v: Map) -> skin.Model | None:
        if not self.by_colour:
            return None
        known = self._known.setdefault(track, _Known(None, RELEARN))
        known.age += 1
        if known.age >= RELEARN:
            newer = skin.fitted(luma, u, v, window.core)
            if newer is not None:
                known.model = known.model.blended(newer, BLEND) if known.model else newer
            known.age = 0
        return known.model

    def _shape(self, planes: Planes, face: Seen) -> None:
        if not landmarks.is_mesh(face.points):
            return
        warp = reshaping.Warp(face.points, self._steps(face.points, face.part), size_of(planes[0]))
        for plane, scale in zip(planes, (1, 2, 2), strict=True):
            warp.apply(plane, scale)

    def _steps(self, points: Points, part: float) -> Points:
        return reshaping.steps(points, {key: amount * part for key, amount in self.amounts.items()})


def _measured(before: Map, after: Map, mask: Map, unit: float) -> Measured | None:
    sure = larger(mask, size_of(before)) > np.float32(0.9)
    if not sure.any():
        return None
    energies = [float((_texture(plane, unit)[sure] ** 2).mean()) for plane in (before, after)]
    return Measured(float((after - before)[sure].mean()), *energies)


def _texture(luma: Map, unit: float) -> Map:
    around = np.asarray(cv2.GaussianBlur(luma, (0, 0), max(0.8, 2 * TEXTURE * unit)), np.float32)
    return np.asarray((luma - around) / np.maximum(around - np.float32(smoothing.BLACK), 8), np.float32)
