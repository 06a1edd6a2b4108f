"""What all records of `/v1` are built of."""

from typing import Annotated

import msgspec
from msgspec import Meta

MAX_PAGE = 200
MAX_TOKEN = 255
MAX_SEED = (1 << 63) - 1  # a ledger's integer is 64 bits wide

Instant = Annotated[
    str, Meta(description="An instant, UTC.", extra_json_schema={"format": "date-time", "x-unit": "ISO 8601"})
]
Seconds = Annotated[float, Meta(description="Seconds.", extra_json_schema={"x-unit": "s"})]
Percent = Annotated[float, Meta(description="Percent done.", extra_json_schema={"x-unit": "%"})]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of what comes in: an unknown key is an error, never ignored."""


class Reply(msgspec.Struct, frozen=True):
    """Base of what goes out."""
