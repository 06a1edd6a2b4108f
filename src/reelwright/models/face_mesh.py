"""The provider `face_mesh`: 478 landmarks of a face, by MediaPipe (Apache-2.0), two milliseconds and more a face.

I. Grishchenko, A. Ablavatski, Y. Kartynnik, K. Raveendran, M. Grundmann, "Attention mesh: high-fidelity face mesh
prediction in real-time", 2020; the detector: V. Bazarevsky et al., "BlazeFace", 2019. The package `mediapipe` brings
its networks along and is imported only when a run asks for it. Its metadata want an old numpy and much that it does
not need, so it is installed by itself (`make face`). It is given small pictures around a face that another detector
found; `Finder` is such a detector where none better is installed.
"""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import warnings
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import ModelNotInstalled
from reelwright.kernels.faces import Face
from reelwright.kernels.landmarks import COUNT, Points
from reelwright.loading import lazy
from reelwright.models.port import Models, Provider

if TYPE_CHECKING:
    detection: Any
    meshes: Any
else:
    detection = lazy("mediapipe.python.solutions.face_detection")
    meshes = lazy("mediapipe.python.solutions.face_mesh")

NAME = "face_mesh"
PACKAGES = ("mediapipe", "absl", "attr", "flatbuffers", "google.protobuf", "matplotlib")
PROTOBUF_BELOW = 7  # it took away what mediapipe 0.10 reads messages with
NETWORK = Path("modules", "face_landmark", "face_landmark_with_attention.tflite")
MEND = "`make face` installs it (pip install --no-deps mediapipe==0.10.21 absl-py attrs flatbuffers 'protobuf<7')"
SURE = 0.5  # least score of the detector inside; smaller ones are seldom faces
FULL_RANGE = 1  # the detector for faces up to five metres away
OVERLAP = 0.3  # boxes of one face seen in two tiles (IoU)

Rgb = NDArray[np.uint8]


def is_installed() -> bool:
    """Can it run here? Imports nothing."""
    return not _fault()


def provider() -> Provider:
    """What a run by landmarks is made with; `ModelNotInstalled` says what is missing and how to get it."""
    fault = _fault()
    if fault:
        raise ModelNotInstalled(f"landmarks of faces need {fault}: {MEND}")
    return Provider(NAME, "model", {NAME: _digest()})


def mesh(models: Models) -> "Mesh":
    provider()
    return models.warm(NAME, Mesh)


def finder(models: Models) -> "Finder":
    provider()
    return models.warm(f"{NAME}.finder", Finder)


class Mesh:
    """Landmarks of the face in a small picture."""

    def __init__(self) -> None:
        with _quiet():
            self._graph = meshes.FaceMesh(
                static_image_mode=True, max_num_faces=1, refine_landmarks=True, min_detection_confidence=SURE
            )

    def __call__(self, picture: Rgb) -> Points | None:
        """uint8 [h, w, 3] RGB, about 1.7 times as wide as the face -> float32 [478, 2] in its pixels, or no face."""
        found = self._graph.process(np.ascontiguousarray(picture)).multi_face_landmarks
        if not found:
            return None
        height, width = picture.shape[:2]
        points = np.array([(one.x * width, one.y * height) for one in found[0].landmark], np.float32)
        return points if len(points) == COUNT else None


class Finder:
    """Implements `kernels.faces.Detector`: the picture is looked at whole, and in overlapping squares."""

    def __init__(self) -> None:
        with _quiet():
            self._graph = detection.FaceDetection(model_selection=FULL_RANGE, min_detection_confidence=SURE)

    def __call__(self, picture: Rgb) -> tuple[Face, ...]:
        height, width = picture.shape[:2]
        found = [*self._within(picture, 0, 0)]
        side = min(height, width)
        # The network sees 192 pixels across, so that of a wide picture small faces are lost.
        for left, top in _tiles(width, height, side):
            found += self._within(picture[top : top + side, left : left + side], left, top)
        kept: list[Face] = []
        for one in sorted(found, key=lambda face: -face.score):
            if all(_overlap(one, other) < OVERLAP for other in kept):
                kept.append(one)
        return tuple(kept)

    def _within(self, part: Rgb, left: int, top: int) -> list[Face]:
        height, width = part.shape[:2]
        found = self._graph.process(np.ascontiguousarray(part)).detections or ()
        boxes = [(one.location_data.relative_bounding_box, float(one.score[0])) for one in found]
        return [
            Face(left + box.xmin * width, top + box.ymin * height, box.width * width, box.height * height, score)
            for box, score in boxes
        ]


def _tiles(width: int, height: int, side: int) -> list[tuple[int, int]]:
    """Top left corners of squares that overlap by a third at least and cover the picture; none if one would do."""
    long = max(width, height)
    if long < side * 1.2:
        return []
    count = int(np.ceil((long - side) / (side * 2 / 3))) + 1
    at = [round(one) for one in np.linspace(0, long - side, count)]
    return [(one, 0) if width > height else (0, one) for one in at]


def _overlap(one: Face, other: Face) -> float:
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    tall = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(0.0, wide) * max(0.0, tall)
    return shared / max(1e-6, one.width * one.height + other.width * other.height - shared)


def _fault() -> str:
    """What keeps it from running, in words; empty if nothing does."""
    missing = [name for name in PACKAGES if not _is_there(name)]
    if missing:
        return f"the package {' and '.join(missing)}"
    if int(importlib.metadata.version("protobuf").partition(".")[0]) >= PROTOBUF_BELOW:
        return f"the package protobuf below {PROTOBUF_BELOW}"
    return ""


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # of a package around it
        return False


@lru_cache(maxsize=1)
def _digest() -> str:
    """SHA-256 of the network inside the package."""
    spec = importlib.util.find_spec("mediapipe")
    if spec is None or spec.origin is None:
        raise ModelNotInstalled(f"landmarks of faces need the package mediapipe: {MEND}")
    with (Path(spec.origin).parent / NETWORK).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Its native part writes to the standard error, and its messages are read in a way that protobuf will drop."""
    os.environ.setdefault("GLOG_minloglevel", "2")  # errors only; read at its first import
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
