"""`say-as`: how a number, date or sign is to be read, written out in words that any voice says right.

Chinese and English. What a kind cannot make sense of is given back as it came, for the voice
to read in its own way.
"""

import re
from collections.abc import Callable

DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
PHONE_DIGITS = {**DIGITS, "1": "幺"}  # yī sounds like qī over a bad line
_CHINESE_SIGNS = (
    "。句号 .点 ，逗号 ,逗号 ？问号 ?问号 ！感叹号 !感叹号 ：冒号 :冒号 ；分号 ;分号 -杠 _下划线 /斜杠 #井号 *星号"
)
_ENGLISH_SIGNS = (
    "full stop . comma , question mark ? exclamation mark ! colon : semicolon ; dash - underscore _ slash /"
)
SIGNS = {
    "zh": {one[0]: one[1:] for one in f"{_CHINESE_SIGNS} +加 =等于 %百分号 &和 $美元 @at".split()},
    "en": {
        sign: name
        for name, sign in re.findall(
            r"([a-z][a-z ]*) (\S)", f"{_ENGLISH_SIGNS} equals = hash # star * plus + percent % and & dollar $ at @"
        )
    },
}
CURRENCIES = {  # sign or code: in Chinese, one and many in English, and their hundredth
    "$": ("美元", "dollar", "dollars", "cent"),
    "USD": ("美元", "dollar", "dollars", "cent"),
    "￥": ("元", "yuan", "yuan", "fen"),
    "¥": ("元", "yuan", "yuan", "fen"),
    "CNY": ("元", "yuan", "yuan", "fen"),
    "RMB": ("元", "yuan", "yuan", "fen"),
    "€": ("欧元", "euro", "euros", "cent"),
    "EUR": ("欧元", "euro", "euros", "cent"),
    "£": ("英镑", "pound", "pounds", "penny"),
    "GBP": ("英镑", "pound", "pounds", "penny"),
    "HKD": ("港元", "Hong Kong dollar", "Hong Kong dollars", "cent"),
    "JPY": ("日元", "yen", "yen", "sen"),
}
UNITS = {  # in Chinese, one and many in English
    "km": ("千米", "kilometre", "kilometres"),
    "m": ("米", "metre", "metres"),
    "cm": ("厘米", "centimetre", "centimetres"),
    "mm": ("毫米", "millimetre", "millimetres"),
    "kg": ("千克", "kilogram", "kilograms"),
    "g": ("克", "gram", "grams"),
    "mg": ("毫克", "milligram", "milligrams"),
    "l": ("升", "litre", "litres"),
    "ml": ("毫升", "millilitre", "millilitres"),
    "km/h": ("千米每小时", "kilometre per hour", "kilometres per hour"),
    "m/s": ("米每秒", "metre per second", "metres per second"),
    "°c": ("摄氏度", "degree Celsius", "degrees Celsius"),
    "℃": ("摄氏度", "degree Celsius", "degrees Celsius"),
    "%": ("百分之", "percent", "percent"),
    "s": ("秒", "second", "seconds"),
    "min": ("分钟", "minute", "minutes"),
    "h": ("小时", "hour", "hours"),
}
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
NUMBER = r"(-?[\d,]*\.?\d+)"
YEAR_FIRST = re.compile(r"^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月?)\s*$")
YEAR_LAST = re.compile(r"^\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\s*$")
TIME = re.compile(r"^\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*$")
FRACTION = re.compile(r"^\s*(\d+)\s*/\s*(\d+)\s*$")


def written_out(text: str, kind: str, form: str, language: str) -> str:
    """`kind`: one of `KINDS`; `form` is the order of a date (`mdy`, `dmy`, `ymd`). `language`: zh or en."""
    return KINDS[kind](text, language, form)


def _spelt(text: str, language: str, form: str) -> str:
    """Letter for letter; signs by their names."""
    signs = SIGNS[language]
    parts = [signs.get(one, DIGITS[one] if language == "zh" and one in DIGITS else one.upper()) for one in text]
    # Letters in a row would be read as a word; a comma would pause too long after each.
    return ("" if language == "zh" and not re.search("[A-Z]", text.upper()) else " ").join(
        part for part in parts if part.strip()
    )


def _digits(text: str, language: str, form: str) -> str:
    return _each_digit(text, DIGITS if language == "zh" else None)


def _telephone(text: str, language: str, form: str) -> str:
    """Digit for digit, with a pause where it is grouped."""
    groups = [one for one in re.split(r"[\s()-]+", text.replace("+", " + ")) if one]
    said = [_each_digit(one, PHONE_DIGITS if language == "zh" else None) for one in groups]
    return ("，" if language == "zh" else ", ").join(said).replace("+，", "加").replace("+, ", "plus ")


def _each_digit(text: str, names: dict[str, str] | None) -> str:
    if names:
        return "".join(names.get(one, one) for one in text)
    return " ".join(one for one in text if not one.isspace())


def _number(text: str, language: str, form: str) -> str:
    return text.replace(",", "")


def _ordinal(text: str, language: str, form: str) -> str:
    digits = text.strip()
    if not digits.isdecimal():
        return text
    if language == "zh":
        return f"第{digits}"
    return digits + _ending(int(digits))


def _ending(number: int) -> str:
    teens = number % 100 in (11, 12, 13)
    return "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _date(text: str, language: str, form: str) -> str:
    first, last = YEAR_FIRST.match(text), YEAR_LAST.match(text)
    if first:
        year, month, day = (int(one) if one else 0 for one in first.groups())
    elif last:
        one, two, year = (int(part) for part in last.groups())
        month, day = (two, one) if form == "dmy" or one > len(MONTHS) else (one, two)
    else:
        return text
    if not 1 <= month <= len(MONTHS):
        return text
    if language == "zh":
        return _each_digit(str(year), DIGITS) + f"年{month}月" + (f"{day}日" if day else "")
    named = MONTHS[month - 1] + (f" {day}{_ending(day)}" if day else "")
    return f"{named}, {_year(year)}"


def _year(year: int) -> str:
    """As English says it: nineteen eighty four, two thousand and five."""
    if year // 100 % 10 == 0 or year % 100 == 0:
        return str(year)
    rest = year % 100
    return f"{year // 100} {rest if rest > 9 else f'oh {rest}'}"


def _time(text: str, language: str, form: str) -> str:
    found = TIME.match(text)
    if not found:
        return text
    hour, minute, second = (int(one) if one else 0 for one in found.groups())
    if language == "zh":
        said = f"{hour}点" + (f"{minute}分" if minute else "整" if not second else "零分")
        return said + (f"{second}秒" if second else "")
    spoken = f"{hour} {minute if minute > 9 else f'oh {minute}'}" if minute else f"{hour} o'clock"
    return spoken + (f" and {second} second{'s' * (second > 1)}" if second else "")


def _fraction(text: str, language: str, form: str) -> str:
    found = FRACTION.match(text)
    if not found:
        return text
    over, under = found.groups()
    if language == "zh":
        return f"{under}分之{over}"
    many = "s" * (int(over) != 1)
    named = {"2": "halves" if many else "half", "4": f"quarter{many}"}.get(under)
    return f"{over} {named or under + _ending(int(under)) + many}"


def _currency(text: str, language: str, form: str) -> str:
    sign = "|".join(map(re.escape, CURRENCIES))
    found = re.match(rf"^\s*(?:({sign})\s*{NUMBER}|{NUMBER}\s*({sign}))\s*$", text, re.IGNORECASE)
    if not found:
        return text
    before, amount, other, after = found.groups()
    chinese, one, many, hundredth = CURRENCIES[(before or after).upper()]
    whole, _, rest = (amount or other).replace(",", "").partition(".")
    if language == "zh":
        return f"{whole}{'.' + rest if rest else ''}{chinese}"
    said = f"{whole} {one if whole == '1' else many}"
    small = int(rest.ljust(2, "0")[:2]) if rest else 0
    plural = {"penny": "pence"}.get(hundredth, hundredth if hundredth in ("fen", "sen") else hundredth + "s")
    return said + (f" and {small} {hundredth if small == 1 else plural}" if small else "")


def _measure(text: str, language: str, form: str) -> str:
    found = re.match(rf"^\s*{NUMBER}\s*([a-zA-Z/%°℃]+)\s*$", text)
    unit = UNITS.get(found.group(2).lower()) if found else None
    if not found or not unit:
        return text
    number = found.group(1).replace(",", "")
    if language == "zh":
        return f"百分之{number}" if unit[0] == "百分之" else f"{number}{unit[0]}"
    return f"{number} {unit[1] if number == '1' else unit[2]}"


def _as_it_is(text: str, language: str, form: str) -> str:
    return text


KINDS: dict[str, Callable[[str, str, str], str]] = {
    "cardinal": _number,
    "number": _number,
    "ordinal": _ordinal,
    "digits": _digits,
    "id": _spelt,
    "characters": _spelt,
    "spell-out": _spelt,
    "verbatim": _spelt,
    "punctuation": _spelt,
    "telephone": _telephone,
    "date": _date,
    "time": _time,
    "fraction": _fraction,
    "currency": _currency,
    "measure": _measure,
    "unit": _measure,
    "name": _as_it_is,
    "address": _as_it_is,
}
