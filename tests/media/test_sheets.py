"""A storyboard as a page: complete in itself, safe with any text."""

import base64
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from reelwright.media import images, sheets
from reelwright.media.sheets import Chapter, Player, Row, Sheet


class Balanced(HTMLParser):
    """Counts the tags that are open, and keeps the text."""

    VOID = ("meta", "img", "br")

    def __init__(self):
        super().__init__()
        self.open, self.text = [], []

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture
def page(tmp_path):
    picture = images.save(np.full((640, 360, 3), 90, np.uint8), tmp_path / "shot.png")
    rows = [
        Row("1", picture, "“你好”，<b>他</b>说 & 笑", speaker="小禾", voice="siqi", place="村 <里>", time="0:00.0"),
        Row("2", None, "没有画面。", failed="NotMedia"),
    ]
    sheet = Sheet("标题 <1>", "Ghibli", "zh", [Player("小禾", "红衣", picture)], [Chapter("第一回", rows)])
    return (tmp_path / "page.html", sheets.save(sheet, tmp_path / "page.html"))[0].read_text(encoding="utf-8")


def test_the_page_is_whole_and_says_what_was_said(page):
    read = Balanced()
    read.feed(page)

    assert read.open == []
    text = "".join(read.text)
    for told in ("标题 <1>", "“你好”，<b>他</b>说 & 笑", "小禾", "siqi", "村 <里>", "第一回", "NotMedia"):
        assert told in text


def test_pictures_are_in_it_and_small(page):
    coded = re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", page)

    assert len(coded) == 2
    assert all(len(base64.b64decode(one)) < 20_000 for one in coded)


def test_nothing_is_fetched_and_nothing_runs(page):
    assert not re.search(r"https?:|<script|<link|url\(", page)


def test_rows_are_not_cut_in_print(page):
    assert "break-inside:avoid" in page
    assert "table-header-group" in page
