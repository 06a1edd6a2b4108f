"""Records of a face: kept whole, found by their labels, in one change with the rest."""

from collections.abc import Callable

import msgspec
import pytest

from reelwright.errors import Conflict
from reelwright.jobs.ledger.port import Ledger
from reelwright.jobs.records import Entry, RecordFilter, Shelf

NOW = 2_000_000_000.0


class Note(msgspec.Struct, frozen=True):
    text: str
    more: str = ""


NOTES = Shelf("test.note", Note)


def put(desk, record_id: str, text: str = "x", *, tenant: str = "t", now: float = NOW, **given) -> Entry[Note]:
    return desk.do(lambda tx: NOTES.put(tx, tenant, record_id, Note(text), now=now, **given))


def ids_of(entries) -> list[str]:
    return [one.id for one in entries]


def test_a_record_is_read_back_replaced_and_deleted(desk):
    put(desk, "a", "first")
    again = put(desk, "a", "second", now=NOW + 5)

    assert again == Entry("a", Note("second"), NOW, NOW + 5)
    assert NOTES.get(desk.ledger, "t", "a") == again
    assert NOTES.get(desk.ledger, "u", "a") is None
    assert Shelf("test.other", Note).get(desk.ledger, "t", "a") is None
    assert desk.do(lambda tx: NOTES.delete(tx, "t", "a")) is True
    assert desk.do(lambda tx: NOTES.delete(tx, "t", "a")) is False
    assert NOTES.get(desk.ledger, "t", "a") is None


def test_records_outlive_the_ledger_that_wrote_them(desk, make_ledger: Callable[[], Ledger]):
    put(desk, "a", "文", labels={"type": "8"})
    desk.ledger.close()
    later = make_ledger()
    later.open()

    assert NOTES.find(later, "t", type="8").body == Note("文")


def test_pages_follow_the_ids_either_way(desk):
    for record_id in "bdace":
        put(desk, record_id)

    assert ids_of(NOTES.page(desk.ledger, "t")) == list("edcba")
    assert ids_of(NOTES.page(desk.ledger, "t", newest_first=False, limit=2)) == ["a", "b"]
    assert ids_of(NOTES.page(desk.ledger, "t", newest_first=False, after="b", limit=2)) == ["c", "d"]
    assert ids_of(NOTES.page(desk.ledger, "t", after="b")) == ["a"]
    assert NOTES.count(desk.ledger, "t", after="b") == NOTES.count(desk.ledger, "t") == 5


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param({"labels": {"type": "video"}}, ["c", "a"], id="label"),
        pytest.param({"labels": {"type": "video", "state": "ok"}}, ["a"], id="two-labels"),
        pytest.param({"labels": {"type": "video", "state": "gone"}}, [], id="none-fits-both"),
        pytest.param({"labels": {"url": "u-b"}}, ["b"], id="sole-label"),
        pytest.param({"created_after": NOW}, ["c", "b"], id="after-is-exclusive"),
        pytest.param({"created_until": NOW + 1}, ["b", "a"], id="until-is-inclusive"),
        pytest.param({"created_after": NOW, "labels": {"type": "video"}}, ["c"], id="both"),
    ],
)
def test_records_are_found_by_labels_and_time(desk, wanted, found):
    given = {"a": ("video", "ok"), "b": ("audio", "ok"), "c": ("video", "bad")}
    for number, (record_id, (kind, state)) in enumerate(given.items()):
        labels = {"type": kind, "state": state}
        put(desk, record_id, now=NOW + number, labels=labels, sole={"url": f"u-{record_id}"})

    assert ids_of(NOTES.page(desk.ledger, "t", **wanted)) == found
    assert NOTES.count(desk.ledger, "t", **wanted) == len(found)


def test_labels_are_those_of_the_last_put(desk):
    put(desk, "a", labels={"type": "video", "state": "bad"})
    put(desk, "a", labels={"type": "audio"})

    assert NOTES.find(desk.ledger, "t", type="video") is None
    assert NOTES.find(desk.ledger, "t", state="bad") is None
    assert NOTES.find(desk.ledger, "t", type="audio") is not None


def test_a_sole_label_is_one_records_of_its_tenant_and_kind(desk):
    put(desk, "a", sole={"url": "oss://b/o"})

    with pytest.raises(Conflict, match="oss://b/o") as caught:
        put(desk, "b", sole={"url": "oss://b/o"})
    assert caught.value.field == "url"
    assert NOTES.get(desk.ledger, "t", "b") is None
    put(desk, "a", sole={"url": "oss://b/o"})
    put(desk, "b", tenant="u", sole={"url": "oss://b/o"})
    desk.do(lambda tx: NOTES.delete(tx, "t", "a"))
    put(desk, "b", sole={"url": "oss://b/o"})


def test_a_change_is_kept_whole_or_not_at_all(desk):
    def change(tx) -> None:
        NOTES.put(tx, "t", "a", Note("x"), now=NOW, labels={"type": "video"})
        assert NOTES.find(tx, "t", type="video") is not None, "a change sees what it has written"
        assert tx.record_count(RecordFilter("t", "test.note")) == 1
        raise Conflict("no")

    with pytest.raises(Conflict):
        desk.do(change)
    assert NOTES.page(desk.ledger, "t") == []
    assert NOTES.find(desk.ledger, "t", type="video") is None


def test_a_record_can_be_put_in_one_change_with_a_submit(desk):
    new = desk.new()

    def change(tx) -> None:
        tx.submit(new)
        NOTES.put(tx, "t", "a", Note(new.id), now=NOW)

    desk.do(change)
    assert NOTES.get(desk.ledger, "t", "a").body.text == desk.job(new.id).id
