"""Onsets are told when they begin, at any rate and loudness, however the sound arrives."""

import numpy as np
import pytest

from reelwright.kernels.onsets import FPS, OnsetMeter
from reelwright.media.making.rhythms import groove

STROKES = (0.5, 0.937, 1.4, 2.113, 2.8)  # seconds; not on frames


def heard(sound, rate, block=None):
    meter = OnsetMeter(rate)
    for start in range(0, len(sound), block or len(sound)):
        meter.push(sound[start : start + (block or len(sound))])
    return meter.finish()


def struck(rate, hertz=330.0):
    sound = np.zeros(round(3.5 * rate))
    t = np.arange(round(0.3 * rate)) / rate
    stroke = np.sin(2 * np.pi * hertz * t) * np.exp(-12 * t) * np.minimum(1, t / 0.002)
    for at in STROKES:
        first = round(at * rate)
        sound[first : first + len(stroke)] += stroke
    return (0.5 * sound).astype(np.float32)


def tops(strength, near):
    """Where the onset around each moment is, between the frames."""
    found = []
    for at in near:
        first = round(at * FPS) - 6
        top = first + int(np.argmax(strength[first : first + 13]))
        left, middle, right = strength[top - 1 : top + 2].astype(float)
        found.append((top + 0.5 * (left - right) / (left - 2 * middle + right)) / FPS)
    return np.array(found)


@pytest.mark.parametrize("rate", [16000, 22050, 44100, 48000, 96000])
def test_strokes_are_told_within_a_frame_at_any_rate(rate):
    late = tops(heard(struck(rate), rate).strength, STROKES) - STROKES
    assert np.abs(late).max() < 0.01
    assert abs(np.median(late)) < 0.006


@pytest.mark.parametrize("style", ["rock", "claps", "piano", "strum", "metal"])
def test_instruments_have_no_constant_lag(style):
    played = groove(style, 97, seconds=8)
    late = tops(heard(played.mix[0], played.rate).strength, played.beats) - played.beats
    assert abs(np.median(late)) < 0.008


def test_a_quieter_sound_has_the_same_onsets():
    sound = struck(22050)
    loud, quiet = (heard(gain * sound, 22050).strength for gain in (1.0, 0.01))
    assert np.allclose(loud / loud.max(), quiet / quiet.max(), atol=1e-3)


@pytest.mark.parametrize("block", [1, 1000, 70001], ids=["samples", "small", "large"])
def test_the_size_of_blocks_does_not_matter(block):
    sound = struck(16000)[: 3000 if block == 1 else None]
    whole, parts = heard(sound, 16000), heard(sound, 16000, block)
    assert np.array_equal(whole.strength, parts.strength)
    assert np.array_equal(whole.registers, parts.registers)
    assert len(whole.strength) == len(sound) * FPS // 16000 + 1


def test_a_wavering_voice_starts_no_notes_inside_them():
    rate, t = 22050, np.arange(3 * 22050) / 22050
    wave = 2 * np.pi * 440 * t + 440 * 0.03 / 5.5 * np.sin(2 * np.pi * 5.5 * t)
    voice = sum(np.sin(n * wave) / n for n in range(1, 6)) * np.minimum(1, t / 0.02)
    strength = heard((0.2 * voice).astype(np.float32), rate).strength
    assert strength[20:-20].max() < 0.1 * strength[:20].max()


@pytest.mark.parametrize(("hertz", "register"), [(70.0, 0), (400.0, 1), (2500.0, 2), (9000.0, 3)])
def test_a_stroke_is_strongest_in_its_own_register(hertz, register):
    registers = heard(struck(44100, hertz), 44100).registers
    assert int(registers.max(axis=0).argmax()) == register


@pytest.mark.parametrize("length", [0, 1, 100], ids=["nothing", "a-sample", "less-than-a-window"])
def test_next_to_nothing_gives_one_frame(length):
    onsets = heard(np.zeros(length, np.float32), 44100, block=50)
    assert onsets.strength.shape == (1,)
    assert onsets.registers.shape == (1, 4)
