"""A storyboard as one HTML page: a row a shot, with its picture, words, voice, place and times.

The page is complete in itself: pictures are in it, there is no script, and it prints on A4 without cutting a row.
"""

import base64
import html
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from reelwright.media import images

SIDE = 300  # px, the longer side of a picture in it
QUALITY = 72  # of its JPEG
THREADS = 2

CSS = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:2rem auto;max-width:68rem;padding:0 1rem;font:15px/1.5 system-ui,"Noto Sans CJK SC","Noto Sans SC",
"PingFang SC","Microsoft YaHei",sans-serif;color:#1c1b19;background:#fff}
h1{font-size:1.9rem;margin:0 0 .2rem}h2{font-size:1.25rem;margin:2.2rem 0 .6rem}
.about{color:#6b665e;margin:0 0 1.2rem}
.cast{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.9rem;padding:0;list-style:none}
.cast li{border:1px solid #e4e0d8;border-radius:.5rem;padding:.5rem;break-inside:avoid}
.cast img{width:100%;aspect-ratio:1;object-fit:cover;border-radius:.35rem;display:block;margin-bottom:.4rem}
.cast b{display:block}.cast span{color:#6b665e;font-size:.85em}
table{width:100%;border-collapse:collapse}thead{display:table-header-group}
th{text-align:left;font-size:.8rem;font-weight:600;color:#6b665e;border-bottom:2px solid #1c1b19;padding:.3rem .6rem}
td{vertical-align:top;border-bottom:1px solid #e4e0d8;padding:.6rem}
tr{break-inside:avoid}td.n{font-variant-numeric:tabular-nums;font-weight:600;width:3.4rem}
td.p{width:13rem}td.p img{width:100%;max-height:13rem;object-fit:contain;display:block;background:#f4f1ea;
border-radius:.35rem}
td.t{font-variant-numeric:tabular-nums;white-space:nowrap;width:7rem}
.said{font-size:1.05em;margin:0 0 .35rem}.who{font-weight:600}
.small{color:#6b665e;font-size:.85em;margin:0}.bad{color:#a4262c;font-weight:600}
@page{size:A4 landscape;margin:12mm}@media print{body{margin:0;max-width:none;padding:0;font-size:11px}
h2{break-after:avoid}a{color:inherit}}
"""


@dataclass(frozen=True, slots=True)
class Words:
    """What the page itself says, in the story's language."""

    shot: str
    picture: str
    said: str
    time: str
    voice: str
    place: str
    failed: str
    shots: str


WORDS = {
    "zh": Words("镜头", "画面", "台词与说明", "时间", "音色", "地点", "未完成", "个镜头"),
    "en": Words("Shot", "Picture", "Words", "Time", "Voice", "Place", "not made", "shots"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One shot. `time` as it is to be read; `failed`: why it was not made."""

    number: str
    picture: str | None
    text: str
    speaker: str = ""
    voice: str = ""
    place: str = ""
    about: str = ""
    time: str = ""
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Player:
    """A figure, place or thing of the story."""

    name: str
    look: str
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    about: str
    language: str
    cast: Sequence[Player]
    chapters: Sequence[Chapter]


def save(sheet: Sheet, path: Path) -> str:
    """Write the page, UTF-8, and give the path."""
    path.write_text("\n".join(_page(sheet, _coded(_pictures(sheet)))) + "\n", encoding="utf-8")
    return str(path)


def _pictures(sheet: Sheet) -> list[str]:
    """The files of all pictures, each once."""
    shown = [one.picture for one in sheet.cast] + [one.picture for part in sheet.chapters for one in part.rows]
    return list(dict.fromkeys(one for one in shown if one is not None))


def _coded(paths: Sequence[str]) -> Mapping[str, str]:
    """File -> its picture as the page holds it. Decoding is most of the work, and runs beside itself."""
    with ThreadPoolExecutor(THREADS) as pool:
        return dict(zip(paths, pool.map(_small, paths), strict=True))


def _small(path: str) -> str:
    return base64.b64encode(images.jpeg(images.fitted(images.load(path), SIDE, SIDE), quality=QUALITY)).decode()


def _page(sheet: Sheet, shown: Mapping[str, str]) -> Iterator[str]:
    words = WORDS.get(sheet.language, WORDS["en"])
    language = "zh-CN" if sheet.language == "zh" else sheet.language
    yield f'<!doctype html>\n<html lang="{html.escape(language)}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{html.escape(sheet.title)}</title><style>{CSS}</style></head><body>"
    yield f'<h1>{html.escape(sheet.title)}</h1><p class="about">{html.escape(sheet.about)}</p>'
    if sheet.cast:
        yield '<ul class="cast">'
        yield from (_player(one, shown) for one in sheet.cast)
        yield "</ul>"
    for chapter in sheet.chapters:
        yield f"<h2>{html.escape(chapter.title)}</h2>" if chapter.title else ""
        yield f"<table><thead><tr><th>{words.shot}</th><th>{words.picture}</th><th>{words.said}</th>"
        yield f"<th>{words.time}</th></tr></thead><tbody>"
        yield from (_row(one, words, shown) for one in chapter.rows)
        yield "</tbody></table>"
    yield "</body></html>"


def _player(one: Player, shown: Mapping[str, str]) -> str:
    told = f"<b>{html.escape(one.name)}</b><span>{html.escape(one.look)}</span>"
    return f"<li>{_picture(one.picture, one.name, shown)}{told}</li>"


def _row(one: Row, words: Words, shown: Mapping[str, str]) -> str:
    who = f'<span class="who">{html.escape(one.speaker)}</span>: ' if one.speaker else ""
    told = [("", one.about), (words.place, one.place), (words.voice, one.voice)]
    small = "".join(
        f'<p class="small">{html.escape(f"{name}: " if name else "")}{html.escape(text)}</p>'
        for name, text in told
        if text
    )
    failed = f'<p class="bad">{words.failed}: {html.escape(one.failed)}</p>' if one.failed else ""
    return (
        f'<tr id="shot-{html.escape(one.number)}"><td class="n">{html.escape(one.number)}</td>'
        f'<td class="p">{_picture(one.picture, one.number, shown)}</td>'
        f'<td><p class="said">{who}{html.escape(one.text)}</p>{small}{failed}</td>'
        f'<td class="t">{html.escape(one.time)}</td></tr>'
    )


def _picture(path: str | None, name: str, shown: Mapping[str, str]) -> str:
    if path is None:
        return ""
    return f'<img alt="{html.escape(name)}" src="data:image/jpeg;base64,{shown[path]}">'
