"""What operators on a still picture have in common: how a picture comes back, and how colours are written."""

from pathlib import Path
from typing import TypeVar

from reelwright.media import images, pictures
from reelwright.media.pictures import Picture
from reelwright.operators import files
from reelwright.operators.context import Context
from reelwright.operators.contract import Result, param

COLOUR = r"^#[0-9a-fA-F]{6}$"
COLOUR_ALPHA = r"^#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?$"


class PictureResult(Result):
    """A picture that was made."""

    image: files.Image = param("The picture: PNG, with alpha where there is some.")
    width: int = param("Its width.", unit="px")
    height: int = param("Its height.", unit="px")
    notes: tuple[str, ...] = param("What of the picture given could not be kept.")


R = TypeVar("R", bound=PictureResult)


def saved(ctx: Context, pixels: Picture, notes: tuple[str, ...], kind: type[R], **more: object) -> R:
    """Write the picture among the run's outputs and tell of it."""
    path = images.save(pixels, ctx.output("picture.png"))
    ctx.report(1, 1, unit="picture")
    fields = {"image": path, "width": pixels.shape[1], "height": pixels.shape[0], "notes": tuple(dict.fromkeys(notes))}
    return kind.model_validate(fields | more)


def saved_mask(ctx: Context, mask: Picture) -> str:
    return images.save(mask, ctx.output("mask.png"))


def opened(path: str, ctx: Context) -> pictures.Opened:
    """A picture that was given."""
    ctx.check()
    found = pictures.opened(Path(path))
    ctx.check()
    return found
