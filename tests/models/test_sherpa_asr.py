"""The adapters of SenseVoice and Paraformer, with a small module in the place of the package."""

import importlib.machinery
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from reelwright.errors import ModelNotInstalled
from reelwright.kernels.passages import Passage, Span
from reelwright.models import sherpa_asr
from reelwright.models.port import NoModels

RATE = 16000


class Installed(NoModels):
    def __init__(self, *names):
        super().__init__()
        self.names = names

    def installed(self, name):
        return name in self.names

    def path(self, name):
        return f"/models/{name}"

    def digest(self, name):
        return f"digest of {name}"


EVERYTHING = Installed(*sherpa_asr.SENSEVOICE.files.values(), *sherpa_asr.PARAFORMER.files.values())


@pytest.fixture
def passage():
    return Passage(10.0, np.zeros(4 * RATE, np.float32), (Span(10.5, 11.5, 0.9, 0.5), Span(12.5, 13.5, 0.9, 0.5)))


@pytest.fixture
def package(monkeypatch):
    """Says what is planted in `told`; what it was asked is kept."""
    asked = SimpleNamespace(made=[], heard=[], told={"tokens": [], "timestamps": [], "lang": ""})

    class Stream:
        def accept_waveform(self, rate, sound):
            asked.heard.append((rate, len(sound)))

        @property
        def result(self):
            return SimpleNamespace(**asked.told)

    class OfflineRecognizer:
        @classmethod
        def from_sense_voice(cls, **given):
            asked.made.append(("sense_voice", given))
            return cls()

        @classmethod
        def from_paraformer(cls, **given):
            asked.made.append(("paraformer", given))
            return cls()

        def create_stream(self):
            return Stream()

        def decode_stream(self, stream):
            asked.heard.append("decoded")

    module = ModuleType("sherpa_onnx")
    module.__spec__ = importlib.machinery.ModuleSpec("sherpa_onnx", None)
    module.OfflineRecognizer = OfflineRecognizer
    monkeypatch.setitem(sys.modules, "sherpa_onnx", module)
    lazily = sherpa_asr.sherpa_onnx
    monkeypatch.setattr(sherpa_asr, "sherpa_onnx", type(lazily)(lazily._name))
    return asked


def hear(engine, passage, *, language="auto", models=None):
    fresh = models or Installed(*EVERYTHING.names)
    return engine.recogniser(fresh, language, {}).hear(passage)


def test_sensevoice_is_loaded_with_its_files_and_hears_the_passage(package, passage):
    package.told = {"tokens": ["你", "好", "。"], "timestamps": [0.6, 0.9, 1.2], "lang": "<|zh|>"}

    heard = hear(sherpa_asr.SENSEVOICE, passage)

    files = {"model": "/models/sensevoice_model", "tokens": "/models/sensevoice_tokens"}
    assert package.made == [("sense_voice", {**files, "language": "auto", "use_itn": True})]
    assert package.heard == [(RATE, 4 * RATE), "decoded"]
    assert heard.language == "zh"
    assert [(word.text, word.glued) for word in heard.words] == [("你", True), ("好。", True)]
    assert [word.start for word in heard.words] == pytest.approx([10.6, 10.9])
    assert [word.end for word in heard.words] == pytest.approx([10.9, 11.2])


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        pytest.param(["The", " tri", "bal", " chief", ",", " yes"], ["The", "tribal", "chief,", "yes"], id="pieces"),
        pytest.param(["▁hel", "lo", "▁you"], ["hello", "you"], id="sentencepiece"),
        pytest.param(["mon@@", "day", "是", "yester@@", "day"], ["monday", "是", "yesterday"], id="bpe"),
        pytest.param(["hello", "world"], ["hello", "world"], id="whole-words"),
        pytest.param(["我", "用", " py", "thon"], ["我", "用", "python"], id="both-scripts"),
        pytest.param(["。", "好", ""], ["好"], id="a-mark-with-no-word"),
    ],
)
def test_tokens_become_words(passage, tokens, words):
    starts = [0.5 + 0.2 * number for number in range(len(tokens))]
    found = sherpa_asr.words_of(tokens, starts, passage)
    assert [word.text for word in found] == words
    assert all(10 <= word.start < word.end <= passage.end for word in found)


def test_a_character_before_a_pause_ends_before_it(passage):
    first, _ = sherpa_asr.words_of(["你", "好"], [0.5, 2.5], passage)
    assert first.end == pytest.approx(10.5 + sherpa_asr.LONGEST_TOKEN)


def test_without_times_tokens_are_spread_over_the_speech(package, passage):
    package.told = {"tokens": list("一二三四"), "timestamps": [], "lang": ""}
    heard = hear(sherpa_asr.PARAFORMER, passage)
    assert package.made[0][0] == "paraformer"
    assert [word.start for word in heard.words] == pytest.approx([10.5, 11.0, 12.5, 13.0])
    assert heard.language == "zh"


@pytest.mark.parametrize("engine", [sherpa_asr.SENSEVOICE, sherpa_asr.PARAFORMER], ids=lambda one: one.name)
def test_what_is_missing_is_told_with_its_mend(monkeypatch, engine):
    with pytest.raises(ModelNotInstalled, match=f"reelwright models pull {engine.pull}"):
        engine.provider(NoModels())
    monkeypatch.setattr(sherpa_asr.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelNotInstalled, match=r"pip install 'reelwright\[speech\]'"):
        engine.provider(EVERYTHING)
    assert not engine.is_installed(EVERYTHING)


def test_a_run_names_its_weights(package):
    made = sherpa_asr.PARAFORMER.provider(EVERYTHING)
    assert (made.name, made.tier, set(made.models)) == (
        "paraformer",
        "model",
        {"paraformer_model", "paraformer_tokens"},
    )
