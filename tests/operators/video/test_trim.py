"""`video.trim`: the frames of the span, copied where that is sound."""

import pytest

from reelwright.errors import InvalidParameter
from reelwright.media import frames, probe
from reelwright.operators import Context
from reelwright.operators.video.trim import TrimParams, trim

SHOTS = (("scene", 1.0), ("scene", 1.0))


def run(clip, tmp_path, **given):
    return trim(TrimParams(video=str(clip.path), **given), Context.local(out=tmp_path))


@pytest.mark.parametrize(
    ("given", "first", "count"),
    [
        pytest.param({"start": 0.4, "end": 1.6}, 10, 30, id="amid"),
        pytest.param({"end": 0.2}, 0, 5, id="to"),
        pytest.param({"start": 1.8}, 45, 5, id="from"),
        pytest.param({}, 0, 50, id="all"),
        pytest.param({"start": 1.0, "end": 99}, 25, 25, id="end-beyond"),
    ],
)
def test_the_span_is_exact_to_the_frame(make_video, tmp_path, given, first, count):
    clip = make_video(SHOTS, key_every=10, sound=True)

    result = run(clip, tmp_path, **given)

    expected = [frame.gray.astype(int) for frame in frames.stream(clip.path)][first : first + count]
    found = [frame.gray.astype(int) for frame in frames.stream(result.video)]
    assert len(found) == count == result.frames
    assert all(abs(one - other).mean() < 4 for one, other in zip(found, expected, strict=True))
    assert result.seconds == pytest.approx(count / 25)
    assert result.start == pytest.approx(first / 25)
    media = probe.with_video(result.video)
    assert float(media.audio[0].duration) == pytest.approx(count / 25, abs=0.03)


def test_what_lies_between_key_frames_is_copied(make_video, tmp_path):
    result = run(make_video(SHOTS, key_every=10), tmp_path, start=0.4, end=1.6)

    assert result.frames_copied >= 20
    assert result.encoded_because == ""


@pytest.mark.parametrize(
    ("given", "field"), [({"start": 5}, "start"), ({"start": 1, "end": 1}, "end"), ({"start": 1, "end": 0.5}, "end")]
)
def test_a_span_outside_is_an_error(make_video, tmp_path, given, field):
    with pytest.raises(InvalidParameter) as caught:
        run(make_video(SHOTS), tmp_path, **given)
    assert caught.value.field == field
