"""The plan `graph`: a run's results, what runs again after a change, and what is known before it."""

import pytest
from pydantic import ValidationError

from reelwright.errors import InvalidParameter
from reelwright.media import images
from reelwright.pipelines import registry
from reelwright.pipelines.contract import Seen
from reelwright.pipelines.presets.graph import GraphParams, given

PLAN = registry.find("graph")


def graph_of(path, width=80, radius=3):
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": str(path)}, "_meta": {"title": "TargetImage"}},
        "2": {
            "class_type": "ImageScale",
            "inputs": {"image": ["1", 0], "upscale_method": "area", "width": width, "height": 0},
        },
        "3": {"class_type": "ImageInvert", "inputs": {"image": ["2", 0]}},
        "4": {"class_type": "image.blur", "inputs": {"image": ["3", 0], "radius": radius}},
        "5": {"class_type": "SaveImage", "inputs": {"images": ["4", 0]}, "_meta": {"title": "Blurred"}},
        "6": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}, "_meta": {"title": "Sharp"}},
    }


def test_results_come_with_the_nodes_that_saved_them(run, red_blue):
    result = run(graph_of(red_blue)).finished["results"]

    assert [(one["node"], one["title"]) for one in result["images"]] == [("5", "Blurred"), ("6", "Sharp")]
    picture = images.load(result["images"][1]["file"])
    assert picture.shape == (45, 80, 3)
    assert picture[20, 10].tolist() == [55, 225, 225]


def test_the_same_graph_again_runs_nothing(run, red_blue):
    ran = run(graph_of(red_blue))
    before = list(ran.order)

    assert run(graph_of(red_blue), before=ran).order == before


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        pytest.param({"radius": 5}, {"n4.blur", "results"}, id="a-late-node"),
        pytest.param({"width": 60}, {"n2.scale"}, id="an-early-node"),
        pytest.param({}, set(), id="nothing"),
    ],
)
def test_a_change_is_in_the_params_of_its_own_step_only(red_blue, changed, again):
    """What hangs on it changes by its input's digest; nothing else in the params does."""
    one, other = (
        {step.name: (step.operator, dict(step.params)) for step in PLAN.steps(GraphParams(graph=made), Seen())}
        for made in (graph_of(red_blue), graph_of(red_blue, **changed))
    )

    assert {name for name in one if one[name] != other[name]} == again - {"results"}


def test_addresses_in_the_graph_become_files(red_blue):
    params = GraphParams(graph=graph_of("oss://media/in.png"))

    assert given(params) == {"1.image": ("oss://media/in.png",)}


def test_files_count_more_than_the_graph():
    params = GraphParams(graph=graph_of("oss://media/in.png"), files=[{"key": "1.image", "file": "oss://media/2.png"}])

    assert given(params) == {"1.image": ("oss://media/2.png",)}


def test_a_bare_name_is_no_file_of_this_server():
    params = GraphParams(graph=graph_of("example.png"))

    assert given(params) == {}
    with pytest.raises(InvalidParameter, match=r"give its address .* as 1\.image") as caught:
        PLAN.check(params)
    assert caught.value.field == "graph.1.inputs.image"


def test_what_is_no_graph_is_left_to_the_check():
    params = GraphParams(graph={"nodes": [], "links": []})

    with pytest.raises(InvalidParameter, match="export it in API format"):
        PLAN.check(params)


def test_params_are_read_strictly():
    with pytest.raises(ValidationError):
        GraphParams(graph={}, file=[])


def test_a_guess_counts_steps_by_operator():
    made = graph_of("oss://media/in.png")
    made["7"] = {"class_type": "video.generate", "inputs": {"prompt": "a boat", "seconds": 4}}
    made["8"] = {"class_type": "SaveVideo", "inputs": {"video": ["7", 0]}}

    found = {one.operator: one for one in PLAN.guess(GraphParams(graph=made), {})}

    guessed = {name: (one.steps, one.media_seconds) for name, one in found.items()}

    assert guessed == {
        "image.scale": (1, 0.0),
        "image.invert": (1, 0.0),
        "image.blur": (1, 0.0),
        "video.generate": (1, 4.0),
        "media.collect": (1, 0.0),
    }
    assert found["video.generate"].params == {"prompt": "a boat", "seconds": 4}
    assert found["image.blur"].params == {}  # what it works on is still to be made
