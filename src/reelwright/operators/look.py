"""How words on a picture look, for the operators that write some, and the fonts they are drawn with."""

from reelwright.media import fonts, lettering
from reelwright.models.port import Models, Provider
from reelwright.operators import files
from reelwright.operators.context import Context
from reelwright.operators.contract import Params, param
from reelwright.operators.picture import COLOUR


class LookParams(Params):
    """The look of words."""

    size: float = param("Height of the letters, share of the picture's height.", 0.055, gt=0, le=0.4)
    colour: str = param("Colour of the words, #RRGGBB.", "#FFFFFF", pattern=COLOUR)
    outline: float = param("Breadth of their outline, share of the height; 0 for none.", 0.0045, ge=0, le=0.05)
    outline_colour: str = param("Its colour, #RRGGBB.", "#000000", pattern=COLOUR)
    box: str | None = param("Colour of a box behind the words, #RRGGBB; none if left out.", None, pattern=COLOUR)
    box_opacity: float = param("How far the box covers the picture.", 0.6, ge=0, le=1)
    bold: bool = param("Bold letters.", False)
    width: float = param("Room for a line, share of the picture's width.", 0.88, ge=0.1, le=1)
    font: files.Any_ | None = param("A font file (TTF, OTF, TTC); the server's fonts if left out.", None)

    def style(self, *, bottom: float) -> lettering.Style:
        """`bottom`: room below the last line, share of the picture's height."""
        return lettering.Style(
            size=self.size,
            colour=lettering.rgb(self.colour),
            outline=self.outline,
            outline_colour=lettering.rgb(self.outline_colour),
            box=lettering.rgb(self.box) if self.box else None,
            box_opacity=self.box_opacity,
            bold=self.bold,
            bottom=bottom,
            width=self.width,
        )


def provider(models: Models) -> Provider:
    """Letters look different with the catalogue's font, so it is part of what made the picture."""
    known = models.installed(fonts.NOTO)
    return Provider("skia", "builtin", {fonts.NOTO: models.digest(fonts.NOTO)} if known else {})


def found(ctx: Context, given: str | None) -> fonts.Fonts:
    """The fonts at hand, a given one before all."""
    noto = ctx.models.path(fonts.NOTO) if ctx.models.installed(fonts.NOTO) else None
    return fonts.Fonts.found(given=given, noto=noto)
