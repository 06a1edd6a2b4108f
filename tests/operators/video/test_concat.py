"""`video.concat`: films in order, copied where they fit together."""

import numpy as np
import pytest

from reelwright.media import frames, making, probe, samples
from reelwright.media.making import odd, writing
from reelwright.operators import Context
from reelwright.operators.video.concat import ConcatParams, concat

SIZE = (160, 96)


@pytest.fixture
def flat(tmp_path):
    """`flat(level, count)`: a film of one grey, as one encoder writes it each time."""

    def make(level, count, *, size=SIZE, fps=25, sound=None, **given):
        path = tmp_path / f"{level}-{count}-{size[0]}-{fps}.mp4"
        pictures = [np.full((size[1], size[0], 3), level, np.uint8)] * count
        if given:
            return str(odd.write_odd(path, pictures, **given))
        tone = None if sound is None else np.full((1, round(count / fps * 48000)), sound, np.float32)
        writing.write_video(path, iter(pictures), size=size, fps=fps, sound=tone, rate=48000)
        return str(path)

    return make


def run(tmp_path, *paths, **given):
    return concat(ConcatParams(videos=paths, **given), Context.local(out=tmp_path / "out"))


def levels(path):
    return [round(float(frame.rgb[40:60, 70:90].mean())) for frame in frames.stream(path)]


def test_films_of_one_coding_are_copied(flat, tmp_path):
    result = run(tmp_path, flat(60, 7), flat(180, 5), flat(120, 9))

    assert result.frames_copied == result.frames == 21
    assert levels(result.video) == pytest.approx([60] * 7 + [180] * 5 + [120] * 9, abs=2)
    assert result.starts == pytest.approx((0, 0.28, 0.48))
    assert result.seconds == pytest.approx(21 / 25)
    assert float(probe.with_video(result.video).video.duration) == pytest.approx(21 / 25, abs=0.001)


@pytest.mark.parametrize(
    ("given", "size"),
    [
        pytest.param({"size": (96, 160)}, SIZE, id="other-shape"),
        pytest.param({"fps": 10}, SIZE, id="other-rate"),
        pytest.param({"rotation": 180}, SIZE, id="turned"),
        pytest.param({"pix_fmt": "yuv420p10le"}, SIZE, id="ten-bits"),
    ],
)
def test_others_are_encoded_into_the_size_of_the_first(flat, tmp_path, given, size):
    result = run(tmp_path, flat(60, 5), flat(180, 5, **given))

    assert result.frames_copied == 0
    assert (result.width, result.height) == size
    assert levels(result.video) == pytest.approx([60] * 5 + [180] * 5, abs=3)


def test_another_size_can_be_asked_for(flat, tmp_path):
    result = run(tmp_path, flat(60, 5), flat(180, 5), width=80, height=80)

    assert probe.with_video(result.video).video.shown == (80, 80)


@pytest.mark.parametrize("rate", [25, 10], ids=["copied", "encoded"])
def test_each_sound_begins_with_its_film_and_silence_stands_for_none(flat, tmp_path, rate):
    voice = making.speech(1.0, rate=48000).clean
    loud = tmp_path / "loud.mp4"
    writing.write_video(
        loud, iter([np.full((96, 160, 3), 90, np.uint8)] * 25), size=SIZE, fps=25, sound=voice, rate=48000
    )

    result = run(tmp_path, flat(60, rate, fps=rate), str(loud), flat(180, rate, fps=rate))

    found = samples.read(result.video, sample_rate=48000, channels=1).samples[0]
    assert len(found) == pytest.approx(3 * 48000, abs=600)
    assert np.abs(found[:46000]).max() < 1e-3
    assert np.abs(found[98000:]).max() < 1e-3
    own = samples.read(loud, sample_rate=48000, channels=1).samples[0]
    part = found[48000:95000]
    lag = np.argmax(np.correlate(part[2000:-2000], own[:47000][4000:40000], "valid"))
    assert abs(int(lag) - 2000) <= 1


def test_one_film_alone_is_itself(flat, tmp_path):
    assert levels(run(tmp_path, flat(60, 5)).video) == pytest.approx([60] * 5, abs=2)
