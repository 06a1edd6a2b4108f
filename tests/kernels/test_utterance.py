"""Phrases brought to their tempo and laid in a row, to the sample."""

import numpy as np
import pytest

from reelwright.kernels.speech_edges import edges
from reelwright.kernels.utterance import Row, Spoken, Utterance, Word, finished, joined

RATE = 16000


def tone(count, level=0.5):
    return (level * np.sin(2 * np.pi * 200 * np.arange(count) / RATE)).astype(np.float32)


def spoken(*seconds, at=(0, 8000), count=8000):
    return Spoken(tone(count), RATE, at, seconds)


@pytest.mark.parametrize("before", [0, 5, 800, 1234])
@pytest.mark.parametrize("after", [0, 900])
def test_edges_lie_where_the_speech_does(before, after):
    first, last = edges(np.concatenate([np.zeros(before), tone(4000), np.zeros(after)]).astype(np.float32), RATE)

    assert first == pytest.approx(before, abs=80)
    assert last == pytest.approx(before + 4000, abs=80)


def test_what_is_40_db_below_the_speech_is_no_speech():
    sound = np.concatenate([tone(1600, 0.002), tone(1600, 0.5), tone(1600, 0.002)])

    assert edges(sound, RATE) == pytest.approx((1600, 3200), abs=80)


def test_silence_has_no_edges():
    assert edges(np.zeros(1000, np.float32), RATE) == (0, 0)
    assert edges(np.zeros(0, np.float32), RATE) == (0, 0)


@pytest.mark.parametrize("seconds", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_a_phrase_lasts_as_long_as_it_is_to(seconds, rate):
    found = finished(spoken(seconds), [1.0], rate)

    assert found.length / rate == pytest.approx(seconds, abs=0.012)
    assert 0 < found.first < found.last < len(found.samples)


def test_it_begins_and_ends_in_silence():
    found = finished(spoken(0.5), [1.0], RATE)

    assert np.abs(found.samples[[0, -1]]).max() < 1e-3
    assert np.abs(np.diff(found.samples)).max() < 1.5 * 0.5 * 2 * np.pi * 200 / RATE


def test_spans_have_their_own_tempo_and_level():
    found = finished(spoken(0.5, 0.25, at=(0, 4000, 8000)), [1.0, 0.25], RATE)
    middle = found.first + 8000

    assert found.length == pytest.approx(12_000, abs=200)
    assert np.abs(found.samples[found.first + 2000 : middle - 500]).max() == pytest.approx(0.5, rel=0.05)
    assert np.abs(found.samples[middle + 500 : found.last - 500]).max() == pytest.approx(0.125, rel=0.05)


@pytest.mark.parametrize("at", [(0, 0), (500, 500)])
def test_nothing_said_is_an_empty_utterance(at):
    assert finished(Spoken(np.zeros(1000, np.float32), RATE, at, [0.0]), [1.0], RATE).length == 0
    assert finished(Spoken(np.zeros(0, np.float32), RATE, (0, 0), [0.0]), [1.0], RATE).length == 0


@pytest.mark.parametrize("seconds", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("rate", [8000, 44100])
def test_words_keep_their_place_in_the_speech_at_any_tempo(seconds, rate):
    words = [Word("a", 0), Word("b", 2000), Word("c", 6000)]

    found = finished(Spoken(tone(8000), RATE, (0, 8000), [seconds], words), [1.0], rate)

    shares = [(one.at - found.first) / found.length for one in found.words]
    assert shares == pytest.approx([0, 0.25, 0.75], abs=0.03)
    assert [one.text for one in found.words] == ["a", "b", "c"]


def part(length, first=100, tail=200):
    samples = np.zeros(first + length + tail, np.float32)
    samples[first : first + length] = 1
    return Utterance(samples, first, first + length)


def test_a_row_keeps_its_gaps_to_the_sample():
    found = joined([(part(500), 999), (part(300), 1000), (part(0), 50), (part(200), 20)])

    assert (found.first, found.length) == (100, 500 + 1000 + 300 + 20 + 200)
    changes = np.flatnonzero(np.diff(np.concatenate([[0], found.samples, [0]])))
    assert (changes - found.first).tolist() == [0, 500, 1500, 1800, 1820, 2020]


def test_words_of_a_row_lie_where_their_parts_do():
    first, second = part(500), part(300)
    first = Utterance(first.samples, first.first, first.last, (Word("a", 100), Word("b", 350)))
    second = Utterance(second.samples, second.first, second.last, (Word("c", 100),))

    found = joined([(first, 0), (second, 1000)])

    assert [(one.text, one.at - found.first) for one in found.words] == [("a", 0), ("b", 250), ("c", 1500)]


def test_a_row_of_nothing_is_nothing():
    assert joined([]).length == 0
    assert joined([(part(0), 10)]).length == 0


def test_a_long_sound_is_given_out_as_soon_as_it_is_done():
    row = Row()
    blocks = [row.lay(np.ones(10, np.float32), 5), row.lay(np.ones(10, np.float32), 12), row.finish(30)]

    assert [len(one) for one in blocks] == [5, 7, 18]
    assert np.concatenate(blocks).tolist() == [0] * 5 + [1] * 7 + [2] * 3 + [1] * 7 + [0] * 8


def test_what_would_lie_before_the_beginning_is_left_out():
    row = Row()

    assert np.concatenate([row.lay(np.arange(5, dtype=np.float32), -2), row.finish(4)]).tolist() == [2, 3, 4, 0]
