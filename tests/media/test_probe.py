"""What a file holds, and how files that cannot be worked on are refused."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import BadMedia, EmptyFile, NoAudio, NotMedia, NoVideo, ObjectNotFound, TruncatedMedia
from reelwright.media import containers, images, making, probe
from reelwright.media.making.odd import write_odd

GREY = np.full((48, 64, 3), 90, np.uint8)


def test_streams_sizes_rates_and_colours_are_told(make_video):
    made = make_video([("scene", 1.0)], sound=True)

    media = probe.probe(made.path)

    assert media.container.startswith("mov")
    assert media.size == made.path.stat().st_size
    assert abs(media.duration - 1) < Fraction(1, 10)
    video = media.video
    assert (video.codec, video.width, video.height, video.frames) == ("h264", 320, 180, 25)
    assert (video.frame_rate, video.duration, video.rotation) == (25, 1, 0)
    assert (video.pix_fmt, video.bit_depth, video.has_alpha) == ("yuv420p", 8, False)
    assert (video.primaries, video.transfer, video.space, video.range) == ("bt709", "bt709", "bt709", "tv")
    (sound,) = media.audio
    assert (sound.codec, sound.sample_rate, sound.channels) == ("aac", 48000, 1)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_phones_turn_is_known_clockwise(tmp_path, rotation):
    media = probe.with_video(write_odd(tmp_path / "phone.mp4", [GREY] * 3, rotation=rotation))

    assert media.video.rotation == rotation
    assert (media.video.width, media.video.height) == (64, 48)
    assert media.video.shown == ((48, 64) if rotation % 180 else (64, 48))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"pix_fmt": "yuv420p10le"}, {"bit_depth": 10}, id="ten-bits"),
        pytest.param({"aspect": Fraction(4, 3)}, {"displayed": (85, 48)}, id="wide-pixels"),
        pytest.param({"pix_fmt": "yuv444p", "codec": "libx264"}, {"pix_fmt": "yuv444p"}, id="full-chroma"),
    ],
)
def test_pixels_are_told(tmp_path, given, expected):
    video = probe.with_video(write_odd(tmp_path / "a.mp4", [GREY] * 2, **given)).video

    assert {name: getattr(video, name) for name in expected} == expected


def test_a_browsers_recording_has_no_length(tmp_path):
    media = probe.probe(write_odd(tmp_path / "a.mkv", [GREY] * 5, live=True))

    assert media.duration is None
    assert media.video is not None


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_a_picture_is_a_video_of_one_frame(tmp_path, ending):
    path = images.save(GREY, tmp_path / f"a.{ending}")

    assert probe.with_video(path).video.shown == (64, 48)


def test_no_video_says_what_there_is_instead(tmp_path):
    with pytest.raises(NoVideo, match="it holds aac sound"):
        probe.with_video(making.sound_only(tmp_path / "a.mp4"))


def test_no_audio_says_what_there_is_instead(make_video):
    with pytest.raises(NoAudio, match="it holds a h264 video"):
        probe.with_audio(make_video([("scene", 1.0)]).path)


def test_a_video_without_frames_is_bad_media_and_named(tmp_path):
    with pytest.raises(BadMedia, match=r"hollow\.mp4"):
        probe.probe(making.no_frames(tmp_path / "hollow.mp4"))


@pytest.mark.parametrize("name", ["list.mp4", "list.txt", "list.mkv", "list.jpg", "list"])
def test_text_is_not_media(tmp_path, name):
    with pytest.raises(NotMedia, match="list") as caught:
        probe.probe(making.not_media(tmp_path / name))

    assert "whitelist" not in caught.value.message


def test_an_empty_file_is_told_as_such(tmp_path):
    with pytest.raises(EmptyFile, match="0 bytes"):
        probe.probe(making.empty(tmp_path / "a.mp4"))


def test_a_missing_file_is_told_as_such(tmp_path):
    with pytest.raises(ObjectNotFound):
        probe.probe(tmp_path / "nowhere.mp4")


@pytest.mark.parametrize("fast_start", [True, False], ids=["index-in-front", "index-at-the-end"])
def test_a_broken_upload_is_called_that(tmp_path, make_video, fast_start):
    whole = make_video([("scene", 1.0)], fast_start=fast_start).path

    with pytest.raises(TruncatedMedia, match="send it again"):
        probe.probe(making.cut_short(tmp_path / "a.mp4", whole, keep=0.6))


def test_a_broken_matroska_upload_is_called_that(tmp_path):
    whole = write_odd(tmp_path / "whole.mkv", [GREY] * 50)

    with pytest.raises(TruncatedMedia, match="send it again"):
        probe.probe(making.cut_short(tmp_path / "a.mkv", whole, keep=0.6))


def test_padding_after_the_last_box_is_not_a_loss(tmp_path, make_video):
    padded = tmp_path / "padded.mp4"
    padded.write_bytes(make_video([("scene", 1.0)]).path.read_bytes() + b"\xff" * 200)

    assert probe.probe(padded).video is not None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("a.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n", id="hls"),
        pytest.param("a.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n", id="hls-named-mp4"),
        pytest.param("a.ffconcat", "ffconcat version 1.0\nfile {target}\n", id="concat"),
        pytest.param("a.sdp", "v=0\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n", id="sdp"),
        pytest.param("a.mpd", '<?xml version="1.0"?>\n<MPD><BaseURL>{target}</BaseURL></MPD>\n', id="dash"),
    ],
)
def test_playlists_reach_no_other_file(tmp_path, make_video, name, text):
    target = make_video([("scene", 1.0)]).path
    playlist = tmp_path / name
    playlist.write_text(text.format(target=target))

    with pytest.raises(NotMedia, match="playlist"):
        probe.probe(playlist)


@pytest.mark.parametrize("name", ["concat:a.mp4", "http:x.mp4", "frame%03d.mp4", "语音 影片.mp4"])
def test_a_files_name_is_only_a_name(tmp_path, make_video, name):
    path = Path(tmp_path / name)
    path.write_bytes(make_video([("scene", 1.0)]).path.read_bytes())

    assert probe.probe(path).video is not None


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="h264"),
        pytest.param({"rotation": 90}, id="turned"),
        pytest.param({"codec": "libx265", "pix_fmt": "yuv420p10le"}, id="hevc-10-bit"),
        pytest.param({"codec": "mpeg4"}, id="mpeg4"),
    ],
)
def test_a_file_tells_the_same_though_no_picture_is_decoded_to_open_it(tmp_path, monkeypatch, given):
    path = write_odd(tmp_path / "film.mp4", [GREY] * 3, **given)
    told = probe.probe(path)
    monkeypatch.setattr(containers, "UNSEEN", {})
    monkeypatch.setattr(containers, "READ_AHEAD", {})

    assert probe.probe(path) == told


def test_sound_beside_a_picture_is_told_as_when_all_is_decoded(make_video, monkeypatch):
    path = make_video([("scene", 0.4)], sound=True).path
    told = probe.probe(path)
    monkeypatch.setattr(containers, "UNSEEN", {})
    monkeypatch.setattr(containers, "READ_AHEAD", {})

    assert told.audio[0].sample_format
    assert probe.probe(path) == told
