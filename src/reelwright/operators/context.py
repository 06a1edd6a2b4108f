"""What a running operator may ask of the world: progress, cancel, scratch, outputs, models, seed."""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from reelwright.errors import InvalidParameter
from reelwright.models.port import BUILTIN, Models, NoModels, Provider

T = TypeVar("T")


class Reporter(Protocol):
    """Where a run tells of itself. `check` raises `Cancelled` once the job is cancelled."""

    def progress(self, percent: float, phase: str, done: float, total: float | None, unit: str) -> None: ...

    def log(self, level: str, message: str, fields: Mapping[str, Any]) -> None: ...

    def phase(self, name: str) -> None: ...

    def preview(self, path: Path) -> None: ...

    def media(self, seconds: float) -> None: ...

    def check(self) -> None: ...


class Silent:
    """A reporter for a run that nobody watches."""

    def progress(self, percent: float, phase: str, done: float, total: float | None, unit: str) -> None: ...

    def log(self, level: str, message: str, fields: Mapping[str, Any]) -> None: ...

    def phase(self, name: str) -> None: ...

    def preview(self, path: Path) -> None: ...

    def media(self, seconds: float) -> None: ...

    def check(self) -> None: ...


class Parts(Protocol):
    """What a run has finished of its work so far, by names: found again by the next run of the very same step."""

    def find(self, name: str) -> object | None: ...

    def save(self, name: str, value: object) -> None: ...


class Unkept:
    """Parts of a run that nobody would take up again."""

    def find(self, name: str) -> object | None:
        return None

    def save(self, name: str, value: object) -> None: ...


REPORT_EVERY = 0.1  # seconds between two progress reports of one run


class Context:
    """One run's view of the world. Not shared between runs."""

    def __init__(
        self,
        *,
        scratch: Path,
        outputs: Path,
        reporter: Reporter,
        models: Models,
        provider: Provider = BUILTIN,
        seed: int = 0,
        phases: Mapping[str, float] | None = None,
        parts: Parts | None = None,
    ) -> None:
        self.scratch = scratch
        self.seed = seed
        self.models = models
        self.provider = provider
        self._outputs = outputs
        self._reporter = reporter
        self._parts = parts or Unkept()
        self._phases = _shares(phases or {})
        self._phase = ""
        self._percent = 0.0
        self._reported = 0.0

    @classmethod
    def local(cls, *, phases: Mapping[str, float] | None = None, out: Path | None = None, **given: Any) -> "Context":
        """A context without a server: outputs go to `out`, or to a new temporary folder."""
        base = Path(tempfile.mkdtemp(prefix="reelwright-"))
        outputs = out or base / "out"
        outputs.mkdir(parents=True, exist_ok=True)
        given.setdefault("reporter", Silent())
        given.setdefault("models", NoModels())
        return cls(scratch=base, outputs=outputs, phases=phases, **given)

    def track(
        self, items: Iterable[T], *, total: float | None = None, unit: str = "frame", phase: str = "work"
    ) -> Iterator[T]:
        """Yield the items; report each one done; stop with `Cancelled` if the job was cancelled."""
        self.enter(phase)
        done = 0
        for item in items:
            self._reporter.check()
            yield item
            done += 1
            self.report(done, total, unit=unit)
        self.report(done, done, unit=unit)

    def enter(self, phase: str) -> None:
        """A phase begins: a bar of its own in the timeline."""
        if phase != self._phase:
            self._phase = phase
            self._reporter.phase(phase)

    def report(self, done: float, total: float | None, *, unit: str = "frame") -> None:
        """`done` of `total` units of this phase (seconds of audio, frames, shots) are finished."""
        start, share = self._phases.get(self._phase, (self._percent / 100, 0.0) if self._phases else (0.0, 1.0))
        part = min(1.0, done / total) if total else 0.0
        self._percent = max(self._percent, 100 * (start + share * part))
        at = time.monotonic()
        if at - self._reported >= REPORT_EVERY or (total and done >= total):
            self._reported = at
            self._reporter.progress(self._percent, self._phase, done, total, unit)

    def check(self) -> None:
        """Raise `Cancelled` if the job was cancelled. For loops that `track` does not see."""
        self._reporter.check()

    def output(self, name: str) -> Path:
        """The path of a named output to write; names are unique within a run and hold no folder."""
        if not name or name != Path(name).name or name.startswith("."):
            raise InvalidParameter(f"an output's name is a plain file name, not {name!r}")
        return self._outputs / name

    def log(self, message: str, *, level: str = "info", **fields: Any) -> None:
        """A line of the job's log."""
        self._reporter.log(level, message, fields)

    def once(self, name: str, make: Callable[[], object]) -> object:
        """What `make` gives for a part of the work, or what it gave before this step was cut off and begun again.

        For parts that cost more than a second and are told by what JSON can hold (tuples come back as lists). The
        name tells the part apart from the others of this step; the step's params and inputs need not be in it.
        """
        found = self._parts.find(name)
        if found is None:
            found = make()
            self._parts.save(name, found)
        return found

    def preview(self, path: Path) -> None:
        """Show this picture (JPEG, small) as the job's live frame."""
        self._reporter.preview(path)

    def media(self, seconds: float) -> None:
        """So much media time was worked on; counted in the job's usage."""
        self._reporter.media(seconds)


def _shares(phases: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    whole = sum(phases.values())
    shares, start = {}, 0.0
    for name, weight in phases.items():
        shares[name] = (start / whole, weight / whole)
        start += weight
    return shares
