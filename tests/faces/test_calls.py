"""An operation that is about no job: read by its table, handled, written by its table."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from reelwright.errors import InvalidParameter, MissingParameter, NotFound
from reelwright.faces.calls import Caller, Calls
from reelwright.faces.request import Origin
from reelwright.faces.wire import Desk, Document, each, handled, integer, link, text

SERVICE = SimpleNamespace(
    settings=SimpleNamespace(public_url=""), link=lambda bucket, key, base, until: f"{base}/{bucket}/{key}?signed"
)
CALLER = Caller("t", Origin("host:1", "http://host:1"))


def answer(handler, given: Document) -> dict:
    operation = handled(
        "Do",
        handler,
        takes={"Name": text("name", required=True), "Count": integer("count", least=1)},
        gives={"Name": "name", "Who": "who", "Files": each("files", {"Url": link()})},
    )
    return json.loads(asyncio.run(Calls(SERVICE).answer(operation, CALLER, given)))


def test_what_was_read_is_handled_for_the_caller_and_links_are_minted():
    async def handler(desk: Desk, given: Document) -> Document:
        files = [{"bucket": "b", "key": str(number)} for number in range(given["count"])]
        return {"name": given["name"], "who": f"{desk.tenant} at {desk.origin.host}", "files": files}

    assert answer(handler, {"Name": "x", "Count": "2"}) == {
        "Name": "x",
        "Who": "t at host:1",
        "Files": [{"Url": "http://host:1/b/0?signed"}, {"Url": "http://host:1/b/1?signed"}],
    }


@pytest.mark.parametrize(
    ("given", "kind", "told"),
    [
        ({}, MissingParameter, "^Name is missing"),
        ({"Name": "x", "Count": "0"}, InvalidParameter, "^Count is '0'"),
        ({"Name": "x"}, NotFound, "^Name: there is no 'x'"),
    ],
    ids=["missing", "wrong", "not-there"],
)
def test_a_fault_is_told_in_the_words_of_the_wire(given, kind, told):
    async def handler(desk: Desk, given: Document) -> Document:
        raise NotFound(f"there is no {given['name']!r}", field="name")

    with pytest.raises(kind, match=told):
        answer(handler, given)
