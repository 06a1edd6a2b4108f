"""Read a whole story: its boards, its figures, its places and its things."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reelwright.kernels.story import (
    cutting,
    details,
    introducing,
    layout,
    naming_en,
    naming_zh,
    places,
    quoting,
    tables,
)
from reelwright.kernels.story.figures import Cast, Figure
from reelwright.kernels.story.layout import Board
from reelwright.kernels.story.places import Place, Prop
from reelwright.kernels.story.surroundings import Surroundings
from reelwright.kernels.wording.words import Language

MOST_FIGURES = 24
MATTERS = 2  # mentions that make a place one of the story though nobody is seen to be there
FEW = 6  # places of a story that need not matter more
OPENING = 300  # letters at the head of a story, whose places are its own
MOST_THINGS = 2  # of a place's look
LONGEST_STEP = 60  # letters in which a reader may get from one place to another


@dataclass(frozen=True, slots=True)
class Story:
    title: str
    language: Language
    boards: tuple[Board, ...]
    figures: tuple[Figure, ...]
    places: tuple[Place, ...]
    props: tuple[Prop, ...]


def read(text: str, language: Language, *, title: str = "") -> Story:
    """A novel. Its boards hold every letter of it but titles, headings, and lines of stars."""
    laid = layout.laid_out(text, language, title=title)
    body = "\n".join(one.text for one in laid.boards)
    return told(laid.title, laid.boards, body, narration_of(body, language), language)


def told(title: str, boards: tuple[Board, ...], text: str, narration: str, language: Language) -> Story:
    """The story of boards that are there already."""
    naming = naming_zh if language == "zh" else naming_en
    named = naming.figures(text, narration)[:MOST_FIGURES]
    figures = introducing.introduced(details.detailed(named, narration, language), text, language)
    found = places.places(text, narration, Cast(figures, language), language)
    props = places.props(text, language)
    kept = _furnished(found, props, figures, narration, language)
    return Story(title, language, boards, tuple(figures), tuple(kept), tuple(props))


def _furnished(
    found: Sequence[Place], props: Sequence[Prop], figures: Sequence[Figure], narration: str, language: Language
) -> list[Place]:
    """The places where somebody is, or that matter, with the things that are told of there."""
    where = Surroundings(found, language)
    fixed = frozenset(tables.of(language).props["fixed"])
    visits: Counter[int] = Counter()
    things: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for sentence in cutting.sentences(narration):
        before = where.now.place
        for part in cutting.parts(sentence, LONGEST_STEP):
            now = where.hears(part).place
            if now is not None:
                visits[now] += now != before
                things[now].update(
                    number for number, one in enumerate(props) if one.name in part.lower() and one.name in fixed
                )
            before = now
    people = {name for one in figures for name in (one.name, *one.aliases)}
    kept = []
    for number, place in enumerate(found):
        is_somebodys = any(place.name.startswith(one) for one in people)
        opens = place.name in " ".join(narration[:OPENING].split())
        if (
            visits[number]
            or place.mentions >= MATTERS
            or is_somebodys
            or opens
            or len(found) <= FEW
            or " " in place.name
        ):
            inside = [props[one].look for one, count in things[number].most_common(MOST_THINGS) if count > 1]
            kept.append(replace(place, look=places.furnished(place.look, inside, language)))
    return kept


def narration_of(text: str, language: Language) -> str:
    """The text without what figures say; a pair of quotes stands for each speech."""
    empty = "“。”" if language == "zh" else "''"
    paragraphs = []
    for paragraph in text.split("\n"):
        parts = (empty if one.is_speech else one.text for one in quoting.segments(paragraph, language))
        paragraphs.append("".join(parts))
    return "\n".join(paragraphs)
