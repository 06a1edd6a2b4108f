"""`media.wav`: what is written reads back bit for bit, and is there whole or not at all."""

import struct

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.media import probe, samples
from reelwright.media.wav import RIFF_LIMIT, WavWriter, kept_format


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize(
    ("sample_format", "codec", "step"),
    [
        ("pcm16", "pcm_s16le", 2.0**-16),
        ("pcm24", "pcm_s24le", 2.0**-24),
        ("pcm32", "pcm_s32le", 2.0**-24),  # float32 holds no more
        ("float32", "pcm_f32le", 0.0),
    ],
)
def test_each_format_reads_back_within_half_a_step(tmp_path, sample_format, codec, step, channels):
    sound = np.random.default_rng(0).uniform(-0.9, 0.9, (channels, 5001)).astype(np.float32)
    with WavWriter(tmp_path / "a.wav", 16000, channels, sample_format=sample_format) as out:
        for part in np.array_split(sound, 7, axis=1):
            out.write(part)

    about = probe.with_audio(tmp_path / "a.wav").audio[0]
    assert (about.codec, about.channels, about.sample_rate) == (codec, channels, 16000)
    assert np.abs(samples.read(tmp_path / "a.wav").samples - sound).max() <= step


@pytest.mark.parametrize("limit", [RIFF_LIMIT, 1000], ids=["riff", "rf64"])
def test_a_file_past_the_limit_becomes_rf64_and_reads_the_same(tmp_path, limit):
    sound = np.linspace(-1, 0.999, 3001, dtype=np.float32)[None]
    with WavWriter(tmp_path / "a.wav", 8000, 1, limit=limit) as out:
        out.write(sound)

    head = (tmp_path / "a.wav").read_bytes()[:80]
    assert head[:4] == (b"RF64" if limit == 1000 else b"RIFF")
    if limit == 1000:
        assert head[12:16] == b"ds64"
        assert struct.unpack("<QQQ", head[20:44]) == ((tmp_path / "a.wav").stat().st_size - 8, 6002, 3001)
    assert samples.read(tmp_path / "a.wav").samples.shape == (1, 3001)


def test_sizes_in_the_header_are_true(tmp_path):
    with WavWriter(tmp_path / "a.wav", 8000, 1) as out:
        out.write(np.zeros((1, 7), np.float32))

    content = (tmp_path / "a.wav").read_bytes()
    assert struct.unpack("<I", content[4:8])[0] == len(content) - 8
    assert content[content.index(b"data") + 4 :][:4] == struct.pack("<I", 14)


def test_an_error_leaves_no_file(tmp_path):
    def broken():
        with WavWriter(tmp_path / "a.wav", 8000, 1) as out:
            out.write(np.zeros((1, 100), np.float32))
            assert not (tmp_path / "a.wav").exists()
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError):
        broken()
    assert list(tmp_path.iterdir()) == []


def test_beyond_full_scale_is_held_not_wrapped(tmp_path):
    with WavWriter(tmp_path / "a.wav", 8000, 1) as out:
        out.write(np.array([[2.0, -2.0, 1.0, -1.0]], np.float32))

    assert samples.read(tmp_path / "a.wav").samples[0] == pytest.approx([1, -1, 1, -1], abs=1e-4)


@pytest.mark.parametrize(
    ("sample_format", "codec", "kept"),
    [
        ("s16", "pcm_s16le", "pcm16"),
        ("s32", "pcm_s24le", "pcm24"),
        ("s32", "pcm_s32le", "pcm32"),
        ("flt", "pcm_f32le", "float32"),
        ("s32", "flac", "pcm24"),
        ("s16", "flac", "pcm16"),
        ("fltp", "aac", "pcm16"),
        ("u8", "pcm_u8", "pcm16"),
    ],
)
def test_the_source_format_is_kept(sample_format, codec, kept):
    assert kept_format(sample_format, codec) == kept


@pytest.mark.parametrize(
    ("given", "match"),
    [({"sample_format": "pcm12"}, "pcm12"), ({}, "1 channels, not 2")],
    ids=["unknown-format", "wrong-channels"],
)
def test_wrong_use_is_refused(tmp_path, given, match):
    with pytest.raises(InvalidParameter, match=match), WavWriter(tmp_path / "a.wav", 8000, 1, **given) as out:
        out.write(np.zeros((2, 3), np.float32))
