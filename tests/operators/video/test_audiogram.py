"""`video.audiogram`: bars that stand for what is heard."""

import numpy as np
import pytest

from reelwright.errors import NoAudio
from reelwright.kernels import visible_sound
from reelwright.media import frames, images, making, probe, samples
from reelwright.operators import Context
from reelwright.operators.video.audiogram import AudiogramParams, audiogram

RATE, FPS = 48000, 25
YELLOW = (255, 212, 0)


@pytest.fixture
def sung(tmp_path):
    """Half a second each of silence, 250 Hz, 4 kHz and silence."""
    time = np.arange(RATE // 2) / RATE
    parts = [0 * time, 0.5 * np.sin(2 * np.pi * 250 * time), 0.5 * np.sin(2 * np.pi * 4000 * time), 0 * time]
    return str(making.write_wav(tmp_path / "sung.wav", np.concatenate(parts)[None].astype(np.float32), RATE))


def run(audio, tmp_path, **given):
    params = AudiogramParams(audio=audio, quality="high", **{"width": 320, "height": 180, "bars": 20, **given})
    return audiogram(params, Context.local(out=tmp_path / "out"))


def lit(path):
    """Of each frame: where the bars' colour is, but for the line of progress at the foot."""
    for frame in frames.stream(path):
        rgb = frame.rgb.astype(int)[:-4]
        yield (rgb[..., 0] > 170) & (rgb[..., 1] > 130) & (rgb[..., 2] < 110)


def test_the_bar_of_the_tone_is_the_tallest(sung, tmp_path):
    found = list(lit(run(sung, tmp_path).video))

    assert len(found) == 50
    edges = visible_sound.edges(20)
    for number, frequency in ((20, 250), (35, 4000)):
        columns = found[number].sum(axis=0)
        place = (np.argmax(columns) - 0.08 * 320) / (0.84 * 320) * 20
        assert edges[int(place)] <= frequency <= edges[int(place) + 1]
        assert columns.max() > 40
    assert found[5].sum(axis=0).max() < 6


@pytest.mark.parametrize("kind", ["bars", "wave", "ring"])
def test_every_kind_moves_with_the_sound(sung, tmp_path, kind):
    amounts = [one.sum() for one in lit(run(sung, tmp_path, kind=kind).video)]

    loud = np.mean(amounts[18:30])
    assert loud > 1.2 * np.mean(amounts[:8])


def test_the_film_is_as_long_as_the_sound_which_stays_in_step(sung, tmp_path):
    result = run(sung, tmp_path)

    assert result.seconds == 2.0
    assert result.frames == 50
    assert 0.5 <= result.loudest < 1.5
    found = samples.read(result.video, sample_rate=RATE, channels=1).samples[0]
    onset = np.argmax(np.abs(found) > 0.2)
    assert abs(int(onset) - RATE // 2) < 240
    assert float(probe.with_audio(result.video).audio[0].duration) == pytest.approx(2.0, abs=0.03)


def test_progress_grows_evenly(sung, tmp_path):
    result = run(sung, tmp_path)

    widths = []
    for frame in frames.stream(result.video):
        row = frame.rgb[-2].astype(int)
        widths.append(int(((row[:, 0] > 170) & (row[:, 1] > 130)).sum()))
    assert widths == pytest.approx([320 * number / 50 for number in range(50)], abs=4)


def test_the_cover_fills_the_frame_and_stands_as_a_card(sung, tmp_path):
    cover = images.save(np.full((200, 300, 3), (30, 60, 220), np.uint8), tmp_path / "cover.png")

    result = run(sung, tmp_path, cover=cover, title="A title", subtitle="and more")

    rgb = next(iter(frames.stream(result.video))).rgb.astype(int)
    assert np.abs(rgb[50:60, 155:165] - (30, 60, 220)).mean() < 8
    assert np.abs(rgb[5:20, 5:40] - np.array((30, 60, 220)) * 0.42).mean() < 8
    assert (rgb[90:150].min(axis=2) > 180).sum() > 60


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (200, 200)], ids=str)
@pytest.mark.parametrize("kind", ["bars", "ring"])
def test_title_bars_and_card_do_not_lie_over_each_other(sung, tmp_path, size, kind):
    cover = images.save(np.full((100, 100, 3), (30, 60, 220), np.uint8), tmp_path / "cover.png")
    given = {"width": size[0], "height": size[1], "kind": kind, "cover": cover}

    plain = list(frames.stream(run(sung, tmp_path / "a", **given).video))[20].rgb.astype(int)
    titled = run(sung, tmp_path / "b", **given, title="Words", text_colour="#00FF00")
    rgb = list(frames.stream(titled.video))[20].rgb.astype(int)

    words = (rgb[..., 1] > 180) & (rgb[..., 0] < 100)
    assert words.sum() > 30
    under = plain[words]
    assert not ((under[:, 0] > 170) & (under[:, 1] > 130)).any() or kind == "bars"
    bars = (rgb[:-4, :, 0] > 170) & (rgb[:-4, :, 1] > 130)
    rows = np.flatnonzero(words.any(axis=1))
    assert not bars[rows[0] : rows[-1] + 1].any()


def test_a_film_without_sound_is_refused(make_video, tmp_path):
    with pytest.raises(NoAudio):
        run(str(make_video([("scene", 0.4)]).path), tmp_path)
