"""The OpenAPI document of this face, made from the table, the records of `/v1` and the operators' schemas.

A submit is one of as many bodies as there are operators, told apart by `operator`.
Pydantic's free keywords become OpenAPI's: `unit` is shown as `x-unit`, `example` as `examples`.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from pydantic import BaseModel

import reelwright
from reelwright import v1
from reelwright.faces.native import catalogue
from reelwright.faces.native.operation import Operation
from reelwright.faces.native.operations import OPERATIONS, SUBMIT

Schema = dict[str, Any]

COMPONENT = "#/components/schemas/{name}"
INTRO = (
    "Submit media jobs, follow them, fetch their results. Every call under /v1 needs `Authorization: Bearer <ApiKey>`."
)
PARTS = re.compile(r"\{(\w+)\}")


@cache
def rendered() -> bytes:
    """The document as JSON. The first call imports the operators, so it belongs on a thread."""
    return msgspec.json.encode(document())


@cache
def document() -> Schema:
    records = [kind for one in OPERATIONS for kind in (one.gives, one.body, one.query) if kind is not None]
    _, components = msgspec.json.schema_components([*dict.fromkeys(records), v1.ErrorReply], ref_template=COMPONENT)
    components[v1.Submit.__name__] = _submit(components, tuple(catalogue.installed()))
    paths: dict[str, Schema] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": "reelwright", "version": reelwright.__version__, "description": INTRO},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": "The ApiKey."}},
        },
        "security": [{"bearer": []}],
    }


def _operation(operation: Operation, components: Mapping[str, Schema]) -> Schema:
    told: Schema = {
        "operationId": _operation_id(operation),
        "summary": operation.summary,
        "description": operation.description,
        "tags": [operation.path.split("/")[2]],
        "parameters": [*_in_path(operation), *_in_query(operation, components)],
        "responses": {
            str(operation.status): _content("Done.", operation.media_type, operation.gives),
            "default": _content("Refused or failed.", "application/json", v1.ErrorReply),
        },
    }
    if operation.body:
        told["requestBody"] = {"required": True, **_content("", "application/json", operation.body)}
        told["requestBody"].pop("description")
    if operation is SUBMIT:
        told["responses"]["200"] = _content("The same request was here before.", "application/json", operation.gives)
    return told


def _operation_id(operation: Operation) -> str:
    words = [part for part in re.split(r"\W+", operation.path.removeprefix("/v1/")) if part]
    return "_".join([operation.method.lower(), *words])


def _content(description: str, media_type: str, kind: type) -> Schema:
    schema = {"type": "string"} if kind is str else {"$ref": COMPONENT.format(name=kind.__name__)}
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _in_path(operation: Operation) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in PARTS.findall(operation.path)
    ]


def _in_query(operation: Operation, components: Mapping[str, Schema]) -> list[Schema]:
    if operation.query is None:
        return []
    shown = components[operation.query.__name__]["properties"]
    return [
        {"name": name, "in": "query", "description": schema.get("description", ""), "schema": schema}
        for name, schema in shown.items()
    ]


# ---- the body of a submit


def _submit(components: dict[str, Schema], installed: tuple[catalogue.Offered, ...]) -> Schema:
    """Adds a body, params and result schema for each operator; returns the choice between the bodies."""
    plain = components[v1.Submit.__name__]
    mapping = {}
    for one in installed:
        name = f"{one.name}.Submit"
        components[name] = _body(plain, one, _add(components, one.name, one.params, "validation"))
        mapping[one.name] = COMPONENT.format(name=name)
        _add(components, one.name, one.result, "serialization")
    if not mapping:
        return plain
    return {
        "title": "Submit",
        "description": plain["description"],
        "oneOf": [{"$ref": ref} for ref in mapping.values()],
        "discriminator": {"propertyName": "operator", "mapping": mapping},
    }


def _body(plain: Schema, one: catalogue.Offered, params: Schema) -> Schema:
    properties = {**plain["properties"], "operator": {"const": one.name, "type": "string"}, "params": params}
    return {
        **plain,
        "title": one.name,
        "description": one.summary,
        "properties": properties,
        "required": ["operator", "params"] if one.params.model_json_schema().get("required") else ["operator"],
    }


def _add(components: dict[str, Schema], prefix: str, model: type[BaseModel], mode: Any) -> Schema:
    """Put a model and what it refers to among the components, under the operator's name; returns the reference."""
    schema = model.model_json_schema(mode=mode, ref_template=COMPONENT.format(name=prefix + ".{model}"))
    for name, inner in schema.pop("$defs", {}).items():
        components[f"{prefix}.{name}"] = openly(inner)
    name = f"{prefix}.{model.__name__}"
    components[name] = openly(schema)
    return {"$ref": COMPONENT.format(name=name)}


def openly(schema: Any) -> Any:
    """The schema with `unit` and `example` under the names that OpenAPI knows, at every depth."""
    if isinstance(schema, list):
        return [openly(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told: Schema = {}
    for name, value in schema.items():
        if name == "properties":
            # Below it the names are the fields', and a field may be called `unit`.
            told[name] = {field: openly(inner) for field, inner in value.items()}
        elif name == "unit":
            told["x-unit"] = value
        elif name == "example":
            told["examples"] = [value]
        else:
            told[name] = value if name in ("default", "const", "enum", "examples") else openly(value)
    return told
