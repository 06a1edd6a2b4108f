"""Elements of a story on plain backdrops, and cutting them out again."""

import numpy as np
import pytest

from reelwright.kernels.painting import cutout, elements, reading
from reelwright.kernels.painting.characters import Member
from reelwright.kernels.painting.stage import Size

SIZE = Size(240, 320)
CAST = (
    Member("孔乙己", "身材高大的老人，花白胡子，灰色长衫"),
    Member("Alice", "a little girl with long blonde hair, blue dress, white apron"),
    Member("White Rabbit", "a white rabbit in a red waistcoat with a pocket watch"),
    Member("Dinah", "a black cat"),
    Member("Mad Hatter", "a man in a green coat, top hat"),
)


def sheet(member, preset="", size=SIZE):
    return elements.figure(member, reading.read(member.name, preset=preset), size)


@pytest.mark.parametrize("preset", ["", "GuofengAnime", "AmericanSuperhero", "Chibi3D"])
@pytest.mark.parametrize("member", CAST, ids=lambda one: one.name)
def test_a_figure_stands_whole_on_one_flat_colour(member, preset):
    picture = sheet(member, preset)
    assert picture.shape == (320, 240, 3)
    rim = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert (rim == rim[0]).all()
    assert cutout.is_own(picture)
    body = (picture != rim[0]).any(axis=2)
    rows = np.nonzero(body.any(axis=1))[0]
    assert rows[-1] - rows[0] > 0.3 * 320
    assert 0.03 < body.mean() < 0.6


@pytest.mark.parametrize("member", CAST, ids=lambda one: one.name)
def test_a_figure_comes_clean_from_its_backdrop(member):
    picture = sheet(member)
    body = np.abs(picture.astype(int) - picture[0, 0]).max(axis=2) > 18
    cut = cutout.cut(picture)
    rows, columns = np.nonzero(body.any(axis=1))[0], np.nonzero(body.any(axis=0))[0]
    assert abs(cut.shape[0] - (rows[-1] - rows[0] + 1)) <= 4
    assert abs(cut.shape[1] - (columns[-1] - columns[0] + 1)) <= 10  # Whiskers are too thin to be cut out.
    inside = cut[..., 3] > 127
    assert inside.sum() == pytest.approx(body.sum(), rel=0.12)
    leaked = inside & (np.abs(cut[..., :3].astype(int) - picture[0, 0]).max(axis=2) <= 12)
    assert leaked.sum() < 0.01 * inside.sum()


def test_pockets_of_the_backdrop_go_only_from_our_own_pictures():
    """A white shirt on white ground stays; between an arm and a body nothing does."""
    for ground, kept in (((255, 255, 255), True), (tuple(bytes.fromhex(cutout.BACKDROPS[0][1:])), False)):
        picture = np.full((120, 100, 3), ground, np.uint8)
        picture[20:110, 30:70] = (60, 30, 20)
        picture[50:80, 40:60] = ground
        middle = cutout.figure(picture)[45, 20, 3]
        assert (middle == 255) == kept


def test_on_other_grounds_the_general_cut_serves():
    rows, columns = np.mgrid[0:120, 0:160]
    picture = np.stack([rows * 2, columns, (rows + columns) % 256], axis=2).astype(np.uint8)
    picture[40:100, 60:100] = (220, 60, 40)
    assert (cutout.figure(picture) == cutout.cut(picture)).all()


def test_only_foreign_pictures_take_the_colours_of_a_style():
    own = sheet(CAST[1])
    foreign = np.full((320, 240, 3), 255, np.uint8)
    foreign[60:300, 80:160] = (40, 90, 200)
    assert (elements.guest(own, "ShonenManga") == elements.guest(own, "")).all()
    made = elements.guest(foreign, "ShonenManga")
    solid = made[made[..., 3] > 250][:, :3].astype(int)
    assert np.ptp(solid, axis=1).max() < 20


@pytest.mark.parametrize(
    ("prompt", "cast", "name"),
    [
        ("character sheet: 孔乙己, a tall old man", (), "孔乙己"),
        ("角色设定图：掌柜，胖，蓝色长衫", (), "掌柜"),
        ("Alice (a little girl)", (), "Alice"),
        ("sheet of Alice", CAST, "Alice"),
        ("somebody else", CAST, "孔乙己"),
    ],
)
def test_who_is_shown_is_read_from_the_prompt_or_the_cast(prompt, cast, name):
    assert elements.member_of(prompt, cast).name == name


def test_the_look_of_a_prompt_counts():
    member = elements.member_of("character sheet: X, a woman in a red dress", ())
    picture = sheet(member).astype(int)
    assert ((picture[..., 0] > 1.8 * picture[..., 1]) & (picture[..., 0] > 120)).mean() > 0.02


@pytest.mark.parametrize(
    "prompt", ["怀表", "a golden key", "酒碗", "茴香豆", "a red umbrella", "an old book", "铜钱", "xyz"]
)
def test_a_thing_lies_in_the_middle(prompt):
    picture = elements.prop(prompt, reading.read(prompt), SIZE)
    body = (picture != picture[0, 0]).any(axis=2)
    rows, columns = np.nonzero(body)
    assert 0.01 < body.mean() < 0.5
    assert abs(columns.mean() / 240 - 0.5) < 0.12
    assert abs(rows.mean() / 320 - 0.5) < 0.2


def test_things_of_different_names_look_different():
    words = ("怀表", "钥匙", "碗", "剑", "信", "帽子", "门", "镜子", "xyz")
    pictures = {elements.prop(word, reading.read(word), Size(60, 80)).tobytes() for word in words}
    assert len(pictures) == len(words)


def test_models_are_told_to_show_one_element():
    assert elements.framed("Alice", "scene") == "Alice"
    assert elements.framed("Alice", "figure").startswith("character sheet")
    assert elements.framed("孔乙己", "figure").startswith("角色设定图")
