"""Write words on a picture.

In lines that fit, outlined, perhaps in a box; Chinese, Japanese and Korean too. The letters get smaller where there are
too many. A letter that no font here can draw is an error, never a box. Alpha stays, and the words are opaque.
"""

from typing import Literal

from reelwright.errors import InvalidParameter
from reelwright.kernels import blending
from reelwright.media import pictures
from reelwright.media.lettering import Lettering
from reelwright.models.port import Models, Provider
from reelwright.operators import Context, Quality, files, look, operator, param
from reelwright.operators.picture import PictureResult, opened, saved

LEAST_SIDE = 32  # px of a picture that words fit into
MOST_WORDS = 2000  # letters


class CaptionParams(look.LookParams):
    image: files.Image = param("Picture to write on.")
    text: str = param("The words; line breaks are kept.", min_length=1, max_length=MOST_WORDS)
    position: Literal["top", "middle", "bottom"] = param("Where they stand.", "bottom")
    margin: float = param("Room above or below them, share of the picture's height.", 0.06, ge=0, le=0.45)


class CaptionResult(PictureResult):
    lines: tuple[str, ...] = param("The lines, as they were broken.")
    left: int = param("Left edge of the words.", unit="px")
    top: int = param("Their upper edge.", unit="px")
    right: int = param("Their right edge.", unit="px")
    bottom: int = param("Their lower edge.", unit="px")


def choose(params: CaptionParams, models: Models) -> Provider:
    return look.provider(models)


@operator(version=1, quality=Quality("text_read_back", at_least=1.0), choose=choose)
def caption(params: CaptionParams, ctx: Context) -> CaptionResult:
    given = opened(params.image, ctx)
    width, height = given.size
    if min(width, height) < LEAST_SIDE:
        told = f"the picture is {width}x{height}; words need {LEAST_SIDE} px of each side: scale it up"
        raise InvalidParameter(told, field="image")
    letters = Lettering(look.found(ctx, params.font), given.size, params.style(bottom=params.margin))
    letters.require([params.text])
    drawn = letters.picture(params.text)
    if drawn is None:
        raise InvalidParameter("text holds nothing but blanks; give words", field="text")
    words, left, top = drawn
    if params.position != "bottom":
        top = round(params.margin * height) if params.position == "top" else (height - words.shape[0]) // 2
        top = max(0, min(top, height - words.shape[0]))
    laid = blending.over(pictures.rgba(given.pixels), words[..., :3], words[..., 3], x=left, y=top)
    made = laid if pictures.has_alpha(given.pixels) else pictures.rgb(laid)
    return saved(
        ctx,
        made,
        given.notes,
        CaptionResult,
        lines=tuple(letters.lines(params.text)[0]),
        left=left,
        top=top,
        right=left + words.shape[1],
        bottom=top + words.shape[0],
    )
