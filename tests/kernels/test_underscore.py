"""Music under a voice: quiet, the same for one seed, and in the mood asked for."""

import itertools

import numpy as np
import pytest

from reelwright.kernels import underscore


def played(moods, seconds, seed=1):
    parts, count = [], 0
    for bar in underscore.play(moods, seed=seed):
        parts.append(bar)
        count += bar.shape[1]
        if count >= seconds * underscore.RATE:
            return np.concatenate(parts, axis=1)
    raise AssertionError("the music ended")


def pitches(sound):
    """The classes of the tones in a sound, 0 being A, by the peaks of its spectrum."""
    spectrum = np.abs(np.fft.rfft(sound.mean(axis=0) * np.hanning(sound.shape[1])))
    hertz = np.fft.rfftfreq(sound.shape[1], 1 / underscore.RATE)
    band = (hertz > 80) & (hertz < 500)
    peaks = [
        n
        for n in np.flatnonzero(band)
        if spectrum[n] == spectrum[max(0, n - 3) : n + 4].max() and spectrum[n] > 0.2 * spectrum[band].max()
    ]
    return {round(12 * np.log2(hertz[n] / 440)) % 12 for n in peaks}


def test_the_same_seed_plays_the_same_and_another_does_not():
    one, again, other = (played([("calm", 0.0)], 5, seed) for seed in (3, 3, 4))

    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("mood", underscore.MOODS)
def test_it_stays_quiet_and_never_stops(mood):
    sound = played([(mood, 0.0)], 14)

    assert sound.shape[0] == 2
    assert np.abs(sound).max() < 0.3
    later = sound[:, 2 * underscore.RATE :]
    levels = [np.sqrt(np.square(part).mean()) for part in np.array_split(later, 10, axis=1)]
    assert 20 * np.log10(min(levels)) > -48
    assert 20 * np.log10(np.sqrt(np.square(later).mean())) == pytest.approx(-31, abs=4)


@pytest.mark.parametrize("mood", ["calm", "sad", "tense"])
def test_its_tones_are_those_of_its_scale(mood):
    bars = list(itertools.islice(underscore.play([(mood, 0.0)], seed=2), 4))

    assert set().union(*map(pitches, bars)) <= set(underscore.MOODS[mood].scale)


def test_bars_follow_each_other_without_a_click():
    bars = list(itertools.islice(underscore.play([("sad", 0.0)], seed=5), 6))
    whole = np.concatenate(bars, axis=1)
    steps = np.abs(np.diff(whole, axis=1))
    edges = np.cumsum([bar.shape[1] for bar in bars])[:-1]

    assert max(steps[:, edge - 2 : edge + 2].max() for edge in edges) < 2 * np.percentile(steps, 99.9)


def test_a_mood_changes_at_the_next_bar():
    bars = list(itertools.islice(underscore.play([("calm", 0.0), ("tense", 5.0)], seed=1), 4))

    assert [bar.shape[1] for bar in bars] == [192000, 192000, *[round(240 / 66 * 48000)] * 2]


@pytest.mark.parametrize(
    ("word", "mood"),
    [
        ("calm", "calm"),
        ("Melancholy", "sad"),
        ("悲凉", "sad"),
        ("fearful", "tense"),
        ("欢快", "joyful"),
        ("", "calm"),
        ("xyz", "calm"),
    ],
    ids=str,
)
def test_words_for_moods_are_understood(word, mood):
    assert underscore.mood(word) == mood
