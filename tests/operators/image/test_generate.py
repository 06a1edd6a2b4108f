"""Pictures from words."""

import numpy as np
import pytest

from reelwright.media import images
from reelwright.operators import Context
from reelwright.operators.image.generate import GenerateParams, generate


@pytest.fixture
def make(tmp_path):
    def make(*, seed=7, name="out", **given):
        params = GenerateParams(**{"width": 256, "height": 192, **given})
        return generate(params, Context.local(out=tmp_path / name, seed=seed))

    return make


def test_pictures_are_of_the_size_and_all_different(make):
    made = make(prompt="a boat on a lake at dusk", count=3)
    pictures = [images.load(one.image) for one in made.images]
    assert made.count == 3
    assert {picture.shape for picture in pictures} == {(192, 256, 3)}
    assert min(np.abs(a.astype(int) - b).mean() for k, a in enumerate(pictures) for b in pictures[:k]) > 2


def test_the_same_seed_paints_the_same(make):
    one, same, other = (
        images.load(make(prompt="a tower by the sea", seed=seed, name=name).images[0].image)
        for seed, name in ((1, "a"), (1, "b"), (2, "c"))
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_watermark_is_put_on(make):
    plain, marked = (
        images.load(make(prompt="a desert", watermark=flag, name=str(flag)).images[0].image) for flag in (False, True)
    )
    assert np.abs(plain.astype(int) - marked)[160:, 128:].mean() > 1
    assert np.array_equal(plain[:96], marked[:96])
