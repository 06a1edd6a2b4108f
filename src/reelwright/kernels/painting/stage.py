"""The stage: layers at their depths, and the camera before them.

Lengths are in heights of the picture, so that a wider one shows more to its sides: x runs from 0 to
`aspect`, y from 0 (top) to 1. A layer is a picture painted once (`Still`), or is drawn anew for each frame
(`Moving`). Near layers follow the camera's moves more than far ones; that parallax is what makes a
painting a place. Drawing is Skia's, on the CPU, and the same on every run.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.painting.palette import Colour
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

Draw = Callable[["skia.Canvas", float], None]
"""Draws at a moment, seconds."""

MARGIN = 0.20
"""Beyond each edge of the picture, heights: room for the camera."""
NEAREST, FARTHEST = 1.0, 0.12
"""Share of the camera's way that the nearest and the farthest layer take."""


def paint(colour: Colour, alpha: float = 1.0, *, stroke: float = 0.0) -> "skia.Paint":
    """A paint of one colour; with `stroke`, a line of that width."""
    made = skia.Paint(AntiAlias=True, Color4f=skia.Color4f(*colour, alpha))
    if stroke:
        made.setStyle(skia.Paint.kStroke_Style)
        made.setStrokeWidth(stroke)
        made.setStrokeCap(skia.Paint.kRound_Cap)
        made.setStrokeJoin(skia.Paint.kRound_Join)
    return made


def gradient(
    start: tuple[float, float], end: tuple[float, float], stops: Sequence[tuple[float, Colour, float]]
) -> "skia.Paint":
    """A linear gradient; a stop is (place from 0 to 1, colour, alpha)."""
    shader = skia.GradientShader.MakeLinear(
        points=[skia.Point(*start), skia.Point(*end)],
        colors=[skia.Color4f(*colour, alpha).toColor() for _, colour, alpha in stops],
        positions=[place for place, _, _ in stops],
    )
    return skia.Paint(AntiAlias=True, Shader=shader, Dither=True)


def glow(x: float, y: float, radius: float, colour: Colour, alpha: float) -> "skia.Paint":
    """Light that falls off around a point."""
    whole = skia.Color4f(*colour, alpha).toColor()
    half = skia.Color4f(*colour, alpha * 0.35).toColor()
    none = skia.Color4f(*colour, 0.0).toColor()
    shader = skia.GradientShader.MakeRadial(skia.Point(x, y), radius, [whole, half, none], [0.0, 0.35, 1.0])
    return skia.Paint(AntiAlias=True, Shader=shader, Dither=True)


def polygon(points: Sequence[tuple[float, float]] | NDArray[np.float64]) -> "skia.Path":
    return skia.Path().addPoly([skia.Point(float(x), float(y)) for x, y in points], True)


@dataclass(frozen=True, slots=True)
class Size:
    width: int
    height: int

    @property
    def aspect(self) -> float:
        return self.width / self.height


@dataclass(frozen=True, slots=True)
class Layer:
    depth: float
    draw: Draw


@dataclass
class Stage:
    """Layers are added from far to near."""

    size: Size
    layers: list[Layer] = field(default_factory=list)

    def still(
        self, depth: float, draw: Callable[["skia.Canvas"], None], *, top: float = -MARGIN, bottom: float = 1 + MARGIN
    ) -> None:
        """A layer that does not change: painted once, between two heights."""
        image, scale = self._painted(draw, top, bottom)
        smooth = skia.SamplingOptions(skia.FilterMode.kLinear)

        def show(canvas: "skia.Canvas", at: float) -> None:
            canvas.save()
            canvas.translate(-MARGIN, top)
            canvas.scale(1 / scale, 1 / scale)
            canvas.drawImage(image, 0, 0, smooth)
            canvas.restore()

        self.layers.append(Layer(depth, show))

    def moving(self, depth: float, draw: Draw) -> None:
        self.layers.append(Layer(depth, draw))

    def _painted(self, draw: Callable[["skia.Canvas"], None], top: float, bottom: float) -> tuple["skia.Image", float]:
        scale = float(self.size.height)
        width = math.ceil((self.size.aspect + 2 * MARGIN) * scale)
        surface = skia.Surface(width, max(1, math.ceil((bottom - top) * scale)))
        with surface as canvas:
            canvas.clear(0)
            canvas.scale(scale, scale)
            canvas.translate(MARGIN, -top)
            draw(canvas)
        return surface.makeImageSnapshot(), scale


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera is: moved by (x, y) heights, turned by `roll` radians, at a zoom."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    roll: float = 0.0


class Screen:
    """Draws the stage's layers as a camera sees them into one picture, again and again."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        size = stage.size
        self.pixels: NDArray[np.uint8] = np.zeros((size.height, size.width, 4), np.uint8)
        """[height, width, 4], RGBA; overwritten by each frame."""
        self._surface = skia.Surface(self.pixels, skia.kRGBA_8888_ColorType)

    def over(self, picture: NDArray[np.uint8], view: View, at: float) -> NDArray[np.uint8]:
        """The stage drawn over a picture, uint8 [h, w, 3]."""
        self.pixels[..., :3] = picture
        self.pixels[..., 3] = 255
        return np.ascontiguousarray(self.show(view, at)[..., :3])

    def show(self, view: View, at: float) -> NDArray[np.uint8]:
        canvas, size = self._surface.getCanvas(), self._stage.size
        middle = (size.aspect / 2, 0.5)
        for layer in self._stage.layers:
            share = FARTHEST + (NEAREST - FARTHEST) * layer.depth
            zoom = 1 + (view.zoom - 1) * (0.3 + 0.7 * layer.depth)
            canvas.save()
            canvas.scale(size.height, size.height)
            canvas.translate(*middle)
            canvas.rotate(math.degrees(view.roll))
            canvas.scale(zoom, zoom)
            canvas.translate(-middle[0] - view.x * share, -middle[1] - view.y * share)
            layer.draw(canvas, at)
            canvas.restore()
        return self.pixels
