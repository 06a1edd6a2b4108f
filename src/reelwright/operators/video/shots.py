"""Say where the shots of a video begin and end, and how one turns into the next: by a cut, a dissolve or a fade.

The video is read once at thumbnail size. Frames no other frame needs are left out before decoding, and large pictures
come without their loop filter: half of the work. Where a cut falls into such a gap, the frames around it are decoded
once more and the cut is placed exactly. A flash, changing light, a sweep or zoom of the camera, a title that appears
and a person walking by are no cuts. A picture that turns sharp or blurred in one frame is another shot of the same
scene. Black that stays is a shot of its own. A wipe is told as a dissolve.

Shots that push each other out, and morphs, are not known: they come out as cuts, or not at all. Slides of text on one
ground are one shot. Shots are not joined to scenes.
"""

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from statistics import median
from typing import Literal

from reelwright.errors import NothingFound
from reelwright.kernels import shots as kernel
from reelwright.kernels.one_core import one_core
from reelwright.media import frames, images, moments, probe
from reelwright.media.ahead import ahead, worked
from reelwright.operators import Context, Params, Quality, Resources, Result, files, operator, param

THUMB = 160  # px of the longer side
ROUGH = 4 * THUMB  # px of the longer side of a picture from which on nothing of its blocks is left in a thumb
AHEAD, TOGETHER = 32, 4  # thumbs made before they are looked at, and handed over at once
BUDGET = 0.1  # of all frames, that may be decoded again to place cuts…
FEW = 250  # …or so many
PREVIEW_EVERY = 20.0  # s of the video
PREVIEW_SHOTS = 12
SHEET_SHOTS = 120
SOFT = 0.5  # strength of a gradual change where a too short shot is joined to a neighbour


class ShotsParams(Params):
    video: files.Video = param("Video to look at.")
    sensitivity: float = param(
        "How small a change counts: 0 finds the strongest changes only, 1 the weakest too.", 0.5, ge=0, le=1
    )
    min_shot: float = param(
        "Shots shorter than this are joined to the neighbour they differ from least.", 0.0, ge=0, le=60, unit="s"
    )
    preview: bool = param("Also write a contact sheet: the first frame of each shot, of 120 at most.", False)


class Shot(Result):
    start: float = param("Where it begins.", unit="s")
    end: float = param("Where it ends; the next one begins there.", unit="s")
    first_frame: int = param("Number of its first frame, counted from 0.")
    frames: int = param("Frames in it.")
    transition: Literal["start", "cut", "dissolve", "fade"] = param("How it begins; `start` is that of the video.")
    transition_start: float = param("Where the change into it begins; a cut's is where the shot begins.", unit="s")
    transition_end: float = param("Where that change is over.", unit="s")
    exact: bool = param("The boundary is certain to the frame; that of a dissolve or fade lies inside its span.")


class ShotsResult(Result):
    shots: tuple[Shot, ...] = param("The shots, in order, without gaps.")
    table: files.Text = param("The same as a JSON file.")
    cuts: int = param("Hard cuts.")
    dissolves: int = param("Dissolves.")
    fades: int = param("Fades, through black or another plain colour.")
    frames: int = param("Frames of the video.")
    watched: int = param("Frames looked at in the first reading.")
    reread: int = param("Frames decoded again to place cuts exactly.")
    shortest: float = param("Length of the shortest shot.", unit="s")
    median: float = param("Median length of the shots.", unit="s")
    sheet: files.Image | None = param("The contact sheet.", None)


@operator(
    version=2,
    quality=Quality("shot_f1", at_least=0.95),
    resources=Resources(threads=2),
    phases={"watch": 0.9, "place": 0.1},
)
def shots(params: ShotsParams, ctx: Context) -> ShotsResult:
    media = probe.with_video(params.video)
    assert media.video is not None  # with_video promised it
    size = moments.fitting(media.video, THUMB)
    sheet = _Sheet(ctx, keep=params.preview)
    watched, found = _watch(params, ctx, media.video, float(media.duration or 0), sheet)
    ctx.enter("place")
    found = _joined(found, Fraction(params.min_shot))
    found, reread, sure = _placed(params.video, ctx, size, found)
    before = _frames_before(params.video, [one.start for one in found])
    ctx.report(1, 1, unit="pass")
    ctx.media(float(found[-1].end))
    return _result(ctx, found, before, sure, watched, reread).model_copy(update={"sheet": sheet.saved()})


# The first reading


def _watch(
    params: ShotsParams, ctx: Context, video: probe.VideoStream, length: float, sheet: "_Sheet"
) -> tuple[int, list[kernel.Shot]]:
    """How many frames were looked at, and the shots."""
    ctx.enter("watch")
    seen = kernel.Shots(strictness=2 ** (1 - 2 * params.sensitivity))
    skip: frames.Skip = "rough" if max(video.shown) >= ROUGH else "nonref"
    count = 0
    decoded = frames.stream(params.video, skip=skip, thumb=moments.fitting(video, THUMB))
    # Decoding and scaling go on in a thread beside while pictures are compared.
    with one_core(), closing(ahead(worked(_small, decoded), AHEAD, together=TOGETHER)) as thumbs:
        for time, thumb in thumbs:
            ctx.check()
            sheet.show(float(time), thumb, is_new=seen.push(time, thumb) > kernel.CUT)
            ctx.report(float(time), length, unit="second")
            count += 1
    found = seen.finish()
    if not found:
        raise NothingFound(f"{Path(params.video).name} has no frame that can be decoded")
    sheet.show_now()
    return count, found


def _small(frame: frames.Frame) -> tuple[Fraction, images.Picture]:
    return frame.time, frame.thumb


class _Sheet:
    """The live preview: the first frames of the latest shots; and the contact sheet, where it is wanted."""

    def __init__(self, ctx: Context, *, keep: bool) -> None:
        self._ctx, self._most, self._due = ctx, SHEET_SHOTS if keep else 0, PREVIEW_EVERY
        self._latest, self._kept = list[images.Picture](), list[images.Picture]()

    def show(self, time: float, thumb: images.Picture, *, is_new: bool) -> None:
        if is_new or not self._latest:
            self._latest = [*self._latest, thumb][-PREVIEW_SHOTS:]
            if len(self._kept) < self._most:
                self._kept.append(thumb)
        if time >= self._due:
            self._due = time + PREVIEW_EVERY
            self.show_now()

    def show_now(self) -> None:
        self._ctx.preview(_drawn(self._latest, self._ctx.scratch / "shots.jpg"))

    def saved(self) -> str | None:
        return str(_drawn(self._kept, self._ctx.output("sheet.jpg"))) if self._kept else None


def _drawn(pictures: Sequence[images.Picture], path: Path) -> Path:
    return Path(images.save(images.contact_sheet(pictures, cell=(THUMB, THUMB * 9 // 16)), path, quality=80))


def _joined(found: list[kernel.Shot], least: Fraction) -> list[kernel.Shot]:
    """No shot shorter than `least`: the weaker of its two boundaries goes."""
    found = list(found)
    while len(found) > 1:
        index = min(range(len(found)), key=lambda at: found[at].end - found[at].start)
        if found[index].end - found[index].start >= least:
            break
        after = index == 0 or (index + 1 < len(found) and _strength(found[index + 1]) < _strength(found[index]))
        first = index if after else index - 1
        found[first : first + 2] = [replace(found[first], end=found[first + 1].end)]
    return found


def _strength(shot: kernel.Shot) -> float:
    return shot.by.change if shot.by and shot.kind == "cut" else SOFT


# Cuts between frames that were left out


@dataclass(slots=True)
class _Gap:
    """A shot's frames in all; those left out just before its first, and how many to decode to see them."""

    frames: int = 0
    left_out: int = 0
    cost: int = 0
    at_key: bool = False


def _gaps(path: str, found: Sequence[kernel.Shot]) -> list[_Gap]:
    """One for each shot. From the file's index: nothing is decoded."""
    gaps = [_Gap() for _ in found]
    starts = [one.start for one in found]
    since_key = 0
    for time, _, _, is_key in frames.packets(path):
        since_key = 0 if is_key else since_key + 1
        index = bisect_right(starts, time)
        gaps[max(0, index - 1)].frames += 1
        if index and starts[index - 1] == time:
            gaps[index - 1].at_key = is_key
        elif index < len(found) and found[index].kind == "cut" and _since(found[index]) < time:
            gaps[index].left_out += 1
            gaps[index].cost = max(gaps[index].cost, since_key)
    return gaps


def _placed(
    path: str, ctx: Context, size: tuple[int, int], found: Sequence[kernel.Shot]
) -> tuple[list[kernel.Shot], int, set[int]]:
    """The shots with their cuts moved to the true frame, how many frames that took, and which are sure."""
    placed, gaps = list(found), _gaps(path, found)
    allowed = max(FEW, BUDGET * sum(gap.frames for gap in gaps))
    sure = {index for index, gap in enumerate(gaps) if found[index].kind in ("start", "cut") and not gap.left_out}
    # An encoder that begins anew at a cut has put the key frame where the cut is.
    sure |= {index for index, gap in enumerate(gaps) if gap.left_out and gap.at_key}
    unsure = sorted((gap.cost, index) for index, gap in enumerate(gaps) if gap.left_out and index not in sure)
    reread = 0
    for cost, index in unsure:
        ctx.check()
        if reread + cost > allowed:
            break
        start = _exact_start(path, placed[index], size)
        placed[index] = replace(placed[index], start=start)
        placed[index - 1] = replace(placed[index - 1], end=start)
        reread += cost
        sure.add(index)
    return placed, reread, sure


def _exact_start(path: str, shot: kernel.Shot, size: tuple[int, int]) -> Fraction:
    beside = Fraction(1, 1000)  # the end of a span is not in it
    around = list(frames.stream(path, start=_since(shot), end=shot.start + beside, thumb=size))
    if len(around) < 3:
        return shot.start
    thumbs = [one.thumb for one in around]
    return around[1 + kernel.turning(thumbs[0], thumbs[-1], thumbs[1:-1])].time


def _since(shot: kernel.Shot) -> Fraction:
    return shot.by.since if shot.by else shot.start


# The report


def _frames_before(path: str, starts: Sequence[Fraction]) -> list[int]:
    """Frames before each of the starts, and all of them at last."""
    counts = [0] * (len(starts) + 1)
    for time, *_ in frames.packets(path):
        counts[bisect_right(starts, time)] += 1
    return list(accumulate(counts))


def _result(
    ctx: Context, found: Sequence[kernel.Shot], before: list[int], sure: set[int], watched: int, reread: int
) -> ShotsResult:
    edges = [*before[: len(found)], before[-1]]
    told = tuple(
        Shot(
            start=float(one.start),
            end=float(one.end),
            first_frame=edges[index],
            frames=edges[index + 1] - edges[index],
            transition=one.kind,
            transition_start=float(one.by.start if one.by and one.kind != "cut" else one.start),
            transition_end=float(one.by.end if one.by and one.kind != "cut" else one.start),
            exact=index in sure,
        )
        for index, one in enumerate(found)
    )
    kinds = Counter(one.transition for one in told)
    path = ctx.output("shots.json")
    path.write_text(json.dumps([one.model_dump() for one in told], indent=1) + "\n")
    lengths = [one.end - one.start for one in told]
    return ShotsResult(
        shots=told,
        table=str(path),
        cuts=kinds["cut"],
        dissolves=kinds["dissolve"],
        fades=kinds["fade"],
        frames=before[-1],
        watched=watched,
        reread=reread,
        shortest=min(lengths),
        median=median(lengths),
    )
