"""Texts of one format written in another: what is shown, when, and how much of its style."""

from fractions import Fraction

import av
import pytest

from reelwright.media import text_tracks

SUFFIX = {"mov_text": ".mp4", "webvtt": ".webm", "subrip": ".mkv"}
READ = {
    "subrip": (".mkv", lambda text: text.encode()),
    "ass": (".mkv", lambda text: b"0,0,Default,,0,0,0,," + text.replace("\n", r"\N").encode()),
    "webvtt": (".webm", lambda text: text.encode()),
    "mov_text": (".mp4", lambda text: len(text.encode()).to_bytes(2, "big") + text.encode()),
}


def source(folder, codec, *cues):
    """A file of nothing but texts: (ms, ms, text) each."""
    suffix, coded = READ[codec]
    path = folder / f"in{suffix}"
    with av.open(str(path), "w") as out:
        track = out.add_mux_stream(codec)
        track.time_base = text_tracks.MILLISECOND
        for start, end, text in cues:
            packet = av.Packet(coded(text))
            packet.stream, packet.time_base = track, text_tracks.MILLISECOND
            packet.pts = packet.dts = start
            packet.duration = end - start
            out.mux(packet)
    return path


def retold(path, folder, codec, *, offset=Fraction(0)):
    out_path = folder / f"out{SUFFIX[codec]}"
    with av.open(str(path)) as box, av.open(str(out_path), "w") as out:
        stream = box.streams.subtitles[0]
        track = text_tracks.TextTrack(out, codec, {"language": "fra"})
        for packet in box.demux(stream):
            if packet.size:
                start, end = ((packet.pts + after) * stream.time_base - offset for after in (0, packet.duration))
                track.show(text_tracks.text_of(stream, packet), start, end)
        track.finish()
    return out_path


def shown(path):
    """(ms, ms, what is written) of each text, without the pauses of MP4; boxes of style follow the words there."""
    with av.open(str(path)) as box:
        packets = [one for one in box.demux(box.streams.subtitles[0]) if one.size > 2]
        raw = [(round(1000 * one.pts * one.time_base), round(1000 * one.duration * one.time_base)) for one in packets]
        words = [bytes(one) for one in packets]
        if box.streams.subtitles[0].codec_context.name == "mov_text":
            words = [one[2 : 2 + int.from_bytes(one[:2], "big")] for one in words]
        return [(at, at + lasts, word.decode()) for (at, lasts), word in zip(raw, words, strict=True)]


@pytest.mark.parametrize("written", SUFFIX)
@pytest.mark.parametrize("read", READ)
def test_words_times_and_lines_stay(tmp_path, read, written):
    path = source(tmp_path, read, (100, 500, "one line"), (600, 900, "zwei\nZeilen 文"))

    made = retold(path, tmp_path, written)

    assert shown(made) == [(100, 500, "one line"), (600, 900, "zwei\nZeilen 文")]
    with av.open(str(made)) as box:
        assert box.streams.subtitles[0].metadata["language"] in ("fra", "fre")


@pytest.mark.parametrize(
    ("read", "text"), [("subrip", "a <i>b</i>"), ("webvtt", "a <i>b</i>"), ("ass", r"a {\i1}b{\i0}")]
)
def test_italics_stay(tmp_path, read, text):
    path = source(tmp_path, read, (0, 500, text))

    assert shown(retold(path, tmp_path, "webvtt")) == [(0, 500, "a <i>b</i>")]
    with av.open(str(retold(path, tmp_path, "mov_text"))) as box:
        assert any(b"styl" in bytes(one) for one in box.demux(box.streams.subtitles[0]))


def test_where_two_overlap_mp4_shows_both(tmp_path):
    path = source(tmp_path, "subrip", (0, 600, "low"), (200, 400, "high"), (700, 900, "last"))

    assert shown(retold(path, tmp_path, "mov_text")) == [
        *((0, 200, "low"), (200, 400, "low\nhigh"), (400, 600, "low"), (700, 900, "last"))
    ]
    assert shown(retold(path, tmp_path, "webvtt")) == [(0, 600, "low"), (200, 400, "high"), (700, 900, "last")]


def test_what_begins_before_the_new_file_begins_with_it_and_what_ends_before_is_left_out(tmp_path):
    path = source(tmp_path, "subrip", (0, 300, "gone"), (200, 600, "half"), (700, 800, "whole"))

    made = retold(path, tmp_path, "mov_text", offset=Fraction(4, 10))

    assert shown(made) == [(0, 200, "half"), (300, 400, "whole")]


def test_letters_that_webvtt_takes_for_tags_are_written_as_letters(tmp_path):
    path = source(tmp_path, "mov_text", (0, 500, "R&D <b"))

    assert shown(retold(path, tmp_path, "webvtt")) == [(0, 500, "R&amp;D &lt;b")]


def test_drawings_are_left_out(tmp_path):
    path = source(tmp_path, "ass", (0, 500, r"{\p1}m 0 0 l 9 9{\p0}"), (500, 900, r"{\pos(1,1)}words"))

    assert shown(retold(path, tmp_path, "mov_text")) == [(500, 900, "words")]
