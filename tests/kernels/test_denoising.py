"""`kernels.denoising`, `rnnoise`, `resampling` and `noise_floor`: aligned, of exact length, the same in any blocks."""

import numpy as np
import pytest

from reelwright.kernels import denoising, noise_floor
from reelwright.kernels.denoising import Denoiser
from reelwright.kernels.resampling import Resampler
from reelwright.kernels.rnnoise import RATE, RNNoise
from reelwright.media import making


def si_sdr(clean: np.ndarray, found: np.ndarray) -> float:
    target = (clean @ found) / (clean @ clean) * clean
    return float(10 * np.log10((target @ target) / ((found - target) @ (found - target))))


def lag(expected: np.ndarray, found: np.ndarray) -> int:
    size = 1 << (2 * len(expected)).bit_length()
    product = np.fft.irfft(np.fft.rfft(found, size) * np.fft.rfft(expected, size).conj(), size)
    at = int(np.argmax(product))
    return at if at < size // 2 else at - size


def cleaned(noisy: np.ndarray, rate: int, *, block: int = 0, **given) -> np.ndarray:
    """float32 [n] or [channels, n] through a fresh denoiser, in blocks of `block` samples."""
    sound = np.atleast_2d(noisy)
    denoiser = Denoiser(rate, len(sound), **given)
    step = block or max(1, sound.shape[1])
    pairs = [denoiser.push(sound[:, at : at + step]) for at in range(0, sound.shape[1], step)]
    pairs.append(denoiser.flush())
    heard, found = (np.concatenate(parts, axis=1) for parts in zip(*pairs, strict=True))
    assert np.array_equal(heard, sound)
    return found.reshape(noisy.shape)


@pytest.fixture(scope="module")
def speech() -> making.Speech:
    return making.speech(4.0, rate=48000, snr_db=5.0, seed=3)


class Passing:
    """A model that takes everything for speech, as late as a real one."""

    rate = 16000

    def __init__(self) -> None:
        self._held = np.zeros(0, np.float32)

    def push(self, samples: np.ndarray) -> np.ndarray:
        held = np.concatenate([self._held, samples])
        ready = max(0, len(held) - 256)
        self._held = held[ready:]
        return held[:ready]

    def flush(self) -> np.ndarray:
        return self._held


class TestRnnoise:
    def test_speech_comes_out_where_it_went_in(self, speech):
        rnnoise = RNNoise()
        found = np.concatenate([rnnoise.push(speech.clean), rnnoise.flush()])

        assert len(found) >= len(speech.clean)
        assert lag(speech.clean, found[: len(speech.clean)]) == 0

    def test_the_lowest_octaves_keep_their_phase(self, speech):
        """Without the turn back the 80 to 160 Hz of a voice come out a quarter of a radian early."""
        rnnoise = RNNoise()
        found = np.concatenate([rnnoise.push(speech.clean), rnnoise.flush()])[: len(speech.clean)]
        hertz = np.fft.rfftfreq(len(found), 1 / RATE)
        low = (hertz > 80) & (hertz < 160)
        cross = np.sum((np.fft.rfft(found) * np.fft.rfft(speech.clean).conj())[low])

        assert abs(np.angle(cross)) < 0.05

    def test_any_blocks_give_the_same(self, speech):
        whole, parts = RNNoise(), RNNoise()
        expected = np.concatenate([whole.push(speech.noisy), whole.flush()])
        pieces = [parts.push(one) for one in np.array_split(speech.noisy, 37)]

        assert np.abs(np.concatenate([*pieces, parts.flush()]) - expected).max() < 1e-6


class TestDenoiser:
    @pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000, 96000])
    def test_noise_goes_and_speech_stays_in_place(self, rate):
        spoken = making.speech(4.0, rate=rate, snr_db=5.0, seed=3)
        found = cleaned(spoken.noisy, rate, block=rate)

        assert found.shape == spoken.noisy.shape
        assert lag(spoken.clean, found) == 0
        assert si_sdr(spoken.clean, found) > si_sdr(spoken.clean, spoken.noisy) + 3
        silent = slice(0, round(0.2 * rate))  # before the first phrase
        assert np.std(found[silent]) < 0.3 * np.std(spoken.noisy[silent])

    @pytest.mark.parametrize("model", [None, Passing], ids=["rnnoise", "with-model"])
    @pytest.mark.parametrize("block", [333, 4800, 48000])
    def test_a_stream_equals_the_whole(self, speech, block, model):
        noisy = speech.noisy[:60000]
        expected = cleaned(noisy, 48000, model=model)

        assert np.abs(cleaned(noisy, 48000, block=block, model=model) - expected).max() < 1e-5

    def test_threads_change_nothing(self, speech):
        noisy = np.stack([speech.noisy, speech.clean])[:, :60000]
        expected = cleaned(noisy, 48000, block=9000, model=Passing)

        assert np.array_equal(cleaned(noisy, 48000, block=9000, model=Passing, threads=4), expected)

    @pytest.mark.parametrize("length", [0, 1, 2, 79, 160, 481, 1000])
    @pytest.mark.parametrize("rate", [8000, 44100, 48000])
    def test_the_shortest_sounds_keep_their_length(self, length, rate):
        noisy = np.random.default_rng(0).normal(0, 0.1, length).astype(np.float32)
        found = cleaned(noisy, rate, block=100, model=Passing)

        assert found.shape == (length,)
        assert np.isfinite(found).all()

    def test_silence_stays_silence(self):
        assert not cleaned(np.zeros(48000, np.float32), 48000).any()

    def test_channels_keep_their_ratio(self, speech):
        found = cleaned(np.stack([speech.noisy, 0.25 * speech.noisy]), 48000, block=20000)
        levels = np.std(found, axis=1)

        assert levels[1] / levels[0] == pytest.approx(0.25, rel=0.02)
        assert lag(found[0], found[1]) == 0

    def test_voices_on_both_sides_stay_there(self, speech):
        other = making.speech(4.0, rate=48000, pitch=210.0, seed=9).clean
        noise = speech.noise
        found = cleaned(np.stack([speech.clean + noise, other + noise[::-1]]), 48000)

        for channel, clean in zip(found, (speech.clean, other), strict=True):
            assert si_sdr(clean, channel) > 5

    @pytest.mark.parametrize("keep", [0.0, 0.1, 1.0])
    def test_the_share_kept_is_kept(self, speech, keep):
        noisy = speech.noisy[:48000]
        expected = keep * noisy + (1 - keep) * cleaned(noisy, 48000)

        assert np.abs(cleaned(noisy, 48000, keep=keep) - expected).max() < 1e-6
        if keep == 1.0:
            assert np.array_equal(cleaned(noisy, 48000, keep=keep), noisy)

    def test_a_constant_offset_is_taken_off(self, speech):
        found = cleaned(speech.clean + np.float32(0.2), 48000)

        assert abs(found[24000:-24000].mean()) < 0.01

    def test_a_model_leads_below_the_crossover_and_not_above(self):
        noise = np.random.default_rng(0).normal(0, 0.1, 96000).astype(np.float32)
        found = cleaned(noise, 48000, model=Passing)
        hertz = np.fft.rfftfreq(len(noise), 1 / 48000)
        power = np.abs(np.fft.rfft(found)) ** 2 / np.abs(np.fft.rfft(noise)) ** 2

        assert np.median(power[(hertz > 500) & (hertz < 6500)]) > 0.3  # the model lets all through, at 0.8
        assert np.median(power[(hertz > 9000) & (hertz < 18000)]) < 0.01  # RNNoise knows it for noise


def test_bent_peaks_stay_below_full_scale_and_the_rest_is_untouched():
    cleaned_sound = np.array([[0.5, -0.9, 0.99, 1.3, -2.0, 1.0]], np.float32)
    noisy = np.array([[0.5, -0.9, 0.2, 0.1, -0.1, 1.0]], np.float32)
    found = denoising.held_below_full_scale(cleaned_sound, noisy)

    assert np.array_equal(found[0, [0, 1, 5]], cleaned_sound[0, [0, 1, 5]])
    assert (np.abs(found[0, 2:5]) < 1).all()
    assert (np.sign(found) == np.sign(cleaned_sound)).all()


@pytest.mark.parametrize(("rate", "to"), [(44100, 48000), (48000, 16000), (8000, 48000), (16000, 16000)])
@pytest.mark.parametrize("channels", [1, 2])
def test_resampling_in_blocks_keeps_time(rate, to, channels):
    at = np.arange(rate) / rate
    sound = np.stack([np.sin(2 * np.pi * 300 * at), np.cos(2 * np.pi * 300 * at)])[:channels].astype(np.float32)
    resampler = Resampler(rate, to, channels)
    found = np.concatenate([*(resampler.push(one) for one in np.array_split(sound, 9, 1)), resampler.flush()], axis=1)

    expected = np.sin(2 * np.pi * 300 * np.arange(found.shape[1]) / to)
    assert abs(found.shape[1] - to) <= 1
    assert np.abs(found[0] - expected)[to // 10 : -to // 10].max() < 1e-3


class TestNoiseFloor:
    @pytest.mark.parametrize("snr_db", [0.0, 10.0, 20.0])
    @pytest.mark.parametrize("rate", [16000, 48000])
    def test_noise_and_ratio_are_near_the_planted_ones(self, rate, snr_db):
        spoken = making.speech(12.0, rate=rate, snr_db=snr_db)
        meter = noise_floor.Meter(rate)
        for part in np.array_split(spoken.noisy[None], 23, axis=1):
            meter.push(part)
        found = meter.levels()

        truth = 10 * np.log10(np.mean(spoken.noise**2))
        assert found.noise_dbfs == pytest.approx(truth, abs=2.0)
        overall = 10 * np.log10(np.mean(spoken.clean**2) / np.mean(spoken.noise**2))
        assert found.snr_db == pytest.approx(overall, abs=3.0)

    def test_peaks_and_clipped_samples_are_counted(self):
        meter = noise_floor.Meter(16000)
        meter.push(np.array([[0.1, 1.0, -1.0, 0.99]], np.float32))
        found = meter.levels()

        assert (found.peak, found.clipped) == (1.0, 2)

    @pytest.mark.parametrize("length", [0, 1, 100000])
    def test_silence_has_the_lowest_level_and_no_ratio(self, length):
        meter = noise_floor.Meter(48000)
        meter.push(np.zeros((2, length), np.float32))

        assert meter.levels() == noise_floor.Levels(noise_floor.LOWEST, 0.0, 0.0, 0)
