"""The models folder: which weights are there, verified, pulled or added, and kept warm in a worker.

A file counts only with the digest that the catalogue names. It is read through once; what
was verified is remembered by size and time of change in `verified.json` beside it, so that
later processes need not read it again. Nothing is fetched unless `pull` is called, and the
fetch itself is given by the caller.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, cast

from reelwright.errors import FetchFailed, InvalidParameter, ModelNotInstalled, ObjectNotFound
from reelwright.models.catalogue import BY_NAME, Weights, find
from reelwright.models.port import Endpoint
from reelwright.settings import Settings

T = TypeVar("T")
Progress = Callable[[int, int | None], None]
"""(bytes so far, bytes in all or None)"""
Fetch = Callable[[str, Path, Progress], object]
"""(address, file to write, progress): brings the address to the file, or raises. A part of an
earlier try may lie in the file; to go on from there or to begin anew is the fetch's choice."""
State = Literal["installed", "partial", "damaged", "absent"]
Stamp = tuple[int, int]

WARM_MODELS = 8
WARM_BYTES = 2 << 30
LEDGER = "verified.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of `models list`."""

    weights: Weights
    state: State
    path: Path


@dataclass(frozen=True, slots=True)
class _Warm:
    value: object
    bytes: int


class Hub:
    """Implements `models.port.Models` on a folder. Safe to use from several threads and processes."""

    def __init__(
        self,
        folder: Path,
        *,
        catalogue: Mapping[str, Weights] = BY_NAME,
        warm_models: int = WARM_MODELS,
        warm_bytes: int = WARM_BYTES,
        endpoints: Mapping[str, Endpoint] | None = None,
    ) -> None:
        self.folder = folder
        self._catalogue = catalogue
        self._endpoints = dict(endpoints or {})
        self._verified: dict[str, Stamp] = {}
        self._warm: OrderedDict[str, _Warm] = OrderedDict()
        self._warm_limits = (warm_models, warm_bytes)
        self._lock = threading.RLock()

    # ---- what operators ask

    def installed(self, name: str) -> bool:
        """Is the file there, at its full size? Reads no content."""
        known = self._catalogue.get(name)
        return known is not None and _size(self.folder / known.file) == known.size

    def path(self, name: str) -> Path:
        """The file, its digest verified; `ModelNotInstalled` tells how to get it."""
        known = self._find(name)
        path = self.folder / known.file
        size = _size(path)
        if size is None:
            raise ModelNotInstalled(f"the model {name!r} is not installed; `reelwright models pull {name}` gets it")
        if size != known.size or not self._is_verified(known, path):
            raise ModelNotInstalled(
                f"the file {path} is not the published {name!r} (its SHA-256 differs); "
                f"`reelwright models pull {name}` replaces it"
            )
        return path

    def digest(self, name: str) -> str:
        """SHA-256 in lower-case hex of the installed file."""
        self.path(name)
        return self._find(name).sha256

    def endpoint(self, capability: str) -> Endpoint | None:
        """Where a model elsewhere serves this capability, by the settings."""
        return self._endpoints.get(capability)

    def warm(self, key: str, load: Callable[[], T]) -> T:
        """What `load` gave for that key, kept in this process.

        At most `warm_models` are kept, and at most `warm_bytes` of memory as it grew while they were
        loaded; the least recently used go first. What is still in use elsewhere lives on there.
        """
        with self._lock:
            if key in self._warm:
                self._warm.move_to_end(key)
                return cast(T, self._warm[key].value)
            before = _resident()
            value = load()
            self._warm[key] = _Warm(value, max(0, _resident() - before))
            self._cool()
            return value

    # ---- what the command line asks

    def list(self) -> tuple[Row, ...]:
        """Every known model and its state. Files not looked at before are read through."""
        return tuple(Row(known, self._state(known), self.folder / known.file) for known in self._catalogue.values())

    def pull(self, name: str, fetch: Fetch, progress: Progress | None = None) -> Path:
        """The verified file, fetched from its official address if it is not there yet.

        A part of an earlier try is left where `fetch` finds it. `FetchFailed` if what came is not what was published.
        """
        known = self._find(name)
        with contextlib.suppress(ModelNotInstalled):
            return self.path(name)
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self._part(known)
        fetch(known.address, part, progress or _unheard)
        found = _sha256(part)
        if found != known.sha256:
            part.unlink()
            raise FetchFailed(
                f"{known.address} gave a file with SHA-256 {found}, not {known.sha256}; "
                f"pull again, or get the file elsewhere and `reelwright models add {name} FILE`"
            )
        return self._install(known, part)

    def add(self, name: str, file: Path) -> Path:
        """Install a copy of a local file as that model; `InvalidParameter` if it is another file."""
        known = self._find(name)
        if _size(file) is None:
            raise ObjectNotFound(f"there is no file {file}")
        found = _sha256(file)
        if found != known.sha256:
            raise InvalidParameter(
                f"{file} has SHA-256 {found}; the published {name!r} has {known.sha256}: get that very file"
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=f".{known.file}.", delete=False) as copy:
            pass
        shutil.copyfile(file, copy.name)
        return self._install(known, Path(copy.name))

    def remove(self, name: str) -> bool:
        """Delete the file and any part of it; False if there was none."""
        known = self._find(name)
        there = _size(self.folder / known.file) is not None
        (self.folder / known.file).unlink(missing_ok=True)
        self._part(known).unlink(missing_ok=True)
        return there

    # ---- inside

    def _find(self, name: str) -> Weights:
        return self._catalogue[name] if name in self._catalogue else find(name)

    def _part(self, known: Weights) -> Path:
        return self.folder / f".{known.file}.part"

    def _state(self, known: Weights) -> State:
        path = self.folder / known.file
        size = _size(path)
        if size is None:
            return "partial" if _size(self._part(known)) else "absent"
        return "installed" if size == known.size and self._is_verified(known, path) else "damaged"

    def _install(self, known: Weights, file: Path) -> Path:
        path = self.folder / known.file
        file.chmod(0o644)
        file.replace(path)
        self._remember(known, path)
        return path

    def _is_verified(self, known: Weights, path: Path) -> bool:
        stamp = _stamp(path)
        with self._lock:
            if self._verified.get(known.sha256) == stamp or self._recorded().get(known.sha256) == stamp:
                self._verified[known.sha256] = stamp
                return True
        if _sha256(path) != known.sha256:
            return False
        self._remember(known, path)
        return True

    def _remember(self, known: Weights, path: Path) -> None:
        with self._lock:
            self._verified[known.sha256] = _stamp(path)
            record = {**self._recorded(), **self._verified}
            # A folder that cannot be written to costs the next process one more reading, no more.
            with contextlib.suppress(OSError):
                with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix=f".{LEDGER}.", delete=False) as file:
                    json.dump(record, file)
                os.replace(file.name, self.folder / LEDGER)

    def _recorded(self) -> dict[str, Stamp]:
        try:
            read = json.loads((self.folder / LEDGER).read_text())
            return {digest: (int(size), int(changed)) for digest, (size, changed) in read.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}  # absent, or spoilt: the files are read again

    def _cool(self) -> None:
        most, most_bytes = self._warm_limits
        while len(self._warm) > max(1, most) or (
            len(self._warm) > 1 and sum(one.bytes for one in self._warm.values()) > most_bytes
        ):
            self._warm.popitem(last=False)


def open_hub(settings: Settings) -> Hub:
    """The folder and the models elsewhere that the settings name."""
    llm = Endpoint(
        settings.llm_url, settings.llm_model, settings.llm_key.strip(), settings.llm_timeout, settings.llm_attempts
    )
    generation = Endpoint(
        settings.generation_url,
        settings.generation_model,
        settings.generation_key.strip(),
        settings.generation_timeout,
        kind=settings.generation_kind,
        graph=settings.generation_graph,
    )
    named = {
        "llm": llm,
        "generation": generation,
        "labels": Endpoint(settings.labels_folder, ""),
        "inpainting": Endpoint(settings.inpainting_folder, ""),
        "diffusion.video": Endpoint(settings.diffusion_video, ""),
        "diffusion.picture": Endpoint(settings.diffusion_picture, ""),
    }
    return Hub(settings.models_folder, endpoints={name: one for name, one in named.items() if one.address})


def _unheard(done: int, total: int | None) -> None:
    """Progress that nobody listens to."""


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _stamp(path: Path) -> Stamp:
    about = path.stat()
    return about.st_size, about.st_mtime_ns


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _resident() -> int:
    """Bytes of memory this process holds now; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
