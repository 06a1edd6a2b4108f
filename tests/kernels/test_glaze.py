"""`kernels.glaze`: a translucent card with signs on it, of known opacity and colours, over scenes that change."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import glaze, logo_shape
from reelwright.kernels.glaze import Glaze

SIZE, BOX = (96, 176), (34, 26, 144, 70)
CARD, SIGN = (90.0, 100.0, 190.0), (235.0, 128.0, 128.0)
SCENES, EACH = 8, 3


def scenes(seed=1, changing=True):
    """Planes of pictures that differ from shot to shot, and within one a little."""
    random = np.random.default_rng(seed)
    out = []
    for _ in range(SCENES if changing else 1):
        coarse = [random.uniform(30, 220, (5, 8)), *(random.uniform(110, 146, (4, 6)) for _ in range(2))]
        fine = random.uniform(-25, 25, (16, 30))
        for index in range(EACH if changing else SCENES * EACH):
            luma = cv2.resize(coarse[0], SIZE[::-1], interpolation=cv2.INTER_CUBIC)
            luma = luma + cv2.resize(np.roll(fine, index * changing, 1), SIZE[::-1], interpolation=cv2.INTER_CUBIC)
            half = (SIZE[1] // 2, SIZE[0] // 2)
            chroma = [cv2.resize(one, half, interpolation=cv2.INTER_CUBIC) for one in coarse[1:]]
            out.append([np.clip(one, 16, 235) for one in (luma, *chroma)])
    return out


def drawn():
    """The card's and the sign's places."""
    card, sign = np.zeros(SIZE, bool), np.zeros(SIZE, np.uint8)
    left, top, right, bottom = BOX
    card[top:bottom, left:right] = True
    cv2.circle(sign, (left + 22, top + 22), 14, 1, 7)
    sign[top + 10 : top + 18, left + 46 : right - 8] = 1
    sign[top + 26 : top + 34, left + 46 : right - 8] = 1
    return card, sign > 0


def worn(pictures, card_opacity, sign_opacity, kind=np.uint8, seed=2):
    """The pictures with the logo, coded with a little noise."""
    card, sign = drawn()
    random, unit = np.random.default_rng(seed), 1 if kind == np.uint8 else 4
    opacity = np.where(sign, sign_opacity, np.where(card, card_opacity, 0)).astype(np.float32)
    out = []
    for planes in pictures:
        parts = []
        for index, plane in enumerate(planes):
            share, colour = opacity, np.where(sign, SIGN[index], CARD[index])
            if index:
                share, colour = (
                    cv2.resize(one, plane.shape[::-1], interpolation=cv2.INTER_AREA) for one in (share, colour)
                )
            mixed = plane * (1 - share) + colour * share + random.normal(0, 0.8, plane.shape)
            parts.append(np.clip(np.rint(mixed * unit), 0, 255 * unit).astype(kind))
        out.append(parts)
    return out


def found_in(samples, grow=3):
    covered = cv2.dilate(drawn()[0].astype(np.uint8), np.ones((2 * grow + 1,) * 2)) > 0
    return glaze.glaze(samples, covered, logo_shape.lasting_edges(samples))


def psnr(one, other):
    return 10 * np.log10(255**2 / np.mean(np.square(one - other)))


@pytest.mark.parametrize("kind", [np.uint8, np.uint16], ids=["8-bit", "10-bit"])
@pytest.mark.parametrize("opacity", [0.3, 0.5, 0.75])
def test_the_opacity_and_the_paints_come_back(opacity, kind):
    pictures = scenes()
    samples = worn(pictures, opacity, opacity, kind)
    found = found_in(samples)
    unit = 1 if kind == np.uint8 else 4
    assert isinstance(found, Glaze)
    assert found.through.min() == pytest.approx(1 - opacity, abs=0.04)
    card = drawn()[0]
    inner = cv2.erode(card.astype(np.uint8), np.ones((3, 3))) > 0
    for planes, true in zip(samples[::5], pictures[::5], strict=True):
        clear = (planes[0] - found.added[0]) / found.through / unit
        assert psnr(clear[inner], true[0][inner]) > 30
        assert psnr(clear[inner], true[0][inner]) > psnr(planes[0][inner] / unit, true[0][inner]) + 8
        chroma = (planes[2] - found.added[2]) / found.passed(2) / unit
        assert psnr(chroma[inner[::2, ::2]], true[2][inner[::2, ::2]]) > 30


@pytest.mark.parametrize(
    ("pictures", "card", "sign"),
    [
        pytest.param(scenes(), 1.0, 1.0, id="opaque"),
        pytest.param(scenes(), 0.0, 0.5, id="bare letters"),
        pytest.param(scenes(changing=False), 0.5, 0.5, id="a scene that stands still"),
    ],
)
def test_what_is_no_glass_is_not_taken_for_it(pictures, card, sign):
    assert found_in(worn(pictures, card, sign)) is None


def test_the_better_model_leaves_the_smoother_pictures():
    samples = worn(scenes(), 0.5, 0.5)
    found = found_in(samples)
    where = cv2.dilate(drawn()[0].astype(np.uint8), np.ones((5, 5))) > 0
    right = glaze.roughness(samples, found.through, found.added[0], where)
    off = glaze.roughness(samples, found.through, 0.8 * found.added[0], where)
    without = glaze.roughness(samples, found.through, 0 * found.added[0], where)
    assert right < off < without
