"""An operator's parameters as flags: types, limits, defaults, units and help come from its schema alone.

    count: int = param("Covers wanted.", 1, ge=1, le=20)   ->   --count INTEGER RANGE  Covers wanted. [default: 1]

Lists are repeated flags, truth values are `--x/--no-x`, nested records are JSON. What is not
given is left out of the parameters, so that the operator's own default counts.
"""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer

from reelwright.errors import InvalidParameter, MissingParameter

Kind = Literal["integer", "number", "boolean", "string", "file", "json"]
Schema = Mapping[str, Any]
EXAMPLES = {"video": "in.mp4", "audio": "in.wav", "image": "in.png", "text": "in.txt", "any": "in.bin"}
E = TypeVar("E", bound=Enum)
PREFIX = "param-"
"""Put before a parameter's name that a common flag already has."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One parameter, as the command line sees it."""

    name: str
    kind: Kind
    many: bool
    required: bool
    help: str
    default: Any = None
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    file: str | None = None
    """Kind of the file: video, audio, …"""

    @property
    def option(self) -> str:
        return self.name.replace("_", "-")


def of(schema: Schema) -> list[Flag]:
    """The flags of a parameter model's JSON schema, in order of declaration."""
    required = set(schema.get("required", ()))
    return [_flag(name, one, name in required, schema) for name, one in schema.get("properties", {}).items()]


def _flag(name: str, written: Schema, required: bool, root: Schema) -> Flag:
    schema = _plain(written, root)
    many = schema.get("type") == "array" and _kind(_plain(schema.get("items", {}), root)) != "json"
    item = _plain(schema["items"], root) if many else schema
    kind = _kind(item)
    return Flag(
        name=name,
        kind=kind,
        many=many,
        required=required,
        help=_help(written, item, kind) + _default(written.get("default")),
        default=written.get("default"),
        least=item.get("minimum"),
        most=item.get("maximum"),
        choices=tuple(str(one) for one in item.get("enum", ())),
        file=item.get("x-file"),
    )


def _plain(schema: Schema, root: Schema) -> Schema:
    """Without references, and without the `null` beside an optional value."""
    if "$ref" in schema:
        return _plain(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return _plain(options[0], root) if len(options) == 1 else schema


def _kind(schema: Schema) -> Kind:
    if "x-file" in schema:
        return "file"
    kind = schema.get("type")
    return kind if kind in ("integer", "number", "boolean", "string") else "json"


def _help(written: Schema, item: Schema, kind: Kind) -> str:
    told = [str(written.get("description", ""))]
    if "unit" in written:
        told.append(f"In {written['unit']}.")
    if "exclusiveMinimum" in item:
        told.append(f"More than {item['exclusiveMinimum']:g}.")
    if "exclusiveMaximum" in item:
        told.append(f"Less than {item['exclusiveMaximum']:g}.")
    if kind == "json":
        told.append("As JSON.")
    return escaped(" ".join(told))


def signature(flags: Sequence[Flag], common: Sequence[inspect.Parameter]) -> inspect.Signature:
    """A signature from which typer makes the options: the operator's, then the common ones."""
    taken = {parameter.name for parameter in common}
    return inspect.Signature([*(_parameter(flag, taken) for flag in flags), *common])


def _parameter(flag: Flag, taken: set[str]) -> inspect.Parameter:
    # Text, for the operator's own schema reads numbers and choices, and says better than typer what is wrong.
    kind: Any = bool if flag.kind == "boolean" else str
    clash = flag.name in taken
    option = (PREFIX if clash else "") + flag.option
    declared = typer.Option(
        f"--{option}/--no-{option}" if flag.kind == "boolean" and not flag.many else f"--{option}",
        help=flag.help,
        show_default=False,  # it stands in the help
        metavar=_metavar(flag),
        rich_help_panel="Parameters",
    )
    wanted = (list[kind] if flag.many else kind) | None
    # A required flag is looked for by `values`, for the whole line of what is missing.
    return inspect.Parameter(
        _argument(flag), inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[wanted, declared]
    )


def _argument(flag: Flag) -> str:
    """The name of the function's argument: never that of a common flag."""
    return f"param_{flag.name}"


def _default(value: Any) -> str:
    if value is None or value == [] or value == "":
        return ""
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return f" [dim]\\[default: {escaped(shown)}][/]"


def escaped(text: str) -> str:
    """Square brackets are markup to the help's renderer."""
    return text.replace("[", r"\[")


def _metavar(flag: Flag) -> str | None:
    if flag.kind == "file":
        return "<file>" if flag.file in (None, "any") else f"<{flag.file} file>"
    if flag.choices:
        return f"<{'|'.join(flag.choices)}>"
    if flag.kind in ("integer", "number"):
        return f"<{'int' if flag.kind == 'integer' else 'float'}{_range(flag.least, flag.most)}>"
    return {"json": "<json>", "string": "<text>"}.get(flag.kind)


def _range(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f" {least:g}…{most:g}"
    if least is not None:
        return f" ≥{least:g}"
    return "" if most is None else f" ≤{most:g}"


def values(flags: Sequence[Flag], given: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters from the arguments that typer read. Raises `MissingParameter`, `InvalidParameter` (JSON)."""
    params = {}
    for flag in flags:
        value = given.get(_argument(flag))
        if value is None or value == []:
            if flag.required:
                raise MissingParameter(
                    f"--{flag.option} is missing; it is required ({_likely(flag)}, say)",
                    field=flag.name,
                )
            continue
        params[flag.name] = _read(flag, value)
    return params


def _read(flag: Flag, value: Any) -> Any:
    if flag.kind != "json":
        return [_number(flag, one) for one in value] if flag.many else _number(flag, value)
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise InvalidParameter(
            f"--{flag.option} is {value!r}, which is no JSON ({error}); quote it for the shell: '{{\"key\": 1}}'",
            field=flag.name,
        ) from None


def _number(flag: Flag, value: Any) -> Any:
    """As a number where it is one and should be; a fixed choice of numbers does not take text."""
    try:
        return {"integer": int, "number": float}[flag.kind](value)
    except (KeyError, ValueError):
        return value


def member(kind: type[E], text: str | None, option: str) -> E | None:
    """The member of `kind` that a flag names, in small letters and with `-` or `_`; none if it is not given."""
    if text is None:
        return None
    try:
        return kind(text.upper().replace("-", "_"))
    except ValueError:
        known = ", ".join(str(one.value).lower() for one in kind)
        raise InvalidParameter(f"--{option} is {text!r}; give one of {known}", field=option) from None


def local_file(text: str, field: str) -> Path:
    """The file that a flag names, made absolute. Raises `InvalidParameter` if it is none."""
    path = Path(text).expanduser()
    if "://" in text and not path.exists():
        raise InvalidParameter(f"{field} is {text!r}, an address; give the path of a local file", field=field)
    if not path.is_file():
        raise InvalidParameter(f"{field} is {text!r}, which is no file here; mend the path", field=field)
    return path.resolve()


def example(name: str, flags: Sequence[Flag]) -> str:
    """A call that would work: the required flags with likely values."""
    parts = [f"reelwright {name}", *(f"--{flag.option} {_likely(flag)}" for flag in flags if flag.required)]
    optional = next((flag for flag in flags if not flag.required and flag.kind in ("integer", "number")), None)
    if optional is not None and optional.default is not None:
        parts.append(f"--{optional.option} {optional.default}")
    return " ".join(parts)


def _likely(flag: Flag) -> str:
    if flag.kind == "file":
        return EXAMPLES[flag.file or "any"]
    if flag.choices:
        return flag.choices[0]
    return {"integer": "1", "number": "1.0", "string": "TEXT", "json": "'{}'"}.get(flag.kind, "")


def command(function: Callable[..., None], shape: inspect.Signature) -> Callable[..., None]:
    """`function(**given)` with a signature that typer can read."""

    def run(**given: Any) -> None:
        function(**given)

    run.__signature__ = shape  # type: ignore[attr-defined]
    run.__annotations__ = {name: one.annotation for name, one in shape.parameters.items()}
    return run
