"""Music told from talk, noise and silence."""

import numpy as np
import pytest

from reelwright.kernels import music
from reelwright.media import making

RATE, TICKS = music.RATE, 10


def found(sound, block=40000):
    meter = music.MusicMeter()
    for start in range(0, len(sound), block):
        meter.push(sound[start : start + block].astype(np.float32))
    return meter.finish(len(sound) * TICKS // RATE, TICKS)


@pytest.fixture(scope="module")
def song():
    played = making.song()
    return played.mix[0][:: played.rate // RATE][: 14 * RATE]


def test_a_song_is_music(song):
    assert found(song).mean() > 0.95


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(making.speech(12.0, rate=RATE).clean, id="speech"),
        pytest.param(making.speech(12.0, rate=RATE, seed=5).noisy, id="noisy-speech"),
        pytest.param(making.noise(12.0, rate=RATE), id="noise"),
        pytest.param(np.zeros(12 * RATE, np.float32), id="silence"),
    ],
)
def test_what_is_no_music(sound):
    assert found(sound).mean() < 0.1


def test_it_begins_and_ends_where_the_music_does(song):
    sound = np.concatenate([making.speech(10.0, rate=RATE).clean, song[: 10 * RATE]])
    heard = found(sound)
    assert heard[:80].mean() < 0.15
    assert heard[115:].mean() > 0.9


@pytest.mark.parametrize("block", [1000, 16000])
def test_blocks_of_any_length_give_the_same(song, block):
    assert (found(song[: 5 * RATE], block) == found(song[: 5 * RATE])).all()


def test_nothing_is_no_music():
    assert not music.MusicMeter().finish(5, TICKS).any()


def test_a_steady_beat_without_tones_is_music():
    random = np.random.default_rng(0)
    sound = np.zeros(12 * RATE)
    for beat in range(24):
        hit = random.normal(0, 0.4, RATE // 8) * np.exp(-np.arange(RATE // 8) / 400)
        sound[beat * RATE // 2 : beat * RATE // 2 + len(hit)] += hit
    assert found(sound).mean() > 0.9
