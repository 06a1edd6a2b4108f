"""The XML documents of the protocol: written from pairs, read with care."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from typing import Union
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from reelwright.faces.oss.errors import MalformedXML
from reelwright.timing import stamp_seconds

Value = Union[str, int, bool, None, Iterable[tuple[str, "Value"]]]  # noqa: UP007 - `|` takes no forward reference
Pairs = Iterable[tuple[str, Value]]
DECLARATION = re.compile(rb"<!(?!--|\[CDATA\[)|\0")  # a NUL: UTF-16, in which a declaration could hide
OWNER: tuple[tuple[str, str], ...] = (("ID", "reelwright"), ("DisplayName", "reelwright"))


def moment(at: float) -> str:
    """An instant as `2026-01-02T03:04:05.000Z`: whole seconds, for the older client reads nothing else."""
    return stamp_seconds(at).removesuffix("Z") + ".000Z"


def written(root: str, value: Value) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(root, value)}'.encode()


def _element(name: str, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"<{name}>{str(value).lower()}</{name}>"
    if isinstance(value, (str, int)):
        return f"<{name}>{escape(str(value))}</{name}>"
    return f"<{name}>{''.join(_element(inner, one) for inner, one in value)}</{name}>"


def parsed(body: bytes, root: str) -> ElementTree.Element:
    """The root element. A document with a type declaration is refused: entities in it could grow without bound."""
    if DECLARATION.search(body):
        raise MalformedXML("The document holds a declaration; send plain elements.")
    try:
        found = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise MalformedXML(f"The document is no XML ({error}).") from None
    for element in found.iter():
        element.tag = element.tag.rpartition("}")[2]
    if found.tag != root:
        raise MalformedXML(f"The document is a <{found.tag[:40]}>, not a <{root}>.")
    return found


class Encoder:
    """Keys as the caller wants them: plain, or percent-encoded."""

    def __init__(self, encoding_type: str) -> None:
        self._encodes = encoding_type == "url"
        self.name = "url" if self._encodes else None

    def write(self, key: str) -> str:
        return quote(key, safe="/") if self._encodes else key

    def read(self, key: str) -> str:
        return unquote(key) if self._encodes else key
