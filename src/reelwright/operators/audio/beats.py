"""Find the beats of music, its tempo, and where it is sure, which beats begin a bar.

The file holds a list, `[{"time": 0.52, "beat": 1}, …]`: seconds, and the place of the beat in
its bar, counted from 1; all are 0 where bars cannot be told. Tempo, its course and how sure
all this is are in the result, so that the list stays as plain as those who read it expect.

Beats are where a listener taps: times are those of the onsets themselves, without the lag of
the analysis. Tempi may drift or change once and again, eighths may swing, drums may be missing.
One level of beat is held for the whole file: of a medley whose parts differ by more than a
third, give the parts.
Silence and steady tones give an empty list. Any sound or video that can be decoded is taken.
"""

import json

import numpy as np
from pydantic import ValidationInfo, field_validator

from reelwright.kernels import bars
from reelwright.kernels import beats as tracking
from reelwright.kernels.bars import Bars
from reelwright.kernels.onsets import OnsetMeter, Onsets
from reelwright.media import probe, samples
from reelwright.operators import Context, Params, Quality, Result, files, operator, param

LEAST_RANGE = 1.5  # fastest to slowest: narrower, no tempo fits for sure
DRIFT_BEATS = 16  # over which the slowest and the fastest passage are measured
MILLISECONDS = 3  # digits of a time in the file


class BeatsParams(Params):
    audio: files.Audio = param("Music, or a video whose sound is heard.", example="oss://media/song.mp3")
    min_bpm: float = param("Slowest tempo to look for.", 40.0, ge=20, le=300, unit="BPM")
    max_bpm: float = param("Fastest tempo to look for.", 240.0, ge=30, le=400, unit="BPM")

    @field_validator("max_bpm")
    @classmethod
    def _range_is_wide(cls, fastest: float, info: ValidationInfo) -> float:
        least = LEAST_RANGE * float(info.data.get("min_bpm", 0.0))
        if fastest < least:
            raise ValueError(f"give at least {least:g}, half as much again as min_bpm")
        return fastest


class BeatsReport(Result):
    tempo_confidence: float = param("How sure it is that this is the beat, and not its half or double: 0 to 1.")
    pulse: float = param("How far the beats stand out from what lies between them: 0 (not at all) to 1.")
    bar_clarity: float = param("How far first beats stand out from the others, in standard deviations above chance.")


class BeatsResult(Result):
    beats: files.Text = param("The beats as a JSON file: a list of time (s) and place in the bar.")
    count: int = param("Beats found.", unit="beats")
    tempo: float = param("The usual tempo; 0 if there are no beats.", unit="BPM")
    slowest: float = param(f"Tempo of the slowest {DRIFT_BEATS} beats.", unit="BPM")
    fastest: float = param(f"Tempo of the fastest {DRIFT_BEATS} beats.", unit="BPM")
    beats_per_bar: int = param("3 or 4; 0 if it is not sure.", unit="beats")
    seconds: float = param("Length of the sound.", unit="s")
    report: BeatsReport = param("How good this is.")


@operator(version=3, quality=Quality("f_measure_70_ms", at_least=0.95))
def beats(params: BeatsParams, ctx: Context) -> BeatsResult:
    onsets = _onsets(params.audio, ctx)
    found = tracking.track(onsets, slowest=params.min_bpm, fastest=params.max_bpm)
    told = bars.read(found.seen, found.times) if found.seen else bars.NONE
    path = ctx.output("beats.json")
    rows = [
        {"time": round(float(time), MILLISECONDS), "beat": int(place)}
        for time, place in zip(found.times, told.places, strict=True)
    ]
    path.write_text(json.dumps(rows) + "\n")
    return _result(str(path), onsets, found, told)


def _onsets(audio: str, ctx: Context) -> Onsets:
    media = probe.with_audio(audio)
    about = media.audio[0]
    meter = OnsetMeter(about.sample_rate)
    length = about.duration or media.duration
    heard = samples.stream(audio, channels=1, block=about.sample_rate)
    for block in ctx.track(heard, total=float(length) if length else None, unit="s"):
        meter.push(np.nan_to_num(block[0], nan=0.0, posinf=1.0, neginf=-1.0))
    onsets = meter.finish()
    ctx.media(onsets.seconds)
    return onsets


def _result(path: str, onsets: Onsets, found: tracking.Beats, told: Bars) -> BeatsResult:
    slowest, fastest = _drift(found)
    return BeatsResult(
        beats=path,
        count=len(found.times),
        tempo=round(found.bpm, 2),
        slowest=slowest,
        fastest=fastest,
        beats_per_bar=told.metre,
        seconds=onsets.seconds,
        report=BeatsReport(
            tempo_confidence=round(found.level_confidence, 3),
            pulse=round(tracking.pulse(onsets, found.times), 3),
            bar_clarity=round(told.clarity, 3),
        ),
    )


def _drift(found: tracking.Beats) -> tuple[float, float]:
    """Tempo of the slowest and of the fastest passage, in BPM."""
    span = min(DRIFT_BEATS, len(found.times) - 1)
    if span < 1:
        return 0.0, 0.0
    tempi = 60 * span / (found.times[span:] - found.times[:-span])
    return round(min(found.bpm, float(tempi.min())), 2), round(max(found.bpm, float(tempi.max())), 2)
