"""Pictures and films by diffusion models of one's own: any pipeline of the library diffusers, from a local folder.

Which pipeline it is stands in the folder (`model_index.json`): Wan, LTX, Qwen-Image, Flux, Z-Image and the rest load
alike. What one takes is read from its own signature, so that a newer one needs no change here; a source that it does
not take is a clear error. On a GPU weights are bfloat16 and move there part by part (CPU offload); without one
they are float32, which is only for small models and tests. Needs the extra `torch`.
"""

import importlib.util
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import InvalidParameter, ModelNotInstalled
from reelwright.loading import lazy
from reelwright.models.port import Models, Provider

torch: Any = lazy("torch")
diffusers: Any = lazy("diffusers")
pil: Any = lazy("PIL.Image")

Picture = NDArray[np.uint8]
Told = Callable[[int, int], None]
"""(steps done, steps in all)."""

VIDEO, PICTURES = "diffusion.video", "diffusion.picture"
SETTINGS = {VIDEO: "diffusion_video", PICTURES: "diffusion_picture"}
RATES = {"LTX": 24, "Wan": 16, "CogVideoX": 8, "Hunyuan": 24}
"""Pictures a second that a family of pipelines was trained at, by the beginning of its name."""
USUAL_RATE = 16
USUAL_PACKED = 4
MOST_FRAMES = 241
SIDE = 32  # px; sides of what the models make are multiples of it


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be made; sources are uint8 [h, w, 3]. `frames` for films, `count` for pictures."""

    prompt: str
    negative_prompt: str
    size: tuple[int, int]
    seed: int
    seconds: float = 0.0
    count: int = 1
    first: Picture | None = None
    last: Picture | None = None
    steps: int | None = None
    """Of denoising; as many as the pipeline itself takes if None."""


@dataclass(frozen=True, slots=True)
class Film:
    pictures: Sequence[Picture]
    rate: int


def provider(models: Models, capability: str) -> Provider | None:
    """What would serve; None if the settings name no folder."""
    found = models.endpoint(capability)
    if found is None:
        return None
    folder = _folder(Path(found.address), capability)
    return Provider(f"diffusers:{folder.name}", "model", {folder.name: _digest(folder)})


def _folder(folder: Path, capability: str) -> Path:
    if not (folder / "model_index.json").is_file():
        raise ModelNotInstalled(
            f"{folder} is no folder of a diffusers pipeline (it has no model_index.json); download one, or mend the "
            f"setting `{SETTINGS[capability]}`"
        )
    lacking = [name for name in ("torch", "diffusers", "transformers") if importlib.util.find_spec(name) is None]
    if lacking:
        raise ModelNotInstalled(f"diffusion models need {', '.join(lacking)}: pip install 'reelwright[torch]'")
    return folder


def _digest(folder: Path) -> str:
    """Of the index and of the names and sizes of the weights: gigabytes are not read for a memo's key."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    told = "\n".join(f"{path.relative_to(folder)} {path.stat().st_size}" for path in files)
    return sha256((folder / "model_index.json").read_bytes() + told.encode()).hexdigest()


class Pipeline:
    """A loaded pipeline. Kept warm by `opened`."""

    def __init__(self, folder: Path) -> None:
        self._on_gpu = bool(torch.cuda.is_available())
        kind = torch.bfloat16 if self._on_gpu else torch.float32
        self._pipe = diffusers.DiffusionPipeline.from_pretrained(str(folder), dtype=kind, local_files_only=True)
        self._pipe.set_progress_bar_config(disable=True)
        if self._on_gpu:
            self._pipe.enable_model_cpu_offload()
        self.name = type(self._pipe).__name__
        self._takes = frozenset(inspect.signature(self._pipe.__call__).parameters)

    def film(self, wish: Wish, told: Told) -> Film:
        rate = next((rate for name, rate in RATES.items() if self.name.startswith(name)), USUAL_RATE)
        frames = self._frames(wish.seconds, rate)
        made = self._called(wish, told, num_frames=frames)
        return Film(_pictures(made.frames[0]), rate)

    def pictures(self, wish: Wish, told: Told) -> list[Picture]:
        return [_pictures(self._called(wish, told, number).images)[0] for number in range(wish.count)]

    def _frames(self, seconds: float, rate: int) -> int:
        """As many as fit, one more than a multiple of what the model packs together in time."""
        names = ("vae_scale_factor_temporal", "vae_temporal_compression_ratio")
        packed = next((int(found) for name in names if (found := getattr(self._pipe, name, None))), USUAL_PACKED)
        return min(MOST_FRAMES, max(1, round(seconds * rate / packed)) * packed + 1)

    def _called(self, wish: Wish, told: Told, number: int = 0, **more: Any) -> Any:
        width, height = (max(SIDE, round(side / SIDE) * SIDE) for side in wish.size)
        wanted: dict[str, Any] = {
            "prompt": wish.prompt,
            "negative_prompt": wish.negative_prompt or None,
            "width": width,
            "height": height,
            "generator": torch.Generator("cpu").manual_seed(wish.seed + number),
            "num_inference_steps": wish.steps,
            "output_type": "np",
            "callback_on_step_end": self._telling(told),
            **more,
        }
        given = {name: value for name, value in wanted.items() if name in self._takes and value is not None}
        for name, picture in (("image", wish.first), ("last_image", wish.last)):
            if picture is None:
                continue
            if name not in self._takes:
                field = "first" if name == "image" else "last"
                raise InvalidParameter(
                    f"{field} is given, but {self.name} makes pictures from words alone; choose a model that takes one",
                    field=field,
                )
            given[name] = pil.fromarray(picture).resize((width, height))
        return self._pipe(**given)

    def _telling(self, told: Told) -> Callable[..., Mapping[str, Any]]:
        def step(pipe: Any, number: int, at: Any, given: Mapping[str, Any]) -> Mapping[str, Any]:
            told(number + 1, int(getattr(pipe, "num_timesteps", number + 1)))
            return given

        return step


def opened(models: Models, capability: str) -> Pipeline:
    """The pipeline of the folder that the settings name, loaded once in a worker."""
    found = models.endpoint(capability)
    assert found is not None, "asked for without a provider"
    folder = _folder(Path(found.address), capability)
    return models.warm(f"diffusion:{folder}", lambda: Pipeline(folder))


def _pictures(made: Any) -> list[Picture]:
    """uint8 from what pipelines give: floats of 0 to 1, [n, h, w, 3], as one array or a list."""
    array = np.asarray(made)
    return [np.ascontiguousarray((np.clip(one, 0, 1) * 255 + 0.5).astype(np.uint8)) for one in array]
