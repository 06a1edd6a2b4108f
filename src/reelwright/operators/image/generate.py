"""Make pictures from words.

Without a model they are painted, as by `video.generate`: the same words are understood, and the same prompt, size and
seed give the same picture. Subjects of reference pictures are cut out and stand in the scene. A `style` and a `cast` do
what they do there.

A `subject` other than a scene makes the picture of one element, as storyboards want them: a figure from head to foot or
a thing alone on a plain backdrop, or a place with nobody in it. A prompt like `character sheet: Kong Yiji, a tall old
man in a torn gown` gives a name and a look, unless the cast does; such a picture can be a `cast.image` afterwards.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.painting import elements, marking, styles, telling
from reelwright.kernels.painting.pictures import Painting
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.stage import Size
from reelwright.media import images
from reelwright.models import diffusion, elsewhere, prompting
from reelwright.models.port import Models, Provider
from reelwright.operators import Context, Params, Quality, Resources, Result, casting, files, operator, param

Picture = NDArray[np.uint8]

LEAST, MOST = 128, 2560  # px of a side
MOST_PICTURES = 12
CAMERAS = ("still", "push", "left", "pull", "right")
MOMENT = 2.0  # s; of the painted scene, when its figures are in mid-step


class GenerateParams(Params):
    prompt: str = param("What to show, in English or Chinese.", max_length=5000, example="一叶小舟，清晨，薄雾")
    negative_prompt: str = param("What not to show.", "", max_length=5000)
    references: tuple[files.Image, ...] = param("Pictures whose subjects are to appear.", (), max_length=5)
    width: int = param("Width.", 1024, unit="px", ge=LEAST, le=MOST)
    height: int = param("Height.", 1024, unit="px", ge=LEAST, le=MOST)
    count: int = param("Pictures, each another view.", 1, ge=1, le=MOST_PICTURES)
    extend_prompt: bool = param("Tell in the result what was read into the prompt.", True)
    watermark: bool = param("Mark the pictures as made by a machine, in the lower right corner.", False)
    style: casting.Style = param(casting.STYLE, "")
    cast: tuple[casting.CastMember, ...] = param(casting.CAST, (), max_length=casting.MOST)
    subject: Literal["scene", "figure", "place", "prop"] = param(
        "What to make a picture of: all that the prompt tells, or one element alone. A figure is whom the prompt "
        "names, else the first of the cast, else whom the prompt describes as `label: name, look`.",
        "scene",
    )
    model: str = param("Name of the model that was asked for; the built-in painter serves any.", "", max_length=200)


class Made(Result):
    image: files.Image = param("The picture.")
    seed: int = param("Its seed.")


class GenerateResult(Result):
    images: tuple[Made, ...] = param("The pictures.")
    count: int = param("How many there are.")
    prompt: str = param("The prompt as it was understood.")
    upstream_usage: dict[str, float | str] = param(
        "What the server elsewhere says it used, in its own words: tokens, seconds, a price; empty if made here.", {}
    )


def choose(params: GenerateParams, models: Models) -> Provider:
    own = None if params.references else diffusion.provider(models, diffusion.PICTURES)
    return own or elsewhere.provider(models) or prompting.painter(models, extends=params.extend_prompt)


@operator(
    version=1,
    quality=Quality("subject_shown", at_least=1.0),
    resources=Resources(threads=1),
    choose=choose,
    tiers=("builtin", "model", "upstream"),
)
def generate(params: GenerateParams, ctx: Context) -> GenerateResult:
    if ctx.provider.tier == "upstream":
        return _ordered(params, ctx)
    longer = prompting.extended(params.prompt, ctx.models, seed=ctx.seed) if params.extend_prompt else None
    scene = casting.read(longer or params.prompt, params.cast, params.style, unwanted=params.negative_prompt)
    is_painted = ctx.provider.tier == "builtin"
    drawn = _painted(params, scene, ctx) if is_painted else _diffused(params, longer or params.prompt, ctx)
    made = []
    for number, picture in enumerate(ctx.track(drawn, total=params.count, unit="picture")):
        shown = marking.marked(picture) if params.watermark else picture
        path = images.save(np.ascontiguousarray(shown[..., :3]), ctx.output(f"picture-{number + 1}.png"))
        if is_painted and params.subject == "figure":
            casting.sign(path, elements.member_of(params.prompt, casting.members(params.cast)))
        made.append(Made(image=path, seed=ctx.seed + number))
    told = longer or (telling.extended(params.prompt, scene) if params.extend_prompt else params.prompt)
    return GenerateResult(images=tuple(made), count=len(made), prompt=told)


def _painted(params: GenerateParams, scene: Scene, ctx: Context) -> Iterator[Picture]:
    size = Size(params.width, params.height)
    if params.subject in ("figure", "prop"):
        yield from [_element(params, scene, size)] * params.count
        return
    if params.subject == "place":
        scene = replace(scene, subjects=())
    guests = tuple(casting.guest(images.load(path), params.style) for path in params.references)
    for number in range(params.count):
        view = replace(scene, camera=CAMERAS[number % len(CAMERAS)])
        yield Painting(view, size, seed=ctx.seed + number, guests=guests).frame(MOMENT, 2 * MOMENT)


def _element(params: GenerateParams, scene: Scene, size: Size) -> Picture:
    if params.subject == "prop":
        return elements.prop(params.prompt, scene, size)
    return elements.figure(elements.member_of(params.prompt, casting.members(params.cast)), scene, size)


def _asked(params: GenerateParams, prompt: str) -> str:
    """The prompt for a model."""
    cast = params.cast[:1] if params.subject == "figure" and not casting.shown(params.cast, prompt) else params.cast
    named = f"{cast[0].name}, {prompt}" if cast and cast != params.cast else prompt
    return elements.framed(casting.asked(named, cast, params.style), params.subject)


def _diffused(params: GenerateParams, prompt: str, ctx: Context) -> Iterator[Picture]:
    pipeline = diffusion.opened(ctx.models, diffusion.PICTURES)
    size = (params.width, params.height)
    for number in range(params.count):
        unwanted = styles.refused(params.prompt, params.negative_prompt, params.style)
        wish = diffusion.Wish(_asked(params, prompt), unwanted, size, ctx.seed + number)
        (picture,) = pipeline.pictures(wish, lambda done, total: ctx.check())
        yield images.resized(picture, *size)


def _ordered(params: GenerateParams, ctx: Context) -> GenerateResult:
    """Made by the server that the settings name."""
    maker = elsewhere.opened(ctx.models, pause=time.sleep)
    order = elsewhere.Order(
        "picture",
        _asked(params, params.prompt),
        styles.refused(params.prompt, params.negative_prompt, params.style),
        params.model,
        params.width,
        params.height,
        count=params.count,
        seed=ctx.seed,
        watermark=params.watermark,
        extend=params.extend_prompt,
        references=(*map(Path, params.references), *casting.pictures(params.cast, params.prompt)),
    )
    delivery = elsewhere.deliver(maker, order, ctx.once)
    fetched = [maker.fetch(address, ctx.scratch / f"{n}.part") for n, address in enumerate(delivery.addresses)]
    contents = [*(path.read_bytes() for path in fetched), *delivery.contents]
    made = []
    for number, content in enumerate(ctx.track(contents, total=len(contents), unit="picture")):
        picture = ctx.scratch / f"{number}.picture"
        picture.write_bytes(content)
        path = images.save(images.load(picture), ctx.output(f"picture-{number + 1}.png"))
        made.append(Made(image=path, seed=ctx.seed))
    return GenerateResult(
        images=tuple(made),
        count=len(made),
        prompt=delivery.prompt or params.prompt,
        upstream_usage=dict(delivery.usage),
    )
