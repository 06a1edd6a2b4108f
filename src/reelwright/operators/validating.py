"""Params by their schema, with pydantic's first complaint as an error of ours: the field, the value, the mend."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reelwright.errors import InvalidParameter, MissingParameter
from reelwright.operators.contract import Params

P = TypeVar("P", bound=Params)


def validated(kind: type[P], given: Mapping[str, Any]) -> P:
    """The params; raises `InvalidParameter` or `MissingParameter` with the first fault."""
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise _first_fault(error) from None


def _first_fault(error: ValidationError) -> InvalidParameter | MissingParameter:
    """Pydantic's first complaint as ours: the field, the value, the mend."""
    fault = error.errors(include_url=False)[0]
    field = "params." + ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return MissingParameter(f"{field} is missing; it is required", field=field)
    if fault["type"] == "extra_forbidden":
        known = "unknown here; take it out or mend its spelling"
        return InvalidParameter(f"{field} is {known}", field=field)
    return InvalidParameter(f"{field} is {fault['input']!r}: {_mend(fault)}", field=field)


def _mend(fault: ErrorDetails) -> str:
    if fault["type"] == "too_long":
        return f"give at most {fault['ctx']['max_length']}, not {fault['ctx']['actual_length']}"
    return fault["msg"].removeprefix("Value error, ")
