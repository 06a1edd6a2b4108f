"""A voice of its own for each figure."""

import pytest

from reelwright.kernels import voices
from reelwright.kernels.story import voicing
from reelwright.kernels.story.figures import CROWD, Figure


@pytest.mark.parametrize(
    ("figure", "kinds"),
    [
        (Figure("爷爷", gender="male", age="old"), {"man"}),
        (Figure("奶奶", gender="female", age="old"), {"woman"}),
        (Figure("小明", gender="male", age="child"), {"boy"}),
        (Figure("小红", gender="female", age="child"), {"girl"}),
        (Figure("林秋", gender="female", age="young"), {"woman"}),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_voices_fit_gender_and_age(figure, kinds):
    (given,) = voicing.cast([figure], "zh", "siqi", None)

    assert voices.find(given).kind in kinds


@pytest.mark.parametrize("language", ["zh", "en"])
def test_figures_of_one_kind_have_different_voices(language):
    figures = [Figure(f"{number}", gender="male") for number in range(4)]

    given = voicing.cast(figures, language, "aishuo", None)

    assert len({*given, "aishuo"}) == 5


def test_who_tells_the_story_has_the_narrators_voice():
    figures = [Figure("孔乙己", gender="male"), Figure("小伙计", ("我",), gender="male")]

    assert voicing.cast(figures, "zh", "sys_RichBassMale", 1)[1] == "sys_RichBassMale"


def test_every_voice_that_may_be_given_is_there():
    listed = [*voicing.KEYS.values(), *voicing.ENGLISH.values(), voicing.ANIMALS, voicing.CROWDS]

    assert all(voices.find(name) for names in listed for name in names)


def test_a_crowd_has_one():
    assert voicing.cast([Figure("众人", role=CROWD, kind=CROWD)], "zh", "siqi", None)[0] in voicing.CROWDS
