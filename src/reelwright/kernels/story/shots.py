"""A board as shots: who speaks in each, where it is, and how long it takes to say.

First the text is parted into units: speech of one figure, or a sentence of narration (a part of one that is too long),
each with what a reader has in mind there. Then units become shots of about three to nine seconds: neighbours of one
voice and one scene together, a short tag ("said Alice") with the speech that it belongs to, a cry with the narration
around it. The shots' texts join to the board's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from reelwright.kernels.story import cutting, quoting, speakers, tables
from reelwright.kernels.story.figures import Cast
from reelwright.kernels.story.places import Place
from reelwright.kernels.story.referring import Attention
from reelwright.kernels.story.surroundings import Setting, Surroundings
from reelwright.kernels.wording.shots import PACE
from reelwright.kernels.wording.words import HAN, Language

LEAST, USUAL, MOST = 3.0, 7.0, 9.0  # seconds of a shot
SHORT_SPEECH, SHORT_TAG = 1.3, 2.9  # seconds below which it is no shot of its own

Mode = Literal["first_person", "first_person_vo", "third_person", "dialogue"]


@dataclass(frozen=True, slots=True)
class Unit:
    """`speaker`: the figure that says it; None is narration. `seen`: figures there, the subject first."""

    text: str
    speaker: int | None
    paragraph: int
    setting: Setting
    seen: tuple[int, ...] = ()
    action: str = ""
    """For speech: the tag that leads to it."""
    subject: int | None = None
    is_tag: bool = False
    """A short "said Alice", which belongs to the speech beside it."""


@dataclass(frozen=True, slots=True)
class Take:
    """A shot before it is dressed. `lines`: its text in parts of one speaker each."""

    units: tuple[Unit, ...]
    speaker: int | None
    language: Language

    @property
    def text(self) -> str:
        return tidied("".join(one.text for one in self.units), self.language)

    @property
    def seconds(self) -> float:
        return seconds_of("".join(one.text for one in self.units), self.language)

    @property
    def lines(self) -> tuple[tuple[str, int | None], ...]:
        found: list[tuple[str, int | None]] = []
        for one in self.units:
            if found and found[-1][1] == one.speaker:
                found[-1] = (found[-1][0] + one.text, one.speaker)
            else:
                found.append((one.text, one.speaker))
        return tuple((tidied(text, self.language), speaker) for text, speaker in found)


def tidied(text: str, language: Language) -> str:
    """On one line."""
    text = re.sub(r"(?<=[\u3400-\u9fff，。！？；：、”’」』…—])\s*\n\s*(?=[\u3400-\u9fff“‘「『—])", "", text.strip())
    return " ".join(text.split())


def seconds_of(text: str, language: Language) -> float:
    """About how long it takes to say; Chinese letters and others each at the pace of their language."""
    tidy = " ".join(text.split())
    han = len(HAN.findall(tidy)) + sum(tidy.count(one) for one in "，。！？；：、…")
    return han / PACE["zh"] + (len(tidy) - han) / PACE["en"]


def takes(text: str, cast: Cast, places: Sequence[Place], mode: Mode) -> list[Take]:
    """The shots of a board's text. In the mode `first_person_vo` nobody but the narrator speaks."""
    units = list(_units(text, cast, places, mode))
    if mode != "first_person_vo":
        units = _demoted(units, cast.language)
    return grouped(units, cast.language)


# ---- units


@dataclass
class _Reader:
    mind: Attention
    where: Surroundings
    talk: speakers.Talk = field(default_factory=speakers.Talk)


def _units(text: str, cast: Cast, places: Sequence[Place], mode: Mode) -> Iterator[Unit]:
    reader = _Reader(Attention(cast), Surroundings(places, cast.language))
    paragraphs = text.split("\n")
    parted = [quoting.segments(one, cast.language) for one in paragraphs]
    for number, (paragraph, segments) in enumerate(zip(paragraphs, parted, strict=True)):
        if not paragraph.strip():
            reader.where.ends_scene()
            reader.talk = speakers.Talk()
            continue
        reader.where.begins_paragraph(paragraph)
        after = parted[number + 1] if number + 1 < len(parted) else ()
        said_by: list[int | None] = []
        glue = "\n" if number else ""
        for place, segment in enumerate(segments):
            speaker = None
            if segment.is_speech:
                mind, talk = reader.mind, reader.talk
                answers = speakers.answering(after, mind) if place == len(segments) - 1 else None
                speaker = speakers.speaker_of(segments, place, said_by, mind, talk, answers)
            said_by.append(speaker)
            for unit in _of_segment(segments, place, speaker, number, reader):
                yield replace(unit, text=glue + unit.text, speaker=None if mode == "first_person_vo" else unit.speaker)
                glue = ""


def _of_segment(
    segments: Sequence[quoting.Segment], place: int, speaker: int | None, number: int, reader: _Reader
) -> Iterator[Unit]:
    segment, mind = segments[place], reader.mind
    if segment.is_speech:
        tag = _tag(segments, place)
        hearers = [one for one in mind.everyone(tag) if one != speaker]
        seen = tuple(dict.fromkeys([*([speaker] if speaker is not None else []), *hearers]))
        for part in parted(segment.text):
            yield Unit(part, speaker, number, reader.where.now, seen, tag, speaker)
        return
    for sentence in cutting.sentences(segment.text):
        parts = parted(sentence)
        there = [mind.everyone(part) for part in parts]
        subject = mind.hears(sentence)
        carried = subject if subject is not None else mind.subject
        for part, named in zip(parts, there, strict=True):
            seen = tuple(named) or ((carried,) if carried is not None else ())
            is_tag = _is_tag_of(segments, place, part, mind.language)
            yield Unit(part, None, number, reader.where.hears(part), seen, "", carried, is_tag)


def _is_tag_of(segments: Sequence[quoting.Segment], place: int, part: str, language: Language) -> bool:
    """Does the part stand at an edge of its segment, beside a speech, and tell who says it?"""
    text = segments[place].text
    after_speech = place > 0 and text.startswith(part)
    before_speech = place + 1 < len(segments) and text.endswith(part)
    if not (after_speech or before_speech) or seconds_of(part, language) >= SHORT_TAG:
        return False
    verbs = tables.pattern(language, tuple(tables.of(language).saying["verbs"]))
    return verbs.search(part) is not None


def _tag(segments: Sequence[quoting.Segment], place: int) -> str:
    before = segments[place - 1].text if place and not segments[place - 1].is_speech else ""
    after = segments[place + 1].text if place + 1 < len(segments) and not segments[place + 1].is_speech else ""
    led = cutting.sentences(before)[-1] if before.strip() else ""
    if led and re.search(r"[，,：:]\s*$", led):
        return led.strip().rstrip("，,：: ")
    return re.split(r"[。！？；.;!?(]", after.strip())[0].strip(" ,，") if after.strip() else ""


def parted(text: str) -> list[str]:
    """Sentences, and parts of one that is too long to be a shot."""
    pace = PACE["zh"] if HAN.search(text) else PACE["en"]
    found = []
    for sentence in cutting.sentences(text):
        found += cutting.parts(sentence, MOST * pace)
    return found


def _speakable(units: Sequence[Unit]) -> list[Unit]:
    """Marks without a letter go with their neighbours."""
    found: list[Unit] = []
    lead = ""
    for one in units:
        if any(letter.isalnum() for letter in one.text):
            found.append(replace(one, text=lead + one.text))
            lead = ""
        elif found:
            found[-1] = replace(found[-1], text=found[-1].text + one.text)
        else:
            lead += one.text
    return found


def _demoted(units: Sequence[Unit], language: Language) -> list[Unit]:
    """A cry of a word or two between narration is told, not played."""
    found = list(units)
    for place, one in enumerate(found):
        if one.speaker is None or seconds_of(one.text, language) >= SHORT_SPEECH:
            continue
        near = [found[at] for at in (place - 1, place + 1) if 0 <= at < len(found)]
        between = len(near) == 2 and all(other.paragraph == one.paragraph and other.speaker is None for other in near)
        if between and all(seconds_of(other.text, language) >= SHORT_TAG for other in near):
            found[place] = replace(one, speaker=None)
    return found


# ---- shots


def grouped(units: Sequence[Unit], language: Language) -> list[Take]:
    """Shots of units in order: neighbours of one voice and scene, then short ones with a neighbour."""
    found: list[list[Unit]] = []
    for unit in _speakable(units):
        if found and _joins(found[-1], unit, language):
            found[-1].append(unit)
        else:
            found.append([unit])
    found = _with_tags(found, language)
    found = _none_short(found, language)
    return [Take(tuple(one), _speaker_of(one), language) for one in found]


def _length(units: Sequence[Unit], language: Language) -> float:
    return seconds_of("".join(one.text for one in units), language)


def _joins(held: Sequence[Unit], unit: Unit, language: Language) -> bool:
    last = held[-1]
    if unit.speaker != last.speaker or unit.is_tag or last.is_tag or not _one_scene(last.setting, unit.setting):
        return False
    length, more = _length(held, language), seconds_of(unit.text, language)
    if length + more > MOST:
        return False
    if unit.paragraph != last.paragraph:
        return length < LEAST or (unit.speaker is not None and more < LEAST)
    return length < LEAST or length + more <= USUAL


def _one_scene(before: Setting, after: Setting) -> bool:
    """What is told of it for the first time does not make it another one."""
    return before.place in (None, after.place) and before.time in ("", after.time)


def _with_tags(groups: Sequence[list[Unit]], language: Language) -> list[list[Unit]]:
    """A short tag becomes part of the speech it belongs to; speech that it parts becomes one again."""
    found: list[list[Unit]] = []
    place = 0
    while place < len(groups):
        group = groups[place]
        before = found[-1] if found else None
        after = groups[place + 1] if place + 1 < len(groups) else None
        if _is_tag(group, language):
            joins_before = _is_speech_of(before, group) and not _leads(group) and _belongs(group, before)
            joins_after = _is_speech_of(after, group) and _belongs(group, after)
            same = joins_before and joins_after and before and after and _speaker_of(before) == _speaker_of(after)
            if same and before and after and _length([*before, *group, *after], language) <= MOST:
                before += [*group, *after]
                place += 2
                continue
            if joins_before and before and _length([*before, *group], language) <= MOST:
                before += group
                place += 1
                continue
            if joins_after and after and _length([*group, *after], language) <= MOST:
                found.append([*group, *after])
                place += 2
                continue
        found.append(list(group))
        place += 1
    return found


def _is_tag(group: Sequence[Unit], language: Language) -> bool:
    return all(one.speaker is None for one in group) and _length(group, language) < SHORT_TAG


def _belongs(tag: Sequence[Unit], speech: Sequence[Unit] | None) -> bool:
    """Is the tag about who says the speech?"""
    subject = tag[-1].subject
    says = _speaker_of(speech) if speech else None
    return subject is None or subject == says


def _leads(group: Sequence[Unit]) -> bool:
    return "".join(one.text for one in group).rstrip()[-1:] in "：:"


def _is_speech_of(other: Sequence[Unit] | None, group: Sequence[Unit]) -> bool:
    return other is not None and _speaker_of(other) is not None and other[0].paragraph == group[0].paragraph


def _none_short(groups: Sequence[list[Unit]], language: Language) -> list[list[Unit]]:
    """What is too short to be seen goes with a neighbour of its voice, the shorter one, even past a change of place."""
    found = [list(one) for one in groups]
    place = 0
    while place < len(found):
        group = found[place]
        if _length(group, language) < LEAST and len(found) > 1:
            near = [
                at for at in (place - 1, place + 1) if 0 <= at < len(found) and _may_join(found[at], group, language)
            ]
            if near:
                other = min(near, key=lambda at: _length(found[at], language))
                first, second = sorted((place, other))
                found[first : second + 1] = [[*found[first], *found[second]]]
                place = max(0, first - 1)
                continue
        place += 1
    return found


def _may_join(other: Sequence[Unit], group: Sequence[Unit], language: Language) -> bool:
    if _length(other, language) + _length(group, language) > MOST:
        return False
    first, second = sorted((other, group), key=lambda one: one[0].paragraph)
    return _speaker_of(other) == _speaker_of(group) and _one_scene(first[-1].setting, second[0].setting)


def _speaker_of(units: Sequence[Unit]) -> int | None:
    """Who says most of it."""
    lengths: dict[int | None, int] = {}
    for one in units:
        lengths[one.speaker] = lengths.get(one.speaker, 0) + len(one.text.strip())
    spoken = {speaker: length for speaker, length in lengths.items() if speaker is not None}
    return max(spoken, key=lambda one: spoken[one]) if spoken else None
