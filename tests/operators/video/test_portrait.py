"""`video.portrait` on videos whose subject's place is known in every frame."""

import os
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from reelwright.errors import Cancelled, InvalidParameter, NoVideo
from reelwright.kernels import looks, subjects
from reelwright.kernels.faces import Face
from reelwright.media import encode, frames, probe
from reelwright.models.port import NoModels, Provider
from reelwright.operators import Context
from reelwright.operators.context import Silent
from reelwright.operators.video.portrait import PortraitParams, portrait

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[4] / "shared" / "data"))
SEARCHED = 4  # pictures are compared at a fourth of their size


def made(path, tmp_path, **given):
    context = Context.local(phases=portrait.phases, out=tmp_path / "out")
    return portrait(PortraitParams(video=str(path), **given), context)


def edges(source, result, width):
    """Where along x each frame of the result was cut from the source, found by comparing pixels."""
    found = []
    for before, after in zip(frames.stream(source), frames.stream(result.video), strict=True):
        wide, high = before.size
        large = before.small_gray(wide // SEARCHED, high // SEARCHED)
        small = after.small_gray(width // SEARCHED, high // SEARCHED)
        score = cv2.matchTemplate(large, small, cv2.TM_SQDIFF)
        found.append(int(score[0].argmin()) * SEARCHED)
    return np.array(found)


@pytest.mark.parametrize(
    "shots", [pytest.param([("scene", 4)], id="walk"), pytest.param([("scene", 2), ("scene", 2)], id="two-shots")]
)
def test_a_walking_figure_stays_in_view_on_a_calm_path(make_video, tmp_path, shots):
    clip = make_video(shots, size=(640, 360), sound=True)
    result = made(clip.path, tmp_path)

    assert (result.width, result.height, result.frames) == (202, 360, clip.frames)
    edge = edges(clip.path, result, 202)
    low = np.array([box.x for box in clip.boxes])
    high = np.array([box.x + box.width for box in clip.boxes])
    inside = (edge <= low + SEARCHED) & (edge + 202 >= high - SEARCHED)
    assert inside.mean() >= 0.98
    assert {shot.subject for shot in result.shots} == {"motion"}
    assert len(result.shots) == len(shots)
    assert result.path_jerk <= result.plain_jerk / 3


@pytest.mark.parametrize("cut", [22, 23, 24, 25])
def test_the_window_jumps_exactly_with_the_cut(tmp_path, cut):
    path = tmp_path / "in.mp4"
    random = np.random.default_rng(8)
    grounds = [cv2.resize(random.integers(low, low + 90, (12, 20, 3), dtype=np.uint8), (640, 360)) for low in (20, 100)]
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 640, 360, "yuv420p"
        for number in range(50):
            rgb = grounds[number >= cut].copy()
            left = 20 + 2 * number if number < cut else 520 + number
            rgb[120:200, left : left + 60] = (250, 240, 60)
            out.mux(video.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        out.mux(video.encode(None))
    result = made(path, tmp_path)

    steps = np.abs(np.diff(edges(path, result, result.width)))
    assert int(steps.argmax()) + 1 == cut
    assert steps.max() > 200
    assert np.sort(steps)[-2] <= 16


def test_sound_frames_and_tags_are_those_of_the_source(make_video, tmp_path):
    clip = make_video([("scene", 2)], size=(640, 360), sound=True)
    result = made(clip.path, tmp_path)

    before, after = probe.probe(clip.path), probe.probe(result.video)
    assert abs(after.duration - before.duration) <= 1 / clip.fps
    assert after.video.frame_rate == before.video.frame_rate
    names = ("primaries", "transfer", "space", "range")
    assert [getattr(after.video, name) for name in names] == [getattr(before.video, name) for name in names]
    assert result.sound_shift == 0
    assert sound(clip.path) == sound(result.video)
    assert [one.time for one in frames.stream(clip.path)] == [one.time for one in frames.stream(result.video)]


def sound(path):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def textured(path, *, size=(320, 180), stamps=None, pixels="yuv420p", rotation=0, aspect=None, codec="libx264"):
    """A bright square that moves right over a texture, with any stamps, size, format and turn."""
    stamps = list(stamps if stamps is not None else range(0, 48 * 40, 40))
    random = np.random.default_rng(5)
    ground = cv2.resize(random.integers(20, 120, (12, 20, 3), dtype=np.uint8), size, interpolation=cv2.INTER_CUBIC)
    with av.open(str(path), "w") as out:
        video = out.add_stream(codec, rate=25)
        video.width, video.height, video.pix_fmt = *size, pixels
        video.time_base = video.codec_context.time_base = Fraction(1, 1000)
        if aspect:
            video.codec_context.sample_aspect_ratio = aspect
        if rotation:
            video.set_display_rotation(rotation)
        for number, stamp in enumerate(stamps):
            rgb = ground.copy()
            left = 10 + number * (size[0] - 60) // max(1, len(stamps))
            rgb[size[1] // 3 : size[1] // 3 + 40, left : left + 40] = (250, 240, 60)
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format=pixels)
            frame.pts, frame.time_base = stamp, Fraction(1, 1000)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


@pytest.mark.parametrize(
    ("given", "params", "size"),
    [
        pytest.param({}, {}, (102, 180), id="plain"),
        pytest.param({}, {"aspect": "4:5", "height": 240}, (192, 240), id="other-shape-and-height"),
        pytest.param({}, {"aspect": "1"}, (180, 180), id="a-number"),
        pytest.param({"size": (321, 181), "codec": "ffv1"}, {}, (102, 180), id="odd-size"),
        pytest.param({"pixels": "yuv420p10le"}, {}, (102, 180), id="ten-bit"),
        pytest.param({"pixels": "yuv444p"}, {}, (102, 180), id="full-colour"),
        pytest.param({"stamps": [0]}, {}, (102, 180), id="one-frame"),
        pytest.param({"stamps": [0, 40, 80]}, {}, (102, 180), id="three-frames"),
        pytest.param({"stamps": [0, 30, 95, 100, 220, 400, 410, 700]}, {}, (102, 180), id="variable-rate"),
        pytest.param({"rotation": 180}, {}, (102, 180), id="upside-down"),
        pytest.param({"rotation": 90}, {"aspect": "1:1"}, (180, 180), id="turned-phone-video-cut-above-and-below"),
        pytest.param({"size": (180, 320)}, {}, (180, 320), id="already-portrait"),
        pytest.param({"size": (120, 320)}, {}, (120, 214), id="narrower-than-wanted"),
        pytest.param({"aspect": Fraction(4, 3), "size": (240, 180)}, {}, (102, 180), id="wide-pixels"),
        pytest.param({}, {"fit": "pad"}, (102, 180), id="padded"),
        pytest.param({}, {"quality": "draft", "fit": "crop"}, (102, 180), id="draft"),
    ],
)
def test_every_kind_of_video_keeps_its_frames_and_times(tmp_path, given, params, size):
    path = textured(tmp_path / ("in.mkv" if given.get("codec") else "in.mp4"), **given)
    result = made(path, tmp_path, **params)

    after = probe.probe(result.video).video
    assert (after.width, after.height) == size == (result.width, result.height)
    assert (after.rotation, after.sample_aspect_ratio) == (0, 1)
    before = [one.time for one in frames.stream(path)]
    assert [one.time for one in frames.stream(result.video)] == before
    assert result.frames == len(before)


@pytest.mark.parametrize(
    ("rotation", "shown"), [(180, lambda rgb: rgb[::-1, ::-1]), (90, lambda rgb: np.rot90(rgb)), (0, lambda rgb: rgb)]
)
def test_the_picture_is_upright(tmp_path, rotation, shown):
    path = textured(tmp_path / "in.mp4", rotation=rotation, stamps=[0, 40])
    turned = rotation == 90
    result = made(path, tmp_path, aspect="9:16" if turned else "16:9")

    with av.open(str(path)) as container:
        stored = next(container.decode(video=0)).to_ndarray(format="gray")
    seen = next(iter(frames.stream(result.video))).gray
    assert seen.shape == shown(stored).shape
    assert np.abs(seen.astype(int) - shown(stored)).mean() < 6


def test_a_padded_picture_shows_all_of_the_source_on_a_filling(tmp_path):
    path = textured(tmp_path / "in.mp4", stamps=range(0, 400, 40))
    result = made(path, tmp_path, fit="pad")

    assert result.shots[0].mode == "pad"
    assert result.shots[0].window == 320
    for before, after in zip(frames.stream(path), frames.stream(result.video), strict=True):
        band = after.rgb[62:118]  # 102 wide makes 57 or 58 rows of 180
        assert np.abs(band.astype(int) - before.small(102, 56)).mean() < 12
        assert np.diff(after.gray[:50].astype(int), axis=1).std() < 3


class Watching(Silent):
    """Remembers what it was told."""

    def __init__(self, stop_at=None):
        self.percents, self.phases, self.previews, self.seconds, self.stop_at = [], [], [], 0.0, stop_at

    def progress(self, percent, phase, done, total, unit):
        self.percents.append(percent)

    def phase(self, name):
        self.phases.append(name)

    def preview(self, path):
        self.previews.append(cv2.imread(str(path)).shape)

    def media(self, seconds):
        self.seconds += seconds

    def check(self):
        if self.stop_at in self.phases:
            raise Cancelled("cancelled")


def test_progress_rises_to_the_end_and_a_preview_shows(make_video, tmp_path):
    clip = make_video([("scene", 2)], size=(640, 360), sound=True)
    watching = Watching()
    context = Context.local(phases=portrait.phases, out=tmp_path / "out", reporter=watching)
    portrait(PortraitParams(video=str(clip.path)), context)

    assert watching.percents == sorted(watching.percents)
    assert watching.percents[-1] == 100
    assert watching.phases == ["analyse", "render"]
    assert watching.seconds == pytest.approx(clip.seconds, abs=0.1)
    assert watching.previews


@pytest.mark.parametrize("phase", ["analyse", "render"])
def test_a_cancelled_run_leaves_no_file(tmp_path, phase):
    path = textured(tmp_path / "in.mp4")
    context = Context.local(phases=portrait.phases, out=tmp_path / "out", reporter=Watching(stop_at=phase))
    with pytest.raises(Cancelled):
        portrait(PortraitParams(video=str(path)), context)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("aspect", ["", "wide", "0:9", "9:0", "1:90", "-9:16"])
def test_a_shape_that_is_none_is_refused(tmp_path, aspect):
    with pytest.raises(InvalidParameter, match="9:16"):
        made(textured(tmp_path / "in.mp4", stamps=[0]), tmp_path, aspect=aspect)


def test_a_sound_file_is_refused(tmp_path, make_speech):
    with pytest.raises(NoVideo):
        made(make_speech(1.0)[0], tmp_path)


def seen(*boxes):
    """Looks at persons who stand still at these (x, width), five a second for three seconds."""
    found = tuple(Face(x, 40.0, float(width), float(width), 0.9) for x, width in boxes)
    still = np.zeros(subjects.BINS, np.float32)
    return [subjects.Look(number / 5, found, still) for number in range(15)]


@pytest.mark.parametrize(
    ("boxes", "crowded", "held"),
    [
        pytest.param([(600, 60)], False, [(600, 60)], id="one-person"),
        pytest.param([(500, 60), (650, 60)], False, [(500, 60), (650, 60)], id="two-who-fit"),
        pytest.param([(100, 60), (1000, 60)], True, [], id="two-far-apart"),
        pytest.param([(300, 90), (1000, 20)], False, [(300, 90)], id="someone-small-behind"),
        pytest.param([(300, 420)], False, [], id="a-face-larger-than-the-window"),
    ],
)
def test_who_a_shot_is_about(boxes, crowded, held):
    still = np.full(subjects.BINS, 1 / subjects.BINS, np.float32)
    subject = subjects.of_shot(seen(*boxes), still, (0.0, 3.0), axis="x", extent=1280, window=405)

    assert subject.source == "faces"
    assert subject.crowded == crowded
    for x, width in held:
        assert (subject.low <= x).all()
        assert (subject.high >= x + width).all()
    assert np.ptp(subject.low) < 1e-6


def test_a_face_seen_once_and_not_surely_is_not_believed():
    quiet = np.zeros(subjects.BINS, np.float32)
    doubtful = (Face(1000.0, 40.0, 60.0, 60.0, 0.5),)
    shown = [subjects.Look(number / 5, doubtful if number == 7 else (), quiet) for number in range(15)]
    still = np.full(subjects.BINS, 1 / subjects.BINS, np.float32)

    assert subjects.of_shot(shown, still, (0.0, 3.0), axis="x", extent=1280, window=405).source == "saliency"


def test_an_hour_of_looks_stays_small():
    watcher = looks.Watcher("x", (1280, 720), (160, 90), find=lambda picture: (), adapts=False)
    for number in range(600):
        watcher.push(Fraction(number, 15), lambda wide, high: np.zeros((high, wide, 3), np.uint8))
    (shot,) = watcher.finish()
    kept = sum(look.motion.nbytes for look in shot.looks if look.motion is not None)
    assert len(shot.looks) < 600
    assert kept * 90 < 16e6  # forty seconds were pushed


class Installed(NoModels):
    def installed(self, name):
        return True

    def path(self, name):
        return DATA / "models" / "yunet_n_640_640.onnx"

    def digest(self, name):
        return "0" * 64


def test_the_model_is_used_where_it_is_installed():
    params = PortraitParams(video="a.mp4")
    assert portrait.choose(params, NoModels()).tier == "builtin"
    assert portrait.choose(params, Installed()) == Provider("yunet", "model", {"yunet": "0" * 64})


@pytest.mark.skipif(not (DATA / "video").is_dir(), reason="needs the shared media (REELWRIGHT_DATA)")
@pytest.mark.parametrize(
    ("name", "size", "mode"),
    [
        pytest.param("faces_three_standing.mp4", (152, 270), "pad", id="three-people"),
        pytest.param("face_woman_turning.mp4", (152, 270), "crop", id="one-woman"),
    ],
)
def test_real_people_are_kept(tmp_path, name, size, mode):
    models = Installed()
    context = Context.local(out=tmp_path / "out", models=models, provider=portrait.choose(None, models))
    result = portrait(PortraitParams(video=str(DATA / "video" / name)), context)

    assert (result.width, result.height) == size
    assert {(shot.subject, shot.mode) for shot in result.shots} == {("faces", mode)}
    assert result.subject_kept >= 0.98
    assert encode.sound_lag(result.video) == 0
