"""Work done ahead of where its results are wanted: an iterator that runs in a thread of its own.

Decoding and encoding wait for their own threads most of the time; taken in turns, the one stands while the other
works. With the frames decoded ahead both go on. What goes wrong in the thread is raised where the next item is taken.
"""

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TypeAlias, TypeVar

S = TypeVar("S")
T = TypeVar("T")

_Made: TypeAlias = "queue.Queue[list[T] | BaseException | None]"

AHEAD = 6  # items made before they are wanted; frames of a 4K film take 12 MB each
POLL = 0.05  # s between looks whether anybody still wants more


def ahead(items: Iterable[T], count: int = AHEAD, *, together: int = 1) -> Generator[T, None, None]:
    """The same items in the same order. Closing the iterator stops the thread and closes `items` there.

    `count`: items made before they are wanted, about. `together`: so many are handed over at once; for small items,
    which cost less than waking the other thread.
    """
    made: _Made[T] = queue.Queue(max(1, count // together))
    stop = threading.Event()
    thread = threading.Thread(target=_make, args=(iter(items), together, made, stop), name="ahead", daemon=True)
    thread.start()
    try:
        while (some := made.get()) is not None:
            if isinstance(some, BaseException):
                raise some
            yield from some
    finally:
        stop.set()
        thread.join()


def worked(work: Callable[[S], T], items: Iterable[S]) -> Iterator[T]:
    """What `work` makes of each item; as `map`, but closing it closes `items`, so that both can be done ahead."""
    try:
        yield from map(work, items)
    finally:
        _close(items)


def _make(items: Iterator[T], together: int, made: "_Made[T]", stop: threading.Event) -> None:
    last: BaseException | None = None
    some: list[T] = []
    try:
        for one in items:
            some.append(one)
            if len(some) == together:
                if not _put(made, some, stop):
                    break
                some = []
    except BaseException as error:  # noqa: BLE001 -- whatever it is belongs to him who takes the items
        last = error
    finally:
        _close(items)
    if some:
        _put(made, some, stop)
    _put(made, last, stop)


def _close(items: object) -> None:
    """Generators have something to close, lists have not."""
    close = getattr(items, "close", None)
    if close:
        close()


def _put(made: "_Made[T]", some: list[T] | BaseException | None, stop: threading.Event) -> bool:
    """False where nobody wants it any more."""
    while not stop.is_set():
        try:
            made.put(some, timeout=POLL)
        except queue.Full:
            continue
        return True
    return False
