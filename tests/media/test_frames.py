"""Frames come at the right times, the right way up, in the right colours, and from anywhere in a file."""

from fractions import Fraction

import numpy as np
import pytest

from reelwright.errors import NoVideo, TruncatedMedia
from reelwright.media import frames, making
from reelwright.media.making.odd import FPS, write_odd

WIDE, HIGH = 64, 48
CORNERS = {"red": (230, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 220), "white": (235, 235, 235)}


def cornered():
    """Red top left, green top right, blue bottom left, white bottom right."""
    picture = np.zeros((HIGH, WIDE, 3), np.uint8)
    for number, colour in enumerate(CORNERS.values()):
        row, column = divmod(number, 2)
        picture[row * HIGH // 2 :, column * WIDE // 2 :][: HIGH // 2, : WIDE // 2] = colour
    return picture


def numbered(count):
    """Pictures that tell their number: eight bars, black or white, the lowest bit to the left."""
    bars = [np.repeat((number >> np.arange(8)) & 1, WIDE // 8) * 200 + 20 for number in range(count)]
    return [np.broadcast_to(bar[None, :, None], (HIGH, WIDE, 3)).astype(np.uint8) for bar in bars]


def number_of(frame):
    bars = frame.rgb.mean((0, 2)).reshape(8, -1).mean(1) > 120
    return int((bars << np.arange(8)).sum())


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """100 numbered frames, a key frame every 12."""
    return write_odd(tmp_path_factory.mktemp("frames") / "counted.mp4", numbered(100))


def test_all_frames_come_in_order_with_exact_times(counted):
    seen = [(frame.time, frame.index, number_of(frame)) for frame in frames.stream(counted)]

    assert seen == [(Fraction(number, FPS), number, number) for number in range(100)]


@pytest.mark.parametrize(("start", "end"), [(0, 10), (11, 13), (12, 40), (47, 48), (95, 200)])
def test_a_span_is_the_same_as_in_the_whole(counted, start, end):
    span = frames.stream(counted, start=Fraction(start, FPS), end=Fraction(end, FPS))

    assert [number_of(frame) for frame in span] == list(range(start, min(end, 100)))


@pytest.mark.parametrize("number", [0, 1, 11, 12, 13, 50, 99])
@pytest.mark.parametrize("late", [Fraction(0), Fraction(1, 26)], ids=["at-its-begin", "late-in-it"])
def test_the_frame_on_the_screen_is_found(counted, number, late):
    frame = frames.at(counted, Fraction(number, FPS) + late)

    assert (number_of(frame), frame.time) == (number, Fraction(number, FPS))


def test_before_the_first_and_after_the_last_the_nearest_is_shown(tmp_path):
    path = write_odd(tmp_path / "late.mkv", numbered(3), times=[Fraction(1), Fraction(2), Fraction(3)])

    assert number_of(frames.at(path, Fraction(0))) == 0
    assert number_of(frames.at(path, Fraction(100))) == 2


def test_time_counts_from_the_first_moment_of_the_file(tmp_path):
    path = write_odd(tmp_path / "stream.ts", numbered(30))

    times = [frame.time for frame in frames.stream(path)]

    assert times[0] == 0  # although transport streams begin at 1.4 s
    assert [number_of(frame) for frame in frames.stream(path, start=times[20])] == list(range(20, 30))


def test_key_frames_and_those_apart(counted):
    keys = [number_of(frame) for frame in frames.key_frames(counted)]
    apart = [number_of(frame) for frame in frames.key_frames(counted, gap=Fraction(1))]

    assert keys == list(range(0, 100, 12))
    assert apart == [0, 36, 72]


def test_frames_no_other_needs_can_be_skipped(make_video):
    path = make_video([("scene", 2.0)]).path
    whole = {frame.time for frame in frames.stream(path)}
    needed = {frame.time for frame in frames.stream(path, skip="nonref")}

    assert needed < whole
    assert len(needed) >= len(whole) / 5


def test_uneven_times_are_kept(tmp_path):
    times = [Fraction(number) for number in (0, Fraction(1, 10), Fraction(13, 100), 1, Fraction(11, 5))]
    path = write_odd(tmp_path / "screen.mp4", numbered(5), times=times)

    assert [frame.time for frame in frames.stream(path)] == times
    assert number_of(frames.at(path, Fraction(1, 2))) == 2


def test_samples_are_the_first_frames_from_each_step_on(counted):
    assert [number_of(frame) for frame in frames.sample(counted, Fraction(1, 2))] == [0, 13, 25, 38, 50, 63, 75, 88]


@pytest.mark.parametrize(
    ("rotation", "corner"),
    [(0, ("red", "green")), (90, ("blue", "red")), (180, ("white", "blue")), (270, ("green", "white"))],
)
def test_pictures_are_the_right_way_up(tmp_path, rotation, corner):
    frame = frames.at(write_odd(tmp_path / "phone.mp4", [cornered()] * 3, rotation=rotation), Fraction(0))

    width, height = frame.size
    assert frame.rgb.shape == (height, width, 3)
    assert (width, height) == ((HIGH, WIDE) if rotation % 180 else (WIDE, HIGH))
    for picture in (frame.rgb, frame.small(width // 2, height // 2)):
        top = picture[picture.shape[0] // 4]
        for colour, place in zip(corner, (len(top) // 4, 3 * len(top) // 4), strict=True):
            assert np.abs(top[place].astype(int) - CORNERS[colour]).max() < 14


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p", "yuv420p10le", "yuv422p"])
def test_colours_survive_every_pixel_format(tmp_path, pix_fmt):
    rgb = frames.at(write_odd(tmp_path / "a.mp4", [cornered()] * 2, pix_fmt=pix_fmt), Fraction(0)).rgb

    assert rgb.dtype == np.uint8
    for number, colour in enumerate(CORNERS.values()):
        row, column = divmod(number, 2)
        middle = rgb[HIGH // 4 + row * HIGH // 2, WIDE // 4 + column * WIDE // 2]
        assert np.abs(middle.astype(int) - colour).max() < 14


def test_grey_is_luma_in_full_range(tmp_path):
    frame = frames.at(write_odd(tmp_path / "a.mp4", [np.full((HIGH, WIDE, 3), 255, np.uint8)] * 2), Fraction(0))

    assert frame.gray.shape == (HIGH, WIDE)
    assert frame.gray.min() >= 253
    assert frame.small_gray(16, 12).min() >= 253


def test_a_small_picture_is_the_mean_of_its_parts(counted):
    frame = frames.at(counted, Fraction(1))

    assert frame.small(7, 5).shape == (5, 7, 3)
    assert abs(float(frame.small(7, 5).mean()) - float(frame.rgb.mean())) < 1.5


def test_a_thumb_has_the_size_asked_for(counted):
    frame = next(frames.stream(counted, thumb=(16, 9)))

    assert frame.thumb.shape == (9, 16, 3)


def test_animations_without_an_index_can_be_entered_too(tmp_path):
    path = write_odd(tmp_path / "a.mkv", numbered(60), live=True)

    assert [number_of(frame) for frame in frames.stream(path, start=Fraction(40, FPS))] == list(range(40, 60))
    assert number_of(frames.at(path, Fraction(33, FPS))) == 33


def test_sound_alone_gives_no_frames(tmp_path):
    path = making.sound_only(tmp_path / "a.mp4", seconds=0.5)

    with pytest.raises(NoVideo):
        next(frames.stream(path))


def damaged(path, whole, *, share):
    """Overwrite this share of the middle of the media data with noise."""
    content = bytearray(whole.read_bytes())
    start, length = content.find(b"mdat") + 4000, int(len(content) * share)
    content[start : start + length] = np.random.default_rng(0).integers(0, 256, length, np.uint8).tobytes()
    path.write_bytes(content)
    return path


def test_some_damage_costs_only_some_frames(tmp_path, make_video):
    whole = make_video([("scene", 3.0)], key_every=10).path

    seen = sum(1 for _ in frames.stream(damaged(tmp_path / "scratched.mp4", whole, share=0.05)))

    assert 50 <= seen <= 75


def test_endless_damage_is_an_error(tmp_path, make_video):
    whole = make_video([("scene", 6.0)], key_every=10).path
    path = damaged(tmp_path / "wrecked.mp4", whole, share=0.9)

    with pytest.raises(TruncatedMedia, match=r"wrecked\.mp4"):
        list(frames.stream(path))
