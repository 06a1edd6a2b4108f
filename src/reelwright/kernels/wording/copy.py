"""Advertising copy and titles made of phrases around keywords: no two alike, none longer than asked, all whole.

A text is built of sentences that are each right by themselves: one that opens with the subject, those that hold the
other keywords, some that fit the kind of thing, one that closes. A sentence that does not fit the length any more is
left out; nothing is cut. Phrases are dealt like cards, each once before any comes again, so that a thousand texts use
them all alike. Where so little room is left that dealing finds nothing new, every short form is tried in turn; if there
are fewer than asked, the error tells how many there are.
"""

import itertools
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from reelwright.errors import InvalidParameter
from reelwright.kernels.wording.briefs import Brief, Phrases, phrases

Kind = Literal["copy", "title"]

LONGEST_TITLE = {"zh": 30, "en": 70}  # letters; a longer line is no title
FULL_STOP = {"zh": "。", "en": "."}
OWN = 0.6  # of the sentences about the kind of thing, those that fit no other; the rest are dealt from all
MOST_BODY = 9  # sentences about the kind of thing in one text
FULLEST, LEAST_FULL = 1.0, 0.55  # share of the length that a text aims at
LISTED = 4  # keywords in one list
LISTS = {"quality": "qualities", "thing": "things"}  # the role of a sentence about one, and about several
PATIENCE = 60  # deals without a new text before the short forms are tried
_NEXT = re.compile(r"(^|[.!?]\s+)([a-zà-ÿ])")


class Deck:
    """Phrases dealt in a shuffled order, all of them before any comes again."""

    def __init__(self, cards: Sequence[str], rng: random.Random) -> None:
        self._cards, self._rng = list(cards), rng
        self._left: list[str] = []

    def deal(self, fits: Callable[[str], bool] = lambda _: True) -> str | None:
        """The next one that fits; None if none of all does."""
        for _ in range(2):
            for index, card in enumerate(self._left):
                if fits(card):
                    return self._left.pop(index)
            fresh = [card for card in self._cards if card not in self._left]
            self._rng.shuffle(fresh)
            self._left += fresh
        return None


class Writer:
    """Makes texts around one brief. `length`: the most letters one may have."""

    def __init__(self, brief: Brief, *, length: int, seed: int) -> None:
        self.brief, self.length = brief, length
        self._rng = random.Random(seed)
        self._known: Phrases = phrases(brief.language)
        self._glue = "" if brief.language == "zh" else " "
        self._decks: dict[str, Deck] = {}
        self._filled: Mapping[str, str] = {"s": brief.subject, "n": brief.bare}

    def texts(self, kind: Kind, count: int) -> list[str]:
        """Exactly `count` texts, all different. InvalidParameter if there are not so many of this length."""
        self._look_at_length()
        make = self._copy if kind == "copy" else self._title
        found: dict[str, None] = {}
        idle = 0
        while len(found) < count and idle < PATIENCE:
            text = make()
            is_new = text is not None and text not in found
            idle = 0 if is_new else idle + 1
            if text is not None:
                found.setdefault(text)
        if len(found) < count:
            found |= dict.fromkeys(itertools.islice(self._short_forms(kind, found), count - len(found)))
        if len(found) < count:
            raise InvalidParameter(
                f"only {len(found)} different texts of at most {self.length} letters can be made of these keywords, "
                f"not {count}; raise length, or ask for fewer",
                field="count",
            )
        return list(found)

    def _look_at_length(self) -> None:
        shortest = min(self.brief.keywords, key=len)
        if len(shortest) > self.length:
            raise InvalidParameter(
                f"length is {self.length} and no keyword fits: the shortest, {shortest!r}, has {len(shortest)} "
                "letters; raise length",
                field="length",
            )

    # ---- copy

    def _copy(self) -> str | None:
        opened = self._sentence("open")
        if opened is None:
            return None
        room = _Room(self.length, len(self._glue), opened)
        before, after = list(self._about_keywords(room)), list[str]()
        closing = self._sentence("close", room)
        aim = self.length * (LEAST_FULL + (FULLEST - LEAST_FULL) * self._rng.random())
        for _ in range(MOST_BODY):
            if room.taken >= aim:
                break
            role = "own body" if self._rng.random() < OWN else "body"
            more = self._sentence(role, room)
            if more is not None:
                after.append(more)
        lead = after[:1] if len(after) > 1 else []  # keywords do not all come at once
        parts = [opened, *lead, *before, *after[len(lead) :], *([closing] if closing else [])]
        return self._glue.join(parts)

    def _about_keywords(self, room: "_Room") -> Iterator[str]:
        """Sentences that hold the keywords beside the subject, as far as there is room; another order each time."""
        brief = self.brief
        slots = {"audience": "a", "occasion": "o", "offer": "g"}
        blocks = [("quality", brief.qualities), ("thing", brief.things), ("audience", brief.audience)]
        blocks += [("occasion", brief.occasion), ("offer", brief.offer)]
        for role, listed in self._rng.sample(blocks, len(blocks)):
            if role not in slots:
                yield from self._listing(role, LISTS[role], listed, room)
                continue
            for keyword in listed:
                sentence = self._sentence(role, room, **{slots[role]: self._with_article(role, keyword)})
                if sentence:
                    yield sentence

    def _listing(self, one: str, many: str, listed: Sequence[str], room: "_Room") -> Iterator[str]:
        """Keywords of one role, some in one list; fewer if there is no room for more."""
        left = self._rng.sample(listed, len(listed))
        while left:
            for size in range(min(LISTED, len(left)), 0, -1):
                role = many if size > 1 else one
                sentence = self._sentence(role, room, f=self._known.comma.join(left[:size]))
                if sentence:
                    yield sentence
                    break
            left = left[size:]

    def _with_article(self, role: str, keyword: str) -> str:
        needs = role == "occasion" and keyword.casefold() in self._known.roles.get("occasion_the", ())
        return f"the {keyword}" if needs else keyword

    # ---- titles

    def _title(self) -> str | None:
        most = min(self.length, max(LONGEST_TITLE[self.brief.language], len(self.brief.bare) + 4))
        forms = ["title", "title_verb", "title_long"]
        slots: dict[str, str] = {}
        for role, listed in (("title_quality", self.brief.qualities), ("title_thing", self.brief.things)):
            if listed:
                forms += [role, role]  # titles with another keyword are worth more
        form = self._rng.choice(forms)
        if form in ("title_quality", "title_thing"):
            listed = self.brief.qualities if form == "title_quality" else self.brief.things
            slots["f"] = self._rng.choice(listed)
        frame = self._deck(form).deal()
        assert frame is not None  # every form has phrases
        slots |= self._hooks(frame)
        text = self._written(frame, slots)
        return text if len(text) <= most else None

    def _hooks(self, frame: str) -> dict[str, str]:
        hook = self._deck("hook").deal()
        other = self._deck("hook").deal(lambda one: one != hook) if "{k}" in frame else None
        slots = {"h": hook or "", "k": other or ""}
        for slot, role in (("t", "tail"), ("b", "before")):
            if f"{{{slot}}}" in frame:
                slots[slot] = self._deck(role).deal() or ""
        return slots

    # ---- where there is little room

    def _short_forms(self, kind: Kind, known: Mapping[str, None]) -> Iterator[str]:
        """Every short text that is not known, the better ones first."""
        seen = set(known)
        for text in self._every_short(kind):
            if len(text) <= self.length and text not in seen:
                seen.add(text)
                yield text

    def _every_short(self, kind: Kind) -> Iterator[str]:
        if kind == "copy":
            opened = [self._written(one, {}) for one in self._cards("open")]
            rest = [self._written(one, {}) for role in ("close", "body") for one in self._cards(role)]
            yield from opened
            yield from (self._glue.join(pair) for pair in itertools.product(opened, rest))
        common = self._known.common
        marks = common["marks"] if kind == "title" else common["marks"][1:]
        names = sorted({self.brief.bare, *self.brief.named, *self.brief.things}, key=len)
        plain = [one for name in names for one in self._tagged(name, common)]
        yield from (text + mark for mark in marks for text in plain)
        yield from self._with_hooks(plain, FULL_STOP[self.brief.language] if kind == "copy" else "")
        yield from (_capital(name) + mark for mark in marks for name in self.brief.keywords)
        yield from (*plain, *map(_capital, self.brief.keywords))

    def _with_hooks(self, plain: Sequence[str], end: str) -> Iterator[str]:
        """Each of `plain` with one line behind it, then with two."""
        hooks, joins = self._cards("hook"), self._known.common["joins"]
        stop = FULL_STOP[self.brief.language] + self._glue
        lines = [*hooks, *(stop.join(pair) for pair in itertools.permutations(hooks, 2))]
        for line, join, text in itertools.product(lines, joins, plain):
            yield f"{text}{join}{line}{end}"

    def _tagged(self, name: str, common: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """A word before the name, or after it."""
        subject = self.brief.subject if name == self.brief.bare else name
        for word in common["before"]:
            yield _capital(f"{word}{self._glue}{subject}")
        for word in common["after"]:
            yield _capital(f"{name}{self._glue}{word}")

    # ---- phrases

    def _sentence(self, role: str, room: "_Room | None" = None, **slots: str) -> str | None:
        """A phrase of that role which fits, written out; the room it takes is taken."""
        most = self.length if room is None else room.left
        said = () if room is None else room.sentences

        def fits(phrase: str) -> bool:
            text = self._written(phrase, slots)
            return len(text) <= most and text not in said

        card = self._deck(role).deal(fits)
        if card is None:
            return None
        text = self._written(card, slots)
        if room is not None:
            room.take(text)
        return text

    def _written(self, phrase: str, slots: Mapping[str, str]) -> str:
        text = phrase.format_map({**self._filled, **slots})
        return text if self.brief.language == "zh" else _NEXT.sub(lambda one: one[1] + one[2].upper(), text)

    def _deck(self, role: str) -> Deck:
        if role not in self._decks:
            self._decks[role] = Deck(self._cards(role), self._rng)
        return self._decks[role]

    def _cards(self, role: str) -> list[str]:
        own = self._known.types[self.brief.type].phrases.get(role.removeprefix("own "), ())
        shared = self._known.common.get(role, ())
        if role == "hook" and self.brief.type != "general":
            shared = self._known.types["general"].phrases["hook"]
        return list(own) if role.startswith("own ") else [*own, *shared]


class _Room:
    """Letters that are still free in a text."""

    def __init__(self, length: int, glue: int, first: str) -> None:
        self._length, self._glue, self.taken = length, glue, len(first)
        self.sentences = [first]

    @property
    def left(self) -> int:
        return self._length - self.taken - self._glue

    def take(self, sentence: str) -> None:
        self.taken += self._glue + len(sentence)
        self.sentences.append(sentence)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
