"""The colours of a scene: its light, its air, and how far things lie in it.

Every colour goes through `Palette.of`: it is lit by the time of day, fades into the haze with
distance (aerial perspective), and takes the tone of the style last. Colours are (red, green, blue), 0 to 1, sRGB.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.styles import STYLES, Grade

Colour = tuple[float, float, float]
Sky = Sequence[Colour]


def colour(code: str) -> Colour:
    """From `#rrggbb`."""
    return (int(code[1:3], 16) / 255, int(code[3:5], 16) / 255, int(code[5:7], 16) / 255)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of the other one."""
    share = min(max(share, 0.0), 1.0)
    (r, g, b), (red, green, blue) = one, other
    return r + (red - r) * share, g + (green - g) * share, b + (blue - b) * share


def scaled(one: Colour, by: Colour | float) -> Colour:
    r, g, b = by if isinstance(by, tuple) else (by, by, by)
    return min(1.0, one[0] * r), min(1.0, one[1] * g), min(1.0, one[2] * b)


def luma(one: Colour) -> float:
    return 0.299 * one[0] + 0.587 * one[1] + 0.114 * one[2]


SKIES: Mapping[str, Sky] = {  # from the zenith down to the horizon
    "dawn": tuple(map(colour, ("#49588f", "#9a86b4", "#f0a88f", "#ffdcae"))),
    "day": tuple(map(colour, ("#2b7bd0", "#66aee8", "#b4daf4", "#e6f4fa"))),
    "dusk": tuple(map(colour, ("#2c2354", "#7a3c70", "#df6449", "#ffb765"))),
    "night": tuple(map(colour, ("#050a20", "#0d1839", "#1b2c59", "#33497a"))),
}
LIGHT: Mapping[str, Colour] = {
    "dawn": (0.98, 0.84, 0.80),
    "day": (1.0, 1.0, 0.98),
    "dusk": (0.92, 0.62, 0.52),
    "night": (0.36, 0.44, 0.70),
}
GREYS: Mapping[str, Colour] = {
    "dawn": colour("#b9b4b8"),
    "day": colour("#a9b4bd"),
    "dusk": colour("#7d6a72"),
    "night": colour("#1c2334"),
}
LEAVES: Mapping[str, Sequence[Colour]] = {
    "spring": tuple(map(colour, ("#8fbf5a", "#6fa84c", "#f0b6c6"))),
    "summer": tuple(map(colour, ("#4f9440", "#37783a", "#6ba548"))),
    "autumn": tuple(map(colour, ("#cf7c2b", "#b3502a", "#dba23a"))),
    "winter": tuple(map(colour, ("#7f8f8c", "#67807f", "#e9eff4"))),
}
GRASS: Mapping[str, Colour] = {
    "spring": colour("#8cc063"),
    "summer": colour("#63a549"),
    "autumn": colour("#c2a24c"),
    "winter": colour("#e4ebf1"),
}
NEON = tuple(map(colour, ("#ff3fa4", "#31d7ff", "#ffe14d", "#8c5bff")))
LAMP = colour("#ffd58a")


@dataclass(frozen=True)
class Palette:
    sky: Sky
    light: Colour
    haze: Colour
    thickness: float
    """How much of the haze covers what is farthest."""
    leaves: Sequence[Colour]
    grass: Colour
    tone: Callable[[Colour], Colour]
    is_dark: bool

    def of(self, base: Colour, depth: float = 1.0, *, glow: float = 0.0) -> Colour:
        """A thing's colour as it is seen at a depth (0 farthest, 1 nearest). What glows is not lit."""
        lit = mixed(scaled(base, self.light), base, glow)
        return self.tone(mixed(lit, self.haze, (1.0 - depth) * self.thickness * (1.0 - glow)))

    def lifted(self, share: float, towards: Colour = (1.0, 1.0, 1.0)) -> "Palette":
        """The same with more light, as on what the picture is about."""
        return replace(self, light=mixed(self.light, towards, share))

    def toned_sky(self) -> list[Colour]:
        return [self.tone(one) for one in self.sky]


def palette(scene: Scene) -> Palette:
    sky, light, thickness = SKIES[scene.time], LIGHT[scene.time], 0.82
    cover = {"rain": 0.55, "storm": 0.8, "snow": 0.5, "fog": 0.55, "cloudy": 0.6}.get(scene.weather, 0.0)
    if cover:
        grey = scaled(GREYS[scene.time], 0.62 if scene.weather == "storm" else 1.0)
        sky = tuple(mixed(one, grey, cover) for one in sky)
        light = mixed(light, scaled((0.8, 0.84, 0.9), luma(light)), 0.6 * cover)
        light = scaled(light, 0.72 if scene.weather == "storm" else 0.92)
    if scene.weather == "fog":
        thickness = 0.97
    if scene.weather == "snow" and scene.time != "night":
        sky = tuple(mixed(one, (0.9, 0.93, 0.96), 0.3) for one in sky)
    return Palette(
        sky=sky,
        light=light,
        haze=mixed(sky[2], sky[3], 0.5),
        thickness=thickness,
        leaves=LEAVES[scene.season],
        grass=GRASS["winter" if scene.weather == "snow" else scene.season],
        tone=_tone(scene),
        is_dark=scene.time == "night",
    )


# ---- styles


def _tone(scene: Scene) -> Callable[[Colour], Colour]:
    """That of the style that the prompt names in words, and then that of the preset."""
    told = TONES.get(scene.style, _plain)
    if not scene.preset:
        return told
    preset = graded(STYLES[scene.preset].grade)
    return preset if told is _plain else lambda one: preset(told(one))


def graded(grade: Grade) -> Callable[[Colour], Colour]:
    """What a preset does to a colour; its steps are left to the finished frame."""
    dark, bright = colour(grade.dark), colour(grade.bright)

    @lru_cache(maxsize=KEPT)  # What moves asks for the same colours in each frame.
    def toned(one: Colour) -> Colour:
        grey = luma(one)
        changed = tuple(
            min(1.0, max(0.0, 0.5 + (grey + (part - grey) * grade.saturation - 0.5) * grade.contrast)) ** grade.gamma
            for part in one
        )
        made: Colour = (changed[0], changed[1], changed[2])
        return mixed(made, mixed(dark, bright, luma(made)), grade.tint) if grade.tint else made

    return toned


KEPT = 4096  # changed colours
STEPS = np.linspace(0.0, 1.0, 6)


def fitted(change: Callable[[Colour], Colour]) -> NDArray[np.float32]:
    """The affine map, float32 [3, 4] on 0 to 255, that comes closest to a change of each colour of a grid."""
    grid = np.array([(r, g, b) for r in STEPS for g in STEPS for b in STEPS])
    wanted = np.array([change((float(r), float(g), float(b))) for r, g, b in grid])
    known = np.hstack([grid, np.ones((len(grid), 1))])
    solved, *_ = np.linalg.lstsq(known, wanted, rcond=None)
    matrix = np.asarray(solved.T, np.float32)
    matrix[:, 3] *= 255
    return matrix


def _plain(one: Colour) -> Colour:
    return one


def _ink(one: Colour) -> Colour:
    """Black ink on warm paper, with a breath of the colour left."""
    value = luma(one)
    value = min(1.0, max(0.0, 1.45 * value - 0.16))
    paper = mixed((0.07, 0.08, 0.09), (0.95, 0.92, 0.85), value)
    return mixed(paper, one, 0.10)


def _noir(one: Colour) -> Colour:
    value = luma(one)
    value = value * value * (3 - 2 * value)
    return (value, value, value * 0.99)


def _pastel(one: Colour) -> Colour:
    return mixed(mixed(one, (luma(one),) * 3, 0.22), (1.0, 0.97, 0.95), 0.30)


def _warm(one: Colour) -> Colour:
    return scaled(mixed(one, (1.0, 0.78, 0.48), 0.12), (1.04, 0.99, 0.90))


def _cold(one: Colour) -> Colour:
    return scaled(mixed(one, (luma(one),) * 3, 0.30), (0.90, 0.97, 1.06))


def _neon(one: Colour) -> Colour:
    return mixed(one, (0.35, 0.10, 0.55), 0.16)


TONES: Mapping[str, Callable[[Colour], Colour]] = {
    "ink": _ink,
    "noir": _noir,
    "pastel": _pastel,
    "warm": _warm,
    "cold": _cold,
    "neon": _neon,
}
