"""The sentence that somebody reads stands where it is told to."""

import numpy as np
import pytest

from reelwright.media import making
from reelwright.media.making import readers


@pytest.fixture
def voice(tmp_path):
    """Five seconds of a made voice between two silences."""
    spoken = making.speech(5.0, rate=readers.RATE).clean
    silence = np.zeros(readers.RATE, np.float32)
    return making.write_wav(tmp_path / "voice.wav", np.concatenate([silence, spoken, silence]), readers.RATE)


def test_the_sentence_stands_in_its_spans_and_nothing_beside_it(tmp_path, voice):
    made = readers.reading(tmp_path / "a.wav", voice, "la la", at=(1.0, 8.0), seconds=15.0)
    sound, rate = making.read_wav(made.path)
    power = np.square(sound.reshape(-1))

    assert rate == made.rate
    assert sound.shape[-1] == 15 * rate
    assert [start for start, _ in made.spans] == [1.0, 8.0]
    for start, end in made.spans:
        assert 3.5 < end - start < 5.5
        assert power[round(start * rate) : round(end * rate)].mean() > 1e-3
    inside = np.zeros(len(power), bool)
    for start, end in made.spans:
        inside[round(start * rate) : round(end * rate) + 1] = True
    assert power[~inside].max() < 1e-6


def test_it_is_cut_where_the_sound_ends(tmp_path, voice):
    made = readers.reading(tmp_path / "a.wav", voice, "la la", at=(2.0,), seconds=4.0)
    assert made.spans == ((2.0, 4.0),)


def test_silence_is_trimmed_to_nothing():
    assert len(readers.trimmed(np.zeros(400, np.float32))) == 0
