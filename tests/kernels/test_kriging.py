"""`kernels.kriging` on pictures whose hidden pixels are known."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import kriging
from reelwright.kernels.kriging import Kriging

SIZE = (80, 240)
STROKES = np.zeros(SIZE, np.uint8)
cv2.putText(STROKES, "Words here", (16, 56), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 255, 6)
HOLE = STROKES > 0


def texture(seed):
    """Grey levels whose spectrum falls with the frequency, as those of photographs do."""
    noise = np.fft.rfft2(np.random.default_rng(seed).normal(size=SIZE))
    away = np.hypot(np.fft.fftfreq(SIZE[0])[:, None], np.fft.rfftfreq(SIZE[1]))
    field = np.fft.irfft2(noise / np.maximum(away, 0.01) ** 1.6, SIZE)
    return (128 + 40 * (field - field.mean()) / field.std()).astype(np.float32)


def psnr(one, other):
    return 10 * np.log10(255**2 / np.mean(np.square(one - other)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_between_strokes_it_is_nearer_than_telea(seed):
    picture = texture(seed)
    found = Kriging(~HOLE, kriging.power_of(picture, ~HOLE)).values(picture, HOLE)
    telea = cv2.inpaint(np.clip(picture, 0, 255).astype(np.uint8), STROKES, 3, cv2.INPAINT_TELEA)[HOLE]
    assert psnr(found, picture[HOLE]) > psnr(telea, picture[HOLE]) + 1.5


def test_a_level_stays_and_known_pixels_are_kept():
    flat = np.full(SIZE, 77, np.float32)
    done = Kriging(~HOLE).filled(flat, HOLE)
    assert done == pytest.approx(flat, abs=0.1)
    picture = texture(4)
    assert np.array_equal(Kriging(~HOLE).filled(picture, HOLE)[~HOLE], picture[~HOLE])


def test_weights_are_learnt_once_and_the_order_of_asking_does_not_matter():
    picture, likely = texture(5), Kriging(~HOLE)
    left, right = HOLE.copy(), HOLE.copy()
    left[:, 120:] = right[:, :120] = False
    first = likely.values(picture, right)
    likely.values(picture, left)
    assert np.array_equal(likely.values(picture, right), first)
    assert likely.values(picture, HOLE) == pytest.approx(Kriging(~HOLE).values(picture, HOLE), abs=1e-3)


def test_nothing_known_gives_zeros():
    assert not Kriging(np.zeros(SIZE, bool)).values(texture(6), HOLE).any()


def test_only_plates_are_wide():
    hole = HOLE.copy()
    assert not kriging.wide(hole).any()
    plate = np.zeros(SIZE, bool)
    plate[20:60, 20:220] = True
    assert np.array_equal(kriging.wide(plate), plate)


def test_smooth_pictures_have_a_greater_power_than_grainy_ones():
    rough = np.random.default_rng(7).normal(128, 20, SIZE).astype(np.float32)
    assert kriging.power_of(cv2.GaussianBlur(rough, (0, 0), 6), ~HOLE) > kriging.power_of(rough, ~HOLE)
