"""`image.composite`: where the source lands, and how much of it."""

import numpy as np
import pytest

from reelwright.operators.image.composite import CompositeParams, composite


def flat(height, width, *colour):
    return np.full((height, width, len(colour)), colour, np.uint8)


@pytest.mark.parametrize(
    ("x", "y", "rows", "columns"),
    [
        pytest.param(2, 3, slice(3, 7), slice(2, 8), id="inside"),
        pytest.param(-3, -1, slice(0, 3), slice(0, 3), id="sticks-out-above"),
        pytest.param(16, 9, slice(9, 12), slice(16, 20), id="sticks-out-below"),
        pytest.param(40, 0, slice(0, 0), slice(0, 0), id="outside"),
    ],
)
def test_the_source_lands_at_its_place(kept, run, noise, x, y, rows, columns):
    below = noise(12, 20)
    source = flat(4, 6, 250, 1, 2)

    _, made = run(composite, CompositeParams(destination=kept(below), source=kept(source, "s.png"), x=x, y=y))

    expected = below.copy()
    expected[rows, columns] = (250, 1, 2)
    assert np.array_equal(made, expected)


def test_mask_alpha_and_opacity_multiply(kept, run):
    below, source = flat(4, 4, 0, 0, 0), flat(4, 4, 200, 200, 200, 128)
    mask = np.full((4, 4), 255, np.uint8)
    mask[:, :2] = 0

    _, made = run(
        composite,
        CompositeParams(destination=kept(below), source=kept(source, "s.png"), mask=kept(mask, "m.png"), opacity=0.5),
    )

    assert (made[:, :2] == 0).all()
    assert (made[:, 2:] == round(200 * 128 / 255 / 2)).all()


def test_over_clear_ground_the_source_keeps_its_own_colour(kept, run):
    below, source = flat(4, 4, 255, 255, 255, 0), flat(4, 4, 40, 80, 120, 100)

    _, made = run(composite, CompositeParams(destination=kept(below), source=kept(source, "s.png")))

    assert (made == (40, 80, 120, 100)).all()


def test_masks_stay_masks(kept, run):
    below, source = np.zeros((5, 5), np.uint8), np.full((2, 2), 255, np.uint8)

    _, made = run(composite, CompositeParams(destination=kept(below), source=kept(source, "s.png"), x=1, y=1))

    assert made.ndim == 2
    assert made.sum() == 4 * 255


def test_the_source_is_scaled_if_wished_and_the_mask_to_it(kept, run):
    below, source = flat(8, 12, 0, 0, 0), flat(2, 2, 90, 90, 90)
    mask = np.array([[255, 0]], np.uint8)

    _, made = run(
        composite,
        CompositeParams(
            destination=kept(below), source=kept(source, "s.png"), mask=kept(mask, "m.png"), resize_source=True
        ),
    )

    assert (made[:, :2] == 90).all()
    assert (made[:, -2:] == 0).all()


@pytest.mark.parametrize(
    ("mode", "level"), [("multiply", 51), ("add", 255), ("subtract", 0), ("lighten", 204), ("difference", 140)]
)
def test_masks_are_combined_where_they_meet_by_the_mode(kept, run, mode, level):
    below, source = np.full((6, 6), 64, np.uint8), np.full((2, 3), 204, np.uint8)

    _, made = run(
        composite, CompositeParams(destination=kept(below), source=kept(source, "s.png"), x=2, y=1, mode=mode)
    )

    assert (made[1:3, 2:5] == level).all()
    assert made.sum() == 64 * 30 + level * 6


def test_over_nothing_there_is_nothing_to_blend_with(kept, run):
    below, source = flat(2, 2, 0, 0, 0, 0), flat(2, 2, 40, 80, 120)

    _, made = run(composite, CompositeParams(destination=kept(below), source=kept(source, "s.png"), mode="multiply"))

    assert (made == (40, 80, 120, 255)).all()
