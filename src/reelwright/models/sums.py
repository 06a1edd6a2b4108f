"""A folder of weights that a user brings: who it makes a provider, its one digest, the check of its `SHA256SUMS`."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from reelwright.errors import ModelNotInstalled
from reelwright.models.port import Models, Provider

SUMS = "SHA256SUMS"


def provider(capability: str, models: Models, files_of: Callable[[Path], Mapping[str, Path]]) -> Provider | None:
    """Who does the work with the folder that the settings name; None if they name none.

    `files_of` tells its files by name. They are read again only when one of them has changed.
    """
    found = models.endpoint(capability)
    if found is None:
        return None
    folder = Path(found.address)
    files = files_of(folder)
    stamps = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files.values()]
    whole = models.warm(f"{capability} digest:{folder}:{stamps}", lambda: digest(files))
    return Provider(f"{capability}:{folder.name}", "model", {folder.name: whole})


def digest(files: Mapping[str, Path]) -> str:
    """Of all files' digests, by name. The file `SHA256SUMS` among them is obeyed: ModelNotInstalled where one that it
    names is another than it tells."""
    found = {}
    for name, path in files.items():
        with path.open("rb") as file:
            found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    for name, wanted in _told(files.get(SUMS)).items():
        if name in found and found[name] != wanted:
            raise ModelNotInstalled(
                f"{files[name]} has SHA-256 {found[name]}, but {SUMS} tells {wanted}; get the file again"
            )
    return hashlib.sha256(msgspec.json.encode(found, order="sorted")).hexdigest()


def _told(path: Path | None) -> dict[str, str]:
    lines = path.read_text().splitlines() if path else []
    parts = (line.split(maxsplit=1) for line in lines if line.strip())
    return {Path(name.lstrip("*")).name: digest.lower() for digest, name in parts}
