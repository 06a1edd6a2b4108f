"""Subtitle files are read back as they were written, and are written as players want them."""

import pytest

from reelwright.errors import BadMedia
from reelwright.media import subtitles
from reelwright.media.subtitles import Cue

CUES = [
    Cue(0.5, 2.5, "大家好，今天我们来练习颠球"),
    Cue(2.5, 3.75, "Two lines,\nand 1 < 2 & so on"),
    Cue(3725.001, 3726.0, "An hour later"),
]


@pytest.mark.parametrize("kind", ["srt", "vtt", "ass"])
def test_cues_come_back_as_they_were(tmp_path, kind):
    path = subtitles.save(CUES, tmp_path / f"a.{kind}", kind, size=(1280, 720))
    back = subtitles.read(path)

    assert [one.text for one in back] == [one.text for one in CUES]
    # ASS counts hundredths.
    for one, cue in zip(back, CUES, strict=True):
        assert (one.start, one.end) == pytest.approx((cue.start, cue.end), abs=0.0051 if kind == "ass" else 0.0005)


def test_srt_is_written_to_the_letter(tmp_path):
    path = subtitles.save(CUES[:2], tmp_path / "a.srt", "srt")

    assert (tmp_path / "a.srt").read_bytes().decode() == (
        "1\n00:00:00,500 --> 00:00:02,500\n大家好，今天我们来练习颠球\n\n"
        "2\n00:00:02,500 --> 00:00:03,750\nTwo lines,\nand 1 < 2 & so on\n\n"
    )
    assert path == str(tmp_path / "a.srt")


def test_cues_are_put_in_order(tmp_path):
    path = subtitles.save(CUES[::-1], tmp_path / "a.srt", "srt")
    assert [one.text for one in subtitles.read(path)] == [one.text for one in CUES]


def test_webvtt_escapes_what_is_a_tag_there(tmp_path):
    subtitles.save(CUES[1:2], tmp_path / "a.vtt", "vtt")
    text = (tmp_path / "a.vtt").read_text()

    assert text.startswith("WEBVTT\n")
    assert "1 &lt; 2 &amp; so on" in text


def test_ass_has_the_size_of_the_picture(tmp_path):
    subtitles.save(CUES[:1], tmp_path / "a.ass", "ass", size=(1280, 720))
    text = (tmp_path / "a.ass").read_text()

    assert "PlayResX: 1280" in text
    assert "PlayResY: 720" in text


def test_braces_are_kept_from_being_commands(tmp_path):
    path = subtitles.save([Cue(0, 1, "a {b} c")], tmp_path / "a.srt", "srt")
    assert subtitles.read(path)[0].text == "a ｛b｝ c"


def test_no_cues_make_an_empty_file(tmp_path):
    path = subtitles.save([], tmp_path / "a.srt", "srt")
    assert (tmp_path / "a.srt").read_text().strip() == ""
    assert path


def test_what_is_no_subtitle_file_is_named(tmp_path):
    (tmp_path / "a.srt").write_bytes(b"\xff\xfe\x00nothing")
    with pytest.raises(BadMedia, match=r"a\.srt is no SRT"):
        subtitles.read(tmp_path / "a.srt")
