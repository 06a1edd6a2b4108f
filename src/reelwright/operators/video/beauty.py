"""Make the faces in a video look their best: even skin, more light, clear eyes, and if wished another shape.

Faces are found every few frames and followed between. Skin is told from the rest of a face by a colour model fitted to
that very face, so that every tone of skin is one. Blotches and small wrinkles go down, texture stays; brows, eyes, lips
and hair are left alone, or brought out (`detail`). Outside the faces nothing changes, but for what a change of shape
draws along. A face that comes into view is brought in gradually. Sound, time stamps and colour tags stay.

Skin needs nothing installed; with the `yunet` model small and turned faces are found too. The keys of shape need
landmarks (`make face`): where these are not installed, a job that asks for one fails and says so. The operator puts on
no make-up, changes neither neck nor hands, and does not know who somebody is.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

from reelwright.kernels import landmarks
from reelwright.kernels.face_tracks import AHEAD, Seen, Tracker
from reelwright.kernels.retouching import Measured, Retoucher
from reelwright.media import encode, face_eye, frames, planes, probe
from reelwright.models import face_mesh
from reelwright.models.port import BUILTIN, Models, Provider
from reelwright.operators import Context, Quality, Resources, Result, Sheet, files, operator, param
from reelwright.operators.retouch import RetouchParams

if TYPE_CHECKING:
    from av import VideoFrame

MEASURE = Fraction(1, 2)  # s between two measures for the report
MOST_TOLD = 100  # faces in the report
PREVIEW_WIDTH = 640


class BeautyParams(RetouchParams):
    video: files.Video = param("Video with people in it.")
    detect_mode: Literal["video", "image"] = param(
        "`video` follows faces from frame to frame; `image` takes each frame by itself, for unrelated pictures.",
        "video",
    )
    detect_interval: int = param("Frames from one look for faces to the next.", 5, ge=1, le=65535)
    quality: Literal["draft", "normal", "high"] = param("Speed against size and fidelity of the encoding.", "normal")
    preview: bool = param("Also write a contact sheet: before and after, side by side.", False)


class SeenFace(Result):
    start: float = param("When it comes into view.", unit="s")
    end: float = param("When it is last seen.", unit="s")
    frames: int = param("In how many frames it was worked on.")
    breadth: float = param("How broad it is at most.", unit="px")


class BeautyResult(Result):
    video: files.Video = param("The video, MP4.")
    sheet: files.Image | None = param("The contact sheet.", None)
    width: int = param("Its width.", unit="px")
    height: int = param("Its height.", unit="px")
    frames: int = param("Frames written, as many as were read.")
    frames_with_faces: int = param("Those that were changed.")
    landmarks: bool = param("Faces were known by their landmarks, not by boxes alone.")
    faces: tuple[SeenFace, ...] = param("The faces, in order of time; 100 at most. One that was lost counts anew.")
    skin_lift: float = param("Mean change of the skin's luma, in grey levels of 8 bits.")
    texture_kept: float = param("Share of the energy of the skin's fine texture that is still there.", ge=0)
    sound_shift: float = param("How much the sound moved against the picture; 0 is exact.", unit="s")
    notes: tuple[str, ...] = param("What could not be kept or done as it was asked.")


def choose(params: BeautyParams, models: Models) -> Provider:
    return face_eye.provider(models, shapes=bool(params.amounts))


@operator(
    version=2,
    quality=Quality("flicker_levels", at_most=1.0),
    resources=Resources(threads=2, memory=2 << 30),
    choose=choose,
    tiers=("builtin", "model"),
)
def beauty(params: BeautyParams, ctx: Context) -> BeautyResult:
    media = probe.with_video(params.video)
    video = media.video
    assert video is not None  # with_video promises it
    provider = choose(params, ctx.models)
    path = ctx.output("beauty.mp4")
    start = max(Fraction(0), media.start)
    picture, sheet = encode.Picture.like(video), Sheet(ctx, keep=params.preview)
    with encode.Writer(path, picture, quality=params.quality, beside=params.video, offset=start) as writer:
        run = _Run(params, _eye(params, ctx, provider, picture), writer, sheet)
        for frame in ctx.track(frames.stream(params.video), total=_count(media)):
            run.push(frame)
        run.finish()
    ctx.media(float(media.duration or 0))
    seen = run.told
    return BeautyResult(
        video=str(path),
        sheet=sheet.saved(),
        width=picture.width,
        height=picture.height,
        frames=writer.frames,
        frames_with_faces=seen.changed,
        landmarks=provider.name == face_mesh.NAME,
        faces=tuple(seen.faces.values())[:MOST_TOLD],
        skin_lift=seen.lift,
        texture_kept=seen.texture_kept,
        sound_shift=float(encode.sound_lag(path) - encode.sound_lag(params.video)),
        notes=(*encode.notes_on(video), *writer.notes, *_notes(params, provider, seen)),
    )


def _count(media: probe.Media) -> float | None:
    """Frames to come, as far as the file tells."""
    assert media.video is not None
    if media.video.frames or not media.duration:
        return media.video.frames
    return float(media.duration * media.video.frame_rate) or None


def _eye(params: BeautyParams, ctx: Context, provider: Provider, picture: encode.Picture) -> face_eye.Eye:
    return face_eye.opened(
        ctx.models,
        provider,
        face_eye.Shown((picture.width, picture.height), picture.colour.matrix, picture.colour.range or 1),
        level=params.detect_level,
        least=params.min_face,
    )


def _notes(params: BeautyParams, provider: Provider, seen: "_Told") -> list[str]:
    notes = [] if seen.changed else ["no face was found: the picture is as it was"]
    if provider.name == BUILTIN.name and "threshold" in params.model_fields_set:
        notes.append("threshold does not count: the detector inside OpenCV knows no degrees")
    if not params.strength and not params.amounts:
        notes.append("nothing was asked for: all amounts are 0 or switched off")
    return notes


# Every frame


@dataclass
class _Told:
    """What is counted on the way."""

    changed: int = 0
    faces: dict[int, SeenFace] = field(default_factory=dict)
    _measured: list[Measured] = field(default_factory=list, init=False)

    def count(self, time: float, found: Sequence[Seen], measured: Sequence[Measured]) -> None:
        self.changed += bool(found)
        self._measured += measured
        for one in found:
            first = self.faces.get(one.track) or SeenFace(start=time, end=time, frames=0, breadth=0.0)
            breadth = max(first.breadth, round(landmarks.unit(one.points), 1))
            self.faces[one.track] = SeenFace(start=first.start, end=time, frames=first.frames + 1, breadth=breadth)

    @property
    def lift(self) -> float:
        return round(float(np.mean([one.lift for one in self._measured])), 2) if self._measured else 0.0

    @property
    def texture_kept(self) -> float:
        before = sum(one.texture_before for one in self._measured)
        return round(sum(one.texture_after for one in self._measured) / before, 4) if before else 1.0


class _Run:
    """Frames go in, are seen, wait for those after them, are changed and written."""

    def __init__(self, params: BeautyParams, eye: face_eye.Eye, writer: encode.Writer, sheet: Sheet) -> None:
        self._eye, self._writer, self._sheet = eye, writer, sheet
        self._tracker = Tracker(
            interval=params.detect_interval,
            most=params.max_face_num,
            least=params.min_face,
            threshold=params.threshold if eye.knows_degrees else 0.0,
            alone=params.detect_mode == "image",
        )
        self._retoucher = Retoucher(params.strength, params.amounts, params.skin_model)
        self._held = deque[tuple[frames.Frame, planes.Planes]]()
        self._due = Fraction(0)
        self.told = _Told()

    def push(self, frame: frames.Frame) -> None:
        picture = self._writer.picture
        upright = planes.upright(planes.to_planar(frame.raw, picture.pixels), frame.rotation)
        upright = planes.crop(upright, 0, 0, picture.width, picture.height)
        self._held.append((frame, upright))
        luma = upright[0] if upright[0].dtype == np.uint8 else (upright[0] >> 2).astype(np.uint8)
        self._tracker.push(luma, self._eye.at(frame, upright))
        if len(self._held) > AHEAD:
            self._write()

    def finish(self) -> None:
        while self._held:
            self._write()

    def _write(self) -> None:
        frame, upright = self._held.popleft()
        found = self._tracker.pop()
        out = self._writer.picture.blank(frame.raw)
        target = planes.of(out)
        planes.put(upright, target)
        measure = bool(found) and frame.time >= self._due
        self._due = frame.time + MEASURE if measure else self._due
        measured = self._retoucher.apply(target, found, measure=measure) if found else []
        self.told.count(float(frame.time), found, measured)
        self._show(frame, out)
        self._writer.write(out)

    def _show(self, frame: frames.Frame, out: "VideoFrame") -> None:
        width = min(PREVIEW_WIDTH, frame.size[0])
        size = (width, max(1, round(width * frame.size[1] / frame.size[0])))
        self._sheet.show(
            float(frame.time),
            lambda: frame.small(*size),
            lambda: np.asarray(out.reformat(*size, format="rgb24").to_ndarray(), np.uint8),
        )
