"""What is to be said, in order: a text cut into sentences, and these into phrases of one voice and language.

A sentence ends at its mark (。！？；!?… or a full stop that is none of an abbreviation, a number or an
initial) and at a line's end, unless the next line goes on in small letters. The language of a sentence
is told by its letters: kana before Han before Latin; within Chinese, Latin words are no sentence of
their own, for voices can read both. Tempo, pitch and loudness may change inside a phrase (`Span`); voice,
language and a pause begin another one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from reelwright.kernels import readings

SENTENCE_PAUSE, PARAGRAPH_PAUSE = 0.35, 0.7  # seconds at the usual tempo
LONGEST = 400  # characters said in one breath: what has no full stop by then is cut at a comma

ENDS = re.compile(
    # A full stop ends where a blank or a bracket follows, or Chinese after a Latin word.
    r"(?:[。！？!?；…]+|\.{2,}|\.(?=[\s\"'”’)\]」』]|$)|(?<=[A-Za-z])\.(?=[\u3400-\u9fff])|\n\s*\n"
    r"|\n(?!\s*['\"]?[a-z]))"
    r"[\"'”’)\]」』）]*\s*"
)
ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'])(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|No|Vol|Fig|Jr|Sr|Inc|Ltd|Co|Gen|[A-Z])\.\s*$"
)
COMMAS = re.compile(r"[，,、：:;—\s]")
PARAGRAPH = re.compile(r"\n\s*\n")
SCRIPTS = (  # the first whose letters occur; names as in BCP 47
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\u1100-\u11ff\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
LATIN = "en"
SOUNDS_OF = {"pinyin": "zh", "arpabet": "en"}  # alphabets that hold the sounds of one language only


@dataclass(frozen=True, slots=True)
class Style:
    """How a part is to be said; None is what the whole is said with. Factors multiply; 1 is as usual."""

    voice: str | None = None
    language: str | None = None
    pace: float = 1.0
    pitch: float = 1.0
    gain: float = 1.0


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Run:
    """A part of one style. `said` stands for the written `text` where it is not None: it is never cut.

    With an `alphabet` what is said are sounds in it.
    """

    text: str
    style: Style = PLAIN
    said: str | None = None
    alphabet: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence of just this length. Seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Stop:
    """The end of a sentence, whatever the marks say."""

    paragraph: bool = False


Mark = Run | Pause | Stop


@dataclass(frozen=True, slots=True)
class Span:
    """Said at one tempo, pitch and loudness. With an `alphabet` the text is sounds that stand for what is `written`."""

    text: str
    pace: float = 1.0
    pitch: float = 1.0
    gain: float = 1.0
    alphabet: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One voice, one language, one breath. `pause`: seconds of silence before it, inside a sentence."""

    spans: tuple[Span, ...]
    voice: str | None
    language: str
    pause: float = 0.0
    goes_on: bool = False
    """Something of the same sentence follows: the voice must not fall."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`pause`: exact seconds of silence before it, or None for the usual one."""

    text: str
    phrases: tuple[Phrase, ...]
    paragraph: bool = False
    """Is it the first of a paragraph?"""
    pause: float | None = None


def plain(text: str) -> tuple[Mark, ...]:
    return (Run(text),)


def language_of(text: str) -> str:
    """By the letters: `en` for anything in Latin ones."""
    return next((name for name, letters in SCRIPTS if letters.search(text)), LATIN)


def sentences(marks: Iterable[Mark], language: str | None = None) -> tuple[Sentence, ...]:
    """Those that hold something to say. `language` is for what names none; without one the letters tell."""
    found: list[Sentence] = []
    lead: float | None = None
    paragraph = False
    for pieces, starts_paragraph in _parted(marks):
        paragraph = paragraph or starts_paragraph
        head = [one.seconds for one in pieces if isinstance(one, Pause)]
        if not any(isinstance(one, Run) and _is_speakable(one) for one in pieces):
            lead = (lead or 0.0) + sum(head) if head else lead
            continue
        one, tail = _sentence(pieces, lead, language)
        found.append(replace(one, paragraph=paragraph and bool(found)))
        lead, paragraph = tail, False
    return tuple(found)


def trailing_pause(marks: Sequence[Mark]) -> float:
    """Seconds of silence asked for after the last word."""
    seconds = 0.0
    for mark in reversed(marks):
        if isinstance(mark, Pause):
            seconds += mark.seconds
        elif isinstance(mark, Run) and _is_speakable(mark):
            break
    return seconds


def _said(run: Run) -> str:
    return run.text if run.said is None else run.said


def _is_speakable(run: Run) -> bool:
    return bool(run.alphabet) or any(letter.isalnum() for letter in _said(run))


def _parted(marks: Iterable[Mark]) -> Iterator[tuple[list[Run | Pause], bool]]:
    """The runs and pauses of each sentence, and whether it is the first of a paragraph."""
    held: list[Run | Pause] = []
    paragraph = False
    for mark in marks:
        if isinstance(mark, Stop):
            yield held, paragraph
            held, paragraph = [], mark.paragraph
        elif isinstance(mark, Pause) or mark.said is not None:
            held.append(mark)
        else:
            for text, ends in _cut(mark.text):
                held.append(replace(mark, text=text))
                if ends:
                    yield held, paragraph
                    held, paragraph = [], bool(PARAGRAPH.search(text))
    yield held, paragraph


def _cut(text: str) -> Iterator[tuple[str, bool]]:
    """Parts of a text, and whether a sentence ends with each."""
    start = 0
    for end in ENDS.finditer(text):
        before = text[start : end.end()]
        if end.group().startswith(".") and ABBREVIATION.search(before) and end.end() < len(text):
            continue
        yield from _breaths(before, ends=True)
        start = end.end()
    if start < len(text):
        yield from _breaths(text[start:], ends=False)


def _breaths(text: str, *, ends: bool) -> Iterator[tuple[str, bool]]:
    while len(text) > LONGEST:
        commas = [one.end() for one in COMMAS.finditer(text, 0, LONGEST)]
        at = commas[-1] if commas else LONGEST
        yield text[:at], True
        text = text[at:]
    yield text, ends


def _sentence(pieces: Sequence[Run | Pause], lead: float | None, language: str | None) -> tuple[Sentence, float | None]:
    """And the pause that was asked for after it."""
    text = "".join(one.text for one in pieces if isinstance(one, Run))
    phrases: list[Phrase] = []
    waited: float | None = lead
    for is_pause, group in groupby(pieces, lambda one: isinstance(one, Pause)):
        if is_pause:
            waited = (waited or 0.0) + sum(one.seconds for one in group if isinstance(one, Pause))
            continue
        for phrase in _phrases([one for one in group if isinstance(one, Run)], language):
            phrases.append(replace(phrase, pause=(waited or 0.0) if phrases else 0.0))
            lead, waited = (lead if phrases[1:] else waited), None
    last = len(phrases) - 1
    going = (replace(one, goes_on=number < last) for number, one in enumerate(phrases))
    return Sentence(" ".join(text.split()), tuple(going), pause=lead), waited


def _phrases(runs: Sequence[Run], given: str | None) -> Iterator[Phrase]:
    usual = {
        voice: language_of("".join(_said(one) for one in runs if one.style.voice == voice and not one.alphabet))
        for voice in {one.style.voice for one in runs}
    }

    def spoken_in(run: Run) -> tuple[str | None, str]:
        style = run.style
        return style.voice, style.language or SOUNDS_OF.get(run.alphabet) or given or usual[style.voice]

    for (voice, language), group in groupby(runs, spoken_in):
        spans = tuple(_spans(group, language))
        if spans:
            yield Phrase(spans, voice, language)


def _spans(runs: Iterable[Run], language: str) -> Iterator[Span]:
    """Neighbours of one style joined; what has no sound of its own goes with the one before."""
    held: Span | None = None
    for run in runs:
        style = run.style
        said = readings.read(run.text, language.partition("-")[0].lower()) if run.said is None else run.said
        span = Span(said, style.pace, style.pitch, style.gain, run.alphabet, run.text if run.alphabet else "")
        alike = held is not None and replace(held, text="") == replace(span, text="")
        if held and not held.alphabet and (alike or not _is_speakable(run)):
            held = replace(held, text=held.text + said)
        else:
            if held:
                yield held
            held = span if _is_speakable(run) else None
    if held:
        yield held
