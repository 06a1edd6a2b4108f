"""The shapes of logos, put together from what was seen of them."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import logo_shape


def card(radius=0):
    mask = np.zeros((60, 120), np.uint8)
    cv2.rectangle(mask, (20 + radius, 15), (99 - radius, 44), 1, -1)
    cv2.rectangle(mask, (20, 15 + radius), (99, 44 - radius), 1, -1)
    for x in (20 + radius, 99 - radius):
        for y in (15 + radius, 44 - radius):
            cv2.circle(mask, (x, y), radius, 1, -1)
    return mask > 0


@pytest.mark.parametrize("radius", [0, 6], ids=["square", "rounded"])
def test_a_corner_of_a_card_that_the_scenery_hides_is_found_by_the_others(radius):
    whole = card(radius)
    seen = whole.copy()
    seen[37:45, 20:28] = False
    assert np.array_equal(logo_shape._mended(seen), whole)


@pytest.mark.parametrize("radius", [0, 6], ids=["square", "rounded"])
def test_a_card_that_was_seen_whole_stays_as_it_is(radius):
    whole = card(radius)
    whole[45, 30:60] = True  # a soft rim, not trimmed here
    assert np.array_equal(logo_shape._mended(whole), whole)


def test_a_shape_that_is_no_card_stays_as_it_is():
    mask = cv2.fillConvexPoly(np.zeros((60, 120), np.uint8), np.array([[20, 50], [100, 50], [20, 10]]), 1) > 0
    assert np.array_equal(logo_shape._mended(mask), mask)
