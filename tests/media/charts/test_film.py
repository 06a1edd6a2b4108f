"""Charts as pictures: words that can be read and never lie over each other, and numbers at their places."""

import os
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import InvalidParameter, ModelNotInstalled
from reelwright.kernels.tabular import Chart
from reelwright.media import fonts, images
from reelwright.media.charts import pen
from reelwright.media.charts.film import Film, figures
from reelwright.media.charts.looks import STYLES, Setting, Words, luma, rgb
from reelwright.models import ocr

STEPS = tuple(str(year) for year in range(2000, 2006))
NAMES = ("Norway", "Chile", "Kenya", "Japan", "Peru", "Italy", "Ghana", "Nepal", "Egypt", "Cuba", "Spain", "Chad")
CLIMBING = Chart(  # each overtakes another on its way
    STEPS,
    NAMES,
    np.array([[100 + 13 * name + 40 * step * ((name * 5) % 7 - 2) for name in range(12)] for step in range(6)], float),
    True,
)
SALES = Chart(("Spring", "Summer", "Autumn"), ("Shop", "Online"), np.array([[120.0, 90], [150, 95], [180, 88]]), False)
KINDS = ("line", "bars", "pie", "race")
SIZE = (960, 540)
WORDS = {
    "title": Words("Growth"),
    "subtitle": Words("Twelve countries"),
    "unit": Words("tons"),
    "source": Words("Made up"),
}


@pytest.fixture(scope="module")
def found():
    return fonts.Fonts.found()


@pytest.fixture(scope="module")
def reader():
    return ocr.Ocr()


@pytest.fixture
def film(found):
    def film(kind, data=CLIMBING, *, style="normal", size=SIZE, seconds=8.0, faces=None, **given):
        setting = Setting(size, STYLES[style], seconds=seconds, **{**WORDS, **given})
        return Film(kind, data, setting, faces or found, fps=25)

    return film


@pytest.fixture
def written(monkeypatch):
    """(box, text) of every line that is drawn so that it can be seen."""
    lines = []
    real = pen.write

    def write(canvas, line, x, middle, paint, *, align="left"):
        if paint.getAlpha() > 12 and line.text.strip():
            left = x - {"left": 0.0, "centre": line.width / 2, "right": line.width}[align]
            half = 0.36 * line.height  # the letters' bodies; the rest of a line is air
            lines.append(((left, middle - half, left + line.width, middle + half), line.text))
        real(canvas, line, x, middle, paint, align=align)

    monkeypatch.setattr(pen, "write", write)
    return lines


def touching(lines):
    for index, (one, text) in enumerate(lines):
        for other, beside in lines[:index]:
            if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]:
                yield text, beside


@pytest.mark.parametrize("size", [(960, 540), (540, 960), (480, 360)], ids=["wide", "tall", "small"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_words_lie_over_others_at_any_time(film, written, kind, size):
    made = film(kind, size=size)
    for index in range(0, made.frames, 4):
        written.clear()
        made.picture(index / made.fps)
        assert list(touching(written)) == []
        assert all(box[0] >= -1 and box[1] >= 0 and box[2] <= size[0] + 1 and box[3] <= size[1] for box, _ in written)


def test_a_long_bar_does_not_run_into_the_moment(film, written):
    close = Chart(STEPS, NAMES[:10], 70 + np.arange(60).reshape(6, 10) / 10, True)
    for kind in ("race", "bars"):
        made = film(kind, close)
        for time in (2.0, 5.0, 7.9):
            written.clear()
            made.picture(time)
            assert list(touching(written)) == []


def seen(reader, picture):
    lines = reader.read([ocr.cut(picture, one) for one in reader.find(picture, longest=1280)])
    return "|".join(one.text for one in lines).replace(" ", "").casefold()


@pytest.mark.parametrize(
    ("kind", "data", "style"),
    [
        ("race", CLIMBING, "mystery"),
        ("line", CLIMBING, "business"),
        ("pie", SALES, "green"),
    ],
)
def test_what_is_written_is_read_back(film, reader, kind, data, style):
    picture = film(kind, data, style=style, size=(1280, 720)).picture(7.9)[..., :3].copy()
    told = seen(reader, picture)
    last = data.values[-1]
    expected = {"Growth", "Twelve countries", "Made up"}
    if kind == "race":
        shown = np.argsort(-last)[:10]
        expected |= (
            {data.names[index] for index in shown} | {figures(data).of(last[index]) for index in shown} | {"2005"}
        )
    elif kind == "line":
        expected |= {*data.names, *data.steps, *(figures(data).of(value) for value in last)}
    else:
        expected |= {*data.steps, "26.7%", "33.3%", "40.0%"}
    assert [one for one in expected if one.replace(" ", "").casefold() not in told] == []


def test_chinese_is_read_back_where_there_is_a_font(film, reader):
    noto = Path(os.environ.get("REELWRIGHT_MODELS_DIR", "none")) / "NotoSansCJKsc-Regular.otf"
    faces = fonts.Fonts.found(noto=noto if noto.is_file() else None)
    try:
        faces.require("中国印度美国销售额单位数据来源")
    except ModelNotInstalled:
        pytest.skip("no font with Chinese letters here")
    data = Chart(("一季度", "二季度"), ("中国", "印度", "美国"), np.array([[1.2e5, 9e4, 3e4], [2.4e5, 8e4, 5e4]]), True)
    made = film("race", data, faces=faces, size=(1280, 720), title=Words("销售额"), unit=Words("单位：元"))
    told = seen(reader, made.picture(7.9)[..., :3].copy())
    assert all(one in told for one in ("销售额", "中国", "印度", "美国", "24.0万", "二季度"))


def test_a_letter_without_a_font_is_an_error(film):
    with pytest.raises(ModelNotInstalled, match="no font here has the letters"):
        film("bars", Chart(("a\U000e0fff",), ("x",), np.array([[1.0]]), False))


@pytest.mark.parametrize("kind", KINDS)
def test_things_come_in_when_they_should(film, kind):
    made = film(kind, title_at=1.0, chart_at=3.0, subtitle=Words(), unit=Words(), source=Words(), colour="#FFFFFF")
    ground, titled, charted = (made.picture(time).copy() for time in (0.5, 2.5, 7.0))
    assert ground.min() == 255
    title, rest = slice(0, 90), slice(110, None)
    assert titled[title].min() < 100
    assert (titled[rest] == ground[rest]).all()
    assert (charted[rest] != ground[rest]).any()


def test_the_first_picture_already_has_a_ground(film):
    for style in STYLES:
        picture = film("bars", style=style).picture(0.0)
        assert picture[..., 3].min() == 255
        assert abs(luma(tuple(picture[270, 480, :3])) - luma(rgb(STYLES[style].top))) < 0.25


@pytest.mark.parametrize("style", STYLES)
def test_every_style_moves_and_looks_its_own_way(film, style):
    made = film("bars", SALES, style=style)
    before, after = made.picture(1.0).copy(), made.picture(7.9).copy()
    assert (before != after).any()
    others = [film("bars", SALES, style=other).picture(7.9).copy() for other in STYLES if other != style]
    assert all(np.abs(after.astype(int) - other).mean() > 3 for other in others)


def test_the_length_of_a_bar_is_its_number(film):
    """Planted: red bars of 1, 2 and 4 on white."""
    data = Chart(("a", "b", "c"), ("n",), np.array([[1.0], [2.0], [4.0]]), False)
    picture = film("bars", data, colour="#FFFFFF").picture(7.9)
    colour = np.array(rgb(STYLES["normal"].palette[0]))
    bars = (np.abs(picture[..., :3].astype(int) - colour) < 6).all(axis=2)
    columns = np.flatnonzero(bars.any(axis=0))
    groups = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    heights = [bars[:, group[len(group) // 2]].sum() for group in groups]
    assert len(heights) == 3
    assert heights[1] / heights[0] == pytest.approx(2, rel=0.03)
    assert heights[2] / heights[0] == pytest.approx(4, rel=0.03)


def test_the_parts_of_a_ring_are_its_shares(film):
    data = Chart(("a", "b", "c"), ("n",), np.array([[1.0], [2.0], [5.0]]), False)
    picture = film("pie", data, colour="#FFFFFF").picture(7.9)[..., :3].astype(int)
    areas = [(np.abs(picture - rgb(code)) < 8).all(axis=2).sum() for code in STYLES["normal"].palette[:3]]
    assert np.array(areas) / sum(areas) == pytest.approx([0.625, 0.25, 0.125], abs=0.02)


def test_the_longer_bar_ends_above_in_a_race(film, written):
    made = film("race")
    made.picture(7.9)
    order = [NAMES[index] for index in np.argsort(-CLIMBING.values[-1])[:10]]
    rows = {text: box[1] for box, text in written if text in NAMES}
    assert sorted(rows, key=rows.get) == order


def test_a_gap_in_a_line_is_no_zero(film):
    data = Chart(STEPS, ("n",), np.array([[5.0], [6], [np.nan], [np.nan], [6], [5]]), True)
    whole = Chart(STEPS, ("n",), np.array([[5.0], [6], [6], [6], [6], [5]]), True)
    with_gap, without = (film("line", one).picture(7.9).copy() for one in (data, whole))
    assert (with_gap != without).any()


def test_small_parts_are_put_together(film, written):
    data = Chart(tuple(f"part {n}" for n in range(15)), ("n",), np.arange(15, 0, -1.0)[:, None], False)
    film("pie", data).picture(7.9)
    assert sum("%" in text for _, text in written) == 10
    assert any(text.startswith("Others  17.5") for _, text in written)


@pytest.mark.parametrize(
    ("colour", "dark_text"), [("#FFFFFF", True), ("#101820", False), ("#FFE08A", True), ("#7A0019", False)]
)
def test_words_can_be_read_on_any_ground(film, colour, dark_text):
    made = film("bars", SALES, colour=colour)
    assert (luma(rgb(made._stage.ground.text)) < 0.5) == dark_text


def test_a_picture_covers_the_ground(film, tmp_path):
    image = np.zeros((50, 400, 3), np.uint8)
    image[:, 200:] = 250
    path = images.save(image, tmp_path / "ground.png")
    picture = film("bars", SALES, image=path).picture(0.0)
    assert picture[:, :300, :3].max() < picture[:, 700:, :3].min()


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        ("race", SALES.__class__(("a",), ("x", "y"), np.ones((1, 2)), True), "two moments"),
        ("line", Chart(("a",), ("x",), np.ones((1, 1)), False), "two points"),
        ("line", Chart(STEPS, tuple("abcdefghij" * 5), np.ones((6, 50)), True), "50 lines"),
        ("bars", Chart(tuple(map(str, range(300))), ("x",), np.ones((300, 1)), False), "300 bars"),
        ("pie", Chart(("a", "b"), ("x",), -np.ones((2, 1)), False), "above zero"),
    ],
    ids=["race", "line", "many-lines", "many-bars", "pie"],
)
def test_a_table_that_does_not_suit_the_chart_says_why(film, kind, data, message):
    with pytest.raises(InvalidParameter, match=message):
        film(kind, data)


@pytest.mark.parametrize("kind", KINDS)
def test_odd_numbers_are_drawn(film, kind):
    values = np.array([[0.0, -5, 1e9], [np.nan, 3, 1e-6], [2, 2, 2]])
    made = film(kind, Chart(("2000", "2001", "2002"), ("a", "b", "c"), values, True))
    for time in (0.0, 1.0, 4.0, 8.0):
        assert made.picture(time)[..., 3].min() == 255


@pytest.mark.parametrize("kind", KINDS)
def test_very_long_names_stay_inside_the_picture(film, written, kind):
    data = Chart(STEPS, ("N" * 200, "a", "b"), np.arange(18.0).reshape(6, 3) + 1, True)
    made = film(kind, data)
    for time in (3.0, 7.9):
        written.clear()
        made.picture(time)
        assert list(touching(written)) == []
        assert all(box[0] >= -1 and box[2] <= SIZE[0] + 1 for box, _ in written)


def test_words_that_leave_no_room_are_refused(film):
    with pytest.raises(InvalidParameter, match="leave no room"):
        film("bars", title=Words("Big", size=400))
