"""What speaks: the port of all voices, built in or learnt, and a narrator who reads whole sentences with one."""

from dataclasses import dataclass
from typing import Protocol

from reelwright.kernels.script import Phrase, Sentence
from reelwright.kernels.utterance import Spoken, Utterance, finished, joined

SWITCH = 0.08  # seconds between two languages or voices of one sentence


class Speaker(Protocol):
    def say(self, phrase: Phrase, voice: str, *, pace: float, pitch: float) -> Spoken:
        """The phrase by that voice, `pace` times as fast as usual and `pitch` times as high.

        `InvalidParameter` if it does not know the voice or the language; nothing spoken is an empty sound.
        """
        ...


@dataclass(frozen=True, slots=True)
class Narrator:
    """Reads sentences at `rate` Hz. `voice` is for what names none of its own; `pace` and `pitch` are factors."""

    speaker: Speaker
    rate: int
    voice: str
    pace: float = 1.0
    pitch: float = 1.0

    def read(self, sentence: Sentence, *, pace: float = 1.0) -> Utterance:
        """The sentence `pace` times as fast as usual. Pauses that were asked for stay as they are."""
        return joined(
            (self._said(phrase, pace), round(self.rate * (phrase.pause or SWITCH / (self.pace * pace))))
            for phrase in sentence.phrases
        )

    def _said(self, phrase: Phrase, pace: float) -> Utterance:
        spoken = self.speaker.say(phrase, phrase.voice or self.voice, pace=self.pace * pace, pitch=self.pitch)
        return finished(spoken, [span.gain for span in phrase.spans], self.rate)
