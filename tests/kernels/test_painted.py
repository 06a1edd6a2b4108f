"""Planes painted by something that is known: it gives one colour, or the picture itself."""

import numpy as np
import pytest

from reelwright.kernels import painted


def region(colour=(120, 90, 160), size=(60, 80), unit=1):
    planes = [
        np.full(size, colour[0] * unit),
        *(np.full((size[0] // 2, size[1] // 2), one * unit) for one in colour[1:]),
    ]
    hole = np.zeros(size, bool)
    hole[20:40, 30:60] = True
    holes = [hole, hole[::2, ::2], hole[::2, ::2]]
    kind = np.uint8 if unit == 1 else np.uint16
    worn = [np.where(mask, 16 * unit, plane).astype(kind) for plane, mask in zip(planes, holes, strict=True)]
    return worn, planes, holes


@pytest.mark.parametrize("unit", [1, 4], ids=["8-bit", "10-bit"])
@pytest.mark.parametrize("colour", [(120, 90, 160), (40, 128, 128), (200, 150, 100)])
def test_what_is_painted_right_comes_back_to_the_planes_right(unit, colour):
    worn, true, holes = region(colour, unit=unit)
    seen = []

    def painter(picture, hole):
        seen.append(picture[~hole].mean(axis=0))
        return np.where(hole[..., None], seen[-1], picture)

    found = painted.filled(worn, holes, painter, unit)

    for plane, clean in zip(found, true, strict=True):
        assert np.abs(plane - clean).max() < 0.6 * unit
    assert 0 <= seen[0].min() <= seen[0].max() <= 1


def test_a_painter_that_is_off_is_lifted_to_the_rim():
    worn, true, holes = region()
    found = painted.filled(worn, holes, lambda picture, hole: np.clip(picture * 0 + 0.7, 0, 1), 1.0)
    assert np.abs(found[0] - true[0]).max() < 1.5


def test_the_painter_sees_the_hole_of_every_plane_and_the_rest_stays():
    worn, _, holes = region()
    holes[1] = holes[1].copy()
    holes[1][0, 0] = True
    asked = []

    def painter(picture, hole):
        asked.append(hole)
        return picture

    found = painted.filled(worn, holes, painter, 1.0)

    assert asked[0][:2, :2].all()
    for plane, before, mask in zip(found, worn, holes, strict=True):
        assert np.array_equal(plane[~mask], before[~mask].astype(np.float32))


def test_a_luma_alone_is_grey():
    worn, true, holes = region()
    found = painted.filled(
        worn[:1], holes[:1], lambda picture, hole: np.where(hole[..., None], picture[0, 0], picture), 1.0
    )
    assert np.abs(found[0] - true[0]).max() < 0.6
