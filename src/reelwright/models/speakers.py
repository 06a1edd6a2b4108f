"""Which voices there are, and what speaks with them: built in, or of a model that is installed."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reelwright.errors import InvalidParameter
from reelwright.kernels import voices
from reelwright.models import espeak, sherpa
from reelwright.models.port import Models, Provider
from reelwright.models.speaking import Speaker

BEST_FIRST = ("kokoro",)
"""What `auto` takes for the vendor's names. An engine of one voice is not among them: all names would be one."""


class ModelVoice(NamedTuple):
    """A voice of an installed model, by the name that `speak` takes."""

    name: str
    engine: str


def check(voice: str) -> None:
    """Can there be such a voice? `InvalidParameter` lists near names. Whether a model is installed is not looked at."""
    engine, colon, _ = voice.strip().lower().partition(":")
    if not colon:
        voices.find(voice)
    elif engine not in sherpa.ENGINES:
        known = ", ".join(sherpa.ENGINES)
        raise InvalidParameter(f"the voice {voice!r} is of an engine {engine!r}; known are {known}", field="voice")
    else:
        sherpa.ENGINES[engine].number_of(voice)


def provider(voice: str, engine: str, languages: Iterable[str], models: Models) -> Provider:
    """What a run is made with; `ModelNotInstalled` says what is missing and how to get it.

    `languages`: all that are to be spoken; `auto` takes only what speaks them all.
    """
    named = voice.strip().lower().partition(":")[0] if ":" in voice else ""
    if named and engine not in ("auto", named):
        raise InvalidParameter(
            f"engine is {engine!r}, but the voice {voice!r} is of {named!r}; name one", field="engine"
        )
    wanted = named or engine
    if wanted == "auto":
        spoken = {one.lower().partition("-")[0] for one in languages}
        best = (sherpa.ENGINES[name] for name in BEST_FIRST)
        wanted = next((one.name for one in best if spoken <= one.languages and one.is_installed(models)), espeak.NAME)
    return espeak.PROVIDER if wanted == espeak.NAME else sherpa.ENGINES[wanted].provider(models)


def speaker(made_by: Provider, models: Models) -> Speaker:
    return espeak.speaker(models) if made_by.name == espeak.NAME else sherpa.speaker(made_by.name, models)


def is_model_best(models: Models) -> bool:
    """Does `auto` take a model for the vendor's names?"""
    return any(sherpa.ENGINES[name].is_installed(models) for name in BEST_FIRST)


def installed(models: Models) -> Iterator[ModelVoice]:
    """The voices of all models that are there."""
    for engine in sherpa.ENGINES.values():
        if engine.is_installed(models):
            yield from (ModelVoice(f"{engine.name}:{name}", engine.name) for name in engine.voices)
