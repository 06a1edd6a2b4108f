"""Numbers and signs of plain text written out as they are read: dates, times, money, percentages, phones, units.

Voices read `35%` or `2024-10-01` letter by letter, or leave the sign out. Here what is plain to a reader
is put into words of Chinese or English; what could be read in two ways is left as it stands. A document that
knows better says so by `say-as`, and is not touched.
"""

import re
from collections.abc import Callable
from functools import partial

from reelwright.kernels.say_as import CURRENCIES, UNITS, written_out

Found = re.Match[str]
Rule = tuple[re.Pattern[str], Callable[[Found], str]]

NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
MONEY = "[" + "".join(one for one in CURRENCIES if len(one) == 1) + "]"
MEASURES = "km/h|m/s|km|cm|mm|kg|mg|ml|min|m|g"
"""Units that are no word, nor the beginning of one. Their case counts: 5G is no weight."""
GREAT = "万亿|千万|百万|万|亿"
GREAT_ENGLISH = "thousand|million|billion|trillion"
BESIDE_YEARS = "in|since|year|until|till|before|after|by|from|during|early|late|of|and|to"
DATE = r"(?<![\d.-])\d{4}([-/.])\d{1,2}\1\d{1,2}(?![\d.-]\d)"
CLOCK = r"(?<![\d:])(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?(?![\d:])"
FRACTION = r"(?<![\d/.])\d{1,3}/\d{1,3}(?![\d/.]*\d)"


def read(text: str, language: str) -> str:
    """The text as it is to be said, in `zh` or `en`; in other languages as it is."""
    for pattern, said in RULES.get(language, ()):
        text = pattern.sub(said, text)
    return text


def _as(kind: str, language: str, found: Found) -> str:
    return written_out(found.group(), kind, "", language)


# ---- Chinese


def _chinese_year(found: Found) -> str:
    return written_out(found.group(1), "digits", "", "zh") + "年"


def _chinese_mobile(found: Found) -> str:
    return written_out(found.group(), "telephone", "", "zh").replace("，", "")


def _chinese_share(found: Found) -> str:
    whole = {"%": "百分之", "％": "百分之", "‰": "千分之"}[found.group(3)]
    return f"{'负' if found.group(1) else ''}{whole}{_plain(found.group(2))}"


def _chinese_degrees(found: Found) -> str:
    return f"{'零下' if found.group(1) else ''}{found.group(2)}{'华氏度' if found.group(3).endswith('F') else '摄氏度'}"


def _chinese_money(found: Found) -> str:
    sign, number, great = found.groups()
    return f"{_plain(number)}{great or ''}{CURRENCIES[sign][0]}"


def _chinese_measure(found: Found) -> str:
    return f"{_plain(found.group(1))}{UNITS[found.group(2)][0]}"


def _chinese_fraction(found: Found) -> str:
    over, under = (int(one) for one in found.group().split("/"))
    return f"{under}分之{over}" if 0 < over < under else found.group()


def _chinese_range(found: Found) -> str:
    return f"{found.group(1)}到"


def _chinese_sum(found: Found) -> str:
    return {"+": "加", "×": "乘", "÷": "除以", "=": "等于"}[found.group(1)]


CHINESE: tuple[Rule, ...] = (
    (re.compile(DATE), partial(_as, "date", "zh")),
    (re.compile(CLOCK), partial(_as, "time", "zh")),
    (re.compile(r"(?<![\d.,])(1[1-9]\d{2}|20\d{2})年"), _chinese_year),
    (re.compile(r"(?<![\d.+-])1[3-9]\d{9}(?![\d.])"), _chinese_mobile),
    (re.compile(r"(?<![\d-])(?:0\d{2,3}|[48]00)-\d{3,4}(?:-?\d{4})?(?![\d-])"), partial(_as, "telephone", "zh")),
    (re.compile(r"(?<![\d.,])\d{8,}(?![\d.,])"), partial(_as, "digits", "zh")),
    (re.compile(rf"(?<![A-Za-z\d.])({NUMBER}%?)\s*[-~～—]\s*(?={NUMBER}[%％\u4e00-\u9fff℃°])"), _chinese_range),
    (re.compile(rf"(?<![A-Za-z\d.])(-?)({NUMBER})\s*(℃|°C|°F)"), _chinese_degrees),
    (re.compile(rf"(-?)({NUMBER})\s*([%％‰])"), _chinese_share),
    (re.compile(rf"({MONEY})\s?({NUMBER})({GREAT})?(?:元|美元|欧元|英镑)?"), _chinese_money),
    (re.compile(rf"({NUMBER})\s?({MEASURES})(?![A-Za-z])"), _chinese_measure),
    (re.compile(FRACTION), _chinese_fraction),
    (re.compile(r"(?<=\d)\s*([+×÷=])\s*(?=\d)"), _chinese_sum),
    (re.compile(r"(?<![A-Za-z\d.)-])-(?=\d)"), lambda found: "负"),
    (re.compile(r"(?<=[\u4e00-\u9fff])\s*&\s*(?=[\u4e00-\u9fff])"), lambda found: "和"),
)


# ---- English


def _money(found: Found) -> str:
    sign, number, great = found.groups()
    if great:
        return f"{number} {great} {CURRENCIES[sign][2]}"
    return written_out(sign + number, "currency", "", "en")


def _measure(found: Found) -> str:
    number, unit = found.groups()
    return f"{number} {UNITS[unit][1 if number == '1' else 2]}"


def _degrees(found: Found) -> str:
    sign, number, scale = found.groups()
    named = "Fahrenheit" if scale.endswith("F") else "Celsius"
    return f"{'minus ' if sign else ''}{number} degree{'s' * (number != '1')} {named}"


def _fraction(found: Found) -> str:
    over, under = (int(one) for one in found.group().split("/"))
    return written_out(found.group(), "fraction", "", "en") if 0 < over < under <= 100 else found.group()


def _year(found: Found) -> str:
    before, century, rest = found.groups()
    return f"{before}{century} {rest if rest[0] != '0' else 'oh ' + rest[1]}"


ENGLISH: tuple[Rule, ...] = (
    (re.compile(DATE), partial(_as, "date", "en")),
    (re.compile(r"(?<![\d:])(?:1?\d|2[0-4]):00(?![\d:])(?!\s*[ap]\.?m)", re.IGNORECASE), partial(_as, "time", "en")),
    (re.compile(r"(?<![\d-])(?:\(\d{3}\) ?|\d{3}-)?\d{3}-\d{4}(?![\d-])"), partial(_as, "telephone", "en")),
    (re.compile(rf"({MONEY})\s?({NUMBER})(?:\s({GREAT_ENGLISH})\b)?"), _money),
    (re.compile(rf"(?<![\w])(-?)({NUMBER})\s*(℃|°C|°F)"), _degrees),
    (re.compile(rf"\b({NUMBER})\s?({MEASURES})\b(?!')"), _measure),
    (re.compile(FRACTION), _fraction),
    (re.compile(rf"(\b(?:{BESIDE_YEARS})\s+)(1[1-9]|20)(0[1-9]|[1-9]\d)(?![\d,.%]\d|\d|%)", re.IGNORECASE), _year),
    (re.compile(r"\bNo\.\s?(?=\d)"), lambda found: "number "),
    (re.compile(r"\bSt\.(?=\s[A-Z][a-z])"), lambda found: "Saint"),
    (re.compile(r"\s&\s"), lambda found: " and "),
)

RULES = {"zh": CHINESE, "en": ENGLISH}


def _plain(number: str) -> str:
    return number.replace(",", "")
