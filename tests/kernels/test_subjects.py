"""`kernels.subjects`: whose part must be in view, by what it is judged, and that an hour in one shot costs little."""

import tracemalloc

import numpy as np
import pytest

from reelwright.kernels import subjects
from reelwright.kernels.faces import Face

EVEN = np.full(subjects.BINS, 1 / subjects.BINS, np.float32)
QUIET = np.zeros(subjects.BINS, np.float32)


def person(left, *, wide=90.0, seconds=3.0, step=0.2, top=40.0):
    """Looks at one who is at `left(time)`."""
    times = np.arange(0, seconds, step)
    return [subjects.Look(float(time), (Face(left(time), top, wide, wide, 0.9),), None) for time in times]


def about(looks, *, seconds=3.0, extent=320, window=108):
    return subjects.of_shot(looks, EVEN, (0.0, seconds), axis="x", extent=extent, window=window)


@pytest.mark.parametrize(("wide", "hair"), [(40.0, 6.0), (60.0, 9.0)])
def test_a_head_is_more_than_the_face_by_which_it_is_judged(wide, hair):
    subject = about(person(lambda time: 100.0, wide=wide))
    assert np.allclose(subject.low, 100 - hair)
    assert np.allclose(subject.high, 100 + wide + hair)
    assert np.allclose(subject.bare_low, 100 + 0.05 * wide)
    assert np.allclose(subject.bare_high, 100 + 0.95 * wide)


def test_a_face_as_wide_as_the_window_has_its_air_cut_but_not_what_it_is_judged_by():
    subject = about(person(lambda time: 100.0, wide=91.0))
    assert (subject.high - subject.low <= 108).all()
    assert np.allclose(subject.bare_high - subject.bare_low, 0.9 * 91)


def test_motion_counts_for_the_moments_around_it_however_rarely_it_was_measured():
    rows, at = np.zeros((4, subjects.BINS)), np.array([1.0, 3.0, 5.0, 9.0])
    rows[:, 0] = 1, 2, 3, 4
    found = subjects._around(rows, at, np.array([0.0, 2.0, 4.1, 7.0, 9.5]))[:, 0]
    assert found.tolist() == [1.0, 1.5, 2.5, 3.0, 4.0]
    assert not subjects._around(np.zeros((0, subjects.BINS)), np.zeros(0), at).any()


@pytest.mark.parametrize("times", [[2.0], [0.0, 1.0], [0.0, 0.4, 0.5, 3.0]])
def test_the_nearest_moment_is_found(times):
    at, wanted = np.array(times), np.linspace(-1, 4, 51)
    found = at[subjects._nearest(at, wanted)]
    assert np.allclose(np.abs(found - wanted), np.abs(at - wanted[:, None]).min(axis=1))


def test_an_hour_in_one_shot_takes_no_table_of_all_pairs_of_moments():
    """Two who sit apart before one camera: 18 000 moments."""
    one = person(lambda time: 60.0, wide=30.0, seconds=3600)
    both = [
        subjects.Look(look.time, (*look.faces, Face(700.0, 40.0, 30.0, 30.0, 0.9)), None) for look in one if look.faces
    ]
    looks = [pair for look in both for pair in (look, subjects.Look(look.time + 0.05, None, QUIET))]
    tracemalloc.start()
    try:
        subject = about(looks, seconds=3600, extent=960, window=150)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert subject.crowded
    assert len(subject.times) == len(looks)
    assert peak < 300 << 20
