"""The key under which a finished step is found again.

SHA-256 of canonical JSON {operator, version, model digests, provider, params, digests of
the inputs in order, seed}. Addresses never enter it: the same bytes under another name
are the same input.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from reelwright.models.port import Provider
from reelwright.operators import Operator, files
from reelwright.operators.contract import Params


def key(
    operator: Operator[Any, Any],
    provider: Provider,
    params: Params,
    digests: Sequence[str],
    *,
    seed: int,
    salt: str = "",
) -> str:
    """64 hex digits. `digests` are SHA-256 of the inputs in the order of `files.fields(params)`."""
    content: Mapping[str, Any] = {
        "operator": operator.name,
        "version": operator.version,
        "provider": provider.name,
        "models": dict(provider.models),
        "params": without_files(params),
        "inputs": list(digests),
        "seed": seed,
        "salt": salt,
    }
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def part_key(step: str, name: str) -> str:
    """The key of a part of the step that has the key `step`."""
    return hashlib.sha256(f"{step}\n{name}".encode()).hexdigest()


def without_files(params: Params) -> dict[str, Any]:
    """The params with each file replaced by its place among the inputs."""
    dumped: dict[str, Any] = params.model_dump(mode="json")
    for number, (path, _, _) in enumerate(files.fields(params)):
        files.replace(dumped, path, f"input {number}")
    return dumped
