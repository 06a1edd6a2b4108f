"""The chorus is found among planted sections: repeated, lifted, doubled, or not there at all."""

import numpy as np
import pytest

from reelwright.kernels import structure
from reelwright.kernels.beatwise import Beatwise

BEATS, BEAT = 32, 0.5  # of a section; seconds


def planted(form, *, lifts=None, louder=4.0, seed=0, on_chords="", dressed=1.0):
    """A section for each letter; the same letter sounds the same but for noise. `C` and `D` are louder.

    Letters in `on_chords` have the chords of `C`, and its colour but for the share `dressed`.
    """
    random = np.random.default_rng(seed)
    kinds = {}
    for name in form:
        kinds.setdefault(name, (random.gamma(0.6, 1.0, (BEATS, 12)), random.normal(-40, 6, (BEATS, 24))))
    for name in on_chords:
        notes, colour = kinds["C"]
        kinds[name] = (notes, (1 - dressed) * colour + dressed * kinds[name][1])
    chroma, timbre, loudness = [], [], []
    for index, name in enumerate(form):
        notes, colour = kinds[name]
        notes = np.roll(notes, (lifts or {}).get(index, 0), axis=1)
        chroma.append(notes * random.uniform(0.8, 1.2, notes.shape))
        up = louder if name in "CD" else 0.0
        timbre.append(colour + up + random.normal(0, 1.5, colour.shape))
        loudness.append(-20 + up + random.normal(0, 0.5, BEATS))
    times = BEAT * np.arange(BEATS * len(form) + 1)
    rows = [np.concatenate(one).astype(np.float32) for one in (chroma, timbre)]
    return Beatwise(times, rows[0], rows[1], np.concatenate(loudness))


def sections(form, names="C"):
    return [(BEAT * BEATS * index, BEAT * BEATS * (index + 1)) for index, one in enumerate(form) if one in names]


def are_near(found, truth):
    return len(found) == len(truth) and np.allclose(found, truth, atol=1.01 * BEAT)


def told(group):
    return [(one.start, one.end) for one in group.stretches]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("form", ["VCVC", "IVCVCBC", "CVCVBC", "IVPCVPCSCC", "VVCVCSVCO"])
def test_all_choruses_come_with_their_edges(form, seed):
    found = told(structure.chorus(planted(form, seed=seed)))
    assert are_near(found, sections(form))


@pytest.mark.parametrize("lift", [1, 2, 3, -2])
def test_a_last_chorus_in_another_key_is_one_of_them(lift):
    form = "IVCVCBC"
    group = structure.chorus(planted(form, lifts={6: lift}))
    assert are_near(told(group), sections(form))
    shifts = [one.shift for one in group.stretches]
    assert shifts[2] - shifts[0] == lift
    assert shifts[0] == shifts[1]


@pytest.mark.parametrize("form", ["ABDEFG", "A", "AAAAAA"], ids=["nothing-again", "one-part", "equal-verses"])
def test_where_nothing_comes_again_as_a_chorus_does_there_is_none(form):
    assert structure.chorus(planted(form, louder=0)) is None


def test_of_two_parts_that_come_as_often_the_louder_is_the_chorus():
    group = structure.chorus(planted("VCVCVC", louder=5))
    assert are_near(told(group), sections("VCVCVC"))
    assert group.louder_db > 3


@pytest.mark.parametrize("form", ["IVCVCBC", "VCVCVC"])
def test_verses_on_the_chords_of_the_chorus_are_none(form):
    found = told(structure.chorus(planted(form, on_chords="V", louder=3)))
    truth = sections(form)
    assert len(found) == len(truth)
    assert np.allclose(found, truth, atol=4.01 * BEAT)  # that far a repeat of the same chords may pull an edge


@pytest.mark.parametrize("form", ["IVCVCD", "VCBCD", "IVCVCBDC"])
def test_a_chorus_in_another_dress_beside_one_is_told_apart_from_it(form):
    found = told(structure.chorus(planted(form, on_chords="D", dressed=0.6)))
    assert are_near(found, sections(form, "CD"))


def test_novelty_stands_at_the_borders():
    novelty = structure.novelty(planted("VCVCV", louder=6))
    borders = np.arange(BEATS, 5 * BEATS, BEATS)
    assert novelty.shape == (5 * BEATS + 1,)
    strongest = np.argsort(-novelty[1:-1])[: len(borders)] + 1
    assert set(strongest) == set(borders)


def test_a_very_long_piece_is_looked_at_in_pairs_of_beats():
    form = "IVCVCBC" * 6
    song = planted(form)
    assert len(song.loudness) > structure.MOST_BEATS
    found = told(structure.chorus(song))
    assert len(found) >= 3
    assert all(min(abs(start - one[0]) for one in sections(form)) <= 2 * BEAT for start, _ in found)


@pytest.mark.parametrize("count", [0, 1, 5], ids=["none", "one", "few"])
def test_too_few_beats_have_no_chorus(count):
    song = Beatwise(
        np.arange(count + 1.0), np.ones((count, 12), np.float32), np.ones((count, 24), np.float32), np.zeros(count)
    )
    assert structure.chorus(song) is None
