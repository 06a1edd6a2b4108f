"""`story.deliver` on films of storyboards with known lengths and words."""

import hashlib
import json
import re
import zipfile
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import opentimelineio as otio
import pytest

from reelwright.errors import NothingFound
from reelwright.media import chaining, frames, images, probe, samples, subtitles
from reelwright.operators import Context
from reelwright.operators.story.deliver import DeliverParams, deliver
from reelwright.operators.story.join import JoinParams, join


@pytest.fixture(scope="module")
def board_films(takes, tmp_path_factory):
    """Two storyboards, of two shots and of one, each with its film."""
    folder = tmp_path_factory.mktemp("boards")
    films = []
    for number, own in ((1, takes), (2, takes[1:])):
        names = ("shot", "take", "sound", "cues", "voices", "mood")
        shots = [{name: one[name] for name in names} | {"shot": f"{number}00{one['shot']}"} for one in own]
        title = "题目" if number == 1 else ""
        params = JoinParams(shots=shots, name=f"board-{number}", title=title, quality="draft")
        films.append((own, join(params, Context.local(out=folder, seed=7))))
    return films


@pytest.fixture
def told(board_films, picture):
    """Params for the two storyboards; the second one's first shot failed."""
    boards = []
    for number, (own, film) in enumerate(board_films, start=1):
        shots = [
            {
                "id": placed.shot,
                "text": f"第{placed.shot}个镜头。",
                "speaker": "小禾" if number == 1 else "",
                "place": "森林",
                "voice": "siqi",
                "details": {"camera": "push", "clip_prompt": "森林"},
                "picture": one["still"],
                "take": one["take"],
                "speech": one["sound"],
                "speech_start": 1 / 12,
                "speech_seconds": 1.3,
                "seconds": 2.0,
            }
            for placed, one in zip(film.shots, own, strict=True)
        ]
        told = film.model_dump()
        boards.append(
            {"id": f"st_{number}", "number": number, "title": f"第{number}回", "text": "……", "shots": shots}
            | {"film": film.video, "sound": film.sound, "placed": told["shots"], "cues": told["cues"]}
        )
    boards[1]["shots"].insert(0, {"id": "2000", "text": "没有做成。", "failed": "NotMedia", "seconds": 1.0})
    return {
        "title": "雪夜的灯",
        "language": "zh",
        "about": {"style": "Ghibli"},
        "boards": boards,
        "elements": [{"id": "figure-1", "name": "小禾", "kind": "figure", "look": "红衣", "picture": picture()}],
        "width": 160,
        "height": 90,
        "quality": "draft",
    }


@pytest.fixture
def run_deliver(told, tmp_path):
    def run(*, folder=tmp_path, **given):
        folder.mkdir(exist_ok=True)
        return deliver(DeliverParams(**told | given), Context.local(out=folder, seed=7))

    return run


def grays(path):
    return [np.asarray(one.gray) for one in frames.stream(path)]


def test_the_film_is_all_storyboards_copied_in_order(run_deliver, board_films):
    made = run_deliver()

    counts = [film.frames for _, film in board_films]
    assert (made.frames, made.copied) == (sum(counts), sum(counts))
    was = [picture for _, film in board_films for picture in grays(film.video)]
    assert all(np.array_equal(a, b) for a, b in zip(grays(made.film), was, strict=True))
    assert [(one.id, one.start, one.seconds) for one in made.films] == [
        ("st_1", 0.0, pytest.approx(counts[0] / 24)),
        ("st_2", pytest.approx(counts[0] / 24), pytest.approx(counts[1] / 24)),
    ]
    for one, (_, film) in zip(made.films, board_films, strict=True):
        assert Path(one.video).read_bytes() == Path(film.video).read_bytes()


def test_sound_follows_the_picture_to_its_end(run_deliver, board_films):
    made = run_deliver()

    assert made.drift == 0
    heard = samples.read(made.film).samples
    assert heard.shape[1] == made.frames * 2000
    kept = np.concatenate([samples.read(film.sound).samples for _, film in board_films], axis=1)
    assert np.corrcoef(heard[0], kept[0])[0, 1] > 0.99


def test_one_storyboard_is_the_whole_film_as_it_is(run_deliver, told, board_films):
    made = run_deliver(boards=told["boards"][:1])

    assert Path(made.film).read_bytes() == Path(board_films[0][1].video).read_bytes()


@pytest.mark.parametrize("kind", ["srt", "vtt"])
def test_subtitles_have_the_times_of_the_whole_film(run_deliver, board_films, kind):
    made = run_deliver()

    first, second = (film for _, film in board_films)
    wanted = [(one.start, one.text) for one in first.cues]
    wanted += [(one.start + first.frames / 24, one.text) for one in second.cues]
    found = [(one.start, one.text) for one in subtitles.read(getattr(made, kind))]
    assert found == [(pytest.approx(start, abs=0.001), text) for start, text in wanted]


def test_everything_stands_in_the_storyboard_file(run_deliver, board_films):
    made = run_deliver()

    read = json.loads(Path(made.storyboard).read_text(encoding="utf-8"))
    assert (read["title"], read["style"], read["frames"]) == ("雪夜的灯", "Ghibli", made.frames)
    assert [len(one["shots"]) for one in read["boards"]] == [2, 2]
    shots = [shot for one in read["boards"] for shot in one["shots"]]
    assert [shot.get("take") for shot in shots] == [
        "shots/shot-1001.mp4",
        "shots/shot-1002.mp4",
        None,
        "shots/shot-2002.mp4",
    ]
    assert shots[2]["failed"] == "NotMedia"
    assert shots[3]["first"] == board_films[0][1].frames
    assert shots[0]["camera"] == "push"
    assert not re.search(r"/(tmp|home|root)/", json.dumps(read))


def test_failures_are_named(run_deliver):
    made = run_deliver()

    assert [(one.board, one.shot, one.code) for one in made.failures] == [("st_2", "2000", "NotMedia")]
    assert (made.boards, made.shots) == (2, 3)


def test_the_timeline_reads_back_with_exact_times(run_deliver, board_films):
    made = run_deliver()

    timeline = otio.adapters.read_from_file(made.otio)
    assert timeline.duration() == otio.opentime.RationalTime(made.frames, 24)
    picture, speech = timeline.tracks
    clips = [one for one in picture if isinstance(one, otio.schema.Clip)]
    placed = [shot for _, film in board_films for shot in film.shots]
    firsts = [placed[0].first, placed[1].first, board_films[0][1].frames]
    assert [one.range_in_parent().start_time.value for one in clips] == firsts
    assert [one.duration().value for one in clips] == [shot.frames for shot in placed]
    assert clips[0].media_reference.target_url == "shots/shot-1001.mp4"
    voices = [one for one in speech if isinstance(one, otio.schema.Clip)]
    assert [one.range_in_parent().start_time.value for one in voices] == [(first + 2) * 2000 for first in firsts]


def test_every_time_of_the_fcpxml_is_a_whole_number_of_frames(run_deliver):
    made = run_deliver()

    root = ElementTree.parse(made.fcpxml).getroot()
    told = [one.get(name) for one in root.iter() for name in ("duration", "offset", "start") if one.get(name)]
    assert root.get("version") == "1.10"
    assert len(told) > 12
    for one in told:
        assert (Fraction(one.removesuffix("s")) * 24).denominator == 1
    spine = root.find(".//spine")
    ends = [Fraction(one.get("offset")[:-1]) + Fraction(one.get("duration")[:-1]) for one in spine]
    starts = [Fraction(one.get("offset")[:-1]) for one in spine]
    assert starts[1:] == ends[:-1]
    assert ends[-1] == Fraction(made.frames, 24)
    assert {one.get("ref") for one in root.iter("asset-clip")} == {one.get("id") for one in root.iter("asset")}


def test_the_page_shows_every_shot_without_script(run_deliver):
    made = run_deliver()

    page = Path(made.sheet).read_text(encoding="utf-8")
    assert re.findall(r'<tr id="shot-(\d+)"', page) == ["1001", "1002", "2000", "2002"]
    assert page.count("data:image/jpeg;base64,") == 4
    assert "<script" not in page
    assert "http" not in page
    assert "小禾" in page


def test_the_cover_is_the_picture_with_most_to_see(run_deliver, told, picture):
    boards = [told["boards"][0] | {"shots": [dict(one) for one in told["boards"][0]["shots"]]}]
    boards[0]["shots"][0]["picture"] = picture("plain")
    boards[0]["shots"][1]["picture"] = picture("busy")

    made = run_deliver(boards=boards)

    cover = images.load(made.cover).astype(int)
    assert cover.shape == (90, 160, 3)
    assert np.abs(cover - images.load(picture("busy"))).mean() < 12


def test_a_bundle_holds_all_that_the_timelines_name(run_deliver, tmp_path):
    made = run_deliver(bundle=True)

    with zipfile.ZipFile(made.bundle) as packed:
        names = set(packed.namelist())
    timeline = otio.adapters.read_from_file(made.otio)
    named = {one.media_reference.target_url for one in timeline.find_clips()}
    assert named <= names
    assert {"film.otio", "film.fcpxml", "film.srt", "storyboard.html", "storyboard.json"} <= names
    again = run_deliver(bundle=True, folder=tmp_path / "again")
    assert len({hashlib.sha256(Path(one.bundle).read_bytes()).digest() for one in (made, again)}) == 1


def test_a_storyboard_alone_is_delivered_without_films(run_deliver, told):
    boards = [
        {name: value for name, value in one.items() if name not in ("film", "sound", "placed", "cues")}
        for one in told["boards"]
    ]

    made = run_deliver(boards=boards, films=False)

    assert (made.film, made.films, made.srt, made.otio, made.frames) == (None, (), None, None, 0)
    assert [one.shot for one in made.pictures] == ["1001", "1002", "2002"]
    assert made.cover is not None
    read = json.loads(Path(made.storyboard).read_text(encoding="utf-8"))
    assert [shot["start"] for shot in read["boards"][1]["shots"]] == [4.0, 5.0]


def test_no_film_at_all_is_an_error(run_deliver, told):
    boards = [one | {"film": None} for one in told["boards"]]

    with pytest.raises(NothingFound, match="no shot"):
        run_deliver(boards=boards)


def test_a_silent_film_has_no_sound(run_deliver, told, clip):
    own = {"film": clip(1.0, 60), "sound": None, "placed": [{"shot": "1001", "first": 0, "frames": 24}]}
    boards = [one | own for one in told["boards"]]

    made = run_deliver(boards=boards)

    assert not probe.probe(made.film).audio
    assert chaining.drift(made.film) == 0
