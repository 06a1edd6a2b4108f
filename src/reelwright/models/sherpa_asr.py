"""SenseVoice and Paraformer by sherpa-onnx: Mandarin first of all; many times real time on a CPU (Apache-2.0).

K. An et al., "FunAudioLLM: voice understanding and generation foundation models", 2024 (SenseVoice: Mandarin,
Cantonese, English, Japanese, Korean, told apart by itself); Z. Gao et al., "Paraformer", Interspeech 2022
(Mandarin, with English words). They need the package `sherpa-onnx` (`pip install 'reelwright[speech]'`), imported
only when a run asks for it; weights come from the models folder, digests verified.
"""

import importlib.util
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reelwright.errors import ModelNotInstalled
from reelwright.kernels.passages import Passage
from reelwright.kernels.transcripts import MARKS, Heard, Recogniser, Word, by_marks
from reelwright.kernels.voice_activity import RATE
from reelwright.loading import lazy
from reelwright.models.port import Models, Provider

if TYPE_CHECKING:
    sherpa_onnx: Any
else:
    sherpa_onnx = lazy("sherpa_onnx")

PACKAGES = ("sherpa_onnx",)
AUTO = "auto"
LONGEST_TOKEN = 0.6  # seconds: a character before a pause is not as long as the pause
SPACE, JOINED = "▁", "@@"  # a piece that begins a word, by sentencepiece; one that its word goes on after, by BPE


@dataclass(frozen=True, slots=True)
class Sherpa:
    """One model. `files`: its argument in the library's factory -> name in the catalogue."""

    name: str
    pull: str
    languages: tuple[str, ...]
    files: Mapping[str, str]
    factory: str
    tells_language: bool = False
    takes_hotwords: bool = False

    def speaks(self, language: str) -> bool:
        return language in self.languages

    def is_installed(self, models: Models) -> bool:
        return not _missing() and all(map(models.installed, self.files.values()))

    def provider(self, models: Models) -> Provider:
        if not all(map(models.installed, self.files.values())):
            raise ModelNotInstalled(
                f"the weights of {self.name} are not installed; `reelwright models pull {self.pull}` gets them"
            )
        if _missing():
            raise ModelNotInstalled(
                f"the engine {self.name!r} needs the package sherpa-onnx: pip install 'reelwright[speech]'"
            )
        return Provider(self.name, "model", {one: models.digest(one) for one in self.files.values()})

    def recogniser(self, models: Models, language: str, hotwords: Mapping[str, float]) -> Recogniser:
        self.provider(models)
        given: dict[str, Any] = {argument: str(models.path(one)) for argument, one in self.files.items()}
        tongue = language if language in self.languages else AUTO
        if self.tells_language:
            given |= {"language": tongue, "use_itn": True}
        make = getattr(sherpa_onnx.OfflineRecognizer, self.factory)
        inner = models.warm(f"{self.name}-{tongue}", lambda: make(**given))
        return Listener(inner, self.languages[0] if tongue == AUTO else tongue)


SENSEVOICE = Sherpa(
    "sensevoice",
    "sensevoice",
    ("zh", "en", "ja", "ko", "yue"),
    {"model": "sensevoice_model", "tokens": "sensevoice_tokens"},
    "from_sense_voice",
    tells_language=True,
)
PARAFORMER = Sherpa(
    "paraformer",
    "paraformer",
    ("zh",),
    {"paraformer": "paraformer_model", "tokens": "paraformer_tokens"},
    "from_paraformer",
)


def _missing() -> list[str]:
    return [one for one in PACKAGES if importlib.util.find_spec(one) is None]


class Listener:
    """Implements `kernels.transcripts.Recogniser`. `language`: what is told where the model does not say it."""

    def __init__(self, inner: Any, language: str) -> None:
        self._inner, self._language = inner, language

    def hear(self, passage: Passage, language: str = "") -> Heard:
        stream = self._inner.create_stream()
        stream.accept_waveform(RATE, passage.samples)
        self._inner.decode_stream(stream)
        told = stream.result
        tokens, times = list(told.tokens), list(told.timestamps)
        if len(times) != len(tokens):
            times = spread(len(tokens), passage)
        # SenseVoice writes `<|zh|>`.
        tongue = str(getattr(told, "lang", "")).strip("<|>") or self._language
        return Heard(tuple(words_of(tokens, times, passage)), tongue)

    def ends(self, words: Sequence[Word], place: int) -> float:
        return by_marks(words, place)


def spread(count: int, passage: Passage) -> list[float]:
    """Starts of tokens whose model tells no times: evenly over the spans, in seconds from the passage's start."""
    lengths = [one.end - one.start for one in passage.spans]
    ends = list(itertools.accumulate(lengths))
    starts = []
    for number in range(count):
        at = ends[-1] * number / count
        place = next(place for place, end in enumerate(ends) if at < end)
        starts.append(passage.spans[place].start - passage.start + at - (ends[place] - lengths[place]))
    return starts


def words_of(tokens: Sequence[str], starts: Sequence[float], passage: Passage) -> list[Word]:
    """Tokens as words: pieces are put together, marks are put to the word before, characters stay single."""
    ends = [*starts[1:], passage.end - passage.start]
    has_spaces = any(token.startswith((SPACE, " ")) for token in tokens)
    found: list[Word] = []
    before = ""
    for token, start, end in zip(tokens, starts, ends, strict=True):
        text = token.replace(SPACE, " ").removesuffix(JOINED).strip()
        until = passage.start + min(end, start + LONGEST_TOKEN)
        if found and text and text in MARKS:
            found[-1] = replace(found[-1], text=found[-1].text + text)
        elif found and text and _goes_on(before, token, has_spaces):
            found[-1] = replace(found[-1], text=found[-1].text + text, end=until)
        elif text and text not in MARKS:
            found.append(Word(text, passage.start + start, until, glued=not _is_latin(text)))
        before = token
    return found


def _goes_on(before: str, token: str, has_spaces: bool) -> bool:
    """Is the token a piece of the word that the one before it began?"""
    if before.endswith(JOINED):
        return True
    pieces = _is_latin(before.strip(f"{SPACE} ")) and _is_latin(token.strip())
    return has_spaces and pieces and not token.startswith((SPACE, " "))


def _is_latin(text: str) -> bool:
    """Of a script that parts words by spaces: letters, digits and what stands in words."""
    return bool(text) and all(one < "\u2e80" for one in text) and text not in MARKS
