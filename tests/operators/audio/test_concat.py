"""`audio.concat`: sounds one after the other, to the sample."""

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.media import making, samples
from reelwright.operators import Context
from reelwright.operators.audio.concat import ConcatParams, concat

RATE = 16000


@pytest.fixture
def flat(tmp_path):
    """`flat(level, seconds)`: a WAV of one level in both channels."""

    def make(level, seconds, rate=RATE, channels=2):
        path = tmp_path / f"{level}-{seconds}-{rate}-{channels}.wav"
        return str(making.write_wav(path, np.full((channels, round(seconds * rate)), level, np.float32), rate))

    return make


def run(tmp_path, *paths, **given):
    return concat(ConcatParams(audio=paths, **given), Context.local(out=tmp_path / "out"))


def test_each_begins_where_the_one_before_ends(flat, tmp_path):
    result = run(tmp_path, flat(0.25, 0.7), flat(-0.5, 5.1), flat(0.125, 0.2))

    found = samples.read(result.audio).samples
    expected = np.concatenate([np.full(11200, 0.25), np.full(81600, -0.5), np.full(3200, 0.125)])
    assert np.array_equal(found, np.stack([expected, expected]).astype(np.float32))
    assert result.starts == (0.0, 0.7, 5.8)
    assert result.samples == len(expected)


def test_a_gap_is_silence_of_its_length(flat, tmp_path):
    result = run(tmp_path, flat(0.25, 0.5), flat(0.5, 0.5), gap=5.0)

    found = samples.read(result.audio).samples[0]
    assert (found[:8000] == 0.25).all()
    assert (found[8000:88000] == 0).all()
    assert (found[88000:] == 0.5).all()
    assert len(found) == 96000
    assert result.starts == (0.0, 5.5)


def test_one_goes_over_into_the_next_with_constant_power(flat, tmp_path):
    result = run(tmp_path, flat(0.5, 6.0), flat(0.0, 6.0), flat(0.5, 6.0), crossfade=1.0)

    found = samples.read(result.audio).samples[0]
    assert len(found) == 16 * RATE
    assert result.starts == (0.0, 5.0, 10.0)
    fade = (np.arange(RATE) + 0.5) * np.pi / 2 / RATE
    assert np.abs(found[5 * RATE : 6 * RATE] - 0.5 * np.cos(fade)).max() < 1e-4
    assert np.abs(found[10 * RATE : 11 * RATE] - 0.5 * np.sin(fade)).max() < 1e-4
    assert (found[6 * RATE : 10 * RATE] == 0).all()


def test_a_sound_shorter_than_its_fade_is_blended_as_far_as_it_goes(flat, tmp_path):
    result = run(tmp_path, flat(0.5, 2.0), flat(0.5, 0.25), flat(0.5, 2.0), crossfade=1.0)

    found = samples.read(result.audio).samples[0]
    assert result.starts[1] == 1.75
    assert np.isfinite(found).all()
    assert found.min() > 0.45
    assert found.max() < 0.5 * 2  # the tail goes over twice


def test_rate_and_channels_are_those_of_the_first(flat, tmp_path):
    result = run(tmp_path, flat(0.25, 0.5, channels=1), flat(0.5, 1.0, rate=48000))

    found = samples.read(result.audio)
    assert (found.rate, found.samples.shape[0]) == (RATE, 1)
    assert found.samples.shape[1] == pytest.approx(24000, abs=2)
    assert found.samples[0, 16000] == pytest.approx(0.5, abs=0.001)


def test_one_sound_alone_is_itself(flat, tmp_path):
    result = run(tmp_path, flat(0.25, 0.5), crossfade=2.0)

    assert (samples.read(result.audio).samples == 0.25).all()
    assert result.samples == 8000


def test_gap_and_crossfade_exclude_each_other(flat, tmp_path):
    with pytest.raises(InvalidParameter, match="cannot both"):
        run(tmp_path, flat(0.1, 0.1), gap=1, crossfade=1)
