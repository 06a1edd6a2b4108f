"""What the benchmarks of the small operators share: media with known truth, one measure of each, one clock.

Each names its operator, its params, and what must come out; the speed stands beside the floor of its kind: a picture
that is read and written, a film that is decoded and encoded, a sound that is decoded and written.
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import timing
from benchmarks.recording import Figure, record
from reelwright import operators
from reelwright.media import frames, images, making, pictures, samples
from reelwright.media.wav import WavWriter
from reelwright.models.port import NoModels
from reelwright.operators import Context, Result

Pixels = NDArray[np.uint8]
WIDTH, HEIGHT = 1920, 1080
FILM, SECONDS, FPS = (1280, 720), 4.0, 25
RATE, SOUND_SECONDS = 48000, 60
MODELS = NoModels()


@dataclass(frozen=True)
class Given:
    """The media in one folder. `pixels`: of the picture; `sound`: float32 [2, n] of the WAV."""

    folder: Path

    @property
    def pixels(self) -> Pixels:
        rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        waves = [127 + 80 * np.sin(rows / (17 + 9 * one)) * np.cos(columns / (23 + 7 * one)) for one in range(3)]
        grain = np.random.default_rng(1).normal(0, 4, (HEIGHT, WIDTH, 1))
        return (np.dstack(waves) + grain).clip(0, 255).astype(np.uint8)

    @property
    def picture(self) -> str:
        path = self.folder / "picture.png"
        return str(path) if path.exists() else images.save(self.pixels, path)

    @property
    def film(self) -> Path:
        path = self.folder / "film.mp4"
        if not path.exists():
            voice = making.speech(SECONDS, rate=RATE).clean
            making.picture(path, (making.Shot("scene", SECONDS),), size=FILM, fps=FPS, sound=voice, key_every=50)
        return path

    @property
    def sound(self) -> NDArray[np.float32]:
        steps = np.random.default_rng(2).integers(-9000, 9000, (2, RATE * SOUND_SECONDS))
        return (steps / 32768).astype(np.float32)

    @property
    def audio(self) -> str:
        path = self.folder / "sound.wav"
        return str(path) if path.exists() else str(making.write_wav(path, self.sound, RATE))

    def save(self, pixels: Pixels, name: str) -> str:
        return images.save(pixels, self.folder / name)


def run(name: str, params: Mapping[str, Any], given: Given) -> Result:
    """The operator's result."""
    operator = operators.load(name)
    made = operator(
        operator.params.model_validate(dict(params)),
        Context.local(phases=operator.phases, out=given.folder / name, models=MODELS),
    )
    assert isinstance(made, Result)
    return made


def measure(
    name: str, params: Callable[[Given], Mapping[str, Any]], judge: Callable[[Any, Given], list[Figure]], floor: str
) -> None:
    """`judge` gives the figures of a result; `floor`: `picture`, `film`, `sound` or `none`."""
    parser = argparse.ArgumentParser(description=f"Figures of {name}.")
    parser.add_argument("--json", type=Path)
    path = parser.parse_args().json
    with tempfile.TemporaryDirectory() as folder:
        given = Given(Path(folder))
        asked = params(given)
        figures = judge(run(name, asked, given), given)
        if floor != "none":
            (own, least), _ = timing.least(lambda: run(name, asked, given), lambda: FLOORS[floor](given, asked))
            what = {"picture": "reading and writing it", "film": "decoding and encoding it", "sound": "a plain copy"}
            beside = {floor: round(least, 4)}
            figures.append(Figure(f"time beside {what[floor]}", own / least, "x", higher=False, beside=beside))
    record(name, figures, command=f"python -m benchmarks.operators.{name}", path=path)


def wrong(made: str, expected: Pixels, *, off: int = 0) -> Figure:
    """Pixels that are off by more than `off` levels."""
    found = pictures.opened(made).pixels
    if found.shape != expected.shape:
        return Figure("wrong pixels", found.size, reach=0, higher=False, note=f"{found.shape}, not {expected.shape}")
    differ = np.abs(found.astype(int) - expected.astype(int)) > off
    count = int((differ.any(axis=2) if differ.ndim == 3 else differ).sum())
    return Figure("wrong pixels", count, reach=0, higher=False, note=f"of {found.shape[0] * found.shape[1]}; ±{off}")


def image(
    name: str,
    expected: Callable[[Pixels], Pixels],
    params: Callable[[Given], Mapping[str, Any]] = lambda given: {},
    *,
    off: int = 0,
    field: str = "image",
) -> None:
    """An operator on the picture: what it must give is worked out from the pixels in another way."""
    measure(
        name,
        lambda given: {"image": given.picture, **params(given)},
        lambda made, given: [wrong(getattr(made, field), expected(given.pixels), off=off)],
        "picture",
    )


def psnr(one: Pixels, other: Pixels) -> float:
    """Decibels."""
    error = float(np.square(one.astype(np.float64) - other).mean())
    return 10 * np.log10(255**2 / max(error, 1e-9))


def film_psnr(made: str, given: Given, expected: Callable[[Pixels], Pixels], metric: str, reach: float) -> Figure:
    """The least of a second's pictures, against what each picture of the source should have become."""
    pairs = zip(frames.stream(made), frames.stream(given.film), strict=True)
    values = [psnr(one.rgb, expected(other.rgb)) for number, (one, other) in enumerate(pairs) if number % FPS == 0]
    return Figure(metric, min(values), "dB", reach=reach)


def _picture(given: Given, asked: Mapping[str, Any]) -> None:
    images.save(pictures.opened(given.picture).pixels, given.folder / "floor.png")


def _film(given: Given, asked: Mapping[str, Any]) -> None:
    timing.recoded(given.film, given.folder / "floor.mp4", asked.get("quality", "normal"))


def _sound(given: Given, asked: Mapping[str, Any]) -> None:
    with WavWriter(given.folder / "floor.wav", RATE, 2) as out:
        for block in samples.stream(given.audio):
            out.write(block)


FLOORS: dict[str, Callable[[Given, Mapping[str, Any]], None]] = {"picture": _picture, "film": _film, "sound": _sound}
