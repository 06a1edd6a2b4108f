"""Speak lines into given spans of time, as one track: for dubbing, translations and storyboards.

Every line is spoken once to learn how long it takes, and then as fast as its span needs, between a slowest
and a fastest tempo. One that is too long even then goes on into the silence after its span; what comes
after waits for it, so that two lines never sound at once, and catches up in the next silence. Start and
end of every line are measured on the sound. The picture is not looked at, and lips are not matched.
"""

from pathlib import Path

from pydantic import model_validator

from reelwright.errors import InvalidParameter, NothingFound
from reelwright.kernels import prosody, script, voices
from reelwright.media import sounds, subtitles
from reelwright.media.levelled import LOUDNESS, Levelled
from reelwright.models import speakers
from reelwright.models.dubbing import Booth, Line, Said
from reelwright.models.port import Models, Provider
from reelwright.models.speaking import Narrator
from reelwright.operators import Context, Params, Quality, Result, files, narrating, operator, param

MOST_LINES, MOST_CHARACTERS = 5000, 1000


class DubLine(Params):
    text: str = param("What is to be said.", max_length=MOST_CHARACTERS)
    start: float = param("Where its speech is to begin.", ge=0, unit="s")
    end: float = param("Where its speech is to end.", gt=0, unit="s")
    voice: narrating.VoiceName | None = param("Who says it; left out, the voice of the whole.", None)

    @model_validator(mode="after")
    def _takes_time(self) -> "DubLine":
        if self.end <= self.start:
            raise ValueError(f"the line ends at {self.end:g} s, and begins at {self.start:g} s; let it end later")
        return self


class DubParams(Params):
    lines: tuple[DubLine, ...] = param(
        "What is to be said when, in any order. Give these, or `subtitles`.", (), max_length=MOST_LINES
    )
    subtitles: files.Text | None = param("Lines as an SRT, WebVTT or ASS file.", None, example="oss://media/zh.srt")
    voice: narrating.VoiceName = param("Who speaks: a name as `speech.speak` takes.", voices.DEFAULT)
    language: str = param("The language of the lines: `auto` tells it by the letters, else a code such as fr.", "auto")
    engine: narrating.EngineName = param(
        "What speaks; `auto` takes the best that is installed and has such a voice.", "auto"
    )
    slowest: float = param("Least tempo a line may be drawn out to; 1 is as usual.", 0.85, ge=0.25, le=1)
    fastest: float = param("Greatest tempo a line may be hurried to.", 1.8, ge=1, le=4)
    pitch_rate: int = param("Pitch: -500 is an octave lower, 500 an octave higher.", 0, ge=-500, le=500)
    volume: int = param(
        f"Loudness: 0 is silence, 50 is {LOUDNESS:g} LUFS, 100 is 6 dB more.", prosody.USUAL_VOLUME, ge=0, le=100
    )
    length: float | None = param(
        "Length of the track, for instance that of the video; left out, it ends after the last line.",
        None,
        gt=0,
        le=24 * 3600,
        unit="s",
    )
    format: sounds.Format = param("The file: WAV or raw PCM (both of 16 bits), or MP3.", "wav")
    sample_rate: int = param("Samples a second.", 16000, ge=8000, le=48000, unit="Hz")

    @model_validator(mode="after")
    def _has_lines(self) -> "DubParams":
        if bool(self.lines) == (self.subtitles is not None):
            raise InvalidParameter("give either lines or subtitles", field="params.lines")
        return self


class DubbedLine(Result):
    text: str = param("The line.")
    start: float = param("Where its speech begins in the track.", unit="s")
    end: float = param("Where its speech ends in the track.", unit="s")
    tempo: float = param("How much faster than usual it was said.")
    late: float = param("How long after its span its speech ends; 0 if it is on time.", unit="s")


class DubResult(Result):
    audio: files.Audio = param("The track, mono.")
    seconds: float = param("Length of the track.", unit="s")
    sample_rate: int = param("Samples a second.", unit="Hz")
    lines: tuple[DubbedLine, ...] = param("What was said when, measured on the sound, in order of time.")
    fitted: float = param("Share of the lines that end on time.")
    fastest: float = param("Greatest tempo that was needed.")
    engine: str = param("What spoke.")
    loudness: float | None = param("Loudness of the track; none if it is silent.", unit="LUFS")
    limited: float = param("Greatest reduction of a peak by the limiter; 0 if it never acted.", unit="dB")


def choose(params: DubParams, models: Models) -> Provider:
    """The engine asked for, or the best that is installed and has the voice.

    It is asked before subtitles are brought here, too; then it is chosen without knowing their languages.
    """
    if params.subtitles is not None and not Path(params.subtitles).is_file():
        return speakers.provider(params.voice, params.engine, (), models)
    found = (script.sentences(script.plain(one.text), _language(params)) for one in _lines(params))
    languages = {phrase.language for line in found for one in line for phrase in one.phrases}
    return speakers.provider(params.voice, params.engine, languages, models)


@operator(
    version=1,
    quality=Quality("line_time_error_ms", at_most=40),
    phases=narrating.PHASES,
    choose=choose,
    tiers=narrating.TIERS,
)
def dub(params: DubParams, ctx: Context) -> DubResult:
    sounds.check_rate(params.format, params.sample_rate)
    provider = choose(params, ctx.models)
    narrator = Narrator(
        speakers.speaker(provider, ctx.models),
        params.sample_rate,
        params.voice,
        pitch=prosody.factor_of(params.pitch_rate),
    )
    ctx.enter("speak")

    def told(done: int, of: int) -> None:
        ctx.check()
        ctx.report(done, of, unit="line")

    booth = Booth(narrator, _language(params), params.slowest, params.fastest, told)
    tape = Levelled(ctx.scratch / "dub.raw.wav", params.sample_rate)
    lines = [Line(one.text, one.start, one.end, one.voice) for one in _lines(params)]
    tape.record(booth.blocks(lines, length=params.length))
    if not booth.said:
        raise NothingFound("no line holds a letter that the voice has a sound for; name the language of the lines")
    return DubResult(
        **narrating.mastered(tape, params, ctx, "dub"),
        lines=tuple(map(_told, booth.said)),
        fitted=sum(one.late == 0 for one in booth.said) / len(booth.said),
        fastest=max(one.tempo for one in booth.said),
        engine=provider.name,
    )


def _language(params: DubParams) -> str | None:
    return None if params.language == "auto" else params.language


def _lines(params: DubParams) -> list[DubLine]:
    lines = list(params.lines)
    if params.subtitles is not None:
        cues = [one for one in subtitles.read(params.subtitles) if one.end > one.start]
        lines = [DubLine(text=one.text.replace("\n", " "), start=one.start, end=one.end) for one in cues]
    return sorted(lines, key=lambda one: (one.start, one.end))


def _told(said: Said) -> DubbedLine:
    return DubbedLine(text=said.text, start=said.start, end=said.end, tempo=said.tempo, late=said.late)
