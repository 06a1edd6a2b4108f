"""One digest for a folder of weights that a user brings, and the check of its `SHA256SUMS`."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from reelwright.errors import ModelNotInstalled

SUMS = "SHA256SUMS"


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
