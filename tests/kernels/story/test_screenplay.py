"""Scripts: who says which line, and what is only seen."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.kernels.story import dressing, screenplay
from reelwright.kernels.story.figures import CROWD, Cast

ZH = """雨夜

第1场 咖啡馆 夜 内
窗外下着大雨。林秋坐在窗边。
老周：（收起雨伞）让你久等了。
林秋（颤抖着打开信）：这是他的字。
旁白：那一夜，她没有回家。

第2场 火车站 清晨 外
站台上空无一人。火车慢慢开走。
"""
EN = """THE KEY

INT. OLD LIBRARY - NIGHT

Rain beats on the windows. ANNA climbs a ladder.

ANNA
(whispering)
It must be here.
It must.

BEN: Looking for this?

EXT. HARBOUR - DAWN

A ship leaves.
"""


def told(text, language, mode):
    story = screenplay.read(text, language)
    cast = Cast(story.figures, language)
    takes = [one for board in story.boards for one in screenplay.takes(board.text, cast, story.places, mode)]
    return story, takes


def spoken(text, language, mode):
    story, takes = told(text, language, mode)
    return [(story.figures[one.speaker].name if one.speaker is not None else None, one.text) for one in takes]


def test_chinese_dialogue():
    assert spoken(ZH, "zh", "dialogue") == [
        ("老周", "让你久等了。"),
        ("林秋", "这是他的字。"),
        (None, "那一夜，她没有回家。"),
        (None, "站台上空无一人。火车慢慢开走。"),
    ]


def test_english_dialogue():
    assert spoken(EN, "en", "dialogue") == [
        ("Anna", "It must be here. It must."),
        ("Ben", "Looking for this?"),
        (None, "A ship leaves."),
    ]


def test_with_a_narrator_action_is_told_too():
    said = spoken(ZH, "zh", "third_person")

    assert said[0] == (None, "窗外下着大雨。林秋坐在窗边。")
    assert ("老周", "让你久等了。") in said


def test_names_brackets_and_headings_are_never_told():
    for mode in ("dialogue", "third_person", "first_person_vo"):
        whole = "".join(text for _, text in spoken(ZH, "zh", mode))
        assert not re.search("第1场|老周：|收起雨伞|颤抖|旁白|雨夜", whole)


@pytest.mark.parametrize(
    ("text", "language", "title", "people"),
    [(ZH, "zh", "雨夜", {"老周", "林秋"}), (EN, "en", "THE KEY", {"Anna", "Ben"})],
    ids=["zh", "en"],
)
def test_title_and_figures(text, language, title, people):
    story = screenplay.read(text, language)

    assert story.title == title
    assert people <= {one.name for one in story.figures}


def test_scenes_tell_place_time_and_weather():
    story, takes = told(ZH, "zh", "dialogue")
    shots = dressing.dressed(takes, dressing.Stage(Cast(story.figures, "zh"), story.places, story.props))

    first, last = shots[0], shots[-1]
    assert (story.places[first.place].name, first.time, first.weather) == ("咖啡馆", "夜晚", "下雨")
    assert last.time == "清晨"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("地点：北京", "note"),
        ("时间：夜", "note"),
        ("人物：爱丽丝、鲍勃", "note"),
        ("他想了很久：这条路到底通向什么地方呢，没有人知道", "action"),
    ],
)
def test_lines_with_a_colon_that_nobody_says(line, kind):
    assert [one.kind for one in screenplay.lines(line, "zh")] == [kind]


LINES = st.lists(
    st.sampled_from(
        [
            "老周：走吧。",
            "林秋：（笑）不。",
            "她走开。",
            "第2场 山上 日",
            "",
            "（雷声）",
            "ANNA",
            "Come here.",
            "……",
            "😀",
            "BEN: Yes!",
        ]
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=60)
@given(LINES, st.sampled_from(["dialogue", "third_person", "first_person_vo"]))
def test_every_line_is_told_once(lines, mode):
    _, takes = told("\n".join(["第1场 屋里 夜", *lines]), "zh", mode)

    whole = "".join(one.text for one in takes)
    for said in ("走吧。", "不。", "Yes!"):
        wanted = sum(said in one and not one.startswith("（") for one in lines)
        assert whole.count(said) == wanted


def test_long_scripts_are_parted_between_scenes():
    scene = "第{}场 屋里 夜\n" + "老周：我们今天晚上一定要走到山的那一边去。\n" * 40
    story = screenplay.read("\n".join(scene.format(one) for one in range(1, 6)), "zh")

    assert len(story.boards) > 1
    assert all(one.text.startswith("第") for one in story.boards)


# ---- as people write them


def said_in(text, language="en", mode="dialogue"):
    """(who, what) of what is spoken, and the names of the places."""
    story, takes = told(text, language, mode)
    spoken = [
        (story.figures[who].name if who is not None else "", words) for take in takes for words, who in take.lines
    ]
    return spoken, [one.name for one in story.places]


@pytest.mark.parametrize(
    ("text", "language", "spoken", "places"),
    [
        pytest.param(
            "INT./EXT. CAR - MOVING - DUSK\nMRS. O'NEIL\nHome at last.",
            "en",
            [("Mrs. O'Neil", "Home at last.")],
            ["car"],
            id="int-ext",
        ),
        pytest.param(
            "INT. KITCHEN - DAY\nMOM\nEat your breakfast.\nJACK (CONT'D)\nI'm not hungry.",
            "en",
            [("Mom", "Eat your breakfast."), ("Jack", "I'm not hungry.")],
            ["kitchen"],
            id="cues-without-blank-lines",
        ),
        pytest.param(
            "EXT. PIER - NIGHT\nJACK\nRun!\nNO WAY\n\nJACK\nGo!",
            "en",
            [("Jack", "Run! NO WAY Go!")],
            ["pier"],
            id="shouted-words-are-no-cue",
        ),
        pytest.param(
            "**INT. HOUSE - DAY**\n**ALICE:** Where is it?\n__BOB__: Here.",
            "en",
            [("Alice", "Where is it?"), ("Bob", "Here.")],
            ["house"],
            id="emphasis",
        ),
        pytest.param(
            "ACT I\nSCENE I. A street in Verona.\nEnter SAMPSON.\nSAMPSON. We'll not carry coals.\nGREGORY. No.",
            "en",
            [("Sampson", "We'll not carry coals."), ("Gregory", "No.")],
            ["street"],
            id="a-play",
        ),
        pytest.param(
            "1、教室 日 内\n△小明写作业。\n小明OS：今天怎么这么慢？\n老师（严肃）：小明！\n"
            "2、操场 夜 外\n众人：加油！\n小红 & 小明：我们赢了！",
            "zh",
            [("小明", "今天怎么这么慢？"), ("老师", "小明！"), ("众人", "加油！"), ("小红", "我们赢了！")],
            ["教室", "操场"],
            id="numbered-scenes-and-marks",
        ),
        pytest.param(
            "【第一场】教室 日\n人物：小明\n小明：走吧。\n切至：\n第1集 第2场 操场 夜\n小明：到了。\n全剧终",
            "zh",
            [("小明", "走吧。"), ("小明", "到了。")],
            ["操场", "教室"],
            id="notes-are-not-told",
        ),
    ],
)
def test_scripts_as_people_write_them(text, language, spoken, places):
    found, where = said_in(text, language)

    assert found == spoken
    assert sorted(where) == sorted(places)


@pytest.mark.parametrize("line", ["CUT TO:", "FADE IN:", "THE END", "Characters: Ann, Ben", "剧终", "时间：夜"])
def test_cuts_fades_and_lists_are_never_told(line):
    language = "en" if line.isascii() else "zh"

    found, _ = said_in(f"INT. HALL - DAY\n{line}\nANN: Come.", language, "first_person")

    assert [words for _, words in found] == ["Come."]


def test_many_who_speak_at_once_are_a_crowd():
    story = screenplay.read("众人：加油！\n小明：好！", "zh")

    assert {one.name: one.role for one in story.figures} == {"众人": CROWD, "小明": ""}


def test_a_note_says_where_and_when():
    story, takes = told("场景一\n地点：咖啡馆\n时间：夜晚\n李雷：你好。", "zh", "dialogue")

    (setting,) = {one.setting for take in takes for one in take.units}
    assert (story.places[setting.place].name, setting.time) == ("咖啡馆", "night")
