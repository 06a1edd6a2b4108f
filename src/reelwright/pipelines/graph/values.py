"""What travels along the links of a graph while it is planned.

A file is an address, or a `Ref` to what a step will have made. Models, conditionings and latents are symbols: nothing
is done for them until a node decodes one, and then it is one step. Plain values are Python's own, or a `Ref`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reelwright.pipelines.contract import Ref

File = str | Ref
Plain = Any
"""A text, a number, a truth value, JSON; or a `Ref` to one."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Files of one kind, pictures mostly: what ComfyUI passes as one tensor."""

    items: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Film:
    """The frames of a film. One that is still to be generated is made when it is known how fast it is to run."""

    video: File | None = None
    generation: "Generation | None" = None


@dataclass(frozen=True, slots=True)
class Generation:
    """A film that `video.generate` will make. `frames` at `fps` tell its length; who saves it may know better."""

    node: str
    params: Mapping[str, Any]
    names: Mapping[str, tuple[str, str]]
    """Param -> the node and the input that it comes from."""
    seed: int | None
    frames: int
    fps: float


@dataclass(frozen=True, slots=True)
class Later:
    """Files whose number is known once the step has run: `leaf` of each record in the list at `path`."""

    step: str
    path: str
    leaf: str

    def first(self) -> Ref:
        return self.item(0)

    def item(self, index: int) -> Ref:
        return Ref(self.step, ".".join(part for part in (self.path, str(index), self.leaf) if part))


@dataclass(frozen=True, slots=True)
class Maybe:
    """A file that the step may turn out not to make."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class Lazy:
    """An output that costs a step of its own, which is made only if somebody wants it."""

    make: Callable[[], Any]


# ---- symbols of diffusion graphs


@dataclass(frozen=True, slots=True)
class Model:
    """Weights, a text encoder, a VAE, a sampler: whatever the graph names, the server's own generators do the work."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Conditioning:
    """What is to be seen: texts that are joined, and pictures whose subjects are to appear."""

    texts: tuple[Plain, ...] = ()
    references: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Size:
    """In pixels; `node` is where it was written, for messages."""

    width: Plain
    height: Plain
    node: str = ""

    def times(self, factor: float) -> "Size | None":
        """None where a step must tell the size first."""
        if isinstance(self.width, Ref) or isinstance(self.height, Ref):
            return None
        return Size(_even(self.width * factor), _even(self.height * factor), self.node)


def _even(length: float) -> int:
    """Latents are an eighth of the picture, as in the graphs' own world."""
    return max(8, round(length / 8) * 8)


@dataclass(frozen=True, slots=True)
class Sampling:
    """One pass of a sampler, as far as it means something here."""

    positive: Conditioning
    negative: Conditioning
    seed: int


@dataclass(frozen=True, slots=True)
class Latent:
    """A picture, or a film, that is not yet made. Without `sampling` it is empty, or `pictures` as they came in."""

    size: Size | None
    """None: that of the picture it was encoded from."""
    count: int = 1
    pictures: tuple[File, ...] = ()
    """What it was encoded from."""
    mask: File | None = None
    """Where it is to change: white."""
    frames: int | None = None
    """Of a film; None for pictures."""
    length: str = "length"
    """The input that tells the frames, for messages."""
    fps: float = 24.0
    first: File | None = None
    last: File | None = None
    sampling: Sampling | None = None
