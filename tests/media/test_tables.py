"""Tables as people send them: encodings, delimiters, workbooks, and files that are none."""

import datetime
import zipfile

import openpyxl
import pytest

from reelwright.errors import EmptyFile, NotMedia, ObjectNotFound, TooLarge
from reelwright.media import tables

ROWS = (("国家", "2000", "2010"), ("乍得", "1", "2"), ("秘鲁", "3", None))
TEXT = "国家,2000,2010\n乍得,1,2\n秘鲁,3,\n"


@pytest.fixture
def written(tmp_path):
    def written(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.fixture
def workbook(tmp_path):
    def workbook(*rows, before=None):
        book = openpyxl.Workbook()
        if before is not None:
            book.active.title = before
            sheet = book.create_sheet("数据")
        else:
            sheet = book.active
        for row in rows:
            sheet.append(row)
        book.save(tmp_path / "book.bin")
        return tmp_path / "book.bin"

    return workbook


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_encodings_are_told_apart(written, encoding):
    assert tables.read(written(TEXT.encode(encoding))).rows == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
def test_delimiters_are_told_apart(written, delimiter):
    assert tables.read(written(TEXT.replace(",", delimiter))).rows == ROWS


def test_quoted_cells_keep_their_commas_and_lines(written):
    table = tables.read(written('name,"2000, about"\n"Korea, South","1,234"\n"two\nlines",5\n'))
    assert table.rows == (("name", "2000, about"), ("Korea, South", "1,234"), ("two\nlines", "5"))


def test_empty_rows_and_columns_are_gone_and_short_rows_filled(written):
    table = tables.read(written("a,,2000\n\n,,\nx,,1\ny\n"))
    assert table.rows == (("a", "2000"), ("x", "1"), ("y", None))


def test_a_workbook_is_known_by_its_content(workbook):
    path = workbook(["国家", 2000, 2010.0], ["乍得", 1, 2.5], ["秘鲁", 3, None])
    table = tables.read(path)
    assert table.rows == (("国家", "2000", "2010"), ("乍得", "1", "2.5"), ("秘鲁", "3", None))


def test_the_first_sheet_with_anything_in_it_is_read(workbook):
    table = tables.read(workbook(["a", "b"], ["x", 1], before="empty"))
    assert (table.name, len(table.rows)) == ("数据", 2)


def test_dates_lose_a_time_of_midnight(workbook):
    table = tables.read(workbook(["day", "n"], [datetime.datetime(2020, 5, 1), 3]))
    assert table.rows[1] == ("2020-05-01", "3")


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        pytest.param(b"", EmptyFile, "0 bytes", id="empty"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", NotMedia, "Excel 97; save it as .xlsx", id="old-excel"),
        pytest.param(b"<html><table></table>", NotMedia, "a web page", id="html"),
        pytest.param(b"PK\x03\x04nonsense", NotMedia, "damaged", id="half-a-zip"),
        pytest.param(b"a\x00b,1\n", NotMedia, "neither a workbook nor text", id="binary"),
        pytest.param(b"only one line, of two", NotMedia, "no table", id="no-rows"),
        pytest.param(b"a\nb\nc\n", NotMedia, "no table", id="one-column"),
    ],
)
def test_what_is_no_table_says_why(written, content, error, message):
    with pytest.raises(error, match=message):
        tables.read(written(content))


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(NotMedia, match="no workbook"):
        tables.read(tmp_path / "a.xlsx")


def test_an_archive_that_would_unpack_to_too_much_is_not_opened(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (tables.MOST_UNPACKED + 1))
    assert (tmp_path / "bomb.xlsx").stat().st_size < 1 << 20
    with pytest.raises(TooLarge, match="unpacks to"):
        tables.read(tmp_path / "bomb.xlsx")


def test_a_workbook_whose_xml_expands_itself_is_refused(tmp_path, workbook):
    evil = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><workbook>&c;</workbook>'
    good = workbook(["a", "b"], ["x", 1])
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(tmp_path / "evil.xlsx", "w") as target:
        for name in source.namelist():
            target.writestr(name, evil if name == "xl/workbook.xml" else source.read(name))
    with pytest.raises(NotMedia, match="cannot be read as a workbook"):
        tables.read(tmp_path / "evil.xlsx")


def test_too_many_rows_are_refused(written, monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    with pytest.raises(TooLarge, match="more than 3 rows"):
        tables.read(written("a,b\n1,2\n3,4\n5,6\n"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ObjectNotFound, match=r"none\.csv"):
        tables.read(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12),
        ("1,234.5", 1234.5),
        ("-3", -3),
        ("(12)", -12),
        ("45 %", 45),
        ("¥3.2万", 32000),
        ("1.2亿", 1.2e8),
        ("$1,000", 1000),
        ("1.5e3", 1500),
        (".5", 0.5),
        ("3k", 3000),
        ("−7", -7),
        ("n/a", None),
        ("-", None),
        ("abc", None),
        ("12 apples", None),
        (None, None),
        ("1e999", None),
    ],
)
def test_numbers_are_read_as_people_write_them(cell, value):
    assert tables.number(cell) == value


def test_a_decimal_comma_is_told_by_the_whole_table():
    rows = [("x", "12,5"), ("y", "1.234,75")]
    assert tables.decimal_sign(rows) == ","
    assert tables.number("1.234,75", decimal=",") == 1234.75
    assert tables.decimal_sign([("x", "1,234"), ("y", "12.5")]) == "."
