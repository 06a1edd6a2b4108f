"""From measures of speech to scores of 0 to 5, as listeners would give them.

Each dimension is a curve through fixed points; the overall score takes off what each is
short of 5, the worst most of all. The points were laid through what the literature says
(ITU-T P.804 and G.107 on bandwidth, loss and noise) and the graded clips of one reader
(`benchmarks/operators/audio/quality.py`); they claim order and rough size, not the votes
of a listening test. A model's opinions count half in noisiness and in the overall score, and
less where the model is deaf: it hears little of colour, and takes gaps for noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwright.kernels import loudness
from reelwright.kernels.drop_outs import STEPS as STEPS_IN_SECOND
from reelwright.kernels.speech_quality import Statistics

BEST = 5.0
NO_SPEECH = -90.0  # dB

Curve = tuple[Sequence[float], Sequence[float]]
NOISE: Curve = ((-5, 0, 5, 10, 15, 20, 25, 30, 40, 55), (0, 0.7, 1.4, 2.1, 2.8, 3.4, 3.9, 4.3, 4.7, 5))  # dB of SNR
BAND: Curve = ((500, 1000, 2000, 3400, 4300, 6000, 8000, 11000), (0.2, 0.8, 1.8, 2.9, 3.4, 4.2, 4.7, 5))  # Hz
SATURATION: Curve = ((0.0005, 0.002, 0.01, 0.05, 0.15, 0.3), (1, 0.9, 0.75, 0.55, 0.35, 0.2))  # share -> factor
DARK: Curve = ((-24, -18, -12), (0.8, 0.9, 1))  # dB for each octave -> factor
BRIGHT: Curve = ((-2, 2, 6, 12), (1, 0.85, 0.7, 0.5))
THIN: Curve = ((220, 450, 900, 1600), (1, 0.9, 0.75, 0.55))  # Hz from which there is sound -> factor
HALF_BY_HOLES = 0.1  # share of speech that is missing at which half of the score is left
HOLES: Curve = ((0, 0.002, 0.5), (1, 0.95, 0.75))  # holes a second: each is a click, however short
LEVEL: Curve = ((-60, -50, -40, -30, -25, -16, -10, -5, 0), (0, 0.8, 2.2, 4.0, 4.9, 5, 4.4, 3.4, 2.5))  # LUFS
LEVEL_WEIGHT = 0.3  # listeners turn the volume up; a sound that is too quiet is not bad for that alone
TOGETHER = 1.6  # exponent by which faults add up: 1 would be their sum, infinity the worst alone
# What DNSMOS gives to clean studio speech is about 3.4 overall and 4.1 for the background.
MODEL_OVERALL: Curve = ((1, 2, 3, 3.4, 4), (0.8, 2.1, 3.8, 4.5, 5))
MODEL_BACKGROUND: Curve = ((1, 2, 3, 3.7, 4.1, 4.5), (0.6, 1.9, 3.1, 4.2, 4.8, 5))


@dataclass(frozen=True, slots=True)
class Scores:
    """0 to 5, 5 is best."""

    mos: float
    discontinuity: float
    coloration: float
    noisiness: float
    loudness: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A model's mean opinions, 1 to 5."""

    overall: float
    background: float


NOTHING = Scores(0.0, 0.0, 0.0, 0.0, 0.0)


def scores(found: Statistics, model: Heard | None = None) -> Scores:
    """The scores of a stretch that has speech; `NOTHING` of one that has none."""
    if not found.speech or not found.spectra:
        return NOTHING
    return together(
        discontinuity_score(found), coloration_score(found), noise_score(found), on(LEVEL, speech_lufs(found)), model
    )


def together(
    discontinuity: float, coloration: float, noisiness: float, level: float, model: Heard | None = None
) -> Scores:
    """The dimensions with the overall score, and with what the model has to say."""
    short = [BEST - discontinuity, BEST - coloration, BEST - noisiness, LEVEL_WEIGHT * (BEST - level)]
    mos = max(0.0, BEST - float(np.sum(np.power(short, TOGETHER)) ** (1 / TOGETHER)))
    if model is not None:
        mos = blended(mos, on(MODEL_OVERALL, model.overall), 0.5 * coloration / BEST)
        noisiness = blended(noisiness, on(MODEL_BACKGROUND, model.background), 0.5 * discontinuity / BEST)
    return Scores(mos, discontinuity, coloration, noisiness, level)


def blended(measured: float, heard: float, share: float) -> float:
    return (1 - share) * measured + share * heard


def worst(windows: Sequence[Scores]) -> Scores:
    """Of each dimension the lowest."""
    if not windows:
        return NOTHING
    rows = [(one.mos, one.discontinuity, one.coloration, one.noisiness, one.loudness) for one in windows]
    return Scores(*(float(lowest) for lowest in np.min(rows, axis=0)))


def noise_score(found: Statistics) -> float:
    snr = found.snr_db
    return 0.0 if snr is None else on(NOISE, snr + cut_off_db(found.saturated))


def coloration_score(found: Statistics) -> float:
    colour = on(DARK, found.tilt) * on(BRIGHT, found.tilt) * on(THIN, found.low_edge)
    return on(BAND, found.bandwidth) * on(SATURATION, found.saturated) * colour


def discontinuity_score(found: Statistics) -> float:
    missing = found.hole_steps / STEPS_IN_SECOND
    share = missing / max(0.1, found.speech_seconds)
    often = on(HOLES, found.holes / max(0.1, found.speech_seconds))
    return BEST * often / (1 + share / HALF_BY_HOLES)


def cut_off_db(saturated: float) -> float:
    """What clipping took from the power of speech: noise must not pay for it.

    Of a sound with Laplacian amplitudes clipped at c, a share p = exp(-c/b) is saturated and
    1 - p (1 + c/b) of the power is left.
    """
    if saturated <= 0:
        return 0.0
    share = min(saturated, 0.5)
    return float(-10 * np.log10(1 - share * (1 - np.log(share))))


def speech_lufs(found: Statistics) -> float:
    """K-weighted level of the spoken parts, -90 without any."""
    return max(NO_SPEECH, loudness.lufs(found.weighted / found.speech)) if found.speech else NO_SPEECH


def on(curve: Curve, value: float) -> float:
    """The curve's value there: straight between its points, level beyond them."""
    return float(np.interp(value, *curve))
