"""Text in pictures: where it is, and what it says. PP-OCR's small networks, which lie inside the `rapidocr` wheel.

Only the two weight files of that package are used: finding is a differentiable binarization network (M. Liao et al.,
"Real-time scene text detection with differentiable binarization", AAAI 2020), reading a network with a CTC head
(A. Graves et al., ICML 2006). Both run on onnxruntime under the run's cap of threads. Nothing is fetched, ever.

A region is a rectangle, perhaps tilted; bent text is cut in straight pieces or read badly. Text is read left to
right and never upside down. Which letters may occur can be narrowed (`Letters`), so that a stroke of a Chinese
character is not taken for a kana or a sign.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import ModelNotInstalled
from reelwright.loading import lazy
from reelwright.models import onnx
from reelwright.models.port import Models

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

NAME = "ocr"
PACKAGE = "rapidocr"
DETECTOR, READER = "models/*_det_*.onnx", "models/*_rec_*.onnx"

LONGEST = 960  # px of a picture's longer side when text is looked for; a letter needs about 8 px of it
STRIDE = 32  # the detector halves its input five times
INSIDE = 0.3  # probability from which a pixel counts as text
SURE = 0.5  # mean probability a region needs
GROWN = 1.6  # the network marks the core of a line; area over perimeter times this is missing on each side
THINNEST = 3  # px of the probability map
LEVEL = math.radians(1.5)  # a line tilted less is cut out straight

HEIGHT = 48  # px; the reader's input
LEAST_WIDTH = 320  # px; what the reader was trained on is never narrower
WIDTH_STEP = 64  # px; lines whose widths fall in one step are read together
BATCH = 6
SUSPECTED = 0.02  # probability from which a space between Western letters is one: mends most lost ones, adds none
ENDING = ",.;!?)-"
VARIANT = 0.4  # of a rare character's probability, that a usual one needs to be what is meant: 眞 is how some draw 真
BLANK = 0  # CTC's class for "no letter here"
UPRIGHT = 1.5  # a region so much higher than wide holds a line written downwards

Rgb = NDArray[np.uint8]
Letters = Literal["all", "han", "latin"]
"""`han`: Chinese characters, Latin letters, and both kinds of punctuation. `latin`: no Chinese ones."""

_SIGNS = "·—‘’“”…€£¥°±×÷%‰№"
_LATIN = ((0x20, 0x7E), (0xA1, 0x24F), (0x2010, 0x2026))
_CHARACTERS = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
_CHINESE = ((0x3001, 0x3011), (0x3014, 0x301F), *_CHARACTERS, (0xFF01, 0xFF5E))
_HAN = (*_LATIN, *_CHINESE)


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """Where a line of text is: corners float32 [4, 2] (x, y) in pixels, clockwise from the top left; `score` 0–1."""

    corners: NDArray[np.float32]
    score: float

    @property
    def box(self) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) of the upright rectangle around it, right and bottom beyond the last pixel."""
        low, high = np.floor(self.corners.min(0)), np.ceil(self.corners.max(0))
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])

    @property
    def tilt(self) -> float:
        """Radians of its upper edge against the horizontal."""
        along = self.corners[1] - self.corners[0]
        return float(np.arctan2(along[1], along[0]))


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as read. `score`: mean probability of its letters, 0–1; 0 for no text at all."""

    text: str
    score: float
    scores: tuple[float, ...]
    """The probability of each letter of `text`."""
    places: tuple[float, ...]
    """Where each letter was seen: share of the line's width, 0–1."""


class Ocr:
    """Both networks, loaded. Pictures are uint8 [height, width, 3], RGB."""

    def __init__(self) -> None:
        self._detector = onnx.session(_weights(DETECTOR))
        self._reader = onnx.session(_weights(READER))
        # The letters stand in the file, one a line; the space is the class after the last of them.
        self._letters = ("", *self._reader.metadata["character"].splitlines(), " ")
        self._barred: dict[Letters, NDArray[np.bool_]] = {}
        self._rare = np.array([_is_rare(one) for one in self._letters])
        self._unusual = self._rare.copy()
        self._unusual[BLANK] = True

    def find(self, picture: Rgb, *, longest: int = LONGEST) -> tuple[Region, ...]:
        """The lines of text, from top to bottom, those of one row from left to right.

        The picture is looked at no larger than `longest` pixels on its longer side.
        """
        scale = min(1.0, longest / max(picture.shape[:2]))
        height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
        small = picture if scale == 1 else _resized(picture, width, height, cv2.INTER_AREA)
        # Filled up instead of stretched; grey is what the network knows as nothing.
        padded = np.zeros((1, 3, -(-height // STRIDE) * STRIDE, -(-width // STRIDE) * STRIDE), np.float32)
        padded[0, :, :height, :width] = _normal(small)
        sure = self._detector.run({"x": padded})[0][0, 0, :height, :width]
        return _in_order([_scaled(one, scale, picture.shape) for one in _regions(sure)])

    def read(self, lines: Sequence[Rgb], *, letters: Letters = "all") -> list[Reading]:
        """What each picture of one line says, in the order given."""
        found: dict[int, Reading] = {}
        for batch in _batches([_reader_width(one) for one in lines]):
            width = max(_reader_width(lines[index]) for index in batch)
            stack = np.zeros((len(batch), 3, HEIGHT, max(LEAST_WIDTH, width)), np.float32)
            for row, index in enumerate(batch):
                wide = _reader_width(lines[index])
                stack[row, :, :, :wide] = _normal(_resized(lines[index], wide, HEIGHT, cv2.INTER_LINEAR))
            odds = self._reader.run({"x": stack})[0]
            for row, index in enumerate(batch):
                filled = _reader_width(lines[index]) / stack.shape[3]
                found[index] = self._decoded(odds[row], filled, letters)
        return [found[index] for index in range(len(lines))]

    def find_and_read(
        self, picture: Rgb, *, letters: Letters = "all", longest: int = LONGEST
    ) -> list[tuple[Region, Reading]]:
        """The lines of a picture with what they say; regions in which nothing can be read are left out."""
        regions = self.find(picture, longest=longest)
        readings = self.read([cut(picture, one) for one in regions], letters=letters)
        return [(region, said) for region, said in zip(regions, readings, strict=True) if said.text]

    def _decoded(self, odds: NDArray[np.float32], filled: float, letters: Letters) -> Reading:
        """Best path of a CTC head's answer [steps, letters]; `filled`: share of the steps that show the line."""
        if letters not in self._barred:
            self._barred[letters] = _barred(self._letters, letters)
        best = odds.argmax(1)
        wrong = self._barred[letters][best]
        best[wrong] = np.where(self._barred[letters], 0, odds[wrong]).argmax(1)
        rare = self._rare[best]
        usual = np.where(self._unusual | self._barred[letters], 0, odds[rare])
        best[rare] = np.where(usual.max(1, initial=0) >= VARIANT * odds[rare, best[rare]], usual.argmax(1), best[rare])
        fresh = np.flatnonzero((best != BLANK) & (best != np.concatenate(([BLANK], best[:-1]))))
        read = [(int(at), self._letters[best[at]], float(odds[at, best[at]])) for at in fresh]
        told = list(_with_spaces(read, odds[:, -1]))
        steps = len(best) * filled
        scores = tuple(score for _, _, score in told)
        return Reading(
            "".join(letter for _, letter, _ in told),
            sum(scores) / len(scores) if scores else 0.0,
            scores,
            tuple(min(1.0, (at + 0.5) / steps) for at, _, _ in told),
        )


def _with_spaces(
    told: Sequence[tuple[int, str, float]], spaces: NDArray[np.float32]
) -> Iterator[tuple[int, str, float]]:
    """(step, letter, probability), with the spaces put in that the reader suspected between Western letters.

    It learnt from lines mostly without any, and prefers to see nothing in a narrow gap; but where there is no gap it
    gives a space no probability at all. `spaces`: that probability at each step.
    """
    for index, (at, letter, score) in enumerate(told):
        if index and _may_part(told[index - 1][1], letter):
            gap = spaces[told[index - 1][0] + 1 : at]
            if len(gap) and gap.max() > SUSPECTED:
                yield told[index - 1][0] + 1 + int(gap.argmax()), " ", score
        yield at, letter, score


def _may_part(before: str, after: str) -> bool:
    """Western letters or digits, or such a one after a mark that ends something; "8:15" has no space in it."""
    return _is_western(after) and after.isalnum() and _is_western(before) and (before.isalnum() or before in ENDING)


def _is_western(letter: str) -> bool:
    return letter != " " and _within(ord(letter[0]), _LATIN)


def warm(models: Models) -> Ocr:
    """The networks, loaded once per worker process. `ModelNotInstalled` if the package that holds them is missing."""
    return models.warm(NAME, Ocr)


def cut(picture: Rgb, region: Region) -> Rgb:
    """The line alone, upright, uint8 [h, w, 3]; one written downwards is turned to run from left to right."""
    corners = region.corners
    width = max(1, round(float(np.linalg.norm(corners[1] - corners[0]))))
    height = max(1, round(float(np.linalg.norm(corners[3] - corners[0]))))
    if abs(region.tilt) < LEVEL:
        left, top, right, bottom = region.box
        line = picture[max(0, top) : bottom, max(0, left) : right]
    else:
        flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        into = cv2.getPerspectiveTransform(corners, flat)
        warped = cv2.warpPerspective(
            picture, into, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        line = np.asarray(warped, np.uint8)
    return np.ascontiguousarray(np.rot90(line) if height >= UPRIGHT * width else line)


def _weights(pattern: str) -> Path:
    spec = find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations if spec else None) or ():
        for path in sorted(Path(folder).glob(pattern)):
            return path
    raise ModelNotInstalled(f"no {pattern} in the package {PACKAGE!r}; `pip install 'rapidocr>=3.10'` brings it")


def _resized(picture: Rgb, width: int, height: int, way: int) -> Rgb:
    return np.asarray(cv2.resize(picture, (width, height), interpolation=way), np.uint8)


def _normal(picture: Rgb) -> NDArray[np.float32]:
    """float32 [3, h, w] of -1…1, blue first, as the networks learnt it."""
    scaled: NDArray[np.float32] = picture[..., ::-1].transpose(2, 0, 1).astype(np.float32) / np.float32(127.5) - 1
    return scaled


def _regions(sure: NDArray[np.float32]) -> Iterator[tuple[NDArray[np.float32], float]]:
    """Corners and mean probability of each connected part of a probability map [h, w]."""
    mask = cv2.dilate((sure > INSIDE).astype(np.uint8), np.ones((2, 2), np.uint8))
    for outline in cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        centre, (across, down), angle = cv2.minAreaRect(outline)
        if min(across, down) < THINNEST:
            continue
        score = _mean_inside(sure, _corners(centre, (across, down), angle))
        if score >= SURE:
            more = GROWN * across * down / (across + down)
            yield _clockwise(_corners(centre, (across + more, down + more), angle)), score


def _corners(centre: Sequence[float], sides: tuple[float, float], angle: float) -> NDArray[np.float32]:
    return np.asarray(cv2.boxPoints((centre, sides, angle)), np.float32)


def _mean_inside(sure: NDArray[np.float32], corners: NDArray[np.float32]) -> float:
    height, width = sure.shape
    left, top = np.clip(np.floor(corners.min(0)).astype(int), 0, (width - 1, height - 1))
    right, bottom = np.clip(np.ceil(corners.max(0)).astype(int), 0, (width - 1, height - 1))
    mask = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(mask, [(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(sure[top : bottom + 1, left : right + 1], mask)[0])


def _clockwise(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """The corners from the top left on, whichever of them OpenCV calls the first."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left, right = (side[np.argsort(side[:, 1], kind="stable")] for side in (by_x[:2], by_x[2:]))
    return np.stack([left[0], right[0], right[1], left[1]]).astype(np.float32)


def _scaled(found: tuple[NDArray[np.float32], float], scale: float, shape: tuple[int, ...]) -> Region:
    corners, score = found
    inside = np.clip(corners / scale, 0, (shape[1], shape[0]))
    return Region(inside.astype(np.float32), score)


def _in_order(regions: list[Region]) -> tuple[Region, ...]:
    """By rows; a region belongs to the row above if its middle is beside that row's first one."""
    rows: list[list[Region]] = []
    for region in sorted(regions, key=lambda one: one.box[1]):
        _, top, _, bottom = region.box
        first = rows[-1][0].box if rows else None
        if first and first[1] <= (top + bottom) / 2 < first[3]:
            rows[-1].append(region)
        else:
            rows.append([region])
    return tuple(region for row in rows for region in sorted(row, key=lambda one: one.box[0]))


def _reader_width(line: Rgb) -> int:
    height, width = line.shape[:2]
    return max(1, math.ceil(HEIGHT * int(width) / int(height)))


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Indices to be read together: at most `BATCH`, of about one width, for padding costs as much as text."""
    batch: list[int] = []
    for index in sorted(range(len(widths)), key=lambda one: widths[one]):
        step = max(widths[index], LEAST_WIDTH) // WIDTH_STEP
        if batch and (len(batch) == BATCH or max(widths[batch[0]], LEAST_WIDTH) // WIDTH_STEP != step):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _barred(letters: Sequence[str], wanted: Letters) -> NDArray[np.bool_]:
    """Which of the reader's classes may not occur."""
    if wanted == "all":
        return np.zeros(len(letters), bool)
    spans = _HAN if wanted == "han" else _LATIN
    return np.array([bool(one) and not (one in _SIGNS or _within(ord(one[0]), spans)) for one in letters])


def _is_rare(letter: str) -> bool:
    """Is it a Chinese character that neither of the two common character sets has, the mainland's and Taiwan's?"""
    if not letter or not _within(ord(letter[0]), _CHARACTERS):
        return False
    return not any(_is_in(letter, charset) for charset in ("gb2312", "big5"))


def _is_in(letter: str, charset: str) -> bool:
    try:
        letter.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _within(code: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(low <= code <= high for low, high in spans)
