"""The engines `kokoro`, `matcha` and `piper` of `speak`: learnt voices by sherpa-onnx, in a process of their own.

Kokoro-82M (Apache-2.0), 54 voices of Chinese, English and six more languages; Matcha-TTS (S. Mehta et
al., ICASSP 2024) and Piper (VITS; J. Kim et al., ICML 2021), an English voice each, learnt from LJ Speech.
They need the package `sherpa-onnx` (2.0 or later) and one pulled archive each. Kokoro reads Chinese and
English by word lists of its own; everything else is spelt in sounds by espeak-ng. Sounds in `phoneme`
are passed over for the words they stand for. Tempo is made exact by the caller; pitch by
resampling, which moves the formants with it.
"""

import contextlib
import importlib.util
import json
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwright.errors import InvalidParameter, ModelNotInstalled
from reelwright.kernels import voices
from reelwright.kernels.resampling import Resampler
from reelwright.kernels.script import Phrase, Span
from reelwright.kernels.speech_edges import edges
from reelwright.kernels.utterance import Mono, Spoken
from reelwright.kernels.voices import Voice
from reelwright.models import espeak, onnx
from reelwright.models.host import Host
from reelwright.models.port import Models, Provider

PACKAGE = "sherpa_onnx"
MEND = "`pip install 'sherpa-onnx>=2'`, or take the engine espeak-ng"
SCRIPT = Path(__file__).with_name("sherpa_host.py")
SPELT_AS = {"en": "en-us"}  # languages of espeak-ng where the name differs
BETWEEN = 0.04  # seconds between parts of a phrase that differ in style
KOKORO_VOICES = (  # by their numbers in the archive; the first letter is the language, the second woman or man
    *("af_alloy", "af_aoede", "af_bella", "af_heart", "af_jessica", "af_kore", "af_nicole", "af_nova", "af_river"),
    *("af_sarah", "af_sky", "am_adam", "am_echo", "am_eric", "am_fenrir", "am_liam", "am_michael", "am_onyx"),
    *("am_puck", "am_santa", "bf_alice", "bf_emma", "bf_isabella", "bf_lily", "bm_daniel", "bm_fable", "bm_george"),
    *("bm_lewis", "ef_dora", "em_alex", "ff_siwis", "hf_alpha", "hf_beta", "hm_omega", "hm_psi", "if_sara"),
    *("im_nicola", "jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo", "pf_dora", "pm_alex"),
    *("pm_santa", "zf_xiaobei", "zf_xiaoni", "zf_xiaoxiao", "zf_xiaoyi", "zm_yunjian", "zm_yunxi", "zm_yunxia"),
    *("zm_yunyang", "em_santa"),
)


@dataclass(frozen=True, slots=True)
class Engine:
    """`weights`: names in the catalogue, the archive first. `model`: its file in there if that has an own name."""

    name: str
    weights: tuple[str, ...]
    voices: tuple[str, ...]
    languages: frozenset[str]
    reads: frozenset[str] = frozenset()
    """Languages it reads by letters; for others it is told the sounds."""
    model: str = ""

    def is_installed(self, models: Models) -> bool:
        """Are package and weights there? Imports nothing."""
        return importlib.util.find_spec(PACKAGE) is not None and all(map(models.installed, self.weights))

    def provider(self, models: Models) -> Provider:
        """What a run is made with; `ModelNotInstalled` says what is missing and how to get it."""
        if importlib.util.find_spec(PACKAGE) is None:
            raise ModelNotInstalled(f"the engine {self.name!r} needs the package sherpa-onnx: {MEND}")
        return Provider(self.name, "model", {one: models.digest(one) for one in self.weights})

    def number_of(self, voice: str) -> int:
        """Of a voice by its own name (`kokoro:af_heart`), or of the one that stands for a name of the vendor's."""
        own = voice.lower().removeprefix(f"{self.name}:")
        if own in self.voices:
            return self.voices.index(own)
        if ":" in voice:
            raise InvalidParameter(f"{self.name} has no voice {own!r}; it has {', '.join(self.voices)}", field="voice")
        return self.voices.index(self._standing_for(voices.find(voice)))

    def _standing_for(self, voice: Voice) -> str:
        """Always the same, of the same language and kind where there is one."""
        language = {"en-gb": "b", "en-us": "a"}[voice.latin] if is_english(voice) else "z"
        kind = "m" if voice.kind in ("man", "boy") else "f"
        alike = [one for one in self.voices if one.startswith(language + kind)] or list(self.voices)
        same = [one.name for one in voices.every() if is_english(one) == is_english(voice)]
        return alike[same.index(voice.name) % len(alike)]


ENGINES = {
    one.name: one
    for one in (
        Engine(
            "kokoro",
            ("kokoro_multi_lang",),
            KOKORO_VOICES,
            frozenset({"zh", "en", "es", "fr", "hi", "it", "ja", "pt"}),
            reads=frozenset({"zh", "en"}),
        ),
        Engine("matcha", ("matcha_ljspeech", "vocos_22khz"), ("ljspeech",), frozenset({"en"})),
        Engine("piper", ("piper_ljspeech",), ("ljspeech",), frozenset({"en"}), model="en_US-ljspeech-medium.onnx"),
    )
}


class Sherpa:
    """Implements `models.speaking.Speaker`."""

    def __init__(self, engine: Engine, host: Host, sounds: Callable[[str, str], str]) -> None:
        """`sounds`: a text and its language -> letters of the IPA."""
        self._engine, self._host, self._sounds = engine, host, sounds

    def say(self, phrase: Phrase, voice: str, *, pace: float, pitch: float) -> Spoken:
        language = phrase.language.lower().partition("-")[0]
        if language not in self._engine.languages:
            raise InvalidParameter(
                f"{self._engine.name} does not speak {phrase.language!r}; it speaks "
                f"{', '.join(sorted(self._engine.languages))}, the engine espeak-ng many more",
                field="language",
            )
        number = self._engine.number_of(voice)
        parts: list[Mono] = []
        at, seconds = [0], []
        for span in phrase.spans:
            sound, rate, natural = self._spoken(span, language, number, pitch * span.pitch)
            parts.append(sound)
            at.append(at[-1] + len(sound))
            seconds.append(natural / (pace * span.pace))
        return Spoken(np.concatenate(parts), rate, at, seconds)

    def _spoken(self, span: Span, language: str, number: int, pitch: float) -> tuple[Mono, int, float]:
        """The sound of a span, its rate, and the seconds it lasts at the usual tempo."""
        text, reads = span.written or span.text, language in self._engine.reads
        said = text if reads else self._sounds(text, SPELT_AS.get(language, language))
        answer = self._host.ask(do="say", text=said, sounds=not reads, speaker=number)
        rate = int(answer.told["rate"])
        sound = np.nan_to_num(np.frombuffer(answer.sound, "<f4"))
        first, last = edges(sound, rate)
        sound = np.pad(sound[first:last], (0, round(BETWEEN * rate)))
        resampler = Resampler(round(rate * pitch), rate, 1)
        higher = np.concatenate([resampler.push(sound[None]), resampler.flush()], axis=1)[0]
        return higher, rate, len(sound) / rate


def speaker(name: str, models: Models) -> Sherpa:
    """The one of this worker process, its own process kept warm; `ModelNotInstalled` as above."""
    engine = ENGINES[name]
    engine.provider(models)
    sounds = espeak.speaker(models).ipa
    return models.warm(f"sherpa {name}", lambda: Sherpa(engine, _host(engine, models), sounds))


def is_english(voice: Voice) -> bool:
    return any(one is voice for group in voices.GROUPS if group.title == "English" for one in group.voices)


def _host(engine: Engine, models: Models) -> Host:
    archive, *others = engine.weights
    given = {
        "kind": engine.name,
        "folder": str(unpacked(models.path(archive), models.digest(archive))),
        "vocoder": str(models.path(others[0])) if others else "",
        "model": engine.model,
        "threads": onnx.threads(),
    }
    return Host(engine.name, SCRIPT, MEND, (json.dumps(given),))


def unpacked(archive: Path, digest: str) -> Path:
    """The folder of an archive's files, beside it; unpacked once, whole or not at all."""
    folder = archive.with_name(f"{archive.name.partition('.tar')[0]}-{digest[:12]}")
    if folder.is_dir():
        return folder
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=f".{folder.name}.") as name:
        with tarfile.open(archive) as packed:
            # Regular files below the folder, and nothing else, whatever the archive says.
            packed.extractall(name, filter="data")
        inner = [one for one in Path(name).iterdir() if one.is_dir()]
        if len(inner) != 1:
            raise ModelNotInstalled(f"{archive} does not hold one folder, as published voices do; pull it again")
        with contextlib.suppress(OSError):  # another worker was faster
            inner[0].rename(folder)
    return folder
