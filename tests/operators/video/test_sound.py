"""`video.sound`: another sound under the very same pictures."""

import av
import numpy as np
import pytest

from reelwright.errors import InvalidParameter, NoAudio
from reelwright.media import making, probe, samples
from reelwright.media.making import odd
from reelwright.operators import Context
from reelwright.operators.video.sound import SoundParams, sound

RATE = 48000


@pytest.fixture
def tone(tmp_path):
    """`tone(frequency, seconds, level)`: a WAV in mono."""

    def make(frequency, seconds, level=0.25):
        wave = level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)
        path = tmp_path / f"{frequency}-{seconds}.wav"
        return str(making.write_wav(path, wave[None].astype(np.float32), RATE))

    return make


@pytest.fixture
def clip(make_video):
    return str(make_video([("scene", 2.0)], sound=True).path)


def run(video, tmp_path, **given):
    return sound(SoundParams(video=str(video), **given), Context.local(out=tmp_path / "out"))


def packets(path):
    with av.open(str(path)) as box:
        return [(one.pts * one.time_base, bytes(one)) for one in box.demux(box.streams.video[0]) if one.size]


def strength(path, frequency):
    """RMS of a frequency in each tenth of a second."""
    found = samples.read(path, sample_rate=RATE, channels=1).samples[0]
    whole = found[: len(found) // 4800 * 4800].reshape(-1, 4800)
    turn = np.exp(-2j * np.pi * frequency * np.arange(4800) / RATE)
    return np.abs(whole @ turn) * 2 / 4800 / np.sqrt(2)


def test_the_pictures_are_copied_byte_for_byte(clip, tone, tmp_path):
    result = run(clip, tmp_path, audio=tone(500, 2.0))

    assert packets(result.video) == packets(clip)
    assert result.frames == 50
    assert result.sound_shift == 0
    assert result.notes == ()


def test_the_new_sound_stands_alone_at_its_place(clip, tone, tmp_path):
    result = run(clip, tmp_path, audio=tone(500, 0.5), start=1.0)

    found = strength(result.video, 500)
    assert found[:10].max() < 0.002
    assert found[10:15] == pytest.approx([0.25 / 2**0.5] * 5, rel=0.05)
    assert found[15:].max() < 0.002
    assert float(probe.with_audio(result.video).audio[0].duration) == pytest.approx(2.0, abs=0.03)


def test_mixing_keeps_both_at_their_levels(clip, tone, tmp_path):
    result = run(clip, tmp_path, audio=tone(6000, 2.0), mode="mix", level=-6)

    assert strength(result.video, 6000)[2:18].mean() == pytest.approx(0.25 / 2**0.5 / 2, rel=0.1)
    own = samples.read(clip, sample_rate=RATE, channels=1).samples[0]
    mixed = samples.read(result.video, sample_rate=RATE, channels=1).samples[0]
    count = min(len(own), len(mixed))
    assert np.corrcoef(own[:count], mixed[:count])[0, 1] > 0.3


def test_fades_and_loops(clip, tone, tmp_path):
    result = run(clip, tmp_path, audio=tone(500, 0.3), loop=True, fade_in=1.0, fade_out=0.5)

    found = strength(result.video, 500) / (0.25 / 2**0.5)
    assert found[1] == pytest.approx(0.15, abs=0.04)
    assert found[8] == pytest.approx(0.85, abs=0.06)
    assert found[12:14] == pytest.approx([1, 1], abs=0.08)
    assert found[19] == pytest.approx(0.1, abs=0.06)


def test_a_sound_that_ends_before_the_film_fades_before_its_own_end(clip, tone, tmp_path):
    found = strength(run(clip, tmp_path, audio=tone(500, 1.0), fade_out=0.5).video, 500) / (0.25 / 2**0.5)

    assert found[3] == pytest.approx(1, abs=0.05)
    assert found[7] == pytest.approx(0.5, abs=0.1)
    assert found[10:].max() < 0.01


def test_without_a_sound_the_film_is_silent(clip, tmp_path):
    result = run(clip, tmp_path)

    assert probe.with_video(result.video).audio == ()
    assert packets(result.video) == packets(clip)


def test_peaks_are_held(clip, tone, tmp_path):
    result = run(clip, tmp_path, audio=tone(500, 2.0), level=20)

    assert result.limited > 6
    assert np.abs(samples.read(result.video).samples).max() <= 1.0


def test_a_silent_film_gets_the_sound_though_there_is_nothing_to_mix(make_video, tone, tmp_path):
    clip = make_video([("scene", 1.0)]).path

    result = run(clip, tmp_path, audio=tone(500, 1.0), mode="mix")

    assert strength(result.video, 500)[2:8].mean() > 0.15
    assert any("nothing to mix" in note for note in result.notes)


@pytest.mark.parametrize(("ending", "codec"), [("mkv", "mjpeg"), ("mp4", "libx265"), ("mkv", "libvpx-vp9")])
def test_pictures_of_other_codecs_are_copied_too(tmp_path, tone, ending, codec):
    source = tmp_path / f"source.{ending}"
    with av.open(str(source), "w") as out:
        options = {"x265-params": "log-level=error"} if codec == "libx265" else {}
        stream = out.add_stream(codec, rate=25, options=options)
        stream.width, stream.height = 64, 48
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 20 * number, np.uint8), format="rgb24")
            frame.pts = number
            out.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
        out.mux(stream.encode(None))

    result = run(source, tmp_path, audio=tone(500, 0.4))

    assert [one for _, one in packets(result.video)] == [one for _, one in packets(source)]
    assert result.video.endswith("mkv" if codec == "mjpeg" else "mp4")


def test_rotation_stays(tmp_path, tone):
    source = odd.write_odd(tmp_path / "turned.mp4", [np.zeros((48, 64, 3), np.uint8)] * 3, rotation=90)

    assert probe.with_video(run(source, tmp_path, audio=tone(500, 0.1)).video).video.rotation == 90


def test_what_cannot_be_is_said(clip, make_video, tmp_path):
    with pytest.raises(InvalidParameter, match="nothing to mix"):
        run(clip, tmp_path, mode="mix")
    with pytest.raises(NoAudio):
        run(clip, tmp_path, audio=str(make_video([("scene", 0.4)]).path))
