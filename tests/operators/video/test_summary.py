"""`video.summary` on films of takes of which it is known what they are worth."""

import json
import os
from pathlib import Path

import pytest

from reelwright.errors import InvalidParameter, NothingFound
from reelwright.media import frames, making, probe, samples
from reelwright.media.making.takes import Take, film
from reelwright.operators import Context
from reelwright.operators.video.summary import SummaryParams, summary

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[4] / "shared" / "data"))
FRAME = 1 / 25
INTERVIEW = (
    Take(0, 3, moves=False),
    Take(1, 4, talks=True),
    Take(9, 1.2, look=making.BLACK),
    Take(2, 3),
    Take(1, 5, talks=True),
    Take(3, 1.6, look=making.BLURRED),
    Take(4, 3),
    Take(0, 3, moves=False),
)


@pytest.fixture(scope="module")
def interview(tmp_path_factory):
    return film(tmp_path_factory.mktemp("film") / "interview.mp4", INTERVIEW)


@pytest.fixture(scope="module")
def short(interview, tmp_path_factory):
    """The summary with everything, made once."""
    return run(interview.path, tmp_path_factory.mktemp("short"), preview=True)


def run(path, folder, **given):
    return summary(SummaryParams(video=str(path), **given), Context.local(phases=summary.phases, out=folder))


def spans(result):
    return [(clip.start, clip.end) for clip in result.clips]


def uniform(length, total, count):
    """Windows of one length, evenly apart."""
    each = total / count
    middles = [(number + 0.5) * length / count for number in range(count)]
    return [(middle - each / 2, middle + each / 2) for middle in middles]


def test_every_place_is_shown_and_none_twice(interview, short):
    assert short.groups == short.groups_shown == 4
    assert interview.score(spans(short), need=1.2) > 0.95


def test_it_beats_uniform_sampling_of_the_same_length(interview, short):
    ours = interview.score(spans(short))
    counts = {len(short.clips), max(1, round(short.length / 2)), max(1, round(short.length / 5))}
    theirs = max(interview.score(uniform(interview.seconds, short.length, count)) for count in counts)
    assert ours >= 1.2 * theirs


def test_bad_takes_are_left_out(interview, short):
    bad = [span for span, take in zip(interview.spans, INTERVIEW, strict=True) if not take.weight]
    assert short.shots_left_out == len(bad)
    assert not any(start < high - FRAME and end > low + FRAME for start, end in spans(short) for low, high in bad)


def test_no_cut_is_amid_words(interview, short):
    edges = [edge for span in spans(short) for edge in span]
    assert short.cuts_in_talk == 0
    assert not any(start + 0.03 < edge < end - 0.03 for edge in edges for start, end in interview.phrases)


def test_the_film_is_whole_in_order_and_in_step(interview, short):
    length = sum(end - start for start, end in spans(short))
    assert all(one[1] <= other[0] for one, other in zip(spans(short), spans(short)[1:], strict=False))
    assert short.length == pytest.approx(length)
    assert short.length <= interview.seconds / 2
    assert len(list(frames.stream(short.video))) == short.frames == round(length / FRAME)
    sound = samples.read(short.video)
    assert sound.samples.shape[1] / sound.rate == pytest.approx(length, abs=FRAME)
    assert short.sound_shift == 0


def test_most_frames_are_copied(short):
    assert short.encoded_because == ""
    assert short.frames_copied > 0.5 * short.frames


def test_the_sheet_shows_the_clips(short):
    assert Path(short.sheet).stat().st_size > 0


@pytest.mark.parametrize(
    ("given", "most"),
    [
        pytest.param({"length": 4.0}, 4.0, id="length"),
        pytest.param({"share": 0.3}, 0.3 * 23.8, id="share"),
        pytest.param({"length": 3.0, "min_clip": 1.0, "max_clip": 1.0}, 3.0, id="short-clips"),
    ],
)
def test_it_is_no_longer_than_asked(interview, tmp_path, given, most):
    result = run(interview.path, tmp_path, quality="draft", **given)
    assert 0.5 * most <= result.length <= most + FRAME
    assert all(end - start <= given.get("max_clip", 10) + FRAME for start, end in spans(result))


def test_a_summary_as_long_as_the_film_is_the_film(interview, tmp_path):
    result = run(interview.path, tmp_path, share=1.0)
    assert len(result.clips) == 1
    assert result.frames_copied == result.frames == round(interview.seconds / FRAME)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({"length": 5, "share": 0.5}, "either length or share", id="both"),
        pytest.param({"min_clip": 5, "max_clip": 2}, "min_clip is 5.0 s and max_clip 2.0 s", id="clips"),
    ],
)
def test_what_contradicts_itself_is_refused(interview, tmp_path, given, told):
    with pytest.raises(InvalidParameter, match=told):
        run(interview.path, tmp_path, **given)


def test_a_film_without_sound_can_be_cut_anywhere(make_video, tmp_path):
    made = make_video([(making.SCENE, 3.0), (making.SCENE, 3.0)])
    result = run(made.path, tmp_path)
    assert result.groups_shown == 2
    assert not probe.probe(result.video).audio


def test_a_black_film_has_no_summary(make_video, tmp_path):
    made = make_video([(making.BLACK, 3.0)])
    with pytest.raises(NothingFound, match="no shot of the film"):
        run(made.path, tmp_path)


def test_a_single_frame_says_why_not(make_video, tmp_path):
    made = make_video([(making.SCENE, FRAME)])
    with pytest.raises(NothingFound, match="long enough"):
        run(made.path, tmp_path)


@pytest.mark.skipif(not (DATA / "video").is_dir(), reason="the shared data is not here")
def test_a_real_film_of_several_scenes(tmp_path):
    path = DATA / "video" / "multishot.mp4"
    truth = json.loads(path.with_suffix(".json").read_text())
    result = run(path, tmp_path)

    starts = [shot["start_frame"] / 25 for shot in truth["shots"]] + [truth["frames"] / 25]
    names = [shot["name"] for shot in truth["shots"]]
    shown = set()
    for start, end in spans(result):
        number = next(n for n in range(len(names)) if starts[n] <= (start + end) / 2 < starts[n + 1])
        shown.add(names[number].removesuffix("_again"))
        assert starts[number] - 0.5 * FRAME <= start
        assert end <= starts[number + 1] + 0.5 * FRAME
    assert shown == {"dog", "coffee", "juggle", "signing_woman", "deer"}
    assert len(result.clips) == len(shown)


def test_a_sharp_scene_that_shows_little_is_a_place_as_well(tmp_path):
    """A face before a wall beside a crowd is no blurred picture."""
    import cv2
    import numpy as np

    random = np.random.default_rng(1)
    rich = cv2.resize(random.integers(0, 255, (90, 160, 3)).astype(np.uint8), (320, 180))
    light = np.linspace(0.7, 1.15, 320)[None, :, None] * np.linspace(1.0, 0.8, 180)[:, None, None]
    plain = np.asarray(light * (150, 140, 125), np.uint8)
    cv2.circle(plain, (160, 90), 40, (205, 160, 140), -1)
    cv2.circle(plain, (145, 80), 5, (40, 30, 30), -1)
    cv2.circle(plain, (175, 80), 5, (40, 30, 30), -1)
    cv2.putText(plain, "morning news", (10, 170), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (30, 30, 30), 1)
    pictures = [np.roll(rich, number, axis=1) for number in range(150)]
    pictures += [np.roll(plain, number // 4, axis=1) for number in range(75)]
    path = making.write_video(tmp_path / "a.mp4", map(np.ascontiguousarray, pictures), size=(320, 180), fps=25)

    result = run(path, tmp_path)

    assert result.groups == result.groups_shown == 2
