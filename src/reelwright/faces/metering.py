"""Counting requests so cheaply that the hot path does not feel it.

A count is one addition to a dict, a latency one bisection; Prometheus' own objects take a
lock for each, which is more than a whole reply may cost here. They are only made when
somebody asks for `/metrics`.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from reelwright.jobs.deliverer import Tally
from reelwright.jobs.delivery import DeliveryState

# Seconds. The hot calls take a fraction of a millisecond, an upload minutes.
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
BUCKETS = (*(str(bound) for bound in BOUNDS), "+Inf")
CONTENT_TYPE = CONTENT_TYPE_LATEST.encode()
OUTCOMES = {
    DeliveryState.DELIVERED: "delivered",
    DeliveryState.PENDING: "failed",  # and tried again
    DeliveryState.GIVEN_UP: "given_up",
}


class Meter:
    """Requests by face and status, latencies by face, jobs by state, callbacks. Used on one event loop only."""

    def __init__(self, jobs: Callable[[], Mapping[str, int]], callbacks: Callable[[], Tally]) -> None:
        self._jobs, self._callbacks = jobs, callbacks
        self._requests: dict[tuple[str, int], int] = defaultdict(int)
        self._latencies: dict[str, list[int]] = defaultdict(lambda: [0] * len(BUCKETS))
        self._seconds: dict[str, float] = defaultdict(float)
        self._registry = CollectorRegistry()
        self._registry.register(self)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)

    def count(self, face: str, status: int, seconds: float) -> None:
        """One request was answered."""
        self._requests[face, status] += 1
        self._latencies[face][bisect_left(BOUNDS, seconds)] += 1
        self._seconds[face] += seconds

    def collect(self) -> Iterator[Metric]:
        """Prometheus' collector protocol."""
        requests = CounterMetricFamily("reelwright_requests", "Requests answered.", labels=["face", "status"])
        for (face, status), number in self._requests.items():
            requests.add_metric([face, str(status)], number)
        yield requests
        latency = HistogramMetricFamily(
            "reelwright_request_seconds", "Seconds from a request to the end of its reply.", labels=["face"]
        )
        for face, numbers in self._latencies.items():
            latency.add_metric([face], _cumulated(numbers), self._seconds[face])
        yield latency
        jobs = GaugeMetricFamily("reelwright_jobs", "Jobs in the ledger.", labels=["state"])
        for state, number in self._jobs().items():
            jobs.add_metric([state], number)
        yield jobs
        yield from _told_of_callbacks(self._callbacks())

    def rendered(self) -> bytes:
        """The text that `/metrics` answers."""
        return generate_latest(self._registry)


def _told_of_callbacks(tally: Tally) -> Iterator[Metric]:
    tries = CounterMetricFamily(
        "reelwright_callback_tries", "Tries of callbacks since the start, by what came of them.", labels=["outcome"]
    )
    for state, number in tally.tries.items():
        tries.add_metric([OUTCOMES[state]], number)
    yield tries
    yield GaugeMetricFamily(
        "reelwright_callbacks_pending", "Callbacks that wait to be delivered or tried again.", value=tally.pending
    )
    yield GaugeMetricFamily(
        "reelwright_callbacks_oldest_pending_seconds", "Age of the oldest of them, 0 without any.", value=tally.oldest
    )


def _cumulated(numbers: list[int]) -> list[tuple[str, float]]:
    told, total = [], 0
    for bucket, number in zip(BUCKETS, numbers, strict=True):
        total += number
        told.append((bucket, float(total)))
    return told
