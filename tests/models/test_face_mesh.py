"""The adapter of MediaPipe: what it says when it cannot run, and where it sees landmarks when it can."""

import importlib.metadata
import importlib.util
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import ModelNotInstalled
from reelwright.kernels import landmarks
from reelwright.media.making import portraits
from reelwright.models import face_mesh
from reelwright.models.port import NoModels

needs_it = pytest.mark.skipif(not face_mesh.is_installed(), reason="mediapipe is not installed (make face)")


@pytest.fixture(scope="module")
def models():
    """Loaded once: that takes a second."""
    return NoModels()


def head(size=(320, 320), **given):
    made = portraits.Portrait(Path("none"), size, Fraction(25), 1, (portraits.Head(**{"breadth": 0.55, **given}),))
    return next(portraits.drawn(made)), made.box(0)


@pytest.mark.parametrize(
    ("missing", "protobuf", "told"),
    [
        ({"mediapipe"}, "6.33.6", "the package mediapipe"),
        ({"absl", "flatbuffers"}, "6.33.6", "the package absl and flatbuffers"),
        (set(), "7.36.2", "the package protobuf below 7"),
    ],
    ids=["package", "parts", "protobuf"],
)
def test_it_says_what_is_missing_and_how_to_mend_it(monkeypatch, missing, protobuf, told):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in missing else "there")
    monkeypatch.setattr(importlib.metadata, "version", lambda name: protobuf)
    assert not face_mesh.is_installed()
    with pytest.raises(ModelNotInstalled, match=told) as caught:
        face_mesh.provider()
    assert "make face" in caught.value.message
    for load in (face_mesh.mesh, face_mesh.finder):
        with pytest.raises(ModelNotInstalled):
            load(NoModels())


def test_a_missing_package_around_a_module_is_a_missing_module(monkeypatch):
    def find(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    assert not face_mesh.is_installed()


@pytest.mark.parametrize(
    ("width", "height", "count"), [(640, 640, 0), (700, 640, 0), (1280, 720, 3), (360, 1280, 5), (1920, 400, 7)]
)
def test_tiles_cover_the_picture_and_overlap(width, height, count):
    side = min(width, height)
    tiles = face_mesh._tiles(width, height, side)
    assert len(tiles) == count
    if count:
        at = sorted(max(one) for one in tiles)
        assert at[0] == 0
        assert at[-1] == max(width, height) - side
        assert max(np.diff(at)) <= side * 2 / 3 + 1


@needs_it
@pytest.mark.parametrize("tone", [portraits.FAIR, portraits.TAN, portraits.BROWN, portraits.DARK], ids=str)
def test_landmarks_lie_where_the_drawing_has_them(models, tone):
    picture, box = head(tone=tone)
    points = face_mesh.mesh(models)(picture)
    x, y, wide, tall = landmarks.bounds(points)
    # The mesh ends below the hair, so that only its other sides can be told.
    sides = (box.x, box.x + box.width, box.y + box.height)
    assert (x, x + wide, y + tall) == pytest.approx(sides, abs=0.12 * box.width)
    for group, side in ((landmarks.LEFT_EYE, -1), (landmarks.RIGHT_EYE, 1)):
        eye = points[list(group)].mean(axis=0)
        drawn = (box.centre[0] + side * 0.21 * box.width, box.centre[1] - 0.12 * box.width)
        assert eye == pytest.approx(drawn, abs=0.04 * box.width)


@needs_it
def test_where_there_is_no_face_there_are_no_landmarks(models):
    assert face_mesh.mesh(models)(np.full((192, 192, 3), 90, np.uint8)) is None


@needs_it
def test_a_small_face_in_a_wide_picture_is_found_once(models):
    picture, box = head(size=(960, 360), breadth=0.25, x=0.8)
    found = face_mesh.finder(models)(picture)
    assert len(found) == 1
    assert found[0].x + found[0].width / 2 == pytest.approx(box.centre[0], abs=0.15 * box.width)
    assert found[0].score > 0.5


@needs_it
def test_the_provider_names_the_network_by_its_digest():
    provider = face_mesh.provider()
    assert (provider.name, provider.tier) == ("face_mesh", "model")
    assert len(provider.models["face_mesh"]) == 64
