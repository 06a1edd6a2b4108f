"""Finding and reading text: words drawn with Pillow's own font, in known places."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from reelwright.errors import ModelNotInstalled
from reelwright.models import ocr
from reelwright.models.port import NoModels

WHITE = (245, 245, 245)


@pytest.fixture(scope="module")
def networks() -> ocr.Ocr:
    return ocr.warm(NoModels())


def page(words, size=(640, 200), letters=30):
    """A grey page with each text at its (x, y), uint8 [h, w, 3]."""
    image = Image.new("RGB", size, (70, 90, 80))
    draw = ImageDraw.Draw(image)
    for (x, y), text in words:
        draw.text((x, y), text, WHITE, ImageFont.load_default(letters), stroke_width=2, stroke_fill=(0, 0, 0))
    return np.asarray(image)


def line(text, letters=30):
    width = round(ImageFont.load_default(letters).getlength(text)) + 20
    return page([((10, 6), text)], (width, round(1.5 * letters) + 6), letters)


def test_two_lines_are_found_where_they_are(networks):
    found = networks.find(page([((40, 20), "Upper words"), ((300, 120), "Lower words here")]))

    assert [one.box[1] < 100 for one in found] == [True, False]
    left, top, right, bottom = found[0].box
    assert 25 <= left <= 40
    assert 5 <= top <= 25
    assert 190 <= right <= 230
    assert 45 <= bottom <= 70
    assert all(one.score > 0.5 and abs(one.tilt) < 0.02 for one in found)


@pytest.mark.parametrize("size", [(640, 200), (97, 45), (1500, 60)], ids=["strip", "small", "flat"])
def test_boxes_stay_inside_pictures_of_any_size(networks, size):
    for one in networks.find(page([((5, 5), "Words")], size)):
        left, top, right, bottom = one.box
        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]


def test_a_page_without_words_has_none(networks):
    assert networks.find(page([])) == ()
    assert networks.find_and_read(page([])) == []


TEXTS = (
    "Where have you been?",
    "Room 14, at 10:30 p.m.",
    "Was I?",
    "A day in the life of a dog",
    "No.",
    "It's $12.50!",
)


def test_lines_of_all_lengths_are_read_in_one_call_in_their_order(networks):
    told = networks.read([line(text) for text in TEXTS])

    assert [one.text for one in told] == list(TEXTS)
    assert all(one.score > 0.9 for one in told)


def test_each_letter_has_a_probability_and_a_place(networks):
    (told,) = networks.read([line("Where have you been?")])

    assert len(told.scores) == len(told.places) == len(told.text)
    assert list(told.places) == sorted(told.places)
    assert 0 < told.places[0] < 0.15
    assert 0.85 < told.places[-1] <= 1


def test_nothing_reads_as_nothing(networks):
    assert networks.read([]) == []
    (told,) = networks.read([page([], (200, 40))])
    assert (told.text, told.score, told.scores) == ("", 0.0, ())


def test_a_tilted_line_is_turned_level(networks):
    image = Image.fromarray(page([((60, 60), "Tilted words")], (400, 160))).rotate(12, fillcolor=(70, 90, 80))
    ((region, told),) = networks.find_and_read(np.asarray(image))

    assert region.tilt == pytest.approx(-np.radians(12), abs=0.03)
    assert told.text == "Tilted words"


def test_a_line_written_downwards_is_turned_to_run_across(networks):
    image = np.rot90(page([((20, 20), "Downwards")], (240, 90)), -1)
    ((region, told),) = networks.find_and_read(np.ascontiguousarray(image))

    left, top, right, bottom = region.box
    assert bottom - top > right - left
    assert told.text == "Downwards"


@pytest.mark.parametrize(
    ("odds", "letters", "text"),
    [
        pytest.param({1: "中", 3: "力"}, "all", "中力", id="all"),
        pytest.param({1: "カ", 3: "a"}, "han", "力a", id="no-kana-among-han"),
        pytest.param({1: "中", 3: "a"}, "latin", "a", id="latin-alone"),
        pytest.param({1: "a", 2: "a", 4: "a"}, "latin", "aa", id="held-letters-count-once"),
    ],
)
def test_the_best_path_keeps_to_the_letters_allowed(networks, odds, letters, text):
    told = networks._decoded(answer(networks, odds), 1.0, letters)
    assert told.text == text


@pytest.mark.parametrize(
    ("odds", "suspicion", "text"),
    [
        pytest.param({1: "s", 5: "I"}, 0.1, "s I", id="suspected"),
        pytest.param({1: "s", 5: "I"}, 0.001, "sI", id="not-suspected"),
        pytest.param({1: "中", 5: "国"}, 0.1, "中国", id="not-between-chinese"),
        pytest.param({1: "s", 3: " ", 5: "I"}, 0.1, "s I", id="read-already"),
    ],
)
def test_a_space_the_reader_suspects_between_letters_is_put_in(networks, odds, suspicion, text):
    given = answer(networks, odds)
    given[3, -1] = max(given[3, -1], suspicion)

    told = networks._decoded(given, 1.0, "all")
    assert told.text == text
    assert len(told.scores) == len(text)


@pytest.mark.parametrize(
    ("usual", "text"), [pytest.param(0.5, "真", id="nearly-as-likely"), pytest.param(0.1, "眞", id="hardly")]
)
def test_a_rare_form_of_a_character_is_read_only_where_the_usual_one_is_unlikely(networks, usual, text):
    given = answer(networks, {1: "眞"})
    given[1, networks._letters.index("真")] = usual
    assert networks._decoded(given, 1.0, "han").text == text


def answer(networks, odds, steps=8):
    """What the network would say: blank everywhere but for these letters; 力 comes second to カ."""
    given = np.zeros((steps, len(networks._letters)), np.float32)
    given[:, 0] = 0.6
    for step, letter in odds.items():
        given[step, networks._letters.index(letter)] = 0.9
        if letter == "カ":
            given[step, networks._letters.index("力")] = 0.8
    return given


def test_a_missing_package_is_named_with_its_mend(monkeypatch):
    monkeypatch.setattr(ocr, "find_spec", lambda name: None)
    with pytest.raises(ModelNotInstalled, match="pip install 'rapidocr"):
        ocr.Ocr()


def test_the_networks_are_loaded_once():
    models = NoModels()
    assert ocr.warm(models) is ocr.warm(models)
