"""Somebody before a green or blue screen, with the exact matte: a head with loose hair, a coat, uneven light.

The figure is drawn three times as large and averaged, so that hair thinner than a pixel covers it in part. It sways
sideways by whole pixels. Light falls off over the screen; grain, spilled light, a lamp's spot, blur by motion and
steps of the exposure can be added.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.media.making.writing import Rgb, Samples, write_video

Colour = tuple[int, int, int]
Map = NDArray[np.float32]

GREEN: Colour = (38, 160, 60)
BLUE: Colour = (30, 70, 190)
FINE = 3  # times as large while it is drawn
SWAY = 0.06  # of the width, to each side
SWAY_SECONDS = 2.0
SKIN: Colour = (214, 168, 140)
COAT: Colour = (62, 58, 84)
HAIR: Colour = (70, 48, 34)
HAIR_WIDTH = 0.8  # pixels
HAIR_REACH = 0.24  # of the height: how far hair stands off the head
SPOT = 0.35  # of half a picture: how wide a lamp's spot is
HEAD = (0.5, 0.4, 0.13, 0.2)  # centre and half axes, of height; x counted from the middle of the picture


@dataclass(frozen=True, slots=True)
class Screened:
    """A made video and the truth about it."""

    path: Path
    size: tuple[int, int]
    fps: Fraction
    frames: int
    colour: Colour
    alpha: Map
    """Share of foreground of the figure in the middle, float32 [height, wide], wider than the picture by the sway."""
    shifts: tuple[int, ...]
    """For each frame the column of `alpha` at which the picture begins."""
    smear: int = 1
    """Columns that the figure moves while the shutter is open."""

    @property
    def seconds(self) -> float:
        return float(self.frames / self.fps)

    def alpha_of(self, number: int) -> Map:
        """The matte of one frame, float32 [height, width], 0–1."""
        left = self.shifts[number]
        parts = [self.alpha[:, left + one :][:, : self.size[0]] for one in range(self.smear)]
        return np.asarray(np.mean(parts, axis=0), np.float32)


def screen(
    path: Path,
    *,
    size: tuple[int, int] = (320, 180),
    seconds: float = 1.0,
    fps: int = 25,
    colour: Colour = GREEN,
    uneven: float = 0.25,
    grain: float = 2.0,
    spill: float = 0.04,
    strands: int = 60,
    exposure: Sequence[float] = (),
    hair: Colour = HAIR,
    seed: int = 0,
    crf: int = 16,
    spot: float = 0.0,
    smear: int = 1,
    sound: Samples | None = None,
) -> Screened:
    """Make it. `uneven`: part of the light that is missing in the corners. `grain`: standard deviation of noise, grey
    levels. `spill`: part of the screen's colour on the figure. `exposure`: factors of the light, spread over the
    frames. `colour`, `hair`: RGB. `spot`: how much brighter the screen is where a lamp shines on it. `smear`: columns
    that the figure moves while the shutter is open. `sound`: 48 kHz, as `write_video` takes it.
    """
    count, sway = max(1, round(seconds * fps)), round(SWAY * size[0])
    figure, alpha = somebody((size[0] + 2 * sway + smear - 1, size[1]), strands, hair, seed)
    phases = 2 * np.pi * np.arange(count) / fps / SWAY_SECONDS
    shifts = tuple(round(sway + sway * float(one)) for one in np.sin(phases))
    made = Screened(path, size, Fraction(fps), count, colour, alpha, shifts, smear)
    light = np.interp(np.arange(count), np.linspace(0, count - 1, len(exposure)), exposure) if exposure else None
    plate = lit(size, uneven, spot) * np.array(colour, np.float32)
    pictures = _pictures(made, figure, plate, grain, spill, light, seed)
    write_video(path, pictures, size=size, fps=fps, crf=crf, sound=sound)
    return made


def _pictures(
    made: Screened, figure: Map, plate: Map, grain: float, spill: float, light: NDArray[np.float64] | None, seed: int
) -> Iterator[Rgb]:
    random = np.random.default_rng([seed, 1])
    shape = (made.size[1], made.size[0], 3)
    for number, left in enumerate(made.shifts):
        parts = [slice(left + one, left + one + made.size[0]) for one in range(made.smear)]
        alpha = made.alpha_of(number)[..., None]
        covered = np.mean([made.alpha[:, part, None] * figure[:, part] for part in parts], axis=0)
        mixed = covered * (1 - spill) + alpha * plate * spill + (1 - alpha) * plate
        factor = np.float32(1) if light is None else np.float32(light[number])
        noisy = mixed * factor + random.normal(0, grain, shape).astype(np.float32)
        yield np.clip(np.round(noisy), 0, 255).astype(np.uint8)


def lit(size: tuple[int, int], uneven: float, spot: float) -> Map:
    """Light on the screen, 1 at its brightest but for the spot: float32 [height, width, 1]."""
    x = np.linspace(-1, 1, size[0], dtype=np.float32)
    y = np.linspace(-1, 1, size[1], dtype=np.float32)[:, None]
    fall = 0.4 * ((x - 0.3) ** 2 + (y + 0.2) ** 2) + 0.2 * (x + y)
    fall = (fall - fall.min()) / (fall.max() - fall.min())
    lamp = spot * np.exp(-(((x + 0.55) / SPOT) ** 2 + ((y + 0.4) / SPOT) ** 2))
    return np.asarray((1 - uneven * fall + lamp)[..., None], np.float32)


def somebody(size: tuple[int, int], strands: int, hair: Colour, seed: int) -> tuple[Map, Map]:
    """Its colours float32 [h, w, 3] wherever it may cover a pixel, and its alpha [h, w]."""
    width, height = size[0] * FINE, size[1] * FINE
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (x - width / 2) / height, y / height
    centre, across, down = HEAD[1], HEAD[2], HEAD[3]
    head = (x / across) ** 2 + ((y - centre) / down) ** 2 < 1
    cap = (x / (across * 1.12)) ** 2 + ((y - centre + 0.03) / (down * 1.1)) ** 2 < 1
    face = head & (y > centre - 0.07)
    coat = (x / 0.42) ** 2 + ((y - 1.02) / 0.38) ** 2 < 1
    solid = head | coat | (cap & (y < centre))
    hairs = _strands(x.shape, strands, seed)
    shade = (0.85 + 0.3 * (x + 0.3))[..., None]
    colours = np.select([face[..., None], (coat & ~head & ~cap)[..., None]], [SKIN, COAT], hair) * shade
    alpha = _averaged((solid | hairs)[..., None].astype(np.float32))[..., 0]
    weighted = _averaged(np.where((solid | hairs)[..., None], colours, 0).astype(np.float32))
    # Averages of covered parts only: the colour of a hair is not darkened by what it does not cover.
    plain = np.where(alpha[..., None] > 0, weighted / np.maximum(alpha, 1e-6)[..., None], hair)
    return np.asarray(np.clip(plain, 0, 255), np.float32), alpha


def _strands(shape: tuple[int, ...], count: int, seed: int) -> NDArray[np.bool_]:
    """Curved lines that stand off the head."""
    random = np.random.default_rng([seed, 2])
    height, width = shape
    drawn = np.zeros(shape, bool)
    way = np.linspace(0, 1, 6 * height // 4)
    for angle, bend, reach in zip(
        random.uniform(-2.6, 2.6, count), random.normal(0, 0.9, count), random.uniform(0.3, 1.0, count), strict=True
    ):
        turned = angle + bend * way
        far = way * HAIR_REACH * reach
        x = HEAD[2] * np.sin(angle) + np.cumsum(np.sin(turned)) * far[-1] / len(way)
        y = HEAD[1] - HEAD[3] * np.cos(angle) - np.cumsum(np.cos(turned)) * far[-1] / len(way)
        _stamp(drawn, x * height + width / 2, y * height, HAIR_WIDTH * FINE)
    return drawn


def _stamp(drawn: NDArray[np.bool_], xs: NDArray[np.float64], ys: NDArray[np.float64], width: float) -> None:
    reach = np.arange(-(width - 1) / 2, width / 2)
    for across in reach:
        for down in reach:
            x, y = np.round(xs + across).astype(int), np.round(ys + down).astype(int)
            inside = (x >= 0) & (y >= 0) & (x < drawn.shape[1]) & (y < drawn.shape[0])
            drawn[y[inside], x[inside]] = True


def _averaged(fine: Map) -> Map:
    height, width, depth = fine.shape
    cells = fine.reshape(height // FINE, FINE, width // FINE, FINE, depth)
    return np.asarray(cells.mean((1, 3)), np.float32)
