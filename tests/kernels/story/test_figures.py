"""Who is in a story: found, named, and told apart. Every text is made so that the right answer is known."""

import pytest

from reelwright.kernels.story import reader


def figures(text, language="zh"):
    return {one.name: one for one in reader.read(text, language).figures}


def names(text, language="zh"):
    return {name for one in figures(text, language).values() for name in (one.name, *one.aliases)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("王小明走进屋子。王小明坐下了。", "王小明", id="full-name"),
        pytest.param("老周提着灯。老周咳了一声。", "老周", id="familiar"),
        pytest.param("门开了。“阿海，回家吧。”有人说。他站着没动。", "阿海", id="only-called"),
        pytest.param("他们走到丁举人家里去了。", "丁举人", id="title"),
        pytest.param("欧阳雪推开门。欧阳雪笑了。", "欧阳雪", id="long-family-name"),
        pytest.param("掌柜说，样子太傻。掌柜又走开了。", "掌柜", id="role"),
        pytest.param("外面的短衣主顾走进来。主顾坐下了。", "短衣主顾", id="role-with-its-word"),
        pytest.param("一个喝酒的人说道，“他不来了。”", "喝酒的人", id="whoever-speaks"),
        pytest.param("狐狸看见了乌鸦。狐狸说：“你好。”", "狐狸", id="animal"),
        pytest.param("众人都笑起来。他们又说，“再来一次！”", "众人", id="crowd"),
    ],
)
def test_chinese_figures_are_found(text, wanted):
    assert wanted in names(text)


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        pytest.param("他的胡子花白。胡子很长。", "胡子", id="beard"),
        pytest.param("他像国王一样坐着。", "国王", id="likened"),
        pytest.param("和掌柜一起走的还有他。和掌柜说话的是他。掌柜走了。", "和掌柜", id="preposition"),
        pytest.param("小时候他住在这里。小时候很穷。", "小时", id="word-like-a-name"),
    ],
)
def test_words_that_are_nobody(text, unwanted):
    assert unwanted not in names(text)


def test_the_narrator_is_a_figure_by_what_he_is():
    found = figures("我从十二岁起，便在酒店里当伙计。我整天站着。我不说话。掌柜说，“走开！”")

    assert "我" in found["小伙计"].aliases
    assert (found["小伙计"].age, found["小伙计"].gender) == ("child", "male")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("The door opened. Then Miriam walked in, and Miriam laughed.", "Miriam", id="name"),
        pytest.param("There stood Mrs. Hale with a lamp.", "Mrs. Hale", id="title"),
        pytest.param("He sat by her sister. Her sister smiled.", "sister", id="kin"),
        pytest.param("She heard a White Rabbit. The Rabbit ran off.", "White Rabbit", id="animal-with-a-name"),
        pytest.param("'Where is Dinah?' he said. (Dinah was the cat.)", "Dinah", id="named-by-the-way"),
        pytest.param("The old king sat down. The old king slept.", "king", id="role"),
        pytest.param("An old dog slept by the stove. The dog opened one eye.", "dog", id="animal-that-acts"),
    ],
)
def test_english_figures_are_found(text, wanted):
    assert wanted in names(text, "en")


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        pytest.param("She had no idea what Latitude was, or what Latitude meant.", "Latitude", id="thing"),
        pytest.param("They went to London. In London it rained. He was from London.", "London", id="town"),
        pytest.param("Suddenly it rained. Suddenly it stopped.", "Suddenly", id="head-of-a-sentence"),
        pytest.param("It was like a king in his sleep, as a king would be.", "king", id="likened"),
        pytest.param("They met on Monday. Monday was cold.", "Monday", id="day"),
    ],
)
def test_english_words_that_are_nobody(text, unwanted):
    assert unwanted not in names(text, "en")


def test_the_english_narrator_has_years():
    found = figures("I was twelve then. I lived by the sea. I swam, and I slept.", "en")

    assert found["the narrator"].aliases == ("I",)
    assert found["the narrator"].age == "child"


def test_an_epithet_is_who_is_meant():
    text = "Tom came in. He was nine, and he ran to the fire. Tom laughed. 'Hot!' cried the boy. The boy sat down."

    found = figures(text, "en")

    assert "boy" in found["Tom"].aliases
    assert "boy" not in found


def test_another_boy_is_another_figure():
    text = "Tom came in. He was nine, and he ran. Tom laughed. A boy stood there. 'Hot!' cried the boy. The boy ran."

    assert "boy" in figures(text, "en")


@pytest.mark.parametrize(
    ("text", "language", "name", "gender", "age"),
    [
        pytest.param("林秋走进来。她笑了。她坐下。林秋睡了。", "zh", "林秋", "female", "adult", id="by-pronoun"),
        pytest.param("奶奶坐在门口。奶奶睡着了。", "zh", "奶奶", "female", "old", id="by-role"),
        pytest.param("孙武走来。他的头发花白。孙武坐下。", "zh", "孙武", "male", "old", id="by-hair"),
        pytest.param("Ann sat down. She was tired. Ann slept. Her head fell.", "en", "Ann", "female", "adult", id="en"),
        pytest.param(
            "Little Ben ran. Then little Ben fell. Ben cried. He stood up.", "en", "Ben", "male", "child", id="little"
        ),
    ],
)
def test_gender_and_age(text, language, name, gender, age):
    found = figures(text, language)[name]

    assert (found.gender, found.age) == (gender, age)


def test_looks_are_in_the_words_of_the_text():
    found = figures("孙武走来。他身材很高大，穿一件黑色长衫。孙武坐下。林秋看着他。林秋笑了。")

    assert "身材很高大" in found["孙武"].look
    assert "穿黑色长衫" in found["孙武"].look
    assert "高大" not in found["林秋"].look


def test_a_look_belongs_to_the_figure_before_it():
    text = "Alice sat still. A White Rabbit with pink eyes ran close by her. Alice looked. The Rabbit said, 'Late!'"

    found = figures(text, "en")

    assert "pink eyes" in found["White Rabbit"].look
    assert "pink eyes" not in found["Alice"].look


def test_figures_without_clothes_are_told_apart_by_colour():
    looks = {one.look for one in figures("王小明来了。李大力来了。王小明坐。李大力坐。王小明说。李大力说。").values()}

    assert len(looks) == 2


# ---- names that people say themselves


@pytest.mark.parametrize(
    ("text", "language", "name", "also"),
    [
        pytest.param(
            "A girl sat by the window.\n'My name is Clara,' she said. Clara smiled.",
            "en",
            "Clara",
            "girl",
            id="english",
        ),
        pytest.param(
            "一个小男孩走进店里。\n“你叫什么？”老周问。\n“陈小北。”小男孩说。\n陈小北坐了下来。",
            "zh",
            "陈小北",
            "小男孩",
            id="chinese",
        ),
    ],
)
def test_whoever_says_a_name_of_their_own_has_it(text, language, name, also):
    found = figures(text, language)

    assert also in found[name].aliases
    assert also not in found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "A girl and a woman came in.\n'My name is Clara.' Clara smiled. Clara sat down.", id="two-may-be-it"
        ),
        pytest.param("Clara slept. A girl came in.\n'I am Clara,' said Clara. Clara laughed.", id="known-before"),
        pytest.param(
            "A girl came in.\n'Where is Clara?' she asked. Clara came. Clara sat down.", id="of-somebody-else"
        ),
    ],
)
def test_a_name_that_is_not_surely_theirs_stays_alone(text):
    assert all("girl" not in one.aliases for one in figures(text, "en").values())


@pytest.mark.parametrize(
    ("text", "name", "gender"),
    [
        pytest.param("'Go on,' said Pike. He wiped his hands. 'And you?'\nPike waited.", "Pike", "male", id="he-after"),
        pytest.param("Clara opened her purse. 'Here.'\nClara waited.", "Clara", "female", id="her-own"),
        pytest.param("'Go on,' said Pike.\n'Why?' she asked.\nPike waited.", "Pike", "", id="another-who-asks"),
        pytest.param("She was behind when the Rabbit ran off. The Rabbit ran on.", "Rabbit", "", id="she-before"),
    ],
)
def test_pronouns_tell_the_gender_of_whom_they_mean(text, name, gender):
    assert figures(text, "en")[name].gender == gender


def test_a_guitar_is_no_pronoun():
    assert figures("小雨放下吉他。小雨坐下来。")["小雨"].gender == ""


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        (
            "They chose the Queen of Birds. All sang for the Queen of Birds. The Queen of Birds was to be wise.",
            "Queen of Birds",
        ),
        (
            "I wonder what Longitude I've got to. What Longitude I've got to! said Ann. Longitude I've lost.",
            "Longitude I've",
        ),
        ("'No,' said the man slowly.\n'Yes,' said the man slowly, and went on.", "slowly"),
    ],
)
def test_what_only_looks_like_a_name(text, unwanted):
    assert unwanted not in names(text, "en")


def test_a_familiar_name_that_speaks_once_is_enough():
    assert "小李" in names("门开了。小李问：“谁在那里？”没有人回答。")
