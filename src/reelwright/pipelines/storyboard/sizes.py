"""How large a storyboard's films are: a ratio and a resolution give a size that every encoder takes."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

Ratio = Literal["16:9", "9:16", "4:3", "3:4"]
Resolution = Literal["360P", "480P", "720P", "1080P", "2K", "4K"]

SHORTER: Mapping[Resolution, int] = {"360P": 360, "480P": 480, "720P": 720, "1080P": 1080, "2K": 1440, "4K": 2160}
"""Pixels of the shorter side."""
MOST_MADE = 2160  # px of a side that generation can make; larger films are made of it enlarged


@cache
def size(ratio: Ratio, resolution: Resolution) -> tuple[int, int]:
    """(width, height) in pixels, both even."""
    across, down = map(int, ratio.split(":"))
    shorter = SHORTER[resolution]
    longer = round(shorter * max(across, down) / min(across, down) / 2) * 2
    return (longer, shorter) if across > down else (shorter, longer)


@cache
def made(ratio: Ratio, resolution: Resolution) -> tuple[int, int]:
    """The size that pictures and clips are made in: that of the film, or as much of it as can be made."""
    width, height = size(ratio, resolution)
    scale = min(1.0, MOST_MADE / max(width, height))
    return round(width * scale / 2) * 2, round(height * scale / 2) * 2
