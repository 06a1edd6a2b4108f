"""`story.join` on takes with known lengths, words and voices."""

import hashlib
import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwright.media import frames, probe, samples
from reelwright.operators import Context
from reelwright.operators.story.join import JoinParams, join


def joined(takes, folder, shots=None, **given):
    folder.mkdir(exist_ok=True)
    names = ("shot", "take", "sound", "cues", "voices", "mood")
    told = [{name: one[name] for name in names} for one in shots or takes]
    params = JoinParams(**{"shots": told, "quality": "draft"} | given)
    return join(params, Context.local(out=folder, seed=7))


@pytest.fixture
def run_join(takes, tmp_path):
    def run(*, folder=tmp_path, **given):
        return joined(takes, folder, **given)

    return run


@pytest.fixture(scope="module")
def film(takes, tmp_path_factory):
    """Both takes behind a title, over music."""
    return joined(takes, tmp_path_factory.mktemp("film"), title="题目", second="第一章")


def grays(path):
    return [np.asarray(one.gray) for one in frames.stream(path)]


def test_takes_are_copied_behind_the_title(film, takes):
    counts = [one["frames"] for one in takes]
    assert film.card == 60
    assert (film.copied, film.encoded) == (sum(counts), 60)
    assert [(one.first, one.frames) for one in film.shots] == [(60, counts[0]), (60 + counts[0], counts[1])]
    shown = grays(film.video)
    assert len(shown) == film.frames == 60 + sum(counts)
    was = [picture for one in takes for picture in grays(one["take"])]
    assert all(np.array_equal(a, b) for a, b in zip(shown[60:], was, strict=True))


def test_picture_and_sound_end_together(film):
    assert film.drift == 0
    assert probe.probe(film.video).video.duration == Fraction(film.frames, 24)
    assert samples.read(film.video).samples.shape[1] == film.frames * 2000
    assert samples.read(film.sound).samples.shape[1] == film.frames * 2000


def test_every_voice_is_heard_when_its_words_are_shown(run_join):
    made = run_join(title="题目", music=False)

    heard = samples.read(made.video, channels=1).samples[0]
    level = np.sqrt(np.square(heard[: len(heard) // 480 * 480].reshape(-1, 480)).mean(axis=1))
    loud = level > 0.1 * level.max()
    onsets = [n / 100 for n in range(1, len(loud)) if loud[n] and not loud[max(0, n - 15) : n].any()]
    assert len(made.cues) == 3
    assert onsets == pytest.approx([one.start for one in made.cues], abs=0.03)


def test_cues_are_those_of_the_takes_at_their_new_place(film, takes):
    wanted = [
        (shot.first / 24 + cue["start"], cue["text"], shot.shot)
        for shot, one in zip(film.shots, takes, strict=True)
        for cue in one["cues"]
    ]
    assert [(pytest.approx(one.start), one.text, one.shot) for one in film.cues] == wanted


def test_the_sound_has_one_loudness(film):
    assert film.loudness == pytest.approx(-16, abs=0.3)


def test_music_fills_the_title_and_stays_under_the_voice(film, run_join):
    with_music, without = film, run_join(title="题目", name="dry", music=False)

    def level(one, start, end):
        part = samples.read(one.sound).samples[:, round(start * 48000) : round(end * 48000)]
        return float(np.sqrt(np.square(part).mean()))

    voice = with_music.cues[0].start
    assert level(without, 0.5, 2.0) == 0
    assert level(with_music, 0.5, 2.0) > 0.003
    assert level(with_music, voice + 0.1, voice + 0.6) > 5 * level(with_music, 0.5, 2.0)


def test_the_title_moves_and_is_read(film):
    shown = [one.astype(np.int16) for one in grays(film.video)[:60]]
    assert shown[0].mean() < 30
    assert shown[30].max() > 200  # the letters
    assert np.mean([np.abs(a - b).mean() for a, b in itertools.pairwise(shown)]) > 0.25


def test_without_title_and_sound_there_is_neither(run_join, takes):
    made = run_join(sound=False)

    assert (made.card, made.encoded, made.sound, made.loudness) == (0, 0, None, None)
    assert made.frames == sum(one["frames"] for one in takes)
    assert not probe.probe(made.video).audio


def test_somebodys_own_take_is_fitted(run_join, takes, clip):
    own = takes[1] | {"take": clip(1.0, 90, (90, 160)), "sound": None, "cues": [], "voices": []}

    made = run_join(shots=[takes[0], own])

    assert made.encoded == 24
    assert made.frames == takes[0]["frames"] + 24
    assert made.drift == 0


def test_the_same_takes_and_seed_make_the_same_bytes(film, run_join, tmp_path):
    made = [film, run_join(folder=tmp_path / "again", title="题目", second="第一章")]

    for field in ("video", "sound"):
        assert len({hashlib.sha256(Path(getattr(one, field)).read_bytes()).digest() for one in made}) == 1
