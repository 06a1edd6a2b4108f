"""Pages of records, and spans of time, as the list operations of this face read them."""

from datetime import UTC, datetime

from reelwright.faces.codecs import bad
from reelwright.faces.wire import Document
from reelwright.jobs import ids

PAGE, MOST_PAGE = 10, 100
TIME = "%Y-%m-%dT%H:%M:%SZ"
LAST_OF_SECOND = 1 - 1e-6  # Times are told in whole seconds, so a second is meant as a whole.


def token(given: Document) -> str | None:
    """`NextToken`: the id of the last one of the page before."""
    found = given.get("token")
    if not found:
        return None
    if not ids.SHAPE.match(str(found)):
        raise bad("NextToken", found, "give the NextToken of the page before")
    return str(found)


def moment(given: Document, name: str, field: str) -> float | None:
    """`StartTime`, exclusive, or `EndTime`, inclusive: the end of the second that is named."""
    if not given.get(name):
        return None
    try:
        at = datetime.strptime(str(given[name]), TIME).replace(tzinfo=UTC)
    except ValueError:
        raise bad(field, given[name], "give a moment like 2026-01-02T03:04:05Z") from None
    return at.timestamp() + LAST_OF_SECOND
