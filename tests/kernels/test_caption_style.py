"""Which lines are captions: one look over the whole film, and what differs from it."""

from fractions import Fraction

import pytest

from reelwright.kernels.caption_style import Words, choose

WIDTH, FILM = 640, Fraction(60)


def words(text, start, end, *, middle=80, height=32, centre=320, left=None, **more):
    wide = 14 * max(len(text), 2)
    left = round(centre - wide / 2) if left is None else left
    top = round(middle - height / 2)
    given = {"score": 0.98, "level": 230.0, **more}
    given.setdefault("read", (text, [given["score"]] * len(text)))
    return Words((left, top, left + wide, top + height), Fraction(start), Fraction(end), text, **given)


CAPTIONS = [words(f"caption number {index}", 3 * index, 3 * index + 2) for index in range(1, 9)]


def chosen(lines, *, main_only=False, film=FILM):
    told = choose(lines, film=film, width=WIDTH, main_only=main_only)
    return ["\n".join(line.text for line in one) for one in told.captions], {
        line.text: why for line, why in told.left_out
    }


@pytest.mark.parametrize(
    ("other", "why"),
    [
        pytest.param(words("THE LONG NIGHT", 4, 9, middle=42, height=60), "scene", id="title"),
        pytest.param(words("Jane Miller", 4, 9, middle=40, height=24, left=40), "scene", id="name"),
        pytest.param(words("MOTEL", 4, 9, middle=50, centre=150), "scene", id="sign"),
        pytest.param(words("darker words", 4, 9, middle=46, level=120.0), "scene", id="another-colour"),
        pytest.param(words("CHANNEL 5", 0, 60, middle=30, left=20), "standing", id="watermark"),
        pytest.param(words("leaning words", 4, 9, middle=40, tilt=0.1), "tilted", id="tilted"),
        pytest.param(words("gone at once", 4, "4.2", middle=40), "short", id="short"),
        pytest.param(words("x%#", 4, 9, middle=40, score=0.4), "unreadable", id="unreadable"),
        pytest.param(words("--", 4, 9, middle=40, score=0.8), "unreadable", id="marks-alone"),
    ],
)
def test_what_differs_is_left_out_with_its_reason(other, why):
    texts, left_out = chosen([*CAPTIONS, other])

    assert texts == [one.text for one in CAPTIONS]
    assert left_out == {other.text: why}


@pytest.mark.parametrize(
    "given",
    [{"left": 60}, {"centre": 320}, {"centre": 320, "height": 40}, {"centre": 320, "middle": 86}],
    ids=["from-the-left", "centred", "higher-letters", "lower-by-a-little"],
)
def test_captions_of_one_look_are_kept(given):
    lines = [words("word " * count, 3 * count, 3 * count + 2, **given) for count in range(1, 8)]
    texts, left_out = chosen([*lines, words("No.", 30, 31, **given)])

    assert len(texts) == 8
    assert left_out == {}


def test_rows_that_come_and_go_together_are_one_caption():
    two = [words("upper row", 30, 32, middle=50), words("lower row", 30, 32)]
    texts, _ = chosen([*CAPTIONS, *two])
    assert texts[-1] == "upper row\nlower row"


def test_rows_with_different_edges_are_captions_of_their_own():
    two = [words("upper row", 30, 34, middle=50), words("lower row", 30, 32)]
    texts, _ = chosen([*CAPTIONS, *two])
    assert texts[-2:] == ["lower row", "upper row"]


BILINGUAL = [
    line
    for index in range(1, 9)
    for line in (
        words(f"第{index}句话在这里", 3 * index, 3 * index + 2, middle=50, height=34),
        words(f"sentence number {index}", 3 * index, 3 * index + 2, height=22),
    )
]


def test_a_second_language_is_part_of_the_caption_unless_the_main_track_is_asked_for():
    both, _ = chosen(BILINGUAL)
    main, left_out = chosen(BILINGUAL, main_only=True)

    assert both[0] == "第1句话在这里\nsentence number 1"
    assert len(main) == len(both) == 8
    assert not any("\n" in one for one in main)
    assert set(left_out.values()) == {"scene"}


FOLLOWS = {"follows": True}


@pytest.mark.parametrize(
    ("parts", "spans"),
    [
        pytest.param([("same words", 1, 3, {}), ("same words", 3, 5, {})], [(1, 5)], id="parted-by-a-cut"),
        pytest.param([("same words", 1, 3, {}), ("same word5", 2, 5, {})], [(1, 5)], id="overlapping"),
        pytest.param([("same words", 1, 3, {}), ("same words", "3.2", 5, {})], [(1, 3), ("3.2", 5)], id="after-a-gap"),
        pytest.param([("Take 1 of 3", 1, 3, {}), ("Take 2 of 3", 3, 5, {})], [(1, 3), (3, 5)], id="one-digit"),
        pytest.param([("Take l of 3", 1, 3, {"score": 0.7}), ("Take 1 of 3", 3, 5, {})], [(1, 5)], id="misread"),
        pytest.param([("some words", 1, 3, {}), ("", 3, "3.2", FOLLOWS)], [(1, "3.2")], id="changed-for-a-moment"),
        pytest.param([("some words", 1, 3, {}), ("some swords", 3, 5, FOLLOWS)], [(1, 3), (3, 5)], id="changed"),
    ],
)
def test_parts_of_one_line_are_joined(parts, spans):
    lines = [words(text, start, end, left=200, **more) for text, start, end, more in parts]
    told = choose(lines, film=FILM, width=WIDTH, main_only=False)
    assert [(one[0].start, one[0].end) for one in told.captions] == [tuple(map(Fraction, span)) for span in spans]


def test_one_caption_alone_is_kept_even_if_it_lasts_as_long_as_a_short_film():
    assert chosen([words("all there is", 0, 3)], film=Fraction(3))[0] == ["all there is"]


def test_a_line_gives_way_to_a_later_one_in_its_place():
    told = choose([words("first", 1, 4), words("second", 3, 6)], film=FILM, width=WIDTH, main_only=False)
    assert [(one[0].start, one[0].end) for one in told.captions] == [(1, 3), (3, 6)]


def test_signs_of_a_long_film_that_look_alike_by_chance_are_no_track():
    many = [words(f"caption number {index}", 3 * index, 3 * index + 2) for index in range(1, 100)]
    signs = [words(f"sign {index}", 60 * index, 60 * index + 1, middle=30, centre=200) for index in range(1, 5)]
    texts, left_out = chosen([*many, *signs], film=Fraction(300))

    assert len(texts) == len(many)
    assert len(left_out) == len(signs)


def test_lines_in_one_other_place_are_a_track_of_their_own_in_a_short_film():
    upper = [words(f"upper {index}", 6 * index, 6 * index + 1, middle=20, height=22) for index in range(1, 5)]
    assert len(chosen([*CAPTIONS, *upper])[0]) == len(CAPTIONS) + len(upper)
    assert len(chosen([*CAPTIONS, *upper], main_only=True)[0]) == len(CAPTIONS)


def test_no_lines_are_no_captions():
    assert chosen([]) == ([], {})


def spans(lines):
    told = choose(lines, film=FILM, width=WIDTH, main_only=False)
    return [(float(one[0].start), float(one[0].end), "\n".join(line.text for line in one)) for one in told.captions]


def test_a_line_that_stays_while_the_one_below_it_is_another_is_part_of_two_captions():
    lines = [
        words("Who was it", 3, 7, middle=46),
        words("that came by", 3, 5),
        words("that called?", 5, 7),
        *CAPTIONS[3:],
    ]
    assert spans(lines)[:2] == [(3.0, 5.0, "Who was it\nthat came by"), (5.0, 7.0, "Who was it\nthat called?")]


@pytest.mark.parametrize(
    "below",
    [
        pytest.param([("that came by", 3, 5)], id="one-that-goes-first"),
        pytest.param([("that came by", 3, "4.5"), ("that called?", 5, 7)], id="a-gap-between-them"),
        pytest.param([("that came by", 4, 5), ("that called?", 5, 7)], id="one-that-comes-later"),
    ],
)
def test_a_line_is_not_parted_where_those_below_it_are_not_there_all_the_time(below):
    lines = [words("Who was it", 3, 7, middle=46), *(words(*one) for one in below), *CAPTIONS[3:]]
    assert not any("\n" in text for *_, text in spans(lines))
