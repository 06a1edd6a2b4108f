"""Faults are named, and what is better to look at ranks higher."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import stills
from reelwright.media import frames

HIGH, WIDE = 270, 480


@pytest.fixture(scope="module")
def scene(make_video):
    made = make_video([("scene", 0.4)], size=(WIDE, HIGH))
    rgb = next(frames.stream(made.path)).rgb.astype(float)
    return np.clip((rgb - rgb.mean()) * 2.5 + 115, 0, 255).astype(np.uint8)  # the made scenes are rather pale


def grey(level):
    return lambda rgb: np.full_like(rgb, level)


def blurred(rgb):
    return cv2.GaussianBlur(rgb, (0, 0), 9)


def dimmed(rgb):
    return (rgb * 0.25).astype(np.uint8)


def faintly_noisy(rgb):
    return np.random.default_rng(0).integers(0, 12, rgb.shape).astype(np.uint8)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(grey(0), "black", id="black"),
        pytest.param(faintly_noisy, "black", id="noise-in-the-dark"),
        pytest.param(grey(255), "blown out", id="white"),
        pytest.param(grey(120), "flat", id="one-grey"),
        pytest.param(blurred, "blurred", id="blurred"),
        pytest.param(lambda rgb: rgb, None, id="a-scene"),
    ],
)
def test_a_fault_is_named(scene, change, expected):
    level = stills.Level.of([stills.measure(scene)] * 3)

    assert stills.fault(stills.measure(change(scene)), level) == expected


def test_dark_and_soft_are_judged_by_the_videos_own_level(scene):
    dark, bright = stills.measure(dimmed(scene)), stills.measure(scene)

    assert stills.fault(dark, stills.Level.of([bright] * 3)) == "black"
    assert stills.fault(dark, stills.Level.of([dark] * 3)) is None


def test_faulty_pictures_do_not_set_the_level(scene):
    good, black = stills.measure(scene), stills.measure(np.zeros_like(scene))

    assert stills.Level.of([good, *[black] * 9]) == stills.Level.of([good])


@pytest.mark.parametrize(
    "worse",
    [
        pytest.param(lambda rgb: cv2.GaussianBlur(rgb, (0, 0), 2), id="softer"),
        pytest.param(lambda rgb: rgb // 2, id="darker"),
        pytest.param(lambda rgb: np.repeat(rgb.mean(2, keepdims=True), 3, 2).astype(np.uint8), id="without-colour"),
        pytest.param(lambda rgb: (100 + rgb.astype(float) * 0.2).astype(np.uint8), id="washed-out"),
    ],
)
def test_worse_is_less_interesting(scene, worse):
    still = stills.measure(scene)
    level = stills.Level.of([still])

    assert stills.interest(stills.measure(worse(scene)), level) < stills.interest(still, level) - 0.1


def test_scores_stay_within_their_range():
    noise = np.random.default_rng(0).integers(0, 256, (HIGH, WIDE, 3)).astype(np.uint8)
    for picture in (noise, np.zeros_like(noise), np.full_like(noise, 255), noise[:1, :1], noise[:, :1]):
        still = stills.measure(picture)
        assert 0 <= stills.interest(still, stills.Level.of([still])) <= 10
        assert 0 <= still.entropy <= 8
        assert 0 <= still.blur <= 1


def test_colourfulness_of_known_pictures():
    red_green = np.zeros((20, 40, 3), np.uint8)
    red_green[:, :20, 0], red_green[:, 20:, 1] = 255, 255

    assert stills.colourfulness(np.full((8, 8, 3), 77, np.uint8)) == 0
    # rg is ±255, yb is 127.5 everywhere: 255 + 0.3 · 127.5
    assert stills.colourfulness(red_green) == pytest.approx(255 + 0.3 * 127.5, rel=0.01)


def test_blur_grows_with_blurring(scene):
    gray = cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY)
    values = [stills.blur(cv2.GaussianBlur(gray, (0, 0), sigma)) for sigma in (0.5, 1, 2, 4)]

    assert values == sorted(values)
    assert values[-1] > 0.7


def test_a_film_that_is_out_of_focus_for_most_of_its_time_is_not_judged_by_that(scene):
    soft, sharp = stills.measure(cv2.GaussianBlur(scene, (0, 0), 4)), stills.measure(scene)

    level = stills.Level.of([soft] * 6 + [sharp] * 3)

    assert stills.fault(soft, level) == "blurred"
    assert stills.fault(sharp, level) is None


def test_a_sharp_picture_that_shows_little_is_not_blurred(scene):
    plain = np.full_like(scene, 128)
    cv2.rectangle(plain, (150, 90), (330, 200), (150, 140, 120), -1)
    cv2.circle(plain, (240, 140), 40, (100, 110, 135), -1)

    level = stills.Level.of([stills.measure(scene)] * 5 + [stills.measure(plain)])

    assert stills.fault(stills.measure(plain), level) in (None, "flat")
