"""`video.chart`: how fast it draws beside `bar_chart_race` and plain matplotlib, and whether its words can be read.

    python -m benchmarks.operators.video.chart [--json FILE] [--data DIR] [--font FILE] [--peer PYTHON]

Speed: CPU time a frame of a bar race of twelve countries at 1280 x 720, drawn and ready for the encoder, against the
same race by `bar_chart_race` 0.1.0 (frames rendered and thrown away, no encoder either), all in one run. That package
wants a pandas and a matplotlib of its own time: `--peer` names a Python that has them; without one, matplotlib draws
the same bars here. Reading: every text that a chart must show, the figures too, looked for among the lines that
`models.ocr` reads from the last frame; share of those found. `held out`: tables and sizes nothing was tuned on. Chinese
is measured only with a font that has its letters (`--font`, or one that is installed). Overlap: pairs of visible words
whose boxes touch, over a frame in every tenth of a second, all kinds and styles.
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from reelwright.errors import ModelNotInstalled
from reelwright.kernels import tabular
from reelwright.media import fonts, tables
from reelwright.media.charts import pen
from reelwright.media.charts.film import Film, Kind, figures
from reelwright.media.charts.looks import STYLES, Setting, Words
from reelwright.models import ocr
from reelwright.operators import Context
from reelwright.operators.video.chart import ChartParams, chart

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.video.chart"
SIZE = (1280, 720)
SECONDS, FPS = 15.0, 30
KINDS: tuple[Kind, ...] = ("line", "bars", "pie", "race")
PEER = """
import sys, time, warnings
warnings.simplefilter("ignore")
import matplotlib; matplotlib.use("agg")
import pandas as pd, bar_chart_race as bcr
from matplotlib.animation import AbstractMovieWriter, writers
count = 0
@writers.register("thrown")
class Thrown(AbstractMovieWriter):
    isAvailable = classmethod(lambda kind: True)
    def setup(self, fig, outfile, dpi=None): super().setup(fig, outfile, dpi)
    def grab_frame(self, **given):
        global count
        with open("/dev/null", "wb") as nowhere: self.fig.savefig(nowhere, format="rgba", dpi=self.dpi)
        count += 1
    def finish(self): pass
table = pd.read_csv(sys.argv[1], index_col=0).T.iloc[:4]
given = dict(filename="x.mp4", n_bars=10, steps_per_period=10, figsize=(12.8, 7.2), dpi=100, writer="thrown")
began = time.process_time()
bcr.bar_chart_race(table, **given)
print((time.process_time() - began) / count)
"""


@dataclass(frozen=True)
class Case:
    name: str
    kind: Kind
    data: tabular.Chart
    size: tuple[int, int] = SIZE
    title: str = "Population"


def read(path: Path, **given: str) -> tabular.Chart:
    return tabular.chart(tables.read(path).rows, tables.number, **given)


def made(case: Case, found: fonts.Fonts, style: str) -> Film:
    words = {"title": Words(case.title), "unit": Words("people"), "source": Words("Gapminder")}
    setting = Setting(case.size, STYLES[style], seconds=SECONDS, **words)
    return Film(case.kind, case.data, setting, found, fps=FPS)


# ---- speed


def ours(data: tabular.Chart, found: fonts.Fonts) -> float:
    """CPU seconds a frame, with the conversion for the encoder."""
    import av

    film = made(Case("race", "race", data), found, "normal")
    count = 0
    began = time.process_time()
    for index in range(0, film.frames, 3):
        frame = av.VideoFrame.from_numpy_buffer(film.picture(index / FPS), format="rgba")
        frame.reformat(format="yuv420p", dst_colorspace=1, dst_color_range=1)
        count += 1
    return (time.process_time() - began) / count


def by_peer(python: str, table: Path) -> float:
    told = subprocess.run([python, "-c", PEER, str(table)], capture_output=True, text=True, check=True)
    return float(told.stdout.split()[-1])


def by_matplotlib(data: tabular.Chart) -> float:
    """The same bars, labels and figures, drawn anew for each frame."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot

    sheet, axes = pyplot.subplots(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100)
    times = []
    for step in np.linspace(0, len(data.steps) - 1, 24):
        began = time.process_time()
        axes.clear()
        values = data.values[int(step)]
        order = np.argsort(values)[-10:]
        axes.barh([data.names[index] for index in order], values[order])
        for place, index in enumerate(order):
            axes.text(values[index], place, f"{values[index]:,.0f}", va="center")
        axes.set_title(data.steps[int(step)])
        sheet.canvas.draw()
        times.append(time.process_time() - began)
    pyplot.close(sheet)
    return float(np.mean(times[4:]))


def speed(data: tabular.Chart, table: Path, found: fonts.Fonts, peer: str | None) -> Iterator[Figure]:
    mine = min(ours(data, found) for _ in range(2))
    theirs = by_matplotlib(data)
    beside = {"ours, ms": 1000 * mine, "matplotlib, ms": 1000 * theirs}
    yield Figure("frames a second beside matplotlib's", theirs / mine, "x", beside=beside)
    if peer:
        theirs = by_peer(peer, table)
        beside = {"ours, ms": 1000 * mine, "bar_chart_race, ms": 1000 * theirs}
        yield Figure("frames a second beside bar_chart_race's", theirs / mine, "x", reach=10, beside=beside)


def whole_film(table: Path) -> Figure:
    """From file to file: seconds of CPU for a second of film."""
    params = ChartParams(table=str(table), kind="race", duration=10, fps=30)
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        chart(params, Context.local(out=Path(folder)))
        return Figure(
            "CPU time of a whole film, 720p30, encoded", (time.process_time() - began) / 10, "x real time", higher=False
        )


# ---- reading


def expected(case: Case) -> list[str]:
    """What the last frame must show."""
    data, last = case.data, case.data.values[-1]
    show = figures(data)
    if case.kind == "race":
        order = np.argsort(-np.nan_to_num(last))[:10]
        return [case.title, data.steps[-1], *(data.names[one] for one in order), *(show.of(last[one]) for one in order)]
    if case.kind == "line":
        return [case.title, *data.names, *(show.of(one) for one in last)]
    if case.kind == "pie":
        order = np.argsort(-np.nan_to_num(data.values).mean(axis=0))[:9]
        shares = 100 * last / last.sum()
        return [case.title, *(data.names[one] for one in order), *(f"{shares[one]:.1f}%" for one in order)]
    return [case.title, data.steps[-1], *data.names]


def read_back(cases: Sequence[Case], found: fonts.Fonts, reader: ocr.Ocr) -> tuple[float, list[str]]:
    """Share of the texts that were found, and those that were not."""
    right, missing = 0, list[str]()
    for case in cases:
        for style in STYLES:
            picture = made(case, found, style).picture(SECONDS - 0.1)[..., :3].copy()
            lines = reader.read([ocr.cut(picture, one) for one in reader.find(picture, longest=1280)])
            told = _plain("|".join(one.text for one in lines))
            wanted = expected(case)
            lost = [one for one in wanted if _plain(one) not in told]
            right += len(wanted) - len(lost)
            missing += [f"{case.name}, {style}: {one}" for one in lost]
    return right / (right + len(missing)), missing


def _plain(text: str) -> str:
    """Without spaces, and without the marks that a reader takes for one another."""
    return "".join(letter for letter in text.casefold() if letter.isalnum() or letter == "%")


# ---- overlap


def touching(cases: Sequence[Case], found: fonts.Fonts) -> int:
    seen: list[tuple[float, float, float, float]] = []
    real: Callable[..., None] = pen.write

    def noted(canvas, line, x, middle, paint, *, align="left"):
        if paint.getAlpha() > 12 and line.text.strip():
            left = x - {"left": 0.0, "centre": line.width / 2, "right": line.width}[align]
            half = 0.36 * line.height
            seen.append((left, middle - half, left + line.width, middle + half))
        real(canvas, line, x, middle, paint, align=align)

    pen.write = noted
    try:
        count = 0
        for case in cases:
            for style in STYLES:
                film = made(case, found, style)
                for index in range(0, film.frames, 3):
                    seen.clear()
                    film.picture(index / FPS)
                    count += _pairs(np.array(seen))
        return count
    finally:
        pen.write = real


def _pairs(boxes: np.ndarray) -> int:
    if len(boxes) < 2:
        return 0
    left, top, right, bottom = boxes.T
    meets = (left[:, None] < right) & (left < right[:, None]) & (top[:, None] < bottom) & (top < bottom[:, None])
    return int(np.triu(meets, 1).sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("REELWRIGHT_DATA", HERE.parent / "shared/data"))
    )
    parser.add_argument("--font", type=Path, help="a font with Chinese letters")
    parser.add_argument("--peer", help="a Python that has bar_chart_race")
    given = parser.parse_args()
    folder = given.data / "table"
    english = read(folder / "population_wide.csv")
    found = fonts.Fonts.found(given=str(given.font) if given.font else None)
    wide = [Case(f"{kind}, wide", kind, english) for kind in KINDS]
    life = read(folder / "gapminder.tsv", value="lifeExp")
    money = read(folder / "gapminder.tsv", value="gdpPercap")
    held_out = [
        Case("race of 142, life", "race", life, title="Life expectancy"),
        Case("race of 142, money, tall", "race", money, (720, 1280), "Income"),
        Case("pie of continents' money", "pie", _few(money, 8), title="Income"),
        Case("line of eight", "line", _few(life, 8), (1024, 768), "Life expectancy"),
    ]
    reader = ocr.Ocr()
    results = list(speed(english, folder / "population_wide.csv", found, given.peer))
    results.append(whole_film(folder / "population_wide.csv"))
    missing: list[str] = []
    groups = {"tuned on": wide, "held out": held_out}
    try:
        found.require("中国印度")
        chinese = read(folder / "population_wide_zh.xlsx")
        groups["Chinese"] = [Case(f"{kind}, zh", kind, chinese, title="十二国人口") for kind in KINDS]
    except ModelNotInstalled:
        print("no font with Chinese letters: that part is left out")
    for name, cases in groups.items():
        share, lost = read_back(cases, found, reader)
        results.append(Figure(f"words read back, {name}", share, "share", reach=1.0))
        missing += lost
    results.append(Figure("words over words", touching([*wide, *held_out], found), "pairs", reach=0, higher=False))
    record("video.chart", results, command=COMMAND, path=given.json, more={"not_read": missing})


def _few(data: tabular.Chart, count: int) -> tabular.Chart:
    """Every so many of the names."""
    step = len(data.names) // count
    return tabular.Chart(data.steps, data.names[::step][:count], data.values[:, ::step][:, :count], data.is_time)


if __name__ == "__main__":
    main()
