"""Keys of AppParams: which there are, what setting them does, and what is wrong with them."""

import pytest

from reelwright.errors import InvalidParameter
from reelwright.pipelines.graph import document, keys

GRAPH = {
    "1": {
        "class_type": "LoadImage",
        "inputs": {"image": "example.png", "upload": "x"},
        "_meta": {"title": "TargetImage"},
    },
    "2": {
        "class_type": "ImageScale",
        "inputs": {"image": ["1", 0], "width": 64, "height": 64},
        "_meta": {"title": "Small"},
    },
    "3": {"class_type": "image.blur", "inputs": {"image": ["2", 0], "radius": ["4", 0]}},
    "4": {"class_type": "PrimitiveInt", "inputs": {"value": 2}, "_meta": {"title": "Softness"}},
    "5": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "x"}},
    "6": {"class_type": "LoadAudio", "inputs": {"audio": "oss://b/unused.wav"}},
    "7": {"class_type": "video.portrait", "inputs": {"video": "oss://b/a.mp4"}, "_meta": {"title": "Film"}},
    "8": {"class_type": "SaveVideo", "inputs": {"video": ["7", 0]}},
}


def found():
    return {key.name: key for key in keys.keys(document.read(GRAPH))}


def test_every_input_that_is_not_linked_has_a_key():
    names = set(found())

    assert {
        "LoadImage.1.TargetImage",
        "ImageScale.2.width",
        "PrimitiveInt.4.Softness",
        "video.portrait.7.Film",
    } <= names
    assert {"image.blur.3.sigma", "video.portrait.7.aspect"} <= names
    assert not names & {"ImageScale.2.image", "image.blur.3.radius", "LoadImage.1.upload", "LoadAudio.6.audio"}


@pytest.mark.parametrize(
    ("name", "place"),
    [
        pytest.param("LoadImage.1.TargetImage", "1.image", id="by-title"),
        pytest.param("LoadImage.1.image", "1.image", id="by-input"),
        pytest.param("ImageScale.2.width", "2.width", id="of-a-titled-node-with-several"),
        pytest.param("PrimitiveInt.4.Softness", "4.value", id="a-value"),
        pytest.param("video.portrait.7.Film", "7.video", id="an-operators-file-by-title"),
        pytest.param("video.portrait.7.video", "7.video", id="an-operators-file-by-name"),
        pytest.param("ImageScale.2.Small", None, id="a-title-that-could-be-several"),
        pytest.param("LoadImage.2.TargetImage", None, id="another-nodes-title"),
    ],
)
def test_a_key_by_its_name(name, place):
    key = keys.find(document.read(GRAPH), name)

    assert (key.place if key else None) == place


def test_a_key_tells_its_kind_and_whether_it_must_be_set():
    picture, film, width = (
        found()[name] for name in ("LoadImage.1.TargetImage", "video.portrait.7.Film", "ImageScale.2.width")
    )

    assert (picture.kind, picture.required) == ("image", True)  # example.png is on another machine
    assert (film.kind, film.required, film.value) == ("video", False, "oss://b/a.mp4")
    assert (width.kind, width.required, width.value) == (None, False, 64)


def test_setting_changes_values_and_collects_files():
    put = keys.put(GRAPH, {"LoadImage.1.TargetImage": "oss://b/a.png", "ImageScale.2.width": 32})

    assert put.files == (("1.image", "oss://b/a.png"),)
    assert put.graph["2"]["inputs"]["width"] == 32
    assert GRAPH["2"]["inputs"]["width"] == 64


def test_an_unknown_key_is_told_with_near_ones():
    with pytest.raises(InvalidParameter, match=r"did you mean LoadImage\.1\.TargetImage") as caught:
        keys.put(GRAPH, {"LoadImage.1.TargetImg": "a"})

    assert caught.value.field == "LoadImage.1.TargetImg"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        pytest.param({"LoadImage.1.TargetImage": "picture"}, [], id="all-well"),
        pytest.param({}, [("LoadImage.1.TargetImage", "MissingParameter")], id="missing"),
        pytest.param({"LoadImage.1.image": "picture"}, [], id="by-its-other-name"),
        pytest.param(
            {"LoadImage.1.TargetImage": "film"},
            [("LoadImage.1.TargetImage", "ImageCheckFailed")],
            id="a-film-for-a-picture",
        ),
        pytest.param(
            {"LoadImage.1.TargetImage": "gone"}, [("LoadImage.1.TargetImage", "ImageCheckFailed")], id="not-there"
        ),
        pytest.param({"LoadImage.1.TargetImage": 5}, [("LoadImage.1.TargetImage", "ImageCheckFailed")], id="a-number"),
        pytest.param(
            {"LoadImage.1.TargetImage": "picture", "video.portrait.7.Film": "sound"},
            [("video.portrait.7.Film", "VideoCheckFailed")],
            id="a-sound-for-a-film",
        ),
        pytest.param(
            {"LoadImage.1.TargetImage": "picture", "ImageScale.2.width": "wide"},
            [("ImageScale.2.width", "InvalidParameter")],
            id="no-number",
        ),
        pytest.param(
            {"LoadImage.1.TargetImage": "picture", "Nothing.1.x": 1}, [("Nothing.1.x", "KeyNotFound")], id="unknown"
        ),
    ],
)
def test_prechecks_name_the_key(given, wrong):
    kinds = {"picture": "image", "film": "video", "sound": "audio"}

    assert keys.precheck(GRAPH, given, kinds.get) == wrong


def test_a_film_serves_as_a_sound():
    graph = {
        "1": {"class_type": "LoadAudio", "inputs": {"audio": ""}},
        "2": {"class_type": "SaveAudio", "inputs": {"audio": ["1", 0]}},
    }

    assert keys.precheck(graph, {"LoadAudio.1.audio": "film"}, {"film": "video"}.get) == []


def test_what_may_be_left_out_is_not_missing():
    graph = {
        "1": {"class_type": "LoadAudio", "inputs": {"audio": ""}},
        "2": {"class_type": "LoadImage", "inputs": {"image": ""}},
        "3": {"class_type": "video.audiogram", "inputs": {"audio": ["1", 0], "cover": ["2", 0]}},
        "4": {"class_type": "SaveVideo", "inputs": {"video": ["3", 0]}},
    }

    assert keys.precheck(graph, {}, lambda value: None) == [("LoadAudio.1.audio", "MissingParameter")]
