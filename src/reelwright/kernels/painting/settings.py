"""Places: each adds its layers to the stage and says where things stand, float and fly in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from reelwright.kernels.painting import backdrop, elsewhere, indoors, inn, land, plants, town, weather
from reelwright.kernels.painting.backdrop import SUN
from reelwright.kernels.painting.palette import Palette, colour, mixed
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.stage import Stage

Generator = np.random.Generator
ON_THE_GROUND = (
    *("on mars", "on the moon", "on a planet", "surface"),
    *("火星上", "星球上", "月球上", "在火星", "在月球"),
)
"""Of a planet, for prompts about space."""
ROCK = colour("#5d6b86")
SNOW = colour("#e4ebf1")


@dataclass(frozen=True, slots=True)
class Ground:
    """Heights of the picture: the horizon, where feet are, and the middle of what floats; `size` of a grown-up."""

    horizon: float
    feet: float
    water: float | None = None
    size: float = 0.30
    table: tuple[float, float] | None = None
    air: float = 0.30
    depth: float = 0.86
    """Of the things that stand there."""
    islet: bool = False
    """Is there only water, so that whatever stands needs a rock?"""


@dataclass(frozen=True, slots=True)
class Painter:
    """What a place is painted with."""

    stage: Stage
    scene: Scene
    palette: Palette
    generator: Generator

    @property
    def light_x(self) -> float:
        return SUN[self.scene.time][0] * self.stage.size.aspect

    @property
    def is_snowy(self) -> bool:
        return self.scene.weather == "snow" or self.scene.season == "winter"

    def has(self, *kinds: str) -> bool:
        return any(subject.kind in kinds for subject in self.scene.subjects)

    def sky(self, horizon: float) -> None:
        backdrop.sky(self.stage, self.scene, self.palette, self.generator, horizon=horizon)

    def trees(
        self,
        kind: str,
        base: float,
        height: float,
        depth: float,
        count: float,
        clear: tuple[float, float] | None = None,
    ) -> None:
        number = max(1, round(count * self.stage.size.aspect))
        plants.trees(
            self.stage,
            self.palette,
            self.generator,
            kind=kind,
            base=base,
            height=height,
            depth=depth,
            count=number,
            snow=self.is_snowy,
            clear=clear,
        )

    def bloom(self) -> tuple[float, float, float] | None:
        """The colour of flowers in the grass, if any are to be there."""
        told = next((one for one in self.scene.subjects if one.kind == "flower"), None)
        if self.is_snowy or self.scene.style == "ink":
            return None
        if told is not None:
            usual = {"sunflower": "#f2c230", "lavender": "#8a5bc0", "向日葵": "#f2c230", "薰衣草": "#8a5bc0"}
            return colour(told.colour or usual.get(told.word, "#e0567a"))
        return {"spring": colour("#f3a6c0"), "summer": colour("#f4f1ea")}.get(self.scene.season)


def mountains(on: Painter) -> Ground:
    on.sky(0.62)
    base = mixed(ROCK, on.palette.leaves[0], 0.18)
    land.ridges(
        on.stage,
        on.palette,
        on.generator,
        base,
        horizon=0.66,
        height=0.44,
        count=4,
        snow=on.is_snowy or on.scene.season == "spring",
    )
    land.hills(on.stage, on.palette, on.generator, on.palette.grass, start=0.74)
    on.trees("pine", 0.84, 0.20, 0.72, 9)
    on.trees("pine", 1.04, 0.42, 0.97, 3, clear=(0.18, 0.82))
    plants.grass(on.stage, on.palette, on.generator, top=0.97, flowers=on.bloom())
    return Ground(0.66, 0.90, size=0.25)


def sea(on: Painter) -> Ground:
    on.sky(0.56)
    if on.generator.random() < 0.6:
        land.ridges(on.stage, on.palette, on.generator, ROCK, horizon=0.575, height=0.10, count=2, fall=0.4)
    rough = 1.8 if on.scene.weather in ("storm", "wind") else 1.0
    land.water(on.stage, on.palette, on.generator, top=0.56, light_x=on.light_x, waves=rough)
    return Ground(0.56, 0.86, water=0.72, size=0.22, islet=True)


def beach(on: Painter) -> Ground:
    on.sky(0.50)
    land.water(on.stage, on.palette, on.generator, top=0.50, light_x=on.light_x)
    sand = colour("#e3c896")
    path = land.outline(on.generator, on.stage.size.aspect, 0.80, 0.05, bumps=2, fall=0.2)
    land.shore(on.stage, on.palette, path, sand, top=0.74)
    plants.palms(on.stage, on.palette, on.generator)
    return Ground(0.50, 0.92, water=0.62, size=0.29)


def lake(on: Painter) -> Ground:
    on.sky(0.54)
    land.ridges(
        on.stage,
        on.palette,
        on.generator,
        mixed(ROCK, on.palette.leaves[1], 0.25),
        horizon=0.57,
        height=0.30,
        count=3,
        snow=on.is_snowy,
    )
    on.trees("pine" if on.generator.random() < 0.5 else "round", 0.585, 0.09, 0.38, 26)
    land.water(on.stage, on.palette, on.generator, top=0.58, light_x=on.light_x, waves=0.6)
    plants.reeds(on.stage, on.palette, on.generator)
    return Ground(0.58, 0.90, water=0.75, size=0.25, islet=True)


def forest(on: Painter) -> Ground:
    on.sky(0.60)
    if any(word in on.scene.words for word in ("bamboo", "竹")):
        land.ground(on.stage, on.palette, mixed(on.palette.grass, colour("#6a5a3a"), 0.4), top=0.80)
        for depth, count in ((0.25, 46), (0.45, 30), (0.7, 15)):
            plants.bamboo(
                on.stage, on.palette, on.generator, depth=depth, count=int(count * on.stage.size.aspect / 1.78)
            )
    else:
        kind = "pine" if on.is_snowy or on.generator.random() < 0.5 else "round"
        if on.scene.is_told:  # Else there is sky between the far trunks, below the horizon.
            land.ground(on.stage, on.palette, SNOW if on.is_snowy else on.palette.grass, top=0.675, depth=0.12)
        for depth, base, height, count in ((0.15, 0.70, 0.34, 26), (0.32, 0.76, 0.46, 17), (0.52, 0.83, 0.62, 9)):
            on.trees(kind, base, height, depth, count)
        land.ground(
            on.stage, on.palette, SNOW if on.is_snowy else mixed(on.palette.grass, colour("#5a4a30"), 0.35), top=0.81
        )
        on.trees(kind, 0.93, 0.92, 0.82, 4, clear=(0.28, 0.72))
    land.shafts(on.stage, on.palette, on.generator)
    plants.grass(on.stage, on.palette, on.generator, top=0.93, flowers=on.bloom())
    return Ground(0.70, 0.92, size=0.28)


def meadow(on: Painter) -> Ground:
    on.sky(0.58)
    land.ridges(
        on.stage,
        on.palette,
        on.generator,
        mixed(ROCK, on.palette.leaves[1], 0.45),
        horizon=0.60,
        height=0.14,
        count=2,
        fall=0.35,
    )
    land.hills(on.stage, on.palette, on.generator, on.palette.grass, start=0.64, count=3)
    on.trees("round", 0.70, 0.14, 0.5, 5)
    land.ground(on.stage, on.palette, on.palette.grass, top=0.84)
    plants.grass(on.stage, on.palette, on.generator, top=0.83, flowers=on.bloom())
    return Ground(0.60, 0.88, size=0.27)


def desert(on: Painter) -> Ground:
    on.sky(0.58)
    land.ridges(on.stage, on.palette, on.generator, colour("#b07a5a"), horizon=0.60, height=0.12, count=2, fall=0.4)
    land.dunes(on.stage, on.palette, on.generator, horizon=0.58)
    land.drifting_sand(on.stage, on.palette, on.generator, top=0.62)
    return Ground(0.58, 0.86, size=0.22)


def snowfield(on: Painter) -> Ground:
    on.sky(0.58)
    land.ridges(on.stage, on.palette, on.generator, colour("#8fa3bd"), horizon=0.61, height=0.26, count=3, snow=True)
    land.hills(on.stage, on.palette, on.generator, SNOW, start=0.67, count=3)
    on.trees("pine", 0.80, 0.15, 0.62, 4)
    return Ground(0.60, 0.88, size=0.25)


def city(on: Painter) -> Ground:
    on.sky(0.72)
    neon = on.scene.style == "neon"
    for depth, tallest in ((0.12, 0.50), (0.28, 0.58), (0.48, 0.52)):
        town.skyline(
            on.stage, on.palette, on.generator, base=0.88, tallest=tallest, depth=depth, neon=neon and depth > 0.2
        )
    town.road(on.stage, on.scene, on.palette, on.generator, top=0.84)
    return Ground(0.72, 0.95, size=0.24)


def street(on: Painter) -> Ground:
    on.sky(0.66)
    if on.scene.is_told and on.scene.is_eastern and on.scene.style != "neon":
        inn.lane(on.stage, on.scene, on.palette, on.generator, floor=0.76)
        return Ground(0.66, 0.89, size=0.30)
    town.street(on.stage, on.scene, on.palette, on.generator, floor=0.76)
    return Ground(0.66, 0.89, size=0.30)


def village(on: Painter) -> Ground:
    on.sky(0.58)
    land.ridges(
        on.stage,
        on.palette,
        on.generator,
        mixed(ROCK, on.palette.leaves[1], 0.35),
        horizon=0.62,
        height=0.26,
        count=3,
        snow=on.is_snowy,
    )
    on.trees("pine" if on.is_snowy else "round", 0.66, 0.14, 0.35, 7)
    grass = SNOW if on.is_snowy else on.palette.grass
    land.hills(on.stage, on.palette, on.generator, grass, start=0.68, count=1)
    town.village(on.stage, on.scene, on.palette, on.generator, base=0.74, eastern=on.scene.is_eastern)
    if on.has("boat", "fish", "bridge"):
        land.water(on.stage, on.palette, on.generator, top=0.84, light_x=on.light_x, waves=0.5)
        return Ground(0.62, 0.85, water=0.92, size=0.21)
    land.ground(on.stage, on.palette, grass, top=0.84)
    if not on.is_snowy:
        plants.grass(on.stage, on.palette, on.generator, top=0.93, flowers=on.bloom())
    return Ground(0.62, 0.92, size=0.24)


def room(on: Painter) -> Ground:
    on.sky(0.55)
    if any(word in on.scene.words for word in ("city", "城市", "office", "办公室")):
        town.skyline(on.stage, on.palette, on.generator, base=0.66, tallest=0.36, depth=0.15)
    else:
        land.ridges(
            on.stage,
            on.palette,
            on.generator,
            mixed(ROCK, on.palette.leaves[1], 0.4),
            horizon=0.56,
            height=0.16,
            count=2,
        )
    weather.add(on.stage, on.scene, on.palette, on.generator, horizon=0.5)  # Behind the wall, seen through its window.
    if on.scene.is_told and on.scene.is_eastern:
        return Ground(0.55, 0.95, size=0.52, table=inn.inn(on.stage, on.scene, on.palette, on.generator, floor=0.80))
    x, y = indoors.room(on.stage, on.scene, on.palette, on.generator, floor=0.80)
    return Ground(0.55, 0.95, size=0.52, table=(x, y))


def space(on: Painter) -> Ground:
    elsewhere.space(on.stage, on.scene, on.palette, on.generator)
    if any(word in on.scene.words for word in ON_THE_GROUND):
        land.dunes(on.stage, on.palette, on.generator, horizon=0.68)
    return Ground(0.68, 0.88, size=0.26, air=0.52)


def underwater(on: Painter) -> Ground:
    elsewhere.underwater(on.stage, on.scene, on.palette, on.generator)
    return Ground(0.30, 0.90, size=0.26, air=0.48)


PLACES: Mapping[str, Callable[[Painter], Ground]] = {
    "mountains": mountains,
    "sea": sea,
    "beach": beach,
    "lake": lake,
    "forest": forest,
    "meadow": meadow,
    "desert": desert,
    "snowfield": snowfield,
    "city": city,
    "street": street,
    "village": village,
    "room": room,
    "space": space,
    "underwater": underwater,
}
