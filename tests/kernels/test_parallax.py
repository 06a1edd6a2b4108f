"""Still pictures in motion."""

import numpy as np
import pytest

from reelwright.kernels import parallax
from reelwright.kernels.parallax import Between, Move, Relief


@pytest.fixture(scope="module")
def figure():
    """A striped disc before a soft, plain ground, 240x160; its mask."""
    rows, columns = np.mgrid[0:160, 0:240]
    ground = np.stack([90 + rows * 0.3, 120 + columns * 0.1, 150 - rows * 0.2], axis=2)
    inside = (rows - 95) ** 2 + (columns - 120) ** 2 < 38**2
    stripes = np.where((columns // 6) % 2, 235.0, 150.0)
    picture = np.where(inside[..., None], np.stack([stripes, 60 + 0 * stripes, 40 + 0 * stripes], axis=2), ground)
    return picture.astype(np.uint8), inside


def test_the_subject_is_found(figure):
    picture, inside = figure
    mask = parallax.subject_mask(picture)
    assert mask is not None
    found = mask > 127
    assert (found & inside).sum() / (found | inside).sum() > 0.8


def test_a_part_of_one_surface_is_no_subject():
    noise = np.random.default_rng(1).integers(90, 120, (160, 240, 3)).astype(np.uint8)
    assert parallax.subject_mask(noise) is None


def test_what_is_near_passes_before_what_is_far(figure):
    picture, _ = figure
    relief = Relief(picture)
    assert relief.has_subject
    rest, moved = relief.frame(Move(0, 0, 1.0)), relief.frame(Move(0.05, 0, 1.0))
    assert np.abs(rest.astype(int) - picture).mean() < 2

    def middle(shown):
        red = (shown[..., 0].astype(int) - shown[..., 2]) > 60
        return np.nonzero(red)[1].mean()

    assert middle(rest) - middle(moved) == pytest.approx(0.05 * 160, abs=1.5)
    uncovered = moved[80:110, 160:170].astype(int)
    assert np.abs(uncovered - picture[80:110, 160:170]).mean() < 14, "the ground is filled in where the disc was"


def test_depth_is_near_below_and_far_above():
    depth = parallax.depth_of(np.full((90, 160, 3), 128, np.uint8), None)
    assert depth.shape == (90, 160)
    assert depth[:10].mean() < 0.2
    assert depth[-10:].mean() > depth[:10].mean() + 0.3


def test_the_way_between_two_pictures_begins_and_ends_at_them(figure):
    picture, _ = figure
    other = np.roll(picture, 10, axis=1)
    way = Between(picture, other)
    assert np.abs(way.frame(0.0).astype(int) - picture).mean() < 1
    assert np.abs(way.frame(1.0).astype(int) - other).mean() < 1
    between = way.frame(0.5).astype(int)
    assert (
        np.abs(between - np.roll(picture, 5, axis=1)).mean()
        < np.abs((picture.astype(int) + other) / 2 - np.roll(picture, 5, axis=1)).mean()
    )
