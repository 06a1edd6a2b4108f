"""`audio.denoise` on planted noise: it goes, the voice stays to the sample, and the form of the file is kept."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import Cancelled, EmptyFile, ModelNotInstalled, NoAudio, NotMedia
from reelwright.media import making, probe, samples
from reelwright.media.wav import WavWriter
from reelwright.models.hub import Hub
from reelwright.models.port import NoModels
from reelwright.operators import Context
from reelwright.operators.audio.denoise import DenoiseParams, choose, denoise
from reelwright.operators.context import Silent

WEIGHTS = {"gtcrn": ("gtcrn_simple",), "dtln": ("dtln_model_1", "dtln_model_2")}


def si_sdr(clean: np.ndarray, found: np.ndarray) -> float:
    target = (clean @ found) / (clean @ clean) * clean
    return float(10 * np.log10((target @ target) / ((found - target) @ (found - target))))


def lag(expected: np.ndarray, found: np.ndarray) -> int:
    size = 1 << (2 * len(expected)).bit_length()
    product = np.fft.irfft(np.fft.rfft(found, size) * np.fft.rfft(expected, size).conj(), size)
    at = int(np.argmax(product))
    return at if at < size // 2 else at - size


def wav(path: Path, sound: np.ndarray, rate: int, **given) -> str:
    with WavWriter(path, rate, len(np.atleast_2d(sound)), **given) as out:
        out.write(np.atleast_2d(sound))
    return str(path)


@pytest.fixture(scope="module")
def hub(tmp_path_factory) -> Hub:
    folder = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[4] / "shared/data")) / "models"
    if not folder.is_dir():
        pytest.skip(f"no weights in {folder}")
    hub = Hub(tmp_path_factory.mktemp("models"))
    for name in (*WEIGHTS["gtcrn"], *WEIGHTS["dtln"]):
        hub.add(name, folder / f"{name}.onnx")
    return hub


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_noise_goes_and_the_voice_stays_in_place(tmp_path, rate):
    spoken = making.speech(4.0, rate=rate, snr_db=5.0, seed=3)
    found = denoise(DenoiseParams(audio=wav(tmp_path / "a.wav", spoken.noisy, rate)))
    sound = samples.read(found.audio)

    assert (sound.rate, sound.samples.shape) == (rate, (1, len(spoken.noisy)))
    assert lag(spoken.clean, sound.samples[0]) == 0
    assert si_sdr(spoken.clean, sound.samples[0]) > si_sdr(spoken.clean, spoken.noisy) + 3
    assert found.after.noise < found.before.noise - 10
    assert found.after.snr > found.before.snr + 5
    assert (found.sample_rate, found.channels, found.engine) == (rate, 1, "rnnoise")
    assert found.seconds == len(spoken.noisy) / rate


@pytest.mark.parametrize("engine", ["gtcrn", "dtln"])
@pytest.mark.parametrize("rate", [16000, 48000])
def test_an_installed_model_cleans_in_place(tmp_path, hub, engine, rate):
    spoken = making.speech(3.0, rate=rate, snr_db=5.0, seed=3)
    audio = wav(tmp_path / "a.wav", spoken.noisy, rate)
    found = denoise(DenoiseParams(audio=audio, engine=engine), Context.local(models=hub))
    sound = samples.read(found.audio).samples

    assert found.engine == engine
    assert sound.shape == (1, len(spoken.noisy))
    assert lag(spoken.clean, sound[0]) == 0
    assert si_sdr(spoken.clean, sound[0]) > si_sdr(spoken.clean, spoken.noisy) + 3


def test_the_best_installed_engine_is_chosen_and_named_with_its_digest(hub):
    builtin = choose(DenoiseParams(audio="a.wav"), NoModels())
    model = choose(DenoiseParams(audio="a.wav"), hub)
    asked = choose(DenoiseParams(audio="a.wav", engine="dtln"), hub)

    assert (builtin.name, builtin.tier, dict(builtin.models)) == ("rnnoise", "builtin", {})
    assert (model.name, model.tier, set(model.models)) == ("gtcrn", "model", set(WEIGHTS["gtcrn"]))
    assert (asked.name, set(asked.models)) == ("dtln", set(WEIGHTS["dtln"]))
    assert all(len(one) == 64 for one in asked.models.values())
    assert choose(DenoiseParams(audio="a.wav", engine="rnnoise"), hub).tier == "builtin"


@pytest.mark.parametrize("engine", ["gtcrn", "dtln"])
def test_an_engine_that_is_not_installed_names_the_mend(tmp_path, engine):
    audio = wav(tmp_path / "a.wav", np.zeros(1600, np.float32), 16000)
    with pytest.raises(ModelNotInstalled, match=f"reelwright models pull {WEIGHTS[engine][0]}"):
        denoise(DenoiseParams(audio=audio, engine=engine))


@pytest.mark.parametrize(("strength", "quieter"), [(0.0, 0.0), (0.1, 6.0), (0.2, 12.0)], ids=["none", "6-dB", "12-dB"])
def test_strength_bounds_the_attenuation(tmp_path, strength, quieter):
    noise = making.noise(3.0, rate=48000)
    audio = wav(tmp_path / "a.wav", noise, 48000, sample_format="float32")
    found = samples.read(denoise(DenoiseParams(audio=audio, strength=strength)).audio).samples[0]

    # Once RNNoise has heard half a second it takes such noise down by 50 dB, so the bound is what shows.
    late = slice(48000, None)
    assert 20 * np.log10(np.std(noise[late]) / np.std(found[late])) == pytest.approx(quieter, abs=0.5)
    if not strength:
        assert np.array_equal(found, noise)


def test_stereo_keeps_its_image(tmp_path):
    spoken = making.speech(4.0, rate=48000, snr_db=10.0)
    other = making.noise(4.0, rate=48000, seed=5) * np.float32(np.std(spoken.noise) / 0.1)
    sound = np.stack([spoken.clean + spoken.noise, 0.5 * spoken.clean + other])
    found = samples.read(denoise(DenoiseParams(audio=wav(tmp_path / "a.wav", sound, 48000))).audio).samples

    assert found.shape == sound.shape
    assert np.std(found[1]) / np.std(found[0]) == pytest.approx(0.5, rel=0.06)
    assert lag(found[0], found[1]) == 0


def test_two_equal_channels_stay_equal_and_are_cleaned_as_one(tmp_path):
    spoken = making.speech(2.0, rate=48000)
    one = denoise(DenoiseParams(audio=wav(tmp_path / "a.wav", spoken.noisy, 48000)))
    two = denoise(DenoiseParams(audio=wav(tmp_path / "b.wav", np.tile(spoken.noisy, (2, 1)), 48000)))
    mono, stereo = samples.read(one.audio).samples, samples.read(two.audio).samples

    assert two.channels == 2
    assert np.array_equal(stereo, np.tile(mono, (2, 1)))


@pytest.mark.parametrize("sample_format", ["pcm16", "pcm24", "pcm32", "float32"])
def test_the_sample_format_is_the_source_s(tmp_path, sample_format):
    sound = making.speech(1.0, rate=16000).noisy
    found = denoise(DenoiseParams(audio=wav(tmp_path / "a.wav", sound, 16000, sample_format=sample_format)))

    codec = {"pcm16": "pcm_s16le", "pcm24": "pcm_s24le", "pcm32": "pcm_s32le", "float32": "pcm_f32le"}
    assert probe.probe(found.audio).audio[0].codec == codec[sample_format]


def test_the_sample_format_can_be_chosen(tmp_path):
    audio = wav(tmp_path / "a.wav", making.speech(1.0).noisy, 16000)
    found = denoise(DenoiseParams(audio=audio, format="float32"))

    assert probe.probe(found.audio).audio[0].codec == "pcm_f32le"


def test_the_sound_of_a_video_is_cleaned(make_video):
    video = make_video(sound=True)
    found = denoise(DenoiseParams(audio=str(video.path)))

    assert probe.probe(found.audio).video is None
    assert samples.read(found.audio).samples.shape == samples.read(video.path).samples.shape


@pytest.mark.parametrize("channels", [1, 2])
def test_silence_stays_silence(tmp_path, channels):
    audio = wav(tmp_path / "a.wav", np.zeros((channels, 48000), np.float32), 48000)
    found = denoise(DenoiseParams(audio=audio))

    assert not samples.read(found.audio).samples.any()
    assert (found.before, found.after.peak) == (found.after, 0.0)


@pytest.mark.parametrize("length", [1, 7, 79, 480])
@pytest.mark.parametrize("rate", [16000, 48000])
def test_a_moment_of_sound_keeps_its_length(tmp_path, length, rate):
    sound = np.random.default_rng(1).normal(0, 0.1, length).astype(np.float32)
    found = denoise(DenoiseParams(audio=wav(tmp_path / "a.wav", sound, rate)))

    assert samples.read(found.audio).samples.shape == (1, length)


def test_what_is_no_number_does_not_spread(tmp_path):
    spoken = making.speech(2.0, rate=16000)
    sound = spoken.noisy.copy()
    sound[5000:5010], sound[6000] = np.nan, np.inf
    found = denoise(DenoiseParams(audio=wav(tmp_path / "a.wav", sound, 16000, sample_format="float32")))

    assert np.isfinite(samples.read(found.audio).samples).all()
    assert si_sdr(spoken.clean, samples.read(found.audio).samples[0]) > 5


def test_loud_speech_is_not_clipped(tmp_path):
    spoken = making.speech(3.0, rate=48000, snr_db=15.0)
    sound = spoken.noisy / np.abs(spoken.noisy).max()
    found = denoise(DenoiseParams(audio=wav(tmp_path / "a.wav", sound * np.float32(0.9999), 48000)))

    assert found.after.clipped <= found.before.clipped
    assert found.after.peak < 1


@pytest.mark.parametrize(
    ("name", "error"),
    [("empty", EmptyFile), ("not_media", NotMedia)],
)
def test_what_is_no_sound_is_refused(broken_files, name, error):
    with pytest.raises(error):
        denoise(DenoiseParams(audio=str(broken_files[name])))


def test_a_video_without_sound_is_refused(make_video):
    with pytest.raises(NoAudio):
        denoise(DenoiseParams(audio=str(make_video(sound=False).path)))


class Watching(Silent):
    def __init__(self, cancel_after: int = 1 << 30) -> None:
        self.told: list[tuple[float, float | None, str]] = []
        self.seconds = 0.0
        self._left = cancel_after

    def progress(self, percent: float, phase: str, done: float, total: float | None, unit: str) -> None:
        self.told.append((done, total, unit))

    def media(self, seconds: float) -> None:
        self.seconds += seconds

    def check(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Cancelled("stop")


def test_progress_is_seconds_of_sound(tmp_path):
    watching = Watching()
    denoise(
        DenoiseParams(audio=wav(tmp_path / "a.wav", making.speech(3.0).noisy, 16000)), Context.local(reporter=watching)
    )

    assert watching.told[-1] == (3.0, 3.0, "s")
    assert [one[0] for one in watching.told] == sorted(one[0] for one in watching.told)
    assert watching.seconds == 3.0


def test_a_cancelled_run_leaves_no_output(tmp_path):
    context = Context.local(reporter=Watching(cancel_after=2), out=tmp_path / "out")
    with pytest.raises(Cancelled):
        denoise(DenoiseParams(audio=wav(tmp_path / "a.wav", making.speech(5.0).noisy, 16000)), context)

    assert list((tmp_path / "out").iterdir()) == []


def test_the_schema_loads_no_codec():
    code = (
        "import sys; from reelwright.operators.registry import load; load('audio.denoise').params.model_json_schema();"
        "print([one for one in ('av', 'soxr', 'onnxruntime', 'pyrnnoise', 'scipy') if one in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"


def test_the_running_operator_drags_in_no_plotting(tmp_path):
    audio = wav(tmp_path / "a.wav", making.speech(1.0).noisy, 16000)
    code = (
        "import sys; from reelwright.operators.audio.denoise import *; denoise(DenoiseParams(audio=sys.argv[1]));"
        "print([one for one in ('pyrnnoise', 'audiolab', 'matplotlib', 'scipy') if one in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code, audio], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"
