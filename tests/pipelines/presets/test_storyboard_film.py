"""A story becomes a film: the plan's steps run for real, small and in draft quality."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from reelwright.kernels import narration
from reelwright.media import chaining, frames, making, samples, subtitles
from reelwright.pipelines import inline, registry
from reelwright.pipelines.storyboard import params as story
from reelwright.pipelines.storyboard import sizes

PLAN = registry.find("storyboard")
TEXT = """雪夜的灯

山脚下的小村里住着一个女孩，名叫小禾。
“我去请大夫。”小禾说。
她走进了黑暗的森林，风很大。
"""


@pytest.fixture(scope="module", autouse=True)
def tiny():
    """Films of 90 px: what is tested does not hang on the size."""
    before = dict(sizes.SHORTER)
    sizes.SHORTER.update({"360P": 144})
    sizes.size.cache_clear(), sizes.made.cache_clear()
    yield
    sizes.SHORTER.update(before)
    sizes.size.cache_clear(), sizes.made.cache_clear()


def run(folder, text=TEXT, before=None, **given):
    folder.mkdir(exist_ok=True)
    path = folder / "story.txt"
    path.write_text(text, encoding="utf-8")
    params = story.StoryboardParams(text=str(path), resolution="360P", quality="draft", prompts="multi", **given)
    return inline.run(PLAN, params, folder=folder, seed=5, before=before)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    return run(tmp_path_factory.mktemp("film"))


def letters(text):
    return "".join(re.findall(r"\w", text))


def test_every_step_runs_and_the_film_is_there(ran):
    assert ran.failed == {}
    film = ran.finished["film"]
    assert film["failures"] == []
    shots = ran.finished["board-1.script"]["shots"]
    assert film["shots"] == len(shots) >= 3
    assert film["frames"] == ran.finished["board-1.film"]["frames"]
    assert len(list(frames.stream(film["film"]))) == film["frames"]


def test_no_word_is_lost_on_the_way(ran):
    told = letters(TEXT.partition("\n")[2])

    assert letters("".join(one["text"] for one in ran.finished["board-1.script"]["shots"])) == told
    assert letters("".join(one.text for one in subtitles.read(ran.finished["film"]["srt"]))) == told


def test_picture_and_sound_end_together(ran):
    film = ran.finished["film"]

    assert chaining.drift(film["film"]) == 0
    assert samples.read(film["film"]).samples.shape[1] == film["frames"] * 2000


def test_the_voice_comes_with_its_words(ran):
    """Shot by shot: what is kept of the voice lies in the finished film where the subtitle says, to a hundredth."""
    film = samples.read(ran.finished["film"]["film"], sample_rate=16000, channels=1).samples[0]
    for placed in ran.finished["board-1.film"]["shots"]:
        take = ran.finished[f"shot-{placed['shot']}.take"]
        speech = samples.read(ran.finished[f"shot-{placed['shot']}.speech"]["audio"], sample_rate=16000).samples[0]
        start = placed["first"] / 24 + take["speech_start"]
        heard = film[round(start * 16000) - 800 : round(start * 16000) + len(speech) + 800]
        lag = int(np.argmax(np.correlate(heard, speech, "valid"))) - 800
        assert abs(lag) <= 16  # a millisecond
        first = take["cues"][0]["start"] - take["speech_start"]
        onset = narration.onset(speech / np.abs(speech).max(), 16000, max(0, first - 0.04), first + 0.2)
        assert onset == pytest.approx(first, abs=0.08)


def test_every_shot_moves(ran):
    for name, told in ran.finished.items():
        if name.endswith(".take"):
            shown = [np.asarray(one.gray, np.int16) for one in frames.stream(told["video"])]
            assert min(np.abs(b - a).mean() for a, b in zip(shown[:-12:6], shown[12::6], strict=False)) > 0.25


def test_nothing_runs_twice(ran, tmp_path):
    again = inline.run(
        PLAN,
        story.StoryboardParams(
            text=str(Path(ran.finished["film"]["film"]).parents[2] / "story.txt"),
            resolution="360P",
            quality="draft",
            prompts="multi",
        ),
        folder=tmp_path,
        seed=5,
        before=inline.Ran(finished=dict(ran.finished)),
    )

    assert again.order == []


def test_a_shot_that_failed_is_left_out_of_the_film(ran, tmp_path):
    """Somebody's own clip that is none: the film is made of the other shots, and names this one."""
    broken = making.not_media(tmp_path / "clip.mp4")
    kept = {name: told for name, told in ran.finished.items() if name not in ("shot-2.take", "board-1.film", "film")}
    kept["shot-2.clip"] = {**ran.finished["shot-2.clip"], "video": str(broken)}

    made = run(tmp_path / "again", before=inline.Ran(finished=kept), skip_failures=True)

    assert made.order == ["shot-2.take", "board-1.film", "film"]
    assert set(made.failed) == {"shot-2.take"}
    film = made.finished["film"]
    assert [(one["shot"], one["code"]) for one in film["failures"]] == [("2", "NotMedia")]
    assert film["frames"] == ran.finished["film"]["frames"] - ran.finished["shot-2.take"]["frames"]


def test_without_skipping_it_waits(ran, tmp_path):
    kept = {name: told for name, told in ran.finished.items() if name not in ("shot-2.take", "board-1.film", "film")}
    kept["shot-2.clip"] = {**ran.finished["shot-2.clip"], "video": str(making.not_media(tmp_path / "clip.mp4"))}

    made = run(tmp_path / "again", before=inline.Ran(finished=kept))

    assert made.order == ["shot-2.take"]
    assert "film" not in made.finished


def test_a_storyboard_alone_has_a_picture_of_every_shot(tmp_path):
    made = run(tmp_path / "board", only_storyboard=True)

    board = made.finished["film"]
    shots = made.finished["board-1.script"]["shots"]
    assert board["film"] is None
    assert [one["shot"] for one in board["pictures"]] == [one["id"] for one in shots]
    told = json.loads(Path(board["storyboard"]).read_text(encoding="utf-8"))
    assert [one["text"] for one in told["boards"][0]["shots"]] == [one["text"] for one in shots]


def test_a_silent_film_has_its_words_and_no_sound(tmp_path):
    made = run(tmp_path / "silent", text="雪夜\n\n小禾走进了黑暗的森林。\n", sound=False)

    film = made.finished["film"]
    assert made.failed == {}
    assert chaining.drift(film["film"]) == 0
    assert letters("".join(one.text for one in subtitles.read(film["srt"]))) == "小禾走进了黑暗的森林"
    with pytest.raises(Exception, match="no audio"):
        samples.read(film["film"])
