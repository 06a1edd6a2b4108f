"""Files whose streams change, break or begin anew on the way: what can be read of them is read, in its place."""

from fractions import Fraction

import av
import numpy as np
import pytest

from reelwright.media import encode, frames, joining, probe, samples

FPS, RATE, SECONDS = 25, 48000, 1
LEVEL = 0.25


def film(path, *, size=(64, 48), sound="", shade=90):
    """A second of one grey, with a steady tone where a codec of sound is named."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=FPS, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        track = out.add_stream(sound, rate=RATE, layout="mono") if sound else None
        for number in range(FPS * SECONDS):
            frame = av.VideoFrame.from_ndarray(np.full((*size[::-1], 3), shade, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(video.encode(frame.reformat(format="yuv420p")))
        out.mux(video.encode(None))
        if track:
            _tone(out, track, "mono", RATE)
    return path


def tone(path, layout, rate):
    with av.open(str(path), "w", format="adts") as out:
        _tone(out, out.add_stream("aac", rate=rate, layout=layout), layout, rate)
    return path


def _tone(out, track, layout, rate):
    wave = LEVEL * np.sin(2 * np.pi * 440 * np.arange(rate * SECONDS) / rate).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(np.tile(wave, (2 if layout == "stereo" else 1, 1)), "fltp", layout)
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    coder = track.codec_context
    parts = av.AudioResampler(coder.format.name, layout, rate, coder.frame_size or 1024)
    for part in (*parts.resample(frame), *parts.resample(None)):
        out.mux(track.encode(part))
    out.mux(track.encode(None))


def spoilt(path, out, every):
    """The file with each so many packets of its sound full of noise."""
    random = np.random.default_rng(0)
    with av.open(str(path)) as box, av.open(str(out), "w") as new:
        streams = {stream.index: new.add_stream_from_template(stream) for stream in box.streams}
        number = 0
        for packet in box.demux():
            if not packet.size:
                continue
            stream = streams[packet.stream.index]
            if packet.stream.type == "audio":
                number += 1
                if number % every == 0:
                    noise = av.Packet(random.integers(0, 256, packet.size, dtype=np.uint8).tobytes())
                    noise.pts, noise.dts, noise.duration = packet.pts, packet.dts, packet.duration
                    noise.time_base, packet = packet.time_base, noise
            packet.stream = stream
            new.mux(packet)
    return out


def joined(path, *parts):
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def again(path, out):
    """The film encoded again with all that is beside it; the writer's notes."""
    video = probe.with_video(path).video
    offset = encode.start_of(path)
    with encode.Writer(out, encode.Picture.like(video), quality="draft", beside=path, offset=offset) as writer:
        for frame in frames.stream(path):
            writer.write(frame.raw)
    return writer.notes


def test_pictures_without_time_stamps_follow_one_another(tmp_path):
    again(film(tmp_path / "in.h264"), tmp_path / "out.mp4")

    times = [float(frame.time) for frame in frames.stream(tmp_path / "out.mp4")]
    assert times == pytest.approx([number / FPS for number in range(FPS * SECONDS)], abs=0.002)


def test_pictures_that_change_their_size_come_as_large_as_the_first(tmp_path):
    first = film(tmp_path / "a.h264", size=(64, 48), shade=40)
    path = joined(tmp_path / "in.h264", first, film(tmp_path / "b.h264", size=(96, 32), shade=200))

    shown = [frame.gray for frame in frames.stream(path)]

    assert {picture.shape for picture in shown} == {(48, 64)}
    assert [round(float(picture.mean()), -1) for picture in shown] == [40.0] * FPS + [200.0] * FPS


@pytest.mark.parametrize("first", ["stereo", "mono"])
def test_sound_that_changes_channels_and_rate_comes_as_it_began(tmp_path, first):
    rates = {"stereo": 48000, "mono": 44100}
    order = [first, *(one for one in rates if one != first)]
    parts = [tone(tmp_path / f"{layout}.aac", layout, rates[layout]) for layout in order]

    sound = samples.read(joined(tmp_path / "in.aac", *parts))

    assert (sound.rate, sound.samples.shape[0]) == (rates[first], 2 if first == "stereo" else 1)
    assert float(sound.seconds) == pytest.approx(2 * SECONDS, abs=0.1)
    for start in (0.3, 1.3):  # both halves hold the tone
        part = sound.samples[0, round(start * sound.rate) :][: sound.rate // 2]
        heard = np.abs(np.fft.rfft(part)).argmax() * 2
        assert heard == pytest.approx(440, abs=4)
        # FFmpeg folds at -3 dB a side, so that nothing can clip.
        assert np.sqrt(2 * np.mean(part**2)) == pytest.approx(LEVEL, rel=0.45)


def test_broken_packets_of_sound_cost_only_themselves(tmp_path):
    path = spoilt(film(tmp_path / "whole.mkv", sound="flac"), tmp_path / "in.mkv", every=5)

    again(path, tmp_path / "out.mov")  # FLAC is encoded again there

    sound = samples.read(tmp_path / "out.mov").samples[0]
    heard = np.abs(sound) > LEVEL / 2
    assert heard.sum() > 0.5 * 0.66 * RATE * SECONDS  # a sine is above half of its height for two thirds of the time
    assert float(probe.probe(tmp_path / "out.mov").audio[0].duration) == pytest.approx(SECONDS, abs=0.15)


def test_what_a_recording_that_begins_anew_repeats_is_left_out_and_told(tmp_path):
    part = film(tmp_path / "part.ts", sound="aac")
    path = joined(tmp_path / "in.ts", part, part)

    notes = again(path, tmp_path / "out.mp4")

    assert len(list(frames.stream(tmp_path / "out.mp4"))) == FPS * SECONDS
    assert any("25 frames were left out" in note for note in notes)
    assert any("packets of stream 1 were left out" in note for note in notes)


def test_of_a_recording_that_begins_anew_no_packets_are_copied(tmp_path):
    part = film(tmp_path / "part.ts", sound="aac")
    path = joined(tmp_path / "in.ts", part, part)

    made = joining.cut(path, [(Fraction(0), Fraction(SECONDS))], tmp_path / "out.mp4", quality="draft")

    assert (made.copied, made.why) == (0, "its time stamps run back")
    assert len(list(frames.stream(tmp_path / "out.mp4"))) == FPS * SECONDS
