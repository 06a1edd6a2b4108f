"""Animations loop, keep their pace, and join their ends."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.media import frames, gifs, probe


def levels(*greys):
    return [np.full((24, 32, 3), grey, np.uint8) for grey in greys]


def test_all_pictures_are_shown_at_their_pace(tmp_path):
    path = gifs.save(levels(0, 60, 120, 180, 240), tmp_path / "a.gif", fps=Fraction(10))

    shown = list(frames.stream(path))
    assert [round(float(frame.rgb.mean()), -1) for frame in shown] == [0, 60, 120, 180, 240]
    assert [frame.time for frame in shown] == [Fraction(number, 10) for number in range(5)]
    assert probe.probe(path).duration == Fraction(1, 2)


def test_it_loops_for_ever(tmp_path):
    content = Path(gifs.save(levels(0, 200), tmp_path / "a.gif", fps=Fraction(5))).read_bytes()

    start = content.index(b"NETSCAPE2.0") + len(b"NETSCAPE2.0")
    assert content[start : start + 4] == b"\x03\x01\x00\x00"  # GIF89a: sub-block of 3, id 1, repeat count 0


def test_one_picture_is_a_still_animation(tmp_path):
    assert len(list(frames.stream(gifs.save(levels(90), tmp_path / "a.gif", fps=Fraction(10))))) == 1


def test_none_is_refused(tmp_path):
    with pytest.raises(InvalidParameter):
        gifs.save([], tmp_path / "a.gif", fps=Fraction(10))


def test_the_end_leads_on_to_the_beginning():
    ramp = levels(*range(0, 200, 10))

    out = [float(picture.mean()) for picture in gifs.looped(ramp, 5)]

    assert len(out) == 15
    steps = np.abs(np.diff([*out, out[0]]))
    assert steps.max() <= 50  # the jump back by 150 is spread over five pictures
    assert out[:10] == [float(picture.mean()) for picture in ramp[5:15]]


@pytest.mark.parametrize(("count", "overlap"), [(1, 5), (8, 5), (4, 0)])
def test_too_few_pictures_are_left_alone(count, overlap):
    assert len(gifs.looped(levels(*range(count)), overlap)) == count
