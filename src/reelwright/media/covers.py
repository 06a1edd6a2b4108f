"""Which of many pictures stands for all: lit, sharp, and with most to see, as `video.cover` judges frames."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reelwright.kernels import stills
from reelwright.media import images

MOST = 60  # pictures that are looked at, evenly chosen
THREADS = 2
LOOK = 480  # px, the longer side of a picture that is judged


def best(pictures: Sequence[str | Path]) -> str | Path | None:
    """The best of them; the best of the faulty ones if all are dark, blurred or plain; None of none.

    Raises the errors of `images.load` for a file that is no picture.
    """
    step = max(1, -(-len(pictures) // MOST))
    looked_at = pictures[::step]
    with ThreadPoolExecutor(THREADS) as pool:
        measured = dict(zip(looked_at, pool.map(_measured, looked_at), strict=True))
    if not measured:
        return None
    level = stills.Level.of(list(measured.values()))
    good = [path for path, one in measured.items() if stills.fault(one, level) is None] or list(measured)
    return max(good, key=lambda path: stills.interest(measured[path], level))


def _measured(path: str | Path) -> stills.Still:
    return stills.measure(images.fitted(images.load(path), LOOK, LOOK))
