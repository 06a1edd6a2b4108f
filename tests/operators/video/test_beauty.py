"""`video.beauty` on drawn heads whose skin and spots are known, and on files that are odd or show nobody."""

import os
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from reelwright.errors import ModelNotInstalled, NoVideo
from reelwright.kernels import reshaping
from reelwright.media import frames, images, making, probe
from reelwright.media.making import odd, portraits
from reelwright.models import face_mesh
from reelwright.models.port import BUILTIN, NoModels, Provider
from reelwright.operators import Context
from reelwright.operators.video import beauty as operator
from reelwright.operators.video.beauty import BeautyParams, beauty, choose

SIZE = (480, 360)
HEAD = portraits.Head(breadth=0.5, tone=portraits.TAN, sway=0.05)
DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[4] / "shared" / "data"))
needs_landmarks = pytest.mark.skipif(not face_mesh.is_installed(), reason="mediapipe is not installed (make face)")


class Installed(NoModels):
    def installed(self, name):
        return True

    def digest(self, name):
        return "25a606a1"


@pytest.fixture
def bare(monkeypatch):
    """No landmarks here, whatever is installed."""
    monkeypatch.setattr(face_mesh, "_fault", lambda: "the package mediapipe")


@pytest.fixture(scope="module")
def clip(made):
    """`clip(head, …)`: a short film of drawn heads."""

    def make(*heads, seconds=0.6, size=SIZE, sound=None, **given):
        heads = heads or (HEAD,)

        def write(path):
            voice = making.speech(seconds, rate=48000).clean if sound else None
            return portraits.portrait(path, heads, seconds=seconds, size=size, sound=voice, **given)

        return made("heads.mp4", write, (heads, seconds, size, sound, tuple(sorted(given.items()))))

    return make


def run(path, **given):
    return beauty(BeautyParams(video=str(path), **{"quality": "high", **given}))


def lumas(path):
    return [frame.gray.astype(np.float32) for frame in frames.stream(path)]


def off(one, other, where):
    return float(np.abs(one - other)[where].mean())


def test_spots_fade_skin_is_lit_and_nothing_else_changes(clip, bare):
    made = clip(sound=True)

    result = run(made.path, smooth=80, whiten=40)

    before, after = lumas(made.path), lumas(result.video)
    assert len(after) == result.frames == result.frames_with_faces == made.frames
    for number in (0, 7, 14):
        skin, spots = made.skin(number), made.spots(number)
        contrast = [one[number][skin & ~spots].mean() - one[number][spots].mean() for one in (before, after)]
        assert contrast[1] < 0.75 * contrast[0]
        assert 3 < after[number][skin].mean() - before[number][skin].mean() < 25
        assert off(after[number], before[number], ~made.face(number, grown=1.15)) < 1
    assert 0.5 < result.texture_kept < 1.0
    assert 3 < result.skin_lift < 25
    assert result.sound_shift == 0
    assert not result.landmarks
    assert len(probe.probe(result.video).audio) == 1
    assert [(one.start, one.frames) for one in result.faces] == [(0.0, made.frames)]
    assert result.faces[0].end == pytest.approx((made.frames - 1) / 25)
    assert result.faces[0].breadth == pytest.approx(made.box(0).width, rel=0.2)


@pytest.mark.parametrize("tone", [portraits.FAIR, portraits.BROWN, portraits.DARK], ids=["fair", "brown", "dark"])
def test_every_tone_of_skin_is_done(clip, bare, tone):
    made = clip(portraits.Head(breadth=0.5, tone=tone), seconds=0.2)

    result = run(made.path, smooth=100, whiten=50)

    before, after = lumas(made.path)[2], lumas(result.video)[2]
    skin, spots = made.skin(2), made.spots(2)
    assert after[skin].mean() - before[skin].mean() > 4
    assert (after[skin & ~spots].mean() - after[spots].mean()) / after[skin].mean() < 0.8 * (
        before[skin & ~spots].mean() - before[spots].mean()
    ) / before[skin].mean()


def test_what_is_added_to_a_still_face_does_not_flicker(clip, bare):
    made = clip(portraits.Head(breadth=0.5), grain=1.0)
    result = run(made.path, smooth=60, whiten=60, detail=60)
    added = [after - before for before, after in zip(lumas(made.path), lumas(result.video), strict=True)]
    flicker = np.mean([off(one, other, made.face(0)) for one, other in pairwise(added)])
    assert np.abs(np.mean(added, axis=0))[made.skin(0)].mean() > 4
    assert flicker < 1


@pytest.mark.parametrize(
    "given",
    [
        {"smooth": 0, "whiten": 0, "detail": 0},
        {"skin_enabled": False},
        {"max_face_num": 0},
        {"min_face": 1024},
        {"skin_enabled": False, "shape_enabled": False, "face_thin": 50},
    ],
    ids=str,
)
def test_what_is_off_changes_nothing(clip, bare, given):
    made = clip(seconds=0.2)
    result = run(made.path, **given)
    assert all(off(one, other, ...) < 1 for one, other in zip(lumas(made.path), lumas(result.video), strict=True))
    assert result.notes


def test_a_face_that_comes_in_is_brought_in_gradually(clip, bare):
    made = clip(portraits.Head(breadth=0.3, present=(0.4, 9.0)), seconds=1.2)
    result = run(made.path, whiten=100, detect_interval=1)
    skin = made.skin(20)
    lift = [
        float((after - before)[skin].mean())
        for before, after in zip(lumas(made.path), lumas(result.video), strict=True)
    ]
    assert abs(lift[9]) < 1
    assert max(np.abs(np.diff(lift[:25]))) < 0.3 * lift[29]
    assert lift[29] > 10
    assert result.faces[0].start == pytest.approx(0.4, abs=0.05)


def test_images_one_after_another_are_taken_by_themselves(clip, bare):
    made = clip(seconds=0.2)
    result = run(made.path, detect_mode="image")
    assert result.frames_with_faces == made.frames
    assert len(result.faces) == made.frames


@pytest.mark.parametrize(
    ("name", "given"),
    [
        *((name, {"limits": (0, 100)}) for name in ("smooth", "whiten", "detail", "face_thin", "cheek_thin")),
        *((name, {"limits": (0, 100)}) for name in ("face_cut", "chin_thin", "eye_size", "smile")),
        *((name, {"limits": (-100, 100)}) for name in ("face_length", "chin_length", "eye_corner1", "eye_distance")),
        *((name, {"limits": (-100, 100)}) for name in ("nose_thin", "nose_wing", "nose_length", "mouth_size")),
        *((name, {"limits": (-100, 100)}) for name in ("mouth_position", "lip_thickness", "hair_line")),
        ("detect_level", {"limits": (0, 2)}),
        ("detect_interval", {"limits": (1, 65535)}),
        ("max_face_num", {"limits": (0, 32)}),
        ("min_face", {"limits": (10, 1024)}),
        ("threshold", {"limits": (0, 1)}),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_limits_are_those_of_the_documents(name, given):
    low, high = given["limits"]
    for value in (low, high):
        assert getattr(BeautyParams(video="a.mp4", **{name: value}), name) == value
    for value in (low - 1, high + 1):
        with pytest.raises(ValidationError, match=name):
            BeautyParams(video="a.mp4", **{name: value})


def test_without_landmarks_a_key_of_shape_fails_and_tells_the_mend(clip, bare):
    params = BeautyParams(video=str(clip(seconds=0.2).path), face_thin=10)
    with pytest.raises(ModelNotInstalled, match=r"mediapipe.*make face"):
        choose(params, NoModels())
    with pytest.raises(ModelNotInstalled):
        beauty(params)


def test_the_provider_is_the_best_that_is_there(bare, monkeypatch):
    plain = BeautyParams(video="a.mp4")
    assert choose(plain, NoModels()) == BUILTIN
    assert choose(plain, Installed()) == Provider("yunet", "model", {"yunet": "25a606a1"})
    monkeypatch.setattr(face_mesh, "_fault", lambda: "")
    monkeypatch.setattr(face_mesh, "_digest", lambda: "e06a")
    assert choose(plain, Installed()) == Provider("face_mesh", "model", {"face_mesh": "e06a", "yunet": "25a606a1"})
    assert choose(BeautyParams(video="a.mp4", smile=5), NoModels()).models == {"face_mesh": "e06a"}


def test_a_threshold_that_cannot_count_is_told(clip, bare):
    assert any("threshold" in note for note in run(clip(seconds=0.2).path, threshold=0.9).notes)


@needs_landmarks
@pytest.mark.parametrize(
    ("key", "places"),
    [
        ("face_thin", {172: (1, 0), 397: (-1, 0)}),
        ("eye_size", {33: (-1, 0), 263: (1, 0)}),
        ("mouth_position", {61: (0, -1), 291: (0, -1)}),
    ],
)
def test_keys_of_shape_are_seen_in_the_film(clip, key, places):
    """The drawing's edges are followed from the source into the result."""
    made = clip(portraits.Head(breadth=0.6), seconds=0.2)
    result = run(made.path, smooth=0, whiten=0, detail=0, **{key: 100})
    assert result.landmarks
    _check_moves(made.path, result.video, key, places)


def _check_moves(source, result, key, places):
    before, after = next(frames.stream(source)), next(frames.stream(result))
    picture = before.rgb
    mesh = _mesh_of(picture)
    grays = [np.ascontiguousarray(one.gray) for one in (before, after)]
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(*grays, None)
    steps = reshaping.steps(mesh, {key: 1.0})
    for number, way in places.items():
        x, y = np.round(mesh[number]).astype(int)
        seen = np.median(flow[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 2), axis=0)
        share = float(seen @ steps[number]) / float(steps[number] @ steps[number])
        assert 0.35 < share < 1.5, (key, number, seen, steps[number])
        assert all(np.sign(seen[axis]) == way[axis] for axis in (0, 1) if way[axis])


def _mesh_of(picture):
    side = min(picture.shape[:2]) & ~1
    left = (picture.shape[1] - side) // 2
    return face_mesh.mesh(NoModels())(picture[:side, left : left + side]) + np.float32([left, 0])


@needs_landmarks
@pytest.mark.skipif(not (DATA / "image").is_dir(), reason="the shared media are not here (REELWRIGHT_DATA)")
@pytest.mark.parametrize(
    ("key", "places"),
    [
        ("face_thin", {172: (1, 0), 397: (-1, 0)}),
        ("face_cut", {172: (1, 0), 397: (-1, 0)}),
        ("eye_size", {33: (-1, 0), 263: (1, 0)}),
        ("nose_wing", {129: (1, 0), 358: (-1, 0)}),
        ("mouth_size", {61: (-1, 0), 291: (1, 0)}),
        ("smile", {61: (-1, -1), 291: (1, -1)}),
        ("chin_length", {152: (0, 1)}),
    ],
)
def test_keys_of_shape_work_on_a_real_portrait(tmp_path, key, places):
    picture = images.load(DATA / "image" / "face_obama_official_720p.jpg")[:420, 440:860]
    source = making.write_video(tmp_path / "a.mp4", [picture] * 2, size=(420, 420), fps=25, crf=10)
    result = run(source, smooth=0, whiten=0, detail=0, **{key: 100})
    _check_moves(source, result.video, key, places)


@pytest.mark.skipif(not (DATA / "models").is_dir(), reason="the shared media are not here (REELWRIGHT_DATA)")
def test_a_head_that_turns_is_followed_by_the_network(bare):
    class Weights(Installed):
        def path(self, name):
            return DATA / "models" / "yunet_n_640_640.onnx"

    params = BeautyParams(video=str(DATA / "video" / "face_woman_turning.mp4"), quality="draft")
    result = beauty(params, Context.local(models=Weights()))
    assert result.frames_with_faces == result.frames == 23
    assert len(result.faces) == 1


def pictures(count=4, size=SIZE, **head):
    made = portraits.Portrait(Path("none"), size, Fraction(25), count, (portraits.Head(**{"breadth": 0.5, **head}),))
    return list(portraits.drawn(made))


@pytest.mark.parametrize(
    ("name", "given", "size"),
    [
        pytest.param("a.mp4", {"rotation": 90}, SIZE[::-1], id="turned"),
        pytest.param("a.mkv", {"pix_fmt": "yuv420p10le", "codec": "libx265"}, SIZE, id="ten-bits"),
        pytest.param("a.mkv", {"pix_fmt": "yuv444p"}, SIZE, id="444"),
        pytest.param("a.mp4", {"aspect": Fraction(4, 3)}, SIZE, id="wide-samples"),
    ],
)
def test_odd_files_work(tmp_path, bare, name, given, size):
    shown = pictures()
    if given.get("rotation"):
        shown = [np.ascontiguousarray(np.rot90(one)) for one in pictures(size=SIZE)]
        size = SIZE
    path = odd.write_odd(tmp_path / name, shown, **given)

    result = run(path, whiten=60)

    assert (result.width, result.height) == size
    assert result.frames == result.frames_with_faces == 4


def test_odd_sizes_lose_a_row_at_most(tmp_path, bare):
    shown = [one[:-1, :-1] for one in pictures()]
    path = odd.write_odd(tmp_path / "a.mkv", shown, pix_fmt="yuv444p")
    result = run(path)
    assert (result.width, result.height) == (SIZE[0] - 2, SIZE[1] - 2)
    assert result.frames_with_faces == 4


def test_uneven_time_stamps_stay(tmp_path, bare):
    times = [Fraction(one, 1000) for one in (0, 40, 133, 160, 400)]
    path = odd.write_odd(tmp_path / "a.mkv", pictures(5), times=times)
    result = run(path)
    assert [round(frame.time, 3) for frame in frames.stream(result.video)] == times


def test_one_frame_is_enough(tmp_path, bare):
    path = odd.write_odd(tmp_path / "a.mkv", pictures(1))
    result = run(path, whiten=80, smooth=0)
    assert result.frames == result.frames_with_faces == 1
    assert result.skin_lift > 8


def test_a_film_without_faces_stays_as_it_is(make_video, bare):
    made = make_video((("scene", 0.4),))
    result = run(made.path)
    assert result.frames_with_faces == 0
    assert result.notes == ("no face was found: the picture is as it was",)
    assert result.texture_kept == 1


def test_sound_alone_is_refused(broken_files):
    with pytest.raises(NoVideo):
        run(broken_files["sound_only"])


def test_the_sheet_shows_before_and_after(clip, bare, tmp_path):
    result = beauty(BeautyParams(video=str(clip().path), preview=True, whiten=100), Context.local(out=tmp_path / "out"))
    sheet = images.load(result.sheet)
    before, after = sheet[:, : sheet.shape[1] // 2], sheet[:, sheet.shape[1] // 2 :]
    assert after.mean() > before.mean() + 1
    assert run(clip().path).sheet is None


def test_frames_wait_in_a_short_line(clip, bare, monkeypatch):
    """Memory does not grow with the film."""
    longest = []
    push = operator._Run.push

    def watched(self, frame):
        push(self, frame)
        longest.append(len(self._held))

    monkeypatch.setattr(operator._Run, "push", watched)
    run(clip(seconds=2.0).path)
    assert max(longest) <= 8
