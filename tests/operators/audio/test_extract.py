"""`audio.extract`: the samples of the span, of the stream that was asked for."""

import av
import numpy as np
import pytest

from reelwright.errors import InvalidParameter, NoAudio
from reelwright.media import making, samples
from reelwright.operators import Context
from reelwright.operators.audio.extract import ExtractParams, extract

RATE = 16000


@pytest.fixture(scope="module")
def ramp(tmp_path_factory):
    """Two seconds in stereo whose every sample tells its place, in steps of 16 bits."""
    place = np.arange(2 * RATE)
    left = ((place % 30000) - 15000) / 32768
    sound = np.stack([left, -left]).astype(np.float32)
    return str(making.write_wav(tmp_path_factory.mktemp("ramp") / "ramp.wav", sound, RATE)), sound


@pytest.mark.parametrize(
    ("given", "first", "stop"),
    [
        pytest.param({}, 0, 2 * RATE, id="all"),
        pytest.param({"start": 0.5, "end": 1.25}, 8000, 20000, id="span"),
        pytest.param({"start": 1.9999375}, 2 * RATE - 1, 2 * RATE, id="last-sample"),
        pytest.param({"end": 99}, 0, 2 * RATE, id="end-beyond"),
    ],
)
def test_the_very_samples_come_out(ramp, tmp_path, given, first, stop):
    path, sound = ramp

    result = extract(ExtractParams(audio=path, **given), Context.local(out=tmp_path))

    found = samples.read(result.audio)
    assert np.array_equal(found.samples, sound[:, first:stop])
    assert (result.samples, result.sample_rate, result.channels) == (stop - first, RATE, 2)
    assert result.seconds == (stop - first) / RATE


def test_the_sound_of_a_film_is_taken(make_video, tmp_path):
    clip = make_video([("scene", 1.0)], sound=True)

    result = extract(ExtractParams(audio=str(clip.path)), Context.local(out=tmp_path))

    assert np.abs(samples.read(result.audio).samples - samples.read(clip.path).samples).max() <= 1 / 32768
    assert result.seconds == pytest.approx(1.0, abs=0.03)


def test_each_stream_can_be_asked_for(tmp_path):
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as out:
        streams = [out.add_stream("pcm_s16le", rate=RATE, layout="mono") for _ in range(2)]
        for level, stream in zip((0.25, 0.5), streams, strict=True):
            frame = av.AudioFrame.from_ndarray(np.full((1, RATE), level * 32768, np.int16), "s16", "mono")
            frame.sample_rate, frame.pts = RATE, 0
            out.mux(stream.encode(frame))

    for track, level in ((0, 0.25), (1, 0.5)):
        ctx = Context.local(out=tmp_path / str(track))
        result = extract(ExtractParams(audio=str(path), track=track), ctx)
        assert (samples.read(result.audio).samples == level).all()
    with pytest.raises(InvalidParameter, match="2 sound streams"):
        extract(ExtractParams(audio=str(path), track=2), Context.local(out=tmp_path))


def test_rate_channels_and_format_can_be_changed(ramp, tmp_path):
    params = ExtractParams(audio=ramp[0], sample_rate=48000, channels=1, format="mp3", start=0.5, end=1.5)

    result = extract(params, Context.local(out=tmp_path))

    found = samples.read(result.audio)
    assert found.rate == 48000
    assert found.samples.shape == (1, 48000)
    assert np.abs(found.samples).max() < 0.02  # left and right are opposite


@pytest.mark.parametrize(
    ("given", "field"), [({"start": 3}, "start"), ({"start": 1, "end": 1}, "end"), ({"start": 1, "end": 0.5}, "end")]
)
def test_a_span_without_a_sample_is_an_error(ramp, tmp_path, given, field):
    with pytest.raises(InvalidParameter) as caught:
        extract(ExtractParams(audio=ramp[0], **given), Context.local(out=tmp_path))
    assert caught.value.field == field
    assert not list(tmp_path.iterdir())


def test_a_silent_film_has_no_sound_to_take(make_video, tmp_path):
    with pytest.raises(NoAudio):
        extract(ExtractParams(audio=str(make_video([("scene", 0.4)]).path)), Context.local(out=tmp_path))
