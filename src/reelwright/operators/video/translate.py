"""Give a film subtitles in another language: burned into the picture, and as files.

The lines of the source are those of a subtitle file, or are read from the picture where they are burned in, or are
written down by ear. They are translated by the language model that the settings name, or a finished translation is
given. The new lines are drawn into the picture with an outline, broken where a reader of the language would break
them; old ones are taken out in the same pass, where asked. Sound, other tracks and time stamps stay as they are.

With `speak` the lines are said too, each within the time of its source, in place of the voice in the film; lips are
not matched. Without a film only the subtitle file is translated. Nothing here knows a language: without a language
model or a finished translation the job says so. Letters that join or run from right to left are not drawn right.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import field_validator, model_validator

from reelwright.errors import InvalidParameter, MissingParameter, ModelNotInstalled, NothingFound
from reelwright.kernels import voices
from reelwright.media import encode, fonts, frames, lettering, probe, redrawing, revoicing, samples, subtitles
from reelwright.media.caption_reader import CaptionReader, Letters
from reelwright.media.subtitles import Cue
from reelwright.media.text_eraser import TextEraser
from reelwright.models import dubbing, hearing, listening, llm, ocr, speakers, translating
from reelwright.models.port import BUILTIN, Models, Provider
from reelwright.models.speaking import Narrator
from reelwright.operators import Context, Params, Quality, Resources, Result, Sheet, files, operator, param

Region = tuple[float, float, float, float]
Source = Literal["subtitles", "picture", "speech", "translation"]

PICTURE = ((0.6, 1.0), (0.0, 1.0))  # where captions are looked for: the lower part
HEARD = 24  # most words of a subtitle that was written down by ear
SHORTEST = 0.2  # s a subtitle must be there
MOST_LINES = 5000
COLOUR = r"^#[0-9a-fA-F]{6}$"
HAN = ("zh", "yue")


class Look(Params):
    size: float = param("Height of the letters, share of the picture's.", 0.055, ge=0.02, le=0.2)
    colour: str = param("Of the letters.", "#FFFFFF", pattern=COLOUR)
    outline: float = param(
        "Width of the line around them, share of the picture's height; 0 for none.", 0.0045, ge=0, le=0.03
    )
    outline_colour: str = param("Of that line.", "#000000", pattern=COLOUR)
    box: str | None = param("Colour of a box behind the words; none without.", None, pattern=COLOUR)
    bottom: float = param("Space below the words, share of the picture's height.", 0.06, ge=0, le=0.9)
    bold: bool = param("Thicker letters.", False)
    font: files.Any_ | None = param("A font file (TTF, OTF) to prefer.", None)

    def style(self) -> lettering.Style:
        return lettering.Style(
            size=self.size,
            colour=lettering.rgb(self.colour),
            outline=self.outline,
            outline_colour=lettering.rgb(self.outline_colour),
            box=lettering.rgb(self.box) if self.box else None,
            bold=self.bold,
            bottom=self.bottom,
        )


class TranslateParams(Params):
    video: files.Video | None = param("Film to translate; without it only subtitles are.", None)
    subtitles: files.Text | None = param("What is said in it, as a subtitle file (SRT, WebVTT, ASS).", None)
    translation: files.Text | None = param(
        "A finished translation, as a subtitle file; nothing is translated then.", None
    )
    source: Literal["auto", "picture", "speech"] = param(
        "Where lines come from if no file is given: burned-in captions, speech, or the first of them that has any.",
        "auto",
    )
    source_language: str = param(
        "Language of the film, by its code (en, zh, …); `auto` leaves it to what is found.",
        "auto",
        pattern=r"^(auto|[a-z]{2,3})$",
    )
    target_language: str = param("Language wanted, by its code.", pattern=r"^[a-z]{2,3}$", example="en")
    bilingual: bool = param("Show the line of the source under its translation.", False)
    burn: bool = param("Draw the lines into the picture; else only files are written.", True)
    speak: bool = param("Say the lines too, in place of the voice in the film; music and noises stay.", False)
    voice: str = param("Who speaks: a name as `speech.speak` takes.", voices.DEFAULT)
    erase: bool = param("Take the old captions out of the picture.", False)
    regions: tuple[Region, ...] | None = param(
        "Where they are: boxes of left, top, width and height, as shares; by default the lowest 30 %.",
        None,
        example=[[0, 0.8, 1, 0.2]],
    )
    look: Look = param("How the lines look.", Look())
    quality: Literal["draft", "normal", "high"] = param("Speed against size and fidelity of the encoding.", "normal")
    preview: bool = param("Also write a contact sheet: before and after, side by side.", False)

    @field_validator("regions")
    @classmethod
    def _inside(cls, regions: tuple[Region, ...] | None) -> tuple[Region, ...] | None:
        for left, top, width, height in regions or ():
            if not (0 <= left < 1 and 0 <= top < 1 and 0 < width <= 1 and 0 < height <= 1):
                raise ValueError("give left, top, width and height of each box as shares of the frame, 0 to 1")
        return regions

    @field_validator("voice")
    @classmethod
    def _is_known(cls, voice: str) -> str:
        speakers.check(voice)
        return voice

    @model_validator(mode="after")
    def _has_something(self) -> "TranslateParams":
        if self.video is None and self.subtitles is None and self.translation is None:
            raise MissingParameter("give a video, or subtitles to translate", field="params.video")
        return self


class TranslatedLine(Result):
    start: float = param("When it comes.", unit="s")
    end: float = param("When it is gone.", unit="s")
    text: str = param("The line in the language wanted.")
    source: str = param("The line of the source; empty where only a translation was given.")


class TranslateResult(Result):
    video: files.Video | None = param("The film with the new lines, MP4.", None)
    subtitles: files.Text = param("The new lines, as SRT.")
    source_subtitles: files.Text | None = param("The lines of the source, as SRT.", None)
    lines: tuple[TranslatedLine, ...] = param("All lines, in order of time.")
    source: Source = param("Where the lines come from.")
    source_language: str = param("Language of the source, as far as it is known.")
    target_language: str = param("Language of the new lines.")
    engine: str = param("What translated them; `given` if they were.")
    tokens: int = param("What the language model counted; 0 if none was asked.")
    erased: int = param("Old lines that were taken out of the picture.")
    spoken: int = param("Lines that were said.")
    late: int = param("Of those, lines that end later than the span of their source.")
    fastest: float = param("Greatest tempo that a line needed; 1 is as usual, 0 if none was said.")
    frames: int = param("Frames written.")
    frames_with_lines: int = param("Those that show a new line.")
    sound_shift: float = param("How much the sound moved against the picture; 0 is exact.", unit="s")
    sheet: files.Image | None = param("The contact sheet.", None)
    notes: tuple[str, ...] = param("What could not be kept as it was.")


def choose(params: TranslateParams, models: Models) -> Provider:
    if params.translation is not None:
        return BUILTIN
    found = llm.provider(models)
    if found is None:
        raise ModelNotInstalled(
            "nothing here can translate: name a language model in `llm_url` (REELWRIGHT_LLM_URL), OpenAI-compatible or "
            "of llama.cpp, or give a finished translation as a subtitle file",
            field="translation",
        )
    return found


@operator(
    version=3,
    quality=Quality("lines_read_back", at_least=0.95),
    resources=Resources(threads=2, memory=2 << 30),
    phases={"find": 0.25, "translate": 0.1, "speak": 0.15, "render": 0.5},
    choose=choose,
    tiers=("builtin", "upstream"),
)
def translate(params: TranslateParams, ctx: Context) -> TranslateResult:
    provider = choose(params, ctx.models)
    found = _found(params, ctx)
    told = _translated(params, ctx, found)
    if not told.lines:
        raise NothingFound(
            f"no line was found to translate in {Path(params.video or '').name}; give the subtitles as a file"
        )
    burnt = _burnt(params, ctx, told) if params.video and (params.burn or params.speak) else _Burnt()
    return _result(params, ctx, provider, told, burnt)


# Finding the lines


@dataclass(frozen=True, slots=True)
class _Found:
    cues: Sequence[Cue]
    source: Source
    language: str


def _found(params: TranslateParams, ctx: Context) -> _Found:
    ctx.enter("find")
    known = "" if params.source_language == listening.AUTO else params.source_language
    if params.subtitles is not None:
        return _Found(_usable(params.subtitles, "subtitles"), "subtitles", known)
    if params.translation is not None or params.video is None:
        return _Found((), "translation", known)
    if params.source != "speech":
        cues = _captions(params, ctx, params.video)
        if cues or params.source == "picture":
            return _Found(cues, "picture", known)
    cues, language = _heard(params, ctx, params.video)
    return _Found(cues, "speech", known or language)


def _usable(path: str, field: str) -> list[Cue]:
    cues = [one for one in subtitles.read(path) if one.text.strip() and one.end > one.start]
    if not cues:
        told = f"{Path(path).name} has no line with words and a time; give an SRT file with both"
        raise InvalidParameter(told, field=field)
    if len(cues) > MOST_LINES:
        raise InvalidParameter(f"{Path(path).name} has {len(cues)} lines; {MOST_LINES} are the most", field=field)
    return sorted(cues, key=lambda one: one.start)


def _captions(params: TranslateParams, ctx: Context, video: str) -> list[Cue]:
    media = probe.with_video(video)
    assert media.video is not None  # with_video promises it
    letters: Letters = "latin" if params.source_language == "en" else "han" if params.source_language in HAN else "all"
    reader = CaptionReader.of(ocr.warm(ctx.models), media.video.shown, PICTURE, letters)
    end = Fraction(0)
    for frame in frames.stream(video):
        ctx.check()
        reader.push(frame)
        end = frame.time + 1 / (media.video.frame_rate or Fraction(25))
        ctx.report(float(frame.time), float(media.duration or 0), unit="second")
    reader.finish(end)
    return reader.cues(end, main_only=True)


def _heard(params: TranslateParams, ctx: Context, video: str) -> tuple[list[Cue], str]:
    if not probe.probe(video).audio:
        return [], ""
    sound = (block[0] for block in samples.stream(video, sample_rate=hearing.RATE, channels=1, block=hearing.RATE))
    told = hearing.transcript(sound, ctx.models, language=params.source_language, most=HEARD, check=ctx.check)
    return [Cue(one.start, one.end, one.text) for one in told.sentences], told.language


# Translating


@dataclass(frozen=True, slots=True)
class _Told:
    lines: Sequence[TranslatedLine]
    source: Source
    language: str
    tokens: int = 0


def _translated(params: TranslateParams, ctx: Context, found: _Found) -> _Told:
    ctx.enter("translate")
    if params.translation is not None:
        given = _usable(params.translation, "translation")
        pairs = [(one, subtitles.beside(one, found.cues)) for one in given]
        lines = [_line(one, one.text, source.text if source else "") for one, source in pairs]
        return _Told(lines, found.source, found.language)
    if not found.cues:
        return _Told((), found.source, found.language)
    made = translating.translate(
        llm.opened(ctx.models),
        [one.text for one in found.cues],
        source=found.language,
        target=params.target_language,
        seed=ctx.seed,
        told=lambda done: ctx.report(done, len(found.cues), unit="line"),
    )
    lines = [_line(one, text, one.text) for one, text in zip(found.cues, made.lines, strict=True)]
    return _Told(lines, found.source, found.language, made.tokens)


def _line(cue: Cue, text: str, source: str) -> TranslatedLine:
    return TranslatedLine(start=cue.start, end=max(cue.end, cue.start + SHORTEST), text=text, source=source)


# Drawing


@dataclass(slots=True)
class _Burnt:
    path: str | None = None
    frames: int = 0
    with_lines: int = 0
    erased: int = 0
    said: Sequence[dubbing.Said] = ()
    shift: float = 0.0
    sheet: str | None = None
    notes: list[str] = field(default_factory=list)


def _burnt(params: TranslateParams, ctx: Context, told: _Told) -> _Burnt:
    assert params.video is not None  # only then there is something to draw on
    media = probe.with_video(params.video)
    assert media.video is not None  # with_video promises it
    picture, path = encode.Picture.like(media.video), ctx.output("translated.mp4")
    pen = _pen(params, ctx, picture, told) if params.burn else None
    eraser = _eraser(params, ctx, media.video)
    sheet, made = Sheet(ctx, keep=params.preview), _Burnt(path=str(path))
    start, beside = max(Fraction(0), media.start), Path(params.video)
    if params.speak:
        made.said, beside = _spoken(params, ctx, media, told)
        made.notes.append("other sound tracks and subtitles of the film were left out: its voice is another one now")
    ctx.enter("render")
    with encode.Writer(path, picture, quality=params.quality, beside=beside, offset=start) as writer:
        for frame in frames.stream(params.video):
            ctx.check()
            layer = pen.at(float(frame.time)) if pen else None
            patches = eraser.patches(frame.time) if eraser else []
            out = redrawing.redrawn(frame, picture, [*patches, *([layer] if layer else [])])
            made.frames, made.with_lines = made.frames + 1, made.with_lines + (layer is not None)
            size = frame.size
            sheet.show(float(frame.time), partial(frame.small, *size), partial(frames.small, out, *size))
            writer.write(out)
            ctx.report(float(frame.time), float(media.duration or 0), unit="second")
    ctx.media(float(media.duration or 0))
    made.erased = len(eraser.taken) if eraser else 0
    made.shift = float(encode.sound_lag(path) - (0 if params.speak else encode.sound_lag(params.video)))
    made.sheet = sheet.saved()
    made.notes += [*encode.notes_on(media.video), *writer.notes]
    return made


def _spoken(
    params: TranslateParams, ctx: Context, media: probe.Media, told: _Told
) -> tuple[Sequence[dubbing.Said], Path]:
    """The lines in another voice, over what is no voice in the film; and the file of that sound."""
    ctx.enter("speak")
    provider = speakers.provider(params.voice, "auto", {params.target_language}, ctx.models)
    narrator = Narrator(speakers.speaker(provider, ctx.models), revoicing.RATE, params.voice)

    def said(done: int, of: int) -> None:
        ctx.check()
        ctx.report(done, of, unit="line")

    booth = dubbing.Booth(narrator, params.target_language, told=said)
    lines = [dubbing.Line(" ".join(one.text.split()), one.start, one.end) for one in told.lines]
    voice, ground, sound = (ctx.scratch / f"{name}.wav" for name in ("voice", "ground", "sound"))
    length = float(media.duration) if media.duration else None
    new = revoicing.spoken(booth.blocks(lines, length=length), voice, check=ctx.check)
    if not booth.said:
        mend = "name another target_language, or a voice that speaks it"
        raise NothingFound(f"no line holds a letter that the voice {params.voice!r} has a sound for; {mend}")
    assert params.video is not None  # it is drawn on
    old = revoicing.without_voice(params.video, ground, check=ctx.check) if media.audio else 0.0
    under = ground if media.audio else None
    revoicing.laid_over(under, voice, sound, revoicing.gain_of(new, old), check=ctx.check)
    return booth.said, sound


def _pen(params: TranslateParams, ctx: Context, picture: encode.Picture, told: _Told) -> lettering.Pen:
    noto = ctx.models.path(fonts.NOTO) if ctx.models.installed(fonts.NOTO) else None
    found = fonts.Fonts.found(given=params.look.font, noto=noto)
    matrix = frames.matrix_of(picture.colour.matrix, picture.width, picture.height)
    letters = lettering.Lettering(
        found, (picture.width, picture.height), params.look.style(), matrix, picture.colour.range or 1
    )
    cues = [Cue(one.start, one.end, _shown(params, one)) for one in told.lines]
    letters.require([one.text for one in cues])
    return lettering.Pen(letters, cues)


def _shown(params: TranslateParams, line: TranslatedLine) -> str:
    return f"{line.text}\n{line.source}" if params.bilingual and line.source else line.text


def _eraser(params: TranslateParams, ctx: Context, video: probe.VideoStream) -> TextEraser | None:
    if not params.erase:
        return None
    assert params.video is not None  # it is drawn on
    return TextEraser(params.video, video, ocr.warm(ctx.models), params.regions or (), check=ctx.check)


# The report


def _result(params: TranslateParams, ctx: Context, provider: Provider, told: _Told, burnt: _Burnt) -> TranslateResult:
    lines = [Cue(one.start, one.end, _shown(params, one)) for one in told.lines]
    source = [Cue(one.start, one.end, one.source) for one in told.lines if one.source]
    return TranslateResult(
        video=burnt.path,
        subtitles=subtitles.save(lines, ctx.output("translated.srt"), "srt"),
        source_subtitles=subtitles.save(source, ctx.output("source.srt"), "srt") if source else None,
        lines=tuple(told.lines),
        source=told.source,
        source_language=told.language,
        target_language=params.target_language,
        engine="given" if params.translation is not None else provider.name,
        tokens=told.tokens,
        erased=burnt.erased,
        spoken=len(burnt.said),
        late=sum(one.late > 0 for one in burnt.said),
        fastest=max((one.tempo for one in burnt.said), default=0.0),
        frames=burnt.frames,
        frames_with_lines=burnt.with_lines,
        sound_shift=burnt.shift,
        sheet=burnt.sheet,
        notes=tuple(burnt.notes),
    )
