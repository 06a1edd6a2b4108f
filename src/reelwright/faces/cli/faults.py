"""How the command line fails: one line that says what, which value and the mend, and an exit code for scripts.

0  done
1  the work failed
2  the request or its input is wrong
3  cancelled
"""

import os
import traceback
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from reelwright.errors import AddressError, BadMedia, Cancelled, InvalidRequest, ReelwrightError

if TYPE_CHECKING:
    from pydantic import ValidationError

FAILED, WRONG, CANCELLED = 1, 2, 3
DEBUG = "REELWRIGHT_DEBUG"


class Root(TyperGroup):
    """All commands; turns what they raise into a line and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (typer.TyperException, typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except (Exception, KeyboardInterrupt) as error:  # The last border: every fault becomes a line.
            raise typer.Exit(tell(error)) from error


def tell(error: BaseException) -> int:
    """Write the error's line to stderr (its trace too, with --debug); returns the exit code."""
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    message, code = _line(error)
    typer.echo(f"reelwright: {message}", err=True)
    return code


def _line(error: BaseException) -> tuple[str, int]:
    if isinstance(error, (KeyboardInterrupt, Cancelled)):
        return "cancelled", CANCELLED
    if isinstance(error, ReelwrightError):
        return f"{error.message} [{error.code}]", code_of(error)
    if isinstance(error, TimeoutError):
        return str(error), FAILED
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror, FAILED
    return f"a fault of our own: {type(error).__name__}: {error}; `reelwright --debug …` shows where", FAILED


def code_of(error: ReelwrightError) -> int:
    return WRONG if isinstance(error, (InvalidRequest, AddressError, BadMedia)) else FAILED


def first_fault(error: "ValidationError", name: str) -> str:
    """Pydantic's first complaint as one line; `name` turns a place into what the user wrote."""
    fault = error.errors(include_url=False)[0]
    place = name.format(".".join(str(part) for part in fault["loc"]))
    if fault["type"] == "missing":
        return f"{place} is missing; it is required"
    text = str(fault["msg"])
    return f"{place} is {fault['input']!r}: {text[:1].lower()}{text[1:]}"
