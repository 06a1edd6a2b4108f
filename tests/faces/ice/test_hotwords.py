"""Hotword libraries through the vendor's client, and what a job gets of them."""

import re

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.errors import InvalidParameter
from reelwright.faces.ice import hotwords
from reelwright.faces.request import Origin
from reelwright.faces.wire import Desk


def word(text="reelwright", **given):
    return m.Hotword(text=text, **given)


@pytest.fixture
def create(ask):
    def create(*words, **given):
        request = m.CreateHotwordLibraryRequest(
            **{"name": "names", "usage_scenario": "ASR", "hotwords": list(words or [word()]), **given}
        )
        return ask("create_hotword_library", request).hotword_library_id

    return create


@pytest.fixture
def get(ask):
    return lambda library_id: ask("get_hotword_library", m.GetHotwordLibraryRequest(hotword_library_id=library_id))


@pytest.fixture
def listed(ask):
    return lambda **given: ask("list_hotword_libraries", m.ListHotwordLibrariesRequest(**given))


@pytest.fixture
def desk(service, key):
    return Desk(service, key.tenant, Origin("host", "http://host"))


def names(reply):
    return [one.name for one in reply.hotword_library_list]


def test_a_library_is_told_as_it_was_made(create, get):
    translated = m.TranspositionResult(target_language="en", translated_text="cloud editing")
    library_id = create(
        word("reelwright"),
        word("云剪辑", weight=-6, language="zh", transposition_result_list=[translated]),
        usage_scenario="VideoTranslation",
        description="of products",
    )
    assert re.fullmatch(r"[0-9a-f]{32}", library_id)

    told = get(library_id)

    assert (told.name, told.usage_scenario, told.description) == ("names", "VideoTranslation", "of products")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told.creation_time)
    first, second = told.hotwords
    assert (first.text, first.weight) == ("reelwright", 2)
    assert (second.text, second.weight, second.language) == ("云剪辑", -6, "zh")
    (translation,) = second.transposition_result_list
    assert (translation.target_language, translation.translated_text) == ("en", "cloud editing")


def test_an_update_changes_what_is_given(ask, create, get):
    library_id = create(description="old")
    request = m.UpdateHotwordLibraryRequest(
        hotword_library_id=library_id,
        name="new",
        hotwords=[m.Hotword(text="other", weight=5)],
    )

    assert ask("update_hotword_library", request).success == "true"

    told = get(library_id)
    assert (told.name, told.description, told.usage_scenario) == ("new", "old", "ASR")
    assert [(one.text, one.weight) for one in told.hotwords] == [("other", 5)]
    ask("update_hotword_library", m.UpdateHotwordLibraryRequest(hotword_library_id=library_id, description=""))
    told = get(library_id)
    assert (told.description, len(told.hotwords)) == ("", 1)


def test_a_deleted_library_is_unknown(ask, create, refused):
    library_id = create()

    request = m.DeleteHotwordLibraryRequest(hotword_library_id=library_id)
    assert ask("delete_hotword_library", request).success is True

    for method, asked in (
        ("delete_hotword_library", request),
        ("get_hotword_library", m.GetHotwordLibraryRequest(hotword_library_id=library_id)),
        ("update_hotword_library", m.UpdateHotwordLibraryRequest(hotword_library_id=library_id, name="x")),
    ):
        assert refused(method, asked)[:2] == (404, "ResourceNotFound")


def test_libraries_are_listed_by_page_number_or_token(create, listed):
    for name in ("one", "two", "three"):
        create(name=name, usage_scenario="VideoTranslation" if name == "two" else "ASR")

    first = listed(max_results=2)
    assert (names(first), first.total_count, first.max_results) == (["three", "two"], 3, 2)
    assert names(listed(max_results=2, next_token=first.next_token)) == ["one"]
    assert names(listed(page_no=2, page_size=2)) == ["one"]
    assert names(listed(sort_by="CreationTime:Asc")) == ["one", "two", "three"]
    assert names(listed(usage_scenario="ASR")) == ["three", "one"]
    assert names(listed(name="two")) == ["two"]
    assert names(listed(end_time="2020-01-01T00:00:00Z")) == []
    assert len(names(listed(start_time="2020-01-01T00:00:00Z"))) == 3


def test_a_job_gets_the_words_with_their_weights(create, desk):
    library_id = create(word("one", weight=-6), word("two"))

    words = hotwords.of(desk, library_id, field="EditingConfig.HotwordLibraryIdList")

    assert [(one.text, one.weight) for one in words] == [("one", -6), ("two", 2)]
    with pytest.raises(InvalidParameter, match="there is no such hotword library"):
        hotwords.of(desk, "0" * 32, field="F")
    with pytest.raises(InvalidParameter, match="is a hotword library for ASR; name one for VideoTranslation"):
        hotwords.of(desk, library_id, field="F", scenario="VideoTranslation")


WRONG = {
    "no-name": ({"name": None}, "^Name is missing"),
    "long-name": ({"name": "n" * 101}, "^Name is 101 characters"),
    "long-description": ({"description": "d" * 201}, "^Description is 201 characters"),
    "no-words": ({"hotwords": None}, "^Hotwords is missing"),
    "empty": ({"hotwords": []}, "^Hotwords are 0; give 1 to 300"),
    "too-many": ({"hotwords": [word()] * 301}, "^Hotwords are 301; give 1 to 300"),
    "no-text": ({"hotwords": [word(None)]}, r"^Hotwords\.0\.Text is missing"),
    "blank": ({"hotwords": [word("a"), word(" ")]}, r"^Hotwords\.1\.Text is empty"),
    "light": ({"hotwords": [word(weight=-7)]}, r"^Hotwords\.0\.Weight is -7; give a whole number from -6 to 5"),
    "heavy": ({"hotwords": [word(weight=6)]}, r"^Hotwords\.0\.Weight is 6"),
    "long-chinese": ({"hotwords": [word("字" * 16)]}, r"^Hotwords\.0\.Text .* at most 15 Chinese characters"),
    "long-english": ({"hotwords": [word("word " * 11)]}, r"^Hotwords\.0\.Text .* or 10 words"),
    "long-translated": (
        {"usage_scenario": "VideoTranslation", "hotwords": [word("x" * 101)]},
        r"^Hotwords\.0\.Text .* at most 100 characters",
    ),
    "no-scenario": ({"usage_scenario": None}, "^UsageScenario is missing"),
    "scenario": ({"usage_scenario": "Karaoke"}, "^UsageScenario is 'Karaoke'; give ASR or"),
}


@pytest.mark.parametrize(("given", "told"), WRONG.values(), ids=WRONG)
def test_a_wrong_library_names_the_parameter(refused, listed, given, told):
    own = {"name": "names", "usage_scenario": "ASR", "hotwords": [word()]}
    request = m.CreateHotwordLibraryRequest(**{**own, **given})

    status, _, message = refused("create_hotword_library", request)

    assert status == 400
    assert re.search(told, message), message
    assert listed().total_count == 0


@pytest.mark.parametrize("text", ["字" * 15, " ".join(["word"] * 10)], ids=["chinese", "english"])
def test_the_longest_words_are_taken(create, get, text):
    assert get(create(word(text))).hotwords[0].text == text
