"""What is said in a sound, for operators that need it beside other things: sentences with their times.

The same recognisers, and the same care not to make words up, as `speech.transcribe`; without hot words, word times
and resuming, which only that operator has.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import transcripts
from reelwright.kernels.passages import Cutter, Passage
from reelwright.kernels.transcripts import Sentence, Word
from reelwright.models import listening
from reelwright.models.port import Models
from reelwright.models.silero import RATE, Silero

__all__ = ["RATE", "Transcript", "transcript"]

Mono = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Transcript:
    """`language`: what is spoken, empty if no word was told. `engine`: what recognised it."""

    sentences: tuple[Sentence, ...]
    language: str
    engine: str


def transcript(
    sound: Iterator[Mono],
    models: Models,
    *,
    language: str = listening.AUTO,
    most: int | None = None,
    check: Callable[[], None] = lambda: None,
) -> Transcript:
    """The sentences of a sound that comes in blocks, float32 [n] at 16 kHz.

    `most`: words of a sentence. `check` is called for every passage; it may raise to stop. ModelNotInstalled if no
    installed recogniser knows the language.
    """
    engine = listening.best(language, models)
    is_builtin = engine.provider(models).tier == "builtin"
    recogniser = engine.recogniser(models, language, {})
    # A model that knows songs may write them down; the built-in one would make words up.
    cutter = Cutter(Silero(), lambda span: span.is_talk if is_builtin else span.is_likely)
    words, spoken = list[Word](), "" if language == listening.AUTO else language
    for passage in _passages(cutter, sound):
        check()
        heard = recogniser.hear(passage, spoken)
        words += heard.words
        spoken = spoken or (heard.language if heard.words else "")
    marked = any(word.text[-1:] in transcripts.MARKS for word in words)
    told = transcripts.sentences(words, most=most, ends=recogniser.ends if marked else None)
    return Transcript(tuple(told if marked else transcripts.punctuated(told)), spoken, engine.name)


def _passages(cutter: Cutter, sound: Iterator[Mono]) -> Iterator[Passage]:
    for block in sound:
        # A file of floats may hold what is no number; the detector remembers, and would stay deaf for good.
        yield from cutter.push(np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0))
    yield from cutter.flush()
