"""Holes in pictures painted by an inpainting network in ONNX that the user brings: LaMa and what has its interface.

The folder that the setting names holds one `.onnx` file, and where wanted a `SHA256SUMS`, of which every line is
checked. The network takes a picture, float [1, 3, h, w] of red, green and blue 0 to 1, and a mask, [1, 1, h, w], 1
where it is to paint, and gives a picture of that form (R. Suvorov et al., "Resolution-robust large mask inpainting with
Fourier convolutions", 2022). Inputs are told apart by their channels, whatever their names. A network of a fixed size
gets the hole with its surroundings, shrunk where they are larger and mirrored where they are smaller; one of any size
the same at its own size, up to `LARGEST`. Whether what comes out is 0 to 1 or 0 to 255 is told by the file's metadata
(`output_range`: `0-1` or `0-255`), else by a grey picture, which is shown to it first.

No weights come with reelwright: which ones may be used is told by whoever publishes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from reelwright.errors import ModelNotInstalled
from reelwright.kernels.painted import Painter
from reelwright.kernels.region import Field, Window
from reelwright.kernels.registration import Mask
from reelwright.loading import lazy
from reelwright.models import onnx, sums
from reelwright.models.port import BUILTIN, Models, Provider

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

CAPABILITY = "inpainting"
SETTING = "inpainting_folder"
MEND = f"no inpainting network is set: give the folder of its ONNX file in `{SETTING}` (REELWRIGHT_{SETTING.upper()})"
INTERFACE = "a picture [1, 3, h, w] and a mask [1, 1, h, w] in, a picture [1, 3, h, w] out"
MULTIPLE = 8  # px: sizes that networks of any size take
TRIED = 64  # px of the grey picture shown to one of any size
LARGEST = 1024  # px of the longer side that a network of any size is shown: time and memory grow with it
CONTEXT = 96  # px around a hole that are shown at least
RANGE, WHOLE = "output_range", {"0-1": 1.0, "0-255": 255.0}
GREY, BRIGHT = 0.5, 2.0  # shown first; what comes out above this is meant to 255

Engine = Literal["auto", "builtin", "model"]


def provider(models: Models) -> Provider | None:
    """What would paint; None if the settings name no folder."""
    return sums.provider(CAPABILITY, models, _files)


def chosen(engine: Engine, models: Models) -> Provider:
    """What serves an operator's `engine`; ModelNotInstalled where a network is wanted and none is set."""
    found = provider(models) if engine != "builtin" else None
    if found is None and engine == "model":
        raise ModelNotInstalled(f"{MEND}, or leave `engine` out", field="engine")
    return found or BUILTIN


def painter(engine: Engine, models: Models) -> Painter | None:
    """The network that `chosen` tells, loaded once in a worker; None for the built-in fill."""
    known = chosen(engine, models)
    found = models.endpoint(CAPABILITY)
    if known == BUILTIN or found is None:
        return None
    folder = Path(found.address)
    return models.warm(f"inpainting:{known.models[folder.name]}", lambda: Network(_file(_files(folder))))


class Network:
    """Implements `kernels.painted.Painter`."""

    def __init__(self, path: Path) -> None:
        self._session = onnx.session(path, gpu=True)
        self._image, self._mask = _inputs(self._session, path)
        self._size = _Size.of(self._session.inputs[self._image])
        self._whole = self._range(path)

    def __call__(self, picture: Field, hole: Mask) -> Field:
        if not hole.any():
            return picture
        # The hole's own size around it, and more: networks continue what they see.
        window = Window.around(hole, max(CONTEXT, int(np.ptp(np.nonzero(hole), axis=1).max()) // 2))
        out = picture.copy()
        part, wanted = window.of(out), window.of(hole)
        part[wanted] = self._painted(part, wanted)[wanted]
        return out

    def _painted(self, part: Field, hole: Mask) -> Field:
        height, width = part.shape[:2]
        scale = self._size.scale(height, width)
        small, unknown = part, hole
        if scale < 1:
            size = max(1, round(width * scale)), max(1, round(height * scale))
            small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.float32)
            # A pixel that is hidden in part is no known one.
            unknown = np.asarray(cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0)
        rest = self._size.rest(*unknown.shape)
        # Mirrored with its mask: the mirror's hole is a hole too.
        shown = np.pad(np.where(unknown[..., None], 0, small), (*rest, (0, 0)), "symmetric")
        made = self._run(shown.astype(np.float32), np.pad(unknown, rest, "symmetric"))
        made = made[: unknown.shape[0], : unknown.shape[1]] / np.float32(self._whole)
        if scale < 1:
            made = np.asarray(cv2.resize(made, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
        return np.asarray(np.clip(made, 0, 1), np.float32)

    def _run(self, picture: Field, hole: Mask) -> Field:
        image = np.ascontiguousarray(picture.transpose(2, 0, 1)[None])
        made = self._session.run({self._image: image, self._mask: hole.astype(np.float32)[None, None]})[0]
        if made.shape != image.shape:
            raise ModelNotInstalled(
                f"the inpainting network gives {made.shape} for {image.shape}; it takes {INTERFACE}"
            )
        return np.asarray(made[0].transpose(1, 2, 0), np.float32)

    def _range(self, path: Path) -> float:
        told = self._session.metadata.get(RANGE)
        if told is not None and told not in WHOLE:
            raise ModelNotInstalled(f"{path}: its {RANGE} is {told!r}; use one of {', '.join(WHOLE)}")
        if told is not None:
            return WHOLE[told]
        grey = np.full((self._size.height or TRIED, self._size.width or TRIED, 3), GREY, np.float32)
        made = self._run(grey, np.zeros(grey.shape[:2], bool))
        return 255.0 if float(np.median(made)) > BRIGHT else 1.0


@dataclass(frozen=True, slots=True)
class _Size:
    """The size that a network takes; None where any goes."""

    height: int | None
    width: int | None

    @classmethod
    def of(cls, shape: tuple[int | None, ...]) -> "_Size":
        return cls(shape[2], shape[3])

    def scale(self, height: int, width: int) -> float:
        """By which a picture must be shrunk, at most 1."""
        return min(1.0, (self.height or LARGEST) / height, (self.width or LARGEST) / width)

    def rest(self, height: int, width: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """What a picture lacks below and to the right."""
        return (0, (self.height or -(-height // MULTIPLE) * MULTIPLE) - height), (
            0,
            (self.width or -(-width // MULTIPLE) * MULTIPLE) - width,
        )


def _inputs(session: onnx.Session, path: Path) -> tuple[str, str]:
    """The names of the picture and the mask."""
    found = {shape[1]: name for name, shape in session.inputs.items() if len(shape) == 4}
    if len(session.inputs) != 2 or set(found) != {1, 3}:
        raise ModelNotInstalled(f"{path} is no network of this kind: it takes {session.inputs}, not {INTERFACE}")
    return found[3], found[1]


def _files(folder: Path) -> dict[str, Path]:
    """The network, and what else its digest hangs on; ModelNotInstalled if there is not just one."""
    networks = sorted(folder.glob("*.onnx"))
    if len(networks) != 1:
        told = f"there are {len(networks)}: {', '.join(one.name for one in networks)}" if networks else "there is none"
        raise ModelNotInstalled(
            f"{folder} must hold one inpainting network, *.onnx; {told}; mend the setting `{SETTING}`"
        )
    # Large networks keep their weights beside them.
    beside = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix in (".data", ".onnx_data")]
    files = {path.name: path for path in (*networks, *beside)}
    return {**files, sums.SUMS: folder / sums.SUMS} if (folder / sums.SUMS).is_file() else files


def _file(files: Mapping[str, Path]) -> Path:
    return next(path for path in files.values() if path.suffix == ".onnx")
