"""Which of the lines seen in a film are its captions, and which belong to the scene.

Captions of one film look alike: one height, one colour, one place for the baseline, centred or from one edge on. The
look that most lines share is learnt over the whole film, and lines that differ are left out: a title, a sign before a
camera that stands, a name below a speaker. Words that stay all film are a watermark. Lines above or below a caption
that come and go with it are part of it. Where there are too few lines to learn from, those at the lowest place win.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from reelwright.kernels import reading
from reelwright.kernels.caption_boxes import Box, is_one

SHORTEST = Fraction(3, 10)  # s; nothing shorter can be read
READABLE = 0.6  # mean probability of a line's letters
MARKS_ALONE = 0.9  # the same for a line without a letter, such as "…"
TILTED = 0.06  # radians; captions are level…
RISE = 0.4  # …to within so much of their height from end to end; a detector is unsure of short ones
MOST_PARTS = 100  # into which a watermark is broken at most; shorter ones are left aside
STANDING = 0.8  # share of the film that the same words are on the screen, from which they are a watermark…
LONG_FILM = Fraction(8)  # s; …unless it is as short as one caption
PLACE = 0.35  # of a line's height that its middle may be off its place
HEIGHT = 1.45  # ratio of two heights within one look: "no" is lower than "gypsy"
NEAR_HEIGHT = 1.25  # the same where nothing else speaks for a line
ALIGNED = 0.03  # of the picture's width
SECOND_HEIGHT = 2.0  # the same for the line of a second language
MOST_LOOKS = 200  # lines at even steps that are tried as the typical one
ROW = 8  # px; lines are filed by the row they are in
NEIGHBOURS = 16  # lines before or after one, in order of time, that can have to do with it
TOGETHER = Fraction(1, 8)  # s by which the ends of lines of one caption may differ
PITCH = (0.55, 1.9)  # from middle to middle of two lines of one caption, in heights
OTHER_TRACK = 3  # different texts of one look that make a track of their own…
OTHER_SHARE = 0.1  # …and so many of the main track's; in a long film signs look alike by chance
BRIGHTNESS = 40  # levels of luma by which the strokes of one look may differ


@dataclass(frozen=True, slots=True)
class Words:
    """A line that was read. The box is in pixels of the picture; `level`: luma of its strokes; `kind`: 1 if they are
    brighter than what is around them, -1 if darker; `read`: what it says before it was tidied, and the probability of
    each letter; `follows`: it says the same as one that ends where it starts, but for a letter or two."""

    box: Box
    start: Fraction
    end: Fraction
    text: str
    score: float
    tilt: float = 0.0
    level: float = float("nan")
    kind: int = 1
    read: reading.Candidate = ("", ())
    follows: bool = False

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]

    @property
    def middle(self) -> float:
        return (self.box[1] + self.box[3]) / 2

    @property
    def length(self) -> Fraction:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Chosen:
    """The captions, each its lines from top to bottom, and why the others were left out."""

    captions: tuple[tuple[Words, ...], ...]
    left_out: tuple[tuple[Words, str], ...]


def choose(lines: Sequence[Words], *, film: Fraction, width: int, main_only: bool) -> Chosen:
    """`film`: its length in seconds; `width`: that of the picture. `main_only`: one look alone, and no other track."""
    lines, left_out = _joined(lines), list[tuple[Words, str]]()
    standing = _standing(lines, film)
    sound = []
    for index, line in enumerate(lines):
        fault = "standing" if index in standing else _fault(line)
        if fault:
            left_out.append((line, fault))
        else:
            sound.append(line)
    kept = _Looks(sound, width).captions(main_only=main_only)
    left_out += [(line, "scene") for index, line in enumerate(sound) if index not in kept]
    return Chosen(tuple(_grouped([sound[index] for index in sorted(kept)])), tuple(left_out))


def _fault(line: Words) -> str:
    """Why it is no caption, whatever the others are; empty if nothing is wrong with it."""
    if line.length < SHORTEST:
        return "short"
    if line.score < READABLE or not (reading.says_something(line.text) or line.score > MARKS_ALONE):
        return "unreadable"
    return "tilted" if is_tilted(line.box, line.tilt) else ""


def is_tilted(box: Box, tilt: float) -> bool:
    return abs(tilt) > TILTED and abs(tilt) * (box[2] - box[0]) > RISE * (box[3] - box[1])


def _joined(lines: Sequence[Words]) -> list[Words]:
    """Parts of one line put together: the same words in one place, without a gap. In order of their starts."""
    joined: list[Words] = []
    latest: list[int] = []  # of those, which may still go on
    for line in sorted(lines, key=lambda one: (one.start, one.end)):
        latest = [index for index in latest if joined[index].end >= line.start]
        same = next((index for index in latest if _continues(joined[index], line)), None)
        if same is None:
            latest.append(len(joined))
            joined.append(line)
            continue
        best = max(joined[same], line, key=lambda one: (one.score, one.length))
        joined[same] = replace(best, start=joined[same].start, end=max(joined[same].end, line.end))
    return joined


def _continues(one: Words, other: Words) -> bool:
    """Are they parts of one line: at the same time, or the one right after the other with the same letters?"""
    if other.start > one.end or not is_one(one.box, other.box):
        return False
    if other.follows and other.start == one.end and min(one.length, other.length) < SHORTEST:
        return True  # A letter that changed for a moment did not change.
    if not reading.is_same(one.text, other.text):
        return False
    return min(one.end, other.end) - other.start > TOGETHER or not reading.is_other(one.read, other.read)


def _standing(lines: Sequence[Words], film: Fraction) -> set[int]:
    """Which words are there nearly all the time, perhaps lost for a while."""
    if film < LONG_FILM:
        return set()
    found: set[int] = set()
    long = [index for index, line in enumerate(lines) if line.length * MOST_PARTS > film]
    for index in long:
        if index in found:
            continue
        same = {other for other in long if _is_same(lines[index], lines[other])}
        if sum((lines[other].length for other in same), Fraction(0)) > STANDING * film:
            found |= {other for other, line in enumerate(lines) if _is_same(lines[index], line)}
    return found


def _is_same(one: Words, other: Words) -> bool:
    return is_one(one.box, other.box) and reading.is_same(one.text, other.text)


class _InTime:
    """Lines, to ask which of them are on the screen together with another."""

    def __init__(self, lines: Sequence[Words]) -> None:
        self._lines = sorted(lines, key=lambda one: one.start)
        self._starts = [one.start for one in self._lines]
        self._longest = max((one.length for one in lines), default=Fraction(0))

    def beside(self, line: Words) -> list[Words]:
        first = bisect_left(self._starts, line.start - self._longest)
        last = bisect_left(self._starts, line.end)
        return [one for one in self._lines[first:last] if one.end > line.start]


class _Looks:
    """How lines look, and which look is the captions'. Lines are told by their index."""

    def __init__(self, lines: Sequence[Words], width: int) -> None:
        self._lines, self._width = lines, width
        self._by_row: dict[int, list[int]] = {}
        for index, line in enumerate(lines):
            self._by_row.setdefault(int(line.middle) // ROW, []).append(index)

    def captions(self, *, main_only: bool) -> set[int]:
        if not self._lines:
            return set()
        step = -(-len(self._lines) // MOST_LOOKS)
        main = max(range(0, len(self._lines), step), key=self._weight)
        kept = set(self._alike(main))
        if not main_only:
            others = [index for index in range(len(self._lines)) if index not in kept]
            enough = max(OTHER_TRACK, OTHER_SHARE * self._texts(list(kept)))
            kept |= {index for index in others if self._texts(self._alike(index)) >= enough}
        for _ in range(2):  # a caption of three lines grows twice
            there = _InTime([self._lines[index] for index in kept])
            kept |= {
                index
                for index, line in enumerate(self._lines)
                if index not in kept and self._belongs(line, there.beside(line), self._lines[main], main_only)
            }
        return kept

    def _alike(self, index: int) -> list[int]:
        """Lines of the same place, height, brightness and alignment, itself among them."""
        line = self._lines[index]
        row, reach = int(line.middle) // ROW, int(PLACE * line.height) // ROW + 1
        near = (other for one in range(row - reach, row + reach + 1) for other in self._by_row.get(one, ()))
        return [other for other in near if other == index or self._is_alike(line, self._lines[other])]

    def _texts(self, which: Sequence[int]) -> int:
        return len({self._lines[index].text for index in which})

    def _weight(self, index: int) -> tuple[int, bool, float, Fraction]:
        """More texts win; then what is centred, then the lowest, then what lasts."""
        line, alike = self._lines[index], self._alike(index)
        middle = (line.box[0] + line.box[2]) / 2
        centred = abs(middle - self._width / 2) < ALIGNED * self._width
        length = sum((self._lines[other].length for other in alike), Fraction(0))
        return self._texts(alike), centred, line.middle, length

    def _is_alike(self, one: Words, other: Words) -> bool:
        off = abs(one.middle - other.middle)
        return off <= PLACE * min(one.height, other.height) and self._looks_like(one, other, HEIGHT)

    def _looks_like(self, one: Words, other: Words, ratio: float) -> bool:
        # Of letters with an outline now the one, now the other is what they are known by.
        differ = one.kind == other.kind and abs(one.level - other.level) > BRIGHTNESS
        return _ratio(one, other) <= ratio and not differ and self._is_aligned(one, other)

    def _is_aligned(self, one: Words, other: Words) -> bool:
        """Centred on one line, or from one edge on."""
        edges = (one.box[0] - other.box[0], one.box[2] - other.box[2])
        return min(abs(edges[0]), abs(edges[1]), abs(sum(edges)) / 2) <= ALIGNED * self._width

    def _belongs(self, line: Words, beside: Sequence[Words], typical: Words, main_only: bool) -> bool:
        """Is it another line of a caption, or one of the same look one line higher or lower?

        `beside`: captions that are on the screen together with it.
        """
        most = NEAR_HEIGHT if main_only else SECOND_HEIGHT
        rows = [
            one for one in beside if _pitch(line, one) and _ratio(line, one) <= most and self._is_aligned(line, one)
        ]
        if any(_comes_with(line, one) for one in rows) or _turns(line, rows):
            return True
        if not (_pitch(line, typical) and self._looks_like(line, typical, NEAR_HEIGHT)):
            return False
        # What is there beside captions that come and go is none of them.
        return all(_shares_an_edge(line, one) for one in beside)


def _ratio(one: Words, other: Words) -> float:
    return max(one.height, other.height) / max(1, min(one.height, other.height))


def _pitch(one: Words, other: Words) -> bool:
    """Is the one right above or below the other?"""
    return PITCH[0] <= abs(one.middle - other.middle) / max(1, (one.height + other.height) / 2) <= PITCH[1]


def _shares_an_edge(one: Words, other: Words) -> bool:
    return min(abs(one.start - other.start), abs(one.end - other.end)) <= TOGETHER


def _comes_with(one: Words, other: Words) -> bool:
    """Right above or below, from the same frame to the same frame."""
    return _pitch(one, other) and abs(one.start - other.start) <= TOGETHER and abs(one.end - other.end) <= TOGETHER


def _grouped(lines: Sequence[Words]) -> list[tuple[Words, ...]]:
    """Lines that come and go together, from top to bottom; `lines` in order of their starts."""
    groups: list[list[Words]] = []
    for line in _parted(_in_turn(lines)):
        latest = (one for one in groups[-NEIGHBOURS:] if any(_comes_with(line, other) for other in one))
        group = next(latest, None)
        if group is None:
            groups.append([line])
        else:
            group.append(line)
    return [tuple(sorted(one, key=lambda line: line.middle)) for one in groups]


def _parted(lines: Sequence[Words]) -> list[Words]:
    """A line that stays while the one above or below it is another is part of two captions, or of more."""
    parted: list[Words] = []
    for index, line in enumerate(lines):
        near = lines[max(0, index - NEIGHBOURS) : index + NEIGHBOURS]
        turns = _turns(line, [one for one in near if one is not line and _pitch(line, one)])
        edges = [line.start, *turns, line.end]
        parted += [replace(line, start=first, end=last) for first, last in pairwise(edges)]
    return sorted(parted, key=lambda one: one.start)


def _turns(line: Words, beside: Sequence[Words]) -> list[Fraction]:
    """When lines above or below it give way to one another, if they are there from its start to its end."""
    turns: list[Fraction] = []
    at = line.start
    while line.end - at > TOGETHER:
        following = next((one for one in beside if abs(one.start - at) <= TOGETHER and one.end - at > TOGETHER), None)
        if following is None or following.end > line.end + TOGETHER:
            return []
        at = following.end
        turns.append(at)
    return turns[:-1]


def _in_turn(lines: Sequence[Words]) -> list[Words]:
    """A line gives way to a later one in its place."""
    ordered = list(lines)
    for index, line in enumerate(ordered):
        for later in ordered[index + 1 :][:NEIGHBOURS]:
            if line.start < later.start < line.end and is_one(line.box, later.box):
                ordered[index] = replace(line, end=later.start)
                break
    return ordered
