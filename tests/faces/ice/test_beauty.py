"""`FaceBeauty` on the wire: one text with all keys, each fault telling of its key."""

import json

import pytest

from reelwright.errors import InvalidParameter
from reelwright.faces import wire
from reelwright.faces.ice.functions import NAMES, FunctionResult, submission
from reelwright.faces.ice.iproduction import ASKED
from reelwright.faces.ice.video import AMOUNTS, BEAUTY
from reelwright.jobs.job import Status
from reelwright.kernels import reshaping
from reelwright.operators.video.beauty import BeautyParams

FIELD = "JobParams.beauty_params"


def asked(beauty_params, output="oss://b/out.mp4"):
    return submission(
        wire.read(
            ASKED,
            {
                "FunctionName": "FaceBeauty",
                "Input": '{"Type":"OSS","Media":"oss://b/in.mp4"}',
                "Output": json.dumps({"Type": "OSS", "Media": output}),
                "JobParams": json.dumps({"beauty_params": beauty_params}),
            },
        )
    )


@pytest.mark.parametrize(
    ("text", "params"),
    [
        pytest.param("", {}, id="nothing"),
        pytest.param(
            "whiten=20,smooth=50,face_thin=50", {"whiten": 20.0, "smooth": 50.0, "face_thin": 50.0}, id="documented"
        ),
        pytest.param(" chin_length = -30 , smooth=0 ,", {"chin_length": -30.0, "smooth": 0.0}, id="spaces"),
        pytest.param(
            "skin_beauty_enable=0,shape_beauty_enable=1,skin_model=0",
            {"skin_enabled": False, "shape_enabled": True, "skin_model": False},
            id="switches",
        ),
        pytest.param(
            "detect_mode=1,detect_level=2,detect_interval=9,max_face_num=3,min_face=64,threshold=0.5",
            {"detect_mode": "image", "detect_level": 2, "detect_interval": 9}
            | {"max_face_num": 3, "min_face": 64, "threshold": 0.5},
            id="detection",
        ),
    ],
)
def test_the_text_becomes_params(text, params):
    job = asked(text)
    assert (job.operator, job.params) == ("video.beauty", {"video": "oss://b/in.mp4", **params})


@pytest.mark.parametrize(
    ("text", "field", "told"),
    [
        ("smoth=50", f"{FIELD}.smoth", "has no key 'smoth'; it knows smooth, whiten"),
        ("smooth=much", f"{FIELD}.smooth", "give a number"),
        ("smooth", FIELD, "write each key as key=value"),
        ("smooth=", FIELD, "write each key as key=value"),
        ("smooth=1,smooth=2", f"{FIELD}.smooth", "give it once"),
        ("skin_model=2", f"{FIELD}.skin_model", "give 0 or 1"),
        ("detect_mode=video", f"{FIELD}.detect_mode", "is 'video'; give 0 or 1"),
        ("min_face=4.5", f"{FIELD}.min_face", "give a whole number"),
        (["smooth=1"], FIELD, "give a text"),
    ],
    ids=str,
)
def test_a_fault_names_its_key(text, field, told):
    with pytest.raises(InvalidParameter, match=told) as caught:
        asked(text)
    assert caught.value.field == field


def test_every_key_of_the_wire_is_a_param_and_every_shape_key_is_on_the_wire():
    assert {row.path for row in BEAUTY.values()} <= BeautyParams.model_fields.keys()
    assert set(reshaping.KEYS) < set(AMOUNTS)


def test_a_fault_found_later_is_told_by_the_wires_name():
    assert NAMES["params.smooth"] == f"{FIELD}.smooth"
    assert NAMES["params.skin_enabled"] == f"{FIELD}.skin_beauty_enable"


def test_another_format_is_refused():
    with pytest.raises(InvalidParameter, match=r"ends in .gif, but FaceBeauty writes .mp4"):
        asked("", output="oss://b/out.gif")


def test_the_result_is_an_empty_object():
    job = {"status": Status.SUCCEEDED, "wire": {"function": "FaceBeauty"}, "result": {"video": "link:b/out.mp4"}}
    assert wire.write({"Result": FunctionResult("")}, job)["Result"] == "{}"
