"""`kernels.carrying`: a block that moved by itself before a ground that did not."""

import cv2
import numpy as np
import pytest

from reelwright.kernels.carrying import Carrier

SIZE = (96, 240)


def texture(seed):
    field = cv2.GaussianBlur(np.random.default_rng(seed).normal(size=SIZE).astype(np.float32), (0, 0), 2.0)
    return np.asarray(128 + 30 * field / field.std(), np.float32)


def scene(left):
    """A textured block at `left` on a textured ground."""
    luma = texture(1)
    luma[24:72, left : left + 60] = texture(2)[24:72, :60] + 40
    return luma


def planes_of(luma):
    small = np.asarray(cv2.resize(luma, (SIZE[1] // 2, SIZE[0] // 2), interpolation=cv2.INTER_AREA), np.float32)
    return [luma, small, 255 - small]


@pytest.mark.parametrize("moved", [-7, 0, 5])
def test_what_moved_is_carried_to_where_it_is_now(moved):
    here, there = scene(80), scene(80 + moved)
    got, known = Carrier().carried(here, there, planes_of(there), np.ones(SIZE, bool))
    inside, chroma = (slice(32, 64), slice(90, 130)), (slice(16, 32), slice(45, 65))
    assert np.mean(np.abs(got[0] - here)[inside]) < 3
    assert np.mean(np.abs(got[1] - planes_of(here)[1])[chroma]) < 3
    assert np.mean(np.abs(got[2] - planes_of(here)[2])[chroma]) < 3
    assert known[inside].all()


def test_what_was_hidden_there_is_hidden_where_it_is_carried():
    here, there = scene(80), scene(86)
    known = np.ones(SIZE, bool)
    known[40:56, 106:126] = False
    _, got = Carrier().carried(here, there, planes_of(there), known)
    assert not got[44:52, 104:116].any()
    assert got[44:52, 84:94].all()


def test_pictures_too_small_for_flow_stay_as_they_are():
    luma = np.full((16, 40), 90, np.float32)
    planes = [luma, luma[::2, ::2], luma[::2, ::2]]
    known = np.ones(luma.shape, bool)
    got, same = Carrier().carried(luma, luma + 5, planes, known)
    assert all(np.array_equal(one, other) for one, other in zip(got, planes, strict=True))
    assert same is known
