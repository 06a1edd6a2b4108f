"""The vendor's audio documents: every key, every word, and the one track in either form."""

import json

import pytest

from reelwright.errors import InvalidParameter, MissingParameter
from reelwright.faces import wire
from reelwright.faces.ice import audio
from reelwright.faces.ice.functions import FunctionResult, submission
from reelwright.faces.ice.iproduction import ASKED
from reelwright.jobs.job import Status
from reelwright.operators.audio.quality import ChannelQuality, Measures

KEYS = {
    *("Channel", "Tag", "Time", "Input", "Total Duration", "MOS(0-5)", "Worst MOS(0-5)", "MOS"),
    *("Discontinuity(0-5)", "Worst Discontinuity(0-5)", "Discontinuity"),
    *("Coloration(0-5)", "Worst Coloration(0-5)", "Coloration"),
    *("Noisiness(0-5)", "Worst Noisiness(0-5)", "Noisiness"),
    *("Loudness(0-5)", "Loudness", "Loudness(-90dB-0dB)"),
    *("Speech Ratio", "Double Talk Ratio(%)", "Bad Mute Ratio(%)", "Saturated Ratio(%)"),
}
FILE = "oss://b/2.mp4"


def channel(**given):
    own = {
        "channel": 1,
        "tag": "valid",
        "seconds": 12.5,
        "loudness": -21.345,
        "loudness_score": 4.91,
        **dict.fromkeys(("mos", "worst_mos", "discontinuity", "worst_discontinuity"), 3.0),
        **dict.fromkeys(("coloration", "worst_coloration", "noisiness", "worst_noisiness"), 3.0),
        "speech_ratio": 0.756,
        "double_talk_ratio": 0.125,
        "double_talk_known": True,
        "bad_mute_ratio": 0.01234,
        "saturated_ratio": 0.0,
        "measures": Measures(snr=30.0, bandwidth=8000.0, tilt=-6.0, drop_outs=0, drop_out_seconds=0.0),
    }
    return ChannelQuality(**{**own, **given}).model_dump(mode="json")


def told(*channels):
    job = {
        "status": Status.SUCCEEDED,
        "params": {"audio": "oss://b/calls/1 a.wav"},
        # As with Type=Media; what the caller wrote is no address.
        "wire": {"function": "AudioQualityAssessment", "input": {"media": "3f2504e04f8911d39a0c0305e82c3301"}},
        "result": {"channels": list(channels)},
        "finished_at": 1767323045.9,
    }
    return json.loads(wire.write({"Result": FunctionResult("")}, job)["Result"])


def test_every_key_is_there_and_every_value_a_text():
    for one in told(channel(), channel(channel=2)):
        assert one.keys() == KEYS
        assert all(isinstance(value, str) for value in one.values())


def test_values_as_the_vendor_writes_them():
    (one,) = told(channel())

    assert (one["Channel"], one["Tag"], one["Total Duration"]) == ("1", "Valid", "12.50")
    assert (one["Time"], one["Input"]) == ("2026-01-02 03:04:05", "calls/1 a.wav")
    assert (one["Loudness(0-5)"], one["Loudness"], one["Loudness(-90dB-0dB)"]) == ("4.91", "Excellent", "-21.34")
    assert (one["Speech Ratio"], one["Double Talk Ratio(%)"], one["Bad Mute Ratio(%)"]) == ("0.76", "12.50", "1.23")


@pytest.mark.parametrize(
    ("score", "number", "word"),
    [
        *((5.0, "5.00", "Excellent"), (4.01, "4.01", "Excellent"), (4.0, "4.00", "Good"), (4.001, "4.00", "Good")),
        *((3.01, "3.01", "Good"), (3.0, "3.00", "Fair"), (2.0, "2.00", "Poor"), (1.01, "1.01", "Poor")),
        *((1.0, "1.00", "Bad"), (0.99, "0.99", "Bad"), (0.0, "0.00", "Bad")),
    ],
)
def test_scores_have_words(score, number, word):
    (one,) = told(channel(mos=score))

    assert (one["MOS(0-5)"], one["MOS"]) == (number, word)


@pytest.mark.parametrize(
    ("tag", "word"),
    [("valid", "Valid"), ("too_short", "File too Short"), ("mute", "Mute"), ("little_speech", "Voice too Short")],
)
def test_tags_have_words(tag, word):
    assert told(channel(tag=tag))[0]["Tag"] == word


@pytest.mark.parametrize(("loudness", "shown"), [(-120.0, "-90.00"), (-90.0, "-90.00"), (3.0, "0.00")])
def test_loudness_stays_in_its_range(loudness, shown):
    assert told(channel(loudness=loudness))[0]["Loudness(-90dB-0dB)"] == shown


def wanted(function, job_params=None, output="oss://b/o"):
    asked = {
        "FunctionName": function,
        "Input": '{"Type":"OSS","Media":"oss://b/in.mp4"}',
        "Output": json.dumps({"Type": "OSS", "Media": output}),
        **({} if job_params is None else {"JobParams": job_params}),
    }
    return submission(wire.read(ASKED, asked))


@pytest.mark.parametrize("inputs", [{"file": FILE}, [{"file": FILE}], json.dumps({"file": FILE})], ids=str)
def test_the_track_is_taken_in_every_form(inputs):
    made = wanted("AudioMixing", json.dumps({"inputs": inputs}))

    assert made.operator == "audio.mix"
    assert made.params == {"audio": "oss://b/in.mp4", "track": FILE}


@pytest.mark.parametrize(
    ("inputs", "mend"),
    [
        ([], "exactly one track"),
        ([{"file": FILE}, {"file": FILE}], "exactly one track"),
        ({"fiel": FILE}, 'give {"file": address}'),
        ({"file": ""}, 'give {"file": address}'),
        ({"file": 7}, 'give {"file": address}'),
        (7, 'give {"file": address}'),
    ],
    ids=str,
)
def test_what_is_not_one_track_is_refused(inputs, mend):
    with pytest.raises(InvalidParameter, match=mend) as caught:
        wanted("AudioMixing", json.dumps({"inputs": inputs}))
    assert caught.value.field == "JobParams.inputs"


@pytest.mark.parametrize("job_params", [None, "{}", '{"inputs":""}'])
def test_without_a_track_nothing_can_be_mixed(job_params):
    with pytest.raises(MissingParameter, match=r"JobParams\.inputs is missing"):
        wanted("AudioMixing", job_params)


@pytest.mark.parametrize("output", ["oss://b/o", "oss://b/o.json", "oss://b/o.wav", "oss://b/dir/"])
def test_a_function_without_files_takes_any_output(output):
    assert wanted("AudioQualityAssessment", output=output).params == {"audio": "oss://b/in.mp4"}


def test_every_tag_of_the_operator_has_a_word():
    assert audio.TAGS.keys() == set(ChannelQuality.model_fields["tag"].annotation.__args__)
