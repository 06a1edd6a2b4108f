"""Write the shots of one storyboard: who says what, where it is, what is seen, and the prompts for picture and clip.

Shots last about three to nine seconds. Narration is the story's own words, none left out and none doubled; what figures
say is a shot of its own, in their voice, where the text tells who says it. A short "said Alice" stays with the speech
it belongs to, and `speech` then says which voice speaks what. Each shot names place, time of day, weather, the figures
in it and what they do. Where the settings name a language model, it may better the action and the prompts; the spoken
text is never its own.
"""

import re
from collections.abc import Sequence
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from reelwright.errors import InvalidParameter
from reelwright.kernels import voices
from reelwright.kernels.story import dressing, screenplay, shots, traditional
from reelwright.kernels.story.dressing import Dressed, Stage
from reelwright.kernels.story.figures import CROWD, Cast, Figure
from reelwright.kernels.story.places import Place, Prop, kind_of
from reelwright.models import speakers, storytelling
from reelwright.models.port import Models, Provider
from reelwright.operators import Context, Params, Quality, Result, operator, param

PROMPTS = ("action", "picture_prompt", "clip_prompt")
Mode = Literal["first_person", "first_person_vo", "third_person", "dialogue"]


class BoardGiven(Params):
    id: str = param("Of the storyboard, as `story.read` gives it.")
    number: int = param("Its place in the story, from 1.", 1, ge=1)
    title: str = param("What it is called.", "")
    text: str = param("The text that it tells, one paragraph a line.")
    characters: int = param("Its letters; not used here.", 0)


class FigureGiven(Params):
    id: str = param("As `story.read` gives it.")
    name: str = param("What it is called.")
    aliases: tuple[str, ...] = param("What else it is called.", ())
    role: str = param("What it is.", "")
    gender: Literal["male", "female", ""] = param("Which pronouns mean it.", "")
    age: Literal["child", "young", "adult", "old"] = param("About how old it is.", "adult")
    look: str = param("How it looks.", "")
    voice: str = param("Who speaks for it; empty is the narrator.", "")
    mentions: int = param("How often the text names it.", 1)


class PlaceGiven(Params):
    id: str = param("As `story.read` gives it.")
    name: str = param("What it is called.")
    aliases: tuple[str, ...] = param("Other names of it.", ())
    look: str = param("How it looks.", "")
    mentions: int = param("How often the text names it.", 1)


class PropGiven(Params):
    id: str = param("As `story.read` gives it.")
    name: str = param("What it is called.")
    look: str = param("How it looks.", "")
    mentions: int = param("How often the text names it.", 1)


class ScriptParams(Params):
    board: BoardGiven = param("The storyboard, of `story.read`.")
    figures: tuple[FigureGiven, ...] = param("The story's figures, of `story.read`.", ())
    places: tuple[PlaceGiven, ...] = param("Its places.", ())
    props: tuple[PropGiven, ...] = param("Its things.", ())
    source: Literal["novel", "script"] = param("What the text is; the mode `dialogue` means a script.", "novel")
    mode: Mode = param("Who tells it, as in `story.read`.", "first_person")
    language: Literal["zh", "en"] = param("The language of the text.", "zh")
    narrator: str = param("The narrator's voice.", voices.DEFAULT)
    style: str = param("The style of the pictures; told to the language model.", "", max_length=80)
    first_shot: int = param("The number of the first shot: ids run over a whole story.", 1, ge=1)
    engine: Literal["auto", "builtin", "model"] = param(
        "What writes actions and prompts; `auto` asks the language model of the settings if they name one.", "auto"
    )


class ShotWritten(Result):
    id: str = param("Its number, running over the whole story.")
    board: str = param("The storyboard it belongs to.")
    number: int = param("Its place in the storyboard, from 1.")
    kind: Literal["narration", "dialogue"] = param("Told by the narrator, or said by a figure.")
    text: str = param("What is spoken and shown as subtitle: the story's own words.")
    speaker: str = param("The id of the figure that speaks; empty for the narrator.")
    voice: str = param("The voice that speaks, or most of it.")
    speech: str = param("The same text as SSML where two voices share the shot, for `speech.speak`; else empty.", "")
    place: str = param("The id of the place; empty for a story without any.")
    figures: tuple[str, ...] = param("Ids of the figures that are seen, the foremost first.")
    props: tuple[str, ...] = param("Ids of the things that are seen.")
    time: str = param("Time of day, as a word of the story's language.")
    weather: str = param("Weather, empty if not told.")
    season: str = param("Season, empty if not told.")
    mood: str = param("How it feels.")
    size: str = param("The size of the shot: wide, medium, close, or a detail.")
    camera: str = param("How the camera moves.")
    action: str = param("What happens.")
    picture_prompt: str = param("For `image.generate`.")
    clip_prompt: str = param("For `video.generate`: the same, with the camera and the mood.")
    seconds: float = param("About how long it takes to speak.", unit="s")


class ScriptResult(Result):
    shots: tuple[ShotWritten, ...] = param("The shots, in order.")
    seconds: float = param("About how long they take in all.", unit="s")


def choose(params: ScriptParams, models: Models) -> Provider:
    return storytelling.provider(models, params.engine)


@operator(
    version=2,
    quality=Quality("text_kept", at_least=1.0),
    choose=choose,
    tiers=("builtin", "upstream"),
)
def script(params: ScriptParams, ctx: Context) -> ScriptResult:
    if not any(one.isalnum() for one in params.board.text):
        raise InvalidParameter("the storyboard's text holds no word; leave such a one out", field="board.text")
    try:
        speakers.check(params.narrator)
    except InvalidParameter as error:
        raise InvalidParameter(error.message, field="narrator") from None
    text = params.board.text
    written = traditional.Written(text) if params.language == "zh" and traditional.is_traditional(text) else None
    legible, stage = _legible(text, params, is_folded=written is not None)
    is_script = params.source == "script" or params.mode == "dialogue"
    take = screenplay.takes if is_script else shots.takes
    found = dressing.dressed(take(legible, stage.cast, stage.places, params.mode), stage)
    if ctx.provider.tier == "upstream":
        found = storytelling.redressed(found, stage, params.style, ctx, insists=params.engine == "model")
    ctx.report(len(found), len(found), unit="shot")
    told = tuple(_shot(number, one, params, written) for number, one in enumerate(found))
    told = tuple(_with_names(one, params) for one in told) if written is not None else told
    return ScriptResult(shots=told, seconds=round(sum(one.seconds for one in told), 2))


def _legible(text: str, params: ScriptParams, *, is_folded: bool) -> tuple[str, Stage]:
    """The text and what it has to show in simplified characters, which the reader knows."""
    if not is_folded:
        return text, _stage(params)
    simple = ScriptParams.model_validate_json(traditional.folded(params.model_dump_json()))
    return traditional.folded(text), _stage(simple)


def _stage(params: ScriptParams) -> Stage:
    figures = tuple(
        Figure(
            one.name, one.aliases, one.role, _kind(one, params.language), one.gender, one.age, one.look, one.mentions
        )
        for one in params.figures
    )
    found = tuple(
        Place(one.name, one.aliases, kind_of(one.name, params.language), one.look or one.name, one.mentions)
        for one in params.places
    )
    props = tuple(Prop(one.name, one.look or one.name, one.mentions) for one in params.props)
    return Stage(Cast(figures, params.language), found, props)


def _kind(figure: FigureGiven, language: Literal["zh", "en"]) -> str:
    return CROWD if figure.role == CROWD else storytelling.kind_of(figure.role, language)


def _shot(number: int, one: Dressed, params: ScriptParams, written: traditional.Written | None) -> ShotWritten:
    text, lines = one.take.text, one.take.lines
    if written is not None:
        text = written.piece(text)
        own = traditional.Written(text)
        lines = tuple((own.piece(line), who) for line, who in lines)
    speaker = params.figures[one.take.speaker] if one.take.speaker is not None else None
    voice = (speaker.voice if speaker else "") or params.narrator
    return ShotWritten(
        id=str(params.first_shot + number),
        board=params.board.id,
        number=number + 1,
        kind="dialogue" if speaker else "narration",
        text=text,
        speaker=speaker.id if speaker else "",
        voice=voice,
        speech=_speech(lines, params),
        place=params.places[one.place].id if one.place is not None else "",
        figures=tuple(params.figures[figure].id for figure in one.figures),
        props=tuple(params.props[prop].id for prop in one.props),
        time=one.time,
        weather=one.weather,
        season=one.season,
        mood=one.mood,
        size=one.size,
        camera=one.camera,
        action=one.action,
        picture_prompt=one.picture_prompt,
        clip_prompt=one.clip_prompt,
        seconds=round(one.take.seconds, 2),
    )


def _with_names(shot: ShotWritten, params: ScriptParams) -> ShotWritten:
    """Figures are shown where a prompt names them, by the very name that the cast has."""
    names = {traditional.folded(one.name): one.name for one in params.figures}
    if not names:
        return shot
    either = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    prompts = {field: either.sub(lambda told: names[told[0]], getattr(shot, field)) for field in PROMPTS}
    return shot.model_copy(update=prompts)


def _speech(lines: Sequence[tuple[str, int | None]], params: ScriptParams) -> str:
    """SSML, where more than one voice is heard."""
    given = [(text, (params.figures[who].voice if who is not None else "") or params.narrator) for text, who in lines]
    if len({voice for _, voice in given}) < 2:
        return ""
    glue = "" if params.language == "zh" else " "
    parts = (f"<voice name={quoteattr(voice)}>{escape(text)}</voice>" for text, voice in given)
    return f"<speak>{glue.join(parts)}</speak>"
