"""The voice `espeak-ng`: formant synthesis, a hundred languages, in a process of its own (`espeak_host`).

J. Duddington, R. H. Dunn and others, espeak-ng 1.52 (GPL-3.0-or-later). It sounds like a machine, and
is understood well and fast. A voice is a table of pitch, formants and breath; its pitch is set in Hz,
which is exact. Its own tempos are coarse, so a phrase is said twice where it is not to be said at the
usual one: once to learn how long it takes, and once near the tempo wanted, which the caller then makes exact.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwright.errors import InvalidParameter
from reelwright.kernels import voices
from reelwright.kernels.script import Phrase, Span
from reelwright.kernels.speech_edges import edges
from reelwright.kernels.utterance import Mono, Spoken, Word
from reelwright.kernels.voices import Voice
from reelwright.loading import lazy
from reelwright.models import espeak_sounds
from reelwright.models.host import Host
from reelwright.models.port import Models, Provider

if TYPE_CHECKING:
    from scipy import signal
else:
    signal = lazy("scipy.signal")

NAME = "espeak-ng"
PROVIDER = Provider(NAME, "builtin")
MEND = "`pip install espeakng-loader`, or install the system's package espeak-ng"
SCRIPT = Path(__file__).with_name("espeak_host.py")
WORDS_A_MINUTE = 175
QUICK = {"cmn": 215, "yue": 215, "hak": 215}  # syllables of Chinese are words to it
SLOWEST, FASTEST = 80, 440  # words a minute that it speaks itself
PITCHES = (30.0, 600.0)  # Hz
MIDDLE, OCTAVE = 50, 60.0  # of its scale of pitch; steps of it for an octave, as measured
BREATH = 3  # of its scale, for each step of ours
COLOUR = (1.5, 3.0)  # dB for each step of brightness: the second formant, those above
RUMBLE = 40.0  # Hz: no voice goes below
PINYIN = "cmn-latn-pinyin"
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
MAPPED = {"zh": "cmn", "zh-cn": "cmn", "zh-hans": "cmn", "zh-tw": "cmn", "zh-hant": "cmn", "zh-hk": "yue"}


@dataclass(frozen=True, slots=True)
class Text:
    """What is handed over, and the character at which each span begins."""

    text: str
    starts: Sequence[int]
    sounds: bool


class Espeak:
    """Implements `models.speaking.Speaker`."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def say(self, phrase: Phrase, voice: str, *, pace: float, pitch: float) -> Spoken:
        if ":" in voice:
            told = f"the voice {voice!r} is of another engine than the rest; one engine speaks a whole text, name that"
            raise InvalidParameter(told, field="engine")
        who = voices.find(voice)
        language = self._language(phrase.language, who)
        usual = QUICK.get(language, WORDS_A_MINUTE)
        timbre = timbre_of(who, pitch * phrase.spans[0].pitch)
        slow = self._spoken(phrase, language, timbre, [usual] * len(phrase.spans))
        seconds = [
            (end - start) / slow.rate / (pace * span.pace)
            for start, end, span in zip(slow.at[:-1], slow.at[1:], phrase.spans, strict=True)
        ]
        words = [round(min(max(usual * pace * span.pace, SLOWEST), FASTEST)) for span in phrase.spans]
        near = slow if set(words) == {usual} else self._spoken(phrase, language, timbre, words)
        return Spoken(near.samples, near.rate, near.at, seconds, near.words)

    def languages(self) -> tuple[str, ...]:
        return tuple(self._host.greeting()["languages"])

    def ipa(self, text: str, language: str) -> str:
        """How a text sounds, in letters of the IPA; its marks stay. For voices that read sounds."""
        told = self._host.ask(do="spell", language=language, text=_harmless(text), ipa=True).told
        return str(told["sounds"]).strip()

    def _spoken(self, phrase: Phrase, language: str, timbre: str, words: Sequence[int]) -> Spoken:
        text = self._text(phrase, words)
        answer = self._host.ask(
            do="say", language=language, timbre=timbre, words_a_minute=words[0], text=text.text, sounds=text.sounds
        )
        rate = int(answer.told["rate"])
        samples = _without_offset(np.frombuffer(answer.sound, "<i2").astype(np.float32) / np.float32(32768), rate)
        first, last = edges(samples, rate)
        heard = [(int(sample), int(place)) for sample, place in answer.told["words"]]
        inner = [next((sample for sample, place in heard if place >= start), last) for start in text.starts[1:]]
        at = np.maximum.accumulate(np.clip([first, *inner, last], first, last))
        begins = [int(one) for one in at]
        return Spoken(samples, rate, begins, [], _words(phrase, text, heard, begins))

    def _text(self, phrase: Phrase, words: Sequence[int]) -> Text:
        text, starts = "", []
        for number, (span, pace) in enumerate(zip(phrase.spans, words, strict=True)):
            starts.append(len(text))
            if number:
                text += _tempo(pace) if pace != words[number - 1] else ""
                text += _pitch(span.pitch / phrase.spans[0].pitch) if _changes(phrase.spans, number) else ""
            text += f" [[{self._sounds(span)}]] " if span.alphabet else _harmless(span.text)
        return Text(_ended(text, phrase), starts, any(span.alphabet for span in phrase.spans))

    def _sounds(self, span: Span) -> str:
        if span.alphabet == "pinyin":
            spelt = str(self._host.ask(do="spell", language=PINYIN, text=span.text).told["sounds"])
            if "(en)" in spelt or not spelt.strip():
                raise InvalidParameter(f"{span.text!r} is no pinyin; write it as 'hang2 zhang3'", field="text")
            return spelt
        if span.alphabet == "arpabet":
            return espeak_sounds.from_arpabet(span.text)
        return espeak_sounds.from_ipa(span.text) if span.alphabet == "ipa" else span.text.replace("]", "")

    def _language(self, wanted: str, who: Voice) -> str:
        if wanted in ("zh", "en"):
            return who.chinese if wanted == "zh" else who.latin
        known, asked = self.languages(), wanted.lower().replace("_", "-")
        asked = MAPPED.get(asked, asked)
        for name in (asked, asked.partition("-")[0]):
            if MAPPED.get(name, name) in known:
                return MAPPED.get(name, name)
        near = difflib.get_close_matches(asked, known, n=4, cutoff=0.3)
        told = f"there is no language {wanted!r}; near it are {', '.join(near) or ', '.join(known)}"
        raise InvalidParameter(told, field="language")


def speaker(models: Models) -> Espeak:
    """The one of this worker process, its own process kept warm. `ModelNotInstalled` once it is to speak."""
    return models.warm(NAME, lambda: Espeak(Host(NAME, SCRIPT, MEND)))


def timbre_of(voice: Voice, pitch: float) -> str:
    """The lines of a voice file. Its pitch is `pitch` times the usual."""
    low, high = (min(max(one, PITCHES[0]), PITCHES[1]) for one in voice.range(pitch))
    lines = [f"pitch {round(low)} {round(high)}"]
    for number in range(9):
        size = 1.0 if number == 0 else voice.size
        decibels = 0.0 if number < 2 else voice.bright * COLOUR[number > 2]
        lines.append(f"formant {number} {round(100 * size)} {round(100 * 10 ** (decibels / 20))} 100")
    return "\n".join([*lines, "breath 0" + f" {BREATH * voice.breath}" * 7])


def _without_offset(samples: Mono, rate: int) -> Mono:
    """Its breath comes with a constant beside the noise, which would thump at the edges of a phrase."""
    sections = signal.butter(2, RUMBLE, "highpass", fs=rate, output="sos")
    clean: Mono = np.asarray(signal.sosfilt(sections, samples), np.float32)
    return clean


def _words(phrase: Phrase, text: Text, heard: Sequence[tuple[int, int]], at: Sequence[int]) -> list[Word]:
    """Its words as they are written; sounds that stand for some are one. `heard`: (sample, character) of each."""
    found: list[Word] = []
    for number, (span, start, end) in enumerate(
        zip(phrase.spans, text.starts, [*text.starts[1:], len(text.text)], strict=True)
    ):
        if span.alphabet:
            found.append(Word(span.written, int(at[number])))
            continue
        begins = sorted((place, sample) for sample, place in heard if start <= place < end)
        ends = [place for place, _ in begins[1:]] + [end]
        found += [Word(text.text[place:to], sample) for (place, sample), to in zip(begins, ends, strict=True)]
    return found


def _changes(spans: Sequence[Span], number: int) -> bool:
    return spans[number].pitch != spans[number - 1].pitch


def _tempo(words: int) -> str:
    return f"\x01{words}S"


def _pitch(factor: float) -> str:
    """Its commands for pitch and range: a scale of 0 to 99, 50 being as usual."""
    step = round(min(max(MIDDLE + OCTAVE * log2(factor), 0), 99))
    return f"\x01{step}P\x01{step}R"


def _harmless(text: str) -> str:
    """Without what the program would take for a command."""
    return CONTROLS.sub(" ", text).replace("[[", "[ [")


def _ended(text: str, phrase: Phrase) -> str:
    """A phrase that goes on ends with a comma, so that the voice stays up."""
    if not phrase.goes_on or not text.rstrip() or not text.rstrip()[-1].isalnum():
        return text
    return text.rstrip() + ("，" if phrase.language == "zh" else ",")
