"""The vendor's voices by name, and how each one sounds here: pitch, liveliness, size of the throat, breath, brightness.

The names and their groups are those of the vendor's list, so that a request written for it finds its
voice. The sounds are ours: every name has a voice of its own, told from all others by ear and by measure,
but it is no likeness of the vendor's speaker of that name. They were chosen from random ones that were
spoken and measured, each as far as could be from all before in pitch and long-term spectrum.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from reelwright.errors import InvalidParameter

Kind = Literal["woman", "man", "girl", "boy"]
Family = Literal["standard", "CosyVoice", "Storyboards"]
ABOVE_LOW = 0.58  # of the way from the lowest to the highest pitch: where the median of plain speech was measured
DEFAULT = "siqi"


@dataclass(frozen=True, slots=True)
class Voice:
    """`pitch`: median in Hz. `lift`: highest pitch over the lowest. `size`: formants against an adult man's (1).

    `breath` 0 to 3; `bright` -2 to 2, how strong the upper formants are. `chinese` and `latin`: the languages in which
    it reads letters of either kind.
    """

    name: str
    shown: str
    kind: Kind
    manner: str
    pitch: float
    lift: float
    size: float
    breath: int
    bright: int
    chinese: str = "cmn"
    latin: str = "en-us"

    def range(self, factor: float = 1.0) -> tuple[float, float]:
        """Lowest and highest pitch in Hz, `factor` times the usual."""
        low = factor * self.pitch / (1 + ABOVE_LOW * (self.lift - 1))
        return low, low * self.lift


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    shown: str
    family: Family
    voices: tuple[Voice, ...]


def find(name: str) -> Voice:
    """Whatever the case of its letters; `InvalidParameter` lists near names."""
    found = by_name().get(name.strip().lower())
    if found is None:
        near = difflib.get_close_matches(name.strip().lower(), by_name(), n=4, cutoff=0.5)
        hint = f"near it are {', '.join(near)}" if near else f"there are {', '.join(list(by_name())[:8])} and more"
        raise InvalidParameter(f"there is no voice {name!r}; {hint}", field="voice")
    return found


def every() -> Iterator[Voice]:
    return (voice for group in GROUPS for voice in group.voices)


@cache
def by_name() -> dict[str, Voice]:
    return {voice.name.lower(): voice for voice in every()}


def _woman(name: str, shown: str, manner: str, *sound: Any, **languages: Any) -> Voice:
    return Voice(name, shown, "woman", manner, *sound, **languages)


def _man(name: str, shown: str, manner: str, *sound: Any, **languages: Any) -> Voice:
    return Voice(name, shown, "man", manner, *sound, **languages)


def _girl(name: str, shown: str, manner: str, *sound: Any) -> Voice:
    return Voice(name, shown, "girl", manner, *sound)


def _boy(name: str, shown: str, manner: str, *sound: Any) -> Voice:
    return Voice(name, shown, "boy", manner, *sound)


# Name, how it is written, manner; pitch, lift, size, breath, brightness.
GROUPS = (
    Group(
        "Multi-emotion",
        "多情感",
        "standard",
        (
            _woman("zhimiao_emo", "知妙", "lively", 258, 1.65, 1.2, 0, 2),
            _woman("zhimi_emo", "知米", "warm", 180, 1.43, 1.17, 1, 0),
            _boy("zhibei_emo", "知贝", "cheerful", 286, 1.65, 1.12, 1, 0),
            _woman("zhiyan_emo", "知燕", "clear", 252, 1.43, 1.17, 2, 2),
            _woman("zhitian_emo", "知甜", "sweet", 262, 1.5, 1.1, 1, 0),
        ),
    ),
    Group(
        "Ultra HD",
        "超高清",
        "standard",
        (
            _woman("zhitian", "知甜", "sweet", 260, 1.5, 1.16, 3, -2),
            _woman("zhiqing", "知青", "gentle", 214, 1.43, 1.17, 0, 1),
            _man("zhichu", "知厨", "storytelling", 98, 1.55, 0.96, 3, 2),
            _man("zhide", "知德", "newsreading", 96, 1.35, 1.02, 3, 0),
            _man("zhifei", "知飞", "excited", 146, 1.7, 0.89, 0, -2),
            _woman("zhijia", "知佳", "even", 210, 1.43, 1.06, 0, -2),
            _man("zhilun", "知伦", "suspenseful", 93, 1.3, 0.9, 0, 1),
            _man("zhinan", "知楠", "advertising", 132, 1.5, 1.02, 0, 2),
            _woman("zhiqi", "知琪", "gentle", 206, 1.43, 1.16, 3, -2),
            _woman("zhiqian", "知倩", "newsreading", 169, 1.35, 1.15, 2, -1),
            _woman("zhiru", "知茹", "newsreading", 169, 1.35, 1.11, 0, -2),
            _girl("zhiwei", "知薇", "sweet", 326, 1.5, 1.22, 0, 1),
            _man("zhixiang", "知祥", "resonant", 88, 1.32, 0.93, 2, 2),
        ),
    ),
    Group(
        "Customer service",
        "客服",
        "standard",
        (
            _woman("zhiya", "知雅", "stern", 168, 1.3, 1.16, 2, 2),
            _woman("aixia", "艾夏", "friendly", 239, 1.43, 1.05, 1, 0),
            _woman("aiyue", "艾悦", "gentle", 210, 1.43, 1.18, 3, 2),
            _woman("siyue", "思悦", "gentle", 251, 1.43, 1.17, 3, -1),
            _man("aishuo", "艾硕", "natural", 113, 1.43, 1.01, 1, 2),
            _woman("xiaomei", "小美", "sweet", 259, 1.5, 1.18, 3, 0),
        ),
    ),
    Group(
        "General",
        "通用",
        "standard",
        (
            _woman("aiqi", "艾琦", "gentle", 247, 1.43, 1.2, 3, 1),
            _man("aicheng", "艾诚", "even", 128, 1.43, 0.9, 1, -2),
            _woman("aijia", "艾佳", "even", 221, 1.43, 1.11, 3, 0),
            _woman("siqi", "思琪", "gentle", 224, 1.43, 1.05, 0, -2),
            _woman("sijia", "思佳", "even", 194, 1.43, 1.18, 3, 2),
            _man("mashu", "马树", "playful", 141, 1.7, 1.03, 1, 0),
            _girl("yuer", "悦儿", "playful", 303, 1.7, 1.17, 1, 2),
            _woman("ruoxi", "若兮", "gentle", 247, 1.43, 1.18, 0, -2),
            _man("aida", "艾达", "even", 126, 1.43, 0.94, 3, -1),
            _man("sicheng", "思诚", "even", 116, 1.43, 1.01, 3, 0),
            _woman("ninger", "宁儿", "even", 235, 1.43, 1.2, 0, 1),
            _woman("xiaoyun", "小云", "even", 195, 1.43, 1.09, 0, -2),
            _man("xiaogang", "小刚", "even", 130, 1.43, 0.91, 3, 2),
            _woman("ruilin", "瑞琳", "even", 199, 1.43, 1.18, 0, 1),
        ),
    ),
    Group(
        "Live",
        "直播",
        "standard",
        (
            _woman("laomei", "老妹", "calling", 261, 1.65, 1.06, 0, -2),
            _man("laotie", "老铁", "hearty", 108, 1.5, 0.87, 1, 2),
            _woman("stella", "Stella", "thoughtful", 169, 1.35, 1.05, 3, 1),
            _man("stanley", "Stanley", "calm", 89, 1.28, 0.87, 0, -2),
            _man("kenny", "Kenny", "calm", 91, 1.28, 1.01, 3, 2),
            _woman("rosa", "Rosa", "natural", 212, 1.43, 1.1, 2, 1),
        ),
    ),
    Group(
        "Children",
        "童声",
        "standard",
        (
            _girl("aitong", "艾彤", "childlike", 258, 1.6, 1.31, 3, 2),
            _girl("aiwei", "艾薇", "sweet", 316, 1.5, 1.31, 2, -1),
            _boy("jielidou", "杰力豆", "cheerful", 278, 1.65, 1.19, 0, 1),
            _girl("xiaobei", "小北", "sweet", 311, 1.5, 1.17, 3, -2),
            _girl("sitong", "思彤", "childlike", 273, 1.6, 1.31, 0, 1),
            _girl("aibao", "艾宝", "sweet", 325, 1.5, 1.31, 2, 2),
        ),
    ),
    Group(
        "English",
        "英文",
        "standard",
        (
            _woman("ava", "Ava", "clear", 199, 1.43, 1.05, 3, 1),
            _man("luca", "Luca", "clear", 137, 1.43, 0.88, 0, 1, latin="en-gb"),
            _woman("luna", "Luna", "clear", 217, 1.43, 1.19, 0, -2, latin="en-gb"),
            _woman("emily", "Emily", "clear", 191, 1.43, 1.2, 3, -1, latin="en-gb"),
            _man("eric", "Eric", "clear", 118, 1.43, 0.87, 1, 0, latin="en-gb"),
            _woman("annie", "Annie", "clear", 236, 1.43, 1.16, 3, -1),
            _man("andy", "Andy", "clear", 118, 1.43, 0.94, 3, 2),
            _woman("abby", "Abby", "clear", 196, 1.43, 1.05, 2, -1),
            _woman("lydia", "Lydia", "clear", 185, 1.43, 1.19, 0, 2),
            _woman("olivia", "Olivia", "clear", 206, 1.43, 1.12, 1, 0, latin="en-gb"),
            _woman("wendy", "Wendy", "clear", 202, 1.43, 1.15, 0, 2, latin="en-gb"),
            _man("harry", "Harry", "clear", 129, 1.43, 1.03, 0, 0, latin="en-gb"),
        ),
    ),
    Group(
        "Dialects",
        "方言",
        "standard",
        (
            _woman("cuijie", "翠姐", "hearty", 185, 1.5, 1.04, 0, -2),
            _woman("kelly", "Kelly", "natural", 225, 1.43, 1.07, 2, 2, chinese="yue"),
            _woman("jiajia", "佳佳", "natural", 235, 1.43, 1.18, 3, 2, chinese="yue"),
            _man("dahu", "大虎", "hearty", 104, 1.5, 1.01, 1, -1),
            _man("aikan", "艾侃", "hearty", 104, 1.5, 1.03, 0, 1),
            _woman("taozi", "桃子", "natural", 238, 1.43, 1.08, 0, -2, chinese="yue"),
            _woman("qingqing", "青青", "gentle", 249, 1.43, 1.05, 0, 1),
            _man("xiaoze", "小泽", "hearty", 112, 1.5, 0.91, 0, -2),
            _woman("shanshan", "姗姗", "natural", 233, 1.43, 1.17, 1, 0, chinese="yue"),
            _woman("chuangirl", "小玥", "lively", 256, 1.65, 1.04, 0, 2),
        ),
    ),
    Group(
        "CosyVoice",
        "CosyVoice",
        "CosyVoice",
        (
            _woman("longwan", "龙婉", "even", 216, 1.43, 1.04, 3, -1),
            _man("longcheng", "龙橙", "lively", 145, 1.65, 0.94, 0, -1),
            _girl("longhua", "龙华", "cheerful", 295, 1.65, 1.23, 2, 1),
            _woman("longxiaochun", "龙小淳", "gentle", 231, 1.43, 1.12, 3, -2),
            _woman("longxiaoxia", "龙小夏", "natural", 188, 1.43, 1.17, 2, 1),
            _man("longshu", "龙书", "newsreading", 93, 1.35, 0.96, 0, -1),
            _man("longshuo", "龙硕", "resonant", 84, 1.32, 0.99, 3, 1),
            _woman("longmiao", "龙妙", "storytelling", 178, 1.55, 1.05, 3, 0),
            _woman("longyuan", "龙媛", "warm", 179, 1.43, 1.19, 3, 2),
            _woman("loongstella", "Stella2.0", "lively", 256, 1.65, 1.17, 0, 1),
            _woman("loongbella", "Bella2.0", "newsreading", 168, 1.35, 1.17, 0, 1),
            _woman("longwan_v2", "龙婉V2", "even", 222, 1.43, 1.2, 1, -1),
            _man("longcheng_v2", "龙橙V2", "lively", 145, 1.65, 0.9, 2, 2),
            _girl("longhua_v2", "龙华V2", "cheerful", 293, 1.65, 1.31, 2, -2),
            _woman("longxiaochun_v2", "龙小淳V2", "gentle", 241, 1.43, 1.09, 3, 1),
            _woman("longxiaoxia_v2", "龙小夏V2", "natural", 188, 1.43, 1.05, 1, 0),
            _man("longshu_v2", "龙书V2", "newsreading", 98, 1.35, 0.86, 0, -2),
            _man("longshuo_v2", "龙硕V2", "resonant", 84, 1.32, 0.9, 2, -1),
            _woman("longmiao_v2", "龙妙V2", "storytelling", 177, 1.55, 1.19, 0, 1),
            _woman("longyuan_v2", "龙媛V2", "warm", 181, 1.43, 1.06, 0, -1),
            _woman("loongstella_v2", "Stella2.0V2", "lively", 254, 1.65, 1.05, 0, -1),
            _woman("loongbella_v2", "Bella2.0V2", "newsreading", 177, 1.35, 1.04, 3, 2),
        ),
    ),
    Group(
        "Storyboards",
        "故事旁白",
        "Storyboards",
        (
            _woman("sys_GracefulPoisedWoman", "优雅端庄女声", "graceful", 197, 1.43, 1.21, 0, 2),
            _woman("sys_ElderlyWistfulWoman", "沧桑老年女声", "wistful", 154, 1.35, 1.17, 3, 1),
            _girl("sys_SweetBrightGirl", "甜美少女", "sweet", 305, 1.55, 1.2, 3, -1),
            _woman("sys_YoungGracefulWoman", "优雅青年女声", "graceful", 230, 1.45, 1.09, 1, 1),
            _woman("sys_MaturePoisedWoman", "端庄熟女", "poised", 187, 1.4, 1.22, 1, -2),
            _woman("sys_MatureWiseWoman", "知性熟女", "wise", 160, 1.35, 1.05, 2, -2),
            _man("sys_CalmDeepMale", "沉稳低音男声", "calm", 80, 1.28, 1.02, 3, 2),
            _man("sys_SereneIntellect", "从容知性", "serene", 126, 1.35, 0.86, 1, 1),
            _man("sys_MajesticBaritone", "磅礴男中音", "majestic", 101, 1.4, 0.86, 0, 1),
            _man("sys_GravellySoulful", "沙哑深情", "gravelly", 101, 1.35, 1.03, 3, 2),
            _man("sys_ClassicYoungMan", "经典青年男声", "natural", 122, 1.45, 1.03, 0, 1),
            _man("sys_WiseYoungMan", "睿智青年男声", "wise", 138, 1.38, 0.96, 2, 2),
            _woman("sys_ClassicYoungWoman", "经典青年女声", "natural", 244, 1.45, 1.04, 1, -1),
            _woman("sys_IntellectualYoungWoman", "知性青年女声", "thoughtful", 210, 1.4, 1.09, 1, -1),
            _man("sys_GentleYoungMan", "温柔青年男声", "gentle", 138, 1.4, 1.01, 3, -1),
            _boy("sys_thoughtfulBoy", "沉思少年", "thoughtful", 279, 1.5, 1.18, 3, 2),
            _man("sys_RichBassMale", "浑厚男低音", "resonant", 77, 1.3, 0.95, 1, 1),
            _woman("sys_ClassicMiddleAgedWoman", "经典中年女声", "natural", 176, 1.43, 1.05, 3, -1),
            _woman("longbaizhi", "龙白芷", "storytelling", 218, 1.5, 1.2, 3, 1),
        ),
    ),
)
