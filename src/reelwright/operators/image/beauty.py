"""Make the faces in a still portrait look their best: even skin, more light, clear eyes, and if wished another shape.

What `video.beauty` does to a frame, to one picture. Outside the faces no pixel changes, and alpha stays. Skin needs
nothing installed; with the `yunet` model small and turned faces are found too. The keys of shape need landmarks
(`make face`): where these are not installed, a job that asks for one fails and says so.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import masks
from reelwright.kernels.face_tracks import Seen, Tracker
from reelwright.kernels.retouching import Retoucher
from reelwright.media import face_eye, pictures, planes
from reelwright.models.port import BUILTIN, Models, Provider
from reelwright.operators import Context, Quality, Resources, Result, files, operator, param
from reelwright.operators.picture import PictureResult, opened, saved
from reelwright.operators.retouch import RetouchParams

BT601, FULL = 6, 2  # code points of ITU-T H.273: no rounding to the limited range
LEAST_SIDE = 16  # px
AROUND = 2  # px about what a change of shape has moved


class BeautyParams(RetouchParams):
    image: files.Image = param("Picture with people in it.")


class Face(Result):
    x: float = param("Left edge of its outline.", unit="px")
    y: float = param("Upper edge.", unit="px")
    width: float = param("Its width.", unit="px")
    height: float = param("Its height.", unit="px")


class BeautyResult(PictureResult):
    faces: tuple[Face, ...] = param("The faces that were worked on.")
    landmarks: bool = param("Faces were known by their landmarks, not by boxes alone.")
    skin_lift: float = param("Mean change of the skin's luma, in grey levels of 8 bits.")
    texture_kept: float = param("Share of the energy of the skin's fine texture that is still there.", ge=0)


def choose(params: BeautyParams, models: Models) -> Provider:
    return face_eye.provider(models, shapes=bool(params.amounts))


@operator(
    version=1,
    quality=Quality("pixels_changed_outside", at_most=0),
    resources=Resources(memory=2 << 30),
    choose=choose,
    tiers=("builtin", "model"),
)
def beauty(params: BeautyParams, ctx: Context) -> BeautyResult:
    given = opened(params.image, ctx)
    chosen = choose(params, ctx.models)
    colours = pictures.rgb(given.pixels)
    before = planes.from_rgb(_even(colours), BT601, FULL)
    after = [plane.copy() for plane in before]
    eye = _eye(params, ctx, chosen, _Still(colours), before)
    found = _faces(params, eye, before[0]) if min(given.size) >= LEAST_SIDE else []
    ctx.check()
    measured = Retoucher(params.strength, params.amounts, params.skin_model).apply(after, found, measure=True)
    made = _put(colours, before, after, shapes=bool(params.amounts)) if found else colours
    if pictures.has_alpha(given.pixels):
        made = pictures.with_alpha(made, given.pixels[..., 3])
    energy = sum(one.texture_before for one in measured)
    return saved(
        ctx,
        given.pixels if not found else made,
        (*given.notes, *_notes(params, found, chosen)),
        BeautyResult,
        faces=tuple(_told(one) for one in found),
        landmarks=eye.precise,
        skin_lift=round(float(np.mean([one.lift for one in measured])), 2) if measured else 0.0,
        texture_kept=round(sum(one.texture_after for one in measured) / energy, 4) if energy else 1.0,
    )


@dataclass(frozen=True, slots=True)
class _Still:
    """A picture as the eye looks at one."""

    rgb: NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        return self.rgb.shape[1], self.rgb.shape[0]

    def small(self, width: int, height: int) -> NDArray[np.uint8]:
        return pictures.scaled(self.rgb, width, height, method="area")


def _eye(params: BeautyParams, ctx: Context, chosen: Provider, still: _Still, upright: planes.Planes) -> face_eye.Eye:
    shown = face_eye.Shown(still.size, BT601, FULL)
    eye = face_eye.opened(ctx.models, chosen, shown, level=params.detect_level, least=params.min_face)
    return eye.at(still, upright)


def _faces(params: BeautyParams, eye: face_eye.Eye, luma: NDArray[np.uint8]) -> list[Seen]:
    tracker = Tracker(
        interval=1,
        most=params.max_face_num,
        least=params.min_face,
        threshold=params.threshold if eye.knows_degrees else 0.0,
        alone=True,
    )
    tracker.push(luma, eye)
    return tracker.pop()


def _even(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """With even sides: the last row or column twice where one is odd."""
    height, width = rgb.shape[:2]
    return np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def _put(colours: NDArray[np.uint8], before: planes.Planes, after: planes.Planes, *, shapes: bool) -> NDArray[np.uint8]:
    """What was changed in the planes, changed in the picture: its own fine colours stay where nothing was moved."""
    height, width = colours.shape[:2]
    old, new = (planes.to_rgb(one, BT601, FULL)[:height, :width].astype(np.int16) for one in (before, after))
    if not shapes:
        return np.clip(colours + (new - old), 0, 255).astype(np.uint8)
    moved = masks.grown(np.where((new != old).any(axis=2), 255, 0).astype(np.uint8), AROUND)
    share = masks.feathered(moved, AROUND / 2)[..., None].astype(np.float32) / 255
    share[moved == 0] = 0
    return np.rint(colours + share * (new - colours)).astype(np.uint8)


def _told(face: Seen) -> Face:
    low, high = face.points.min(axis=0), face.points.max(axis=0)
    (x, y), (width, height) = low.tolist(), (high - low).tolist()
    return Face(x=round(x, 1), y=round(y, 1), width=round(width, 1), height=round(height, 1))


def _notes(params: BeautyParams, found: list[Seen], chosen: Provider) -> list[str]:
    notes = [] if found else ["no face was found: the picture is as it was"]
    if chosen.name == BUILTIN.name and "threshold" in params.model_fields_set:
        notes.append("threshold does not count: the detector inside OpenCV knows no degrees")
    if not params.strength and not params.amounts:
        notes.append("nothing was asked for: all amounts are 0 or switched off")
    return notes
