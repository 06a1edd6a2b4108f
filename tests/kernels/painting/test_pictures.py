"""The painted scenes themselves: they show what was asked for, move, and are always the same."""

from itertools import pairwise

import numpy as np
import pytest

from reelwright.kernels.painting.palette import colour
from reelwright.kernels.painting.pictures import Painting
from reelwright.kernels.painting.reading import read
from reelwright.kernels.painting.settings import PLACES
from reelwright.kernels.painting.stage import Size

SIZE = Size(320, 180)
FINGERPRINTS = {
    "red kite": ("a red kite over a meadow on a sunny day", (200, 50, 47), (0.0, 0.75)),
    "orange cat": ("一只橘色的猫坐在窗前，白天", (232, 130, 43), (0.35, 1.0)),
    "red umbrella": ("a woman with a red umbrella in the street, day", (200, 50, 47), (0.3, 1.0)),
    "orange fish": ("orange fish under water, underwater, day", (232, 130, 43), (0.1, 1.0)),
    "yellow car": ("a yellow car on the street at noon", (242, 194, 48), (0.4, 1.0)),
    "blue balloon": ("a blue hot air balloon over mountains, noon, clear sky", (47, 111, 196), (0.0, 0.7)),
}
"""A subject, its colour, and the heights within which it must be seen."""


def frame(prompt, at=2.0, seed=3, size=SIZE):
    return Painting(read(prompt), size, seed=seed).frame(at, 5.0)[..., :3].copy()


def near(picture, code, limit=70):
    """Pixels whose hue is that of a colour: compared without their brightness."""
    wanted = np.asarray(code, float)
    shades = picture.astype(float) / np.maximum(picture.max(axis=2, keepdims=True), 1)
    return np.abs(shades - wanted / wanted.max()).sum(axis=2) * 255 < limit


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_a_subject_is_there_in_its_colour(name):
    prompt, code, (top, bottom) = FINGERPRINTS[name]
    picture = frame(prompt)
    rows = np.nonzero(near(picture, code).any(axis=1))[0]
    assert near(picture, code).mean() > 0.002
    middle = np.median(np.nonzero(near(picture, code))[0]) / SIZE.height
    assert rows.size
    assert top < middle < bottom


@pytest.mark.parametrize("name", ["red kite", "orange cat", "orange fish", "yellow car", "blue balloon"])
def test_without_it_nothing_has_its_colour(name):
    prompt, code, _ = FINGERPRINTS[name]
    bare = {"red kite": "a meadow on a sunny day", "orange cat": "窗前，白天，房间", "orange fish": "underwater, day"}
    bare |= {"yellow car": "the street at noon", "blue balloon": "mountains, noon, clear sky"}
    with_it, without = near(frame(prompt), code).mean(), near(frame(bare[name]), code).mean()
    difference = np.abs(frame(prompt).astype(int) - frame(bare[name])).sum(axis=2) > 40
    assert difference.mean() > 0.001
    assert with_it > without


@pytest.mark.parametrize("place", ["sea", "meadow", "mountains", "city", "desert"])
def test_night_is_darker_than_dusk_and_dusk_than_day(place):
    light = [frame(f"{place}, {time}").mean() for time in ("night", "dusk", "at noon")]
    assert light[0] < 0.75 * light[1] < light[2]


def test_a_sunset_is_warm_and_a_day_is_blue_above():
    dusk, day = (frame(f"the sea, {time}")[:90].mean(axis=(0, 1)) for time in ("sunset", "noon"))
    assert dusk[0] > 1.2 * dusk[2]
    assert day[2] > 1.2 * day[0]


def test_styles_change_the_colours():
    spread = {
        style: np.ptp(frame(f"{style} mountains, day").astype(int), axis=2).mean()
        for style in ("ink wash", "black and white", "")
    }
    assert spread["black and white"] < 4
    assert spread["ink wash"] < 0.4 * spread[""]


@pytest.mark.parametrize("place", sorted(PLACES))
def test_every_place_moves_and_repeats_itself_exactly(place):
    prompt = {"room": "a room with a cup", "lake": "a lake", "space": "space, planet"}.get(place, place)
    scene = read(prompt)
    first, again = Painting(scene, SIZE, seed=5), Painting(scene, SIZE, seed=5)
    pictures = [first.frame(at, 5.0).copy() for at in (0.0, 0.5, 1.0)]
    assert all(np.array_equal(one, again.frame(at, 5.0)) for one, at in zip(pictures, (0.0, 0.5, 1.0), strict=True))
    assert min(np.abs(a.astype(int) - b).mean() for a, b in pairwise(pictures)) > 0.4
    assert pictures[0][..., :3].std() > 8


def test_another_seed_is_another_place():
    one, other = (frame("mountains at noon", seed=seed) for seed in (1, 2))
    assert np.abs(one.astype(int) - other).mean() > 3


@pytest.mark.parametrize("size", [(180, 320), (256, 256), (128, 128), (640, 128)])
def test_any_shape_can_be_painted(size):
    picture = frame("a man walks on the beach at dusk", size=Size(*size))
    assert picture.shape == (size[1], size[0], 3)
    assert picture.std() > 8


def test_colours_are_written_in_hex():
    assert colour("#ff8000") == pytest.approx((1.0, 128 / 255, 0.0))
