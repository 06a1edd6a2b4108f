"""Films from words and pictures."""

import hashlib
import shutil
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.media import frames, images, probe, samples
from reelwright.models import elsewhere
from reelwright.models.port import Endpoint, NoModels
from reelwright.operators import Context
from reelwright.operators.video.generate import GenerateParams, generate

SMALL = {"width": 320, "height": 180, "seconds": 1.0, "quality": "draft"}
PROMPTS = (
    "a red kite over a green meadow on a sunny afternoon",
    "一只橘色的猫坐在窗前，窗外下着雨，夜晚",
    "cyberpunk city street at night in the rain, a woman with a red umbrella walks",
    "清晨薄雾中的湖面上，一叶小舟",
    "a rocket in space near a planet",
    "goldfish in a coral reef",
    "黄昏，老人牵着一匹白马走过沙漠",
    "hot air balloons over mountains at sunrise",
    "snow falls on a quiet village at night",
)
FLOOR = 0.3
"""Mean change of a pixel from frame to frame, levels, that every film must exceed."""


@pytest.fixture
def make(tmp_path):
    def make(*, seed=7, name="out", **given):
        return generate(GenerateParams(**{**SMALL, **given}), Context.local(out=tmp_path / name, seed=seed))

    return make


@pytest.fixture(scope="session")
def photo(tmp_path_factory):
    rows, columns = np.mgrid[0:240, 0:320]
    picture = np.stack([rows % 256, columns % 256, (rows + columns) % 256], axis=2).astype(np.uint8)
    picture[100:200, 130:190] = (220, 60, 40)
    return images.save(picture, tmp_path_factory.mktemp("photo") / "photo.png")


def at(path, second):
    return np.asarray(frames.at(path, Fraction(second)).rgb).astype(int)


@pytest.fixture(scope="session")
def nine(tmp_path_factory):
    """A film of each prompt."""
    folder = tmp_path_factory.mktemp("nine")
    return [
        generate(GenerateParams(prompt=prompt, **SMALL), Context.local(out=folder / str(number), seed=7))
        for number, prompt in enumerate(PROMPTS)
    ]


def test_nine_prompts_are_nine_films_that_move(nine):
    pictures = [at(one.video, "0.5") for one in nine]
    for number, one in enumerate(nine):
        assert one.motion > FLOOR, PROMPTS[number]
        assert one.longest_stand <= 0.5, PROMPTS[number]
        others = [np.abs(pictures[number] - other).mean() for k, other in enumerate(pictures) if k != number]
        assert min(others) > 12, PROMPTS[number]


def test_a_film_has_the_size_length_and_sound_that_were_asked_for(nine):
    for one in nine:
        media = probe.probe(one.video)
        assert (media.video.width, media.video.height, float(media.video.frame_rate)) == (320, 180, 24.0)
        assert float(media.duration) == pytest.approx(1.0, abs=0.05)
        assert media.audio, "the place has a sound"


def test_the_same_seed_makes_the_same_bytes(make):
    same = [make(prompt=PROMPTS[0], name=name).video for name in "ab"]
    other = make(prompt=PROMPTS[0], name="c", seed=8).video
    digests = [hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in (*same, other)]
    assert digests[0] == digests[1] != digests[2]


def test_a_film_from_a_picture_begins_with_it_and_keeps_its_shape(make, photo):
    made = make(first=photo, prompt="pan right", width=None, height=None, resolution=360)
    assert made.width / made.height == pytest.approx(4 / 3, rel=0.02)
    picture = images.fitted_over(images.load(photo), made.width, made.height).astype(int)
    shift = np.abs(at(made.video, 0) - picture).mean()
    assert shift < 40
    assert made.motion > FLOOR


def test_a_film_between_two_pictures_begins_and_ends_with_them(make, photo, tmp_path):
    last = images.save(images.load(photo)[:, ::-1].copy(), tmp_path / "last.png")
    made = make(first=photo, last=last, quality="high")
    for path, second in ((photo, 0), (last, "0.958")):
        wanted = images.fitted_over(images.load(path), 320, 180).astype(int)
        assert np.abs(at(made.video, second) - wanted).mean() < 9


def test_the_subject_of_a_reference_stands_in_the_scene(make, tmp_path):
    picture = np.full((200, 200, 3), (120, 150, 120), np.uint8)
    picture[50:180, 70:130] = (250, 20, 200)
    reference = images.save(picture, tmp_path / "reference.png")
    with_it, without = (
        at(make(prompt="a meadow, day", references=given, name=name).video, "0.5")
        for given, name in (((reference,), "a"), ((), "b"))
    )

    def pink(shown):
        return ((shown[..., 0] - shown[..., 1]) > 120).mean()

    assert pink(with_it) > 0.01 > pink(without)


def test_several_shots_are_cut(make):
    made = make(prompt="a man walks on the beach at noon", shots="multi", seconds=3.0)
    shown = [at(made.video, Fraction(number, 24)) for number in range(18, 32)]
    changes = [np.abs(a - b).mean() for a, b in pairwise(shown)]
    assert max(changes) > 4 * np.median(changes)


def test_a_watermark_is_put_in_the_corner(make):
    plain, marked = (
        at(make(prompt="a snowfield at noon", watermark=flag, name=str(flag)).video, "0.5") for flag in (False, True)
    )
    difference = np.abs(plain - marked).sum(axis=2)
    assert difference[150:, 180:].mean() > 8 * max(difference[:90].mean(), 0.5)


@pytest.fixture
def film(make_video):
    return make_video((("plasma", 1.0),), size=(320, 180), sound=True)


def test_a_film_is_seen_at_night(make, film):
    made = make(video=str(film.path), prompt="at night")
    assert at(made.video, "0.5").mean() < 0.75 * at(film.path, "0.5").mean()
    assert made.seconds == pytest.approx(1.0, abs=0.05)
    assert probe.probe(made.video).audio


def test_only_what_the_mask_shows_is_changed(make, film, tmp_path):
    mask = np.zeros((180, 320, 3), np.uint8)
    mask[:, 160:] = 255
    path = images.save(mask, tmp_path / "mask.png")
    made, source = (
        make(video=str(film.path), mask=path, prompt="black and white, at night", quality="high"),
        at(film.path, "0.5"),
    )
    difference = np.abs(at(made.video, "0.5") - source).mean(axis=(0, 2))
    assert difference[:150].mean() < 5
    assert difference[170:].mean() > 15


def test_a_film_goes_on(make, film):
    made = make(video=str(film.path), edit="extend", prompt="push in", seconds=1.0)
    assert made.seconds == pytest.approx(2.0, abs=0.05)
    assert np.abs(at(made.video, "1.2") - at(film.path, "0.95")).mean() < 30


def test_a_film_is_set_into_a_higher_picture(make, film):
    made = make(video=str(film.path), edit="outpaint", width=180, height=320)
    assert (made.width, made.height) == (180, 320)
    middle = images.resized(at(film.path, "0.5").astype(np.uint8), 180, 101).astype(int)
    assert np.abs(at(made.video, "0.5")[110:211] - middle).mean() < 12


def test_the_sound_that_is_given_is_the_film_s(make, make_speech):
    path, _ = make_speech(1.5, rate=16000)
    sound = samples.read(make(prompt="a sea", audio=str(path)).video)
    spoken = samples.read(path, sample_rate=sound.rate).samples[0, : sound.rate]
    heard = sound.samples.mean(axis=0)[: sound.rate]
    count = min(len(spoken), len(heard))
    assert abs(np.corrcoef(np.abs(spoken[:count]), np.abs(heard[:count]))[0, 1]) > 0.7


def test_a_silent_film_has_no_sound(make):
    assert not probe.probe(make(prompt="a sea", sound=False).video).audio


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"last": "x.png"}, "last is given without a first"),
        ({"width": 320, "height": None}, "height is missing"),
        ({"mask": "x.png"}, "mask is given without a video"),
    ],
)
def test_halves_of_params_are_refused(make, given, told):
    with pytest.raises(InvalidParameter, match=told):
        make(prompt="a sea", **given)


def test_a_prompt_is_told_at_length_in_its_own_language(make):
    assert (
        "deep blue night" in make(prompt="a lake", name="a").prompt or "light" in make(prompt="a lake", name="b").prompt
    )
    assert "镜头" in make(prompt="湖面，夜", name="c").prompt
    assert make(prompt="a lake", extend_prompt=False, name="d").prompt == "a lake"


class Made(NoModels):
    """A server elsewhere that has finished everything already: what it makes is a file."""

    def __init__(self, film: str) -> None:
        super().__init__()
        self.film, self.orders = film, []

    def endpoint(self, capability):
        return Endpoint("http://127.0.0.1:1", "", kind="test")

    def submit(self, order):
        self.orders.append(order)
        return "task"

    def look(self, task):
        return elsewhere.Delivery((self.film,), prompt="as it was made", usage={"video_duration": 1, "price": 0.4})

    def fetch(self, address, path):
        return Path(shutil.copy(address, path))


def test_a_film_made_elsewhere_is_measured_and_told_of(film, tmp_path, monkeypatch):
    there = Made(str(film.path))
    monkeypatch.setitem(elsewhere.MAKERS, "test", lambda server: there)
    params = GenerateParams(prompt="a sea at night", width=320, height=180)
    provider = elsewhere.provider(there)
    made = generate(params, Context.local(out=tmp_path / "out", models=there, provider=provider, seed=9))

    assert (made.width, made.height, made.prompt, made.seed) == (320, 180, "as it was made", 9)
    assert made.upstream_usage == {"video_duration": 1, "price": 0.4}
    assert made.seconds == pytest.approx(1.0, abs=0.05)
    assert made.motion > 0
    assert (there.orders[0].kind, there.orders[0].prompt, there.orders[0].seed) == ("text", "a sea at night", 9)
