"""`kernels.text_tracking` with a finder that is told where text is: which lines come out, in which frames."""

import itertools
from fractions import Fraction

import cv2
import numpy as np
import pytest

from reelwright.kernels.text_tracking import Strip, Tracker, around, cut

SIZE, FPS = (96, 320), 25
RANDOM = np.random.default_rng(11)
WIDE = cv2.resize(RANDOM.uniform(60, 190, (12, 100)).astype(np.float32), (1200, SIZE[0]))
BOX = (60, 30, 260, 74)


def lettered(luma, text, at, strength):
    cover, edge = np.zeros(SIZE, np.uint8), np.zeros(SIZE, np.uint8)
    for layer, width in ((cover, 3), (edge, 8)):
        cv2.putText(layer, text, at, cv2.FONT_HERSHEY_SIMPLEX, 1.2, 255, width, cv2.LINE_AA)
    for layer, level in ((edge, 16), (cover, 235)):
        share = layer / 255 * strength
        luma = luma * (1 - share) + level * share
    return luma


def strips(count, *lines, moves=1, kind=np.uint8):
    """`lines`: (text, first, end, pixels it slides a frame)."""
    for index in range(count):
        luma = WIDE[:, index * moves : index * moves + SIZE[1]] + RANDOM.normal(0, 1, SIZE)
        for text, first, end, slides in lines:
            if first <= index < end:
                luma = lettered(luma, text, (66 + slides * (index - first), 66), 1.0)
        planes = [luma, np.full((48, 160), 128.0), np.full((48, 160), 128.0)]
        scale = 1 if kind == np.uint8 else 4
        yield Strip(index, Fraction(index, FPS), [(np.clip(one, 0, 255) * scale).astype(kind) for one in planes])


def tracked(pictures, shown, budget=1 << 30, cuts=()):
    """The passages, where `shown(index)` says if the finder sees the line's box."""
    asked = []

    def find(strip):
        asked.append(strip.index)
        found = shown(strip.index)
        return [] if found is None else [found]

    tracker = Tracker(find, Fraction(2, 5), budget)
    passages = []
    for strip in pictures:
        passages += tracker.push(strip, is_cut=strip.index in cuts or strip.index == 0)
    return [*passages, *tracker.finish()], tracker, asked


@pytest.mark.parametrize("kind", [np.uint8, np.uint16], ids=["8-bit", "10-bit"])
@pytest.mark.parametrize(("first", "end"), [(0, 40), (17, 63), (33, 90)])
def test_a_line_is_followed_from_its_first_frame_to_its_last(first, end, kind):
    pictures = strips(90, ("Followed", first, end, 0), kind=kind)
    passages, _, _ = tracked(pictures, lambda index: BOX if first <= index < end else None)
    assert [(line.first, line.end) for one in passages for line in one.lines] == [(first, end)]


def test_a_line_the_finder_misses_at_times_is_one_line():
    pictures = strips(90, ("Followed", 10, 80, 0))
    passages, _, _ = tracked(pictures, lambda index: BOX if 10 <= index < 80 and index % 30 < 20 else None)
    assert [(line.first, line.end) for one in passages for line in one.lines] == [(10, 80)]


def test_lines_that_follow_each_other_in_one_place_are_two():
    pictures = strips(90, ("Followed", 8, 44, 0), ("Another", 44, 80, 0))
    passages, _, _ = tracked(pictures, lambda index: BOX if 8 <= index < 80 else None)
    assert [(line.first, line.end) for one in passages for line in one.lines] == [(8, 44), (44, 80)]


def test_text_that_slides_is_left_alone():
    pictures = strips(60, ("Sliding", 0, 60, 1), moves=1)
    passages, tracker, _ = tracked(pictures, lambda index: (BOX[0] + index, BOX[1], BOX[2] + index, BOX[3]))
    assert passages == []
    assert tracker.slid > 0


def test_texture_taken_for_text_once_is_no_line():
    passages, _, _ = tracked(strips(60, moves=4), lambda index: BOX if index == 20 else None)
    assert passages == []


def test_a_picture_that_stands_still_is_looked_at_once():
    _, _, asked = tracked(strips(100, moves=0), lambda index: None)
    assert asked == [0]


def test_a_line_that_stays_over_a_cut_is_handed_over_shot_by_shot():
    pictures = strips(90, ("Followed", 10, 80, 0))
    passages, _, _ = tracked(pictures, lambda index: BOX if 10 <= index < 80 else None, cuts={45})
    assert [(one.begin, one.end) for one in passages] == [(0, 45), (45, 90)]
    assert [(line.first, line.end) for one in passages for line in one.lines] == [(10, 45), (45, 80)]
    assert passages[1].strips[0].index == 45


def test_memory_is_bounded_and_no_frame_is_lost():
    frame = SIZE[0] * SIZE[1] * 3 // 2
    pictures = strips(300, ("Followed", 10, 290, 0), moves=2)
    passages, _, _ = tracked(pictures, lambda index: BOX if 10 <= index < 290 else None, budget=60 * frame)
    assert max(len(one.strips) for one in passages) <= 62
    spans = [(max(line.first, one.begin), min(line.end, one.end)) for one in passages for line in one.lines]
    assert spans[0][0] == 10
    assert spans[-1][1] == 290
    assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))


def test_what_is_sure_never_covers_a_passage_to_come():
    sure, begun = Fraction(0), []
    tracker = Tracker(lambda strip: [BOX] if 30 <= strip.index < 70 else [], Fraction(2, 5), 1 << 30)
    for strip in strips(160, ("Followed", 30, 70, 0)):
        for passage in tracker.push(strip, is_cut=strip.index == 0):
            begun += [line.first for line in passage.lines]
            assert all(Fraction(line.first, FPS) >= sure for line in passage.lines)
        assert tracker.done >= sure
        sure = tracker.done
    assert begun == [30]


def test_areas_are_even_and_inside():
    assert around((3, 5, 31, 25), (40, 50)) == (0, 0, 42, 36)
    luma, u, v = cut([np.zeros((40, 50)), np.zeros((20, 25)), np.zeros((20, 25))], (4, 6, 20, 26))
    assert (luma.shape, u.shape, v.shape) == ((20, 16), (10, 8), (10, 8))
