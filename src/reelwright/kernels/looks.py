"""Watch a video go by in small pictures and note, shot by shot, what a crop must know.

Shots come from `kernels.shots`, faces from `kernels.face_looks`, motion against the camera and saliency from
`kernels.saliency`. Everything kept of a moment is a handful of boxes and `subjects.BINS` numbers, so
an hour of video takes some megabytes.
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import InitVar, dataclass, field
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import faces, saliency, shots, subjects
from reelwright.kernels.face_looks import FaceLooks, Gray, Picture, Seen, gray_of
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Bins = NDArray[np.float32]

LOOK = Fraction(1, 6)  # s between samples of motion
STILLS = 6  # of those samples for each picture whose saliency is taken: 1 s
CUT_LIKE = 0.3  # change of thumbs at which old faces and motion are forgotten at once
CUT_RATIO = 2.0  # …if it is so many times the usual change of the last frames: haste is no cut
LATELY = 6  # of them
CELLS = (16, 9)
WATCH = Fraction(1, 16)  # s, at least, between two frames that are looked at
REST = Fraction(3, 2)  # s between measures of motion while the shot shows faces: then it only tells where to lean
PARCEL = 3  # frames handed over to the search for faces at once…
LAG = (2, 4)  # …how many such parcels it may be behind…
HELD = 96 << 20  # …and bytes of the frames in them
TINY = (80, 45)  # px of the pictures in which shots are told: whole pixels make a cell there


@dataclass(frozen=True, slots=True)
class Cut:
    """Two watched frames that follow each other and differ much; frames left out may lie between them."""

    before: Fraction
    after: Fraction
    old: Bins
    new: Bins

    def is_after(self, luma: NDArray[Any]) -> bool:
        """Does this picture between them already belong to the new shot?"""
        seen = cells(luma)
        return bool(np.abs(seen - self.new).mean() < np.abs(seen - self.old).mean())


@dataclass(frozen=True, slots=True)
class Watched:
    """One shot: [start, end) in seconds, the cut it begins with if it is a hard one, and what was seen in it."""

    start: Fraction
    end: Fraction
    cut: Cut | None
    looks: tuple[subjects.Look, ...]
    still: Bins
    """Saliency along the axis, float [BINS], sum 1."""


@dataclass(slots=True)
class _Sample:
    time: Fraction
    gray: Gray
    camera: saliency.Camera
    """How the camera moved since the sample before."""


@dataclass(slots=True)
class Watcher:
    """Push every frame in order, then `finish`. `axis` is the one along which the crop will move.

    `size`: (width, height) of the video; `small`: of the pictures in which it is watched, about 160 wide. Faces are
    looked for in a thread beside.
    """

    axis: subjects.Axis
    size: tuple[int, int]
    small: tuple[int, int]
    find: InitVar[faces.Detector]
    adapts: InitVar[bool]
    _faces: FaceLooks = field(init=False)
    _beside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "faces"))
    _under_way: deque[Future[Fraction | None]] = field(default_factory=deque)
    _lag: int = field(init=False)
    _parcel: list[tuple[list[tuple[Fraction, Picture]], Seen]] = field(default_factory=list)
    _passed: list[tuple[Fraction, Picture]] = field(default_factory=list)
    _shots: shots.Shots = field(default_factory=shots.Shots)
    _looks: list[subjects.Look] = field(default_factory=list)
    _stills: list[tuple[Fraction, Bins]] = field(default_factory=list)
    _cuts: dict[Fraction, Cut] = field(default_factory=dict)
    _chain: list[_Sample] = field(default_factory=list)
    _last: tuple[Fraction, Bins] | None = None
    _lately: deque[float] = field(default_factory=lambda: deque(maxlen=LATELY))
    _watch: Fraction = Fraction(-1)
    _due: Fraction = Fraction(-1)
    _samples_of_shot: int = 0
    _resting: Fraction = Fraction(-1)
    _begun: Fraction = Fraction(0)
    _known: Fraction | None = None
    """A moment not long ago at which the shot showed faces."""

    def __post_init__(self, find: faces.Detector, adapts: bool) -> None:
        self._faces = FaceLooks(self.size, self.small, find, adapts)
        # Between two frames that are looked at there is mostly one more; a pixel takes a byte and a half.
        self._lag = max(LAG[0], min(LAG[1], HELD // (3 * PARCEL * self.size[0] * self.size[1])))

    def push(self, time: Fraction, picture: Picture) -> None:
        """`picture(width, height)` gives the frame at that size; it must stay valid until much later frames came."""
        if time < self._watch:
            self._passed.append((time, picture))
            return
        self._watch = time + WATCH
        tiny, gray = picture(*TINY), gray_of(picture(*self.small))
        is_new = self._is_new(time, gray_of(tiny), self._shots.push(time, tiny))
        if is_new:
            self._break(time)
        due = time >= self._due
        self._show(Seen(time, picture, gray, is_new, due))
        if due:
            self._due = (time // LOOK + 1) * LOOK
            self._sample(time, gray)

    def finish(self) -> list[Watched]:
        """The shots in order, at least one if anything was pushed."""
        self._send()
        for one in self._under_way:
            one.result()
        self._beside.shutdown()
        self._looks += self._faces.looks
        self._looks.sort(key=lambda look: look.time)
        return [self._shot(one) for one in self._shots.finish()]

    def _is_new(self, time: Fraction, gray: Gray, change: float) -> bool:
        """Another shot, it seems. Notes what it looks like on both sides."""
        here, last = cells(gray), self._last
        usual = median(self._lately) if self._lately else 0.0
        self._lately.append(change)
        self._last = (time, here)
        if change <= CUT_LIKE or last is None:
            return False
        self._cuts[time] = Cut(last[0], time, last[1], here)
        return change > CUT_RATIO * usual

    def _show(self, frame: Seen) -> None:
        """To the faces' thread; it may lag behind by a few frames."""
        self._parcel.append((self._passed, frame))
        self._passed = []
        if len(self._parcel) >= PARCEL:
            self._send()
            if len(self._under_way) > self._lag:
                # By count, not by whether it is done: what is known when must not hang on the threads' pace.
                self._known = self._under_way.popleft().result()

    def _send(self) -> None:
        self._under_way.append(self._beside.submit(_seen_by, self._faces, self._parcel))
        self._parcel = []

    def _shot(self, shot: shots.Shot) -> Watched:
        start, end = float(shot.start), float(shot.end)
        looks = tuple(look for look in self._looks if start <= look.time < end)
        stills = [bins for time, bins in self._stills if shot.start <= time < shot.end]
        still = np.mean(stills, axis=0) if stills else np.full(subjects.BINS, 1 / subjects.BINS)
        return Watched(shot.start, shot.end, self._cuts.get(shot.start), looks, np.asarray(still, np.float32))

    def _sample(self, time: Fraction, gray: Gray) -> None:
        peopled = self._known is not None and self._known >= self._begun
        if self._samples_of_shot == 0 or (self._samples_of_shot % STILLS == 0 and not peopled):
            self._stills.append((time, self._along(saliency.spectral_residual(gray), total=1.0)))
        self._samples_of_shot += 1
        if time < self._resting:
            return
        last = self._chain[-1] if self._chain else None
        self._chain.append(_Sample(time, gray, saliency.camera_motion(last.gray, gray) if last else None))
        if len(self._chain) == 3:
            self._measure(*self._chain)
            del self._chain[0]
            if peopled:
                self._chain.clear()
                self._resting = time + REST

    def _measure(self, before: _Sample, now: _Sample, after: _Sample) -> None:
        moving = saliency.moving(before.gray, now.gray, after.gray, now.camera, after.camera)
        self._looks.append(subjects.Look(float(now.time), None, self._along(moving)))

    def _break(self, time: Fraction) -> None:
        """The shot ends here, or seems to: nothing is compared across."""
        self._begun = time
        self._chain.clear()
        self._due = self._resting = Fraction(-1)
        self._samples_of_shot = 0

    def _along(self, picture: saliency.Map, total: float | None = None) -> Bins:
        """Means across the other side, in BINS parts along the axis."""
        line = picture.mean(axis=0 if self.axis == "x" else 1).reshape(1, -1)
        bins = np.asarray(cv2.resize(line, (subjects.BINS, 1), interpolation=cv2.INTER_AREA), np.float32).ravel()
        return bins if total is None else np.asarray(bins * (total / max(float(bins.sum()), 1e-9)), np.float32)


def _seen_by(faces: FaceLooks, parcel: Sequence[tuple[list[tuple[Fraction, Picture]], Seen]]) -> Fraction | None:
    """When the last of these frames showed somebody known."""
    known = None
    for between, frame in parcel:
        known = frame.time if faces.see(between, frame) else None
    return known


def cells(luma: NDArray[Any]) -> Bins:
    """A picture in 16x9 mean grey levels, 0–255, float [9, 16]; 10-bit ones are brought to 8."""
    deep = luma.dtype == np.uint16
    small = cv2.resize(luma, CELLS, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) * np.float32(1 / 4 if deep else 1)
