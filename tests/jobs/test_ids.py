"""Ids stand in the order of time."""

import pytest

from reelwright.jobs import ids

AT = 1_795_227_706.125


def test_an_id_has_its_shape_and_begins_with_its_milliseconds():
    one = ids.new(AT)

    assert ids.SHAPE.match(one)
    assert int(one[:12], 16) == int(AT * 1000)
    assert ids.new(AT) != one


@pytest.mark.parametrize("apart", [1e-6, 1e-5, 1e-3, 1.0, 86400.0], ids=lambda apart: f"{apart:g}s")
def test_later_ids_sort_later(apart):
    moments = [AT + number * apart for number in range(200)]

    made = [ids.new(moment) for moment in moments]

    assert made == sorted(made)


def test_no_id_sorts_before_the_floor_of_its_time():
    assert ids.floor(AT) <= ids.new(AT) < ids.floor(AT + 0.001)
