"""One reading of a film: its shots, its looks, its talk."""

import numpy as np
import pytest

from reelwright.media import probe, survey
from reelwright.media.making.takes import Take, film


@pytest.fixture(scope="module")
def talk(tmp_path_factory):
    takes = (Take(0, 3, talks=True), Take(1, 2, moves=False), Take(2, 3, talks=True))
    return film(tmp_path_factory.mktemp("film") / "talk.mp4", takes)


def test_shots_and_looks_are_those_of_the_film(talk):
    pictures, ticks = [], []
    seen = survey.watched(
        talk.path, probe.with_video(talk.path), tick=ticks.append, see=lambda time, picture: pictures.append(time)
    )
    assert [float(shot.start) for shot in seen.shots] == [0, 3, 5]
    assert seen.cuts == [3, 5]
    assert pictures == seen.looks
    assert len(seen.looks) == len(seen.measured) == len(seen.prints) == pytest.approx(8 / 0.4, abs=1)
    assert ticks == sorted(ticks)
    assert [(float(start), float(end)) for start, end in seen.shown()][1][0] == 3
    assert not any(seen.faults())


def test_talk_is_heard_where_it_is_and_others_hear_the_same(talk):
    blocks = []
    voice = survey.heard(talk.path, probe.probe(talk.path), hear=(blocks.append,))
    for start, end in talk.phrases:
        assert voice.talk[round(100 * start) + 20 : round(100 * end) - 20].mean() > 0.8
    assert voice.talk[310:490].mean() < 0.1
    assert len(voice.talk) == len(voice.level)
    assert len(np.concatenate(blocks)) == pytest.approx(8 * 16000, abs=1600)


def test_a_film_without_sound_is_not_heard(make_video):
    made = make_video([("scene", 1.0)])
    assert len(survey.heard(made.path, probe.probe(made.path)).talk) == 0


def test_who_listens_may_stop_it(talk):
    def stop(time):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        survey.heard(talk.path, probe.probe(talk.path), tick=stop)
