"""A film's title before it begins: words on the blurred first picture of the film, which comes nearer slowly.

The card has the colours of the film because it is made of it. It comes out of black and goes into it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reelwright.loading import lazy
from reelwright.media import conforming, fonts, lettering, planes
from reelwright.media.planes import Planes

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

TITLE, SECOND = 0.105, 0.055  # of the picture's shorter side: height of letters
SECONDS = 2.5
FADE = 0.5  # s
NEARER = 0.1  # of the picture's size, by which it has come nearer in the end
BLUR = 0.03  # of the picture's shorter side
LIGHT = 0.5  # of the picture that is left behind the words
SMALL = 4  # times smaller: what is blurred needs no more


@dataclass(frozen=True, slots=True)
class Card:
    """`lines`: the title, and what stands below it in smaller letters."""

    title: str
    second: str = ""

    def layers(self, found: fonts.Fonts, size: tuple[int, int]) -> list[lettering.Layer]:
        """The words, ready to be laid on a picture of that size."""
        shorter = min(size) / size[1]
        big = lettering.Style(size=TITLE * shorter, outline=0.004 * shorter, bottom=0.46, width=0.86)
        small = lettering.Style(size=SECOND * shorter, outline=0.003 * shorter, width=0.8)
        words = [(self.title, big)]
        if self.second:
            tall = self._height(found, size, small)
            words.append((self.second, _lower(small, 0.42 - tall)))
        letters = (lettering.Lettering(found, size, style, conforming.BT601, conforming.LIMITED) for _, style in words)
        laid = [one.layer(text) for one, (text, _) in zip(letters, words, strict=True)]
        return [one for one in laid if one is not None]

    def _height(self, found: fonts.Fonts, size: tuple[int, int], style: lettering.Style) -> float:
        """Of the smaller words, a share of the picture's."""
        lines, letter = lettering.Lettering(found, size, style).lines(self.second)
        return sum(found.line(line, letter).height for line in lines) / size[1]


def _lower(style: lettering.Style, bottom: float) -> lettering.Style:
    return lettering.Style(size=style.size, outline=style.outline, width=style.width, bottom=max(0.02, bottom))


def pictures(ground: Planes, layers: Sequence[lettering.Layer], rate: int) -> Iterator[Planes]:
    """The card, picture by picture, over a first picture given as planes."""
    count = round(SECONDS * rate)
    soft = [_blurred(plane) for plane in ground]
    for number in range(count):
        near = 1 + NEARER * number / count
        made = [_nearer(plane, near, full.shape) for plane, full in zip(soft, ground, strict=True)]
        conforming.dimmed(made, LIGHT)
        for one in layers:
            one.put_on(made)
        conforming.dimmed(made, min(1.0, (number + 1) / (FADE * rate), (count - number) / (FADE * rate)))
        yield made


def _blurred(plane: planes.Plane) -> planes.Plane:
    height, width = plane.shape
    small = cv2.resize(plane, (max(2, width // SMALL), max(2, height // SMALL)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), max(0.5, BLUR * min(small.shape))))


def _nearer(plane: planes.Plane, times: float, shape: tuple[int, ...]) -> planes.Plane:
    """Seen `times` as large about its middle, at the full size."""
    height, width = shape[:2]
    across, down = width / plane.shape[1] * times, height / plane.shape[0] * times
    shift = ((width - across * plane.shape[1]) / 2, (height - down * plane.shape[0]) / 2)
    way = np.array([[across, 0, shift[0]], [0, down, shift[1]]], np.float32)
    return np.asarray(
        cv2.warpAffine(plane, way, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    )
