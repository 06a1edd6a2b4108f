"""Skin by bands: blotches go, texture and shading stay, edges are kept; light is added in proportion."""

import numpy as np
import pytest

from reelwright.kernels.smoothing import Strength, retouched

UNIT = 100.0  # chroma pixels
SIZE = (240, 200)  # luma
Y, X = np.mgrid[: SIZE[1], : SIZE[0]].astype(np.float32)
ALL = np.ones((SIZE[1] // 2, SIZE[0] // 2), np.float32)
FLAT = np.full_like(X, 128.0)
U, V = np.full_like(ALL, 112.0), np.full_like(ALL, 150.0)
SHADING = 128 + 30 * np.sin(X / 70)  # as wide as the face
BLOTCHES = 5 * np.sin(X / 3.2) * np.sin(Y / 3.2)  # 20 px from one to the next: a tenth of the breadth
TEXTURE = np.random.default_rng(0).normal(0, 2, X.shape).astype(np.float32)


def done(luma, strength, *, mask=ALL, u=U, v=V):
    return retouched(luma.astype(np.float32), u, v, mask=mask, inside=ALL, unit=UNIT, strength=strength)


def amplitude(of, pattern):
    """How much of a pattern is in a picture; 1 is all of it."""
    inner = (slice(30, -30), slice(30, -30))
    return float((of[inner] * pattern[inner]).sum() / (pattern[inner] ** 2).sum())


@pytest.mark.parametrize(
    ("smooth", "blotches", "texture"),
    [(1.0, (0.0, 0.45), (0.6, 0.9)), (0.2, (0.6, 0.88), (0.9, 1.0)), (0.0, (0.99, 1.01), (0.99, 1.01))],
    ids=["full", "default", "none"],
)
def test_blotches_go_and_texture_and_shading_stay(smooth, blotches, texture):
    luma, _, _ = done(SHADING + BLOTCHES + TEXTURE, Strength(smooth=smooth))
    off = luma - SHADING
    assert blotches[0] <= amplitude(off, BLOTCHES) <= blotches[1]
    assert texture[0] <= amplitude(off, TEXTURE) <= texture[1]
    assert (
        np.abs(off - BLOTCHES * amplitude(off, BLOTCHES) - TEXTURE * amplitude(off, TEXTURE))[30:-30, 30:-30].mean() < 1
    )


def test_a_strong_edge_is_kept():
    edge = np.where(SIZE[0] / 2 > X, 90, 170)
    luma, _, _ = done(edge, Strength(smooth=1.0))
    step = luma[100, 124:140].mean() - luma[100, 100:116].mean()
    assert step > 0.93 * 80
    assert np.abs(luma - edge).max() < 16


def test_what_is_no_skin_is_neither_changed_nor_seen():
    mask = ALL.copy()
    mask[:, 60:] = 0
    luma = np.where(X < 120, 140, 20) + TEXTURE
    out, u, _ = done(luma, Strength(smooth=1.0), mask=mask)
    assert np.abs(out - luma)[:, 124:].max() < 0.01
    assert np.abs(u - U)[:, 62:].max() == 0
    # A brow beside the skin must not darken it.
    assert abs(out[40:-40, 100:112].mean() - luma[40:-40, 100:112].mean()) < 1


def test_colour_is_evened():
    spotted = U + 6 * np.sin(X[::2, ::2] / 3.2)
    _, u, _ = done(FLAT, Strength(smooth=1.0), u=spotted.astype(np.float32))
    assert np.std(u[20:-20, 20:-20]) < 0.55 * np.std(spotted)


@pytest.mark.parametrize("level", [40, 70, 120, 180])
def test_light_is_added_to_every_tone_and_keeps_its_colour(level):
    luma, u, v = done(np.full_like(X, level), Strength(whiten=1.0))
    inner = luma[60:-60, 60:-60]
    assert inner.min() > level + 10
    gain = (inner.mean() - 16) / (level - 16)
    for before, after in ((U, u), (V, v)):
        colour = (after[30:-30, 30:-30].mean() - 128) / (before.mean() - 128)
        assert gain * 0.75 < colour <= gain


def test_light_does_not_clip_and_a_little_is_little():
    assert done(np.full_like(X, 234), Strength(whiten=1.0))[0].max() < 236
    lift = done(FLAT, Strength(whiten=0.2))[0] - 128
    assert 3 < lift[60:-60, 60:-60].mean() < 9


def test_detail_sharpens_what_is_no_skin_only():
    edge = 100 + 60 / (1 + np.exp(-(X - SIZE[0] / 2) / 1.5))
    around = np.abs(X[0] - SIZE[0] / 2) < 6
    sharp = done(edge, Strength(detail=1.0), mask=0 * ALL)[0]
    assert np.diff(sharp[100]).max() > 1.1 * np.diff(edge[100]).max()
    assert np.abs(sharp - edge)[:, ~around & (np.abs(X[0] - SIZE[0] / 2) > 20)].max() < 1
    assert np.abs(done(edge, Strength(detail=1.0), mask=ALL)[0] - edge).max() == 0


def test_noise_is_no_detail():
    faint = 128 + np.random.default_rng(1).normal(0, 0.8, X.shape)
    sharp = done(faint, Strength(detail=1.0), mask=0 * ALL)[0]
    assert np.std(sharp - faint) < 0.25


@pytest.mark.parametrize("unit", [6.0, 20.0, 600.0])
def test_small_and_large_faces_work(unit):
    luma, u, v = retouched(
        (SHADING + TEXTURE).astype(np.float32), U, V, mask=ALL, inside=ALL, unit=unit, strength=Strength(1, 1, 1)
    )
    assert all(np.isfinite(one).all() for one in (luma, u, v))


def test_strength_is_nothing_or_something():
    assert not Strength()
    assert Strength(detail=0.1)
    assert Strength(1, 0.5, 0).faded(0.5) == Strength(0.5, 0.25, 0)
