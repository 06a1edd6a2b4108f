"""`video.captions`: letters, lines and edges it gets right, and its time beside a reader of every sampled frame.

    python -m benchmarks.operators.video.captions [--json FILE] [--data DIR] [--font FILE]

CER: edit distance of what was found to what is true over the letters that are true; a missed line counts all of its
letters, and one too many too. A line is a hit if a tenth of its letters at most is wrong. Edges: the worst, in frames.
The films: two real ones with an SRT (`--data`), and ones made here, with captions of several looks on moving textures
and, where the data are, on real footage; among them titles, names, signs and a watermark. `held out`: films, fonts and
texts that nothing was tuned on. Chinese films are made only with a font that has Chinese letters (`--font`).

The peer is RapidOCR on the same region of every sampled frame, limits of its input tuned; its time and ours are taken
in turns. It reads frames handed to it and joins equal texts; decoding is in both times.
"""

import argparse
import os
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from fractions import Fraction
from pathlib import Path

import numpy as np
from rapidocr import RapidOCR

from benchmarks.recording import Figure, record
from benchmarks.timing import timed
from reelwright.media import frames, probe, subtitles
from reelwright.media.making.captioned import Captioned, Cue, Style, captioned
from reelwright.models import onnx
from reelwright.operators import Context
from reelwright.operators.video.captions import CaptionsParams, CaptionsResult, captions

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.video.captions"
RIGHT = 0.1  # of a line's letters may be wrong
RUNS = 3
FPS = 5
JOINED = 0.7  # likeness from which the peer's readings of two samples are one line
SERIF = Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")

EN = (
    Cue(0.6, 2.2, "Where have you been all night?"),
    Cue(2.2, 3.8, "I missed the last train, sorry."),
    Cue(4.4, 5.6, "No."),
    Cue(5.72, 7.0, "No."),
    Cue(7.2, 9.4, "Did Mr. Hall call at 10:30?\nHe only said, not today!"),
    Cue(9.4, 10.6, "It's only 45% done..."),
)
ZH = (
    Cue(0.6, 2.2, "你昨天晚上去哪儿了？"),
    Cue(2.2, 3.8, "我错过了最后一班车，对不起"),
    Cue(4.4, 5.6, "不行"),
    Cue(5.72, 7.0, "不行"),
    Cue(7.2, 9.4, "我们用Python写了3个程序\n效果好极了！"),
)
HELD_EN = (
    Cue(0.52, 1.6, "Has anybody seen my keys?"),
    Cue(1.6, 2.92, "On the shelf, next to Tom's hat."),
    Cue(3.2, 4.2, "Ah, yes."),
    Cue(4.36, 5.2, "Ah, yes."),
    Cue(5.48, 7.2, "The bus leaves at 8:15 sharp,\nand I won't wait for you."),
    Cue(7.2, 8.4, "Gate 6 closes first."),
    Cue(8.4, 9.6, "Gate 7 closes first."),
)
HELD_ZH = (
    Cue(0.52, 1.6, "有人看见我的钥匙吗？"),
    Cue(1.6, 2.92, "在架子上，小王的帽子旁边"),
    Cue(3.2, 4.2, "谢谢你"),
    Cue(4.36, 5.2, "谢谢你"),
    Cue(5.48, 7.2, "公交车8点15分准时出发\n我可不会等你"),
    Cue(7.2, 8.4, "6号门先关闭"),
    Cue(8.4, 9.6, "7号门先关闭"),
)
NEW_EN = (
    Cue(0.4, 0.8, "Quick,"),
    Cue(0.8, 1.2, "the boat!"),
    Cue(1.2, 2.6, "We leave at 5 o'clock."),
    Cue(2.6, 4.0, "We leave at 6 o'clock."),
    Cue(4.32, 5.4, "Fine by me."),
    Cue(5.48, 6.4, "Fine by me."),
    Cue(6.6, 8.2, "Take the red bag, Anna,\nnot the blue one."),
    Cue(8.2, 9.6, "Is that a map?"),
    Cue(9.6, 10.8, "Is that a cap?"),
)
NEW_ZH = (
    Cue(0.4, 0.8, "快点"),
    Cue(0.8, 1.2, "船要开了"),
    Cue(1.2, 2.6, "我们3点钟出发"),
    Cue(2.6, 4.0, "我们8点钟出发"),
    Cue(4.32, 5.4, "没问题"),
    Cue(5.48, 6.4, "没问题"),
    Cue(6.6, 8.2, "安娜，请拿红色的包\n不要拿蓝色的"),
    Cue(8.2, 9.6, "他在那边等着"),
    Cue(9.6, 10.8, "她在那边等着"),
)
NAME = Cue(2.0, 4.4, "Jane Miller", Style(size=0.04, base=0.8, align="left", colour=(255, 200, 60)))
TITLE = Cue(0.0, 3.2, "THE LONG NIGHT", Style(size=0.12, base=0.82))
CHANNEL = Cue(0, 99, "CHANNEL 5", Style(size=0.04, base=0.78, align="left"))


@dataclass(frozen=True)
class Film:
    """One to make: `behind` names the footage of the shared data that it is written on."""

    name: str
    cues: tuple[Cue, ...]
    style: Style = field(default_factory=Style)
    others: tuple[Cue, ...] = ()
    signs: tuple[str, ...] = ()
    pan: float = 0.1
    cuts: tuple[float, ...] = ()
    size: tuple[int, int] = (640, 360)
    behind: str = ""
    font: Path | None = None
    crf: int = 20


TUNED = (
    Film("outline, panning", EN),
    Film("a sign in a still scene", EN, signs=("GRAND MOTEL",), pan=0),
    Film("signs that move", EN, signs=("COLLINS STREET", "CAFE"), pan=0.15),
    Film("box, cuts", EN, Style(edge="box", size=0.055), cuts=(1.4, 5.0, 8.1)),
    Film("no edge", EN, Style(edge="none", colour=(250, 230, 60))),
    Film("shadow, left, watermark", EN, Style(edge="shadow", align="left"), others=(CHANNEL,)),
    Film("title", EN, others=(TITLE,), pan=0.03),
)
HELD = (
    Film("three people", HELD_EN, Style(size=0.06), behind="faces_three_standing.mp4", font=SERIF, size=(480, 270)),
    Film("talking head", HELD_EN, Style(edge="shadow"), (NAME,), behind="greenscreen_talking_head.mp4"),
    Film("counter that fades", HELD_EN, Style(edge="box", size=0.055), behind="fades_synthetic.mp4", crf=30),
    Film("a book's page", HELD_EN, Style(size=0.05), behind="sign_book.mkv", font=SERIF, size=(960, 540)),
    Film("plain, cuts", HELD_EN, Style(edge="none", colour=(120, 240, 250)), pan=0.07, cuts=(2.2, 6.0)),
    Film("fades", HELD_EN, Style(fade=0.24), (TITLE,), pan=-0.06),
    Film("portrait", HELD_EN, Style(size=0.026, base=0.9), size=(540, 960), signs=("PIER 39",)),
)
# Later ones. What went wrong in them was mended on other films of its kind; they were measured twice.
NEW = (
    Film("a street with a logo", NEW_EN, Style(size=0.055), behind="logo_static.mp4", font=SERIF),
    Film("many shots", NEW_EN, Style(edge="box", size=0.06), behind="multishot.mp4", crf=28),
    Film("a face that turns", NEW_EN, Style(edge="shadow"), behind="face_woman_turning.mp4", size=(854, 480)),
    Film("slow fades", NEW_EN[2:], Style(size=0.06, fade=0.36), pan=0.04, crf=26),
    Film("yellow, cuts", NEW_EN, Style(edge="none", colour=(255, 235, 40), size=0.07), pan=-0.08, cuts=(3.1, 7.4)),
)
OVER = (Film("four shots", NEW_EN, Style(size=0.055), behind="leaf_deer_4shots_watermark.mp4", font=SERIF),)


# ---- Films with the truth about them


@dataclass(frozen=True)
class Case:
    name: str
    path: Path
    cues: tuple[subtitles.Cue, ...]
    lang: str


def real(data: Path) -> list[Case]:
    clips = [(lang, data / f"subtitled_{lang}.mp4") for lang in ("zh", "en")]
    return [
        Case(f"subtitled_{lang}", path, tuple(subtitles.read(path.with_suffix(".srt"))), "ch" if lang == "zh" else lang)
        for lang, path in clips
        if path.is_file()
    ]


def made(folder: Path, films: Sequence[Film], data: Path, font: Path | None, first: int = 0) -> list[Case]:
    cases = []
    for seed, film in enumerate(films, first):
        if film.behind and not (data / film.behind).is_file():
            continue
        path = folder / f"{film.name}.mp4"
        face = font or (film.font if film.font and film.font.is_file() else None)
        clip = _clip(path, film, data, face, seed)
        cues = tuple(subtitles.Cue(cue.start, cue.end, cue.text) for cue in clip.cues)
        cases.append(Case(film.name, path, cues, "ch" if font else "en"))
    return cases


def _clip(path: Path, film: Film, data: Path, font: Path | None, seed: int) -> Captioned:
    video = probe.with_video(data / film.behind).video if film.behind else None
    return captioned(
        path,
        film.cues,
        size=film.size,
        fps=video.frame_rate if video else 25,
        style=film.style,
        others=film.others,
        signs=film.signs,
        pan=film.pan,
        cuts=film.cuts,
        behind=_endless(data / film.behind, film.size) if film.behind else None,
        font=font,
        seed=seed,
        crf=film.crf,
    )


def _endless(path: Path, size: tuple[int, int]) -> Iterator[np.ndarray]:
    while True:
        yield from (frame.small(*size) for frame in frames.stream(path))


def chinese(films: Sequence[Film], cues: tuple[Cue, ...]) -> list[Film]:
    return [replace(film, name=f"{film.name}, zh", cues=cues, signs=()) for film in films]


# ---- What is right about captions found


@dataclass
class Score:
    letters: int = 0
    wrong: int = 0
    true: int = 0
    found: int = 0
    hits: int = 0
    twice: int = 0
    off: tuple[float, ...] = ()

    def add(self, other: "Score") -> None:
        for name in ("letters", "wrong", "true", "found", "hits", "twice", "off"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def cer(self) -> float:
        return self.wrong / max(1, self.letters)

    @property
    def f1(self) -> float:
        return 2 * self.hits / max(1, self.true + self.found)

    @property
    def worst(self) -> float:
        return max(self.off, default=0.0)


def scored(found: Sequence[subtitles.Cue], true: Sequence[subtitles.Cue], rate: float) -> Score:
    score = Score(sum(len(cue.text) for cue in true), true=len(true), found=len(found))
    left = list(found)
    for cue in true:
        over = [one for one in left if 2 * _shared(one, cue) > min(one.end - one.start, cue.end - cue.start)]
        best = max(over, key=lambda one: _shared(one, cue), default=None)
        if best is None:
            score.wrong += len(cue.text)
            continue
        left.remove(best)
        wrong = distance(best.text, cue.text)
        score.wrong += wrong
        score.hits += wrong <= RIGHT * len(cue.text)
        score.off += (rate * abs(best.start - cue.start), rate * abs(best.end - cue.end))
    score.wrong += sum(len(one.text) for one in left)
    score.twice = sum(any(one.text == cue.text and _shared(one, cue) > 0 for cue in true) for one in left)
    return score


def _shared(one: subtitles.Cue, other: subtitles.Cue) -> float:
    return min(one.end, other.end) - max(one.start, other.start)


def distance(one: str, other: str) -> int:
    """Levenshtein's."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]


# ---- Ours, and the peer


def ours(case: Case, ctx: Context) -> CaptionsResult:
    return captions(CaptionsParams(video=str(case.path), lang=case.lang, fps=FPS), ctx)


def peer_engine() -> RapidOCR:
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Det.limit_type": "max",
            "Det.limit_side_len": 640,
            "EngineConfig.onnxruntime.intra_op_num_threads": onnx.threads(),
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def peer(case: Case, engine: RapidOCR) -> list[subtitles.Cue]:
    """The lowest quarter of every sampled frame read, neighbours that are alike joined."""
    cues: list[subtitles.Cue] = []
    step = Fraction(1, FPS)
    for frame in frames.sample(case.path, step):
        rgb = frame.rgb
        strip = np.ascontiguousarray(rgb[rgb.shape[0] * 3 // 4 :, :, ::-1])
        told = engine(strip, use_det=True, use_cls=False, use_rec=True)
        text = "\n".join(getattr(told, "txts", None) or ())
        at = float(frame.time)
        if not text:
            continue
        last = cues[-1] if cues else None
        if last and at - last.end < 1e-3 and SequenceMatcher(None, last.text, text).ratio() > JOINED:
            cues[-1] = replace(last, end=at + float(step))
        else:
            cues.append(subtitles.Cue(at, at + float(step), text))
    return cues


# ---- The figures


def quality(name: str, cases: Sequence[Case], ctx: Context, engine: RapidOCR | None) -> tuple[list[Figure], dict]:
    own, others, told = Score(), Score(), {}
    looks = reads = 0
    for case in cases:
        video = probe.with_video(case.path).video
        result = ours(case, ctx)
        found = [subtitles.Cue(one.start, one.end, one.text) for one in result.captions]
        score = scored(found, case.cues, float(video.frame_rate))
        own.add(score)
        looks, reads = looks + result.looks, reads + result.reads
        told[case.name] = {"cer": score.cer, "f1": score.f1, "edges": score.worst, "reads": result.reads}
        if engine is not None:
            others.add(scored(peer(case, engine), case.cues, float(video.frame_rate)))
    beside = [{"RapidOCR per frame": value} if engine else None for value in (others.cer, others.f1, others.worst)]
    middle = statistics.median(own.off) if own.off else 0.0
    note = f"{len(cases)} films, {own.true} captions; {reads} lines read, {looks} looks of the detector"
    figures = [
        Figure(f"cer, {name}", own.cer, reach=0.02, aim=0.0, higher=False, beside=beside[0], note=note),
        Figure(f"caption_f1, {name}", own.f1, reach=0.95, aim=1.0, beside=beside[1]),
        Figure(
            f"worst edge, {name}",
            round(own.worst, 3),  # times are in milliseconds
            "frames",
            reach=1.0,
            aim=0.0,
            higher=False,
            beside=beside[2],
            note=f"median {middle:.2f}",
        ),
        Figure(f"captions twice, {name}", own.twice, reach=0, aim=0, higher=False),
    ]
    return figures, told


def speed(cases: Sequence[Case], ctx: Context, engine: RapidOCR) -> list[Figure]:
    """Medians of the ratios of runs side by side."""
    walls, cpus, decodes = [], [], []
    for case in cases:
        for _ in range(RUNS):
            decoding = timed(lambda case=case: sum(1 for _ in frames.stream(case.path)))
            own, other = timed(lambda case=case: ours(case, ctx)), timed(lambda case=case: peer(case, engine))
            walls.append(other[0] / own[0])
            cpus.append(other[1] / own[1])
            decodes.append(own[1] / decoding[1])
    note = "decoding is in both"
    return [
        Figure("times as fast as RapidOCR per sampled frame", statistics.median(walls), "x", 5, 20, note=note),
        Figure("the same in processor time", statistics.median(cpus), "x", 5, 20, note=note),
        Figure("processor time to decoding alone", statistics.median(decodes), "x", higher=False),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=os.environ.get("REELWRIGHT_DATA", HERE.parent / "shared" / "data"))
    parser.add_argument("--font", type=Path, help="a font with Chinese letters")
    given = parser.parse_args()
    data, ctx, engine = Path(given.data) / "video", Context.local(phases=captions.phases), peer_engine()
    figures, more = [], {}
    with tempfile.TemporaryDirectory() as name:
        folder, held = Path(name), "held out"
        groups = {"real": real(data), "made": made(folder, TUNED, data, None), held: made(folder, HELD, data, None)}
        groups[f"over a film's own text, {held}"] = made(folder, OVER, data, None, first=150)
        groups[f"new, {held}"] = made(folder, NEW, data, None, first=100)
        if given.font:
            groups["made, zh"] = made(folder, chinese(TUNED[3:5], ZH), data, given.font)
            groups[f"{held}, zh"] = made(folder, chinese(HELD[:4], HELD_ZH), data, given.font)
            groups[f"new, {held}, zh"] = made(folder, chinese(NEW[:3], NEW_ZH), data, given.font, first=200)
            groups[f"new, {held}, zh"] += made(folder, chinese(NEW[3:], NEW_ZH[2:]), data, given.font, first=300)
        for group, cases in groups.items():
            if cases:
                told, parts = quality(group, cases, ctx, engine if group in ("real", held) else None)
                figures, more = [*figures, *told], more | {group: parts}
        if groups["real"]:
            figures += speed(groups["real"], ctx, engine)
    record("video.captions", figures, command=COMMAND, path=given.json, more=more)


if __name__ == "__main__":
    main()
