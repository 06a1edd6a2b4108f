"""Parts of a picture given as shares of it, in pixels."""

from collections.abc import Sequence

Share = tuple[float, float, float, float]
"""Left, top, width and height, each 0–1 of the picture's side."""
Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom lie beyond the last one."""


def boxes(shares: Sequence[Share], size: tuple[int, int]) -> list[Box]:
    """The parts of a picture of even `size` (width, height), even on all sides; those that overlap become one."""
    found: list[Box] = []
    for left, top, width, height in shares:
        low = (round(left * size[0]) & ~1, round(top * size[1]) & ~1)
        high = (round((left + width) * size[0]) + 1 & ~1, round((top + height) * size[1]) + 1 & ~1)
        found = _joined(found, (*low, min(high[0], size[0]), min(high[1], size[1])))
    return found


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _joined(boxes: Sequence[Box], new: Box) -> list[Box]:
    near = [one for one in boxes if meet(one, new)]
    if not near:
        return [*boxes, new]
    whole = (
        min(new[0], *(one[0] for one in near)),
        min(new[1], *(one[1] for one in near)),
        max(new[2], *(one[2] for one in near)),
        max(new[3], *(one[3] for one in near)),
    )
    return _joined([one for one in boxes if one not in near], whole)
