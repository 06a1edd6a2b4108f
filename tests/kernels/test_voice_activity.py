"""Speech in places that are known, beside noise, tones and music."""

import numpy as np
import pytest

from reelwright.kernels import voice_activity
from reelwright.kernels.resampling import Resampler
from reelwright.kernels.voice_activity import HOP, RATE, Detector
from reelwright.media import making


def activity(sound, block=7000):
    detector = Detector()
    parts = [detector.push(sound[start : start + block]) for start in range(0, len(sound), block)] + [detector.flush()]
    return (
        np.concatenate([one.speech for one in parts]),
        np.concatenate([one.rhythm for one in parts]),
        np.concatenate([one.talk for one in parts]),
    )


def truth(spoken):
    frames = np.zeros(-(-len(spoken.clean) // HOP), bool)
    for start, end in spoken.phrases:
        frames[round(start * 100) : round(end * 100)] = True
    return frames


@pytest.mark.parametrize(("snr_db", "agreement"), [(40, 0.93), (20, 0.9), (10, 0.85), (3, 0.75)])
@pytest.mark.parametrize("pitch", [95.0, 210.0], ids=["deep", "high"])
def test_speech_is_found_where_it_is(snr_db, agreement, pitch):
    spoken = making.speech(8.0, snr_db=snr_db, pitch=pitch, seed=5)
    found, _, _ = activity(spoken.noisy)

    assert len(found) == len(truth(spoken))
    assert np.mean(found == truth(spoken)) >= agreement


@pytest.mark.parametrize("gain", [0.03, 0.3])
def test_the_level_of_the_recording_does_not_matter(gain):
    spoken = making.speech(5.0, snr_db=30)
    quiet, loud = (activity(spoken.noisy * one)[0] for one in (np.float32(gain), np.float32(1.0)))

    assert np.mean(quiet == loud) > 0.98


@pytest.mark.parametrize(
    ("sound", "most"),
    [
        pytest.param(np.zeros(4 * RATE, np.float32), 0.0, id="silence"),
        pytest.param(making.noise(4.0), 0.05, id="noise"),
        pytest.param((0.3 * np.sin(0.5 * np.arange(4 * RATE))).astype(np.float32), 0.0, id="steady-tone"),
        pytest.param(1e-5 * making.speech(4.0).clean, 0.0, id="too-faint"),
    ],
)
def test_what_is_no_speech(sound, most):
    assert activity(sound)[0].mean() <= most


def test_music_has_no_rhythm_of_talk_and_talk_has():
    song = making.song(form=("verse", "chorus"), bars=2)
    down = Resampler(song.rate, RATE, 1)
    mono = np.concatenate([down.push(song.mix.mean(axis=0, keepdims=True))[0], down.flush()[0]])
    speech, _, talk = activity(mono)
    _, _, spoken = activity(making.speech(8.0, snr_db=25).noisy)

    assert talk.sum() < 0.6 * max(1, speech.sum())
    assert spoken.mean() > 0.5


@pytest.mark.parametrize("block", [1000, 160, 12_345])
def test_blocks_of_any_size_give_the_same(block):
    sound = making.speech(6.0, snr_db=15).noisy
    whole, pieces = activity(sound, 10**9), activity(sound, block)

    assert np.array_equal(whole[0], pieces[0])
    assert np.allclose(whole[1], pieces[1])


@pytest.mark.parametrize("length", [0, 1, 159, 160, 161, 511, 513, 40_001])
def test_there_are_as_many_frames_as_begun_hops(length):
    assert len(activity(making.noise(3.0)[:length])[0]) == -(-length // HOP)


@pytest.mark.parametrize(
    ("given", "filled", "kept"),
    [
        pytest.param("1101100", "1111100", "1101100", id="hole"),
        pytest.param("0011000", "0011000", "0011000", id="edges-stay"),
        pytest.param("1000110", "1000110", "0000110", id="burst"),
    ],
)
def test_holes_and_bursts(given, filled, kept):
    flags = np.array([one == "1" for one in given])

    assert "".join("01"[one] for one in voice_activity.without_holes(flags, 1).astype(int)) == filled
    assert "".join("01"[one] for one in voice_activity.without_bursts(flags, 2).astype(int)) == kept
