"""Words of a narrated shot: where a text is parted, and when each part is shown."""

import itertools

import numpy as np
import pytest

from reelwright.kernels import narration
from reelwright.kernels.narration import Said

RATE = 16000


def voice(spans, seconds):
    """A tone in each span, silence between them."""
    made = np.zeros(round(seconds * RATE), np.float32)
    for start, end in spans:
        first, last = round(start * RATE), round(end * RATE)
        made[first:last] = 0.3 * np.sin(np.arange(last - first) * 0.2)
    return made


def at_most(letters):
    return lambda text: len(text) <= letters


@pytest.mark.parametrize(
    ("text", "letters", "parts"),
    [
        pytest.param("他来了。", 10, ["他来了。"], id="one-that-fits"),
        pytest.param("树林里很安静，只有风吹过。", 8, ["树林里很安静，", "只有风吹过。"], id="behind-a-comma"),
        pytest.param("“你好！”他说，“请进。”", 8, ["“你好！”", "他说，“请进。”"], id="quotes-stay-with-their-mark"),
        pytest.param("one two three four five", 12, ["one two", "three", "four five"], id="between-words"),
        pytest.param("Mr. Brown came. He sat down.", 16, ["Mr. Brown came.", "He sat down."], id="not-behind-mr"),
        pytest.param("一二三四五六七八", 4, ["一二三四", "五六七八"], id="without-any-mark"),
        pytest.param("   ", 4, [], id="nothing"),
    ],
)
def test_a_text_is_parted_where_it_reads_best(text, letters, parts):
    assert [one.strip() for one in narration.parts(text, at_most(letters))] == parts


def test_no_letter_is_lost_or_doubled():
    text = "孔乙己是站着喝酒而穿长衫的唯一的人；他身材很高大，青白脸色，皱纹间时常夹些伤痕。But he said nothing at all."

    for letters in (3, 7, 12, 30):
        assert "".join("".join(narration.parts(text, at_most(letters))).split()) == "".join(text.split())


def test_two_lines_break_behind_a_mark_rather_than_in_the_middle():
    assert narration.two_lines("从前有一个女孩，住在森林边的村子里。", at_most(12)) == [
        "从前有一个女孩，",
        "住在森林边的村子里。",
    ]
    assert narration.two_lines("abcdefghij", at_most(4)) is None


def test_a_sentence_is_shown_when_it_is_said():
    sound = voice([(0.5, 1.5), (2.0, 3.0)], 3.2)
    said = [Said("第一句。", 0.5, 1.5), Said("第二句。", 2.0, 3.0)]

    shown = narration.spoken(said, at_most(20), voice=sound, rate=RATE, lead=0.25, length=3.6)

    assert [(one.text, one.start) for one in shown] == [("第一句。", 0.75), ("第二句。", 2.25)]
    assert shown[0].end == pytest.approx(1.75 + narration.HELD)
    assert shown[1].end <= 3.6


def test_a_part_of_a_sentence_begins_after_the_pause_of_the_voice():
    sound = voice([(0.1, 1.2), (1.5, 2.9)], 3.0)  # by its letters alone the second part would begin at 1.5 - 0.2
    said = [Said("树林里很安静，只有风吹过了山。", 0.1, 2.9)]

    first, second = narration.spoken(said, at_most(9), voice=sound, rate=RATE, lead=0.0, length=3.0)

    assert first.text == "树林里很安静，"
    assert second.start == pytest.approx(1.5, abs=0.02)
    assert first.end == second.start


def test_a_part_comes_with_its_first_word_whatever_the_pauses():
    sound = voice([(0.1, 0.5), (0.8, 1.9), (1.95, 2.9)], 3.0)
    words = [("树林", 0.1), ("里很", 0.8), ("安静，", 1.2), ("只有", 1.95), ("风", 2.3), ("吹过。", 2.6)]
    said = [Said("树林里很安静，只有风吹过。", 0.1, 2.9, words)]

    first, second = narration.spoken(said, at_most(9), voice=sound, rate=RATE, lead=0.5, length=4.0)

    assert (first.text, second.text) == ("树林里很安静，", "只有风吹过。")
    assert second.start == pytest.approx(1.95 + 0.5)


def test_a_part_that_begins_amid_a_word_has_its_share_of_it():
    said = [Said("一二三四五六七八", 0.0, 4.0, [("一二三", 0.0), ("四五六", 1.2), ("七八", 3.0)])]

    shown = narration.spoken(said, at_most(4), voice=voice([(0, 4)], 4), rate=RATE, lead=0.0, length=4.0)

    assert [(one.text, pytest.approx(one.start)) for one in shown] == [("一二三四", 0.0), ("五六七八", 1.8)]


def test_words_never_overlap_and_never_outlast_the_shot():
    sound = voice([(0, 5)], 5)
    said = [Said("一二三四五六七八九十" * 3, 0.0, 2.5), Said("一二三四五六七八九十" * 3, 2.55, 5.0)]

    shown = narration.spoken(said, at_most(6), voice=sound, rate=RATE, lead=0.1, length=5.15)

    assert all(one.start <= one.end for one in shown)
    assert all(one.end <= after.start for one, after in itertools.pairwise(shown))
    assert shown[-1].end <= 5.15


def test_a_silent_text_fills_its_time():
    shown = narration.silent("树林里很安静，只有风吹过。", at_most(8), start=0.5, end=4.5)

    assert (shown[0].start, shown[-1].end) == (0.5, 4.5)
    assert shown[0].end == shown[1].start


@pytest.mark.parametrize(("seconds", "frames"), [(1.0, 30), (0.0, 6), (59.99, 1446)], ids=str)
def test_a_shot_has_a_breath_before_and_after_its_speech(seconds, frames):
    found = narration.frames(seconds, 24)

    assert found == frames
    assert found / 24 >= seconds + float(narration.LEAD + narration.TAIL)


def test_where_a_voice_begins_is_heard():
    sound = voice([(0.7, 1.4)], 2.0)

    assert narration.onset(sound, RATE, 0.2, 2.0) == pytest.approx(0.7, abs=0.011)
    assert narration.onset(sound, RATE, 1.6, 2.0) is None
