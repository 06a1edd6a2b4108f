"""`video.segments` on films of which shots and phrases are known."""

from fractions import Fraction
from pathlib import Path

import pytest
from pydantic import ValidationError

from reelwright.errors import InvalidParameter, NoVideo
from reelwright.media import frames, making, samples
from reelwright.media.making.takes import Take, film
from reelwright.operators import Context
from reelwright.operators.video.segments import SegmentsParams, segments

FRAME = 1 / 25
TAKES = (Take(0, 4, talks=True), Take(1, 3, moves=False), Take(2, 5, talks=True), Take(3, 2), Take(4, 6, talks=True))


@pytest.fixture(scope="module")
def talk(tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / "talk.mp4", TAKES)


def run(path, folder, **given):
    return segments(SegmentsParams(video=str(path), **given), Context.local(phases=segments.phases, out=folder))


def spans(result):
    return [(clip.start, clip.end) for clip in result.clips]


@pytest.mark.parametrize(
    "ranges",
    [
        pytest.param([(0, 10)], id="from-the-start"),
        pytest.param([(2.4, 3.0), (9.16, 14.0)], id="two"),
        pytest.param([(11, 12), (1, 6), (2, 4)], id="out-of-order-and-overlapping"),
        pytest.param([(18.013, 19.991)], id="between-frames"),
    ],
)
def test_ranges_are_cut_to_the_frame(talk, tmp_path, ranges):
    result = run(talk.path, tmp_path, ranges=[{"start": start, "end": end} for start, end in ranges])
    for clip, (start, end) in zip(result.clips, ranges, strict=True):
        count = len(list(frames.stream(clip.video)))
        assert count == clip.frames
        assert count * FRAME == pytest.approx(end - start, abs=FRAME)
        assert clip.start == pytest.approx(start, abs=FRAME / 2 + 1e-6)
        sound = samples.read(clip.video)
        assert sound.samples.shape[1] / sound.rate == pytest.approx(clip.length, abs=FRAME)


def test_the_pictures_are_those_of_the_range(talk, tmp_path):
    clip = run(talk.path, tmp_path, ranges=[{"start": 5.2, "end": 9}]).clips[0]
    ours = [frame.small_gray(64, 36).astype(float) for frame in frames.stream(clip.video)]
    for number in (0, 17, 50, len(ours) - 1):
        wanted = frames.at(talk.path, Fraction(26, 5) + Fraction(number, 25))
        assert abs(ours[number] - wanted.small_gray(64, 36)).mean() < 3


def test_most_frames_of_a_long_range_are_copied(talk, tmp_path):
    clip = run(talk.path, tmp_path, ranges=[{"start": 0.5, "end": 19}]).clips[0]
    assert clip.frames_copied > 0.85 * clip.frames
    assert clip.encoded_because == ""


def test_titles_are_those_given_or_numbers(talk, tmp_path):
    ranges = [{"start": 0, "end": 1, "title": "Opening"}, {"start": 1, "end": 2}]
    result = run(talk.path, tmp_path, ranges=ranges, quality="draft")
    assert [clip.title for clip in result.clips] == ["Opening", "2"]


def test_a_range_beyond_the_end_is_shortened(talk, tmp_path):
    clip = run(talk.path, tmp_path, ranges=[{"start": 19, "end": 60}]).clips[0]
    assert clip.end == pytest.approx(talk.seconds)


def test_a_split_parts_the_film_between_its_shots(talk, tmp_path):
    result = run(talk.path, tmp_path, quality="draft", preview=True)
    assert result.shots == len(TAKES)
    assert spans(result) == [pytest.approx(span) for span in [(0, 4), (4, 7), (7, 12), (12, 20)]]
    assert sum(clip.frames for clip in result.clips) == round(talk.seconds / FRAME)
    assert Path(result.sheet).stat().st_size > 0


def test_a_split_never_cuts_a_word(talk, tmp_path):
    result = run(talk.path, tmp_path, min_clip=0.5, max_clip=2, quality="draft")
    assert result.cuts_in_talk == 0
    assert not any(start + 0.03 < clip.end < end - 0.03 for clip in result.clips for start, end in talk.phrases)
    assert len(result.clips) > len(TAKES)


def test_a_film_without_sound_is_split_by_shots(make_video, tmp_path):
    made = make_video([(making.SCENE, 3.0), (making.SCENE, 3.2)])
    assert [clip.length for clip in run(made.path, tmp_path, quality="draft").clips] == [
        pytest.approx(3.0),
        pytest.approx(3.2),
    ]


def test_clips_of_another_size_have_bars(talk, tmp_path):
    ranges = [{"start": 1, "end": 2.6}]
    clip = run(talk.path, tmp_path, ranges=ranges, width=180, height=180, quality="draft").clips[0]
    shown = list(frames.stream(clip.video))
    assert shown[0].size == (180, 180)
    assert len(shown) == clip.frames == 40
    assert shown[20].rgb[:30].max() < 20
    sound = samples.read(clip.video)
    assert sound.samples.shape[1] / sound.rate == pytest.approx(1.6, abs=FRAME)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({"ranges": []}, "at least one range", id="none"),
        pytest.param({"ranges": [{"start": 3, "end": 3}]}, "range 0 ends at 3.0 s", id="empty"),
        pytest.param({"ranges": [{"start": -1, "end": 3}]}, "greater than or equal to 0", id="negative"),
    ],
)
def test_what_is_no_range_is_refused_at_submit(given, told):
    with pytest.raises(ValidationError, match=told):
        SegmentsParams(video="a.mp4", **given)


def test_a_range_after_the_end_names_itself(talk, tmp_path):
    with pytest.raises(InvalidParameter, match=r"range 1 begins at 99.0 s.*ends at 20.000 s") as fault:
        run(talk.path, tmp_path, ranges=[{"start": 0, "end": 1}, {"start": 99, "end": 100}])
    assert fault.value.field == "ranges.1.start"


def test_sound_alone_has_no_clips(broken_files, tmp_path):
    with pytest.raises(NoVideo):
        run(broken_files["sound_only"], tmp_path)
