"""The docs page: the OpenAPI document as one HTML page that needs nothing from anywhere else.

No script, no font, no picture from another host: it reads the same on a machine without
a network. What a reader may want to copy is a curl line with the operator's own parameters.
"""

import json
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from reelwright.faces.native import openapi

Schema = dict[str, Any]

HEADERS = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'"),
    (b"x-content-type-options", b"nosniff"),
)
SUBMIT = ".Submit"
# What a curl line shows for a required field that names no example of its own.
STAND_INS: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.0, "boolean": True, "array": [], "object": {}}


@cache
def rendered() -> bytes:
    return render(openapi.document()).encode()


def render(document: Schema) -> str:
    """The page of an OpenAPI document."""
    schemas = document["components"]["schemas"]
    operators = sorted(name.removesuffix(SUBMIT) for name in schemas if name.endswith(SUBMIT))
    style = files(__package__).joinpath("page.css").read_text("utf-8")
    info = document["info"]
    return "".join(
        [
            f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(info['title'])}</title>",
            '<meta name=viewport content="width=device-width">',
            f"<style>{style}</style><body><nav>{_contents(document, operators)}</nav><main>",
            f"<h1>{escape(info['title'])} <small>{escape(info['version'])}</small></h1>",
            f"<p>{_prose(info['description'])} The same as data: <a href=/openapi.json>openapi.json</a>.</p>",
            "<h2>Calls</h2>",
            *(_call(path, method, told, schemas) for path, method, told in _calls(document)),
            "<h2>Operators</h2>",
            _common(operators, schemas),
            *(_operator(name, schemas) for name in operators),
            "<h2>Records</h2>",
            *(_record(name, schema, schemas) for name, schema in sorted(schemas.items()) if "." not in name),
            "</main>",
        ]
    )


def _calls(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield path, method.upper(), told


def _contents(document: Schema, operators: list[str]) -> str:
    calls = "".join(
        f'<a href="#{told["operationId"]}"><b>{method}</b> {escape(path)}</a>'
        for path, method, told in _calls(document)
    )
    shown = "".join(f'<a href="#{escape(name)}">{escape(name)}</a>' for name in operators)
    return f"<h3>Calls</h3>{calls}<h3>Operators</h3>{shown}"


def _call(path: str, method: str, told: Schema, schemas: Schema) -> str:
    heading = f'<h3 id="{told["operationId"]}"><b class={method.lower()}>{method}</b> <code>{escape(path)}</code></h3>'
    words = f"<p>{_prose(told['summary'])} {_prose(told['description'])}</p>"
    curl = _curl_call(path, method, told, schemas)
    return f"<section>{heading}{words}{_parameters(told)}{_takes(told)}{_gives(told)}{curl}</section>"


def _parameters(told: Schema) -> str:
    rows = [
        _row(one["name"], one["schema"], one.get("required", False), one["in"], one.get("description", ""))
        for one in told["parameters"]
    ]
    return _table(rows)


def _takes(told: Schema) -> str:
    if "requestBody" not in told:
        return ""
    return f"<p>Takes {_link(_media(told['requestBody']))}.</p>"


def _gives(told: Schema) -> str:
    replies = [
        f"<li><code>{escape(status)}</code> {_type(_media(reply))}: {_prose(reply['description'])}"
        for status, reply in sorted(told["responses"].items())
    ]
    return f"<ul class=replies>{''.join(replies)}</ul>"


def _media(part: Schema) -> Schema:
    schema: Schema = next(iter(part["content"].values()))["schema"]
    return schema


def _curl_call(path: str, method: str, told: Schema, schemas: Schema) -> str:
    if (method, path) == ("POST", "/v1/jobs"):
        return "<p>Each operator below has its own example.</p>"
    if "requestBody" not in told:
        return _shell(_curl(method, path))
    fields = _resolve(_media(told["requestBody"]), schemas)["properties"]
    plain = {name: {key: value for key, value in one.items() if key != "default"} for name, one in fields.items()}
    return _shell(_curl(method, path, {name: example(schema, schemas) for name, schema in plain.items()}))


def _curl(method: str, path: str, body: Any = None) -> str:
    verb = "" if method == ("GET" if body is None else "POST") else f" -X {method}"
    start = f'curl{verb} -H "Authorization: Bearer $API_KEY"'
    if body is None:
        return f'{start} "$SERVER{path}"'
    quoted = json.dumps(body, ensure_ascii=False).replace("'", "'\\''")
    return f'{start} -H "Content-Type: application/json" \\\n  -d \'{quoted}\' "$SERVER{path}"'


def _common(operators: list[str], schemas: Schema) -> str:
    """What every submit may hold beside its operator and params: the same for each of them."""
    if not operators:
        return "<p>None is installed.</p>"
    fields = schemas[operators[0] + SUBMIT]["properties"]
    rows = [
        _row(name, one, False, _type(one), "") for name, one in fields.items() if name not in ("operator", "params")
    ]
    return f"<p>{_prose('Beside `operator` and `params` a submit may hold:')}</p>{_table(rows)}"


def _operator(name: str, schemas: Schema) -> str:
    body = schemas[name + SUBMIT]
    own = {key.removeprefix(f"{name}."): one for key, one in schemas.items() if key.startswith(f"{name}.")}
    own.pop("Submit")
    params = _resolve(body["properties"]["params"], schemas)
    return "".join(
        [
            f'<section id="schema-{quote(name)}{SUBMIT}"><h3 id="{escape(name)}"><code>{escape(name)}</code></h3>',
            f"<p>{_prose(body['description'])}</p>",
            _shell(_curl("POST", "/v1/jobs", {"operator": name, "params": _required(params, schemas)})),
            *(_record(f"{name}.{key}", one, schemas) for key, one in own.items()),
            "</section>",
        ]
    )


def _required(schema: Schema, schemas: Schema) -> Schema:
    fields = schema.get("properties", {})
    return {name: example(fields[name], schemas) for name in schema.get("required", [])}


def example(schema: Schema, schemas: Schema) -> Any:
    """A value that fits a schema: its own example, its default, or the plainest of its type."""
    schema = _resolve(schema, schemas)
    if "examples" in schema:
        return schema["examples"][0]
    if "x-file" in schema:
        return "oss://media/" + {"video": "in.mp4", "audio": "in.wav", "image": "in.png"}.get(
            schema["x-file"], "in.txt"
        )
    for choice in ("const", "default"):
        if choice in schema:
            return schema[choice]
    if "enum" in schema:
        return schema["enum"][0]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return example(schema[several][0], schemas)
    return _plainest(schema, schemas)


def _plainest(schema: Schema, schemas: Schema) -> Any:
    if schema.get("type") == "array" and isinstance(schema.get("items"), dict):
        return [example(schema["items"], schemas)] * max(1, schema.get("minItems", 1))
    if schema.get("type") == "object" and "properties" in schema:
        return _required(schema, schemas)
    if schema.get("type") in ("number", "integer"):
        return schema.get("minimum", STAND_INS[schema["type"]])
    return STAND_INS.get(str(schema.get("type")))


def _record(name: str, schema: Schema, schemas: Schema) -> str:
    heading = f'<h4 id="schema-{quote(name)}">{escape(name)}</h4>'
    words = f"<p>{_prose(schema['description'])}</p>" if schema.get("description") else ""
    if "properties" not in schema:
        return f"{heading}{words}<p>{_type(schema)}</p>"
    required = schema.get("required", [])
    rows = [
        _row(field, inner, field in required, _type(inner), _resolve(inner, schemas).get("description", ""))
        for field, inner in schema["properties"].items()
    ]
    return heading + words + _table(rows)


def _row(name: str, schema: Schema, required: bool, kind: str, description: str) -> str:
    mark = " <em>required</em>" if required else ""
    words = f"{_prose(schema.get('description', description))} {_limits(schema)}"
    return f"<tr><td><code>{escape(name)}</code>{mark}<td>{kind}<td>{words}"


def _table(rows: list[str]) -> str:
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _limits(schema: Schema) -> str:
    words = {
        "minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<",
        "minLength": "length ≥", "maxLength": "length ≤", "minItems": "items ≥", "maxItems": "items ≤",
        "pattern": "like", "default": "default", "x-unit": "unit", "examples": "for example",
    }  # fmt: skip
    told = [f"{word} {_value(schema[key])}" for key, word in words.items() if schema.get(key) is not None]
    return f"<small>{', '.join(told)}</small>" if told else ""


def _value(value: Any) -> str:
    shown = value[0] if isinstance(value, list) and len(value) == 1 else value
    return f"<code>{escape(json.dumps(shown, ensure_ascii=False))}</code>"


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return _link(schema)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(_type(one) for one in schema[several])
    if "enum" in schema:
        return " or ".join(_value(one) for one in schema["enum"])
    if "const" in schema:
        return _value(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    kind = f"{schema['x-file']} file" if "x-file" in schema else str(schema.get("type", "anything"))
    return escape(kind)


def _link(schema: Schema) -> str:
    name = schema["$ref"].rsplit("/", 1)[-1]
    return f'<a href="#schema-{quote(name)}">{escape(name)}</a>'


def _resolve(schema: Schema, schemas: Schema) -> Schema:
    """The schema behind a reference; what stands beside the reference counts more."""
    if "$ref" not in schema:
        return schema
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    return {**schemas[schema["$ref"].rsplit("/", 1)[-1]], **beside}


def _shell(line: str) -> str:
    return f"<pre>{escape(line)}</pre>"


def _prose(text: str) -> str:
    """Plain words with `code` in them."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))
