"""Subtitles whose words have times of their own: karaoke tags of ASS, time stamps inside WebVTT, transcripts in JSON.

A `Spoken` is a cue with the times of its words. Where a file tells none (SRT, or any cue without them) the cue's time
is shared out among its words by their letters.
"""

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.errors import BadMedia
from reelwright.kernels.reading import EAST
from reelwright.loading import lazy
from reelwright.media import subtitles
from reelwright.media.subtitles import Cue

if TYPE_CHECKING:
    import pysubs2
else:
    pysubs2 = lazy("pysubs2")

CENTI = 100  # units of ASS in a second
KARAOKE = re.compile(r"\{[^}]*?\\(?:kf|ko|k|K)(\d+)[^}]*\}")
TAGS = re.compile(r"\{[^}]*\}")
BREAK = re.compile(r"\\[Nn]")
CLOCK = r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{3})"
SPAN = re.compile(rf"^{CLOCK}\s+-->\s+{CLOCK}")
INSIDE = re.compile(rf"<{CLOCK}>")
MARKUP = re.compile(r"</?[a-zA-Z][^>]*>")
UNIT = re.compile(rf"[{EAST}][^\w\s{EAST}]*|[^\s{EAST}]+")
"""What is said and lit at once: a Western word, or an Eastern letter, with the marks after it."""


@dataclass(frozen=True, slots=True)
class Word:
    """Letters of a cue said in [start, end), seconds; `letters` counts those that are no blanks."""

    start: float
    end: float
    letters: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """A cue; its words cover all its letters, in order. `timed`: the file told their times."""

    cue: Cue
    words: tuple[Word, ...]
    timed: bool = False


def read(path: str | Path) -> list[Spoken]:
    """Of an SRT, WebVTT, ASS or JSON (`speech.transcribe`) file in UTF-8, in order of time. `BadMedia` for others.

    A file of nothing has no cue: where nobody spoke that is what is written.
    """
    path = Path(path)
    head = path.read_bytes()[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    try:
        if not head:
            found = list[Spoken]()
        elif head.startswith(b"{"):
            found = _transcript(path)
        elif head.startswith(b"WEBVTT"):
            found = _webvtt(path.read_text(encoding="utf-8-sig"))
        elif head.startswith(b"["):
            found = _ass(path)
        else:
            found = [shared(cue) for cue in subtitles.read(path)]
    except UnicodeDecodeError as error:
        raise BadMedia(f"{path.name} is not written in UTF-8 ({error}); save it so") from error
    kept = [one for one in found if one.cue.text.strip() and one.cue.end > one.cue.start]
    return sorted(kept, key=lambda one: (one.cue.start, one.cue.end))


def shared(cue: Cue) -> Spoken:
    """The cue's time shared out among its words by their letters."""
    counts = [len(one) for one in UNIT.findall(cue.text)]
    whole, done, words = sum(counts) or 1, 0, list[Word]()
    for count in counts:
        at, end = (cue.start + (cue.end - cue.start) * one / whole for one in (done, done + count))
        words.append(Word(at, end, count))
        done += count
    return Spoken(cue, tuple(words))


def letters(text: str) -> int:
    """Those that are no blanks."""
    return sum(not one.isspace() for one in text)


def _told(cue: Cue, parts: Iterable[tuple[float, float, str]]) -> Spoken:
    """Parts of the text with their times; what says nothing goes with what is before it."""
    words = list[Word]()
    for start, end, text in parts:
        count = letters(text)
        if count:
            words.append(Word(start, max(start, end), count))
    missing = letters(cue.text) - sum(one.letters for one in words)
    return Spoken(cue, tuple(words), timed=True) if words and not missing else shared(cue)


# ---- JSON


def _transcript(path: Path) -> list[Spoken]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        return [_sentence(one) for one in document["sentences"]]
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadMedia(
            f"{path.name} is no transcript: it needs sentences with text, start and end ({error}); "
            "give the JSON file of speech.transcribe"
        ) from error


def _sentence(one: dict[str, Any]) -> Spoken:
    cue = Cue(float(one["start"]), float(one["end"]), str(one["text"]))
    parts = [(float(word["start"]), float(word["end"]), str(word["text"])) for word in one.get("words") or ()]
    return _told(cue, _with_marks(cue.text, parts))


def _with_marks(text: str, parts: Sequence[tuple[float, float, str]]) -> list[tuple[float, float, str]]:
    """The words with the marks that the sentence has after them; nothing where they are not its words."""
    made, at = list[tuple[float, float, str]](), 0
    for number, (start, end, word) in enumerate(parts):
        place = text.lower().find(word.strip().lower(), at)
        if place < 0:
            return []
        if made:
            made[-1] = (*made[-1][:2], made[-1][2] + text[at:place])
        first = 0 if number == 0 else place
        at = place + len(word.strip())
        made.append((start, end, text[first:at]))
    if made:
        made[-1] = (*made[-1][:2], made[-1][2] + text[at:])
    return made


# ---- WebVTT


def _webvtt(text: str) -> list[Spoken]:
    found = list[Spoken]()
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        place = next((number for number, line in enumerate(lines[:2]) if SPAN.match(line)), None)
        if place is None:
            continue
        span = SPAN.match(lines[place])
        assert span is not None  # it was found
        start, end = _seconds(span.groups()[:4]), _seconds(span.groups()[4:])
        found.append(_marked("\n".join(lines[place + 1 :]), start, end))
    return found


def _marked(payload: str, start: float, end: float) -> Spoken:
    parts, times, at = list[str](), [start], 0
    for mark in INSIDE.finditer(payload):
        parts.append(_plain(payload[at : mark.start()]))
        times.append(_seconds(mark.groups()))
        at = mark.end()
    parts.append(_plain(payload[at:]))
    cue = Cue(start, end, "".join(parts).strip())
    if len(parts) == 1:
        return shared(cue)
    return _told(cue, zip(times, [*times[1:], end], parts, strict=True))


def _plain(text: str) -> str:
    return html.unescape(MARKUP.sub("", text))


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, millis = (int(one or 0) for one in parts)
    return 3600 * hours + 60 * minutes + seconds + millis / 1000


# ---- ASS


def _ass(path: Path) -> list[Spoken]:
    try:
        file = pysubs2.load(str(path), encoding="utf-8-sig")
    except pysubs2.Pysubs2Error as error:
        raise BadMedia(f"{path.name} is no SRT, WebVTT, ASS or JSON file: {error}") from error
    return [_sung(Cue(one.start / 1000, one.end / 1000, one.plaintext), one.text) for one in file if not one.is_comment]


def _sung(cue: Cue, text: str) -> Spoken:
    """Each karaoke tag says how long what follows it is sung."""
    tags = list(KARAOKE.finditer(text))
    if not tags:
        return shared(cue)
    edges = [tag.start() for tag in tags[1:]] + [len(text)]
    at, parts = cue.start, list[tuple[float, float, str]]()
    for number, (tag, edge) in enumerate(zip(tags, edges, strict=True)):
        end = at + int(tag[1]) / CENTI
        before = text[: tag.start()] if number == 0 else ""
        parts.append((at, end, BREAK.sub("\n", TAGS.sub("", before + text[tag.end() : edge]))))
        at = end
    return _told(cue, parts)
