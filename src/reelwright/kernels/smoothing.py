"""Skin made even without being made smooth: what a retoucher does, by bands of detail.

A face's luma is taken apart into shading, blotches and texture. Shading stays, for it is the face's shape. Blotches and
small wrinkles, wider than a pore and narrower than a cheek, are what is taken down, against an edge-keeping mean
(He, Sun, Tang, "Guided image filtering", 2010) that sees skin only, so that nothing of brows or hair is drawn into it.
Texture stays nearly whole. Sizes are shares of the face's breadth, so that a face looks alike near and far.

Planes are float32 in grey levels of 8 bits; luma is twice as large as chroma and the mask.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels.maps import Map, blurred, larger, odd, size_of, smaller
from reelwright.kernels.skin import NEUTRAL
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

BLACK = 16.0
WHITE = 235.0
COARSE = 150.0  # chroma pixels of a face's breadth, at most: what is to be evened is wider than a pixel then
PORE = 0.0065  # of the breadth: what is finer is texture
BLOTCH = 0.045  # …what is wider is shading
CONTRAST = 0.065  # of the local luma: a step as high as this is half kept as an edge
LEAST_CONTRAST = 3.0  # grey levels
EVEN = 0.92  # share of the blotches that full strength takes
FINE = 0.30  # …and of the texture
COLOUR = 0.65  # …and of what the chroma varies by
LIFT = 0.36  # full strength brings a luma y (0–1) to y ** (1 - LIFT)
SOFT_LIGHT = 0.07  # of the breadth: light on a face ends nowhere sharply
FAIR = 0.12  # share of the colour that full strength takes with it
SHARP = 0.011  # of the breadth: the detail that is brought out around eyes and lips
SHARPER = 0.9  # how much of it full strength adds
FAINT = 1.2  # grey levels of detail that are noise
BEND = 0.75  # power of the strength: half of it must look like half


@dataclass(frozen=True, slots=True)
class Strength:
    """Each 0–1."""

    smooth: float = 0.0
    whiten: float = 0.0
    detail: float = 0.0

    def __bool__(self) -> bool:
        return max(self.smooth, self.whiten, self.detail) > 0

    def faded(self, part: float) -> "Strength":
        return Strength(self.smooth * part, self.whiten * part, self.detail * part)


def retouched(
    luma: Map, u: Map, v: Map, *, mask: Map, inside: Map, unit: float, strength: Strength
) -> tuple[Map, Map, Map]:
    """The window of a face, done. `mask`: how much is skin; `inside`: the face with all in it; `unit`: its breadth in
    chroma pixels."""
    half = smaller(luma, size_of(u))
    gain, step = np.ones_like(half), np.zeros_like(half)
    if strength.smooth:
        step -= np.float32(EVEN * strength.smooth**BEND) * _at_coarse(half, mask, unit) * mask
    if strength.whiten:
        gain = _gain(half, mask, _light(mask, inside, unit), unit, strength.whiten)
    done = _luma(luma, larger(gain, size_of(luma)), larger(step, size_of(luma)))
    if strength.smooth or strength.detail:
        done += _fine(luma, mask, inside, unit, strength)
    chroma = [_chroma(plane, gain, mask, unit, strength) for plane in (u, v)]
    return done, chroma[0], chroma[1]


def _luma(luma: Map, gain: Map, step: Map) -> Map:
    return np.asarray((luma + step - BLACK) * gain + np.float32(BLACK), np.float32)


def _at_coarse(half: Map, mask: Map, unit: float) -> Map:
    """The blotches of the luma at chroma size: wider than texture, narrower than shading, and no edges."""
    scale = min(1.0, COARSE / unit)
    if scale == 1:
        return _blotches(half, mask, unit)
    size = (max(4, round(half.shape[1] * scale)), max(4, round(half.shape[0] * scale)))
    return larger(_blotches(smaller(half, size), smaller(mask, size), unit * scale), size_of(half))


def _blotches(luma: Map, mask: Map, unit: float) -> Map:
    soft = PORE * unit
    plain = np.asarray(cv2.GaussianBlur(luma, (0, 0), soft), np.float32) if soft > 0.35 else luma
    return plain - _guided(plain, mask + np.float32(1e-4), odd(2 * BLOTCH * unit))


def _guided(luma: Map, weight: Map, window: int) -> Map:
    """The edge-keeping mean of skin: of each window the weighted straight line that fits it, held to the mean."""
    total = blurred(weight, window)
    mean = blurred(weight * luma, window) / total
    variance = np.maximum(blurred(weight * luma * luma, window) / total - mean * mean, 0)
    step = np.maximum(np.float32(CONTRAST) * mean, np.float32(LEAST_CONTRAST))
    slope = variance / (variance + step * step)
    offset = mean - slope * mean
    return np.asarray((blurred(weight * slope, window) * luma + blurred(weight * offset, window)) / total, np.float32)


def _light(mask: Map, inside: Map, unit: float) -> Map:
    """Where it gets brighter: skin, and softly beyond its edges within the face."""
    window = odd(2 * SOFT_LIGHT * unit)
    near = blurred(blurred(mask, window), window) / (blurred(blurred(inside, window), window) + np.float32(1e-2))
    return np.asarray(np.minimum(near, 1) * inside * blurred(inside, window), np.float32)


def _gain(half: Map, mask: Map, light: Map, unit: float, whiten: float) -> Map:
    """By how much each pixel gets brighter: told by the light around it, so that its texture stays in proportion."""
    window = odd(2 * BLOTCH * unit)
    weight = mask + np.float32(1e-4)
    local = np.clip((blurred(weight * half, window) / blurred(weight, window) - BLACK) / (WHITE - BLACK), 0.02, 1)
    return np.asarray(1 + light * (local ** np.float32(-LIFT * whiten) - 1), np.float32)


def _fine(luma: Map, mask: Map, inside: Map, unit: float, strength: Strength) -> Map:
    """Texture of skin taken down a little; edges of what is no skin within the face brought out."""
    size, added = size_of(luma), np.zeros_like(luma)
    if strength.smooth and PORE * unit > 0.2:
        texture = luma - np.asarray(cv2.GaussianBlur(luma, (0, 0), max(0.6, 2 * PORE * unit)), np.float32)
        added -= np.float32(FINE * strength.smooth) * texture * larger(mask, size)
    if strength.detail:
        edges = luma - np.asarray(cv2.GaussianBlur(luma, (0, 0), max(0.8, 2 * SHARP * unit)), np.float32)
        sure = edges * np.minimum(np.abs(edges) / np.float32(4 * FAINT), 1)
        share = np.float32(SHARPER * strength.detail) * larger(inside * (1 - mask), size)
        added += share * np.clip(sure, -24, 24)
    return added


def _chroma(plane: Map, gain: Map, mask: Map, unit: float, strength: Strength) -> Map:
    colour = plane - np.float32(NEUTRAL)
    if strength.smooth:
        weight = mask + np.float32(1e-4)
        window = odd(2 * BLOTCH * unit)
        off = colour - blurred(weight * colour, window) / blurred(weight, window)
        colour = colour - np.float32(COLOUR * strength.smooth**BEND) * mask * off
    if strength.whiten:
        # In step with luma, or dark skin would turn grey; a little less, for fair skin has less colour.
        colour = colour * (gain - np.float32(FAIR * strength.whiten) * mask)
    return np.asarray(colour + np.float32(NEUTRAL), np.float32)
