"""`audio.chorus` on songs whose form is known, and on sound that has no chorus."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import EmptyFile, NoAudio
from reelwright.media import making
from reelwright.media.making.forms import FORMS, arranged
from reelwright.operators.audio.chorus import TITLE, ChorusParams, chorus

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")) / "music"
SHORT_BARS = {"intro": 4, "verse": 6, "lead-up": 4, "chorus": 8, "bridge": 6, "solo": 6, "outro": 4}


def told(path):
    result = chorus(ChorusParams(audio=str(path)))
    return result, json.loads(Path(result.table).read_text(encoding="utf-8"))


def overlap(one, other):
    """Intersection over union."""
    shared = max(0.0, min(one[1], other[1]) - max(one[0], other[0]))
    return shared / (max(one[1], other[1]) - min(one[0], other[0]))


def best_overlaps(truth, rows):
    found = [(row["start"], row["end"]) for row in rows]
    return [max((overlap(one, other) for other in found), default=0.0) for one in truth]


@pytest.fixture(scope="module")
def songs(made):
    def make(form, **given):
        def write(path):
            played = arranged(FORMS[form], bars=SHORT_BARS, rate=16000, **given)
            return making.write_wav(path, played.mix, played.rate), played

        return made(f"{form}.wav", write, tuple(sorted(given.items())))

    return make


@pytest.mark.parametrize(
    ("form", "given"),
    [
        pytest.param("short", {"bpm": 132.0, "seed": 21}, id="verse-and-chorus"),
        pytest.param("pop", {"bpm": 150.0, "seed": 22}, id="with-a-bridge"),
        pytest.param("chorus-first", {"bpm": 118.0, "seed": 23}, id="chorus-first"),
        pytest.param("short", {"bpm": 96.0, "seed": 24, "longer_verse": 3}, id="verses-of-other-lengths"),
        pytest.param("pop", {"bpm": 140.0, "seed": 25, "lift": 2}, id="last-chorus-in-another-key"),
        pytest.param("short", {"bpm": 124.0, "seed": 26, "louder_db": 0.0}, id="no-louder"),
    ],
)
def test_choruses_come_with_their_edges(songs, form, given):
    path, song = songs(form, **given)
    truth = [(one.start, one.end) for one in song.choruses]

    result, rows = told(path)

    assert min(best_overlaps(truth, rows)) >= 0.9
    assert np.mean(best_overlaps(truth, rows)) >= 0.95
    assert len(rows) == len(truth)
    assert [row["title"] for row in rows] == [TITLE] * len(rows)
    assert [(row["start"], row["end"]) for row in rows] == [(one.start, one.end) for one in result.choruses]
    assert [one.key_change for one in result.choruses] == [0] * (len(rows) - 1) + [given.get("lift", 0)]


def test_choruses_that_follow_each_other_are_told_apart(songs):
    path, song = songs("lead-up", bpm=150.0, seed=27)
    truth = [(one.start, one.end) for one in song.choruses]
    assert truth[-2][1] == truth[-1][0]
    assert min(best_overlaps(truth, told(path)[1])) >= 0.9


def test_a_song_by_another_hand(make_song):
    path, song = make_song(bpm=125.0, bars=8, rate=22050, name="another.wav")
    truth = [(one.start, one.end) for one in song.sections if one.name == "chorus"]
    assert min(best_overlaps(truth, told(path)[1])) >= 0.95


def through_composed(seconds=60.0, rate=16000):
    """Chords that never come again in the same order."""
    random = np.random.default_rng(3)
    sound = np.zeros(round(seconds * rate))
    t = np.arange(rate // 2) / rate
    for first in range(0, len(sound) - len(t), rate // 2):
        for note in random.choice(36, 3, replace=False):
            sound[first : first + len(t)] += np.sin(2 * np.pi * 110 * 2 ** (note / 12) * t) * np.exp(-4 * t)
    return (0.2 * sound).astype(np.float32)


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(np.zeros(16000 * 30, np.float32), id="silence"),
        pytest.param(making.noise(40.0), id="noise"),
        pytest.param(making.speech(40.0).clean, id="speech"),
        pytest.param(through_composed(), id="nothing-comes-again"),
        pytest.param(np.zeros(100, np.float32), id="a-hundred-samples"),
        pytest.param(making.noise(1.0), id="a-second"),
    ],
)
def test_without_a_chorus_the_list_is_empty(tmp_path, sound):
    result, rows = told(making.write_wav(tmp_path / "none.wav", sound, 16000))
    assert rows == []
    assert result.choruses == ()
    assert result.report.share == 0


def test_channels_and_containers_do_not_matter(songs, tmp_path):
    _, song = songs("short", bpm=132.0, seed=21)
    stereo = np.vstack([song.mix, 0.3 * song.mix])
    path = making.write_sound(tmp_path / "song.m4a", stereo, song.rate)
    truth = [(one.start, one.end) for one in song.choruses]
    assert min(best_overlaps(truth, told(path)[1])) >= 0.9


def test_an_empty_file_is_refused(broken_files):
    with pytest.raises(EmptyFile):
        chorus(ChorusParams(audio=str(broken_files["empty"])))


def test_a_video_without_sound_is_refused(make_video):
    with pytest.raises(NoAudio):
        chorus(ChorusParams(audio=str(make_video(((making.SCENE, 2.0),)).path)))


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="the recorded songs are not here; REELWRIGHT_DATA names their folder")
def test_the_choruses_of_a_recorded_song():
    truth = json.loads((DATA / "on_the_run_structure.json").read_text())["chorus"]

    _, rows = told(DATA / "on_the_run.ogg")

    assert min(best_overlaps(truth, rows)) >= 0.7
    for start, _ in truth:
        assert min(abs(row["start"] - start) for row in rows) <= 3
    assert sum(min(abs(row["end"] - end) for row in rows) <= 3 for _, end in truth) >= 3
