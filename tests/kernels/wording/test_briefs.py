"""Which part each keyword plays."""

import pytest

from reelwright.kernels.wording import briefs, words


def brief(text):
    spoken = words.language(text)
    return briefs.brief(words.given(text, spoken), spoken)


@pytest.mark.parametrize(
    ("text", "kind", "subject"),
    [
        ("咖啡", "drink", "咖啡"),
        ("蓝牙耳机,长续航", "electronics", "蓝牙耳机"),
        ("低糖,燕麦饼干", "food", "燕麦饼干"),
        ("杭州,西湖,民宿", "place", "杭州"),
        ("上海,春季音乐节", "event", "上海春季音乐节"),
        ("云南,咖啡", "drink", "云南咖啡"),
        ("华为,手机", "electronics", "华为手机"),
        ("上门,保洁", "service", "保洁"),
        ("少儿编程课", "course", "少儿编程课"),
        ("轻薄", "general", "“轻薄”"),
        ("小说", "general", "小说"),
        ("wireless earbuds", "electronics", "our wireless earbuds"),
        ("Acme, smart watch", "electronics", "our Acme smart watch"),
        ("Kyoto, temples", "place", "Kyoto"),
        ("old town", "place", "the old town"),
        ("music festival", "event", "the music festival"),
        ("cleaning", "service", "our cleaning service"),
        ("yoga", "sport", "yoga"),
        ("waterproof", "general", '"waterproof"'),
        ("your garden, flowers", "general", "your garden"),
    ],
)
def test_the_subject_and_its_kind_are_guessed(text, kind, subject):
    found = brief(text)
    assert (found.type, found.subject) == (kind, subject)


def test_the_other_keywords_get_their_roles():
    found = brief("蓝牙耳机,降噪,充电盒,学生,双十一,包邮")
    assert found.qualities == ("降噪",)
    assert found.things == ("充电盒",)
    assert (found.audience, found.occasion, found.offer) == (("学生",), ("双十一",), ("包邮",))


@pytest.mark.parametrize(
    "text", ["咖啡,手工,早晨,学生,春节,五折,云南", "Acme, bag, leather, women, Christmas, 50% off, red"]
)
def test_no_keyword_is_lost(text):
    spoken = words.language(text)
    keywords = words.given(text, spoken)
    assert sorted(briefs.brief(keywords, spoken).keywords) == sorted(keywords)


@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_every_kind_has_its_own_phrases_but_the_general_one(spoken):
    for table in briefs.phrases(spoken).types.values():
        assert table.phrases["body"]
        assert table.phrases["hook"]
        assert table.name == "general" or (table.phrases["open"] and table.phrases["close"] and table.words)


@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_every_phrase_is_whole_and_has_no_twin(spoken):
    known = briefs.phrases(spoken)
    ends = "。！？" if spoken == "zh" else ".!?"
    for role in ("open", "body", "close"):
        listed = [one for table in known.types.values() for one in table.phrases[role]] + list(known.common[role])
        assert all(one[-1] in ends for one in listed)
        assert len(set(listed)) == len(listed)
        assert all(("{s}" in one) == (role == "open") for one in listed)
