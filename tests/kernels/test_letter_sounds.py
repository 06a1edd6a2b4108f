"""How letters sound: known rules of English, and words that no dictionary has."""

import pytest

from reelwright.kernels.letter_sounds import phones


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("cat", "K AE T"),
        ("phone", "F OW N"),
        ("ship", "SH IH P"),
        ("tax", "T AE K S"),
        ("knight", "N AY T"),
        ("flation", "F L EY SH AH N"),
        ("chark", "CH AA R K"),
        ("brane", "B R EY N"),
    ],
)
def test_letters_sound_by_their_neighbours(word, told):
    assert " ".join(phones(word)) == told


@pytest.mark.parametrize("word", ["kubernetes", "reelwright", "pytorch", "xqz", "a", "naïve"])
def test_any_word_sounds(word):
    found = phones(word)
    assert found
    assert all(one.isupper() and one.isalpha() for one in found)


def test_case_and_signs_do_not_matter():
    assert phones("Co-Op's") == phones("coops")


@pytest.mark.parametrize("word", ["", "42", "—"])
def test_without_letters_there_is_no_sound(word):
    assert phones(word) == ()
