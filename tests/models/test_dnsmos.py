"""The provider `dnsmos`: windows, levels, and the scores known for the clips at hand."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import ModelNotInstalled
from reelwright.media import samples
from reelwright.models.dnsmos import HOP, LENGTH, RATE, Dnsmos
from reelwright.models.hub import Hub
from reelwright.models.port import NoModels

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[3] / "shared" / "data"))
needs_data = pytest.mark.skipif(not (DATA / "models").is_dir(), reason=f"no weights in {DATA}")


@pytest.fixture
def hub(tmp_path):
    hub = Hub(tmp_path / "models")
    hub.add("dnsmos_sig_bak_ovr", DATA / "models/dnsmos_sig_bak_ovr.onnx")
    return hub


def opinions(hub, sound, rate, block=20_000):
    model = Dnsmos(hub, rate)
    found = [one for start in range(0, len(sound), block) for one in model.push(sound[start : start + block])]
    return [*found, *model.flush()]


def test_without_weights_it_says_how_to_get_them():
    with pytest.raises(ModelNotInstalled, match="reelwright models pull dnsmos_sig_bak_ovr"):
        Dnsmos(NoModels(), RATE)


@needs_data
@pytest.mark.parametrize("name", ["lj3_clean", "lj3_noise_snr10", "lj3_loss_20pct"])
def test_the_scores_are_near_those_of_the_collection(hub, name):
    known = json.loads((DATA / "quality/lj3.json").read_text())[f"{name}.wav"]["dnsmos"]
    sound = samples.read(DATA / f"quality/{name}.wav")
    found = opinions(hub, sound.samples[0], sound.rate)

    # The collection did not bring its clips to one level, and looked at other windows.
    assert np.mean([one.overall for one in found]) == pytest.approx(known["OVRL"], abs=0.45)
    assert np.mean([one.background for one in found]) == pytest.approx(known["BAK"], abs=0.45)


@needs_data
def test_the_level_does_not_matter(hub):
    sound = samples.read(DATA / "quality/lj3_clean.wav")
    quiet, loud = (opinions(hub, gain * sound.samples[0], sound.rate)[0].overall for gain in (0.05, 0.9))

    assert quiet == pytest.approx(loud, abs=0.02)


@needs_data
@pytest.mark.parametrize(
    ("length", "starts"),
    [
        pytest.param(RATE, [0], id="short"),
        pytest.param(LENGTH, [0], id="one-window"),
        pytest.param(LENGTH + 1, [0, 1], id="one-sample-more"),
        pytest.param(LENGTH + 2 * HOP, [0, HOP, 2 * HOP], id="three"),
        pytest.param(LENGTH + HOP + 5, [0, HOP, HOP + 5], id="the-last-ends-with-the-sound"),
    ],
)
def test_the_windows_cover_the_sound(hub, length, starts):
    sound = np.random.default_rng(0).normal(0, 0.05, length).astype(np.float32)

    assert [round(one.start * RATE) for one in opinions(hub, sound, RATE)] == starts


@needs_data
@pytest.mark.parametrize("length", [0, 5 * RATE])
def test_silence_gets_no_opinion(hub, length):
    assert opinions(hub, np.zeros(length, np.float32), RATE) == []
