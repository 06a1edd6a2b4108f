"""Styles and casts in the operators that make pictures and films: the same figures everywhere, and for every tier."""

import shutil
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.media import frames, images, probe
from reelwright.models import elsewhere
from reelwright.models.port import Endpoint, NoModels
from reelwright.operators import CastMember, Context, casting, files
from reelwright.operators.image import generate as picture_module
from reelwright.operators.image.generate import generate as picture
from reelwright.operators.video import generate as film_module
from reelwright.operators.video.generate import generate as film

PICTURE, FILM = picture_module.GenerateParams, film_module.GenerateParams
SMALL = {"width": 320, "height": 180}
RED = CastMember(name="小红", look="紫色长袍的女子")
OLD = CastMember(name="老周", look="绿色长袍的老人，斗笠")
PURPLE, GREEN = (112, 72, 160), (63, 138, 72)


def near(shown, code, limit=60):
    return (np.abs(np.asarray(shown, int) - code).sum(axis=2) < limit).mean()


@pytest.fixture
def paint(tmp_path):
    def paint(*, seed=7, name="out", **given):
        made = picture(PICTURE(**{**SMALL, **given}), Context.local(out=tmp_path / name, seed=seed))
        return images.load(made.images[0].image)

    return paint


@pytest.fixture
def shoot(tmp_path):
    def shoot(*, seed=7, name="film", **given):
        params = FILM(**{**SMALL, "seconds": 1.0, "quality": "draft", **given})
        return film(params, Context.local(out=tmp_path / name, seed=seed))

    return shoot


@pytest.fixture
def red_doll(tmp_path):
    """A picture of a figure as a user would send it: pure red on white, with some noise."""
    shown = np.full((240, 160, 3), 252, np.uint8) - np.random.default_rng(3).integers(0, 4, (240, 160, 3), np.uint8)
    shown[40:220, 50:110] = (230, 20, 30)
    return images.save(shown, tmp_path / "doll.png")


@pytest.mark.parametrize("params", [PICTURE, FILM], ids=["image", "video"])
def test_an_unknown_style_is_refused_with_near_names(params):
    with pytest.raises(InvalidParameter, match="did you mean Ghibli") as refused:
        params(prompt="a cat", style="Gibli")
    assert refused.value.field == "params.style"


@pytest.mark.parametrize("params", [PICTURE, FILM], ids=["image", "video"])
def test_pictures_of_the_cast_are_files_of_the_params(params, red_doll):
    given = params(prompt="a", cast=(RED, CastMember(name="b", image=red_doll)))
    assert (("cast", 1, "image"), "image", red_doll) in list(files.fields(given))


def test_with_neither_style_nor_cast_nothing_changes(paint, shoot):
    """What is given but empty, and a cast whom nobody names, leave each byte as it is."""
    plain = paint(prompt="湖边，白天，一个老人")
    assert np.array_equal(plain, paint(prompt="湖边，白天，一个老人", style="", cast=(), subject="scene", name="b"))
    assert np.array_equal(plain, paint(prompt="湖边，白天，一个老人", cast=(RED,), name="c"))
    one, other = (
        shoot(prompt="湖边，白天，一个老人", name="d"),
        shoot(prompt="湖边，白天，一个老人", cast=(RED,), rate=24),
    )
    assert Path(one.video).read_bytes() == Path(other.video).read_bytes()


def test_a_styled_film_is_the_same_again_and_tells_its_style(shoot):
    one, same = (shoot(prompt="草地，小红走", style="Hokusai", cast=(RED,), name=name) for name in "ab")
    assert Path(one.video).read_bytes() == Path(same.video).read_bytes()
    assert (one.scene.style, one.scene.cast) == ("Hokusai", ("小红",))
    assert "浮世绘" in one.prompt
    assert one.motion > 0.3


def test_only_those_named_are_shown_and_always_in_the_same_clothes(paint):
    cast = (RED, OLD)
    for number, place in enumerate(("草地，白天", "雪原，白天", "海边，白天")):
        only_red = paint(prompt=f"{place}，小红", cast=cast, seed=number, name=f"r{number}")
        both = paint(prompt=f"{place}，老周和小红", cast=cast, seed=number, name=f"b{number}")
        assert near(only_red, PURPLE) > 0.002
        assert near(both, PURPLE) > 0.002
        assert near(both, GREEN, 50) > near(only_red, GREEN, 50) + 0.001


def test_a_user_s_own_picture_stands_in_the_scene(paint, shoot, red_doll):
    doll = CastMember(name="Ruby", look="a woman", image=red_doll)
    with_it, without = (paint(prompt=f"{who} on a meadow, day", cast=(doll,), name=who) for who in ("Ruby", "nobody"))
    code = (230, 20, 30)
    assert near(with_it, code) > 0.006 > near(without, code)
    made = shoot(prompt="Ruby walks on a meadow, day", cast=(doll,))
    shown = [np.asarray(frames.at(made.video, Fraction(number, 24)).rgb) for number in (2, 20)]
    assert min(near(one, code, 90) for one in shown) > 0.006


def test_a_style_also_colours_foreign_pictures(paint, red_doll):
    doll = CastMember(name="Ruby", image=red_doll)
    made = paint(prompt="Ruby on a meadow, day", cast=(doll,), style="ShonenManga")
    assert near(made, (230, 20, 30)) == 0


def test_an_element_s_picture_can_be_cast(paint, tmp_path):
    sheet = paint(prompt="角色设定图：小红，紫色长袍的女子", subject="figure", width=240, height=320)
    assert near(sheet, PURPLE) > 0.03
    path = images.save(sheet, tmp_path / "sheet.png")
    cast = (CastMember(name="小红", image=path),)
    for number, place in enumerate(("草地，白天", "雪原，白天")):
        shown = paint(prompt=f"{place}，小红", cast=cast, name=f"s{number}")
        assert near(shown, PURPLE) > 0.002
        assert near(shown, sheet[0, 0], 20) < 0.02


def test_a_figure_looks_the_same_for_every_seed_and_prompt(paint):
    one, other = (
        paint(prompt=prompt, cast=(RED, OLD), subject="figure", seed=seed, name=str(seed))
        for prompt, seed in (("小红，夜，雪", 1), ("character sheet of 小红", 2))
    )
    assert np.array_equal(one, other)
    assert near(one, PURPLE) > 0.02 > near(one, GREEN, 50)


def test_a_place_has_nobody_in_it(paint):
    prompt = "草地，白天，小红"
    assert near(paint(prompt=prompt, cast=(RED,)), PURPLE) > 0.002
    assert near(paint(prompt=prompt, cast=(RED,), subject="place", name="b"), PURPLE) < 0.0005


def test_a_thing_is_large_in_the_middle(paint):
    shown = paint(prompt="a golden pocket watch", subject="prop", width=200, height=200)
    body = (shown != shown[0, 0]).any(axis=2)
    assert body[100, 100]
    assert body.mean() > 0.1
    assert not body[:20].any()


@pytest.mark.parametrize("rate", [12, 15])
def test_fewer_frames_make_the_same_length(shoot, rate):
    made = shoot(prompt="a red kite over a meadow, day, pan right", rate=rate, seconds=2.0)
    media = probe.probe(made.video)
    assert media.video.frame_rate == rate
    assert made.seconds == 2.0
    assert float(media.duration) == pytest.approx(2.0, abs=0.1)
    shown = [np.asarray(frame.rgb).astype(int) for frame in frames.stream(made.video)]
    assert len(shown) == 2 * rate
    assert min(np.abs(a - b).mean() for a, b in pairwise(shown)) > 0.1


def test_a_film_that_is_given_takes_a_style(make_video, shoot, tmp_path):
    given = make_video([("testsrc2=size=320x180", 1)])
    made = shoot(prompt="", video=str(given.path), style="ShonenManga")
    shown = np.asarray(frames.at(made.video, Fraction(1, 2)).rgb).astype(int)
    own = np.asarray(frames.at(given.path, Fraction(1, 2)).rgb).astype(int)
    assert np.ptp(shown, axis=2).mean() < 12 < np.ptp(own, axis=2).mean()


class Kept(NoModels):
    """A server elsewhere that keeps orders; what it makes is a file."""

    def __init__(self, made) -> None:
        super().__init__()
        self.made, self.orders = str(made), []

    def endpoint(self, capability):
        return Endpoint("http://127.0.0.1:1", "", kind="test")

    def submit(self, order):
        self.orders.append(order)
        return "task"

    def look(self, task):
        return elsewhere.Delivery((self.made,))

    def fetch(self, address, path):
        return Path(shutil.copy(address, path))


def test_a_server_elsewhere_gets_looks_and_style_as_words_and_pictures_as_references(red_doll, tmp_path, monkeypatch):
    there = Kept(red_doll)
    monkeypatch.setitem(elsewhere.MAKERS, "test", lambda server: there)
    provider = elsewhere.provider(there)
    cast = (CastMember(name="Ruby", look="a woman in red", image=red_doll), CastMember(name="Bob", image=red_doll))
    params = PICTURE(prompt="Ruby on a bench", negative_prompt="dogs", style="Ghibli", cast=cast, **SMALL)
    picture(params, Context.local(out=tmp_path / "a", models=there, provider=provider))
    picture(
        PICTURE(prompt="portrait", cast=cast, subject="figure", **SMALL),
        Context.local(out=tmp_path / "b", models=there, provider=provider),
    )
    order, sheet = there.orders
    assert order.prompt.startswith("Ruby (a woman in red) on a bench, hand-painted animation")
    assert order.negative_prompt.startswith("dogs, photo")
    assert order.references == (Path(red_doll),)
    assert sheet.prompt.startswith("character sheet")
    assert "Ruby (a woman in red)" in sheet.prompt


def test_words_for_models_are_the_prompt_s_own_without_style_and_cast():
    assert casting.asked("a cat", (), "") == "a cat"


def test_the_painter_s_own_picture_of_a_figure_is_drawn_anew(paint, tmp_path):
    """So it walks and sits. Without its signature the same picture is anybody's, and stands there cut out."""
    paint(prompt="小红", subject="figure", cast=(RED,), name="own", width=240, height=320)
    own, foreign = tmp_path / "own" / "picture-1.png", tmp_path / "foreign.png"
    images.save(images.load(own), foreign)
    prompt = "小红坐在草地上，白天"

    live = paint(prompt=prompt, cast=(RED,), name="live")
    signed, cut = (
        paint(prompt=prompt, cast=(RED.model_copy(update={"image": str(path)}),), name=path.stem + "-shown")
        for path in (own, foreign)
    )
    other = paint(prompt=prompt, cast=(OLD.model_copy(update={"name": "小红", "image": str(own)}),), name="other")

    assert np.array_equal(signed, live)
    assert not np.array_equal(cut, live)
    assert near(other, PURPLE) > 0.002 > near(other, GREEN, 50), "a picture of another look counts as it is"
