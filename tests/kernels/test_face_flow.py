"""A face is followed where it goes, to a part of a pixel, and not onto another picture."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from reelwright.kernels import face_flow, landmarks
from reelwright.media.making import portraits

MESH = np.array(json.loads((Path(__file__).parent / "face_mesh.json").read_text()), np.float32)
SIZE = (640, 480)


@pytest.fixture(scope="module")
def head():
    made = portraits.Portrait(Path("none"), SIZE, 25, 1, (portraits.Head(tone=portraits.FAIR, breadth=0.4),))
    return cv2.cvtColor(next(portraits.drawn(made, grain=1.5)), cv2.COLOR_RGB2GRAY)


def moved(picture, shift=(0, 0), degrees=0.0, scale=1.0):
    """The picture turned and scaled about its middle, then shifted; and where points go by that."""
    matrix = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), degrees, scale)
    matrix[:, 2] += shift
    after = cv2.warpAffine(picture, matrix, SIZE, borderMode=cv2.BORDER_REFLECT)
    return after, lambda points: (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


@pytest.mark.parametrize(
    "motion",
    [
        {},
        {"shift": (2.4, -1.7)},
        {"shift": (22, 9)},
        {"degrees": 5},
        {"scale": 1.06},
        {"shift": (-6, 4), "degrees": -3, "scale": 0.97},
    ],
    ids=str,
)
@pytest.mark.parametrize("points", [MESH, landmarks.ellipse(*landmarks.bounds(MESH))], ids=["mesh", "box"])
def test_points_go_where_the_face_goes(head, points, motion):
    after, where = moved(head, **motion)
    found = face_flow.followed(head, after, points)
    off = np.hypot(*(found - where(points)).T)
    assert off.mean() < 0.5
    assert off.max() < 2.5


def test_a_mouth_that_moves_takes_its_landmarks_along(head):
    reach = np.exp(-(((np.arange(SIZE[1]) - MESH[13, 1]) / 25) ** 2))[:, None] * np.exp(
        -(((np.arange(SIZE[0]) - MESH[13, 0]) / 45) ** 2)
    )
    y, x = np.mgrid[: SIZE[1], : SIZE[0]].astype(np.float32)
    after = cv2.remap(head, x, (y - 5 * reach).astype(np.float32), cv2.INTER_LINEAR)
    found = face_flow.followed(head, after, MESH)
    lips, brows = list(landmarks.LIPS), list(landmarks.LEFT_BROW)
    assert (found - MESH)[lips, 1].mean() > 2
    assert np.abs(found - MESH)[brows].mean() < 0.6


def test_another_picture_is_not_taken_for_it(head):
    noise = np.random.default_rng(0).integers(0, 255, head.shape).astype(np.uint8)
    assert face_flow.followed(head, noise, MESH) is None
    assert face_flow.followed(head, cv2.flip(head, 0), MESH) is None
    assert face_flow.followed(np.full_like(head, 90), np.full_like(head, 90), MESH) is None


def test_a_face_at_the_edge_or_beyond_is_lost_quietly(head):
    assert face_flow.followed(head, head, MESH + np.float32([2000, 0])) is None
    assert face_flow.followed(head, head, landmarks.ellipse(0, 0, 4, 4)) is None


def test_a_cut_is_another_scene_and_not_a_step_of_a_camera(head):
    walls = [
        next(portraits.drawn(portraits.Portrait(Path("none"), SIZE, 25, 1, ()), seed=seed))[..., 0] for seed in (5, 6)
    ]
    assert face_flow.is_cut(head, walls[0])
    assert face_flow.is_cut(walls[0], 255 - walls[1])
    assert not face_flow.is_cut(head, moved(head, shift=(12, 5))[0])
