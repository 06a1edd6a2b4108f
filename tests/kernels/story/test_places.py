"""Where a story happens, and when."""

import pytest

from reelwright.kernels.painting import reading
from reelwright.kernels.story import reader, surroundings, tables
from reelwright.kernels.story.surroundings import Surroundings


def found(text, language):
    return {one.name: one for one in reader.read(text, language).places}


@pytest.mark.parametrize(
    ("text", "language", "name", "alias"),
    [
        pytest.param(
            "我在镇口的咸亨酒店里当伙计。酒店很小。他走进店里。", "zh", "咸亨酒店", "酒店", id="zh-with-its-name"
        ),
        pytest.param("他来到清风客栈。客栈很静。", "zh", "清风客栈", "客栈", id="zh-inn"),
        pytest.param("She sat by her sister on the bank.", "en", "river bank", "bank", id="a-bank-to-sit-on"),
        pytest.param(
            "He found himself in a long, low hall. The hall was dark.",
            "en",
            "long low hall",
            "hall",
            id="with-its-words",
        ),
        pytest.param("长安城里挂满了花灯。长安城下着雪。", "zh", "长安城", None, id="zh-city"),
        pytest.param("他们来到王家村。王家村里没有人。", "zh", "王家村", None, id="zh-within"),
        pytest.param("山下有座道观。他在道观里住下。", "zh", "道观", None, id="zh-temple"),
        pytest.param("街上只有一家店还亮着灯。他推门进去。", "zh", "店", None, id="zh-one-of-its-kind"),
        pytest.param("They lived in Baker Street for a year.", "en", "Baker Street", None, id="street"),
    ],
)
def test_places_have_their_own_words(text, language, name, alias):
    places = found(text, language)

    assert name in places
    assert alias is None or alias in places[name].aliases


def test_somebodys_home_is_a_place():
    assert "丁举人家" in found("丁举人来了。他竟走到丁举人家里去了。", "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_place_can_be_painted(language):
    hints = tables.of(language).places_hints

    told = {kind: reading.read(hint).told for kind, hint in hints.items()}

    assert {kind for kind, seen in told.items() if "setting" not in seen} == set()


def settings(text, language):
    story = reader.read(text, language)
    where = Surroundings(story.places, language)
    for sentence in text.split("|"):
        now = where.hears(sentence)
        yield (story.places[now.place].name if now.place is not None else None, now.time, now.weather)


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        pytest.param(
            "She walked in the garden.|She saw the castle.|She came to the castle.",
            "en",
            ["garden", "garden", "castle"],
            id="only-seen",
        ),
        pytest.param(
            "He was in the kitchen.|He longed to be in the forest.|He stayed.", "en", ["kitchen"] * 3, id="only-wished"
        ),
        pytest.param(
            "她走进厨房。|她想起在海边的日子。|她来到院子里。", "zh", ["厨房", "厨房", "院子"], id="only-remembered"
        ),
    ],
)
def test_a_place_counts_where_somebody_is(text, language, told):
    assert [place for place, _, _ in settings(text, language)] == told


def test_time_and_weather_stay_until_others_are_told():
    told = list(settings("At dusk it rained.|He waited.|It was night now.|Two people spoke.", "en"))

    assert [(time, weather) for _, time, weather in told] == [
        ("dusk", "rain"),
        ("dusk", "rain"),
        ("night", "rain"),
        ("night", "rain"),
    ]


@pytest.mark.parametrize(
    ("text", "language", "mood"),
    [
        ("他笑了，大家都很高兴。", "zh", "joyful"),
        ("She wept, and the tears fell.", "en", "sad"),
        ("他坐着。", "zh", "calm"),
    ],
)
def test_moods(text, language, mood):
    assert surroundings.mood(text, language) == mood


def test_things_that_come_again_are_props():
    props = {one.name: one.look for one in reader.read("He took the tiny golden key. The key was cold.", "en").props}

    assert props == {"key": "tiny golden key"}
