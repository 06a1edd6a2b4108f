"""Sound files that were written, read again to the sample."""

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.kernels import limiting, loudness
from reelwright.media import samples, sounds
from reelwright.media.levelled import Levelled

NOISE = np.random.default_rng(0)


def bursts(rate, channels=1):
    sound = np.zeros((channels, 2 * rate), np.float32)
    for start in (rate // 3, rate):
        sound[:, start : start + 800] = 0.5 * np.sin(0.3 * np.arange(800))
    return sound


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("channels", [1, 2])
def test_an_mp3_gives_every_sample_back_at_its_place(tmp_path, rate, channels):
    sound = bursts(rate, channels)
    with sounds.writer(tmp_path / "a.mp3", "mp3", rate, channels) as out:
        for start in range(0, sound.shape[1], 5000):
            out.write(sound[:, start : start + 5000])
    found = samples.read(tmp_path / "a.mp3").samples

    assert found.shape == sound.shape
    spectra = np.fft.rfft(found[0]) * np.conj(np.fft.rfft(sound[0]))
    assert int(np.argmax(np.fft.irfft(spectra, sound.shape[1]))) == 0


def test_pcm_is_samples_and_nothing_else(tmp_path):
    with sounds.writer(tmp_path / "a.pcm", "pcm", 16000) as out:
        out.write(np.array([[0.0, 0.5, -1.0, 2.0]], np.float32))

    assert np.fromfile(tmp_path / "a.pcm", "<i2").tolist() == [0, 16384, -32768, 32767]


@pytest.mark.parametrize("kind", ["wav", "pcm", "mp3"])
def test_after_an_error_there_is_no_file(tmp_path, kind):
    def broken():
        with sounds.writer(tmp_path / f"a.{kind}", kind, 16000) as out:
            out.write(bursts(16000))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert list(tmp_path.iterdir()) == []


def test_an_mp3_has_its_own_rates(tmp_path):
    with pytest.raises(InvalidParameter, match="an MP3 has one of 8000"):
        sounds.writer(tmp_path / "a.mp3", "mp3", 15000)


@pytest.mark.parametrize("level", [0.01, 0.1, 1.0, 30.0])
@pytest.mark.parametrize("target", [-30.0, -16.0])
def test_a_recording_gets_its_loudness(tmp_path, level, target):
    tape = Levelled(tmp_path / "raw.wav", 16000)
    blocks = np.split((level * 0.1 * NOISE.standard_normal(64_000)).astype(np.float32), 8)
    tape.record(iter(blocks))
    told = []
    found = tape.write(
        tmp_path / "a.wav", "wav", target=target, volume=1.0, ceiling=-1.0, told=lambda done: told.append(done)
    )
    sound = samples.read(tmp_path / "a.wav").samples
    meter, peaks = loudness.Meter(16000, [1.0]), limiting.PeakMeter(16000, 1)
    meter.push(sound)
    peaks.push(sound)

    assert meter.integrated() == pytest.approx(target, abs=0.3)
    assert found.loudness == pytest.approx(target, abs=0.3)
    assert limiting.decibels(peaks.peak()) <= -0.95
    assert told[-1] == sound.shape[1] == 64_000
    assert not (tmp_path / "raw.wav").exists()


def test_silence_stays_silence(tmp_path):
    tape = Levelled(tmp_path / "raw.wav", 16000)
    tape.record([np.zeros(1000, np.float32)])
    found = tape.write(tmp_path / "a.wav", "wav", target=-20, volume=1.0, ceiling=-1.0, told=lambda done: None)

    assert found == (type(found))(None, 0.0)
    assert not samples.read(tmp_path / "a.wav").samples.any()


@pytest.mark.parametrize("block", [1, 1000, 4096, 9999])
def test_flac_keeps_every_sample_of_16_bits(tmp_path, block):
    sound = np.random.default_rng(1).uniform(-1, 1, (2, 10_000)).astype(np.float32)

    with sounds.Flac(tmp_path / "a.flac", 48000, 2) as out:
        for start in range(0, 10_000, block):
            out.write(sound[:, start : start + block])

    heard = samples.read(tmp_path / "a.flac")
    assert heard.rate == 48000
    assert np.array_equal(np.rint(heard.samples * 32768), np.rint(sound * 32768).clip(-32768, 32767))


def test_a_flac_that_failed_is_not_there(tmp_path):
    def failing():
        with sounds.Flac(tmp_path / "a.flac", 48000, 2) as out:
            out.write(np.zeros((2, 100), np.float32))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()

    assert list(tmp_path.iterdir()) == []
