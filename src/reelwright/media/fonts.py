"""Fonts that can really draw what is to be written: found, checked letter by letter, never a box.

A text is drawn with the first face that has the letter: the file somebody gave, Noto Sans CJK SC from the models
folder or the package `mplfonts`, the system's fonts, DejaVu Sans from the package `matplotlib`. A letter that none of
them has is an error that says how to get a font. Letters stand one after another: Arabic and Indic scripts are not
shaped.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.errors import ModelNotInstalled, NotMedia
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

NOTO = "noto_sans_cjk_sc"
"""Its name in the catalogue of weights."""
PACKAGED = (
    ("mplfonts", "fonts/NotoSansCJKsc-Regular.otf"),
    ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans.ttf"),
)
FAMILIES = (  # of the system, the better ones first
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Microsoft YaHei",
    "Inter",
    "Noto Sans",
    "Roboto",
    "Liberation Sans",
    "Arial",
    "DejaVu Sans",
)
INVISIBLE = ("Cc", "Cf", "Mn", "Zs", "Zl", "Zp")  # Unicode classes that need no glyph


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, ready to draw. `width`, `ascent`, `descent` in pixels; `descent` is below the baseline."""

    text: str
    width: float
    ascent: float
    descent: float
    parts: tuple[tuple["skia.TextBlob", float], ...]

    @property
    def height(self) -> float:
        return self.ascent + self.descent


@dataclass(slots=True)
class Fonts:
    """Faces in order of preference. Lines are kept, because a film says the same thing in every frame."""

    faces: list["skia.Typeface"]
    _lines: dict[tuple[str, float, bool], Line] = field(default_factory=dict)
    _faces_of: dict[str, int] = field(default_factory=dict)

    @classmethod
    def found(cls, *, given: str | None = None, noto: Path | None = None) -> "Fonts":
        """The fonts of this machine, `given` (a file) before all, then `noto` (the file of the catalogue)."""
        faces = [loaded(given)] if given else []
        files = [noto] if noto else []
        files += [one for one in map(_packaged, PACKAGED[:1]) if one]
        faces += [face for face in (_face(one) for one in files) if face]
        faces += _of_the_system()
        last = _packaged(PACKAGED[-1])
        faces += [face for face in (_face(last) if last else None,) if face]
        if not faces:
            raise ModelNotInstalled(f"no font is installed here; `reelwright models pull {NOTO}` gets one")
        return cls(faces)

    def require(self, text: str) -> None:
        """Raises ModelNotInstalled if a letter of `text` can be drawn by none of the fonts."""
        missing = sorted({one for one in text if self._face_of(one) is None})
        if missing:
            shown = "".join(missing[:8])
            raise ModelNotInstalled(
                f"no font here has the letters {shown!r}: `reelwright models pull {NOTO}` gets one with Chinese, "
                "Japanese and Korean letters, so does the system's package fonts-noto-cjk; or give a font file"
            )

    def line(self, text: str, size: float, *, bold: bool = False) -> Line:
        """The text in one line, letters of `size` pixels."""
        key = (text, size, bold)
        if key not in self._lines:
            if len(self._lines) > 4096:  # running figures make ever new ones
                self._lines.clear()
            self._lines[key] = self._laid_out(text, size, bold)
        return self._lines[key]

    def _laid_out(self, text: str, size: float, bold: bool) -> Line:
        parts: list[tuple[skia.TextBlob, float]] = []
        width = ascent = descent = 0.0
        for face, run in self._runs(text):
            font = _font(self.faces[face], size, bold)
            metrics = font.getMetrics()
            ascent, descent = max(ascent, -metrics.fAscent), max(descent, metrics.fDescent)
            blob = skia.TextBlob.MakeFromText(run, font)
            if blob is not None:
                parts.append((blob, width))
            width += font.measureText(run)
        return Line(text, width, ascent, descent, tuple(parts))

    def _runs(self, text: str) -> Iterator[tuple[int, str]]:
        """(face, letters) for each stretch that one face draws."""
        held, face = "", 0
        for letter in text:
            wanted = self._face_of(letter)
            wanted = face if wanted is None or letter == " " else wanted
            if held and wanted != face:
                yield face, held
                held = ""
            held, face = held + letter, wanted
        if held:
            yield face, held

    def _face_of(self, letter: str) -> int | None:
        if letter not in self._faces_of:
            self._faces_of[letter] = next(
                (index for index, face in enumerate(self.faces) if face.unicharToGlyph(ord(letter))),
                0 if unicodedata.category(letter) in INVISIBLE else self._asked_for(letter),
            )
        found = self._faces_of[letter]
        return None if found < 0 else found

    def _asked_for(self, letter: str) -> int:
        """A face that the system has for this very letter; -1 if there is none."""
        face = skia.FontMgr().matchFamilyStyleCharacter("", skia.FontStyle(), ["zh-Hans"], ord(letter))
        if face is None or not face.unicharToGlyph(ord(letter)):
            return -1
        self.faces.append(face)
        return len(self.faces) - 1


def loaded(path: str | Path) -> "skia.Typeface":
    """The font of a file; NotMedia if it is none."""
    face = _face(Path(path))
    if face is None:
        raise NotMedia(f"{Path(path).name} is not a font that can be read: send TTF, OTF or TTC")
    return face


def with_fonts(fonts: Fonts, given: str | None) -> Fonts:
    """The same fonts, behind the one of a file."""
    return Fonts([loaded(given), *fonts.faces]) if given else fonts


def _font(face: "skia.Typeface", size: float, bold: bool) -> "skia.Font":
    font = skia.Font(face, size)
    font.setSubpixel(True)  # else letters jump from pixel to pixel where they move
    font.setHinting(skia.FontHinting.kNone)
    font.setEmbolden(bold)
    return font


def _face(path: Path) -> "skia.Typeface | None":
    if not path.is_file():
        return None
    face = skia.Typeface.MakeFromFile(str(path))
    return face if face is not None and face.countGlyphs() else None


def _packaged(place: tuple[str, str]) -> Path | None:
    package, name = place
    spec = find_spec(package)
    folders: Sequence[str] = (spec.submodule_search_locations if spec else None) or ()
    return next((path for path in (Path(folder) / name for folder in folders) if path.is_file()), None)


def _of_the_system() -> list["skia.Typeface"]:
    manager, style = skia.FontMgr(), skia.FontStyle()
    there = {manager.getFamilyName(index) for index in range(manager.countFamilies())}
    faces = (manager.matchFamilyStyle(family, style) for family in FAMILIES if family in there)
    return [face for face in faces if face is not None]
