"""Colours beyond grey are learnt, and shares stretched in their direction only."""

import numpy as np
import pytest

from reelwright.kernels.vivid import GREYISH, Vivid, stretched

ORANGE, SKIN, GREY = (-0.5, 0.8), (-0.2, 0.15), (0.0, 0.0)


def pixels(*colours, count=400):
    """Along and aside of foregrounds of these colours, and the share that a key without turning finds."""
    random = np.random.default_rng(1)
    both = np.concatenate([np.array(one) + random.normal(0, 0.01, (count, 2)) for one in colours])
    along, aside = both.astype(np.float32).T
    return along, aside, along - np.float32(0.4) * np.abs(aside)


def learnt(*colours):
    vivid = Vivid()
    vivid.add(*pixels(*colours))
    return vivid.own()


def half_covered(colour, own):
    """Share of screen found where a foreground covers half of it."""
    along, aside = (np.array([one], np.float32) for one in (0.5 + 0.5 * colour[0], 0.5 * colour[1]))
    return float(stretched(along - np.float32(0.4) * np.abs(aside), along, aside, own)[0])


def test_half_of_a_vivid_thing_is_nearer_to_half():
    before, after = half_covered(ORANGE, np.zeros(48)), half_covered(ORANGE, learnt(ORANGE))

    assert before < 0.12
    assert 0.2 < after < 0.55


@pytest.mark.parametrize("colour", [SKIN, GREY], ids=["skin", "grey"])
def test_what_is_not_vivid_stays_as_it_is(colour):
    assert not learnt(colour).any()
    assert half_covered(colour, learnt(ORANGE)) == pytest.approx(half_covered(colour, np.zeros(48)), abs=0.02)


def test_the_screen_and_the_foreground_stay_what_they_are():
    own = learnt(ORANGE)
    along, aside = np.array([1.0, ORANGE[0]], np.float32), np.array([0.0, ORANGE[1]], np.float32)
    screen, fore = stretched(along - np.float32(0.4) * np.abs(aside), along, aside, own)

    assert screen == pytest.approx(1, abs=1e-4)
    assert -GREYISH - 0.1 < fore < 0


def test_a_few_pixels_tell_nothing():
    vivid = Vivid()
    vivid.add(*pixels(ORANGE, count=5))

    assert not vivid.own().any()
    assert not Vivid().own().any()


def test_cloth_near_the_key_is_not_made_thinner():
    """In the direction of skin, seen from the screen, lies a coat that is half as blue as the screen."""
    coat = (1 + (ORANGE[0] - 1) * 0.35, ORANGE[1] * 0.35)

    assert learnt(ORANGE).min() < -0.2
    assert not learnt(ORANGE, ORANGE, coat).any()
