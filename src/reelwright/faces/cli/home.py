"""The files that a server keeps in its home for those who start, find and ask it.

server.lock        held (flock) by the one server of this home
server.json        {"url", "pid"} of the running server; a stale one is known by its pid
credentials.json   the first key, mode 0600
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reelwright.errors import Conflict, InvalidParameter

SERVER, CREDENTIALS, LOCK = "server.json", "credentials.json", "server.lock"
PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs on this machine."""

    url: str
    pid: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client needs: the pair that signs, and the bearer key."""

    access_key_id: str
    access_key_secret: str
    api_key: str

    def document(self) -> dict[str, str]:
        return {
            "AccessKeyId": self.access_key_id,
            "AccessKeySecret": self.access_key_secret,
            "ApiKey": self.api_key,
        }


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Be the one server of this home. Raises `Conflict` if there is another; the lock ends with the process."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(_occupied(home)) from None
        yield


def _occupied(home: Path) -> str:
    found = running(home)
    who = f" at {found.url} (pid {found.pid})" if found else ""
    return f"another server uses the home {home}{who}; stop it, or give this one its own by --home"


def announce(home: Path, url: str) -> None:
    _write(home / SERVER, {"url": url, "pid": os.getpid()}, 0o644)


def leave(home: Path) -> None:
    """Take back the announcement, if it is ours."""
    found = _read(home / SERVER)
    if found.get("pid") == os.getpid():
        (home / SERVER).unlink(missing_ok=True)


def running(home: Path) -> Running | None:
    """The server that announced itself in this home and still lives."""
    found = _read(home / SERVER)
    pid, url = found.get("pid"), found.get("url")
    if not isinstance(pid, int) or not isinstance(url, str) or not _lives(pid):
        return None
    return Running(url, pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def keep(home: Path, credentials: Credentials) -> Path:
    """Write the first key to the home, readable by its owner only."""
    path = home / CREDENTIALS
    _write(path, credentials.document(), PRIVATE)
    return path


def credentials(home: Path) -> Credentials | None:
    """The key that was kept in this home. Raises `InvalidParameter` if the file was damaged."""
    path = home / CREDENTIALS
    if not path.exists():
        return None
    found = _read(path)
    try:
        return Credentials(str(found["AccessKeyId"]), str(found["AccessKeySecret"]), str(found["ApiKey"]))
    except KeyError as error:
        raise InvalidParameter(f"{path} holds no {error}; delete it and run `reelwright keys create`") from None


def _write(path: Path, document: dict[str, object] | dict[str, str], mode: int) -> None:
    """Whole or not at all, and never readable by others for a moment."""
    part = path.with_name(path.name + f".{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        json.dump(document, file, indent=2)
        file.write("\n")
    part.replace(path)


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
