"""How a face's tables are written: two-way codecs by their short forms, and the operations made of them.

A table maps wire names to rows. A row is a codec, or just a domain path where the value
stays as it is. `read` turns what came over the wire into a nested domain document,
`write` a domain document (or a record such as a job) into what goes out:

    JOB = {"JobId": "id", "Status": one_of("status", STATUS), "CreateTime": moment("created_at")}

Domain paths are dotted (`wire.name`); an empty path is the whole document. What is
missing stays missing in both directions. A name may have several rows: all of them
read, the first one writes. Numbers and booleans are accepted as texts too. A fault names
the wire's name, the value and the mend.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple, TypeVar

from reelwright.faces import codecs, objects
from reelwright.faces.codecs import Codec, Document, Row, Table, find, names, read, write
from reelwright.faces.request import Origin
from reelwright.jobs.job import Job
from reelwright.service import Service, Submission

__all__ = [
    "Codec",
    "Desk",
    "Document",
    "Operation",
    "Row",
    "Table",
    "always",
    "any_object",
    "boolean",
    "cancel",
    "each",
    "find",
    "handled",
    "integer",
    "json_object",
    "json_text",
    "link",
    "milliseconds",
    "moment",
    "names",
    "number",
    "object_key",
    "one_of",
    "query",
    "read",
    "refused",
    "short_text",
    "submit",
    "text",
    "write",
]

S = TypeVar("S", bound=str)

# ---- operations


class Desk(NamedTuple):
    """Where an operation is answered: what it may use, for whom, and as what they see this server."""

    service: Service
    tenant: str
    origin: Origin


Calls = Literal["submit", "query", "cancel", "handle", "refuse"]
Wanted = Callable[[Document, Desk], Submission]
Handler = Callable[[Desk, Document], Awaitable[object]]


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of a vendor's API: what it is called, what it reads, what it answers.

    `family` is what jobs made by it are marked with (`Submission.face`): a job of another family
    is unknown to it. (`ice.smart.asr` belongs to the family `ice.smart` too.) `wanted` makes the
    submission of what was read; without it the operation always means one `operator`, and what
    it takes are that operator's params.
    An operation about no job has a `handler`: what was read -> what is to be written.
    """

    action: str
    calls: Calls
    takes: Table = field(default_factory=dict)
    gives: Table = field(default_factory=dict)
    family: str = ""
    operator: str = ""
    wanted: Wanted | None = None
    handler: Handler | None = None
    also_named: Mapping[str, str] = field(default_factory=dict)
    because: str = ""
    until: Callable[[Job], float | None] | None = None
    """For a query: when the face forgets a job, Unix seconds, though the ledger keeps it."""

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Domain path -> wire name, for faults that are found behind the face."""
        within = "params." if self.operator else ""
        own = {within + path: name for path, name in names(self.takes).items()}
        return {**self.also_named, **own}

    def submission(self, given: Mapping[str, object], desk: Desk) -> Submission:
        domain = read(self.takes, given)
        if self.wanted is not None:
            return self.wanted(domain, desk)
        return Submission(self.operator, domain, face=self.family)


def submit(
    action: str,
    *,
    takes: Table,
    gives: Table,
    family: str,
    operator: str = "",
    wanted: Wanted | None = None,
    also_named: Mapping[str, str] | None = None,
) -> Operation:
    """Make a job. `also_named`: wire names of params that `wanted` puts elsewhere than `takes` does."""
    if bool(operator) == (wanted is not None):
        raise ValueError(f"{action} needs either an operator or a function that makes its submission")
    return Operation(action, "submit", takes, gives, family, operator, wanted, also_named=also_named or {})


def query(
    action: str, *, takes: Table, gives: Table, family: str, until: Callable[[Job], float | None] | None = None
) -> Operation:
    """Tell of one job; `takes` must read its `id`. `until`: when the job is unknown to this face."""
    return Operation(action, "query", takes, gives, family, until=until)


def cancel(action: str, *, takes: Table, gives: Table, family: str) -> Operation:
    """Cancel one job; `takes` must read its `id`."""
    return Operation(action, "cancel", takes, gives, family)


def handled(action: str, handler: Handler, *, takes: Table | None = None, gives: Table | None = None) -> Operation:
    """Do something that is no job: `handler` gets what `takes` read, `gives` writes what it returns."""
    return Operation(action, "handle", takes or {}, gives or {}, handler=handler)


def refused(action: str, *, because: str) -> Operation:
    """Known, and not offered."""
    return Operation(action, "refuse", because=because)


# ---- rows


def text(path: str, *, required: bool = False, most: int | None = None) -> Codec:
    return codecs.Text(path, required, most)


def short_text(path: str, *, most_bytes: int, required: bool = False) -> Codec:
    """A text whose length the vendor counts in bytes of UTF-8."""
    return codecs.Text(path, required, most_bytes, "bytes")


def integer(path: str, *, required: bool = False, least: int | None = None, most: int | None = None) -> Codec:
    return codecs.Integer(path, required, least, most)


def number(path: str, *, required: bool = False) -> Codec:
    return codecs.Number(path, required)


def milliseconds(path: str, *, as_text: bool = False) -> Codec:
    """Seconds inside, milliseconds on the wire."""
    return codecs.Number(path, scale=1000.0, as_text=as_text)


def boolean(path: str, *, required: bool = False) -> Codec:
    return codecs.Boolean(path, required)


def one_of(
    path: str, words: Mapping[S, str], *, also: Mapping[str, str] | None = None, required: bool = False
) -> Codec:
    return codecs.OneOf(path, required, {str(word): told for word, told in words.items()}, dict(also or {}))


def moment(path: str) -> Codec:
    return codecs.Moment(path)


def json_object(table: Table, *, path: str = "", required: bool = False) -> Codec:
    return codecs.JsonObject(path, required, table)


def any_object(path: str, *, required: bool = False) -> Codec:
    return codecs.AnyObject(path, required)


def json_text(row: Codec) -> Codec:
    return codecs.JsonText(row.path, row.required, row)


def each(path: str, item: Table | Row) -> Codec:
    return codecs.Each(path, item=item)


def link(path: str = "") -> Codec:
    return objects.LinkTo(path)


def object_key(path: str) -> Codec:
    return objects.ObjectKey(path)


def always(value: object) -> Codec:
    return codecs.Always("", value=value)
