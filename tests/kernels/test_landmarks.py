"""Axes, outline and size of a face, from a mesh recorded on a drawn head."""

import json
from pathlib import Path

import numpy as np
import pytest

from reelwright.kernels import landmarks

MESH = np.array(json.loads((Path(__file__).parent / "face_mesh.json").read_text()), np.float32)


def turned(points, degrees, scale=1.0):
    angle = np.deg2rad(degrees)
    basis = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return (points @ basis).astype(np.float32)


@pytest.mark.parametrize(("degrees", "scale"), [(0, 1), (30, 1), (-80, 0.5), (180, 2)])
def test_own_coordinates_do_not_depend_on_how_the_face_lies(degrees, scale):
    moved = turned(MESH, degrees, scale)
    own, before = landmarks.axes(moved).inward(moved), landmarks.axes(MESH).inward(MESH)
    assert np.abs(own - before).max() < 1e-3
    assert landmarks.unit(moved) == pytest.approx(scale * landmarks.unit(MESH), rel=1e-3)


def test_steps_outward_undo_inward():
    axes = landmarks.axes(turned(MESH, 25))
    points = turned(MESH, 25)
    assert np.abs(axes.centre + axes.outward(axes.inward(points)) - points).max() < 1e-2


def test_the_parts_lie_where_a_face_has_them():
    own = landmarks.axes(MESH).inward(MESH)
    assert own[landmarks.CHIN, 1] > own[list(landmarks.LIPS), 1].max() > own[landmarks.NOSE_TIP, 1] > 0
    assert own[landmarks.FOREHEAD, 1] < own[list(landmarks.LEFT_BROW), 1].min() < 0
    assert own[list(landmarks.LEFT_EYE), 0].max() < 0 < own[list(landmarks.RIGHT_EYE), 0].min()
    assert own[landmarks.LEFT_SIDE, 0] < -0.4
    assert own[landmarks.RIGHT_SIDE, 0] > 0.4


def test_a_face_that_looks_here_is_frontal_and_one_that_turned_away_is_not():
    away = MESH.copy()
    away[landmarks.NOSE_TIP] = away[landmarks.LEFT_SIDE] + 3
    assert landmarks.frontality(MESH) == 1
    assert landmarks.frontality(away) == 0


def test_of_a_box_there_is_an_ellipse_and_no_features():
    points = landmarks.ellipse(10, 20, 80, 100)
    assert landmarks.bounds(points) == pytest.approx((10, 20, 80, 100), abs=0.01)
    assert not landmarks.is_mesh(points)
    assert landmarks.features(points) == ()
    assert landmarks.unit(points) == pytest.approx(80, abs=0.1)


def test_features_of_a_mesh_lie_within_its_outline():
    low, high = landmarks.outline(MESH).min(axis=0), landmarks.outline(MESH).max(axis=0)
    assert len(landmarks.features(MESH)) == 7
    for polygon in landmarks.features(MESH):
        assert (polygon > low).all()
        assert (polygon < high).all()
