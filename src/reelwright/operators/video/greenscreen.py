"""Take the green or blue screen out of a video: put another background there, or give the subject with transparency.

The screen's colour and the light on it are found by looking at frames from all over the video. Then every frame is
keyed against that plate in its own planes, with hair and soft edges; what the screen mixes into edges and spills
onto the subject is taken away. With a background the result is an MP4 as long as the source; without, a WebM (VP9)
or MOV (ProRes 4444) with an alpha channel. Sound, time stamps and colour tags stay.

The light may be uneven and may change. What stands beside the screen stays in the picture: nothing is cut away by
its place. There must be a screen: people are not recognised as such.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import ValidationInfo, field_validator

from reelwright.errors import InvalidParameter, NothingFound
from reelwright.kernels import compositing, keying
from reelwright.kernels import plate as plates
from reelwright.kernels.maps import FULL, Plane
from reelwright.kernels.one_core import one_core
from reelwright.media import encode, frames, images, planes, probe
from reelwright.operators import Context, Params, Quality, Resources, Result, Sheet, files, operator, param

if TYPE_CHECKING:
    from av import VideoFrame

SAMPLES = 12  # frames the screen is looked for in
FEW = 5  # key frames; with fewer, frames between are looked at
SEEN = 320  # most columns of the pictures it is looked for in
UPDATE = Fraction(1, 2)  # s between two steps of the plate
MEASURE = Fraction(1, 4)  # s between two measures for the report
SHEET_HEIGHT = 240  # px of a picture on the contact sheet
CHEQUER = 12  # px: squares that show where nothing is


class GreenscreenParams(Params):
    video: files.Video = param("Video shot before a screen of one colour.")
    background: files.Image | None = param(
        "Picture to put behind the subject; it is scaled to cover the frame. Without one the result is transparent.",
        None,
    )
    alpha_format: Literal["none", "webm", "prores"] | None = param(
        "File of a transparent result: `webm` (VP9, the default) or `prores` (ProRes 4444 in MOV). `none` makes an "
        "MP4, which needs a background.",
        None,
    )
    key: str = param("Colour of the screen: `auto`, or as #rrggbb.", "auto", pattern=r"^(auto|#[0-9a-fA-F]{6})$")
    despill: float = param("How much of the screen's light on the subject is taken away.", 1.0, ge=0, le=1)
    softness: float = param("1 keeps edges as soft as they are; 0 makes them hard.", 1.0, ge=0, le=1)
    edge: float = param("Below 0 the subject shrinks at its edges, above it grows.", 0.0, ge=-1, le=1)
    quality: Literal["draft", "normal", "high"] = param("Speed against size and fidelity of the encoding.", "normal")
    preview: bool = param("Also write a contact sheet: before and after, side by side.", False)

    @field_validator("alpha_format")
    @classmethod
    def _fits(cls, value: str | None, info: ValidationInfo) -> str | None:
        has_background = info.data.get("background") is not None
        if value == "none" and not has_background:
            raise ValueError("an MP4 has no transparency: give a background, or write WebM or MOV")
        if value in ("webm", "prores") and has_background:
            raise ValueError("before a background nothing is transparent: write MP4, or leave the background out")
        return value


class GreenscreenResult(Result):
    video: files.Video = param("The video with the new background, or with transparency.")
    transparent: bool = param("It has an alpha channel.")
    width: int = param("Its width.", unit="px")
    height: int = param("Its height.", unit="px")
    frames: int = param("Frames written, as many as were read.")
    frames_without_screen: int = param("Those in which no screen was in view; they are left as they are.")
    key: str = param("The screen's colour, as #rrggbb.")
    plate_error: float = param("Unevenness of the screen that the fitted light does not explain; 0 is perfect.", ge=0)
    keyed: float = param("Mean share of the frame that is screen.", ge=0, le=1)
    mixed: float = param("Mean share of the frame that is partly covered: hair, soft edges, motion.", ge=0, le=1)
    spill_before: float = param("Mean share of the screen's colour on the subject.", ge=0)
    spill_after: float = param("The same in the result.", ge=0)
    sound_shift: float = param("How much the sound moved against the picture; 0 is exact.", unit="s")
    notes: tuple[str, ...] = param("What could not be kept as it was.")
    sheet: files.Image | None = param("The contact sheet.", None)


@operator(
    version=3,
    quality=Quality("alpha_mad_to_chromakey", at_most=0.5),
    resources=Resources(threads=2, memory=2 << 30),
    phases={"look": 0.05, "key": 0.95},
)
def greenscreen(params: GreenscreenParams, ctx: Context) -> GreenscreenResult:
    media = probe.with_video(params.video)
    target = _target(params, media)
    keyer = _keyer(params, ctx, media, target.picture)
    seen = _Seen()
    path = ctx.output(f"greenscreen.{target.ending}")
    notes, sheet = _render(params, ctx, media, target, keyer, seen, path)
    ctx.media(float(media.duration or 0))
    shift = float(encode.sound_lag(path) - encode.sound_lag(params.video))
    written = probe.with_video(path).video
    assert written is not None
    return GreenscreenResult(
        video=str(path),
        transparent=target.background is None,
        width=written.width,
        height=written.height,
        frames=seen.frames,
        frames_without_screen=seen.without,
        key=_hex(keyer.plate, target.picture),
        plate_error=keyer.plate.spread,
        keyed=seen.mean(seen.keyed),
        mixed=seen.mean(seen.mixed),
        spill_before=seen.mean(seen.spill_before),
        spill_after=seen.mean(seen.spill_after),
        # Opus begins within a fifth of a second of silence that players skip: no shift.
        sound_shift=shift,
        notes=notes,
        sheet=sheet,
    )


# What is written


@dataclass(frozen=True, slots=True)
class _Target:
    """The picture that is keyed and written, the file's ending, and the new background in its planes, if any."""

    picture: encode.Picture
    ending: str
    background: plates.Picture | None

    @property
    def pixels(self) -> str:
        return {"mp4": "yuv420p", "webm": "yuva420p", "mov": "yuva444p10le"}[self.ending]


def _target(params: GreenscreenParams, media: probe.Media) -> _Target:
    assert media.video is not None  # with_video promised it
    wanted = params.alpha_format or ("none" if params.background else "webm")
    picture = replace(encode.Picture.like(media.video), pixels="yuv420p")
    ending = {"none": "mp4", "webm": "webm", "prores": "mov"}[wanted]
    background = _covering(images.load(params.background), picture) if params.background else None
    return _Target(picture, ending, background)


def _covering(rgb: images.Picture, picture: encode.Picture) -> plates.Picture:
    """The picture scaled to cover the frame as players show it, its middle, in the video's own YCbCr."""
    wide = max(2, round(picture.width * picture.aspect))
    scale = max(wide / rgb.shape[1], picture.height / rgb.shape[0])
    large = images.resized(
        rgb, max(wide, round(rgb.shape[1] * scale)), max(picture.height, round(rgb.shape[0] * scale))
    )
    left, top = (large.shape[1] - wide) // 2, (large.shape[0] - picture.height) // 2
    middle = large[top : top + picture.height, left : left + wide]
    y, u, v = planes.from_rgb(images.resized(middle, picture.width, picture.height), *_matrix(picture))
    return y, u, v


def _matrix(picture: encode.Picture) -> tuple[int, int]:
    """Matrix and range that RGB is turned into the video's samples by, as code points of H.273."""
    return frames.matrix_of(picture.colour.matrix, picture.width, picture.height), picture.colour.range or 1


# The screen


def _keyer(params: GreenscreenParams, ctx: Context, media: probe.Media, picture: encode.Picture) -> keying.Keyer:
    """Finds the screen, or says why there is none."""
    ctx.enter("look")
    shown = []
    for frame in _sampled(params.video, media):
        ctx.check()
        shown.append(_planes(frame, picture))
        ctx.report(len(shown), SAMPLES)
    small = [_small(one) for one in shown]
    key = _named(params.key, picture) if params.key != "auto" else _found(params.video, small)
    plate = plates.Plate.fitted(small, key)
    name = Path(params.video).name
    if plate is None:
        raise NothingFound(f"{name} shows no screen of the colour {params.key}: check `key`, or let it be auto")
    if plate.spread > key.most_uneven and params.key == "auto":
        told = f"the colour at its borders is as uneven as {plate.spread:.0%}; a screen has 2 to 8 %"
        raise NothingFound(f"{name} shows no screen: {told}. If it has one, give its colour as `key`")
    keyer = keying.Keyer(plate, (picture.width, picture.height), keying.Look(params.softness, params.edge))
    keyer.calibrate(shown)
    return keyer


def _sampled(path: str, media: probe.Media) -> list[frames.Frame]:
    """A few frames from all over the video."""
    length = media.duration or Fraction(0)
    found = list(frames.key_frames(path, gap=length / SAMPLES))[:SAMPLES]
    if len(found) < FEW and length:
        found += _between(path, length / FEW)
    return found or [frames.at(path, Fraction(0))]


def _between(path: str, step: Fraction) -> Iterator[frames.Frame]:
    """One frame after each step, in one reading: where key frames are rare, each jump would decode much."""
    due = step
    for frame in frames.stream(path, skip="nonref"):
        if frame.time >= due:
            yield frame
            due += step
        if due >= step * FEW:
            return


def _found(path: str, pictures: list[plates.Picture]) -> plates.Key:
    candidate = plates.find_key(pictures)
    if candidate is not None and plates.is_screen(candidate):
        return candidate.key
    told, least = "all of it is grey", plates.LEAST_CHROMA
    if candidate is not None:
        least = candidate.key.least_chroma
        told = (
            f"its commonest colour (hue {candidate.key.hue:.0f}°, chroma {candidate.key.chroma:.0f}) fills "
            f"{candidate.border:.0%} of the borders and {candidate.share:.0%} of the picture"
        )
    wanted = f"{plates.LEAST_BORDER:.0%} and {plates.LEAST_SHARE:.0%} with a chroma of {least:.0f}, far from skin's hue"
    raise NothingFound(
        f"{Path(path).name} shows no screen: {told}; a screen fills {wanted}. If it has one, give its colour as `key`"
    )


def _named(colour: str, picture: encode.Picture) -> plates.Key:
    """The key for a colour given as #rrggbb."""
    rgb = np.array([[tuple(bytes.fromhex(colour[1:]))] * 2] * 2, np.uint8)
    _, u, v = planes.from_rgb(rgb, *_matrix(picture))
    key = plates.Key.of(float(u[0, 0]) - plates.NEUTRAL, float(v[0, 0]) - plates.NEUTRAL)
    if key.chroma < plates.COLOURED:
        raise InvalidParameter(f"key {colour} is nearly grey: a screen has a colour", field="key")
    return key


def _hex(plate: plates.Plate, picture: encode.Picture) -> str:
    """The plate's colour in the middle of the picture."""
    y, u, v = (np.full((2, 2) if index == 0 else (1, 1), one) for index, one in enumerate(plate.coefficients[:, 0]))
    samples = [np.clip(np.round(one), 0, 255).astype(np.uint8) for one in (y, u + plates.NEUTRAL, v + plates.NEUTRAL)]
    red, green, blue = planes.to_rgb(samples, *_matrix(picture))[0, 0]
    return f"#{red:02x}{green:02x}{blue:02x}"


def _planes(frame: frames.Frame, picture: encode.Picture) -> plates.Picture:
    """The frame upright, 8 bits, of the size that is written."""
    upright = planes.upright(planes.to_planar(frame.raw, "yuv420p"), frame.rotation)
    y, u, v = (np.ascontiguousarray(one) for one in planes.crop(upright, 0, 0, picture.width, picture.height))
    return y, u, v


def _small(picture: plates.Picture) -> plates.Picture:
    """All planes at one size, in which the screen is looked for."""
    high, wide = picture[1].shape
    size = min(wide, SEEN), max(1, round(high * min(wide, SEEN) / wide))
    y, u, v = (images.resized(plane, *size) for plane in picture)
    return y, u, v


# Every frame


class _Seen:
    """What is counted on the way."""

    def __init__(self) -> None:
        self.frames = self.without = 0
        self.keyed, self.mixed = list[float](), list[float]()
        self.spill_before, self.spill_after = list[float](), list[float]()
        self._due = Fraction(0)

    def count(self, time: Fraction, matte: keying.Matte, picture: plates.Picture, out: plates.Picture) -> None:
        self.frames += 1
        self.without += not matte.has_screen
        if not matte.has_screen or time < self._due:
            return
        self._due = time + MEASURE
        self.keyed.append(float((matte.half == FULL).mean()))
        self.mixed.append(float(((matte.half > 0) & (matte.half < FULL)).mean()))
        self.spill_before.append(compositing.spill(picture[1], picture[2], matte))
        self.spill_after.append(compositing.spill(out[1], out[2], matte))

    @staticmethod
    def mean(values: list[float]) -> float:
        return round(sum(values) / len(values), 5) if values else 0.0


@one_core()
def _render(
    params: GreenscreenParams,
    ctx: Context,
    media: probe.Media,
    target: _Target,
    keyer: keying.Keyer,
    seen: _Seen,
    path: Path,
) -> tuple[tuple[str, ...], str | None]:
    """Writes the result; gives the notes, and the contact sheet's path if one was asked for."""
    assert media.video is not None  # with_video promised it
    ctx.enter("key")
    source, sheet, due = target.picture, Sheet(ctx, keep=params.preview), UPDATE
    small = max(16, round(source.width * source.aspect * SHEET_HEIGHT / source.height)), SHEET_HEIGHT
    coded = replace(source, pixels=target.pixels)
    # Keyed as VP9's own format; the writer makes of it what ProRes takes.
    drawn = replace(source, pixels="yuv420p" if target.background else "yuva420p")
    start = max(Fraction(0), media.start)
    with encode.Writer(path, coded, quality=params.quality, beside=params.video, offset=start) as writer:
        for frame in frames.stream(params.video):
            ctx.check()
            picture = _planes(frame, source)
            if frame.time >= due:
                due = frame.time + UPDATE
                keyer.use(keyer.plate.updated(_small(picture)))
            matte = keyer.matte(*picture)
            done = _done(picture, matte, target, params.despill)
            seen.count(frame.time, matte, picture, (done[0], done[1], done[2]))
            out = drawn.blank(frame.raw)
            planes.put(done, planes.of(out))
            sheet.show(float(frame.time), partial(frame.small, *small), partial(_shown, out, *small))
            writer.write(out)
            ctx.report(float(frame.time), float(media.duration or 0), unit="second")
    ctx.report(1, 1, unit="pass")
    if seen.frames == seen.without:
        raise NothingFound(f"{Path(params.video).name} shows its screen in none of the frames")
    return (*_notes(media.video, target), *writer.notes), sheet.saved()


def _notes(video: probe.VideoStream, target: _Target) -> list[str]:
    told = [one for one in encode.notes_on(video) if "transparency" not in one or target.background]
    if encode.Picture.like(video).pixels != "yuv420p":
        told.append(f"the {video.bit_depth}-bit HDR picture was keyed and encoded with 8 bits: bands may show in it")
    return told


def _done(picture: plates.Picture, matte: keying.Matte, target: _Target, despill: float) -> tuple[Plane, ...]:
    if target.background is not None:
        return compositing.over(picture, matte, target.background, despill)
    return compositing.cut_out(picture, matte, despill)


def _shown(out: "VideoFrame", width: int, height: int) -> images.Picture:
    """The result for the contact sheet: chequers show where nothing is."""
    rgba = np.asarray(out.reformat(width, height, format="rgba").to_ndarray(), np.uint8)
    alpha = rgba[..., 3:] / np.float32(FULL)
    y, x = np.mgrid[:height, :width] // CHEQUER
    behind = np.where((x + y) % 2, 150, 100)[..., None]
    return (rgba[..., :3] * alpha + behind * (1 - alpha)).astype(np.uint8)
