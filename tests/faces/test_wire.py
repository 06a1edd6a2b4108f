"""Wire tables: both directions of every codec, and faults in the wire's words."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import InvalidParameter, MissingParameter
from reelwright.faces import wire
from reelwright.faces.calls import Rendered
from reelwright.faces.request import Origin
from reelwright.faces.wire import (
    always,
    any_object,
    boolean,
    each,
    integer,
    json_object,
    json_text,
    link,
    milliseconds,
    moment,
    number,
    object_key,
    one_of,
    text,
)

WORDS = {"still": "", "gif": "gif"}


@pytest.mark.parametrize(
    ("row", "given", "inside"),
    [
        pytest.param("a.b", "x", {"a": {"b": "x"}}, id="path"),
        pytest.param(text("a"), "", {"a": ""}, id="empty-text"),
        pytest.param(integer("a"), 7, {"a": 7}, id="integer"),
        pytest.param(integer("a"), -7, {"a": -7}, id="negative-integer"),
        pytest.param(number("a"), 0.25, {"a": 0.25}, id="number"),
        pytest.param(milliseconds("a"), 4640.0, {"a": 4.64}, id="milliseconds"),
        pytest.param(milliseconds("a", as_text=True), "28278.25", {"a": 28.27825}, id="milliseconds-as-text"),
        pytest.param(boolean("a"), True, {"a": True}, id="boolean"),
        pytest.param(one_of("a", WORDS), "gif", {"a": "gif"}, id="word"),
        pytest.param(one_of("a", WORDS), "", {"a": "still"}, id="empty-word"),
        pytest.param(json_object({"In": "a.b"}), {"In": 1}, {"a": {"b": 1}}, id="object"),
        pytest.param(json_text(each("a", {"Url": "u"})), '[{"Url":"x"}]', {"a": [{"u": "x"}]}, id="json-text"),
        pytest.param(each("a", {"At": milliseconds("t")}), [{"At": 500.0}], {"a": [{"t": 0.5}]}, id="each"),
    ],
)
def test_a_row_reads_what_it_writes(row, given, inside):
    assert wire.read({"Wire": row}, {"Wire": given}) == inside
    assert wire.write({"Wire": row}, inside) == {"Wire": given}


@pytest.mark.parametrize(
    ("row", "given", "inside"),
    [
        pytest.param(integer("a"), "6", 6, id="integer-as-text"),
        pytest.param(integer("a"), "+6", 6, id="integer-with-sign"),
        pytest.param(integer("a"), 6.0, 6, id="integer-as-float"),
        pytest.param(number("a"), "1.5e3", 1500.0, id="number-as-text"),
        pytest.param(milliseconds("a"), "250", 0.25, id="milliseconds-as-text"),
        pytest.param(boolean("a"), "True", True, id="python-boolean"),
        pytest.param(boolean("a"), "false", False, id="boolean-of-other-languages"),
        pytest.param(one_of("a", {"m": "Media"}, also={"MediaId": "m"}), "MediaId", "m", id="synonym"),
        pytest.param(any_object("a"), '{"k":[1]}', {"k": [1]}, id="object-for-others"),
    ],
)
def test_other_spellings_are_read_too(row, given, inside):
    assert wire.read({"Wire": row}, {"Wire": given}) == {"a": inside}


@pytest.mark.parametrize(
    ("row", "given", "told"),
    [
        (text("a"), 7, "Wire is 7; give a text"),
        (text("a", most=3), "four", "Wire is 4 characters long; give at most 3"),
        (integer("a"), "six", "Wire is 'six'; give a whole number"),
        (integer("a"), "1_000", "whole number"),
        (integer("a"), True, "whole number"),
        (integer("a"), 1.5, "whole number"),
        (integer("a"), "9" * 4000, "Wire is '9{79}…; give"),
        (integer("a", least=1, most=10), "11", "Wire is '11'; give a whole number from 1 to 10"),
        (integer("a", least=1), 0, "of 1 or more"),
        (integer("a", most=9), 10, "of at most 9"),
        (number("a"), "nan", "give a number"),
        (number("a"), "Infinity", "give a number"),
        (number("a"), 10**400, "give a number"),
        (number("a"), True, "give a number"),
        (boolean("a"), "yes", "Wire is 'yes'; give true or false"),
        (boolean("a"), 1, "give true or false"),
        (one_of("a", WORDS), "png", "Wire is 'png'; give '' or gif"),
        (one_of("a", WORDS), ["gif"], r"Wire is \['gif'\]; give"),
        (json_object({}), "[1]", "give a JSON object"),
        (json_object({}), "{", "give a JSON text"),
        (json_object({}), "[" * 100_000, "give a JSON text"),
        (json_object({"In": integer("a")}), '{"In":"x"}', "^Wire.In is 'x'"),
        (each("a", {"At": integer("t")}), [{"At": 1}, {"At": "x"}], "^Wire.1.At is 'x'"),
        (each("a", integer("")), "12", "give a list"),
    ],
)
def test_a_wrong_value_is_told_with_the_wires_name_and_the_mend(row, given, told):
    with pytest.raises(InvalidParameter, match=told) as caught:
        wire.read({"Wire": row}, {"Wire": given})
    assert caught.value.field.startswith("Wire")


@pytest.mark.parametrize("given", [{}, {"In": None}, {"In": ""}], ids=["absent", "null", "empty"])
def test_what_is_required_and_missing_is_named_with_its_place(given):
    with pytest.raises(MissingParameter, match=r"Out\.In is missing") as caught:
        wire.read({"Out": json_object({"In": text("a", required=True)})}, {"Out": given})
    assert caught.value.field == "Out.In"


def test_missing_stays_missing_in_both_directions():
    table = {"A": "a", "B": integer("b"), "C": json_object({"D": "c.d"}), "E": boolean("e")}
    assert wire.read(table, {"B": "", "C": "", "E": ""}) == {}
    assert wire.write(table, {"a": None, "c": {}}) == {}


def test_names_that_the_table_does_not_have_are_ignored():
    assert wire.read({"A": "a"}, {"A": 1, "RegionId": "cn-shanghai"}) == {"a": 1}


def test_a_name_may_be_read_in_two_ways_and_is_written_in_the_first():
    table = {"JobParams": (text("wire.text"), any_object("params"))}
    given = '{ "Model" : "gif" }'
    inside = wire.read(table, {"JobParams": given})
    assert inside == {"wire": {"text": given}, "params": {"Model": "gif"}}
    assert wire.write(table, inside) == {"JobParams": given}


def test_rows_of_several_objects_meet_in_one_document():
    table = {"In": json_object({"X": "wire.in.x"}), "Out": json_object({"X": "wire.out.x", "Y": "wire.in.y"})}
    assert wire.read(table, {"In": '{"X":1}', "Out": '{"X":2,"Y":3}'}) == {
        "wire": {"in": {"x": 1, "y": 3}, "out": {"x": 2}}
    }


@dataclass(frozen=True)
class Record:
    id: str
    created_at: float


def test_records_are_written_like_documents():
    table = {"JobId": "id", "CreateTime": moment("created_at"), "More": always([])}
    told = {"JobId": "7", "CreateTime": "2026-01-02T03:04:05Z", "More": []}
    assert wire.write(table, Record("7", 1767323045.9)) == told
    assert wire.write(table, {"id": "7", "created_at": 1767323045.9}) == told


def test_paths_are_found_by_the_wires_names():
    table = {"JobId": "id", "In": json_object({"Media": (text("wire.media"), text("destination"))})}
    assert wire.names(table) == {"id": "JobId", "wire.media": "In.Media", "destination": "In.Media"}


def test_a_key_is_told_without_its_bucket():
    assert wire.write({"Url": object_key("image")}, {"image": "rw-link:media/a b/c.png"}) == {"Url": "a b/c.png"}


def test_links_are_minted_in_their_places_and_users_texts_cannot_pose_as_them():
    outputs = [{"bucket": "b", "key": "k1"}, {"bucket": "b", "key": 'k"2'}]
    told = wire.write(
        {"User": "user", "Urls": each("outputs", link())}, {"user": "rw-link:b/secret", "outputs": outputs}
    )
    filled = Rendered(told).filled(lambda bucket, key, base, until: f"{base}/{bucket}/{key}", "http://h")
    assert json.loads(filled) == {"User": "rw-link:b/secret", "Urls": ["http://h/b/k1", 'http://h/b/k"2']}


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner))
ROWS = {
    "Text": text("a", most=5),
    "Integer": integer("b", least=0),
    "Number": number("c"),
    "Boolean": boolean("d"),
    "Word": one_of("e", WORDS),
    "Object": json_object({"In": integer("f")}),
    "Each": each("g", {"In": text("h")}),
    "Any": any_object("i"),
}


def read_or_told(given):
    """What was read, or the fault."""
    try:
        return wire.read(ROWS, given), None
    except (InvalidParameter, MissingParameter) as error:
        return None, error


@given(st.dictionaries(st.sampled_from(sorted(ROWS)), ANYTHING))
def test_whatever_comes_is_read_or_told_and_what_was_read_is_written_back(given):
    inside, fault = read_or_told(given)
    if fault is None:
        assert wire.read(ROWS, wire.write(ROWS, inside)) == inside
    else:
        assert fault.field.partition(".")[0] in given
        assert fault.message.isprintable()


@given(st.integers(0, 10**10))
def test_milliseconds_survive_the_way_there_and_back(given):
    row = {"Time": milliseconds("time", as_text=True)}
    inside = wire.read(row, {"Time": str(given / 4)})
    assert float(wire.write(row, inside)["Time"]) == given / 4


NOBODY = wire.Desk(None, "t", Origin("host", "http://host"))


def test_an_operation_of_one_operator_makes_its_submission():
    one = wire.submit("Do", operator="video.cover", takes={"Input": "video"}, gives={}, family="x")
    submission = one.submission({"Input": "oss://b/k"}, NOBODY)
    assert (submission.operator, submission.params, submission.face) == ("video.cover", {"video": "oss://b/k"}, "x")
    assert one.names == {"params.video": "Input"}


def test_a_submit_that_names_no_operator_is_a_mistake_in_the_table():
    with pytest.raises(ValueError, match="Do needs"):
        wire.submit("Do", takes={}, gives={}, family="x")
