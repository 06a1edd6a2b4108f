"""Another voice in a sound: the rest stays, the voice goes, the new one is as loud."""

import numpy as np
import pytest

from reelwright.media import making, revoicing, samples

RATE = revoicing.RATE


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Speech in the middle over two steady tones, one on each side: the file, the speech, the tones."""
    time = np.arange(6 * RATE) / RATE
    tones = 0.1 * np.stack([np.sin(2 * np.pi * 330 * time), np.sin(2 * np.pi * 495 * time)]).astype(np.float32)
    voice = 0.5 * making.speech(6.0, rate=RATE).clean
    path = making.write_wav(tmp_path_factory.mktemp("sound") / "film.wav", tones + voice, RATE)
    return path, voice, tones


def power(sound, hertz=None):
    if hertz is None:
        return float(np.mean(np.square(sound)))
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    at = round(hertz * len(sound) / RATE)
    return float(spectrum[at - 3 : at + 4].sum())


def test_the_voice_goes_and_the_tones_stay(film, tmp_path):
    path, voice, tones = film
    rms = revoicing.without_voice(path, tmp_path / "rest.wav")
    rest = samples.read(tmp_path / "rest.wav").samples
    assert rest.shape[1] == len(voice)
    left = power(rest - tones)
    assert left < 0.1 * power(voice)
    assert power(rest[0], 330) == pytest.approx(power(tones[0], 330), rel=0.3)
    loud = voice[: len(voice) // 480 * 480].reshape(-1, 480)
    loud = np.square(loud).mean(axis=1)
    assert rms == pytest.approx(np.sqrt(loud[loud > 1e-6].mean()), rel=0.3)


def test_the_new_voice_is_laid_over_in_time(film, tmp_path):
    tones = film[2]
    click = np.zeros(4 * RATE, np.float32)
    click[2 * RATE : 2 * RATE + 480] = 0.5
    revoicing.spoken(iter([click[:RATE], click[RATE:]]), tmp_path / "voice.wav")
    ground = making.write_wav(tmp_path / "tones.wav", tones, RATE)
    revoicing.laid_over(ground, tmp_path / "voice.wav", tmp_path / "out.wav", 0.5)
    out = samples.read(tmp_path / "out.wav").samples
    assert out.shape[1] == tones.shape[1]
    added = out - tones
    assert added[:, 2 * RATE + 100 : 2 * RATE + 380].mean() == pytest.approx(0.25, abs=0.02)
    assert np.abs(np.delete(added, slice(2 * RATE - 50, 2 * RATE + 530), axis=1)).max() < 0.01


def test_without_a_ground_there_is_the_voice_alone(tmp_path):
    voice = making.speech(1.5, rate=RATE).clean
    rms = revoicing.spoken(iter([voice]), tmp_path / "voice.wav")
    revoicing.laid_over(None, tmp_path / "voice.wav", tmp_path / "out.wav", 1.0)
    out = samples.read(tmp_path / "out.wav").samples
    assert out.shape == (2, len(voice))
    assert rms > 0.05


def test_nothing_ever_clips(tmp_path):
    loud = np.full((2, RATE), 0.9, np.float32)
    ground = making.write_wav(tmp_path / "loud.wav", loud, RATE)
    revoicing.spoken(iter([np.full(RATE, 0.9, np.float32)]), tmp_path / "voice.wav")
    revoicing.laid_over(ground, tmp_path / "voice.wav", tmp_path / "out.wav", 1.0)
    assert np.abs(samples.read(tmp_path / "out.wav").samples).max() < 0.9


@pytest.mark.parametrize(
    ("new", "old", "gain"), [(0.1, 0.05, 0.5), (0.1, 0.0, 0.8), (0.001, 0.1, 4.0), (0.0, 0.1, 1.0)]
)
def test_a_voice_is_made_as_loud_as_the_old_one(new, old, gain):
    assert revoicing.gain_of(new, old) == pytest.approx(gain)
