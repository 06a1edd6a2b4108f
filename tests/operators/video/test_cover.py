"""`video.cover` on videos made so that the right answer is known, and on every shape of video."""

import json
import os
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from reelwright.errors import InvalidParameter, NothingFound, NoVideo
from reelwright.kernels import similarity
from reelwright.media import frames, images, making, probe
from reelwright.media.making import BLACK, BLURRED, SCENE, WHITE, Shot
from reelwright.media.making.odd import FPS, write_odd
from reelwright.operators import Context
from reelwright.operators.context import Silent
from reelwright.operators.video.cover import SHORT, CoverParams, cover

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")) / "video"
LONG = float(SHORT)


def covers_of(path, **params):
    return cover(CoverParams(video=str(path), **{"image_format": "jpg", **params})).covers


def shots_shown(made, covers):
    """Numbers of the shots the covers come from."""
    return sorted(number for one in covers for number, (start, end) in enumerate(made.shots) if start <= one.time < end)


SHORT_REEL = (
    Shot(BLACK, 1),
    Shot(SCENE, 2),
    Shot(WHITE, 1),
    Shot(BLURRED, 1.5),
    Shot(SCENE, 3, dissolve=1),
    Shot(SCENE, 2),
)
LONG_REEL = tuple(
    shot
    for _ in range(4)
    for shot in (Shot(SCENE, LONG / 10), Shot(BLACK, 1), Shot(SCENE, LONG / 10, dissolve=1), Shot(BLURRED, LONG / 15))
)


@pytest.mark.parametrize(
    ("shots", "good"),
    [pytest.param(SHORT_REEL, {1, 4, 5}, id="short"), pytest.param(LONG_REEL, set(range(0, 16, 2)), id="long")],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_covers_come_from_good_moments_of_different_shots(make_video, shots, good, seed):
    made = make_video(shots, seed=seed)

    covers = covers_of(made.path, count=3)

    assert len(covers) == 3
    assert not [one.time for one in covers if made.is_bad(one.time)]
    shown = shots_shown(made, covers)
    assert set(shown) <= good
    assert len(set(shown)) == 3


def test_the_best_comes_first_and_scores_are_comparable(make_video):
    covers = covers_of(make_video(SHORT_REEL).path, count=3)

    assert all(one.score >= after.score for one, after in pairwise(covers))
    assert all(0 < one.score <= 10 for one in covers)


def test_the_file_is_the_frame_at_that_time(make_video):
    made = make_video(SHORT_REEL)

    for one in covers_of(made.path, count=3, image_format="png"):
        frame = frames.at(made.path, Fraction(one.time).limit_denominator(10000))
        assert np.array_equal(images.load(one.image), frame.rgb)


@pytest.mark.parametrize("gap", [0, 1.5, 4])
def test_covers_keep_their_distance(make_video, gap):
    covers = covers_of(make_video(SHORT_REEL).path, count=10, min_gap=gap)

    assert all(abs(one.time - other.time) >= gap for one, other in combinations(covers, 2))


def test_one_unmoving_scene_has_one_cover(tmp_path):
    picture = image_like(seed=3)
    path = write_odd(tmp_path / "slide.mp4", [picture] * 100)

    assert len(covers_of(path, count=5, min_gap=0)) == 1


@pytest.mark.parametrize(
    ("shots", "told"),
    [
        pytest.param([(BLACK, 2)], "black", id="black"),
        pytest.param([(WHITE, 2)], "blown out", id="white"),
        pytest.param([(BLACK, 1), (WHITE, 1)], "black", id="both"),
        pytest.param([(BLACK, LONG + 5)], "black", id="long-and-black"),
    ],
)
@pytest.mark.parametrize("model", ["still", "gif"])
def test_nothing_to_show_is_an_error_with_its_reason(make_video, shots, told, model):
    with pytest.raises(NothingFound, match=told):
        covers_of(make_video(shots).path, model=model)


def test_the_one_good_moment_of_a_long_black_video_is_found(make_video):
    made = make_video([(BLACK, LONG / 2), (SCENE, 2), (BLACK, LONG / 2 + 2)])

    covers = covers_of(made.path, count=3)

    assert set(shots_shown(made, covers)) == {1}


def test_a_video_of_one_group_of_pictures_is_seen_to_its_end(make_video):
    shots = [Shot(SCENE, LONG / 3 + 1, dissolve=1) for _ in range(3)]  # no hard cut that would force a key frame
    made = make_video(shots, key_every=100_000)
    assert len(list(frames.key_frames(made.path))) == 1

    assert set(shots_shown(made, covers_of(made.path, count=3))) == {0, 1, 2}


def image_like(seed, width=160, height=120):
    """A picture with sharp edges, uint8 [height, width, 3]."""
    random = np.random.default_rng(seed)
    coarse = random.integers(20, 235, (8, 8, 3)).astype(np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST)


@pytest.mark.parametrize(
    ("name", "size", "given"),
    [
        pytest.param("a.mp4", (160, 120), {}, id="plain"),
        pytest.param("a.mp4", (120, 160), {}, id="portrait"),
        pytest.param("a.mp4", (160, 120), {"rotation": 90}, id="phone"),
        pytest.param("a.mp4", (160, 120), {"pix_fmt": "yuv420p10le"}, id="ten-bits"),
        pytest.param("a.mp4", (161, 121), {"pix_fmt": "yuv444p"}, id="odd-size"),
        pytest.param("a.mp4", (160, 120), {"aspect": Fraction(4, 3)}, id="wide-pixels"),
        pytest.param("a.mkv", (160, 120), {"live": True}, id="of-unknown-length"),
        pytest.param("a.ts", (160, 120), {}, id="transport-stream"),
        pytest.param("a.mkv", (160, 120), {"times": [Fraction(n * n, 100) for n in range(40)]}, id="uneven-times"),
    ],
)
@pytest.mark.parametrize("model", ["still", "gif"])
def test_every_shape_of_video_has_covers(tmp_path, name, size, given, model):
    pictures = [image_like(seed, *size) for seed in (1, 2) for _ in range(20)]
    path = write_odd(tmp_path / name, pictures, **given)

    covers = covers_of(path, count=2, min_gap=0, model=model)

    assert len(covers) == (2 if model == "still" else 1)
    width, height = probe.with_video(path).video.displayed
    shown = probe.with_video(covers[0].image).video.shown
    assert shown == (width, height)


def test_a_single_frame_is_its_own_cover(tmp_path):
    picture = image_like(seed=1)

    (one,) = covers_of(write_odd(tmp_path / "one.mp4", [picture]), count=3)

    assert one.time == 0
    assert similarity.is_duplicate(similarity.of(images.load(one.image)), similarity.of(picture))


def test_a_film_shot_at_night_has_covers(tmp_path):
    dark = [(image_like(seed) * 0.3).astype(np.uint8) for seed in (1, 2) for _ in range(30)]

    assert len(covers_of(write_odd(tmp_path / "night.mp4", dark), count=2, min_gap=0)) == 2


def test_sound_alone_is_refused(tmp_path):
    with pytest.raises(NoVideo):
        covers_of(making.sound_only(tmp_path / "a.mp4", seconds=0.5))


def moving(count, *, speed):
    """A square that goes over a ground in circles."""
    ground = image_like(seed=5, width=320, height=240)
    for number in range(count):
        picture = ground.copy()
        angle = 2 * np.pi * number * speed / FPS
        x, y = int(130 + 90 * np.cos(angle)), int(90 + 70 * np.sin(angle))
        picture[y : y + 60, x : x + 60] = (250, 240, 30)
        yield picture


@pytest.mark.parametrize("seconds", [8, LONG + 10], ids=["short", "long"])
def test_the_animation_shows_the_liveliest_scene(tmp_path, seconds):
    half = int(seconds * FPS / 2)
    path = write_odd(tmp_path / "a.mp4", [*moving(half, speed=0), *moving(half, speed=1)], key_every=50)

    (one,) = covers_of(path, model="gif", gif_seconds=2)

    assert one.image.endswith(".gif")
    assert one.time >= seconds / 2 - 1
    length = probe.probe(one.image).duration
    assert Fraction(9, 5) <= length <= Fraction(21, 10)


def test_no_cut_is_within_an_animation(make_video):
    made = make_video([(SCENE, 2.5), (SCENE, 2.5), (SCENE, 2.5)])

    (one,) = covers_of(made.path, model="gif", gif_seconds=2)

    seen = [similarity.of(frame.rgb) for frame in frames.stream(one.image)]
    assert len(seen) > 10
    assert all(similarity.distance(before, after) < 0.5 for before, after in pairwise([*seen, seen[0]]))


def test_the_gif_format_makes_an_animation_too(make_video):
    (one,) = covers_of(make_video(SHORT_REEL).path, image_format="gif")

    assert one.image.endswith(".gif")


@pytest.mark.parametrize(("width", "expected"), [(None, (320, 180)), (200, (200, 112)), (1920, (640, 360))])
def test_the_animation_has_the_width_asked_for(make_video, width, expected):
    made = make_video([(SCENE, 2)], size=(640, 360))

    (one,) = covers_of(made.path, model="gif", width=width, gif_fps=5)

    assert probe.with_video(one.image).video.shown == expected


def test_an_animation_is_made_to_fit(make_video):
    made = make_video([(SCENE, 3)], size=(640, 360))
    (free,) = covers_of(made.path, model="gif", gif_fps=8)
    bound = Path(free.image).stat().st_size // 3

    (bounded,) = covers_of(made.path, model="gif", gif_fps=8, gif_bytes=bound)

    assert Path(bounded.image).stat().st_size <= bound


def test_an_animation_that_cannot_fit_is_refused(make_video):
    made = make_video([(SCENE, 10)], size=(640, 360))

    with pytest.raises(InvalidParameter, match="cannot be made smaller") as caught:
        covers_of(made.path, model="gif", gif_fps=25, gif_seconds=9, width=640, gif_bytes=20_000)

    assert caught.value.field == "gif_bytes"


class Listener(Silent):
    def __init__(self):
        self.percents, self.phases, self.previews, self.seconds = [], [], [], 0.0

    def progress(self, percent, phase, done, total, unit):
        self.percents.append(percent)

    def phase(self, name):
        self.phases.append(name)

    def preview(self, path):
        self.previews.append(images.load(path))

    def media(self, seconds):
        self.seconds += seconds


@pytest.mark.parametrize("model", ["still", "gif"])
def test_progress_rises_to_the_end_and_a_preview_is_shown(make_video, model):
    made = make_video(LONG_REEL, seed=1)
    listener = Listener()
    ctx = Context.local(phases=cover.phases, reporter=listener)

    cover(CoverParams(video=str(made.path), model=model), ctx)

    assert listener.percents == sorted(listener.percents)
    assert listener.percents[-1] == pytest.approx(100)
    assert set(listener.phases) <= set(cover.phases)
    assert listener.phases[0] == "look"
    assert listener.seconds == pytest.approx(made.seconds, abs=0.1)
    assert listener.previews


class Cancelling(Silent):
    """Cancels when asked for the twentieth time."""

    def __init__(self):
        self.left = 20

    def check(self):
        self.left -= 1
        if self.left == 0:
            raise InterruptedError


def test_a_cancelled_job_stops(make_video):
    with pytest.raises(InterruptedError):
        cover(CoverParams(video=str(make_video(SHORT_REEL).path)), Context.local(reporter=Cancelling()))


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no real clips: {DATA} is not there (set REELWRIGHT_DATA)")
class TestRealClips:
    def test_no_bad_shot_of_the_reel_is_a_cover(self):
        truth = json.loads((DATA / "multishot.json").read_text())
        shots = truth["shots"]
        ends = [shot["start_frame"] for shot in shots[1:]] + [truth["frames"]]
        mixed = [(one["start_frame"], one["end_frame"]) for one in truth["transitions"] if "end_frame" in one]

        covers = covers_of(DATA / "multishot.mp4", count=6)

        assert len(covers) == 6
        for one in covers:
            frame = one.time * truth["fps"]
            shot = next(shot for shot, end in zip(shots, ends, strict=True) if frame < end)
            assert not shot["bad_cover"], (one.time, shot["name"])
            assert not [span for span in mixed if span[0] <= frame < span[1]]

    def test_each_scene_of_the_nature_reel_has_a_cover(self):
        scenes = ((1.1, 6.0), (8.0, 11.0), (14.1, 17.7), (18.5, 22.2))

        covers = covers_of(DATA / "leaf_deer_4shots_watermark.mp4", count=4)

        assert [sum(start <= one.time < end for one in covers) for start, end in scenes] == [1, 1, 1, 1]

    def test_plain_grounds_have_none(self):
        with pytest.raises(NothingFound, match="flat"):
            covers_of(DATA / "fades_synthetic.mp4")

    def test_one_take_gives_different_moments(self):
        covers = covers_of(DATA / "dog_training.mp4", count=3)

        prints = [similarity.of(images.load(one.image)) for one in covers]
        assert len(covers) == 3
        assert not any(similarity.is_duplicate(one, other) for one, other in combinations(prints, 2))


def test_where_coders_begin_anew_in_the_dark_covers_come_from_soon_after(tmp_path):
    """Each scene comes up from black and goes down again; every key frame lies in the black."""
    pictures = []
    for seed in range(6):
        whole = image_like(seed).astype(np.float32)
        ramp = np.concatenate([np.linspace(0, 1, 30), np.ones(100), np.linspace(1, 0, 30)])
        pictures += [(whole * part).astype(np.uint8) for part in ramp]
    path = write_odd(tmp_path / "fades.mp4", pictures, key_every=160)

    covers = covers_of(path, count=4)

    assert len({int(one.time * FPS) // 160 for one in covers}) == len(covers) == 4
    assert all(30 <= one.time * FPS % 160 < 131 for one in covers)


def test_a_film_blurred_for_most_of_its_time_has_sharp_covers(tmp_path):
    scene = cv2.resize(image_like(1, 320, 240), (320, 240))
    grain = np.random.default_rng(0).normal(0, 25, (240, 320, 1))
    sharp = np.clip(scene + grain, 0, 255).astype(np.uint8)
    soft = cv2.GaussianBlur(sharp, (0, 0), 5)
    path = write_odd(tmp_path / "soft.mp4", [soft] * 70 + [np.roll(sharp, n, axis=1) for n in range(30)])

    assert all(one.time * FPS >= 70 for one in covers_of(path, count=3, min_gap=0))
