"""Signs drawn over pictures that change, and over ones that stand still."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import logos
from reelwright.kernels.lasting import lasting_gradient
from reelwright.kernels.logos import Box, Search

SIZE = (320, 180)
BOX = (240, 14, 60, 24)


def scenery(seed, x=0):
    random = np.random.default_rng(seed)
    grid = random.random((24, 48)).astype(np.float32)
    whole = cv2.resize(grid, (1200, 400), interpolation=cv2.INTER_CUBIC)
    return np.clip(30 + 180 * whole[40 : 40 + SIZE[1], 20 + x : 20 + x + SIZE[0]], 0, 255).astype(np.uint8)


def signed(picture):
    left, top, width, height = BOX
    out = picture.copy()
    out[top : top + height, left : left + width] = 30
    for bar in range(3):
        out[top + 5 + 6 * bar : top + 8 + 6 * bar, left + 6 : left + width - 6] = 240
    return out


def searched(pictures, seconds=10.0, within=()):
    search = Search()
    for picture in pictures:
        search.push(picture)
    return search.found(seconds, within)


def is_there(found):
    left, top, width, height = BOX
    true = Box(left / SIZE[0], top / SIZE[1], width / SIZE[0], height / SIZE[1])
    return [one for one in found if one.box.overlap(true) > 0.7]


@pytest.mark.parametrize(
    "pictures",
    [
        pytest.param([signed(scenery(1, 9 * index)) for index in range(48)], id="moving-camera"),
        pytest.param([signed(scenery(index)) for index in range(48)], id="many-scenes"),
        pytest.param([(signed if index < 24 else np.copy)(scenery(1, 9 * index)) for index in range(48)], id="half"),
        pytest.param([(signed if index < 24 else np.copy)(scenery(1)) for index in range(48)], id="half-on-a-tripod"),
    ],
)
def test_a_sign_is_found(pictures):
    (found,) = is_there(searched(pictures))
    assert abs(found.box.width * SIZE[0] - BOX[2]) < 12


def test_a_sign_over_plain_sky_is_found_when_the_rest_moves():
    pictures = [scenery(1, 9 * index) for index in range(48)]
    for picture in pictures:
        picture[:70] = 150
    (found,) = is_there(searched([signed(picture) for picture in pictures]))
    assert not found.still


@pytest.mark.parametrize(
    "pictures",
    [
        pytest.param([scenery(1, 9 * index) for index in range(48)], id="moving-camera"),
        pytest.param([scenery(index // 3) for index in range(48)], id="scenes-that-stand"),
    ],
)
def test_films_without_signs_have_none(pictures):
    assert [one for one in searched(pictures) if not one.still] == []


def test_a_white_sign_is_found_that_bright_ground_hides_now_and_then():
    pictures = [scenery(1, 9 * index) for index in range(48)]
    for index, picture in enumerate(pictures):
        np.copyto(picture, (picture // 6 + (40, 140, 190)[index % 3]).astype(np.uint8))
        for bar in range(3):
            picture[20 + 8 * bar : 23 + 8 * bar, 246 : 294 - 12 * bar] = 240
    (found,) = is_there(searched(pictures))
    assert not found.still


@pytest.mark.parametrize("size", [(320, 180), (1280, 720)], ids=["small", "large"])
@pytest.mark.parametrize(
    ("left", "top", "right", "bottom", "told"),
    [
        pytest.param(0.80, 0.05, 0.97, 0.15, True, id="in-a-corner"),
        pytest.param(0.80, 0.05, 1.00, 0.15, False, id="at-the-border"),
        pytest.param(0.55, 0.05, 0.72, 0.15, False, id="beside-the-middle"),
        pytest.param(0.95, 0.05, 0.97, 0.07, False, id="too-small"),
    ],
)
def test_before_a_still_camera_a_sign_is_one_near_a_corner(size, left, top, right, bottom, told):
    covered = np.zeros((size[1], size[0] // 2), bool)
    across = [round(one * size[0]) - size[0] // 2 for one in (left, right)]
    covered[round(top * size[1]) : round(bottom * size[1]), across[0] : across[1]] = True
    found = logos.Found(Box(left, top, right - left, bottom - top), 99, still=True)

    assert found.is_put(covered, (size[0] // 2, 0), size) is told


def test_a_title_of_some_seconds_is_no_logo():
    pictures = [scenery(1, 9 * index) for index in range(48)]
    for picture in pictures[:20]:
        picture[130:150, 100:220] = 20
        picture[135:145, 110:210] = 240
    assert searched(pictures) == []
    assert searched(pictures, within=[Box(0, 0.5, 1, 0.5)]) != []


def test_presence_tells_frames_with_the_sign_from_others():
    worn = signed(scenery(3))
    x, y, far, _ = lasting_gradient([signed(scenery(index)) for index in range(24)])
    presence = logos.Presence(x, y, (np.hypot(x, y) > 8) & (far < 4))

    assert logos.is_on(presence.strength(worn))
    assert not logos.is_on(presence.strength(scenery(3)))
    assert presence.strength(worn.astype(np.uint16) * 4, 4.0) == pytest.approx(presence.strength(worn), abs=0.01)
