"""Fields whose power is known, and holes in them."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import gaussian, inpainting

SIZE = 128


def field(power, seed=0, size=SIZE):
    """A Gaussian field whose squared differences grow by this power of the distance, of 25 grey levels."""
    rng = np.random.default_rng(seed)
    down, across = np.meshgrid(np.fft.fftfreq(2 * size), np.fft.fftfreq(2 * size), indexing="ij")
    frequency = np.hypot(down, across)
    frequency[0, 0] = np.inf
    noise = np.fft.fft2(rng.normal(size=(2 * size, 2 * size)))
    made = np.real(np.fft.ifft2(noise * frequency ** (-(power + 2) / 2)))[:size, :size]
    return ((made - made.mean()) / made.std() * 25 + 128).astype(np.float32)


def holed(picture, box=(44, 50, 90, 80)):
    left, top, right, bottom = box
    known = np.ones(picture.shape, bool)
    known[top:bottom, left:right] = False
    return np.where(known, picture, 255).astype(np.float32), known


def error(found, picture, known):
    return float(np.sqrt(np.mean((found - picture)[~known] ** 2)))


@pytest.mark.parametrize("power", [1.0, 1.4, 1.8])
def test_the_power_of_a_field_is_told(power):
    spots = np.random.default_rng(1).integers(0, SIZE, (250, 2))
    told = [
        gaussian.power_of(spots.astype(float), field(power, seed)[spots[:, 0], spots[:, 1]].astype(float), np.ones(250))
        for seed in range(3)
    ]
    assert np.median(told) == pytest.approx(power, abs=0.21)


def test_a_smooth_field_goes_on_better_than_a_membrane_does():
    better = []
    for seed in range(6):
        picture = field(1.9, seed)
        plane, known = holed(picture)
        found = gaussian.filled(plane, known)
        assert found is not None
        better.append(error(inpainting.membrane(plane, known), picture, known) / error(found, picture, known))
    assert np.median(better) > 1.15


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(field(0.9), id="rough"),
        pytest.param(np.full((SIZE, SIZE), 80, np.float32), id="even"),
        pytest.param(field(1.9)[:60, :100] * 0 + np.float32(9), id="nothing-there"),
    ],
)
def test_where_nothing_is_told_it_says_so(picture):
    plane, known = holed(picture, (44, 20, 80, 44))
    assert gaussian.filled(plane, known) is None


def test_the_fill_stays_within_what_is_seen_at_the_rim():
    picture = cv2.GaussianBlur(field(1.8, 4), (0, 0), 1)
    plane, known = holed(picture)
    found = gaussian.filled(plane, known)
    rim = known & (cv2.dilate((~known).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0)
    assert found[~known].min() >= picture[rim].min()
    assert found[~known].max() <= picture[rim].max()
    assert np.array_equal(found[known], plane[known])


def test_a_picture_without_a_hole_has_nothing_to_fill():
    assert gaussian.filled(np.zeros((20, 20), np.uint8), np.ones((20, 20), bool)) is None
