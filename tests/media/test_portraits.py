"""Drawn heads are taken for faces by a detector that knows nothing of them, and their truth is where they are."""

import numpy as np
import pytest

from reelwright.kernels import faces
from reelwright.media import frames
from reelwright.media.making import portraits

TONES = {"fair": portraits.FAIR, "tan": portraits.TAN, "brown": portraits.BROWN, "dark": portraits.DARK}


def still(tmp_path, *heads, **given):
    return portraits.portrait(tmp_path / "a.mp4", heads, seconds=0.04, **{"size": (320, 240), **given})


@pytest.mark.parametrize("tone", TONES.values(), ids=TONES)
def test_a_head_of_any_tone_is_found_where_it_is(tmp_path, tone):
    made = still(tmp_path, portraits.Head(tone=tone, breadth=0.4), size=(640, 480))

    found = [one.scaled(2) for one in faces.frontal()(next(frames.stream(made.path)).small(320, 240))]

    box = made.box(0)
    assert len(found) == 1
    assert abs(found[0].x + found[0].width / 2 - box.centre[0]) < 0.15 * box.width
    assert abs(found[0].y + found[0].height / 2 - box.centre[1]) < 0.15 * box.width


def test_the_skin_has_the_tone_and_spots_are_darker(tmp_path):
    made = still(tmp_path, portraits.Head(tone=portraits.TAN, breadth=0.6), size=(640, 480))
    picture = next(frames.stream(made.path)).rgb.astype(float)

    spots, skin = made.spots(0), made.skin(0) & ~made.spots(0)
    assert np.abs(np.median(picture[skin], axis=0) - portraits.TAN).max() < 14
    assert picture[spots].mean() < picture[skin].mean() - 12
    assert (made.skin(0) <= made.face(0)).all()


def test_a_head_is_there_only_while_it_is_present_and_drifts(tmp_path):
    head = portraits.Head(present=(0.2, 0.4), sway=0.1)
    made = portraits.Portrait(tmp_path / "a.mp4", (320, 240), 25, 25, (head,))

    boxes = [made.box(number) for number in range(25)]
    assert [number for number, box in enumerate(boxes) if box] == [5, 6, 7, 8, 9]
    assert boxes[9].x > boxes[5].x + 3


def test_grain_is_new_in_each_frame(tmp_path):
    made = portraits.Portrait(tmp_path / "a.mp4", (160, 120), 25, 2, (portraits.Head(),))
    one, other = (picture.astype(float) for picture in portraits.drawn(made, grain=3.0))
    assert 3.0 < (one - other).std() < 5.5
