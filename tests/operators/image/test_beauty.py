"""`image.beauty` on drawn heads whose skin and spots are known, and on pictures that show nobody."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import ModelNotInstalled
from reelwright.media.making import portraits
from reelwright.models import face_mesh
from reelwright.models.port import NoModels
from reelwright.operators.image.beauty import BeautyParams, beauty, choose

SIZE = (481, 361)
HEAD = portraits.Head(breadth=0.5, tone=portraits.TAN)


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """No landmarks here, whatever is installed."""
    monkeypatch.setattr(face_mesh, "_fault", lambda: "the package mediapipe")


@pytest.fixture(scope="module")
def drawn():
    """The truth, and the pixels."""
    truth = portraits.Portrait(Path("head"), SIZE, Fraction(25), 1, (HEAD,))
    return truth, next(portraits.drawn(truth))


def luma(pixels):
    return pixels[..., :3].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)


def test_spots_go_down_skin_gets_lighter_and_all_else_stays(kept, run, drawn):
    truth, pixels = drawn

    result, made = run(beauty, BeautyParams(image=kept(pixels), smooth=80, whiten=60, detail=0))

    (face,) = result.faces
    box = truth.box(0)
    assert abs(face.x + face.width / 2 - box.x - box.width / 2) < 0.15 * box.width
    outside = ~truth.face(0, 1.6)
    assert np.array_equal(made[outside], pixels[outside])
    before, after = luma(pixels), luma(made)
    skin, spots = truth.skin(0), truth.spots(0)
    plain = skin & ~spots
    assert after[plain].mean() > before[plain].mean() + 4
    contrast = [one[plain].mean() - one[spots].mean() for one in (before, after)]
    assert contrast[1] < 0.7 * contrast[0]
    assert result.skin_lift > 4


def test_alpha_stays_and_odd_sizes_do(kept, run, drawn):
    _, pixels = drawn
    share = np.full(pixels.shape[:2], 200, np.uint8)

    result, made = run(beauty, BeautyParams(image=kept(np.dstack([pixels, share]))))

    assert (result.width, result.height) == SIZE
    assert np.array_equal(made[..., 3], share)
    assert not np.array_equal(made[..., :3], pixels)


def test_nothing_asked_for_changes_nothing(kept, run, drawn):
    result, made = run(beauty, BeautyParams(image=kept(drawn[1]), smooth=0, whiten=0, detail=0))

    assert np.array_equal(made, drawn[1])
    assert any("nothing was asked for" in note for note in result.notes)


@pytest.mark.parametrize("shape", [(1, 1, 3), (9, 200, 3), (120, 90)], ids=str)
def test_a_picture_of_nobody_comes_back_as_it_was(kept, run, shape):
    pixels = np.full(shape, 120, np.uint8)

    result, made = run(beauty, BeautyParams(image=kept(pixels)))

    assert np.array_equal(made, pixels)
    assert result.faces == ()
    assert any("no face" in note for note in result.notes)


def test_keys_of_shape_ask_for_landmarks(kept, drawn):

    with pytest.raises(ModelNotInstalled, match="make face"):
        choose(BeautyParams(image=kept(drawn[1]), eye_size=50), NoModels())
