"""Make a film from words, from pictures, or from both.

Without a model the film is painted: the prompt's place, time of day, weather, season, subjects and camera are read from
its words, in English or Chinese; the scene is drawn in layers and a camera moves through it, so that near things pass
before far ones. A first picture becomes a relief that the camera moves before; two pictures are carried into each
other; subjects of reference pictures are cut out and stand in the scene. The same prompt, size and seed give the same
file.

A `style` is a preset of palette, lines, light, texture and proportions (docs/guide/styles.md); a first picture is taken
to be in it already. Of the `cast` those whom the prompt names are shown, always looking the same.

The painter knows the words of a list, some hundreds of them. What it does not know it cannot show; `scene` in the
result tells what it read.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import InvalidParameter
from reelwright.kernels import ambience, parallax
from reelwright.kernels.painting import camera, marking, reading, styles, telling
from reelwright.kernels.painting.pictures import Painting
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.stage import Size
from reelwright.media import encode, frames, images, probe, remaking, samples, scenes
from reelwright.models import diffusion, elsewhere, prompting
from reelwright.models.port import Models, Provider
from reelwright.operators import Context, Params, Quality, Resources, Result, casting, files, operator, param

RATE = Fraction(24)
AREAS = {360: 640 * 360, 480: 832 * 480, 540: 960 * 540, 720: 1280 * 720, 1080: 1920 * 1080}
LEAST, MOST = 128, 2160  # px of a side
MOST_PROMPT = 5000
MOST_REFERENCES = 5
SHOTS = ((0.34, "pull"), (0.33, "right"), (0.33, "push"))
"""Shares of the film and the camera, of one in several shots."""
LIVE, LIVE_SIZE = 24, (480, 480)
"""Every so many frames, one of at most that size is shown while the film is made."""

Picture = NDArray[np.uint8]


class GenerateParams(Params):
    prompt: str = param(
        "What to show, in English or Chinese.", "", max_length=MOST_PROMPT, example="a red kite at dusk"
    )
    negative_prompt: str = param("What not to show.", "", max_length=MOST_PROMPT)
    first: files.Image | None = param("Picture that the film begins with.", None)
    last: files.Image | None = param("Picture that it ends with; needs a first one.", None)
    references: tuple[files.Any_, ...] = param(
        "Pictures or films whose subjects are to appear.", (), max_length=MOST_REFERENCES
    )
    video: files.Video | None = param("Film to change or to continue, instead of making one.", None)
    mask: files.Image | None = param("Where the film is to change: white. Everywhere without one.", None)
    edit: Literal["edit", "repaint", "extend", "outpaint", "reference"] = param(
        "What to do with `video`: give it the prompt's light, weather and style (`edit`, `repaint`, `reference`), "
        "go on after its end (`extend`), or fill a wider or higher picture around it (`outpaint`).",
        "edit",
    )
    audio: files.Audio | None = param("Sound to put to the film, from its start; instead of a made one.", None)
    width: int | None = param("Width; needs a height. Otherwise by `resolution`.", None, unit="px", ge=LEAST, le=MOST)
    height: int | None = param("Height.", None, unit="px", ge=LEAST, le=MOST)
    resolution: Literal[360, 480, 540, 720, 1080] = param("Size, as lines of a 16:9 film with as many pixels.", 720)
    ratio: str = param(
        "Width to height, like 16:9; otherwise that of the first picture, or 16:9.", "", pattern=r"^(\d{1,2}:\d{1,2})?$"
    )
    seconds: float = param("Length.", 5.0, unit="s", ge=1.0, le=60.0)
    sound: bool = param("Make the sound of the place.", True)
    style: casting.Style = param(casting.STYLE, "")
    cast: tuple[casting.CastMember, ...] = param(casting.CAST, (), max_length=casting.MOST)
    rate: Literal[12, 15, 24] = param(
        "Frames a second of what is painted or moved here; fewer take less time. Films to change are kept at 24.",
        24,
        unit="fps",
    )
    shots: Literal["single", "multi"] = param("One shot, or three of the same scene.", "single")
    extend_prompt: bool = param("Tell in the result what was read into the prompt.", True)
    watermark: bool = param("Mark the film as made by a machine, in its lower right corner.", False)
    model: str = param("Name of the model that was asked for; the built-in painter serves any.", "", max_length=200)
    quality: encode.Quality = param("Encoder settings: `draft` is fastest, `high` largest.", "normal")


class SceneRead(Result):
    setting: str = param("The place.")
    time: str = param("Time of day.")
    weather: str = param("Weather.")
    season: str = param("Season.")
    style: str = param("Style: that of the params, else what the words say; empty for the painter's own.")
    camera: str = param("How the camera moves.")
    subjects: tuple[str, ...] = param("Kinds of what is in it.")
    cast: tuple[str, ...] = param("Names of the cast who are in it.", ())


class GenerateResult(Result):
    video: files.Video = param("The film.")
    prompt: str = param("The prompt as it was understood.")
    width: int = param("Width.", unit="px")
    height: int = param("Height.", unit="px")
    seconds: float = param("Length.", unit="s")
    seconds_in: float = param("Length of the films that were given, in all.", unit="s")
    seed: int = param("The seed; the same one makes the same film again.")
    motion: float = param("Mean change of a pixel from one frame to the next, levels of 0 to 255.")
    longest_stand: float = param("Longest time without any motion.", unit="s")
    scene: SceneRead = param("What was read from the prompt.")
    upstream_usage: dict[str, float | str] = param(
        "What the server elsewhere says it used, in its own words: tokens, seconds, a price; empty if made here.", {}
    )


def choose(params: GenerateParams, models: Models) -> Provider:
    own = diffusion.provider(models, diffusion.VIDEO) if params.video is None and not params.references else None
    return own or elsewhere.provider(models) or prompting.painter(models, extends=params.extend_prompt)


@operator(
    version=1,
    quality=Quality("motion", at_least=0.5),
    resources=Resources(threads=2),
    phases={"prepare": 0.1, "paint": 0.9},
    choose=choose,
    tiers=("builtin", "model", "upstream"),
)
def generate(params: GenerateParams, ctx: Context) -> GenerateResult:
    if params.last and not params.first:
        raise InvalidParameter("last is given without a first picture; give both", field="last")
    if params.mask and not params.video:
        raise InvalidParameter("mask is given without a video; give the film that it belongs to", field="mask")
    if ctx.provider.tier == "upstream":
        return _ordered(params, ctx)
    ctx.enter("prepare")
    first = images.load(params.first) if params.first else _opening(params)
    width, height = _size(params, first)
    longer = prompting.extended(params.prompt, ctx.models, seed=ctx.seed) if params.extend_prompt else None
    scene = casting.read(longer or params.prompt, params.cast, params.style, unwanted=params.negative_prompt)
    size, rate, count = Size(width, height), _rate(params), _count(params)
    if ctx.provider.tier == "model":
        prompt = casting.asked(longer or params.prompt, params.cast, params.style)
        pictures, rate, count = _diffused(params, prompt, first, size, ctx)
    else:
        pictures = _pictures(params, scene, first, size, ctx.seed)
    if params.watermark:
        pictures = (marking.marked(picture) for picture in pictures)
    path = ctx.output("film.mp4")
    motion = scenes.film(
        path,
        ctx.track(_seen(pictures, ctx), total=count, phase="paint"),
        (width, height),
        rate,
        quality=params.quality,
        sound=_sound(params, scene, float(count / rate), ctx),
    )
    return GenerateResult(
        video=str(path),
        prompt=longer or (telling.extended(params.prompt, scene) if params.extend_prompt else params.prompt),
        width=width,
        height=height,
        seconds=float(count / rate),
        seconds_in=_seconds_in(params),
        seed=ctx.seed,
        motion=round(motion.mean, 3),
        longest_stand=round(motion.longest_stand, 3),
        scene=_told(scene),
    )


def _rate(params: GenerateParams) -> Fraction:
    return RATE if params.video is not None else Fraction(params.rate)


def _count(params: GenerateParams) -> int:
    """Frames of the film."""
    asked = max(1, round(params.seconds * _rate(params)))
    if params.video is None:
        return asked
    given = max(1, round(_length(params.video) * RATE))
    return given + asked if params.edit == "extend" else given


def _length(path: str) -> float:
    return float(probe.with_video(path).duration or 0)


def _opening(params: GenerateParams) -> Picture | None:
    """The first picture of the film that is given."""
    return np.asarray(frames.at(params.video, Fraction(0)).rgb) if params.video else None


def _seen(pictures: Iterator[Picture], ctx: Context) -> Iterator[Picture]:
    """Now and then, what is being made is the job's live frame."""
    for number, picture in enumerate(pictures):
        if number % LIVE == 0:
            small = images.fitted(np.ascontiguousarray(picture[..., :3]), *LIVE_SIZE)
            ctx.preview(Path(images.save(small, ctx.scratch / "live.jpg")))
        yield picture


def _told(scene: Scene) -> SceneRead:
    return SceneRead(
        setting=scene.setting,
        time=scene.time,
        weather=scene.weather,
        season=scene.season,
        style=scene.preset or scene.style,
        camera=scene.camera,
        subjects=tuple(one.kind for one in scene.subjects),
        cast=tuple(one.member.name for one in scene.subjects if one.member),
    )


# ---- by a model


def _diffused(
    params: GenerateParams, prompt: str, first: Picture | None, size: Size, ctx: Context
) -> tuple[Iterator[Picture], Fraction, int]:
    """The pictures of a diffusion model, at its own rate and scaled to the size."""
    pipeline = diffusion.opened(ctx.models, diffusion.VIDEO)
    last = images.fitted_over(images.load(params.last), size.width, size.height) if params.last else None
    wish = diffusion.Wish(
        prompt,
        styles.refused(params.prompt, params.negative_prompt, params.style),
        (size.width, size.height),
        ctx.seed,
        params.seconds,
        first=images.fitted_over(first, size.width, size.height) if first is not None else None,
        last=last,
    )
    film = pipeline.film(wish, lambda done, total: ctx.report(done, total, unit="step"))
    scaled = (images.resized(picture, size.width, size.height) for picture in film.pictures)
    return scaled, Fraction(film.rate), len(film.pictures)


# ---- elsewhere


def _ordered(params: GenerateParams, ctx: Context) -> GenerateResult:
    """Made by the server that the settings name."""
    maker = elsewhere.opened(ctx.models, pause=time.sleep)
    delivery = elsewhere.deliver(maker, _order(params, ctx.seed), ctx.once)
    path = maker.fetch(delivery.addresses[0], ctx.output("film.mp4"))
    media = probe.with_video(path)
    assert media.video is not None  # with_video promises it
    motion = scenes.Motion(media.video.frame_rate or RATE)
    for frame in ctx.track(frames.stream(path), phase="paint"):
        motion.see(np.asarray(frame.gray))
    return GenerateResult(
        video=str(path),
        prompt=delivery.prompt or params.prompt,
        width=media.video.shown[0],
        height=media.video.shown[1],
        seconds=round(float(media.duration or 0), 3),
        seconds_in=_seconds_in(params),
        seed=ctx.seed,
        motion=round(motion.mean, 3),
        longest_stand=round(motion.longest_stand, 3),
        scene=_told(reading.read(params.prompt, cast=casting.members(params.cast), preset=params.style)),
        upstream_usage=dict(delivery.usage),
    )


def _order(params: GenerateParams, seed: int) -> elsewhere.Order:
    kind = "edit" if params.video else "frames" if params.last else "image" if params.first else "text"
    references = (*map(Path, params.references), *casting.pictures(params.cast, params.prompt))
    if kind == "text" and references:
        kind = "reference"
    return elsewhere.Order(
        kind,
        casting.asked(params.prompt, params.cast, params.style),
        styles.refused(params.prompt, params.negative_prompt, params.style),
        params.model,
        params.width,
        params.height,
        params.resolution,
        params.ratio,
        params.seconds,
        seed=seed,
        sound=params.sound,
        watermark=params.watermark,
        extend=params.extend_prompt,
        shots=params.shots,
        edit=params.edit,
        references=references,
        first=_file(params.first),
        last=_file(params.last),
        video=_file(params.video),
        mask=_file(params.mask),
        audio=_file(params.audio),
    )


def _file(given: str | None) -> Path | None:
    return None if given is None else Path(given)


# ---- size


def _size(params: GenerateParams, first: Picture | None) -> tuple[int, int]:
    """Even sides: those given, or those of the resolution's area in the shape asked for."""
    if (params.width is None) != (params.height is None):
        missing = "height" if params.height is None else "width"
        raise InvalidParameter(f"{missing} is missing; give both sides or neither", field=missing)
    if params.width is not None and params.height is not None:
        return params.width & ~1, params.height & ~1
    if params.ratio:
        across, _, down = params.ratio.partition(":")
        shape = int(across) / max(1, int(down))
    else:
        shape = first.shape[1] / first.shape[0] if first is not None else 16 / 9
    shape = min(max(shape, 0.25), 4.0)
    area = AREAS[params.resolution]
    return _even(math.sqrt(area * shape)), _even(math.sqrt(area / shape))


def _even(side: float) -> int:
    return 2 * round(side / 2)


# ---- pictures


def _pictures(params: GenerateParams, scene: Scene, first: Picture | None, size: Size, seed: int) -> Iterator[Picture]:
    rate, count = _rate(params), max(1, round(params.seconds * _rate(params)))
    if params.video is not None:
        return remaking.remade(params.video, scene, size, mask=params.mask, how=params.edit, more=count, seed=seed)
    if first is not None and params.last:
        last = images.fitted_over(images.load(params.last), size.width, size.height)
        return _between(images.fitted_over(first, size.width, size.height), last, count)
    if first is not None:
        return remaking.relief(images.fitted_over(first, size.width, size.height), scene, count, rate)
    guests = tuple(casting.guest(_still(path), params.style) for path in params.references)
    if params.shots == "multi":
        return _several(scene, size, count, rate, seed, guests)
    return _painted(Painting(scene, size, seed=seed, guests=guests), 0, count, rate)


def _still(path: str) -> Picture:
    """A picture, or the middle one of a film."""
    if probe.is_film(path):
        media = probe.with_video(path)
        assert media.video is not None  # with_video promises it
        return np.asarray(frames.at(path, Fraction(media.duration or 0) / 2).rgb)
    return images.load(path)


def _painted(painting: Painting, start: int, count: int, rate: Fraction) -> Iterator[Picture]:
    seconds = float(count / rate)
    for number in range(count):
        yield painting.frame(float((start + number) / rate), seconds, since=float(start / rate))


def _several(
    scene: Scene, size: Size, count: int, rate: Fraction, seed: int, guests: tuple[Picture, ...]
) -> Iterator[Picture]:
    """Three shots: the same place and people, seen by another camera each time."""
    start = 0
    for number, (share, move) in enumerate(SHOTS):
        end = count if number == len(SHOTS) - 1 else start + round(share * count)
        painting = Painting(replace(scene, camera=move), size, seed=seed, guests=guests, closer=number * 0.22)
        yield from _painted(painting, start, end - start, rate)
        start = end


def _between(first: Picture, last: Picture, count: int) -> Iterator[Picture]:
    """The first frame is the first picture, the last one the last."""
    way = parallax.Between(first, last)
    for number in range(count):
        yield way.frame(camera.eased(number / max(1, count - 1)))


# ---- sound


def _sound(params: GenerateParams, scene: Scene, seconds: float, ctx: Context) -> Path | None:
    path = ctx.scratch / "sound.wav"
    source = params.audio or (params.video if params.video and probe.probe(params.video).audio else None)
    if source:
        given = samples.read(source)
        kept = given.samples[:, : round(seconds * given.rate)]
        return scenes.save_sound(path, kept, given.rate)
    if not params.sound:
        return None
    kinds = frozenset(one.kind for one in scene.subjects)
    made = ambience.bed(scene.setting, scene.time, scene.weather, kinds, seconds, seed=ctx.seed)
    return scenes.save_sound(path, made, ambience.RATE)


def _seconds_in(params: GenerateParams) -> float:
    given = [path for path in params.references if probe.is_film(path)] + ([params.video] if params.video else [])
    return round(sum(map(_length, given)), 3)
