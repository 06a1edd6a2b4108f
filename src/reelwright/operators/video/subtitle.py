"""Burn subtitles into a film, if wished with the words lighting up as they are said.

Takes SRT, WebVTT and ASS, and the JSON file of `speech.transcribe`. Times of words come from karaoke tags of ASS, time
stamps inside WebVTT cues, or the transcript's words; where there are none a cue's time is shared out among its words
by their letters. Styles in the file do not count: how words look is said here. Frame times, colours and sound stay.
"""

import shutil
from typing import TYPE_CHECKING, Literal

from reelwright.errors import NothingFound
from reelwright.media import encode, frames, karaoke, lettering, probe, redrawing, timed_text
from reelwright.media.subtitles import Cue
from reelwright.models.port import Models, Provider
from reelwright.operators import Context, Quality, Resources, files, look, operator, param
from reelwright.operators.film import FilmParams, FilmResult, redone
from reelwright.operators.picture import COLOUR

if TYPE_CHECKING:
    from av import VideoFrame


class SubtitleParams(FilmParams, look.LookParams):
    subtitles: files.Text = param("SRT, WebVTT or ASS file, or the JSON of speech.transcribe, in UTF-8.")
    karaoke: Literal["none", "word", "sweep"] = param(
        "`word` lights the word that is said, `sweep` all up to where the voice is.", "none"
    )
    highlight: str = param("Colour of the light, #RRGGBB.", "#FFD400", pattern=COLOUR)
    bottom: float = param("Room below the words, share of the picture's height.", 0.06, ge=0, le=0.9)
    require_lines: bool = param(
        "A file without a line is an error; else the film is copied as it is, and `notes` say so.", False
    )
    offset: float = param("Added to all times of the file.", 0.0, ge=-36000, le=36000, unit="s")


class SubtitleResult(FilmResult):
    cues: int = param("Subtitles in the file.")
    cues_shown: int = param("Those that begin before the film ends.")
    words_timed: int = param("Words whose times the file tells.")
    frames_with_words: int = param("Frames on which something was drawn.")


def choose(params: SubtitleParams, models: Models) -> Provider:
    return look.provider(models)


@operator(version=2, quality=Quality("cue_edge_error_frames", at_most=1), resources=Resources(threads=2), choose=choose)
def subtitle(params: SubtitleParams, ctx: Context) -> SubtitleResult:
    media = probe.with_video(params.video)
    assert media.video is not None  # with_video promises it
    spoken = [_moved(one, params.offset) for one in timed_text.read(params.subtitles)]
    if not spoken:
        return _unchanged(params, ctx, media)
    picture, drawn = encode.Picture.like(media.video), list[bool]()
    pen = _pen(params, ctx, picture, spoken)

    def draw(frame: frames.Frame) -> "VideoFrame":
        layers = pen.at(float(frame.time))
        drawn.append(bool(layers))
        return redrawing.redrawn(frame, picture, layers)

    made = redone(params, ctx, media, picture, draw)
    length = float(media.duration or spoken[-1].cue.end)
    return SubtitleResult(
        **made,
        cues=len(spoken),
        cues_shown=sum(one.cue.start < length for one in spoken),
        words_timed=sum(len(one.words) for one in spoken if one.timed),
        frames_with_words=sum(drawn),
    )


def _unchanged(params: SubtitleParams, ctx: Context, media: probe.Media) -> SubtitleResult:
    if params.require_lines:
        told = "the subtitle file has no line; give one that has, or require_lines false"
        raise NothingFound(told, field="subtitles")
    assert media.video is not None  # it was probed for one
    path = ctx.output(f"video{media.path.suffix.lower()}")
    shutil.copyfile(media.path, path)
    ctx.report(1, 1, unit="film")
    width, height = media.video.shown
    return SubtitleResult(
        video=str(path),
        width=width,
        height=height,
        frames=media.video.frames or sum(1 for _ in frames.packets(path)),
        sound_shift=0.0,
        notes=("the subtitle file has no line: the film was copied as it is",),
        cues=0,
        cues_shown=0,
        words_timed=0,
        frames_with_words=0,
    )


def _moved(spoken: timed_text.Spoken, offset: float) -> timed_text.Spoken:
    if not offset:
        return spoken
    cue = Cue(spoken.cue.start + offset, spoken.cue.end + offset, spoken.cue.text)
    words = tuple(timed_text.Word(one.start + offset, one.end + offset, one.letters) for one in spoken.words)
    return timed_text.Spoken(cue, words, spoken.timed)


def _pen(params: SubtitleParams, ctx: Context, picture: encode.Picture, spoken: list[timed_text.Spoken]) -> karaoke.Pen:
    matrix = frames.matrix_of(picture.colour.matrix, picture.width, picture.height)
    size, style = (picture.width, picture.height), params.style(bottom=params.bottom)
    letters = lettering.Lettering(look.found(ctx, params.font), size, style, matrix, picture.colour.range or 1)
    letters.require([one.cue.text for one in spoken])
    return karaoke.Pen(letters, spoken, params.karaoke, lettering.rgb(params.highlight))
