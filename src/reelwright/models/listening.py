"""Who turns speech into words: the recognisers, which of them are installed, and the best one for a language.

The built-in tier is PocketSphinx, for English. Whisper (`models.whisper`), SenseVoice and Paraformer
(`models.sherpa_asr`) need a package and weights; what is missing is told with the command that brings it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from reelwright.errors import InvalidParameter, ModelNotInstalled
from reelwright.kernels.transcripts import Recogniser
from reelwright.models import sherpa_asr, sphinx, whisper
from reelwright.models.port import Models, Provider

AUTO = "auto"


class Engine(Protocol):
    """One way to recognise speech. `pull`: what `reelwright models pull` is to be given."""

    @property
    def name(self) -> str: ...

    @property
    def pull(self) -> str: ...

    @property
    def takes_hotwords(self) -> bool: ...

    def speaks(self, language: str) -> bool: ...

    def is_installed(self, models: Models) -> bool:
        """Are package and weights there? Imports nothing."""
        ...

    def provider(self, models: Models) -> Provider:
        """What a run is made with; `ModelNotInstalled` says what is missing."""
        ...

    def recogniser(self, models: Models, language: str, hotwords: Mapping[str, float]) -> Recogniser: ...


@dataclass(frozen=True, slots=True)
class Sphinx:
    name: str = sphinx.NAME
    pull: str = ""
    takes_hotwords: bool = True

    def speaks(self, language: str) -> bool:
        return language == sphinx.LANGUAGE

    def is_installed(self, models: Models) -> bool:
        return True

    def provider(self, models: Models) -> Provider:
        return Provider(self.name, "builtin")

    def recogniser(self, models: Models, language: str, hotwords: Mapping[str, float]) -> Recogniser:
        return sphinx.recogniser(models, hotwords)


BUILTIN = Sphinx()
# Best first: of the Chinese ones SenseVoice makes fewer mistakes than Whisper small, and is ten times as fast.
ENGINES: tuple[Engine, ...] = (sherpa_asr.SENSEVOICE, whisper.WHISPER, sherpa_asr.PARAFORMER, BUILTIN)
BY_NAME = {engine.name: engine for engine in ENGINES}
OWN_BEST = ("zh", "yue", "ja", "ko")
"""Languages that SenseVoice is made for; for all others Whisper comes first."""


def best(language: str, models: Models, *, engine: str = AUTO) -> Engine:
    """The engine asked for, or the best one that is installed and speaks the language (`auto` for any).

    `ModelNotInstalled` names what would mend it; `InvalidParameter` if the engine asked for cannot ever do it.
    """
    if engine != AUTO:
        wanted = BY_NAME[engine]
        if language != AUTO and not wanted.speaks(language):
            able = ", ".join(one.name for one in ENGINES if one.speaks(language)) or "none"
            raise InvalidParameter(
                f"the engine {engine!r} does not know the language {language!r}; those that do: {able}", field="engine"
            )
        return wanted
    for one in _in_order(language):
        if one.is_installed(models) and (language == AUTO or one.speaks(language)):
            return one
    raise missing(language)


def missing(language: str) -> ModelNotInstalled:
    """Says which weights and package would serve the language."""
    able = [one for one in _in_order(language) if one.pull and (language == AUTO or one.speaks(language))]
    if not able:
        return ModelNotInstalled(f"no recogniser that reelwright knows speaks {language!r}", field="language")
    first, *others = able
    also = f" (or: {', '.join(one.pull for one in others)})" if others else ""
    shown = "other languages than English" if language == AUTO else f"the language {language!r}"
    return ModelNotInstalled(
        f"{shown}: no installed recogniser knows it; `reelwright models pull {first.pull}`{also} "
        "and `pip install 'reelwright[speech]'` bring one",
        field="language",
    )


def _in_order(language: str) -> tuple[Engine, ...]:
    if language in OWN_BEST:
        return ENGINES
    return (whisper.WHISPER, sherpa_asr.SENSEVOICE, sherpa_asr.PARAFORMER, BUILTIN)
