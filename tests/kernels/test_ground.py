"""`kernels.ground`: what lies behind hidden parts of frames, against the truth."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import ground
from reelwright.kernels.ground import Behind, View
from reelwright.kernels.shot_motion import ShotMotion

SIZE = (80, 240)
WORLD = cv2.GaussianBlur(np.random.default_rng(4).uniform(0, 255, (80, 400)).astype(np.float32), (0, 0), 2.0)
WORLD = np.clip((WORLD - 127) * 3 + 127, 16, 235)
HOLE = np.zeros(SIZE, bool)
HOLE[30:50, 60:180] = cv2.dilate((np.indices((20, 120)).sum(0) % 16 == 0).astype(np.uint8), np.ones((3, 3))) > 0


def view(left, hidden, light=0.0, kind=np.uint8):
    scale = 1 if kind == np.uint8 else 4
    luma = cv2.warpAffine(WORLD, np.array([[1, 0, -left], [0, 1, 0]], float), SIZE[::-1], flags=cv2.INTER_CUBIC) + light
    shown = np.where(hidden, 235, np.clip(luma, 0, 255))
    chroma = np.where(ground.halved(hidden), 90, 140.0)
    planes = [np.rint(one * scale).astype(kind) for one in (shown, chroma, chroma)]
    return View.of(planes, hidden), luma


def shot_of(views):
    def wide(index):
        one = views[index]
        return cv2.resize(one.levels, (120, 40), interpolation=cv2.INTER_AREA), one.hidden[::2, ::2]

    half = np.diag([0.5, 0.5, 1])
    return ShotMotion(lambda index: (views[index].levels, views[index].hidden), len(views), wide, half)


def psnr(one, other):
    return 10 * np.log10(255**2 / np.mean(np.square(one - other)))


@pytest.mark.parametrize("kind", [np.uint8, np.uint16], ids=["8-bit", "10-bit"])
@pytest.mark.parametrize("step", [0.0, 1.5], ids=["still", "panning"])
def test_the_ground_comes_back_from_frames_that_show_it(step, kind):
    nothing = np.zeros(SIZE, bool)
    made = [view(40 + step * index, HOLE if 4 <= index < 12 else nothing, kind=kind) for index in range(16)]
    views = [one for one, _ in made]
    shot = shot_of(views)
    back = Behind(ground.gathered(views, [0, 2, 6, 9, 13, 15], 8, shot))
    for index in (4, 7, 11):
        planes = ground.lit(back.moved(shot.motion(index, 8)), views[index], nothing)
        scale = 1 if kind == np.uint8 else 4
        assert psnr(planes[0][HOLE] / scale, made[index][1][HOLE]) > 38
        assert planes[1][ground.halved(HOLE)] / scale == pytest.approx(140, abs=1)
    assert not back.ground.unseen[HOLE].any()


def test_it_is_lifted_to_the_light_of_the_frame():
    nothing = np.zeros(SIZE, bool)
    views = [view(40, nothing)[0], view(40, HOLE, light=14)[0]]
    shot = shot_of(views)
    there = Behind(ground.gathered(views, [0], 0, shot)).moved(shot.motion(1, 0))
    planes = ground.lit(there, views[1], nothing)
    truth = view(40, HOLE, light=14)[1]
    assert psnr(planes[0][HOLE], truth[HOLE]) > 34


def test_what_stands_before_the_ground_does_not_tell_of_the_light():
    nothing, before = np.zeros(SIZE, bool), np.zeros(SIZE, bool)
    before[20:60, 80:120] = True
    views = [view(40, nothing)[0], view(40, HOLE)[0]]
    views[1].planes[0][before & ~HOLE] = 20
    shot = shot_of(views)
    there = Behind(ground.gathered(views, [0], 0, shot)).moved(shot.motion(1, 0))
    truth = view(40, HOLE)[1]
    right, wrong = (ground.lit(there, views[1], one)[0][HOLE & before] for one in (before, nothing))
    assert psnr(right, truth[HOLE & before]) > 34
    assert psnr(wrong, truth[HOLE & before]) < 30


def test_what_no_frame_shows_is_made_up_and_said_so():
    views = [view(40, HOLE)[0] for _ in range(3)]
    made = ground.gathered(views, [0, 1, 2], 1, shot_of(views))
    assert np.array_equal(made.unseen, HOLE)
    assert psnr(made.planes[0][HOLE], view(40, HOLE)[1][HOLE]) > 18


def test_what_is_only_smeared_is_used_where_nothing_else_is_seen():
    grown = cv2.dilate(HOLE.astype(np.uint8), np.ones((5, 5))) > 0
    views = [View.of(view(40, HOLE)[0].planes, grown, HOLE) for _ in range(3)]
    truth = view(40, HOLE)[1]
    made = ground.gathered(views, [0, 1, 2], 1, shot_of(views))
    assert np.array_equal(made.unseen, HOLE)
    wide = [View.of(one.planes, grown) for one in views]
    guessed = ground.gathered(wide, [0, 1, 2], 1, shot_of(wide))
    assert psnr(made.planes[0][grown], truth[grown]) > psnr(guessed.planes[0][grown], truth[grown]) + 3


@pytest.mark.parametrize("kind", [np.uint8, np.uint16], ids=["8-bit", "10-bit"])
def test_a_painter_makes_up_only_what_no_frame_shows(kind):
    half = HOLE & (np.arange(SIZE[1]) < 120)
    views = [view(40, HOLE if index < 2 else half, kind=kind)[0] for index in range(4)]
    asked = []

    def painter(picture, hole):
        asked.append(hole)
        return np.full_like(picture, 0.25)

    made = ground.gathered(views, range(4), 1, shot_of(views), painter)

    assert len(asked) == 1
    assert np.array_equal(asked[0] & ~half, (asked[0] & ~half) & (np.arange(SIZE[1]) < 122))  # chroma is halved
    assert asked[0][half].all()
    unpainted = ground.gathered(views, range(4), 1, shot_of(views))
    assert np.array_equal(made.planes[0][~half], unpainted.planes[0][~half])
    assert np.abs(made.planes[0] - unpainted.planes[0])[half].mean() > 1
    assert np.array_equal(made.unseen, unpainted.unseen)
