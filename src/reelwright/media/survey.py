"""A film looked through once and listened to once: what those who choose parts of it have to know.

`watched` decodes at reduced size, without the frames no other frame needs, and finds shots, changes and key frames;
now and then a picture is measured. `heard` tells where somebody talks and how loud it is. Nothing is chosen here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import NothingFound
from reelwright.kernels import cut_points, similarity, stills, voice_activity
from reelwright.kernels.shots import Shot, Shots, Transition
from reelwright.media import encode, frames, moments, probe, samples

LOOK_STEP = Fraction(2, 5)  # s between measured pictures…
LOOKS = 4000  # …but no more than so many in all
RARE = 0.1  # share of good pictures below which a film is of a kind that `stills` is too strict with: slides, drawings
BLOCK = 1000  # hops of sound read at once: 10 s

Tick = Callable[[float], None]
"""Hears how far it is, seconds of the film; may raise to stop."""
Hear = Callable[[NDArray[np.float32]], None]
"""Gets the sound as it is read: float32 [n], mono at 16 kHz."""
See = Callable[[Fraction, frames.Picture], None]
"""Gets each measured picture: its time, and uint8 [h, w, 3] RGB with a longer side of 480 pixels at most."""


@dataclass(slots=True)
class Seen:
    """What one reading of the film told. Times are seconds from the start of the file."""

    length: float
    frame: float
    """How long one frame lasts."""
    step: Fraction
    """Time between measured pictures."""
    times: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    """Of each frame looked at, from the one before: 0 to 3 (`kernels.shots`)."""
    looks: list[Fraction] = field(default_factory=list)
    measured: list[stills.Still] = field(default_factory=list)
    prints: list[similarity.Print] = field(default_factory=list)
    keys: list[Fraction] = field(default_factory=list)
    shots: list[Shot] = field(default_factory=list)
    transitions: tuple[Transition, ...] = ()

    @property
    def cuts(self) -> list[float]:
        """The hard cuts."""
        return [float(one.at) for one in self.transitions if one.kind == "cut"]

    def faults(self) -> list[bool]:
        """Which of the looks cannot be shown."""
        level = stills.Level.of(self.measured)
        found = [stills.fault(one, level) for one in self.measured]
        if sum(one is None for one in found) < RARE * len(found):
            return [one == "black" for one in found]
        return [one is not None for one in found]

    def shown(self) -> Iterator[tuple[Fraction, Fraction]]:
        """The span of each shot that is certainly of this shot alone."""
        keys = set(self.keys)
        for shot, after in zip(self.shots, [*self.shots[1:], None], strict=True):
            start, end = shot.start, min(shot.end, Fraction(self.length))
            if after is not None and after.by is not None and after.kind == "cut" and after.start not in keys:
                # Frames may have been left out before the cut: only those up to the last one seen are sure.
                end = after.by.since + Fraction(self.frame)
            for one in self.transitions:
                if one.kind != "cut" and one.start < end and one.end > start:
                    if one.at - start < end - one.at:
                        start = max(start, one.end + moments.EDGE)
                    else:
                        end = min(end, one.start - moments.EDGE)
            yield start, max(start, end)


def watched(
    path: str | Path, media: probe.Media, *, tick: Tick = lambda time: None, see: See = lambda time, picture: None
) -> Seen:
    """Look through the film once. `NothingFound` if no frame of it can be decoded."""
    assert media.video is not None  # it was probed for one
    length = float(media.duration or moments.length_of(path))
    step = max(LOOK_STEP, Fraction(length) / LOOKS)
    seen = Seen(length, float(1 / (media.video.frame_rate or 25)), step)
    thumb, look = (moments.fitting(media.video, side) for side in (moments.THUMB_SIDE, moments.LOOK_SIDE))
    shots, due = Shots(), Fraction(0)
    for frame in frames.stream(path, skip="rough", thumb=thumb):
        tick(float(frame.time))
        seen.changes.append(shots.push(frame.time, frame.thumb))
        seen.times.append(float(frame.time))
        if frame.is_key:
            seen.keys.append(frame.time)
        if frame.time >= due:
            picture = frame.small(*look)
            seen.looks.append(frame.time)
            seen.measured.append(stills.measure(picture))
            seen.prints.append(similarity.of(picture))
            see(frame.time, picture)
            due = frame.time + step
    seen.shots, seen.transitions = shots.finish(), shots.transitions
    if not seen.shots:
        raise NothingFound(f"{media.path.name} has no frame that can be decoded")
    return seen


def heard(
    path: str | Path, media: probe.Media, *, tick: Tick = lambda time: None, hear: Sequence[Hear] = ()
) -> cut_points.Voice:
    """Talk and level in frames of 10 ms, counted from the start of the file; empty where there is no sound.

    Each of `hear` gets the same sound, from the file's start: silence comes before sound that begins late.
    """
    if not media.audio:
        return cut_points.Voice(np.zeros(0, bool), np.zeros(0))
    detector, hop = voice_activity.Detector(), voice_activity.HOP
    late = max(0, round(float(encode.sound_lag(path)) * cut_points.RATE))
    talk, level, count = [np.zeros(late, bool)], [np.full(late, -np.inf)], late
    for one in hear:
        one(np.zeros(late * hop, np.float32))
    for block in samples.stream(path, sample_rate=voice_activity.RATE, channels=1, block=hop * BLOCK):
        talk.append(detector.push(block[0]).talk)
        whole = np.pad(block[0], (0, -len(block[0]) % hop)).reshape(-1, hop)
        level.append(10 * np.log10(np.square(whole, dtype=np.float64).mean(axis=1) + 1e-10))
        for one in hear:
            one(block[0])
        count += len(whole)
        tick(count / cut_points.RATE)
    talk.append(detector.flush().talk)
    return cut_points.Voice(np.concatenate(talk), np.concatenate(level))
