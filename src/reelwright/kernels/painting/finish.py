"""What a style adds to a finished frame: fewer tones, lines, light, a texture.

Lines are where brightness changes within a few pixels, drawn darker; light is a glow around what is bright, a rim on
what faces up and left, or a dark edge of the picture; paper, grain and wood lie still on the frame and darken it, a
halftone is a still screen of dots that grow where it is dark. All work on each frame alone, so that nothing flickers;
most is found at half the size. Colours are the business of `palette`.
"""

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.painting import noise
from reelwright.kernels.painting.stage import Size
from reelwright.kernels.painting.styles import Style
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Picture = NDArray[np.uint8]
Map = NDArray[np.float32]

SEED = 11  # of the textures: the same paper under every shot
LINES = {  # least and full change of brightness (levels, within two pixels), strength, rounds of thickening
    "fine": (14, 46, 0.62, 0),
    "ink": (10, 40, 0.85, 0),
    "bold": (16, 44, 1.0, 1),
    "brush": (8, 60, 0.80, 1),
}
VIGNETTE = 70.0  # levels that the corners lose in dramatic light
FINE = 480  # px; of smaller pictures the lines are found at full size, or they would be thick
FAINT = 8  # times smaller at which the glow is found
DOT = 0.0085  # between two dots of a halftone, heights
LEVELS = np.arange(256)
GLOWS = np.stack([np.clip(0.55 * (LEVELS - 150), 0, 255)] * 3 + [np.zeros(256)], axis=1).astype(np.uint8)[None]
"""Of a bright place: what spreads around it. uint8 [1, 256, 4], without alpha."""
RIMS = np.clip(1.6 * (LEVELS - 10), 0, 255).astype(np.uint8)
"""Of a change of brightness: light on the edge."""
DOTTED = np.clip(3 * LEVELS, 0, 46).astype(np.uint8)
"""Of how much darker than the screen a pixel is: what a dot takes away."""


class Finish:
    """Finishes frames of one size, uint8 [h, w, 4], RGBA; they are changed in place."""

    def __init__(self, style: Style, size: Size, *, plain: bool = False) -> None:
        """`plain` leaves out what covers the ground: texture and light, for pictures from which subjects are cut."""
        self._style, self._size = style, size
        self._steps = _steps(style.grade.levels) if style.grade.levels else None
        self._ground = None if plain else _ground(style, size)
        self._dots = _dots(size) if style.texture == "halftone" and not plain else None
        self._light = "flat" if plain else style.light
        part = 2 if min(size.width, size.height) >= FINE else 1
        self._half = (max(1, size.width // part), max(1, size.height // part))
        self._lines = _ramps(style) if style.line != "none" else None

    def frame(self, rgba: Picture) -> Picture:
        """The same array, finished."""
        half = None
        if self._lines is not None or self._light == "rim":
            half = cv2.cvtColor(cv2.resize(rgba, self._half, interpolation=cv2.INTER_AREA), cv2.COLOR_RGBA2GRAY)
        if self._steps is not None:
            self._flatten(rgba, *self._steps)
        if self._light == "soft":
            cv2.add(rgba, self._glow(rgba), dst=rgba)
        if self._light == "rim" and half is not None:
            cv2.add(rgba, self._rim(half), dst=rgba)
        if self._dots is not None:
            self._screen(rgba, self._dots)
        if self._lines is not None and half is not None:
            cv2.subtract(rgba, self._drawn(half, self._lines), dst=rgba)
        if self._ground is not None:
            cv2.subtract(rgba, self._ground, dst=rgba)
        return rgba

    def _flatten(self, rgba: Picture, less: Picture, more: Picture) -> None:
        """Fewer steps of brightness. Hues stay: a channel on its own would drift from one to another in a gradient."""
        gray = cv2.cvtColor(rgba, cv2.COLOR_RGBA2GRAY)
        none = np.zeros_like(gray)
        for table, change in ((less, cv2.subtract), (more, cv2.add)):
            by = cv2.LUT(gray, table)
            change(rgba, cv2.merge([by, by, by, none]), dst=rgba)

    def _drawn(self, half: "cv2.typing.MatLike", ramps: Picture) -> Picture:
        """What lines take from each channel."""
        edge = cv2.morphologyEx(half, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8))
        for _ in range(LINES[self._style.line][3]):
            edge = cv2.dilate(edge, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))
        return self._grown(cv2.LUT(cv2.merge([edge] * 4), ramps))

    def _glow(self, rgba: Picture) -> Picture:
        small = (max(1, self._size.width // FAINT), max(1, self._size.height // FAINT))
        bright = cv2.LUT(cv2.resize(rgba, small, interpolation=cv2.INTER_AREA), GLOWS)
        return self._grown(cv2.GaussianBlur(bright, (0, 0), self._size.height / FAINT / 26))

    def _rim(self, half: "cv2.typing.MatLike") -> Picture:
        """Light where it is darker above and to the left than below and to the right."""
        step = max(1, self._half[1] // 240)
        lit = np.zeros((*half.shape, 4), np.uint8)
        change = cv2.subtract(half[step:, step:], half[:-step, :-step])
        edge = cv2.LUT(change, RIMS)
        lit[step:, step:, :3] = cv2.merge([edge, edge, edge])
        return self._grown(lit)

    def _screen(self, rgba: Picture, dots: Picture) -> None:
        gray = cv2.cvtColor(rgba, cv2.COLOR_RGBA2GRAY)
        dark = cv2.LUT(cv2.subtract(dots, gray), DOTTED)
        cv2.subtract(rgba, cv2.merge([dark, dark, dark, np.zeros_like(dark)]), dst=rgba)

    def _grown(self, small: "cv2.typing.MatLike") -> Picture:
        size = (self._size.width, self._size.height)
        return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _steps(levels: int) -> tuple[Picture, Picture]:
    """How much darker and how much lighter each brightness becomes; edges between steps stay soft. uint8 [256]."""
    at = np.arange(256) / 255 * (levels - 1)
    low = np.floor(at)
    part = np.clip((at - low - 0.5) * 5 + 0.5, 0, 1)
    change = np.round((low + part - at) / (levels - 1) * 255)
    return np.clip(-change, 0, 255).astype(np.uint8), np.clip(change, 0, 255).astype(np.uint8)


def _ramps(style: Style) -> Picture:
    """What a line takes from each channel at each strength of an edge: uint8 [1, 256, 4]."""
    least, full, strength, _ = LINES[style.line]
    amount = np.clip((np.arange(256) - least) / (full - least), 0, 1) * strength
    ink = np.array([int(style.ink[at : at + 2], 16) for at in (1, 3, 5)])
    taken = np.zeros((256, 4), np.float32)
    taken[:, :3] = amount[:, None] * (255 - ink)[None]
    return taken.astype(np.uint8)[None]


@lru_cache(maxsize=4)
def _ground(style: Style, size: Size) -> Picture | None:
    """What texture and light take from each pixel, the same in every frame and picture; uint8 [h, w, 4], read-only."""
    taken = _texture(style.texture, size)
    if style.light == "dramatic":
        rows, columns = np.mgrid[-1 : 1 : size.height * 1j, -1 : 1 : size.width * 1j].astype(np.float32)
        taken = taken + VIGNETTE * np.clip((rows * rows + columns * columns) / 2 - 0.22, 0, 1)
    if not taken.any():
        return None
    made = np.zeros((size.height, size.width, 4), np.uint8)
    made[..., :3] = np.clip(taken, 0, 255)[..., None]
    made.setflags(write=False)
    return made


def _texture(kind: str, size: Size) -> Map:
    height, width = size.height, size.width
    own = np.random.default_rng(SEED)
    if kind == "grain":
        return np.asarray(np.abs(own.normal(0, 11, (height, width))), np.float32)
    if kind == "paper":
        coarse = noise.texture(SEED, width, height, octaves=4, base=max(4, width // 60))
        fine = cv2.GaussianBlur(own.normal(0, 1, (height, width)).astype(np.float32), (0, 0), max(0.6, height / 900))
        return np.asarray(np.clip(30 * (coarse - 0.35) + 9 * fine, 0, 40), np.float32)
    if kind == "woodblock":
        return _wood(own, height, width)
    return np.zeros((height, width), np.float32)


def _wood(own: np.random.Generator, height: int, width: int) -> Map:
    """Long fibres that run across, bent by a slow wave."""
    rows = cv2.resize(own.normal(0, 1, (max(8, height // 3), 1)).astype(np.float32), (1, height))[:, 0]
    waves = noise.texture(SEED, width, height, octaves=2, base=2)
    lines = (np.arange(height)[:, None] + waves * height * 0.06).astype(int) % height
    return np.asarray(np.clip(16 * rows[lines] + 8, 0, 44), np.float32)


def _dots(size: Size) -> Picture:
    """A screen of dots at 45 degrees: where a pixel is darker than the screen, it belongs to a dot."""
    pitch = max(4.0, DOT * size.height)
    rows, columns = np.mgrid[0 : size.height, 0 : size.width].astype(np.float32)
    turn = math.pi / pitch * math.sqrt(2)
    waves = np.cos((rows + columns) * turn / math.sqrt(2)) * np.cos((rows - columns) * turn / math.sqrt(2))
    return np.asarray(np.clip(95 + 95 * waves, 0, 255), np.uint8)
