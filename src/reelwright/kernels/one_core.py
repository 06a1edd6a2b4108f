"""OpenCV on one core for a while.

Its threads wait for each other by spinning. On pictures of a few hundred cells, and beside a decoder and an encoder
that have threads of their own, two of them take as long as one and half as much processor time again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")


@contextmanager
def one_core() -> Iterator[None]:
    """For the whole process; not to be entered by two threads at once."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
