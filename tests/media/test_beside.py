"""Sound and subtitles that go along into WebM, which holds Opus and Vorbis only; MP4 is tested in test_encode."""

from fractions import Fraction

import av
import numpy as np
import pytest

from reelwright.media import encode, frames, probe

SECONDS = 1.0


def tone(layout, rate):
    channels = len(av.AudioLayout(layout).channels)
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(int(rate * SECONDS)) / rate)
    return np.tile(wave.astype(np.float32), (channels, 1))


def source(path, *, codec="aac", rate=48000, layout="mono", text=None):
    """A second of grey with a tone, and subtitles from a file if one is given."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=24)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound = out.add_stream(codec, rate=rate, layout=layout)
        titles = av.open(str(text)) if text else None
        track = out.add_stream_from_template(titles.streams[0]) if titles else None
        for number in range(24):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 24)
            out.mux(video.encode(frame.reformat(format="yuv420p")))
        out.mux(video.encode(None))
        coder = sound.codec_context
        parts = av.AudioResampler(coder.format.name, layout, rate, coder.frame_size or 1024)
        frame = av.AudioFrame.from_ndarray(tone(layout, rate), format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        for part in (*parts.resample(frame), *parts.resample(None)):
            out.mux(sound.encode(part))
        out.mux(sound.encode(None))
        for packet in titles.demux() if titles else ():
            if packet.size:
                packet.stream = track
                out.mux(packet)
    return path


def webm(path, out):
    """The source once more as WebM; the writer's notes."""
    picture = encode.Picture.like(probe.with_video(path).video)
    transparent = encode.Picture(picture.width, picture.height, picture.time_base, picture.rate, "yuva420p")
    with encode.Writer(out, transparent, quality="draft", beside=path) as writer:
        for frame in frames.stream(path):
            writer.write(frame.raw.reformat(format="yuva420p"))
    return writer.notes


def packets(path):
    with av.open(str(path)) as box:
        return [bytes(one) for one in box.demux(box.streams.audio[0]) if one.size]


def subtitles(path):
    with av.open(str(path)) as box:
        return len(box.streams.subtitles)


def samples(path):
    with av.open(str(path)) as box:
        return np.concatenate([frame.to_ndarray() for frame in box.decode(audio=0)], axis=1)


def test_opus_goes_into_webm_untouched(tmp_path):
    path = source(tmp_path / "in.mkv", codec="libopus")

    notes = webm(path, tmp_path / "out.webm")

    assert packets(tmp_path / "out.webm") == packets(path)
    assert notes == []


@pytest.mark.parametrize(
    ("rate", "layout", "becomes"),
    [
        pytest.param(48000, "mono", 48000, id="48k-mono"),
        pytest.param(44100, "stereo", 48000, id="44k-stereo"),
        pytest.param(16000, "mono", 48000, id="16k"),
        pytest.param(48000, "5.1", 48000, id="surround"),
    ],
)
def test_sound_that_webm_cannot_hold_becomes_opus_with_a_note(tmp_path, rate, layout, becomes):
    path = source(tmp_path / "in.mp4", rate=rate, layout=layout)

    notes = webm(path, tmp_path / "out.webm")

    (track,) = probe.probe(tmp_path / "out.webm").audio
    assert (track.codec, track.sample_rate) == ("opus", becomes)  # Opus decodes to 48 kHz whatever went in
    assert track.channels == len(av.AudioLayout(layout).channels)
    heard = samples(tmp_path / "out.webm")
    assert heard.shape[1] / becomes == pytest.approx(SECONDS, abs=0.08)
    loudest = np.abs(np.fft.rfft(heard[0, 4800:43200])).argmax() * becomes / 38400
    assert loudest == pytest.approx(440, abs=3)
    assert notes == ["sound stream 1 (aac) was encoded as Opus: .webm cannot hold it"]


def test_subtitles_that_webm_cannot_hold_are_left_out_with_a_note(tmp_path):
    (tmp_path / "a.srt").write_text("1\n00:00:00,100 --> 00:00:00,600\nhello\n")
    path = source(tmp_path / "in.mkv", codec="libopus", text=tmp_path / "a.srt")
    assert subtitles(path) == 1

    notes = webm(path, tmp_path / "out.webm")

    assert notes == ["subtitle stream 2 (subrip) was left out: .webm cannot hold it"]
    assert subtitles(tmp_path / "out.webm") == 0
