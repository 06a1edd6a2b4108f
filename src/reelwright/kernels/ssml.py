"""SSML read into what is to be said: W3C SSML 1.1, and what the vendor's voices know besides.

Read with care for strangers' XML (defusedxml: no document types, no entities, no outside files). Every
fault names the line, the column and the mend. Understood are `speak p s w break prosody emphasis
say-as sub phoneme voice lang mark`; other elements are refused rather than passed over in silence.
Prosody multiplies where it is nested. The vendor's `speak` may carry `voice rate pitch volume`, on its
scale of ±500 and 0 to 100.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn
from xml.sax import ContentHandler, SAXParseException
from xml.sax.xmlreader import Locator

from reelwright.errors import InvalidParameter
from reelwright.kernels import prosody, say_as
from reelwright.kernels.script import PLAIN, Mark, Pause, Run, Stop, Style, language_of
from reelwright.loading import lazy

if TYPE_CHECKING:
    sax: Any
    barred: Any
else:
    sax, barred = lazy("defusedxml.sax"), lazy("defusedxml.common")

ALPHABETS = {"ipa": "ipa", "py": "pinyin", "pinyin": "pinyin", "x-pinyin": "pinyin", "cmu": "arpabet"}
ALPHABETS |= {"arpabet": "arpabet", "x-arpabet": "arpabet", "x-espeak": "espeak"}
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
Given = Mapping[str, str]


def is_ssml(text: str) -> bool:
    """Does it look like a document rather than plain text?"""
    return bool(re.match(r"\s*(?:<\?xml[^>]*\?>\s*)?<speak[\s>/]", text.lstrip("\ufeff")))


def marks(text: str) -> tuple[Mark, ...]:
    """`InvalidParameter` with line and column if it is no SSML that can be spoken."""
    # Whatever encoding the declaration names, it is text by now. Blanks keep the lines and columns.
    source = DECLARATION.sub(lambda found: re.sub(r"\S", " ", found.group()), text.lstrip("\ufeff"))
    reader = _Reader(say_as_language(source))
    try:
        sax.parseString(source.encode(), reader, forbid_dtd=True)
    except SAXParseException as error:
        where = f"line {error.getLineNumber()}, column {(error.getColumnNumber() or 0) + 1}"
        raise InvalidParameter(
            f"the SSML is broken at {where}: {error.getMessage()}; mend the markup, or send plain text", field="text"
        ) from None
    except barred.DefusedXmlException:
        raise InvalidParameter("the SSML has a document type or entities; leave them out", field="text") from None
    return tuple(reader.found)


def say_as_language(text: str) -> str:
    """In which of its two languages `say_as` is to write."""
    return "zh" if language_of(re.sub(r"<[^>]*>", "", text)) == "zh" else "en"


class _Reader(ContentHandler):
    """Gathers marks; `_styles` is what holds inside each open element."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.found: list[Mark] = []
        self._language = language
        self._names: list[str] = []
        self._styles: list[Style] = [PLAIN]
        self._inside: tuple[str, Given] | None = None
        self._held = ""
        self._place = Locator()

    # The names of the methods are those of SAX.

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802
        self._place = locator

    def startElement(self, name: str, attributes: Any) -> None:  # noqa: N802
        given = {key: attributes.getValue(key) for key in attributes.getNames()}
        self._flush()
        if not self._names and name != "speak":
            self._refuse(f"the document begins with <{name}>, not with <speak>")
        if self._inside:
            self._refuse(f"<{name}> stands inside <{self._inside[0]}>, which holds text only")
        if name not in ELEMENTS:
            self._refuse(f"<{name}> is not understood; known are {', '.join(ELEMENTS)}")
        self._names.append(name)
        try:
            self._styles.append(ELEMENTS[name](self, self._styles[-1], given))
        except KeyError as error:
            self._refuse(f"<{name}> needs the attribute {error.args[0]}")
        except ValueError as error:
            self._refuse(f"<{name}>: {error}")

    def endElement(self, name: str) -> None:  # noqa: N802
        if self._inside:
            self._stand_in(*self._inside)
            self._inside = None
        self._flush()
        if name in ("p", "s"):
            self.found.append(Stop(paragraph=name == "p"))
        self._names.pop()
        self._styles.pop()

    def characters(self, content: str) -> None:
        self._held += content

    # ---- elements: each takes the style around it and gives the one inside

    def speak(self, around: Style, given: Given) -> Style:
        style = self._spoken_in(around, given)
        if "rate" in given:
            style = replace(style, pace=prosody.factor_of(_steps("rate", given, -prosody.STEPS, prosody.STEPS)))
        if "pitch" in given:
            style = replace(style, pitch=prosody.factor_of(_steps("pitch", given, -prosody.STEPS, prosody.STEPS)))
        if "volume" in given:
            style = replace(style, gain=prosody.gain_of(_steps("volume", given, 0, 2 * prosody.USUAL_VOLUME)))
        return replace(style, voice=given.get("voice") or around.voice)

    def prosody(self, around: Style, given: Given) -> Style:
        return replace(
            around,
            pace=around.pace * prosody.rate(given.get("rate", "medium")),
            pitch=around.pitch * prosody.pitch(given.get("pitch", "medium")),
            gain=around.gain * prosody.volume(given.get("volume", "medium")),
        )

    def emphasis(self, around: Style, given: Given) -> Style:
        level = given.get("level", "moderate")
        if level not in prosody.EMPHASIS:
            raise ValueError(f"level is {level!r}; give one of {', '.join(prosody.EMPHASIS)}")
        pace, pitch, gain = prosody.EMPHASIS[level]
        return replace(around, pace=around.pace * pace, pitch=around.pitch * pitch, gain=around.gain * gain)

    def pause(self, around: Style, given: Given) -> Style:
        self.found.append(Pause(prosody.pause(given.get("time"), given.get("strength"))))
        return around

    def part(self, around: Style, given: Given) -> Style:
        self.found.append(Stop(paragraph=self._names[-1] == "p"))
        return self._spoken_in(around, given)

    def voice(self, around: Style, given: Given) -> Style:
        return replace(self._spoken_in(around, given), voice=given.get("name") or around.voice)

    def _spoken_in(self, around: Style, given: Given) -> Style:
        return replace(around, language=given.get("xml:lang") or around.language)

    def nothing(self, around: Style, given: Given) -> Style:
        return around

    def stand_in(self, around: Style, given: Given) -> Style:
        name = self._names[-1]
        given["ph" if name == "phoneme" else "alias" if name == "sub" else "interpret-as"]  # a KeyError names it
        if name == "phoneme" and given.get("alphabet", "ipa").lower() not in ALPHABETS:
            raise ValueError(f"alphabet is {given['alphabet']!r}; known are {', '.join(ALPHABETS)}")
        if name == "say-as" and given["interpret-as"].lower() not in say_as.KINDS:
            raise ValueError(f"interpret-as is {given['interpret-as']!r}; known are {', '.join(say_as.KINDS)}")
        self._inside = (name, given)
        return around

    # ---- inside

    def _stand_in(self, name: str, given: Given) -> None:
        text, style = " ".join(self._held.split()), self._styles[-1]
        self._held = ""
        if name == "phoneme":
            self.found.append(Run(text, style, given["ph"], ALPHABETS[given.get("alphabet", "ipa").lower()]))
        elif name == "sub":
            self.found.append(Run(text, style, given["alias"]))
        else:
            kind, form = given["interpret-as"].lower(), given.get("format", "")
            self.found.append(Run(text, style, say_as.written_out(text, kind, form, self._language)))

    def _flush(self) -> None:
        """What was read so far becomes a run; blanks and line ends in a document are one blank."""
        if self._held and not self._inside:
            self.found.append(Run(re.sub(r"\s+", " ", self._held), self._styles[-1]))
            self._held = ""

    def _refuse(self, why: str) -> NoReturn:
        where = f"line {self._place.getLineNumber()}, column {(self._place.getColumnNumber() or 0) + 1}"
        raise InvalidParameter(f"the SSML cannot be spoken, {where}: {why}", field="text")


def _steps(name: str, given: Given, least: int, most: int) -> float:
    try:
        steps = float(given[name])
    except ValueError:
        steps = most + 1.0
    if not least <= steps <= most:
        raise ValueError(f"{name} is {given[name]!r}; give a number of {least} to {most}, or use <prosody>")
    return steps


Element = Callable[[_Reader, Style, Given], Style]
ELEMENTS: Mapping[str, Element] = {
    "speak": _Reader.speak,
    "p": _Reader.part,
    "s": _Reader.part,
    "w": _Reader.nothing,
    "mark": _Reader.nothing,
    "break": _Reader.pause,
    "prosody": _Reader.prosody,
    "emphasis": _Reader.emphasis,
    "say-as": _Reader.stand_in,
    "sub": _Reader.stand_in,
    "phoneme": _Reader.stand_in,
    "voice": _Reader.voice,
    "lang": _Reader.voice,
}


def voices_named(found: Sequence[Mark]) -> set[str]:
    """The voices that the document itself asks for."""
    return {one.style.voice for one in found if isinstance(one, Run) and one.style.voice}
