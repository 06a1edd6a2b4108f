"""What a film is like in any span of it."""

import numpy as np
import pytest

from reelwright.kernels.faces import Face
from reelwright.kernels.passages import WINDOW
from reelwright.media import impressions, making, probe
from reelwright.media.making.takes import Take, film


class Vad:
    """Takes all that is loud for speech."""

    def __init__(self):
        self._held = np.zeros(0, np.float32)

    def push(self, samples):
        held = np.concatenate([self._held, samples])
        count = len(held) // WINDOW
        self._held = held[count * WINDOW :]
        return (np.abs(held[: count * WINDOW]).reshape(count, WINDOW).max(axis=1) > 0.05).astype(np.float32)

    def flush(self):
        return np.zeros(0, np.float32)


@pytest.fixture(scope="module")
def talk(tmp_path_factory):
    takes = (Take(0, 3, talks=True), Take(1, 2, look=making.BLACK), Take(2, 3, moves=False))
    return film(tmp_path_factory.mktemp("film") / "talk.mp4", takes)


@pytest.fixture(scope="module")
def watched(talk):
    def find(picture):
        return (Face(40, 30, 60, 60, 0.9),) if picture.mean() > 20 else ()

    return impressions.watch(talk.path, probe.with_video(talk.path), find, tick=lambda time: None)


def test_facts_are_those_of_the_span(watched):
    lit, dark, still = (watched.told(*span) for span in ((0, 3), (3, 5), (5, 8)))
    assert lit.brightness > dark.brightness
    assert dark.brightness < 0.05
    assert dark.colours["black"] == 1
    assert (lit.faces, dark.faces) == (1, 0)
    assert lit.people == 1
    assert lit.face_height == pytest.approx(60 / 180, abs=0.02)
    assert lit.motion > 3 * still.motion
    assert watched.told(0, 8).cuts_a_minute == pytest.approx(15)
    assert (watched.most_faces(0, 3), watched.most_faces(3, 5)) == (1, 0)


def test_a_span_without_a_picture_has_that_of_the_one_before(watched):
    assert watched.told(2.81, 2.82).brightness == pytest.approx(watched.told(2.7, 2.82).brightness, abs=0.1)


def test_the_most_detailed_picture_of_each_part_is_told(watched):
    looks = watched.best_looks(0, 3, 1.0)
    assert [int(time) for time in looks] == [0, 1, 2]


def test_sound_is_told_in_shares(talk):
    heard = impressions.listen(talk.path, probe.probe(talk.path), 8.0, Vad(), tick=lambda time: None)
    talking, silent = (heard.told(impressions.Facts(), *span) for span in ((0, 3), (5, 8)))
    assert talking.speech > 0.4
    assert silent.speech == 0
    assert silent.silence > 0.9
    assert talking.sound


def test_a_film_without_sound_is_not_heard(make_video):
    made = make_video([(making.SCENE, 1.0)])
    assert impressions.listen(made.path, probe.probe(made.path), 1.0, Vad(), tick=lambda time: None) is None
