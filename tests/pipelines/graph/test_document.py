"""Reading graph documents: what is a graph, what a link, and what is said of the rest."""

import json

import pytest

from reelwright.errors import InvalidParameter
from reelwright.pipelines.graph.document import MOST_NODES, Link, read


def test_a_node_has_its_inputs_links_and_title():
    document = read(
        {
            "1": {"class_type": "LoadImage", "inputs": {"image": "oss://b/a.png"}, "_meta": {"title": "Target"}},
            "7:2": {"class_type": "ImageScale", "inputs": {"image": ["1", 0], "width": 64}},
        }
    )

    assert (document.nodes["1"].title, document.nodes["1"].inputs) == ("Target", {"image": "oss://b/a.png"})
    assert document.nodes["7:2"].inputs == {"image": Link("1", 0), "width": 64}
    assert list(document.nodes["7:2"].links()) == [("image", Link("1", 0))]
    assert document.nodes["7:2"].title == ""


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        pytest.param(["1", 0], Link("1", 0), id="node-and-number"),
        pytest.param(["1", "mask"], Link("1", "mask"), id="node-and-name"),
        pytest.param(["99", 0], Link("99", 0), id="a-node-that-is-not-there"),
        pytest.param(["tv", "internet"], ["tv", "internet"], id="two-texts"),
        pytest.param([1, 0], [1, 0], id="two-numbers"),
        pytest.param(["1", True], ["1", True], id="text-and-truth"),
        pytest.param([["1", 0], ["1", 1]], (Link("1", 0), Link("1", 1)), id="several-links"),
        pytest.param([[0.0, 1.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]], id="spans"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_what_is_a_link(value, read_as):
    document = read({"1": {"class_type": "A", "inputs": {}}, "2": {"class_type": "B", "inputs": {"x": value}}})

    assert document.nodes["2"].inputs["x"] == read_as


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param(lambda graph: graph, id="as-it-is"),
        pytest.param(json.dumps, id="as-text"),
        pytest.param(lambda graph: {"prompt": graph, "client_id": "x"}, id="as-posted-to-comfyui"),
    ],
)
def test_a_graph_may_come_wrapped(wrapped):
    graph = {"1": {"class_type": "LoadImage", "inputs": {}}}

    assert list(read(wrapped(graph)).nodes) == ["1"]


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        pytest.param([], "graph", "no JSON object", id="a-list"),
        pytest.param({}, "graph", "empty", id="empty"),
        pytest.param("{", "graph", "no JSON", id="text-that-is-no-json"),
        pytest.param(
            {"nodes": [], "links": [], "version": 0.4}, "graph", "export it in API format", id="editor-format"
        ),
        pytest.param({"1": 5}, "graph.1", "no object", id="a-number-for-a-node"),
        pytest.param({"1": {"inputs": {}}}, "graph.1.class_type", "no class_type", id="no-type"),
        pytest.param({"1": {"class_type": "A", "inputs": []}}, "graph.1.inputs", "no object", id="inputs-are-a-list"),
        pytest.param({str(n): {"class_type": "A"} for n in range(MOST_NODES + 1)}, "graph", "the most", id="too-many"),
    ],
)
def test_what_is_no_graph_is_told(given, field, told):
    with pytest.raises(InvalidParameter, match=told) as caught:
        read(given)

    assert caught.value.field == field


def test_every_node_that_is_none_is_told_at_once():
    with pytest.raises(InvalidParameter) as caught:
        read({"1": 5, "2": {"class_type": ""}, "3": {"class_type": "A", "inputs": 1}})

    assert caught.value.message.startswith("3 faults: ")
    assert all(f"node {name}" in caught.value.message for name in "123")
