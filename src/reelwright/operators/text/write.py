"""Write advertising copy, titles, or a storyboard, in Chinese or English.

Copy and titles are made around keywords: exactly as many as asked, all different, whole sentences that never pass the
length, with the keywords really in them. By itself the operator deals sentences of a phrase book by the kind of thing
that the keywords name (food, a place, an event, …); a run with the same seed gives the same texts. A storyboard takes a
story apart: scenes by place and time, shots of about eight seconds with a picture and the words spoken over it, in the
story's own words. Where the settings name a language model, that one writes; its answers are checked, asked again where
they are wrong, and filled up from the phrase book if they stay too few.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from pydantic import model_validator

from reelwright.errors import InvalidParameter, MissingParameter
from reelwright.kernels.wording import briefs, copy, shots, words
from reelwright.models import llm, writing
from reelwright.models.port import BUILTIN, Models, Provider
from reelwright.operators import Context, Params, Result, operator, param

MOST_KEYWORDS = 20
MOST_TEXT = 100_000  # letters
NAP = 0.2  # seconds between two looks whether the run was cancelled


class WriteParams(Params):
    kind: Literal["copy", "title", "storyboard"] = param(
        "What to write: `copy` and `title` are made around keywords, a `storyboard` of a text."
    )
    keywords: str = param(
        "For copy and titles: words parted by commas, or a sentence whose key terms are taken.",
        "",
        max_length=4000,
        example="wireless earbuds, waterproof, runners",
    )
    text: str = param("For a storyboard: the story.", "", max_length=MOST_TEXT)
    count: int = param("Texts wanted; of copy and titles exactly as many come back.", 1, ge=1, le=1000)
    length: int = param(
        "The most letters of one text, spaces and marks counted; titles stay short all the same.",
        100,
        ge=5,
        le=1000,
        unit="letters",
    )
    language: Literal["auto", "zh", "en"] = param("Language to write; `auto` is that of the keywords or text.", "auto")
    engine: Literal["auto", "builtin", "model"] = param(
        "What writes; `auto` is the language model of the settings if they name one, else the built-in phrase book.",
        "auto",
    )

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "WriteParams":
        needed = "text" if self.kind == "storyboard" else "keywords"
        if not words.WORD.search(getattr(self, needed)):
            raise MissingParameter(f"a {self.kind} needs {needed}: give some words", field=needed)
        return self


class WrittenShot(Result):
    number: int = param("Its place in the storyboard, from 1.")
    scene: int = param("The scene it belongs to, from 1.")
    place: str = param("Where the scene is, as the text names it; empty if it does not.")
    time: str = param("When it is, as the text names it; empty if it does not.")
    size: str = param("The size of the shot: wide, medium, close, …, in the text's language.")
    picture: str = param("What is seen.")
    narration: str = param("What is spoken: the text's own words.")
    figures: tuple[str, ...] = param("Who of the story's figures is named in it.")
    seconds: float = param("About how long it takes to speak.", unit="s")


class Usage(Result):
    total_tokens: int = param(
        "Tokens that the language model counted; of the built-in engine what the question and the texts would count.",
        unit="tokens",
    )


class WriteResult(Result):
    texts: tuple[str, ...] = param("The texts; of a storyboard one, with a line for each scene and shot.")
    shots: tuple[WrittenShot, ...] = param("The shots of a storyboard.", ())
    language: Literal["zh", "en"] = param("The language written.")
    keywords: tuple[str, ...] = param("The keywords used, or the key terms of the story.")
    subject: str = param("What the texts are about; of a storyboard its title.")
    type: str = param("The kind of thing the subject was taken for; empty for a storyboard.")
    usage: Usage = param("What it took.")
    longest: int = param("Letters of the longest text.", unit="letters")
    keywords_kept: float = param("Share of the keywords that stand in at least one text.", ge=0, le=1)
    filled: int = param("Texts from the phrase book because the model gave too few.", 0)


def choose(params: WriteParams, models: Models) -> Provider:
    """The language model of the settings where there is one and it is wanted."""
    if params.engine == "builtin":
        return BUILTIN
    found = llm.provider(models)
    if params.engine == "model" and found is None:
        llm.opened(models)  # tells how to name one
    return found or BUILTIN


@operator(version=1, choose=choose, tiers=("builtin", "upstream"))
def write(params: WriteParams, ctx: Context) -> WriteResult:
    source = params.text if params.kind == "storyboard" else params.keywords
    spoken = words.language(source) if params.language == "auto" else params.language
    model = None
    if choose(params, ctx.models) != BUILTIN:
        model = llm.opened(ctx.models, pause=_nap(ctx))
    ctx.enter("work")
    if params.kind == "storyboard":
        return _storyboard(params, ctx, spoken, model)
    return _around_keywords(params, params.kind, ctx, spoken, model)


# ---- copy and titles


def _around_keywords(
    params: WriteParams, kind: copy.Kind, ctx: Context, spoken: words.Language, model: llm.Llm | None
) -> WriteResult:
    keywords = words.given(params.keywords, spoken)[:MOST_KEYWORDS]
    if not keywords:
        raise InvalidParameter("keywords holds no word of its own; name what the texts are about", field="keywords")
    brief = briefs.brief(keywords, spoken)
    writer = copy.Writer(brief, length=params.length, seed=ctx.seed)
    texts: list[str] = []
    spent = 0
    if model is not None:
        wish = writing.Wish(kind, brief.keywords, params.count, params.length, spoken)
        texts, spent = writing.texts(model, wish, seed=ctx.seed, told=lambda done: ctx.report(done, params.count))
    own = writer.texts(kind, params.count) if len(texts) < params.count else []
    filled = _filled(texts, own, params.count)
    ctx.report(params.count, params.count, unit="text")
    return WriteResult(
        texts=filled,
        language=spoken,
        keywords=keywords,
        subject=brief.bare,
        type=brief.type,
        usage=Usage(total_tokens=spent or _tokens((params.keywords, *filled))),
        longest=max(map(len, filled)),
        keywords_kept=_kept(keywords, filled),
        filled=params.count - len(texts) if model else 0,
    )


def _filled(texts: Sequence[str], own: Sequence[str], count: int) -> tuple[str, ...]:
    """As many as wanted, without any twice."""
    return tuple(dict.fromkeys((*texts, *own)))[:count]


def _kept(keywords: Sequence[str], texts: Sequence[str]) -> float:
    joined = "\n".join(texts).casefold()
    return sum(one.casefold() in joined for one in keywords) / len(keywords)


# ---- storyboards


def _storyboard(params: WriteParams, ctx: Context, spoken: words.Language, model: llm.Llm | None) -> WriteResult:
    told = shots.script(params.text, spoken)
    spent = 0
    if model is not None:
        told, spent = writing.pictures(model, told, spoken, seed=ctx.seed, told=lambda done, of: ctx.report(done, of))
    text = shots.written(told, spoken)
    ctx.report(1, 1, unit="text")
    return WriteResult(
        texts=(text,),
        shots=tuple(
            WrittenShot(
                number=one.number,
                scene=one.scene,
                place=one.place,
                time=one.time,
                size=one.size,
                picture=one.picture,
                narration=one.narration,
                figures=one.figures,
                seconds=one.seconds,
            )
            for one in told.shots
        ),
        language=spoken,
        keywords=tuple(words.terms(params.text, spoken)),
        subject=told.title,
        type="",
        usage=Usage(total_tokens=spent or _tokens((params.text, text))),
        longest=len(text),
        keywords_kept=1.0,
    )


def _tokens(texts: Iterable[str]) -> int:
    return sum(map(words.tokens, texts))


def _nap(ctx: Context) -> Callable[[float], None]:
    """Waits, and ends with the run if that is cancelled."""

    def nap(seconds: float) -> None:
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            ctx.check()
            time.sleep(min(NAP, left))

    return nap
