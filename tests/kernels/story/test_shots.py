"""Shots: every letter once, the right voice, a length that can be watched."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.kernels.story import dressing, reader, shots
from reelwright.kernels.story.figures import Cast

STORIES = json.loads((Path(__file__).parent / "stories.json").read_text(encoding="utf-8"))
STRANGERS = json.loads((Path(__file__).parent / "strangers.json").read_text(encoding="utf-8"))
"""Stories in which people who do not know each other talk; `a|b`: either name is right."""
PIECES = (
    *(
        "他说：“走吧。”",
        "“走！”",
        "“你是谁？”他问，“说！”",
        "“没有说完",
        "……",
        "——",
        "😀",
        "第一章 开始\n",
        "\n",
        "\n\n",
        "* * *\n",
    ),
    *(
        "孔乙己便涨红了脸，",
        "掌柜说，",
        "我从十二岁起当伙计。",
        "一" * 80,
        "（他笑了）",
        "「好」",
        "『书』",
        "‘x’",
        "”",
        "。",
    ),
    *(
        '"Come," said Tom. ',
        "'It's late,' she said, ",
        "Mr. Bell sat down. ",
        "a" * 60 + " ",
        "He ran! ",
        "no end",
        " ",
        "--",
        "\t",
        "3.5 ",
    ),
    *(
        "第1章\n",
        "Chapter II\n",
        "作者：鲁迅\n",
        "　　",
        "他走了出去。",
        "He went out. ",
        "“我叫陈小北。”",
        "'I am Ann,' she said. ",
        "A girl came in. ",
        "一个男孩走进来。",
        "孫悟空說：「走！」",
        "INT. HOUSE - DAY\n",
        "Tom's dogs' ",
        "«Oui»",
        "（",
        "】",
    ),
)
ODD = st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map("".join)
MODES = ("first_person", "first_person_vo", "third_person")


def squeezed(text):
    return re.sub(r"\s", "", text)


def told(text, language, mode="third_person"):
    story = reader.read(text, language)
    cast = Cast(story.figures, language)
    takes = [one for board in story.boards for one in shots.takes(board.text, cast, story.places, mode)]
    return story, takes


def voiced(text, language, mode="third_person"):
    """(who, what) of each shot; who is None for the narrator."""
    story, takes = told(text, language, mode)
    return [(story.figures[one.speaker].name if one.speaker is not None else None, one.text) for one in takes]


@settings(deadline=None, max_examples=80)
@given(ODD, st.sampled_from(["zh", "en"]), st.sampled_from(MODES))
def test_no_letter_is_lost_or_doubled(text, language, mode):
    story, takes = told(text, language, mode)

    assert squeezed("".join(one.text for one in takes)) == squeezed("".join(one.text for one in story.boards))
    assert squeezed("".join(part for one in takes for part, _ in one.lines)) == squeezed(
        "".join(one.text for one in takes)
    )


@settings(deadline=None, max_examples=60)
@given(ODD, st.sampled_from(["zh", "en"]), st.sampled_from(MODES))
def test_every_shot_can_be_spoken_and_is_not_too_long(text, language, mode):
    _, takes = told(text, language, mode)

    speakable = [one for one in takes if any(letter.isalnum() for letter in one.text)]
    assert speakable == takes or len(takes) == 1
    assert all(one.seconds < 1.6 * shots.MOST for one in takes)


@pytest.mark.parametrize("one", STORIES, ids=lambda one: one["name"])
def test_stories(one):
    story, takes = told(one["text"], one["language"])
    figures = {name for figure in story.figures for name in (figure.name, *figure.aliases)}
    places = {name for place in story.places for name in (place.name, *place.aliases)}

    assert {name for name in one["figures"] if not any(name in other for other in figures)} == set()
    assert {name for name in one["places"] if not any(name in other for other in places)} == set()
    assert all(shots.LEAST / 4 < take.seconds < 1.1 * shots.MOST for take in takes)


@pytest.mark.parametrize("one", STORIES, ids=lambda one: one["name"])
def test_speech_is_given_to_who_says_it(one):
    story, takes = told(one["text"], one["language"])
    wrong = {}
    for words, who in one["speakers"].items():
        unit = next(unit for take in takes for unit in take.units if words in unit.text)
        figure = story.figures[unit.speaker] if unit.speaker is not None else None
        if figure and not any(who in name for name in (figure.name, *figure.aliases)):
            wrong[words] = figure.name

    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        pytest.param("王小明走进来。王小明说：“今天的天气可真好啊，我们走吧。”", "王小明", id="led"),
        pytest.param("王小明走进来。“今天的天气可真好啊，我们走吧。”王小明说。", "王小明", id="tag-after"),
        pytest.param(
            "王小明看着李大力。李大力笑了。王小明坐下，对李大力说：“今天的天气可真好啊，我们走吧。”",
            "王小明",
            id="object",
        ),
        pytest.param(
            "李大力坐着。王小明走进来，看了看天，点头说：“今天的天气可真好啊，我们走吧。”",
            "王小明",
            id="subject-before",
        ),
        pytest.param(
            "李大力坐着。王小明忽然笑了。他说：“今天的天气可真好啊，我们走吧。”李大力没有说话。他们走了。",
            "王小明",
            id="pronoun",
        ),
    ],
)
def test_chinese_speech(text, who):
    assert [speaker for speaker, said in voiced(text, "zh") if "今天的天气" in said] == [who]


def test_quotes_side_by_side_take_turns():
    text = (
        "王小明走进来。李大力坐着。王小明说：“你今天怎么来得这么晚呢？”李大力答道：“路上下了一场很大的雨。”"
        "“你没有带伞出来吗？”“我的伞昨天借给别人了。”"
    )

    assert [speaker for speaker, said in voiced(text, "zh") if "“" in said] == ["王小明", "李大力", "王小明", "李大力"]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        pytest.param('Ann sat by Bob. "I shall never go there again, Bob," said Ann.', "Ann", id="said-ann"),
        pytest.param(
            'Ann sat by Bob. She smiled. Bob smiled. "I shall never go there again," Ann told him.',
            "Ann",
            id="ann-told-him",
        ),
        pytest.param(
            'Ann sat by Bob. She smiled and he smiled. Ann turned and said softly, "I shall never go there again."',
            "Ann",
            id="led",
        ),
        pytest.param(
            'Bob sat down. He smiled. Ann came. She heard Bob say, "I shall never go there again."',
            "Bob",
            id="heard-to-say",
        ),
    ],
)
def test_english_speech(text, who):
    assert [speaker for speaker, said in voiced(text, "en") if "never go" in said] == [who]


def test_interrupted_speech_is_one_shot_in_two_voices():
    story, takes = told(
        "Ann sat down on the grass, and there Ann slept for an hour or two. "
        "'What a feeling!' said Ann; 'I must be shutting up.'",
        "en",
    )

    last = takes[-1]
    ann = next(number for number, one in enumerate(story.figures) if one.name == "Ann")
    assert last.speaker == ann
    assert last.lines == (("'What a feeling!'", ann), ("said Ann;", None), ("'I must be shutting up.'", ann))


def test_the_narrator_alone_speaks_in_pure_voice_over():
    text = "王小明走进来。王小明说：“今天的天气可真好啊，我们走吧。”"

    assert {speaker for speaker, _ in voiced(text, "zh", "first_person_vo")} == {None}


def test_many_short_lines_of_one_figure_are_one_shot():
    text = "王小明站在门口。王小明喊道：“来人！快！快来！开门！快开门！”没有人来。"

    assert sum("来人" in said and "快开门" in said for _, said in voiced(text, "zh")) == 1


def test_an_unknown_voice_is_the_narrators():
    text = "我坐着。我听见。我等着。忽然间听得一个声音，“请你给我温一碗好酒来吧。”没有人。"

    assert [speaker for speaker, said in voiced(text, "zh") if "温一碗" in said] == [None]


# ---- what is seen


def dressed(text, language):
    story, takes = told(text, language)
    return story, dressing.dressed(takes, dressing.Stage(Cast(story.figures, language), story.places, story.props))


def test_prompts_tell_place_time_figures_and_action():
    _, found = dressed("清晨，下着大雨。王小明跑进咸亨酒店里。王小明喝了一碗热茶。", "zh")

    prompt = found[0].picture_prompt
    assert all(one in prompt for one in ("咸亨酒店", "清晨", "下雨", "王小明"))
    assert "镜头" in found[0].clip_prompt


def test_a_scene_opens_wide_and_no_size_comes_three_times_running():
    _, found = dressed("王小明走进厨房。" + "王小明看着窗外，窗外什么也没有。" * 12 + "王小明走到街上。", "zh")

    sizes = [one.size for one in found]
    assert sizes[0] == "全景"
    assert all(len(set(sizes[at : at + 3])) > 1 for at in range(len(sizes) - 2))


def test_only_who_is_there_is_seen():
    story, found = dressed(
        "王小明走进厨房。李大力走进厨房。王小明坐下。李大力坐下。王小明说：“孙武昨天晚上没有回家来吃饭。”孙武走来。孙武坐下。",
        "zh",
    )

    speech = next(one for one in found if "昨天晚上" in one.take.text)
    assert "孙武" not in {story.figures[one].name for one in speech.figures}


def test_a_pronoun_becomes_a_name_in_the_action():
    _, found = dressed("林秋走进屋子。她跑出门，穿过院子。林秋笑了。", "zh")

    assert not any(one.action.startswith("她") for one in found)


# ---- talk of strangers


def given_wrong(one):
    """The lines of a story that somebody else is said to say."""
    story, takes = told(one["text"], one["language"])
    wrong = set()
    for words, who in one["speakers"].items():
        unit = next(unit for take in takes for unit in take.units if words in unit.text)
        figure = story.figures[unit.speaker] if unit.speaker is not None else None
        names = (figure.name, *figure.aliases) if figure else ()
        if not any(wanted in name or name in wanted for wanted in who.split("|") for name in names):
            wrong.add(words)
    return wrong


def test_nearly_all_talk_of_strangers_is_given_to_who_says_it():
    wrong = {one["name"]: given_wrong(one) for one in STRANGERS}

    lines = sum(len(one["speakers"]) for one in STRANGERS)
    assert sum(map(len, wrong.values())) <= 0.07 * lines, wrong


@pytest.mark.parametrize(
    ("text", "language", "words", "who"),
    [
        pytest.param(
            "'Who is there?' she called. 'Only me,' I said. I stopped. I was wet. 'Come in,' said Mrs Dunne.",
            "en",
            "Who is there",
            "Mrs Dunne",
            id="a-pronoun-is-never-the-narrator",
        ),
        pytest.param(
            "老周在店里等着，一个小男孩跑了进来。\n“叔叔，救救我！”\n老周把小男孩拉到身后。",
            "zh",
            "救救我",
            "小男孩",
            id="who-comes-in-speaks",
        ),
        pytest.param(
            "“老周，你早。”林秋说。\n“早。”老周说。\n郑老师推门进来，看着林秋。\n“你怎么在这里？”\n“我来买书。”林秋说。",
            "zh",
            "你怎么在这里",
            "郑老师",
            id="nobody-answers-oneself",
        ),
        pytest.param(
            "Tom sat down. Ann came in.\n'Good day, Ann. You are late.'\n'Good day, Tom. I know it.'\nThey laughed.",
            "en",
            "You are late",
            "Tom",
            id="whoever-is-spoken-to-does-not-speak",
        ),
        pytest.param(
            "“你叫什么？”老周问。\n“我叫陈小北。”\n陈小北坐下来，老周给陈小北倒了一碗水。",
            "zh",
            "我叫陈小北。",
            "陈小北",
            id="a-name-of-ones-own",
        ),
        pytest.param(
            "'Stay,' said Tom. 'No,' said Ann. The conductor said, 'Tickets.' The conductor went out.\n"
            "'Why not?' asked Tom.\n'I am late.'",
            "en",
            "I am late",
            "Ann",
            id="who-left-does-not-answer",
        ),
    ],
)
def test_speech_without_a_name(text, language, words, who):
    story, takes = told(text, language)

    unit = next(unit for take in takes for unit in take.units if words in unit.text)
    assert unit.speaker is not None
    assert who in story.figures[unit.speaker].name
