"""Sound and subtitles that go along into WebM and MOV, which hold little; MP4 is tested in test_encode.

How texts are told in another format is tested in test_text_tracks.
"""

from dataclasses import replace
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


def webm(path, out, pixels="yuva420p"):
    """The source once more as WebM; the writer's notes."""
    picture = encode.Picture.like(probe.with_video(path).video)
    transparent = replace(picture, pixels=pixels)
    with encode.Writer(out, transparent, quality="draft", beside=path) as writer:
        for frame in frames.stream(path):
            writer.write(frame.raw.reformat(format=pixels))
    return writer.notes


def mov(path, out):
    return webm(path, out, "yuva444p10le")


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


@pytest.mark.parametrize("codec", ["libopus", "flac"])
def test_sound_that_mov_cannot_hold_becomes_aac_with_a_note(tmp_path, codec):
    path = source(tmp_path / "in.mkv", codec=codec)

    notes = mov(path, tmp_path / "out.mov")

    assert probe.probe(tmp_path / "out.mov").audio[0].codec == "aac"
    assert samples(tmp_path / "out.mov").shape[1] / 48000 == pytest.approx(SECONDS, abs=0.08)
    assert [note.partition("was")[2] for note in notes] == [" encoded as AAC: .mov cannot hold it"]


@pytest.mark.parametrize("codec", ["pcm_s16le", "pcm_s24le"])
def test_uncompressed_sound_goes_into_mov_untouched(tmp_path, codec):
    path = source(tmp_path / "in.mov", codec=codec)

    notes = mov(path, tmp_path / "out.mov")

    assert b"".join(packets(tmp_path / "out.mov")) == b"".join(packets(path))
    assert notes == []


def test_texts_that_webm_cannot_hold_are_written_in_its_own_format_with_a_note(tmp_path):
    (tmp_path / "a.srt").write_text("1\n00:00:00,100 --> 00:00:00,600\nhello\n")
    path = source(tmp_path / "in.mkv", codec="libopus", text=tmp_path / "a.srt")

    notes = webm(path, tmp_path / "out.webm")

    assert notes == ["subtitle stream 2 (subrip) was written as webvtt: .webm cannot hold it"]
    assert subtitles(tmp_path / "out.webm") == 1


def test_subtitles_that_are_pictures_are_left_out_with_a_note(tmp_path):
    with av.open(str(tmp_path / "dvd.mkv"), "w") as out:
        titles = out.add_mux_stream("dvd_subtitle")
        titles.time_base = Fraction(1, 1000)
        packet = av.Packet(bytes(64))
        packet.stream, packet.time_base = titles, titles.time_base
        packet.pts = packet.dts = 100
        packet.duration = 500
        out.mux(packet)
    path = source(tmp_path / "in.mkv", codec="libopus", text=tmp_path / "dvd.mkv")

    notes = webm(path, tmp_path / "out.webm")

    assert notes == ["subtitle stream 2 (dvd_subtitle) was left out: .webm cannot hold it"]
    assert subtitles(tmp_path / "out.webm") == 0


def test_webm_shows_wide_samples_as_wide_as_they_were(tmp_path):
    wide = replace(encode.Picture.like(probe.with_video(source(tmp_path / "in.mp4")).video), aspect=Fraction(4, 3))
    with encode.Writer(tmp_path / "out.webm", replace(wide, pixels="yuva420p"), quality="draft") as writer:
        for frame in frames.stream(tmp_path / "in.mp4"):
            writer.write(frame.raw.reformat(format="yuva420p"))

    assert probe.with_video(tmp_path / "out.webm").video.displayed == (86, 48)
