"""Say what a film shows and how it sounds: labels, keywords, scenes, words on the screen, faces, speech and music.

The film is looked through once and listened to once. Shots, motion, light, colours by their names, faces, and the
shares of speech, music, cheering and silence are measured; words are read at a few moments. Labels and categories
follow from that by rules (`kernels.labelling`), each with its score and the reason. Keywords come from what is written
in the film and from the title and text given with it.

The rules know how films of a kind are made, not what things are: a dog is no label of theirs. Where the settings name
a CLIP or SigLIP pair (`models.labels`), that names things, places and activities. With `describe` a language model that
sees pictures names things, by an OpenAI-compatible address. Nobody is recognised.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal

from reelwright.errors import ModelNotInstalled, NothingFound
from reelwright.kernels import faces, labelling, transcripts
from reelwright.kernels.labelling import Facts
from reelwright.kernels.wording import words
from reelwright.media import frames, images, impressions, probe, samples, wordlooks
from reelwright.models import hearing, labels, listening, llm, naming, ocr, seeing, silero
from reelwright.models.port import BUILTIN, Models, Provider
from reelwright.operators import Context, Params, Quality, Resources, Result, files, operator, param

FACE_MODEL = "yunet"
SOME_LOOKS, SOME_STEP = 24, 5.0  # pictures that are read for labels, and s between them within a shot
SHOWN, MOST_NAMED, SHOWN_SIDE = 8, 64, 512  # pictures for a language model, for label networks, px of their longer side
ALL_LOOKS, ALL_STEP = 600, 1.0  # the same where every line is wanted
MOST_SCENES = 1000
COLOUR = 0.1  # share of a scene's picture from which a colour is told
PRECISION = 4

Group = Literal[
    "category", "people", "motion", "light", "colour", "sound", "text", "editing", "thing", "place", "activity"
]
TIERS = ("builtin", "model", "upstream")


class TagsParams(Params):
    media: files.Any_ = param("Film, or sound alone.")
    title: str = param("Its title, if it has one; keywords are taken from it too.", "", max_length=256)
    text: str = param("What else is known about it, in words.", "", max_length=4096)
    read: Literal["no", "some", "all"] = param(
        "Words on the screen: not read, read at a few moments, or once a second with a list of all lines.", "some"
    )
    transcribe: bool = param(
        "Write down what is said, with an installed recogniser (English without any); keywords are taken from it too.",
        False,
    )
    language: str = param(
        "Language that is spoken, by its code (en, zh, …); `auto` leaves it to the recogniser.",
        "auto",
        pattern=r"^(auto|[a-z]{2,3})$",
    )
    describe: bool = param(
        "Ask the language model of the settings, which must see pictures, what things are in the film.", False
    )
    things: Literal["auto", "yes", "no"] = param(
        "Name things, places and activities with the CLIP or SigLIP pair of `labels_folder`; `auto` if there is one.",
        "auto",
    )
    things_in: Literal["en", "zh"] = param("Language of those names.", "en")
    keywords: int = param("Keywords, at most.", 10, ge=0, le=50)
    least_score: float = param("Score from which a label is told.", 0.5, ge=0, le=1)


class Span(Result):
    start: float = param("Where it begins.", unit="s")
    end: float = param("Where it ends.", unit="s")


class Label(Result):
    name: str = param("What it is called.")
    group: Group = param("What it is about; a `category` is the kind of the whole film.")
    score: float = param("How well what was measured fits it.", ge=0, le=1)
    why: str = param("What was measured.")
    tier: Literal["builtin", "model", "upstream"] = param(
        "What told it: rules, a network on this machine, a model elsewhere.", "builtin"
    )
    spans: tuple[Span, ...] = param("The scenes it holds for; the whole film if it holds for that alone.")


class Scene(Span):
    faces: int = param("Faces at once, at most.")
    motion: float = param("How much moves.", ge=0, le=1)
    brightness: float = param("How light it is.", ge=0, le=1)
    colours: tuple[str, ...] = param("The colours of a tenth of it or more, most first.")
    speech: float = param("Share of it in which somebody speaks.", ge=0, le=1)
    music: float = param("Share of it with music.", ge=0, le=1)
    labels: tuple[str, ...] = param("The labels that hold for it.")


class Line(Span):
    text: str = param("The line as it was read.")
    score: float = param("How sure the reading is.", ge=0, le=1)
    left: int = param("Left edge of its box.", unit="px")
    top: int = param("Top edge.", unit="px")
    right: int = param("Right edge.", unit="px")
    bottom: int = param("Bottom edge.", unit="px")


class Sentence(Span):
    text: str = param("What is said.")


class Sound(Result):
    speech: float = param("Share of the time in which somebody speaks.", ge=0, le=1)
    music: float = param("Share with music; speech and music can be at once.", ge=0, le=1)
    cheering: float = param("Share with cheering or applause.", ge=0, le=1)
    silence: float = param("Share in which next to nothing is heard.", ge=0, le=1)


class TagsResult(Result):
    labels: tuple[Label, ...] = param("What the film is like, the surest first.")
    categories: tuple[str, ...] = param("The labels that say what kind of film it is.")
    keywords: tuple[str, ...] = param("Key terms of what is written in the film and about it, the weightiest first.")
    language: Literal["zh", "en", ""] = param("The language of those; empty without any.")
    scenes: tuple[Scene, ...] = param("Its shots.")
    length: float = param("Its length.", unit="s")
    width: int | None = param("Width of the picture.", None, unit="px")
    height: int | None = param("Height of the picture.", None, unit="px")
    most_faces: int = param("Faces at once, at most.")
    face_share: float = param("Share of the pictures looked at that show a face.", ge=0, le=1)
    sound: Sound | None = param("What is heard; none without a sound track.", None)
    lines: tuple[Line, ...] = param("The words on the screen, where all were wanted.")
    sentences: tuple[Sentence, ...] = param("What is said, where it was to be written down.")
    summary: str = param("A sentence about it by the language model; empty where none was asked.")
    looks: int = param("Pictures that were measured.")
    reads: int = param("Pictures that were read.")


def choose(params: TagsParams, models: Models) -> Provider:
    """All that has a word in it: the language model, the label networks, the recogniser. Named by the farthest."""
    used = [
        *([_language_model(models)] if params.describe else []),
        *_namers(params, models),
        *([listening.best(params.language, models).provider(models)] if params.transcribe else []),
    ]
    if not used:
        return BUILTIN
    first = max(used, key=lambda one: TIERS.index(one.tier))
    weights = {name: digest for one in used for name, digest in one.models.items()}
    return Provider(first.name, first.tier, weights)


def _language_model(models: Models) -> Provider:
    found = llm.provider(models)
    if found is None:
        raise ModelNotInstalled(
            "no language model is set that could name things: give the address of one that sees pictures in "
            "`llm_url` (REELWRIGHT_LLM_URL), or leave `describe` out",
            field="describe",
        )
    return found


def _namers(params: TagsParams, models: Models) -> list[Provider]:
    found = labels.provider(models) if params.things != "no" else None
    if found is None and params.things == "yes":
        raise ModelNotInstalled(f"{labels.MEND}, or leave `things` out", field="things")
    return [found] if found else []


@operator(
    version=3,
    quality=Quality("label_f1", at_least=0.85),
    resources=Resources(threads=2),
    phases={"watch": 0.5, "listen": 0.1, "transcribe": 0.2, "read": 0.15, "name": 0.05},
    choose=choose,
    tiers=TIERS,
)
def tags(params: TagsParams, ctx: Context) -> TagsResult:
    media = probe.probe(params.media)
    if media.video is None and not media.audio:
        raise NothingFound(f"{media.path.name} has neither picture nor sound; send a film or a sound file")
    film = _Film(params, ctx, media)
    ctx.media(film.length)
    return _result(params, film)


# Looking and listening


class _Film:
    """All that is known of the film; `facts` of any span."""

    def __init__(self, params: TagsParams, ctx: Context, media: probe.Media) -> None:
        self.media = media
        whole = float(media.duration or 0)

        def tick(time: float) -> None:
            ctx.check()
            ctx.report(time, whole, unit="second")

        ctx.enter("watch")
        self.watched = impressions.watch(params.media, media, _detector(ctx), tick=tick) if media.video else None
        self.length = self.watched.seen.length if self.watched else whole
        ctx.enter("listen")
        self.heard = impressions.listen(params.media, media, self.length, silero.Silero(), tick=tick)
        self.said = self._transcribed(params, ctx)
        self.words = self._read(params, ctx)
        self.described = seeing.Seen((), "", 0)
        self.things = list(self._named(params, ctx))

    @property
    def shots(self) -> list[tuple[float, float]]:
        if self.watched is None:
            return []
        return [(float(one.start), min(float(one.end), self.length)) for one in self.watched.seen.shots]

    def facts(self, start: float, end: float) -> Facts:
        known = self.watched.told(start, end) if self.watched else Facts(seconds=end - start)
        known = self.heard.told(known, start, end) if self.heard else known
        return known if self.watched is None else self._with_words(known, start, end)

    def _with_words(self, known: Facts, start: float, end: float) -> Facts:
        counts = [count for time, count in zip(self.words.looks, self.words.counts, strict=True) if start <= time < end]
        shown = [one for one in counts if one]
        share = len(shown) / len(counts) if counts else 0.0
        return labelling.with_words(known, share, sum(shown) / len(shown) if shown else 0.0)

    def _transcribed(self, params: TagsParams, ctx: Context) -> tuple[transcripts.Sentence, ...]:
        if not params.transcribe or self.heard is None:
            return ()
        ctx.enter("transcribe")
        blocks = samples.stream(params.media, sample_rate=hearing.RATE, channels=1, block=hearing.RATE)
        sound = (block[0] for block in self._told(blocks, ctx))
        return hearing.transcript(sound, ctx.models, language=params.language, check=ctx.check).sentences

    def _told(self, blocks: Iterator[samples.Samples], ctx: Context) -> Iterator[samples.Samples]:
        for number, block in enumerate(blocks, start=1):
            yield block
            ctx.report(number, self.length, unit="second")

    def _read(self, params: TagsParams, ctx: Context) -> wordlooks.Words:
        if self.watched is None or params.read == "no":
            return wordlooks.Words()
        ctx.enter("read")
        most, step = (ALL_LOOKS, ALL_STEP) if params.read == "all" else (SOME_LOOKS, SOME_STEP)
        times = _spread([time for shot in self.shots for time in self.watched.best_looks(*shot, step)], most)
        networks, done = ocr.warm(ctx.models), 0

        def read(picture: images.Picture) -> list[tuple[wordlooks.Box, str, float]]:
            return [(one.box, said.text, said.score) for one, said in networks.find_and_read(picture)]

        def tick() -> None:
            nonlocal done
            ctx.check()
            ctx.report(done, len(times), unit="picture")
            done += 1

        return wordlooks.looked(params.media, times, read, tick=tick)

    def _named(self, params: TagsParams, ctx: Context) -> Iterator[naming.Named]:
        """What the label networks see in many pictures, and a language model in a few."""
        if self.watched is None:
            return
        looks = [time for shot in self.shots for time in self.watched.best_looks(*shot, SOME_STEP)]
        for one in _namers(params, ctx.models):
            ctx.enter("name")
            times = _spread(looks, MOST_NAMED)
            found = labels.opened(ctx.models).name([self._look(params, ctx, time) for time in times])
            by, least, language = one.name.removeprefix("labels:"), params.least_score, params.things_in
            yield from naming.by_labels(found, times, self.shots, by=by, least=least, language=language)
        if params.describe:
            times = _spread(looks, SHOWN)
            self.described = seeing.look([images.jpeg(self._look(params, ctx, time)) for time in times], ctx.models)
            yield from naming.by_language_model(self.described, times, self.shots)

    def _look(self, params: TagsParams, ctx: Context, time: Fraction) -> images.Picture:
        ctx.check()
        return images.fitted(frames.at(params.media, time).rgb, SHOWN_SIDE, SHOWN_SIDE)


def _detector(ctx: Context) -> faces.Detector:
    if ctx.models.installed(FACE_MODEL):
        return ctx.models.warm(FACE_MODEL, lambda: faces.yunet(ctx.models.path(FACE_MODEL)))
    return ctx.models.warm("frontal faces", faces.frontal)


def _spread(times: Sequence[Fraction], most: int) -> list[Fraction]:
    """Evenly chosen ones, if there are too many."""
    if len(times) <= most:
        return list(times)
    return [times[index * len(times) // most] for index in range(most)]


# Telling


def _result(params: TagsParams, film: _Film) -> TagsResult:
    whole = film.facts(0.0, film.length)
    parts = [(span, film.facts(*span)) for span in film.shots[:MOST_SCENES]]
    held = [{one.name: one for one in labelling.labels(facts, least=params.least_score)} for _, facts in parts]
    spoken, terms = _keywords(params, film)
    told = _labels(labelling.labels(whole, least=params.least_score), parts, held, film.length)
    return TagsResult(
        labels=(*told, *map(_thing, film.things)),
        categories=tuple(one.name for one in told if one.group == "category"),
        keywords=terms,
        language=spoken,
        scenes=tuple(_scene(film, span, facts, here) for (span, facts), here in zip(parts, held, strict=True)),
        length=film.length,
        width=film.media.video.displayed[0] if film.media.video else None,
        height=film.media.video.displayed[1] if film.media.video else None,
        most_faces=film.watched.most_faces(0.0, film.length) if film.watched else 0,
        face_share=round(whole.faces, PRECISION),
        sound=_sound(whole) if film.heard else None,
        lines=tuple(map(_line, film.words.lines)) if params.read == "all" else (),
        sentences=tuple(Sentence(start=one.start, end=one.end, text=one.text) for one in film.said),
        summary=film.described.summary,
        looks=len(film.watched.seen.looks) if film.watched else 0,
        reads=len(film.words.looks),
    )


def _labels(
    found: Sequence[labelling.Label],
    parts: Sequence[tuple[tuple[float, float], Facts]],
    held: Sequence[dict[str, labelling.Label]],
    length: float,
) -> tuple[Label, ...]:
    told = []
    for one in found:
        spans = [span for (span, _), here in zip(parts, held, strict=True) if one.name in here]
        whole = one.group == "category" or not spans
        shown = [(0.0, length)] if whole else spans
        told.append(
            Label(
                name=one.name,
                group=one.group,
                score=round(one.score, PRECISION),
                why=one.why,
                spans=tuple(Span(start=start, end=end) for start, end in shown),
            )
        )
    return tuple(told)


def _thing(one: naming.Named) -> Label:
    return Label(
        name=one.name,
        group=one.group,
        score=round(one.score, PRECISION),
        why=one.why,
        tier=one.tier,
        spans=tuple(Span(start=start, end=end) for start, end in one.spans),
    )


def _scene(film: _Film, span: tuple[float, float], facts: Facts, here: dict[str, labelling.Label]) -> Scene:
    assert film.watched is not None  # without it there are no scenes
    shares = sorted((facts.colours or {}).items(), key=lambda one: -one[1])
    return Scene(
        start=span[0],
        end=span[1],
        faces=film.watched.most_faces(*span),
        motion=round(facts.motion, PRECISION),
        brightness=round(facts.brightness, PRECISION),
        colours=tuple(name for name, share in shares if share >= COLOUR),
        speech=round(facts.speech, PRECISION),
        music=round(facts.music, PRECISION),
        labels=tuple(one.name for one in here.values() if one.group != "category"),
    )


def _sound(facts: Facts) -> Sound:
    return Sound(
        speech=round(facts.speech, PRECISION),
        music=round(facts.music, PRECISION),
        cheering=round(facts.cheering, PRECISION),
        silence=round(facts.silence, PRECISION),
    )


def _line(one: wordlooks.Line) -> Line:
    left, top, right, bottom = one.box
    return Line(
        text=one.text,
        start=one.start,
        end=one.end,
        score=round(min(1.0, one.score), PRECISION),
        left=left,
        top=top,
        right=right,
        bottom=bottom,
    )


def _keywords(params: TagsParams, film: _Film) -> tuple[Literal["zh", "en", ""], tuple[str, ...]]:
    """The language of all that is written and said, and its key terms: the title's count twice."""
    lines = [one.text for one in sorted(film.words.lines, key=lambda one: (one.start, one.box[1]))]
    said = [one.text for one in film.said]
    text = "\n".join(one for one in (params.title, params.title, params.text, *lines, *said) if one.strip())
    if not text or not params.keywords:
        return "", ()
    spoken = words.language(text)
    return spoken, tuple(words.terms(text, spoken, most=params.keywords))
