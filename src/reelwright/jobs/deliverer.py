"""Bringing out what the outbox holds: at least once, never on a worker's path.

One thread chooses what is due, each delivery is posted on a thread of its own, few at a
time and fewer to one receiver, so that one that hangs keeps nobody else waiting. The
outbox is the only truth: a server that is killed between a post and its note posts the same
delivery again, under the same id, when it is back.

A receiver takes a message by any 2xx. Whatever else it does is tried again, ever later, until
the tries are used up; an address that must not be posted to, and a 410, end it at once.
"""

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reelwright import timing
from reelwright.errors import AddressRefused, ReelwrightError
from reelwright.jobs.delivery import Attempt, Delivery, DeliveryState
from reelwright.jobs.ledger.port import Ledger
from reelwright.settings import Settings
from reelwright.storage.post import Answer, Post

log = logging.getLogger(__name__)

SLOTS = 16  # posts at once
SLOTS_OF_ONE = 4  # of them to one receiver
FACTOR = 3.0  # by which a delay grows
LONGEST_DELAY = 6 * 3600.0  # seconds
JITTER = 0.2  # a delay is up to that part shorter or longer, so that what failed together does not come back together
LONGEST_WAIT = 30.0  # seconds; only a net under the wake-ups
ENDING = 2.0  # seconds that running posts get when the server stops; what is left is posted again
UNNOTED = 30.0  # seconds to wait after a try that could not be written down
PRUNE_EVERY = 3600.0
KEPT = 30 * 86400.0  # seconds that the log of a delivery without a job is kept
GONE = 410


@dataclass(frozen=True, slots=True)
class Message:
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of the tries since the server started, and what waits now. `oldest`: age in seconds, or 0."""

    tries: Mapping[DeliveryState, int]
    pending: int
    oldest: float


Compose = Callable[[Delivery, float], Message]
"""Writes the message of a delivery, signed for this moment; called anew for each try."""


@dataclass(frozen=True, slots=True)
class Policy:
    attempts: int
    delay: float

    @classmethod
    def of(cls, settings: Settings) -> "Policy":
        return cls(settings.callback_attempts, settings.callback_delay)


class Deliverer:
    def __init__(self, *, ledger: Ledger, post: Post, policy: Policy) -> None:
        self._ledger, self._post, self._policy = ledger, post, policy
        self._composers: dict[str, Compose] = {}
        self._flying: dict[str, str] = {}
        """Delivery id -> receiver; touched by the choosing thread, and emptied by the posting ones."""
        self._landed = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._prune_at = 0.0
        self._tries = dict.fromkeys(DeliveryState, 0)
        self._thread: threading.Thread | None = None
        ledger.on_told(self._wake.set)

    def composes(self, kind: str, compose: Compose) -> None:
        """`compose` writes the messages of this kind. Before `start`."""
        self._composers[kind] = compose

    def start(self) -> None:
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._live, name="deliverer", daemon=True)
            self._thread.start()

    def tally(self) -> Tally:
        """For metrics. A try that is PENDING failed, and another will be made."""
        pending, oldest = self._ledger.pending_deliveries()
        with self._landed:
            tries = dict(self._tries)
        return Tally(tries, pending, 0.0 if oldest is None else max(0.0, timing.now() - oldest))

    def close(self) -> None:
        """Start no post any more; wait a little for those that run."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        until = time.monotonic() + ENDING
        while self._flying and time.monotonic() < until:
            time.sleep(0.01)

    # ---- choosing

    def _live(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                wait = self._turn()
            except Exception:
                # One odd row must not stop every other delivery; the row shows in the log.
                log.exception("deliverer turn failed")
                wait = 1.0
            self._wake.wait(wait)

    def _turn(self) -> float:
        """Start what may be started. Returns the seconds until there may be more to do."""
        at = timing.now()
        self._prune(at)
        with self._landed:
            flying = dict(self._flying)
        load = Counter(flying.values())
        busy = [receiver for receiver, count in load.items() if count >= SLOTS_OF_ONE]
        free, started = SLOTS - len(flying), 0
        if free > 0:
            for delivery in self._ledger.due_deliveries(at, limit=SLOTS + len(flying), busy=busy):
                if delivery.id in flying or load[delivery.receiver] >= SLOTS_OF_ONE or started == free:
                    continue
                load[delivery.receiver] += 1
                started += 1
                self._start(delivery)
        if 0 < started < free:
            return 0.0  # A receiver's share may be full now; look what the others have.
        due = self._ledger.next_delivery(at)
        return LONGEST_WAIT if due is None else min(LONGEST_WAIT, max(0.0, due - timing.now()))

    def _start(self, delivery: Delivery) -> None:
        with self._landed:
            self._flying[delivery.id] = delivery.receiver
        # A daemon, so that a receiver that hangs does not keep the process from its end.
        threading.Thread(target=self._deliver, args=(delivery,), name="callback", daemon=True).start()

    def _prune(self, at: float) -> None:
        if at >= self._prune_at:
            self._prune_at = at + PRUNE_EVERY
            self._ledger.write(lambda tx: tx.prune_deliveries(at - KEPT)).result()

    # ---- posting

    def _deliver(self, delivery: Delivery) -> None:
        try:
            attempt, state, due = self._try(delivery)
            with self._landed:
                self._tries[state] += 1
            told = {"delivery": delivery.id, "job": delivery.job_id, "receiver": delivery.receiver}
            log.info("callback", extra={**told, "state": state.value, "status": attempt.status, "error": attempt.error})
            self._ledger.write(lambda tx: tx.tried(delivery.id, attempt, state=state, due=due)).result()
        except Exception:
            # The ledger is closed, or its disk is full: the row stays as it is, so the delivery comes again. Not at
            # once, or the receiver would be told without end.
            log.exception("callback could not be noted", extra={"delivery": delivery.id})
            self._stopping.wait(UNNOTED)
        finally:
            with self._landed:
                self._flying.pop(delivery.id, None)
            self._wake.set()

    def _try(self, delivery: Delivery) -> tuple[Attempt, DeliveryState, float]:
        """One try: how it went, and what comes of it."""
        at, began = timing.now(), time.monotonic()
        answer, error, is_final = self._posted(delivery, at)
        attempt = Attempt(at, round(time.monotonic() - began, 4), answer.status if answer else None, error)
        if not error:
            return attempt, DeliveryState.DELIVERED, at
        if is_final or delivery.attempts + 1 >= self._policy.attempts:
            return attempt, DeliveryState.GIVEN_UP, at
        asked = min(answer.retry_after, LONGEST_DELAY) if answer else 0.0
        return attempt, DeliveryState.PENDING, timing.now() + max(asked, delay(delivery.attempts, self._policy.delay))

    def _posted(self, delivery: Delivery, at: float) -> tuple[Answer | None, str, bool]:
        """The answer if there was one, the fault if there was one, and whether a further try is of no use."""
        try:
            message = self._composed(delivery, at)
            answer = self._post(delivery.target, message.body, message.headers)
        except ReelwrightError as error:
            return None, error.message, isinstance(error, AddressRefused)
        except Exception as error:
            # A fault of ours in a message, or of a library below the post: it stands in the log, and is tried again.
            log.exception("callback failed", extra={"delivery": delivery.id})
            return None, f"{type(error).__name__}: {error}", False
        is_taken = 200 <= answer.status < 300
        return answer, "" if is_taken else f"the receiver answered {answer.status}", answer.status == GONE

    def _composed(self, delivery: Delivery, at: float) -> Message:
        compose = self._composers.get(delivery.kind)
        if compose is None:
            raise AddressRefused(f"nobody here writes messages of the kind {delivery.kind!r}")
        return compose(delivery, at)


def delay(tries: int, first: float) -> float:
    """Seconds to wait after `tries` + 1 failed tries: growing, capped, and never quite the same."""
    grown = min(LONGEST_DELAY, first * FACTOR ** min(tries, 30))
    return grown * random.uniform(1 - JITTER, 1 + JITTER)
