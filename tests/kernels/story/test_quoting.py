"""What is speech, and what only stands in quotes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.kernels.story import quoting

ODD = st.text(st.sampled_from("。，：！“”‘’「」『』'\".,! \nab说道走said（()—s"), max_size=120)


def speech(paragraph, language):
    return [one.text for one in quoting.segments(paragraph, language) if one.is_speech]


@pytest.mark.parametrize(
    ("paragraph", "spoken"),
    [
        pytest.param("他说：“走吧。”她没有动。", ["“走吧。”"], id="led"),
        pytest.param("“走吧，”他说，“天黑了。”", ["“走吧，”", "“天黑了。”"], id="interrupted"),
        pytest.param("「好！」老王喊。", ["「好！」"], id="corner-quotes"),
        pytest.param('小明说:"我不去."', ['"我不去."'], id="straight"),
        pytest.param("“他对我说‘别走’，我没听。”她说。", ["“他对我说‘别走’，我没听。”"], id="nested"),
        pytest.param("这就是所谓的“自由”。", [], id="quoted-word"),
        pytest.param("店名叫“咸亨”，开了十年。", [], id="quoted-name"),
        pytest.param("他说：“我还没说完", ["“我还没说完"], id="unclosed"),
        pytest.param("“来了？”“来了。”", ["“来了？”", "“来了。”"], id="side-by-side"),
        pytest.param("“……”", [], id="no-word"),
    ],
)
def test_chinese(paragraph, spoken):
    assert speech(paragraph, "zh") == spoken


@pytest.mark.parametrize(
    ("paragraph", "spoken"),
    [
        pytest.param('"Come here," said Tom. "Now!"', ['"Come here,"', '"Now!"'], id="double"),
        pytest.param("“Come here,” said Tom.", ["“Come here,”"], id="curly"),
        pytest.param("'It's the dog's, isn't it?' he asked.", ["'It's the dog's, isn't it?'"], id="apostrophes"),
        pytest.param("‘It’s late,’ she said.", ["‘It’s late,’"], id="curly-single"),
        pytest.param(
            "'See whether it's marked \"poison\" or not,' she said.",
            ["'See whether it's marked \"poison\" or not,'"],
            id="nested",
        ),
        pytest.param("The label said 'poison' in red.", [], id="quoted-word"),
        pytest.param("The boys' hats and the girl's coat were wet.", [], id="owners"),
        pytest.param("It was 5' tall, or 6' at most.", [], id="feet"),
        pytest.param('He said, "I never finished', ['"I never finished'], id="unclosed"),
    ],
)
def test_english(paragraph, spoken):
    assert speech(paragraph, "en") == spoken


@settings(deadline=None, max_examples=60)
@given(ODD, st.sampled_from(["zh", "en"]))
def test_segments_join_to_the_paragraph(paragraph, language):
    assert "".join(one.text for one in quoting.segments(paragraph, language)) == paragraph
