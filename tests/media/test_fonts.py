"""Fonts: every letter is drawn, or the error says how to get a font."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import skia

from reelwright.errors import ModelNotInstalled, NotMedia
from reelwright.media import fonts

DEJAVU = Path(find_spec("matplotlib").submodule_search_locations[0]) / "mpl-data/fonts/ttf/DejaVuSans.ttf"


@pytest.fixture
def latin():
    return fonts.Fonts([fonts.loaded(DEJAVU)])


def test_a_machine_without_fonts_of_its_own_still_has_latin_letters(monkeypatch):
    monkeypatch.setattr(fonts, "_of_the_system", list)
    found = fonts.Fonts.found()
    found.require("Population (2007): 1,234.5 %")


def test_letters_that_no_font_has_are_an_error_and_no_box(latin):
    missing = "\U000e0fff"  # no font has it
    with pytest.raises(ModelNotInstalled, match="noto_sans_cjk_sc"):
        latin.require(f"ok {missing}")


def test_a_line_is_as_wide_as_its_parts(latin):
    one, other, both = (latin.line(text, 20).width for text in ("Wide", "open", "Wideopen"))
    assert both == pytest.approx(one + other, rel=0.02)
    assert latin.line("Wide", 40).width == pytest.approx(2 * one, rel=0.02)
    assert latin.line("Wide", 20).height > 20


def test_a_line_is_laid_out_once(latin):
    assert latin.line("again", 20) is latin.line("again", 20)


def test_a_line_is_really_drawn(latin):
    pixels = np.zeros((60, 200, 4), np.uint8)
    canvas = skia.Surface(pixels).getCanvas()
    for blob, offset in latin.line("Hello", 30).parts:
        canvas.drawTextBlob(blob, 10 + offset, 40, skia.Paint(AntiAlias=True, Color=skia.ColorWHITE))
    assert pixels[..., 3].max() == 255


def test_a_file_that_is_no_font_is_named(tmp_path):
    (tmp_path / "font.ttf").write_bytes(b"not a font")
    with pytest.raises(NotMedia, match=r"font\.ttf is not a font"):
        fonts.loaded(tmp_path / "font.ttf")


def test_chinese_beside_latin_takes_a_face_for_each(latin):
    found = fonts.Fonts.found()
    try:
        found.require("中国")
    except ModelNotInstalled:
        pytest.skip("no font with Chinese letters here")
    mixed = fonts.Fonts([latin.faces[0], *found.faces])
    assert len(mixed.line("A中B", 20).parts) == 3
