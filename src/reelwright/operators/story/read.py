"""Read a story or a script: parts it into storyboards and finds its figures, places and things.

Chapters become storyboards, or groups of scenes of a length that can be watched. Figures are found by name, by what
they are, and by who speaks, with gender, age, looks in the text's own words, and a voice each; places and things with
the words that describe them. All of it follows rules for Chinese and English that know no story beforehand. Titles,
headings and lines of stars are not told; every other letter of a novel is in just one storyboard. Where the settings
name a language model, it is asked for figures and places too, its answer is checked, and where it does not fit, what
the rules found stays.
"""

from typing import Literal

from reelwright.errors import InvalidParameter, NothingFound
from reelwright.kernels import voices
from reelwright.kernels.story import reader, screenplay, traditional, voicing
from reelwright.kernels.story.figures import Cast, Figure
from reelwright.kernels.story.reader import Story
from reelwright.kernels.wording import words
from reelwright.media import documents
from reelwright.models import storytelling
from reelwright.models.port import Models, Provider
from reelwright.operators import Context, Params, Quality, Result, files, narrating, operator, param

Mode = Literal["first_person", "first_person_vo", "third_person", "dialogue"]


class ReadParams(Params):
    text: files.Text = param(
        f"The story: a text file (UTF-8, UTF-16, GBK) or .docx of at most {documents.MOST_BYTES >> 20} MB and "
        f"{documents.MOST_CHARACTERS:,} characters, in Chinese or English.",
        example="story.txt",
    )
    source: Literal["novel", "script"] = param(
        "What the text is. Of a `script` lines like `NAME: words` are speech, `INT. …` and `第一场` begin scenes, and "
        "what stands in brackets is seen, not said.",
        "novel",
    )
    mode: Mode = param(
        "Who tells it: `first_person_vo` all by the narrator's voice; `first_person` and `third_person` by the "
        "narrator, with each figure's speech by its own voice (in `first_person` the narrator's voice is also that of "
        "the story's I); `dialogue`, for scripts only, has no narrator.",
        "first_person",
    )
    title: str = param(
        "What the film is called; by default the text's first line, where that is a title.", "", max_length=200
    )
    narrator: narrating.NarratorName = param("The narrator's voice: a name as `speech.speak` takes.", voices.DEFAULT)
    engine: Literal["auto", "builtin", "model"] = param(
        "What reads; `auto` asks the language model of the settings if they name one, else only the built-in reader.",
        "auto",
    )


class BoardRead(Result):
    id: str = param("Stable for the same text at the same place, like st_2118280473.")
    number: int = param("Its place in the story, from 1.")
    title: str = param("Its chapter's heading, or the story's title with a number.")
    text: str = param("The text that it tells, one paragraph a line; an empty line is where a scene ends.")
    characters: int = param("Letters and marks of the text, blanks not counted.")


class FigureRead(Result):
    id: str = param("figure-1 is the most mentioned.")
    name: str = param("What it is called.")
    aliases: tuple[str, ...] = param("What else it is called; the story's own I is among them.", ())
    role: str = param("What it is, as the text says it; `crowd` for many people who are never told apart.", "")
    gender: Literal["male", "female", ""] = param("Empty if the text does not tell.", "")
    age: Literal["child", "young", "adult", "old"] = param("About how old it is.", "adult")
    look: str = param("How it looks, as a phrase for a picture, in the story's language; the same in every shot.", "")
    voice: str = param("Who speaks for it: a name as `speech.speak` takes.")
    mentions: int = param("How often the text names it.", 1)


class PlaceRead(Result):
    id: str = param("place-1 is the most mentioned.")
    name: str = param("What it is called, with the words that tell which one.")
    aliases: tuple[str, ...] = param("Shorter names of it.", ())
    look: str = param("How it looks, as a phrase for a picture.")
    mentions: int = param("How often the text names it.", 1)


class PropRead(Result):
    id: str = param("prop-1 is the most mentioned.")
    name: str = param("What it is called.")
    look: str = param("How it looks, as a phrase for a picture.")
    mentions: int = param("How often the text names it.", 1)


class ReadResult(Result):
    title: str = param("The title that was given or found; empty without.")
    language: Literal["zh", "en"] = param("The language of the text.")
    characters: int = param("Letters and marks that are told, blanks not counted.")
    boards: tuple[BoardRead, ...] = param("The storyboards, in order.")
    figures: tuple[FigureRead, ...] = param("Who is in it, the most mentioned first.")
    places: tuple[PlaceRead, ...] = param("Where it happens.")
    props: tuple[PropRead, ...] = param("Things that matter.")


def choose(params: ReadParams, models: Models) -> Provider:
    return storytelling.provider(models, params.engine)


@operator(
    version=2,
    quality=Quality("figures_and_places_found", at_least=1.0),
    choose=choose,
    tiers=("builtin", "upstream"),
)
def read(params: ReadParams, ctx: Context) -> ReadResult:
    if params.mode == "dialogue" and params.source != "script":
        raise InvalidParameter("mode `dialogue` has no narrator; it needs source `script`", field="mode")
    text = documents.read(params.text)
    language = words.language(text)
    is_traditional = language == "zh" and traditional.is_traditional(text)
    legible = traditional.folded(text) if is_traditional else text
    story = (screenplay if params.source == "script" else reader).read(legible, language, title=params.title)
    if not story.boards:
        raise NothingFound("the text holds headings only; give a story with sentences")
    if ctx.provider.tier == "upstream":
        story = storytelling.enriched(story, ctx, insists=params.engine == "model")
    if is_traditional:
        story = traditional.restored(story, text)
    ctx.report(1, 1, unit="story")
    return _result(story, params)


def _result(story: Story, params: ReadParams) -> ReadResult:
    tells = Cast(story.figures, story.language).narrator if params.mode == "first_person" else None
    given = voicing.cast(story.figures, story.language, params.narrator, tells)
    boards = tuple(
        BoardRead(id=one.id, number=one.number, title=one.title, text=one.text, characters=_letters(one.text))
        for one in story.boards
    )
    return ReadResult(
        title=story.title,
        language=story.language,
        characters=sum(one.characters for one in boards),
        boards=boards,
        figures=tuple(
            _figure(number, one, voice) for number, (one, voice) in enumerate(zip(story.figures, given, strict=True), 1)
        ),
        places=tuple(
            PlaceRead(id=f"place-{number}", name=one.name, aliases=one.aliases, look=one.look, mentions=one.mentions)
            for number, one in enumerate(story.places, 1)
        ),
        props=tuple(
            PropRead(id=f"prop-{number}", name=one.name, look=one.look, mentions=one.mentions)
            for number, one in enumerate(story.props, 1)
        ),
    )


def _figure(number: int, one: Figure, voice: str) -> FigureRead:
    return FigureRead(
        id=f"figure-{number}",
        name=one.name,
        aliases=one.aliases,
        role=one.role,
        gender=one.gender,
        age=one.age,
        look=one.look,
        voice=voice,
        mentions=one.mentions,
    )


def _letters(text: str) -> int:
    return sum(not one.isspace() for one in text)
