"""Who is who: a figure's looks, read from its name and a few words, the same in every picture.

Words of a lexicon (`figures.json`, English and Chinese) tell gender, age, build, clothes, hair, hat, beard, what is
held, and which animal. A colour belongs to the part that follows it closely. What the words leave open the name
decides, by its digest, and nothing else does: neither the seed of a picture nor its place. A prompt names a member by
the whole name.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Lexicon = Mapping[str, Mapping[str, Sequence[str]]]

REACH, REACH_HAN = 26, 5  # letters between a colour and the part that it belongs to, at most
CLOTHES = ("#a8483a", "#3a5f8a", "#47775c", "#b88a3a", "#6f4a80", "#454c5c", "#96607a", "#c4b49a")
SKINS = ("#f3cfae", "#e8bb94", "#d9a27a")
DARK_SKIN, PALE_SKIN = "#9a6a48", "#f6e2d0"
HAIRS = ("#241e1e", "#3a2a22", "#2c2622", "#5a3a24")
GREY_HAIR = "#c4c3c2"
FURS = {
    "rabbit": "#e4ddd4", "cat": "#d9914a", "dog": "#b07a48", "fox": "#d8692b", "wolf": "#7c7f88", "bear": "#6d5040",
    "mouse": "#a39a94", "deer": "#a8703f", "horse": "#7a4a2e", "pig": "#e8b0a4", "monkey": "#8a6444", "frog": "#6a9a48",
    "lizard": "#5f8f5a", "bird": "#c9b48a",
}  # fmt: skip
ON_FOUR_LEGS = frozenset({"rabbit", "cat", "dog", "fox", "bear", "deer", "horse"})
"""Animals that are painted as such where the words clothe them not; others stand upright like people."""
LONG_HAIR = re.compile(r"\blong\b[^,.;]{0,24}\bhair|长[^，。；、]{0,3}发")
TALL = {"man": 1.0, "woman": 0.95, "child": 0.66}


@dataclass(frozen=True)
class Member:
    """One of the cast. `guest`: its own picture, cut out, uint8 [h, w, 4]; None to paint it."""

    name: str
    look: str = ""
    guest: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class Character:
    """What a figure looks like. Colours are `#rrggbb`, `height` is that of a grown-up man as 1."""

    kind: str
    """`man`, `woman`, `child` or an animal."""
    height: float
    width: float
    skin: str
    hair: str
    coat: str
    legs: str
    garment: str
    hair_style: str
    hat: str = ""
    hat_colour: str = "#3a342e"
    beard: str = ""
    beard_colour: str = HAIRS[0]
    held: str = ""
    extras: frozenset[str] = frozenset()
    extra_colour: str = "#f1eee6"
    is_animal: bool = False
    is_old: bool = False

    @property
    def is_upright(self) -> bool:
        """Walks on two legs, as people do and animals in clothes."""
        return not self.is_animal or bool(self.garment) or self.kind not in ON_FOUR_LEGS


def read(name: str, look: str, *, kind: str = "", coat: str | None = None) -> Character:
    """The looks of who bears that name. `kind` and `coat` are what the prompt said besides, if it did."""
    return _read(" ".join(name.lower().split()), " ".join(look.lower().split()), kind, coat or "")


@cache
def _read(name: str, look: str, kind: str, coat: str) -> Character:
    words, told = f"{look} ; {name}", _lexicon()
    digest = hashlib.blake2b(f"{name}/{look}".encode(), digest_size=8).digest()
    colours = _coloured(words)
    animal = next(iter(_found(words, told["animal"])), "")
    hats, extras = (_found(words, told[part]) for part in ("hat", "extra"))
    garments = _found(words.replace("围裙", ""), told["garment"])  # The word for apron ends in the one for skirt.
    age = next((one for one in ("old", "child", "young") if _has(words, one)), "child" if kind == "child" else "")
    sex = animal or _sex(words, kind)
    fur = colours.get("fur") or (colours.get("coat") if not garments else None) or FURS.get(animal, "")
    is_old = age == "old"
    hair = colours.get("hair") or (GREY_HAIR if is_old else HAIRS[digest[1] % len(HAIRS)])
    beard = next(iter(_found(words, told["beard"])), "") if not animal else ""
    return Character(
        kind=sex,
        height=_height(words, sex, age),
        width=1.22 if _has(words, "stout") else 0.88 if _has(words, "thin") else 1.0,
        skin=fur if animal else _skin(words, digest[0]),
        hair=hair,
        coat=coat or _coat(words, colours, digest[2], garments),
        legs=colours.get("legs") or ("#3a3e48", "#4a4038", "#30343c")[digest[3] % 3],
        garment=_garment(garments, sex, animal),
        hair_style=_hair_style(words, sex, digest[4]),
        hat=next(iter(hats), ""),
        hat_colour=colours.get("hat") or ("#3a342e", "#4a3a30", "#2c3038")[digest[5] % 3],
        beard=beard,
        beard_colour=colours.get("beard") or hair,
        held=next(iter(_found(words, told["held"])), ""),
        extras=frozenset(extras) | ({"ragged"} if _has(words, "ragged") else set()),
        extra_colour=next((colours[one] for one in ("waistcoat", "apron", "scarf") if one in colours), "#f1eee6"),
        is_animal=bool(animal),
        is_old=is_old,
    )


def _sex(words: str, kind: str) -> str:
    if kind in ("man", "woman"):
        return kind
    women, men = _first(words, "woman"), _first(words, "man")
    return "woman" if women is not None and (men is None or women < men) else "man"


def _height(words: str, sex: str, age: str) -> float:
    height = TALL.get(sex, 0.9) * {"child": 0.68, "young": 0.86, "old": 0.96}.get(age, 1.0)
    return height * (1.08 if _has(words, "tall") else 0.92 if _has(words, "short") and age not in ("child",) else 1.0)


def _skin(words: str, digest: int) -> str:
    if _has(words, "pale"):
        return PALE_SKIN
    return DARK_SKIN if _has(words, "dark") else SKINS[digest % len(SKINS)]


def _coat(words: str, colours: Mapping[str, str], digest: int, garments: Sequence[str]) -> str:
    if "coat" in colours:
        return colours["coat"]
    if "armour" in garments:
        return "#9aa2ac"
    return CLOTHES[digest % len(CLOTHES)]


def _garment(garments: Sequence[str], sex: str, animal: str) -> str:
    if garments:
        return garments[0]
    return "" if animal else "dress" if sex == "woman" else "coat"


def _hair_style(words: str, sex: str, digest: int) -> str:
    told = _found(words, _lexicon()["hair"])
    if told:
        return told[0]
    if LONG_HAIR.search(words):
        return "long"
    return ("long", "bun", "braid")[digest % 3] if sex == "woman" else "short"


# ---- words


@cache
def _lexicon() -> Lexicon:
    told = json.loads((Path(__file__).parent / "figures.json").read_text("utf-8"))
    return {kind: words if isinstance(words, dict) else {kind: words} for kind, words in told.items()}


@cache
def pattern(word: str) -> re.Pattern[str]:
    """The word as a whole: letters of another one may not touch it, Chinese ones may."""
    if word.isascii():
        return re.compile(rf"(?<![a-z0-9]){re.escape(word)}(?:'s|s)?(?![a-z0-9])")
    return re.compile(re.escape(word))


def _places(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    for word in words:
        for match in pattern(word).finditer(text):
            yield match.start(), match.end()


def _has(text: str, kind: str) -> bool:
    return any(True for _ in _places(text, _lexicon()[kind][kind]))


def _first(text: str, kind: str) -> int | None:
    return min((start for start, _ in _places(text, _lexicon()[kind][kind])), default=None)


def _found(text: str, table: Mapping[str, Sequence[str]]) -> list[str]:
    """Names of a table whose words stand in the text, in the order of the table: the more special first."""
    return [name for name, words in table.items() if any(True for _ in _places(text, words))]


def _coloured(text: str) -> dict[str, str]:
    """Part -> its colour. Each colour colours the first part that follows it; longer words of colours count first."""
    told = _lexicon()
    hits = sorted(
        ((start, end, code) for code, words in told["colour"].items() for start, end in _places(text, words)),
        key=lambda hit: (hit[0], hit[0] - hit[1]),
    )
    parts = sorted((start, end, part) for part, words in told["part"].items() for start, end in _places(text, words))
    found: dict[str, str] = {}
    for start, end, code in hits:
        reach = REACH if text[start:end].isascii() else REACH_HAN
        after = (
            one
            for one in parts
            if end - 1 <= one[0] <= end + reach and not re.search("[,.;，。；、]", text[end : one[0]])
        )
        part = next(after, None)
        if part is not None:
            found.setdefault(part[2], code)
    return found


# ---- names in prompts


def named(text: str, members: Sequence[Member]) -> list[tuple[int, Member]]:
    """The members whose names stand in a text of small letters, with the first place, in that order.

    A name inside of a longer one that stands there does not count.
    """
    taken: list[tuple[int, int]] = []
    found: dict[int, tuple[int, Member]] = {}
    for number, member in sorted(enumerate(members), key=lambda one: -len(one[1].name)):
        for start, end in _places(text, [" ".join(member.name.lower().split())]):
            if all(end <= left or right <= start for left, right in taken):
                taken.append((start, end))
                found[number] = min((start, member), found.get(number, (start, member)), key=lambda one: one[0])
    return sorted(found.values(), key=lambda one: one[0])


def without(text: str, members: Sequence[Member]) -> str:
    """The text with names and looks blanked, all else in its place."""
    words = [
        word for one in members for word in (" ".join(one.look.lower().split()), " ".join(one.name.lower().split()))
    ]
    for word in sorted(filter(None, words), key=len, reverse=True):
        text = pattern(word).sub(lambda match: " " * len(match.group()), text)
    return text


def described(prompt: str, members: Sequence[Member]) -> str:
    """The prompt for a model: behind the first mention of each member stands its look, unless the prompt has it."""
    for member in members:
        match = pattern(member.name.lower()).search(prompt.lower())
        if match is not None and member.look and member.look.lower() not in prompt.lower():
            is_chinese = not member.look.isascii()
            told = f"（{member.look}）" if is_chinese else f" ({member.look})"
            prompt = prompt[: match.end()] + told + prompt[match.end() :]
    return prompt
