"""Sizes of a storyboard's films: every ratio and resolution, even, and makeable."""

import itertools
from typing import get_args

import pytest

from reelwright import operators
from reelwright.pipelines.storyboard import sizes


@pytest.mark.parametrize(
    ("ratio", "resolution", "size"),
    [
        ("9:16", "720P", (720, 1280)),
        ("16:9", "1080P", (1920, 1080)),
        ("4:3", "480P", (640, 480)),
        ("3:4", "2K", (1440, 1920)),
        ("16:9", "4K", (3840, 2160)),
        ("9:16", "360P", (360, 640)),
        ("16:9", "480P", (854, 480)),
    ],
    ids=str,
)
def test_a_ratio_and_a_resolution_give_a_size(ratio, resolution, size):
    assert sizes.size(ratio, resolution) == size


@pytest.mark.parametrize(
    ("ratio", "resolution"), list(itertools.product(get_args(sizes.Ratio), sizes.SHORTER)), ids=str
)
def test_every_size_is_even_and_what_is_made_keeps_its_shape(ratio, resolution):
    width, height = sizes.size(ratio, resolution)
    made = sizes.made(ratio, resolution)

    assert width % 2 == height % 2 == made[0] % 2 == made[1] % 2 == 0
    assert made[0] / made[1] == pytest.approx(width / height, rel=0.003)
    for name in ("image.generate", "video.generate"):
        operators.load(name).params(prompt="x", width=made[0], height=made[1])
