"""Work done ahead of where its results are wanted: an iterator that runs in a thread of its own.

Decoding and encoding wait for their own threads most of the time; taken in turns, the one stands while the other
works. With the frames decoded ahead both go on. What goes wrong in the thread is raised where the next item is taken.
"""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

AHEAD = 6  # items made before they are wanted; frames of a 4K film take 12 MB each
POLL = 0.05  # s between looks whether anybody still wants more


def ahead(items: Iterable[T], count: int = AHEAD) -> Iterator[T]:
    """The same items in the same order. Closing the iterator stops the thread and closes `items` there."""
    made: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(count)
    stop = threading.Event()
    thread = threading.Thread(target=_make, args=(iter(items), made, stop), name="ahead", daemon=True)
    thread.start()
    try:
        while (one := made.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one[0]
    finally:
        stop.set()
        thread.join()


def _make(items: Iterator[T], made: "queue.Queue[tuple[T] | BaseException | None]", stop: threading.Event) -> None:
    last: BaseException | None = None
    try:
        for one in items:
            if not _put(made, (one,), stop):
                break
    except BaseException as error:  # noqa: BLE001 -- whatever it is belongs to him who takes the items
        last = error
    finally:
        close = getattr(items, "close", None)
        if close:
            close()
    _put(made, last, stop)


def _put(
    made: "queue.Queue[tuple[T] | BaseException | None]", one: "tuple[T] | BaseException | None", stop: threading.Event
) -> bool:
    """False where nobody wants it any more."""
    while not stop.is_set():
        try:
            made.put(one, timeout=POLL)
        except queue.Full:
            continue
        return True
    return False
