"""Score recorded speech as a listener would: noise, colour, gaps, loudness, and all in all.

Every channel is judged by itself, from 0 to 5. Noise is measured in the gaps of speech,
colour by bandwidth, spectral slope and saturation, gaps by cliffs in the level; with the
weights of DNSMOS installed, that model's opinion counts half in noise and in the whole. The worst
stretch of four seconds is told beside each score. Music gets scores too, but they mean
nothing. There is no reference to compare with, so echo and wrong words stay unnoticed.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from reelwright.kernels import opinion, speech_quality
from reelwright.kernels.drop_outs import STEPS
from reelwright.kernels.opinion import Heard, Scores
from reelwright.kernels.speech_quality import Analyzer, Piece, Statistics
from reelwright.media import probe, samples
from reelwright.models import dnsmos
from reelwright.models.dnsmos import Dnsmos, Opinion
from reelwright.models.port import Models, Provider
from reelwright.operators import Context, Params, Quality, Result, files, operator, param

SHORTEST = 2.0  # seconds of sound that can be judged
LEAST_SPEECH = 1.0  # seconds
WINDOW = 4  # seconds, for the worst stretch
MEASURES = Provider("measures", "builtin")

Tag = Literal["valid", "too_short", "mute", "little_speech"]


class QualityParams(Params):
    audio: files.Audio = param("Sound to judge, or a video whose sound is judged.", example="oss://media/call.wav")
    engine: Literal["auto", "measures", "dnsmos"] = param(
        "What judges: measures of the signal alone, or together with the model DNSMOS; `auto` takes it if installed.",
        "auto",
    )


class Measures(Result):
    """What the scores are made of."""

    snr: float | None = param("Speech over noise, between 125 Hz and 8 kHz.", unit="dB")
    bandwidth: float = param("Frequency up to which speech reaches.", unit="Hz")
    tilt: float = param("Slope of the spectrum of speech from 300 Hz to 3 kHz.", unit="dB/octave")
    drop_outs: int = param("Times that speech was cut off.")
    drop_out_seconds: float = param("Time that is missing by that.", unit="s")


class ChannelQuality(Result):
    channel: int = param("Number of the channel, from 1.")
    tag: Tag = param("`valid`, or why there are no scores: all of them are 0 then.")
    seconds: float = param("Length of the sound.", unit="s")
    mos: float = param("Overall score, 0 to 5.")
    worst_mos: float = param("The same of the worst four seconds with speech.")
    discontinuity: float = param("Freedom from gaps, 0 to 5.")
    worst_discontinuity: float = param("The same of the worst four seconds with speech.")
    coloration: float = param("Freedom from dullness, shrillness and distortion, 0 to 5.")
    worst_coloration: float = param("The same of the worst four seconds with speech.")
    noisiness: float = param("Freedom from noise, 0 to 5.")
    worst_noisiness: float = param("The same of the worst four seconds with speech.")
    loudness_score: float = param("How near to a comfortable loudness, 0 to 5.")
    loudness: float = param("K-weighted level of the spoken parts; -90 without speech.", unit="dB")
    speech_ratio: float = param("Share of the time in which somebody speaks, 0 to 1.")
    double_talk_ratio: float = param("Share of the speech over which another channel says something else, 0 to 1.")
    double_talk_known: bool = param("False for one channel alone: two voices in it are not told apart.")
    bad_mute_ratio: float = param("Share of the time that was cut out of speech, 0 to 1.")
    saturated_ratio: float = param("Share of the samples that are cut off at the greatest level, 0 to 1.")
    measures: Measures = param("What the scores are made of.")


class QualityResult(Result):
    channels: tuple[ChannelQuality, ...] = param("One judgement for each channel.")
    seconds: float = param("Length of the sound.", unit="s")
    sample_rate: int = param("Samples a second.", unit="Hz")
    engine: str = param("What judged.")


def choose(params: QualityParams, models: Models) -> Provider:
    """The engine asked for, or the best one installed."""
    is_there = all(models.installed(one) for one in dnsmos.WEIGHTS)
    name = (dnsmos.NAME if is_there else MEASURES.name) if params.engine == "auto" else params.engine
    if name == MEASURES.name:
        return MEASURES
    return Provider(name, "model", {one: models.digest(one) for one in dnsmos.WEIGHTS})


@operator(version=2, quality=Quality("spearman", at_least=0.9), choose=choose, tiers=("builtin", "model"))
def quality(params: QualityParams, ctx: Context) -> QualityResult:
    media = probe.with_audio(params.audio)
    about = media.audio[0]
    engine = choose(params, ctx.models).name
    judges = [
        Judge(about.sample_rate, Dnsmos(ctx.models, about.sample_rate) if engine == dnsmos.NAME else None)
        for _ in range(about.channels)
    ]
    length = about.duration or media.duration
    ctx.enter("work")
    done = 0
    for block in samples.stream(params.audio, block=about.sample_rate):
        ctx.check()
        _count(judges, [judge.push(channel) for judge, channel in zip(judges, _finite(block), strict=True)])
        done += block.shape[1]
        ctx.report(done / about.sample_rate, float(length) if length else None, unit="s")
    _count(judges, [judge.flush() for judge in judges])
    ctx.media(done / about.sample_rate)
    return QualityResult(
        channels=tuple(_judged(number, judge, len(judges) > 1) for number, judge in enumerate(judges, 1)),
        seconds=done / about.sample_rate,
        sample_rate=about.sample_rate,
        engine=engine,
    )


def _finite(block: samples.Samples) -> samples.Samples:
    # A WAV of floats may hold what is no number; one of these would stay in the filters for good.
    return np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)


class Judge:
    """Listens to one channel: counts its pieces, keeps the worst window and the model's opinions."""

    def __init__(self, rate: int, model: Dnsmos | None) -> None:
        self._analyzer, self._model = Analyzer(rate), model
        self.total: Statistics | None = None
        self.heard = Opinions()
        self.worst: list[Scores] = []
        self._window: deque[Statistics] = deque(maxlen=WINDOW)

    def push(self, channel: speech_quality.Mono) -> list[Piece]:
        if self._model is not None:
            self.heard.add(self._model.push(channel))
        return list(self._analyzer.push(channel))

    def flush(self) -> list[Piece]:
        if self._model is not None:
            self.heard.add(self._model.flush())
        return list(self._analyzer.flush())

    def count(self, piece: Statistics) -> None:
        self.total = piece if self.total is None else self.total + piece
        self._window.append(piece)
        together = _sum(self._window)
        if together.speech_seconds >= LEAST_SPEECH and len(self._window) == WINDOW:
            self.worst = [opinion.worst([*self.worst, opinion.scores(together)])]


@dataclass
class Opinions:
    """The model's opinions of all windows so far: their mean, and the worst."""

    count: int = 0
    overall: float = 0.0
    background: float = 0.0
    lowest: list[Heard] = field(default_factory=list)

    def add(self, found: Iterable[Opinion]) -> None:
        for one in found:
            self.count += 1
            self.overall += one.overall
            self.background += one.background
            known = self.lowest or [Heard(one.overall, one.background)]
            self.lowest = [Heard(min(one.overall, known[0].overall), min(one.background, known[0].background))]

    def mean(self) -> Heard | None:
        return Heard(self.overall / self.count, self.background / self.count) if self.count else None


def _count(judges: Sequence[Judge], pieces: Sequence[Sequence[Piece]]) -> None:
    """The same seconds of all channels are looked at together: who speaks over whom?"""
    for second in zip(*pieces, strict=True):
        for judge, piece, overlap in zip(judges, second, speech_quality.overlapping(list(second)), strict=True):
            judge.count(piece.statistics(overlap))


def _sum(pieces: Iterable[Statistics]) -> Statistics:
    first, *rest = pieces
    for one in rest:
        first = first + one
    return first


def _judged(number: int, judge: Judge, is_known: bool) -> ChannelQuality:
    found = judge.total
    assert found is not None  # a sound without one sample is refused by the decoder
    tag = _tag(found)
    scores = opinion.scores(found, judge.heard.mean()) if tag == "valid" else opinion.NOTHING
    worst = _worst(judge, scores) if tag == "valid" else opinion.NOTHING
    missing = found.hole_steps / STEPS
    return ChannelQuality(
        channel=number,
        tag=tag,
        seconds=found.seconds,
        mos=scores.mos,
        worst_mos=worst.mos,
        discontinuity=scores.discontinuity,
        worst_discontinuity=worst.discontinuity,
        coloration=scores.coloration,
        worst_coloration=worst.coloration,
        noisiness=scores.noisiness,
        worst_noisiness=worst.noisiness,
        loudness_score=scores.loudness,
        loudness=opinion.speech_lufs(found),
        speech_ratio=found.speech / max(1, found.frames),
        double_talk_ratio=found.overlap / max(1, found.speech),
        double_talk_known=is_known,
        bad_mute_ratio=missing / max(found.seconds, 1e-9),
        saturated_ratio=found.saturated,
        measures=Measures(
            snr=found.snr_db,
            bandwidth=found.bandwidth,
            tilt=found.tilt,
            drop_outs=found.holes,
            drop_out_seconds=missing,
        ),
    )


def _tag(found: Statistics) -> Tag:
    if found.seconds < SHORTEST:
        return "too_short"
    if not found.sound:
        return "mute"
    return "valid" if found.speech_seconds >= LEAST_SPEECH else "little_speech"


def _worst(judge: Judge, whole: Scores) -> Scores:
    """Never above the whole: a sound shorter than a window is its own worst stretch."""
    lowest = opinion.worst(judge.worst) if judge.worst else whole
    if judge.heard.lowest:
        lowest = opinion.together(
            lowest.discontinuity, lowest.coloration, lowest.noisiness, lowest.loudness, judge.heard.lowest[0]
        )
    return opinion.worst([whole, lowest])
