"""The outbox: what is written with the end of a job, when it is due, and its log."""

from typing import Any

import pytest

from reelwright.errors import InvalidParameter, NotFound
from reelwright.jobs import ids
from reelwright.jobs.announcing import SUBSCRIPTIONS, Subscription
from reelwright.jobs.delivery import KEPT_ATTEMPTS, Attempt, Delivery, DeliveryFilter, DeliveryState, NewDelivery
from reelwright.jobs.job import Status
from reelwright.jobs.ledger.port import Transaction

NOW = 2_000_000_000.0
QUEUED, SUCCEEDED, FAILED, CANCELLED = Status.QUEUED, Status.SUCCEEDED, Status.FAILED, Status.CANCELLED
PENDING, DELIVERED, GIVEN_UP = DeliveryState.PENDING, DeliveryState.DELIVERED, DeliveryState.GIVEN_UP
ADDRESS = "https://Example.com:8443/told?by=reelwright"


def due(desk, now: float = NOW + 1000, **given: Any) -> list[Delivery]:
    return desk.ledger.due_deliveries(now, **{"limit": 100, **given})


def told(desk, *, target: str = ADDRESS, tenant: str = "t", at: float = NOW) -> str:
    """A delivery that no job is behind."""
    new = NewDelivery(ids.new(at), tenant, "ice", target, {"event": "FileUploadComplete"}, at)
    desk.do(lambda tx: tx.tell(new))
    return new.id


def end(desk, job_id: str, status: Status) -> None:
    if status is CANCELLED:
        desk.cancel(job_id)
    elif status is FAILED:
        desk.fail(desk.claim_one())
    else:
        desk.finish(desk.claim_one())
        desk.publish(job_id)


@pytest.mark.parametrize("status", [SUCCEEDED, FAILED, CANCELLED], ids=str)
def test_a_final_state_is_told_to_the_callback_as_it_was(desk, status: Status):
    job_id = desk.submit(wire={"callback": ADDRESS})
    assert due(desk) == []

    end(desk, job_id, status)

    (word,) = due(desk)
    assert (word.tenant, word.job_id, word.kind, word.target) == ("t", job_id, "native", ADDRESS)
    assert (word.receiver, word.state, word.attempts, word.log) == ("example.com:8443", PENDING, 0, ())
    assert word.payload["event"] == f"job.{status.lower()}"
    assert (word.payload["job"]["id"], word.payload["job"]["status"]) == (job_id, status.value)


@pytest.mark.parametrize("wire", [None, {}, {"callback": ""}, {"callback": 7}, {"event": "JobComplete"}], ids=str)
def test_without_a_callback_nobody_is_told(desk, wire: Any):
    desk.cancel(desk.submit(wire=wire))

    assert due(desk) == []


@pytest.mark.parametrize(
    ("subscribed", "face", "told_to"),
    [
        pytest.param(Subscription("http://a/"), "ice.iproduction", ["http://a/"], id="all-events"),
        pytest.param(Subscription("http://a/", ("JobComplete",)), "ice.iproduction", ["http://a/"], id="this-event"),
        pytest.param(Subscription("http://a/", ("Other",)), "ice.iproduction", [], id="other-events"),
        pytest.param(Subscription("http://a/"), "dashscope", [], id="other-face"),
    ],
)
def test_an_event_goes_to_the_subscription_of_its_face_that_wants_it(desk, subscribed, face, told_to):
    desk.do(lambda tx: SUBSCRIPTIONS.put(tx, "t", "ice", subscribed, now=NOW))
    desk.cancel(desk.submit(face=face, wire={"event": "JobComplete"}))
    desk.cancel(desk.submit(face=face, wire={"event": "JobComplete"}, tenant="u"), tenant="u")

    assert [(one.kind, one.target) for one in due(desk)] == [("ice", target) for target in told_to]


def test_a_change_that_fails_tells_nobody(desk):
    job_id = desk.submit(wire={"callback": ADDRESS})

    def change(tx: Transaction) -> None:
        tx.cancel("t", job_id, NOW)
        raise InvalidParameter("no")

    with pytest.raises(InvalidParameter):
        desk.do(change)
    assert (due(desk), desk.job(job_id).status) == ([], QUEUED)


def test_a_delivery_is_due_until_it_is_settled_and_keeps_a_log(desk):
    word = told(desk)
    first = Attempt(NOW + 1, 0.5, 503, "it answered 503")
    desk.do(lambda tx: tx.tried(word, first, state=PENDING, due=NOW + 60))

    assert due(desk, NOW + 59) == []
    assert desk.ledger.next_delivery(NOW + 2) == NOW + 60
    (waiting,) = due(desk, NOW + 60)
    assert (waiting.id, waiting.attempts, waiting.log, waiting.settled_at) == (word, 1, (first,), None)

    second = Attempt(NOW + 60, 0.25, 204)
    desk.do(lambda tx: tx.tried(word, second, state=DELIVERED, due=NOW + 60))
    assert due(desk) == []
    assert desk.ledger.next_delivery(NOW) is None
    settled = desk.ledger.delivery("t", word)
    assert (settled.state, settled.settled_at, settled.log) == (DELIVERED, NOW + 60.25, (first, second))


def test_one_that_was_given_up_can_be_asked_for_again(desk):
    word = told(desk)
    for _ in range(3):
        desk.do(lambda tx: tx.tried(word, Attempt(NOW, 0, 410, "gone"), state=GIVEN_UP, due=NOW))
    assert due(desk) == []

    again = desk.do(lambda tx: tx.redeliver("t", word, NOW + 5))

    assert (again.state, again.attempts, again.settled_at, len(again.log)) == (PENDING, 0, None, 3)
    assert [one.id for one in due(desk, NOW + 5)] == [word]
    for tenant, delivery_id in (("u", word), ("t", "0" * 32)):
        with pytest.raises(NotFound):
            desk.do(lambda tx, tenant=tenant, wanted=delivery_id: tx.redeliver(tenant, wanted, NOW))
    assert desk.ledger.delivery("u", word) is None


def test_the_log_keeps_the_last_tries(desk):
    word = told(desk)
    for number in range(KEPT_ATTEMPTS + 5):
        desk.do(lambda tx, at=NOW + number: tx.tried(word, Attempt(at, 0, 500, "no"), state=PENDING, due=at))

    log = desk.ledger.delivery("t", word).log
    assert (len(log), log[-1].at) == (KEPT_ATTEMPTS, NOW + KEPT_ATTEMPTS + 4)


def test_the_longest_overdue_comes_first_and_busy_receivers_are_left_out(desk):
    late = told(desk, target="http://b/", at=NOW + 3)
    early = [told(desk, target="http://a/", at=NOW + number) for number in range(3)]

    assert [one.id for one in due(desk)] == [*early, late]
    assert [one.id for one in due(desk, limit=2)] == early[:2]
    assert [one.id for one in due(desk, busy=["a"])] == [late]
    assert due(desk, busy=["a", "b"]) == []


def test_listing_is_the_tenants_own_newest_first_page_by_page(desk):
    words = [told(desk, at=NOW + number) for number in range(5)]
    told(desk, tenant="u")
    desk.do(lambda tx: tx.tried(words[1], Attempt(NOW, 0, 200), state=DELIVERED, due=NOW))

    first = desk.ledger.deliveries(DeliveryFilter("t", limit=3))
    rest = desk.ledger.deliveries(DeliveryFilter("t", limit=3, after=first[-1].id))
    assert [one.id for one in [*first, *rest]] == words[::-1]
    assert [one.id for one in desk.ledger.deliveries(DeliveryFilter("t", state=DELIVERED))] == [words[1]]
    assert desk.ledger.deliveries(DeliveryFilter("t", job_id="0" * 32)) == []


def test_the_log_goes_with_its_job_or_by_its_age(desk):
    job_id = desk.submit(expires_at=NOW + 50, wire={"callback": ADDRESS})
    desk.cancel(job_id)
    old, new = told(desk, at=NOW), told(desk, at=NOW + 10)

    assert desk.do(lambda tx: tx.prune_deliveries(NOW + 5)) == 1
    assert desk.ledger.delivery("t", old) is None
    assert {one.id for one in due(desk)} > {new}
    desk.do(lambda tx: tx.prune(now=NOW + 60))
    assert [one.id for one in due(desk)] == [new]
    # A try that ends after its job was pruned has nothing to be noted in.
    desk.do(lambda tx: tx.tried(old, Attempt(NOW, 0, 200), state=DELIVERED, due=NOW))


def test_who_delivers_is_woken_by_a_word_and_by_nothing_else(desk):
    woken = []
    desk.ledger.on_told(lambda: woken.append(1))

    desk.submit()
    assert woken == []
    word = told(desk)
    desk.do(lambda tx: tx.redeliver("t", word, NOW))
    assert desk.do(lambda tx: len(woken)) == 2


def test_what_waits_is_counted_and_dated(desk):
    assert desk.ledger.pending_deliveries() == (0, None)
    first, second = told(desk, at=NOW + 5), told(desk, at=NOW + 9)
    desk.do(lambda tx: tx.tried(first, Attempt(NOW + 10, 0.1, 500, "no"), state=PENDING, due=NOW + 60))
    assert desk.ledger.pending_deliveries() == (2, NOW + 5)
    desk.do(lambda tx: tx.tried(first, Attempt(NOW + 60, 0.1, 200, ""), state=DELIVERED, due=NOW + 60))
    assert desk.ledger.pending_deliveries() == (1, NOW + 9)
    desk.do(lambda tx: tx.tried(second, Attempt(NOW + 60, 0.1, 410, "gone"), state=GIVEN_UP, due=NOW + 60))
    assert desk.ledger.pending_deliveries() == (0, None)
