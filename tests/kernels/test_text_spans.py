"""`kernels.text_spans`: the frames a planted line is in, by hard edges and by fades."""

import cv2
import numpy as np
import pytest

from reelwright.kernels.text_spans import Pattern, extent

SIZE, HEIGHT, COUNT = (60, 240), 40, 60
RANDOM = np.random.default_rng(5)


def words(text):
    cover = np.zeros(SIZE, np.uint8)
    cv2.putText(cover, text, (14, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 255, 4, cv2.LINE_AA)
    return cover.astype(np.float32) / 255


def frames(*spans, colour=(235.0, 128.0, 128.0), moves=2):
    """Planes of frames in which each (text, strengths by frame) is drawn over a ground that slides along."""
    wide = cv2.resize(RANDOM.uniform(40, 180, (6, 60)).astype(np.float32), (SIZE[1] + COUNT * 2, SIZE[0]))
    made = []
    for index in range(COUNT):
        luma = wide[:, index * moves : index * moves + SIZE[1]] + RANDOM.normal(0, 1.5, SIZE)
        planes = [luma, np.full((30, 120), 128.0), np.full((30, 120), 128.0)]
        for text, strength in spans:
            share = words(text) * strength(index)
            small = cv2.resize(share, (120, 30), interpolation=cv2.INTER_AREA)
            planes = [
                one * (1 - part) + level * part
                for one, level, part in zip(planes, colour, (share, small, small), strict=True)
            ]
        made.append([np.clip(one, 0, 255).astype(np.uint8) for one in planes])
    return made


def hard(start, end):
    return lambda index: float(start <= index < end)


def fading(start, end, length):
    return lambda index: float(np.clip(min(index - start, end - 1 - index) / length, 0, 1))


def levels(made, text, at):
    pattern = Pattern.of(made[at], words(text) > 0.05, HEIGHT)
    return np.array([pattern.presence(one) for one in made])


@pytest.mark.parametrize(("start", "end"), [(0, 30), (13, 41), (20, 60), (0, 60), (30, 33)])
@pytest.mark.parametrize("moves", [0, 2])
def test_hard_edges_are_found_to_the_frame(start, end, moves):
    made = frames(("Words", hard(start, end)), moves=moves)
    middle = (start + end) // 2
    assert extent(levels(made, "Words", middle), middle) == (start, end)


@pytest.mark.parametrize("length", [5, 12])
def test_a_fade_belongs_to_the_line_but_for_what_cannot_be_seen(length):
    made = frames(("Words", fading(10, 50, length)))
    first, end = extent(levels(made, "Words", 30), 30)
    assert 10 <= first <= 12
    assert 48 <= end <= 50


@pytest.mark.parametrize(("moves", "more"), [(0, 0), (2, 2)], ids=["still", "moving"])
def test_a_line_that_follows_at_once_is_another_one(moves, more):
    made = frames(("Words", hard(5, 25)), ("Other", hard(25, 50)), moves=moves)
    for text, start, end in (("Words", 5, 25), ("Other", 25, 50)):
        found = extent(levels(made, text, start + 10), start + 10)
        # Never less than the line; over moving ground a frame or two more, which only cost time.
        assert start - more <= found[0] <= start
        assert end <= found[1] <= end + more


def test_colour_alone_is_enough():
    made = frames(("Words", hard(20, 40)), colour=(110.0, 40.0, 220.0), moves=0)
    assert extent(levels(made, "Words", 30), 30) == (20, 40)


def test_presence_is_one_for_the_line_itself_and_about_none_without():
    made = frames(("Words", hard(20, 40)))
    found = levels(made, "Words", 30)
    assert found[30] == pytest.approx(1, abs=1e-3)
    assert np.abs(found[:20]).max() < 0.25
