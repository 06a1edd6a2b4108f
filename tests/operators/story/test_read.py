"""`story.read` on made stories, and on the two whose truth a person wrote down."""

import os
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from reelwright.errors import EmptyFile, InvalidParameter, ModelNotInstalled, NothingFound, TooLarge
from reelwright.models.port import NoModels
from reelwright.operators import Context
from reelwright.operators.story.read import ReadParams, choose, read

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")) / "text"
STORY = (
    "钟表店\n\n沈秋\n\n清晨，老周走进钟表店。\n\n老周说：“这只怀表，你能修好吗？”\n\n"
    "林秋笑了。她接过怀表看了看。\n\n林秋点头说：“能修。”"
)


def squeezed(text):
    return re.sub(r"\s", "", text)


@pytest.fixture
def told(tmp_path):
    def told(text, name="story.txt", **given):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read(ReadParams(text=str(path), **given), Context.local(out=tmp_path / "out", models=NoModels()))

    return told


def test_a_story_is_read(told):
    found = told(STORY)

    assert (found.title, found.language, len(found.boards)) == ("钟表店", "zh", 1)
    assert squeezed(found.boards[0].text) == squeezed(STORY.split("沈秋", 1)[1])
    assert found.characters == found.boards[0].characters == len(squeezed(found.boards[0].text))
    assert [one.name for one in found.figures] == ["老周", "林秋"]
    assert [one.id for one in found.figures] == ["figure-1", "figure-2"]
    assert found.places[0].name == "钟表店"
    assert "怀表" in {one.name for one in found.props}


def test_voices_differ_and_are_not_the_narrators(told):
    found = told(STORY, narrator="sys_GentleYoungMan")

    assert len({"sys_GentleYoungMan", *(one.voice for one in found.figures)}) == 3


@pytest.mark.parametrize(("mode", "same"), [("first_person", True), ("third_person", False)])
def test_the_storys_i_has_the_narrators_voice_in_the_first_person(told, mode, same):
    text = "我从十二岁起，便在酒店里当伙计。我站着。我不说话。掌柜说，“走开！”掌柜走了。"

    found = told(text, mode=mode, narrator="longbaizhi")

    mine = next(one for one in found.figures if "我" in one.aliases)
    assert (mine.voice == "longbaizhi") is same


def test_the_same_text_is_read_the_same(told):
    assert told(STORY) == told(STORY)


def test_a_given_title_holds(told):
    assert told(STORY, title="怀表").title == "怀表"


def test_a_script_is_read(told):
    found = told("第1场 咖啡馆 夜\n老周：走吧。\n林秋：好。\n", source="script", mode="dialogue")

    assert {one.name for one in found.figures} == {"老周", "林秋"}


@pytest.mark.parametrize(
    ("text", "given", "error", "told_of"),
    [
        pytest.param("他走了。", {"mode": "dialogue"}, InvalidParameter, "source `script`", id="dialogue-of-a-novel"),
        pytest.param("……\n", {}, EmptyFile, "holds no word", id="marks"),
        pytest.param("第一章 甲\n第二章 乙\n", {}, NothingFound, "headings only", id="headings"),
        pytest.param("天" * 30_001, {}, TooLarge, "30,000", id="too-long"),
    ],
)
def test_what_cannot_be_read_is_named(told, text, given, error, told_of):
    with pytest.raises(error, match=told_of):
        told(text, **given)


def test_an_unknown_voice_is_refused_at_once():
    with pytest.raises((ValidationError, InvalidParameter), match="there is no voice"):
        ReadParams(text="a.txt", narrator="nobody")


def test_the_model_tier_needs_a_model(tmp_path):
    params = ReadParams(text=str(tmp_path / "a.txt"), engine="model")

    with pytest.raises(ModelNotInstalled, match="llm_url"):
        choose(params, NoModels())


@pytest.mark.skipif(not DATA.is_dir(), reason="the texts are not here; REELWRIGHT_DATA names the folder above text/")
@pytest.mark.parametrize(
    ("name", "figures", "places"),
    [
        ("zh_kongyiji", ["孔乙己", "掌柜", "小伙计", "我", "短衣主顾", "丁举人"], ["咸亨酒店"]),
        ("en_alice_ch1", ["Alice", "White Rabbit", "sister", "Dinah"], ["river bank", "rabbit-hole", "hall"]),
    ],
)
def test_every_figure_and_place_of_the_truth_is_found(tmp_path, name, figures, places):
    found = read(ReadParams(text=str(DATA / f"{name}.txt")), Context.local(out=tmp_path, models=NoModels()))

    people = {alias for one in found.figures for alias in (one.name, *one.aliases)}
    where = {alias for one in found.places for alias in (one.name, *one.aliases)}
    assert set(figures) <= people
    assert set(places) <= where
    body = (DATA / f"{name}.txt").read_text(encoding="utf-8")
    whole = squeezed("".join(one.text for one in found.boards))
    assert squeezed(body).replace("*", "").endswith(whole)
