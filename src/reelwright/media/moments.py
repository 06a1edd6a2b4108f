"""Looking through a video for moments: measured pictures with their times.

Three ways, from cheap to thorough: its key frames only (`at_keys`), a picture now and then
(`now_and_then`), every frame of a stretch (`stretch`), which also knows the changes of
shots and leaves out what lies within them. Which moment is good is not decided here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import similarity, stills
from reelwright.kernels.shots import Drift, Shots, Transition, layout
from reelwright.media import frames
from reelwright.media.probe import VideoStream

LOOK_SIDE = 480  # pixels; the longer side of a picture that is measured
THUMB_SIDE = 160  # pixels; the longer side of what changes of shots are found on
EDGE = Fraction(2, 25)  # seconds left out on both sides of a change of shots: encoders blur there
QUICK_CELLS = 12  # of the 432 of a layout: four places in three colours
Size = tuple[int, int]
Layout = NDArray[np.float32]
Tick = Callable[[Fraction], None]


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One picture of a video, measured. Times are seconds from the start of the file."""

    time: Fraction
    still: stills.Still
    print: similarity.Print
    smear: float = 0.0
    """How fast its quickest part changes, 0–1 a frame: what moves fast is smeared. 0 where that was not looked at."""
    picture: frames.Picture | None = None
    """The small picture that was measured, kept by `stretch` only."""
    frame: frames.Frame | None = None
    """The whole frame, kept by `stretch` if asked: about 3 MB at 1080p."""


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
    skip: frames.Skip = "none",
    keep_frames: bool = False,
) -> Stretch:
    """The frames of [start, end), with one measured every `step` seconds. `tick` hears the time of each frame."""
    size, shots, drift = fitting(video, LOOK_SIDE), Shots(), Drift()
    seen: list[Moment] = []
    times, changes = [], []
    due, cells = start or Fraction(0), None
    for frame in frames.stream(path, start=start, end=end, skip=skip, thumb=fitting(video, THUMB_SIDE)):
        thumb = frame.thumb
        changes.append(shots.push(frame.time, thumb))
        if start:  # only a stretch that begins somewhere may begin within a transition
            drift.push(thumb)
        times.append(frame.time)
        cells, before = layout(thumb), cells
        if len(times) == 2 and seen:  # the first frame has none before it: what comes next tells as well
            seen[0] = replace(seen[0], smear=_quickest(before, cells))
        if frame.time >= due:
            one = _measured(frame, size)
            kept = frame if keep_frames else None
            seen.append(replace(one, smear=_quickest(before, cells), picture=frame.small(*size), frame=kept))
            due = frame.time + step
        tick(frame.time)
    transitions = shots.transitions
    number = drift.settled()
    settled = times[number] if number < len(times) else (times[-1] + step if times else Fraction(0))
    moments = tuple(one for one in seen if one.time >= settled and not _within(one.time, transitions))
    return Stretch(tuple(times), tuple(changes), transitions, settled, moments)


def _measured(frame: frames.Frame, size: Size) -> Moment:
    picture = frame.small(*size)
    return Moment(frame.time, stills.measure(picture), similarity.of(picture))


def _quickest(before: Layout | None, cells: Layout) -> float:
    """Mean change of the cells that change most, of full scale."""
    if before is None:
        return 0.0
    return float(np.partition(np.abs(cells - before), -QUICK_CELLS)[-QUICK_CELLS:].mean()) / 255


def _within(time: Fraction, transitions: tuple[Transition, ...]) -> bool:
    return any(one.start - EDGE <= time < one.end + EDGE for one in transitions)
