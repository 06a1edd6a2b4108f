"""Still pictures: written, read, fitted, and laid side by side on a contact sheet.

JPEG, PNG and WebP through OpenCV's codecs. A picture appears under its name only when it
is complete. Colour profiles and other metadata are dropped; animated GIFs are made by the
operators that need them, through FFmpeg.
"""

import math
import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import EmptyFile, InvalidParameter, NotMedia, ObjectNotFound
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Picture = NDArray[np.uint8]

QUALITY = 92  # of JPEG and WebP, 1–100; no visible loss in photographs
PNG_LEVEL = 1  # zlib level: photographs come within 5 % of the smallest file, in a third of the time…
PNG_FILTER = 32  # …and in a fifth with this filter alone (differences to the row above), which is the best for most
PNG_START, PNG_END = b"\x89PNG\r\n\x1a\n", 12  # how such a file begins, and bytes of its last chunk
SHEET_CELL = (320, 180)  # (width, height) of one picture on a contact sheet
SHEET_GROUND = 32  # grey level between the pictures
SHEET_LINE = 4  # pixels between the pictures


def save(rgb: Picture, path: str | Path, *, quality: int = QUALITY) -> str:
    """Write uint8 [h, w, 3] (RGB), [h, w, 4] (RGBA) or [h, w] (grey) as its file name's ending says; gives the path.

    `quality` counts for JPEG and WebP. JPEG drops alpha. `InvalidParameter` names endings that are not known.
    """
    path = Path(path)
    options = {
        ".jpg": [cv2.IMWRITE_JPEG_QUALITY, quality],
        ".jpeg": [cv2.IMWRITE_JPEG_QUALITY, quality],
        ".png": [cv2.IMWRITE_PNG_COMPRESSION, PNG_LEVEL, cv2.IMWRITE_PNG_FILTER, PNG_FILTER],
        ".webp": [cv2.IMWRITE_WEBP_QUALITY, quality],
    }
    ending = path.suffix.lower()
    if ending not in options:
        raise InvalidParameter(f"a picture cannot be written as {path.name!r}: use .jpg, .png or .webp")
    _, coded = cv2.imencode(ending, _swapped(rgb, to_alpha=ending not in (".jpg", ".jpeg")), options[ending])
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(coded.tobytes())
    os.replace(part, path)
    return str(path)


def label(path: str | Path, key: str, text: str) -> None:
    """Write a text into a PNG, under a key of Latin letters (`iTXt`: PNG 1.2, 4.2.3.3). No pixel changes."""
    path = Path(path)
    coded, body = path.read_bytes(), b"iTXt" + key.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(coded[:-PNG_END] + chunk + coded[-PNG_END:])
    os.replace(part, path)


def label_of(path: str | Path, key: str) -> str | None:
    """The text that `label` wrote into a file; None for any other one."""
    coded, mark = Path(path).read_bytes(), b"iTXt" + key.encode("latin-1") + b"\0\0\0\0\0"
    at = coded.find(mark) if coded.startswith(PNG_START) else -1
    if at < 4:
        return None
    (length,) = struct.unpack(">I", coded[at - 4 : at])
    return coded[at + len(mark) : at + 4 + length].decode(errors="replace")


def jpeg(rgb: Picture, *, quality: int = QUALITY) -> bytes:
    """The picture, uint8 [h, w, 3] RGB, as the bytes of a JPEG file."""
    return bytes(cv2.imencode(".jpg", _swapped(rgb, to_alpha=False), [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def load(path: str | Path) -> Picture:
    """The picture as uint8 [h, w, 3] RGB, turned as its EXIF orientation says; alpha is dropped.

    Raises ObjectNotFound, EmptyFile or NotMedia.
    """
    path = Path(path)
    try:
        coded = path.read_bytes()
    except FileNotFoundError as error:
        raise ObjectNotFound(f"there is no file {path}") from error
    if not coded:
        raise EmptyFile(f"{path.name} is empty (0 bytes); upload it again")
    # OpenCV answers None for most unreadable data and raises for some (too many pixels).
    try:
        bgr = cv2.imdecode(np.frombuffer(coded, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise NotMedia(f"{path.name} cannot be read as a picture ({error.err})") from error
    if bgr is None:
        raise NotMedia(f"{path.name} is not a picture that can be read: send JPEG, PNG or WebP")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def resized(picture: Picture, width: int, height: int) -> Picture:
    """The picture at exactly this size: averaged where it shrinks, cubic where it grows."""
    if picture.shape[:2] == (height, width):
        return picture
    shrinks = width * height < picture.shape[0] * picture.shape[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), np.uint8)


def fitted(picture: Picture, width: int, height: int) -> Picture:
    """The largest copy that fits into this size, aspect kept; never enlarged."""
    scale = min(width / picture.shape[1], height / picture.shape[0], 1.0)
    return resized(picture, max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))


def fitted_over(picture: Picture, width: int, height: int) -> Picture:
    """A copy that covers exactly this size, aspect kept.

    What sticks out is cut off, evenly at the sides, but more of it below than above: heads are above.
    """
    scale = max(width / picture.shape[1], height / picture.shape[0])
    grown = resized(picture, max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale)))
    x, y = (grown.shape[1] - width) // 2, (grown.shape[0] - height) // 4
    return np.ascontiguousarray(grown[y : y + height, x : x + width])


def contact_sheet(pictures: Sequence[Picture], *, cell: tuple[int, int] = SHEET_CELL, columns: int = 0) -> Picture:
    """RGB pictures of any sizes, centred in equal cells of (width, height), row by row; uint8 [h, w, 3].

    `columns` 0 makes the sheet about square. `InvalidParameter` without any picture.
    """
    if not pictures:
        raise InvalidParameter("a contact sheet needs at least one picture")
    columns = columns or math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    width, height = cell[0] + SHEET_LINE, cell[1] + SHEET_LINE
    sheet = np.full((rows * height + SHEET_LINE, columns * width + SHEET_LINE, 3), SHEET_GROUND, np.uint8)
    for number, picture in enumerate(pictures):
        small = fitted(picture, *cell)
        top = SHEET_LINE + number // columns * height + (cell[1] - small.shape[0]) // 2
        left = SHEET_LINE + number % columns * width + (cell[0] - small.shape[1]) // 2
        sheet[top : top + small.shape[0], left : left + small.shape[1]] = small
    return sheet


def _swapped(rgb: Picture, *, to_alpha: bool) -> Picture:
    if rgb.ndim == 2:
        return rgb
    if rgb.shape[2] == 4:
        return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGBA2BGRA if to_alpha else cv2.COLOR_RGBA2BGR), np.uint8)
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), np.uint8)
