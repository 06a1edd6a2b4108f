"""`audio.quality` on voices with planted faults, and on the graded clips where they are at hand."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import ModelNotInstalled, NoAudio
from reelwright.media import making
from reelwright.media.wav import WavWriter
from reelwright.models.hub import Hub
from reelwright.operators import Context
from reelwright.operators.audio.quality import QualityParams, quality

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[4] / "shared" / "data"))
needs_data = pytest.mark.skipif(not (DATA / "quality").is_dir(), reason=f"no graded clips in {DATA}")
RATE = 24_000
NAMES = ("mos", "discontinuity", "coloration", "noisiness", "loudness_score")


@pytest.fixture
def judged(tmp_path):
    """`judged(sound, rate=…, models=…)`: the result for float32 [n] or [channels, n]."""

    def judge(sound, rate=RATE, engine="auto", **context):
        path = tmp_path / "in.wav"
        planes = np.atleast_2d(np.asarray(sound, np.float32))
        with WavWriter(path, rate, len(planes), sample_format="float32") as out:
            out.write(planes)
        return quality(QualityParams(audio=str(path), engine=engine), Context.local(out=tmp_path / "out", **context))

    return judge


@pytest.fixture
def hub(tmp_path):
    hub = Hub(tmp_path / "models")
    hub.add("dnsmos_sig_bak_ovr", DATA / "models/dnsmos_sig_bak_ovr.onnx")
    return hub


def voice(seconds=8.0, snr_db=45, **given):
    made = making.speech(seconds, rate=RATE, snr_db=snr_db, **given)
    # Made speech ends at 7 kHz; a breath of noise in it fills the band as real consonants do.
    breath = np.random.default_rng(9).normal(0, 0.02, len(made.clean)) * np.abs(made.clean)
    return (0.5 * (made.clean + breath + made.noise)).astype(np.float32)


def torn(sound, every, milliseconds=20):
    holes = sound.copy()
    for start in range(0, len(sound), round(every * RATE)):
        holes[start : start + RATE * milliseconds // 1000] = 0
    return holes


def dull(sound, hertz):
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / RATE) > hertz] *= 0.001
    return np.fft.irfft(spectrum, len(sound)).astype(np.float32)


FAULTS = {
    "noisiness": [lambda: voice(snr_db=25), lambda: voice(snr_db=12), lambda: voice(snr_db=2)],
    "coloration": [lambda: dull(voice(), 4000), lambda: dull(voice(), 2000), lambda: dull(voice(), 1000)],
    "coloration by clipping": [lambda: np.clip(4 * voice(), -0.4, 0.4), lambda: np.clip(15 * voice(), -0.4, 0.4)],
    "discontinuity": [lambda: torn(voice(), 0.4), lambda: torn(voice(), 0.1)],
    "loudness_score": [lambda: 0.1 * voice(), lambda: 0.01 * voice()],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_growing_fault_lowers_its_own_score_and_the_whole_and_hardly_the_others(judged, fault):
    name = fault.partition(" ")[0]
    found = [judged(sound).channels[0] for sound in (voice(), *(make() for make in FAULTS[fault]))]
    own = [getattr(one, name) for one in found]

    assert {one.tag for one in found} == {"valid"}
    assert own == sorted(own, reverse=True)
    assert own[0] - own[-1] > 1
    assert [one.mos for one in found] == sorted((one.mos for one in found), reverse=True)
    for other in {"noisiness", "coloration", "discontinuity"} - {name}:
        assert abs(getattr(found[-1], other) - getattr(found[0], other)) < 0.4 * (own[0] - own[-1]), other


def test_ratios_tell_of_their_faults(judged):
    clean, holes, clipped = (
        judged(one).channels[0] for one in (voice(), torn(voice(), 0.1), np.clip(8 * voice(), -0.4, 0.4))
    )

    assert clean.bad_mute_ratio < 0.005
    assert clean.saturated_ratio < 0.002
    assert 0.1 < holes.bad_mute_ratio < 0.25  # a fifth was cut out
    assert holes.measures.drop_outs > 20
    assert clipped.saturated_ratio > 0.05
    assert 0.5 < clean.speech_ratio < 0.95
    assert not clean.double_talk_known


def test_the_worst_stretch_is_where_the_fault_is(judged):
    sound = voice(16.0)
    sound[9 * RATE : 13 * RATE] = torn(sound[9 * RATE : 13 * RATE], 0.1)
    found = judged(sound).channels[0]

    assert found.worst_discontinuity < found.discontinuity - 0.5
    assert found.worst_mos < found.mos
    assert found.worst_noisiness > found.noisiness - 1


@pytest.mark.parametrize(
    ("sound", "tag"),
    [
        pytest.param(lambda: voice(4.0), "valid", id="valid"),
        pytest.param(lambda: voice(1.9), "too_short", id="too-short"),
        pytest.param(lambda: np.zeros(5 * RATE), "mute", id="mute"),
        pytest.param(lambda: 1e-5 * voice(), "mute", id="all-but-mute"),
        pytest.param(lambda: making.noise(5.0, rate=RATE), "little_speech", id="noise"),
        pytest.param(lambda: np.append(voice(3.0)[: RATE // 2], np.zeros(4 * RATE)), "little_speech", id="one-word"),
        pytest.param(lambda: np.zeros(1), "too_short", id="one-sample"),
    ],
)
def test_the_tag_says_why_there_are_no_scores(judged, sound, tag):
    found = judged(sound()).channels[0]

    assert found.tag == tag
    if tag != "valid":
        assert {getattr(found, name) for name in NAMES} == {0.0}
        assert {getattr(found, f"worst_{name}") for name in NAMES[:4]} == {0.0}
    if tag == "mute":
        assert found.loudness == -90.0


def test_each_channel_is_judged_by_itself(judged):
    result = judged(np.stack([voice(), voice(snr_db=5), np.zeros(len(voice()))]))
    clean, noisy, mute = result.channels

    assert [one.channel for one in result.channels] == [1, 2, 3]
    assert clean.noisiness > noisy.noisiness + 1
    assert mute.tag == "mute"


def test_double_talk_is_speech_over_other_speech(judged):
    one, other = voice(seed=1), voice(seed=2, pitch=210.0)
    half = other.copy()
    half[len(half) // 2 :] = 0
    both, turns, dual = (judged(np.stack(pair)).channels[0] for pair in ((one, other), (one, half), (one, 0.8 * one)))

    assert both.double_talk_known
    assert both.double_talk_ratio > 0.5
    assert 0.2 < turns.double_talk_ratio < 0.6
    assert dual.double_talk_ratio == 0.0


def test_the_sound_of_a_video_is_judged(make_video, tmp_path):
    clip = make_video([("scene", 3)], sound=True)

    assert quality(QualityParams(audio=str(clip.path))).channels[0].tag == "valid"
    with pytest.raises(NoAudio):
        quality(QualityParams(audio=str(make_video([("scene", 1)]).path)))


def test_the_model_must_be_installed_to_be_asked_for(judged):
    with pytest.raises(ModelNotInstalled, match="models pull dnsmos_sig_bak_ovr"):
        judged(voice(3.0), engine="dnsmos")


def series():
    """The graded clips of the data: dimension -> names from best to worst."""
    index = json.loads((DATA / "quality/lj3.json").read_text())
    kinds = {one["dimension"] for one in index.values() if one["order"]}
    return {
        kind: [
            "lj3_clean.wav",
            *sorted((n for n in index if index[n]["dimension"] == kind), key=lambda n: index[n]["order"]),
        ]
        for kind in kinds
    }


@needs_data
@pytest.mark.parametrize(
    ("engine", "kinds"),
    [
        pytest.param("measures", set(), id="measures"),
        pytest.param("dnsmos", {"coloration: clipping"}, id="dnsmos"),  # the benchmark has all: this model is slow
    ],
)
def test_the_graded_series_keep_their_order(hub, engine, kinds):
    for kind, names in series().items():
        if kinds and kind not in kinds:
            continue
        name = {"loudness": "loudness_score"}.get(kind.partition(":")[0], kind.partition(":")[0])
        paths = [str(DATA / "quality" / one) for one in names]
        found = [
            quality(QualityParams(audio=one, engine=engine), Context.local(models=hub)).channels[0] for one in paths
        ]
        assert (own := [getattr(one, name) for one in found]) == sorted(own, reverse=True), kind
        assert (mos := [one.mos for one in found]) == sorted(mos, reverse=True), kind


@needs_data
def test_with_the_weights_the_model_is_taken_and_named(judged, hub):
    result = judged(voice(10.5), models=hub)

    assert result.engine == "dnsmos"
    assert result.channels[0].mos != judged(voice(10.5), engine="measures").channels[0].mos
    provider = quality.provider(QualityParams(audio="x"), hub)
    assert (provider.tier, list(provider.models)) == ("model", ["dnsmos_sig_bak_ovr"])
