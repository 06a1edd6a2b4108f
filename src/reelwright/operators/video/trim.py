"""Cut one span out of a film, exact to the frame.

H.264 is copied, and only the frames between an edge and the next point where a decoder can begin are encoded; other
films are copied where their edges allow it. Sound is cut at the sample.
"""

from fractions import Fraction
from typing import Literal

from reelwright.errors import InvalidParameter
from reelwright.media import joining, moments, probe
from reelwright.operators import Context, Params, Quality, Resources, Result, files, operator, param


class TrimParams(Params):
    video: files.Video = param("Film to cut.")
    start: float = param("Where the span begins.", 0.0, ge=0, unit="s")
    end: float | None = param("Where it ends; the end of the film if left out, or if that comes first.", None, unit="s")
    quality: Literal["draft", "normal", "high"] = param(
        "Speed against size and fidelity of what has to be encoded.", "normal"
    )


class TrimResult(Result):
    video: files.Video = param("The span, a film of its own: MP4.")
    start: float = param("Where it begins in the source, to the frame.", unit="s")
    end: float = param("Where it ends in the source.", unit="s")
    seconds: float = param("Its length.", unit="s")
    frames: int = param("Its frames.")
    frames_copied: int = param("Those that were copied as they are.")
    encoded_because: str = param("Why no frame was copied; empty if some were.")
    notes: tuple[str, ...] = param("What could not be kept as it was.")


@operator(version=2, quality=Quality("edge_error_frames", at_most=0.5), resources=Resources(threads=2))
def trim(params: TrimParams, ctx: Context) -> TrimResult:
    media = probe.with_video(params.video)
    length = media.duration or moments.length_of(params.video)
    start, end = _exact(params.start), _exact(params.end) if params.end is not None else length
    end = min(end, length)
    if start >= end:
        field = "start" if start >= length else "end"
        told = f"the span is {float(start):g} to {float(end):g} s, and the film has {float(length):.3f} s"
        raise InvalidParameter(f"{told}; give start < end within it", field=field)

    def tick(share: float) -> None:
        ctx.check()
        ctx.report(share, 1.0, unit="film")

    path = ctx.output("video.mp4")
    made = joining.cut(params.video, [(start, end)], path, quality=params.quality, tick=tick)
    ctx.report(1, 1, unit="film")
    ctx.media(float(made.seconds))
    ((begins, ends),) = made.spans
    return TrimResult(
        video=str(path),
        start=float(begins),
        end=float(ends),
        seconds=float(made.seconds),
        frames=made.frames,
        frames_copied=made.copied,
        encoded_because=made.why,
        notes=made.notes,
    )


def _exact(seconds: float) -> Fraction:
    # 0.8 means four fifths, not the binary number a little above it: a frame may begin exactly there.
    return Fraction(seconds).limit_denominator(1_000_000)
