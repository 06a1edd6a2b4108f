"""Tables of numbers from .xlsx and .csv files, with what spreadsheets and people do to them.

What a file is shows in its first bytes, not in its name. Of a workbook the first sheet that holds anything is read, the
values and not the formulas, without its XML ever being in memory as a whole; defusedxml parses that, and an archive
that would unpack to more than 64 MiB is refused before it is opened. CSV may be parted by commas, semicolons, tabs or
bars and be UTF-8, UTF-16, GB 18030 or Windows-1252. Numbers may have thousands separators, a currency, a percent sign,
brackets for minus, and 万 or 亿. The old .xls form, charts, and merged cells are not read.
"""

import codecs
import csv
import datetime
import io
import itertools
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwright.errors import EmptyFile, InternalError, NotMedia, ObjectNotFound, TooLarge
from reelwright.loading import lazy

# It has no types.
openpyxl: Any = lazy("openpyxl")

MOST_BYTES = 32 << 20  # of the file
MOST_UNPACKED = 64 << 20  # of the parts of a workbook together
MOST_ROWS, MOST_COLUMNS = 20_000, 500
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
DELIMITERS = ",\t;|"
SAMPLED = 30  # lines by which the delimiter is told
ENCODINGS = ("utf-8-sig", "gb18030", "cp1252")
MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
MISSING = frozenset({"", "-", "--", "—", "n/a", "na", "nan", "null", "none", "缺失", "无", "#n/a"})
UNITS = {"%": 1.0, "千": 1e3, "万": 1e4, "百万": 1e6, "亿": 1e8, "万亿": 1e12, "k": 1e3, "m": 1e6, "bn": 1e9, "b": 1e9}
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_COMMAS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_DOTS = re.compile(r"(?<=\d)\.(?=\d{3}(?:\D|$))")

Cell = float | str | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length, the heading first; empty rows and columns are gone. Cells are stripped text or None."""

    rows: tuple[tuple[str | None, ...], ...]
    name: str = ""

    @property
    def width(self) -> int:
        return len(self.rows[0])


def read(path: str | Path) -> Table:
    """The table in a file. Raises ObjectNotFound, EmptyFile, TooLarge, or NotMedia with what to do."""
    path = Path(path)
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise ObjectNotFound(f"there is no file {path}") from error
    if size > MOST_BYTES:
        raise TooLarge(f"{path.name} has {size >> 20} MiB; a table may have {MOST_BYTES >> 20} MiB")
    with path.open("rb") as file:
        head = file.read(4)
    if not head:
        raise EmptyFile(f"{path.name} is empty (0 bytes); upload it again")
    if head == OLD_EXCEL:
        raise NotMedia(f"{path.name} has the old form of Excel 97; save it as .xlsx or .csv")
    name, rows = _workbook(path) if head == ZIP else ("", _text_rows(path))
    table = _trimmed(itertools.islice(rows, MOST_ROWS + 1), name)
    if len(table) < 2 or len(table[0]) < 2:
        raise NotMedia(f"{path.name} holds no table: a heading and at least one row, two columns or more are needed")
    if len(table) > MOST_ROWS or len(table[0]) > MOST_COLUMNS:
        raise TooLarge(f"{path.name} has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns; cut it down")
    return Table(tuple(table), name)


# ---- workbooks


def _workbook(path: Path) -> tuple[str, Iterator[Sequence[Any]]]:
    if not openpyxl.DEFUSEDXML:
        raise InternalError("defusedxml is missing, and workbooks are not read without it: pip install defusedxml")
    _look_at_archive(path)
    try:
        # Opened here: the library goes by a path's ending, and many a workbook is called .xls.
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that do not matter here
            for sheet in openpyxl.load_workbook(file, read_only=True, data_only=True).worksheets:
                cells = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
                rows = list(itertools.islice(cells, MOST_ROWS + 1))
                if any(cell is not None for row in rows for cell in row):
                    return str(sheet.title), iter(rows)
    except Exception as error:
        # A damaged workbook makes the library raise whatever it stumbles over first.
        raise NotMedia(f"{path.name} cannot be read as a workbook ({error}); save it again as .xlsx or .csv") from error
    raise NotMedia(f"{path.name} has only empty sheets")


def _look_at_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(one.file_size for one in archive.infolist())
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError) as error:
        raise NotMedia(f"{path.name} is damaged ({error}); upload it again") from error
    if unpacked > MOST_UNPACKED:
        raise TooLarge(f"{path.name} unpacks to {unpacked >> 20} MiB; a workbook may have {MOST_UNPACKED >> 20} MiB")
    if not any(name.startswith("xl/") for name in names):
        raise NotMedia(f"{path.name} is an archive, but no workbook; send .xlsx or .csv")


# ---- text


def _text_rows(path: Path) -> Iterator[Sequence[Any]]:
    text = _decoded(path.read_bytes())
    if "\0" in text:
        raise NotMedia(f"{path.name} is neither a workbook nor text; send .xlsx or .csv")
    if re.match(r"\s*<(?:!doctype|html|\?xml|table)", text, re.IGNORECASE):
        raise NotMedia(f"{path.name} is a web page or XML under another name; save it as .xlsx or .csv")
    lines = text.splitlines()
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(lines))
    except csv.Error as error:
        raise NotMedia(f"{path.name} cannot be read as CSV ({error})") from error


def _decoded(content: bytes) -> str:
    for mark, name in MARKS:
        if content.startswith(mark):
            return content.decode(name, errors="replace")
    for name in ENCODINGS[:-1]:
        try:
            return content.decode(name)
        except UnicodeDecodeError:
            continue
    return content.decode(ENCODINGS[-1], errors="replace")


def _delimiter(lines: Sequence[str]) -> str:
    """The one that parts the first lines into the most fields of equal number."""

    def parts(delimiter: str) -> tuple[float, int]:
        counts = [len(row) for row in csv.reader(lines[:SAMPLED], delimiter=delimiter) if row]
        usual = max(set(counts), key=counts.count, default=1)
        return (counts.count(usual) / max(1, len(counts)) if usual > 1 else 0.0, usual)

    return max(DELIMITERS, key=parts)


# ---- cells


def _trimmed(rows: Iterable[Sequence[Any]], name: str) -> list[tuple[str | None, ...]]:
    """As text, of equal length, without empty rows and columns."""
    texts = [[_text(cell) for cell in row] for row in rows]
    texts = [row for row in texts if any(row)]
    width = max(map(len, texts), default=0)
    full = [row + [None] * (width - len(row)) for row in texts]
    kept = [column for column in range(width) if any(row[column] for row in full)]
    return [tuple(row[column] for column in kept) for row in full]


def _text(cell: object) -> str | None:
    """Dates without a time of day lose it; whole numbers lose their point."""
    if cell is None or isinstance(cell, bool):
        return None if cell is None else str(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell).strip() or None


def number(cell: str | None, *, decimal: str = ".") -> float | None:
    """What a cell counts: 1,234.5, (12), 45 %, ¥3.2万, 1.5e3. None for text and for missing values.

    `decimal` is the sign before the decimals; the other one of `.` and `,` parts thousands.
    """
    if cell is None or cell.casefold() in MISSING:
        return None
    text = cell.strip().replace(" ", "").replace("\u00a0", "").replace("，", ",").replace("−", "-")
    minus = text.startswith("(") and text.endswith(")")
    text = text.strip("()").lstrip("¥￥$€£").rstrip("元人¥$€£")
    text = _DOTS.sub("", text).replace(",", ".") if decimal == "," else _COMMAS.sub("", text)
    found = _NUMBER.match(text)
    if not found:
        return None
    unit = text[found.end() :].casefold()
    if unit and unit not in UNITS:
        return None
    value = float(found[0]) * UNITS.get(unit, 1.0)
    return (-value if minus else value) if abs(value) < 1e300 else None


def decimal_sign(rows: Iterable[Sequence[str | None]]) -> str:
    """`,` if numbers like 12,5 occur and none like 12.5 does; else `.`."""
    cells = [cell for row in rows for cell in row if cell]
    with_comma = any(re.fullmatch(r"-?\d{1,3}(?:\.?\d{3})*,(?:\d{1,2}|\d{4,})", cell) for cell in cells)
    with_point = any(re.fullmatch(r"-?\d+\.(?:\d{1,2}|\d{4,})", cell) for cell in cells)
    return "," if with_comma and not with_point else "."
