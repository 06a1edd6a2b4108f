"""Holes in pictures whose hidden part is known."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import inpainting


def holed(picture, box):
    left, top, right, bottom = box
    known = np.ones(picture.shape, bool)
    known[top:bottom, left:right] = False
    return np.where(known, picture, 255).astype(np.float32), known


def error(found, picture, known):
    return float(np.sqrt(np.mean((found - picture)[~known] ** 2)))


@pytest.mark.parametrize("way", [inpainting.fill, inpainting.membrane], ids=["fill", "membrane"])
def test_a_slope_goes_on_behind_the_hole(way):
    y, x = np.mgrid[:90, :140].astype(np.float32)
    picture = 60 + 0.8 * x + 0.3 * y
    plane, known = holed(picture, (40, 30, 90, 60))

    assert error(way(plane, known), picture, known) < 4


@pytest.mark.parametrize("slope", [0.0, 0.5, -0.7], ids=["level", "down", "up"])
def test_an_edge_goes_on_where_a_membrane_blurs_it(slope):
    y, x = np.mgrid[:120, :180].astype(np.float32)
    picture = cv2.GaussianBlur(np.where(y - 60 > slope * (x - 90), 170, 70).astype(np.float32), (0, 0), 1)
    plane, known = holed(picture, (60, 40, 120, 80))

    filled = error(inpainting.fill(plane, known), picture, known)

    assert filled < 12
    assert filled < 0.5 * error(inpainting.membrane(plane, known), picture, known)


def test_what_is_known_stays_to_the_bit():
    picture = np.random.default_rng(0).integers(0, 255, (60, 80)).astype(np.uint8)
    plane, known = holed(picture, (20, 20, 50, 40))
    assert np.array_equal(inpainting.fill(plane, known)[known], picture[known])


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(np.ones((20, 30), bool), id="no-hole"),
        pytest.param(np.zeros((20, 30), bool), id="nothing-known"),
        pytest.param(np.arange(600).reshape(20, 30) == 0, id="one-pixel-known"),
    ],
)
def test_odd_holes_give_finite_values(known):
    plane = np.full((20, 30), 80, np.uint8)
    filled = inpainting.fill(plane, known)
    assert np.isfinite(filled).all()
    assert known.any() == bool(np.allclose(filled, 80, atol=1))


def test_a_surface_has_the_steps_it_was_given():
    y, x = np.mgrid[:40, :60].astype(np.float32)
    bump = np.exp(-((x - 30) ** 2 + (y - 20) ** 2) / 60) * 50
    known = np.hypot(x - 30, y - 20) > 18

    found = inpainting.surface(np.diff(bump, axis=1), np.diff(bump, axis=0), known)

    assert np.abs(found - bump)[~known].max() < 1.5
