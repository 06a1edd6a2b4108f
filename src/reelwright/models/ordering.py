"""What is ordered from a server elsewhere and what it delivers: the words that all makers share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

Usage = Mapping[str, float | str]
"""What a server says it used, in its own words (tokens, seconds, pictures, a price); a name within another is
`outer.inner`."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made. Sources are local files. `lines`: of the size, where no sides are given."""

    kind: str
    prompt: str
    negative_prompt: str = ""
    model: str = ""
    width: int | None = None
    height: int | None = None
    lines: int = 720
    ratio: str = ""
    seconds: float = 5.0
    count: int = 1
    seed: int = 0
    sound: bool = False
    watermark: bool = False
    extend: bool = True
    shots: str = "single"
    edit: str = "edit"
    first: Path | None = None
    last: Path | None = None
    video: Path | None = None
    mask: Path | None = None
    audio: Path | None = None
    references: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where the results can be fetched, or the results themselves; the prompt that was really used, and the cost."""

    addresses: tuple[str, ...] = ()
    contents: tuple[bytes, ...] = ()
    prompt: str = ""
    usage: Usage = field(default_factory=dict)


class Maker(Protocol):
    def submit(self, order: Order) -> str:
        """Returns the id of the task there."""
        ...

    def look(self, task: str) -> Delivery | None:
        """None while it is at work. Raises `Lost` if the server does not know it."""
        ...

    def fetch(self, address: str, path: Path) -> Path: ...

    def cancel(self, task: str) -> bool:
        """Have the server stop; False if it cannot be asked to. Raises what asking a server raises."""
        ...


class Lost(Exception):
    """The server does not know the task any more."""


def used(told: object, outer: str = "") -> Usage:
    """What a reply says was used, as `Usage`; what is neither number nor text is left out."""
    found: dict[str, float | str] = {}
    for name, value in told.items() if isinstance(told, dict) else ():
        if isinstance(value, dict):
            found.update(used(value, f"{outer}{name}."))
        elif isinstance(value, int | float | str):
            found[f"{outer}{name}"] = value
    return found


def member(document: object, *names: str) -> Any:
    """What lies under these names in a document, one within the other; None where there is nothing."""
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document
