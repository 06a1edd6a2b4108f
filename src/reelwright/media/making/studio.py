"""Things that are hard to key before screens that are hard to key, each with its exact matte.

Subjects (`SUBJECTS`): somebody with hair, a tumbler of glass, smoke, a fan that turns while the shutter is open, loose
wires, leaves. Each is colours and alpha, drawn three times as large and averaged. Before it is mixed with the screen
the screen is lit: unevenly, with creases, with a shadow on the floor, with marks of another shade for tracking. The
screen may end within the picture; what stands beside it belongs to the foreground. A shadow or a mark on the screen
is screen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy
from reelwright.media.making import screens
from reelwright.media.making.screens import Colour, Map

if TYPE_CHECKING:
    import av
    import cv2
else:
    av, cv2 = lazy("av"), lazy("cv2")

FINE = screens.FINE
BT601, BT709 = 5, 1  # of swscale's colour spaces
LIMITED, FULL = 1, 2  # ranges of swscale
WALL: Colour = (96, 92, 88)  # beside the screen
SUBFRAMES = 16  # of a blur by motion
FAINT = 1e-3
ALIKE = 0.02  # of all the light of a pixel: shades of one cloth

Subject = Callable[[tuple[int, int], float, int], tuple[Map, Map]]
"""Size (width, height), place in the clip (0–1) and seed to colours float32 [h, w, 3] and alpha [h, w], 0–1."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Screen, light and camera. Parts and shares are of 1; `grain` is the standard deviation of noise in levels."""

    colour: Colour = screens.GREEN
    uneven: float = 0.25
    creases: float = 0.0
    """How much darker the folds of the cloth are."""
    shadow: float = 0.0
    """How deep the shadow on the floor is."""
    marks: float = 0.0
    """How much brighter crosses on the screen are; darker below 0."""
    width: float = 1.0
    """Of the picture that the screen fills, in its middle."""
    spill: float = 0.04
    grain: float = 2.0
    size: tuple[int, int] = (640, 360)
    frames: int = 2
    crf: int = 20
    pixels: str = "yuv420p"
    full_range: bool = False
    seed: int = 0


def film(path: Path, subject: Subject, stage: Stage) -> list[Map]:
    """Write the H.264 file; gives the true alpha of each frame, float32 [height, width]."""
    plate = _plate(stage)
    random = np.random.default_rng([stage.seed, 7])
    beside = _beside(stage)[..., None]
    pictures, alphas = [], []
    for number in range(stage.frames):
        colours, alpha = subject(stage.size, number / max(1, stage.frames - 1), stage.seed)
        part = alpha[..., None]
        behind = plate * (1 - beside) + np.array(WALL, np.float32) * beside
        mixed = part * (colours * (1 - stage.spill) + plate * stage.spill) + (1 - part) * behind
        noisy = mixed + random.normal(0, stage.grain, mixed.shape).astype(np.float32)
        pictures.append(np.clip(np.round(noisy), 0, 255).astype(np.uint8))
        alphas.append(np.asarray(1 - (1 - alpha) * (1 - beside[..., 0]), np.float32))
    written(path, pictures, stage)
    return alphas


def written(path: Path, pictures: list[NDArray[np.uint8]], stage: Stage) -> Path:
    """Encode RGB pictures as the stage's camera does."""
    with av.open(str(path), "w", format="mp4") as box:
        video = box.add_stream("libx264", rate=25, options={"crf": str(stage.crf), "preset": "veryfast"})
        video.width, video.height, video.pix_fmt = *stage.size, stage.pixels
        coder = video.codec_context
        coder.colorspace = coder.color_primaries = coder.color_trc = BT709
        coder.color_range = FULL if stage.full_range else LIMITED
        for number, rgb in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame = frame.reformat(
                format=stage.pixels, dst_colorspace=BT709, dst_color_range=FULL if stage.full_range else LIMITED
            )
            frame.pts, frame.time_base = number, Fraction(1, 25)
            box.mux(video.encode(frame))
        box.mux(video.encode(None))
    return path


# The screen


def _plate(stage: Stage) -> Map:
    """The lit screen, float32 [height, width, 3]."""
    wide, high = stage.size
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32) / high
    light = screens.lit(stage.size, stage.uneven, 0.0)[..., 0]
    random = np.random.default_rng([stage.seed, 8])
    for _ in range(9 if stage.creases else 0):
        turn, at, across = random.uniform(-0.5, 0.5), random.uniform(0, wide / high), random.uniform(0.008, 0.03)
        far = (x - at) * np.cos(turn) + (y - 0.5) * np.sin(turn)
        light *= 1 - stage.creases * np.exp(-((far / across) ** 2)) * (1 + np.tanh(far / across * 2)) / 2
    floor = np.exp(-((((x - wide / high * 0.62) / 0.45) ** 2 + ((y - 0.93) / 0.12) ** 2) ** 2))
    light *= 1 - stage.shadow * floor
    lit = light[..., None] * np.array(stage.colour, np.float32)
    return np.asarray(lit * (1 + stage.marks * _marks(stage.size)[..., None]), np.float32)


def _marks(size: tuple[int, int]) -> Map:
    """Crosses in rows: 1 on them."""
    wide, high = size
    drawn = np.zeros((high, wide), np.float32)
    arm, thick = max(3, high // 40), max(1, high // 180)
    for x in range(wide // 10, wide, wide // 5):
        for y in range(high // 8, high, high // 4):
            cv2.line(drawn, (x - arm, y), (x + arm, y), 1.0, thick)
            cv2.line(drawn, (x, y - arm), (x, y + arm), 1.0, thick)
    return np.asarray(cv2.blur(drawn, (2, 2)), np.float32)


def _beside(stage: Stage) -> Map:
    """1 where the picture shows what stands beside the screen."""
    wide, high = stage.size
    off = np.abs(np.arange(wide, dtype=np.float32) + 0.5 - wide / 2) - stage.width * wide / 2
    return np.broadcast_to(np.clip(off + 0.5, 0, 1), (high, wide)).astype(np.float32)


# Subjects


def person(coat: Colour = screens.COAT, hair: Colour = screens.HAIR, near: float = 1.0, strands: int = 60) -> Subject:
    """Somebody with loose hair; `near` is how much larger than usual."""

    def drawn(size: tuple[int, int], at: float, seed: int) -> tuple[Map, Map]:
        colours, alpha = screens.somebody((round(size[0] * near), round(size[1] * near)), strands, hair, seed)
        shades = colours / np.maximum(colours.sum(2, keepdims=True), 1)
        is_coat = np.abs(shades - np.array(screens.COAT) / sum(screens.COAT)).max(2) < ALIKE
        colours[is_coat] *= np.array(coat, np.float32) / np.array(screens.COAT, np.float32)
        colours, alpha = _framed(colours, size), _framed(alpha, size)
        return _moved(colours, alpha, round((at - 0.5) * size[0] * 0.06))

    return drawn


def glass(size: tuple[int, int], at: float, seed: int) -> tuple[Map, Map]:
    """A tumbler: clear walls, denser rims, highlights that hide what is behind, a cloudy drink in its lower half."""
    x, y = _places(size)
    x = x - 0.1 * (at - 0.5)
    half = 0.2 - 0.05 * (y - 0.15)
    inside = (np.abs(x) < half) & (y > 0.15) & (y < 0.9)
    edge = np.exp(-(((np.abs(x) - half) / 0.012) ** 2))
    base = (y > 0.84) & inside
    drink = inside & (y > 0.5)
    bright = np.exp(-(((x + 0.11) / 0.015) ** 2)) * (np.abs(y - 0.45) < 0.22)
    alpha = np.where(inside, np.maximum(0.10 + 0.55 * edge, np.where(drink, 0.5, 0)), 0)
    alpha = np.maximum(np.maximum(alpha, np.where(base, 0.7, 0)), np.where(inside, 0.85 * bright, 0))
    colour = np.select([drink[..., None], inside[..., None]], [(168, 164, 160), (200, 205, 210)], (150, 150, 150))
    colour = colour * (1 - bright[..., None]) + 245 * bright[..., None]
    return _reduced(np.asarray(colour, np.float32), np.asarray(alpha, np.float32))


def smoke(size: tuple[int, int], at: float, seed: int) -> tuple[Map, Map]:
    """Grey billows of every density."""
    random = np.random.default_rng([seed, 9])
    field = np.zeros((size[1], size[0]), np.float32)
    for cells in (4, 8, 16, 32, 64):
        grid = random.normal(0, 1, (cells + 2, 2 * cells + 2)).astype(np.float32)
        field += np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC), np.float32) / np.float32(cells**0.8)
    x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]))
    shape = 0.9 - ((x - 0.1 * at) / 0.55) ** 2 - ((y - 0.3) / 0.9) ** 2
    alpha = np.clip(0.8 * shape + 1.4 * field - 0.1, 0, 0.95).astype(np.float32)
    grey = np.clip(150 + 60 * field, 60, 235)[..., None]
    return np.asarray(grey * np.array((1, 0.99, 0.97), np.float32), np.float32), alpha


def fan(size: tuple[int, int], at: float, seed: int) -> tuple[Map, Map]:
    """Blades that turn while the shutter is open, and the pole they turn on."""
    x, y = _places(size)
    pole = (np.abs(x) < 0.02) & (y > 0.45) | (np.hypot(x, y - 0.45) < 0.05)
    angle, far = np.arctan2(y - 0.45, x), np.hypot(x, y - 0.45)
    total = np.zeros_like(x)
    for part in range(SUBFRAMES):
        turn = 0.7 * at + 0.35 * part / SUBFRAMES
        total += (np.cos(3 * (angle - turn)) > 0.75) & (far < 0.38)
    alpha = np.maximum(total / SUBFRAMES, pole).astype(np.float32)
    colour = np.where(pole[..., None], (60, 60, 66), (210, 70, 50)).astype(np.float32)
    return _reduced(colour, alpha)


def wires(size: tuple[int, int], at: float, seed: int) -> tuple[Map, Map]:
    """Thin lines of several colours and widths, some far from all else."""
    random = np.random.default_rng([seed, 10])
    high, wide = size[1] * FINE, size[0] * FINE
    drawn, colour = np.zeros((high, wide), np.float32), np.zeros((high, wide, 3), np.float32)
    way = np.linspace(0, 1, 60)
    for number in range(40):
        start, stop = random.uniform(-0.1, 1.1, 2), random.uniform(-0.1, 1.1, 2)
        bend = random.normal(0, 0.1, 2)
        line = start + (stop - start) * way[:, None] + bend * np.sin(np.pi * way)[:, None]
        points = np.round(line * (wide, high)).astype(np.int32)[:, None]
        tint = ((35, 30, 30), (225, 220, 210), (170, 50, 40), (120, 90, 60))[number % 4]
        thick = 1 + number % 5
        cv2.polylines(drawn, [points], False, 1.0, thick)
        cv2.polylines(colour, [points], False, tint, thick)
    return _reduced(colour, drawn)


def leaves(size: tuple[int, int], at: float, seed: int) -> tuple[Map, Map]:
    """A twig with leaves between yellow and green, lit from above."""
    random = np.random.default_rng([seed, 11])
    high, wide = size[1] * FINE, size[0] * FINE
    drawn, colour = np.zeros((high, wide), np.float32), np.zeros((high, wide, 3), np.float32)
    cv2.line(drawn, (wide // 2, high), (wide // 2, high // 5), 1.0, 4 * FINE)
    cv2.line(colour, (wide // 2, high), (wide // 2, high // 5), (90, 70, 45), 4 * FINE)
    for number in range(44):
        angle, reach = random.uniform(-2.4, 2.4), random.uniform(0.08, 0.3) * high
        x, y = wide / 2 + reach * np.sin(angle), high * (0.25 + 0.6 * number / 44) - 0.4 * reach * np.cos(angle)
        tint = np.array((150, 165, 60)) * random.uniform(0.6, 1.25) + random.normal(0, 12, 3)
        axes = (round(0.05 * high), round(0.018 * high))
        for into, value in ((drawn, 1.0), (colour, tint.tolist())):
            cv2.ellipse(into, (round(x), round(y)), axes, np.degrees(angle) + 70, 0, 360, value, -1)
    return _reduced(colour, drawn)


def cut_out(colours: Map, alpha: Map) -> Subject:
    """A picture with its own alpha, any size: it sways a little."""

    def drawn(size: tuple[int, int], at: float, seed: int) -> tuple[Map, Map]:
        scale = min(size[0] / alpha.shape[1], size[1] / alpha.shape[0])
        inner = round(alpha.shape[1] * scale), round(alpha.shape[0] * scale)
        own = cv2.resize(np.dstack([colours * alpha[..., None], alpha]), inner, interpolation=cv2.INTER_AREA)
        whole = np.zeros((size[1], size[0], 4), np.float32)
        left, top = (size[0] - inner[0]) // 2, size[1] - inner[1]
        whole[top:, left : left + inner[0]] = own
        part = whole[..., 3]
        plain = whole[..., :3] / np.maximum(part, FAINT)[..., None]
        return _moved(np.asarray(plain, np.float32), np.ascontiguousarray(part), round((at - 0.5) * 6))

    return drawn


def _places(size: tuple[int, int]) -> tuple[Map, Map]:
    """x from the middle and y from above, in heights, of the fine grid."""
    high, wide = size[1] * FINE, size[0] * FINE
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32) / high
    return x - wide / high / 2, y


def _reduced(colours: Map, alpha: Map) -> tuple[Map, Map]:
    """From the fine grid; a pixel's colour is that of what covers it."""
    size = alpha.shape[1] // FINE, alpha.shape[0] // FINE
    part = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    covered = cv2.resize(colours * alpha[..., None], size, interpolation=cv2.INTER_AREA)
    return np.asarray(covered / np.maximum(part, FAINT)[..., None], np.float32), np.asarray(part, np.float32)


def _framed(plane: Map, size: tuple[int, int]) -> Map:
    """The middle of what is larger than the picture; what is smaller stands on its lower edge, with nothing around."""
    high, wide = plane.shape[:2]
    above, beside = max(0, size[1] - high), max(0, size[0] - wide)
    rest = ((above, 0), (beside // 2, beside - beside // 2), (0, 0))[: plane.ndim]
    top, left = max(0, high - size[1]) // 2, max(0, wide - size[0]) // 2
    return np.asarray(np.pad(plane[top : top + size[1], left : left + size[0]], rest), np.float32)


def _moved(colours: Map, alpha: Map, by: int) -> tuple[Map, Map]:
    """Sideways by whole pixels; what comes in at the side is what stood there."""
    columns = np.clip(np.arange(alpha.shape[1]) - by, 0, alpha.shape[1] - 1)
    return np.ascontiguousarray(colours[:, columns], np.float32), np.ascontiguousarray(alpha[:, columns], np.float32)
