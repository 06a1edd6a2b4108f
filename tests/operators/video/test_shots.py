"""`video.shots` finds the planted changes of shots to the frame, whatever the encoder left out, and no others."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import BadMedia, NoVideo
from reelwright.media import making
from reelwright.media.making import BLACK, BLURRED, SCENE, Shot
from reelwright.operators.video.shots import ShotsParams, shots

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")) / "video"
SMALL = (320, 180)


def found(path, **given):
    return shots(ShotsParams(video=str(path), **given))


def starts(result, kind="cut"):
    return [one.first_frame for one in result.shots if one.transition == kind]


@pytest.mark.parametrize("key_every", [None, 8, 250], ids=["keys-at-cuts", "many-keys", "few-keys"])
def test_cuts_are_exact_though_frames_are_left_out(make_video, key_every):
    made = make_video([(SCENE, 1.2), (SCENE, 0.92), (SCENE, 1.4)], key_every=key_every)

    result = found(made.path)

    assert starts(result) == [30, 53]
    assert result.watched < result.frames == made.frames
    assert all(one.exact for one in result.shots)


def test_cuts_without_key_frames_at_them_are_read_again(tmp_path):
    """Two scenes in one group of pictures: the encoder is kept from beginning anew at the cut."""
    path = _one_group(tmp_path / "one_group.mp4", cut=47, frames=75)

    result = found(path)

    assert starts(result) in ([47], [46], [48])
    assert result.reread <= result.frames


def test_a_dissolve_is_told_with_its_extent(make_video):
    made = make_video([Shot(SCENE, 2), Shot(SCENE, 2.4, dissolve=0.8), Shot(SCENE, 1.2)])

    result = found(made.path)

    assert [one.transition for one in result.shots] == ["start", "dissolve", "cut"]
    ((begin, end),) = made.dissolves
    mixed = result.shots[1]
    assert mixed.transition_start == pytest.approx(begin, abs=0.13)
    assert mixed.transition_end == pytest.approx(end, abs=0.13)
    assert begin <= mixed.start <= end


def test_the_shots_cover_the_video_and_agree_with_the_table(make_video):
    made = make_video([(BLACK, 0.8), (SCENE, 1.2), (SCENE, 1.2)])

    result = found(made.path)

    assert result.shots[0].start == 0
    assert result.shots[-1].end == pytest.approx(made.seconds, abs=0.05)
    assert sum(one.frames for one in result.shots) == result.frames == made.frames
    assert json.loads(Path(result.table).read_text()) == [one.model_dump() for one in result.shots]
    assert (result.cuts, result.dissolves, result.fades) == (2, 0, 0)


def test_a_scene_that_turns_sharp_in_one_frame_is_another_shot(make_video):
    assert starts(found(make_video([(BLURRED, 1.2), (SCENE, 1.2)], seed=3).path)) == [30]


def flash(frames, at, length):
    lit = [np.full_like(one, 250) if at <= number < at + length else one for number, one in enumerate(frames)]
    return [np.ascontiguousarray(one) for one in lit]


@pytest.mark.parametrize("length", [1, 3])
def test_a_flash_is_no_cut(tmp_path, length):
    path = making.write_video(tmp_path / "flash.mp4", flash(_scene(60), 30, length), size=SMALL, fps=25)

    assert len(found(path).shots) == 1


def test_short_shots_are_joined_where_wanted(make_video):
    made = make_video([(SCENE, 1.6), (SCENE, 0.48), (SCENE, 1.6)])

    assert len(found(made.path).shots) == 3
    assert len(found(made.path, min_shot=1.0).shots) == 2
    assert len(found(made.path, min_shot=60).shots) == 1


def test_sensitivity_decides_on_weak_changes(make_video):
    made = make_video([(BLACK, 0.8), (SCENE, 1.2), (SCENE, 1.2)])  # the second cut is between like scenes

    assert [starts(found(made.path, sensitivity=value)) for value in (0, 0.5, 1)] == [[20], [20, 50], [20, 50]]


@pytest.mark.parametrize(("name", "error"), [("sound_only", NoVideo), ("no_frames", BadMedia)])
def test_a_file_without_pictures_says_so(broken_files, name, error):
    with pytest.raises(error):
        found(broken_files[name])


@pytest.mark.parametrize("count", [1, 2])
def test_a_video_of_a_frame_or_two_is_one_shot(tmp_path, count):
    path = making.write_video(tmp_path / "short.mp4", _scene(count), size=SMALL, fps=25)

    result = found(path)

    assert [(one.first_frame, one.frames) for one in result.shots] == [(0, count)]


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the shared clips: set REELWRIGHT_DATA")
@pytest.mark.parametrize(
    ("name", "truth"),
    [
        pytest.param("multishot.mp4", [15, 90, 155, 190, 259, 328, 390], id="multishot"),
        pytest.param("leaf_deer_4shots_watermark.mp4", [30, 180, 211, 359, 394, 543, 691], id="leaf"),
        pytest.param("fades_synthetic.mp4", [84, 167], id="fades"),
        pytest.param("juggle.mp4", [], id="one-shot"),
    ],
)
def test_real_clips(name, truth):
    numbers = [one.first_frame for one in found(DATA / name).shots[1:]]

    assert numbers == pytest.approx(truth, abs=2)


def _scene(count):
    """The same noise picture, panned by a pixel a frame."""
    random = np.random.default_rng(5)
    coarse = random.integers(20, 230, (9, 20, 3)).astype(np.uint8)
    wide = np.kron(coarse, np.ones((20, 20, 1), np.uint8))
    return [np.ascontiguousarray(wide[:, number % 80 :][:, : SMALL[0]]) for number in range(count)]


def _one_group(path, cut, frames):
    import av

    with av.open(str(path), "w") as box:
        stream = box.add_stream("libx264", rate=25, options={"sc_threshold": "0", "g": "600", "bf": "3", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = *SMALL, "yuv420p"
        scene = _scene(frames)
        for number in range(frames):
            rgb = scene[number] if number < cut else np.ascontiguousarray(255 - scene[number][::-1])
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts = number
            box.mux(stream.encode(frame))
        box.mux(stream.encode(None))
    return path


def _raw(source, target):
    """The pictures of an MP4 as a bare H.264 stream: no times, no index."""
    import av

    with av.open(str(source)) as box, av.open(str(target), "w", format="h264") as out:
        track = out.add_stream_from_template(box.streams.video[0])
        marked = av.bitstream.BitStreamFilterContext("h264_mp4toannexb", box.streams.video[0])
        for packet in box.demux(video=0):
            for one in marked.filter(packet) if packet.dts is not None else ():
                one.stream = track
                out.mux(one)
    return target


def test_a_raw_stream_has_the_shots_of_the_file_it_was_taken_from(make_video, tmp_path):
    made = make_video([(SCENE, 1.2), (SCENE, 0.92), (SCENE, 1.4)])

    result = found(_raw(made.path, tmp_path / "raw.h264"))

    assert starts(result) == [30, 53]
    assert result.frames == made.frames
    assert result.shots[-1].end == pytest.approx(made.seconds, abs=0.05)


@pytest.mark.parametrize("kind", ["rapid", "bars", "fields", "flash_on_the_cut", "back_and_forth", "lamps"])
def test_edits_are_found_and_what_only_looks_like_one_is_not(tmp_path, kind):
    from reelwright.media.making import edits

    frames, truth = edits.KINDS[kind](edits.Table(7))
    path = making.write_video(tmp_path / "a.mp4", map(np.ascontiguousarray, frames), size=edits.SIZE, fps=edits.FPS)

    numbers = [one.first_frame for one in found(path).shots[1:]]

    assert len(numbers) == len(truth)
    assert all(first - 2 <= number <= last + 2 for number, (first, last) in zip(numbers, truth, strict=True))
