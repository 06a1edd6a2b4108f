"""What is read from prompts, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.kernels.painting.reading import read


@pytest.mark.parametrize(
    ("prompt", "setting", "time", "weather", "subjects"),
    [
        ("A red kite over a green meadow on a sunny afternoon", "meadow", "day", "clear", {"kite": "#c8322f"}),
        ("一只橘色的猫坐在窗前，窗外下着雨，夜晚", "room", "night", "rain", {"cat": "#e8822b"}),
        (
            "a woman with a red umbrella, city street, rainy night",
            "street",
            "night",
            "rain",
            {"woman": None, "umbrella": "#c8322f"},
        ),
        ("清晨薄雾中的湖面上，一叶小舟", "lake", "dawn", "fog", {"boat": None}),
        ("黄昏，老人牵着一匹白马走过沙漠", "desert", "dusk", "clear", {"man": None, "horse": "#f4f1ea"}),
        ("snow falls on a quiet village at midnight", "village", "night", "snow", {}),
        ("goldfish swimming in a coral reef", "underwater", None, "clear", {"fish": None}),
        ("a boat", "lake", None, "clear", {"boat": None}),
        ("a cup of tea", "room", "day", "clear", {"cup": None}),
    ],
)
def test_a_prompt_names_place_time_weather_and_things(prompt, setting, time, weather, subjects):
    scene = read(prompt)
    assert (scene.setting, scene.weather) == (setting, weather)
    assert time is None or scene.time == time
    assert {one.kind: one.colour for one in scene.subjects} == subjects


@pytest.mark.parametrize(
    ("prompt", "camera"),
    [
        ("a sea, pan left", "left"),
        ("大海，镜头推进", "push"),
        ("aerial drone shot of a sea", "down"),
        ("环绕拍摄的塔", "orbit"),
    ],
)
def test_words_of_the_camera(prompt, camera):
    assert read(prompt).camera == camera


@pytest.mark.parametrize(
    ("prompt", "unwanted"),
    [
        ("a meadow without people", ""),
        ("草地上没有人群", ""),
        ("a man on a meadow", "man"),
        ("people on a meadow", "people, text"),
    ],
)
def test_what_is_refused_is_left_out(prompt, unwanted):
    assert read(prompt, unwanted=unwanted).subjects == ()


def test_plurals_and_groups_are_many():
    assert [one.many for one in read("two dogs on a beach").subjects] == [True]
    assert [one.many for one in read("一群鸟飞过海面").subjects] == [True]
    assert [one.many for one in read("a dog on a beach").subjects] == [False]


def test_words_inside_of_others_do_not_count():
    kinds = {one.kind for one in read("a carpet and a caterpillar in the sandcastle").subjects}
    assert not kinds & {"car", "cat"}


def test_a_prompt_of_unknown_words_still_has_a_scene_of_its_own():
    scenes = {read(f"qwrt {number}").setting for number in range(40)}
    assert len(scenes) > 4
    assert read("qwrt 7") == read("qwrt 7")


@given(st.text(max_size=200), st.text(max_size=50))
def test_any_text_can_be_read(prompt, unwanted):
    assert read(prompt, unwanted=unwanted).setting
