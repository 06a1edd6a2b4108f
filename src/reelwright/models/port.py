"""Weights, as an operator may ask for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from reelwright.errors import ModelNotInstalled

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Provider:
    """What serves a run: its name, tier (`builtin`, `model`, `upstream`), and name -> SHA-256 of the weights used.

    Of a model elsewhere the digest is that of its address and name; its weights are not known.
    """

    name: str
    tier: str
    models: Mapping[str, str] = field(default_factory=dict)


BUILTIN = Provider("builtin", "builtin")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model elsewhere answers. `address`: base of its HTTP interface; `timeout` in seconds."""

    address: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 120.0
    attempts: int = 4
    kind: str = ""
    """Which protocol it speaks, where there are several."""
    graph: str = ""
    """A file with the graph that it is to run, for servers of graphs."""


class Models(Protocol):
    def installed(self, name: str) -> bool:
        """Is the weight file there? Cheap."""
        ...

    def path(self, name: str) -> Path:
        """The verified file; `ModelNotInstalled` with the mending command otherwise."""
        ...

    def digest(self, name: str) -> str:
        """SHA-256 of the file."""
        ...

    def warm(self, key: str, load: Callable[[], T]) -> T:
        """Load once per worker process and keep it; the least recently used go first."""
        ...

    def endpoint(self, capability: str) -> Endpoint | None:
        """Where a model elsewhere serves this capability (`llm`); None if the settings name none."""
        ...


class NoModels:
    """No weights at all; `warm` still keeps what was loaded."""

    def __init__(self) -> None:
        self._warm: dict[str, object] = {}

    def installed(self, name: str) -> bool:
        return False

    def path(self, name: str) -> Path:
        raise ModelNotInstalled(f"the model {name!r} is not installed; `reelwright models pull {name}` gets it")

    def digest(self, name: str) -> str:
        raise ModelNotInstalled(f"the model {name!r} is not installed; `reelwright models pull {name}` gets it")

    def warm(self, key: str, load: Callable[[], T]) -> T:
        if key not in self._warm:
            self._warm[key] = load()
        return self._warm[key]  # type: ignore[return-value]

    def endpoint(self, capability: str) -> Endpoint | None:
        return None
