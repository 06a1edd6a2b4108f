"""A narrated shot in time: how many frames it lasts by its speech, and which words are on the screen when.

Speech begins `LEAD` after the shot, and `TAIL` is left after it, so that voices of two shots have a breath between
them. A sentence that does not fit on the screen is parted at the marks of its clauses, else between words, evenly, and
shown part by part: each comes with its first word. Where a voice does not tell its words, each gets the share of the
sentence's time that its letters have, moved to the pause of the voice that lies nearest, where there is one.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

LEAD = Fraction(1, 12)  # s: whole frames at 24 and at 48 a second, whole samples at 48 kHz
TAIL = Fraction(3, 20)  # s
HELD = 0.3  # s that words stay after they were said, if nothing follows
SHORTEST = 0.4  # s of a silent line for each of its parts

Fits = Callable[[str], bool]

MARKS = ("。！？!?…；;", "，、,：:—–", " \t")  # where a text is parted: the better ones first
COSTS = (0.0, 0.08, 0.35, 0.8)  # of each, and of a place between two letters; in shares of the text off its middle
CLOSING = "\"'”’)）]】》」』"
ABBREVIATED = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|vs|etc|[A-Z])|\d)\.$")
LETTER = re.compile(r"\w")
PAUSED_AT_MARK = 2.0  # letters that a mark takes as long as

QUIET = 0.1  # of the voice's level: below it there is a pause
PAUSE = 0.08  # s, the shortest that counts: a stop within a word is shorter
WORTH = 3.0  # s of a place farther away that a second more of pause makes up for
NEAR = 0.8  # s from where the letters would put a part to the pause that it begins after
STEP = 0.01  # s


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in [start, end), seconds of the speech. `words`: each with its start, if the voice tells them."""

    text: str
    start: float
    end: float
    words: Sequence[tuple[str, float]] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """Words on the screen in [start, end), seconds; they begin with the voice."""

    text: str
    start: float
    end: float


def frames(seconds: float, rate: int) -> int:
    """Frames of a shot whose speech lasts so long."""
    return math.ceil((LEAD + Fraction(seconds).limit_denominator(1_000_000) + TAIL) * rate)


def lead_frames(rate: int) -> int:
    """Frames before the speech."""
    return round(LEAD * rate)


def spoken(
    sentences: Sequence[Said], fits: Fits, *, voice: NDArray[np.float32], rate: int, lead: float, length: float
) -> list[Shown]:
    """What is shown when: of a shot of `length` seconds whose speech, float32 [n] at `rate` Hz, begins at `lead`."""
    level = envelope(voice, rate)
    found: list[tuple[str, float, float]] = []
    for one in sentences:
        texts = parts(" ".join(one.text.split()), fits)
        edges = sorted([one.start, *(_at_words(texts, one) or _at_pauses(texts, one, level)), one.end])
        found += [(text, edges[n] + lead, edges[n + 1] + lead) for n, text in enumerate(texts)]
    return _held(found, length)


def silent(text: str, fits: Fits, *, start: float, end: float) -> list[Shown]:
    """The same for a text that nobody says: each part has its share of the time."""
    texts = parts(" ".join(text.split()), fits)
    edges = [start, *_edges(texts, start, end), end]
    return [Shown(one, edges[n], edges[n + 1]) for n, one in enumerate(texts)]


def _held(found: Sequence[tuple[str, float, float]], length: float) -> list[Shown]:
    starts = [start for _, start, _ in found[1:]] + [length]
    return [
        Shown(text, start, max(min(end + HELD, after, length), start))
        for (text, start, end), after in zip(found, starts, strict=True)
    ]


# ---- parting


def parts(text: str, fits: Fits) -> list[str]:
    """The text in as few parts as halving makes that each fit; nothing but the spaces between them is lost."""
    text = text.strip()
    if not text:
        return []
    if len(text) < 2 or fits(text):
        return [text]
    place = _middle(text)
    return [*parts(text[:place], fits), *parts(text[place:], fits)]


def two_lines(text: str, fits: Fits) -> list[str] | None:
    """The text in two lines that each fit, broken where it reads best; None if there is no such place."""
    ways = [(cost, place) for cost, place in _places(text) if fits(text[:place].strip()) and fits(text[place:].strip())]
    best = min(ways, default=None)
    return None if best is None else [text[: best[1]].strip(), text[best[1] :].strip()]


def _middle(text: str) -> int:
    """The best place to part it: close to the middle, behind a mark."""
    return min(_places(text), default=(0.0, len(text) // 2))[1]


def _places(text: str) -> Iterator[tuple[float, int]]:
    """Every place where it may be parted, with what that costs."""
    for place in range(1, len(text)):
        if not _amid(text, place):
            yield abs(place / len(text) - 0.5) + COSTS[_kind(text, place)], place


def _kind(text: str, place: int) -> int:
    """Which of the marks it lies behind; closing quotes belong to the mark before them."""
    before = text[:place].rstrip(CLOSING) if text[place - 1] in CLOSING else text[:place]
    mark = before[-1:]
    if mark == " ":
        inner = before.rstrip()[-1:]
        if inner and inner in MARKS[1]:
            return 1
        if inner and (inner in MARKS[0] or (inner == "." and not ABBREVIATED.search(before.rstrip()))):
            return 0
        return 2
    return next((kind for kind, marks in enumerate(MARKS) if mark and mark in marks), len(MARKS))


def _amid(text: str, place: int) -> bool:
    """Would a mark begin the second part, or a Western word be cut? The latter only where it has spaces at all."""
    after, before = text[place], text[place - 1]
    if after in CLOSING or any(after in marks for marks in MARKS):
        return True
    glued = before.isascii() and after.isascii() and not before.isspace()
    return glued and " " in text.strip()


# ---- timing


def weight(text: str) -> float:
    """How long it takes to say, in letters."""
    return _letters(text) + PAUSED_AT_MARK * sum(text.count(mark) for mark in MARKS[0] + MARKS[1]) + 1e-6


def _at_words(texts: Sequence[str], one: Said) -> list[float]:
    """When each part but the first begins, in seconds, by the words that are said; nothing if none are told."""
    counts = np.cumsum([0, *(_letters(word) for word, _ in one.words)])
    if not counts[-1]:
        return []
    begins = np.cumsum([_letters(text) for text in texts])[:-1]
    found = np.interp(begins, counts, [*(start for _, start in one.words), one.end])
    return [float(min(max(at, one.start), one.end)) for at in found]


def _letters(text: str) -> int:
    return len(LETTER.findall(text))


def _at_pauses(texts: Sequence[str], one: Said, level: NDArray[np.float64]) -> list[float]:
    """The same, guessed by the letters of the parts and the pauses of the voice."""
    likely = zip(texts, _edges(texts, one.start, one.end), strict=False)
    return [_in_pause(level, at) if _pauses(text) else at for text, at in likely]


def _edges(texts: Sequence[str], start: float, end: float) -> list[float]:
    weights = np.cumsum([weight(one) for one in texts])
    return [float(start + (end - start) * share) for share in weights[:-1] / weights[-1]] if texts else []


def envelope(voice: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """How loud the voice is in each `STEP`, its own loud parts being 1."""
    hop = max(1, round(STEP * rate))
    whole = np.asarray(voice[: len(voice) // hop * hop], np.float64).reshape(-1, hop)
    if not len(whole):
        return np.zeros(0)
    level = np.sqrt(np.square(whole).mean(axis=1))
    return np.asarray(level / (np.percentile(level, 95) or 1.0))


def _pauses(text: str) -> bool:
    """Does the voice pause after it? After words that are parted for their length alone it does not."""
    last = text.rstrip().rstrip(CLOSING)[-1:]
    return bool(last) and (last in MARKS[0] or last in MARKS[1] or last == ".")


def _in_pause(level: NDArray[np.float64], at: float) -> float:
    """The end of the pause that is nearest to a moment, longer ones before short ones: there the voice goes on."""
    first, last = max(0, round((at - NEAR) / STEP)), min(len(level), round((at + NEAR) / STEP))
    quiet = np.concatenate([[False], level[first:last] < QUIET, [False]])
    edges = np.flatnonzero(np.diff(quiet.astype(np.int8)))
    pauses = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if (b - a) * STEP >= PAUSE]
    ends = {(first + end) * STEP: (end - start) * STEP for start, end in pauses if first + end < last}
    return min(ends, key=lambda end: abs(end - at) - WORTH * ends[end], default=at)


def onset(voice: NDArray[np.float32], rate: int, after: float, until: float) -> float | None:
    """Where the voice begins between two moments; None if it is not heard. Seconds."""
    level = envelope(voice, rate)
    first, last = round(after / STEP), round(until / STEP)
    heard = np.flatnonzero(level[first:last] >= QUIET)
    return (first + int(heard[0])) * STEP if len(heard) else None
