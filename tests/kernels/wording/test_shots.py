"""A story told as shots: nothing lost, nothing too long, scenes where the place changes."""

import re

import pytest

from reelwright.kernels.wording import shots

ZH = """月下

清晨，小明在咖啡馆里等人。他看了看手表。

“你迟到了！”小明说。小红跑了进来，“路上堵车。”

晚上，两人走到河边。小红望着水面，想起了从前的事；小明没有说话，只是慢慢地往前走，走过了一座又一座桥，走过了许多亮着灯的窗户，也走过了他们小时候一起上学的那条安静的老街，一直走到再也听不见人声的地方。
"""
EN = """THE KEY

Anna waited in the small garden. It was morning. "Where is the key?" asked Mr. Brown.

At night Anna and Mr. Brown walked to the old harbour. Anna looked at the water. She smiled!
"""


def squeezed(text):
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize(("text", "spoken", "title"), [(ZH, "zh", "月下"), (EN, "en", "THE KEY")])
def test_every_word_of_the_text_is_narrated_once(text, spoken, title):
    told = shots.script(text, spoken)
    assert told.title == title
    assert squeezed("".join(one.narration for one in told.shots)) == squeezed(text.replace(title, "", 1))


@pytest.mark.parametrize(("text", "spoken"), [(ZH, "zh"), (EN, "en")])
def test_a_shot_is_no_longer_than_sixteen_seconds(text, spoken):
    told = shots.script(text, spoken)
    assert all(one.seconds <= shots.MOST_SECONDS for one in told.shots)
    assert [one.number for one in told.shots] == list(range(1, len(told.shots) + 1))


def test_a_scene_begins_with_another_place_or_time():
    told = shots.script(ZH, "zh")
    scenes = {one.scene: (one.place, one.time) for one in told.shots}
    assert scenes == {1: ("咖啡馆", "清晨"), 2: ("河边", "晚上")}
    english = {one.scene: (one.place, one.time) for one in shots.script(EN, "en").shots}
    assert english == {1: ("small garden", "morning"), 2: ("old harbour", "night")}


def test_the_size_of_a_shot_follows_what_happens():
    told = shots.script(ZH, "zh")
    first = {scene: next(one.size for one in told.shots if one.scene == scene) for scene in (1, 2)}
    assert first == {1: "全景", 2: "全景"}
    assert next(one.size for one in told.shots if "迟到" in one.narration) == "近景"
    sizes = [one.size for one in told.shots]
    assert all(len(set(sizes[at : at + 3])) > 1 for at in range(len(sizes) - 2))


def test_figures_are_names_and_roles():
    assert set(shots.script(ZH, "zh").figures) >= {"小明", "小红"}
    told = shots.script(EN, "en")
    assert told.figures[0] == "Anna"
    assert "Anna" in told.shots[0].figures


def test_a_picture_is_a_clause_of_its_narration():
    for one in shots.script(ZH, "zh").shots:
        assert one.picture in one.narration
    for one in shots.script(EN, "en").shots:
        assert one.picture.casefold() in one.narration.casefold()


def test_the_script_has_a_line_for_each_scene_and_shot():
    told = shots.script(EN, "en")
    lines = shots.written(told, "en").splitlines()
    assert lines[0] == "THE KEY"
    assert sum(line.startswith("Scene ") for line in lines) == 2
    assert sum(line.startswith("Shot ") for line in lines) == len(told.shots)
    assert "Scene 1: small garden · morning" in lines


@pytest.mark.parametrize(("text", "spoken"), [("你好", "zh"), ("Hello", "en"), ("一二三", "zh")])
def test_a_word_is_a_shot(text, spoken):
    (only,) = shots.script(text, spoken).shots
    assert (only.narration, only.scene, only.place) == (text, 1, "")
