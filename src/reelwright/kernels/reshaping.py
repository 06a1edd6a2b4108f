"""A face's shape changed by its landmarks: each key says where some of them go, the rest of the picture follows.

The steps of all keys add up at the control points: outline, eyes, brows, nose and lips, and a ring around the face that
stays. Between them the field is a sum of multiquadrics that meets every control point (Hardy, "Multiquadric equations
of topography", 1971), made from the new places to the old ones, so that the picture is read where it came from.
Everything is done in the face's own coordinates, in shares of its breadth: right and down from between the eyes.
A face that turns away gets less of it, for half of its landmarks are guesses then.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels import landmarks
from reelwright.kernels.landmarks import Axes, Points
from reelwright.kernels.maps import Map
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

NOSE_SIDES = (48, 64, 98, 115, 129, 220, 45, 3, 51, 196, 122, 278, 294, 327, 344, 358, 440, 275, 248, 281, 419, 351)
WINGS = (48, 64, 98, 129, 278, 294, 327, 358)
NOSE_MIDDLE = (168, 6, 197, 195, 5, 4, 1, 2)
IRISES = (*range(468, 478),)
LEFT_IRIS, RIGHT_IRIS = IRISES[:5], IRISES[5:]
LEFT, RIGHT = (*landmarks.LEFT_EYE, *LEFT_IRIS), (*landmarks.RIGHT_EYE, *RIGHT_IRIS)
BROWS = (*landmarks.LEFT_BROW, *landmarks.RIGHT_BROW)
NOSE = (*NOSE_SIDES, *NOSE_MIDDLE)
MOUTH = (*landmarks.LIPS, *landmarks.MOUTH)
CROWN_OVER = (10, 338, 297, 332, 109, 67, 103)  # the hair begins above these
CROWN = tuple(range(landmarks.COUNT, landmarks.COUNT + len(CROWN_OVER)))
"""Control points of our own: the mesh ends below the hair."""
CONTROLS = tuple(dict.fromkeys((*landmarks.OVAL, *LEFT, *RIGHT, *BROWS, *NOSE, *MOUTH, *CROWN)))
LEFT_OUTER, LEFT_INNER, RIGHT_OUTER, RIGHT_INNER = 33, 133, 263, 362  # corners of the eyes
LEFT_CORNER, RIGHT_CORNER = 61, 291  # of the mouth
NOSE_BASE, BRIDGE = 2, 168

CROWN_HEIGHT = 1.38  # how much higher above the eyes than the mesh hair begins
RING = 1.6  # around the face: an outline so many times as large, where nothing moves
ROUND = 0.03  # of the breadth: how round the field is at a control point
GIVE = 0.002  # of the breadth: control points that lie upon each other need not agree more closely
STEP = 1 / 20  # of the breadth: the grid the field is worked out on
SQUEEZED = 0.2  # of its size: what is left of a part of the picture at least
TAPER = 0.08  # of the window's sides, over which what is left of the field ends

Steps = Points
"""[485, 2]: where each landmark and each point of the crown goes, in the face's own coordinates."""


def _face_thin(own: Points) -> Steps:
    return _sideways(own, landmarks.OVAL, -0.13 * own[:, 0] * _rising(own[:, 1], -0.15, 0.3))


def _cheek_thin(own: Points) -> Steps:
    return _sideways(own, landmarks.OVAL, -0.05 * _side(own) * _around(own[:, 1], 0.12, 0.2))


def _face_cut(own: Points) -> Steps:
    return _sideways(own, landmarks.OVAL, -0.055 * _side(own) * _around(own[:, 1], 0.5, 0.17))


def _chin_thin(own: Points) -> Steps:
    chin = own[landmarks.CHIN]
    return _sideways(own, landmarks.OVAL, -0.3 * (own[:, 0] - chin[0]) * _rising(own[:, 1], chin[1] - 0.3, chin[1]))


def _face_length(own: Points) -> Steps:
    return _downwards(own, CONTROLS, 0.10 * np.maximum(own[:, 1], 0))


def _chin_length(own: Points) -> Steps:
    mouth, chin = own[list(landmarks.LIPS), 1].max(), own[landmarks.CHIN, 1]
    return _downwards(own, landmarks.OVAL, 0.09 * _rising(own[:, 1], min(mouth - 0.05, chin - 0.1), chin))


def _eye_size(own: Points) -> Steps:
    return _scaled(own, LEFT, 0.28) + _scaled(own, RIGHT, 0.28)


def _eye_corner(own: Points) -> Steps:
    steps = np.zeros_like(own)
    for group, inner, outer in ((LEFT, LEFT_INNER, LEFT_OUTER), (RIGHT, RIGHT_INNER, RIGHT_OUTER)):
        part = (own[:, 0] - own[inner, 0]) / (own[outer, 0] - own[inner, 0] + np.float32(1e-6))
        steps += _downwards(own, group, -0.035 * np.clip(part, 0, 1) ** 2)
    return steps


def _eye_distance(own: Points) -> Steps:
    apart = 0.035 * _side(own)
    return _sideways(own, (*LEFT, *RIGHT), apart) + _sideways(own, BROWS, 0.6 * apart)


def _nose_thin(own: Points) -> Steps:
    return _sideways(own, NOSE_SIDES, -0.28 * _off_middle(own))


def _nose_wing(own: Points) -> Steps:
    level = float(own[list(WINGS), 1].mean())
    return _sideways(own, NOSE_SIDES, -0.3 * _off_middle(own) * _around(own[:, 1], level, 0.08))


def _nose_length(own: Points) -> Steps:
    return _downwards(own, NOSE, 0.055 * _rising(own[:, 1], own[BRIDGE, 1], own[NOSE_BASE, 1]))


def _mouth_size(own: Points) -> Steps:
    return _scaled(own, MOUTH, 0.25)


def _mouth_position(own: Points) -> Steps:
    return _downwards(own, MOUTH, np.full(len(own), -0.045, np.float32))


def _lip_thickness(own: Points) -> Steps:
    """The outer edges move away from the line between the lips, by a share of the lips' own thickness."""
    steps = np.zeros_like(own)
    inner = own[list(landmarks.MOUTH)]
    middle = inner[:, 1].mean()
    for index in landmarks.LIPS:
        near = inner[np.argsort(np.abs(inner[:, 0] - own[index, 0]))[:4], 1]
        edge = near.max() if own[index, 1] > middle else near.min()
        steps[index, 1] = 0.55 * (own[index, 1] - edge)
    return steps


def _smile(own: Points) -> Steps:
    corners = own[[LEFT_CORNER, RIGHT_CORNER]]
    half = np.ptp(corners[:, 0]) / 2 + 1e-6
    part = np.clip((own[:, 0] - corners[:, 0].mean()) / half, -1, 1)
    return _sideways(own, MOUTH, 0.03 * part * np.abs(part)) + _downwards(own, MOUTH, -0.05 * part * part)


def _hair_line(own: Points) -> Steps:
    top = own[landmarks.FOREHEAD, 1]
    return _downwards(own, (*landmarks.OVAL, *CROWN), -0.08 * _rising(-own[:, 1], -0.45 * top, -top))


KEYS: Mapping[str, Callable[[Points], Steps]] = {
    "face_thin": _face_thin,
    "cheek_thin": _cheek_thin,
    "face_cut": _face_cut,
    "chin_thin": _chin_thin,
    "face_length": _face_length,
    "chin_length": _chin_length,
    "eye_size": _eye_size,
    "eye_corner1": _eye_corner,
    "eye_distance": _eye_distance,
    "nose_thin": _nose_thin,
    "nose_wing": _nose_wing,
    "nose_length": _nose_length,
    "mouth_size": _mouth_size,
    "mouth_position": _mouth_position,
    "lip_thickness": _lip_thickness,
    "smile": _smile,
    "hair_line": _hair_line,
}
"""Key -> the steps of full strength, of landmarks in the face's own coordinates."""

# What the keys are made of


def _picked(own: Points, group: Sequence[int], values: Map) -> Map:
    picked = np.zeros(len(own), np.float32)
    picked[list(group)] = values[list(group)]
    return picked


def _sideways(own: Points, group: Sequence[int], values: Map) -> Steps:
    """Steps to the right, of the landmarks of a group."""
    return np.stack([_picked(own, group, values), np.zeros(len(own), np.float32)], axis=1)


def _downwards(own: Points, group: Sequence[int], values: Map) -> Steps:
    return np.stack([np.zeros(len(own), np.float32), _picked(own, group, values)], axis=1)


def _scaled(own: Points, group: Sequence[int], by: float) -> Steps:
    """Away from the middle of the group."""
    steps, chosen = np.zeros_like(own), list(group)
    steps[chosen] = np.float32(by) * (own[chosen] - own[chosen].mean(axis=0))
    return steps


def _side(own: Points) -> Map:
    """-1 left of the nose's bridge, 1 right of it, soft between."""
    return np.asarray(np.clip((own[:, 0] - own[BRIDGE, 0]) / np.float32(0.15), -1, 1), np.float32)


def _off_middle(own: Points) -> Map:
    """How far right of the nose's line each landmark is."""
    top, base = own[BRIDGE], own[NOSE_BASE]
    part = np.clip((own[:, 1] - top[1]) / (base[1] - top[1] + np.float32(1e-6)), 0, 1)
    return np.asarray(own[:, 0] - (top[0] + part * (base[0] - top[0])), np.float32)


def _rising(values: Map, low: float, high: float) -> Map:
    part = np.clip((values - low) / max(high - low, 1e-6), 0, 1)
    return np.asarray(part * part * (3 - 2 * part), np.float32)


def _around(values: Map, middle: float, width: float) -> Map:
    return np.asarray(np.exp(-(((values - middle) / width) ** 2)), np.float32)


# From steps to pixels


def steps(mesh: Points, amounts: Mapping[str, float]) -> Points:
    """Where each landmark, and then each point of the crown, goes: [485, 2], pixels. `amounts`: key -> -1 to 1."""
    axes = landmarks.axes(mesh)
    own = _with_crown(axes.inward(mesh))
    total = np.zeros_like(own)
    for key, amount in amounts.items():
        if amount:
            total += np.float32(amount) * KEYS[key](own)
    return axes.outward(total * np.float32(landmarks.frontality(mesh)))


def _with_crown(own: Points) -> Points:
    return np.concatenate([own, own[list(CROWN_OVER)] * np.array([1, CROWN_HEIGHT], np.float32)])


class Warp:
    """The picture of a face as it will be, read from the picture as it is."""

    def __init__(self, mesh: Points, moved: Points, size: tuple[int, int]) -> None:
        """`moved`: what `steps` gave; `size`: (width, height) of the luma plane."""
        axes = landmarks.axes(mesh)
        ring = _ring(mesh)
        low = np.maximum(np.floor(ring.min(axis=0) / 2) * 2, 0).astype(int)
        high = np.minimum(np.ceil(ring.max(axis=0) / 2) * 2, size).astype(int)
        self.x, self.y = int(low[0]), int(low[1])
        self.width, self.height = (int(one) & ~1 for one in high - low)
        self.is_empty = self.width < 8 or self.height < 8
        self._field = None if self.is_empty else self._filled(mesh, moved, ring, axes)

    def apply(self, plane: Map, scale: int = 1) -> None:
        """Change the window of a plane in place; `scale` 2 for chroma, which is half as large."""
        if self._field is None:
            return
        wide, tall = self.width // scale, self.height // scale
        part = plane[self.y // scale : self.y // scale + tall, self.x // scale : self.x // scale + wide]
        field = cv2.resize(self._field, (wide, tall), interpolation=cv2.INTER_CUBIC) / np.float32(scale)
        across = field[..., 0] + np.arange(wide, dtype=np.float32)
        down = field[..., 1] + np.arange(tall, dtype=np.float32)[:, None]
        way = cv2.INTER_CUBIC if scale == 1 else cv2.INTER_LINEAR
        part[...] = cv2.remap(part, across, down, way, borderMode=cv2.BORDER_REPLICATE)

    def _filled(self, mesh: Points, moved: Points, ring: Points, axes: Axes) -> Map:
        """The backward field on a coarse grid over the window: float32 [h, w, 2], luma pixels."""
        chosen = list(CONTROLS)
        points = axes.centre + axes.outward(_with_crown(axes.inward(mesh)))
        places = np.concatenate([points[chosen] + moved[chosen], ring]).astype(np.float32) / np.float32(axes.unit)
        back = np.concatenate([-moved[chosen], np.zeros_like(ring)])
        weights = np.linalg.solve(_kernel(places, places) - GIVE * np.eye(len(places), dtype=np.float32), back)
        columns = max(4, round(self.width / axes.unit / STEP))
        rows = max(4, round(self.height / axes.unit / STEP))
        # The middles of the grid's cells: that is where resizing takes its values to lie.
        across = (self.x + (np.arange(columns) + 0.5) * self.width / columns - 0.5) / axes.unit
        down = (self.y + (np.arange(rows) + 0.5) * self.height / rows - 0.5) / axes.unit
        grid = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2).astype(np.float32)
        field = (_kernel(grid, places) @ weights).reshape(rows, columns, 2)
        edges = _edge(rows)[:, None] * _edge(columns)
        return _unfolded(np.asarray(field * edges[..., None], np.float32), self.width / columns, self.height / rows)


def _unfolded(field: Map, wide: float, tall: float) -> Map:
    """Held back where keys together would turn the picture upon itself. `wide`, `tall`: pixels of a cell."""
    closest = min(
        float(np.diff(field[..., 0], axis=1).min()) / wide, float(np.diff(field[..., 1], axis=0).min()) / tall
    )
    return np.asarray(field * np.float32(min(1.0, (1 - SQUEEZED) / max(-closest, 1e-6))), np.float32)


def _ring(mesh: Points) -> Points:
    around = landmarks.outline(mesh)
    middle = around.mean(axis=0)
    return np.asarray((around - middle) * np.float32(RING) + middle, np.float32)


def _kernel(one: Points, other: Points) -> Map:
    across = one[:, None, 0] - other[None, :, 0]
    down = one[:, None, 1] - other[None, :, 1]
    return np.asarray(np.sqrt(across * across + down * down + np.float32(ROUND**2)), np.float32)


def _edge(count: int) -> Map:
    """0 at both ends, 1 from `TAPER` of the length on."""
    at = (np.arange(count, dtype=np.float32)) / max(1, count - 1)
    return _rising(np.minimum(at, 1 - at), 0, TAPER)
