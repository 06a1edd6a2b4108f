"""What is said in a sound, by a recogniser that is played here: passages in, sentences out, in time."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from reelwright.errors import ModelNotInstalled
from reelwright.kernels.transcripts import Heard, Word
from reelwright.media import making
from reelwright.models import hearing, listening
from reelwright.models.port import NoModels, Provider


@dataclass
class Recogniser:
    """Hears one word in each passage, over all of it."""

    words: list[str]
    heard: list[tuple[float, float, str]] = field(default_factory=list)

    def hear(self, passage, language=""):
        self.heard.append((passage.start, passage.end, language))
        word = self.words[len(self.heard) - 1 :][:1]
        told = [Word(one, passage.start + 0.1, passage.end - 0.1, 0.9) for one in word]
        return Heard(told, "en", 0.0)

    def ends(self, words, place):
        return 0.0


@dataclass
class Engine:
    made: Recogniser
    name: str = "played"

    def provider(self, models):
        return Provider(self.name, "model")

    def recogniser(self, models, language, hotwords):
        return self.made


@pytest.fixture
def played(monkeypatch):
    def play(*words):
        recogniser = Recogniser(list(words))
        monkeypatch.setattr(listening, "best", lambda language, models: Engine(recogniser))
        return recogniser

    return play


def sound():
    """Speech from 1 to 4 s and from 8 to 11 s, in blocks of a second."""
    voice = making.speech(3.0, rate=hearing.RATE).clean
    still = np.zeros(hearing.RATE, np.float32)
    whole = np.concatenate([still, voice, np.zeros(4 * hearing.RATE, np.float32), voice, still])
    return iter(np.split(whole, len(whole) // hearing.RATE))


def test_sentences_stand_where_they_are_said(played):
    recogniser = played("hello", "goodbye")
    told = hearing.transcript(sound(), NoModels())
    assert (told.language, told.engine) == ("en", "played")
    assert [one.text.strip(".").lower() for one in told.sentences][: len(recogniser.heard)]
    assert all(0.5 < one.start < one.end < 11.5 for one in told.sentences)
    assert recogniser.heard[0][2] == ""
    assert [language for *_, language in recogniser.heard[1:]] == ["en"] * (len(recogniser.heard) - 1)


def test_silence_has_no_sentences(played):
    recogniser = played("never")
    told = hearing.transcript(iter([np.zeros(5 * hearing.RATE, np.float32)]), NoModels())
    assert (told.sentences, told.language) == ((), "")
    assert not recogniser.heard


def test_what_is_no_number_does_no_harm(played):
    played("hello", "again", "more")
    spoilt = (np.where(np.arange(len(block)) == 7, np.nan, block).astype(np.float32) for block in sound())
    assert hearing.transcript(spoilt, NoModels()).sentences


def test_it_can_be_stopped_at_every_passage(played):
    played("hello")

    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hearing.transcript(sound(), NoModels(), check=stop)


def test_a_language_that_nothing_installed_knows_is_told():
    with pytest.raises(ModelNotInstalled, match="models pull"):
        hearing.transcript(sound(), NoModels(), language="zh")
