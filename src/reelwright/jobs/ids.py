"""Ids: 128 bits as 32 lower-case hex digits, the first 48 of them milliseconds.

Time-ordered, so that a ledger appends at the right edge of its index (random ids cost a
factor of three in inserts). The next 12 bits are the fraction of the millisecond: two
submits of one client stand in the order they came. The other 68 bits are random, so that
an id is not guessed.
"""

import os
import re

SHAPE = re.compile(r"^[0-9a-f]{32}$")
PARTS = 4096  # of a millisecond; a float of Unix seconds resolves about that much


def new(at: float) -> str:
    """`at` in Unix seconds."""
    milliseconds = int(at * 1000)
    ticks = milliseconds * PARTS + int((at * 1000 - milliseconds) * PARTS)
    return f"{ticks & 0xFFFFFFFFFFFFFFF:015x}{os.urandom(9).hex()[1:]}"


def floor(at: float) -> str:
    """No id made at `at` or later sorts before this."""
    return f"{int(at * 1000) & 0xFFFFFFFFFFFF:012x}"
