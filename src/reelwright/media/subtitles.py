"""Subtitle files: SRT, WebVTT and ASS, written and read.

A cue is a span of time and its lines of plain text; styles, places and italics are neither written nor kept. ASS has
no way to write a brace, so braces become full-width ones in every format.
"""

import html
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reelwright.errors import BadMedia
from reelwright.loading import lazy

if TYPE_CHECKING:
    import pysubs2
else:
    pysubs2 = lazy("pysubs2")

Format = Literal["srt", "vtt", "ass"]
BRACES = str.maketrans("{}", "｛｝")
SIZE = 0.055  # of the picture's height: letters of an ASS file


@dataclass(frozen=True, slots=True)
class Cue:
    """Text on the screen in [start, end), seconds; its lines are parted by newlines."""

    start: float
    end: float
    text: str


def save(cues: Iterable[Cue], path: str | Path, kind: Format, *, size: tuple[int, int] | None = None) -> str:
    """Write the cues in order of time, UTF-8, and give the path. `size`: that of the picture, which ASS asks for."""
    file = pysubs2.SSAFile()
    if size is not None:
        file.info |= {"PlayResX": str(size[0]), "PlayResY": str(size[1])}
        file.styles["Default"].fontsize = round(SIZE * size[1])
    for cue in sorted(cues, key=lambda one: (one.start, one.end)):
        text = html.escape(cue.text, quote=False) if kind == "vtt" else cue.text
        file.append(
            pysubs2.SSAEvent(
                start=round(1000 * cue.start),
                end=round(1000 * cue.end),
                text=text.translate(BRACES).replace("\n", r"\N"),
            )
        )
    # Without a cue SRT is an empty text, and a file of no bytes is taken for a broken one.
    Path(path).write_text(file.to_string(kind) or "\n", encoding="utf-8")
    return str(path)


def read(path: str | Path) -> list[Cue]:
    """The cues of a file in any of the formats, in its order. `BadMedia` if it is none of them."""
    try:
        file = pysubs2.load(str(path), encoding="utf-8-sig")
    except (pysubs2.Pysubs2Error, UnicodeDecodeError) as error:
        raise BadMedia(f"{Path(path).name} is no SRT, WebVTT or ASS file in UTF-8: {error}") from error
    is_vtt = file.format == "vtt"
    return [
        Cue(one.start / 1000, one.end / 1000, html.unescape(one.plaintext) if is_vtt else one.plaintext)
        for one in file
        if not one.is_comment
    ]


def beside(cue: Cue, others: Iterable[Cue]) -> Cue | None:
    """The one of the others that is on the screen for most of the time of this one; None if none is."""
    common = {one: min(cue.end, one.end) - max(cue.start, one.start) for one in others}
    best = max(common, key=lambda one: common[one], default=None)
    return best if best is not None and common[best] > 0 else None
