"""How often one key may ask: a bucket of tokens for each, which fills at the allowed rate."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from reelwright.errors import Throttled

MOST_KEYS = 10_000  # whoever has not asked for longest is forgotten, and begins with a full bucket


class Throttle:
    """`rate` requests a second in the long run, and as many at once as a second allows, 1 at least."""

    def __init__(self, rate: float, clock: Callable[[], float] = monotonic) -> None:
        self._rate = rate
        self._room = max(1.0, rate)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, key: str) -> None:
        """Count a request. Raises `Throttled`, with the time after which there is room again."""
        if not self._rate:
            return
        now = self._clock()
        left, at = self._buckets.pop(key, (self._room, now))
        left = min(self._room, left + (now - at) * self._rate)
        is_over = left < 1.0
        self._buckets[key] = (left if is_over else left - 1.0, now)
        if len(self._buckets) > MOST_KEYS:
            self._buckets.popitem(last=False)
        if is_over:
            told = f"this key sends more than {self._rate:g} requests a second; slow down, or raise `rate_limit`"
            raise Throttled(told, retry_after=(1.0 - left) / self._rate)
