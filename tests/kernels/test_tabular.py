"""Names, moments and numbers of a table, however it lies."""

import numpy as np
import pytest

from reelwright.errors import InvalidParameter, NotMedia
from reelwright.kernels import tabular
from reelwright.media.tables import number

WIDE = [["country", "2000", "2010"], ["Chad", "1", "2"], ["Peru", "3", "4"]]
TURNED = [["year", "Chad", "Peru"], ["2000", "1", "3"], ["2010", "2", "4"]]
LONG = [
    ["name", "group", "year", "size", "cost"],
    ["Chad", "a", "2010", "2", "9"],
    ["Chad", "a", "2000", "1", "8"],
    ["Peru", "b", "2000", "3", "7"],
    ["Peru", "b", "2010", "4", "6"],
]


def read(rows, **given):
    return tabular.chart(rows, number, **given)


@pytest.mark.parametrize("rows", [WIDE, TURNED, LONG], ids=["wide", "turned", "long"])
def test_the_same_numbers_are_found_in_every_form(rows):
    found = read(rows)
    assert (found.steps, found.names, found.is_time) == (("2000", "2010"), ("Chad", "Peru"), True)
    assert found.values.tolist() == [[1, 3], [2, 4]]


def test_columns_of_a_long_table_can_be_named():
    found = read(LONG, value="cost", category="group")
    assert (found.names, found.title) == (("a", "b"), "cost")
    assert found.values.tolist() == [[8, 7], [9, 6]]


def test_a_wrong_column_is_named_with_those_there_are():
    with pytest.raises(InvalidParameter, match="no column is called 'price'; the columns are name, group") as caught:
        read(LONG, value="price")
    assert caught.value.field == "value"


def test_things_beside_numbers_are_steps_and_no_time():
    found = read([["fruit", "sold", "left"], ["apple", "3", "1"], ["pear", "5", "2"]])
    assert (found.steps, found.names, found.is_time) == (("apple", "pear"), ("sold", "left"), False)


def test_the_heading_of_one_column_is_the_title():
    assert read([["fruit", "sold"], ["apple", "3"], ["pear", "5"]]).title == "sold"


def test_columns_of_words_are_left_out():
    found = read([["fruit", "colour", "sold"], ["apple", "red", "3"], ["pear", "green", "5"]])
    assert found.names == ("sold",)


def test_missing_numbers_are_counted():
    found = read([["country", "2000", "2010"], ["Chad", "1", None], ["Peru", "n/a", "4"]])
    assert found.missing == 2
    assert np.isnan(found.values[1, 0])


def test_years_are_put_in_order():
    found = read([["country", "2010", "1990", "2000"], ["Chad", "3", "1", "2"], ["Peru", "6", "4", "5"]])
    assert found.steps == ("1990", "2000", "2010")
    assert found.values[:, 0].tolist() == [1, 2, 3]


def test_a_table_without_numbers_is_refused():
    with pytest.raises(NotMedia, match="no column of numbers"):
        read([["a", "b"], ["x", "y"]])


@pytest.mark.parametrize(
    "labels",
    [
        ["1952", "1957"],
        ["2008年", "2009年"],
        ["2020-01", "2020-02-03"],
        ["2020/1/5", "2020.06"],
        ["Q1", "Q2 2020", "2020 Q3"],
        ["一季度", "第二季度", "2020年三季度"],
        ["1月", "12月", "2020年3月"],
        ["Jan", "February", "Mar 2020", "5 May"],
        ["周一", "星期日"],
        ["Mon", "Tuesday"],
        ["第1天", "第2周"],
        ["1990s", "2000s"],
    ],
    ids=lambda one: one[0],
)
def test_moments_are_known_by_their_look(labels):
    assert tabular.looks_like_time(labels)


@pytest.mark.parametrize("labels", [["apple", "pear"], ["A1", "B2"], ["线上", "门店"], ["3", "4"], ["99999", "12"], []])
def test_other_labels_are_no_moments(labels):
    assert not tabular.looks_like_time(labels)
