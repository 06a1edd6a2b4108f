"""Where the faces of a picture are: boxes by a detector, landmarks by a mesh where it is installed.

Implements `kernels.face_tracks.Eye` on the picture it was shown last, a film's frame or a still one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import faces, landmarks
from reelwright.kernels.landmarks import Points
from reelwright.media import frames, planes
from reelwright.models import face_mesh
from reelwright.models.port import BUILTIN, Models, Provider

YUNET = "yunet"
SIDES = (256, 512, 960)  # px of the longer side of the picture that faces are looked for in at most, by `detect_level`
CASCADE_SIDES = (320, 400, 640)
LEAST_SIDE = 256
BREADTH = 13  # px that the least face should be wide in that picture; the networks see no smaller ones
CROP = 192  # px of the square picture in which landmarks are sought: as large as the network sees it
CROP_SHARE = 1.7  # …and how many times the face it holds
FRONTAL_BOX = (0.12, 0.0, 0.76, 1.02)  # where in the cascade's square the face is: x, y, width, height


class Seen(Protocol):
    """A picture that is looked at: its (width, height), and a small copy, uint8 [h, w, 3]."""

    @property
    def size(self) -> tuple[int, int]: ...

    def small(self, width: int, height: int) -> NDArray[np.uint8]: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """How the pictures' planes are kept: (width, height), matrix and range as code points of ITU-T H.273."""

    size: tuple[int, int]
    matrix: int
    span: int


def provider(models: Models, *, shapes: bool = False) -> Provider:
    """Landmarks where they are installed, else the best detector of boxes. `shapes` needs the former."""
    digest = {YUNET: models.digest(YUNET)} if models.installed(YUNET) else {}
    if shapes or face_mesh.is_installed():
        mesh = face_mesh.provider()
        return Provider(mesh.name, mesh.tier, {**mesh.models, **digest})
    return Provider(YUNET, "model", digest) if digest else BUILTIN


def opened(models: Models, chosen: Provider, shown: Shown, *, level: int, least: float) -> "Eye":
    """`level`: how closely is looked, 0 to 2. `least`: breadth of the smallest face that matters, px."""
    precise = chosen.name == face_mesh.NAME
    if models.installed(YUNET):
        detect = models.warm(YUNET, lambda: faces.yunet(models.path(YUNET)))
    else:
        detect = face_mesh.finder(models) if precise else faces.frontal()
    mesh = face_mesh.mesh(models) if precise else None
    return Eye(detect, mesh, _side(chosen, shown.size, level, least), least, shown)


def _side(chosen: Provider, size: tuple[int, int], level: int, least: float) -> int:
    if chosen.name == BUILTIN.name:
        return CASCADE_SIDES[level]  # whatever the least face: a cascade sees only large ones
    return round(min(SIDES[level], max(LEAST_SIDE, BREADTH * max(size) / least)))


class Eye:
    """Implements `kernels.face_tracks.Eye` on the picture it was shown last."""

    def __init__(
        self,
        detect: faces.Detector,
        mesh: face_mesh.Mesh | None,
        side: int,
        least: float,
        shown: Shown,
    ) -> None:
        self.precise = mesh is not None
        self._detect, self._mesh, self._side, self._least = detect, mesh, side, least
        self.knows_degrees = not isinstance(detect, faces.Frontal)
        self._matrix, self._span = frames.matrix_of(shown.matrix, *shown.size), shown.span
        self._frame: Seen
        self._planes: planes.Planes = []

    def at(self, frame: Seen, upright: planes.Planes) -> Self:
        self._frame, self._planes = frame, upright
        return self

    def find(self) -> Sequence[faces.Face]:
        width, height = self._frame.size
        scale = min(1.0, self._side / max(width, height))
        found = self._detect(self._frame.small(max(16, round(width * scale)), max(16, round(height * scale))))
        return [one for one in (face.scaled(1 / scale) for face in found) if one.width >= self._least / 2]

    def place(self, box: faces.Face, *, known: bool) -> Points | None:
        if self._mesh is None:
            if self.knows_degrees:
                return landmarks.ellipse(box.x, box.y, box.width, box.height)
            return landmarks.ellipse(*_face_in(box)) if known or self._is_seen_mirrored(box) else None
        picture, corner, scale = self._crop(box)
        found = self._mesh(picture)
        return None if found is None else (found / np.float32(scale) + corner).astype(np.float32)

    def _is_seen_mirrored(self, box: faces.Face) -> bool:
        """A cascade now and then takes a pattern for a face, but seldom its mirror image too."""
        picture, _, _ = self._crop(box)
        return bool(self._detect(np.ascontiguousarray(picture[:, ::-1])))

    def _crop(self, box: faces.Face) -> tuple[NDArray[np.uint8], Points, float]:
        """The face in a square RGB picture; that square's corner in the frame, and its scale. Black beyond edges."""
        side = CROP_SHARE * max(box.width, box.height)
        height, width = self._planes[0].shape
        left, right = (_even(box.x + box.width / 2 + one * side / 2, width) for one in (-1, 1))
        top, bottom = (_even(box.y + box.height / 2 + one * side / 2, height) for one in (-1, 1))
        part = planes.crop(self._planes, left, top, max(2, right - left), max(2, bottom - top))
        scale = CROP / max(side, 2.0)
        small = planes.resize(part, _even(part[0].shape[1] * scale, CROP, 2), _even(part[0].shape[0] * scale, CROP, 2))
        # Ten bits come down to eight.
        small = [plane if plane.dtype == np.uint8 else (plane >> 2).astype(np.uint8) for plane in small]
        canvas = np.zeros((CROP, CROP, 3), np.uint8)
        rgb = planes.to_rgb(small, self._matrix, self._span)
        canvas[: rgb.shape[0], : rgb.shape[1]] = rgb
        return canvas, np.array([left, top], np.float32), scale


def _even(at: float, most: int, least: int = 0) -> int:
    return min(most & ~1, max(least, round(at / 2) * 2))


def _face_in(box: faces.Face) -> tuple[float, float, float, float]:
    x, y, wide, tall = FRONTAL_BOX
    return box.x + x * box.width, box.y + y * box.height, wide * box.width, tall * box.height
