"""`video.portrait` on films nobody tuned it for: who moves takes turns, cuts come fast, few frames a second or many."""

import av
import cv2
import numpy as np
import pytest

from reelwright.media import encode, frames, planes
from reelwright.operators import Context
from reelwright.operators.video.portrait import PortraitParams, portrait

SIZE, FIGURE = (640, 360), (60, 140)  # px
PART = 4  # pictures are compared at a fourth of their size
SCENES = ((20, 90), (120, 200), (60, 190), (10, 60), (150, 240))  # grey levels from and to


def scene(number):
    """A ground and a figure, both of soft patches; every scene of its own light and colours."""
    random = np.random.default_rng(20 + number)
    coarse = random.integers(*SCENES[number], (12, 20, 3), dtype=np.uint8)
    coarse[..., number % 3] //= 2
    figure = random.integers(0, 255, (5, 3, 3), dtype=np.uint8)
    return tuple(cv2.resize(one, to, interpolation=cv2.INTER_CUBIC) for one, to in ((coarse, SIZE), (figure, FIGURE)))


def film(path, fps, seconds, places, shot=lambda time: 0):
    """`places(time)`: left edges of the figures; `shot(time)`: number of the scene."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=fps, options={"crf": "18"})
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        for number in range(int(seconds * fps)):
            ground, figure = scene(shot(number / fps))
            rgb = ground.copy()
            for left in map(round, places(number / fps)):
                rgb[150 : 150 + FIGURE[1], left : left + FIGURE[0]] = figure
            out.mux(video.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        out.mux(video.encode(None))
    return path


def edges(path, result):
    """Where along x each frame of the result was cut from the source, found by comparing pixels."""
    found = []
    for before, after in zip(frames.stream(path), frames.stream(result.video), strict=True):
        large = before.small_gray(SIZE[0] // PART, SIZE[1] // PART)
        small = after.small_gray(result.width // PART, SIZE[1] // PART)
        found.append(int(cv2.matchTemplate(large, small, cv2.TM_SQDIFF)[0].argmin()) * PART)
    return np.array(found)


def made(path, tmp_path):
    return portrait(PortraitParams(video=str(path)), Context.local(phases=portrait.phases, out=tmp_path / "out"))


def kept(path, result, wanted, fps):
    """Share of the frames that show all of the wanted figure."""
    low = edges(path, result)
    left = np.array([wanted(number / fps) for number in range(len(low))])
    return float(((low <= left + PART) & (low + result.width >= left + FIGURE[0] - PART)).mean())


def swaying(low, high, seconds):
    return lambda time: low + (high - low) * (0.5 - 0.5 * np.cos(2 * np.pi * time / seconds))


@pytest.mark.parametrize(
    ("fps", "least"),
    [pytest.param(10, 0.9, id="10 fps, motion is hardly sampled"), pytest.param(25, 0.98), pytest.param(60, 0.98)],
)
def test_a_walk_is_kept_at_any_frame_rate(tmp_path, fps, least):
    """All corners are on the figure, none on the soft ground: the camera must not be taken to move with it."""
    walk = swaying(20, 560, 8)
    path = film(tmp_path / "in.mp4", fps, 4, lambda time: [walk(time)])
    result = made(path, tmp_path)
    assert kept(path, result, walk, fps) >= least
    assert result.path_jerk <= result.plain_jerk / 3
    assert result.frames == 4 * fps


@pytest.mark.parametrize("fps", [10, 25, 60])
def test_a_cut_every_second_is_followed_to_the_frame(tmp_path, fps):
    starts = (30, 500, 250, 90, 420)

    def left(time):
        return starts[int(time + 1e-6)] + 80 * ((time + 1e-6) % 1)

    path = film(tmp_path / "in.mp4", fps, 5, lambda time: [left(time)], lambda time: int(time + 1e-6))
    result = made(path, tmp_path)
    assert [round(shot.start) for shot in result.shots] == [0, 1, 2, 3, 4]
    assert kept(path, result, left, fps) >= 0.95


def test_two_who_move_by_turns_are_shown_by_turns(tmp_path):
    first, second = swaying(20, 120, 2), swaying(440, 560, 2)
    path = film(
        tmp_path / "in.mp4", 25, 6, lambda time: [first(min(time, 3.0)), second(max(time, 3.0) - 3)]
    )  # each stands while the other moves
    result = made(path, tmp_path)
    turn = 0.4  # s the camera may take to go over
    wanted = edges(path, result)
    time = np.arange(len(wanted)) / 25
    left = np.where(time < 3, [first(one) for one in time], [second(one - 3) for one in time])
    inside = (wanted <= left + PART) & (wanted + result.width >= left + FIGURE[0] - PART)
    assert inside[abs(time - 3) > turn].mean() >= 0.98
    assert result.path_jerk <= result.plain_jerk / 3


def test_the_same_film_is_cut_the_same_every_time(tmp_path, monkeypatch):
    """Faces are sought in a thread beside and frames are read ahead: neither may show. What x264 makes of it may."""
    handed, write = [], encode.Writer.write

    def noted(writer, frame):
        handed[-1].append((frame.pts, [int(plane.sum()) for plane in planes.of(frame)]))
        write(writer, frame)

    monkeypatch.setattr(encode.Writer, "write", noted)
    walk = swaying(20, 560, 3)
    path = film(tmp_path / "in.mp4", 30, 3, lambda time: [walk(time)])
    results = []
    for name in "abc":
        handed.append([])
        results.append(made(path, tmp_path / name))
    assert len(handed[0]) == 90
    assert handed[0] == handed[1] == handed[2]
    assert all(one.model_copy(update={"video": ""}) == results[0].model_copy(update={"video": ""}) for one in results)
