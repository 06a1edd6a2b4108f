"""Timelines for editors: exact rational times, free places left free, relative names."""

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import opentimelineio as otio
import pytest

from reelwright.media import handover
from reelwright.media.handover import Shot, Timeline, Voice

SPEECH = Fraction(403_560, 48_000)  # no whole number of frames
SHOTS = (
    Shot("one", "shots/1.mp4", 60, 208, "你好。", Voice("speech/1.wav", 2, SPEECH), {"speaker": "小禾"}),
    Shot("two", "shots/2.mp4", 268, 48),
    Shot("three", "shots/3.mp4", 400, 24, "a < b & c", Voice("speech/3.wav", 2, Fraction(1, 2))),
)
TIMELINE = Timeline("标题 & Title", 24, (720, 1280), 424, SHOTS)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handover")
    return {
        "otio": otio.adapters.read_from_file(handover.save_otio(TIMELINE, folder / "film.otio")),
        "fcpxml": ElementTree.parse(handover.save_fcpxml(TIMELINE, folder / "film.fcpxml")).getroot(),
    }


def test_otio_places_pictures_at_their_frames(saved):
    picture = saved["otio"].tracks[0]

    clips = [one for one in picture if isinstance(one, otio.schema.Clip)]
    assert [(one.name, one.range_in_parent().start_time.value) for one in clips] == [
        ("one", 60),
        ("two", 268),
        ("three", 400),
    ]
    assert picture.duration() == otio.opentime.RationalTime(424, 24)
    assert clips[0].metadata["reelwright"] == {"text": "你好。", "speaker": "小禾"}


def test_otio_places_speech_at_its_sample(saved):
    speech = saved["otio"].tracks[1]

    clips = [one for one in speech if isinstance(one, otio.schema.Clip)]
    assert [one.range_in_parent().start_time.value for one in clips] == [62 * 2000, 402 * 2000]
    assert [one.duration().value for one in clips] == [403_560, 24_000]


def test_fcpxml_leaves_free_what_is_free(saved):
    spine = saved["fcpxml"].find(".//spine")

    assert [one.tag for one in spine] == ["gap", "asset-clip", "asset-clip", "gap", "asset-clip"]
    assert [one.get("offset") for one in spine] == ["0s", "60/24s", "268/24s", "316/24s", "400/24s"]


def test_fcpxml_connects_speech_in_whole_frames(saved):
    speech = saved["fcpxml"].findall(".//spine/asset-clip/asset-clip")

    assert [(one.get("offset"), one.get("duration"), one.get("lane")) for one in speech] == [
        ("2/24s", "201/24s", "-1"),
        ("2/24s", "12/24s", "-1"),
    ]
    assert saved["fcpxml"].find(".//spine/asset-clip/note").text == "你好。"


def test_fcpxml_knows_its_format_and_its_files(saved):
    resources = saved["fcpxml"].find("resources")

    made = resources.find("format")
    assert (made.get("frameDuration"), made.get("width"), made.get("height")) == ("1/24s", "720", "1280")
    assert [one.get("src") for one in resources.iter("media-rep")] == [
        "shots/1.mp4",
        "speech/1.wav",
        "shots/2.mp4",
        "shots/3.mp4",
        "speech/3.wav",
    ]


def test_a_film_without_speech_has_no_track_for_it(tmp_path):
    silent = Timeline("silent", 24, (720, 1280), 48, (Shot("one", "shots/1.mp4", 0, 48),))

    assert len(otio.adapters.read_from_file(handover.save_otio(silent, tmp_path / "a.otio")).tracks) == 1


def test_files_do_not_hang_on_where_they_are_written(tmp_path):
    texts = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        path = Path(handover.save_otio(TIMELINE, tmp_path / name / "film.otio"))
        texts.add(path.read_text(encoding="utf-8"))

    assert len(texts) == 1
