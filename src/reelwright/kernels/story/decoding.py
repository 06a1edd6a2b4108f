"""The text in the bytes of a file: UTF-8, UTF-16, GB 18030, Big5, Windows-1252, told by marks, zeros, and what decodes.

A byte-order mark is believed. Without one, text with many zero bytes is UTF-16; what is no UTF-8 is read as GB 18030,
which holds GBK and GB 2312, unless its upper bytes stand alone between letters (Windows-1252), or the commonest Chinese
letters and marks come out of it as Big5 and not so. Files of other kinds (PDF, the old form of Word, rich text) are
named, not guessed at.
"""

import codecs
import re
from collections.abc import Callable

from reelwright.errors import EmptyFile, NotMedia

MARKS = (  # longer ones first: that of UTF-32 begins like one of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0", "the old form of Word (.doc)"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "rich text (RTF)"),
    (b"PK\x03\x04", "an archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"ID3", "a sound"),
)
SAMPLED = 4096  # bytes in which zeros are counted
MANY_ZEROS = 0.15  # of them, from which it is UTF-16
COMMON = frozenset("，。、：？！的一是不了在人有我他這这個个上來来們们說说「」")
"""The commonest of written Chinese, in either writing."""
SURELY = 2  # times as many of them, for Big5
MOST_ODD = 0.02  # share of control and unassigned characters from which it is no text


def decoded(content: bytes, name: str = "the file") -> str:
    """The text, without its byte-order mark, lines parted by \\n. Raises EmptyFile, or NotMedia with what to do."""
    if not content.strip(b"\0 \t\r\n"):
        raise EmptyFile(f"{name} holds no text; upload one with a story in it")
    for start, kind in OTHER_KINDS:
        if content.startswith(start):
            raise NotMedia(f"{name} is {kind}; save it as .txt (UTF-8) or .docx")
    for read in _ways(content):
        try:
            text = read(content)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
    raise NotMedia(f"{name} is no text in UTF-8, UTF-16, GB 18030 or Big5; save it as UTF-8")


def _ways(content: bytes) -> list[Callable[[bytes], str]]:
    marked = [kind for mark, kind in MARKS if content.startswith(mark)]
    names = marked[:1] or _guessed(content)
    return [lambda raw, kind=kind: raw.decode(kind) for kind in names]  # type: ignore[misc]


def _guessed(content: bytes) -> list[str]:
    """Zeros stand in the upper bytes of Latin letters and marks: first of each pair, or second."""
    sample = content[:SAMPLED]
    if sample.count(0) > MANY_ZEROS * len(sample):
        return ["utf-16-be" if sample[0::2].count(0) > sample[1::2].count(0) else "utf-16-le"]
    unmarked = ["utf-16-le", "utf-16-be"] if sample.count(0) and len(content) % 2 == 0 else []
    western = ["cp1252"] if _is_western(content) else []
    big5 = ["cp950"] if not western and _common(content, "cp950") > SURELY * _common(content, "gb18030") else []
    return ["utf-8", *western, *big5, "gb18030", *unmarked]


def _is_western(content: bytes) -> bool:
    """Do its upper bytes stand alone? Those of Chinese letters come in pairs."""
    runs = re.findall(rb"[\x80-\xff]+", content)
    return bool(runs) and all(len(one) == 1 for one in runs)


def _common(content: bytes, kind: str) -> int:
    """How many of the commonest letters and marks it holds, read so; 0 if it cannot be."""
    try:
        return sum(one in COMMON for one in content.decode(kind))
    except UnicodeDecodeError:
        return 0


def _is_text(text: str) -> bool:
    odd = sum(
        (one < " " and one not in "\n\r\t\f\v\x1a") or "\ue000" <= one <= "\uf8ff" or one == "\x7f" for one in text
    )
    return odd <= MOST_ODD * len(text) and "\0" not in text
