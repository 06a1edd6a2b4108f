"""A still picture seen by a moving camera: depth from cues, near things before far ones, what they uncover filled in.

Depth is guessed: what is low in a picture is near, what stands out (spectral residual, and GrabCut from there)
is nearer still. The picture is split there into a subject and its background, whose hole is filled by
inpainting at a small size; both then move by their depth. Between two pictures, dense optical flow (DIS) carries each
towards the other while one fades into the other. Sources: Hou & Zhang 2007 (spectral residual); Rother, Kolmogorov &
Blake 2004 (GrabCut); Telea 2004; Kroeger et al. 2016 (DIS).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import saliency
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Picture = NDArray[np.uint8]
Map = NDArray[np.float32]

LOOKED_AT = 256  # px, long side at which depth is guessed
FILLED_AT = 320  # px, long side at which the background behind the subject is filled
LEAST, MOST = 0.02, 0.55
"""Shares of the picture that a subject may cover; otherwise there is none to be told from its background."""
ROUNDS = 6  # of GrabCut
APART = 25.0  # difference of colours across a subject's rim, in OpenCV's 8-bit Lab, for three quarters of it


@dataclass(frozen=True, slots=True)
class Move:
    """Where the camera is: (x, y) in heights of the picture, and its zoom."""

    x: float
    y: float
    zoom: float


class Relief:
    """A picture with depth. `frame` shows it from where the camera is."""

    def __init__(self, picture: Picture) -> None:
        """Args: picture: uint8 [h, w, 3], RGB, at the size at which it will be shown."""
        self._height, self._width = picture.shape[:2]
        mask = subject_mask(picture)
        self.has_subject = mask is not None
        self._depth = depth_of(picture, mask)
        self._back = picture if mask is None else _filled(picture, mask)
        self._front = picture if mask is not None else None
        self._alpha = _soft(mask, (self._width, self._height)) if mask is not None else None
        grid = np.mgrid[0 : self._height, 0 : self._width].astype(np.float32)
        self._rows, self._columns = grid[0], grid[1]

    def frame(self, move: Move) -> Picture:
        """uint8 [h, w, 3]; pixels beyond the picture's edge mirror it."""
        back = self._warped(self._back, move, self._depth)
        if self._front is None or self._alpha is None:
            return back
        near = np.float32(1.0)
        front = self._moved(self._front, move, float(near))
        alpha = self._moved(self._alpha, move, float(near))[..., None]
        mixed: Picture = (back + ((front.astype(np.int16) - back) * (alpha.astype(np.int16)) >> 8)).astype(np.uint8)
        return mixed

    def _warped(self, picture: Picture, move: Move, depth: Map) -> Picture:
        share = 0.25 + 0.75 * depth
        zoom = 1 + (move.zoom - 1) * (0.5 + 0.5 * depth)
        x = (self._columns - self._width / 2) / zoom + self._width / 2 + move.x * self._height * share
        y = (self._rows - self._height / 2) / zoom + self._height / 2 + move.y * self._height * share
        return np.asarray(cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101))

    def _moved(self, picture: Picture, move: Move, depth: float) -> Picture:
        share, zoom = 0.25 + 0.75 * depth, 1 + (move.zoom - 1) * (0.5 + 0.5 * depth)
        x = self._width / 2 * (1 - 1 / zoom) + move.x * self._height * share
        y = self._height / 2 * (1 - 1 / zoom) + move.y * self._height * share
        matrix = np.array([[1 / zoom, 0, x], [0, 1 / zoom, y]], np.float32)
        way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (self._width, self._height)
        border = cv2.BORDER_REFLECT_101
        return np.asarray(cv2.warpAffine(picture, matrix, size, flags=way, borderMode=border))


def depth_of(picture: Picture, mask: Picture | None) -> Map:
    """A guess of how near each pixel is.

    Args:
        picture: uint8 [h, w, 3].
        mask: uint8 [h', w'] of the subject, 255 inside; None if there is none.

    Returns:
        float32 [h, w], 0 farthest to 1 nearest, smooth.
    """
    height, width = picture.shape[:2]
    small = _small(picture, LOOKED_AT)
    rows = np.linspace(0, 1, small.shape[0], dtype=np.float32)[:, None] ** 1.4
    depth = 0.75 * np.repeat(rows, small.shape[1], axis=1)
    found = _salience(small, cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), 16)
    found -= found.min()
    depth += 0.25 * found / max(float(found.max()), 1e-3)
    if mask is not None:  # The filled-in ground where the subject stands is as near as what is around it.
        inside = cv2.resize(mask, (small.shape[1], small.shape[0]))
        depth = np.where(inside > 127, np.minimum(depth, rows), depth)
    smooth = cv2.GaussianBlur(depth.astype(np.float32), (0, 0), small.shape[1] / 40)
    return np.asarray(np.clip(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), 0, 1), np.float32)


def _salience(small: Picture, gray: object, fineness: float) -> Map:
    """How much each place stands out, blurred by a part of the width; the size of `small`."""
    height, width = small.shape[:2]
    found = saliency.spectral_residual(np.asarray(gray, np.uint8)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(cv2.resize(found, (width, height)), (0, 0), width / fineness), np.float32)


def subject_mask(picture: Picture) -> Picture | None:
    """What the picture is about, apart from its background.

    Args:
        picture: uint8 [h, w, 3], RGB.

    Returns:
        uint8 [h', w'] at a small size, 255 inside; None if nothing stands out as one piece.
    """
    small = _small(picture, LOOKED_AT)
    height, width = small.shape[:2]
    centre = np.exp(
        -(
            ((np.mgrid[0:height, 0:width] - [[[height * 0.55]], [[width / 2]]]) / [[[height * 0.36]], [[width * 0.30]]])
            ** 2
        ).sum(axis=0)
    )
    gray = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), 1.2)
    found = _salience(small, gray, 24) * (0.25 + centre)
    seeds = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    seeds[found > np.quantile(found, 0.78)] = cv2.GC_PR_FGD
    seeds[found > np.quantile(found, 0.98)] = cv2.GC_FGD
    edge = max(2, round(0.03 * width))
    seeds[:edge], seeds[:, :edge], seeds[:, -edge:] = cv2.GC_BGD, cv2.GC_BGD, cv2.GC_BGD
    if not (seeds == cv2.GC_FGD).any():
        return None
    cv2.setRNGSeed(7)  # GrabCut begins with a random clustering.
    bgr, model = cv2.cvtColor(small, cv2.COLOR_RGB2BGR), np.zeros((1, 65))
    cv2.grabCut(bgr, seeds, (0, 0, 1, 1), model, model.copy(), ROUNDS, cv2.GC_INIT_WITH_MASK)
    mask = np.where((seeds == cv2.GC_FGD) | (seeds == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    kept = _largest(np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8))
    return kept if kept is not None and _is_apart(small, kept) else None


def _largest(mask: Picture) -> Picture | None:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return None
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    share = float(stats[best, cv2.CC_STAT_AREA]) / mask.size
    if not LEAST <= share <= MOST:
        return None
    kept = np.where(labels == best, 255, 0).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(kept, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)))


def _is_apart(small: Picture, mask: Picture) -> bool:
    """Has the picture another colour where the mask ends, nearly all around? A part of one surface is no subject."""
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    thin, thick = np.ones((3, 3), np.uint8), np.ones((9, 9), np.uint8)
    inner = (cv2.erode(mask, thin) > 0) & ~(cv2.erode(mask, thick) > 0)
    outer = (cv2.dilate(mask, thick) > 0) & ~(cv2.dilate(mask, thin) > 0)
    rim = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, thin) > 0
    if not (inner.any() and outer.any() and rim.any()):
        return False
    difference = np.linalg.norm(_nearby(lab, inner) - _nearby(lab, outer), axis=2)[rim]
    return float(np.quantile(difference, 0.25)) > APART


def _nearby(lab: Map, where: NDArray[np.bool_]) -> Map:
    """The mean colour of those of the pixels around each that are in the mask."""
    weight = cv2.GaussianBlur(where.astype(np.float32), (0, 0), 5.0)
    total = cv2.GaussianBlur(lab * where[..., None], (0, 0), 5.0)
    return np.asarray(total / np.maximum(weight, 1e-4)[..., None], np.float32)


def _small(picture: Picture, longest: int) -> Picture:
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    return np.asarray(cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA))


def _soft(mask: Picture, size: tuple[int, int]) -> Picture:
    grown = cv2.resize(mask, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.GaussianBlur(grown, (0, 0), size[0] / 400))


def _filled(picture: Picture, mask: Picture) -> Picture:
    """The picture without its subject: inpainted small, and laid only over where the subject is."""
    height, width = picture.shape[:2]
    small = _small(picture, FILLED_AT)
    hole = cv2.resize(mask, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_NEAREST)
    hole = cv2.dilate(hole, np.ones((7, 7), np.uint8))
    filled = cv2.inpaint(small, (hole > 0).astype(np.uint8), 5, cv2.INPAINT_TELEA)
    large = cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC)
    share = cv2.GaussianBlur(cv2.resize(hole, (width, height)), (0, 0), width / 160).astype(np.float32)[..., None] / 255
    return np.asarray(picture + (large.astype(np.float32) - picture) * share, np.uint8)


class Between:
    """The way from one picture to another of the same size."""

    def __init__(self, first: Picture, last: Picture) -> None:
        self._first, self._last = first, last
        height, width = first.shape[:2]
        a, b = (cv2.cvtColor(_small(one, 512), cv2.COLOR_RGB2GRAY) for one in (first, last))
        flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        scale = width / a.shape[1]
        none = np.zeros((*a.shape, 2), np.float32)
        self._there = _spread(np.asarray(flow.calc(a, b, none.copy()), np.float32), (width, height), scale)
        self._back = _spread(np.asarray(flow.calc(b, a, none.copy()), np.float32), (width, height), scale)
        grid = np.mgrid[0:height, 0:width].astype(np.float32)
        self._rows, self._columns = grid[0], grid[1]

    def frame(self, part: float) -> Picture:
        """At a part of the way, 0 to 1: uint8 [h, w, 3]."""
        one = self._carried(self._first, self._there, part)
        other = self._carried(self._last, self._back, 1 - part)
        share = part * part * (3 - 2 * part)
        return np.asarray(cv2.addWeighted(one, 1 - share, other, share, 0))

    def _carried(self, picture: Picture, flow: Map, part: float) -> Picture:
        x, y = self._columns - part * flow[..., 0], self._rows - part * flow[..., 1]
        return np.asarray(cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101))


def _spread(flow: Map, size: tuple[int, int], scale: float) -> Map:
    """Flow at full size, smooth, and never farther than an eighth of the picture: past that it is a guess."""
    smooth = cv2.GaussianBlur(flow, (0, 0), flow.shape[1] / 60)
    limit = flow.shape[1] / 8
    length = np.maximum(1e-6, np.linalg.norm(smooth, axis=2, keepdims=True))
    smooth = smooth * np.minimum(1.0, limit / length) * scale
    return np.asarray(cv2.resize(smooth, size, interpolation=cv2.INTER_LINEAR), np.float32)
