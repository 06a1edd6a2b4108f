"""`kernels.regions`: shares of a picture become even boxes."""

import pytest

from reelwright.kernels import regions


@pytest.mark.parametrize(
    ("shares", "wanted"),
    [
        pytest.param([(0, 0.7, 1, 0.3)], {(0, 252, 640, 360)}, id="lowest"),
        pytest.param([(0, 0, 0.25, 0.25), (0.5, 0.5, 0.25, 0.25)], {(0, 0, 160, 90), (320, 180, 480, 270)}, id="apart"),
        pytest.param([(0, 0, 0.5, 0.5), (0.25, 0.25, 0.5, 0.5)], {(0, 0, 480, 270)}, id="overlapping"),
        pytest.param([(0, 0, 0.2, 1), (0.8, 0, 0.2, 1), (0, 0.4, 1, 0.2)], {(0, 0, 640, 360)}, id="bridged"),
        pytest.param([(0.9, 0.9, 0.5, 0.5)], {(576, 324, 640, 360)}, id="out-of-the-picture"),
    ],
)
def test_boxes_are_even_inside_and_apart(shares, wanted):
    found = regions.boxes(shares, (640, 360))
    assert set(found) == wanted
    assert all(side % 2 == 0 for box in found for side in box)


@pytest.mark.parametrize(
    ("other", "meets"), [((10, 0, 20, 10), False), ((9, 9, 20, 20), True), ((0, 10, 10, 20), False)]
)
def test_boxes_that_only_touch_do_not_meet(other, meets):
    assert regions.meet((0, 0, 10, 10), other) is meets
