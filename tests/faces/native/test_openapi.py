"""The OpenAPI document and the page: complete, consistent, and at home without a network."""

import json
import re

import httpx
import pytest

from reelwright.faces.native import openapi, page
from reelwright.faces.native.operations import OPERATIONS


@pytest.fixture
def told(only_echo):
    return json.loads(openapi.rendered())


def refs(part):
    if isinstance(part, dict):
        yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
        yield from part.get("discriminator", {}).get("mapping", {}).values() if "oneOf" in part else []
        for inner in part.values():
            yield from refs(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from refs(inner)


def test_every_reference_leads_somewhere(told):
    known = {f"#/components/schemas/{name}" for name in told["components"]["schemas"]}

    assert set(refs(told)) <= known
    assert "#/components/schemas/test.echo.Box" in known


def test_every_operation_is_told_once(told):
    ids = [one["operationId"] for methods in told["paths"].values() for one in methods.values()]

    assert len(ids) == len(set(ids)) == len(OPERATIONS)
    assert all(one["summary"] for methods in told["paths"].values() for one in methods.values())


def test_a_submit_is_one_of_the_operators(told):
    schemas = told["components"]["schemas"]
    ref = {"$ref": "#/components/schemas/test.echo.Submit"}

    assert schemas["Submit"]["oneOf"] == [ref]
    assert schemas["Submit"]["discriminator"]["mapping"] == {"test.echo": ref["$ref"]}
    assert schemas["test.echo.Submit"]["properties"]["operator"]["const"] == "test.echo"
    assert set(schemas["test.echo.Submit"]["required"]) == {"operator", "params"}


def test_units_and_examples_are_told_and_fields_keep_their_names(told):
    params = told["components"]["schemas"]["test.echo.EchoParams"]["properties"]

    assert (params["step"]["x-unit"], params["step"]["examples"]) == ("s", [0.5])
    assert params["video"]["x-file"] == "video"
    assert params["unit"]["default"] == "m"


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_documents_need_no_key(url, path):
    assert httpx.get(url + path, trust_env=False).status_code == 200


def test_the_page_shows_every_call_and_operator_and_loads_nothing(only_echo):
    html = page.rendered().decode()

    for operation in OPERATIONS:
        assert f"<code>{operation.path}</code>" in html
    assert 'id="test.echo"' in html
    assert "&quot;video&quot;: &quot;oss://media/in.mp4&quot;" in html
    assert "<code>idempotency_key</code>" in html
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", html)
    assert "<script" not in html


def test_every_link_on_the_page_has_its_place(only_echo):
    html = page.rendered().decode()
    places = set(re.findall(r'id="([^"]+)"', html))

    assert set(re.findall(r'href="#([^"]+)"', html)) <= places


def test_words_of_an_operator_cannot_become_markup():
    schema = {"properties": {"x": {"type": "string", "description": "<img src=x> & `<b>`"}}}

    assert "<img" not in page._record("R", schema, {})


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param({"type": "number", "examples": [0.5], "default": 1}, 0.5, id="its-example"),
        pytest.param({"type": "integer", "default": 3}, 3, id="its-default"),
        pytest.param({"enum": ["a", "b"]}, "a", id="first-of-enum"),
        pytest.param({"type": "string", "x-file": "audio"}, "oss://media/in.wav", id="a-file"),
        pytest.param({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, True, id="first-choice"),
        pytest.param({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1], id="array"),
        pytest.param({"type": "integer", "minimum": 5}, 5, id="its-minimum"),
        pytest.param(
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {}}},
            {"a": "text"},
            id="object",
        ),
    ],
)
def test_examples_fit_their_schema(schema, value):
    assert page.example(schema, {}) == value
