"""`image.scale`: sizes, shapes, and pixels that are known."""

from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import InvalidParameter, TooLarge
from reelwright.operators.image.scale import ScaleParams, scale

BLOCKS = np.array([[0, 80], [160, 240]], np.uint8)


@pytest.mark.parametrize(
    ("given", "size"),
    [
        pytest.param({"width": 10, "height": 7}, (10, 7), id="both"),
        pytest.param({"width": 60}, (60, 40), id="width"),
        pytest.param({"height": 10}, (15, 10), id="height"),
        pytest.param({"factor": 0.5}, (15, 10), id="factor"),
        pytest.param({"megapixels": 0.0024}, (60, 40), id="megapixels"),
        pytest.param({"factor": 0.001}, (1, 1), id="never-nothing"),
        pytest.param({"width": 10, "height": 10, "fit": "contain"}, (10, 7), id="contain"),
        pytest.param({"width": 10, "height": 10, "fit": "cover"}, (10, 10), id="cover"),
        pytest.param({"width": 10, "height": 10, "fit": "pad"}, (10, 10), id="pad"),
    ],
)
@pytest.mark.parametrize("channels", [0, 3, 4])
def test_the_size_is_what_was_asked_for(kept, run, noise, given, size, channels):
    result, pixels = run(scale, ScaleParams(image=kept(noise(20, 30, channels)), **given))

    assert (result.width, result.height) == size == pixels.shape[1::-1]
    assert pixels.ndim == (3 if channels else 2)


def test_blocks_come_down_to_their_means_and_up_to_themselves(kept, run):
    large = np.kron(BLOCKS, np.ones((6, 6), np.uint8))

    _, small = run(scale, ScaleParams(image=kept(large), width=2, height=2, method="area"))
    _, again = run(scale, ScaleParams(image=kept(BLOCKS, "b.png"), factor=6, method="nearest"))

    assert np.array_equal(small, BLOCKS)
    assert np.array_equal(again, large)


@pytest.mark.parametrize("method", ["auto", "bilinear", "bicubic", "area", "lanczos"])
def test_a_fine_pattern_shrinks_to_its_mean(kept, run, method):
    """Without weighing all pixels a raster of lines would come out black or white."""
    lines = np.tile(np.array([[0], [255]], np.uint8), (64, 128))

    _, small = run(scale, ScaleParams(image=kept(lines), factor=1 / 16, method=method))

    assert abs(small.astype(float).mean() - 127.5) < 2
    assert np.ptp(small[1:-1]) < 40


@pytest.mark.parametrize("factor", [0.4, 2.5])
def test_hidden_colours_do_not_bleed_out_of_alpha(kept, run, factor):
    """Red with a green ground of no alpha at all: no green may come through."""
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[:] = (0, 255, 0, 0)
    pixels[5:15, 5:15] = (255, 0, 0, 255)

    _, made = run(scale, ScaleParams(image=kept(pixels), factor=factor))

    seen = made[made[..., 3] > 8]
    assert seen[:, 0].min() > 200
    assert seen[:, 1].max() < 30


def test_cover_keeps_the_middle_and_pad_all_of_it(kept, run):
    pixels = np.zeros((10, 30, 3), np.uint8)
    pixels[:, :10], pixels[:, 10:20], pixels[:, 20:] = (200, 0, 0), (0, 200, 0), (0, 0, 200)
    path = kept(pixels)

    _, covering = run(scale, ScaleParams(image=path, width=10, height=10, fit="cover"))
    _, padded = run(scale, ScaleParams(image=path, width=30, height=30, fit="pad", colour="#0A0B0C"))

    assert np.array_equal(covering, pixels[:, 10:20])
    assert np.array_equal(padded[10:20], pixels)
    assert (padded[:10] == (10, 11, 12)).all()
    assert (padded[20:] == (10, 11, 12)).all()


@pytest.mark.parametrize("given", [{}, {"width": 4, "factor": 2}, {"factor": 2, "megapixels": 1}], ids=str)
def test_one_way_of_saying_the_size_is_asked_for(kept, run, noise, given):
    with pytest.raises(InvalidParameter, match="megapixels"):
        run(scale, ScaleParams(image=kept(noise(4, 4)), **given))


def test_a_picture_nobody_can_hold_is_refused(kept, run, noise):
    with pytest.raises(TooLarge, match="64 million"):
        run(scale, ScaleParams(image=kept(noise(200, 200)), factor=50))


def test_the_same_bytes_each_time(kept, run, noise):
    params = ScaleParams(image=kept(noise(33, 21)), factor=1.7, method="lanczos")
    files = [run(scale, params)[0].image for _ in range(2)]

    assert Path(files[0]).read_bytes() == Path(files[1]).read_bytes()
