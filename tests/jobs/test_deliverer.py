"""The deliverer against receivers that misbehave: at least once, later and later, and never for ever."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from reelwright import timing
from reelwright.errors import StorageFull
from reelwright.jobs import deliverer, ids
from reelwright.jobs.deliverer import LONGEST_DELAY, Deliverer, Message, Policy, delay
from reelwright.jobs.delivery import Delivery, DeliveryState, NewDelivery
from reelwright.jobs.ledger.sqlite import SqliteLedger
from reelwright.settings import Settings
from reelwright.storage.post import Answer, poster

PENDING, DELIVERED, GIVEN_UP = DeliveryState.PENDING, DeliveryState.DELIVERED, DeliveryState.GIVEN_UP


def compose(delivery: Delivery, at: float) -> Message:
    return Message(b'{"n":%d}' % delivery.payload["n"], {"x-id": delivery.id, "x-at": str(at)})


class Post:
    """What a ledger and a deliverer do together."""

    def __init__(self, ledger: SqliteLedger, settings: Settings) -> None:
        self.ledger, self._settings = ledger, settings
        self._running: list[Deliverer] = []

    def start(self, send: Callable[..., Answer] | None = None, *, attempts: int = 5, first: float = 0.01) -> Deliverer:
        one = Deliverer(ledger=self.ledger, post=send or poster(self._settings), policy=Policy(attempts, first))
        one.composes("test", compose)
        one.start()
        self._running.append(one)
        return one

    def tell(self, target: str, n: int = 1, kind: str = "test") -> str:
        new = NewDelivery(ids.new(timing.now()), "t", kind, target, {"n": n}, timing.now())
        self.ledger.write(lambda tx: tx.tell(new)).result()
        return new.id

    def look(self, delivery_id: str) -> Delivery:
        found = self.ledger.delivery("t", delivery_id)
        assert found is not None
        return found

    def settled(self, delivery_id: str) -> Delivery:
        return self.until(delivery_id, lambda found: found.state is not PENDING)

    def until(self, delivery_id: str, holds: Callable[[Delivery], Any]) -> Delivery:
        for _ in range(6000):
            if holds(found := self.look(delivery_id)):
                return found
            time.sleep(0.01)
        raise AssertionError(f"it stays {found}")

    def stop(self) -> None:
        while self._running:
            self._running.pop().close()


@pytest.fixture
def post(tmp_path) -> Iterator[Post]:
    ledger = SqliteLedger(tmp_path / "ledger.db")
    ledger.open()
    post = Post(ledger, Settings(home=tmp_path, fetch_allow=("127.0.0.0/8",), callback_timeout=0.5))
    yield post
    post.stop()
    ledger.close()


def test_a_word_is_delivered_at_once_and_once(post, receiver):
    taken = receiver(200)
    post.start()

    done = post.settled(post.tell(taken.url))

    assert (done.state, done.attempts, taken.wait()) == (DELIVERED, 1, [{"n": 1}])
    (attempt,) = done.log
    assert (attempt.status, attempt.error) == (200, "")
    assert done.settled_at >= attempt.at >= done.created_at
    assert len(taken.got) == 1


def test_what_was_waiting_when_it_starts_is_delivered(post, receiver):
    taken = receiver(200)
    words = [post.tell(taken.url, n) for n in range(5)]

    post.start()

    assert all(post.settled(word).state is DELIVERED for word in words)
    assert sorted(body["n"] for body in taken.wait(5)) == [0, 1, 2, 3, 4]


def test_a_receiver_that_misbehaves_gets_the_same_word_again_until_it_takes_it(post, receiver):
    taken = receiver(500, None, 2.0, (302, {"Location": "http://127.0.0.1:1/"}), 200)
    post.start()

    done = post.settled(post.tell(taken.url))

    assert done.state is DELIVERED
    assert [attempt.status for attempt in done.log] == [500, None, None, 302, 200]
    assert [bool(attempt.error) for attempt in done.log] == [True, True, True, True, False]
    assert "within 0.5 s" in done.log[2].error
    assert {headers["x-id"] for headers, _ in taken.got} == {done.id}
    assert len({headers["x-at"] for headers, _ in taken.got}) == 5, "each try is signed anew"


def test_it_gives_up_after_the_tries_it_has(post, receiver):
    taken = receiver(500)
    post.start(attempts=3)

    done = post.settled(post.tell(taken.url))

    assert (done.state, done.attempts, len(done.log), len(taken.got)) == (GIVEN_UP, 3, 3, 3)
    assert done.log[-1].error == "the receiver answered 500"


def test_what_came_of_the_tries_is_counted_and_what_waits(post, receiver):
    taken, refused = receiver(500, 200), receiver(500)
    waiting = [post.tell(refused.url), post.tell(taken.url)]
    one = post.start(attempts=2)
    assert one.tally().pending == 2
    assert 0 < one.tally().oldest < 600

    for word in waiting:
        post.settled(word)

    tally = one.tally()
    assert tally.tries == {DELIVERED: 1, PENDING: 2, GIVEN_UP: 1}
    assert (tally.pending, tally.oldest) == (0, 0.0)


def test_one_that_was_given_up_goes_out_when_it_is_asked_for(post, receiver):
    taken = receiver(500, 500, 200)
    post.start(attempts=2)
    word = post.tell(taken.url)
    assert post.settled(word).state is GIVEN_UP

    post.ledger.write(lambda tx: tx.redeliver("t", word, timing.now())).result()

    done = post.until(word, lambda found: found.state is DELIVERED)
    assert [attempt.status for attempt in done.log] == [500, 500, 200]


@pytest.mark.parametrize(
    ("target", "kind", "told"),
    [
        pytest.param("http://10.1.2.3/told", "test", "no public address", id="inside"),
        pytest.param("http://user:pw@example.com/", "test", "password", id="password"),
        pytest.param("http://127.0.0.1/", "nobody", "'nobody'", id="unknown-kind"),
    ],
)
def test_what_cannot_ever_be_delivered_is_given_up_at_once(post, target, kind, told):
    post.start()

    done = post.settled(post.tell(target, kind=kind))

    assert (done.state, done.attempts, done.log[0].status) == (GIVEN_UP, 1, None)
    assert told in done.log[0].error


def test_a_receiver_that_is_gone_for_good_ends_it(post, receiver):
    post.start()
    done = post.settled(post.tell(receiver(410).url))
    assert (done.state, done.attempts) == (GIVEN_UP, 1)


def test_a_receiver_is_left_alone_for_as_long_as_it_asks(post, receiver):
    post.start()
    word = post.tell(receiver((503, {"Retry-After": "3600"})).url)

    waiting = post.until(word, lambda found: found.log)

    assert waiting.state is PENDING
    assert waiting.due >= waiting.log[0].at + 3600


def test_a_fault_in_a_message_is_tried_again_and_told(post, receiver, caplog):
    one = post.start(attempts=2)

    def broken(delivery: Delivery, at: float) -> Message:
        raise ZeroDivisionError("planted")

    one.composes("broken", broken)
    done = post.settled(post.tell(receiver(200).url, kind="broken"))

    assert (done.state, done.log[-1].error) == (GIVEN_UP, "ZeroDivisionError: planted")
    assert "callback failed" in caplog.text


def test_one_receiver_that_hangs_holds_back_no_other(post, receiver):
    """The hanging one takes its share of the places and no more."""
    going, together, most, lock = threading.Event(), 0, 0, threading.Lock()

    def send(url: str, body: bytes, headers: Any) -> Answer:
        nonlocal together, most
        if "hangs" not in url:
            return Answer(200)
        with lock:
            together += 1
            most = max(most, together)
        assert going.wait(60)
        with lock:
            together -= 1
        return Answer(200)

    hanging = [post.tell("http://hangs.example/", n) for n in range(40)]
    others = [post.tell(f"http://other-{n}.example/", n) for n in range(40)]
    post.start(send)

    assert all(post.settled(word).state is DELIVERED for word in others)
    assert all(post.look(word).state is PENDING for word in hanging)
    going.set()
    assert all(post.settled(word).state is DELIVERED for word in hanging)
    assert most == deliverer.SLOTS_OF_ONE


def test_never_more_at_once_than_there_are_places(post):
    together, most, lock = 0, 0, threading.Lock()

    def send(url: str, body: bytes, headers: Any) -> Answer:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        time.sleep(0.005)
        with lock:
            together -= 1
        return Answer(200)

    words = [post.tell(f"http://other-{n}.example/", n) for n in range(60)]
    post.start(send)

    assert all(post.settled(word).state is DELIVERED for word in words)
    assert most <= deliverer.SLOTS


def test_a_stop_in_the_middle_of_a_post_leaves_the_word_for_the_next_start(post, receiver, monkeypatch):
    monkeypatch.setattr(deliverer, "ENDING", 0.05)
    going = threading.Event()
    begun = threading.Event()

    def hang(url: str, body: bytes, headers: Any) -> Answer:
        begun.set()
        going.wait(60)
        return Answer(500)

    word = post.tell(receiver(200).url)
    one = post.start(hang)
    assert begun.wait(60)
    one.close()
    assert post.look(word).state is PENDING
    going.set()

    post.start()
    assert post.settled(word).state is DELIVERED


def test_a_try_that_cannot_be_written_down_is_not_repeated_at_once(post, receiver, monkeypatch, caplog):
    taken, write, refused = receiver(200), post.ledger.write, threading.Event()
    word = post.tell(taken.url)

    def full(change: Any) -> Any:
        if refused.is_set():
            return write(change)
        if taken.got:
            refused.set()
            raise StorageFull("the ledger could not be written; make room on its disk")
        return write(change)

    monkeypatch.setattr(post.ledger, "write", full)
    one = post.start()
    assert refused.wait(60)
    one._wake.set()
    time.sleep(0.2)

    assert (len(taken.got), post.look(word).state) == (1, PENDING)
    assert "could not be noted" in caplog.text
    one.close()
    post.start()
    assert post.settled(word).state is DELIVERED


def test_delays_grow_stay_within_a_day_and_differ():
    first = [delay(0, 5.0) for _ in range(200)]
    assert 4.0 <= min(first) < max(first) <= 6.0
    assert max(first) - min(first) > 1.0
    grown = [5.0 * 3**tries for tries in range(8)]
    for tries, middle in enumerate(grown):
        assert 0.8 * min(middle, LONGEST_DELAY) <= delay(tries, 5.0) <= 1.2 * min(middle, LONGEST_DELAY)
    assert delay(10**6, 5.0) <= 1.2 * LONGEST_DELAY
    policy = Policy.of(Settings())
    assert 0.5 * 86400 < sum(min(LONGEST_DELAY, policy.delay * 3**n) for n in range(policy.attempts - 1)) < 1.5 * 86400
