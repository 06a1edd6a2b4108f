"""Still pictures as they are, whatever they are kept as: alpha, grey, palettes, 16 bits, CMYK, turned by EXIF.

A picture is uint8: [h, w] grey, [h, w, 3] RGB or [h, w, 4] RGBA, alpha not multiplied in. Of several pictures in a file
the first is taken. Colour profiles are not applied; `Opened.notes` say what was changed or left out. Pictures of more
than `MOST_PIXELS` are refused before one of their pixels is read. Writing is in `media.images`.
"""

import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import BadMedia, EmptyFile, InvalidParameter, NotMedia, ObjectNotFound, TooLarge, TruncatedMedia
from reelwright.kernels.rows import by_rows
from reelwright.loading import lazy

if TYPE_CHECKING:
    from PIL import Image, ImageOps
else:
    Image = lazy("PIL.Image")
    ImageOps = lazy("PIL.ImageOps")

Picture = NDArray[np.uint8]
Method = Literal["auto", "nearest", "bilinear", "bicubic", "area", "lanczos"]
Fit = Literal["stretch", "cover", "contain", "pad"]
Size = tuple[int, int]

MOST_PIXELS = 64_000_000  # 256 MB as RGBA; an operator holds a few of them
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")  # decoders that start no program and read no other file
DEEP = ("I", "I;16", "I;16L", "I;16B", "I;16N")
BYTE_OF_WORD = 8  # bits dropped of 16
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, struct.error)  # what decoders raise on damaged files
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # of R, G, B: ITU-R BT.601


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture that was read. `notes`: what of the file does not show in it."""

    pixels: Picture
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> Size:
        """(width, height)."""
        return self.pixels.shape[1], self.pixels.shape[0]


def opened(path: str | Path) -> Opened:
    """The picture of a file. Raises ObjectNotFound, EmptyFile, NotMedia, TruncatedMedia or TooLarge."""
    path = Path(path)
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise ObjectNotFound(f"there is no file {path}") from error
    if not size:
        raise EmptyFile(f"{path.name} is empty (0 bytes); upload it again")
    with warnings.catch_warnings():
        # What decoders warn of is said in our own words, or does not matter (odd metadata).
        warnings.simplefilter("ignore")
        return _read(path)


def _read(path: Path) -> Opened:
    try:
        with Image.open(path, formats=FORMATS) as file:
            check_size(file.width, file.height, path.name)
            notes = _notes(file)
            try:
                file.load()
            except UNREADABLE as error:
                raise TruncatedMedia(
                    f"{path.name} is damaged or cut short ({error}); the upload probably broke off, send it again"
                ) from error
            return Opened(_pixels(ImageOps.exif_transpose(file), path), tuple(notes))
    except Image.DecompressionBombError as error:
        raise _too_large(path.name, str(error)) from error
    except BadMedia:
        raise
    except UNREADABLE as error:
        raise NotMedia(
            f"{path.name} is not a picture that can be read: send JPEG, PNG, WebP, TIFF, BMP or GIF"
        ) from error


def check_size(width: int, height: int, name: str = "the picture", field: str | None = None) -> None:
    """`TooLarge` for more pixels than are worked on."""
    if width * height > MOST_PIXELS:
        raise _too_large(name, f"{width}x{height}", field)


def _too_large(name: str, size: str, field: str | None = None) -> TooLarge:
    most = MOST_PIXELS // 1_000_000
    return TooLarge(f"{name} is too large ({size}): {most} million pixels are the most; scale it down", field=field)


def _notes(file: "Image.Image") -> list[str]:
    notes = []
    profile = file.info.get("icc_profile") or b""
    if profile and b"sRGB" not in profile and "sRGB".encode("utf-16-be") not in profile:
        notes.append("the colour profile was ignored: colours are taken for sRGB")
    count = getattr(file, "n_frames", 1)
    if count > 1:
        notes.append(f"only the first of {count} pictures was taken")
    if _is_deep(file):
        notes.append("the picture was reduced from 16 bits to 8")
    if file.mode == "CMYK":
        notes.append("CMYK was converted to RGB without a profile")
    return notes


def _is_deep(file: "Image.Image") -> bool:
    raw = [str(tile[3][0] if isinstance(tile[3], tuple) else tile[3]) for tile in getattr(file, "tile", ()) if tile[3]]
    return file.mode in DEEP or any(";16" in one for one in raw)


def _pixels(file: "Image.Image", path: Path) -> Picture:
    if file.mode in DEEP:
        words = np.asarray(file)
        return (words.astype(np.int64).clip(0, 0xFFFF) >> BYTE_OF_WORD).astype(np.uint8)
    if file.mode == "F":
        raise NotMedia(f"{path.name} holds floating-point samples, whose range nobody knows; save it with 8 or 16 bits")
    if file.mode in ("1", "L") and "transparency" not in file.info:
        return np.array(file.convert("L"), np.uint8)
    return np.array(file.convert("RGBA" if file.has_transparency_data else "RGB"), np.uint8)


# ---- What it is made of


def alpha(pixels: Picture) -> Picture:
    """uint8 [h, w]; 255 where there is no alpha."""
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        return np.ascontiguousarray(pixels[..., 3])
    return np.full(pixels.shape[:2], 255, np.uint8)


def has_alpha(pixels: Picture) -> bool:
    return pixels.ndim == 3 and pixels.shape[2] == 4


def rgb(pixels: Picture) -> Picture:
    """uint8 [h, w, 3], without alpha."""
    return np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else np.ascontiguousarray(pixels[..., :3])


def rgba(pixels: Picture) -> Picture:
    """uint8 [h, w, 4]."""
    return pixels if has_alpha(pixels) else np.dstack([rgb(pixels), alpha(pixels)])


def luma(pixels: Picture) -> Picture:
    """uint8 [h, w], BT.601, of the colours alone."""
    if pixels.ndim == 2:
        return pixels
    return by_rows(lambda part: np.asarray(np.rint(part[..., :3].astype(np.float32) @ LUMA), np.uint8), pixels)


def with_alpha(colours: Picture, share: Picture) -> Picture:
    """The colours of one picture with another alpha, uint8 [h, w, 4]."""
    return np.dstack([rgb(colours), share])


def mask(path: str | Path, size: Size | None = None) -> Picture:
    """A picture as a mask, uint8 [h, w]: its luma; scaled to `size` if that is given and another."""
    found = luma(opened(path).pixels)
    return found if size is None else scaled(found, *size, method="bilinear")


# ---- Its size


def scaled(pixels: Picture, width: int, height: int, *, method: Method = "auto") -> Picture:
    """At exactly this size. Each method weighs all pixels that a new one covers, so that nothing flickers or breaks up;
    `nearest` picks one. `auto`: area where it shrinks, bicubic where it grows. Colours do not bleed out of alpha."""
    check_size(width, height, "the scaled picture")
    if pixels.shape[:2] == (height, width):
        return pixels
    if method == "auto":
        method = "area" if width * height < pixels.shape[0] * pixels.shape[1] else "bicubic"
    ways = {"nearest": "NEAREST", "bilinear": "BILINEAR", "bicubic": "BICUBIC", "area": "BOX", "lanczos": "LANCZOS"}
    resized = Image.fromarray(pixels).resize((width, height), Image.Resampling[ways[method]])
    return np.array(resized, np.uint8)


def fitted(
    pixels: Picture,
    size: Size,
    *,
    fit: Fit = "stretch",
    method: Method = "auto",
    ground: tuple[int, ...] = (0, 0, 0, 255),
) -> Picture:
    """Into (width, height): stretched to it, covering it (the middle is kept), as large as fits in it, or that on a
    canvas of its size in the colour `ground` (RGBA)."""
    width, height = size
    if fit == "stretch":
        return scaled(pixels, width, height, method=method)
    inner = inside(pixels.shape[1], pixels.shape[0], size, cover=fit == "cover")
    found = scaled(pixels, *inner, method=method)
    if fit == "cover":
        x, y = (inner[0] - width) // 2, (inner[1] - height) // 2
        return np.ascontiguousarray(found[y : y + height, x : x + width])
    if fit == "contain" or inner == size:
        return found
    x, y = (width - inner[0]) // 2, (height - inner[1]) // 2
    return padded(found, (x, y, width - inner[0] - x, height - inner[1] - y), ground)


def inside(width: int, height: int, size: Size, *, cover: bool = False) -> Size:
    """The size of the same shape that just fits into another one, or just covers it."""
    ratios = (size[0] / width, size[1] / height)
    if cover:
        scale = max(ratios)
        return max(size[0], round(width * scale)), max(size[1], round(height * scale))
    scale = min(ratios)
    return max(1, min(size[0], round(width * scale))), max(1, min(size[1], round(height * scale)))


def padded(pixels: Picture, sides: tuple[int, int, int, int], ground: tuple[int, ...]) -> Picture:
    """More canvas: pixels to the left, top, right and bottom, in the colour `ground` (RGBA).

    A grey picture stays so if the ground is grey too; one without alpha gets it where the ground has some.
    """
    left, top, right, bottom = sides
    height, width = pixels.shape[0] + top + bottom, pixels.shape[1] + left + right
    check_size(width, height, "the padded picture")
    if ground[3] < 255:
        pixels = rgba(pixels)
    elif pixels.ndim == 2 and len(set(ground[:3])) > 1:
        pixels = rgb(pixels)
    colour = ground[0] if pixels.ndim == 2 else np.array(ground[: pixels.shape[2]], np.uint8)
    canvas = np.empty((height, width, *pixels.shape[2:]), np.uint8)
    canvas[:] = colour
    canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return canvas


def colour(text: str) -> tuple[int, int, int, int]:
    """RGBA of `#RRGGBB` or `#RRGGBBAA`."""
    if len(text) not in (7, 9) or text[0] != "#":
        raise InvalidParameter(f"{text!r} is no colour: write it as #RRGGBB")
    values = bytes.fromhex(text[1:])
    return values[0], values[1], values[2], values[3] if len(values) == 4 else 255
