"""Where a text may be broken into lines, and the lines that look best: as few as fit, and as even as can be.

Western words break at spaces, Chinese, Japanese and Korean letters anywhere but before a mark that closes something
and after one that opens something (kinsoku, W3C "Requirements for Chinese Text Layout"). Among all ways with the
fewest lines the one with the least squared difference from the longest line is taken, by dynamic programming after
D. Knuth and M. Plass ("Breaking paragraphs into lines", 1981); no word is hyphenated. A word wider than a line is cut.
"""

import re
from collections.abc import Callable, Sequence

from reelwright.kernels.reading import EAST

Measure = Callable[[str], float]

NOT_FIRST = "、。，．,.!?;:！？；：)]}）】」』》〉”’…—～·%％ーっゃゅょぁぃぅぇぉッャュョァィゥェォ々"
NOT_LAST = "([{（【「『《〈“‘$¥￥£#@"
PIECE = re.compile(rf"[{EAST}\uff00-\uffef\u3000-\u303f]|[^\s{EAST}\uff00-\uffef\u3000-\u303f]+|\s+")


def broken(text: str, measure: Measure, width: float) -> list[str]:
    """The lines of a text, none wider than `width`; line breaks in it are kept. `measure` gives a line's width."""
    return [line for part in text.splitlines() for line in _paragraph(part.strip(), measure, width)]


def _paragraph(text: str, measure: Measure, width: float) -> list[str]:
    if not text:
        return []
    if measure(text) <= width:
        return [text]
    pieces = _pieces(text, measure, width)
    count = len(pieces)
    least: list[tuple[int, float, int]] = [(0, 0.0, 0)]  # lines, unevenness, where the last line begins
    for end in range(1, count + 1):
        ways = list[tuple[int, float, int]]()
        for start in range(end - 1, -1, -1):
            long = measure("".join(pieces[start:end]).strip())
            if long > width and start < end - 1:
                break
            lines, uneven, _ = least[start]
            ways.append((lines + 1, uneven + (width - long) ** 2, start))
        least.append(min(ways))
    told, end = list[str](), count
    while end:
        start = least[end][2]
        told.append("".join(pieces[start:end]).strip())
        end = start
    return [line for line in reversed(told) if line]


def _pieces(text: str, measure: Measure, width: float) -> list[str]:
    """What is never broken, in order; the spaces after a piece belong to it."""
    pieces: list[str] = []
    for found in PIECE.findall(text):
        if pieces and (found.isspace() or found[0] in NOT_FIRST or _opens(pieces[-1])):
            pieces[-1] += found
        else:
            pieces.append(found)
    return [part for piece in pieces for part in _cut(piece, measure, width)]


def _opens(piece: str) -> bool:
    return piece.rstrip()[-1:] in tuple(NOT_LAST) and not piece[-1:].isspace()


def _cut(piece: str, measure: Measure, width: float) -> Sequence[str]:
    """A piece that is wider than a line, in as many letters as fit."""
    if measure(piece.strip()) <= width or len(piece) < 2:
        return [piece]
    parts, held = list[str](), ""
    for letter in piece:
        if held and measure(held + letter) > width:
            parts.append(held)
            held = ""
        held += letter
    return [*parts, held]
