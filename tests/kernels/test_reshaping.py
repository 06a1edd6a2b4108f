"""Each key of shape moves what it names, the right way, by the right amount, and nothing farther out."""

import json
from pathlib import Path

import numpy as np
import pytest

from reelwright.kernels import landmarks, reshaping

MESH = np.array(json.loads((Path(__file__).parent / "face_mesh.json").read_text()), np.float32)
SIZE = (640, 480)
JAW_L, JAW_R, CHEEK_L, CHEEK_R, CHIN_L, CHIN_R = 172, 397, 234, 454, 176, 400
EYE_TOP, EYE_BOTTOM, OUTER_L, OUTER_R, INNER_L = 159, 145, 33, 263, 133
WING_L, WING_R, NOSE_L, NOSE_R, NOSE_END = 129, 358, 196, 419, 2
LIP_TOP, LIP_BOTTOM, CORNER_L, CORNER_R, INNER_TOP = 0, 17, 61, 291, 13
CHIN, CROWN = landmarks.CHIN, landmarks.COUNT
LEFT, RIGHT, UP, DOWN = (-1, 0), (1, 0), (0, -1), (0, 1)
INWARD_JAW = {JAW_L: RIGHT, JAW_R: LEFT}
# What a user sees at full strength: landmark -> way.
WAYS = {
    "face_thin": INWARD_JAW | {132: RIGHT, 361: LEFT},
    "cheek_thin": {CHEEK_L: RIGHT, CHEEK_R: LEFT},
    "face_cut": INWARD_JAW,
    "chin_thin": {CHIN_L: RIGHT, CHIN_R: LEFT},
    "face_length": {CHIN: DOWN, LIP_TOP: DOWN},
    "chin_length": {CHIN: DOWN},
    "eye_size": {EYE_TOP: UP, EYE_BOTTOM: DOWN, OUTER_L: LEFT, OUTER_R: RIGHT, INNER_L: RIGHT},
    "eye_corner1": {OUTER_L: UP, OUTER_R: UP},
    "eye_distance": {OUTER_L: LEFT, INNER_L: LEFT, OUTER_R: RIGHT},
    "nose_thin": {WING_L: RIGHT, WING_R: LEFT, NOSE_L: RIGHT, NOSE_R: LEFT},
    "nose_wing": {WING_L: RIGHT, WING_R: LEFT},
    "nose_length": {NOSE_END: DOWN},
    "mouth_size": {CORNER_L: LEFT, CORNER_R: RIGHT, LIP_BOTTOM: DOWN, LIP_TOP: UP},
    "mouth_position": {CORNER_L: UP, CORNER_R: UP, LIP_BOTTOM: UP},
    "lip_thickness": {LIP_TOP: UP, LIP_BOTTOM: DOWN},
    "smile": {CORNER_L: (-1, -1), CORNER_R: (1, -1)},
    "hair_line": {landmarks.FOREHEAD: UP, CROWN: UP},
}
STILL = {
    "eye_size": (JAW_L, CORNER_L, WING_L),
    "face_thin": (OUTER_L, LIP_TOP, NOSE_END),
    "smile": (EYE_TOP, NOSE_END, CHIN),
    "nose_wing": (NOSE_L, CORNER_L, EYE_TOP),
    "lip_thickness": (INNER_TOP, CORNER_L, CHIN),
    "hair_line": (EYE_TOP, CHIN, LIP_TOP),
    "chin_length": (LIP_TOP, EYE_TOP),
}
BOTH_WAYS = (
    *("face_length", "chin_length", "eye_corner1", "eye_distance", "nose_thin", "nose_wing", "nose_length"),
    *("mouth_size", "mouth_position", "lip_thickness", "hair_line"),
)


def test_every_key_is_in_the_table():
    assert WAYS.keys() == reshaping.KEYS.keys()


def extended(mesh):
    axes = landmarks.axes(mesh)
    return axes.centre + axes.outward(reshaping._with_crown(axes.inward(mesh)))


def dot_moved(number, amounts, mesh=MESH):
    """How far a white dot on a landmark moves in the picture, measured there: (x, y) pixels."""
    place = extended(mesh)[number]
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    picture = 255 * np.exp(-((x - place[0]) ** 2 + (y - place[1]) ** 2) / (2 * 2.0**2)).astype(np.float32)
    before = np.array([(picture * x).sum(), (picture * y).sum()]) / picture.sum()
    reshaping.Warp(mesh, reshaping.steps(mesh, amounts), SIZE).apply(picture)
    # A dot that is squeezed stays round about its middle: weights far out count little.
    weight = picture**2
    return np.array([(weight * x).sum(), (weight * y).sum()]) / weight.sum() - before


@pytest.mark.parametrize(
    ("key", "sign"), [(key, 1) for key in WAYS] + [(key, -1) for key in BOTH_WAYS], ids=lambda one: str(one)
)
def test_landmarks_move_in_the_picture_as_asked(key, sign):
    unit = landmarks.unit(MESH)
    steps = reshaping.steps(MESH, {key: sign * 1.0})
    for number, way in WAYS[key].items():
        moved = dot_moved(number, {key: sign * 1.0})
        for axis in (0, 1):
            if way[axis]:
                assert np.sign(moved[axis]) == sign * way[axis], (key, number, moved)
        assert np.hypot(*moved) > 0.006 * unit, (key, number, moved)
        assert np.hypot(*(moved - steps[number])) < 0.25 * np.hypot(*steps[number]) + 0.6, (key, number, moved)


@pytest.mark.parametrize("key", STILL)
def test_what_a_key_does_not_name_stays(key):
    moves = [np.hypot(*dot_moved(number, {key: 1.0})) for number in STILL[key]]
    assert max(moves) < 0.012 * landmarks.unit(MESH), dict(zip(STILL[key], moves, strict=True))


def test_half_the_strength_is_half_the_way_and_none_is_none():
    full, half = (dot_moved(JAW_L, {"face_thin": amount}) for amount in (1.0, 0.5))
    assert half[0] == pytest.approx(full[0] / 2, rel=0.15)
    assert np.hypot(*dot_moved(JAW_L, {"face_thin": 0.0})) < 0.05


def test_nothing_changes_away_from_the_face():
    picture = np.random.default_rng(0).integers(0, 255, SIZE[::-1]).astype(np.uint8)
    before = picture.copy()
    everything = dict.fromkeys(reshaping.KEYS, 1.0)

    reshaping.Warp(MESH, reshaping.steps(MESH, everything), SIZE).apply(picture)

    around = landmarks.outline(MESH)
    middle = around.mean(axis=0)
    low, high = (middle + (edge - middle) * reshaping.RING for edge in (around.min(axis=0), around.max(axis=0)))
    changed = np.argwhere(picture != before)[:, ::-1]
    assert len(changed) > 1000
    assert (changed >= low - 2).all()
    assert (changed <= high + 2).all()


def test_all_keys_at_once_fold_nothing_over():
    """Reading places rise along every row and column."""
    warp = reshaping.Warp(MESH, reshaping.steps(MESH, dict.fromkeys(reshaping.KEYS, 1.0)), SIZE)
    ramps = [np.broadcast_to(np.arange(SIZE[0], dtype=np.float32), SIZE[::-1]).copy()]
    ramps.append(np.broadcast_to(np.arange(SIZE[1], dtype=np.float32)[:, None], SIZE[::-1]).copy())
    for axis, ramp in zip((1, 0), ramps, strict=True):
        warp.apply(ramp)
        assert np.diff(ramp, axis=axis).min() > -0.35


def test_a_face_that_turned_away_keeps_its_shape():
    away = MESH.copy()
    away[landmarks.NOSE_TIP] = away[landmarks.LEFT_SIDE] + 3
    assert np.abs(reshaping.steps(away, {"face_thin": 1.0})).max() == 0


@pytest.mark.parametrize("shift", [(-300, 0), (320, 200), (0, -250)], ids=["left", "corner", "above"])
def test_a_face_at_the_pictures_edge_works(shift):
    mesh = MESH + np.array(shift, np.float32)
    planes = [np.full((SIZE[1] // scale, SIZE[0] // scale), 90, np.uint8) for scale in (1, 2, 2)]
    warp = reshaping.Warp(mesh, reshaping.steps(mesh, {"face_thin": 1.0}), SIZE)
    for plane, scale in zip(planes, (1, 2, 2), strict=True):
        warp.apply(plane, scale)
        assert (plane == 90).all()


def test_chroma_goes_with_luma():
    luma = np.zeros(SIZE[::-1], np.float32)
    x = int(MESH[JAW_L, 0]) & ~1
    luma[:, x - 8 : x + 8] = 200
    chroma = luma[::2, ::2].copy()
    warp = reshaping.Warp(MESH, reshaping.steps(MESH, {"face_thin": 1.0}), SIZE)
    warp.apply(luma)
    warp.apply(chroma, 2)
    row = int(MESH[JAW_L, 1])
    middle = (luma[row] * np.arange(SIZE[0])).sum() / luma[row].sum()
    middle_of_chroma = 2 * (chroma[row // 2] * np.arange(SIZE[0] // 2)).sum() / chroma[row // 2].sum() + 0.5
    assert middle_of_chroma == pytest.approx(middle, abs=0.6)
