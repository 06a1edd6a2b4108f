"""`kernels.text_plate`: bars behind text, opaque or not, and text without one."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import text_plate

SIZE, PLATE, BOX = (120, 360), (60, 30, 300, 86), (80, 38, 280, 78)


def ground(shift=0):
    cells = np.random.default_rng(9).integers(40, 210, (8, 26, 3)).astype(np.float32)
    cells[..., 1:] = 128 + (cells[..., 1:] - 125) / 5
    wide = cv2.resize(cells, (SIZE[1] + 20, SIZE[0]), interpolation=cv2.INTER_CUBIC)
    return np.clip(wide[:, shift : shift + SIZE[1]], 0, 255)


def written(picture):
    picture = np.ascontiguousarray(picture)
    cv2.putText(picture, "A headline", (86, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (235, 128, 128), 3, cv2.LINE_AA)
    return picture.astype(np.uint8)


@pytest.mark.parametrize("share", [0.7, 1.0])
@pytest.mark.parametrize("colour", [(20, 128, 128), (90, 190, 90)], ids=["black", "blue"])
@pytest.mark.parametrize("moves", [0, 6])
def test_all_of_a_plate_is_found_and_little_more(share, colour, moves):
    shown = ground(moves)
    left, top, right, bottom = PLATE
    shown[top:bottom, left:right] = shown[top:bottom, left:right] * (1 - share) + np.array(colour) * share
    found = text_plate.extent(written(shown), ground().astype(np.uint8), BOX)

    assert found is not None
    beyond = np.array([left - found[0], top - found[1], found[2] - right, found[3] - bottom])
    assert beyond.min() >= 0
    assert beyond.max() <= 6


@pytest.mark.parametrize("moves", [0, 6])
def test_text_alone_has_no_plate(moves):
    assert text_plate.extent(written(ground(moves)), ground().astype(np.uint8), BOX) is None


def test_a_plate_that_goes_on_says_at_which_sides():
    shown = ground()
    shown[30:86] = (20, 128, 128)
    found = text_plate.extent(written(shown), ground().astype(np.uint8), BOX)
    assert text_plate.at_border(found, SIZE) == (True, False, True, False)
