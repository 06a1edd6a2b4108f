"""Who says what: each speech of a paragraph given to a figure, or to nobody where the text does not tell.

Looked for in this order: a verb of speech that leads to the quote, with its subject; speech that goes on after a short
tag; quotes side by side, which take turns; a tag after the quote; a paragraph's own subject; a name of one's own ("I am
Ann"); at last who can answer: whoever was spoken to, named or heard last. The rules are general: no name is known
beforehand.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from reelwright.kernels.story import cutting, quoting, tables
from reelwright.kernels.story.quoting import Segment
from reelwright.kernels.story.referring import Attention
from reelwright.kernels.wording.words import Language

TAG_WORDS, TAG_LETTERS = (
    5,
    12,
)  # within which the verb of a tag after a quote stands: words in English, letters in Chinese
REMEMBERED = 6  # turns of a talk
_SPOKEN_TO = {
    "zh": re.compile(r"[对向跟冲朝]([^，。]{1,8}?)(?:说|道|喊|问|笑|讲|叫)"),
    "en": re.compile(r"\b(?:to|at|told|asked)\s+([^,.;:]+)"),
}
_OF_ONESELF = {
    "zh": re.compile(r"我(?:叫|是|姓|就是|名叫)$"),
    "en": re.compile(r"(?:\bI am|\bI['’]m|[Nn]ame is|[Nn]ame['’]s|[Cc]all me)\s*(?:an?\s|the\s)?$"),
}
_ENDS_TAG = {"zh": re.compile(r"[。！？；…]"), "en": re.compile(r"[.;:!?(]|, (?=['\"“‘]|and\b|but\b)|--")}


@dataclass
class Talk:
    """A conversation so far."""

    turns: list[int] = field(default_factory=list)
    hearer: int | None = None
    """Whom the last speech was to, where that was told."""

    def says(self, figure: int | None, hearer: int | None = None) -> None:
        if figure is not None:
            self.turns = [*self.turns, figure][-REMEMBERED:]
            self.hearer = hearer


def speaker_of(
    segments: Sequence[Segment],
    place: int,
    found: Sequence[int | None],
    mind: Attention,
    talk: Talk,
    answered_by: int | None = None,
) -> int | None:
    """The figure that says the speech at `place`; None where the text does not tell.

    `found`: who said the segments before. `mind` has heard them; it and the talk learn from who speaks. `answered_by`:
    who speaks next, where the text tells; nobody answers oneself.
    """
    speaker = _speaker(segments, place, found, mind, talk, answered_by)
    hearer = _hearer(segments, place, speaker, mind) if speaker is not None else None
    if hearer is not None and speaker is not None and hearer != mind.cast.narrator:
        figures = mind.cast.figures
        if figures[hearer].gender and figures[hearer].gender == figures[speaker].gender:
            mind.meant[figures[hearer].gender] = hearer  # after somebody spoke to another, "he" is the other
    talk.says(speaker, hearer)
    if speaker is not None:
        mind.speaks(speaker)
    return speaker


def answering(paragraph: Sequence[Segment], mind: Attention) -> int | None:
    """Who is named as saying the speech that a paragraph begins with."""
    if len(paragraph) < 2 or not paragraph[0].is_speech or paragraph[1].is_speech:
        return None
    said_by = _tagged(paragraph[1].text, mind)
    named = {one.figure for one in mind.cast.mentions(cutting.sentences(paragraph[1].text)[0])}
    return said_by if said_by in named else None  # a pronoun means nobody yet


def _speaker(
    segments: Sequence[Segment],
    place: int,
    found: Sequence[int | None],
    mind: Attention,
    talk: Talk,
    answered_by: int | None,
) -> int | None:
    language = mind.language
    but = {one for one in (answered_by, *_told_of(segments[place].text, mind)) if one is not None}
    before = segments[place - 1].text if place and not segments[place - 1].is_speech else ""
    after = segments[place + 1].text if place + 1 < len(segments) and not segments[place + 1].is_speech else ""
    if _is_bracketed(segments, place) and found[place - 2] is not None:
        return found[place - 2]
    led = cutting.sentences(before)[-1].lower() if before.strip() else ""
    if any(one in led for one in tables.of(language).saying["unknown"]):
        return None
    lead = _lead(before, language)
    if lead:
        own = _led_by(lead, mind)
        if own is not None:
            return own
    if _goes_on(segments, place, found):
        return found[place - 2]
    tag = _tagged(after, mind)
    if place and segments[place - 1].is_speech:
        last = found[place - 1]
        return (
            tag if tag is not None and tag != last and not _leads_on(segments, place) else _other(last, talk, mind, but)
        )
    if tag is not None:
        return tag
    if lead or before.strip():
        return mind.subject
    beat = mind.about(cutting.sentences(after)[0]) if after.strip() else None
    if beat is not None:
        return beat
    return _untold(segments[place].text, talk, mind, but)


def _untold(speech: str, talk: Talk, mind: Attention, but: Set[int]) -> int | None:
    """Who says what nothing around it tells of."""
    own = _named_oneself(speech, mind)
    if own is not None:
        return own
    return _other(talk.turns[-1], talk, mind, but) if talk.turns else _opening(mind, but)


def _named_oneself(speech: str, mind: Attention) -> int | None:
    """ "I am Ann": who says it."""
    told = mind.cast.mentions(speech, is_speech=True)
    is_own = _OF_ONESELF[mind.language]
    return next((one.figure for one in told if is_own.search(speech[: one.start])), None)


def _told_of(speech: str, mind: Attention) -> Iterator[int]:
    """Whom a speech names: to, or as somebody else. "I am Ann" names who says it."""
    for one in mind.cast.mentions(speech, is_speech=True):
        before, after = speech[: one.start], speech[one.end :]
        is_answer = re.fullmatch(r"\W*(?:\w+\s)?", before) and re.match(r"(?:\s\w+)?[.。]", after)  # "Nell Archer."
        if not is_answer and not _OF_ONESELF[mind.language].search(before):
            yield one.figure


def _opening(mind: Attention, but: Set[int]) -> int | None:
    """Who begins to talk: whoever came in last, or was spoken of."""
    opens = mind.latest if mind.latest is not None else mind.subject
    return opens if opens is None or opens not in but else mind.last_but(*but)


def _other(last: int | None, talk: Talk, mind: Attention, but: Set[int]) -> int | None:
    """Who answers `last`: whom that spoke to, else who was named or heard last, else who is spoken of."""
    if talk.hearer is not None and talk.hearer != last and talk.hearer not in but:
        return talk.hearer
    other = mind.last_but(last, *but)
    return other if other is not None else mind.subject


def _leads_on(segments: Sequence[Segment], place: int) -> bool:
    """Is what follows a tag of the next quote?"""
    return (
        place + 2 < len(segments)
        and segments[place + 2].is_speech
        and segments[place + 1].text.rstrip()[-1:] in "，,：:"
    )


def _lead(before: str, language: Language) -> str:
    """The sentence that leads to the quote with a verb of speech; empty without."""
    sentences = cutting.sentences(before)
    if not sentences:
        return ""
    last = sentences[-1]
    saying = tables.of(language).saying
    if language == "zh":
        clean = tables.pattern("zh", tuple(saying["not_saying"])).sub("〇", last.rstrip())
        clauses = [one for one in re.split(r"[，,：:；]", clean) if one.strip()]
        is_led = clauses and tables.pattern("zh", tuple(saying["verbs"])).search(clauses[-1])
        return last if is_led and not re.search(r"[。！？]$", last.rstrip()) else ""
    if re.search(r"[.!?]['\"”’)]*$", last.rstrip()):
        return ""
    return last if tables.pattern("en", tuple(saying["verbs"])).search(last) else ""


def _led_by(lead: str, mind: Attention) -> int | None:
    """The subject of the verb of speech: nearest clause first; else of what the reader has in mind."""
    near = re.split(r"[；;]", lead.strip())[-1]
    clauses = [one for one in re.split(r"[，,：:]|--", near) if one.strip()]
    for clause in reversed(clauses):
        heard = _heard(clause, mind)
        subject = heard if heard is not None else mind.about(clause)
        if subject is not None:
            return subject
    whole = mind.about(lead)
    return whole if whole is not None else mind.subject


def _heard(clause: str, mind: Attention) -> int | None:
    """ "she heard the Rabbit say": who says it is the object."""
    if mind.language != "en":
        return None
    found = re.search(
        r"\b(?:hear|heard|see|saw)\s+(.+?)\s+(?:say|saying|cry|crying|call|calling|shout|ask|whisper)\b", clause
    )
    return next(iter(mind.everyone(found[1])), None) if found else None


def _tagged(after: str, mind: Attention) -> int | None:
    """Of a tag after the quote: said Alice; 他说。"""
    language = mind.language
    tag = _ENDS_TAG[language].split(after.strip().lstrip(",，-— "))[0]
    verbs = tables.pattern(language, tuple(tables.of(language).saying["verbs"]))
    if language == "zh":
        tag = tables.pattern("zh", tuple(tables.of("zh").saying["not_saying"])).sub("〇", tag.split("，")[0])
        found = verbs.search(tag)
        return mind.about(tag[: found.start()]) if found and found.start() <= TAG_LETTERS else None
    found = verbs.search(tag)
    if not found or len(tag[: found.start()].split()) > TAG_WORDS - 2:
        return None
    if not tag[: found.start()].strip():
        return mind.about(" ".join(tag[found.end() :].split()[:TAG_WORDS]))  # said the old man
    return mind.about(" ".join(tag.split()[: TAG_WORDS + 2]))


def _goes_on(segments: Sequence[Segment], place: int, found: Sequence[int | None]) -> bool:
    """Speech that was only interrupted: 'Well,' said Alice, 'after such a fall …'."""
    if place < 2 or not segments[place - 2].is_speech or segments[place - 1].is_speech:
        return False
    between = segments[place - 1].text.strip()
    opens = segments[place].text.lstrip("\"'“‘「『 ")[:1]
    in_sentence = not re.search(r"[.!?。！？]['\"”’)]*\s", between + " ") or opens.islower() or opens in "-—"
    if not in_sentence and len(between.split()) > TAG_WORDS + 3:
        return False
    return found[place - 2] is not None and (
        opens.islower() or opens in "-—" or between.startswith("(") or _is_short(between)
    )


def _is_bracketed(segments: Sequence[Segment], place: int) -> bool:
    """Only an aside in brackets stands between it and the speech before."""
    if place < 2 or not segments[place - 2].is_speech or segments[place - 1].is_speech:
        return False
    return re.fullmatch(r"\s*[(（].*[)）]\s*", segments[place - 1].text, re.DOTALL) is not None


def _is_short(between: str) -> bool:
    return len(between) <= (14 if re.search(r"[\u3400-\u9fff]", between) else 45)


def _hearer(segments: Sequence[Segment], place: int, speaker: int, mind: Attention) -> int | None:
    """Who is spoken to: by name at an edge of the speech, as "you are …", or in the words that lead to it."""
    said = quoting.unquoted(segments[place].text)
    for one in mind.cast.mentions(said, is_speech=True):
        before, after = said[: one.start].rstrip(), said[one.end :].lstrip()
        opens = (
            not before or before[-1] in "，,。.！!？?" or re.search(r"(?:你(?:就|便)?是|[Yy]ou are|[Dd]ear)$", before)
        )
        if one.figure != speaker and opens and (not after or not after[0].isalnum() or before):
            return one.figure
    lead = _lead(segments[place - 1].text if place else "", mind.language)
    to = _SPOKEN_TO[mind.language].search(lead)
    return next((one for one in mind.everyone(to[1]) if one != speaker), None) if to else None
