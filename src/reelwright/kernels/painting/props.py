"""Things of a story, each drawn alone: a unit high, standing on the origin. What is known by no name is a chest."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from reelwright.kernels.painting import characters, people, things, vehicles
from reelwright.kernels.painting.palette import Colour, Palette, colour, mixed, scaled
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.stage import Draw, paint, polygon
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

Shape = Callable[["skia.Canvas", Palette, float], None]
BRASS, STEEL, CLAY, WOOD, PAPER = map(colour, ("#d8aa3c", "#a9b2bc", "#a9674a", "#80552f", "#f0e6cc"))
INK = (0.13, 0.12, 0.13)
WORDS: Mapping[str, Sequence[str]] = {
    "watch": ("pocket watch", "watch", "clock", "怀表", "手表", "钟"),
    "key": ("key", "钥匙"),
    "coin": ("coin", "coins", "money", "penny", "铜钱", "钱", "大钱", "硬币", "银元"),
    "bowl": ("bowl", "wine bowl", "碗", "酒碗", "饭碗"),
    "dish": ("dish", "plate", "beans", "peanuts", "food", "碟", "盘", "豆", "茴香豆", "菜", "花生"),
    "jar": ("jar", "jug", "vase", "pot", "wine jar", "罐", "坛", "酒坛", "壶", "酒壶", "花瓶"),
    "cake": ("cake", "pie", "tart", "bread", "蛋糕", "饼", "糕", "面包"),
    "sword": ("sword", "blade", "knife", "dagger", "剑", "刀", "匕首"),
    "fan": ("fan", "扇"),
    "brush": ("brush", "pen", "quill", "毛笔", "笔"),
    "scroll": (
        "letter",
        "scroll",
        "paper",
        "map",
        "note",
        "ledger",
        "card",
        "信",
        "卷轴",
        "纸",
        "地图",
        "账",
        "字条",
        "粉板",
    ),
    "hat": ("hat", "cap", "帽"),
    "door": ("door", "gate", "门"),
    "table": ("table", "counter", "desk", "bench", "stool", "桌", "柜台", "凳", "台"),
    "basket": ("basket", "篮", "筐", "蒲包"),
    "cane": ("cane", "stick", "staff", "杖", "棍"),
    "mirror": ("mirror", "looking-glass", "镜"),
}
FROM_SCENES = frozenset(
    {
        *("cup", "book", "bottle", "flower", "fire", "tower", "lantern", "kite", "umbrella"),
        *("boat", "car", "train", "bicycle"),
    }
)
SIZES = {"cup": 0.8, "book": 0.8, "boat": 0.55, "car": 0.4, "train": 0.3, "bicycle": 0.5, "kite": 0.45, "lantern": 0.5}
"""How large those are drawn, whose own units are others."""
LIFTS = {"kite": 0.5, "lantern": 0.5, "umbrella": -0.35, "boat": 0.1, "car": 0.05, "train": 0.1, "bicycle": 0.05}
"""How far above their foot the middle of those lies."""


def shape_of(prompt: str, scene: Scene) -> Shape:
    """What the first thing is that a prompt, in small letters, names."""
    known = min(
        (
            (at.start(), -len(word), kind)
            for kind, words in WORDS.items()
            for word in words
            if (at := _found(word, prompt)) is not None
        ),
        default=None,
    )
    subject = next((one for one in scene.subjects if one.kind in FROM_SCENES), None)
    if subject is not None and (known is None or (prompt.find(subject.word), -len(subject.word)) < known[:2]):
        return _from_scene(subject.kind, subject.colour)
    return SHAPES[known[2]] if known else chest


def _found(word: str, prompt: str) -> re.Match[str] | None:
    return characters.pattern(word).search(prompt)


def placed(shape: Shape, palette: Palette, x: float, foot: float, side: float) -> Draw:
    def draw(canvas: "skia.Canvas", at: float) -> None:
        canvas.save()
        canvas.translate(x, foot)
        canvas.scale(side, side)
        shape(canvas, palette, at)
        canvas.restore()

    return draw


def _from_scene(kind: str, given: str | None) -> Shape:
    shade = things.shade_of(kind, given)

    def draw(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
        size = SIZES.get(kind, 0.95)
        canvas.translate(0, -LIFTS.get(kind, 0.0))
        canvas.scale(size, size)
        if kind == "lantern":
            things.lantern(canvas, palette, shade, at, 0.0)
        elif kind == "umbrella":
            people.umbrella_over(canvas, palette, shade, at)
        elif kind in ("boat", "car", "train", "bicycle"):
            getattr(vehicles, kind)(canvas, palette, shade, at)
        else:
            getattr(things, kind)(canvas, palette, shade, at)

    return draw


def _oval(left: float, top: float, width: float, height: float) -> "skia.Rect":
    return skia.Rect.MakeXYWH(left, top, width, height)


def _bulged(points: Sequence[tuple[float, float]]) -> "skia.Path":
    """A closed outline, the same on both sides, from half of it: (half width, height) from the top down."""
    path = skia.Path()
    path.moveTo(points[0][0], points[0][1])
    for (x0, y0), (x1, y1) in pairwise(points):
        path.cubicTo(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2, x1, y1)
    path.lineTo(-points[-1][0], points[-1][1])
    for (x0, y0), (x1, y1) in pairwise(points[::-1]):
        path.cubicTo(-x0, (y0 + y1) / 2, -x1, (y0 + y1) / 2, -x1, y1)
    path.close()
    return path


def _shaded(canvas: "skia.Canvas", path: "skia.Path", palette: Palette, base: Colour) -> None:
    """Filled, its left side in shade."""
    canvas.drawPath(path, paint(palette.of(base)))
    canvas.save()
    canvas.clipPath(path, True)
    canvas.drawRect(_oval(-1, -2, 0.82, 3), paint(palette.of(scaled(base, 0.7)), 0.55))
    canvas.restore()


def bowl(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    _shaded(canvas, _bulged([(0.46, -0.52), (0.40, -0.22), (0.18, -0.06), (0.20, 0.0)]), palette, colour("#d8d2c4"))
    canvas.drawOval(_oval(-0.46, -0.62, 0.92, 0.20), paint(palette.of(colour("#f1ede2"))))
    canvas.drawOval(_oval(-0.40, -0.595, 0.80, 0.15), paint(palette.of(colour("#c99a4a"))))
    canvas.drawLine(-0.43, -0.40, 0.43, -0.40, paint(palette.of(colour("#3a5f8a")), stroke=0.02))


def dish(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    _shaded(canvas, _bulged([(0.50, -0.20), (0.30, -0.06), (0.22, 0.0)]), palette, colour("#dcd6c8"))
    canvas.drawOval(_oval(-0.50, -0.30, 1.0, 0.20), paint(palette.of(colour("#f1ede2"))))
    for number in range(17):
        angle, reach = 2.4 * number, 0.09 * math.sqrt(number)
        x, y = reach * math.cos(angle), -0.225 + 0.19 * reach * math.sin(angle) - 0.012 * (17 - number) / 3
        canvas.drawOval(_oval(x - 0.045, y - 0.035, 0.09, 0.06), paint(palette.of(colour("#8a6a3a"))))
        canvas.drawOval(_oval(x - 0.03, y - 0.03, 0.04, 0.02), paint(palette.of(colour("#b8945a"))))


def jar(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    _shaded(canvas, _bulged([(0.16, -0.98), (0.14, -0.86), (0.40, -0.60), (0.36, -0.25), (0.22, 0.0)]), palette, CLAY)
    canvas.drawOval(_oval(-0.17, -1.02, 0.34, 0.09), paint(palette.of(scaled(CLAY, 0.6))))
    label = polygon([(0.0, -0.66), (0.17, -0.49), (0.0, -0.32), (-0.17, -0.49)])
    canvas.drawPath(label, paint(palette.of(colour("#b8322a"))))


def coin(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    for x, y in ((-0.17, -0.30), (0.17, -0.24), (0.0, -0.60)):
        canvas.drawCircle(x + 0.02, y + 0.02, 0.27, paint(palette.of(scaled(BRASS, 0.55))))
        canvas.drawCircle(x, y, 0.27, paint(palette.of(BRASS)))
        canvas.drawCircle(x, y, 0.235, paint(palette.of(scaled(BRASS, 0.72)), stroke=0.02))
        canvas.drawRect(_oval(x - 0.065, y - 0.065, 0.13, 0.13), paint(palette.of(scaled(BRASS, 0.35))))


def key(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    brass = palette.of(BRASS)
    canvas.drawCircle(0, -0.80, 0.15, paint(brass, stroke=0.07))
    canvas.drawLine(0, -0.64, 0, -0.06, paint(brass, stroke=0.075))
    for y, reach in ((-0.10, 0.20), (-0.24, 0.15)):
        canvas.drawLine(0, y, reach, y, paint(brass, stroke=0.07))
    canvas.drawLine(-0.02, -0.62, -0.02, -0.08, paint(palette.of(mixed(BRASS, (1, 1, 1), 0.5)), stroke=0.014))


def watch(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    canvas.drawCircle(0, -0.90, 0.07, paint(palette.of(BRASS), stroke=0.03))
    canvas.drawCircle(0, -0.42, 0.42, paint(palette.of(scaled(BRASS, 0.8))))
    canvas.drawCircle(0, -0.42, 0.39, paint(palette.of(BRASS)))
    canvas.drawCircle(0, -0.42, 0.33, paint(palette.of((0.97, 0.96, 0.90))))
    for number in range(12):
        x, y = math.sin(math.pi * number / 6), math.cos(math.pi * number / 6)
        canvas.drawLine(0.26 * x, -0.42 - 0.26 * y, 0.30 * x, -0.42 - 0.30 * y, paint(palette.of(INK), stroke=0.018))
    canvas.drawLine(0, -0.42, 0.11, -0.56, paint(palette.of(INK), stroke=0.026))
    canvas.drawLine(0, -0.42, -0.04, -0.66, paint(palette.of(INK), stroke=0.018))


def cake(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    _shaded(canvas, _bulged([(0.46, -0.46), (0.46, 0.0)]), palette, colour("#d8a45c"))
    canvas.drawRect(_oval(-0.46, -0.30, 0.92, 0.06), paint(palette.of(colour("#f4e4d0"))))
    canvas.drawOval(_oval(-0.48, -0.60, 0.96, 0.26), paint(palette.of(colour("#f3d9dc"))))
    for number in range(7):
        angle = 0.9 * number
        x, y = 0.34 * math.cos(angle), -0.48 + 0.08 * math.sin(angle)
        canvas.drawCircle(x, y, 0.05, paint(palette.of(colour("#b8263a"))))


def sword(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    canvas.rotate(14)
    canvas.drawPath(
        polygon([(-0.05, -0.30), (-0.04, -0.94), (0.0, -1.02), (0.04, -0.94), (0.05, -0.30)]), paint(palette.of(STEEL))
    )
    canvas.drawLine(0, -0.96, 0, -0.30, paint(palette.of(scaled(STEEL, 0.7)), stroke=0.012))
    canvas.drawLine(-0.17, -0.28, 0.17, -0.28, paint(palette.of(BRASS), stroke=0.06))
    canvas.drawLine(0, -0.25, 0, -0.06, paint(palette.of(WOOD), stroke=0.075))
    canvas.drawCircle(0, -0.03, 0.05, paint(palette.of(BRASS)))


def fan(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    path = skia.Path()
    path.moveTo(0, -0.05)
    path.arcTo(_oval(-0.55, -0.70, 1.1, 1.1), 200, 140, False)
    path.close()
    canvas.drawPath(path, paint(palette.of(PAPER)))
    for number in range(8):
        angle = math.radians(205 + 130 * number / 7)
        tip = (0.54 * math.cos(angle), -0.15 + 0.54 * math.sin(angle))
        canvas.drawLine(0, -0.05, *tip, paint(palette.of(WOOD), stroke=0.016))


def brush(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    canvas.rotate(20)
    canvas.drawLine(0, -0.98, 0, -0.28, paint(palette.of(scaled(WOOD, 1.1)), stroke=0.06))
    canvas.drawLine(0, -0.36, 0, -0.28, paint(palette.of(BRASS), stroke=0.07))
    canvas.drawPath(
        polygon([(-0.055, -0.27), (0.055, -0.27), (0.03, -0.10), (0.0, 0.0), (-0.03, -0.10)]), paint(palette.of(INK))
    )


def scroll(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    canvas.drawRect(_oval(-0.36, -0.92, 0.72, 0.86), paint(palette.of(PAPER)))
    for y in (-0.93, -0.06):
        canvas.drawRoundRect(_oval(-0.44, y - 0.045, 0.88, 0.09), 0.04, 0.04, paint(palette.of(WOOD)))
    for number in range(6):
        y = -0.80 + 0.12 * number
        canvas.drawLine(-0.27, y, 0.27 - 0.09 * (number % 3), y, paint(palette.of(INK), 0.75, stroke=0.016))


def hat(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    felt = colour("#4a3f3a")
    _shaded(canvas, _bulged([(0.22, -0.62), (0.30, -0.40), (0.30, -0.12)]), palette, felt)
    canvas.drawRect(_oval(-0.30, -0.24, 0.60, 0.09), paint(palette.of(colour("#8a2f2a"))))
    canvas.drawOval(_oval(-0.52, -0.18, 1.04, 0.16), paint(palette.of(scaled(felt, 0.8))))


def door(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    canvas.drawRect(_oval(-0.36, -1.02, 0.72, 1.02), paint(palette.of(scaled(WOOD, 0.6))))
    canvas.drawRect(_oval(-0.30, -0.96, 0.60, 0.96), paint(palette.of(WOOD)))
    for x in (-0.23, 0.05):
        for y, tall in ((-0.88, 0.40), (-0.40, 0.32)):
            canvas.drawRect(_oval(x, y, 0.18, tall), paint(palette.of(scaled(WOOD, 0.75))))
    canvas.drawCircle(0.24, -0.46, 0.035, paint(palette.of(BRASS)))


def table(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    for x in (-0.42, 0.34):
        canvas.drawRect(_oval(x, -0.52, 0.08, 0.52), paint(palette.of(scaled(WOOD, 0.7))))
    canvas.drawRoundRect(_oval(-0.54, -0.60, 1.08, 0.10), 0.02, 0.02, paint(palette.of(scaled(WOOD, 1.15))))
    canvas.drawRect(_oval(-0.40, -0.50, 0.80, 0.08), paint(palette.of(scaled(WOOD, 0.85))))


def basket(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    straw = colour("#b98a4a")
    canvas.drawArc(_oval(-0.34, -0.96, 0.68, 0.90), 180, 180, False, paint(palette.of(scaled(straw, 0.8)), stroke=0.05))
    path = _bulged([(0.42, -0.52), (0.38, -0.20), (0.30, 0.0)])
    _shaded(canvas, path, palette, straw)
    canvas.save()
    canvas.clipPath(path, True)
    for number in range(6):
        canvas.drawLine(
            -0.5,
            -0.46 + 0.09 * number,
            0.5,
            -0.46 + 0.09 * number,
            paint(palette.of(scaled(straw, 0.6)), 0.8, stroke=0.014),
        )
    canvas.restore()


def cane(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    canvas.drawLine(0.05, -0.86, -0.04, 0.0, paint(palette.of(WOOD), stroke=0.055))
    canvas.drawArc(_oval(-0.17, -1.0, 0.24, 0.24), 180, 200, False, paint(palette.of(WOOD), stroke=0.055))


def mirror(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    canvas.drawLine(0, -0.30, 0, 0.0, paint(palette.of(BRASS), stroke=0.08))
    canvas.drawOval(_oval(-0.34, -1.02, 0.68, 0.76), paint(palette.of(BRASS)))
    canvas.drawOval(_oval(-0.28, -0.96, 0.56, 0.64), paint(palette.of(colour("#cfe2ea"))))
    canvas.drawLine(-0.12, -0.80, 0.05, -0.90, paint(palette.of((1, 1, 1)), 0.8, stroke=0.03))


def chest(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    canvas.drawRoundRect(_oval(-0.48, -0.44, 0.96, 0.44), 0.02, 0.02, paint(palette.of(WOOD)))
    canvas.drawRoundRect(_oval(-0.50, -0.66, 1.0, 0.26), 0.10, 0.10, paint(palette.of(scaled(WOOD, 1.2))))
    for x in (-0.38, 0.30):
        canvas.drawRect(_oval(x, -0.66, 0.08, 0.66), paint(palette.of(scaled(BRASS, 0.7))))
    canvas.drawRect(_oval(-0.07, -0.46, 0.14, 0.14), paint(palette.of(BRASS)))


SHAPES: Mapping[str, Shape] = {
    "watch": watch, "key": key, "coin": coin, "bowl": bowl, "dish": dish, "jar": jar, "cake": cake, "sword": sword,
    "fan": fan, "brush": brush, "scroll": scroll, "hat": hat, "door": door, "table": table, "basket": basket,
    "cane": cane, "mirror": mirror,
}  # fmt: skip
