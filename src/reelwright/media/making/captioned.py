"""A film with captions burned in, and with what is not one: signs that move with the camera, a title, a watermark.

Words are drawn with Pillow's own font, which has Latin letters only; a font file may be given for others. The picture
behind is a texture the camera pans over, or frames that are handed in.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy
from reelwright.media.making.writing import Rgb, write_video

if TYPE_CHECKING:
    import cv2
    from PIL import Image, ImageDraw, ImageFont
else:
    cv2 = lazy("cv2")
    Image = lazy("PIL.Image")
    ImageDraw = lazy("PIL.ImageDraw")
    ImageFont = lazy("PIL.ImageFont")

Colour = tuple[int, int, int]
Edge = Literal["outline", "shadow", "box", "none"]
Layer = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Colours and cover (0–1), float32 [h, w, 3] and [h, w, 1]."""

WHITE: Colour = (245, 245, 245)
GRAINS = ((6, 0.5), (24, 0.3), (110, 0.2))  # cells across the texture, weight
LEADING = 1.25  # from baseline to baseline, in letters' size
SIGN, SIGN_TOP = 0.05, 0.765  # of the picture's height: letters of a sign, and where its upper edge is


@dataclass(frozen=True, slots=True)
class Style:
    """How words look. `size`: share of the picture's height. `base`: where the last baseline is, likewise."""

    size: float = 0.065
    base: float = 0.94
    colour: Colour = WHITE
    edge: Edge = "outline"
    align: Literal["centre", "left"] = "centre"
    fade: float = 0.0
    """Seconds to come, and to go."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words on the screen in [start, end) seconds; with a style of its own, it is no caption but something else."""

    start: float
    end: float
    text: str
    style: Style | None = None


@dataclass(frozen=True, slots=True)
class Captioned:
    """A made film and the truth about it; the cues' times are those of frames."""

    path: Path
    size: tuple[int, int]
    fps: Fraction
    frames: int
    cues: tuple[Cue, ...]

    @property
    def seconds(self) -> float:
        return float(self.frames / self.fps)


def captioned(
    path: Path,
    cues: Sequence[Cue],
    *,
    size: tuple[int, int] = (640, 360),
    fps: Fraction | int = 25,
    seconds: float | None = None,
    style: Style | None = None,
    others: Sequence[Cue] = (),
    signs: Sequence[str] = (),
    pan: float = 0.1,
    behind: Iterable[Rgb] | None = None,
    font: Path | None = None,
    cuts: Sequence[float] = (),
    seed: int = 0,
    crf: int = 20,
    key_every: int | None = None,
) -> Captioned:
    """Make it. `others`: words that are no captions, still on the screen. `signs`: words in the scene, which move with
    it. `pan`: widths of the picture the camera moves in a second. `behind`: frames to write on, uint8 [h, w, 3], of
    `size` instead of the texture. `cuts`: seconds at which the scene is another one.
    """
    fps, style = Fraction(fps), style or Style()
    count = round((seconds if seconds is not None else max(one.end for one in cues) + 0.5) * fps)
    drawn = [(cue, _words(cue.text, cue.style or style, size, font)) for cue in (*cues, *others)]
    scene = behind if behind is not None else _scene(size, count, float(fps), pan, signs, cuts, font, seed)

    def pictures() -> Iterator[Rgb]:
        for index, rgb in enumerate(itertools.islice(scene, count)):
            picture = rgb.astype(np.float32)
            for cue, layer in drawn:
                _lay(picture, layer, _strength(cue, cue.style or style, index / float(fps)))
            yield np.clip(picture, 0, 255).astype(np.uint8)

    write_video(path, pictures(), size=size, fps=fps, crf=crf, key_every=key_every)
    told = tuple(replace(one, start=_on_grid(one.start, fps), end=_on_grid(one.end, fps)) for one in cues)
    return Captioned(path, size, fps, count, told)


def _on_grid(seconds: float, fps: Fraction) -> float:
    """The time of the first frame at or after it."""
    return float(-(-Fraction(seconds).limit_denominator(10000) * fps // 1) / fps)


def _strength(cue: Cue, style: Style, time: float) -> float:
    # Half a microsecond: 0.2 s is the fifth frame of 25 a second, whatever floats make of it.
    if not cue.start - 5e-7 <= time < cue.end - 5e-7:
        return 0.0
    if not style.fade:
        return 1.0
    return float(np.clip(min(time - cue.start, cue.end - time) / style.fade, 0, 1))


def _lay(picture: NDArray[np.float32], layer: Layer, strength: float) -> None:
    if strength:
        colours, cover = layer
        cover = cover * np.float32(strength)
        picture *= 1 - cover
        picture += colours * cover


def _words(text: str, style: Style, size: tuple[int, int], font: Path | None) -> Layer:
    """The words as a layer as large as the picture."""
    width, height = size
    letters = round(style.size * height)
    face = _face(font, letters)
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    lines = text.split("\n")
    for row, line in enumerate(lines):
        y = style.base * height - (len(lines) - 1 - row) * LEADING * letters
        x, anchor = (width / 2, "ms") if style.align == "centre" else (width * 0.08, "ls")
        _word(draw, (x, y), line, face, anchor, style, letters)
    array = np.asarray(image, np.float32)
    return np.ascontiguousarray(array[..., :3]), array[..., 3:] / np.float32(255)


def _word(
    draw: "ImageDraw.ImageDraw",
    at: tuple[float, float],
    line: str,
    face: "ImageFont.FreeTypeFont | ImageFont.ImageFont",
    anchor: str,
    style: Style,
    letters: int,
) -> None:
    edge = max(1, round(letters / 14))
    if style.edge == "box":
        left, top, right, bottom = draw.textbbox(at, line, face, anchor)
        draw.rectangle((left - 3 * edge, top - 2 * edge, right + 3 * edge, bottom + 2 * edge), (0, 0, 0, 190))
    if style.edge == "shadow":
        draw.text((at[0] + edge, at[1] + edge), line, (0, 0, 0), face, anchor)
    outline = edge if style.edge == "outline" else 0
    draw.text(at, line, style.colour, face, anchor, stroke_width=outline, stroke_fill=(0, 0, 0))


def _face(font: Path | None, letters: int) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    return ImageFont.truetype(str(font), letters) if font else ImageFont.load_default(letters)


def _scene(
    size: tuple[int, int],
    count: int,
    fps: float,
    pan: float,
    signs: Sequence[str],
    cuts: Sequence[float],
    font: Path | None,
    seed: int,
) -> Iterator[Rgb]:
    """A window that moves over a wide texture with the signs on it; another texture after each cut."""
    width, _ = size
    ends = [round(cut * fps) for cut in cuts] + [count]
    first = 0
    for shot, end in enumerate(ends):
        way = round(abs(pan) * width * (end - first) / fps)
        texture = _texture(size, width + way + 1, signs, font, [seed, shot])
        for index in range(end - first):
            left = round(abs(pan) * width * index / fps)
            left = way - left if pan < 0 else left
            yield texture[:, left : left + width]
        first = end


def _texture(size: tuple[int, int], wide: int, signs: Sequence[str], font: Path | None, seed: Sequence[int]) -> Rgb:
    random = np.random.default_rng(seed)
    height = size[1]
    mix = np.zeros((height, wide, 3), np.float32)
    for cells, weight in GRAINS:
        grid = random.random((max(2, cells * height // size[0]), max(2, cells * wide // size[0]), 3), np.float32)
        mix += np.float32(weight) * cv2.resize(grid, (wide, height), interpolation=cv2.INTER_CUBIC)
    image = Image.fromarray(np.clip(mix * 230, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for number, sign in enumerate(signs):
        face = _face(font, round(SIGN * height))
        at = (wide * (number + 0.3) / len(signs), height * SIGN_TOP)
        left, top, right, bottom = draw.textbbox(at, sign, face)
        draw.rectangle((left - 8, top - 6, right + 8, bottom + 6), (20, 60, 140))
        draw.text(at, sign, (240, 230, 120), face)
    return np.asarray(image, np.uint8)
