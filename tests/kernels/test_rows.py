"""Strips of rows: the same as whole pictures, whatever their size."""

import numpy as np
import pytest

from reelwright.kernels import blending, filters
from reelwright.kernels.rows import by_rows


@pytest.mark.parametrize("shape", [(50, 30), (1, 400), (400, 1), (7, 7, 3)], ids=str)
@pytest.mark.parametrize("pixels", [1, 64, 500, 1 << 21])
@pytest.mark.parametrize("reach", [0, 1, 9])
def test_strips_give_what_the_whole_gives(shape, pixels, reach):
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)

    def lowest_within_reach(part):
        padded = np.pad(part, ((reach, reach), *((0, 0),) * (part.ndim - 1)), constant_values=255)
        return np.min([padded[shift : shift + len(part)] for shift in range(2 * reach + 1)], axis=0)

    assert np.array_equal(
        by_rows(lowest_within_reach, picture, reach=reach, pixels=pixels), lowest_within_reach(picture)
    )


def test_seams_cannot_be_seen_in_large_pictures(monkeypatch):
    picture = np.random.default_rng(1).integers(0, 256, (300, 40, 4), dtype=np.uint8)
    works = [
        lambda: filters.blurred(picture, 9, 4.0),
        lambda: filters.sharpened(picture, 3, 1.0, 2.0),
        lambda: filters.toned(picture, brightness=1.1, contrast=0.9, saturation=1.5, gamma=1.2),
        lambda: filters.shifted_hue(picture, 77),
        lambda: blending.blended(picture, picture[::-1], 0.7, "soft_light"),
        lambda: blending.over(picture, picture[::-1, :, :3], picture[..., 0], x=3, y=-20, opacity=0.7),
    ]
    whole = [work() for work in works]
    monkeypatch.setattr(by_rows, "__kwdefaults__", {"reach": 0, "pixels": 400})

    assert all(np.array_equal(work(), one) for work, one in zip(works, whole, strict=True))


def test_a_turned_picture_has_no_seams(monkeypatch):
    picture = np.random.default_rng(2).integers(0, 256, (90, 60, 4), dtype=np.uint8)
    whole = filters.turned(picture, 33, (9, 8, 7, 255))

    monkeypatch.setattr(filters, "PIXELS", 500)

    # Places are rounded to a 1024th of a pixel, in a strip to another one.
    assert np.abs(filters.turned(picture, 33, (9, 8, 7, 255)).astype(int) - whole).max() <= 9
