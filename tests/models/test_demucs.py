"""The adapter of Demucs, with small modules in the place of the package and torch."""

import importlib.machinery
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from reelwright.errors import ModelNotInstalled
from reelwright.models import demucs
from reelwright.models.port import NoModels

RATE = demucs.RATE


class Tensor:
    """As much of a tensor as the adapter touches."""

    def __init__(self, array):
        self.array = array

    def __getitem__(self, key):
        return Tensor(self.array[key])

    def cpu(self):
        return self

    def numpy(self):
        return self.array


class Installed(NoModels):
    def __init__(self, path):
        super().__init__()
        self._path = path

    def installed(self, name):
        return name in demucs.WEIGHTS

    def path(self, name):
        return self._path

    def digest(self, name):
        return "8726e21a"


@pytest.fixture
def package(monkeypatch, tmp_path):
    """A model whose vocals are half of what it hears; what it was asked is kept."""
    asked = SimpleNamespace(loads=[], applied=[])

    def load(path, **given):
        asked.loads.append((path, given))
        return {"klass": "HTDemucs"}

    def apply_model(model, mixture, **given):
        asked.applied.append((mixture.array, given))
        heard = mixture.array
        return Tensor(np.stack([0.1 * heard, 0.1 * heard, 0.3 * heard, 0.5 * heard], axis=1))

    model = SimpleNamespace(sources=["drums", "bass", "other", "vocals"], eval=lambda: None)
    modules = {
        "torch": {"load": load, "from_numpy": Tensor, "cuda": SimpleNamespace(is_available=lambda: False)},
        "demucs": {},
        "demucs.apply": {"apply_model": apply_model},
        "demucs.states": {"load_model": lambda package: model if package["klass"] == "HTDemucs" else None},
    }
    for name, holds in modules.items():
        module = ModuleType(name)
        module.__spec__ = importlib.machinery.ModuleSpec(name, None)
        vars(module).update(holds)
        monkeypatch.setitem(sys.modules, name, module)
    for name in ("torch", "apply", "states"):
        lazily = getattr(demucs, name)
        monkeypatch.setattr(demucs, name, type(lazily)(lazily._name))
    return asked


@pytest.fixture
def models(tmp_path):
    return Installed(tmp_path / "955717e8-8726e21a.th")


def streamed(stream, sound, block):
    parts = [stream.push(sound[:, at : at + block]) for at in range(0, sound.shape[1], block)]
    return np.concatenate([*parts, stream.flush()], axis=1)


def noise(channels, length):
    return 0.1 * np.random.default_rng(2).standard_normal((channels, length)).astype(np.float32)


def test_without_the_package_the_error_names_it_and_the_mend(monkeypatch, models):
    monkeypatch.setattr(demucs, "PACKAGES", ("a_package_that_is_nowhere", "json"))
    assert not demucs.is_installed(models)
    for call in (demucs.provider, lambda given: demucs.separator(given, RATE, 2)):
        with pytest.raises(ModelNotInstalled, match=r"a_package_that_is_nowhere: pip install 'reelwright\[demix\]'"):
            call(models)


def test_without_the_weights_the_error_tells_how_to_pull_them(package):
    assert not demucs.is_installed(NoModels())
    with pytest.raises(ModelNotInstalled, match="models pull htdemucs"):
        demucs.separator(NoModels(), RATE, 2)


def test_package_and_weights_make_a_provider(package, models):
    assert demucs.is_installed(models)
    made = demucs.provider(models)
    assert (made.name, made.tier, made.models) == ("demucs", "model", {"htdemucs": "8726e21a"})


def test_the_verified_file_is_loaded_once_on_the_processor(package, models):
    demucs.separator(models, RATE, 2)
    demucs.separator(models, RATE, 1)
    assert package.loads == [(str(models.path("htdemucs")), {"map_location": "cpu", "weights_only": False})]


@pytest.mark.parametrize("channels", [1, 2])
def test_the_model_hears_stereo_of_deviation_one_and_its_vocals_come_back_at_their_level(package, models, channels):
    sound = noise(channels, RATE // 2) + np.float32(0.2)
    found = streamed(demucs.separator(models, RATE, channels), sound, 5000)
    (heard, given), *more = package.applied
    assert not more
    assert heard.shape == (1, 2, RATE // 2)
    assert heard.std() == pytest.approx(1, rel=1e-3)
    assert abs(heard.mean()) < 1e-3
    assert given == {"shifts": 0, "overlap": 0.25, "device": "cpu"}
    np.testing.assert_allclose(found, 0.5 * (sound - sound.mean()), atol=1e-6)


@pytest.mark.parametrize("length", [0, 1, 999, 1000, 1001, 1900, 5431])
def test_windows_are_faded_into_each_other_without_a_seam(length):
    sizes = []

    def voice(heard):
        sizes.append(heard.shape[1])
        return 0.5 * heard

    sound = noise(2, length)
    found = streamed(demucs.Windowed(voice, RATE, 2, window=1000, fade=100), sound, 333)
    assert found.shape == sound.shape
    assert max(sizes, default=0) <= 1000
    np.testing.assert_allclose(found, 0.5 * sound, atol=1e-6)


def test_a_fade_goes_from_one_window_to_the_next_in_even_steps():
    answers = iter([0.0, 1.0, 1.0])
    stream = demucs.Windowed(lambda heard: np.full_like(heard, next(answers)), RATE, 1, window=100, fade=20)
    found = streamed(stream, noise(1, 150), 150)[0]
    np.testing.assert_allclose(found[:80], 0)
    np.testing.assert_allclose(np.diff(found[80:100]), 0.05, atol=1e-5)
    np.testing.assert_allclose(found[100:], 1)


@pytest.mark.parametrize("rate", [8000, 22050, 48000])
def test_another_rate_goes_there_and_back_in_place(rate):
    at = np.arange(rate) / rate
    sound = np.sin(2 * np.pi * 440 * at)[None].astype(np.float32)
    found = streamed(demucs.Windowed(lambda heard: 0.5 * heard, rate, 1), sound, 1234)
    assert found.shape == sound.shape
    np.testing.assert_allclose(found[:, 500:-500], 0.5 * sound[:, 500:-500], atol=2e-3)
