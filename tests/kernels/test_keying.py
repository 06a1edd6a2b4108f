"""Mattes and composites against the exact ones of drawn figures."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import compositing, keying
from reelwright.kernels import plate as plates
from reelwright.media import frames, planes
from reelwright.media.making import screens, studio

SIZE = (320, 180)


def planar(frame):
    return tuple(plane.copy() for plane in planes.of(frame.raw))


def small(picture):
    y, u, v = picture
    return cv2.resize(y, u.shape[::-1], interpolation=cv2.INTER_AREA), u, v


@pytest.fixture(scope="module")
def shot(made):
    """`shot(**given)` -> the made video, its frames' planes, and a keyer that has looked at them."""

    def make(look=None, **given):
        given = {"size": SIZE, **given}

        def write(path):
            return screens.screen(path, seconds=0.2, seed=4, **given)

        clip = made("screen.mp4", write, tuple(sorted(given.items())))
        pictures = [planar(frame) for frame in frames.stream(clip.path)]
        key = plates.find_key([small(one) for one in pictures]).key
        keyer = keying.Keyer(plates.Plate.fitted([small(one) for one in pictures], key), given["size"], look)
        keyer.calibrate(pictures)
        return clip, pictures, keyer

    return make


def alpha(matte):
    return 1 - matte.screen / 255


@pytest.mark.parametrize(
    ("given", "most"),
    [
        pytest.param({}, 0.010, id="green"),
        pytest.param({"colour": screens.BLUE}, 0.018, id="blue"),
        pytest.param({"uneven": 0.5}, 0.010, id="uneven"),
        pytest.param({"hair": (205, 175, 110)}, 0.012, id="blond"),
        pytest.param({"colour": (20, 90, 34)}, 0.017, id="dark"),
        pytest.param({"grain": 6.0}, 0.012, id="grainy"),
        pytest.param({"spill": 0.12}, 0.012, id="spilled"),
    ],
)
def test_the_matte_is_near_the_drawn_one(shot, given, most):
    clip, pictures, keyer = shot(**given)
    off = np.abs(alpha(keyer.matte(*pictures[2])) - clip.alpha_of(2))

    assert off.mean() < most
    inside = cv2.erode(clip.alpha_of(2), np.ones((9, 9)))
    assert off[inside == 1].mean() < 0.01
    outside = cv2.dilate(clip.alpha_of(2), np.ones((15, 15)))
    assert off[outside == 0].max() < 0.1


def test_hair_is_kept_soft(shot):
    clip, pictures, keyer = shot()
    truth, found = clip.alpha_of(2), alpha(keyer.matte(*pictures[2]))
    hair = (truth > 0.2) & (cv2.erode(truth, np.ones((5, 5))) == 0) & (np.arange(SIZE[1]) < 60)[:, None]

    assert hair.sum() > 100
    assert found[hair].mean() == pytest.approx(truth[hair].mean(), rel=0.4)
    assert np.corrcoef(found[:60].ravel(), truth[:60].ravel())[0, 1] > 0.95


def test_a_step_of_the_exposure_is_followed_at_once(shot):
    clip, pictures, keyer = shot()
    keyer.matte(*pictures[1])
    y, u, v = (plane.astype(np.float32) for plane in pictures[2])
    dim = (y * 0.6).astype(np.uint8), *((128 + (plane - 128) * 0.6).astype(np.uint8) for plane in (u, v))

    assert np.abs(alpha(keyer.matte(*dim)) - clip.alpha_of(2)).mean() < 0.015


def lit(picture, light):
    """The picture under other light: factors of its columns."""
    y, u, v = picture
    half = light[::2]
    return (y * light).astype(np.uint8), *((128 + (plane - 128.0) * half).astype(np.uint8) for plane in (u, v))


def test_light_that_wanders_is_followed_though_the_whole_is_as_bright_as_ever(shot):
    clip, pictures, keyer = shot()
    across = np.linspace(-1, 1, SIZE[0])
    for number in range(60):
        light = 0.8 + 0.2 * number / 60 * across
        matte = keyer.matte(*lit(pictures[2], light))

    assert np.abs(alpha(matte) - clip.alpha_of(2)).mean() < 0.015


def test_a_flash_of_one_frame_leaves_no_trace(shot):
    _, pictures, keyer = shot()
    before = alpha(keyer.matte(*pictures[2]))
    keyer.matte(*lit(pictures[2], np.full(SIZE[0], 0.7)))
    after = alpha(keyer.matte(*pictures[2]))

    assert np.abs(after - before).mean() < 0.002


def test_without_a_screen_in_view_all_of_the_frame_stays(shot):
    _, pictures, keyer = shot()
    y = pictures[0][0]
    grey = np.full_like(pictures[0][1], 128)
    matte = keyer.matte(y, grey, grey)

    assert not matte.has_screen
    assert (alpha(matte) == 1).all()
    assert compositing.over((y, grey, grey), matte, pictures[0])[0] is y


@pytest.mark.parametrize(
    ("look", "softer", "larger"),
    [
        pytest.param(keying.Look(softness=0.0), False, None, id="hard"),
        pytest.param(keying.Look(edge=-0.6), None, False, id="shrunk"),
        pytest.param(keying.Look(edge=0.6), None, True, id="grown"),
    ],
)
def test_what_a_user_turns_does_what_it_says(shot, look, softer, larger):
    _, pictures, plain = shot()
    _, _, turned = shot(look)
    before, after = alpha(plain.matte(*pictures[2])).copy(), alpha(turned.matte(*pictures[2]))

    if softer is False:
        assert ((after > 0.05) & (after < 0.95)).mean() < ((before > 0.05) & (before < 0.95)).mean() / 3
    if larger is not None:
        assert bool(after.mean() > before.mean()) is larger


def test_skin_has_nothing_of_a_yellow_wall():
    yellow = plates.Key.of(-70, 10)
    u, v = np.float32(-20), np.float32(24)

    assert yellow.along(u, v) > 15
    assert yellow.along(u, v) - keying.aside(yellow) * yellow.aside(u, v) < 3
    assert keying.aside(plates.Key.of(-37, -54)) == keying.ASIDE


def ground(value=(150, 110, 150)):
    wide, high = SIZE
    shapes = ((high, wide), (high // 2, wide // 2), (high // 2, wide // 2))
    return tuple(np.full(shape, one, np.uint8) for shape, one in zip(shapes, value, strict=True))


def test_before_another_background_nothing_of_the_screen_is_left(shot):
    clip, pictures, keyer = shot()
    matte = keyer.matte(*pictures[2])
    done = compositing.over(pictures[2], matte, ground())

    empty = cv2.dilate(clip.alpha_of(2), np.ones((15, 15))) == 0
    assert (done[0][empty] == 150).mean() > 0.98
    # Also in the hair: no pixel leans to green from what is put together.
    green = keyer.plate.key.along(done[1].astype(np.float32) - 128, done[2].astype(np.float32) - 128)
    assert np.percentile(green, 99.5) < 12


def test_the_subject_keeps_its_colours(shot):
    clip, pictures, keyer = shot(spill=0.0)
    done = compositing.over(pictures[2], keyer.matte(*pictures[2]), ground())

    solid = cv2.erode(clip.alpha_of(2), np.ones((13, 13)))
    for plane, source in zip(done, pictures[2], strict=True):
        inside = cv2.resize(solid, plane.shape[::-1]) == 1
        assert np.abs(plane[inside].astype(int) - source[inside]).mean() < 1.5


def test_spilled_light_is_taken_away_as_far_as_wanted(shot):
    _, pictures, keyer = shot(spill=0.25, hair=(60, 60, 60))
    matte = keyer.matte(*pictures[2])

    left = [
        compositing.spill(*compositing.over(pictures[2], matte, ground(), despill)[1:], matte)
        for despill in (0.0, 0.5, 1.0)
    ]

    assert left[0] > left[1] > left[2]
    assert left[2] < left[0] / 4


def test_a_cut_out_put_back_before_its_screen_is_the_picture(shot):
    _, pictures, keyer = shot(spill=0.0)
    matte = keyer.matte(*pictures[2])
    y, _, _, covered = compositing.cut_out(pictures[2], matte, despill=0.0)

    lit = cv2.resize(matte.plate[0].astype(np.float32), SIZE)
    part = covered / 255
    again = y * part + lit * (1 - part)
    assert np.abs(again - pictures[2][0]).mean() < 2.5


@pytest.mark.parametrize("size", [(322, 178), (162, 90), (182, 322), (498, 102), (646, 366)], ids=str)
def test_sizes_that_cells_do_not_fill_are_keyed_to_their_edges(shot, size):
    clip, pictures, keyer = shot(size=size)
    matte = keyer.matte(*pictures[2])
    off = np.abs(alpha(matte) - clip.alpha_of(2))

    assert (matte.screen.shape, matte.half.shape) == (size[::-1], (size[1] // 2, size[0] // 2))
    assert off.mean() < 0.025
    assert max(off[-4:].mean(), off[:, -4:].mean()) < 0.025


@pytest.mark.parametrize("size", [(2, 2), (4, 2), (2, 16), (16, 16)], ids=str)
def test_the_smallest_pictures_are_keyed(size):
    wide, high = size
    key = plates.Key.of(-37, -54)
    plate = plates.Plate(key, np.array([[123.0], [-37.0], [-54.0]]) * np.eye(1, plates.TERMS), 0.0)
    picture = tuple(
        np.full(shape, value, np.uint8)
        for shape, value in zip(((high, wide), *[(high // 2, wide // 2)] * 2), (123, 91, 74), strict=True)
    )

    assert (keying.Keyer(plate, size).matte(*picture).screen == 255).all()


def test_a_hair_far_from_all_else_is_seen():
    """It covers a part of one cell only."""
    key = plates.Key.of(-37, -54)
    plate = plates.Plate(key, np.array([[123.0], [-37.0], [-54.0]]) * np.eye(1, plates.TERMS), 0.0)
    y, u, v = (
        np.full(shape, value, np.uint8)
        for shape, value in zip(((720, 1280), (360, 640), (360, 640)), (123, 91, 74), strict=True)
    )
    y[200:300, 400:402], u[100:150, 200], v[100:150, 200] = 40, 128, 128

    found = alpha(keying.Keyer(plate, (1280, 720)).matte(y, u, v))

    assert found[210:290, 400:402].min() > 0.7
    assert found[:, :380].max() == found[:, 420:].max() == 0


def test_a_matte_hangs_little_on_the_frames_before(shot):
    """What is kept from frame to frame is kept only as long as it is good."""
    _, pictures, keyer = shot(smear=6)
    kept = [alpha(keyer.matte(*one)) for one in pictures]

    for picture, found in zip(pictures, kept, strict=True):
        _, _, fresh = shot(smear=6)
        assert np.abs(found - alpha(fresh.matte(*picture))).mean() < 0.002


def test_what_jumps_to_another_place_leaves_nothing_behind(shot):
    _, pictures, keyer = shot()
    there, here = pictures[0], tuple(np.ascontiguousarray(plane[:, ::-1]) for plane in pictures[0])
    moved = tuple(np.roll(plane, plane.shape[1] // 3, axis=1) for plane in there)
    keyer.matte(*there)
    keyer.matte(*there)
    for picture in (moved, here):
        _, _, fresh = shot()
        assert np.abs(alpha(keyer.matte(*picture)) - alpha(fresh.matte(*picture))).mean() < 0.004


def test_a_hair_that_comes_in_is_seen_at_once():
    """Outside of all that was looked at pixel by pixel before."""
    key = plates.Key.of(-37, -54)
    plate = plates.Plate(key, np.array([[123.0], [-37.0], [-54.0]]) * np.eye(1, plates.TERMS), 0.0)
    sizes = ((123, 720, 1280), (91, 360, 640), (74, 360, 640))
    before, after = ([np.full(size, value, np.uint8) for value, *size in sizes] for _ in range(2))
    keyer = keying.Keyer(plate, (1280, 720))
    for y, u, v in (before, after):
        y[600:, 700:900], u[300:, 350:450], v[300:, 350:450] = 60, 128, 128
    for _ in range(3):
        keyer.matte(*before)
    after[0][200:300, 400:402], after[1][100:150, 200], after[2][100:150, 200] = 40, 128, 128

    assert alpha(keyer.matte(*after))[210:290, 400:402].min() > 0.7
    assert alpha(keyer.matte(*before))[:500].max() == 0


@pytest.fixture(scope="module")
def staged(made):
    """`staged(subject, **stage)` -> frames, true alphas and a keyer of a film from the studio."""

    def make(subject, **given):
        stage = studio.Stage(**{"size": (640, 360), **given})
        path, alphas = made("stage.mp4", lambda path: (path, studio.film(path, subject, stage)), (subject, stage))
        pictures = [
            tuple(np.ascontiguousarray(plane) for plane in planes.of(frame.raw.reformat(format="yuv420p")))
            for frame in frames.stream(path)
        ]
        few = [small(one) for one in pictures]
        found = plates.find_key(few)
        assert plates.is_screen(found)
        keyer = keying.Keyer(plates.Plate.fitted(few, found.key), stage.size)
        keyer.calibrate(pictures)
        return pictures, alphas, keyer

    return make


HARD = [  # most mean absolute difference of alpha: what was measured, and a sixth
    pytest.param(studio.smoke, {"spill": 0.0}, 0.0173, id="smoke"),
    pytest.param(studio.glass, {"spill": 0.0}, 0.0120, id="glass"),
    pytest.param(studio.fan, {"colour": (60, 190, 80)}, 0.0120, id="vivid-blurred"),
    pytest.param(studio.person(), {"width": 0.7}, 0.0046, id="walls-beside"),
    pytest.param(studio.person(coat=(60, 75, 120)), {"colour": (30, 60, 200)}, 0.0130, id="coat-near-the-key"),
    pytest.param(studio.person(), {"marks": 0.5, "crf": 22}, 0.0060, id="marks"),
    pytest.param(studio.person(), {"creases": 0.35}, 0.0090, id="creases"),
    pytest.param(studio.person(near=0.35), {"uneven": 0.4}, 0.0023, id="far"),
    pytest.param(studio.person(near=2.1), {"crf": 22}, 0.0082, id="near"),
    pytest.param(studio.leaves, {"colour": screens.BLUE}, 0.0047, id="leaves"),
]


@pytest.mark.parametrize(("subject", "given", "most"), HARD)
def test_hard_things_before_hard_screens_are_keyed(staged, subject, given, most):
    pictures, alphas, keyer = staged(subject, **given)
    off = [np.abs(alpha(keyer.matte(*one)) - truth).mean() for one, truth in zip(pictures, alphas, strict=True)]

    assert np.mean(off) < most
