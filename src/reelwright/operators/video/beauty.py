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

from reelwright.kernels import faces, landmarks, reshaping
from reelwright.kernels.face_tracks import AHEAD, Seen, Tracker
from reelwright.kernels.landmarks import Points
from reelwright.kernels.retouching import Measured, Retoucher
from reelwright.kernels.smoothing import Strength
from reelwright.media import encode, frames, planes, probe
from reelwright.models import face_mesh
from reelwright.models.port import BUILTIN, Models, Provider
from reelwright.operators import Context, Params, Quality, Resources, Result, Sheet, files, operator, param

if TYPE_CHECKING:
    from av import VideoFrame

YUNET = "yunet"
SIDES = (256, 512, 960)  # px of the longer side of the picture that faces are looked for in at most, by `detect_level`
CASCADE_SIDES = (320, 400, 640)
LEAST_SIDE = 256
BREADTH = 13  # px that the least face should be wide in that picture; the networks see no smaller ones
CROP = 192  # px of the square picture in which landmarks are sought: as large as the network sees it
CROP_SHARE = 1.7  # …and how many times the face it holds
FRONTAL_BOX = (0.12, 0.0, 0.76, 1.02)  # where in the cascade's square the face is: x, y, width, height
MEASURE = Fraction(1, 2)  # s between two measures for the report
MOST_TOLD = 100  # faces in the report
PREVIEW_WIDTH = 640


def _amount(description: str) -> float:
    """A param 0–100."""
    amount: float = param(description, 0.0, ge=0, le=100)
    return amount


def _shift(description: str) -> float:
    """A param -100–100."""
    shift: float = param(description, 0.0, ge=-100, le=100)
    return shift


class BeautyParams(Params):
    video: files.Video = param("Video with people in it.")
    smooth: float = param("How far blotches and small wrinkles of the skin go down.", 20.0, ge=0, le=100)
    whiten: float = param("How much light the skin is given.", 20.0, ge=0, le=100)
    detail: float = param("How far eyes, brows and lips are brought out.", 20.0, ge=0, le=100)
    face_thin: float = _amount("Makes the face thinner from the temples down.")
    cheek_thin: float = _amount("Takes the cheekbones in.")
    face_cut: float = _amount("Takes the corners of the jaw in.")
    chin_thin: float = _amount("Makes the chin thinner.")
    eye_size: float = _amount("Makes the eyes larger.")
    smile: float = _amount("Lifts the corners of the mouth.")
    face_length: float = _shift("Above 0 the face is longer below the eyes, below 0 shorter.")
    chin_length: float = _shift("Above 0 the chin is longer.")
    eye_corner1: float = _shift("Above 0 the outer corners of the eyes are higher.")
    eye_distance: float = _shift("Above 0 the eyes are farther apart.")
    nose_thin: float = _shift("Above 0 the nose is thinner.")
    nose_wing: float = _shift("Above 0 the wings of the nose are closer together.")
    nose_length: float = _shift("Above 0 the nose is longer.")
    mouth_size: float = _shift("Above 0 the mouth is larger.")
    mouth_position: float = _shift("Above 0 the mouth is higher.")
    lip_thickness: float = _shift("Above 0 the lips are fuller.")
    hair_line: float = _shift("Above 0 the hair begins higher.")
    skin_enabled: bool = param("Whether smooth, whiten and detail count.", True)
    shape_enabled: bool = param("Whether the keys of shape count.", True)
    skin_model: bool = param("Tell skin by a colour model of each face; without it, by the face's outline alone.", True)
    detect_mode: Literal["video", "image"] = param(
        "`video` follows faces from frame to frame; `image` takes each frame by itself, for unrelated pictures.",
        "video",
    )
    detect_level: int = param(
        "How closely faces are looked for: 2 finds the smallest and takes longest.", 1, ge=0, le=2
    )
    detect_interval: int = param("Frames from one look for faces to the next.", 5, ge=1, le=65535)
    max_face_num: int = param("How many faces are worked on at once, the largest first.", 32, ge=0, le=32)
    min_face: int = param("Breadth below which a face is left alone.", 40, ge=10, le=1024, unit="px")
    threshold: float = param("How sure a face must be; the detector inside OpenCV knows no degrees.", 0.8, ge=0, le=1)
    quality: Literal["draft", "normal", "high"] = param("Speed against size and fidelity of the encoding.", "normal")
    preview: bool = param("Also write a contact sheet: before and after, side by side.", False)

    @property
    def amounts(self) -> dict[str, float]:
        """Key of shape -> -1 to 1, of those that change anything."""
        asked = {key: float(getattr(self, key)) / 100 for key in reshaping.KEYS} if self.shape_enabled else {}
        return {key: amount for key, amount in asked.items() if amount}

    @property
    def strength(self) -> Strength:
        if not self.skin_enabled:
            return Strength()
        return Strength(self.smooth / 100, self.whiten / 100, self.detail / 100)


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
    """Landmarks where they are installed, else the best detector of boxes. Keys of shape need the former."""
    if params.amounts or face_mesh.is_installed():
        mesh = face_mesh.provider()
        return Provider(mesh.name, mesh.tier, {**mesh.models, **_detector_digest(models)})
    return Provider(YUNET, "model", _detector_digest(models)) if models.installed(YUNET) else BUILTIN


def _detector_digest(models: Models) -> dict[str, str]:
    return {YUNET: models.digest(YUNET)} if models.installed(YUNET) else {}


@operator(
    version=1,
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
        run = _Run(params, _eye(params, ctx.models, provider, picture), writer, sheet)
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


def _notes(params: BeautyParams, provider: Provider, seen: "_Told") -> list[str]:
    notes = [] if seen.changed else ["no face was found: the picture is as it was"]
    if provider.name == BUILTIN.name and "threshold" in params.model_fields_set:
        notes.append("threshold does not count: the detector inside OpenCV knows no degrees")
    if not params.strength and not params.amounts:
        notes.append("nothing was asked for: all amounts are 0 or switched off")
    return notes


# Where the faces are


def _eye(params: BeautyParams, models: Models, provider: Provider, picture: encode.Picture) -> "_Eye":
    precise = provider.name == face_mesh.NAME
    if models.installed(YUNET):
        detect = models.warm(YUNET, lambda: faces.yunet(models.path(YUNET)))
    else:
        detect = face_mesh.finder(models) if precise else faces.frontal()
    mesh = face_mesh.mesh(models) if precise else None
    return _Eye(detect, mesh, _side(params, provider, picture), params.min_face, picture)


def _side(params: BeautyParams, provider: Provider, picture: encode.Picture) -> int:
    if provider.name == BUILTIN.name:
        return CASCADE_SIDES[params.detect_level]  # whatever the least face: a cascade sees only large ones
    needed = BREADTH * max(picture.width, picture.height) / params.min_face
    return round(min(SIDES[params.detect_level], max(LEAST_SIDE, needed)))


class _Eye:
    """Implements `kernels.face_tracks.Eye` on the frame it was shown last."""

    def __init__(
        self,
        detect: faces.Detector,
        mesh: face_mesh.Mesh | None,
        side: int,
        least: float,
        picture: encode.Picture,
    ) -> None:
        self.precise = mesh is not None
        self._detect, self._mesh, self._side, self._least = detect, mesh, side, least
        self.knows_degrees = not isinstance(detect, faces.Frontal)
        self._matrix = frames.matrix_of(picture.colour.matrix, picture.width, picture.height)
        self._span = picture.colour.range or 1
        self._frame: frames.Frame
        self._planes: planes.Planes = []

    def at(self, frame: frames.Frame, upright: planes.Planes) -> "_Eye":
        self._frame, self._planes = frame, upright
        return self

    def find(self) -> Sequence[faces.Face]:
        width, height = self._frame.size
        scale = min(1.0, self._side / max(width, height))
        found = self._detect(self._frame.small(max(16, round(width * scale)), max(16, round(height * scale))))
        return [one for one in (face.scaled(1 / scale) for face in found) if one.width >= self._least / 2]

    def place(self, box: faces.Face, *, known: bool) -> Points | None:
        if self._mesh is None:
            if self.knows_degrees:
                return landmarks.ellipse(box.x, box.y, box.width, box.height)
            return landmarks.ellipse(*_face_in(box)) if known or self._is_seen_mirrored(box) else None
        picture, corner, scale = self._crop(box)
        found = self._mesh(picture)
        return None if found is None else (found / np.float32(scale) + corner).astype(np.float32)

    def _is_seen_mirrored(self, box: faces.Face) -> bool:
        """A cascade now and then takes a pattern for a face, but seldom its mirror image too."""
        picture, _, _ = self._crop(box)
        return bool(self._detect(np.ascontiguousarray(picture[:, ::-1])))

    def _crop(self, box: faces.Face) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], Points, float]:
        """The face in a square RGB picture; that square's corner in the frame, and its scale. Black beyond edges."""
        side = CROP_SHARE * max(box.width, box.height)
        height, width = self._planes[0].shape
        left, right = (_even(box.x + box.width / 2 + one * side / 2, width) for one in (-1, 1))
        top, bottom = (_even(box.y + box.height / 2 + one * side / 2, height) for one in (-1, 1))
        part = planes.crop(self._planes, left, top, max(2, right - left), max(2, bottom - top))
        scale = CROP / max(side, 2.0)
        small = planes.resize(part, _even(part[0].shape[1] * scale, CROP, 2), _even(part[0].shape[0] * scale, CROP, 2))
        # Ten bits come down to eight.
        small = [plane if plane.dtype == np.uint8 else (plane >> 2).astype(np.uint8) for plane in small]
        canvas = np.zeros((CROP, CROP, 3), np.uint8)
        rgb = planes.to_rgb(small, self._matrix, self._span)
        canvas[: rgb.shape[0], : rgb.shape[1]] = rgb
        return canvas, np.array([left, top], np.float32), scale


def _even(at: float, most: int, least: int = 0) -> int:
    return min(most & ~1, max(least, round(at / 2) * 2))


def _face_in(box: faces.Face) -> tuple[float, float, float, float]:
    x, y, wide, tall = FRONTAL_BOX
    return box.x + x * box.width, box.y + y * box.height, wide * box.width, tall * box.height


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

    def __init__(self, params: BeautyParams, eye: _Eye, writer: encode.Writer, sheet: Sheet) -> None:
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
