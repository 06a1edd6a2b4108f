"""The text of a document that somebody sent: .txt in its usual encodings, or Word's .docx.

What a file is shows in its first bytes, not in its name. Of a .docx the paragraphs of the body are read, in order, with
headings marked by `# `; deleted text, notes, headers and comments are left out. Its XML is parsed by defusedxml, and no
more of the archive is unpacked than one story can need. The old .doc is not read.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from reelwright.errors import EmptyFile, NotMedia, ObjectNotFound, TooLarge
from reelwright.kernels.story.decoding import decoded
from reelwright.loading import lazy

if TYPE_CHECKING:
    from defusedxml import ElementTree, common
else:
    ElementTree, common = lazy("defusedxml.ElementTree"), lazy("defusedxml.common")

MOST_BYTES = 5 << 20
MOST_CHARACTERS = 30_000
MOST_XML = 32 << 20  # bytes of a document's XML, unpacked; a story of 30,000 characters has about 1 MiB
ZIP = b"PK\x03\x04"
BODY = "word/document.xml"
DAMAGED = (  # what unpacking raises: RuntimeError for a password, NotImplementedError for an unknown compression
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEFT_OUT = frozenset(
    {f"{W}del", f"{W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)
HEADINGS = ("heading", "标题", "1", "2", "3")  # how the styles of headings are called, in Word's languages


def read(path: str | Path, *, most: int = MOST_CHARACTERS) -> str:
    """The text, lines parted by \\n. Raises ObjectNotFound, EmptyFile, TooLarge, or NotMedia with what to do."""
    path = Path(path)
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise ObjectNotFound(f"there is no file {path}") from error
    if size > MOST_BYTES:
        raise TooLarge(f"{path.name} has {size / (1 << 20):.1f} MiB; a story may have {MOST_BYTES >> 20} MiB")
    content = path.read_bytes()
    text = _docx(content, path.name) if content.startswith(ZIP) else decoded(content, path.name)
    if not any(one.isalnum() for one in text):
        raise EmptyFile(f"{path.name} holds no word; upload one with a story in it")
    if len(text.strip()) > most:
        raise TooLarge(f"{path.name} has {len(text.strip()):,} characters; a story may have {most:,}, send it in parts")
    return text


def _docx(content: bytes, name: str) -> str:
    xml = _unpacked(content, name)
    try:
        root = ElementTree.fromstring(xml)
    except common.DefusedXmlException as error:
        raise NotMedia(f"{name} holds XML that declares entities or a document type; save it anew as .docx") from error
    except (ElementTree.ParseError, ValueError) as error:
        raise NotMedia(f"{name} is damaged ({error}); save it anew as .docx or .txt") from error
    return "\n".join(_line(one) for one in _paragraphs(root))


def _unpacked(content: bytes, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(BODY) as part:
            xml = part.read(MOST_XML + 1)
    except KeyError as error:
        raise NotMedia(f"{name} is an archive, but no Word document; send .docx or .txt") from error
    except DAMAGED as error:
        raise NotMedia(f"{name} is damaged or locked ({error}); save it anew as .docx or .txt") from error
    if len(xml) > MOST_XML:
        raise TooLarge(
            f"{name} unpacks to more than {MOST_XML >> 20} MiB; a story may have {MOST_CHARACTERS:,} characters"
        )
    return xml


def _paragraphs(node: Element) -> Iterator[Element]:
    for one in node:
        if one.tag == f"{W}p":
            yield one
        elif one.tag not in LEFT_OUT:
            yield from _paragraphs(one)


def _line(paragraph: Element) -> str:
    text = "".join(_pieces(paragraph)).strip()
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    named = (style.get(f"{W}val") or "").lower() if style is not None else ""
    is_heading = named.startswith(HEADINGS[:2]) or named in HEADINGS[2:]
    return f"# {text}" if text and is_heading and "\n" not in text else text


def _pieces(node: Element) -> Iterator[str]:
    for one in node:
        if one.tag == f"{W}t":
            yield one.text or ""
        elif one.tag == f"{W}tab":
            yield "\t"
        elif one.tag in (f"{W}br", f"{W}cr"):
            yield "\n"
        elif one.tag not in LEFT_OUT and one.tag != f"{W}pPr":
            yield from _pieces(one)
