"""Faults of graphs: each with its node and its input, all at once, before anything runs."""

import json
import os
from pathlib import Path

import pytest

from reelwright.errors import InvalidParameter
from reelwright.pipelines.graph import checking, document

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")) / "workflow"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="sample graphs are not here; REELWRIGHT_DATA names the folder"
)

LOAD = {"class_type": "LoadImage", "inputs": {"image": "oss://media/in.png", "upload": "image"}}
SCALE = {"class_type": "ImageScale", "inputs": {"image": ["1", 0], "upscale_method": "area", "width": 64, "height": 0}}
SAVE = {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "x"}}
GRAPH = {"1": LOAD, "2": SCALE, "3": SAVE}


def changed(node, **inputs):
    """The graph with other inputs of a node; None takes one away."""
    merged = {**GRAPH[node]["inputs"], **inputs}
    kept = {name: value for name, value in merged.items() if value is not None}
    return {**GRAPH, node: {**GRAPH[node], "inputs": kept}}


def retyped(node, class_type, **inputs):
    return {**GRAPH, node: {"class_type": class_type, "inputs": inputs}}


def faults(graph, **given):
    return checking.faults(document.read(graph), {key: (file,) for key, file in given.items()})


def test_a_right_graph_has_none():
    assert faults(GRAPH) == []


@pytest.mark.parametrize(
    ("graph", "field", "told"),
    [
        pytest.param(retyped("2", "ImageScal", image=["1", 0]), "graph.2.class_type", "ImageScale", id="unknown-type"),
        pytest.param(retyped("2", "video.covr"), "graph.2.class_type", "video.cover", id="unknown-operator"),
        pytest.param(retyped("2", "ControlNetApply"), "graph.2.class_type", "cannot be served", id="refused-type"),
        pytest.param(retyped("2", "media.collect"), "graph.2.class_type", "unknown type", id="the-end-is-no-node"),
        pytest.param(changed("2", image=None), "graph.2.inputs.image", "is missing", id="missing-link"),
        pytest.param(
            retyped("2", "image.blend", image=["1", 0]), "graph.2.inputs.other", "is missing", id="missing-file"
        ),
        pytest.param(changed("2", image=["9", 0]), "graph.2.inputs.image", "node 9, which is not there", id="dangling"),
        pytest.param(changed("2", image=["1", 5]), "graph.2.inputs.image", "0 IMAGE, 1 MASK", id="bad-slot"),
        pytest.param(changed("3", images=["3", 0]), "graph.3.inputs.images", "gives nothing on", id="of-a-saving-node"),
        pytest.param(changed("2", image=["1", 1]), "graph.2.inputs.image", "takes IMAGE.* gives MASK", id="wrong-type"),
        pytest.param(changed("2", image="a.png"), "graph.2.inputs.image", "link it", id="value-for-a-link"),
        pytest.param(changed("2", width=["1", 0]), "graph.2.inputs.width", "takes INT", id="picture-for-a-number"),
        pytest.param(changed("2", width=-1), "graph.2.inputs.width", "greater than or equal to 0", id="below"),
        pytest.param(changed("2", width="wide"), "graph.2.inputs.width", "is 'wide'", id="no-number"),
        pytest.param(
            changed("2", upscale_method="magic"), "graph.2.inputs.upscale_method", "'nearest-exact'", id="choice"
        ),
        pytest.param(
            retyped("2", "image.blur", image=["1", 0], radius=9999),
            "graph.2.inputs.radius",
            "less than",
            id="by-operator",
        ),
        pytest.param(
            retyped("2", "image.blur", image=["1", 0], raduis=2),
            "graph.2.inputs.raduis",
            "mean radius",
            id="unknown-input",
        ),
        pytest.param(
            retyped("2", "image.blur", image=[["1", 0], ["1", 0]]),
            "graph.2.inputs.image",
            "takes one",
            id="two-for-one",
        ),
        pytest.param(
            retyped("2", "speech.speak", text="Hello.", voice="siqqi"),
            "graph.2.inputs.voice",
            "siqi",
            id="by-its-check",
        ),
        pytest.param({"1": LOAD, "2": SCALE}, "graph", "no output node", id="no-output"),
        pytest.param(changed("1", image="a.png"), "graph.1.inputs.image", "where the graph was made", id="bare-name"),
        pytest.param(changed("1", image=""), "graph.1.inputs.image", r"LoadImage\.1\.image", id="no-picture"),
    ],
)
def test_a_fault_is_told_by_node_and_input(graph, field, told):
    with pytest.raises(InvalidParameter, match=told) as caught:
        checking.checked(graph)

    assert caught.value.field == field
    assert f"node {field.split('.')[1]} " in caught.value.message if "." in field else True


def test_all_faults_are_told_at_once():
    graph = {
        "1": LOAD,
        "2": {"class_type": "ImageScale", "inputs": {"image": ["1", 1], "width": -5}},
        "3": {"class_type": "SaveImage", "inputs": {}},
        "4": {"class_type": "Nonsense", "inputs": {}},
    }
    graph["5"] = {"class_type": "SaveImage", "inputs": {"images": ["2", 0]}}

    found = {one.field for one in faults(graph)}

    assert found == {"graph.4.class_type", "graph.2.inputs.image", "graph.2.inputs.width", "graph.3.inputs.images"}


def test_a_title_helps_to_find_the_node():
    graph = changed("2", width=-1)
    graph["2"] = {**graph["2"], "_meta": {"title": "Make it smaller"}}

    assert 'node 2 ImageScale ("Make it smaller"): width' in faults(graph)[0].message


@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_circle_is_told_once_with_its_nodes(length):
    names = [str(10 + n) for n in range(length)]
    graph = {
        name: {"class_type": "ImageInvert", "inputs": {"image": [names[n - 1], 0]}} for n, name in enumerate(names)
    }
    graph["3"] = {"class_type": "SaveImage", "inputs": {"images": [names[-1], 0]}}

    (fault,) = faults(graph)

    assert "go in a circle" in fault.message
    assert all(f"{name} ImageInvert" in fault.message for name in names)
    assert fault.field.endswith(".inputs.image")


def test_what_no_result_needs_is_not_looked_at():
    graph = {**GRAPH, "8": {"class_type": "ImageScale", "inputs": {"width": -5}}}

    assert faults(graph) == []


def test_a_chain_may_be_deep():
    graph = {"0": LOAD}
    for number in range(1, 1500):
        graph[str(number)] = {"class_type": "ImageInvert", "inputs": {"image": [str(number - 1), 0]}}
    graph["save"] = {"class_type": "SaveImage", "inputs": {"images": ["1499", 0]}}

    assert faults(graph) == []


def test_a_file_may_be_given_from_outside():
    graph = changed("1", image="a.png")

    assert faults(graph, **{"1.image": "oss://media/in.png"}) == []


@pytest.mark.parametrize(
    ("key", "told"),
    [("9.image", "no node '9'"), ("1.picture", "it has image"), ("2.width", "it has none"), ("image", "no node ''")],
)
def test_a_file_that_goes_nowhere_is_told(key, told):
    (fault,) = faults(GRAPH, **{key: "oss://media/in.png"})

    assert told in fault.message


def test_an_app_may_wait_for_its_files():
    graph = changed("1", image="example.png")

    checking.checked(graph, of_app=True)
    with pytest.raises(InvalidParameter):
        checking.checked(graph)


def test_a_size_that_no_generator_makes_is_told_where_it_was_written():
    graph = {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "x"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a boat", "clip": ["1", 1]}},
        "3": {"class_type": "EmptyLatentImage", "inputs": {"width": 4096, "height": 512, "batch_size": 1}},
        "4": {
            "class_type": "KSampler",
            "inputs": {"model": ["1", 0], "positive": ["2", 0], "negative": ["2", 0], "latent_image": ["3", 0]},
        },
        "5": {"class_type": "VAEDecode", "inputs": {"samples": ["4", 0], "vae": ["1", 2]}},
        "6": {"class_type": "SaveImage", "inputs": {"images": ["5", 0]}},
    }

    (fault,) = faults(graph)

    assert fault.field == "graph.3.inputs.width"
    assert "2560" in fault.message


def test_a_number_that_the_plan_hangs_on_must_be_written():
    graph = {
        "1": LOAD,
        "2": {"class_type": "GetImageSize", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "RepeatImageBatch", "inputs": {"image": ["1", 0], "amount": ["2", 0]}},
        "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}},
    }

    (fault,) = faults(graph)

    assert fault.field == "graph.3.inputs.amount"
    assert "write a value" in fault.message


def test_what_changes_nothing_is_noted():
    graph = {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "x"}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
    }

    assert checking.notes(document.read(graph)) == [
        "node 1 CheckpointLoaderSimple: no effect of ckpt_name; the server's own generator does the work"
    ]


# ---- graphs from elsewhere


@needs_data
@pytest.mark.parametrize("name", ["sdxl_simple_example", "txt_to_image_to_video", "hunyuan_video_image_to_video_api"])
def test_common_graphs_are_right(name):
    checking.checked(json.loads((DATA / f"{name}.json").read_text()))


@needs_data
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("base64", ["12.class_type"]),
        ("controlnet_scribble", ["10.class_type", "12.class_type"]),
        ("animatediff", [f"{n}.class_type" for n in (27, 37, 39, 44, 45)]),
        ("supir_api", [f"{n}.class_type" for n in (5, 7, 9, 10, 11, 13, 14, 20, 21)]),
    ],
)
def test_others_are_refused_by_the_very_nodes(name, fields):
    found = checking.faults(document.read(json.loads((DATA / f"{name}.json").read_text())), {})

    assert [one.field for one in found] == [f"graph.{field}" for field in fields]


@needs_data
def test_the_editors_format_is_refused_with_a_word():
    with pytest.raises(InvalidParameter, match="export it in API format"):
        checking.checked(json.loads((DATA / "not_api_sd15_text2img.json").read_text()))
