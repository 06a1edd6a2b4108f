"""A moving picture of distinct shots, with a figure that walks through them.

Every scene has its own cloudy texture and colours; the camera pans slowly; the figure is
brighter than all around it and crosses the picture once in a shot. Cuts, dissolves,
bad moments (black, white, blurred) and the figure's box in each frame are known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.media.making.writing import Rgb, Samples, write_video

Look = Literal["scene", "blurred", "black", "white"]
SCENE: Look = "scene"
BLURRED: Look = "blurred"
BLACK: Look = "black"
WHITE: Look = "white"

Span = tuple[float, float]
Plane = NDArray[np.float32]

PAN = 0.08  # how far the camera pans in one shot, of the picture's width
OCTAVES = ((5, 0.45), (11, 0.27), (23, 0.17), (61, 0.11))  # grid points across, weight
BLUR_CELLS = 14  # a blurred picture keeps this many cells across its width
FIGURE_HEIGHT = 0.42  # of the picture's height
FIGURE_ASPECT = 0.42  # width of the figure to its height
STRIDE = 1.6  # steps a second


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot: how it looks, how long, and how many seconds it takes to dissolve in (0 is a hard cut)."""

    look: Look = SCENE
    seconds: float = 2.0
    dissolve: float = 0.0


SHOTS = (
    Shot(BLACK, 0.8),
    Shot(SCENE, 2.4),
    Shot(SCENE, 2.0),
    Shot(BLURRED, 1.2),
    Shot(SCENE, 2.6, dissolve=0.6),
)


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels; `x`, `y` is the top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Picture:
    """A made video and the truth about it. Times are seconds, spans are [start, end)."""

    path: Path
    size: tuple[int, int]
    fps: Fraction
    frames: int
    cuts: tuple[float, ...]
    """Hard cuts: the time of the first frame of the new shot."""
    dissolves: tuple[Span, ...]
    bad: tuple[Span, ...]
    """Spans that no cover should come from: black, white or blurred, and dissolves."""
    shots: tuple[Span, ...]
    boxes: tuple[Box | None, ...]
    """The figure in each frame; None where there is none."""

    @property
    def seconds(self) -> float:
        return float(self.frames / self.fps)

    def box_at(self, time: float) -> Box | None:
        return self.boxes[min(len(self.boxes) - 1, int(time * self.fps))]

    def is_bad(self, time: float) -> bool:
        return any(start <= time < end for start, end in self.bad)


def picture(
    path: Path,
    shots: Sequence[Shot] = SHOTS,
    *,
    size: tuple[int, int] = (640, 360),
    fps: Fraction | int = 25,
    seed: int = 0,
    crf: int = 20,
    key_every: int | None = None,
    sound: Samples | None = None,
    rate: int = 48000,
    fast_start: bool = True,
) -> Picture:
    """Make a video of these shots. `size` is even (width, height); `sound` as in `write_video`."""
    fps = Fraction(fps)
    reel = _Reel(tuple(shots), size, fps, seed)
    write_video(
        path,
        reel.frames(),
        size=size,
        fps=fps,
        crf=crf,
        key_every=key_every,
        sound=sound,
        rate=rate,
        fast_start=fast_start,
    )
    return reel.truth(path)


class _Reel:
    """The shots laid out on the frame grid."""

    def __init__(self, shots: tuple[Shot, ...], size: tuple[int, int], fps: Fraction, seed: int) -> None:
        self.shots, self.size, self.fps = shots, size, fps
        self.lengths = [max(1, round(shot.seconds * fps)) for shot in shots]
        self.starts = [sum(self.lengths[:index]) for index in range(len(shots))]
        self.fades = [min(length, round(shot.dissolve * fps)) for shot, length in zip(shots, self.lengths, strict=True)]
        self.fades[0] = 0  # nothing to dissolve from
        self._seed = seed

    def frames(self) -> Iterator[Rgb]:
        before: Scene | None = None
        for index, length in enumerate(self.lengths):
            scene = Scene(self.shots[index].look, self.size, length, self.fps, [self._seed, index])
            fade = self.fades[index]
            for number in range(length):
                rgb = scene.draw(number)
                if before is not None and number < fade:
                    # The old shot stands still on its last frame while it goes.
                    part = np.float32((number + 1) / (fade + 1))
                    rgb = (rgb * part + before.draw(before.length - 1) * (1 - part)).astype(np.uint8)
                yield rgb
            before = scene

    def truth(self, path: Path) -> Picture:
        spans = [
            (self._time(start), self._time(start + length))
            for start, length in zip(self.starts, self.lengths, strict=True)
        ]
        dissolves = tuple(
            (self._time(start), self._time(start + fade))
            for start, fade in zip(self.starts, self.fades, strict=True)
            if fade
        )
        bad = [span for span, shot in zip(spans, self.shots, strict=True) if shot.look != SCENE]
        return Picture(
            path=path,
            size=self.size,
            fps=self.fps,
            frames=sum(self.lengths),
            cuts=tuple(span[0] for span, fade in zip(spans, self.fades, strict=True) if not fade)[1:],
            dissolves=dissolves,
            bad=tuple(sorted((*bad, *dissolves))),
            shots=tuple(spans),
            boxes=tuple(
                walk_box(number, length, self.size, leftward=bool(index % 2)) if _has_figure(shot) else None
                for index, (shot, length) in enumerate(zip(self.shots, self.lengths, strict=True))
                for number in range(length)
            ),
        )

    def _time(self, frame: int) -> float:
        return float(frame / self.fps)


def _has_figure(shot: Shot) -> bool:
    return shot.look in (SCENE, BLURRED)


def walk_box(number: int, length: int, size: tuple[int, int], *, leftward: bool) -> Box:
    """Where the figure stands in frame `number` of a shot of `length` frames: once across, wholly inside."""
    width, height = size
    tall = height * FIGURE_HEIGHT
    wide = tall * FIGURE_ASPECT
    part = number / max(1, length - 1)
    way = (1 - part if leftward else part) * (width - wide)
    return Box(way, height * 0.92 - tall, wide, tall)


class Scene:
    """One shot, drawn frame by frame. `seed` makes the place; the figure's way across it hangs on its last number."""

    def __init__(self, look: Look, size: tuple[int, int], length: int, fps: Fraction, seed: Sequence[int]) -> None:
        self.look, self.size, self.length, self._fps = look, size, length, fps
        self._leftward = bool(seed[-1] % 2)
        if look in (BLACK, WHITE):
            return
        random = np.random.default_rng(seed)
        width, height = size
        self._wide = width + round(width * PAN) + 1
        self._background = _clouds(random, self._wide, height)
        self._coat = np.array([255, 225 + 25 * random.random(), 120 * random.random()], dtype=np.float32)

    def draw(self, number: int) -> Rgb:
        width, height = self.size
        if self.look in (BLACK, WHITE):
            return np.full((height, width, 3), 0 if self.look == BLACK else 255, dtype=np.uint8)
        pan = round((self._wide - width) * number / max(1, self.length))
        rgb = self._background[:, pan : pan + width].copy()
        box = walk_box(number, self.length, self.size, leftward=self._leftward)
        _draw_figure(rgb, box, self._coat, float(number / self._fps))
        if self.look == BLURRED:
            rgb = _blurred(rgb)
        return np.clip(rgb, 0, 255).astype(np.uint8)


def _clouds(random: np.random.Generator, width: int, height: int) -> Plane:
    """A texture with detail at several scales: float32 [height, width, 3] in 10…170, so that the figure stands out."""
    mix = np.zeros((height, width), dtype=np.float32)
    for across, weight in OCTAVES:
        down = max(3, round(across * height / width))
        mix += np.float32(weight) * _stretched(random.random((down, across), dtype=np.float32), width, height)
    low, high = float(mix.min()), float(mix.max())
    mix = (mix - low) / max(1e-6, high - low)
    # Stripes with hard edges give corners and edges that a focus or motion measure can hold on to.
    tiles = (np.floor(mix * 7) % 2).astype(np.float32)
    dark, light = (random.random(3, dtype=np.float32) * 80 + 10, random.random(3, dtype=np.float32) * 90 + 80)
    shade = (0.7 * mix + 0.3 * tiles)[..., None]
    grain = random.normal(0, 3, (height, width, 1)).astype(np.float32)
    coloured: Plane = dark + (light - dark) * shade + grain
    return coloured


def _stretched(grid: Plane, width: int, height: int) -> Plane:
    """Bilinear: [h, w] or [h, w, c] -> [height, width(, c)]."""
    rows = np.linspace(0, grid.shape[0] - 1, height, dtype=np.float32)
    columns = np.linspace(0, grid.shape[1] - 1, width, dtype=np.float32)
    return _between(np.moveaxis(_between(grid, rows), 1, 0), columns).swapaxes(0, 1)


def _between(grid: Plane, at: Plane) -> Plane:
    below = np.minimum(at.astype(int), grid.shape[0] - 2)
    part = (at - below).reshape(-1, *(1,) * (grid.ndim - 1)).astype(np.float32)
    mixed: Plane = grid[below] * (1 - part) + grid[below + 1] * part
    return mixed


def _blurred(rgb: Plane) -> Plane:
    height, width = rgb.shape[:2]
    cell = max(2, width // BLUR_CELLS)
    down, across = max(2, height // cell), max(2, width // cell)
    # Means of cells, then smooth again: a strong low pass without a filter library.
    rows = np.add.reduceat(rgb, np.arange(down) * height // down, axis=0)
    cells = np.add.reduceat(rows, np.arange(across) * width // across, axis=1)
    means = cells / np.float32(height / down * width / across)
    return _stretched(means.astype(np.float32), width, height)


def _draw_figure(rgb: Plane, box: Box, coat: Plane, time: float) -> None:
    """A head, a coat and two legs in stride, inside `box`."""
    top, left = int(box.y), int(box.x)
    bottom, right = min(rgb.shape[0], round(box.y + box.height)), min(rgb.shape[1], round(box.x + box.width))
    patch = rgb[top:bottom, left:right]
    y, x = np.mgrid[0 : patch.shape[0], 0 : patch.shape[1]].astype(np.float32)
    u, v = x / box.width - 0.5, y / box.height  # across from the middle, down from the crown
    swing = 0.28 * np.sin(2 * np.pi * STRIDE * time)
    head = (u / 0.30) ** 2 + ((v - 0.13) / 0.13) ** 2 < 1
    body = (u / 0.44) ** 2 + ((v - 0.45) / 0.26) ** 2 < 1
    legs = (np.abs(np.abs(u) - np.abs(swing) * (v - 0.6) / 0.4 - 0.06) < 0.10) & (v > 0.6)
    stripe = body & (np.floor(v * 24) % 3 == 0)
    patch[legs] = coat * 0.85
    patch[body] = coat
    patch[stripe] = (200, 40, 50)
    patch[head] = (250, 215, 190)
