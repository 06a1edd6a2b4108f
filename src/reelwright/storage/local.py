"""Objects in a folder: `<home>/objects/<bucket>/<key>`, files a user can look at, and drop in.

A put is written to a staging folder of this process and renamed into view. The staging
folder is locked while its process lives, so the next one to open the store knows which
are left by the dead, and takes them away. With `flush_objects` the bytes are on the disk before
they come into view, and the name before the put is answered; the small record beside them
is not, and one that a power cut spoilt counts as none.
"""

import fcntl
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from obstore.store import LocalStore

from reelwright.settings import Settings
from reelwright.storage import names
from reelwright.storage.layout import Entry, Place
from reelwright.storage.memo import MemoStore
from reelwright.storage.objects import Objects

# The store library keeps names that end in '#' and digits for itself, so they are written
# with '%23' on disk; names that look so already get one '25' more, and the way back is exact.
RESERVED_TAIL = re.compile(r"(#|%(?:25)*23)(\d+)$")
WRITTEN_TAIL = re.compile(r"%((?:25)*)23(\d+)$")


def open_store(settings: Settings) -> Objects:
    return Objects(Folder(settings.home, flushes=settings.flush_objects), max_bytes=settings.max_object_bytes)


def open_memo(settings: Settings) -> MemoStore:
    layout = Folder(settings.home, flushes=settings.flush_objects)
    return MemoStore(layout, Objects(layout, max_bytes=settings.max_object_bytes))


class Folder:
    """The layout of a home."""

    own_etags = False
    chunk = 16 << 20  # one write at a time, a large one: measured fastest on a file system
    concurrency = 1

    def __init__(self, home: Path, *, flushes: bool = False) -> None:
        self._home, self._flushes = home.absolute(), flushes
        self._objects = self._home / "objects"
        self._objects.mkdir(parents=True, exist_ok=True)
        self._store = LocalStore(prefix=self._home)
        self._own = f"objects/{names.OWN_FOLDER}"
        self._staging = Staging(self._home / self._own / "staging")
        self._staging.sweep()

    def buckets(self) -> list[str]:
        with os.scandir(self._objects) as found:
            return sorted(one.name for one in found if names.is_bucket_name(one.name) and one.is_dir())

    def has_bucket(self, bucket: str) -> bool:
        return os.path.isdir(f"{self._objects}/{bucket}")

    def make_bucket(self, bucket: str) -> None:
        (self._objects / bucket).mkdir(exist_ok=True)

    def place(self, bucket: str, key: str) -> Place:
        return Place(self._store, f"objects/{bucket}/{to_path(key)}")

    def own(self, path: str) -> Place:
        return Place(self._store, f"{self._own}/{path}")

    def memo(self, path: str) -> Place:
        return Place(self._store, f"cas/{path}")

    def staging(self) -> Place:
        return Place(self._store, str(self._staging.fresh().relative_to(self._home)))

    def flush(self, place: Place) -> None:
        if self._flushes:
            _flush(self.file(place))

    def flush_name(self, place: Place) -> None:
        # A folder on the way may be new: its own name lies in the one above.
        folder = Path(self.file(place)).parent
        while self._flushes and folder != self._home:
            _flush(str(folder))
            folder = folder.parent

    def file(self, place: Place) -> str:
        # Plain text: a `Path` costs more than the look at the file that `exists` needs it for.
        return f"{self._home}/{place.path}"

    def tidy(self, bucket: str, place: Place) -> None:
        folder = (self._home / place.path).parent
        while folder != self._objects / bucket:
            try:
                folder.rmdir()
            except OSError:  # not empty, or gone already
                return
            folder = folder.parent

    def entries(self, bucket: str, *, prefix: str, after: str, fold: bool) -> Iterator[Entry]:
        base = names.folder_of(prefix)
        if base is None:
            return iter(())
        return _walk(self._objects / bucket / base, base, prefix, after, fold=fold)


def _flush(path: str) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def to_path(key: str) -> str:
    """A key as a path below its bucket's folder."""
    return RESERVED_TAIL.sub(lambda tail: ("%23" if tail[1] == "#" else f"%25{tail[1][1:]}") + tail[2], key)


def to_name(name: str) -> str:
    """The last segment of the key of a file named so."""
    return WRITTEN_TAIL.sub(lambda tail: (f"%{tail[1][2:]}23" if tail[1] else "#") + tail[2], name)


def _walk(folder: Path, base: str, prefix: str, after: str, *, fold: bool) -> Iterator[Entry]:
    """Files below a folder in order of key. Folders that hold nothing wanted are not entered."""
    for key, found in _children(folder, base):
        if not key.endswith("/"):
            if key.startswith(prefix) and key > after:
                yield _entry(key, found)
        elif not (key.startswith(prefix) or prefix.startswith(key)) or (key <= after and not after.startswith(key)):
            continue
        elif fold and key != prefix and key.startswith(prefix):
            yield Entry(key)
        else:
            yield from _walk(folder / found.name, key, prefix, after, fold=fold)


def _children(folder: Path, base: str) -> list[tuple[str, os.DirEntry[str]]]:
    """(key, entry) of what lies in a folder; keys of folders end in '/', which puts them in the order of keys."""
    try:
        with os.scandir(folder) as found:
            children = list(found)
    except (FileNotFoundError, NotADirectoryError):
        return []
    keyed = []
    for child in children:
        if _is_leftover(child) or not _is_text(child.name):
            continue
        if child.is_dir():
            keyed.append((f"{base}{child.name}/", child))
        elif child.is_file():
            keyed.append((base + to_name(child.name), child))
    return sorted(keyed, key=lambda one: one[0])


def _is_leftover(child: os.DirEntry[str]) -> bool:
    """Left by a write of the store library that was cut off: no key is written so."""
    tail = RESERVED_TAIL.search(child.name)
    return tail is not None and tail[1] == "#" and not child.is_dir()


def _is_text(name: str) -> bool:
    """Whether a name found on disk is UTF-8, as keys are."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _entry(key: str, found: os.DirEntry[str]) -> Entry:
    look = found.stat()
    # The etag as the store library writes it: inode, microseconds, size.
    etag = f"{look.st_ino:x}-{look.st_mtime_ns // 1000:x}-{look.st_size:x}"
    return Entry(key, look.st_size, look.st_mtime_ns / 1e9, etag)


class Staging:
    """Folders of half-written files, one for each living process."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._mine: Path | None = None

    def fresh(self) -> Path:
        """A path for a new file."""
        if self._mine is None:
            self._mine = self._locked()
        return self._mine / uuid.uuid4().hex

    def _locked(self) -> Path:
        # Until it is locked, the sweep of a process that starts just now takes the folder for a dead one's.
        while True:
            folder = self._root / uuid.uuid4().hex
            folder.mkdir(parents=True)
            try:
                handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            fcntl.flock(handle, fcntl.LOCK_EX)
            if folder.exists():
                return folder  # The handle stays open, and so the lock held, until the process ends: however it ends.
            os.close(handle)

    def sweep(self) -> None:
        """Remove what dead processes left."""
        for folder in self._root.glob("*"):
            try:
                handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            except OSError:
                continue
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            except BlockingIOError:
                continue
            finally:
                os.close(handle)
