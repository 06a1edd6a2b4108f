"""Pictures with known pixels, and operators run on them."""

import numpy as np
import pytest
from PIL import Image

from reelwright.media import pictures
from reelwright.operators import Context


@pytest.fixture
def kept(tmp_path):
    """`kept(pixels, name, …)` -> path of a file with these pixels; further words go to the encoder."""

    def keep(pixels, name="given.png", **options):
        path = tmp_path / name
        (pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)).save(path, **options)
        return str(path)

    return keep


@pytest.fixture
def run(tmp_path):
    """`run(operator, params)` -> (its result, the pixels of its picture)."""
    runs = []

    def work(operator, params):
        runs.append(operator)
        result = operator(params, Context.local(out=tmp_path / f"out{len(runs)}"))
        return result, pictures.opened(result.image if hasattr(result, "image") else result.mask).pixels

    return work


@pytest.fixture
def noise():
    """`noise(h, w, channels)`: pixels of all values, always the same; 0 channels is grey."""

    def make(height, width, channels=3, seed=1):
        shape = (height, width, channels) if channels else (height, width)
        return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)

    return make
