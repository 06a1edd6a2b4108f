"""Which part of each pixel is screen: a colour-difference key against a fitted plate.

The share of screen is the chroma of a pixel along the key's colour, less what it has aside of it, divided by that
of the plate in the same place (`kernels.plate`): linear in a mixture, and blind to how bright the light is. It is
taken from the chroma planes by a table of 65 536 entries.

First the mean of square cells is keyed. Cells without a mixture are told by it as a whole; only around the others
(`kernels.band`) every pixel is looked at (`kernels.matting`).

Pictures are 8-bit YCbCr 4:2:0 planes. Not done: matting without a screen, shadows as such (a shadow on the screen
is foreground as dark as it is deep), removal of things beside the screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log2, prod
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import scatter
from reelwright.kernels.band import Band
from reelwright.kernels.maps import FULL, Map, Plane, above, blurred, halved, larger, size_of, smaller
from reelwright.kernels.matting import (
    ALPHA,
    CLEARLY_MIXED,
    FAR_SURE,
    INVERSE,
    NEXT,
    SOLID,
    SURE,
    Surroundings,
    detailed,
    gained,
    prepared,
    straightened,
)
from reelwright.kernels.plate import COLOURED, NEUTRAL, PURE, Key, Picture, Plate
from reelwright.kernels.vivid import Vivid, stretched
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

ASIDE = 0.4  # how much chroma aside of the key tells against it, at least
MOST_ASIDE = 1.5
TONE = 0.15  # how far the light of all-screen pixels may be off the frame's
WORSE = 0.25  # of the frames looked at that may scatter more than is reckoned with
CLEAR = (0.75, 0.995)  # bounds of the share that counts as all screen
SMALL = 240  # most columns of the picture on which the surroundings of a pixel are measured
COARSE = 60  # most columns in which the light is measured
LIGHT_FULL = 0.85  # of a cell that has to be screen
LIGHT_WINDOW = 7  # cells over which it is smoothed
LIGHT_PRIOR = 0.3  # weight of the frame's mean light
LIGHT_EVERY = 8  # frames between two measures of the light…
STEADY = 0.01  # …as long as the screen is as bright as it was, relatively
SPECKS = 0.002  # of the cells that may be a little mixed outside the band
SHRUNK = 4  # times as many cells as are mixed a band is made of when it is made anew
STEP = 0.1  # relative change of the light that is one of the exposure
LEAST_STRENGTH = 4.0  # levels of chroma; a plate that falls below is black there
LEAST_SCREEN = 0.01  # of a frame's pixels; with less no screen is in view
WIDEST = 8  # bytes of the largest word that is written at once
PROBE = 4  # every n-th cell is looked at for the frame's light

Kind = TypeVar("Kind", bound=np.generic)
Pairs = NDArray[np.uint16]
"""Chroma: U in the high byte, V in the low one."""


@dataclass(frozen=True, slots=True)
class Matte:
    """What is known of one frame. `screen` and `half`: share of screen, uint8, 255 is all screen, at the size of
    luma and of chroma. `plate` is the screen as lit in this frame: Y, U, V, U and V around 0; float32, coarse."""

    screen: Plane
    half: Plane
    plate: tuple[Map, Map, Map]
    has_screen: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """What a user may turn: `softness` 0–1 (1 is as measured, 0 a hard edge), `edge` -1–1 (less or more foreground)."""

    softness: float = 1.0
    edge: float = 0.0

    def curve(self) -> Plane | None:
        """Table from measured to wanted share of screen; None where they are the same."""
        if self.softness == 1 and self.edge == 0:
            return None
        alpha = (1 - np.arange(256) / FULL) ** (2.0 ** (-2 * self.edge))
        alpha = np.clip((alpha - 0.5) / max(self.softness, 0.02) + 0.5, 0, 1)
        return np.asarray(np.round((1 - alpha) * FULL), np.uint8)


class Keyer:
    """Makes the matte of each frame. One for a video: the light of the last frame steadies that of the next."""

    def __init__(self, plate: Plate, size: tuple[int, int], look: Look | None = None) -> None:
        """`size` is the even (width, height) of luma."""
        self.plate, self._table, self._pure = plate, table(plate.key), pure_table(plate.key)
        half = size[0] // 2, size[1] // 2
        self._step = 2 ** max(1, ceil(log2(half[0] / SMALL)))
        self._cells = -(-half[0] // self._step), -(-half[1] // self._step)
        self._coarse = min(self._cells[0], COARSE), min(self._cells[1], COARSE * size[1] // size[0] + 1)
        self._every = max(1, self._cells[0] // COARSE)  # cells that the light is measured in
        self._curve = (look or Look()).curve()
        # Kept from frame to frame: fresh pages cost more than what is computed in them.
        shape = self._cells[1] * self._step, self._cells[0] * self._step
        self._half, self._full = np.empty(shape, np.uint8), np.empty((2 * shape[0], 2 * shape[1]), np.uint8)
        self._around = Surroundings(self._cells)
        self._canvas = _Canvas()
        self._band: Band | None = None
        self._held = 1  # frames for which it was good after its own
        self._laid: tuple[Band, int, Map] | None = None
        self._filled: tuple[Band, Plane] | None = None
        self._clear = 1.0
        self._light: tuple[Map, Map] | None = None
        self._light_level = 1.0
        self.use(plate)

    def use(self, plate: Plate) -> None:
        """Go on with another plate, of the same key."""
        self.plate = plate
        self._inverse = self._inverted(self._cells)
        self._probed = self._inverse[::PROBE, ::PROBE].copy()
        self._luma = np.maximum(plate.at(*self._cells)[0], 1)[:: self._every, :: self._every]
        self._screen = plate.at(*self._coarse)
        self._age = LIGHT_EVERY

    def calibrate(self, pictures: Sequence[Picture]) -> None:
        """Learn from a few frames how much the screen's own pixels scatter."""
        self._table = table(self.plate.key)
        lowest, cloths, strengths, vivid = [], [], [], Vivid()
        for y, u, v in pictures:
            few = self._few(self._whole((y, u, v)))
            level = self._level(_pairs(*few[1:]))
            if level is None:
                continue
            light = self._lit(few[0], self._share(*few[1:]) * self._inverse, level)
            inverse = self._inverted(size_of(u)) / larger(light[0], size_of(u))
            share = self._share(u, v) * inverse
            solid = cv2.erode(above(share, SOLID), np.ones((5, 5), np.uint8)) > 0
            if solid.any():
                lowest.append(scatter.lowest(share, solid))
            cloths.append(scatter.cloth(share))
            fore = scatter.within(share) | (cv2.erode(above(-share, -SURE), np.ones((5, 5), np.uint8)) > 0)
            along, across = _turned(self.plate.key, u[fore], v[fore])
            vivid.add(along * inverse[fore], across * inverse[fore], share[fore])
            strengths.append(1 / float(np.median(inverse)))
        self._clear = float(np.clip(np.quantile(lowest, WORSE), *CLEAR)) if lowest else 1.0
        self._around.sure = max(FAR_SURE, float(np.median(cloths))) if cloths else FAR_SURE
        if strengths:
            self._table = table(self.plate.key, vivid.own(), float(np.median(strengths)))
        self._light = None

    def matte(self, y: Plane, u: Plane, v: Plane) -> Matte:
        """Of one frame: uint8 [h, w], and chroma [h/2, w/2]. The planes of the last matte are overwritten."""
        whole = self._whole((y, u, v))
        few = self._few(whole)
        pairs = _pairs(*few[1:])
        level = self._level(pairs)
        if level is None:
            return Matte(np.zeros_like(y), np.zeros_like(u), self._screen, has_screen=False)
        raw = self._table.take(pairs, mode="clip")
        due = self._is_due(level)
        if due:
            self._relight(few[0], raw, level)
        mixed = self._around.look(raw, few[0], anew=due)
        band = self._banded(mixed)
        self._fill(band)
        if band:
            self._refine(whole, band)
        screen, half = self._full[: y.shape[0], : y.shape[1]], self._half[: u.shape[0], : u.shape[1]]
        if self._curve is not None:
            return Matte(_looked_up(screen, self._curve), _looked_up(half, self._curve), self._shone)
        return Matte(screen, half, self._shone)

    def _fill(self, band: Band) -> None:
        """All of every cell as its mean is, where nothing is mixed; nothing is to do where all is as it was."""
        solid = np.less(self._around.alpha, np.float32(0.5)).view(np.uint8) & band.outside
        if self._filled is not None and self._filled[0] is band and np.array_equal(self._filled[1], solid):
            return
        self._filled = band, solid
        _spread(solid, self._step, self._half)
        _spread(solid, 2 * self._step, self._full)

    def _refine(self, picture: Picture, band: Band) -> None:
        """Pixel by pixel where some are mixed."""
        canvas, step = self._canvas, self._step
        fine, half, cell = band.shape(2 * step), band.shape(step), band.shape(1)
        y = band.cut(picture[0], 2 * step, canvas.array("y", fine, np.uint8))
        u, v = (band.cut(picture[at], step, canvas.array(f"chroma {at}", half, np.uint8)) for at in (1, 2))
        share, few = self._share(u, v), smaller(y, (half[1], half[0]))
        screen = straightened(share, few, self._laid_on(band), canvas.array("work", (2, *half), np.float32))
        band.put(screen, step, self._half)
        near = band.cut(self._around.maps[ALPHA:], 1, canvas.array("near", (2, *cell), np.float32))
        gain = larger(gained(*near), (half[1], half[0]), canvas.array("gain", half, np.float32))
        work = canvas.array("fine", (2, *fine), np.int16)
        band.put(detailed(y, screen, gain, work), 2 * step, self._full)

    def _banded(self, mixed: Plane) -> Band:
        """The band of the last frame as long as all that is mixed lies in it, and not much else."""
        band, count = self._band, cv2.countNonZero(mixed)
        if band is not None and band.marks < SHRUNK * count:
            missed = band.missed(mixed)
            # A speck of noise here and there is no reason.
            if not missed or (missed < SPECKS * mixed.size and not band.missed(self._around.mixed(*CLEARLY_MIXED))):
                self._held += 1
                return band
        # Where the next one will be left at once it is made no wider than it has to be.
        wide = cv2.dilate(mixed, NEXT) if self._held else mixed
        self._band, self._held = Band(np.asarray(wide, np.uint8)), 0
        return self._band

    def _laid_on(self, band: Band) -> Map:
        """The slow maps at the size of chroma, on the band's canvas."""
        known = self._around.learnt
        if self._laid is None or self._laid[0] is not band or self._laid[1] != known:
            (high, wide), cell, slow = band.shape(self._step), band.shape(1), self._around.maps[:ALPHA]
            cells = prepared(band.cut(slow, 1, self._canvas.array("cells", (ALPHA, *cell), np.float32)))
            maps = self._canvas.array("maps", (ALPHA, high, wide), np.float32)
            # One below the other: what runs over from one to the next stays in the rows around the stretches.
            larger(cells.reshape(-1, cell[1]), (wide, ALPHA * high), maps.reshape(-1, wide))
            self._laid = band, known, maps
        return self._laid[2]

    def _few(self, picture: Picture) -> Picture:
        """The mean of each cell."""
        y, u, v = picture
        return halved(y, self._cells), halved(u, self._cells), halved(v, self._cells)

    def _whole(self, picture: Picture) -> Picture:
        """The picture made up to whole cells."""
        rows, columns = self._half.shape
        high, wide = rows - picture[1].shape[0], columns - picture[1].shape[1]
        if not high and not wide:
            return picture
        y, u, v = (
            np.asarray(cv2.copyMakeBorder(plane, 0, high * part, 0, wide * part, cv2.BORDER_REPLICATE), np.uint8)
            for plane, part in zip(picture, (2, 1, 1), strict=True)
        )
        return y, u, v

    def _share(self, u: Plane, v: Plane) -> Map:
        """Chroma that speaks for the screen."""
        return self._table.take(_pairs(u, v), mode="clip")

    def _inverted(self, size: tuple[int, int]) -> Map:
        """One over what the plate has of it."""
        _, u, v = self.plate.at(*size)
        strength = self.plate.key.along(u, v) - aside(self.plate.key) * self.plate.key.aside(u, v)
        return np.asarray(1 / np.maximum(strength, LEAST_STRENGTH), np.float32)

    def _is_due(self, level: float) -> bool:
        """Light changes slowly, or all at once."""
        self._age += 1
        return self._light is None or self._age >= LIGHT_EVERY or abs(level / self._light_level - 1) > STEADY

    def _relight(self, y: Plane, raw: Map, level: float) -> None:
        """The light of this frame, as the last one steadies it, and what follows from it."""
        light = self._light = _steadied(self._lit(y, raw * self._inverse, level), self._light)
        self._age, self._light_level = 0, level
        strength = larger(light[0] * np.float32(self._clear), self._cells)
        np.divide(self._inverse, strength, out=self._around.maps[INVERSE])
        self._shone = (self._screen[0] * light[1], self._screen[1] * light[0], self._screen[2] * light[0])

    def _lit(self, y: Plane, share: Map, level: float) -> tuple[Map, Map]:
        """Light on the screen (for chroma, for luma) as factors of the plate, coarse.

        From places that are wholly screen; in the others as around them.
        """
        few = (slice(None, None, self._every),) * 2
        share, y = share[few], y[few]
        solid = (np.abs(share - np.float32(level)) < np.float32(level * TONE)).astype(np.float32)
        part = self._thinned(solid)
        weight = np.where(part > LIGHT_FULL, 1 / np.maximum(part, np.float32(LIGHT_FULL)), np.float32(0))
        parts = part * weight
        whole, total = blurred(parts, LIGHT_WINDOW) + np.float32(LIGHT_PRIOR), max(1e-6, float(parts.sum()))
        found = []
        for factor in (share * solid, y * solid / self._luma):
            cells = self._thinned(factor) * weight
            mean = float(cells.sum()) / total or level
            found.append((blurred(cells, LIGHT_WINDOW) + np.float32(LIGHT_PRIOR * mean)) / whole)
        return found[0], found[1]

    def _thinned(self, cells: Map) -> Map:
        return np.asarray(cv2.resize(cells, self._coarse, interpolation=cv2.INTER_LINEAR), np.float32)

    def _level(self, pairs: Pairs) -> float | None:
        """How bright the screen is in this frame, to the plate; None where it is not in view."""
        along = self._pure.take(pairs[::PROBE, ::PROBE], mode="clip")
        along *= self._probed
        found = along[along > 0]
        if len(found) < LEAST_SCREEN * along.size:
            return None
        return float(np.partition(found, len(found) // 2)[len(found) // 2])


class _Canvas:
    """Memory that is used again."""

    def __init__(self) -> None:
        self._held: dict[str, NDArray[np.uint8]] = {}

    def array(self, name: str, shape: tuple[int, ...], kind: type[Kind]) -> NDArray[Kind]:
        size = prod(shape) * np.dtype(kind).itemsize
        if name not in self._held or len(self._held[name]) < size:
            self._held[name] = np.empty(size * 5 // 4, np.uint8)
        return self._held[name][:size].view(kind).reshape(shape)


def _spread(marked: Plane, step: int, into: Plane) -> None:
    """Each cell as a square of `step` pixels (a power of two), all bits set where marked by 1."""
    wide = min(step, WIDEST)
    words = np.negative(marked.view(np.int8)).astype(f"i{wide}")
    if step > wide:
        words = np.repeat(words, step // wide, axis=1)
    into.view(words.dtype).reshape(marked.shape[0], step, -1)[...] = words[:, None]


def _pairs(u: Plane, v: Plane) -> Pairs:
    """Both bytes of each pixel in one number."""
    return np.asarray(cv2.merge((v, u))).view(np.uint16)[..., 0]


def table(key: Key, own: NDArray[np.float64] | None = None, strength: float = 1.0) -> Map:
    """Chroma along the key less chroma aside of it, for each of `Pairs`: float32 [65536].

    `own`: what vivid foregrounds have of it themselves (`kernels.vivid`), before a screen of this `strength`.
    """
    u, v = _all_chroma()
    share = np.asarray(key.along(u, v) - aside(key) * key.aside(u, v), np.float32).ravel()
    if own is None or not own.any():
        return share
    along, across = (one.ravel() / np.float32(strength) for one in _turned(key, u + NEUTRAL, v + NEUTRAL))
    return stretched(share / np.float32(strength), along, across, own) * np.float32(strength)


def _turned(key: Key, u: NDArray[Any], v: NDArray[Any]) -> tuple[Map, Map]:
    """Chroma (around 128) along the key and, signed, aside of it."""
    us, vs = u - np.float32(NEUTRAL), v - np.float32(NEUTRAL)
    return key.along(us, vs), np.asarray(us * np.float32(key.v) - vs * np.float32(key.u), np.float32)


def pure_table(key: Key) -> Map:
    """Chroma along the key for each of `Pairs` that may be all screen, 0 for the others: float32 [65536]."""
    u, v = _all_chroma()
    along = key.along(u, v)
    return np.where((along > COLOURED) & (key.aside(u, v) < PURE * along), along, np.float32(0)).ravel()


def _all_chroma() -> tuple[Map, Map]:
    """Every U [256, 1] and every V [1, 256], around 0."""
    values = np.arange(256, dtype=np.float32) - NEUTRAL
    return values[:, None], values[None, :]


def aside(key: Key) -> float:
    """How much chroma aside of the key tells against it: so much that skin has nothing of a yellow or red wall."""
    apart = key.from_skin
    return float(np.clip(1 / np.tan(np.radians(max(apart, 1.0))), ASIDE, MOST_ASIDE)) if apart < 90 else ASIDE


def _steadied(light: tuple[Map, Map], last: tuple[Map, Map] | None) -> tuple[Map, Map]:
    """A step of the exposure is followed at once, flicker is not."""
    if last is None or abs(float(light[0].mean() / last[0].mean()) - 1) > STEP:
        return light
    return (light[0] + last[0]) / 2, (light[1] + last[1]) / 2


def _looked_up(plane: Plane, curve: Plane) -> Plane:
    return np.asarray(cv2.LUT(plane, curve), np.uint8)
