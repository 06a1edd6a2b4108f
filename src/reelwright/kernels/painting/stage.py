"""The stage: layers at their depths, and the camera before them.

Lengths are in heights of the picture, so that a wider one shows more to its sides: x runs from 0 to
`aspect`, y from 0 (top) to 1. A layer is a picture painted once (`Still`), or is drawn anew for each frame
(`Moving`). Near layers follow the camera's moves more than far ones; that parallax is what makes a
painting a place. Drawing is Skia's, on the CPU, and the same on every run.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
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
Shape = Callable[["skia.Canvas", float], None]
"""The same, in units of its own."""

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


def placed_at(shape: Shape, x: float, y: float, size: float, *, facing: float = 1.0) -> Draw:
    """A shape drawn in units of its own, put at a place."""

    def draw(canvas: "skia.Canvas", at: float) -> None:
        canvas.save()
        canvas.translate(x, y)
        canvas.scale(facing * size, size)
        shape(canvas, at)
        canvas.restore()

    return draw


@dataclass(frozen=True, slots=True)
class Size:
    width: int
    height: int

    @property
    def aspect(self) -> float:
        return self.width / self.height


Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
SURE = 2  # px added around what is drawn, and taken from what is hidden, for interpolation at edges


@dataclass(frozen=True, slots=True)
class Layer:
    depth: float
    draw: Draw
    box: Box | None = None
    """What of the stage it can cover, heights; None for anything."""
    solid: float | None = None
    """From this height down to the end of the stage it lets nothing through, if it does so at all."""


@dataclass
class Stage:
    """Layers are added from far to near."""

    size: Size
    quick: bool = False
    """Mix pixels in Skia's own format, leave out what is hidden, and never turn the camera: a third of the time.

    Some pixels then differ by a level or two from those that are made without."""
    layers: list[Layer] = field(default_factory=list)

    def image(self, rgba: NDArray[np.uint8]) -> "skia.Image":
        """A picture to be drawn by a layer, from uint8 [h, w, 4]."""
        made = skia.Image.fromarray(rgba, skia.kRGBA_8888_ColorType, copy=True)
        if not self.quick:
            return made
        surface = skia.Surface(made.width(), made.height())
        with surface as canvas:
            canvas.clear(0)
            canvas.drawImage(made, 0, 0)
        return surface.makeImageSnapshot()

    def still(
        self, depth: float, draw: Callable[["skia.Canvas"], None], *, top: float = -MARGIN, bottom: float = 1 + MARGIN
    ) -> None:
        """A layer that does not change: painted once, between two heights."""
        image, scale = self._painted(draw, top, bottom)
        box, solid = _covered(image, scale, top)
        smooth = skia.SamplingOptions(skia.FilterMode.kLinear)

        def show(canvas: "skia.Canvas", at: float) -> None:
            canvas.save()
            canvas.translate(-MARGIN, top)
            canvas.scale(1 / scale, 1 / scale)
            canvas.drawImage(image, 0, 0, smooth)
            canvas.restore()

        self.layers.append(Layer(depth, show, box, solid if bottom >= 1 + MARGIN else None))

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


def _covered(image: "skia.Image", scale: float, top: float) -> tuple[Box, float | None]:
    """Where a layer's picture has anything, and from which height on it is without a gap; heights of the stage."""
    alpha = image.toarray()[..., 3]
    rows, columns = np.nonzero(alpha.max(axis=1))[0], np.nonzero(alpha.max(axis=0))[0]
    if not rows.size:
        return (0.0, 0.0, 0.0, 0.0), None
    left, right = columns[0] / scale - MARGIN, (columns[-1] + 1) / scale - MARGIN
    gaps = np.nonzero(alpha.min(axis=1) < 255)[0]
    first = int(gaps[-1]) + 1 if gaps.size else 0
    solid = first / scale + top if first < alpha.shape[0] else None
    return (left, rows[0] / scale + top, right, (rows[-1] + 1) / scale + top), solid


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
        self._stage, self._quick = stage, stage.quick
        size = stage.size
        self.pixels: NDArray[np.uint8] = np.zeros((size.height, size.width, 4), np.uint8)
        """[height, width, 4], RGBA; overwritten by each frame."""
        self._format = skia.ImageInfo.Make(size.width, size.height, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
        own = (self.pixels, skia.kRGBA_8888_ColorType)
        self._surface = skia.Surface(size.width, size.height) if stage.quick else skia.Surface(*own)

    def over(self, picture: NDArray[np.uint8], view: View, at: float) -> NDArray[np.uint8]:
        """The stage drawn over a picture, uint8 [h, w, 3]."""
        self.pixels[..., :3] = picture
        self.pixels[..., 3] = 255
        return np.ascontiguousarray(self.show(view, at)[..., :3])

    def show(self, view: View, at: float) -> NDArray[np.uint8]:
        canvas, size = self._surface.getCanvas(), self._stage.size
        view = replace(view, roll=0.0) if self._quick else view  # Turned pictures are three times as slow to draw.
        middle = (size.aspect / 2, 0.5)
        for layer, seen in zip(self._stage.layers, self._windows(view), strict=True):
            if seen[0] >= seen[2] or seen[1] >= seen[3]:
                continue
            share, zoom = _way(view, layer.depth)
            canvas.save()
            canvas.clipRect(skia.Rect.MakeLTRB(*seen))
            canvas.scale(size.height, size.height)
            canvas.translate(*middle)
            canvas.rotate(math.degrees(view.roll))
            canvas.scale(zoom, zoom)
            canvas.translate(-middle[0] - view.x * share, -middle[1] - view.y * share)
            layer.draw(canvas, at)
            canvas.restore()
        if self._quick:
            self._surface.readPixels(self._format, self.pixels, self.pixels.strides[0], 0, 0)
        return self.pixels

    def _windows(self, view: View) -> list[tuple[int, int, int, int]]:
        """What is to be drawn of each layer, pixels: where it has anything, and no nearer one hides it."""
        size, windows = self._stage.size, list[tuple[int, int, int, int]]()
        hidden = size.height
        for layer in reversed(self._stage.layers):
            left, top, right, bottom = 0, 0, size.width, hidden
            if layer.box is not None:
                x0, y0, x1, y1 = self._on_screen(layer.box, view, layer.depth)
                left, top = max(0, math.floor(x0) - SURE), max(0, math.floor(y0) - SURE)
                right, bottom = min(right, math.ceil(x1) + SURE), min(bottom, math.ceil(y1) + SURE)
            windows.append((left, top, right, bottom))
            if layer.solid is not None and self._quick:
                hidden = min(hidden, self._hides(layer.solid, view, layer.depth))
        return windows[::-1]

    def _hides(self, solid: float, view: View, depth: float) -> int:
        """The first row below which a layer that is solid from a height on hides all; the last one if it hides none."""
        size = self._stage.size
        corners = [
            self._placed((x, y), view, depth) for x in (-MARGIN, size.aspect + MARGIN) for y in (solid, 1 + MARGIN)
        ]
        reaches = max(x for x, _ in corners[:2]) <= 0 and min(x for x, _ in corners[2:]) >= size.width
        if not reaches or min(corners[1][1], corners[3][1]) < size.height:
            return size.height
        return max(0, math.ceil(max(corners[0][1], corners[2][1])) + SURE)

    def _on_screen(self, box: Box, view: View, depth: float) -> Box:
        """The box, pixels, around where a box of the stage is seen."""
        corners = [self._placed((x, y), view, depth) for x in (box[0], box[2]) for y in (box[1], box[3])]
        x, y = [one[0] for one in corners], [one[1] for one in corners]
        return min(x), min(y), max(x), max(y)

    def _placed(self, point: tuple[float, float], view: View, depth: float) -> tuple[float, float]:
        """Where a point of the stage is seen, pixels."""
        size, (share, zoom) = self._stage.size, _way(view, depth)
        x, y = point[0] - size.aspect / 2 - view.x * share, point[1] - 0.5 - view.y * share
        cos, sin = zoom * math.cos(view.roll), zoom * math.sin(view.roll)
        return size.height * (cos * x - sin * y + size.aspect / 2), size.height * (sin * x + cos * y + 0.5)


def _way(view: View, depth: float) -> tuple[float, float]:
    """The share of the camera's way that a layer takes, and its zoom."""
    return FARTHEST + (NEAREST - FARTHEST) * depth, 1 + (view.zoom - 1) * (0.3 + 0.7 * depth)
