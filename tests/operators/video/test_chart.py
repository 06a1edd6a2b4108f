"""`video.chart`: files in, a film out, of the length, size and bitrate asked for."""

from fractions import Fraction

import av
import numpy as np
import openpyxl
import pytest
from pydantic import ValidationError

from reelwright.errors import InvalidParameter, ModelNotInstalled, NotMedia
from reelwright.media import probe
from reelwright.models.port import NoModels
from reelwright.operators import Context
from reelwright.operators.video.chart import ChartParams, chart, choose

TEXT = "country,2000,2005,2010\nNorway,4,5,6\nChile,15,16,17\nKenya,30,36,42\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(TEXT)
    return str(path)


@pytest.fixture
def made(tmp_path):
    def made(**given):
        own = {"duration": 2, "width": 320, "height": 240, "fps": 10, "quality": "draft", **given}
        return chart(ChartParams(**own), Context.local(out=tmp_path / "out"))

    return made


def pictures(path):
    with av.open(path) as box:
        return [frame.to_ndarray(format="rgb24") for frame in box.decode(video=0)]


@pytest.mark.parametrize("kind", ["line", "bars", "pie", "race"])
def test_a_film_has_the_size_and_length_asked_for(made, table, kind):
    told = made(table=table, kind=kind, title="Growth")

    media = probe.probe(told.video)
    assert (media.video.width, media.video.height) == (320, 240)
    assert media.video.frame_rate == Fraction(10)
    assert media.duration == 2
    assert not media.audio
    assert (told.frames, told.seconds, len(pictures(told.video))) == (20, 2.0, 20)
    assert (told.names, told.steps) == (("Norway", "Chile", "Kenya"), ("2000", "2005", "2010"))
    assert (told.is_time, told.missing) == (True, 0)


def test_colours_come_out_of_the_film_as_they_went_in(made, table):
    told = made(table=table, background="#2040C0", title_start=9, chart_start=9, quality="high")
    assert np.abs(pictures(told.video)[0][100:140, 100:140].mean(axis=(0, 1)) - (0x20, 0x40, 0xC0)).max() < 4
    video = probe.probe(told.video).video
    assert (video.space, video.primaries) == ("bt709", "bt709")


def test_a_workbook_gives_the_same_film(made, table, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Numbers"
    for row in TEXT.split():
        book.active.append([float(cell) if cell.isdecimal() else cell for cell in row.split(",")])
    book.save(tmp_path / "table.xlsx")

    from_text, from_book = made(table=table), made(table=str(tmp_path / "table.xlsx"))
    assert from_book.sheet == "Numbers"
    assert (from_text.names, from_text.steps) == (from_book.names, from_book.steps)


def test_a_bitrate_is_kept_to(made, table):
    given = {"table": table, "kind": "race", "style": "mystery", "duration": 6, "width": 640, "height": 360, "fps": 25}
    sizes = []
    for bitrate in (150, 600):
        path = made(**given, bitrate=bitrate).video
        with av.open(path) as box:
            sizes.append(sum(packet.size for packet in box.demux(video=0) if packet.size) * 8 / 6 / 1000)
    assert 0.5 * 150 < sizes[0] < 1.25 * 150
    assert sizes[1] < 1.25 * 600
    assert sizes[1] > 1.5 * sizes[0]


def test_without_a_length_it_follows_from_the_moments(made, table, tmp_path):
    many = tmp_path / "many.csv"
    many.write_text("year,a,b\n" + "".join(f"{1990 + n},{n},{20 - n}\n" for n in range(20)))
    short, long = (made(table=str(one), duration=None, fps=5).seconds for one in (table, many))
    assert short == pytest.approx(9.6)
    assert long > 25


def test_a_run_may_take_the_words_from_a_font_file(made, table, tmp_path):
    (tmp_path / "bad.ttf").write_bytes(b"no font")
    with pytest.raises(NotMedia, match=r"bad\.ttf is not a font"):
        made(table=table, title="Growth", title_look={"font": str(tmp_path / "bad.ttf")})


def test_letters_that_no_font_has_are_refused_before_anything_is_drawn(made, table, tmp_path):
    with pytest.raises(ModelNotInstalled, match="reelwright models pull noto_sans_cjk_sc"):
        made(table=table, title="Growth \U000e0fff")
    assert not (tmp_path / "out" / "chart.mp4").exists()


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"kind": "race", "value": "price"}, InvalidParameter, "no column is called 'price'"),
        ({"kind": "race", "value": "2000"}, InvalidParameter, "no columns of names and moments that repeat"),
    ],
    ids=["column", "not-long"],
)
def test_what_cannot_be_drawn_says_why(made, table, given, error, message):
    with pytest.raises(error, match=message):
        made(**{"table": table, **given})


@pytest.mark.parametrize(
    "given",
    [
        {"width": 321},
        {"background": "red"},
        {"duration": 0.5},
        {"fps": 1},
        {"bitrate": 1},
        {"title_look": {"colour": "#12"}},
    ],
    ids=str,
)
def test_limits_are_kept(table, given):
    with pytest.raises(ValidationError):
        ChartParams(table=table, **given)


def test_the_font_is_part_of_what_made_the_film(table):
    class WithFont(NoModels):
        def installed(self, name):
            return name == "noto_sans_cjk_sc"

        def digest(self, name):
            return "d" * 64

    params = ChartParams(table=table)
    assert choose(params, NoModels()).models == {}
    assert choose(params, WithFont()).models == {"noto_sans_cjk_sc": "d" * 64}
