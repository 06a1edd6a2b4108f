"""Which parts of a paragraph somebody says: text between quotes that is speech, not a quoted word.

Known are “ ”, ‘ ’, 「 」, 『 』 and the straight ones. A straight single quote opens before a word and closes after a
mark; else it is an apostrophe. Quotes inside of quotes belong to the outer. A quote that nobody closes reaches to the
end of its paragraph. A quoted word ("the label 'poison'") stays part of what surrounds it. Nothing is lost: the
segments join to the paragraph.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reelwright.kernels.story import tables
from reelwright.kernels.wording.words import Language

PAIRS = {"“": "”", "「": "」", "『": "』", "‘": "’"}
ENDING = "。！？!?….,，;；—-～~"
BOUNDARY = "。！？!?….,，:：;；—-\n(（)）"
VERB_REACH = {"zh": 8, "en": 28}  # letters before a quote in which a verb of speech tells that it is one
QUOTED_WORDS = 3  # that may be quoted without being said
_OPENS = re.compile(r"(?<![\w])'(?=[\w\"“(—-])")
_CLOSES_SURE = re.compile(r"(?<=[.,!?;:…—\-\"”)])'(?!\w)")
_CLOSES = re.compile(r"(?<=\S)'(?!\w)")


@dataclass(frozen=True, slots=True)
class Segment:
    """`is_speech`: all of it, quotes included, is said by somebody."""

    text: str
    is_speech: bool


def segments(paragraph: str, language: Language) -> list[Segment]:
    """In order; their concatenation is the paragraph. Neighbours that nobody says are one."""
    found: list[Segment] = []
    start = 0
    for left, right in _spans(paragraph):
        if not _is_speech(paragraph, left, right, language):
            continue
        left, right = _with_marks(paragraph, left, right)
        if paragraph[start:left]:
            found.append(Segment(paragraph[start:left], False))
        found.append(Segment(paragraph[left:right], True))
        start = right
    if paragraph[start:]:
        found.append(Segment(paragraph[start:], False))
    return found


def unquoted(segment: str) -> str:
    """What is said, without the quotes around it."""
    return segment.strip().strip("\"'“”‘’「」『』").strip()


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """The outer quotes, as [start, end)."""
    at = 0
    while (left := _next(text, at)) is not None:
        right = _end(text, left)
        yield left, right
        at = right


def _with_marks(text: str, left: int, right: int) -> tuple[int, int]:
    """With the bracket that opens just before, and the marks that end just after."""
    before = re.search(r"[(（—-]*$", text[:left])
    after = re.match(r"[,;:.!?，。；：！？)）]+(?=\s|$|[\u3400-\u9fff])", text[right:])
    return left - (len(before[0]) if before and before[0][:1] in ("(", "（") else 0), right + (
        after.end() if after else 0
    )


def _next(text: str, at: int) -> int | None:
    for place in range(at, len(text)):
        letter = text[place]
        if letter == '"' or letter in PAIRS:
            return place
        if letter == "'" and _OPENS.match(text, place):
            return place
    return None


def _end(text: str, left: int) -> int:
    mark = text[left]
    if mark == "'":
        return _end_of_single(text, left)
    if mark == "‘":
        close = re.compile(r"’(?!\w)").search(text, left + 1)
        return close.end() if close else len(text)
    if mark == '"':
        right = text.find('"', left + 1)
        return right + 1 if right >= 0 else len(text)
    depth = 0
    for place in range(left, len(text)):
        depth += (text[place] == mark) - (text[place] == PAIRS[mark])
        if not depth:
            return place + 1
        if text[place] == mark and place > left:
            depth -= 1  # the same quote opens again: the first was never closed, or is not nested but repeated
    return len(text)


def _end_of_single(text: str, left: int) -> int:
    """A mark before it makes it a quote for sure; without one it closes a quoted word, or is the s' of an owner."""
    sure = _CLOSES_SURE.search(text, left + 1)
    near = _CLOSES.search(text, left + 1)
    if near is None:
        return len(text) if len(text) - left < 400 else left + 1
    if sure is None or near.start() < sure.start():
        before = text[left + 1 : near.start()]
        is_owner = before.endswith("s") and sure is not None and not _OPENS.search(text, near.end(), sure.start())
        return sure.end() if is_owner and sure else near.end()
    return sure.end()


def _is_speech(text: str, left: int, right: int, language: Language) -> bool:
    inner = text[left + 1 : right].rstrip("\"'”’」』")
    if not any(one.isalnum() for one in inner):
        return False
    before = text[:left].rstrip()
    if re.search(r"\bto say$", before) and len(inner.split()) <= QUOTED_WORDS:
        return False  # "all very well to say 'drink me'": words, and nobody who says them
    verbs = tables.pattern(language, tuple(tables.of(language).saying["verbs"]))
    clause = re.split(r"[。！？!?….;；]", before[-VERB_REACH[language] :])[-1]
    ends = inner.rstrip()[-1:] in ENDING
    if before and before[-1] in ":：":
        return ends or verbs.search(clause) is not None
    starts = not before or before[-1] in BOUNDARY or before[-1] in "\"'”’」』"
    if ends and starts:
        return True
    last = re.split(r"[，,]", clause)[-1]
    said = verbs.search(last if language == "zh" else clause)
    if said is None:
        # "…" he said: the mark may stand outside, or be left out.
        return starts and not before and len(inner) > 2 and _is_followed_by_saying(text[right : right + 40], language)
    return ends or starts


def _is_followed_by_saying(after: str, language: Language) -> bool:
    verbs = tables.pattern(language, tuple(tables.of(language).saying["verbs"]))
    return verbs.search(re.split(r"[。！？!?….;；，,]", after)[0]) is not None
