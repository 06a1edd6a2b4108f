"""Cut a part out of every picture of a film.

Places and sizes are in pixels of the upright picture. Sizes are even; an odd one loses a row or column, and `notes` say
so. Frame times, colours, sound and subtitles stay.
"""

from reelwright.errors import InvalidParameter
from reelwright.media import encode, probe, windows
from reelwright.operators import Context, Quality, Resources, operator, param
from reelwright.operators.film import FilmParams, FilmResult, redone


class CropParams(FilmParams):
    x: int = param("Left edge of the part.", 0, ge=0, unit="px")
    y: int = param("Upper edge of the part.", 0, ge=0, unit="px")
    width: int | None = param("Width of the part; all to the right edge if left out.", None, ge=2, unit="px")
    height: int | None = param("Height of the part; all to the lower edge if left out.", None, ge=2, unit="px")


@operator(version=2, quality=Quality("cropped_psnr_db", at_least=36), resources=Resources(threads=2))
def crop(params: CropParams, ctx: Context) -> FilmResult:
    media = probe.with_video(params.video)
    assert media.video is not None  # with_video promises it
    width, height = (
        _length(name, at, wanted, long)
        for name, at, wanted, long in zip(
            "xy", (params.x, params.y), (params.width, params.height), media.video.shown, strict=True
        )
    )
    window = windows.Window.cut(params.x, params.y, (width, height))
    picture = encode.Picture.like(media.video).sized(width, height)
    made = redone(params, ctx, media, picture, lambda frame: window.drawn(frame, picture, []))
    if (params.width or width, params.height or height) != (width, height):
        made["notes"] += (f"the part was cut to {width}x{height}: sizes are even, and the picture ends somewhere",)
    return FilmResult(**made)


def _length(name: str, at: int, wanted: int | None, long: int) -> int:
    """Even pixels from `at`, as many as are wanted and there."""
    found = min(wanted or long, long - at) & ~1
    if found < 2:
        raise InvalidParameter(
            f"{name} is {at}, but the picture ends at {long} px; give {long - 2} at most", field=name
        )
    return found
