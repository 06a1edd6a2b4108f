"""`kernels.foreground`: what stands before a ground, seen between strokes."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import foreground

SIZE = (80, 240)
GROUND = cv2.GaussianBlur(np.random.default_rng(4).uniform(0, 255, SIZE).astype(np.float32), (0, 0), 2.0)
GROUND = np.clip((GROUND - 127) * 2 + 127, 16, 235).astype(np.float32)
KNOWN = np.ones(SIZE, bool)
KNOWN[30:50, 20:220] = np.arange(200) % 12 < 5
THING = np.zeros(SIZE, bool)
THING[15:65, 90:150] = True


def grainy(picture, seed=1):
    return (picture + np.random.default_rng(seed).normal(0, 1.5, SIZE)).astype(np.float32)


def test_a_thing_is_seen_between_the_strokes_and_the_rest_is_ground():
    found = foreground.unlike(grainy(np.where(THING, 235, GROUND)), GROUND, KNOWN)
    inner = cv2.erode(THING.astype(np.uint8), np.ones((13, 13))) > 0
    far = cv2.dilate(THING.astype(np.uint8), np.ones((25, 25))) == 0
    assert found[inner].mean() > 0.95
    assert found[far].mean() < 0.02


def test_grain_is_no_thing():
    assert not foreground.unlike(grainy(GROUND), grainy(GROUND, 2), KNOWN).any()


@pytest.mark.parametrize("things", [False, True], ids=["alone", "with a thing before it"])
def test_light_is_told_from_what_the_strokes_leave(things):
    ramp = np.linspace(4, 20, SIZE[1], dtype=np.float32)[None].repeat(SIZE[0], axis=0)
    here = grainy(np.where(THING, 235, GROUND + ramp) if things else GROUND + ramp)
    off = np.abs(foreground.light(here, GROUND, KNOWN) - ramp)
    assert off[~THING].mean() < 2.5


def test_two_fills_are_alike_up_to_texture():
    shifted = GROUND.copy()
    shifted[:, 120:] += 40
    same = foreground.alike(grainy(GROUND), shifted)
    assert same[:, :100].all()
    assert not same[:, 140:].any()
