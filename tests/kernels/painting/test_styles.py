"""The 32 styles: all are there, each looks like itself alone, none flickers."""

from dataclasses import replace
from itertools import combinations

import cv2
import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.kernels.painting import reading, styles
from reelwright.kernels.painting.finish import Finish
from reelwright.kernels.painting.pictures import Painting
from reelwright.kernels.painting.stage import Size

IDS = [
    *(
        "RealisticPhotographyPro",
        "RealisticGuzhuangPro",
        "RealisticXianxiaPro",
        "RealisticWesternPro",
        "RealisticPhotography",
    ),
    *(
        "RealisticGuzhuang",
        "RealisticXianxia",
        "RealisticWasteland",
        "RealisticEra",
        "GuofengAnime",
        "GuofengAnime3D",
    ),
    *(
        "AncientRomanceAnime",
        "PostApocalypticAnime",
        "Cartoon3D",
        "Photorealistic3D",
        "SciFiRealism",
        "Chibi3D",
        "ShojoManga",
    ),
    *(
        "ShonenManga",
        "NewPeriodAnime",
        "FairyTale2D",
        "Wasteland2D",
        "InkWuxia",
        "ShadiaoMeme",
        "Chibi2D",
        "Ghibli",
        "SciFiComic",
    ),
    *(
        "AmericanSuperhero",
        "Hokusai",
        "RealisticComic",
        "CinematicRealism",
        "MinimalistRealism",
    ),
]
SIZE = Size(320, 180)
SCENE = "an old man and a girl walk in a village by a lake, pagoda, afternoon"
APART = 5.0
"""Least distance of two styles: of their statistics, in CIELAB units."""


def painted(name, at=2.0, size=SIZE):
    scene = replace(reading.read(SCENE), preset=name)
    return Painting(scene, size, seed=3).frame(at, 5.0).copy()


@pytest.fixture(scope="module")
def frames():
    return {name: painted(name) for name in styles.STYLES}


def statistics(rgba):
    """Of palette and line, in units of CIELAB: means, spreads, darkest, brightest, lines and grain."""
    lab = cv2.cvtColor(rgba[..., :3].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    light = lab[..., 0]
    rough = np.abs(light - cv2.GaussianBlur(light, (0, 0), 1.2))
    return np.array(
        [
            *lab.reshape(-1, 3).mean(axis=0),
            *lab.reshape(-1, 3).std(axis=0),
            *np.quantile(light, (0.05, 0.95)),
            4 * rough.mean(),
            100 * (rough > 8).mean(),
        ]
    )


def test_there_are_the_32_of_the_list():
    assert list(styles.STYLES) == IDS


def test_each_pair_of_styles_can_be_told_apart(frames):
    told = {name: statistics(frame) for name, frame in frames.items()}
    apart = {(a, b): float(np.linalg.norm(told[a] - told[b])) for a, b in combinations(told, 2)}
    assert len(apart) == 496
    nearest = min(apart, key=apart.__getitem__)
    assert apart[nearest] > APART, f"{nearest} are {apart[nearest]:.2f} apart"


def test_each_style_differs_from_the_painter_s_own(frames):
    own = statistics(painted(""))
    assert min(np.linalg.norm(statistics(frame) - own) for frame in frames.values()) > APART


@pytest.mark.parametrize("name", ["ShonenManga", "InkWuxia"])
def test_black_and_white_styles_have_no_colours_to_speak_of(frames, name):
    assert np.ptp(frames[name][..., :3].astype(int), axis=2).mean() < 20


@pytest.mark.parametrize("name", ["ShadiaoMeme", "AmericanSuperhero", "ShonenManga"])
def test_bold_lines_are_dark_and_many(frames, name):
    dark = (frames[name][..., :3].max(axis=2) < 50).mean()
    assert dark > 0.03 + (painted("")[..., :3].max(axis=2) < 50).mean()


@pytest.mark.parametrize("name", IDS)
def test_nothing_of_a_style_flickers(name):
    """A frame that stands still is finished alike each time: textures lie still on it."""
    finish, frame = Finish(styles.STYLES[name], SIZE), painted("")
    one, other = finish.frame(frame.copy()), finish.frame(frame.copy())
    assert (one == other).all()
    assert (one[..., 3] == 255).all()


@pytest.mark.parametrize("name", ["Chibi2D", "Hokusai", "ShojoManga", "CinematicRealism"])
def test_a_styled_film_changes_little_from_frame_to_frame(name):
    plain, styled = (
        np.abs(painted(style, 2.0).astype(int) - painted(style, 2.0 + 1 / 24)).mean() for style in ("", name)
    )
    assert styled < 3.5 * plain + 0.5


@pytest.mark.parametrize("name", ["AmericanSuperhero", "Hokusai", "GuofengAnime"])
def test_a_plain_finish_leaves_an_even_ground_even(name):
    frame = np.full((60, 80, 4), (150, 170, 160, 255), np.uint8)
    made = Finish(styles.STYLES[name], Size(80, 60), plain=True).frame(frame)
    assert (made == made[0, 0]).all()


@pytest.mark.parametrize(
    ("given", "near"),
    [("Gibli", "Ghibli"), ("hokusai", "Hokusai"), ("realisticphotografy", "RealisticPhotography"), ("?", "InkWuxia")],
)
def test_an_unknown_style_is_refused_with_near_names(given, near):
    with pytest.raises(InvalidParameter, match=near) as refused:
        styles.find(given, field="params.style")
    assert refused.value.field == "params.style"


def test_no_style_is_none():
    assert styles.find("") is None
    assert styles.asked("a cat", "") == "a cat"
    assert styles.refused("a cat", "dogs", "") == "dogs"


@pytest.mark.parametrize("name", IDS)
def test_models_are_told_of_a_style_in_the_prompt_s_language(name):
    english, chinese = styles.asked("A cat.", name), styles.asked("一只猫。", name)
    assert english.startswith("A cat, ")
    assert english.isascii()
    assert chinese.startswith("一只猫，")
    assert len(chinese) > 12
    assert styles.refused("A cat.", "dogs", name).startswith("dogs, ")
    assert "水印" in styles.refused("一只猫", "", name)


def test_no_two_styles_say_the_same():
    assert len({styles.asked("", name) for name in IDS} | {styles.asked("猫", name) for name in IDS}) == 64
