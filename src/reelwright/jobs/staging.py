"""Addresses <-> local files: what an operator needs is fetched before a run, what it made is published after it.

Objects of our store are linked or copied; http(s) addresses go through the guarded
fetcher. Each input's SHA-256 is known once it is here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from reelwright.errors import EmptyFile
from reelwright.jobs.document import LINK
from reelwright.jobs.job import Job, Output, Step
from reelwright.operators import Operator, files
from reelwright.operators.contract import Params
from reelwright.storage import address
from reelwright.storage.port import Manifest, Memo, ObjectStore

UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
PLACE = re.compile(r"\{(source|timestamp|sequenceId|resultType)\}")
"""A placeholder of a destination."""
OUTPUT = "rw-output:"
"""In a memo's result a file stands as this mark and its name."""


class Fetch(Protocol):
    """Bring an http(s) address to a local file; returns its size and SHA-256."""

    def __call__(self, url: str, path: Path, /) -> tuple[int, str]: ...


@dataclass(frozen=True, slots=True)
class Staged:
    """An operator's params with local paths, and what was learnt on the way."""

    params: Params
    digests: tuple[str, ...]
    size: int


def fetch(operator: Operator[Any, Any], params: Params, folder: Path, store: ObjectStore, remote: Fetch) -> Staged:
    """Bring every input to `folder`."""
    dumped: dict[str, Any] = params.model_dump(mode="json", exclude_unset=True)
    digests, size = [], 0
    for number, (path, _, text) in enumerate(files.fields(params)):
        # A folder for each: two inputs may have one name, and what is said of a file names it as its owner does.
        local = folder / str(number) / _file_name(text)
        local.parent.mkdir(parents=True, exist_ok=True)
        digest, length = _bring(address.parse(text), local, store, remote)
        if length == 0:
            raise EmptyFile(f"{text} is empty; upload it again", field=f"params.{files.dotted(path)}")
        digests.append(digest)
        size += length
        files.replace(dumped, path, str(local))
    return Staged(operator.params.model_validate(dumped), tuple(digests), size)


def _bring(where: address.Stored | address.Remote, local: Path, store: ObjectStore, remote: Fetch) -> tuple[str, int]:
    if isinstance(where, address.Remote):
        size, digest = remote(where.url, local)
        return digest, size
    info = store.get_file(where.bucket, where.key, local)
    return store.digest(where.bucket, where.key), info.size


def _file_name(text: str) -> str:
    """The last part of an address, safe as a local name; the suffix tells a demuxer much."""
    last = text.partition("?")[0].rstrip("/").rpartition("/")[2]
    return UNSAFE.sub("_", last)[-80:] or "input"


def known_digests(params: Params, store: ObjectStore) -> tuple[str, ...] | None:
    """The inputs' digests if all are known without reading a byte of them."""
    digests = []
    for _, _, text in files.fields(params):
        where = address.parse(text)
        if isinstance(where, address.Remote):
            return None
        known = store.head(where.bucket, where.key).sha256
        if known is None:
            return None
        digests.append(known)
    return tuple(digests)


# ---- after the run


def publish(
    job: Job, attempt: int, manifest: Manifest, store: ObjectStore, memo: Memo, default_bucket: str
) -> tuple[dict[str, Any], list[Output]]:
    """Copy a memo's files to where the job wants them. Returns the result with link marks, and the outputs.

    Without a destination the keys are scoped by job and attempt, so that a late attempt cannot
    touch what an earlier one published.
    """
    result = _copied(manifest.result)
    outputs: list[Output] = []
    taken: set[tuple[str, str]] = set()
    known = {file.name: file for file in manifest.files}
    for role, name in _names(result, known):
        number = len(outputs) + 1
        if job.destination is None:
            bucket, key = default_bucket, f"{job.id}/{attempt}/{name}"
        else:
            bucket, key = expand(job, name, role, number)
        while (bucket, key) in taken:  # a template without a placeholder must not lose files
            stem, dot, suffix = key.rpartition(".")
            key = f"{stem}-{number:05}{dot}{suffix}" if dot else f"{key}-{number:05}"
        taken.add((bucket, key))
        memo.publish(manifest.key, name, bucket, key)
        files.replace(result, role, f"{LINK}{bucket}/{key}")
        file = known[name]
        outputs.append(Output(name, files.dotted(role), bucket, key, file.size, file.sha256, file.media_type))
    return result, outputs


def hand_on(job: Job, step: Step, manifest: Manifest, memo: Memo, bucket: str) -> dict[str, Any]:
    """Put the files of a step where the steps that take them find them; returns its result with their addresses.

    The keys hold the content's digest: what is the same has the same address, and whoever takes it is left as it is.
    """
    result: dict[str, Any] = _copied(manifest.result)
    known = {file.name: file for file in manifest.files}
    for role, name in _names(result, known):
        key = f"{job.id}/{step.name}/{known[name].sha256[:16]}/{name}"
        memo.publish(manifest.key, name, bucket, key)
        files.replace(result, role, f"oss://{bucket}/{key}")
    return result


def withdraw(outputs: list[Output], store: ObjectStore) -> None:
    """Take back what was published by one who turned out to be late."""
    for output in outputs:
        store.delete(output.bucket, output.key)


def expand(job: Job, name: str, role: files.Path, number: int) -> tuple[str, str]:
    """The bucket and key of an output by the job's destination template."""
    assert job.destination is not None
    where = address.parse(_filled(job, job.destination, role, number))
    assert isinstance(where, address.Stored)
    key = where.key
    if key.endswith("/"):
        key += name
    elif not Path(PLACE.sub("x", job.destination)).suffix:  # a dot in the input's own name is no suffix
        key += Path(name).suffix
    return where.bucket, key


def _filled(job: Job, template: str, role: files.Path, number: int) -> str:
    places: Mapping[str, Callable[[], str]] = {
        "{source}": lambda: _source(job),
        "{timestamp}": lambda: str(int(job.created_at)),
        "{sequenceId}": lambda: f"{number:05}",
        "{resultType}": lambda: str(next(part for part in reversed(role) if isinstance(part, str))),
    }
    for place, value in places.items():
        if place in template:
            template = template.replace(place, value())
    return template


def _source(job: Job) -> str:
    """The base name of the job's main input, without extension."""
    for name in ("video", "audio", "image", "text"):
        text = job.params.get(name)
        if isinstance(text, str):
            return Path(text.partition("?")[0]).stem
    return job.id


def _names(value: Any, known: Mapping[str, Any], path: files.Path = ()) -> Iterator[tuple[files.Path, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _names(inner, known, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _names(inner, known, (*path, index))
    elif isinstance(value, str) and value.startswith(OUTPUT) and value.removeprefix(OUTPUT) in known:
        yield path, value.removeprefix(OUTPUT)


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _copied(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copied(inner) for inner in value]
    return value
