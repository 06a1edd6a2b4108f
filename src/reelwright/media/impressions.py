"""What a film is like in any span of it: motion, light, colours, faces, speech, music, cheering, silence.

Made by one reading of the picture and one of the sound (`media.survey`), whatever is asked of it later. A few numbers
are kept for each picture that was measured, two or three a second, and four flags for each tenth of a second of sound.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import colours, crowd, excitement, faces, importance, labelling, music, voice_activity
from reelwright.kernels.labelling import Facts
from reelwright.kernels.passages import WINDOW, Vad
from reelwright.media import images, probe, survey

FACE_SIDE = 416  # px of the longer side of the picture faces are looked for in
QUIET = -50.0  # dB of full scale below which it is silent
SPOKEN = 0.5  # probability of speech
CHEERS = 0.3  # of `excitement.cheering` from which a tick counts
RATE = importance.TICKS

Signal = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Heard:
    """Of each tenth of a second, bool [ticks] each. Speech and music can be at once; silence is neither."""

    speech: Flags
    music: Flags
    cheering: Flags
    silence: Flags

    def told(self, known: Facts, start: float, end: float) -> Facts:
        here = _ticks(start, end)
        return replace(
            known,
            sound=True,
            speech=_share(self.speech[here]),
            music=_share(self.music[here]),
            cheering=_share(self.cheering[here]),
            silence=_share(self.silence[here]),
        )


@dataclass(slots=True)
class Watched:
    """Of each measured picture: the shares of its colours, and its faces in units of the picture's height."""

    seen: survey.Seen
    colours: list[colours.Shares]
    faces: list[list[faces.Face]]
    motion: Signal = field(init=False)
    """Of each tenth of a second, 0 to 1."""

    def __post_init__(self) -> None:
        ticks = int(self.seen.length * RATE) + 1
        self.motion = importance.motion(self.seen.times, self.seen.changes, ticks, self.seen.cuts)

    def told(self, start: float, end: float) -> Facts:
        """By the pictures within a span, or by the one before it if there are none."""
        at, seen = self._looks(start, end), self.seen
        shown = [self.faces[index] for index in at if self.faces[index]]
        mean = np.mean([self.colours[index] for index in at], axis=0)
        return Facts(
            picture=True,
            seconds=end - start,
            cuts_a_minute=60 * sum(start < cut < end for cut in seen.cuts) / max(end - start, 1e-3),
            motion=float(self.motion[_ticks(start, end)].mean()),
            brightness=float(np.mean([seen.measured[index].luma for index in at])),
            colourful=float(np.mean([seen.measured[index].colour for index in at])),
            colours=dict(zip(colours.NAMES, mean.tolist(), strict=True)),
            faces=len(shown) / len(at),
            people=float(np.mean([len(one) for one in shown])) if shown else 0.0,
            face_height=float(np.mean([max(face.height for face in one) for one in shown])) if shown else 0.0,
        )

    def most_faces(self, start: float, end: float) -> int:
        """At once in a span."""
        return max((len(self.faces[index]) for index in self._looks(start, end)), default=0)

    def best_looks(self, start: float, end: float, step: float) -> list[Fraction]:
        """The most detailed picture of each `step` seconds of a span."""
        at = self._looks(start, end)
        parts: dict[int, int] = {}
        for index in at:
            part = int((float(self.seen.looks[index]) - start) / step)
            best = parts.setdefault(part, index)
            if self.seen.measured[index].detail > self.seen.measured[best].detail:
                parts[part] = index
        return [self.seen.looks[index] for index in parts.values()]

    def _looks(self, start: float, end: float) -> Sequence[int]:
        times = [float(time) for time in self.seen.looks]
        first, last = np.searchsorted(times, (start - 1e-6, end - 1e-6))
        return range(first, last) if last > first else [max(0, int(first) - 1)]


def watch(path: str | Path, media: probe.Media, find: faces.Detector, *, tick: survey.Tick) -> Watched:
    """Look through the film; `find` finds the faces of its pictures."""
    found_colours, found_faces = list[colours.Shares](), list[tuple[faces.Face, ...]]()

    def see(time: Fraction, picture: images.Picture) -> None:
        found_colours.append(colours.shares(picture))
        small = images.fitted(picture, FACE_SIDE, FACE_SIDE)
        found_faces.append(tuple(one.scaled(1 / small.shape[0]) for one in find(small)))

    seen = survey.watched(path, media, tick=tick, see=see)
    return Watched(seen, found_colours, labelling.believed(found_faces))


def listen(path: str | Path, media: probe.Media, length: float, vad: Vad, *, tick: survey.Tick) -> Heard | None:
    """Listen to the film, which lasts `length` seconds; None where it has no sound. `vad` tells what is speech."""
    if not media.audio:
        return None
    tune, noise, odds = music.MusicMeter(), crowd.CrowdMeter(), list[NDArray[np.float32]]()
    hear = (tune.push, noise.push, lambda samples: odds.append(vad.push(samples)))
    voice = survey.heard(path, media, tick=tick, hear=hear)
    odds.append(vad.flush())
    ticks = int(length * RATE) + 1
    _, level = voice.in_ticks(ticks, RATE)
    speech = _spoken(np.concatenate(odds), ticks)
    band, noisiness = (np.pad(one, (0, max(0, ticks - len(one))))[:ticks] for one in noise.finish())
    heard = level > QUIET
    has_music = tune.finish(ticks, RATE) & heard
    cheers = (excitement.cheering(band, noisiness, heard) >= CHEERS) & ~has_music
    return Heard(speech, has_music, cheers, ~heard)


def _spoken(odds: NDArray[np.float32], ticks: int) -> Flags:
    """Is there speech in each tick, by the windows that lie in it or reach into it?"""
    if not len(odds):
        return np.zeros(ticks, bool)
    middle = ((np.arange(ticks) + 0.5) / RATE * voice_activity.RATE / WINDOW).astype(int)
    return np.asarray(odds[np.minimum(middle, len(odds) - 1)] >= SPOKEN, bool)


def _ticks(start: float, end: float) -> slice:
    first = int(start * RATE)
    return slice(first, max(first + 1, int(end * RATE)))


def _share(flags: Flags) -> float:
    return float(flags.mean()) if len(flags) else 0.0
