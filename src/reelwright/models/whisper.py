"""Whisper by faster-whisper (CTranslate2): a hundred languages, with punctuation and the times of words (MIT).

A. Radford et al., "Robust speech recognition via large-scale weak supervision", 2022. On a GPU in half
precision, else in 8-bit integers. It needs the package `faster-whisper` (`pip install 'reelwright[speech]'`), which is
imported only when a run asks for it, and the weights of one size; of several the largest is taken. Nothing is
fetched: the files come from the models folder, digests verified.

Whisper fills silence and noise with what its training heard there. It hears passages of speech only, one temperature
(so the same sound gives the same words), and what it repeats or is not sure of is told as doubtful.
"""

import importlib.util
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.errors import ModelNotInstalled
from reelwright.kernels.passages import Passage
from reelwright.kernels.transcripts import Heard, Recogniser, Word, by_marks
from reelwright.loading import lazy
from reelwright.models.port import Models, Provider

if TYPE_CHECKING:
    ctranslate2: Any
    faster_whisper: Any
else:
    ctranslate2, faster_whisper = lazy("ctranslate2"), lazy("faster_whisper")

NAME = "whisper"
PACKAGES = ("faster_whisper",)
SHARED = {"tokenizer.json": "whisper_tokenizer", "vocabulary.txt": "whisper_vocabulary"}
TURBO = {
    "tokenizer.json": "whisper_turbo_tokenizer",
    "vocabulary.json": "whisper_turbo_vocabulary",
    "preprocessor_config.json": "whisper_turbo_features",
}
# Largest first. File in the folder that the library reads -> name in the catalogue.
SIZES: Mapping[str, Mapping[str, str]] = {
    "whisper_turbo": {"model.bin": "whisper_turbo_model", "config.json": "whisper_turbo_config", **TURBO},
    **{
        f"whisper_{size}": {"model.bin": f"whisper_{size}_model", "config.json": f"whisper_{size}_config", **SHARED}
        for size in ("small", "base", "tiny")
    },
}
USUAL = "whisper_small"
CODES = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id "
    "is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd "
    "si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo zh yue"
)
LANGUAGES = frozenset(CODES.split())
BEAM = 5
MOST_REPEATED = 2.4  # bytes a byte of zlib: Whisper's own bound of text that goes round in circles
LEAST_SURE = -1.0  # mean ln of a token, its own bound too
MOST_SILENT = 0.6
HOTWORDS_HELD = 220  # of the 224 tokens that a prompt may have; a word has one at least


@dataclass(frozen=True, slots=True)
class Whisper:
    name: str = NAME
    pull: str = USUAL
    takes_hotwords: bool = True

    def speaks(self, language: str) -> bool:
        return language in LANGUAGES

    def is_installed(self, models: Models) -> bool:
        return not _missing() and size(models) is not None

    def provider(self, models: Models) -> Provider:
        found = size(models)
        if found is None:
            raise ModelNotInstalled(
                f"no weights of Whisper are installed; `reelwright models pull {USUAL}` gets them "
                f"(or one of {', '.join(SIZES)})"
            )
        if _missing():
            raise ModelNotInstalled(
                "the engine 'whisper' needs the package faster-whisper: pip install 'reelwright[speech]'"
            )
        return Provider(found, "model", {one: models.digest(one) for one in SIZES[found].values()})

    def recogniser(self, models: Models, language: str, hotwords: Mapping[str, float]) -> Recogniser:
        name = self.provider(models).name
        model = models.warm(name, lambda: loaded({file: models.path(one) for file, one in SIZES[name].items()}))
        return Listener(model, language, hotwords)


WHISPER = Whisper()


def size(models: Models) -> str | None:
    """The largest size whose files are all there."""
    return next((name for name, files in SIZES.items() if all(map(models.installed, files.values()))), None)


def _missing() -> list[str]:
    return [one for one in PACKAGES if importlib.util.find_spec(one) is None]


def loaded(files: Mapping[str, Path]) -> Any:
    """The library's model of these files, which lie anywhere; name in its folder -> file."""
    on_gpu = ctranslate2.get_cuda_device_count() > 0
    with tempfile.TemporaryDirectory(prefix="reelwright-whisper-") as folder:
        for name, file in files.items():
            (Path(folder) / name).symlink_to(file.resolve())
        return faster_whisper.WhisperModel(
            folder,
            device="cuda" if on_gpu else "cpu",
            compute_type="float16" if on_gpu else "int8",
            local_files_only=True,
        )


class Listener:
    """Implements `kernels.transcripts.Recogniser`. The language of the first passage holds for all that follow."""

    def __init__(self, model: Any, language: str, hotwords: Mapping[str, float]) -> None:
        self._model = model
        self._language = language if language in LANGUAGES else None
        # Whisper takes them as text that went before: all the same, the heaviest first, none that is to be kept out.
        wanted = sorted((word for word, weight in hotwords.items() if weight > 0), key=lambda word: -hotwords[word])
        self._hotwords = ", ".join(wanted[:HOTWORDS_HELD]) or None

    def hear(self, passage: Passage, language: str = "") -> Heard:
        segments, about = self._model.transcribe(
            passage.samples,
            language=self._language or language or None,
            beam_size=BEAM,
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=False,
            hotwords=self._hotwords,
            no_speech_threshold=MOST_SILENT,
            log_prob_threshold=LEAST_SURE,
        )
        words: list[Word] = []
        doubtful = 0.0
        for one in segments:
            if one.compression_ratio > MOST_REPEATED or one.avg_logprob < LEAST_SURE:
                doubtful += one.end - one.start
            else:
                words += _words(one.words or (), passage)
        return Heard(tuple(words), str(about.language), doubtful)

    def ends(self, words: Sequence[Word], place: int) -> float:
        return by_marks(words, place)


def _words(told: Iterable[Any], passage: Passage) -> Iterator[Word]:
    """Times within the passage; a word that begins without a space belongs to the one before."""
    for one in told:
        text = one.word.strip()
        if text:
            start = passage.start + float(one.start)
            end = min(passage.end, passage.start + float(one.end))
            yield Word(text, min(start, end), end, float(one.probability), not one.word.startswith(" "))
