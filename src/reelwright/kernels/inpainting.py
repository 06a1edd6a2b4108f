"""Holes in a picture filled from what stands around them.

`membrane` is the smooth one: the surface spanned between the edges of a hole, by pyramids (pull-push), in linear time.

`fill` continues edges too. From the rim inwards each layer of pixels takes the mean of its known neighbours along
the direction of the edges there, and hands that direction on, so that edges run straight into the hole until they
meet. Texture makes edges everywhere: only those well above the picture's own texture are kept, as gradients, and the
rest is the smoothest surface that has them (Poisson). With it is mixed, deep inside, the mean of the nearest known
pixels in the four directions of the picture, which errs elsewhere; but not at clear edges. Where next to no edge runs
in and the surroundings are smooth enough to be gone on, they are: as a Gaussian field (`kernels.gaussian`). It invents
no texture.

Planes are float32 or integers [height, width]; masks bool of that shape, True where known.

Sources: Gortler et al., "The Lumigraph" (1996), pull-push; Bornemann & Maerz, "Fast image inpainting based on
coherence transport" (2007), here by layers and with carried directions; Perez et al., "Poisson image editing" (2003).
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import gaussian
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]

SMALLEST = 2  # px; a pyramid ends here
EPSILON = 1e-4
CELL, FULL = 4, 4  # px of a cell; part of it that is enough, as a divisor
REACH = 5  # px around a pixel that it takes its value from
ALONG = 25.0  # how much narrower than `REACH` that is across a clear edge
CLEAR = 1.0  # grey levels squared a pixel: difference of the tensor's eigenvalues of a clear edge
GRADIENT, REGION = 1.4, 7.0  # px, standard deviations: of the picture for its gradient, of the tensor
LEAST_EDGE, ABOVE_TEXTURE = 3.0, 5.0  # the same difference of an edge worth keeping; over the median around the hole
COHERENT = 0.6  # of the tensor's whole strength that lies in one direction, along an edge
SOFT = 2.0  # px over which kept gradients end
FEW_EDGES = 0.05  # of a hole that they run through: less, and a smooth field tells it better
STRAIGHT = 0.44  # part of the straight means in the result, deep inside: two guesses err less than one
NEAR = 9.0  # px from the rim up to which they have none; twice that, and they have all of it
CLEARLY, CLEARLY_COHERENT, BESIDE = 4, 0.8, 8.0  # the same two of an edge that is no guess; px it reaches
STEPS, SOLVED = 300, 0.05  # of the Poisson equation; grey levels
TRIED = 8  # px between a hole and where it is tried
MARGIN = 24  # px around a hole that matter
WIDE = 18.0  # px to the nearest known one, from which on holes are filled at half the size

_OFFSETS = np.array(
    [(y, x) for y in range(-REACH, REACH + 1) for x in range(-REACH, REACH + 1) if 0 < x * x + y * y <= REACH * REACH]
)
_DOWN, _ACROSS = _OFFSETS[:, 0], _OFFSETS[:, 1]
_NEARNESS = (1 / np.hypot(_DOWN, _ACROSS)).astype(np.float32)


def membrane(values: NDArray[Any], weight: NDArray[Any]) -> Field:
    """A smooth surface through `values` where `weight` (0-1, or bool) is 1; weak places give way to what is around."""
    share = np.asarray(weight, np.float32)
    return _pulled(np.asarray(values, np.float32) * share, share)


def drift(values: NDArray[Any], known: Mask, most: float = np.inf) -> Field:
    """The slow part of `values` (a difference of two pictures), told by its known pixels: a membrane of cells' means.

    Cells that differ by more than `most` are left out: something else is there.
    """
    height, width = values.shape
    size = (-(-width // CELL), -(-height // CELL))
    weight = known.astype(np.float32)
    weighted = np.asarray(values, np.float32) * weight
    sums, share = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (weighted, weight))
    if most < np.inf:
        far = cv2.resize(np.abs(weighted), size, interpolation=cv2.INTER_AREA)
        near = far < most * share
        if near.any():
            sums, share = sums * near, share * near
    cells = membrane(sums / np.maximum(share, EPSILON), np.minimum(1, FULL * share))
    return np.asarray(cv2.resize(cells, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def fill(plane: NDArray[Any], known: Mask) -> Field:
    """The plane, with its unknown pixels invented. All unknown gives zeros."""
    out = plane.astype(np.float32)
    if known.all() or not known.any():
        return out if known.any() else np.zeros_like(out)
    rows, columns = np.flatnonzero(~known.all(axis=1)), np.flatnonzero(~known.all(axis=0))
    wide = _is_wide(known)
    margin = MARGIN * (2 if wide else 1)
    part = tuple(slice(max(0, lines[0] - margin), lines[-1] + margin + 1) for lines in (rows, columns))
    straight, counts = _straight(out[part], known[part])
    filled, clear = (_halved if wide else _filled)(out[part], known[part])
    depth = cv2.distanceTransform((~known[part]).astype(np.uint8), cv2.DIST_L2, 5)
    share = STRAIGHT * counts * (1 - clear) * np.clip((depth - NEAR) / NEAR, 0, 1)
    out[part] = np.where(known[part], out[part], share * straight + (1 - share) * filled)
    return out


def _straight(plane: Field, known: Mask) -> tuple[Field, Mask]:
    """The mean of the nearest known pixels left, right, above and below, near ones first; where there are any."""
    share = known.astype(np.float32)
    soft = cv2.blur(plane * share, (3, 3)) / np.maximum(cv2.blur(share, (3, 3)), EPSILON)
    sums, weights = np.zeros_like(plane), np.full(plane.shape, EPSILON, np.float32)
    for turns in range(4):
        values, ways = np.rot90(soft, turns), np.rot90(known, turns)
        column = np.arange(ways.shape[1])
        last = np.maximum.accumulate(np.where(ways, column, -1), axis=1)
        near = np.where(last >= 0, 1 / np.maximum(column - last, 1), 0).astype(np.float32)
        sums += np.rot90(near * np.take_along_axis(values, np.maximum(last, 0), axis=1), -turns)
        weights += np.rot90(near, -turns)
    return np.asarray(sums / weights, np.float32), np.asarray(weights > 2 * EPSILON)


def smooth(plane: NDArray[Any], known: Mask) -> Field:
    """The plane, with its unknown pixels guessed without edges: quick, and nearly as near on the whole."""
    values = plane.astype(np.float32)
    straight, counts = _straight(values, known)
    guess = membrane(values, known)
    return np.where(known, values, np.where(counts, (guess + straight) / 2, guess)).astype(np.float32)


def expected_error(plane: NDArray[Any], known: Mask) -> float:
    """By how much `smooth` errs, tried on holes of this shape beside the real one; infinite where there is no room."""
    rows, columns = np.flatnonzero(~known.all(axis=1)), np.flatnonzero(~known.all(axis=0))
    height, width = len(rows) and int(np.ptp(rows)) + TRIED, len(columns) and int(np.ptp(columns)) + TRIED
    errors = []
    for down, across in ((height, 0), (-height, 0), (0, width), (0, -width)):
        way = np.array([[1, 0, across], [0, 1, down]], np.float64)
        tried = cv2.warpAffine((~known).astype(np.uint8), way, known.shape[::-1], flags=cv2.INTER_NEAREST) > 0
        if tried.sum() < (~known).sum() / 2 or not tried.any():
            continue
        found = smooth(plane, known & ~tried)[tried & known] - plane[tried & known]
        errors.append(float(np.sqrt(np.mean(np.square(found)))))
    return float(np.mean(errors)) if errors else float("inf")


def _is_wide(known: Mask) -> bool:
    return bool(cv2.distanceTransform((~known).astype(np.uint8), cv2.DIST_L2, 3).max() > WIDE)


def _halved(plane: Field, known: Mask) -> tuple[Field, Field]:
    """As `_filled`, at half the size: far inside a wide hole nothing is known to the pixel."""
    height, width = plane.shape
    share = known.astype(np.float32)
    small = [
        cv2.resize(np.pad(one, ((0, height % 2), (0, width % 2))), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        for one in (plane * share, share)
    ]
    found = _filled(np.asarray(small[0] / np.maximum(small[1], EPSILON), np.float32), np.asarray(small[1] > 0))
    filled, clear = (np.asarray(cv2.resize(one, None, fx=2, fy=2)[:height, :width], np.float32) for one in found)
    return np.where(known, plane, filled + membrane(plane - filled, known)).astype(np.float32), clear


def _filled(plane: Field, known: Mask) -> tuple[Field, Field]:
    """With edges run into the hole; and where (0-1) it is surely told."""
    flat = np.zeros_like(plane)
    smooth = np.where(known, plane, membrane(plane, known)).astype(np.float32)
    smooth = _with_steps(smooth, known, flat[:, 1:], flat[1:])
    guide, tensor = _transported(smooth, known)
    strength, whole = np.hypot(tensor[0] - tensor[2], 2 * tensor[1]), tensor[0] + tensor[2]
    least = max(LEAST_EDGE, ABOVE_TEXTURE * float(np.median(strength[known])))
    keep = cv2.GaussianBlur(((strength > least) & (strength > COHERENT * whole)).astype(np.float32), (0, 0), SOFT)
    kept = float((keep[~known] > 0.5).mean())
    likely = gaussian.filled(plane, known) if kept < FEW_EDGES else None
    if likely is not None:
        return likely, np.ones_like(plane)  # better told than the straight means are
    if not kept:
        return smooth, flat
    clear = ((strength > CLEARLY * least) & (strength > CLEARLY_COHERENT * whole) & ~known).astype(np.float32)
    near = np.minimum(1, 4 * cv2.GaussianBlur(clear, (0, 0), BESIDE))
    return _with_gradients(smooth, known, guide, np.minimum(1, 1.5 * keep)), np.asarray(near, np.float32)


def _pulled(sums: Field, weight: Field) -> Field:
    height, width = sums.shape
    mean = sums / np.maximum(weight, EPSILON)
    if max(height, width) <= SMALLEST or weight.min() >= 1:
        total = float(weight.sum())
        return np.where(weight > EPSILON, mean, float(sums.sum()) / total if total else 0).astype(np.float32)
    # Coarse cells count as known as soon as a quarter of them is.
    smaller, share = cv2.pyrDown(sums), cv2.pyrDown(weight)
    scale = np.minimum(1, 4 * share) / np.maximum(share, EPSILON)
    lower = _pulled(np.asarray(smaller * scale, np.float32), np.asarray(share * scale, np.float32))
    coarse = cv2.pyrUp(lower, dstsize=(width, height))
    return np.asarray(mean * weight + coarse * (1 - weight), np.float32)


def _transported(plane: Field, known: Mask) -> tuple[Field, Field]:
    """The plane with edges run into the hole, and the structure tensor [3, h, w] (xx, xy, yy) run in with them."""
    depth = np.pad(cv2.distanceTransform((~known).astype(np.uint8), cv2.DIST_L2, 5), REACH)
    there = np.pad(known.astype(np.float32), REACH)
    values = np.pad(plane, REACH)
    tensor = np.pad(_tensor(plane, known), ((0, 0), (REACH, REACH), (REACH, REACH)))
    for inner in range(int(np.ceil(depth.max()))):
        rows, columns = np.nonzero((depth > inner) & (depth <= inner + 1))
        if not len(rows):
            continue
        down, across = rows[:, None] + _DOWN, columns[:, None] + _ACROSS
        usable, around = there[down, across], tensor[:, down, across]
        weight = _along(around, usable)
        values[rows, columns] = (weight * values[down, across]).sum(axis=1)
        tensor[:, rows, columns] = (weight * around).sum(axis=2)
        there[rows, columns] = 1
    inside = (slice(REACH, -REACH), slice(REACH, -REACH))
    return values[inside], tensor[(slice(None), *inside)]


def _along(around: Field, usable: Field) -> Field:
    """Weights [n, neighbours] that sum to 1 and follow the edge direction of the neighbourhood."""
    near = usable * _NEARNESS
    near /= np.maximum(near.sum(axis=1), EPSILON)[:, None]
    xx, xy, yy = (near * around).sum(axis=2)
    gap = np.hypot(xx - yy, 2 * xy)
    normal = 0.5 * np.arctan2(2 * xy, xx - yy)
    narrow = 1 + ALONG * np.exp(-(CLEAR**4) / np.maximum(gap, EPSILON) ** 2)
    off = np.cos(normal)[:, None] * _ACROSS + np.sin(normal)[:, None] * _DOWN
    line = np.exp(-0.5 * np.square(narrow[:, None] * off / REACH)).astype(np.float32)
    weight = near * line + EPSILON**2 * near
    return np.asarray(weight / np.maximum(weight.sum(axis=1), EPSILON**3)[:, None], np.float32)


def _tensor(plane: Field, known: Mask) -> Field:
    """Structure tensor of what is known, [3, h, w]; 0 elsewhere."""
    weight = known.astype(np.float32)
    share = np.maximum(cv2.GaussianBlur(weight, (0, 0), GRADIENT), EPSILON)
    soft = cv2.GaussianBlur(plane * weight, (0, 0), GRADIENT) / share
    inner = cv2.erode(weight, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=1)
    gx, gy = cv2.Sobel(soft, cv2.CV_32F, 1, 0) / 8 * inner, cv2.Sobel(soft, cv2.CV_32F, 0, 1) / 8 * inner
    share = np.maximum(cv2.GaussianBlur(inner, (0, 0), REGION), EPSILON)
    products = [cv2.GaussianBlur(one, (0, 0), REGION) / share for one in (gx * gx, gx * gy, gy * gy)]
    return np.stack(products).astype(np.float32) * weight


def surface(right: Field, below: Field, known: Mask) -> Field:
    """The surface that is 0 where known and has these steps to the right [h, w - 1] and downwards [h - 1, w]."""
    return _with_steps(np.zeros(known.shape, np.float32), known, right, below)


def _with_gradients(start: Field, known: Mask, guide: Field, keep: Field) -> Field:
    """The smoothest surface from `start` (right where known) that has the guide's gradients where `keep` is 1."""
    right = (guide[:, 1:] - guide[:, :-1]) * np.minimum(keep[:, 1:], keep[:, :-1])
    below = (guide[1:] - guide[:-1]) * np.minimum(keep[1:], keep[:-1])
    return _with_steps(start, known, right, below)


def _with_steps(start: Field, known: Mask, right: Field, below: Field) -> Field:
    """The surface nearest to having these steps; `start` where known, and the first guess elsewhere."""
    hole = (~known).astype(np.float32)
    wanted = np.zeros_like(start)
    wanted[:, :-1] -= right
    wanted[:, 1:] += right
    wanted[:-1] -= below
    wanted[1:] += below
    out = start.copy()
    rest = (wanted - _curvature(out)) * hole
    way, power = rest.copy(), float(np.vdot(rest, rest))
    for _ in range(STEPS):  # conjugate gradients
        if power <= SOLVED**2 * hole.sum() / 100:
            break
        bent = _curvature(way) * hole
        step = power / max(float(np.vdot(way, bent)), 1e-12)
        out += step * way
        rest -= step * bent
        before, power = power, float(np.vdot(rest, rest))
        way = rest + (power / before) * way
    return out


def _curvature(surface: Field) -> Field:
    """Minus the Laplacian, with nothing flowing over the picture's border."""
    out = np.zeros_like(surface)
    right, below = surface[:, 1:] - surface[:, :-1], surface[1:] - surface[:-1]
    out[:, :-1] -= right
    out[:, 1:] += right
    out[:-1] -= below
    out[1:] += below
    return out
