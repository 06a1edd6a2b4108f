"""Spectra in a stream: nothing is lost, however the samples come."""

import numpy as np
import pytest

from reelwright.kernels.stft import Analysis, Synthesis, frame_length


def sound(length: int, channels: int = 2) -> np.ndarray:
    return np.random.default_rng(5).standard_normal((channels, length)).astype(np.float32)


def there_and_back(given: np.ndarray, length: int, block: int) -> np.ndarray:
    analysis, synthesis = Analysis(len(given), length), Synthesis(len(given), length)
    parts = [synthesis.push(analysis.push(given[:, at : at + block])) for at in range(0, given.shape[1], block)]
    return np.concatenate([*parts, synthesis.push(analysis.flush())], axis=1)


@pytest.mark.parametrize("count", [0, 1, 127, 128, 129, 1000, 5000])
@pytest.mark.parametrize("block", [1000, 64, 37])
def test_untouched_spectra_give_the_samples_back(count, block):
    given = sound(count)
    found = there_and_back(given, 256, block)
    assert found.shape[1] >= count
    np.testing.assert_allclose(found[:, :count], given, atol=2e-6)
    np.testing.assert_allclose(found[:, count:], 0, atol=2e-6)


def test_the_blocks_do_not_matter():
    given = sound(5000)
    whole = Analysis(2, 256)
    expected = np.concatenate([whole.push(given), whole.flush()], axis=1)
    piecewise = Analysis(2, 256)
    parts = [piecewise.push(given[:, at : at + 77]) for at in range(0, 5000, 77)]
    np.testing.assert_allclose(np.concatenate([*parts, piecewise.flush()], axis=1), expected, atol=1e-5)


def test_a_tone_is_in_its_bin_and_its_frame_is_centred():
    given = np.zeros((1, 4096), np.float32)
    given[0, 2048] = 1.0
    spectra = Analysis(1, 512).push(given)
    loudest = int(np.abs(spectra[0]).sum(axis=1).argmax())
    assert loudest * 256 == 2048

    tone = np.sin(2 * np.pi * 40 / 512 * np.arange(4096))[None].astype(np.float32)
    assert int(np.abs(Analysis(1, 512).push(tone)[0, 8]).argmax()) == 40


@pytest.mark.parametrize("rate", [4000, 8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000])
def test_frames_are_as_long_at_every_rate(rate):
    length = frame_length(rate)
    assert length % 2 == 0
    assert length / rate == pytest.approx(4096 / 44100, rel=0.04)
    if rate == 44100:
        assert length == 4096
