"""Ids: 128 bits as 32 lower-case hex digits, the first 48 of them milliseconds.

Time-ordered, so that a ledger appends at the right edge of its index (random ids cost a
factor of three in inserts); the other 80 bits are random, so that an id is not guessed.
"""

import os
import re

SHAPE = re.compile(r"^[0-9a-f]{32}$")


def new(at: float) -> str:
    """`at` in Unix seconds."""
    return f"{int(at * 1000) & 0xFFFFFFFFFFFF:012x}{os.urandom(10).hex()}"
