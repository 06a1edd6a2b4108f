"""How a benchmark tells of its figures: a table for people, JSON for `docs/reference/quality.md`.

A figure has a value, and where the project set one a `reach` (the least) and an `aim`.
Speeds are ratios to a peer or a floor measured in the same run.
"""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """`higher` says which way is better. `beside` holds peers and floors of the same run, by name."""

    name: str
    value: float
    unit: str = ""
    reach: float | None = None
    aim: float | None = None
    higher: bool = True
    beside: Mapping[str, float] | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.reach is None:
            return ""
        if self.aim is not None and self._holds(self.aim):
            return "aim"
        return "reach" if self._holds(self.reach) else "missed"

    def _holds(self, bound: float) -> bool:
        return self.value >= bound if self.higher else self.value <= bound


def record(name: str, figures: Sequence[Figure], *, command: str, path: Path | None = None, more: Any = None) -> None:
    """Print the figures; write them to `path` (by convention `results/<name>.json`) if one is given."""
    shown = Table(title=name)
    for head in ("figure", "value", "reach", "aim", "verdict", "beside"):
        shown.add_column(head)
    for one in figures:
        beside = ", ".join(f"{peer} {value:.4g}" for peer, value in (one.beside or {}).items())
        shown.add_row(one.name, f"{one.value:.4g} {one.unit}", bound(one.reach), bound(one.aim), one.verdict, beside)
    Console().print(shown)
    if path is not None:
        document = {
            "name": name,
            "command": command,
            "machine": machine(),
            "figures": [{**asdict(one), "verdict": one.verdict} for one in figures],
        }
        if more is not None:
            document["more"] = more
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def bound(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
