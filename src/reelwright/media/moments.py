"""Looking through a video for moments: measured pictures with their times.

Three ways, from cheap to thorough: its key frames only (`at_keys`), a picture now and then
(`now_and_then`), every frame of a stretch (`stretch`), which also knows the changes of
shots and leaves out what lies within them. Which moment is good is not decided here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwright.kernels import similarity, stills
from reelwright.kernels.shots import Drift, Shots, Transition
from reelwright.media import frames
from reelwright.media.probe import VideoStream

LOOK_SIDE = 480  # pixels; the longer side of a picture that is measured
THUMB_SIDE = 160  # pixels; the longer side of what changes of shots are found on
EDGE = Fraction(2, 25)  # seconds left out on both sides of a change of shots: encoders blur there
Size = tuple[int, int]
Tick = Callable[[Fraction], None]


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One picture of a video, measured. Times are seconds from the start of the file."""

    time: Fraction
    still: stills.Still
    print: similarity.Print
    change: float = 0.0
    """How much the picture differs from the frame before; 0 where that was not looked at."""
    picture: frames.Picture | None = None
    """The small picture that was measured, kept by `stretch` only."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A part of a video of which every frame was seen."""

    times: tuple[Fraction, ...]
    changes: tuple[float, ...]
    """For each frame how much it differs from the one before, 0 to 3."""
    transitions: tuple[Transition, ...]
    settled: Fraction
    """Before this time it may still be within a transition that began earlier."""
    moments: tuple[Moment, ...]
    """Measured pictures outside of transitions."""

    def clean(self) -> list[tuple[Fraction, Fraction]]:
        """The spans [start, end) between the transitions."""
        if not self.times:
            return []
        starts = [self.settled, *(one.end + EDGE for one in self.transitions)]
        ends = [*(one.start - EDGE for one in self.transitions), self.times[-1] + self.frame]
        return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]

    @property
    def frame(self) -> Fraction:
        """How long one frame lasts, on average."""
        return (self.times[-1] - self.times[0]) / (len(self.times) - 1) if len(self.times) > 1 else Fraction(1, 25)


def length_of(path: str | Path) -> Fraction:
    """Seconds to the end of the last frame, for files that do not tell. Reads the whole file, decodes nothing."""
    return max((time + lasts for time, lasts, _, _ in frames.packets(path)), default=Fraction(0))


def activity(path: str | Path, starts: Sequence[Fraction], length: Fraction) -> list[float]:
    """How much seems to happen within `length` seconds of each start: 0 to 1, by rank.

    Judged by how many bytes the frames between key frames take: little where nothing moves. Decodes nothing.
    """
    sizes = [(float(time), size) for time, _, size, is_key in frames.packets(path) if not is_key]
    times, weights = np.array(sorted(sizes) or [(0.0, 0)]).T
    sums = np.concatenate(([0], np.cumsum(weights)))
    first = np.array([float(start) for start in starts])
    spent = sums[np.searchsorted(times, first + float(length))] - sums[np.searchsorted(times, first)]
    ranks = spent.argsort(kind="stable").argsort()
    return [float(rank) / max(1, len(starts) - 1) for rank in ranks]


def fitting(video: VideoStream, side: int) -> Size:
    """(width, height) of the shown picture with its longer side at most `side`."""
    width, height = video.displayed
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def at_keys(path: str | Path, video: VideoStream, gap: Fraction) -> Iterator[Moment]:
    """The key frames, at least `gap` seconds apart."""
    size = fitting(video, LOOK_SIDE)
    for frame in frames.key_frames(path, gap=gap):
        yield _measured(frame, size)


def now_and_then(
    path: str | Path, video: VideoStream, start: Fraction, end: Fraction | None, step: Fraction
) -> Iterator[Moment]:
    """A picture every `step` seconds of (start, end); only frames that others depend on are decoded."""
    size, due = fitting(video, LOOK_SIDE), start + step
    for frame in frames.stream(path, start=start, end=end, skip="nonref"):
        if frame.time >= due:
            yield _measured(frame, size)
            due = frame.time + step


def stretch(
    path: str | Path,
    video: VideoStream,
    *,
    start: Fraction | None = None,
    end: Fraction | None = None,
    step: Fraction,
    tick: Tick = lambda time: None,
) -> Stretch:
    """Every frame of [start, end), with one measured every `step` seconds. `tick` hears the time of each frame."""
    size, shots, drift = fitting(video, LOOK_SIDE), Shots(), Drift()
    seen: list[Moment] = []
    times, changes = [], []
    due = start or Fraction(0)
    for frame in frames.stream(path, start=start, end=end, thumb=fitting(video, THUMB_SIDE)):
        thumb = frame.thumb
        changes.append(shots.push(frame.time, thumb))
        if start:  # only a stretch that begins somewhere may begin within a transition
            drift.push(thumb)
        times.append(frame.time)
        if frame.time >= due:
            seen.append(_measured(frame, size, changes[-1], keep=True))
            due = frame.time + step
        tick(frame.time)
    transitions = shots.transitions
    number = drift.settled()
    settled = times[number] if number < len(times) else (times[-1] + step if times else Fraction(0))
    moments = tuple(one for one in seen if one.time >= settled and not _within(one.time, transitions))
    return Stretch(tuple(times), tuple(changes), transitions, settled, moments)


def _measured(frame: frames.Frame, size: Size, change: float = 0.0, *, keep: bool = False) -> Moment:
    picture = frame.small(*size)
    measures = stills.measure(picture), similarity.of(picture)
    return Moment(frame.time, *measures, change, picture if keep else None)


def _within(time: Fraction, transitions: tuple[Transition, ...]) -> bool:
    return any(one.start - EDGE <= time < one.end + EDGE for one in transitions)
