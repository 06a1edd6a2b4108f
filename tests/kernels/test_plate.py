"""The screen's colour and light are found from pictures whose screen is known."""

import numpy as np
import pytest

from reelwright.kernels import plate as plates

HIGH, WIDE = 90, 160
GREEN, BLUE, YELLOW = (123, -37, -54), (70, 58, -24), (160, -70, 10)  # luma, and chroma around 0


def lit(fall=0.3):
    """Light of second order, 1 at its brightest."""
    y, x = np.mgrid[-1 : 1 : HIGH * 1j, -1 : 1 : WIDE * 1j]
    light = 1 - fall * ((x - 0.3) ** 2 + 0.5 * x * y + (y + 0.2) ** 2) / 4
    return light / light.max()


def screened(colour=GREEN, *, fall=0.3, exposure=1.0, subject=True, grain=1.0, seed=0):
    """Y, U, V of one size: an uneven screen with grain, somebody grey and skin-coloured before it."""
    random = np.random.default_rng(seed)
    light = lit(fall) * exposure
    planes = [part * light + random.normal(0, grain, light.shape) for part in colour]
    if subject:
        for plane, coat, skin in zip(planes, (60, 2, -1), (150, -18, 22), strict=True):
            plane[50:, 50:110] = coat * exposure
            plane[20:50, 65:95] = skin * exposure
    planes[1:] = [plane + plates.NEUTRAL for plane in planes[1:]]
    return tuple(np.clip(np.round(plane), 0, 255).astype(np.uint8) for plane in planes)


def close(hue, other):
    return abs((hue - other + 180) % 360 - 180) < 4


@pytest.mark.parametrize("colour", [GREEN, BLUE, YELLOW], ids=["green", "blue", "yellow"])
def test_the_key_is_the_colour_at_the_borders(colour):
    found = plates.find_key([screened(colour, seed=seed) for seed in range(3)])

    assert plates.is_screen(found)
    assert close(found.key.hue, np.degrees(np.arctan2(colour[2], colour[1])) % 360)
    assert 0.6 < found.share < 0.9


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(screened((120, 0, 0)), id="grey-wall"),
        pytest.param(screened((120, -5, -8)), id="pale-wall"),
        pytest.param(screened((140, -20, 25)), id="skin-coloured-wall"),
        pytest.param(tuple(np.rot90(plane, 2) for plane in screened((120, 0, 0))), id="upside-down"),
    ],
)
def test_what_is_no_screen_is_refused(picture):
    assert not plates.is_screen(plates.find_key([picture]))


def test_a_green_thing_in_the_middle_is_no_screen():
    picture = screened((120, 0, 0), subject=False)
    picture[1][30:60, 50:110], picture[2][30:60, 50:110] = 91, 74

    assert not plates.is_screen(plates.find_key([picture]))


def test_the_light_is_fitted_behind_the_subject():
    key = plates.Key.of(*GREEN[1:])
    plate = plates.Plate.fitted([screened(seed=seed) for seed in range(2)], key)

    for found, part in zip(plate.at(WIDE, HIGH), GREEN, strict=True):
        assert np.abs(found - part * lit()).max() < 2.5
    assert plate.spread < 0.03


def test_pictures_under_other_exposures_tell_of_one_light():
    key = plates.Key.of(*GREEN[1:])
    plate = plates.Plate.fitted([screened(exposure=one, seed=seed) for seed, one in enumerate((0.5, 1.0, 0.8))], key)

    strength = plate.key.along(*plate.at(WIDE, HIGH)[1:])
    assert strength / strength.max() == pytest.approx(lit() / lit().max(), abs=0.03)


def test_without_the_colour_there_is_no_plate():
    assert plates.Plate.fitted([screened((120, 0, 0))], plates.Key.of(*GREEN[1:])) is None


def test_grass_is_uneven_and_a_screen_is_not():
    random = np.random.default_rng(1)
    y, u, v = screened(subject=False)
    blades = random.choice([0.4, 1.0, 1.5], y.shape)
    grass = (y, *((128 + (plane.astype(float) - 128) * blades).astype(np.uint8) for plane in (u, v)))
    key = plates.Key.of(*GREEN[1:])

    coarse = tuple(np.kron(plane[::3, ::3], np.ones((3, 3), np.uint8)) for plane in grass)
    assert plates.Plate.fitted([coarse], key).spread > plates.MOST_UNEVEN
    assert plates.Plate.fitted([(y, u, v)], key).spread < plates.MOST_UNEVEN / 3


def test_a_plate_follows_a_lamp_that_moves_and_keeps_its_strength():
    key = plates.Key.of(*GREEN[1:])
    plate = plates.Plate.fitted([screened(fall=0.1)], key)
    before = plate.key.along(*plate.at(WIDE, HIGH)[1:])

    for seed in range(12):
        plate = plate.updated(screened(fall=0.5, exposure=0.7, seed=seed))

    after = plate.key.along(*plate.at(WIDE, HIGH)[1:])
    assert after.mean() == pytest.approx(before.mean(), rel=0.02)
    assert after / after.mean() == pytest.approx(lit(0.5) / lit(0.5).mean(), abs=0.04)


def test_a_picture_without_the_screen_leaves_the_plate_as_it_is():
    plate = plates.Plate.fitted([screened()], plates.Key.of(*GREEN[1:]))

    assert plate.updated(screened((120, 0, 0))) is plate


def walled(border, colour=GREEN):
    """A screen with so many columns of grey wall on each side."""
    y, u, v = (plane.copy() for plane in screened(colour))
    for plane, grey in ((y, 90), (u, plates.NEUTRAL), (v, plates.NEUTRAL)):
        plane[:, :border] = plane[:, -border:] = grey
    return y, u, v


def test_a_screen_with_walls_beside_it_is_found():
    wide = screened(GREEN)[0].shape[1]
    found = plates.find_key([walled(wide // 7)])

    assert found.border < plates.LEAST_BORDER
    assert plates.is_screen(found)


def test_a_wall_of_another_colour_has_to_reach_around():
    wide = screened(YELLOW)[0].shape[1]
    assert not plates.is_screen(plates.find_key([walled(wide // 7, YELLOW)]))
