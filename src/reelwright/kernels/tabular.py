"""What a table is about: which cells are names, which are moments in time, and the numbers between them.

Three forms are told apart. Wide: names in the first column, moments in the heading (or the other way round). Plain:
things in the first column, one or more columns of numbers beside them. Long: one number a row, beside the name and the
moment it belongs to. A column may be named where a table could be read in several ways.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import InvalidParameter, NotMedia

Values = NDArray[np.float64]
Number = Callable[[str | None], float | None]
Rows = Sequence[Sequence[str | None]]

TIMELY = 0.8  # share of labels that must look like moments
NUMERIC = 0.5  # share of a column's cells that must be numbers
_MONTHS = "(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*"
_MOMENT = re.compile(
    r"(?:1[0-9]|20|21)\d{2}(?:年|s)?$"  # 1952, 2008年
    r"|\d{2,4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2})?[日月]?(?:[ T]\d.*)?$"  # 2008-05, 2008/5/12
    r"|(?:\d{2,4}[ 年-]*)?(?:Q[1-4]|[1-4]季度|第?[一二三四]季度?)(?:[ -]*\d{2,4})?$"  # Q3 2020, 2020年三季度
    rf"|(?:\d{{1,2}}[ -])?{_MONTHS}\.?(?:[ ,-]*\d{{2,4}})?$"  # May 2020
    r"|(?:\d{2,4}年)?(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|\d{1,2}日)?$"  # 5月, 十二月
    r"|(?:周|星期)[一二三四五六日天]$|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*$|\d{1,2}:\d{2}(?::\d{2})?$"
    r"|第[一二三四五六七八九十\d]+[天周月年期]$|(?:day|week|month|year) \d+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Chart:
    """`values` float64 [steps, names], NaN where nothing is known. `is_time`: the steps are moments, in order."""

    steps: tuple[str, ...]
    names: tuple[str, ...]
    values: Values
    is_time: bool
    title: str = ""
    """The heading of the numbers, where the table has one."""

    @property
    def missing(self) -> int:
        """Cells without a number."""
        return int(np.isnan(self.values).sum())


def looks_like_time(labels: Sequence[str | None]) -> bool:
    """Whether labels are moments: years, dates, months, quarters, weekdays."""
    given = [one for one in labels if one]
    return bool(given) and sum(bool(_MOMENT.match(one.strip())) for one in given) >= TIMELY * len(given)


def chart(rows: Rows, number: Number, *, category: str = "", moment: str = "", value: str = "") -> Chart:
    """The numbers of a table with its heading first. `category`, `moment`, `value` name columns of a long table."""
    heading, body = [one or "" for one in rows[0]], rows[1:]
    if category or moment or value:
        return _long(heading, body, number, category, moment, value)
    if _is_long(heading, body, number):
        return _long(heading, body, number, "", "", "")
    return _wide(heading, body, number)


# ---- wide and plain tables


def _wide(heading: Sequence[str], body: Rows, number: Number) -> Chart:
    first = [row[0] or "" for row in body]
    numeric = [column for column in range(1, len(heading)) if _is_numeric(body, column, number)]
    if not numeric:
        raise NotMedia("the table has no column of numbers beside the first one")
    kept = [index for index, label in enumerate(first) if label]
    columns = [heading[column] for column in numeric]
    values = np.array([[_or_nan(number(body[row][column])) for column in numeric] for row in kept])
    labels = [first[row] for row in kept]
    if looks_like_time(columns) and len(columns) > 1:
        return _in_order(Chart(tuple(columns), tuple(labels), values.T, True))
    title = columns[0] if len(columns) == 1 else ""
    return _in_order(Chart(tuple(labels), tuple(columns), values, looks_like_time(labels), title))


def _is_numeric(body: Rows, column: int, number: Number) -> bool:
    cells = [row[column] for row in body if row[column]]
    return bool(cells) and sum(number(cell) is not None for cell in cells) >= NUMERIC * len(cells)


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


# ---- long tables


def _is_long(heading: Sequence[str], body: Rows, number: Number) -> bool:
    """A column of repeated names, a column of repeated moments, and numbers."""
    moment = _moment_column(heading, body, number)
    return moment is not None and _category_column(heading, body, number, moment) is not None


def _moment_column(heading: Sequence[str], body: Rows, number: Number) -> int | None:
    for column in range(len(heading)):
        cells = [row[column] for row in body]
        if looks_like_time(cells) and len(set(cells)) < len(cells):
            return column
    return None


def _category_column(heading: Sequence[str], body: Rows, number: Number, moment: int) -> int | None:
    """Among the columns of text the one that, with the moment, tells rows apart best."""
    found, most = None, 0
    for column in range(len(heading)):
        if column == moment or _is_numeric(body, column, number):
            continue
        pairs = len({(row[column], row[moment]) for row in body})
        if pairs > most and len({row[column] for row in body}) < len(body):
            found, most = column, pairs
    return found


def _long(heading: Sequence[str], body: Rows, number: Number, category: str, moment: str, value: str) -> Chart:
    told = {field: _named(heading, one, field) for field, one in (("value", value), ("moment", moment)) if one}
    when = told["moment"] if moment else _moment_column(heading, body, number)
    who = _named(heading, category, "category") if category else _category_column(heading, body, number, when or 0)
    if when is None or who is None:
        raise InvalidParameter(
            f"the table has no columns of names and moments that repeat; its columns are {', '.join(heading)}",
            field="category" if who is None else "moment",
        )
    free = [column for column in range(len(heading)) if column not in (who, when) and _is_numeric(body, column, number)]
    what = told["value"] if value else next(iter(free), None)
    if what is None:
        raise NotMedia("the table has no column of numbers beside its names and moments")
    steps = list(dict.fromkeys(row[when] or "" for row in body))
    names = list(dict.fromkeys(row[who] or "" for row in body))
    values = np.full((len(steps), len(names)), np.nan)
    step_of, name_of = ({label: index for index, label in enumerate(labels)} for labels in (steps, names))
    for row in body:
        values[step_of[row[when] or ""], name_of[row[who] or ""]] = _or_nan(number(row[what]))
    return _in_order(Chart(tuple(steps), tuple(names), values, True, heading[what]))


def _named(heading: Sequence[str], name: str, field: str) -> int:
    for index, one in enumerate(heading):
        if one.casefold() == name.casefold():
            return index
    raise InvalidParameter(f"no column is called {name!r}; the columns are {', '.join(heading)}", field=field)


def _in_order(found: Chart) -> Chart:
    """Years and dates that stand in another order are put right; other labels keep theirs."""
    if not found.is_time:
        return found
    keys = [_key(label) for label in found.steps]
    if any(key is None for key in keys):
        return found
    order = sorted(range(len(keys)), key=lambda index: keys[index] or ())
    return replace(found, steps=tuple(found.steps[index] for index in order), values=found.values[order])


def _key(label: str) -> tuple[int, ...] | None:
    """Year, month and day, of labels that begin with a year."""
    if not re.match(r"\d{4}(?!\d)", label):
        return None
    return tuple(map(int, re.findall(r"\d+", label)[:3]))
