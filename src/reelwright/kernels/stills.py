"""How good a picture is to look at: sharp, lit, with something to see. Only pixels count, not meaning.

`measure` looks at one picture. `Level` says what is usual in one video, because what is dark,
soft or plain can only be told by comparison: a film shot at night has no bright frame.
`fault` names why a picture cannot be shown; `interest` ranks the others.

Sources: variance of the Laplacian as a focus measure (Pech-Pacheco et al., "Diatom autofocusing
in brightfield microscopy", ICPR 2000); blur as what another blur no longer takes away (Crété et
al., "The blur effect", SPIE 6492, 2007); colourfulness (Hasler & Süsstrunk, "Measuring
colourfulness in natural images", SPIE 5007, 2003).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Fault = Literal["black", "blown out", "flat", "blurred"]
Picture = NDArray[np.uint8]
Gray = NDArray[np.uint8]

TILES = 6  # the sharpest part counts: a sharp face before a soft ground is a sharp picture
SHARP_SHARE = 0.8  # quantile of the tiles that stands for the sharp part
BLUR_LENGTH = 9  # pixels of the averaging filter in the blur measure, as in the paper

BLACK = 40  # grey level that hardly anything exceeds in a black picture
BLOWN = 0.6  # share of clipped white pixels
FLAT = 7.0  # grey levels of contrast
FLAT_ENTROPY = 2.0  # bits; text on a plain ground has 1 to 3, a photograph 6 to 7.8
DARK_PART = 0.35  # of the video's usual brightness: darker is a fade or a black-out
SOFT_DROP = 0.6  # decades of detail below the video's sharp pictures that count as blurred where edges are soft too
SHARP_PART = 0.15  # of the pictures, the sharpest of the video: a film may be out of focus for most of its time
BARE_DROP = 1.6  # decades below its sharp pictures: nothing sharp is in it, whatever edges the coder has made
PLAIN = 1.3  # detail that a street from above or a face before a wall has, if it is sharp
PLAIN_DROP = 1.0  # decades below the usual that count as blurred by themselves
SOFT = 0.5  # blur measure from which a picture may be called blurred at all; sharp ones have 0.2 to 0.4
VERY_SOFT = 0.72  # blur measure of a picture without one sharp edge

COLOURFUL = 80.0  # Hasler & Süsstrunk: "highly colourful"
BEST_LUMA = 0.48  # mean brightness of well exposed photographs
WEIGHTS = {"detail": 3.0, "entropy": 2.0, "contrast": 1.5, "colour": 1.5, "exposure": 2.0}  # together 10


@dataclass(frozen=True, slots=True)
class Still:
    """The measures of one picture."""

    luma: float
    """Mean brightness, 0–1."""
    contrast: float
    """Standard deviation of the grey levels, 0–128."""
    brightest: float
    """Grey level below which 99 % of the pixels are."""
    clipped: float
    """Share of pixels at the white end, 0–1."""
    detail: float
    """log10 of the Laplacian's variance in the sharp part; 0 to 4."""
    blur: float
    """0 (sharp) to 1, little dependent on what is shown."""
    entropy: float
    """Bits of the grey-level histogram, 0–8."""
    colour: float
    """Colourfulness, 0 (grey) to about 110."""


@dataclass(frozen=True, slots=True)
class Level:
    """What is usual in a video: medians over the pictures that show something, and what its sharpest ones reach."""

    luma: float
    detail: float
    blur: float
    sharp_detail: float = 0.0
    """Detail that the sharpest pictures reach (`SHARP_PART` of them)."""
    sharp_blur: float = 1.0
    """Blur that they stay below."""

    @classmethod
    def of(cls, stills: Sequence[Still]) -> "Level":
        shown = [one for one in stills if fault(one) is None]
        if not shown:
            return cls(0.0, 0.0, 1.0)
        return cls(
            luma=float(np.median([one.luma for one in shown])),
            detail=float(np.median([one.detail for one in shown])),
            blur=float(np.median([one.blur for one in shown])),
            sharp_detail=float(np.quantile([one.detail for one in shown], 1 - SHARP_PART)),
            sharp_blur=float(np.quantile([one.blur for one in shown], SHARP_PART)),
        )


def measure(rgb: Picture) -> Still:
    """Measures of a picture, uint8 [h, w, 3] RGB. Compare only pictures of one size, about 480 pixels wide."""
    gray = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    shares = np.bincount(gray.ravel(), minlength=256) / gray.size
    return Still(
        luma=float(gray.mean()) / 255,
        contrast=float(gray.std()),
        brightest=float(np.searchsorted(np.cumsum(shares), 0.99)),
        clipped=float(shares[250:].sum()),
        detail=detail(gray),
        blur=blur(gray),
        entropy=float(-(shares[shares > 0] * np.log2(shares[shares > 0])).sum()),
        colour=colourfulness(rgb),
    )


def detail(gray: Gray) -> float:
    """log10(1 + variance of the Laplacian) of the sharper tiles of a uint8 [h, w] picture; 0 to 4."""
    edges = cv2.Laplacian(gray, cv2.CV_32F, ksize=1)
    grid = (min(TILES, gray.shape[1]), min(TILES, gray.shape[0]))
    # Means over the tiles are what area interpolation gives.
    mean = cv2.resize(edges, grid, interpolation=cv2.INTER_AREA)
    square = cv2.resize(edges * edges, grid, interpolation=cv2.INTER_AREA)
    return float(np.log10(1 + max(0.0, float(np.quantile(square - mean * mean, SHARP_SHARE)))))


def blur(gray: Gray) -> float:
    """The blur measure of Crété et al. of a uint8 [h, w] picture: 0 sharp, 1 blurred; 1 for a flat one."""
    real = gray.astype(np.float32)
    worst = 0.0
    for across, size in ((True, (BLUR_LENGTH, 1)), (False, (1, BLUR_LENGTH))):
        steps, softer = _steps(real, across), _steps(np.asarray(cv2.blur(real, size), np.float32), across)
        whole = float(steps.sum())
        lost = float(np.maximum(steps - softer, 0).sum())
        worst = max(worst, 1 - lost / whole if whole > 0 else 1.0)
    return worst


def _steps(real: NDArray[np.float32], across: bool) -> NDArray[np.float32]:
    """Absolute differences of neighbours."""
    one, other = (real[:, 1:], real[:, :-1]) if across else (real[1:], real[:-1])
    return np.asarray(cv2.absdiff(one, other), np.float32)


def colourfulness(rgb: Picture) -> float:
    """Hasler & Süsstrunk's M3 of a uint8 [h, w, 3] picture: 0 grey, 33 average, 109 extreme."""
    # Colour is coarse: every second pixel in both directions tells as much.
    red, green, blue = (channel.astype(np.int16) for channel in np.moveaxis(rgb[::2, ::2], 2, 0))
    (one_mean, one_spread), (other_mean, other_spread) = (
        (float(mean.item()), float(spread.item()))
        for mean, spread in map(cv2.meanStdDev, (red - green, (red + green) // 2 - blue))
    )
    return math.hypot(one_spread, other_spread) + 0.3 * math.hypot(one_mean, other_mean)


def fault(still: Still, level: Level | None = None) -> Fault | None:
    """Why the picture cannot be shown, or None. With a `level` also what is dark or soft for that video."""
    if still.brightest < BLACK:
        return "black"
    if still.clipped > BLOWN:
        return "blown out"
    if still.contrast < FLAT or still.entropy < FLAT_ENTROPY:
        return "flat"
    if still.blur > VERY_SOFT:
        return "blurred"
    if level is not None:
        if still.luma < DARK_PART * level.luma:
            return "black"
        drop = level.sharp_detail - still.detail
        soft = still.blur > max(SOFT, level.sharp_blur) and drop > SOFT_DROP
        plain = still.detail < PLAIN and (level.detail - still.detail > PLAIN_DROP or drop > BARE_DROP)
        if soft or plain:
            return "blurred"
    return None


def interest(still: Still, level: Level) -> float:
    """How much there is to see, 0–10; compare within one video only."""
    softness = 2.0 * max(0.0, still.blur - max(min(level.blur, level.sharp_blur), SOFT - 0.1))
    parts = {
        "detail": _bounded(0.5 + (still.detail - level.detail) / 2 - softness),
        "entropy": _bounded((still.entropy - 4) / 3.7),
        "contrast": _bounded(still.contrast / 64),
        "colour": _bounded(still.colour / COLOURFUL),
        "exposure": _bounded(1 - 2.2 * abs(still.luma - BEST_LUMA)) * (1 - _bounded(still.clipped * 4)),
    }
    return sum(WEIGHTS[name] * part for name, part in parts.items())


def _bounded(value: float) -> float:
    return min(1.0, max(0.0, value))
