"""Edges of lines that come at once, and of lines that fade."""

from fractions import Fraction

import pytest

from reelwright.kernels import caption_edges

FRAME = Fraction(1, 25)


def shown(strengths, first=100):
    """The frames that show a line, as (time, strength)."""
    return [((first + index) * FRAME, strength) for index, strength in enumerate(strengths)]


def fading(frames, seen_from):
    """A fade over so many frames, of which those with less strength than can be seen are missing."""
    ramp = [index / frames for index in range(frames)]
    return [one for one in ramp if one >= seen_from] + [1.0] * 20, sum(one < seen_from for one in ramp)


@pytest.mark.parametrize(
    "strengths",
    [
        pytest.param([1.0] * 20, id="at-once"),
        pytest.param([0.5] + [1.0] * 20, id="a-smeared-frame"),
        pytest.param([0.7, 0.72, 0.69, 0.73, 0.7, 0.74, 0.71] + [0.9] * 9, id="another-picture-behind"),
        pytest.param([0.6] * 20, id="never-as-strong-as-later"),
        pytest.param([1.0], id="one-frame"),
    ],
)
def test_a_line_that_comes_and_goes_at_once_is_where_it_is_seen(strengths):
    first, last = shown(strengths)[0][0], shown(strengths)[-1][0]

    assert caption_edges.begin(shown(strengths)) == first
    assert caption_edges.end(shown(strengths[::-1]), last + FRAME) == last + FRAME


@pytest.mark.parametrize("frames", [5, 8, 12, 25])
@pytest.mark.parametrize("seen_from", [0.25, 0.4, 0.5])
def test_a_fade_begins_and_ends_where_there_is_no_strength(frames, seen_from):
    strengths, missing = fading(frames, seen_from)
    came = shown(strengths)
    went = shown(strengths[::-1])
    if sum(one < caption_edges.WHOLE for one in strengths) < caption_edges.FEW:
        pytest.skip("too few frames of it are seen")

    assert caption_edges.begin(came) == came[0][0] - missing * FRAME
    assert caption_edges.end(went, went[-1][0] + FRAME) == went[-1][0] + max(1, missing) * FRAME


def test_a_fade_with_a_restless_picture_behind_is_a_frame_off_at_most():
    strengths, missing = fading(10, 0.35)
    restless = [one + (-1) ** index * 0.03 for index, one in enumerate(strengths)]

    off = caption_edges.begin(shown(restless)) - (shown(restless)[0][0] - missing * FRAME)
    assert abs(off) <= FRAME


@pytest.mark.parametrize("nothing", [-0.15, 0.0, 0.2], ids=["unlike-the-words", "flat", "like-the-words"])
def test_what_is_left_without_words_is_measured_beside_the_fade(nothing):
    ramp = [0.0] * 12 + [index / 10 for index in range(10)] + [1.0] * 20
    strengths = [nothing + (1 - nothing) * one for one in ramp]
    seen = 12 + 4
    before, came = shown(strengths[:seen]), shown(strengths[seen:], 100 + seen)
    went = [(240 * FRAME - time, strength) for time, strength in reversed(came)]
    beyond = [(240 * FRAME - time, strength) for time, strength in reversed(before)]

    assert caption_edges.begin(came, before) == (100 + 12) * FRAME
    assert caption_edges.end(went, went[-1][0] + FRAME, beyond) == (240 - 112) * FRAME


@pytest.mark.parametrize(
    ("seen", "unseen"),
    [
        pytest.param([0.64, 0.64, 0.64, 0.69, 0.75, 0.8, 0.86, 0.92] + [1.0] * 9, [], id="weak-where-they-begin"),
        pytest.param([0.69, 0.76, 0.83, 0.9, 0.97] + [1.0] * 9, [0.62, 0.56, 0.56], id="lost-before-that"),
        pytest.param([0.9, 0.92, 0.95] + [1.0] * 9, [0.88, 0.86], id="lost-while-strong"),
    ],
)
@pytest.mark.parametrize("nothing", [0.0, 0.2], ids=["flat", "like-the-words"])
def test_words_below_which_the_film_fades_begin_and_end_where_nothing_is_left_at_once(seen, unseen, nothing):
    strengths = [nothing] * 10 + unseen[::-1] + seen
    first = 10 + len(unseen)
    before, came = shown(strengths[:first], 0), shown(strengths[first:], first)
    went, beyond = ([(100 * FRAME - time, one) for time, one in reversed(part)] for part in (came, before))

    assert caption_edges.begin(came, before) == 10 * FRAME
    assert caption_edges.end(went, went[-1][0] + FRAME, beyond) == (100 - 9) * FRAME
