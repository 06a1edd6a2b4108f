"""Everything the headers tell of a file's streams, on files made so that the facts are known."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from reelwright.errors import EmptyFile, NotMedia, TruncatedMedia
from reelwright.media import details, images, making
from reelwright.media.making.odd import write_odd

GREY = np.full((48, 64, 3), 90, np.uint8)


def subtitled(path: Path, source: Path) -> Path:
    """The source by stream copy, with one line of Chinese subtitles, and the sound called English."""
    with av.open(str(source)) as given, av.open(str(path), "w") as made:
        streams = {one.index: made.add_stream_from_template(one) for one in given.streams}
        streams[1].metadata["language"] = "eng"
        with av.open(str(_srt(path.with_suffix(".srt")))) as words:
            lines = made.add_stream_from_template(words.streams.subtitles[0])
            lines.metadata["language"] = "zho"
            packets = [one for one in given.demux() if one.dts is not None]
            for packet in packets:
                packet.stream = streams[packet.stream.index]
                made.mux(packet)
            for packet in words.demux():
                if packet.dts is not None:
                    packet.stream = lines
                    made.mux(packet)
    return path


def _srt(path: Path) -> Path:
    path.write_text("1\n00:00:00,200 --> 00:00:00,800\n你好\n")
    return path


def test_an_mp4_tells_all_in_its_header(make_video):
    made = make_video([("scene", 2.0)], sound=True)

    file = details.of(made.path)

    assert file.container == "mov,mp4,m4a,3gp,3g2,mj2"
    assert (file.size, file.is_picture, file.shown) == (made.path.stat().st_size, False, 0)
    assert file.bit_rate == pytest.approx(file.size * 8 / float(file.duration))
    (video,), (audio,) = file.video, file.audio
    assert (video.width, video.height, video.pix_fmt, video.rotation) == (320, 180, "yuv420p", 0)
    assert (video.frame_rate, video.average_frame_rate) == (25, 25)
    stream = video.stream
    assert (stream.codec, stream.tag, stream.tag_number) == ("h264", "avc1", 0x31637661)
    assert stream.codec_name.startswith("H.264")
    assert (stream.frames, stream.duration, stream.start, stream.language) == (50, 2, 0, "und")
    assert stream.codec_time_base == Fraction(1, 50)  # a tick is a field
    assert stream.level in range(10, 60)
    assert stream.profile
    assert (audio.stream.codec, audio.stream.tag, audio.stream.profile) == ("aac", "mp4a", "LC")
    assert (audio.sample_rate, audio.channels, audio.layout, audio.sample_format) == (48000, 1, "mono", "fltp")
    assert (audio.stream.codec_time_base, audio.frame_rate) == (Fraction(1, 48000), Fraction(375, 8))
    assert audio.stream.level is None


def test_what_a_matroska_keeps_no_count_of_is_counted(make_video, tmp_path):
    made = make_video([("scene", 2.0)], sound=True)
    mkv = subtitled(tmp_path / "a.mkv", made.path)
    mp4 = details.of(made.path)

    file = details.of(mkv)

    assert file.video[0].stream.frames == 50
    assert file.audio[0].stream.frames == mp4.audio[0].stream.frames
    assert file.video[0].stream.bit_rate == pytest.approx(mp4.video[0].stream.bit_rate, rel=0.02)
    assert file.audio[0].stream.bit_rate == pytest.approx(mp4.audio[0].stream.bit_rate, rel=0.1)
    assert file.video[0].stream.tag == "[0][0][0][0]"


def test_nothing_is_counted_in_a_file_that_is_too_large(make_video, tmp_path, monkeypatch):
    mkv = subtitled(tmp_path / "a.mkv", make_video([("scene", 2.0)], sound=True).path)
    monkeypatch.setattr(details, "COUNTED", mkv.stat().st_size - 1)

    stream = details.of(mkv).video[0].stream

    assert (stream.frames, stream.bit_rate) == (None, None)


def test_languages_and_subtitles_are_told(make_video, tmp_path):
    file = details.of(subtitled(tmp_path / "a.mkv", make_video([("scene", 2.0)], sound=True).path))

    assert (file.video[0].stream.language, file.audio[0].stream.language) == ("und", "eng")
    (lines,) = file.subtitles
    assert (lines.codec, lines.language, lines.index) == ("subrip", "zho", 2)


def test_a_phones_turn_and_wide_pixels_are_told(tmp_path):
    path = write_odd(tmp_path / "phone.mp4", [GREY] * 3, rotation=90, aspect=Fraction(4, 3))

    (video,) = details.of(path).video

    assert (video.rotation, video.width, video.height) == (90, 64, 48)
    assert video.sample_aspect_ratio == Fraction(4, 3)


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_a_picture_is_known_as_one(tmp_path, ending):
    file = details.of(images.save(GREY, tmp_path / f"a.{ending}"))

    assert file.is_picture
    assert (file.video[0].width, file.video[0].height) == (64, 48)


def test_sound_alone_shows_no_video(tmp_path):
    path = making.write_wav(tmp_path / "a.wav", making.speech(1.0, rate=16000).clean, 16000)

    file = details.of(path)

    assert (file.shown, file.video, file.duration) == (None, (), 1)
    assert (file.audio[0].sample_rate, file.audio[0].stream.codec) == (16000, "pcm_s16le")
    assert file.audio[0].stream.bit_rate == pytest.approx(256_000, rel=0.01)


@pytest.mark.parametrize(
    ("name", "error"), [("empty", EmptyFile), ("not_media", NotMedia), ("cut_short", TruncatedMedia)]
)
def test_a_broken_file_is_refused(broken_files, name, error):
    with pytest.raises(error):
        details.of(broken_files[name])
