"""The learnt voices: what is installed, whom a name stands for, and speech out of models made of noise."""

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import InvalidParameter, ModelNotInstalled
from reelwright.kernels import voices
from reelwright.kernels.script import Phrase, Span
from reelwright.models import espeak, sherpa, speakers
from reelwright.models.catalogue import BY_NAME
from reelwright.models.host import Host
from reelwright.models.port import NoModels

HELLO = Phrase((Span("Hello world."),), None, "en")
KOKORO = sherpa.ENGINES["kokoro"]
# Says as many tenths of a second of a tone as the text has letters, a tone for each speaker.
STAND_IN = """
import array, json, math, sys
out = sys.stdout.buffer
out.write(b'{"bytes": 0, "rate": 24000}\\n'); out.flush()
for line in sys.stdin.buffer:
    asked = json.loads(line)
    turn = 2 * math.pi * 100 * (1 + asked["speaker"]) / 24000
    sound = array.array("f", [0.3 * math.sin(turn * k) for k in range(2400 * len(asked["text"]))]).tobytes()
    out.write(json.dumps({"bytes": len(sound), "rate": 24000}).encode() + b"\\n" + sound); out.flush()
"""


class Installed(NoModels):
    def __init__(self, *names):
        super().__init__()
        self._names = names

    def installed(self, name):
        return name in self._names

    def digest(self, name):
        return BY_NAME[name].sha256


@pytest.fixture
def stand_in(tmp_path):
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN)
    host = Host("stand-in", script, "nothing")
    yield sherpa.Sherpa(KOKORO, host, lambda text, language: text)
    host.close()


@pytest.fixture
def with_package(monkeypatch):
    monkeypatch.setattr(sherpa.importlib.util, "find_spec", lambda name: object())


def pitch_of(spoken):
    sound = spoken.samples[: spoken.at[1]]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 18))
    return float(np.argmax(spectrum)) * spoken.rate / (1 << 18)


# ---- whom a name stands for


@pytest.mark.parametrize(
    ("name", "speaker"),
    [
        pytest.param("kokoro:af_heart", "af_heart", id="its own"),
        pytest.param("Kokoro:ZF_Xiaoxiao", "zf_xiaoxiao", id="any case"),
        pytest.param("emily", "bf_", id="an English woman"),
        pytest.param("Andy", "am_", id="an American man"),
        pytest.param("siqi", "zf_", id="a Chinese woman"),
        pytest.param("zhide", "zm_", id="a Chinese man"),
    ],
)
def test_who_speaks_for_a_name(name, speaker):
    assert KOKORO.voices[KOKORO.number_of(name)].startswith(speaker)


def test_every_name_of_the_list_has_a_speaker():
    numbers = {KOKORO.number_of(one.name) for one in voices.every()}

    assert len(numbers) >= 16


def test_a_voice_that_a_model_lacks_is_refused_with_those_it_has():
    with pytest.raises(InvalidParameter, match=r"no voice 'nobody'; it has af_alloy"):
        KOKORO.number_of("kokoro:nobody")


# ---- what is installed


def test_without_the_package_the_error_tells_how_to_get_it(monkeypatch):
    monkeypatch.setattr(sherpa.importlib.util, "find_spec", lambda name: None)

    assert not KOKORO.is_installed(Installed("kokoro_multi_lang"))
    with pytest.raises(ModelNotInstalled, match="pip install 'sherpa-onnx"):
        speakers.provider("kokoro:af_heart", "auto", {"en"}, Installed("kokoro_multi_lang"))


def test_without_the_weights_the_error_names_the_command(with_package):
    with pytest.raises(ModelNotInstalled, match="reelwright models pull kokoro_multi_lang"):
        speakers.provider("siqi", "kokoro", {"zh"}, NoModels())


@pytest.mark.parametrize(
    ("voice", "engine", "languages", "there", "expected"),
    [
        pytest.param("siqi", "auto", {"zh", "en"}, ["kokoro_multi_lang"], "kokoro", id="the best for what it speaks"),
        pytest.param("siqi", "auto", {"zh", "ru"}, ["kokoro_multi_lang"], "espeak-ng", id="a language it lacks"),
        pytest.param("siqi", "auto", {"zh"}, [], "espeak-ng", id="nothing there"),
        pytest.param("siqi", "auto", {"en"}, ["piper_ljspeech"], "espeak-ng", id="one voice is not all"),
        pytest.param("siqi", "espeak-ng", {"zh"}, ["kokoro_multi_lang"], "espeak-ng", id="asked for"),
        pytest.param("piper:ljspeech", "auto", {"en"}, ["piper_ljspeech"], "piper", id="named by its voice"),
        pytest.param("ava", "matcha", {"en"}, ["matcha_ljspeech", "vocos_22khz"], "matcha", id="two files"),
    ],
)
def test_what_speaks(with_package, voice, engine, languages, there, expected):
    found = speakers.provider(voice, engine, languages, Installed(*there))

    assert found.name == expected
    assert found.tier == ("builtin" if expected == "espeak-ng" else "model")
    assert set(found.models) == set() if expected == "espeak-ng" else set(there)


def test_the_list_holds_the_voices_of_what_is_installed(with_package):
    assert list(speakers.installed(NoModels())) == []
    found = list(speakers.installed(Installed("piper_ljspeech", "matcha_ljspeech")))

    assert found == [("piper:ljspeech", "piper")]


# ---- speech


@pytest.mark.parametrize("pitch", [1.0, 1.5, 0.7])
def test_tempo_and_pitch_are_told_apart(stand_in, pitch):
    spoken = stand_in.say(Phrase((Span("abcd"),), None, "en"), "kokoro:af_heart", pace=2.0, pitch=pitch)

    assert spoken.seconds == pytest.approx([0.22], abs=0.01)
    assert pitch_of(spoken) == pytest.approx(400 * pitch, rel=0.02)


def test_parts_of_a_phrase_keep_their_own_tempo(stand_in):
    spans = (Span("abcd"), Span("HH AH0", pace=0.5, alphabet="arpabet", written="ab"))
    spoken = stand_in.say(Phrase(spans, None, "en"), "kokoro:af_heart", pace=1.0, pitch=1.0)

    assert spoken.seconds == pytest.approx([0.44, 0.48], abs=0.02)
    assert len(spoken.at) == 3
    assert spoken.at[2] == len(spoken.samples)


def test_a_language_it_does_not_speak_is_refused(stand_in):
    with pytest.raises(InvalidParameter, match="kokoro does not speak 'ru'"):
        stand_in.say(Phrase((Span("Привет"),), None, "ru"), "siqi", pace=1.0, pitch=1.0)


# ---- the archive


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:bz2") as archive:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    return path


def test_an_archive_is_unpacked_once(tmp_path):
    archive = packed(tmp_path / "voice.tar.bz2", {"voice/tokens.txt": b"a 1", "voice/data/x": b"x"})
    folder = sherpa.unpacked(archive, "0123456789abcdef")
    (folder / "tokens.txt").write_text("still there")

    assert sherpa.unpacked(archive, "0123456789abcdef") == folder
    assert (folder / "tokens.txt").read_text() == "still there"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["voice-0123456789ab", "voice.tar.bz2"]


def test_an_archive_cannot_write_outside(tmp_path):
    archive = packed(tmp_path / "voice.tar.bz2", {"voice/tokens.txt": b"a 1", "../outside": b"evil"})
    with pytest.raises(tarfile.FilterError):
        sherpa.unpacked(archive, "0123456789abcdef")

    assert [one.name for one in tmp_path.iterdir()] == ["voice.tar.bz2"]


def test_an_archive_of_another_shape_is_refused(tmp_path):
    archive = packed(tmp_path / "voice.tar.bz2", {"tokens.txt": b"a 1"})
    with pytest.raises(ModelNotInstalled, match="pull it again"):
        sherpa.unpacked(archive, "0123456789abcdef")


# ---- the real library, with weights that nobody trained


@pytest.fixture
def spoken_by(tmp_path):
    """`spoken_by(engine, files, phrase)`: speech by the real library from a model of these files."""
    pytest.importorskip("sherpa_onnx", reason="sherpa-onnx is not installed")
    pytest.importorskip("espeakng_loader", reason="the sounds of words come from espeak-ng")

    def speak(name, files, phrase):
        for file, content in files.items():
            (tmp_path / file).write_bytes(content if isinstance(content, bytes) else content.encode())
        given = {"kind": name, "folder": str(tmp_path), "vocoder": "", "model": "tiny.onnx", "threads": 1}
        host, engine = Host(name, sherpa.SCRIPT, sherpa.MEND, (json.dumps(given),)), sherpa.ENGINES[name]
        try:
            speaker = sherpa.Sherpa(engine, host, espeak.speaker(NoModels()).ipa)
            return speaker.say(phrase, f"{name}:{engine.voices[0]}", pace=1.0, pitch=1.0)
        finally:
            host.close()

    return speak


LETTERS = " _^$;:,.!?abdefhijklmnoprstuvwxzæðŋɐɑɔəɚɛɜɡɪɹʃʊʌʒˈˌːθ↓"
TOKENS = "".join(f"{one} {number}\n" for number, one in enumerate(LETTERS))


def test_a_tiny_piper_speaks_through_the_real_library(spoken_by):
    onnx = pytest.importorskip("onnx", reason="onnx, which makes the model, is not installed")
    inputs = {"input": ("INT64", [1, "n"]), "input_lengths": ("INT64", [1]), "scales": ("FLOAT", [3])}
    about = {"model_type": "vits", "comment": "piper", "language": "English", "voice": "en-us", "has_espeak": "1"}
    model = of_noise(onnx, inputs, [1, 1, 1, -1], {**about, "n_speakers": "1", "sample_rate": "22050"})
    spoken = spoken_by("piper", {"tokens.txt": TOKENS, "tiny.onnx": model}, HELLO)

    assert spoken.rate == 22050
    assert 0.1 < sum(spoken.seconds) < 5
    assert 0.01 < float(np.abs(spoken.samples).max()) <= 1


@pytest.mark.parametrize(
    ("text", "language", "letters"), [("Hello world.", "en", 12), ("你好。", "zh", 8), ("Hola", "es", 4)]
)
def test_a_tiny_kokoro_speaks_through_the_real_library(spoken_by, text, language, letters):
    onnx = pytest.importorskip("onnx", reason="onnx, which makes the model, is not installed")
    inputs = {"tokens": ("INT64", [1, "n"]), "style": ("FLOAT", [1, 256]), "speed": ("FLOAT", [1])}
    about = {"model_type": "kokoro", "language": "multi-lang", "has_espeak": "1", "version": "2", "voice": "en-us"}
    about |= {"style_dim": "510,1,256", "n_speakers": "1", "speaker_names": "af_alloy", "max_token_len": "510"}
    files = {
        "tokens.txt": TOKENS,
        "model.onnx": of_noise(onnx, inputs, [-1], {**about, "sample_rate": "24000"}),
        "voices.bin": np.zeros((1, 510, 1, 256), np.float32).tobytes(),
        "lexicon-us-en.txt": "hello h ə l ˈ o ʊ\nworld w ˈ ɜ ː l d\n",
        "lexicon-zh.txt": "你 n i ↓\n好 h a ʊ ↓\n",
    }
    spoken = spoken_by("kokoro", files, Phrase((Span(text),), None, language))

    assert spoken.rate == 24000
    assert sum(spoken.seconds) * 24000 / SAMPLES > letters * 0.7


SAMPLES = 512  # that a letter lasts


def of_noise(onnx, inputs, shape, about):
    """A model with these inputs that answers each letter of the first one with samples of its own fixed noise."""
    helper, kinds = onnx.helper, onnx.TensorProto
    noise = np.random.default_rng(0).uniform(-0.3, 0.3, (len(LETTERS), SAMPLES)).astype(np.float32)
    first, *others = inputs
    # Inputs that nothing reads would be taken out of the model.
    unread = [helper.make_node("ReduceSum", [f"{one} as float"], [f"{one} sum"], keepdims=0) for one in others]
    casts = [helper.make_node("Cast", [one], [f"{one} as float"], to=kinds.FLOAT) for one in others]
    muted = [helper.make_node("Mul", [f"{one} sum", "zero"], [f"{one} muted"]) for one in others]
    nodes = [
        helper.make_node("Gather", ["noise", first], ["rows"]),
        helper.make_node("Reshape", ["rows", "shape"], ["sound"]),
        *(*casts, *unread, *muted),
        helper.make_node("Sum", ["sound", *(f"{one} muted" for one in others)], ["output"]),
    ]
    given = [helper.make_tensor_value_info(name, getattr(kinds, kind), size) for name, (kind, size) in inputs.items()]
    constants = {"noise": noise, "shape": np.array(shape, np.int64), "zero": np.zeros((), np.float32)}
    graph = helper.make_graph(
        nodes,
        "tiny",
        given,
        [helper.make_tensor_value_info("output", kinds.FLOAT, [*shape[:-1], "m"])],
        [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    helper.set_model_props(model, about)
    return model.SerializeToString()
