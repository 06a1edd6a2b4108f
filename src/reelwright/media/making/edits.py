"""Films of every kind of edit and of what only looks like one: the changes of shots are known to the frame.

Cuts in the dark, five frames apart, under bars, between the fields of two frames, and with a flash on them; dissolves
from five frames to two seconds; and, within a shot, sweeps and zooms of the camera, lamps, flashes, titles and small
pictures that come and go. Each film is drawn from its seed alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np

from reelwright.media.making.pictures import SCENE, Scene
from reelwright.media.making.writing import Rgb, write_video

SIZE = (320, 180)
FPS = 25
LARGE = (1120, 630)  # of what a camera sweeps over
GREY, CONTRAST = 100, 2.5
SWEEP = 6  # frames of a sweep or zoom
Span = tuple[int, int]
Reel = tuple[list[Rgb], list[Span]]


@dataclass(frozen=True, slots=True)
class Edited:
    """A film and its changes of shots: the first frame of the new shot twice, or the span of a gradual change."""

    name: str
    path: Path
    truth: tuple[Span, ...]


class Table:
    """Draws shots; no two have the same scene."""

    def __init__(self, seed: int) -> None:
        self.random, self._seed, self._count = np.random.default_rng(seed), seed, 0

    def shot(self, frames: int) -> list[Rgb]:
        scene = self._scene(SIZE, frames)
        return [_graded(scene.draw(number)) for number in range(frames)]

    def large(self) -> Rgb:
        return _graded(self._scene(LARGE, 1).draw(0))

    def length(self, least: int = 30, most: int = 60) -> int:
        return int(self.random.integers(least, most))

    def _scene(self, size: tuple[int, int], frames: int) -> Scene:
        self._count += 1
        return Scene(SCENE, size, frames, Fraction(FPS), [self._seed, self._count])


def _graded(rgb: Rgb) -> Rgb:
    """As contrasty as films are: grounds are made dull elsewhere, so that a figure stands out."""
    return np.asarray(np.clip((rgb.astype(np.float32) - GREY) * CONTRAST + GREY, 0, 255), np.uint8)


def films(folder: Path, seed: int) -> Iterator[Edited]:
    """One film of each kind."""
    for number, (name, kind) in enumerate(KINDS.items()):
        pictures, truth = kind(Table(100 * seed + number))
        path = write_video(folder / f"{name}-{seed}.mp4", map(np.ascontiguousarray, pictures), size=SIZE, fps=FPS)
        yield Edited(f"{name} {seed}", path, tuple(truth))


def _cut(shots: list[list[Rgb]]) -> Reel:
    starts = np.cumsum([len(one) for one in shots])[:-1]
    return [rgb for one in shots for rgb in one], [(int(start), int(start)) for start in starts]


def _several(table: Table, count: int = 5) -> list[list[Rgb]]:
    return [table.shot(table.length()) for _ in range(count)]


def _mixed(one: Rgb, other: Rgb, part: float) -> Rgb:
    return np.asarray(one * (1 - part) + other * part, np.uint8)


def rapid(table: Table) -> Reel:
    return _cut([table.shot(40), *(table.shot(int(table.random.integers(5, 10))) for _ in range(10)), table.shot(40)])


def back_and_forth(table: Table) -> Reel:
    one, other = table.shot(90), table.shot(90)
    return _cut([one[:40], other[:6], one[40:60], other[6:12], one[60:]])


def dark(table: Table) -> Reel:
    def noisy(rgb: Rgb) -> Rgb:
        return np.clip(rgb * 0.25 + table.random.normal(0, 2, (*rgb.shape[:2], 1)), 0, 255).astype(np.uint8)

    return _cut([[noisy(rgb) for rgb in one] for one in _several(table)])


def bars(table: Table) -> Reel:
    def framed(rgb: Rgb) -> Rgb:
        out = np.zeros_like(rgb)
        out[:, 110:210] = rgb[:, 110:210]
        return out

    return _cut([[framed(rgb) for rgb in one] for one in _several(table)])


def fields(table: Table) -> Reel:
    """Every second line is of the next frame, as in a film that was made of fields."""
    frames, truth = _cut(_several(table))
    woven = [one.copy() for one in frames]
    for rgb, after in zip(woven, frames[1:], strict=False):
        rgb[1::2] = after[1::2]
    return woven, [(start - 1, start) for start, _ in truth]


def flash_on_the_cut(table: Table) -> Reel:
    frames, truth = list[Rgb](), list[Span]()
    for number, one in enumerate(_several(table)):
        if number:
            truth.append((len(frames), len(frames) + 2))
            frames += [np.full_like(one[0], 250)] * 2
        frames += one
    return frames, truth


def flashes(table: Table) -> Reel:
    """Some die away over a few frames."""
    frames, truth = _cut([table.shot(60) for _ in range(3)])
    for first in (15, 35, 80, 140, 160):
        for late in range(4):
            rgb = frames[first + late]
            frames[first + late] = _mixed(rgb, np.full_like(rgb, 255), 1 - 0.15 * late)
    return frames, truth


def lamps(table: Table) -> Reel:
    frames, truth = _cut([table.shot(80) for _ in range(2)])
    lit = [number // 40 % 2 for number in range(len(frames))]
    return [rgb if on else (rgb * 0.35).astype(np.uint8) for rgb, on in zip(frames, lit, strict=True)], truth


def sweeps(table: Table) -> Reel:
    """The camera stands, sweeps on within a few frames, and stands again."""
    shots = []
    for _ in range(3):
        large, places, shot = table.large(), [(0, 0), (700, 380), (60, 300), (780, 40)], list[Rgb]()
        for begin, end in pairwise(places):
            shot += [_window(large, *begin)] * 18
            shot += [_smeared(large, begin, end, number) for number in range(SWEEP)]
        shots.append([*shot, *[_window(large, *places[-1])] * 18])
    return _cut(shots)


def _window(large: Rgb, x: float, y: float) -> Rgb:
    return large[round(y) : round(y) + SIZE[1], round(x) : round(x) + SIZE[0]]


def _smeared(large: Rgb, begin: tuple[int, int], end: tuple[int, int], number: int) -> Rgb:
    """What the shutter sees, which is open for half of the time."""
    seen = []
    for part in np.linspace(number / SWEEP, (number + 0.5) / SWEEP, 6):
        way = part * part * (3 - 2 * part)
        seen.append(_window(large, *(a + (b - a) * way for a, b in zip(begin, end, strict=True))).astype(np.float32))
    return np.asarray(np.mean(seen, axis=0), np.uint8)


def titles(table: Table) -> Reel:
    """A box of text over a third of the picture, and a small picture in its corner, which has cuts of its own."""
    frames, truth = _cut([table.shot(90) for _ in range(2)])
    small, _ = _cut([table.shot(30) for _ in range(2)])
    frames = [one.copy() for one in frames]
    for rgb in frames[25:65]:
        rgb[120:] = (250, 220, 40)
        rgb[134:164, 30:290:8] = 0
    for rgb, inner in zip(frames[110:], small, strict=False):
        rgb[10:70, 200:306] = inner[::3, ::3][:60, :106]
    return frames, truth


def dissolves(table: Table) -> Reel:
    frames, truth = table.shot(60), list[Span]()
    for length in (5, 8, 14, 25, 50):
        after = table.shot(length + 50)
        first = len(frames) - length
        frames[first:] = [
            _mixed(a, b, (number + 1) / (length + 1))
            for number, (a, b) in enumerate(zip(frames[first:], after, strict=False))
        ]
        truth.append((first, len(frames)))
        frames += after[length:]
    return frames, truth


KINDS: dict[str, Callable[[Table], Reel]] = {
    one.__name__: one
    for one in (
        *(rapid, back_and_forth, dark, bars, fields, flash_on_the_cut),
        *(flashes, lamps, sweeps, titles, dissolves),
    )
}
