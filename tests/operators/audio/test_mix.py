"""`audio.mix` on sounds whose every sample is known."""

import numpy as np
import pytest

from reelwright.errors import InvalidParameter, NoAudio
from reelwright.kernels import limiting, loudness
from reelwright.media import making, samples
from reelwright.media.wav import WavWriter
from reelwright.operators import Context
from reelwright.operators.audio.mix import MixParams, mix

PLAIN = {"normalize": False, "true_peak": 0.0, "level": 0.0, "ducking": "off", "format": "float32"}


def write(path, sound, rate):
    with WavWriter(path, rate, len(sound), sample_format="float32") as out:
        out.write(np.asarray(sound, np.float32))
    return str(path)


@pytest.fixture
def mixed(tmp_path):
    """`mixed(main, track, rate=…, other_rate=…, **params)`: (result, samples of the mix)."""

    def make(main, track, *, rate=16000, other_rate=None, **given):
        params = MixParams(
            audio=write(tmp_path / "main.wav", main, rate),
            track=write(tmp_path / "track.wav", track, other_rate or rate),
            **given,
        )
        result = mix(params, Context.local(out=tmp_path / "out", phases=mix.phases))
        return result, samples.read(result.audio).samples

    return make


def clicks(length, *places, channels=1):
    sound = np.zeros((channels, length), np.float32)
    sound[:, list(places)] = 0.5
    return sound


@pytest.mark.parametrize("start", [0, 1, 4000, 4001, 70_000])
def test_clicks_land_on_their_sample(mixed, start):
    result, found = mixed(clicks(90_000, 100), clicks(9000, 0, 7, 8999), start=start / 16000, **PLAIN)

    assert result.track_start == start
    assert np.flatnonzero(np.abs(found[0]) > 0.4).tolist() == sorted({100, start, start + 7, start + 8999})
    assert found[0, start] == 0.5


def test_a_click_lands_on_its_sample_through_another_rate(mixed):
    _, found = mixed(clicks(48_000, 5), clicks(44_100, 22_050), rate=48_000, other_rate=44_100, start=0.25, **PLAIN)

    assert int(np.abs(found[0, 100:]).argmax()) + 100 == 12_000 + 24_000


@pytest.mark.parametrize(
    ("length", "start", "seconds"),
    [
        pytest.param("first", 0.5, 2.0, id="first"),
        pytest.param("longest", 0.5, 3.5, id="longest"),
        pytest.param("longest", 0.0, 3.0, id="longest-from-the-start"),
        pytest.param("shortest", 0.0, 2.0, id="shortest-is-the-main"),
    ],
)
def test_the_length(mixed, length, start, seconds):
    result, found = mixed(clicks(32_000, 1), clicks(48_000, 1), length=length, start=start, **PLAIN)

    assert found.shape[1] == round(seconds * 16_000)
    assert result.seconds == seconds


def test_the_shortest_ends_with_the_track(mixed):
    assert mixed(clicks(32_000, 1), clicks(8_000, 1), length="shortest", start=0.5, **PLAIN)[0].seconds == 1.0


def test_a_track_that_would_begin_after_the_end_is_refused(mixed):
    with pytest.raises(InvalidParameter, match="begin at 3 s, but the mix ends at 2 s") as caught:
        mixed(clicks(32_000, 1), clicks(8_000, 1), start=3.0)
    assert caught.value.field == "start"


def test_the_plain_sum_is_exact(mixed):
    random = np.random.default_rng(0)
    main, track = (random.uniform(-0.3, 0.3, (2, 20_000)).astype(np.float32) for _ in range(2))
    _, found = mixed(main, track, **{**PLAIN, "level": -6.0})

    assert np.allclose(found, main + np.float32(10 ** (-6 / 20)) * track, atol=1e-6)


def test_fades(mixed):
    _, found = mixed(np.zeros((1, 32_000)), np.full((1, 32_000), 0.5), fade_in=0.5, fade_out=1.0, **PLAIN)

    assert found[0, 0] < 0.001
    assert found[0, 4000] == pytest.approx(0.5 * np.sin(np.pi / 4), abs=1e-3)
    assert found[0, 8000:16_000] == pytest.approx(0.5)
    assert found[0, 24_000] == pytest.approx(0.5 * np.sin(np.pi / 4), abs=1e-3)
    assert found[0, -1] < 0.001


SONG = making.song(form=("verse",), bars=2, rate=32_000)
TALK = making.speech(5.0, rate=32_000, snr_db=40)


@pytest.mark.parametrize("target", [-30.0, -23.0, -16.0, -11.0])
@pytest.mark.parametrize(
    ("main", "track"),
    [
        pytest.param(TALK.noisy[None], SONG.mix, id="talk"),
        pytest.param(SONG.mix, TALK.noisy[None], id="song"),
        pytest.param(0.01 * TALK.noisy[None], 0.9 * SONG.mix, id="faint"),
    ],
)
def test_loudness_and_true_peak_are_met(mixed, main, track, target):
    result, found = mixed(main, track, rate=32_000, loudness=target)
    meter, peaks = loudness.Meter(32_000, [1.0] * len(found)), limiting.PeakMeter(32_000, len(found))
    meter.push(found)
    peaks.push(found)

    assert meter.integrated() == pytest.approx(target, abs=0.2)
    assert limiting.decibels(peaks.peak()) <= -1.0
    assert result.loudness == pytest.approx(meter.integrated(), abs=0.01)
    assert result.true_peak == pytest.approx(limiting.decibels(peaks.peak()), abs=0.01)


def test_a_loud_target_is_met_though_the_limiter_takes_most_of_the_gain(mixed):
    talk = making.speech(6.0, rate=16000, snr_db=60).clean[None]

    result, _ = mixed(talk, np.zeros((1, 32_000)), loudness=-12.0)

    assert result.limited > 4
    assert result.loudness == pytest.approx(-12.0, abs=0.1)
    assert result.true_peak <= -1.0


def test_a_target_out_of_reach_is_not_chased_without_end(mixed):
    sound = clicks(96_000, *range(500, 96_000, 8000)) + np.random.default_rng(2).normal(0, 1e-5, (1, 96_000))

    result, _ = mixed(sound, np.zeros((1, 32_000)), loudness=-10.0)

    assert result.loudness < -10.5
    assert result.limited < 60
    assert result.true_peak <= -1.0


def test_the_track_goes_down_under_talk_and_only_there(mixed):
    main = np.zeros((1, 9 * 32_000), np.float32)
    main[0, 3 * 32_000 : 8 * 32_000] = TALK.noisy
    track = np.tile(0.1 * making.noise(9.0, rate=32_000), (1, 1))
    given = {**PLAIN, "ducking": "auto", "depth": 15.0}
    result, ducked = mixed(main, track, rate=32_000, **given)
    gain = (ducked - main)[0] / np.where(track[0] == 0, 1, track[0])
    spoken = slice(round((3 + TALK.phrases[0][0]) * 32_000), round((3 + TALK.phrases[-1][1]) * 32_000))

    assert np.median(gain[spoken]) == pytest.approx(10 ** (-15 / 20), rel=0.02)
    assert np.median(gain[: 2 * 32_000]) == pytest.approx(1.0, rel=0.01)
    assert 0.4 < result.ducked < 0.8


def test_a_song_is_not_taken_for_talk(mixed):
    result, _ = mixed(SONG.mix, TALK.noisy[None], rate=32_000)

    assert result.ducked == 0.0


def test_the_track_is_brought_to_the_main_sounds_loudness(mixed):
    result, _ = mixed(TALK.noisy[None], 0.05 * SONG.mix, rate=32_000)

    assert result.track_level == pytest.approx(result.main_loudness - result.track_loudness)


def test_under_talk_the_voice_stays_far_above_the_music(mixed):
    main, track = TALK.noisy[None], SONG.mix[:, : TALK.noisy.size].mean(axis=0, keepdims=True)
    _, found = mixed(main, track, rate=32_000, format="float32")
    size = track.shape[1]
    parts = np.stack([main[0, :size], track[0]]).astype(np.float64)
    voice, music = np.linalg.lstsq(parts.T, found[0, :size].astype(np.float64), rcond=None)[0]
    powers = np.square([voice, music]) * np.mean(np.square(parts), axis=1)

    assert 10 * np.log10(powers[0] / powers[1]) > 9


@pytest.mark.parametrize(
    ("main", "track", "wanted"),
    [
        pytest.param(1, 1, 1, id="mono"),
        pytest.param(1, 2, 2, id="stereo-music-under-mono"),
        pytest.param(2, 1, 2, id="mono-into-stereo"),
        pytest.param(2, 6, 2, id="surround-into-stereo"),
        pytest.param(6, 2, 6, id="stereo-into-surround"),
    ],
)
def test_channels(mixed, main, track, wanted):
    result, found = mixed(clicks(16_000, 9, channels=main), clicks(16_000, 99, channels=track), **PLAIN)

    assert result.channels == len(found) == wanted
    assert np.abs(found[:2, [9, 99]]).min() > 0.4


@pytest.mark.parametrize("silent", ["main", "track", "both"])
def test_silence_is_mixed_without_a_fault(mixed, silent):
    quiet, loud = np.zeros((1, 16_000)), SONG.mix[:1, :16_000]
    result, found = mixed(quiet if silent in ("main", "both") else loud, quiet if silent in ("track", "both") else loud)

    assert np.isfinite(found).all()
    if silent == "both":
        assert result.loudness is None
        assert not found.any()
    else:
        assert result.loudness == pytest.approx(-16.0, abs=0.2)


@pytest.mark.parametrize("size", [1, 10, 300])
def test_very_short_sounds(mixed, size):
    assert mixed(np.full((1, size), 0.1), np.full((1, size), 0.1))[1].shape == (1, size)


def test_what_is_no_number_does_no_harm(mixed):
    main = np.full((1, 16_000), 0.1, np.float32)
    main[0, 50], main[0, 60] = np.nan, np.inf
    _, found = mixed(main, clicks(16_000, 100))

    assert np.isfinite(found).all()


def test_the_sound_of_videos_is_taken(make_video, tmp_path):
    video = make_video([("scene", 2)], sound=True)
    result = mix(MixParams(audio=str(video.path), track=str(video.path)), Context.local(out=tmp_path / "out"))

    assert result.seconds == pytest.approx(2.0, abs=0.05)
    assert result.loudness == pytest.approx(-16.0, abs=0.2)


def test_a_video_without_sound_says_so(make_video, tmp_path):
    silent = make_video([("scene", 1)])
    voice = write(tmp_path / "voice.wav", np.zeros((1, 100)), 16_000)

    for given in ({"audio": str(silent.path), "track": voice}, {"audio": voice, "track": str(silent.path)}):
        with pytest.raises(NoAudio, match=r"clip\.mp4 has no audio stream"):
            mix(MixParams(**given), Context.local(out=tmp_path / "out"))
