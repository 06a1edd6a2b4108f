"""The types of nodes and of their sockets, and what a node may ask for while it is planned."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field, TypeAdapter, ValidationError

from reelwright.errors import InvalidParameter
from reelwright.operators.files import Kind
from reelwright.pipelines.contract import Ref
from reelwright.pipelines.graph.document import Node
from reelwright.pipelines.graph.values import File, Later

IMAGE, MASK, VIDEO, AUDIO, TEXT, FILE = "IMAGE", "MASK", "VIDEO", "AUDIO", "TEXT", "FILE"
STRING, INT, FLOAT, BOOLEAN, JSON = "STRING", "INT", "FLOAT", "BOOLEAN", "JSON"
MODEL, CLIP, VAE, CLIP_VISION, CONDITIONING, LATENT = "MODEL", "CLIP", "VAE", "CLIP_VISION", "CONDITIONING", "LATENT"
NOISE, GUIDER, SAMPLER, SIGMAS = "NOISE", "GUIDER", "SAMPLER", "SIGMAS"
CLIP_VISION_OUTPUT, VIDEO_INFO = "CLIP_VISION_OUTPUT", "VHS_VIDEOINFO"
ANY = "*"
FILES: Mapping[Kind, str] = {"image": IMAGE, "video": VIDEO, "audio": AUDIO, "text": TEXT, "any": FILE}
NUMBERS = (INT, FLOAT)


@dataclass(frozen=True)
class Input:
    """`accepts`: types of the links that may come in; none for a setting that cannot be linked.

    `values` is the type that a written value is checked by; None where only a link will do. `media` says that a
    written value is the address of a file. One that is not `required` may be left out, and is `default` then.
    """

    name: str
    accepts: frozenset[str] = frozenset()
    values: Any = None
    required: bool = True
    default: Any = None
    media: Kind | None = None
    many: bool = False
    about: str = ""

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.values)

    def read(self, value: Any) -> Any:
        """A written value as what it is to be. Raises `ValueError` that says what is wrong."""
        try:
            return self._adapter.validate_python(value)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ValueError((f"{where}: " if where else "") + _lower(first["msg"])) from None
        except InvalidParameter as error:
            raise ValueError(error.message) from None


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


@dataclass(frozen=True, slots=True)
class Output:
    name: str
    type: str


@dataclass(frozen=True)
class NodeType:
    """`keeps`: what comes into it is a result of the graph; `shows`: only if nothing is kept.

    `main` is the input that a node's title names among the keys of AppParams; else the only one there is to name.
    `strict` ones refuse inputs that they do not know; ComfyUI's own carry traces of its editor.
    """

    name: str
    summary: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    make: "Make" = field(repr=False)
    keeps: bool = False
    shows: bool = False
    main: str | None = None
    strict: bool = False
    resolve: Callable[[str], Output | None] | None = field(default=None, repr=False)
    """Further outputs by name: a path into a result."""
    unused: tuple[str, ...] = ()
    """Inputs that are read and change nothing here."""

    def input(self, name: str) -> Input | None:
        return next((one for one in self.inputs if one.name == name), None)

    def output(self, slot: int | str) -> Output | None:
        if isinstance(slot, int):
            return self.outputs[slot] if 0 <= slot < len(self.outputs) else None
        named = next((one for one in self.outputs if one.name == slot), None)
        return named or (self.resolve(slot) if self.resolve else None)


class Step(Protocol):
    """A step that a node has asked for."""

    @property
    def name(self) -> str: ...

    def __call__(self, path: str) -> Ref: ...


class Call(Protocol):
    """What a type's `make` is given: the node, its inputs, and the plan to add steps to."""

    @property
    def node(self) -> Node: ...

    def __getitem__(self, name: str) -> Any:
        """The value of an input; None for one that was left out."""
        ...

    def known(self, name: str) -> Any:
        """The value of an input that the plan itself hangs on: one that a step is still to make will not do."""
        ...

    def step(
        self,
        operator: str,
        params: Mapping[str, Any],
        *,
        seed: int | None = None,
        tag: str = "",
        names: Mapping[str, tuple[str, str]] | None = None,
    ) -> Step:
        """A step. Params that are None are left out, and values are checked by the operator's schema.

        `names`: param -> the node and the input that it comes from, where that is not this node's of the same name.
        """
        ...

    def made(self, step: str) -> Mapping[str, Any] | None:
        """The result of a step; None while it is not finished."""
        ...

    def one(self, name: str) -> File:
        """The single file of an input; the first one of a batch."""
        ...

    def each(self, name: str) -> tuple[File, ...]:
        """All files of an input. Raises `NotYet` while their number is not known."""
        ...

    def counted(self, later: Later) -> Sequence[File]:
        """The files that a step has made. Raises `NotYet`."""
        ...

    def film(self, name: str, rate: str = "") -> File:
        """The input as a film: the one that its frames are of, or that is to be generated.

        `rate`: the input that says how fast that one is to run.
        """
        ...

    def is_lost(self, name: str) -> bool:
        """Whether a step has failed that this input hangs on."""
        ...

    def is_film(self, name: str) -> bool: ...

    def text(self, parts: Sequence[Any], separator: str) -> Any:
        """Texts as one; a step only where one of them is still to be made."""
        ...

    def keep(self, kind: Kind, items: Iterable[File]) -> None:
        """These are results of the graph."""
        ...

    def wrong(self, name: str, message: str) -> Exception:
        """To raise: this input is not as it should be."""
        ...


class Made(Protocol):
    """What a node gives, by the numbers of its outputs."""

    def __getitem__(self, number: int, /) -> Any: ...


Make = Callable[[Call], Made]


class NotYet(Exception):
    """The number of files is known only after a step that has not run."""


# ---- inputs in short


def link(name: str, *types: str, required: bool = True, many: bool = False) -> Input:
    """Only by a link."""
    return Input(name, frozenset(types), required=required, many=many)


def media(name: str, kind: Kind, about: str) -> Input:
    """The address of a file."""
    return Input(name, frozenset(), str, required=False, default="", media=kind, about=about)


def text(name: str, default: str | None = None, about: str = "") -> Input:
    return Input(name, frozenset((STRING,)), str, required=default is None, default=default, about=about)


def integer(name: str, default: int, least: int, most: int) -> Input:
    return Input(name, frozenset((INT,)), Annotated[int, Field(ge=least, le=most)], False, default)


def number(name: str, default: float, least: float, most: float) -> Input:
    return Input(name, frozenset(NUMBERS), Annotated[float, Field(ge=least, le=most)], False, default)


def truth(name: str, default: bool) -> Input:
    return Input(name, frozenset((BOOLEAN,)), bool, False, default)


def choice(name: str, *choices: str) -> Input:
    """The first one is the default."""
    return Input(name, frozenset((STRING,)), Literal[choices], False, choices[0])


def ignored(name: str, *types: str) -> Input:
    """Read, of whatever value, and without effect here."""
    return Input(name, frozenset(types or (ANY,)), Any, required=False)


def outputs(*types: str | tuple[str, str]) -> tuple[Output, ...]:
    """Outputs that are called like their type, or (name, type)."""
    return tuple(Output(one, one) if isinstance(one, str) else Output(*one) for one in types)
