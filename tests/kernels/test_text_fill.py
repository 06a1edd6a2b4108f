"""`kernels.text_fill`: passages with planted lines, filled, against the pictures without them."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from reelwright.kernels import text_fill
from reelwright.kernels.strokes import Strokes
from reelwright.kernels.text_spans import Pattern
from reelwright.kernels.text_tracking import Line, Passage, Strip

SIZE, BOX, AREA = (110, 360), (80, 40, 280, 74), (60, 24, 300, 92)
WORLD = cv2.GaussianBlur(np.random.default_rng(6).uniform(0, 255, (110, 700)).astype(np.float32), (0, 0), 2.0)
WORLD = np.clip((WORLD - 127) * 3 + 127, 16, 235)
COVER = np.zeros(SIZE, np.uint8)
cv2.putText(COVER, "Words here", (86, 68), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 6)
COVERED = cv2.dilate(COVER, np.ones((3, 3))) > 0


def passage(count, first, end, moves, walker=None):
    """A line in frames [first, end); a dark block at `walker(index)`, if any. Gives the passage and true lumas."""
    strips, truths = [], []
    for index in range(count):
        luma = WORLD[:, round(40 + moves * index) :][:, : SIZE[1]].copy()
        if walker is not None:
            left = walker(index)
            luma[20:90, left : left + 50] = 30
        truths.append(luma)
        shown = np.where((COVER > 0) & (first <= index < end), 235, luma)
        chroma = np.full((55, 180), 128, np.uint8)
        strips.append(Strip(index, Fraction(index, 25), [np.rint(shown).astype(np.uint8), chroma, chroma]))
    left, top, right, bottom = AREA
    mask = COVERED[top:bottom, left:right]
    still = strips[first].seen(AREA)
    line = Line(BOX, AREA, Strokes(mask, mask, mask), Pattern.of(still, mask, 34), first, end, still)
    return Passage(strips, [line], 0, count), truths


def filled(made, truths, **given):
    """Worst PSNR in the hidden pixels of any frame, the frames touched, and the count."""
    count, worst, touched = text_fill.Count(), np.inf, []
    for one in text_fill.fill(made, count, **given):
        index = round(one.time * 25)
        left, top, right, bottom = one.area
        truth, mask = truths[index][top:bottom, left:right], one.masks[0]
        error = np.mean(np.square(one.planes[0][mask] - truth[mask]))
        worst = min(worst, 10 * np.log10(255**2 / error))
        touched.append(index)
        assert all(plane.dtype == np.uint8 for plane in one.planes)
    return worst, touched, count


@pytest.mark.parametrize("moves", [0, 2])
def test_what_other_frames_show_comes_back(moves):
    made, truths = passage(50, 12, 40, moves)
    worst, touched, count = filled(made, truths)
    assert worst > 36
    assert touched == list(range(12, 40))
    assert count.from_space == 0
    assert count.from_time == 28 * np.count_nonzero(COVERED)


def test_a_camera_that_pans_needs_no_frame_without_text():
    made, truths = passage(50, 0, 50, 3)
    worst, touched, count = filled(made, truths)
    assert worst > 30
    assert len(touched) == 50
    assert count.from_space < 0.05 * count.from_time


def test_without_any_other_view_it_is_made_up_and_counted():
    made, truths = passage(20, 0, 20, 0)
    worst, _, count = filled(made, truths)
    assert worst > 14
    assert (count.from_time, count.from_space) == (0, 20 * np.count_nonzero(COVERED))


@pytest.mark.parametrize("thorough", [False, True])
def test_a_thing_that_stands_behind_the_text_is_not_wiped_out(thorough):
    made, truths = passage(60, 30, 45, 0, walker=lambda index: 150 if index >= 22 else 20)
    worst, _, _ = filled(made, truths, thorough=thorough)
    assert worst > 34


@pytest.mark.parametrize(("speed", "least"), [(1, 28), (3, 23)], ids=["slowly", "fast"])
@pytest.mark.parametrize("thorough", [False, True])
def test_what_moves_by_itself_behind_the_text_is_carried_there(speed, least, thorough):
    block = cv2.GaussianBlur(np.random.default_rng(2).uniform(0, 255, (70, 120)).astype(np.float32), (0, 0), 2.0)
    made, truths = passage(40, 14, 26, 0)
    strips = []
    for index, strip in enumerate(made.strips):
        left = 60 + speed * index
        truths[index][20:90, left : left + 120] = (block - 127) * 2 + 127
        shown = np.where((COVER > 0) & (14 <= index < 26), 235, np.clip(truths[index], 0, 255))
        strips.append(Strip(index, strip.time, [np.rint(shown).astype(np.uint8), *strip.planes[1:]]))
    worst, _, _ = filled(Passage(strips, made.lines, 0, 40), truths, thorough=thorough)
    assert worst > least
