"""Looks are read from words, and are the same for the same name."""

import numpy as np
import pytest

from reelwright.kernels.painting import characters, reading
from reelwright.kernels.painting.characters import Member
from reelwright.kernels.painting.pictures import Painting
from reelwright.kernels.painting.stage import Size

KONG = Member("孔乙己", "身材高大的老人，青白脸色，花白胡子，又脏又破的灰色长衫")
KEEPER = Member("掌柜", "胖的中年男人，黑色瓜皮帽，蓝色长衫，小胡子")
ALICE = Member("Alice", "a little girl with long blonde hair, blue dress, white apron")
RABBIT = Member("White Rabbit", "a white rabbit in a red waistcoat with a pocket watch")


@pytest.mark.parametrize(
    ("member", "told"),
    [
        (KONG, {"kind": "man", "is_old": True, "garment": "gown", "beard": "beard", "coat": "#8c8c92"}),
        (KEEPER, {"kind": "man", "hat": "cap", "hat_colour": "#2a282e", "coat": "#3a6fc0", "beard": "moustache"}),
        (ALICE, {"kind": "woman", "garment": "dress", "hair": "#e8c56a", "hair_style": "long", "coat": "#3a6fc0"}),
        (RABBIT, {"kind": "rabbit", "is_animal": True, "skin": "#f1eee6", "held": "watch", "is_upright": True}),
        (Member("Dinah", "a black cat"), {"kind": "cat", "skin": "#2a282e", "is_upright": False}),
        (Member("Caterpillar"), {"kind": "lizard", "is_upright": True}),
        (Member("和尚", "光头和尚，黄色僧袍，禅杖"), {"hair_style": "bald", "garment": "gown", "held": "cane"}),
        (Member("老农", "戴斗笠的老汉，褐色短褂"), {"hat": "cone", "coat": "#80552f", "is_old": True}),
        (Member("伙计", "十二岁的少年，灰色短衣，围裙"), {"garment": "coat", "extras": frozenset({"apron"})}),
        (Member("Knight", "a tall knight in armour with a sword"), {"garment": "armour", "hat": "helmet"}),
    ],
    ids=lambda one: one.name if isinstance(one, Member) else "",
)
def test_looks_are_read(member, told):
    found = characters.read(member.name, member.look)
    assert {name: getattr(found, name) for name in told} == told


def test_children_are_smaller_and_tall_men_taller():
    child, woman, man, tall = (
        characters.read("x", look).height for look in ("a little girl", "a woman", "a man", "a tall man")
    )
    assert child < 0.75 < woman < man < tall


def test_what_is_not_told_hangs_on_the_name_alone():
    assert characters.read("Anna", "") == characters.read("anna", "")
    assert len({characters.read(f"name {n}", "a man").coat for n in range(30)}) > 4


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("Alice walks, the White Rabbit behind her", ["Alice", "White Rabbit"]),
        ("the WHITE RABBIT's house", ["White Rabbit"]),
        ("a malice and a rabbit", []),
        ("酒店里，孔乙己站着，掌柜看着他", ["孔乙己", "掌柜"]),
        ("an empty street", []),
    ],
)
def test_names_are_found_as_whole_words_in_their_order(prompt, names):
    found = characters.named(prompt.lower(), (RABBIT, ALICE, KEEPER, KONG))
    assert [one.name for _, one in found] == names


def test_a_name_inside_of_a_longer_one_does_not_count():
    found = characters.named("queen of hearts", (Member("Queen"), Member("Queen of Hearts")))
    assert [one.name for _, one in found] == ["Queen of Hearts"]


def test_names_and_looks_say_nothing_about_the_scene():
    """No rabbit on four legs beside the White Rabbit; no nameless man beside one who is named."""
    scene = reading.read(f"White Rabbit, {RABBIT.look}, and an old man on a beach", cast=(RABBIT,))
    assert [one.word for one in scene.subjects] == ["White Rabbit"]
    assert scene.setting == "beach"


def test_crowds_and_things_stay_beside_the_cast():
    scene = reading.read("孔乙己，一群孩子，树", cast=(KONG,))
    assert [one.kind for one in scene.subjects] == ["man", "child", "tree"]


def test_whoever_is_not_named_is_not_shown():
    plain = reading.read("a meadow, day")
    cast = reading.read("a meadow, day", cast=(ALICE, RABBIT))
    assert cast == plain


def test_each_has_the_action_told_behind_the_name():
    scene = reading.read("Alice sits on a bench, White Rabbit runs across the meadow", cast=(ALICE, RABBIT))
    assert [(one.word, one.action) for one in scene.subjects] == [("Alice", "sit"), ("White Rabbit", "run")]


def test_an_inn_is_no_glass_of_wine():
    """The Chinese word for inn has the one for wine in it."""
    assert not reading.read("鲁镇的酒店里，他相信，马上", preset="InkWuxia").subjects
    assert reading.read("孔乙己到酒店", cast=(KONG,)).setting == "room"
    assert [one.kind for one in reading.read("桌上一杯酒", preset="InkWuxia").subjects] == ["cup"]


def coloured(picture, code, limit):
    return (np.abs(picture[..., :3].astype(int) - code).sum(axis=2) < limit).mean()


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("place", ["草地，白天", "海边，白天", "村庄，白天"])
def test_a_member_wears_the_same_clothes_in_every_place_whatever_the_seed(place, seed):
    member = Member("小红", "紫色长袍的女子")
    size = Size(320, 180)
    seen, empty = (
        Painting(reading.read(prompt, cast=(member,)), size, seed=seed).frame(2.0, 5.0).copy()
        for prompt in (f"小红，{place}", place)
    )
    gown = (112, 72, 160)
    assert coloured(seen, gown, 60) > 0.002
    assert coloured(empty, gown, 60) < 0.0004


def test_nearer_framings_show_a_face_larger():
    member = Member("小红", "紫色长袍的女子")
    size = Size(180, 320)
    shares = [
        coloured(
            Painting(reading.read(f"{words}小红，草地，白天", cast=(member,)), size, seed=1).frame(2.0, 5.0),
            (112, 72, 160),
            60,
        )
        for words in ("", "中景，", "特写，")
    ]
    assert shares[0] < shares[1] < shares[2]


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("Alice runs", "Alice (a little girl with long blonde hair, blue dress, white apron) runs"),
        ("孔乙己来了", f"孔乙己（{KONG.look}）来了"),
        (f"孔乙己，{KONG.look}", f"孔乙己，{KONG.look}"),
        ("nobody", "nobody"),
    ],
)
def test_models_are_told_what_members_look_like(prompt, told):
    assert characters.described(prompt, (ALICE, KONG)) == told


@pytest.mark.parametrize("prompt", ["酒店，傍晚", "街上，雪，夜晚", "巷口，雨，白天"])
def test_stories_of_old_china_play_in_old_houses(prompt):
    """The looks of the cast tell of their time; without a cast or a style, nothing changes."""
    size = Size(180, 320)
    old, new = (
        Painting(reading.read(f"孔乙己，{prompt}", cast=(Member("孔乙己", look),)), size, seed=1).frame(2.0, 5.0).copy()
        for look in ("老人，灰色长衫", "老人，灰色上衣")
    )
    assert np.abs(old.astype(int) - new)[:160].mean() > 4
    assert not reading.read(prompt).is_old
