"""A script: who says which line, where scenes begin, and what is only seen.

A scene begins at INT. or EXT., at ACT and SCENE, at 场景 or 第N场, or at a number with a place and 日 or 内. A line
`NAME: words` (or a name in capitals on a line of its own, with the words below; in a play `NAME. Words`) is said by
that name; what stands in brackets is how it is said, or what is seen. Everything else is action. In the mode `dialogue`
action is seen and not told, and only a scene in which nobody speaks is told by the narrator; in the other modes the
narrator tells it all. Names, scene headings, cuts and fades, and lists of who is there are never told.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reelwright.kernels.story import details, layout, places, reader, shots, tables
from reelwright.kernels.story.figures import CROWD, Cast, Figure
from reelwright.kernels.story.layout import Board
from reelwright.kernels.story.places import Place
from reelwright.kernels.story.reader import Story
from reelwright.kernels.story.referring import Attention
from reelwright.kernels.story.shots import Mode, Take, Unit
from reelwright.kernels.story.surroundings import Surroundings
from reelwright.kernels.wording.words import Language

TARGET = {"zh": 1500, "en": 6000}
TOLD = ("speech", "action")
LONGEST_NAME = {"zh": 10, "en": 30}
_INSIDE = r"(?:INT\.?\s*/\s*EXT|EXT\.?\s*/\s*INT|INT|EXT|I/E)"
_ZH_NUMBER = r"[\d〇零一二三四五六七八九十百]+"
_SCENE = re.compile(
    rf"^(?:(?:\d+[.、]?\s*)?{_INSIDE}[./\s].*|场景\s*[\d一二三四五六七八九十]*\s*[:：、.\s]?.*"
    rf"|(?:第\s*{_ZH_NUMBER}\s*集\s*)?第\s*{_ZH_NUMBER}\s*[场幕](?:\s*[:：、.\s].*)?"
    r"|(?:SCENE|Scene|ACT|Act)\s+[\dIVX]+\b.*|\d+[-—]\d+\s+.*"
    r"|\d+\s*[.、．\s]\s*(?=.*(?:^|[\s，,/、])(?:[日夜晨昏内外]{1,2}景?)(?:$|[\s，,/、]))[^。！？]*)$"
)
_LINE = re.compile(
    r"^(?P<name>[^:：()（）“”\"。！？!?,，]{1,30}?)\s*(?P<how>[（(][^）)]*[）)])?\s*[:：]\s*(?P<words>.*)$"
)
_CUE = re.compile(r"^(?P<name>[A-Z][A-Z .'’\-]{1,28}[A-Z.])\s*(?P<how>\([^)]*\))?$")
_BRACKETED = re.compile(r"[（(【\[][^）)】\]]*[）)】\]]")
_MARKS = re.compile(
    rf"^(?:\d+[.、]?\s*)?(?:(?:{_INSIDE}|(?:SCENE|Scene|ACT|Act)\s+\w+)(?:[./:\s]+|$)"
    rf"|场景\s*[\d一二三四五六七八九十]*\s*[:：、.\s]*"
    rf"|(?:第\s*{_ZH_NUMBER}\s*集\s*)?第\s*{_ZH_NUMBER}\s*[场幕]\s*[:：、.\s]*|\d+[-—]\d+\s+|\d+\s*[.、．\s]\s*)"
)
_PLAYED = re.compile(r"^(?P<name>[A-Z][A-Z '’\-]{2,28})\.\s+(?P<words>\S.*)$")
_IS_PLAY = re.compile(r"^\W*(?:ACT|SCENE)\s+[\dIVX]+\b", re.MULTILINE)
_NOTE = re.compile(
    r"^(?:(?:SMASH |MATCH |JUMP )?CUT TO(?: BLACK)?|FADE (?:IN|OUT|TO \w+)|DISSOLVE TO|THE END|CONTINUED"
    r"|切至|切到|淡入|淡出|黑场|化入|化出|转场|[（(]?(?:全?剧终|完)[)）]?)\s*[:：.。]?$"
    r"|^(?:时间|地点|人物|出场人物|角色|演员|编剧|作者|导演|剧名|剧情|注"
    r"|characters|cast|time|place|setting|author|written by|title)\s*[:：].*$",
    re.IGNORECASE,
)
_VOICED = re.compile(r"(?<=.)\s*(?:\bO\.?S\.?|\bV\.?O\.?|\bO\.?C\.?|OS|VO|\bCONT['’]?D|画外音|内心独白|独白|心声)$")
_TOGETHER = re.compile(r"\s*[&＆/、]\s*|\s+(?:and|AND)\s+")
_EVERYBODY = frozenset({"all", "everyone", "everybody", "crowd", "both", "chorus", "全班", "同学们", "齐声", "合"})
_FRAMED = re.compile(r"^【([^】]*)】\s*(.*)$")
_SEEN = "△▲▽▼◇◆☆★●○■□※"
"""Marks that begin a line of action."""
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
    """`kind`: heading, speech, action, note. `name` says the speech, `how` is its bracket. A note is never told."""

    kind: str
    text: str
    name: str = ""
    how: str = ""


def lines(text: str, language: Language) -> Iterator[Line]:
    """The lines of a script, in order; empty ones are left out."""
    cue: Line | None = None
    has_spoken, is_play = False, _IS_PLAY.search(text) is not None
    written = [_bare(raw) for raw in text.split("\n")]
    for one, after in zip(written, [*written[1:], ""], strict=True):
        found = _told_alone(one, language, is_play=is_play)
        if not one or found is not None:
            cue = None
            if found is not None:
                yield found
        elif (named := _CUE.match(one)) and _is_cue(named["name"]) and after and (cue is None or has_spoken):
            cue, has_spoken = _line("", named["name"], named["how"] or ""), False
        elif cue is not None and _BRACKETED.fullmatch(one):
            cue = replace(cue, how=one)
        elif cue is not None:
            has_spoken = True
            yield replace(cue, text=one)
        else:
            yield Line("action", one.lstrip(_SEEN).strip())


def _bare(raw: str) -> str:
    """A line without what only shapes it: emphasis, marks of a heading, brackets around a scene's number."""
    one = raw.replace("**", "").replace("__", "").strip().lstrip("#>").strip()
    numbered = _FRAMED.match(one)
    inner = " ".join(filter(None, numbered.groups())) if numbered else ""
    return inner if _SCENE.match(inner) else one


def _told_alone(one: str, language: Language, *, is_play: bool) -> Line | None:
    """What a line is that says so by itself."""
    if _SCENE.match(one):
        return Line("heading", one)
    if _NOTE.match(one):
        return Line("note", one)
    played = _PLAYED.match(one) if is_play else None
    return _line(played["words"], played["name"], "") if played else _spoken(one, language)


def _is_cue(name: str) -> bool:
    return name.rstrip(".") not in _NO_NAMES


def _line(text: str, name: str, how: str) -> Line:
    """A speech. Of several who say it together the first has the voice; the others, and from where, are told."""
    first, *others = [one for one in _TOGETHER.split(name.strip()) if one] or [name]
    bare = _VOICED.sub("", first).strip() or first
    heard = [how.strip("（()）"), first[len(bare) :].strip(), *others]
    return Line("speech", text, _proper(bare), " ".join(filter(None, heard)))


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
    return _line(found["words"].strip(), name, found["how"] or "")


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
    scenery = "\n".join([headings, *(_note_words(one.text) for one in told if one.kind == "note"), action])
    found = places.places(scenery, scenery, Cast(figures, language), language)
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
    return (_bare(first).strip("《》"), rest) if is_title and rest.strip() else ("", text)


def _boards(body: str, language: Language, title: str) -> tuple[Board, ...]:
    """Scenes together up to a length; each keeps its heading, for the place and time."""
    scenes: list[str] = []
    for raw in body.split("\n"):
        if _SCENE.match(_bare(raw)) or not scenes:
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
        made.append(
            Board(
                layout.board_id(text, number),
                number,
                name or (_bare(first) if _SCENE.match(_bare(first)) else ""),
                text,
            )
        )
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
    return any(one.kind in TOLD and any(map(str.isalnum, one.text)) for one in lines(scene, language))


def _figures(speaking: Counter[str], named: Sequence[Figure], action: str, language: Language) -> list[Figure]:
    kinds = tables.kinds_of(language, "roles")
    own = []
    for name, count in speaking.most_common():
        role = next((one for one in sorted(kinds, key=len, reverse=True) if _ends_with(name, one, language)), "")
        role = CROWD if _is_crowd(name, language) else role
        kind = CROWD if role == CROWD else kinds.get(role, "person")
        own.append(Figure(name, (), role, kind, mentions=count + action.count(name)))
    known = {one.name.casefold() for one in own}
    others = [
        one for one in named if one.name.casefold() not in known and not any(one.name in name for name in speaking)
    ]
    return details.detailed([*own, *others], action, language)


def _is_crowd(name: str, language: Language) -> bool:
    table = tables.of(language)
    return name.casefold() in _EVERYBODY or name.casefold() in table.listed(table.people, "crowd")


def _ends_with(name: str, role: str, language: Language) -> bool:
    return name.endswith(role) if language == "zh" else name.lower().split()[-len(role.split()) :] == role.split()


def _place_of(heading: str) -> str:
    """ "INT. THE OLD LIBRARY - NIGHT" -> the old library; "第1场 咖啡馆 夜 内" -> 咖啡馆."""
    text = _MARKS.sub("", heading)
    if not text.isascii():
        parts = [one for one in re.split(r"[\s,，·/／、\-–—]+", text) if one and not _WHEN.fullmatch(one)]
        return parts[0] if parts else ""
    text = re.split(r"\s+[-–—]+\s+", text)[0].strip(" .")
    return text.lower() if text.isupper() else text


def _headed(headings: str, found: Sequence[Place], language: Language) -> list[Place]:
    """Places that only headings name, and the list does not know."""
    known = {name for one in found for name in (one.name, *one.aliases)}
    counts = Counter(one for one in headings.split("\n") if one and one not in known)
    made = []
    for name, count in counts.items():
        is_known = (name.endswith(one) or one.endswith(name) or f" {one} " in f" {name} " for one in known)
        if any(is_known):
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
        if one.kind == "note":
            where.hears(_note_words(one.text))
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


def _note_words(note: str) -> str:
    """ "地点：咖啡馆" as a sentence that says where."""
    key, _, rest = note.replace("：", ":").partition(":")
    if key.strip().lower() in ("place", "setting"):
        return f"in the {rest.strip()}."
    return f"在{rest.strip()}里。" if key.strip() == "地点" else rest


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
