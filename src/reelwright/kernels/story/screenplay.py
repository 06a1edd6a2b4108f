"""A script: who says which line, where scenes begin, and what is only seen.

A scene begins at INT. or EXT., at 场景 or 第N场. A line `NAME: words` (or a name in capitals on a line of its own, with
the words below) is said by that name; what stands in brackets is how it is said, or what is seen. Everything else is
action. In the mode `dialogue` action is seen and not told, and only a scene in which nobody speaks is told by the
narrator; in the other modes the narrator tells it all. Names and scene headings are never told.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reelwright.kernels.story import details, layout, places, reader, shots, tables
from reelwright.kernels.story.figures import Cast, Figure
from reelwright.kernels.story.layout import Board
from reelwright.kernels.story.places import Place
from reelwright.kernels.story.reader import Story
from reelwright.kernels.story.referring import Attention
from reelwright.kernels.story.shots import Mode, Take, Unit
from reelwright.kernels.story.surroundings import Surroundings
from reelwright.kernels.wording.words import Language

TARGET = {"zh": 1500, "en": 6000}
LONGEST_NAME = {"zh": 10, "en": 30}
_SCENE = re.compile(
    r"^(?:#+\s*)?(?:(?:\d+[.、]?\s*)?(?:INT|EXT|INT/EXT|I/E)[./\s].*|场景\s*[\d一二三四五六七八九十]*\s*[:：、.\s]?.*"
    r"|第\s*[\d〇零一二三四五六七八九十百]+\s*[场幕](?:\s*[:：、.\s].*)?|(?:SCENE|Scene)\s+[\dIVX]+\b.*|\d+[-—]\d+\s+.*)$"
)
_LINE = re.compile(
    r"^(?P<name>[^:：()（）“”\"。！？!?,，]{1,30}?)\s*(?P<how>[（(][^）)]*[）)])?\s*[:：]\s*(?P<words>.*)$"
)
_CUE = re.compile(r"^(?P<name>[A-Z][A-Z .'’\-]{1,28}[A-Z.])\s*(?P<how>\([^)]*\))?$")
_BRACKETED = re.compile(r"[（(【\[][^）)】\]]*[）)】\]]")
_MARKS = re.compile(
    r"^(?:\d+[.、]?\s*)?(?:(?:INT/EXT|INT|EXT|I/E|SCENE\s+\w+|Scene\s+\w+)[./:\s]+|场景\s*[\d一二三四五六七八九十]*\s*[:：、.\s]*"
    r"|第\s*[\d〇零一二三四五六七八九十百]+\s*[场幕]\s*[:：、.\s]*|\d+[-—]\d+\s+)"
)
_WHEN = re.compile("清晨|早晨|黎明|上午|中午|下午|白天|黄昏|傍晚|夜晚|夜里|深夜|晚上|[日夜晨昏内外]景?")
TIMES = {"日": "白天", "夜": "夜晚", "晨": "清晨", "昏": "黄昏"}
_NO_NAME = re.compile("[了着过的是在和把被]|^[他她它这那]")  # of what stands before a colon in a sentence
_NO_NAMES = frozenset(
    [
        *("FADE IN", "FADE OUT", "CUT TO", "THE END", "DISSOLVE TO", "TITLE", "NOTE"),
        *("时间", "地点", "人物", "场景", "剧情", "作者", "注"),
    ]
)
_NARRATORS = frozenset({"旁白", "画外音", "narrator", "narration", "v.o.", "voice-over", "voiceover"})


@dataclass(frozen=True, slots=True)
class Line:
    """`kind`: heading, speech, action. `name` says the speech, `how` is its bracket."""

    kind: str
    text: str
    name: str = ""
    how: str = ""


def lines(text: str, language: Language) -> Iterator[Line]:
    """The lines of a script, in order; empty ones are left out."""
    cue: Line | None = None
    for raw in text.split("\n"):
        one = raw.strip()
        if not one:
            cue = None
            continue
        if _SCENE.match(one):
            cue = None
            yield Line("heading", one.lstrip("# "))
        elif (spoken := _spoken(one, language)) is not None:
            cue = None
            yield spoken
        elif (named := _CUE.match(one)) and named["name"].rstrip(".") not in _NO_NAMES and not cue:
            cue = Line("speech", "", _proper(named["name"]), named["how"] or "")
        elif cue is not None and _BRACKETED.fullmatch(one):
            cue = replace(cue, how=one)
        elif cue is not None:
            yield replace(cue, text=one)
        else:
            yield Line("action", one)


def _spoken(line: str, language: Language) -> Line | None:
    found = _LINE.match(line)
    if found is None or not found["words"].strip():
        return None
    name = found["name"].strip()
    if language == "zh" and _NO_NAME.search(name):
        return None
    is_long = len(name) > LONGEST_NAME[language] or len(name.split()) > 4
    if is_long or name.upper() in _NO_NAMES or not any(one.isalpha() for one in name):
        return None
    return Line("speech", found["words"].strip(), _proper(name), found["how"] or "")


def _proper(name: str) -> str:
    """ALICE is Alice, whatever follows it in brackets."""
    tidy = " ".join(name.split())
    return tidy.title().replace("’S", "’s").replace("'S", "'s") if tidy.isupper() and tidy.isascii() else tidy


# ---- the whole script


def read(text: str, language: Language, *, title: str = "") -> Story:
    """Its boards are groups of scenes; its figures are those who speak, and those that the action names."""
    head, body = _head(text, language)
    told = list(lines(body, language))
    boards = _boards(body, language, title or head)
    speaking = Counter(one.name for one in told if one.kind == "speech" and one.name.lower() not in _NARRATORS)
    action = "\n".join(_without(one) for one in told if one.kind == "action" or one.how)
    named = reader.told(title or head, boards, action, action, language) if action.strip() else None
    figures = _figures(speaking, named.figures if named else (), action, language)
    headings = "\n".join(_place_of(one.text) for one in told if one.kind == "heading")
    found = places.places(f"{headings}\n{action}", f"{headings}\n{action}", Cast(figures, language), language)
    own = _headed(headings, found, language)
    props = named.props if named else ()
    return Story(
        title or head or (boards[0].title if boards else ""), language, boards, tuple(figures), (*own, *found), props
    )


def _without(line: Line) -> str:
    return f"{line.name} {line.how.strip('（()）')}" if line.kind == "speech" else line.text


def _head(text: str, language: Language) -> tuple[str, str]:
    """The title, where the first line is one, and the rest."""
    first, _, rest = text.strip().partition("\n")
    kind = next(iter(lines(first, language)), Line("action", first)).kind
    is_title = (
        kind == "action" and len(first) <= layout.LONGEST_TITLE[language] and not re.search(r"[。！？.!?，,（(]", first)
    )
    return (first.strip().lstrip("# "), rest) if is_title and rest.strip() else ("", text)


def _boards(body: str, language: Language, title: str) -> tuple[Board, ...]:
    """Scenes together up to a length; each keeps its heading, for the place and time."""
    scenes: list[str] = []
    for raw in body.split("\n"):
        if _SCENE.match(raw.strip()) or not scenes:
            scenes.append(raw.strip())
        else:
            scenes[-1] += f"\n{raw.strip()}"
    groups: list[list[str]] = []
    told = [part for one in scenes for part in _parted(one, TARGET[language])]
    for scene in (one for one in told if _tells(one, language)):
        if groups and sum(map(len, groups[-1])) + len(scene) <= TARGET[language]:
            groups[-1].append(scene)
        else:
            groups.append([scene])
    made = []
    for number, group in enumerate(groups, 1):
        text = "\n".join(group).strip()
        name = f"{title} ({number})".strip() if len(groups) > 1 else title
        first = text.split("\n")[0]
        made.append(Board(layout.board_id(text, number), number, name or (first if _SCENE.match(first) else ""), text))
    return tuple(made)


def _parted(scene: str, target: int) -> list[str]:
    """A scene that is far too long for one board, between its lines."""
    if len(scene) <= 2 * target:
        return [scene]
    found = [""]
    for line in scene.split("\n"):
        if found[-1] and len(found[-1]) + len(line) > target:
            found.append(line)
        else:
            found[-1] += f"\n{line}" if found[-1] else line
    return found


def _tells(scene: str, language: Language) -> bool:
    return any(one.kind != "heading" and any(map(str.isalnum, one.text)) for one in lines(scene, language))


def _figures(speaking: Counter[str], named: Sequence[Figure], action: str, language: Language) -> list[Figure]:
    kinds = tables.kinds_of(language, "roles")
    own = []
    for name, count in speaking.most_common():
        role = next((one for one in sorted(kinds, key=len, reverse=True) if _ends_with(name, one, language)), "")
        own.append(Figure(name, (), role, kinds.get(role, "person"), mentions=count + action.count(name)))
    known = {one.name.casefold() for one in own}
    others = [
        one for one in named if one.name.casefold() not in known and not any(one.name in name for name in speaking)
    ]
    return details.detailed([*own, *others], action, language)


def _ends_with(name: str, role: str, language: Language) -> bool:
    return name.endswith(role) if language == "zh" else name.lower().split()[-len(role.split()) :] == role.split()


def _place_of(heading: str) -> str:
    """ "INT. THE OLD LIBRARY - NIGHT" -> the old library; "第1场 咖啡馆 夜 内" -> 咖啡馆."""
    text = _MARKS.sub("", heading)
    if not text.isascii():
        parts = [one for one in re.split(r"[\s,，·/／、\-–—]+", text) if one and not _WHEN.fullmatch(one)]
        return parts[0] if parts else ""
    text = re.split(r"\s+[-–—]+\s+", text)[0].strip()
    return text.lower() if text.isupper() else text


def _headed(headings: str, found: Sequence[Place], language: Language) -> list[Place]:
    """Places that only headings name, and the list does not know."""
    known = {name for one in found for name in (one.name, *one.aliases)}
    counts = Counter(one for one in headings.split("\n") if one and one not in known)
    made = []
    for name, count in counts.items():
        if any(name.endswith(one) or one.endswith(name) for one in known):
            continue
        kind = places.kind_of(name, language)
        hint = tables.of(language).places_hints[kind]
        made.append(Place(name, (), kind, f"{name}，{hint}" if language == "zh" else f"{name}, {hint}", count))
    return made


# ---- shots


def takes(text: str, cast: Cast, found: Sequence[Place], mode: Mode) -> list[Take]:
    """The shots of a board of a script."""
    units = list(_units(text, cast, found, mode))
    return shots.grouped(units, cast.language)


def _units(text: str, cast: Cast, found: Sequence[Place], mode: Mode) -> Iterator[Unit]:
    language = cast.language
    by_name = {name.casefold(): number for number, one in enumerate(cast.figures) for name in (one.name, *one.aliases)}
    where, mind = Surroundings(found, language), Attention(cast)
    told = list(lines(text, language))
    held: list[str] = []
    for number, one in enumerate(told):
        if one.kind == "heading":
            where.ends_scene()
            where.hears(_heading_words(one.text, language))
            mind = Attention(cast)
            continue
        if one.kind == "action":
            where.hears(one.text)
            mind.hears(one.text)
            if mode == "dialogue" and _is_spoken_in(told, number):
                held.append(one.text.strip("（()）"))
            else:
                yield from _told(one.text.strip("（()）"), None, number, where, mind, "")
            continue
        speaker = by_name.get(one.name.casefold())
        words = _BRACKETED.sub("", one.text).strip() or one.text
        tag = " ".join(
            filter(None, [*held, one.how.strip("（()）"), *(_inner(part) for part in _BRACKETED.findall(one.text))])
        )
        held = []
        yield from _told(words, None if mode == "first_person_vo" else speaker, number, where, mind, tag)


def _inner(bracket: str) -> str:
    return bracket.strip("（()）【】[]")


def _told(
    text: str, speaker: int | None, number: int, where: Surroundings, mind: Attention, tag: str
) -> Iterator[Unit]:
    there = mind.everyone(f"{tag} {text}" if speaker is None else tag)
    seen = tuple(dict.fromkeys([*([speaker] if speaker is not None else []), *there]))
    glue = "\n" if number else ""
    for part in shots.parted(text):
        yield Unit(glue + part, speaker, number, where.now, seen, tag, speaker if speaker is not None else mind.subject)
        glue = ""


def _is_spoken_in(told: Sequence[Line], number: int) -> bool:
    """Does anybody speak in the scene of a line, after it or before?"""
    start = max((at for at in range(number) if told[at].kind == "heading"), default=-1)
    end = min((at for at in range(number, len(told)) if told[at].kind == "heading"), default=len(told))
    return any(one.kind == "speech" for one in told[start + 1 : end])


def _heading_words(heading: str, language: Language) -> str:
    """The heading as a sentence that says where and when."""
    place = _place_of(heading)
    rest = _MARKS.sub("", heading).replace(place, " ")
    if language == "en":
        return f"in the {place}. {' '.join(rest.lower().split())}"
    when = [TIMES.get(one[0], "") if len(one) == 1 else one for one in _WHEN.findall(rest)]
    return f"在{place}里。{'，'.join(filter(None, when))}。"
