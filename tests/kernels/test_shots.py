"""Cuts, dissolves and fades are found where they are; pans, flashes and changing light are none."""

from fractions import Fraction
from itertools import pairwise

import cv2
import numpy as np
import pytest

from reelwright.kernels.shots import Drift, Shots, turning

FPS = 25
HIGH, WIDE = 90, 160


def scene(seed, *, width=WIDE):
    """Cloudy colours of good contrast, uint8 [90, width, 3]."""
    random = np.random.default_rng(seed)
    total = np.zeros((HIGH, width, 3), np.float32)
    for cells, weight in ((4, 1.0), (9, 0.5), (30, 0.2)):
        coarse = random.normal(0, 1, (cells, cells * width // HIGH, 3)).astype(np.float32)
        total += weight * cv2.resize(coarse, (width, HIGH), interpolation=cv2.INTER_CUBIC)
    return np.clip(random.integers(90, 160, 3) + total * 45, 0, 255).astype(np.uint8)


def still(seed, count):
    return [scene(seed)] * count


def mixed(one, other, count):
    parts = [(number + 1) / (count + 1) for number in range(count)]
    return [cv2.addWeighted(one, 1 - part, other, part, 0) for part in parts]


def faded(one, count):
    return [(one * (1 - (number + 1) / (count + 1))).astype(np.uint8) for number in range(count)]


def panned(seed, count, step):
    wide = scene(seed, width=WIDE + count * step)
    return [np.ascontiguousarray(wide[:, number * step :][:, :WIDE]) for number in range(count)]


def shots_of(thumbs):
    shots = Shots()
    for number, thumb in enumerate(thumbs):
        shots.push(Fraction(number, FPS), thumb)
    return shots


def found(thumbs):
    return [(one.kind, int(one.start * FPS), int(one.end * FPS)) for one in shots_of(thumbs).transitions]


@pytest.mark.parametrize("frames_before", [1, 2, 12, 40])
def test_a_hard_cut_is_the_first_frame_of_the_new_shot(frames_before):
    thumbs = still(1, frames_before) + still(2, 30)

    assert found(thumbs) == [("cut", frames_before, frames_before)]
    assert [(shot.start * FPS, shot.kind) for shot in shots_of(thumbs).finish()] == [
        (0, "start"),
        (frames_before, "cut"),
    ]


def test_many_cuts_are_all_found():
    thumbs = [thumb for seed in range(12) for thumb in panned(seed, 20, 1)]

    assert found(thumbs) == [("cut", number, number) for number in range(20, 240, 20)]


@pytest.mark.parametrize("length", [6, 12, 25, 45])
def test_a_dissolve_is_found_with_its_extent(length):
    thumbs = still(1, 30) + mixed(scene(1), scene(2), length) + still(2, 30)

    ((kind, start, end),) = found(thumbs)

    assert kind == "dissolve"
    tolerance = 1 + length // 8
    assert abs(start - 30) <= tolerance
    assert abs(end - (30 + length)) <= tolerance


@pytest.mark.parametrize("black", [1, 10])
def test_a_fade_through_black_is_one_transition(black):
    out = faded(scene(1), 12)
    thumbs = still(1, 30) + out + [np.zeros_like(out[0])] * black + faded(scene(2), 12)[::-1] + still(2, 30)

    ((kind, start, end),) = found(thumbs)

    assert kind == "fade"
    assert abs(start - 30) <= 2
    assert abs(end - (54 + black)) <= 2


def test_a_film_that_repeats_a_time_is_read():
    shots = Shots()
    thumbs = [np.zeros((HIGH, WIDE, 3), np.uint8)] * 10 + faded(scene(1), 12)[::-1] + still(1, 30)
    for number, thumb in enumerate(thumbs):
        shots.push(Fraction(number // 2 * 2, FPS), thumb)

    assert len(shots.finish()) >= 1


def test_long_black_is_a_shot_of_its_own():
    black = [np.zeros((HIGH, WIDE, 3), np.uint8)] * 50
    thumbs = still(1, 30) + faded(scene(1), 12) + black + faded(scene(2), 12)[::-1] + still(2, 30)

    assert [kind for kind, _, _ in found(thumbs)] == ["fade", "fade"]
    assert len(shots_of(thumbs).finish()) == 3


@pytest.mark.parametrize(
    "thumbs",
    [
        pytest.param(still(1, 60), id="still"),
        pytest.param(panned(1, 80, 1), id="slow-pan"),
        pytest.param(panned(2, 80, 4), id="quick-pan"),
        pytest.param(panned(3, 60, 12), id="whip-pan"),
        pytest.param(still(1, 30) + [np.full((HIGH, WIDE, 3), 250, np.uint8)] * 2 + still(1, 30), id="flash"),
        pytest.param(still(1, 30) + [cv2.add(scene(1), (70, 70, 70, 0))] * 3 + still(1, 30), id="photo-flash"),
        pytest.param([(scene(1) * (1 - 0.4 * (n % 20) / 20)).astype(np.uint8) for n in range(80)], id="changing-light"),
        pytest.param([np.full((HIGH, WIDE, 3), 2 * n, np.uint8) for n in range(100)], id="a-plain-ground-brightens"),
        pytest.param([np.zeros((HIGH, WIDE, 3), np.uint8)] * 60, id="black"),
        pytest.param([], id="nothing"),
    ],
)
def test_no_change_of_shots_here(thumbs):
    assert found(thumbs) == []


def grainy(seed):
    grain = np.random.default_rng(seed).normal(0, 40, (HIGH, WIDE, 1))
    return np.clip(scene(seed) + grain, 0, 255).astype(np.uint8)


def test_a_picture_that_turns_sharp_in_one_frame_is_another_shot():
    blurred = cv2.GaussianBlur(np.roll(grainy(1), 8, axis=1), (0, 0), 3)

    assert found([blurred] * 20 + [grainy(1)] * 20) == [("cut", 20, 20)]


def test_a_picture_that_is_focused_slowly_is_one_shot():
    sigmas = [3 * (1 - number / 20) + 0.1 for number in range(20)]
    focused = [cv2.GaussianBlur(np.roll(grainy(1), 8, axis=1), (0, 0), sigma) for sigma in sigmas]

    assert found([focused[0]] * 20 + focused + focused[-1:] * 20) == []


def test_plain_pictures_that_turn_black_and_come_back_are_a_fade():
    down = [np.full((HIGH, WIDE, 3), 200 - 10 * number, np.uint8) for number in range(20)]

    ((kind, start, end),) = found(down[:1] * 20 + down + [down[0] * 0] * 3 + down[::-1] + down[:1] * 20)

    assert kind == "fade"
    assert start <= 41 <= end


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_fades_around_a_long_black_change_shots_where_the_black_begins_and_ends(stride):
    black = [np.zeros((HIGH, WIDE, 3), np.uint8)] * 40
    thumbs = still(1, 40) + faded(scene(1), 30) + black + faded(scene(2), 30)[::-1] + still(2, 40)

    shots = Shots()
    for number, thumb in list(enumerate(thumbs))[::stride]:
        shots.push(Fraction(number, FPS), thumb)

    assert [one.kind for one in shots.finish()] == ["start", "fade", "fade"]
    # The last tenth of a fade to black shows next to nothing.
    assert [float(one.start * FPS) for one in shots.finish()[1:]] == pytest.approx([70, 110], abs=3)


def test_a_picture_that_comes_up_from_black_is_one_shot():
    assert len(shots_of(faded(scene(1), 20)[::-1] + still(1, 30) + faded(scene(1), 20)).finish()) == 1


def test_strictness_scales_what_counts_as_a_cut():
    weak = cv2.addWeighted(scene(1), 0.55, scene(2), 0.45, 0)
    counts = {}
    for strictness in (0.5, 1.0, 2.0):
        shots = Shots(strictness)
        for number, thumb in enumerate(still(1, 20) + [weak] * 20):
            shots.push(Fraction(number, FPS), thumb)
        counts[strictness] = len(shots.finish())

    assert counts[0.5] == 2
    assert counts[2.0] == 1


@pytest.mark.parametrize("old", [0, 1, 5])
def test_the_turning_is_the_first_frame_of_the_new_shot(old):
    between = [scene(1)] * old + [scene(2)] * (5 - old)

    assert turning(scene(1), scene(2), between) == old


def test_shots_cover_the_video_without_gaps():
    thumbs = still(1, 20) + still(2, 20) + mixed(scene(2), scene(3), 15) + still(3, 20) + faded(scene(3), 15)

    shots = shots_of(thumbs).finish()

    assert shots[0].start == 0
    assert shots[-1].end == Fraction(len(thumbs), FPS)
    assert all(one.end == after.start for one, after in pairwise(shots))


def test_nothing_pushed_gives_no_shots():
    assert Shots().finish() == []


def settled(thumbs):
    drift = Drift()
    for thumb in thumbs:
        drift.push(thumb)
    return drift.settled()


@pytest.mark.parametrize(
    ("thumbs", "earliest", "latest"),
    [
        pytest.param(mixed(scene(1), scene(2), 24)[12:] + still(2, 12), 11, 13, id="rest-of-a-dissolve"),
        pytest.param(faded(scene(1), 24)[::-1][10:] + still(1, 12), 13, 15, id="rest-of-a-fade-in"),
        pytest.param(mixed(scene(1), scene(2), 30)[5:20], 15, 15, id="within-a-dissolve"),
        pytest.param(still(1, 20), 0, 0, id="still"),
        pytest.param(panned(1, 20, 1), 0, 2, id="pan"),
        pytest.param(panned(1, 20, 3), 0, 2, id="quick-pan"),
        pytest.param(still(1, 1), 0, 0, id="one-frame"),
    ],
)
def test_a_stretch_settles_when_a_transition_is_over(thumbs, earliest, latest):
    assert earliest <= settled(thumbs) <= latest


def textured(seed, *, wide=WIDE, high=HIGH):
    """Contrasty clouds of a colour of their own, with detail at every size, uint8 [high, wide, 3]."""
    random = np.random.default_rng(seed)
    total = np.zeros((high, wide, 3), np.float32)
    for cells, weight in ((6, 40), (14, 25), (40, 15)):
        coarse = random.normal(0, 1, (cells, cells * wide // high, 3)).astype(np.float32)
        total += weight * cv2.resize(coarse, (wide, high), interpolation=cv2.INTER_CUBIC)
    return np.clip(random.integers(70, 170, 3) + total, 0, 255).astype(np.uint8)


def boxed(thumb):
    """A bright box with text over the lower quarter."""
    out = thumb.copy()
    out[68:] = (250, 220, 40)
    out[74:84, 10:150:4] = 0
    return out


def barred(thumb):
    out = np.zeros_like(thumb)
    out[:, 55:105] = thumb[:, 55:105]
    return out


def woven(one, other):
    out = one.copy()
    out[1::2] = other[1::2]
    return out


def dimmed(thumb):
    return (thumb * 0.15).astype(np.uint8)


SWEEP = [(x, x // 3) for x in (0, 10, 60, 130, 180, 190)]
LARGE = textured(9, wide=WIDE + 200, high=HIGH + 80)
SWEPT = [np.ascontiguousarray(LARGE[y : y + HIGH, x : x + WIDE]) for x, y in SWEEP]
ZOOMED = [cv2.resize(LARGE[: HIGH * 3 // n, : WIDE * 3 // n], (WIDE, HIGH)) for n in (3, 4, 5, 6, 8)]
WHITE = np.full((HIGH, WIDE, 3), 250, np.uint8)


@pytest.mark.parametrize(
    ("thumbs", "at"),
    [
        pytest.param([dimmed(textured(1))] * 20 + [dimmed(textured(2))] * 20, [20], id="in-the-dark"),
        pytest.param([barred(textured(1))] * 20 + [barred(textured(2))] * 20, [20], id="between-bars"),
        pytest.param(
            [textured(1)] * 20 + [textured(2)] * 4 + [textured(1)] * 20, [20, 24], id="a-few-frames-of-another-shot"
        ),
        pytest.param([textured(1)] * 20 + [WHITE] * 2 + [textured(2)] * 20, [22], id="with-a-flash-on-it"),
        pytest.param(
            [textured(1)] * 20 + [woven(textured(1), textured(2))] + [textured(2)] * 20, [20], id="between-two-fields"
        ),
    ],
)
def test_cuts_that_are_hard_to_see_are_found(thumbs, at):
    assert [start for kind, start, _ in found(thumbs)] == pytest.approx(at, abs=1)


@pytest.mark.parametrize(
    "thumbs",
    [
        pytest.param(SWEPT[:1] * 20 + SWEPT + SWEPT[-1:] * 20, id="a-sweep"),
        pytest.param(ZOOMED[:1] * 20 + ZOOMED + ZOOMED[-1:] * 20, id="a-fast-zoom"),
        pytest.param([textured(1)] * 20 + [boxed(textured(1))] * 20 + [textured(1)] * 20, id="a-box-of-text"),
        pytest.param([textured(1)] * 20 + [dimmed(textured(1))] * 30, id="a-lamp-goes-out"),
        pytest.param(
            [textured(1)] * 20
            + [cv2.addWeighted(textured(1), 0.25 * n, WHITE, 1 - 0.25 * n, 0) for n in range(4)]
            + [textured(1)] * 20,
            id="a-flash-dies-away",
        ),
    ],
)
def test_what_only_looks_like_a_cut_is_none(thumbs):
    assert found(thumbs) == []


@pytest.mark.parametrize("stride", [3, 4])
def test_a_dissolve_of_which_few_frames_are_seen_is_found(stride):
    thumbs = [textured(1)] * 40 + mixed(textured(1), textured(2), 15) + [textured(2)] * 40

    shots = Shots()
    for number, thumb in list(enumerate(thumbs))[::stride]:
        shots.push(Fraction(number, FPS), thumb)

    ((kind, start),) = [(one.kind, float(one.at * FPS)) for one in shots.transitions]
    assert kind == "dissolve"
    assert 38 <= start <= 57
