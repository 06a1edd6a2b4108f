"""Make a film of a table: a line chart, bars, a pie, or a bar race.

The table is an .xlsx or .csv file; what are names, what are moments and what are numbers is found by itself, or told.
Five styles set colours, ground and motion; title, subtitle, unit and source stand around the chart. Labels never lie
over each other, and a letter that no font here can draw is an error, never a box. There is no sound.
"""

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from reelwright.kernels import tabular
from reelwright.loading import lazy
from reelwright.media import encode, fonts, tables
from reelwright.media.charts.film import Film
from reelwright.media.charts.looks import STYLES, Setting, Words
from reelwright.models.port import Models, Provider
from reelwright.operators import Context, Params, Quality, Resources, Result, files, operator, param

if TYPE_CHECKING:
    import av
else:
    av = lazy("av")

COLOUR = r"^#[0-9a-fA-F]{6}$"
BT709, LIMITED = 1, 1  # code points of ITU-T H.273
MOMENT_SECONDS = 1.4  # for each of a table's moments, where no length is given
SHORTEST, LONGEST = 8.0, 45.0  # seconds of a film whose length is not given
KILO = 1000
MOST_WORDS = 500  # letters


class Lettering(Params):
    size: float = param("Height of the letters; 0 takes what fits the film.", 0.0, ge=0, le=400, unit="px")
    colour: str | None = param("#RRGGBB; the style's if it is left out.", None, pattern=COLOUR)
    font: files.Any_ | None = param("A font file (TTF, OTF, TTC); the server's fonts if it is left out.", None)


class ChartParams(Params):
    table: files.Any_ = param(
        "The numbers: an .xlsx or .csv file with a heading. Names in the first column and moments in the heading, or "
        "the other way round; or one number a row.",
        example="oss://media/population.xlsx",
    )
    kind: Literal["line", "bars", "pie", "race"] = param(
        "`line`: lines over time. `bars`: upright bars, which move if there are too many to stand side by side. `pie`: "
        "a ring of shares. `race`: bars that change places as time passes.",
        "line",
    )
    style: Literal["normal", "mystery", "lively", "business", "green"] = param(
        "Colours, ground and motion: `normal` light and plain, `mystery` violet night, `lively` warm and bouncing, "
        "`business` navy, `green` leaves.",
        "normal",
    )
    width: int = param("Width of the film.", 1280, ge=160, le=4096, multiple_of=2, unit="px")
    height: int = param("Height of the film.", 720, ge=160, le=4096, multiple_of=2, unit="px")
    fps: int = param("Pictures a second.", 30, ge=5, le=60, unit="1/s")
    duration: float | None = param(
        "Length of the film; by the number of moments if it is left out.", None, ge=1, le=600, unit="s"
    )
    title_start: float = param("When the title comes in.", 0.3, ge=0, le=600, unit="s")
    chart_start: float = param("When the chart comes in.", 0.8, ge=0, le=600, unit="s")
    entrance: float = param("How long a title, a bar or a label takes to come in.", 0.8, ge=0, le=10, unit="s")
    title: str = param("The title; empty for none.", "", max_length=MOST_WORDS)
    title_look: Lettering = param("How the title is written.", Lettering())
    subtitle: str = param("A smaller line below the title.", "", max_length=MOST_WORDS)
    subtitle_look: Lettering = param("How the subtitle is written.", Lettering())
    unit: str = param("What the numbers count.", "", max_length=MOST_WORDS)
    unit_look: Lettering = param("How the unit is written.", Lettering())
    source: str = param("Where the numbers come from.", "", max_length=MOST_WORDS)
    source_look: Lettering = param("How the source is written.", Lettering())
    background: str | None = param("Colour of the ground, #RRGGBB, instead of the style's.", None, pattern=COLOUR)
    background_image: files.Image | None = param("A picture that covers the ground.", None)
    interval: int = param("Every how many labels of the lower axis one is shown; 0 as many as fit.", 0, ge=0, le=1000)
    bars: int = param("Bars that a race shows at once.", 10, ge=2, le=30)
    category: str = param("Of a table with one number a row: the heading of the names.", "", max_length=200)
    moment: str = param("…the heading of the moments.", "", max_length=200)
    value: str = param("…the heading of the numbers.", "", max_length=200)
    quality: Literal["draft", "normal", "high"] = param(
        "How well the film is encoded, where no bitrate is set.", "normal"
    )
    bitrate: int | None = param("Bitrate to keep to.", None, ge=50, le=100_000, unit="kbit/s")


class ChartResult(Result):
    video: files.Video = param("The film: H.264 in MP4, without sound.")
    seconds: float = param("Its length.", unit="s")
    width: int = param("Its width.", unit="px")
    height: int = param("Its height.", unit="px")
    frames: int = param("Pictures drawn.")
    names: tuple[str, ...] = param("What the table counts: lines, bars or parts.")
    steps: tuple[str, ...] = param("Its moments, or the labels of the lower axis, in order.")
    is_time: bool = param("Whether those are moments in time.")
    missing: int = param("Cells without a number.")
    sheet: str = param("The sheet of the workbook that was read; empty for CSV.")
    fonts: tuple[str, ...] = param("Families of the fonts at hand, the preferred first.")


def choose(params: ChartParams, models: Models) -> Provider:
    """Letters look different with the catalogue's font, so it is part of what made the film."""
    known = models.installed(fonts.NOTO)
    return Provider("skia", "builtin", {fonts.NOTO: models.digest(fonts.NOTO)} if known else {})


@operator(
    version=1,
    quality=Quality("text_read_back", at_least=1.0),
    resources=Resources(threads=2),
    phases={"draw": 1.0},
    choose=choose,
)
def chart(params: ChartParams, ctx: Context) -> ChartResult:
    table = tables.read(params.table)
    sign = tables.decimal_sign(table.rows[1:])
    data = tabular.chart(
        table.rows,
        lambda cell: tables.number(cell, decimal=sign),
        category=params.category,
        moment=params.moment,
        value=params.value,
    )
    noto = ctx.models.path(fonts.NOTO) if ctx.models.installed(fonts.NOTO) else None
    found = fonts.Fonts.found(noto=noto)
    setting = _setting(params, data)
    film = Film(params.kind, data, setting, found, fps=params.fps)
    path = ctx.output("chart.mp4")
    picture = _picture(params)
    bitrate = params.bitrate * KILO if params.bitrate else None
    with encode.Writer(path, picture, quality=params.quality, bitrate=bitrate) as out:
        for index, pixels in enumerate(ctx.track(film.pictures(), total=film.frames, phase="draw")):
            frame = av.VideoFrame.from_numpy_buffer(pixels, format="rgba")
            frame = frame.reformat(format="yuv420p", dst_colorspace=BT709, dst_color_range=LIMITED)
            frame.pts, frame.time_base = index, picture.time_base
            out.write(frame)
    ctx.media(film.frames / params.fps)
    return ChartResult(
        video=str(path),
        seconds=film.frames / params.fps,
        width=params.width,
        height=params.height,
        frames=film.frames,
        names=data.names,
        steps=data.steps,
        is_time=data.is_time,
        missing=data.missing,
        sheet=table.name,
        fonts=tuple(dict.fromkeys(face.getFamilyName() for face in found.faces)),
    )


def _picture(params: ChartParams) -> encode.Picture:
    return encode.Picture(
        width=params.width,
        height=params.height,
        time_base=Fraction(1, params.fps),
        rate=Fraction(params.fps),
        colour=encode.Colour(LIMITED, BT709, BT709, BT709),
    )


def _setting(params: ChartParams, data: tabular.Chart) -> Setting:
    moving = MOMENT_SECONDS * len(data.steps) if data.is_time else 0.0
    own = params.chart_start + params.entrance + min(LONGEST, max(SHORTEST, moving))
    return Setting(
        size=(params.width, params.height),
        style=STYLES[params.style],
        title=_words(params.title, params.title_look),
        subtitle=_words(params.subtitle, params.subtitle_look),
        unit=_words(params.unit, params.unit_look),
        source=_words(params.source, params.source_look),
        colour=params.background or "",
        image=params.background_image,
        title_at=params.title_start,
        chart_at=params.chart_start,
        entrance=params.entrance,
        seconds=params.duration or own,
        interval=params.interval,
        top=params.bars,
    )


def _words(text: str, look: Lettering) -> Words:
    return Words(text, look.size, look.colour or "", look.font)
