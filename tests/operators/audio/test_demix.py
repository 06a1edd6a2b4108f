"""`audio.demix` on songs whose stems are known: the parts are right, in place, and add up to the sample."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import Cancelled, EmptyFile, ModelNotInstalled, NoAudio, NotMedia
from reelwright.media import making, probe, samples
from reelwright.media.wav import WavWriter
from reelwright.models import demucs
from reelwright.models.port import BUILTIN, NoModels
from reelwright.operators import Context, files
from reelwright.operators.audio.demix import DemixParams, choose, demix, groups_of
from reelwright.operators.context import Silent


def si_sdr(wanted: np.ndarray, found: np.ndarray) -> float:
    wanted, found = wanted.ravel().astype(np.float64), found.ravel().astype(np.float64)
    target = (wanted @ found) / (wanted @ wanted) * wanted
    return float(10 * np.log10((target @ target) / ((found - target) @ (found - target))))


def wav(path: Path, sound: np.ndarray, rate: int, **given) -> str:
    with WavWriter(path, rate, len(np.atleast_2d(sound)), **given) as out:
        out.write(np.atleast_2d(sound))
    return str(path)


def parts(found) -> tuple[np.ndarray, np.ndarray]:
    return tuple(samples.read(path).samples for path in (found.vocals, found.accompaniment))


@pytest.fixture(scope="module")
def talked_over() -> tuple[np.ndarray, np.ndarray]:
    """Ten seconds of a made song without its singer, and speech of the same length over it: [2, n] at 22.05 kHz."""
    rate = 22050
    song = making.song(bpm=105, form=("verse", "chorus"), bars=2, rate=rate, seed=9)
    music = song.accompaniment[:, : 9 * rate]
    spoken = making.speech(9.0, rate=rate, pitch=180.0, seed=4).clean
    spoken = spoken * np.sqrt(np.mean(music**2) / np.mean(spoken**2))
    scale = 0.8 / np.abs(music + spoken).max()
    return (scale * np.stack([spoken, spoken])).astype(np.float32), (scale * music).astype(np.float32)


@pytest.mark.parametrize("kind", ["stereo", "mono", "mono-in-two", "left-only", "off-centre", "upside-down"])
def test_voice_and_accompaniment_come_apart(talked_over, tmp_path, kind):
    voice, music = talked_over
    turn = {
        "stereo": np.eye(2),
        "mono": np.array([[0.5, 0.5]]),
        "mono-in-two": np.full((2, 2), 0.5),
        "left-only": np.array([[0.5, 0.5], [0, 0]]),
        "off-centre": np.array([[1.0, 0], [0, 0.75]]),
        "upside-down": -np.eye(2),
    }[kind]
    voice, music = turn @ voice, turn @ music
    found = demix(DemixParams(audio=wav(tmp_path / "a.wav", (voice + music).astype(np.float32), 22050)))
    vocals, accompaniment = parts(found)

    assert si_sdr(voice, vocals) > si_sdr(voice, voice + music) + 5
    assert si_sdr(music, accompaniment) > si_sdr(music, voice + music) + 5
    assert found.method == "builtin"
    assert 0.3 < found.vocals_share < 0.7


@pytest.mark.parametrize(("gains", "degrees"), [((1.0, 1.0), 45.0), ((1.0, 0.75), 36.9)], ids=["centre", "left"])
def test_the_singer_is_found_where_he_stands(talked_over, tmp_path, gains, degrees):
    voice, music = talked_over
    mix = np.array(gains)[:, None] * (voice + music)
    found = demix(DemixParams(audio=wav(tmp_path / "a.wav", mix.astype(np.float32), 22050)))
    assert found.direction == pytest.approx(degrees, abs=1.0)
    assert found.width > 0.001


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
@pytest.mark.parametrize("kind", ["pcm16", "pcm24", "float32"])
def test_the_parts_add_up_to_the_input_sample_by_sample(tmp_path, rate, kind):
    song = making.song(bars=1, form=("chorus",), rate=rate).mix[:, : rate + 77]
    source = wav(tmp_path / "a.wav", song, rate, sample_format=kind)
    found = demix(DemixParams(audio=source))
    heard, (vocals, accompaniment) = samples.read(source).samples, parts(found)

    assert vocals.shape == accompaniment.shape == heard.shape == (2, rate + 77)
    about, before = probe.probe(found.vocals).audio[0], probe.probe(source).audio[0]
    assert (about.codec, about.sample_rate, about.channels) == (before.codec, rate, 2)
    most = 6e-8 if kind == "float32" else 0.0
    assert np.abs(vocals.astype(np.float64) + accompaniment - heard).max() <= most
    assert found.sum_error <= most
    assert (found.seconds, found.sample_rate, found.channels) == ((rate + 77) / rate, rate, 2)
    assert vocals.any()


def test_a_lossy_input_is_parted_on_the_grid_of_its_wavs(tmp_path):
    song = making.song(bars=1, form=("chorus",), rate=48000).mix
    found = demix(DemixParams(audio=str(making.write_sound(tmp_path / "a.m4a", song, 48000))))
    assert probe.probe(found.vocals).audio[0].codec == "pcm_s16le"
    assert 0 < found.sum_error <= 0.5001 / 32768


def test_below_the_bass_cut_the_accompaniment_has_it_all(tmp_path):
    at = np.arange(3 * 16000) / 16000
    hum = np.stack([0.5 * np.sin(2 * np.pi * 150 * at)] * 2).astype(np.float32)
    source = wav(tmp_path / "a.wav", hum, 16000)
    low, high = (demix(DemixParams(audio=source, bass_cut=cut)).vocals_share for cut in (300, 0))
    assert low < 1e-3
    assert high > 10 * low


@pytest.mark.parametrize("length", [1, 100, 3000, 12000])
def test_a_blink_of_sound_is_still_parted(tmp_path, length):
    sound = 0.2 * np.random.default_rng(1).standard_normal((2, length)).astype(np.float32)
    found = demix(DemixParams(audio=wav(tmp_path / "a.wav", sound, 44100)))
    assert parts(found)[0].shape == (2, length)
    assert found.sum_error == 0


def test_silence_stays_silence(tmp_path):
    found = demix(DemixParams(audio=wav(tmp_path / "a.wav", np.zeros((2, 40000), np.float32), 44100)))
    assert not any(part.any() for part in parts(found))
    assert (found.vocals_share, found.direction, found.width) == (0.0, 45.0, 0.0)


def test_what_is_no_number_spoils_nothing(tmp_path):
    sound = 0.1 * np.random.default_rng(1).standard_normal((2, 20000)).astype(np.float32)
    sound[0, 5000:5003] = (np.nan, np.inf, -np.inf)
    found = demix(DemixParams(audio=wav(tmp_path / "a.wav", sound, 44100, sample_format="float32")))
    assert all(np.isfinite(part).all() for part in parts(found))


def test_of_surround_sound_the_front_is_parted_and_the_rest_is_left(talked_over, tmp_path):
    voice, music = talked_over
    effects = 0.1 * np.random.default_rng(1).standard_normal((3, voice.shape[1]))
    sound = np.concatenate([music, voice[:1], effects]).astype(np.float32)
    found = demix(DemixParams(audio=wav(tmp_path / "a.wav", sound, 22050)))
    vocals, accompaniment = parts(found)

    assert found.channels == len(vocals) == 6
    assert si_sdr(voice[0], vocals[2]) > 10
    assert np.square(vocals[:2]).sum() < 0.3 * np.square(music).sum()
    assert not vocals[3:].any()
    assert found.sum_error == 0
    assert np.abs(accompaniment[3:] - effects).max() < 1 / 32768


def test_the_files_are_called_what_clients_fill_in_for_the_kind_of_result(tmp_path):
    sound = 0.1 * np.random.default_rng(1).standard_normal((2, 3000)).astype(np.float32)
    found = demix(DemixParams(audio=wav(tmp_path / "a.wav", sound, 44100)))
    told = [(path, Path(text).name) for path, _, text in files.fields(found)]
    assert told == [(("vocals",), "vocals.wav"), (("accompaniment",), "accompaniment.wav")]


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (("FC",), ((0,),)),
        (("FL", "FR"), ((0, 1),)),
        (("FL", "FR", "LFE"), ((0, 1),)),
        (("FL", "FR", "FC", "LFE", "BL", "BR"), ((0, 1), (2,))),
        (("UNK", "UNK", "UNK"), ((0, 1),)),
    ],
    ids=lambda one: "-".join(map(str, one)),
)
def test_the_channels_that_may_hold_a_voice(names, groups):
    assert groups_of(names) == groups


def test_the_sound_of_a_video_is_parted(make_video, tmp_path):
    clip = make_video([("scene", 2)], sound=True)
    found = demix(DemixParams(audio=str(clip.path)))
    assert found.seconds == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize(("name", "error"), [("empty", EmptyFile), ("not_media", NotMedia)])
def test_what_cannot_be_heard_is_refused(broken_files, name, error):
    with pytest.raises(error):
        demix(DemixParams(audio=str(broken_files[name])))


def test_a_silent_film_is_refused(make_video):
    with pytest.raises(NoAudio):
        demix(DemixParams(audio=str(make_video([("scene", 2)]).path)))


class Watched(Silent):
    def __init__(self, stop_at: float | None = None) -> None:
        self.seen: list[float] = []
        self.phases: list[str] = []
        self._stop_at = stop_at

    def progress(self, percent, phase, done, total, unit):
        self.seen.append(percent)

    def phase(self, name):
        self.phases.append(name)

    def check(self):
        if self._stop_at is not None and self.seen and self.seen[-1] >= self._stop_at:
            raise Cancelled("stop")


def test_progress_rises_to_the_end_over_both_phases(talked_over, tmp_path):
    watched = Watched()
    context = Context.local(reporter=watched, out=tmp_path / "out", phases=demix.phases)
    demix(DemixParams(audio=wav(tmp_path / "a.wav", sum(talked_over), 22050)), context)
    assert watched.seen == sorted(watched.seen)
    assert watched.seen[-1] == pytest.approx(100)
    assert watched.phases == ["listen", "separate"]


def test_a_cancelled_run_leaves_no_file(talked_over, tmp_path):
    context = Context.local(reporter=Watched(stop_at=10), out=tmp_path / "out", phases=demix.phases)
    with pytest.raises(Cancelled):
        demix(DemixParams(audio=wav(tmp_path / "a.wav", sum(talked_over), 22050)), context)
    assert not list((tmp_path / "out").iterdir())


def test_without_demucs_auto_is_built_in_and_asking_for_it_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(demucs, "PACKAGES", ("a_package_that_is_nowhere",))
    assert choose(DemixParams(audio="x"), NoModels()) == BUILTIN
    with pytest.raises(ModelNotInstalled, match="a_package_that_is_nowhere"):
        choose(DemixParams(audio="x", method="demucs"), NoModels())


def test_with_demucs_its_voice_is_written(monkeypatch, tmp_path):
    sound = 0.1 * np.random.default_rng(1).standard_normal((2, 30000)).astype(np.float32)
    source = wav(tmp_path / "a.wav", sound, 44100, sample_format="float32")
    monkeypatch.setattr(demucs, "PACKAGES", ("json",))
    monkeypatch.setattr(demucs, "is_installed", lambda models: True)
    monkeypatch.setattr(demucs, "separator", lambda *given: demucs.Windowed(lambda heard: 0.25 * heard, *given[1:]))

    class Digests(NoModels):
        def digest(self, name):
            return "d" * 64

    found = demix(DemixParams(audio=source), Context.local(models=Digests(), out=tmp_path / "out"))
    assert found.method == "demucs"
    assert choose(DemixParams(audio=source), Digests()).tier == "model"
    vocals, accompaniment = parts(found)
    np.testing.assert_allclose(vocals, 0.25 * sound, atol=1e-7)
    np.testing.assert_allclose(accompaniment, 0.75 * sound, atol=1e-7)


def test_the_schema_needs_no_codec():
    code = (
        "import sys, reelwright.operators.audio.demix;"
        "print({'av', 'scipy', 'torch', 'soxr', 'demucs'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
