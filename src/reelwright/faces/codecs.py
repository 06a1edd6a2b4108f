"""What the rows of a wire table do: read and write documents, row by row.

`faces.wire` has the short forms in which tables are written, and says how they read.
Each codec is one class with two directions, `take` (wire to domain) and `give` (domain
to wire). Nothing here knows a protocol or a vendor.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import msgspec

from reelwright.errors import InvalidParameter, MissingParameter
from reelwright.faces.request import shown
from reelwright.timing import stamp_seconds

Document = Mapping[str, object]
INTEGER = re.compile(r"[+-]?[0-9]{1,18}")  # more digits than that mean nothing to anybody
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


class _Missing:
    """Nothing there. None is a value on some wires."""


MISSING = _Missing()


@dataclass(frozen=True, slots=True)
class Codec:
    """A row: where the value lies in the domain document, and how it reads on the wire. This one changes nothing."""

    path: str
    required: bool = False

    def take(self, value: object, name: str) -> object:
        """A wire value as a domain value. `name` is the wire's, for the fault."""
        return value

    def give(self, value: object) -> object:
        """A domain value as a wire value."""
        return value

    @property
    def keeps_empty(self) -> bool:
        """Is an empty text a value of its own, and not the same as nothing?"""
        return True


Row = str | Codec
Table = Mapping[str, Row | tuple[Row, ...]]


def read(takes: Table, given: Document, *, within: str = "") -> dict[str, object]:
    """The domain document of wire values. Names that the table does not have are ignored.

    Raises `MissingParameter` or `InvalidParameter`, naming the parameter as the wire does.
    """
    domain: dict[str, object] = {}
    for name, rows in takes.items():
        for codec in _codecs(rows):
            value = given.get(name)
            if value is None or (value == "" and (codec.required or not codec.keeps_empty)):
                if codec.required:
                    raise MissingParameter(f"{within}{name} is missing; it is required", field=within + name)
                continue
            _put(domain, codec.path, codec.take(value, within + name))
    return domain


def write(gives: Table, domain: object) -> dict[str, object]:
    """The wire values of a domain document, or of a record. What it does not have, or has as None, is left out."""
    wire: dict[str, object] = {}
    for name, rows in gives.items():
        given = written(_codecs(rows)[0], domain)
        if given is not MISSING:
            wire[name] = given
    return wire


def written(codec: Codec, domain: object) -> object:
    """One row of a table, written; `MISSING` if there is nothing to write."""
    value = find(domain, codec.path)
    return MISSING if value is MISSING or value is None else codec.give(value)


def names(takes: Table, *, within: str = "") -> dict[str, str]:
    """Domain path -> wire name, to tell a fault that was found further in."""
    found: dict[str, str] = {}
    for name, rows in takes.items():
        for codec in _codecs(rows):
            if isinstance(codec, JsonObject):
                found |= names(codec.table, within=f"{within}{name}.")
            else:
                found[codec.path] = within + name
    return found


def find(domain: object, path: str) -> object:
    """The value at a dotted path of documents and records; `MISSING` if there is none."""
    for part in _parts(path):
        # A record can be a mapping too, but asking for that is slow, and nearly all are plain dicts.
        is_document = isinstance(domain, (dict, Mapping))
        domain = domain.get(part, MISSING) if is_document else getattr(domain, part, MISSING)  # type: ignore[attr-defined]
    return domain


@lru_cache(maxsize=1024)  # paths come from the tables, so there are only so many
def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split(".")) if path else ()


def _codecs(rows: Row | tuple[Row, ...]) -> tuple[Codec, ...]:
    if isinstance(rows, Codec):
        return (rows,)
    if isinstance(rows, str):
        return (_plain(rows),)
    return tuple(_plain(row) if isinstance(row, str) else row for row in rows)


@lru_cache(maxsize=1024)
def _plain(path: str) -> Codec:
    return Codec(path)


def _put(domain: dict[str, object], path: str, value: object) -> None:
    """Set the value at a dotted path; a document is merged into what lies there already."""
    part, _, rest = path.partition(".")
    there = domain if not path else domain.setdefault(part, {}) if rest else domain.get(part)
    if rest and isinstance(there, dict):
        _put(there, rest, value)
    elif isinstance(there, dict) and isinstance(value, dict):
        for name, inner in value.items():
            _put(there, name, inner)
    else:
        domain[part] = value


def bad(name: str, value: object, mend: str) -> InvalidParameter:
    return InvalidParameter(f"{name} is {shown(value)}; {mend}", field=name)


# ---- scalars


@dataclass(frozen=True, slots=True)
class Text(Codec):
    """`most`: of characters, or of bytes in UTF-8."""

    most: int | None = None
    unit: Literal["characters", "bytes"] = "characters"

    def take(self, value: object, name: str) -> str:
        if not isinstance(value, str):
            raise bad(name, value, "give a text")
        length = len(value.encode(errors="surrogatepass")) if self.unit == "bytes" else len(value)
        if self.most is not None and length > self.most:
            raise InvalidParameter(f"{name} is {length} {self.unit} long; give at most {self.most}", field=name)
        return value


@dataclass(frozen=True, slots=True)
class Integer(Codec):
    least: int | None = None
    most: int | None = None

    def take(self, value: object, name: str) -> int:
        number = value
        if isinstance(value, str):
            number = int(value) if INTEGER.fullmatch(value) else None
        elif isinstance(value, float) and value.is_integer():
            number = int(value)
        if isinstance(number, bool) or not isinstance(number, int) or not self._is_inside(number):
            raise bad(name, value, f"give a whole number{_range(self.least, self.most)}")
        return number

    def _is_inside(self, value: int) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @property
    def keeps_empty(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Number(Codec):
    """`scale` wire units are one domain unit; `as_text` for wires that write numbers as texts."""

    scale: float = 1.0
    as_text: bool = False

    def take(self, value: object, name: str) -> float:
        number = math.nan
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = _as_float(value)
        elif isinstance(value, str) and NUMBER.fullmatch(value):
            number = float(value)
        if not math.isfinite(number):
            raise bad(name, value, "give a number")
        return number / self.scale

    def give(self, value: object) -> object:
        # Microseconds are exact enough for any of our units; the scaling must not show as 28278.249999.
        number = round(float(value) * self.scale, 3 if self.scale > 1 else 9)  # type: ignore[arg-type]
        return str(number) if self.as_text else number

    @property
    def keeps_empty(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Boolean(Codec):
    def take(self, value: object, name: str) -> bool:
        if isinstance(value, bool):
            return value
        word = value.lower() if isinstance(value, str) else ""
        if word not in ("true", "false"):
            raise bad(name, value, "give true or false")
        return word == "true"

    @property
    def keeps_empty(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class OneOf(Codec):
    """`words`: domain value -> wire word. `also`: further words that are only read."""

    words: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)

    def take(self, value: object, name: str) -> object:
        for domain, word in self.words.items():
            if word == value:
                return domain
        if isinstance(value, str) and value in self.also:
            return self.also[value]
        known = [repr(word) if word == "" else word for word in dict.fromkeys(self.words.values())]
        raise bad(name, value, f"give {' or '.join(known)}")

    def give(self, value: object) -> object:
        return self.words[str(value)]

    @property
    def keeps_empty(self) -> bool:
        return "" in self.words.values()


@dataclass(frozen=True, slots=True)
class Moment(Codec):
    """Unix seconds <-> `2026-01-02T03:04:05Z`. Only written so far."""

    def give(self, value: object) -> str:
        return stamp_seconds(float(value))  # type: ignore[arg-type]


def _as_float(number: int | float) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer of some hundred digits
        return math.inf


def _range(least: int | None, most: int | None) -> str:
    if least is not None and most is not None:
        return f" from {least} to {most}"
    return f" of {least} or more" if least is not None else f" of at most {most}" if most is not None else ""


# ---- structures


@dataclass(frozen=True, slots=True)
class JsonObject(Codec):
    """An object of its own rows: JSON text (or an object already) on the way in, an object on the way out."""

    table: Table = field(default_factory=dict)

    def take(self, value: object, name: str) -> dict[str, object]:
        return read(self.table, parsed_object(value, name), within=f"{name}.")

    def give(self, value: object) -> object:
        return write(self.table, value) or MISSING

    @property
    def keeps_empty(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class JsonText(Codec):
    """A JSON text on the wire; inside, what its row makes of the value in it, or the value itself."""

    row: Codec = Codec("")

    def take(self, value: object, name: str) -> object:
        return self.row.take(parsed(value, name), name)

    def give(self, value: object) -> object:
        given = self.row.give(value)
        return given if given is MISSING else msgspec.json.encode(given).decode()

    @property
    def keeps_empty(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class AnyObject(Codec):
    """A JSON object whose keys are for somebody else to read."""

    def take(self, value: object, name: str) -> Document:
        return parsed_object(value, name)

    @property
    def keeps_empty(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Each(Codec):
    """A list: each item by a table of its own, or by one row."""

    item: Table | Row = ""

    def take(self, value: object, name: str) -> list[object]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise bad(name, value, "give a list")
        return [self._taken(one, f"{name}.{number}") for number, one in enumerate(value)]

    def _taken(self, value: object, name: str) -> object:
        if isinstance(self.item, Mapping):
            return read(self.item, parsed_object(value, name), within=f"{name}.")
        return read({"": self.item}, {"": value}, within=name)

    def give(self, value: object) -> list[object]:
        items: Sequence[object] = value if isinstance(value, Sequence) else ()
        if isinstance(self.item, Mapping):
            return [write(self.item, one) for one in items]
        codec = _codecs(self.item)[0]
        return [written(codec, one) for one in items]


def parsed(value: object, name: str) -> object:
    """A JSON text's value; what is no text is taken as parsed before."""
    if not isinstance(value, str):
        return value
    try:
        decoded: object = msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError) as error:
        raise bad(name, value, f"give a JSON text ({error})") from None
    return decoded


def parsed_object(value: object, name: str) -> Document:
    decoded = parsed(value, name)
    if not isinstance(decoded, Mapping):
        raise bad(name, value, "give a JSON object")
    return decoded


# ---- constants


@dataclass(frozen=True, slots=True)
class Always(Codec):
    """The same value whatever the document says. Only written."""

    value: object = None

    def give(self, value: object) -> object:
        return self.value
