"""Parts of any films, one after the other, as one film of one size: everything is decoded, fitted and encoded.

Pictures of another shape get black bars, all are turned upright and converted to the colours of HD. Frame times stay
those of the sources. Sound becomes stereo at 48 kHz, with silence where a film has none; if none has any, there is
no sound track. For parts of one film that keep their size `media.joining` copies most of it instead.

Not done here: crossfades; tone mapping of HDR.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwright.errors import InvalidParameter
from reelwright.loading import lazy
from reelwright.media import encode, excerpts, frames, planes, probe, samples, wav
from reelwright.media.splices import Span

if TYPE_CHECKING:
    import av
else:
    av = lazy("av")

Part = tuple[str | Path, Span]
"""A film and a span of it in seconds."""
Size = tuple[int, int]
Tick = Callable[[float], None]

RATE = 48000
TIME_BASE = Fraction(1, 90_000)
BT709, LIMITED = 1, 1  # code points of ITU-T H.273
COLOUR = encode.Colour(LIMITED, BT709, BT709, BT709)
BLACK = (16, 128, 128)  # Y, Cb, Cr


@dataclass(frozen=True, slots=True)
class Reel:
    """What was written."""

    frames: int
    seconds: Fraction
    notes: tuple[str, ...]


def size(media: probe.Media, width: int | None, height: int | None) -> Size:
    """An even size for a film: what is given of it, the rest by the film's own shape."""
    assert media.video is not None  # it was probed for one
    own = media.video.displayed
    if width is None and height is None:
        width, height = own
    wide = width if width is not None else round(own[0] * (height or own[1]) / own[1])
    high = height if height is not None else round(own[1] * wide / own[0])
    return max(2, wide & ~1), max(2, high & ~1)


def write(
    parts: Sequence[Part],
    out: str | Path,
    picture: Size,
    *,
    quality: encode.Quality = "normal",
    tick: Tick = lambda share: None,
) -> Reel:
    """Write the parts to `out` as a film of this even size. `tick` hears the share that is done and may raise.

    Raises InvalidParameter without parts, and the errors of `media.probe` and `media.encode`.
    """
    if not parts:
        raise InvalidParameter("a film needs at least one part")
    out, media = Path(out), [probe.with_video(path) for path, _ in parts]
    voice = out.with_name(f".{out.stem}.sound.wav")
    whole = float(sum(end - start for _, (start, end) in parts))
    rate = max((one.video.frame_rate or encode.USUAL_RATE for one in media if one.video), default=encode.USUAL_RATE)
    target = encode.Picture(*picture, TIME_BASE, rate, colour=COLOUR)
    try:
        beside = sound(parts, voice) if any(one.audio for one in media) else None
        with encode.Writer(out, target, quality=quality, beside=beside) as writer:
            for frame in _frames(parts, media, target):
                writer.write(frame)
                tick(min(1.0, float((frame.pts or 0) * TIME_BASE) / whole))
            count = writer.frames
    finally:
        voice.unlink(missing_ok=True)
    notes = [note for one in media if one.video for note in encode.notes_on(one.video)]
    return Reel(count, sum((end - start for _, (start, end) in parts), Fraction(0)), tuple(dict.fromkeys(notes)))


def _frames(parts: Sequence[Part], media: Sequence[probe.Media], target: encode.Picture) -> "Iterator[av.VideoFrame]":
    offset = Fraction(0)
    for (path, (start, end)), about in zip(parts, media, strict=True):
        assert about.video is not None  # it was probed for one
        box = _fitted(about.video, (target.width, target.height))
        # What is on the screen when the part begins may have begun before it.
        shown = frames.at(path, start)
        rest = (one for one in frames.stream(path, start=start, end=end) if one.time > shown.time)
        for frame in itertools.chain((shown,), rest):
            made = _placed(frame, box, target)
            made.pts, made.time_base = round((offset + max(frame.time, start) - start) / TIME_BASE), TIME_BASE
            yield made
        offset += end - start


def _fitted(video: probe.VideoStream, into: Size) -> Size:
    """The largest even size of the film's shape that fits."""
    width, height = video.displayed
    scale = min(into[0] / width, into[1] / height)
    return max(2, min(into[0], round(width * scale)) & ~1), max(2, min(into[1], round(height * scale)) & ~1)


def _placed(frame: frames.Frame, box: Size, target: encode.Picture) -> "av.VideoFrame":
    """The frame upright, scaled to the box and in the middle of the target."""
    stored = box[::-1] if frame.rotation % 180 else box
    scaled = frame.raw.reformat(
        *stored,
        format=target.pixels,
        src_colorspace=frames.matrix_of(int(frame.raw.colorspace), frame.raw.width, frame.raw.height),
        dst_colorspace=BT709,
        dst_color_range=LIMITED,
    )
    if not frame.rotation and box == (target.width, target.height):
        return scaled
    made = av.VideoFrame(target.width, target.height, target.pixels)
    for plane, grey in zip(planes.of(made), BLACK, strict=True):
        plane[:] = grey
    left, top = (target.width - box[0]) // 4 * 2, (target.height - box[1]) // 4 * 2
    planes.put(planes.upright(scaled, frame.rotation), planes.of(made), left, top)
    return made


def sound(parts: Sequence[Part], path: Path) -> Path:
    """Write the sound of all parts to `path`, WAV, each as long as its part to the sample; gives the path."""
    elapsed = Fraction(0)
    with wav.WavWriter(path, RATE, 2) as writer:
        for source, (start, end) in parts:
            count = round((elapsed + end - start) * RATE) - round(elapsed * RATE)
            elapsed += end - start
            about, done = probe.probe(source).audio, 0
            matrix = samples.downmix(about[0], 2) if about else np.zeros((2, 1), np.float32)
            for block in excerpts.sound(Path(source), (start, end), RATE):
                stereo = (matrix @ block)[:, : count - done]
                writer.write(np.asarray(stereo, np.float32))
                done += stereo.shape[1]
            while done < count:
                silence = min(count - done, samples.BLOCK)
                writer.write(np.zeros((2, silence), np.float32))
                done += silence
    return path
