"""`audio.beats` on music whose beats are known, and on sound that has none."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from reelwright.errors import EmptyFile, NoAudio, NotMedia
from reelwright.media import making
from reelwright.media.making.rhythms import STYLES, groove
from reelwright.operators.audio.beats import BeatsParams, beats

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")) / "music"


def told(path, **params):
    result = beats(BeatsParams(audio=str(path), **params))
    return result, json.loads(Path(result.beats).read_text())


def f_measure(truth, rows, window=0.07, since=0.0):
    """As mir_eval has it; its five seconds of patience at the start are for `since`: most clips are short."""
    found, hits, at = [row["time"] for row in rows if row["time"] >= since], 0, 0
    truth = [one for one in truth if one >= since]
    for one in truth:
        while at < len(found) and found[at] < one - window:
            at += 1
        if at < len(found) and found[at] <= one + window:
            hits, at = hits + 1, at + 1
    return 2 * hits / (len(truth) + len(found))


@pytest.fixture(scope="module")
def grooves(made):
    def make(style, bpm, **given):
        def write(path):
            played = groove(style, bpm, seconds=18, **given)
            return making.write_wav(path, played.mix, played.rate), played

        return made(f"{style}-{bpm}.wav", write, tuple(sorted(given.items())))

    return make


@pytest.mark.parametrize(
    ("style", "bpm", "given"),
    [
        pytest.param("ballad", 60, {}, id="slow"),
        pytest.param("rock", 88, {"swing": 0.08}, id="swung"),
        pytest.param("shuffle", 110, {}, id="triplets"),
        pytest.param("waltz", 100, {}, id="three-four"),
        pytest.param("disco", 124, {"drift": 0.06}, id="drift"),
        pytest.param("piano", 90, {}, id="no-drums"),
        pytest.param("arpeggio", 140, {}, id="arpeggio"),
        pytest.param("break", 172, {"jitter": 0.005}, id="fast-and-uneven"),
    ],
)
def test_beats_are_where_they_were_planted(grooves, style, bpm, given):
    path, played = grooves(style, bpm, **given)

    result, rows = told(path)

    assert f_measure(played.beats, rows) >= 0.95
    assert f_measure(played.beats, rows, 0.03) >= 0.9
    assert result.count == len(rows)
    assert result.slowest <= result.tempo <= result.fastest
    if not given.get("drift"):
        assert result.tempo == pytest.approx(bpm, rel=0.01)


@pytest.mark.parametrize(
    ("style", "before", "after"),
    [
        pytest.param("rock", 100, 130, id="faster"),
        pytest.param("rock", 124, 96, id="slower"),
        pytest.param("piano", 116, 88, id="no-drums"),
    ],
)
def test_a_new_tempo_in_the_middle_is_followed(tmp_path, style, before, after):
    first, second = groove(style, before, seconds=20, seed=3), groove(style, after, seconds=20, seed=3, lead_in=0.0)
    end = first.beats[-1] + 60 / before
    mix = np.concatenate([first.mix[:, : round(end * first.rate)], second.mix], axis=1)
    truth = [*first.beats, *(end + one for one in second.beats)]

    result, rows = told(making.write_wav(tmp_path / "changed.wav", mix, first.rate))

    assert f_measure(truth, rows) >= 0.95
    assert result.slowest == pytest.approx(min(before, after), rel=0.03)
    assert result.fastest == pytest.approx(max(before, after), rel=0.03)


@pytest.mark.parametrize("bpm", [60, 100, 145, 190])
def test_a_song_is_told_at_its_own_level(make_song, bpm):
    path, song = make_song(bpm=float(bpm), form=("verse", "chorus"), rate=22050, name=f"song-{bpm}.wav")

    result, rows = told(path)

    assert f_measure(song.beats, rows) >= 0.95
    assert result.beats_per_bar == 4
    assert {row["time"] for row in rows if row["beat"] == 1} == {row["time"] for row in rows[0::4]}


def test_first_beats_carry_a_one(grooves):
    path, played = grooves("waltz", 100)

    result, rows = told(path)

    assert result.beats_per_bar == STYLES["waltz"].metre == 3
    first = [row["time"] for row in rows if row["beat"] == 1]
    assert np.allclose(first, played.downbeats[: len(first)], atol=0.04)
    assert {row["beat"] for row in rows} == {1, 2, 3}
    assert result.report.bar_clarity > 0.45


def test_limits_lead_to_another_level(grooves):
    path, _ = grooves("rock", 88, swing=0.08)
    assert told(path, min_bpm=120, max_bpm=240)[0].tempo == pytest.approx(176, rel=0.02)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param("surround", lambda mix: np.repeat(mix, 6, axis=0) * 0.5, id="5.1"),
        pytest.param("stereo", lambda mix: np.vstack([mix, 0 * mix]), id="one-side"),
        pytest.param("quiet", lambda mix: 0.02 * mix, id="quiet"),
    ],
)
def test_channels_and_loudness_do_not_matter(grooves, tmp_path, name, change):
    _, played = grooves("disco", 124, drift=0.06)
    path = making.write_wav(tmp_path / f"{name}.wav", change(played.mix), played.rate)
    assert f_measure(played.beats, told(path)[1]) >= 0.95


def test_the_sound_of_a_video_is_heard(grooves, tmp_path):
    _, played = grooves("disco", 124, drift=0.06)
    path = making.write_sound(tmp_path / "song.m4a", played.mix, played.rate)
    assert f_measure(played.beats, told(path)[1]) >= 0.95


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(np.zeros(44100 * 3), id="silence"),
        pytest.param(0.3 * np.sin(2 * np.pi * 440 * np.arange(44100 * 5) / 44100), id="a-steady-tone"),
        pytest.param(np.zeros(10), id="ten-samples"),
        pytest.param(0.5 * np.sin(np.arange(4410) / 9.0), id="a-tenth-of-a-second"),
    ],
)
def test_what_has_no_beats_gives_an_empty_list(tmp_path, sound):
    path = making.write_wav(tmp_path / "none.wav", sound.astype(np.float32), 44100)

    result, rows = told(path)

    assert rows == []
    assert (result.count, result.tempo, result.beats_per_bar) == (0, 0, 0)


def test_noise_is_told_to_have_hardly_a_pulse(grooves, tmp_path):
    noise = making.noise(15.0, rate=22050)
    hiss, _ = told(making.write_wav(tmp_path / "noise.wav", noise, 22050))
    music, _ = told(grooves("disco", 124, drift=0.06)[0])
    assert hiss.report.pulse < 0.7 * music.report.pulse


@pytest.mark.parametrize(
    ("given", "told_of"),
    [
        ({"min_bpm": 100, "max_bpm": 120}, "at least 150"),
        ({"min_bpm": 5}, "greater than or equal to 20"),
        ({"max_bpm": 1000}, "less than or equal to 400"),
    ],
)
def test_limits_that_cannot_be_kept_are_refused(given, told_of):
    with pytest.raises(ValidationError, match=told_of):
        BeatsParams(audio="a.wav", **given)


@pytest.mark.parametrize(("name", "error"), [("empty", EmptyFile), ("not_media", NotMedia)])
def test_broken_files_are_named(broken_files, name, error):
    with pytest.raises(error):
        beats(BeatsParams(audio=str(broken_files[name])))


def test_a_video_without_sound_is_refused(make_video):
    with pytest.raises(NoAudio):
        beats(BeatsParams(audio=str(make_video(((making.SCENE, 2.0),)).path)))


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="the recorded songs are not here; REELWRIGHT_DATA names their folder")
def test_a_recorded_metal_song_is_followed():
    truth = json.loads((DATA / "chaos_god_beats.json").read_text())["beats"]

    result, rows = told(DATA / "chaos_god_song.ogg")

    assert result.tempo == pytest.approx(170, rel=0.01)
    assert f_measure(truth, rows, since=5.0) >= 0.95
    assert f_measure(truth, rows, 0.03, since=5.0) >= 0.92
