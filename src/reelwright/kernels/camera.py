"""A smooth path for a virtual camera that keeps a subject in view.

The path is the left (or top) edge of a crop window over time. Where one fixed position will do it is fixed.
Otherwise the path is a cubic B-spline whose control points solve a linear programme: the L1 norms of velocity,
acceleration and jerk are as small as the subject allows, which makes paths of rests and even pans, as a person at
a tripod would move (Grundmann, Kwatra, Essa: Auto-Directed Video Stabilization with Robust L1 Optimal Camera
Paths, CVPR 2011). The spline makes speed and acceleration continuous at every frame. Long shots are solved in
overlapping windows, so the time is linear in the length.

Positions and sizes are in any one unit (pixels here), times in seconds. One axis only; no zoom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import WorkFailed
from reelwright.loading import lazy

if TYPE_CHECKING:
    import scipy.optimize as optimize
    import scipy.sparse as sparse
else:
    optimize = lazy("scipy.optimize")
    sparse = lazy("scipy.sparse")

Array = NDArray[np.float64]
Rows = tuple[NDArray[np.intp], NDArray[np.intp], Array]
"""Part of a sparse matrix: rows, columns, values."""

KNOT = 0.1  # s between control points
WINDOW = 200  # control points solved at once: 20 s
OVERLAP = 40  # of them shared with the next window, whose solution replaces the last half
# Prices in the programme, for positions as fractions of the window's width and times in knots.
SMOOTH = ((1, 10.0), (2, 20.0), (3, 100.0))  # order of the difference: velocity, acceleration, jerk
CUT_OFF = 8000.0  # a part of the subject outside
OFF_CENTRE = 12.0  # the subject's middle beyond COMFORT
COMFORT = 0.12  # of the window's width the subject's middle may lie off its centre for nothing
STRAY = 0.02  # samples that may be uncomfortable on a path that stands still


@dataclass(frozen=True, slots=True)
class Path:
    """Where the window's edge is at any moment: constant, or a uniform cubic B-spline."""

    start: float
    controls: Array

    @property
    def is_static(self) -> bool:
        return len(self.controls) == 1

    def at(self, times: Array) -> Array:
        """The edge at these times (s), float64 of the same shape; beyond the ends it stays."""
        if self.is_static:
            return np.full(np.shape(times), self.controls[0])
        places, weights = _basis(np.asarray(times, float), self.start, len(self.controls))
        return np.asarray((self.controls[places] * weights).sum(axis=-1))

    def edge(self, time: float) -> float:
        """The same at one time, without the cost of arrays."""
        if self.is_static:
            return float(self.controls[0])
        at = min(max((time - self.start) / KNOT, 0.0), len(self.controls) - 3 - 1e-9)
        a, b, c, d = self.controls[int(at) : int(at) + 4].tolist()
        t = at - int(at)
        # Horner's form of the same polynomials as in `_basis`.
        whole = a + 4 * b + c + t * (3 * (c - a) + t * (3 * (a - 2 * b + c) + t * (d - a + 3 * (b - c))))
        return float(whole / 6)


def follow(times: Array, low: Array, high: Array, *, width: float, limit: float, middle: Array | None = None) -> Path:
    """The path of a window of `width` inside [0, limit] that keeps [low, high] in view.

    times: float [n], rising, seconds. low, high: float [n], the subject's ends at these times. An interval wider
    than the window is treated as its middle part. `middle`: float [n], where the window's middle would best lie
    (the subject's own middle if not given). n may be 1; n = 0 gives the middle of the picture.
    """
    room = max(0.0, limit - width)
    if not len(times) or room == 0:
        return Path(0.0, np.array([room / 2]))
    low, high = _fitting(np.asarray(low, float), np.asarray(high, float), width)
    ideal = ((low + high if middle is None else 2 * np.asarray(middle, float)) / 2 - width / 2).clip(0, room)
    still = _still(low, high, ideal, width, room)
    if still is not None:
        return Path(float(times[0]), np.array([still]))
    return Path(float(times[0]) - KNOT, _solve(np.asarray(times, float), low, high, ideal, width, room))


def jerk(path: Array) -> float:
    """Mean absolute third difference of a path sampled at every frame; what an eye feels as shaking."""
    return float(np.abs(np.diff(path, 3)).mean()) if len(path) > 3 else 0.0


def _fitting(low: Array, high: Array, width: float) -> tuple[Array, Array]:
    middle, reach = (low + high) / 2, np.minimum((high - low) / 2, width / 2)
    return middle - reach, middle + reach


def _still(low: Array, high: Array, ideal: Array, width: float, room: float) -> float | None:
    """A fixed edge that keeps every interval in view and nearly all comfortable, or None."""
    least, most = (high - width).clip(0, room).max(), low.clip(0, room).min()
    if least > most:
        return None
    # The middle of the range, not the median: a subject that swings should have as much air on both sides.
    spread = np.quantile(ideal, [STRAY / 2, 1 - STRAY / 2])
    at = float(np.clip(spread.mean(), least, most))
    return at if (np.abs(ideal - at) > COMFORT * width).mean() <= STRAY else None


def _basis(times: Array, start: float, count: int) -> tuple[NDArray[np.intp], Array]:
    """Indices and weights of the four control points at each time: both [n, 4]."""
    at = ((times - start) / KNOT).clip(0, count - 3 - 1e-9)
    first = at.astype(np.intp)
    t = at - first
    weights = np.stack([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3], -1) / 6
    return first[..., None] + np.arange(4), weights


def _solve(times: Array, low: Array, high: Array, ideal: Array, width: float, room: float) -> Array:
    """Control points, window after window; the ones already settled are fixed in the next window."""
    start = times[0] - KNOT
    count = int(np.ceil((times[-1] - start) / KNOT)) + 4
    places, weights = _basis(times, start, count)
    controls = np.empty(0)
    while len(controls) < count:
        settled = controls[max(0, len(controls) - OVERLAP // 2) :]
        first = len(controls) - len(settled)
        last = min(count, first + WINDOW)
        inside = (places[:, 0] >= first) & (places[:, 3] < last)
        part = _window(
            (places[inside] - first, weights[inside], last - first),
            low[inside] / width,
            high[inside] / width,
            ideal[inside] / width,
            settled / width,
            room / width,
        )
        kept = len(part) if last == count else len(part) - OVERLAP // 2
        controls = np.concatenate([controls[:first], part[:kept] * width])
    return controls.clip(0, room)


def _window(
    basis: tuple[NDArray[np.intp], Array, int], low: Array, high: Array, ideal: Array, settled: Array, room: float
) -> Array:
    """One linear programme. Lengths are in widths of the crop window. Returns control points [count].

    Variables: the points p, then a bound above |each difference| of three orders, then for each sample what is cut
    off and how far the middle is beyond comfort.
    """
    places, weights, count = basis
    spline = (np.repeat(np.arange(len(places)), 4), places.ravel(), weights.ravel())
    # |rows @ p - goal| <= slack + bound, and each bound has its price.
    parts = [(_differences(count, order), np.zeros(max(0, count - order)), price) for order, price in SMOOTH]
    parts.append((spline, ideal, OFF_CENTRE * KNOT))
    # The subject is inside where |edge - middle| <= half of what the window has to spare.
    parts.append((spline, (low + high) / 2 - 0.5, CUT_OFF * KNOT))
    goal = np.concatenate([one for _, one, _ in parts])
    prices = np.concatenate([np.full(len(one), price) for _, one, price in parts])
    free = [np.zeros(len(one)) for _, one, _ in parts[: len(SMOOTH)]] + [np.full(len(places), COMFORT)]
    slack = np.concatenate([*free, np.maximum(0.0, 1 - (high - low)) / 2])
    constraints = _two_sided([rows for rows, _, _ in parts], [len(one) for _, one, _ in parts], count)
    free_points = count - len(settled)
    answer = optimize.milp(
        np.concatenate([np.zeros(count), prices]),
        constraints=optimize.LinearConstraint(constraints, ub=np.concatenate([goal + slack, slack - goal])),
        bounds=optimize.Bounds(
            np.concatenate([settled, np.zeros(free_points + len(goal))]),
            np.concatenate([settled, np.full(free_points, room), np.full(len(goal), np.inf)]),
        ),
    )
    if answer.x is None:  # never by its shape: every bound can be paid for
        raise WorkFailed(f"the camera path could not be solved: {answer.message}")
    return np.asarray(answer.x[:count])


def _differences(count: int, order: int) -> Rows:
    steps = np.diff(np.eye(order + 1), order, axis=0)[0]  # 1, -2, 1 for the second
    rows = np.repeat(np.arange(max(0, count - order)), order + 1)
    columns = rows + np.tile(np.arange(order + 1), max(0, count - order))
    return rows, columns, np.tile(steps, max(0, count - order))


def _two_sided(parts: Sequence[Rows], lengths: Sequence[int], count: int) -> "sparse.csc_array":
    """[A, -1; -A, -1] of the rows of all parts: put together in one go, which takes a tenth of stacking matrices."""
    above = np.concatenate([[0], np.cumsum(lengths)])
    total = int(above[-1])
    rows = np.concatenate([one[0] + shift for one, shift in zip(parts, above[:-1], strict=True)])
    columns = np.concatenate([one[1] for one in parts])
    values = np.concatenate([one[2] for one in parts])
    bound = np.arange(total)
    across = np.concatenate([rows, rows + total, bound, bound + total])
    down = np.concatenate([columns, columns, bound + count, bound + count])
    filled = np.concatenate([values, -values, np.full(2 * total, -1.0)])
    return sparse.csc_array((filled, (across, down)), shape=(2 * total, count + total))
