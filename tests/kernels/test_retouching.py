"""What is done to the faces of a frame: within their windows, in 8 and 10 bits, without flicker."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from reelwright.kernels import landmarks
from reelwright.kernels.face_tracks import Seen
from reelwright.kernels.retouching import Retoucher
from reelwright.kernels.smoothing import Strength
from reelwright.media import planes
from reelwright.media.making import portraits

SIZE = (480, 360)
STRONG = Strength(1.0, 0.5, 0.5)


def film(frames=1, grain=0.0, **head):
    return portraits.Portrait(Path("none"), SIZE, 25, frames, (portraits.Head(**{"breadth": 0.5, **head}),)), grain


def pictures(made, grain):
    return [planes.from_rgb(one, 1, 1) for one in portraits.drawn(made, grain=grain)]


def seen(made, part=1.0, number=0):
    box = made.box(number)
    return [Seen(0, landmarks.ellipse(box.x, box.y, box.width, box.height), part)]


def test_spots_go_the_wall_stays_and_it_is_told():
    made, grain = film()
    before = pictures(made, grain)[0]
    after = [plane.copy() for plane in before]

    told = Retoucher(STRONG).apply(after, seen(made), measure=True)

    spots, skin = made.spots(0), made.skin(0)
    contrast = [float(one[0][skin & ~spots].mean()) - float(one[0][spots].mean()) for one in (before, after)]
    assert contrast[1] < 0.55 * contrast[0]
    outside = ~made.face(0, grown=1.02)
    assert np.array_equal(after[0][outside], before[0][outside])
    assert after[0][skin].mean() - before[0][skin].mean() == pytest.approx(told[0].lift, abs=3)
    assert 0.4 < told[0].texture_after / told[0].texture_before < 1.0


def test_ten_bits_are_done_like_eight():
    made, grain = film()
    eight = pictures(made, grain)[0]
    ten = [plane.astype(np.uint16) * 4 for plane in eight]
    retoucher = Retoucher(STRONG), Retoucher(STRONG)

    retoucher[0].apply(eight, seen(made))
    retoucher[1].apply(ten, seen(made))

    for one, other in zip(eight, ten, strict=True):
        assert np.abs(one - other / 4).max() <= 0.76


def test_a_part_is_less_and_nothing_is_nothing():
    made, grain = film()
    changes = []
    for part in (0.0, 0.5, 1.0):
        picture = pictures(made, grain)[0]
        before = picture[0].astype(int)
        Retoucher(STRONG).apply(picture, seen(made, part))
        changes.append(np.abs(picture[0] - before)[made.skin(0)].mean())
    assert changes[0] == 0
    assert 0 < changes[1] < 0.8 * changes[2]


def test_what_is_added_to_a_still_face_does_not_flicker():
    made, grain = film(frames=12, grain=2.0)
    retoucher, added = Retoucher(Strength(0.5, 0.5, 0.5)), []
    for picture in pictures(made, grain):
        before = picture[0].astype(np.float32)
        retoucher.apply(picture, seen(made))
        added.append(picture[0] - before)
    face = made.face(0)
    flicker = np.mean([np.abs(b - a)[face].mean() for a, b in pairwise(added[4:])])
    assert np.abs(np.mean(added, axis=0))[made.skin(0)].mean() > 4
    assert flicker < 1.0


def test_shape_needs_a_mesh_and_faces_of_boxes_keep_theirs():
    made, grain = film()
    picture = pictures(made, grain)[0]
    before = [plane.copy() for plane in picture]
    Retoucher(Strength(), {"face_thin": 1.0}).apply(picture, seen(made))
    assert all(np.array_equal(one, other) for one, other in zip(picture, before, strict=True))


def test_without_the_colour_model_the_whole_outline_is_smoothed():
    made, grain = film()
    plain, modelled = pictures(made, grain)[0], pictures(made, grain)[0]
    before = plain[0].copy()
    Retoucher(Strength(whiten=1.0), by_colour=False).apply(plain, seen(made))
    Retoucher(Strength(whiten=1.0)).apply(modelled, seen(made))
    box = made.box(0)
    brow = (int(box.centre[1] - 0.255 * box.width), int(box.centre[0] - 0.21 * box.width))
    assert plain[0][brow] > modelled[0][brow] >= before[brow]
