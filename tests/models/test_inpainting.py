"""`models.inpainting` with a network that paints the mean of what it sees, and folders that are spoilt."""

import hashlib

import numpy as np
import pytest

from reelwright.errors import ModelNotInstalled
from reelwright.media.making import onnx_files
from reelwright.media.making.inpainters import inpainter
from reelwright.models import inpainting
from reelwright.models.hub import open_hub
from reelwright.models.port import BUILTIN, Endpoint, NoModels
from reelwright.settings import Settings


class Settled(NoModels):
    def __init__(self, folder):
        super().__init__()
        self._folder = folder

    def endpoint(self, capability):
        return Endpoint(str(self._folder), "") if capability == inpainting.CAPABILITY else None


def holed(size=(90, 140), box=(60, 40, 30, 20), colour=(0.8, 0.4, 0.2)):
    left, top, width, height = box
    picture = np.full((*size, 3), colour, np.float32)
    hole = np.zeros(size, bool)
    hole[top : top + height, left : left + width] = True
    picture[hole] = (0, 1, 0)
    return picture, hole


@pytest.mark.parametrize("side", [None, 64, 256], ids=["any-size", "shrunk", "mirrored"])
@pytest.mark.parametrize(("peak", "told"), [(1.0, None), (255.0, None), (255.0, "0-255"), (1.0, "0-1")])
def test_a_hole_is_painted_whatever_the_networks_size_and_range(tmp_path, side, peak, told):
    picture, hole = holed()
    paint = inpainting.painter("auto", Settled(inpainter(tmp_path / "n", side=side, peak=peak, told=told)))

    painted = paint(picture, hole)

    assert painted[hole] == pytest.approx(np.broadcast_to((0.8, 0.4, 0.2), (hole.sum(), 3)), abs=0.01)
    assert np.array_equal(painted[~hole], picture[~hole])


def test_only_the_surroundings_are_shown(tmp_path):
    picture, hole = holed((600, 900), (700, 500, 30, 20))
    picture[:300, :500] = (0.0, 0.0, 1.0)  # far from the hole
    painted = inpainting.painter("model", Settled(inpainter(tmp_path / "n")))(picture, hole)
    assert painted[510, 710] == pytest.approx((0.8, 0.4, 0.2), abs=0.01)


def test_a_picture_without_a_hole_comes_back(tmp_path):
    picture, hole = holed(box=(0, 0, 0, 0))
    assert np.array_equal(inpainting.painter("auto", Settled(inpainter(tmp_path / "n")))(picture, hole), picture)


@pytest.mark.parametrize("engine", ["auto", "builtin"])
def test_without_a_folder_nothing_is_painted(engine):
    assert inpainting.painter(engine, NoModels()) is None
    assert inpainting.chosen(engine, NoModels()) == BUILTIN


def test_a_network_that_is_wanted_and_not_there_is_told():
    with pytest.raises(ModelNotInstalled, match="REELWRIGHT_INPAINTING_FOLDER"):
        inpainting.chosen("model", NoModels())


def test_the_setting_reaches_the_operators(tmp_path):
    folder = inpainter(tmp_path / "mean")
    hub = open_hub(Settings(inpainting_folder=str(folder), models_dir=tmp_path))
    assert inpainting.chosen("auto", hub).name == "inpainting:mean"
    assert inpainting.chosen("builtin", hub) == BUILTIN


def test_the_provider_tells_the_tier_and_a_digest_that_follows_the_file(tmp_path):
    first = inpainting.provider(Settled(inpainter(tmp_path / "a" / "n")))
    other = inpainting.provider(Settled(inpainter(tmp_path / "b" / "n", side=64)))
    assert (first.name, first.tier) == ("inpainting:n", "model")
    assert first.models != other.models


def test_published_digests_are_checked(tmp_path):
    folder = inpainter(tmp_path / "n")
    network = folder / "network.onnx"
    (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(network.read_bytes()).hexdigest()}  network.onnx\n")
    assert inpainting.painter("auto", Settled(folder)) is not None
    network.write_bytes(network.read_bytes() + b"\0")
    with pytest.raises(ModelNotInstalled, match=r"network\.onnx has SHA-256"):
        inpainting.painter("auto", Settled(folder))


def _two(folder):
    (folder / "other.onnx").write_bytes(b"x")


def _none(folder):
    (folder / "network.onnx").unlink()


def _text(folder):
    (folder / "network.onnx").write_bytes(b"no")


def _other(folder):
    add = onnx_files.node(b"Add", [b"x", b"x"], b"y")
    shapes = [onnx_files.value_info(name, onnx_files.FLOAT, (1, 3)) for name in (b"x", b"y")]
    (folder / "network.onnx").write_bytes(onnx_files.model([add], *shapes))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        pytest.param(_two, "there are 2: network.onnx, other.onnx", id="two-networks"),
        pytest.param(_none, "there is none", id="no-network"),
        pytest.param(_text, "cannot be opened", id="no-onnx"),
        pytest.param(_other, "a picture .1, 3, h, w. and a mask", id="another-interface"),
    ],
)
def test_a_spoilt_folder_is_told(tmp_path, spoil, told):
    folder = inpainter(tmp_path / "n")
    spoil(folder)
    with pytest.raises(ModelNotInstalled, match=told):
        inpainting.painter("auto", Settled(folder))


def test_a_range_that_nobody_knows_is_told(tmp_path):
    with pytest.raises(ModelNotInstalled, match="output_range is '0-7'"):
        inpainting.painter("auto", Settled(inpainter(tmp_path / "n", told="0-7")))
