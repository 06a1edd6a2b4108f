"""`image.cutout`: a thing before a plain wall, and walls with nothing before them."""

import numpy as np
import pytest

from reelwright.media import pictures
from reelwright.operators.image.cutout import CutoutParams, cutout


@pytest.fixture
def thing():
    """A red ball before a grey wall with a little grain, and where it is."""
    random = np.random.default_rng(5)
    rows, columns = np.mgrid[0:180, 0:240]
    inside = np.hypot(rows - 100, columns - 120) < 45
    pixels = np.full((180, 240, 3), 150.0) + random.normal(0, 3, (180, 240, 1))
    pixels[inside] = (200, 40, 40)
    return pixels.clip(0, 255).astype(np.uint8), inside


def overlap(mask, inside):
    found = mask > 127
    return (found & inside).sum() / (found | inside).sum()


def test_the_thing_is_cut_out_in_its_own_colours(kept, run, thing):
    pixels, inside = thing

    result, made = run(cutout, CutoutParams(image=kept(pixels)))

    assert result.found
    assert np.array_equal(made[..., :3], pixels)
    assert overlap(made[..., 3], inside) > 0.9
    assert np.array_equal(pictures.opened(result.mask).pixels, made[..., 3])
    assert result.share == pytest.approx(inside.mean(), rel=0.1)


def test_the_canvas_is_cut_down_if_wished(kept, run, thing):
    result, made = run(cutout, CutoutParams(image=kept(thing[0]), crop=True))

    assert made.shape[0] == pytest.approx(90, abs=8)
    assert made.shape[1] == pytest.approx(90, abs=8)
    assert pictures.opened(result.mask).size == (result.width, result.height)


def test_alpha_that_was_there_counts_too(kept, run, thing):
    pixels, _ = thing
    share = np.full(pixels.shape[:2], 255, np.uint8)
    share[:100] = 0

    _, made = run(cutout, CutoutParams(image=kept(np.dstack([pixels, share]))))

    assert (made[:100, :, 3] == 0).all()
    assert made[120, 120, 3] == 255


@pytest.mark.parametrize("size", [(180, 240), (8, 8), (1, 1)], ids=str)
def test_where_nothing_stands_out_the_whole_picture_stays(kept, run, size):
    pixels = np.full((*size, 3), 90, np.uint8)

    result, made = run(cutout, CutoutParams(image=kept(pixels), crop=True))

    assert not result.found
    assert (made[..., 3] == 255).all()
    assert made.shape[:2] == size
    assert any("stands out" in note for note in result.notes)
