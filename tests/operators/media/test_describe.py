"""`media.describe`: facts that are right, pictures of the right moments, and faults that say what the file is."""

from fractions import Fraction

import numpy as np
import pytest

from reelwright.errors import EmptyFile, NoAudio, NotMedia, NoVideo, TruncatedMedia
from reelwright.media import frames, images, making
from reelwright.operators.media.describe import DescribeParams, describe

BLACK, SCENE = making.BLACK, making.SCENE


@pytest.fixture
def film(make_video):
    return make_video([(BLACK, 1.0), (SCENE, 3.0), (BLACK, 1.0)], sound=True)


@pytest.fixture
def picture(tmp_path):
    return images.save(np.full((48, 64, 3), 90, np.uint8), tmp_path / "a.png")


@pytest.fixture
def sound(tmp_path):
    return making.write_wav(tmp_path / "a.wav", making.speech(1.0, rate=16000).clean, 16000)


def told(path, **given):
    return describe(DescribeParams(file=str(path), **given))


def test_a_video_is_told_with_its_streams(film):
    found = told(film.path, kind="video")

    assert (found.kind, found.size, found.width, found.height) == ("video", film.path.stat().st_size, 320, 180)
    assert found.duration == pytest.approx(5.0, abs=0.1)
    (video,), (audio,) = found.video, found.audio
    assert (video.codec, video.frames, video.average_frame_rate, video.time_base) == ("h264", 125, 25.0, "1/12800")
    assert (video.sample_aspect_ratio, video.display_aspect_ratio) == ("1:1", "16:9")
    assert (audio.codec, audio.sample_rate, audio.layout) == ("aac", 48000, "mono")
    assert (found.cover, found.snapshots, found.sprite, found.tiles) == (None, (), None, 0)


@pytest.mark.parametrize(
    ("which", "kind"),
    [("film", "video"), ("picture", "image"), ("sound", "audio")],
)
def test_what_a_file_is_is_found_out(request, which, kind):
    given = request.getfixturevalue(which)

    assert told(getattr(given, "path", given), kind="auto").kind == kind


def test_a_file_that_is_no_medium_is_another_one_if_nobody_says_otherwise(broken_files):
    found = told(broken_files["not_media"])

    assert (found.kind, found.size) == ("other", broken_files["not_media"].stat().st_size)
    assert found.container is None


def test_a_picture_has_a_size_and_no_streams(picture):
    found = told(picture, kind="image", snapshots=True, sprites=True)

    assert (found.width, found.height, found.video, found.duration) == (64, 48, (), None)
    assert found.cover is None


def test_a_text_is_not_looked_into(broken_files):
    assert told(broken_files["not_media"], kind="text").kind == "text"


def test_the_cover_is_of_a_moment_with_something_to_see(film):
    cover = images.load(told(film.path, cover=True).cover)

    assert cover.shape == (180, 320, 3)
    assert cover.std() > 20  # A black one has next to none.


def test_the_cover_stands_where_it_is_asked_for(film):
    cover = images.load(told(film.path, cover_time=2.0).cover)

    wanted = frames.at(film.path, Fraction(2)).rgb
    assert np.abs(cover.astype(int) - wanted).mean() < 4  # JPEG
    assert images.load(told(film.path, cover_time=99.0).cover).std() < 10  # The last picture is black.


@pytest.mark.parametrize(("seconds", "tiles"), [(5, 5), (130, 100)])
def test_the_sprite_has_a_tile_for_each_second_up_to_a_hundred(make_video, seconds, tiles):
    made = make_video([(SCENE, float(seconds))], size=(64, 36), fps=Fraction(5))

    found = told(made.path, sprites=True)

    assert found.tiles == tiles
    assert images.load(found.sprite).shape == (-(-tiles // 10) * 36, min(tiles, 10) * 64, 3)
    assert found.cover is None


def test_the_tiles_show_the_film_in_order(film):
    sheet = images.load(told(film.path, sprites=True).sprite)

    width = sheet.shape[1] // 5
    spread = [float(sheet[:, number * width : (number + 1) * width].std()) for number in range(5)]
    assert [one > 15 for one in spread] == [False, True, True, True, False]


def test_snapshots_are_full_size_and_one_for_every_ten_seconds(make_video):
    made = make_video([(SCENE, 31.0)], size=(64, 36), fps=Fraction(5))

    found = told(made.path, snapshots=True)

    assert [one.rpartition("/")[2] for one in found.snapshots] == [f"snapshot-0000{n}.jpg" for n in (1, 2, 3)]
    assert all(images.load(one).shape == (36, 64, 3) for one in found.snapshots)
    assert found.cover


@pytest.mark.parametrize(
    ("which", "kind", "error"),
    [
        ("sound", "video", NoVideo),
        ("picture", "video", NoVideo),
        ("picture", "audio", NoAudio),
        ("sound", "image", NotMedia),
        ("not_media", "video", NotMedia),
        ("cut_short", "video", TruncatedMedia),
        ("empty", "auto", EmptyFile),
    ],
)
def test_a_file_that_is_not_what_it_is_said_to_be_is_refused(request, broken_files, which, kind, error):
    path = broken_files[which] if which in broken_files else request.getfixturevalue(which)

    with pytest.raises(error):
        told(path, kind=kind)
