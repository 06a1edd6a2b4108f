"""Who is in a Chinese story: names, people told by what they are, crowds, animals, and the narrator.

A name is a word that jieba takes for one or that begins like one (a family name, 阿, 小, 老), and that does something
at the head of a clause. Roles come from a list; the word before one belongs to it ("短衣主顾"). Whoever speaks is a
figure, if only "a man who drinks". The narrator is a figure where "我" acts outside of speech.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reelwright.kernels.story import cutting, tables
from reelwright.kernels.story.figures import CROWD, Figure
from reelwright.kernels.wording import words
from reelwright.kernels.wording.words import Word

LEAST_SELF = 3  # times that 我 stands in the narration, to be a figure
MOST_NAME = 4  # letters
NOT_BEFORE = frozenset(
    [
        *("所有", "这些", "那些", "几个", "许多", "一个", "唯一", "整个", "全部", "有的", "大家", "自己"),
        *("隔壁", "里面", "外面", "时候", "今天", "旁边", "很多", "不少", "多少"),
    ]
)
LED = frozenset(
    [
        *(
            "但",
            "可是",
            "然而",
            "而",
            "于是",
            "只有",
            "那",
            "这",
            "所以",
            "因为",
            "而且",
            "忽然",
            "突然",
            "便",
            "却",
            "又",
        ),
        *("一", "个", "位", "群", "名", "一个", "一位", "这个", "那个", "一群"),
    ]
)
AFTER_SUBJECT = ("v", "d", "a", "p", "c", "r", "z", "i", "l", "m", "t", "u", "n", "f", "s")
_CLAUSE = re.compile(r"[，。！？；：、…—“”\"「」\n（）()]")
DOING = "站坐走说问笑看点摇拿听想跑推抬叹回接停望拉来去进出上下在是着了"
MOST_WEIGHED = 120  # names of a text that are looked at closely
_YOUNG_AGE = 16
_OF_ANIMALS = "黄黑白灰花小大老野红棕母公"


@dataclass(frozen=True, slots=True)
class _Seen:
    """Words of the narration, with what stands around each."""

    words: Sequence[Word]

    def at_head(self) -> Iterator[tuple[int, Word]]:
        """Words that a clause begins with, after a linking word or two, and that something follows."""
        fresh, led = True, 0
        for place, word in enumerate(self.words):
            if _CLAUSE.search(word.text) or not word.text.strip():
                fresh, led = True, 0
                continue
            if fresh and (word.text in LED or word.kind in ("c", "m", "t")) and led < 3:
                led += 1
                continue
            if fresh and place + 1 < len(self.words) and _follows(self.words[place + 1]):
                yield place, word
            fresh = False


def _follows(word: Word) -> bool:
    return (
        not _CLAUSE.search(word.text)
        and word.text.strip() != ""
        and word.text != "的"
        and word.kind[:1] in "vdapcrzilmtunfsgkqxb"
    )


def figures(text: str, narration: str) -> list[Figure]:
    """The figures, the most mentioned first; looks and genders are not told yet but for what a role says."""
    seen = _Seen(cutting.words_of(narration))
    heads = Counter(word.text for _, word in seen.at_head())
    names = _names(text, narration, seen, heads)
    narrator = _narrator(narration)
    roles = [
        one
        for one in _roles(text, narration, seen, heads, names)
        if narrator is None or one.name not in narrator.aliases
    ]
    found = [*names, *roles, *_speakers(narration, [*names, *roles]), *_animals(text, heads, names), *_crowd(narration)]
    found += [narrator] if narrator else []
    return sorted(found, key=lambda one: -one.mentions)


# ---- names


def _names(text: str, narration: str, seen: _Seen, heads: Counter[str]) -> list[Figure]:
    known = tables.kinds_of("zh", "roles")
    titled = _titled(seen.words) | _titled(cutting.words_of(text))
    told = {one.text for one in cutting.words_of(text) if one.kind in ("nr", "nrt", "nrfg") and _is_name_like(one)}
    told |= _unlisted(narration)
    told = set(sorted(told, key=lambda one: (-text.count(one), one))[:MOST_WEIGHED])
    familiar = _familiar(text)
    called = set(
        re.findall(r"(?:名叫|叫做|叫作|我叫|他叫|她叫|名字叫|唤作)([\u4e00-\u9fff]{2,4}?)(?=[，。！？；的”])", text)
    )
    good = {
        name
        for name in told
        if name not in known and name not in _listed("no_names") and not name.endswith(tuple(_listed("animals")))
        if (heads[name] and (text.count(name) > 1 or _is_whole(name))) or _speaks(narration, name) or name in called
        if heads[name] or _speaks(narration, name) or text.count(name) > 2
    }
    good |= familiar | _two_words(seen)
    good = {
        name
        for name in good | titled
        if not any(name != other and name in other and text.count(name) == text.count(other) for other in good | titled)
    }
    good = {one for one in good if not any(_runs_on(one, other, text) for other in good)}
    return [_named(name, text, good) for name in sorted(good, key=text.find) if not _is_short_of(name, good)]


def _is_whole(name: str) -> bool:
    """Three letters of which the last is no verb: enough to be a name that comes once."""
    return len(name) > 2 and name[-1] not in DOING


def _runs_on(name: str, shorter: str, text: str) -> bool:
    """ "林秋拉" is 林秋 and a verb."""
    return name != shorter and name.startswith(shorter) and text.count(shorter) > text.count(name)


def _listed(key: str) -> Sequence[str]:
    table = tables.of("zh")
    return table.listed(table.people, key)


def _surname(name: str) -> bool:
    return name[0] in str(tables.of("zh").people["surnames"]) or name[:2] in _listed("long_surnames")


def _is_name_like(word: Word) -> bool:
    if not 2 <= len(word.text) <= MOST_NAME + 2 or not all(words.HAN.match(one) for one in word.text):
        return False
    if any(word.text.startswith(one) for one in _listed("before_name")):
        return len(word.text) <= 3
    return (_surname(word.text) and len(word.text) <= MOST_NAME) or (word.kind == "nrt" and len(word.text) >= 3)


def _titled(cut: Sequence[Word]) -> set[str]:
    """A family name with what its bearer is: 丁举人, 王老师."""
    titles = tuple(_listed("after_name"))
    found = set()
    for place, word in enumerate(cut):
        after = cut[place + 1].text if place + 1 < len(cut) else ""
        is_short = len(word.text) <= 2 and (_surname(word.text) and (len(word.text) == 1 or word.kind == "nr"))
        if is_short and after in titles and word.text + after not in _listed("no_names"):
            found.add(word.text + after)
        elif len(word.text) in (2, 3) and word.text.endswith(titles) and word.kind == "nr" and _surname(word.text):
            found.add(word.text)
    return found - set(_listed("no_names"))


def _unlisted(narration: str) -> set[str]:
    """Names that no dictionary holds: at the head of clauses, they begin like one and do something, at least twice."""
    starts = f"[{tables.of('zh').people['surnames']}]|" + "|".join(_listed("before_name"))
    acts = "又便就也都才正却说问道笑走看点摇站坐把拿听想跑推抬低叹回忽没从在是和接停愣望"
    either = re.compile(rf"(?:^|[，。！？；：”」\n])((?:{starts})[\u4e00-\u9fff]{{1,2}}?)(?=[{acts}])", re.MULTILINE)
    counts = Counter(either.findall(narration))
    return {name for name, count in counts.items() if count > 1 and _is_no_word(name)}


def _two_words(seen: _Seen) -> set[str]:
    """Names that jieba cuts in two, 李 and 大力: at the head of clauses, twice at least."""
    counts: Counter[str] = Counter()
    for place, word in seen.at_head():
        after = seen.words[place + 1]
        is_surname = (
            word.text in str(tables.of("zh").people["surnames"]) and len(word.text) == 1
        ) or word.text in _listed("long_surnames")
        if is_surname and after.kind[0] in "nazjgbtq" and len(after.text) < 3 and all(map(words.HAN.match, after.text)):
            counts[word.text + after.text] += 1
    titles = tuple(_listed("after_name"))
    return {
        one
        for one, count in counts.items()
        if count > 1 and one not in _listed("no_names") and not one.endswith(titles)
    }


def _familiar(text: str) -> set[str]:
    """老周, 小李 that come again, and whoever is called by such a name: “阿海，回家吧。”"""
    surnames = tables.of("zh").people["surnames"]
    counts = Counter(re.findall(rf"[老小][{surnames}](?![\u4e00-\u9fff]?[头子们])", text))
    called = re.findall(rf"[“「，](阿[\u4e00-\u9fff]|[老小][{surnames}])(?=[，！？])", text)
    saying = "|".join(one for one in tables.of("zh").saying["verbs"] if len(one) > 1)
    speaking = re.findall(
        rf"(?:^|[，。！？；”」\s])([阿老小][\u4e00-\u9fff])(?=(?:[^，。：“”]{{0,2}}(?:{saying})|[问说道])[，。：“「])",
        text,
    )
    called += [one for one in speaking if _is_no_word(one) and one not in tables.kinds_of("zh", "roles")]
    counts.update(re.findall(r"阿[\u4e00-\u9fff]", text))
    often = {
        name for name, count in counts.items() if count > 1 and cutting.words_of(name)[0].kind[0] not in "nadvbcrpmq"
    }
    often |= {name for name, count in counts.items() if count > 1 and _is_no_word(name)}
    return {one for one in often | set(called) if one not in _listed("no_names")}


def _is_no_word(name: str) -> bool:
    cut = cutting.words_of(name)
    return len(cut) > 1 or cut[0].kind.startswith("nr")


def _speaks(narration: str, name: str) -> bool:
    verbs = "|".join(one for one in tables.of("zh").saying["verbs"] if len(one) > 1)
    return re.search(rf"{re.escape(name)}[^，。！？；：“”]{{0,6}}(?:{verbs}|说)(?=[，：:“「])", narration) is not None


def _is_short_of(name: str, good: set[str]) -> bool:
    return any(other != name and other.endswith(name) and _surname(other) for other in good)


def _named(name: str, text: str, good: set[str]) -> Figure:
    given = name[1:] if _surname(name) and len(name) == 3 and name[1:] in good else ""
    kinds = tables.kinds_of("zh", "roles")
    title = next(
        (
            one
            for one in sorted(_listed("after_name"), key=len, reverse=True)
            if name.endswith(one) and len(name) > len(one) > 1
        ),
        "",
    )
    return Figure(
        name, (given,) if given else (), title, kinds.get(title, "person"), mentions=text.count(given or name)
    )


# ---- roles


def _roles(text: str, narration: str, seen: _Seen, heads: Counter[str], names: Sequence[Figure]) -> list[Figure]:
    """People told by what they are, each with the words that tell which: 短衣主顾, 长衫主顾."""
    kinds = tables.kinds_of("zh", "roles")
    variants: dict[str, Counter[str]] = {}
    spelt = "".join(one.name for one in names)
    for place, word in enumerate(seen.words):
        role = (
            word.text
            if word.text in kinds
            else next((one for one in kinds if len(one) > 1 and word.text == one + "的"), "")
        )
        if not role or (place and seen.words[place - 1].text + role in spelt):
            continue
        before = seen.words[place - 1] if place else None
        variants.setdefault(role, Counter())[_modified(before, role)] += 1
    found = []
    for role, told in variants.items():
        acts = heads[role] or any(_acts(narration, one) for one in told)
        if acts and (sum(told.values()) > 1 or _speaks(narration, role) or len(max(told, key=len)) > len(role)):
            found += _variants(role, told, kinds[role], narration)
    return found


def _acts(narration: str, name: str) -> bool:
    return re.search(rf"{re.escape(name)}(?:[又便就也都才正却]|(?:{_ACTING}))", narration) is not None


_ACTING = "说|问|笑|走|看|站|坐|把|拿|听|跑|推|抬|低|叹|点|摇|递|接|从|在|来|去"


def _modified(before: Word | None, role: str) -> str:
    """The word before it that tells which one is meant."""
    if before is None or before.text in NOT_BEFORE or before.text in LED:
        return role
    is_kind = before.kind in ("n", "b", "nz", "nr") and len(before.text) == 2 and words.HAN.match(before.text)
    if is_kind or before.text == "邻居":
        return before.text + role
    return before.text + role if before.text in ("老", "小", "女", "男") else role


def _variants(role: str, told: Counter[str], kind: str, narration: str) -> list[Figure]:
    longer = [one for one in told if one != role]
    if not longer:
        return [Figure(role, (), role, kind, mentions=narration.count(role))]
    if kind in ("child", "boy", "girl") or told[role] > sum(told[one] for one in longer) + 1:
        return [Figure(role, tuple(longer), role, kind, mentions=narration.count(role))]
    rest = (role,) if told[role] else ()
    return [
        Figure(one, rest if not place else (), role, kind, mentions=told[one] + (0 if place else told[role]))
        for place, one in enumerate(longer)
    ]


def _speakers(narration: str, known: Sequence[Figure]) -> list[Figure]:
    """Those who say something and are told by what they do: 喝酒的人."""
    verbs = "|".join(one for one in tables.of("zh").saying["verbs"] if len(one) > 1)
    told = re.findall(
        rf"(?:一个|那个|这个|有个|个)([\u4e00-\u9fff]{{2,5}}的(?:男人|女人|老人|人|家伙))(?=[^，。！？；：“”]{{0,3}}(?:{verbs}|说))",
        narration,
    )
    return [
        Figure(one, (), one, "person", mentions=narration.count(one))
        for one in dict.fromkeys(told)
        if all(one != other.name for other in known)
    ]


# ---- others


def _animals(text: str, heads: Counter[str], names: Sequence[Figure]) -> list[Figure]:
    listed = [*_listed("animals"), *(one for one in heads if one[:1] in _OF_ANIMALS and one[1:] in _listed("animals"))]
    counts = {one: heads[one] for one in dict.fromkeys(listed) if heads[one] and text.count(one) > 1}
    whole = [
        one
        for one in counts
        if not any(one != other and one in other and text.count(one) == text.count(other) for other in counts)
    ]
    found = []
    for name in whole:
        if any(name in one.name for one in names) or any(name != other and name in other for other in whole):
            continue
        shorter = tuple(one for one in listed if one != name and one in name and len(one) > 1 and text.count(one))
        found.append(Figure(name, shorter, name, "animal", mentions=text.count(name)))
    return found


def _crowd(narration: str) -> list[Figure]:
    """All those who are never told apart, as one figure."""
    counts = {one: narration.count(one) for one in _listed("crowd")}
    told = sorted((one for one, count in counts.items() if count), key=lambda one: -counts[one])
    plural = sum(narration.count(one) for one in _listed("crowd_pronouns"))
    if plural < 2 or not told:
        return []
    name = next((one for one in told if one not in ("有的", "别人", "大家")), "众人")
    return [Figure(name, tuple(one for one in told if one != name), CROWD, CROWD, mentions=sum(counts.values()))]


def _narrator(narration: str) -> Figure | None:
    first = str(tables.of("zh").people["first"])
    count = len(re.findall(rf"{first}(?!们)", narration))
    if count < LEAST_SELF:
        return None
    table = tables.of("zh")
    kinds = tables.kinds_of("zh", "roles")
    either = "|".join(sorted(kinds, key=len, reverse=True))
    told = re.search(
        rf"{first}[^。！？!?]{{0,24}}?{table.word(table.people, 'self_roles')}({either})(?=[，。；、的])", narration
    )
    role = told[1] if told else ""
    years = age_of(re.findall(rf"{first}[^。！？!?，]{{0,10}}?([一二三四五六七八九十\d]{{1,3}})岁", narration))
    kind = kinds.get(role, "person")
    is_young = years is not None and years < _YOUNG_AGE
    if is_young and kind in ("person", "man", "woman"):
        name, kind = f"小{role}" if role else "小孩", {"man": "boy", "woman": "girl"}.get(kind, "child")
    else:
        name = role or first
    aliases = tuple(dict.fromkeys(one for one in (first, role) if one and one != name))
    return Figure(name, aliases, role, kind, mentions=count)


def age_of(numbers: Sequence[str]) -> int | None:
    """Years, of Chinese or Arabic numerals below a hundred; of the first that is one."""
    digits = "零一二三四五六七八九"
    for told in numbers:
        if told.isdigit():
            return int(told)
        tens, ten, ones = told.partition("十")
        if not ten:
            return digits.find(told) if len(told) == 1 else None
        return 10 * (digits.find(tens) if tens else 1) + (digits.find(ones) if ones else 0)
    return None
