"""`story.script`: the shots of a storyboard that `story.read` made."""

import re

import pytest

from reelwright.errors import InvalidParameter
from reelwright.kernels.story import shots as kernel
from reelwright.models.port import NoModels
from reelwright.operators import Context
from reelwright.operators.speech.speak import SpeakParams
from reelwright.operators.story.read import ReadParams, read
from reelwright.operators.story.script import ScriptParams, script

ZH = (
    "清晨，下着大雨。老周走进咸亨酒店里，把伞放在门口。\n"
    "林秋坐在窗边，看着街上的雨，一句话也没有说。\n"
    "老周说：“你昨天晚上到底去了什么地方？”\n"
    "“我哪里也没有去，”林秋说，“我一直坐在这里等你。”\n"
    "老周叹了一口气，脱下帽子，慢慢地坐了下来。"
)
EN = (
    "Ann sat in the kitchen and looked at the clock. It was night, and rain fell on the roof.\n"
    "'Where have you been all this long day?' said Ann, and she stood up.\n"
    "Tom shook the water from his coat. 'I was down at the harbour,' said Tom.\n"
)


@pytest.fixture
def written(tmp_path):
    def written(text, mode="third_person", narrator="siqi", **given):
        context = Context.local(out=tmp_path / "out", models=NoModels())
        path = tmp_path / "story.txt"
        path.write_text(text, encoding="utf-8")
        source = given.get("source", "novel")
        story = read(ReadParams(text=str(path), mode=mode, narrator=narrator, source=source), context)
        document = story.model_dump()
        params = ScriptParams(
            board=document["boards"][0],
            **{name: document[name] for name in ("figures", "places", "props", "language")},
            mode=mode,
            narrator=narrator,
            **given,
        )
        return story, script(params, context).shots

    return written


def squeezed(text):
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("mode", ["first_person", "first_person_vo", "third_person"])
@pytest.mark.parametrize("text", [ZH, EN], ids=["zh", "en"])
def test_the_text_is_told_once_and_in_order(written, text, mode):
    _, found = written(text, mode)

    assert squeezed("".join(one.text for one in found)) == squeezed(text)


@pytest.mark.parametrize("text", [ZH, EN], ids=["zh", "en"])
def test_figures_speak_in_their_voices(written, text):
    story, found = written(text)
    voices = {one.id: one.voice for one in story.figures}

    assert {one.kind for one in found} == {"narration", "dialogue"}
    assert all(one.voice == (voices[one.speaker] if one.speaker else "siqi") for one in found)
    assert all(bool(one.speaker) is (one.kind == "dialogue") for one in found)


def test_in_pure_voice_over_only_the_narrator_speaks(written):
    _, found = written(ZH, "first_person_vo")

    assert {(one.kind, one.voice, one.speaker, one.speech) for one in found} == {("narration", "siqi", "", "")}


def test_two_voices_in_a_shot_are_told_as_ssml_that_can_be_spoken(written):
    _, found = written(ZH)
    mixed = [one for one in found if one.speech]

    assert mixed
    for one in mixed:
        assert SpeakParams(text=one.speech, voice=one.voice)
        assert squeezed(re.sub(r"<[^>]*>", "", one.speech)) == squeezed(one.text)
        assert 'name="siqi"' in one.speech
        assert f'name="{one.voice}"' in one.speech


def test_ids_run_over_the_story_and_numbers_over_the_board(written):
    _, found = written(ZH, first_shot=54)

    assert [one.id for one in found] == [str(54 + number) for number in range(len(found))]
    assert [one.number for one in found] == list(range(1, len(found) + 1))


def test_references_lead_to_what_was_read(written):
    story, found = written(ZH)
    known = {one.id for group in (story.figures, story.places, story.props) for one in group}

    assert all({*one.figures, *one.props, *filter(None, [one.place, one.speaker])} <= known for one in found)
    assert {one.place for one in found} == {story.places[0].id}
    assert (found[0].time, found[0].weather) == ("清晨", "下雨")


@pytest.mark.parametrize("text", [ZH, EN], ids=["zh", "en"])
def test_lengths(written, text):
    _, found = written(text)

    assert all(0 < one.seconds <= kernel.MOST for one in found)


def test_every_prompt_names_its_place_and_figures(written):
    story, found = written(EN)
    names = {one.id: one.name for one in story.figures}
    looks = {one.id: one.look for one in story.places}

    for one in found:
        assert looks[one.place] in one.picture_prompt
        assert all(names[figure] in one.picture_prompt for figure in one.figures)
        assert one.camera in one.clip_prompt


def test_a_story_without_figures_and_places_is_told_all_the_same(tmp_path):
    params = ScriptParams(board={"id": "st_1", "text": "It rained. It rained all day."}, language="en")

    (one,) = script(params, Context.local(out=tmp_path, models=NoModels())).shots

    assert (one.place, one.figures, one.text) == ("", (), "It rained. It rained all day.")


def test_dialogue_of_a_script(written):
    text = (
        "第1场 咖啡馆 夜\n林秋坐在窗边。\n老周：（笑）你昨天晚上到底去了什么地方？\n"
        "林秋：我哪里也没有去，一直坐在这里。\n"
    )

    story, found = written(text, "dialogue", source="script")

    names = {one.id: one.name for one in story.figures}
    assert [names[one.speaker] for one in found] == ["老周", "林秋"]
    assert "林秋" in found[0].picture_prompt


@pytest.mark.parametrize(
    ("given", "told"),
    [({"board": {"id": "st_1", "text": "……"}}, "holds no word"), ({"narrator": "nobody"}, "there is no voice")],
    ids=["no-word", "no-voice"],
)
def test_what_cannot_be_written_is_named(given, told, tmp_path):
    params = ScriptParams(**{"board": {"id": "st_1", "text": "他走了。"}, **given})

    with pytest.raises(InvalidParameter, match=told):
        script(params, Context.local(out=tmp_path, models=NoModels()))


TRADITIONAL = (
    "清晨，下著大雨。孫悟空走進咸亨酒館裡，把傘放在門口。\n"
    "掌櫃說：「你昨天晚上到底去了什麼地方？」\n"
    "「我哪裡也沒有去，」孫悟空說，「我一直坐在這裡等 Tom 和 Ann 來。」"
)


def test_traditional_characters_are_told_as_written_and_pictured_in_simplified_ones_but_for_names(written):
    story, found = written(TRADITIONAL)

    assert squeezed("".join(one.text for one in found)) == squeezed(TRADITIONAL)
    assert any("Tom 和 Ann" in one.text for one in found)
    names = {one.id: one.name for one in story.figures}
    assert [names.get(one.speaker) for one in found if "到底" in one.text or "一直" in one.text] == ["掌櫃", "孫悟空"]
    assert all(names[one.speaker] in one.picture_prompt for one in found if one.speaker)
    assert any("酒馆" in one.picture_prompt for one in found)
    assert not any("酒館" in one.picture_prompt for one in found)
