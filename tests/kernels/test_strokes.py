"""`kernels.strokes` on letters drawn over known grounds: is all of them found, and little else?"""

import cv2
import numpy as np
import pytest

from reelwright.kernels import strokes

SIZE, BOX = (90, 320), (22, 24, 298, 66)


def ground(seed):
    cells = np.random.default_rng(seed).integers(60, 190, (9, 32, 3)).astype(np.float32)
    cells[..., 1:] = 128 + (cells[..., 1:] - 125) / 6
    return np.clip(cv2.resize(cells, SIZE[::-1], interpolation=cv2.INTER_CUBIC), 16, 235)


def lettered(picture, colour, edge):
    """The picture with words on it, and the share of each pixel they cover."""
    cover, outline = np.zeros(SIZE, np.uint8), np.zeros(SIZE, np.uint8)
    for layer, width in ((cover, 3), (outline, 7)):
        cv2.putText(layer, "Words to find", (26, 56), cv2.FONT_HERSHEY_SIMPLEX, 1.15, 255, width, cv2.LINE_AA)
    out = picture.copy()
    if edge is not None:
        share = outline[..., None] / 255
        out = out * (1 - share) + np.array(edge, float) * share
    share = cover[..., None] / 255
    out = out * (1 - share) + np.array(colour, float) * share
    return out.astype(np.uint8), (outline if edge is not None else cover) / 255


@pytest.mark.parametrize(
    ("colour", "edge"),
    [
        pytest.param((235, 128, 128), (16, 128, 128), id="white-in-black"),
        pytest.param((200, 30, 150), None, id="plain-yellow"),
        pytest.param((90, 200, 110), None, id="plain-blue"),
        pytest.param((20, 128, 128), (235, 128, 128), id="black-in-white"),
    ],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_mask_holds_all_of_the_letters_and_their_outline(colour, edge, seed):
    still, cover = lettered(ground(seed), colour, edge)
    found = strokes.learn(still, BOX)

    assert found is not None
    assert found.mask[cover > 0.15].mean() > 0.995
    far = cv2.dilate((cover > 0).astype(np.uint8), np.ones((17, 17))) == 0
    assert found.mask[far].mean() < 0.02
    assert not (found.core & ~found.mask).any()


def test_a_shadow_is_measured_and_covered():
    bare = ground(3)
    soft = np.zeros(SIZE, np.float32)
    cv2.putText(soft, "Words to find", (26, 56), cv2.FONT_HERSHEY_SIMPLEX, 1.15, 1.0, 11, cv2.LINE_AA)
    shade = cv2.GaussianBlur(soft, (0, 0), 3)[..., None] * 0.7
    still, _ = lettered(bare * (1 - shade) + np.array([16, 128, 128]) * shade, (235, 128, 128), None)
    plain = strokes.learn(lettered(bare, (235, 128, 128), None)[0], BOX, bare=bare.astype(np.uint8))
    found = strokes.learn(still, BOX, bare=bare.astype(np.uint8))

    changed = np.abs(still - bare).max(axis=2) > 40
    assert found.mask[changed].mean() > 0.98
    assert found.mask.mean() > plain.mask.mean() * 1.2


def test_a_hard_shadow_on_one_side_is_opaque_there_and_the_other_side_is_not():
    bare = np.full((*SIZE, 3), (150, 128, 128), np.float32)
    shade = np.zeros(SIZE, np.uint8)
    cv2.putText(shade, "Words to find", (30, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.15, 255, 3, cv2.LINE_AA)
    share = shade[..., None] / 255
    dark = bare * (1 - share) + np.array([40, 128, 128]) * share
    still, cover = lettered(dark, (235, 128, 128), None)
    found = strokes.learn(still, BOX, bare=bare.astype(np.uint8))

    changed = np.abs(still - bare).max(axis=2) > 30
    assert found.opaque[changed].mean() > 0.98
    above = np.roll(cover > 0.15, (-5, -5), (0, 1)) & ~(cv2.dilate(changed.astype(np.uint8), np.ones((3, 3))) > 0)
    assert found.opaque[above].mean() < 0.5
    assert not (found.opaque & ~found.mask).any()


def test_a_full_stop_is_part_of_the_line_and_a_speck_of_another_colour_is_not():
    picture, _ = lettered(np.full((*SIZE, 3), (110, 128, 128), np.float32), (235, 128, 128), None)
    picture[52:56, 284:288] = (235, 128, 128)
    picture[30:34, 284:288] = (150, 128, 128)
    found = strokes.learn(picture, BOX)
    assert found.mask[52:56, 284:288].all()
    assert not found.core[30:34, 284:288].any()


def test_another_line_is_not_taken_for_the_ground():
    picture, _ = lettered(ground(4), (235, 128, 128), (16, 128, 128))
    two = np.vstack([picture, picture])
    first, second = BOX, (BOX[0], BOX[1] + 90, BOX[2], BOX[3] + 90)
    tight = two[20:160]
    boxes = [(one[0], one[1] - 20, one[2], one[3] - 20) for one in (first, second)]
    alone = strokes.learn(two, first, others=[second])
    beside = strokes.learn(tight, boxes[0], others=boxes)
    assert np.count_nonzero(beside.core) > 0.97 * np.count_nonzero(alone.core)


def test_a_plain_picture_has_no_strokes():
    assert strokes.learn(np.full((*SIZE, 3), 120, np.uint8), BOX) is None


def test_chroma_is_brought_to_the_size_of_luma():
    y, u, v = np.zeros((8, 12), np.uint8), np.full((4, 6), 50, np.uint8), np.full((4, 6), 70, np.uint8)
    picture = strokes.stack(y, u, v)
    assert picture.shape == (8, 12, 3)
    assert picture[3, 5].tolist() == [0, 50, 70]
