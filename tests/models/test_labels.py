"""`models.labels` with a pair of networks that knows colours, and folders that are spoilt."""

import hashlib

import numpy as np
import pytest

from reelwright.errors import ModelNotInstalled
from reelwright.media.making.label_pairs import SIDE, label_pair
from reelwright.models import labels
from reelwright.models.port import Endpoint, NoModels


class Settled(NoModels):
    def __init__(self, folder):
        super().__init__()
        self._folder = folder

    def endpoint(self, capability):
        return Endpoint(str(self._folder), "") if capability == labels.CAPABILITY else None


def flat(colour, size=(180, 320)):
    return np.full((*size, 3), colour, np.uint8)


@pytest.mark.parametrize("kind", ["clip", "siglip"])
def test_a_picture_gets_the_label_it_shows(tmp_path, kind):
    pair = label_pair(tmp_path / kind, kind)
    pictures = [flat((255, 0, 0)), flat((0, 0, 255)), flat((128, 128, 128))]
    found = {one.en: one for one in labels.opened(Settled(pair.folder)).name(pictures)}

    assert set(found) == {"red", "green", "blue"}
    assert found["red"].scores == pytest.approx((1, 0, 0), abs=0.02)
    assert found["blue"].scores == pytest.approx((0, 1, 0), abs=0.02)
    assert max(found["green"].scores) < 0.02
    assert (found["blue"].zh, found["blue"].group) == ("蓝", "thing")


def test_only_the_middle_is_seen_where_the_folder_says_so(tmp_path):
    wide = flat((255, 0, 0), (100, 300))
    wide[:, 100:200] = (0, 255, 0)
    found = {}
    for kind in ("clip", "siglip"):
        pair = label_pair(tmp_path / kind, kind)
        found[kind] = {one.en: one.scores[0] for one in labels.opened(Settled(pair.folder)).name([wide])}
    assert found["clip"]["green"] > 0.9
    assert found["siglip"]["red"] > 0.9


def test_a_picture_is_brought_to_the_networks_values(tmp_path):
    look = labels._Look.read(label_pair(tmp_path / "pair").folder / "preprocessor_config.json")
    values = look.prepared(flat((255, 0, 127)))
    assert (values.shape, values.dtype) == ((3, SIDE, SIDE), np.float32)
    assert values[:, 100, 100] == pytest.approx((1.0, -1.0, 127 / 127.5 - 1), abs=1e-3)


def test_many_pictures_go_in_parts(tmp_path):
    pictures = [flat((255, 0, 0) if number % 2 else (0, 0, 255), (32, 32)) for number in range(2 * labels.BATCH + 3)]
    found = labels.opened(Settled(label_pair(tmp_path / "pair").folder)).name(pictures)
    red = next(one for one in found if one.en == "red")
    assert [score > 0.5 for score in red.scores] == [bool(number % 2) for number in range(len(pictures))]


def test_the_labels_that_come_with_it_are_different_and_in_both_languages(tmp_path):
    pair = label_pair(tmp_path / "pair", own_labels=False)
    found = labels.opened(Settled(pair.folder)).name([flat((9, 9, 9))])
    names = [one.en for one in found]
    assert len(names) == len(set(names)) > 150
    assert {one.group for one in found} == {"thing", "place", "activity"}
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in one.zh) for one in found)


def test_the_provider_tells_the_tier_and_a_digest_that_follows_the_files(tmp_path):
    pair = label_pair(tmp_path / "colours")
    first = labels.provider(Settled(pair.folder))
    assert (first.name, first.tier) == ("labels:colours", "model")
    (pair.folder / "labels.json").write_text((pair.folder / "labels.json").read_text().replace("红", "赤"))
    assert labels.provider(Settled(pair.folder)).models != first.models
    assert labels.provider(NoModels()) is None


def test_published_digests_are_checked(tmp_path):
    pair = label_pair(tmp_path / "pair")
    network = pair.folder / "onnx/vision_model.onnx"
    digest = hashlib.sha256(network.read_bytes()).hexdigest()
    (pair.folder / "SHA256SUMS").write_text(f"{digest}  onnx/vision_model.onnx\n")
    assert labels.provider(Settled(pair.folder)) is not None
    network.write_bytes(network.read_bytes() + b"\0")
    with pytest.raises(ModelNotInstalled, match=r"vision_model\.onnx has SHA-256"):
        labels.provider(Settled(pair.folder))


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        pytest.param("tokenizer.json", None, "tokenizer.json is not there", id="a-file-is-missing"),
        pytest.param("tokenizer.json", b'{"model": {"type": "WordPiece"}}', "WordPiece", id="another-tokenizer"),
        pytest.param("tokenizer.json", b"{", "cannot be read", id="no-json"),
        pytest.param("labels.json", b'{"sets": [{}]}', "no file of labels", id="labels-of-another-form"),
        pytest.param("onnx/text_model.onnx", b"no", "cannot be opened", id="no-network"),
    ],
)
def test_a_spoilt_folder_is_told(tmp_path, file, content, told):
    pair = label_pair(tmp_path / "pair")
    if content is None:
        (pair.folder / file).unlink()
    else:
        (pair.folder / file).write_bytes(content)
    with pytest.raises(ModelNotInstalled, match=told):
        labels.opened(Settled(pair.folder))


def test_without_a_folder_the_mend_is_told():
    with pytest.raises(ModelNotInstalled, match="REELWRIGHT_LABELS_FOLDER"):
        labels.opened(NoModels())
