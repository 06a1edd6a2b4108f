"""Small pictures at an even step: the right moments, whole or by key frames."""

from fractions import Fraction

import numpy as np
import pytest

from reelwright.media import thumbs
from reelwright.media.making.odd import write_odd

SIZE = (16, 12)


def numbered(path, count, *, key_every):
    """25 pictures a second, each a little lighter than the one before."""
    pictures = (np.full((48, 64, 3), 10 + number * 2, np.uint8) for number in range(count))
    return write_odd(path, pictures, key_every=key_every)


def shown(pictures):
    """Which pictures these are, by their brightness."""
    return [round((float(picture.mean()) - 10) / 2) for picture in pictures]


def test_times_stand_in_the_middle_of_even_parts():
    assert thumbs.evenly(Fraction(4), 4) == [Fraction(1, 2), Fraction(3, 2), Fraction(5, 2), Fraction(7, 2)]


def test_a_short_video_shows_what_is_on_the_screen_at_each_time(tmp_path):
    path = numbered(tmp_path / "a.mp4", 100, key_every=100)
    times = [Fraction(number, 25) + Fraction(1, 100) for number in (0, 7, 8, 50, 99)]

    found = list(thumbs.at(path, times, Fraction(4), SIZE))

    assert shown(found) == pytest.approx([0, 7, 8, 50, 99], abs=1)
    assert {picture.shape for picture in found} == {(12, 16, 3)}


def test_a_long_video_shows_the_key_frame_before(tmp_path, monkeypatch):
    monkeypatch.setattr(thumbs, "SHORT", Fraction(1))
    path = numbered(tmp_path / "a.mp4", 100, key_every=10)

    found = shown(thumbs.at(path, thumbs.evenly(Fraction(4), 4), Fraction(4), SIZE))

    assert all(min(number % 10, -number % 10) <= 1 for number in found)
    assert all(-1 <= wanted - number < 20 for number, wanted in zip(found, (12, 37, 62, 87), strict=True))


def test_a_time_past_the_end_shows_the_last_picture(tmp_path):
    path = numbered(tmp_path / "a.mp4", 10, key_every=5)

    assert shown(thumbs.at(path, [Fraction(0), Fraction(9)], Fraction(10), SIZE)) == pytest.approx([0, 9], abs=1)


@pytest.mark.parametrize(("count", "size"), [(1, (12, 16)), (3, (12, 48)), (7, (36, 48))])
def test_tiles_lie_edge_to_edge(count, size):
    pictures = [np.full((12, 16, 3), number + 1, np.uint8) for number in range(count)]

    sheet = thumbs.tiled(pictures, 3)

    assert sheet.shape == (*size, 3)
    assert [int(sheet[n // 3 * 12 + 6, n % 3 * 16 + 8, 0]) for n in range(count)] == list(range(1, count + 1))
    assert (sheet == 0).mean() == pytest.approx(1 - count * 12 * 16 / (size[0] * size[1]))
