"""`reelwright cp`: files to and from a server's buckets; and the upload that `submit` does by itself."""

import hashlib
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.errors import InvalidParameter
from reelwright.faces.cli import remote, terminal
from reelwright.loading import lazy

if TYPE_CHECKING:
    from reelwright.client import Client
    from reelwright.faces.cli import bars
else:
    bars = lazy("reelwright.faces.cli.bars")

SCHEME = "oss://"
UPLOADS = "uploads"
PIPE = "-"
DIGEST_SHOWN = 16  # hex digits of the digest in an upload's key: enough never to meet twice


def cp(
    source: Annotated[str, typer.Argument(help="A local file, `-` for stdin, or oss://bucket/key.")],
    target: Annotated[str, typer.Argument(help="oss://bucket/key, or a local file or folder, `-` for stdout.")],
    server: remote.ServerFlag = None,
    home: remote.HomeFlag = None,
    api_key: remote.KeyFlag = None,
) -> None:
    """Copy a file to or from a server: `reelwright cp in.mp4 oss://media/in.mp4`."""
    if source.startswith(SCHEME) == target.startswith(SCHEME):
        raise InvalidParameter(
            f"one of {source!r} and {target!r} must be oss://bucket/key, and the other a local file", field="target"
        )
    with remote.connect(server, home, api_key) as client:
        if source.startswith(SCHEME):
            _download(client, source, target)
        else:
            _upload(client, source, target)


def _upload(client: "Client", source: str, target: str) -> None:
    name = "stdin" if source == PIPE else Path(source).name
    bucket, key = split(target, name)
    if source == PIPE:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(sys.stdin.buffer.read())
            address = client.put_object(bucket, key, path)
    else:
        path = Path(source).expanduser()
        if not path.is_file():
            raise InvalidParameter(f"{source!r} is no file here; mend the path", field="source")
        address = put(client, path, bucket, key)
    terminal.out().print(address, markup=False)


def _download(client: "Client", source: str, target: str) -> None:
    bucket, key = split(source, "")
    name = key.rpartition("/")[2]
    if target == PIPE:
        with tempfile.TemporaryDirectory() as folder:
            sys.stdout.buffer.write(client.get_object(bucket, key, Path(folder) / name).read_bytes())
        return
    path = Path(target).expanduser()
    if path.is_dir() or target.endswith("/"):
        path.mkdir(parents=True, exist_ok=True)
        path /= name
    terminal.out().print(str(get(client, bucket, key, path)), markup=False)


def split(address: str, name: str) -> tuple[str, str]:
    """Bucket and key of oss://bucket/key; a key that is missing or ends in `/` gets `name`."""
    bucket, _, key = address.removeprefix(SCHEME).partition("/")
    if not key or key.endswith("/"):
        key += name
    if not bucket or not key or key.endswith("/"):
        raise InvalidParameter(f"{address!r} names no object; write oss://bucket/key", field="address")
    return bucket, key


def put(client: "Client", path: Path, bucket: str, key: str) -> str:
    """Upload with a bar; returns the address."""
    with bars.of_bytes(f"{path.name} up") as on_bytes:
        return client.put_object(bucket, key, path, on_bytes=on_bytes)


def get(client: "Client", bucket: str, key: str, path: Path) -> Path:
    with bars.of_bytes(f"{path.name} down") as on_bytes:
        return client.get_object(bucket, key, path, on_bytes=on_bytes)


def upload_input(client: "Client", path: Path) -> str:
    """Upload a job's input under a key made of its content, so that the same file has the same address."""
    return put(client, path, UPLOADS, f"{_digest(path)[:DIGEST_SHOWN]}/{path.name}")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
