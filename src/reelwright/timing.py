"""Time, in one place: the clock, stamps as the APIs write them, exact media time.

Wall-clock instants are floats of Unix seconds. Media time is a `Fraction` of
seconds inside, a float in params and results, milliseconds only in codecs.
"""

import time as _time
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache

YEAR = 365 * 86400.0


def now() -> float:
    """Unix seconds."""
    return _time.time()


def stamp(at: float) -> str:
    """An instant as `2026-01-02T03:04:05.678Z`, UTC."""
    second, micros = divmod(round(at * 1e6), 1_000_000)
    return f"{_second(second)}.{micros // 1000:03d}Z"


@lru_cache(maxsize=4096)
def _second(at: int) -> str:
    # Kept, because thousands of jobs are stamped within one second and formatting costs more than the rest of it.
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}"


def stamp_seconds(at: float) -> str:
    """An instant as `2026-01-02T03:04:05Z`, UTC, whole seconds."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def media_seconds(pts: int, time_base: Fraction) -> Fraction:
    """The exact moment of a presentation stamp."""
    return pts * time_base
