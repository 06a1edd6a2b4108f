"""Signs of a known opacity laid over scenes that stand still, and things that are no glass."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import glass

SIZE = (120, 200)
BOX = (60, 40, 80, 34)  # left, top, width, height


def scene(seed=3):
    """YUV planes of a room: smooth light, and a few things with edges, at the size of the luma."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[: SIZE[0], : SIZE[1]].astype(np.float32)
    luma = 150 + 0.25 * x - 0.3 * y
    luma[:, x[0] > 95] -= 60  # a door
    luma[95:, 20:60] = 40
    luma += cv2.GaussianBlur(random.normal(0, 12, SIZE).astype(np.float32), (0, 0), 3)
    return [luma, 120 + 0.03 * x, 135 - 0.05 * y]


def sign(opacity, card=(90, 118, 170), ink=(230, 128, 128)):
    """What it lets through, and what it adds, planes of the luma's size."""
    through = np.ones(SIZE, np.float32)
    left, top, width, height = BOX
    through[top : top + height, left : left + width] = 1 - opacity
    letters = np.zeros(SIZE, bool)
    letters[top + 10 : top + 15, left + 12 : left + 60] = True
    letters[top + 20 : top + 25, left + 12 : left + 40] = True
    paint = [np.where(letters, b, a) for a, b in zip(card, ink, strict=True)]
    return through, [np.where(through < 1, opacity * one, 0).astype(np.float32) for one in paint]


def samples(clean, through, added, count=12):
    random = np.random.default_rng(0)
    worn = [plane * through + more for plane, more in zip(clean, added, strict=True)]

    def coded(plane, index):
        noisy = plane + random.normal(0, 0.8, SIZE)
        small = noisy if index == 0 else cv2.resize(noisy, (SIZE[1] // 2, SIZE[0] // 2), interpolation=cv2.INTER_AREA)
        return np.clip(np.rint(small), 0, 255).astype(np.uint8)

    return [[coded(plane, index) for index, plane in enumerate(worn)] for _ in range(count)]


def covered(by=1):
    mask = np.zeros(SIZE, bool)
    left, top, width, height = BOX
    mask[top - by : top + height + by, left - by : left + width + by] = True
    return mask


@pytest.mark.parametrize("opacity", [0.35, 0.5, 0.65])
@pytest.mark.parametrize("by", [0, 1], ids=["exact", "a-pixel-larger"])
def test_a_translucent_sign_before_a_still_camera_is_seen_through(opacity, by):
    clean, (through, added) = scene(), sign(opacity)

    found = glass.glass(samples(clean, through, added), covered(by))

    assert found is not None
    inside = through < 1
    assert float(found.through[inside].mean()) == pytest.approx(1 - opacity, abs=0.05)
    assert ((found.through < 1) == inside).mean() > 0.995
    worn = clean[0] * through + added[0]
    before, after = (
        np.sqrt(np.mean(np.square(one - clean[0])[inside])) for one in (worn, (worn - found.added[0]) / found.through)
    )
    assert after < 6
    assert after < before / 4


@pytest.mark.parametrize(
    ("through", "added"),
    [
        pytest.param(np.ones(SIZE, np.float32), [np.zeros(SIZE, np.float32)] * 3, id="nothing"),
        pytest.param(*sign(1.0), id="opaque"),
    ],
)
def test_what_is_no_glass_is_told(through, added):
    assert glass.glass(samples(scene(), through, added), covered()) is None


def test_a_darker_thing_in_the_room_is_no_glass():
    clean = scene()
    left, top, width, height = BOX
    y, x = np.mgrid[:height, :width].astype(np.float32)
    clean[0][top : top + height, left : left + width] = 60 + 0.9 * y + 0.2 * x  # lit in its own way
    assert glass.glass(samples(clean, np.ones(SIZE, np.float32), [np.zeros(SIZE, np.float32)] * 3), covered()) is None


def test_an_even_ground_tells_nothing():
    clean = [np.full(SIZE, level, np.float32) for level in (150, 128, 128)]
    assert glass.glass(samples(clean, *sign(0.5)), covered()) is None
