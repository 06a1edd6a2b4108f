"""Find the choruses of a song, each with its beginning and end.

The beats are found first; between them, harmony, sound colour and loudness are measured and
every stretch is compared with every other. The chorus is what comes again most alike, louder
and brighter than the rest, between moments where the music changes; it may be in another key at the
end. Which words are sung is not heard. Music in which nothing comes again as a chorus does
gives an empty list, and so does sound that is no music. Times are seconds; edges lie on beats.

Whole songs are meant: of an excerpt with one chorus nothing can be told. Longer than ten
minutes, beats are looked at in pairs. Any sound or video that can be decoded is taken.
"""

import json

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import beats, beatwise, structure
from reelwright.kernels.chroma import FPS, ToneMeter, Tones
from reelwright.kernels.onsets import OnsetMeter, Onsets
from reelwright.kernels.structure import Group
from reelwright.media import probe, samples
from reelwright.operators import Context, Params, Quality, Resources, Result, files, operator, param

TITLE = "副歌"  # the vendor's word for a chorus
STEP = 0.5  # seconds between two places where music has no beat
FEWEST_BEATS = 16
DIGITS = 2  # of a second


class ChorusParams(Params):
    audio: files.Audio = param("A song, or a video whose sound is heard.", example="oss://media/song.mp3")


class Chorus(Result):
    start: float = param("Where it begins.", unit="s")
    end: float = param("Where it ends.", unit="s")
    title: str = param("What the part is called; choruses alone are told.", TITLE)
    likeness: float = param("How like the others it is: 0 to 1.")
    key_change: int = param("Semitones by which it is higher than most of the others.", unit="semitones")


class ChorusReport(Result):
    confidence: float = param("How far this group of repeats leads the best one that lies elsewhere: 0 to 1.")
    louder: float = param("Than the rest of the song, on the mean.", unit="dB")
    share: float = param("Of the song that is chorus: 0 to 1.")


class ChorusResult(Result):
    choruses: tuple[Chorus, ...] = param("The choruses in order; none if nothing comes again as a chorus does.")
    table: files.Text = param("The same as a JSON file: a list of start, end and title.")
    tempo: float = param("The tempo they were told on; 0 if there were no beats.", unit="BPM")
    seconds: float = param("Length of the sound.", unit="s")
    report: ChorusReport = param("How good this is.")


@operator(
    version=3,
    quality=Quality("chorus_iou", at_least=0.7),
    resources=Resources(memory=2 << 30),
    phases={"listen": 0.8, "compare": 0.2},
)
def chorus(params: ChorusParams, ctx: Context) -> ChorusResult:
    onsets, tones = _heard(params.audio, ctx)
    ctx.enter("compare")
    pulse = beats.track(onsets)
    times = _grid(pulse.times, onsets.seconds)
    found = structure.chorus(beatwise.beatwise(times, tones.chroma, tones.timbre, tones.loudness, FPS))
    ctx.report(1, 1, unit="song")
    choruses = _choruses(found) if found else ()
    path = ctx.output("choruses.json")
    rows = [one.model_dump(include={"start", "end", "title"}) for one in choruses]
    path.write_text(json.dumps(rows, ensure_ascii=False) + "\n", encoding="utf-8")
    whole = max(onsets.seconds, 1e-9)
    return ChorusResult(
        choruses=choruses,
        table=str(path),
        tempo=round(pulse.bpm, 2),
        seconds=onsets.seconds,
        report=ChorusReport(
            confidence=round(found.lead, 3) if found else 0.0,
            louder=round(found.louder_db, 2) if found else 0.0,
            share=round(sum(one.end - one.start for one in choruses) / whole, 3),
        ),
    )


def _heard(audio: str, ctx: Context) -> tuple[Onsets, Tones]:
    media = probe.with_audio(audio)
    about = media.audio[0]
    onsets, tones = OnsetMeter(about.sample_rate), ToneMeter(about.sample_rate)
    length = about.duration or media.duration
    heard = samples.stream(audio, channels=1, block=about.sample_rate)
    for block in ctx.track(heard, total=float(length) if length else None, unit="s", phase="listen"):
        sound = np.nan_to_num(block[0], nan=0.0, posinf=1.0, neginf=-1.0)
        onsets.push(sound)
        tones.push(sound)
    found = onsets.finish()
    ctx.media(found.seconds)
    return found, tones.finish()


def _grid(times: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
    """The beats, continued evenly to both ends; steps of STEP where there are none."""
    if len(times) < FEWEST_BEATS:
        return np.arange(0.0, seconds, STEP)
    gap = float(np.median(np.diff(times)))
    before = times[0] - gap * np.arange(int(times[0] / gap), 0, -1)
    after = times[-1] + gap * np.arange(1, int((seconds - times[-1]) / gap + 0.5) + 1)
    return np.concatenate([before, times, after])


def _choruses(found: Group) -> tuple[Chorus, ...]:
    usual = int(np.median([one.shift for one in found.stretches]))
    return tuple(
        Chorus(
            start=round(one.start, DIGITS),
            end=round(one.end, DIGITS),
            likeness=round(one.likeness, 3),
            key_change=one.shift - usual,
        )
        for one in found.stretches
    )
