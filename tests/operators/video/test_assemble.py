"""`video.assemble`: pictures in order, each for its time, over a sound."""

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.media import frames, images, making, probe, samples
from reelwright.operators import Context
from reelwright.operators.video.assemble import AssembleParams, assemble

LEVELS = (40, 120, 200)


@pytest.fixture
def stills(tmp_path):
    return tuple(images.save(np.full((90, 160, 3), level, np.uint8), tmp_path / f"{level}.png") for level in LEVELS)


@pytest.fixture
def tone(tmp_path):
    """A second and a half of a tone."""
    wave = 0.4 * np.sin(2 * np.pi * 440 * np.arange(72000) / 48000)
    return str(making.write_wav(tmp_path / "tone.wav", wave[None].astype(np.float32), 48000))


def run(stills, tmp_path, **given):
    return assemble(AssembleParams(images=stills, **given), Context.local(out=tmp_path / "out"))


def levels(path):
    return [int(np.argmin([abs(frame.rgb.mean() - level) for level in LEVELS])) for frame in frames.stream(path)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"fps": 2}, [0, 1, 2], id="a-frame-each"),
        pytest.param({"fps": 10, "seconds": 0.3}, [0] * 3 + [1] * 3 + [2] * 3, id="seconds"),
        pytest.param({"fps": 10, "seconds": 0.25}, [0, 0, 1, 1, 1, 2, 2, 2], id="rounding-does-not-add-up"),
        pytest.param({"fps": 10, "seconds": 0.01}, [0, 1, 2], id="none-is-lost"),
    ],
)
def test_each_picture_for_its_time(stills, tmp_path, given, expected):
    result = run(stills, tmp_path, **given)

    assert levels(result.video) == expected
    assert result.frames == len(expected)
    assert result.seconds == pytest.approx(len(expected) / given["fps"])
    media = probe.with_video(result.video)
    assert float(media.video.duration) == pytest.approx(result.seconds, abs=0.001)
    assert media.audio == ()


def test_a_broadcast_rate_is_exact(stills, tmp_path):
    result = run(stills, tmp_path, fps=29.97)

    assert str(probe.with_video(result.video).video.frame_rate) == "2997/100"


def test_the_sound_is_cut_where_the_pictures_end(stills, tone, tmp_path):
    result = run(stills, tmp_path, fps=10, seconds=0.2, audio=tone)

    assert result.seconds == pytest.approx(0.6)
    assert samples.read(result.video).samples.shape[1] == pytest.approx(0.6 * 48000, abs=48)


def test_or_the_pictures_share_out_its_length(stills, tone, tmp_path):
    result = run(stills, tmp_path, fps=10, audio=tone, length="audio")

    assert levels(result.video) == [0] * 5 + [1] * 5 + [2] * 5
    assert np.abs(samples.read(result.video).samples).max() > 0.3


def test_pictures_of_other_shapes_are_fitted_and_alpha_is_laid_on_the_ground(tmp_path, stills):
    clear = images.save(np.zeros((50, 50, 4), np.uint8), tmp_path / "clear.png")
    tall = images.save(np.full((80, 20, 3), 255, np.uint8), tmp_path / "tall.png")

    result = run((stills[0], clear, tall), tmp_path, fps=5, colour="#1E5A96")

    found = [frame.rgb.astype(int) for frame in frames.stream(result.video)]
    assert np.abs(found[1] - (30, 90, 150)).mean() < 5
    assert np.abs(found[2][:, :60] - (30, 90, 150)).mean() < 5
    assert found[2][20:70, 74:86].mean() > 245


@pytest.mark.parametrize(
    ("given", "size"), [({"width": 64}, (64, 36)), ({"height": 48}, (84, 48)), ({"width": 33, "height": 33}, (32, 32))]
)
def test_the_size_can_be_given(stills, tmp_path, given, size):
    result = run(stills, tmp_path, **given)

    assert (result.width, result.height) == size


@pytest.mark.parametrize(
    ("given", "field"), [({"length": "audio"}, "length"), ({"seconds": 9000}, "seconds")], ids=["no-sound", "too-long"]
)
def test_what_cannot_be_is_said(stills, tmp_path, given, field):
    with pytest.raises(InvalidParameter) as caught:
        run(stills, tmp_path, **given)
    assert caught.value.field == field
