"""`video.subtitle`: words when they are due, lit when they are said."""

import json
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import BadMedia, NothingFound
from reelwright.media import frames, probe
from reelwright.media.making import odd
from reelwright.operators import Context
from reelwright.operators.video.subtitle import SubtitleParams, subtitle

SIZE = (320, 180)
COUNT, FPS = 25, 25
ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.20,0:00:00.80,Default,,0,0,0,,{\\k20}WWWW {\\k20}WWWW {\\k20}WWWW
"""
FILES = {
    "srt": "1\n00:00:00,200 --> 00:00:00,800\nWWWW WWWW WWWW\n",
    "vtt": "WEBVTT\n\n00:00.200 --> 00:00.800\nWWWW <00:00:00.400>WWWW <00:00:00.600><c>WWWW</c>\n",
    "ass": ASS,
    "json": json.dumps(
        {
            "sentences": [
                {
                    "text": "WWWW WWWW WWWW",
                    "start": 0.2,
                    "end": 0.8,
                    "words": [
                        {"text": "wwww", "start": 0.2 + 0.2 * number, "end": 0.4 + 0.2 * number} for number in range(3)
                    ],
                }
            ]
        }
    ),
}


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    return odd.write_odd(path, [np.full((SIZE[1], SIZE[0], 3), 60, np.uint8)] * COUNT)


@pytest.fixture
def run(film, tmp_path):
    def work(kind="srt", text=None, **given):
        path = tmp_path / f"words.{kind}"
        path.write_text(FILES[kind] if text is None else text, encoding="utf-8")
        params = SubtitleParams(video=str(film), subtitles=str(path), quality="high", **{"size": 0.12, **given})
        return subtitle(params, Context.local(out=tmp_path / "out"))

    return work


def looked(path):
    """Of each frame: columns with yellow, columns with white, rows with either."""
    for frame in frames.stream(path):
        rgb = frame.rgb.astype(int)
        bright = rgb[..., :2].min(axis=2) > 150
        yellow, white = bright & (rgb[..., 2] < 110), bright & (rgb[..., 2] > 160)
        yield [np.flatnonzero(part.any(axis=0)) for part in (yellow, white)] + [np.flatnonzero(bright.any(axis=1))]


@pytest.mark.parametrize("kind", FILES)
def test_words_are_there_for_their_time_and_no_frame_longer(run, kind):
    result = run(kind)

    shown = [len(rows) > 0 for _, _, rows in looked(result.video)]
    assert shown == [5 <= number < 20 for number in range(COUNT)]
    assert (result.cues, result.cues_shown, result.frames_with_words, result.frames) == (1, 1, 15, COUNT)
    assert result.words_timed == (0 if kind == "srt" else 3)


@pytest.mark.parametrize("kind", FILES)
def test_the_word_that_is_said_is_lit_alone(run, kind):
    found = list(looked(run(kind, karaoke="word").video))

    for number, third in ((7, 0), (12, 1), (17, 2)):
        yellow, white, _ = found[number]
        left, right = min(yellow.min(), white.min()), max(yellow.max(), white.max())
        share = (np.median(yellow) - left) / (right - left)
        assert share == pytest.approx((third + 0.5) / 3, abs=0.06)
        assert np.ptp(yellow) < 0.4 * (right - left)


@pytest.mark.parametrize("kind", FILES)
def test_the_sweep_goes_with_the_voice(run, kind):
    found = list(looked(run(kind, karaoke="sweep").video))

    edges = []
    for yellow, white, _ in found[6:20]:
        left, right = min(yellow.min(), white.min(initial=999)), max(yellow.max(), white.max(initial=0))
        assert len(white) == 0 or yellow.max() <= white.max()
        edges.append((yellow.max() - left) / (right - left))
    times = (np.arange(6, 20) / FPS - 0.2) / 0.6
    assert np.abs(np.array(edges) - times).max() < 0.09
    assert np.all(np.diff(edges) >= 0)


def test_without_karaoke_nothing_is_lit(run):
    assert all(len(yellow) == 0 for yellow, _, _ in looked(run("ass").video))


def test_colours_place_and_offset_are_the_users(run):
    result = run(colour="#FFD400", bottom=0.7, offset=-0.2)

    found = list(looked(result.video))
    assert [len(rows) > 0 for _, _, rows in found] == [number < 15 for number in range(COUNT)]
    assert len(found[3][0]) > 20
    assert found[3][2].max() < SIZE[1] / 2


def test_chinese_is_swept_letter_by_letter(run):
    text = "1\n00:00:00,000 --> 00:00:01,000\n一二三四五六七八九十\n"

    found = list(looked(run(text=text, karaoke="word", size=0.1).video))

    middles = [float(np.median(found[number][0])) for number in (1, 6, 11, 16, 21)]
    assert np.all(np.diff(middles) > 20)


def test_cues_that_overlap_stand_one_under_the_other(run):
    text = "1\n00:00:00,000 --> 00:00:00,600\nONE\n\n2\n00:00:00,400 --> 00:00:01,000\nTWO\n"

    found = list(looked(run(text=text, karaoke="word").video))

    heights = [np.ptp(found[number][2]) for number in (5, 12, 20)]
    assert heights[1] > 1.8 * max(heights[0], heights[2])
    assert all(len(found[number][0]) > 10 for number in (5, 12, 20))


@pytest.mark.parametrize("text", ["", "WEBVTT\n\n", '{"sentences": []}'], ids=["nothing", "vtt", "json"])
def test_a_film_in_which_nobody_speaks_comes_back_as_it_is(run, film, text):
    result = run("any", text)

    assert Path(result.video).read_bytes() == film.read_bytes()
    assert (result.frames, result.width, result.cues) == (COUNT, SIZE[0], 0)
    assert any("no line" in note for note in result.notes)
    with pytest.raises(NothingFound, match="require_lines"):
        run("any", text, require_lines=True)


@pytest.mark.parametrize("text", ["no subtitles at all", '{"words": 3}', "[Nothing]"], ids=["text", "json", "ass"])
def test_what_is_no_subtitle_file_is_named(run, text):
    with pytest.raises(BadMedia, match=r"words\.any"):
        run("any", text)


def test_the_sound_stays(make_video, tmp_path):
    clip = make_video([("scene", 0.6)], sound=True)
    path = tmp_path / "words.srt"
    path.write_text(FILES["srt"])

    result = subtitle(SubtitleParams(video=str(clip.path), subtitles=str(path)), Context.local(out=tmp_path / "out"))

    assert result.sound_shift == 0
    assert probe.with_audio(result.video).audio[0].codec == "aac"
