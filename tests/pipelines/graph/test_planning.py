"""Graphs as steps: only what an output needs, and only real work."""

import pytest

from reelwright.errors import InvalidParameter
from reelwright.pipelines import registry
from reelwright.pipelines.contract import Ref, Seen
from reelwright.pipelines.graph import planning

PLAN = registry.find("graph")


def node(class_type, title="", **inputs):
    made = {"class_type": class_type, "inputs": inputs}
    return {**made, "_meta": {"title": title}} if title else made


def steps(graph, seen=None, failed=None, **given):
    params = PLAN.params(graph=graph, files=[{"key": key, "file": file} for key, file in given.items()])
    PLAN.check(params)
    return {one.name: one for one in PLAN.steps(params, Seen(seen or {}, failed or {}))}


LOAD = node("LoadImage", image="oss://b/in.png")


# ---- steps


def test_loading_and_saving_are_no_steps():
    found = steps({"1": LOAD, "2": node("SaveImage", images=["1", 0])})

    assert list(found) == [planning.FINAL]
    assert found["results"].operator == "media.collect"
    assert found["results"].params == {"images": [{"file": "oss://b/in.png", "node": "2", "title": "SaveImage"}]}


def test_a_chain_is_a_step_a_node_in_order():
    graph = {
        "9": node("SaveImage", "Out", images=["2", 0]),
        "2": node("image.blur", image=["1", 0], radius=3),
        "1": node("ImageInvert", image=["0", 0]),
        "0": LOAD,
    }

    found = steps(graph)

    assert list(found) == ["n1.invert", "n2.blur", "results"]
    assert found["n2.blur"].params == {"image": Ref("n1.invert", "image"), "radius": 3}
    assert found["results"].params["images"] == [{"file": Ref("n2.blur", "image"), "node": "9", "title": "Out"}]


def test_what_no_output_needs_is_no_step():
    graph = {"1": LOAD, "2": node("ImageInvert", image=["1", 0]), "3": node("SaveImage", images=["1", 0])}

    assert list(steps(graph)) == ["results"]


def test_the_mask_of_a_picture_is_worked_out_only_where_it_is_wanted():
    graph = {"1": LOAD, "2": node("MaskToImage", mask=["1", 1]), "3": node("SaveImage", images=["2", 0])}

    found = steps(graph)

    assert list(found) == ["n1.mask", "n2.mask", "results"]
    assert found["n1.mask"].params == {"image": "oss://b/in.png", "channel": "alpha", "invert": True}


@pytest.mark.parametrize(
    ("ends", "kept"),
    [
        pytest.param({"8": node("SaveImage", images=["1", 0])}, ["8"], id="saved"),
        pytest.param({"8": node("PreviewImage", images=["1", 0])}, ["8"], id="only-shown"),
        pytest.param(
            {"7": node("PreviewImage", images=["1", 0]), "8": node("SaveImage", images=["1", 0])}, ["8"], id="both"
        ),
    ],
)
def test_what_is_shown_counts_where_nothing_is_saved(ends, kept):
    found = steps({"1": LOAD, **ends})

    assert [one["node"] for one in found["results"].params["images"]] == kept


@pytest.mark.parametrize("node_id", ["12:3", "A", "a b", "ü", "x" * 90])
def test_any_node_id_makes_a_name(node_id):
    graph = {"1": LOAD, node_id: node("ImageInvert", image=["1", 0]), "z": node("SaveImage", images=[node_id, 0])}

    (name, _) = steps(graph)

    assert name.startswith("n")
    assert name.endswith(".invert")


def test_ids_that_look_alike_make_names_that_do_not():
    assert len({planning.slug(one) for one in ("a:b", "a.b", "A:B", "a-b", "a_b")}) == 5


def test_titles_and_ids_are_in_no_step_but_the_last():
    one = steps({"1": LOAD, "2": node("ImageInvert", "A", image=["1", 0]), "3": node("SaveImage", images=["2", 0])})
    other = steps({"5": LOAD, "6": node("ImageInvert", "B", image=["5", 0]), "7": node("SaveImage", images=["6", 0])})

    assert one["n2.invert"].params == other["n6.invert"].params


def test_left_out_params_are_not_written_down():
    graph = {"1": LOAD, "2": node("image.blur", image=["1", 0]), "3": node("SaveImage", images=["2", 0])}

    assert steps(graph)["n2.blur"].params == {"image": "oss://b/in.png"}


# ---- files and batches


def test_a_file_from_outside_counts_more_than_the_graphs():
    found = steps({"1": LOAD, "2": node("SaveImage", images=["1", 0])}, **{"1.image": "oss://b/other.png"})

    assert found["results"].params["images"][0]["file"] == "oss://b/other.png"


def test_several_links_make_one_list():
    graph = {
        "1": LOAD,
        "2": LOAD | {"inputs": {"image": "oss://b/2.png"}},
        "3": node("video.assemble", images=[["1", 0], ["2", 0]], fps=2),
        "4": node("SaveVideo", video=["3", "video"]),
    }

    assert steps(graph)["n3.assemble"].params["images"] == ["oss://b/in.png", "oss://b/2.png"]


def test_a_batch_goes_through_each_picture_by_itself():
    graph = {
        "1": LOAD,
        "2": LOAD | {"inputs": {"image": "oss://b/2.png"}},
        "3": node("ImageBatch", image1=["1", 0], image2=["2", 0]),
        "4": node("ImageScaleBy", image=["3", 0], upscale_method="area", scale_by=0.5),
        "5": node("image.blur", image=["4", 0]),
        "6": node("SaveImage", images=["5", 0]),
    }

    found = steps(graph)

    assert list(found) == ["n4.scale", "n4.scale-1", "n5.blur", "n5.blur-1", "results"]
    assert found["n5.blur-1"].params == {"image": Ref("n4.scale-1", "image")}
    assert len(found["results"].params["images"]) == 2


def test_a_plan_grows_once_it_is_known_how_many_there_are():
    graph = {
        "1": node("LoadVideo", file="oss://b/a.mp4"),
        "2": node("video.cover", video=["1", 0], count=3),
        "3": node("ImageInvert", image=["2", "covers"]),
        "4": node("SaveImage", images=["3", 0]),
    }
    made = {"n2.cover": {"covers": [{"image": "oss://r/1.png"}, {"image": "oss://r/2.png"}]}}

    assert list(steps(graph)) == ["n2.cover"]
    found = steps(graph, made)
    assert list(found) == ["n2.cover", "n3.invert", "n3.invert-1", "results"]
    assert found["n3.invert-1"].params == {"image": Ref("n2.cover", "covers.1.image")}


def test_one_of_several_need_not_wait():
    graph = {
        "1": node("LoadVideo", file="oss://b/a.mp4"),
        "2": node("video.cover", video=["1", 0]),
        "3": node("image.blur", image=["2", "covers.1.image"]),
        "4": node("video.generate", first=["2", "covers"], prompt="x"),
        "5": node("SaveImage", images=["3", 0]),
        "6": node("SaveVideo", video=["4", 0]),
    }

    found = steps(graph)

    assert found["n3.blur"].params["image"] == Ref("n2.cover", "covers.1.image")
    assert found["n4.generate"].params["first"] == Ref("n2.cover", "covers.0.image")


@pytest.mark.parametrize(("made", "kept"), [("oss://r/s.jpg", 1), (None, 0)], ids=["made", "not-made"])
def test_a_result_that_may_be_missing_is_waited_for(made, kept):
    graph = {
        "1": node("LoadVideo", file="oss://b/a.mp4"),
        "2": node("video.portrait", video=["1", 0], preview=True),
        "3": node("SaveImage", images=["2", "sheet"]),
        "4": node("SaveVideo", video=["2", "video"]),
    }

    assert list(steps(graph)) == ["n2.portrait"]
    found = steps(graph, {"n2.portrait": {"sheet": made, "video": "oss://r/v.mp4"}})
    assert len(found["results"].params.get("images", [])) == kept
    assert len(found["results"].params["videos"]) == 1


# ---- what was not given


OPTIONAL = {
    "1": node("LoadAudio", audio="oss://b/a.wav"),
    "2": node("LoadImage", image=""),
    "3": node("ImageInvert", image=["2", 0]),
    "4": node("video.audiogram", audio=["1", 0], cover=["3", 0]),
    "5": node("SaveVideo", video=["4", 0]),
}


def test_what_hangs_on_a_file_that_was_not_given_is_left_out_where_it_may_be():
    assert list(steps(OPTIONAL)) == ["n4.audiogram", "results"]
    assert steps(OPTIONAL)["n4.audiogram"].params == {"audio": "oss://b/a.wav"}


def test_and_is_made_where_it_was():
    found = steps(OPTIONAL, **{"2.image": "oss://b/c.png"})

    assert found["n4.audiogram"].params["cover"] == Ref("n3.invert", "image")


@pytest.mark.parametrize(("given", "order"), [(False, ["n4.mask", "results"]), (True, ["n3.invert", "results"])])
def test_either_takes_the_first_that_is_there(given, order):
    graph = {
        "1": node("LoadImage", image=""),
        "2": LOAD,
        "3": node("ImageInvert", image=["1", 0]),
        "4": node("image.mask", image=["2", 0]),
        "5": node("Either", first=["3", 0], second=["4", "mask"]),
        "6": node("SaveFile", file=["5", 0]),
    }
    files = {"1.image": "oss://b/x.png"} if given else {}

    assert list(steps(graph, **files)) == order


def test_where_neither_was_given_the_second_is_asked_for():
    graph = {
        "1": node("LoadImage", image=""),
        "2": node("LoadImage", "Other", image=""),
        "3": node("Either", first=["1", 0], second=["2", 0]),
        "4": node("SaveImage", images=["3", 0]),
    }

    with pytest.raises(InvalidParameter, match=r"LoadImage\.2\.Other") as caught:
        steps(graph)

    assert caught.value.field == "graph.2.inputs.image"


def test_what_only_the_other_one_needs_is_no_step():
    graph = {
        "1": LOAD,
        "2": node("image.generate", prompt="a boat"),
        "3": node("ImageInvert", image=["2", "images.0.image"]),
        "4": node("Either", first=["1", 0], second=["3", 0]),
        "5": node("SaveImage", images=["4", 0]),
    }

    assert list(steps(graph)) == ["results"]


# ---- what failed


def test_either_takes_the_second_where_a_step_to_the_first_failed():
    graph = {
        "1": LOAD,
        "2": node("ImageInvert", image=["1", 0]),
        "3": node("image.blur", image=["2", 0]),
        "4": node("Either", first=["3", 0], second=["1", 0]),
        "5": node("SaveImage", images=["4", 0]),
    }

    assert list(steps(graph)) == ["n2.invert", "n3.blur", "results"]
    found = steps(graph, failed={"n2.invert": "NotMedia"})
    assert list(found) == ["results"]
    assert found["results"].params["images"][0]["file"] == "oss://b/in.png"


@pytest.mark.parametrize(("may_fail", "kept"), [(True, 1), (False, 2)])
def test_a_result_that_may_fail_is_left_out(may_fail, kept):
    graph = {
        "1": node("LoadAudio", audio="oss://b/a.wav"),
        "2": node("audio.denoise", audio=["1", 0]),
        "3": node("SaveAudio", audio=["2", "audio"], may_fail=may_fail),
        "4": node("SaveAudio", audio=["1", 0]),
    }

    found = steps(graph, failed={"n2.denoise": "NoAudio"})

    assert len(found["results"].params["audios"]) == kept
    assert ("n2.denoise" in found) is not may_fail


def test_a_failure_that_nobody_allows_for_stays_in_the_plan():
    graph = {"1": LOAD, "2": node("ImageInvert", image=["1", 0]), "3": node("SaveImage", images=["2", 0])}

    assert list(steps(graph, failed={"n2.invert": "NotMedia"})) == ["n2.invert", "results"]


# ---- values and texts


def test_texts_that_are_known_are_joined_without_a_step():
    graph = {
        "1": node("PrimitiveString", value="a boat"),
        "2": node("StringConcatenate", string_a=["1", 0], string_b="at dusk", delimiter=", "),
        "3": node("StringReplace", string=["2", 0], find="dusk", replace="dawn"),
        "4": node("image.generate", prompt=["3", 0]),
        "5": node("SaveImage", images=["4", "images.0.image"]),
    }

    assert steps(graph)["n4.generate"].params["prompt"] == "a boat, at dawn"


def test_texts_that_are_still_to_be_written_are_joined_by_a_step():
    graph = {
        "1": node("text.write", kind="title", keywords="boat"),
        "2": node("StringConcatenate", string_a=["1", "texts.0"], string_b="at dusk", delimiter=", "),
        "4": node("image.generate", prompt=["2", 0], seed=7),
        "5": node("SaveImage", images=["4", "images.0.image"]),
    }

    found = steps(graph)

    assert found["n2.join"].params == {"texts": [Ref("n1.write", "texts.0"), "at dusk"], "separator": ", "}
    assert (found["n4.generate"].params["prompt"], found["n4.generate"].seed) == (Ref("n2.join", "text"), 7)


def test_a_number_goes_from_node_to_node():
    graph = {
        "1": node("speech.speak", text="hello"),
        "2": node("video.generate", prompt="x", seconds=["1", "seconds"]),
        "3": node("SaveVideo", video=["2", 0]),
    }

    assert steps(graph)["n2.generate"].params["seconds"] == Ref("n1.speak", "seconds")


def test_texts_for_a_list_come_by_one_link_or_by_several():
    graph = {
        "1": node("PrimitiveString", value="a"),
        "2": node("text.join", texts=[["1", 0], ["1", 0]]),
        "3": node("text.join", texts=["1", 0]),
        "4": node("text.write", kind="title", keywords=["2", "text"]),
        "5": node("text.join", texts=["4", "texts"]),
        "6": node("image.caption", image=["7", 0], text=["5", "text"]),
        "7": LOAD,
        "8": node("SaveImage", images=["6", 0]),
    }

    found = steps(graph)

    assert found["n2.join"].params["texts"] == ["a", "a"]
    assert found["n5.join"].params["texts"] == Ref("n4.write", "texts")
