"""What a prompt asks to see: setting, time of day, weather, season, subjects with their colours, style, camera.

Words of a lexicon (`words.json`, English and Chinese) are looked for, longer ones first. English words stand alone,
with or without a plural ending; Chinese ones may stand inside of others, as they are written. A colour belongs to the
noun that follows it closely. What comes after a word of negation is left out. No model is asked, and what is in no
lexicon is not seen: such a prompt still gets a scene, one that its own letters choose.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from reelwright.kernels.painting import characters
from reelwright.kernels.painting.characters import Member
from reelwright.kernels.painting.styles import STYLES

BESIDE = 18  # characters between a colour and its noun, at most, in English; four in Chinese
BEFORE = 14  # characters before a word in which a negation counts
MEMBER_REACH = 90  # letters behind a name in which its action is told
MOST_SUBJECTS = 5
PEOPLE = frozenset({"man", "woman", "child", "person"})
DEFAULT_SETTINGS = ("mountains", "lake", "meadow", "sea", "forest", "city", "village", "desert")
DEFAULT_TIMES = ("day", "dusk", "day", "dawn", "day")
DEFAULT_CAMERAS = ("push", "right", "pull", "left", "orbit")
WET = {"boat": "lake", "fish": "underwater", "car": "street", "train": "meadow", "rocket": "space", "lantern": "lake"}
"""Where a subject is at home, for prompts that name no place."""
EASTERN = (
    *("chinese", "pagoda", "temple", "jiangnan", "samurai", "japan", "ink"),
    *(
        "江南",
        "古镇",
        "寺",
        "庙",
        "水乡",
        "乌篷",
        "古城",
        "宫",
        "竹林",
        "水墨",
        "小舟",
        "扁舟",
        "书生",
        "侠",
        "油纸伞",
        "塔",
    ),
)
OLD = (
    *(
        "长衫",
        "长袍",
        "短褂",
        "夹袄",
        "发髻",
        "丫鬟",
        "掌柜",
        "铜钱",
        "柜台",
        "客栈",
        "茶馆",
        "鲁镇",
        "举人",
        "秀才",
        "轿子",
    ),
    *(
        "老爷",
        "县令",
        "衙",
        "宫殿",
        "瓦房",
        "青石",
        "油灯",
        "imperial china",
        "old chinese",
        "ancient china",
        "teahouse",
    ),
)
"""More of the same, for stories, whose prompts tell less of it each."""
INDOORS = frozenset({"cup", "book", "bottle"})


@dataclass(frozen=True, slots=True)
class Subject:
    """`colour` as `#rrggbb`, None if not told. `word` is the prompt's own."""

    kind: str
    word: str
    colour: str | None = None
    many: bool = False
    action: str = ""
    member: Member | None = None
    """Of the cast, if the prompt names one; `word` is then the name."""


@dataclass(frozen=True, slots=True)
class Scene:
    setting: str
    time: str
    weather: str
    season: str
    style: str
    camera: str
    subjects: tuple[Subject, ...]
    told: frozenset[str]
    """Which of these the prompt itself said."""
    words: str = ""
    """The prompt, in small letters."""
    preset: str = ""
    """Id of a style of `styles`, beside what the words say."""
    is_old: bool = False
    """Do the words, or the looks of the cast, tell of old China?"""
    framing: str = ""
    """How near one of the cast is seen: `close`, `medium`, or all of the place."""

    @property
    def is_told(self) -> bool:
        """Is it a picture of a story, with a style or a cast? Such ones are drawn and placed with more care."""
        return bool(self.preset) or any(one.member for one in self.subjects)

    @property
    def is_eastern(self) -> bool:
        """Roofs and boats of China, for prompts in Chinese that name old places, or that ask for them."""
        own = bool(self.preset) and STYLES[self.preset].is_eastern
        return own or (self.is_old and self.is_told) or any(word in self.words for word in EASTERN)


@dataclass(frozen=True, slots=True)
class Hit:
    name: str
    word: str
    start: int
    end: int


def read(prompt: str, *, unwanted: str = "", cast: Sequence[Member] = (), preset: str = "") -> Scene:
    """The scene of a prompt; what is named in `unwanted`, too, is left out of it.

    Of the `cast` those stand in it whom the prompt names; their names and looks say nothing else about the scene, and
    no nameless person stands beside them, unless they are many. `preset`: id of a style.
    """
    words = " ".join(prompt.lower().split())
    members, text = characters.named(words, cast), characters.without(words, cast)
    lexicon = _lexicon()
    refused = {hit.name for kind in ("subject", "weather") for hit in _hits(unwanted.lower(), lexicon[kind])}
    is_story = bool(cast or preset)
    # Whoever writes for a story means the inn by 酒店, and no cup.
    subjects = _subjects(_uncompounded(text, lexicon) if is_story else text, lexicon, refused)
    if members:
        subjects = [*_members(text, members, lexicon), *(one for one in subjects if not _is_doubled(one, members))]
    found = {
        kind: _first(text, lexicon[kind], refused)
        for kind in ("setting", "time", "weather", "season", "style", "camera")
    }
    if {"city", "street"} <= {hit.name for hit in _hits(text, lexicon["setting"])}:
        found["setting"] = "street"  # which is in the city
    if is_story and not found["setting"]:
        found["setting"] = _first(text, lexicon["story_setting"], set())
    framing = _first(text, lexicon["framing"], set()) if members else ""
    is_old = any(word in one for word in OLD for one in (text, *(one.look for one in cast)))
    scene = _completed(found, subjects, _digest(words))
    return replace(scene, words=text, preset=preset, framing=framing, is_old=is_old)


def _completed(found: Mapping[str, str], subjects: Sequence[Subject], digest: int) -> Scene:
    setting = found["setting"] or _home(subjects) or DEFAULT_SETTINGS[digest % len(DEFAULT_SETTINGS)]
    season = found["season"] or ("winter" if setting == "snowfield" or found["weather"] == "snow" else "summer")
    time = found["time"] or _usual_time(setting, found["style"], subjects, digest)
    return Scene(
        setting=setting,
        time=time,
        weather=found["weather"] or "clear",
        season=season,
        style=found["style"],
        camera=found["camera"] or DEFAULT_CAMERAS[digest // 7 % len(DEFAULT_CAMERAS)],
        subjects=tuple(subjects),
        told=frozenset(kind for kind, name in found.items() if name),
    )


def _home(subjects: Sequence[Subject]) -> str:
    for subject in subjects:
        if subject.kind in WET:
            return WET[subject.kind]
    return "room" if subjects and all(one.kind in INDOORS for one in subjects) else ""


def _usual_time(setting: str, style: str, subjects: Sequence[Subject], digest: int) -> str:
    if setting == "space" or style == "neon" or any(one.kind in ("moon", "lantern") for one in subjects):
        return "night"
    return "day" if subjects and setting in ("room", "underwater") else DEFAULT_TIMES[digest // 3 % len(DEFAULT_TIMES)]


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest())


# ---- looking for words


@cache
def _lexicon() -> Mapping[str, Mapping[str, Sequence[str]]]:
    told = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
    flat = {kind: {kind: words} for kind, words in told.items() if isinstance(words, list)}
    return {**told, **flat}


@cache
def _pattern(word: str) -> re.Pattern[str]:
    if word.isascii():
        return re.compile(rf"\b{re.escape(word)}(?:e?s)?\b")
    return re.compile(re.escape(word))


def _hits(text: str, table: Mapping[str, Sequence[str]]) -> list[Hit]:
    """All words of a table that stand in the text, in its order; the longer one where two lie over each other."""
    found = [
        Hit(name, word, match.start(), match.end())
        for name, words in table.items()
        for word in words
        for match in _pattern(word).finditer(text)
    ]
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return [hit for hit in sorted(kept, key=lambda one: one.start) if not _is_denied(text, hit)]


def _is_denied(text: str, hit: Hit) -> bool:
    before = re.split(r"[,.;，。；、]", text[max(0, hit.start - BEFORE) : hit.start])[-1]
    words = before.split()
    return any(word in words if word.isascii() else before.endswith(word) for word in _lexicon()["not"]["not"])


def _first(text: str, table: Mapping[str, Sequence[str]], refused: set[str]) -> str:
    return next((hit.name for hit in _hits(text, table) if hit.name not in refused), "")


def _subjects(text: str, lexicon: Mapping[str, Mapping[str, Sequence[str]]], refused: set[str]) -> list[Subject]:
    colours, many = _hits(text, lexicon["colour"]), _hits(text, lexicon["many"])
    actions = _hits(text, lexicon["action"])
    found: dict[str, Subject] = {}
    for hit in _hits(text, lexicon["subject"]):
        if hit.name in refused or hit.name in found or len(found) == MOST_SUBJECTS:
            continue
        found[hit.name] = Subject(
            kind=hit.name,
            word=hit.word,
            colour=next((one.name for one in _just_before(text, hit, colours)), None),
            many=_is_plural(text, hit) or any(True for _ in _just_before(text, hit, many)),
            action=next((one.name for one in actions if 0 <= one.start - hit.end <= 2 * BESIDE), ""),
        )
    return list(found.values())


def _members(
    text: str, named: Sequence[tuple[int, Member]], lexicon: Mapping[str, Mapping[str, Sequence[str]]]
) -> list[Subject]:
    """Those of the cast who are named, each with the first action told behind the name, before the next one's."""
    actions, found = _hits(text, lexicon["action"]), []
    ends = [start for start, _ in named[1:]] + [len(text)]
    for (start, member), end in zip(named, ends, strict=True):
        kind = characters.read(member.name, member.look).kind
        action = next((one.name for one in actions if start <= one.start < min(end, start + MEMBER_REACH)), "")
        found.append(Subject(kind, member.name, None, False, action, member))
    return found[:MOST_SUBJECTS]


def _uncompounded(text: str, lexicon: Mapping[str, Mapping[str, Sequence[str]]]) -> str:
    """The text without longer words that have those of things in them but name none."""
    for word in lexicon["compounds"]["compounds"]:
        text = text.replace(word, " " * len(word))
    return text


def _is_doubled(subject: Subject, named: Sequence[tuple[int, Member]]) -> bool:
    """Is it, in all likelihood, one of those named, called by another word?"""
    if subject.kind in PEOPLE:
        return not subject.many
    return any(characters.read(one.name, one.look).kind == subject.kind for _, one in named)


def _just_before(text: str, hit: Hit, others: Sequence[Hit]) -> Iterator[Hit]:
    reach = BESIDE if hit.word.isascii() else 5
    for other in reversed(others):
        between = text[other.end : hit.start]
        if 0 <= hit.start - other.end <= reach and not re.search(r"[,.;，。；、]", between):
            yield other


def _is_plural(text: str, hit: Hit) -> bool:
    return hit.word.isascii() and text[hit.start : hit.end] != hit.word
