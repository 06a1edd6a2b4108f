"""Made grooves and songs hold to their truth."""

import numpy as np
import pytest

from reelwright.media.making.forms import FORMS, arranged
from reelwright.media.making.rhythms import STYLES, groove


def energy(sound, rate, start, seconds=0.05):
    part = sound[round(start * rate) : round((start + seconds) * rate)]
    return float(np.mean(np.square(part)))


@pytest.mark.parametrize("style", STYLES)
def test_something_is_struck_on_most_beats(style):
    played = groove(style, 100, seconds=8)
    assert played.mix.dtype == np.float32
    assert np.abs(played.mix).max() <= 0.81
    sound = played.mix[0]
    struck = [energy(sound, played.rate, at) > energy(sound, played.rate, at - 0.06) for at in played.beats[1:]]
    assert np.mean(struck) > 0.6
    assert set(played.downbeats) == set(played.beats[:: STYLES[style].metre])


def test_beats_keep_the_tempo_or_glide():
    assert np.allclose(np.diff(groove("rock", 120, seconds=10).beats), 0.5)
    gaps = np.diff(groove("rock", 120, seconds=10, drift=0.1).beats)
    assert gaps[0] == pytest.approx(0.5)
    assert gaps[-1] == pytest.approx(0.5 / 1.1, rel=0.01)


def test_the_same_seed_makes_the_same_groove():
    first, again, other = (groove("funk", 100, seconds=4, seed=seed).mix for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("form", FORMS)
def test_sections_cover_a_song(form):
    song = arranged(FORMS[form], bpm=160, bars=dict.fromkeys(set(FORMS[form]), 2), rate=8000)
    assert [one.name for one in song.sections] == list(FORMS[form])
    assert all(a.end == pytest.approx(b.start) for a, b in zip(song.sections, song.sections[1:], strict=False))
    assert song.seconds == pytest.approx(song.sections[-1].end + 1.0, abs=0.01)
    assert len(song.choruses) == FORMS[form].count("chorus")


def test_verses_grow_and_choruses_are_louder():
    song = arranged(FORMS["short"], bpm=120, longer_verse=2, louder_db=6.0, rate=8000)
    verses = [one.end - one.start for one in song.sections if one.name == "verse"]
    assert verses[1] - verses[0] == pytest.approx(4.0)
    levels = {
        name: np.mean(
            [energy(song.mix[0], 8000, one.start, one.end - one.start) for one in song.sections if one.name == name]
        )
        for name in ("verse", "chorus")
    }
    assert levels["chorus"] > 2 * levels["verse"]
