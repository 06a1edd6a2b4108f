"""From bytes and query strings to the records of `reelwright.v1`, with faults told by field, value and mend."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from reelwright.errors import InvalidParameter, InvalidRequest, MissingParameter
from reelwright.faces.request import shown

T = TypeVar("T")

WHERE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<where>.*)`)?$", re.DOTALL)
UNKNOWN = re.compile(r"unknown field `(?P<name>.*)`", re.DOTALL)
MISSING = re.compile(r"missing required field `(?P<name>.*)`", re.DOTALL)
NUMBER = re.compile(r"\d{1,12}(\.\d+)?")


def body(raw: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode a body. Raises `InvalidRequest` if it is no JSON, else what `fault` says."""
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise fault(error, _as_given(raw), decoder.type) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        hint = "; send a JSON object" if raw else ", for it is empty; send a JSON object"
        raise InvalidRequest(f"the body cannot be read as JSON ({error}){hint}") from None


def _as_given(raw: bytes) -> Any:
    """The body without a type, so that a message can show the wrong value; None where even that fails."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def query(text: bytes, kind: type[T]) -> T:
    """Read a query string. `?limit=5` is text there, so numbers and booleans are read from text."""
    given = dict(parse_qsl(text.decode("latin-1"), keep_blank_values=True))
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise fault(error, given, kind) from None


def fault(error: msgspec.ValidationError, given: Any, kind: type[Any]) -> InvalidRequest:
    """msgspec's complaint as ours."""
    parts = WHERE.match(str(error))
    what, where = (parts["what"], parts["where"] or "") if parts else (str(error), "")
    unknown, missing = UNKNOWN.search(what), MISSING.search(what)
    if unknown:
        known = ", ".join(one.encode_name for one in msgspec.structs.fields(kind))
        name = unknown["name"]
        return InvalidParameter(f"{name} is unknown here; take it out or mend its spelling ({known})", field=name)
    if missing:
        return MissingParameter(f"{missing['name']} is missing; it is required", field=missing["name"])
    if not where:
        return InvalidRequest(f"the body is not right: {_lower(what)}; send a JSON object")
    return InvalidParameter(f"{where} is {_value(given, where)}: {_lower(what)}", field=where)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _value(given: Any, where: str) -> str:
    return shown(given.get(where.partition(".")[0]) if isinstance(given, Mapping) else given)


def instant(text: str | None, field: str) -> float | None:
    """Unix seconds of an ISO 8601 stamp or of a plain number. A stamp without a zone is UTC."""
    if text is None:
        return None
    if NUMBER.fullmatch(text):
        return float(text)
    try:
        # A '+' that was not escaped arrives as a space.
        at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        mend = "write 2026-01-02T03:04:05Z or Unix seconds"
        raise InvalidParameter(f"{field} is {text!r}, which is no instant; {mend}", field=field) from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
