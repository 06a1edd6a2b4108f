"""Chords show in their notes, whatever the tuning, the octave and the rate."""

import numpy as np
import pytest

from reelwright.kernels.chroma import FPS, TIMBRE_BANDS, ToneMeter

C, E, G = 0, 4, 7


def chord(notes, rate=22050, seconds=2.0, cents=0.0, gain=0.1):
    t = np.arange(round(seconds * rate)) / rate
    tones = [np.sin(2 * np.pi * 440 * 2 ** ((note - 69 + cents / 100) / 12) * t) for note in notes]
    return (gain * np.sum(tones, axis=0)).astype(np.float32)


def heard(sound, rate=22050, block=5000):
    meter = ToneMeter(rate)
    for start in range(0, len(sound), block):
        meter.push(sound[start : start + block])
    return meter.finish()


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000])
@pytest.mark.parametrize(("cents", "tuning"), [(0, 0.0), (35, 1 / 3), (-35, -1 / 3)], ids=["440", "sharp", "flat"])
def test_the_notes_of_a_chord_are_the_strongest_classes(rate, cents, tuning):
    tones = heard(chord((60, 64, 67), rate, cents=cents), rate)
    assert set(np.argsort(tones.chroma[5:15].mean(axis=0))[-3:]) == {C, E, G}
    assert tones.tuning == pytest.approx(tuning)


def test_octaves_share_a_class():
    strongest = [heard(chord((note,))).chroma[5:15].mean(axis=0).argmax() for note in (45, 57, 69, 81)]
    assert strongest == [9, 9, 9, 9]


def test_frames_stand_where_they_should():
    change = np.concatenate([chord((60,)), chord((66,))])
    chroma = heard(change).chroma
    assert abs(int(np.argmax(chroma[:, 6] > chroma[:, 0])) - 2 * FPS) <= 1
    assert len(chroma) == 4 * FPS + 1


def test_loudness_is_in_decibels():
    loud, soft = (heard(chord((69,), gain=gain)).loudness[10] for gain in (0.5, 0.05))
    assert loud - soft == pytest.approx(20, abs=0.1)


def test_a_brighter_sound_has_more_in_the_upper_bands():
    dark, bright = (heard(chord((note,))).timbre[10] for note in (45, 105))
    assert dark.argmax() < TIMBRE_BANDS // 3 < bright.argmax()


def test_silence_has_no_chroma():
    tones = heard(np.zeros(22050, np.float32))
    assert not tones.chroma.any()
    assert tones.tuning == 0
