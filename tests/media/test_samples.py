"""`media.samples`: decoding in a stream gives the samples that went in, at the rate and channels asked for."""

from pathlib import Path

import av
import numpy as np
import pytest

from reelwright.errors import EmptyFile, InvalidParameter, NoAudio, NotMedia, ReelwrightError
from reelwright.media import probe, samples
from reelwright.media.wav import WavWriter

RATE = 44100
LENGTH = 2 * RATE + 123  # no multiple of any coder's frame


def tone(length: int = LENGTH, rate: int = RATE, hertz: float = 440.0) -> np.ndarray:
    """A tone that swells, so that any shift shows: float32 [n]."""
    at = np.arange(length) / rate
    return (0.3 * np.sin(2 * np.pi * hertz * at) * (1 + np.sin(2 * np.pi * 0.7 * at)) / 2).astype(np.float32)


def wav(path: Path, sound: np.ndarray, rate: int = RATE, **given) -> Path:
    with WavWriter(path, rate, len(sound), **given) as out:
        out.write(sound)
    return path


def coded(path: Path, codec: str, sound: np.ndarray, rate: int = RATE) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray((sound[None] * 32767).astype(np.int16), "s16", "mono")
        frame.sample_rate, frame.pts = rate, 0
        to_coder = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
        for one in (*to_coder.resample(frame), *to_coder.resample(None)):
            container.mux(stream.encode(one))
        container.mux(stream.encode(None))
    return path


def lag(expected: np.ndarray, found: np.ndarray) -> int:
    size = 1 << (2 * max(len(expected), len(found))).bit_length()
    product = np.fft.irfft(np.fft.rfft(found, size) * np.fft.rfft(expected, size).conj(), size)
    at = int(np.argmax(product))
    return at if at < size // 2 else at - size


@pytest.mark.parametrize(
    ("name", "codec", "slack"),
    [
        pytest.param("a.flac", "flac", 0, id="flac"),
        pytest.param("a.mp3", "libmp3lame", 0, id="mp3-delay-and-padding"),
        pytest.param("a.mka", "libmp3lame", 0, id="mp3-in-matroska"),
        # An MP4 writes its length in milliseconds.
        pytest.param("a.m4a", "aac", RATE // 1000, id="aac-edit-list"),
    ],
)
def test_what_a_coder_adds_is_taken_off(tmp_path, name, codec, slack):
    sound = tone()
    found = samples.read(coded(tmp_path / name, codec, sound))

    assert found.rate == RATE
    assert 0 <= found.samples.shape[1] - LENGTH <= slack
    assert lag(sound, found.samples[0]) == 0


@pytest.mark.parametrize("block", [1, 777, 1 << 16])
def test_blocks_are_even_and_join_to_the_whole(tmp_path, block):
    path = wav(tmp_path / "a.wav", tone(3000)[None], sample_format="float32")
    parts = list(samples.stream(path, block=block))

    assert {part.shape[1] for part in parts[:-1]} <= {block}
    assert np.array_equal(np.concatenate(parts, axis=1)[0], tone(3000))


@pytest.mark.parametrize("to", [8000, 16000, 48000, 96000])
def test_resampling_keeps_time_and_level(tmp_path, to):
    path = wav(tmp_path / "a.wav", tone()[None], sample_format="float32")
    found = samples.read(path, sample_rate=to)
    expected = tone(found.samples.shape[1], to)

    assert found.rate == to
    assert abs(found.samples.shape[1] - LENGTH * to / RATE) <= 1
    middle = slice(to // 10, -to // 10)  # the ends ring: the tone is cut off there
    assert np.abs(found.samples[0] - expected)[middle].max() < 1e-4


def test_a_resampled_stream_equals_the_resampled_whole(tmp_path):
    path = wav(tmp_path / "a.wav", tone()[None])
    whole = samples.read(path, sample_rate=16000).samples
    parts = np.concatenate(list(samples.stream(path, sample_rate=16000, block=999)), axis=1)

    assert np.array_equal(whole, parts)


@pytest.mark.parametrize(
    ("given", "channels", "expected"),
    [
        pytest.param((0.5, 0.1), 1, (0.3,), id="stereo-to-mono-is-the-mean"),
        pytest.param((0.4,), 2, (0.4, 0.4), id="mono-to-stereo"),
        # FL FR FC LFE BL BR: the row adds up to 1 + 2 * sqrt(1/2), which is taken off.
        pytest.param((0, 0, 0.5, 0.9, 0, 0), 2, (0.1464, 0.1464), id="5.1-centre-goes-to-both-sides"),
        pytest.param((1, 0, 1, 1, 1, 0), 2, (1.0, 0.2929), id="5.1-cannot-clip"),
    ],
)
def test_channels_are_mixed_down(tmp_path, given, channels, expected):
    sound = np.tile(np.array(given, np.float32)[:, None], 4000)
    found = samples.read(wav(tmp_path / "a.wav", sound, sample_format="float32"), channels=channels).samples

    assert found.shape == (channels, 4000)
    assert found[:, 100] == pytest.approx(expected, abs=1e-3)


def test_more_than_two_channels_cannot_be_asked_for(tmp_path):
    with pytest.raises(InvalidParameter, match="1 or 2"):
        samples.read(wav(tmp_path / "a.wav", tone(100)[None].repeat(2, 0)), channels=5)


def test_the_sound_of_a_video_is_found(make_video):
    video = make_video(sound=True)
    found = samples.read(video.path if hasattr(video, "path") else video)

    assert np.abs(found.samples).max() > 0.05


@pytest.mark.parametrize(
    ("content", "error"),
    [pytest.param(b"", EmptyFile, id="empty"), pytest.param(b"not a sound" * 99, NotMedia, id="text")],
)
def test_what_is_no_sound_is_refused(tmp_path, content, error):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(error):
        list(samples.stream(tmp_path / "a.wav"))


def test_a_silent_video_has_no_audio(make_video):
    video = make_video(sound=False)
    with pytest.raises(NoAudio):
        samples.stream(video.path if hasattr(video, "path") else video)


def test_a_second_track_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NoAudio, match="no number 1"):
        samples.stream(wav(tmp_path / "a.wav", tone(100)[None]), track=1)


def test_a_truncated_wav_gives_what_is_there(tmp_path):
    path = wav(tmp_path / "a.wav", tone(20000)[None])
    path.write_bytes(path.read_bytes()[: 2 * 10000])

    assert 9000 < samples.read(path).samples.shape[1] < 10000


def test_a_wav_of_headers_alone_is_an_error_of_ours(tmp_path):
    path = wav(tmp_path / "a.wav", np.zeros((1, 0), np.float32))
    with pytest.raises(ReelwrightError):
        samples.read(path)


def test_the_probe_and_the_samples_agree(tmp_path):
    path = wav(tmp_path / "a.wav", tone()[None].repeat(2, 0))
    about = probe.with_audio(path).audio[0]

    assert samples.read(path).samples.shape == (about.channels, round(about.duration * about.sample_rate))
