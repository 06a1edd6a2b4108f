"""What the JSON schemas of operators say of their params and results, as far as nodes need it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from reelwright import operators
from reelwright.errors import InvalidParameter
from reelwright.operators.files import Kind

Schema = Mapping[str, Any]
PLAIN = {"string": "STRING", "integer": "INT", "number": "FLOAT", "boolean": "BOOLEAN"}


@dataclass(frozen=True, slots=True)
class Shape:
    """`file`: its kind, of a file or a list of files. `leaf`: where in each record of the list the file stands.

    `plain`: STRING, INT, FLOAT or BOOLEAN of a value, or of each in a list of them; else JSON; "" for files.
    """

    name: str
    about: str
    file: Kind | None = None
    many: bool = False
    leaf: str = ""
    optional: bool = False
    plain: str = ""
    required: bool = False
    default: Any = None


@cache
def params(operator: str) -> Mapping[str, Shape]:
    return _shapes(operators.load(operator).params.model_json_schema())


@cache
def results(operator: str) -> Mapping[str, Shape]:
    return _shapes(_result(operator))


@cache
def _result(operator: str) -> Schema:
    schema: Schema = operators.load(operator).result.model_json_schema(mode="serialization")
    return schema


def _shapes(root: Schema) -> Mapping[str, Shape]:
    required = set(root.get("required", ()))
    return {name: _shape(name, schema, root, name in required) for name, schema in root.get("properties", {}).items()}


def _shape(name: str, written: Schema, root: Schema, required: bool) -> Shape:
    schema, optional = _plain(written, root)
    about = str(written.get("description", ""))
    told = Shape(name, about, optional=optional, required=required, default=written.get("default"))
    if "x-file" in schema:
        return replace(told, file=schema["x-file"])
    if schema.get("type") == "array" and "items" in schema:
        item, _ = _plain(schema["items"], root)
        if "x-file" in item:
            return replace(told, file=item["x-file"], many=True)
        inside = [(leaf, one["x-file"]) for leaf, one in item.get("properties", {}).items() if "x-file" in one]
        if len(inside) == 1:
            return replace(told, file=inside[0][1], many=True, leaf=inside[0][0])
        if item.get("type") in PLAIN:
            return replace(told, plain=PLAIN[item["type"]], many=True)
    return replace(told, plain=PLAIN.get(str(schema.get("type")), "JSON"))


def _plain(schema: Schema, root: Schema) -> tuple[Schema, bool]:
    """Without references and without the `null` beside an optional value; and whether there was one."""
    if "$ref" in schema:
        return _plain(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(options) == 1 and len(schema["anyOf"]) == 2:
        return _plain(options[0], root)[0], True
    return schema, False


def at(operator: str, path: str) -> Shape | None:
    """What lies at a dotted path of the result, `covers.0.image` say; None if nothing can."""
    root = _result(operator)
    schema: Schema = root
    for part in path.split("."):
        schema, _ = _plain(schema, root)
        schema = schema.get("items", {}) if part.isdigit() else schema.get("properties", {}).get(part, {})
        if not schema:
            return None
    return _shape(path, schema, root, required=False)


# ---- values


def value_type(operator: str, name: str) -> Any:
    """The type of a param with its limits, as pydantic checks it."""
    field = operators.load(operator).params.model_fields[name]
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


@cache
def _adapter(operator: str, name: str) -> TypeAdapter[Any]:
    return TypeAdapter(value_type(operator, name))


def problem(operator: str, name: str, value: Any) -> str | None:
    """What the operator's schema has against a value of this param; None if nothing."""
    try:
        _adapter(operator, name).validate_python(value)
    except ValidationError as error:
        return next(_told(error))
    except InvalidParameter as error:  # what only the operator's own check knows, a voice that there is not
        return error.message
    return None


def _told(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_url=False):
        where = ".".join(str(part) for part in one["loc"])
        yield (f"{where}: " if where else "") + one["msg"][:1].lower() + one["msg"][1:]
