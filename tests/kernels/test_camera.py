"""The camera path on subjects whose movement is known."""

import numpy as np
import pytest

from reelwright.kernels import camera

TIMES = np.arange(0, 10, 0.1)
FRAMES = np.arange(0, 9.9, 1 / 30)
WIDTH, LIMIT, HALF = 400.0, 1280.0, 60.0

MOVES = {
    "pan": 200 + 80 * TIMES,
    "swing": 640 + 400 * np.sin(TIMES),
    "fast-swing": 640 + 400 * np.sin(2.5 * TIMES),
    "walk-and-stop": np.minimum(250 + 150 * TIMES, 900),
}


def followed(centre, *, half=HALF, times=TIMES, width=WIDTH):
    return camera.follow(times, centre - half, centre + half, width=width, limit=LIMIT)


@pytest.mark.parametrize("name", MOVES)
def test_a_moving_subject_stays_inside_on_a_path_far_smoother_than_its_own(name):
    centre = MOVES[name]
    noisy = centre + np.random.default_rng(1).normal(0, 5, len(centre))
    edge = followed(noisy).at(FRAMES)

    there = np.interp(FRAMES, TIMES, centre)
    inside = (edge <= there - HALF + 6) & (edge + WIDTH >= there + HALF - 6)
    assert inside.mean() >= 0.98
    assert camera.jerk(edge) <= camera.jerk(np.interp(FRAMES, TIMES, noisy)) / 3
    assert edge.min() >= 0
    assert edge.max() <= LIMIT - WIDTH


def test_a_subject_that_hardly_moves_gets_a_path_that_does_not():
    path = followed(600 + np.random.default_rng(0).normal(0, 6, len(TIMES)))

    assert path.is_static
    assert np.ptp(path.at(FRAMES)) == 0


def test_one_wrong_sample_does_not_move_the_camera():
    centre = np.full(len(TIMES), 600.0)
    centre[40] = 660
    assert followed(centre).is_static


def test_speed_and_acceleration_are_continuous_at_frames():
    edge = followed(MOVES["swing"]).at(np.arange(0, 9.9, 1 / 120))
    # A cubic spline's second difference changes no faster than its third derivative allows.
    assert np.abs(np.diff(edge, 3)).max() < 0.05


def test_a_long_shot_is_solved_in_windows_without_a_seam():
    times = np.arange(0, 90, 0.1)
    centre = 640 + 400 * np.sin(times / 2)
    edge = followed(centre, times=times).at(times)

    assert ((edge <= centre - HALF + 1) & (edge + WIDTH >= centre + HALF - 1)).mean() >= 0.98
    jumps = np.abs(np.diff(edge, 2))
    assert jumps.max() < 6


@pytest.mark.parametrize(
    ("times", "centre", "expected"),
    [
        pytest.param([], [], 440.0, id="nothing-seen-is-the-middle"),
        pytest.param([0.0], [300.0], 100.0, id="one-sample"),
        pytest.param([0.0, 0.1], [10.0, 12.0], 0.0, id="at-the-left-border"),
        pytest.param([0.0, 0.1], [1275.0, 1276.0], 880.0, id="at-the-right-border"),
    ],
)
def test_few_samples_and_borders(times, centre, expected):
    path = followed(np.array(centre), times=np.array(times))
    assert path.at(np.array([0.0, 5.0])) == pytest.approx([expected, expected])


def test_a_window_as_long_as_the_picture_never_moves():
    path = camera.follow(TIMES, MOVES["swing"] - 9, MOVES["swing"] + 9, width=LIMIT, limit=LIMIT)
    assert path.at(FRAMES).tolist() == [0.0] * len(FRAMES)


def test_a_subject_wider_than_the_window_is_centred():
    path = followed(np.full(len(TIMES), 640.0), half=300.0)
    assert path.at(np.array([5.0])) == pytest.approx([440.0])


def test_the_window_leans_to_the_wished_middle_without_losing_the_subject():
    centre = np.full(len(TIMES), 500.0)
    path = camera.follow(TIMES, centre - 40, centre + 40, width=WIDTH, limit=LIMIT, middle=centre + 140)
    edge = path.at(FRAMES)
    assert (edge <= 460).all()
    assert (edge + WIDTH / 2 > 560).all()


def test_jerk_of_a_straight_path_is_nothing():
    assert camera.jerk(np.arange(50) * 3.0) == pytest.approx(0)
    assert camera.jerk(np.array([1.0, 2.0])) == 0


def test_one_moment_is_told_like_many():
    """A window that follows a walk, a still one, and times beyond both ends."""
    times = np.arange(0, 4, 1 / 6)
    walk = camera.follow(times, 100 + 150 * times, 160 + 150 * times, width=200, limit=1000)
    still = camera.follow(times, times * 0 + 400, times * 0 + 420, width=200, limit=1000)

    assert not walk.is_static
    for path in (walk, still):
        asked = np.linspace(-1, 6, 57)
        assert [path.edge(one) for one in asked.tolist()] == pytest.approx(path.at(asked).tolist(), abs=1e-9)
