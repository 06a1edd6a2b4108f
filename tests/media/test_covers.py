"""Which picture stands for many."""

import numpy as np
import pytest

from reelwright.errors import NotMedia
from reelwright.media import covers, images, making


@pytest.fixture
def kept(tmp_path):
    def save(name, picture):
        return images.save(picture, tmp_path / f"{name}.png")

    return save


def busy(light=1.0):
    random = np.random.default_rng(2)
    return (np.kron(random.integers(20, 235, (12, 20, 3)), np.ones((15, 16, 1))) * light).astype(np.uint8)


def test_the_telling_picture_is_chosen(kept):
    plain = kept("plain", np.full((180, 320, 3), 120, np.uint8))
    dark = kept("dark", busy(0.02))
    best = kept("busy", busy())

    for order in ([plain, dark, best], [best, dark, plain]):
        assert covers.best(order) == best


def test_a_faulty_one_is_better_than_none(kept):
    plain = kept("plain", np.full((180, 320, 3), 120, np.uint8))

    assert covers.best([plain]) == plain
    assert covers.best([]) is None


def test_of_very_many_some_are_looked_at(kept):
    paths = [kept("busy", busy())] * (3 * covers.MOST)

    assert covers.best(paths) == paths[0]


def test_what_is_no_picture_is_said(tmp_path):
    with pytest.raises(NotMedia):
        covers.best([making.not_media(tmp_path / "a.png")])
