"""Motions between pictures that were moved by a known amount."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import registration

SIZE = (320, 200)


@pytest.fixture(scope="module")
def scene():
    """A cloudy picture larger than what is seen of it, float32 0-255."""
    random = np.random.default_rng(3)
    picture = sum(
        weight * cv2.resize(random.random((high, wide)).astype(np.float32), (480, 320), interpolation=cv2.INTER_CUBIC)
        for wide, high, weight in ((8, 6, 0.5), (30, 20, 0.3), (90, 60, 0.2))
    )
    return np.clip(picture * 255, 0, 255).astype(np.float32)


def seen(scene, x, y, turn=0.0):
    """The scene from a camera at (x, y), turned by radians. OpenCV warps by steps of 1/32 px."""
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos, -sin, 60 + x], [sin, cos, 50 + y]])
    return cv2.warpAffine(scene, matrix, SIZE, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)


def known(shape):
    return np.ones(shape, np.uint8)


@pytest.mark.parametrize(
    ("x", "y", "turn"),
    [
        pytest.param(0.0, 0.0, 0.0, id="still"),
        pytest.param(1.75, -0.5, 0.0, id="shift"),
        pytest.param(-2.25, 1.125, 0.004, id="shift-and-turn"),
    ],
)
def test_a_motion_is_found_to_hundredths_of_a_pixel(scene, x, y, turn):
    target, source = seen(scene, 0, 0), seen(scene, x, y, turn)
    nothing = np.zeros(target.shape, bool)

    anchor = registration.Anchor(registration.smoothed(target), nothing)
    match = anchor.refine(registration.smoothed(source), known(target.shape), registration.identity())

    cos, sin = np.cos(turn), np.sin(turn)
    true = np.linalg.inv(np.array([[cos, -sin, 60 + x], [sin, cos, 50 + y], [0, 0, 1]])) @ np.array(
        [[1, 0, 60], [0, 1, 50], [0, 0, 1]]
    )
    assert registration.shift(match.motion @ np.linalg.inv(true), SIZE) < 0.06
    assert match.error < 1


def test_what_is_unknown_and_what_moves_by_itself_do_not_matter(scene):
    target, source = seen(scene, 0, 0), seen(scene, 1.5, 0.5)
    unknown = np.zeros(target.shape, bool)
    unknown[20:70, 30:130] = True
    target[unknown] = source[unknown] = 255
    source[120:170, 200:260] = 0  # somebody walks in

    match = registration.Anchor(registration.smoothed(target), unknown).refine(
        registration.smoothed(source), (~registration.grown(unknown, 3)).astype(np.uint8), registration.identity()
    )

    assert match.motion[:2, 2] == pytest.approx([-1.5, -0.5], abs=0.05)


def test_a_change_of_light_is_no_motion(scene):
    target = seen(scene, 0, 0)
    match = registration.Anchor(registration.smoothed(target), np.zeros(target.shape, bool)).refine(
        registration.smoothed(target * 0.8 + 20), known(target.shape), registration.identity()
    )
    assert registration.shift(match.motion, SIZE) < 0.02


def test_corners_follow_a_large_motion(scene):
    target, source = (seen(scene, x, 0).astype(np.uint8) for x in (0, 14))
    motion = registration.between(target, source, np.zeros(target.shape, bool))
    assert motion is not None
    assert motion[:2, 2] == pytest.approx([-14, 0], abs=0.3)


def test_nothing_to_hold_on_to_is_told():
    flat = np.full((120, 160), 90, np.uint8)
    nothing = np.zeros(flat.shape, bool)
    anchor = registration.Anchor(registration.smoothed(flat.astype(np.float32)), nothing)

    assert registration.between(flat, flat, nothing) is None
    assert anchor.places == 0
    match = anchor.refine(registration.smoothed(flat.astype(np.float32)), known(flat.shape), registration.identity())
    assert match.error == float("inf")


def test_where_only_a_corner_has_anything_in_it_shifts_alone_are_told(scene):
    def corner(x, y):
        luma = np.full(SIZE[::-1], 150, np.float32)
        luma[-60:, :60] = seen(scene, x, y)[-60:, :60]
        return luma + np.random.default_rng(int(10 * x)).normal(0, 1, luma.shape).astype(np.float32)

    nothing = np.zeros(SIZE[::-1], bool)
    anchor = registration.Anchor(registration.smoothed(corner(0, 0)), nothing)

    match = anchor.refine(registration.smoothed(corner(0.6, 0)), known(nothing.shape), registration.identity())

    assert match.motion[:2, :2] == pytest.approx(np.eye(2), abs=1e-3)
    assert np.abs(match.motion[:2, 2]).max() < 1.5


@pytest.mark.parametrize("quick", [False, True], ids=["thorough", "quick"])
def test_a_match_that_does_not_settle_still_ends_near_the_place(scene, quick):
    random = np.random.default_rng(2)
    target, source = (one + random.normal(0, 12, one.shape) for one in (seen(scene, 0, 0), seen(scene, 1.5, -1)))
    nothing = np.zeros(target.shape, bool)
    anchor = registration.Anchor(registration.smoothed(target.astype(np.float32)), nothing)

    match = anchor.refine(
        registration.smoothed(source.astype(np.float32)), known(nothing.shape), registration.identity(), quick=quick
    )

    true = np.array([[1, 0, -1.5], [0, 1, 1], [0, 0, 1]])
    assert registration.shift(match.motion @ np.linalg.inv(true), SIZE) < 0.6
