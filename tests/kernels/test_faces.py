"""`kernels.faces`: when, how large and where is looked; one network gives the same whatever it was shown before."""

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwright.kernels import faces
from reelwright.kernels.faces import Face, Rhythm

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[3] / "shared" / "data"))
WEIGHTS = DATA / "models" / "yunet_n_640_640.onnx"
SIZE = (1280, 720)


def looked(rhythm, time, *found):
    where = rhythm.where(Fraction(time), *SIZE)
    rhythm.found(Fraction(time), tuple(Face(x, 200.0, wide, wide, 0.9) for x, wide in found), max(SIZE))
    return where


def test_the_part_that_is_looked_at_stays_while_the_face_stays_in_it():
    rhythm = Rhythm(adapts=True)
    looked(rhythm, 0, (600.0, 60.0))
    parts = {looked(rhythm, Fraction(step, 5), (600.0 + 4 * step, 60.0 + step % 3)).part for step in range(1, 9)}
    assert len(parts) == 1
    left, top, right, bottom = parts.pop()
    assert (right - left) * (bottom - top) < 0.2 * 320 * 180


def test_the_part_goes_along_with_a_face_that_leaves_it():
    rhythm = Rhythm(adapts=True)
    looked(rhythm, 0, (300.0, 60.0))
    for step in range(1, 9):
        x = 300.0 + 80 * step
        where = looked(rhythm, Fraction(step, 5), (x, 60.0))
        scale = where.size[0] / SIZE[0]
        assert where.part[0] <= (x - 80) * scale  # where the face was when the part was chosen
        assert where.part[2] >= (x - 20) * scale


def test_faces_of_many_sizes_are_looked_at_in_few():
    rhythm, sizes = Rhythm(adapts=True), set()
    looked(rhythm, 0, (600.0, 60.0))
    for step in range(1, 60):
        sizes.add(looked(rhythm, Fraction(step, 5), (600.0, 20.0 + 2 * step)).size)
    assert len(sizes) <= len(faces.KNOWN_SIDES)


@pytest.mark.parametrize(("found", "knows"), [([1], False), ([1, 1], True), ([1, 1, 0], False), ([0, 1], False)])
def test_who_was_seen_twice_is_known_until_missed(found, knows):
    rhythm = Rhythm(adapts=True)
    for time, there in enumerate(found):
        looked(rhythm, time, *([(600.0, 60.0)] * there))
    assert rhythm.knows == knows
    rhythm.forget()
    assert not rhythm.knows


@pytest.mark.skipif(not WEIGHTS.exists(), reason="needs the shared media (REELWRIGHT_DATA)")
def test_a_network_gives_the_same_after_pictures_of_other_sizes():
    """More sizes than are kept, and two of one grain."""
    random = np.random.default_rng(3)
    pictures = [
        random.integers(0, 255, (tall, wide, 3), dtype=np.uint8)
        for wide, tall in ((160, 90), (160, 96), (96, 96), (128, 64), (64, 64), (320, 180), (224, 126))
    ]
    one = faces.yunet(WEIGHTS)
    first = [one(picture) for picture in pictures]
    again = [one(picture) for picture in reversed(pictures)][::-1]
    fresh = [faces.yunet(WEIGHTS)(picture) for picture in pictures]
    assert first == again == fresh
