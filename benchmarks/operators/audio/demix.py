"""`audio.demix`: how near voice and accompaniment come to their stems, and how fast, beside other ways without a model.

    python -m benchmarks.operators.audio.demix [--json FILE] [--data DIR]

Nearness is SI-SDR over both channels (J. Le Roux et al., "SDR – half-baked or well done?", 2019), so any shift in time
counts against it. Peers: REPET-SIM by librosa's recipe (`nn_filter`, soft masks), the harmonic part of librosa's HPSS,
the centre of the stereo picture alone, and as the upper bound the ideal ratio mask, which is made from the stems.

`watched` were looked at while the cues were chosen, but the weights (`tools/fit_vocal_mask.py`) were fitted to others.
`held out` decided nothing. `made` comes from the generator that some mixtures of the fit came from, with another seed.
demix_guitar has a guitar in the place of the voice, which `audio.demix` does not claim to find: it shows what
becomes of a band without a singer. The song `on_the_run` has no stems, but the times of its sung lines: there the
voice should be louder than between, and the accompaniment should not.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import librosa
import numpy as np
from numpy.typing import NDArray

from benchmarks.recording import Figure, record
from reelwright.media import making, samples
from reelwright.media.wav import WavWriter
from reelwright.operators.audio.demix import DemixParams, demix

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.audio.demix"
RATE = 44100
FRAME = 2048  # librosa's own
REACH_DB, REACH_SPEED = 3.0, 10.0
SPEED_SECONDS = 120
BESIDE_LINE = 1.0  # seconds around a sung line that are neither sung nor not

Stereo = NDArray[np.float32]
"""float32 [channels, n]"""
Method = Callable[["Clip"], Stereo]
"""The voice of a clip."""


@dataclass(frozen=True)
class Clip:
    name: str
    voice: Stereo
    rest: Stereo

    @property
    def mix(self) -> Stereo:
        return self.voice + self.rest


# ---- clips


def watched(data: Path) -> Iterator[Clip]:
    spoken = pair(data, "voice_over_music", "voice", "music")
    yield spoken
    yield mono(spoken)
    song = sound(data / "music/on_the_run.ogg")[:, RATE // 2 : 10 * RATE]
    voice = sound(data / "speech/en_LJ001-0003.wav")
    yield laid_over("LJ001-0003 on on_the_run 0 dB", voice, song, 0)
    yield laid_over("LJ001-0003 on on_the_run 5 dB", voice, song, 5)


def held_out(data: Path) -> Iterator[Clip]:
    yield pair(data, "demix_guitar", "guitar", "rest")
    band = sound(data / "music/demix_guitar_mix.flac")
    reader, other = sound(data / "speech/en_LJ001-0005.wav"), sound(data / "denoise/dns3_0016_clean.wav")
    yield laid_over("LJ001-0005 on demix_guitar 0 dB", reader, band, 0)
    yield laid_over("dns3_0016 on demix_guitar 5 dB", other, band[:, 10 * RATE :], 5)
    yield mono(laid_over("LJ001-0005 on demix_guitar 0 dB", reader, band, 0))


def made() -> Iterator[Clip]:
    song = making.song(bpm=120.0, seed=7, form=("verse", "chorus", "verse"))
    yield Clip("made song", song.stems["vocals"], song.accompaniment)
    yield mono(Clip("made song", song.stems["vocals"], song.accompaniment))


def pair(data: Path, name: str, voice: str, rest: str) -> Clip:
    return Clip(name, *(sound(data / f"music/{name}_{part}.flac") for part in (voice, rest)))


def mono(clip: Clip) -> Clip:
    return Clip(f"{clip.name}, mono", *(part.mean(axis=0, keepdims=True) for part in (clip.voice, clip.rest)))


def laid_over(name: str, voice: Stereo, music: Stereo, snr: float) -> Clip:
    """The voice in the centre, as long as the shorter of the two."""
    length = min(voice.shape[1], music.shape[1])
    voice, music = np.repeat(voice[:1, :length], 2, axis=0), music[:, :length]
    gain = np.sqrt(np.mean(music**2) / np.mean(voice**2) * 10 ** (snr / 10))
    scale = np.float32(0.9 / np.abs(gain * voice + music).max())
    return Clip(name, (scale * gain * voice).astype(np.float32), scale * music)


def sound(path: Path) -> Stereo:
    return samples.read(path, sample_rate=RATE).samples


# ---- methods


def ours(clip: Clip) -> Stereo:
    with tempfile.TemporaryDirectory() as folder:
        found = demix(DemixParams(audio=str(written(clip.mix, Path(folder) / "mix.wav")), method="builtin"))
        return samples.read(found.vocals).samples


def written(mix: Stereo, path: Path) -> Path:
    with WavWriter(path, RATE, len(mix), sample_format="float32") as out:
        out.write(mix)
    return path


def repet_sim(clip: Clip) -> Stereo:
    """librosa's example of vocal separation: a median of frames alike, and soft masks of what is left."""
    power = np.abs(librosa.stft(clip.mix.mean(axis=0)))
    alike = librosa.decompose.nn_filter(
        power, aggregate=np.median, metric="cosine", width=int(librosa.time_to_frames(2, sr=RATE))
    )
    alike = np.minimum(power, alike)
    return masked(clip, librosa.util.softmask(power - alike, 10 * alike, power=2))


def harmonic(clip: Clip) -> Stereo:
    spectra = librosa.stft(clip.mix.mean(axis=0))
    return masked(clip, librosa.decompose.hpss(np.abs(spectra), mask=True)[0])


def centre(clip: Clip) -> Stereo:
    """Of mid and side, what mid has more."""
    mid, side = (np.abs(librosa.stft(part)) ** 2 for part in (clip.mix.mean(axis=0), (clip.mix[0] - clip.mix[1]) / 2))
    middle = Clip("", *(np.repeat(part.mean(axis=0, keepdims=True), 2, axis=0) for part in (clip.voice, clip.rest)))
    return masked(middle, np.maximum(0, 1 - side / np.maximum(mid, 1e-12)) ** 2)


def ideal(clip: Clip) -> Stereo:
    """The ideal ratio mask of each channel."""
    voice, rest = (np.abs(librosa.stft(part)) ** 2 for part in (clip.voice, clip.rest))
    return masked(clip, voice / (voice + rest + 1e-12))


def masked(clip: Clip, mask: NDArray[np.float32]) -> Stereo:
    return librosa.istft(mask * librosa.stft(clip.mix), length=clip.mix.shape[1])


METHODS: dict[str, Method] = {
    "mixture": lambda clip: clip.mix,
    "ours": ours,
    "REPET-SIM": repet_sim,
    "HPSS": harmonic,
    "centre": centre,
    "ideal mask": ideal,
}


# ---- scores


def si_sdr(wanted: Stereo, found: Stereo) -> float:
    wanted, found = (one.ravel().astype(np.float64) for one in (wanted, found))
    target = (wanted @ found) / (wanted @ wanted) * wanted
    return float(10 * np.log10((target @ target) / ((found - target) @ (found - target))))


def scored(clips: Sequence[Clip], label: str) -> list[Figure]:
    figures = []
    for clip in clips:
        voices, rests = {}, {}
        for name, method in METHODS.items():
            if name == "centre" and len(clip.mix) == 1:
                continue  # mono is all centre
            voice = method(clip)
            voices[name] = si_sdr(clip.voice, voice)
            rests[name] = si_sdr(clip.rest, clip.mix if name == "mixture" else clip.mix - voice)
        for what, scores in (("voice", voices), ("accompaniment", rests)):
            beside = {name: round(value, 2) for name, value in scores.items() if name != "ours"}
            figures.append(Figure(f"{clip.name}: {what} SI-SDR", scores["ours"], "dB", beside=beside, note=label))
        if clip.name == "voice_over_music":
            gained = voices["ours"] - voices["REPET-SIM"]
            figures.append(Figure(f"{clip.name}: voice over REPET-SIM", gained, "dB", reach=REACH_DB, note=label))
    return figures


def by_sung_lines(data: Path, seconds: int = 60) -> list[Figure]:
    """By how much a part is louder in the sung lines than between them, in dB."""
    mix = sound(data / "music/on_the_run.ogg")[:, : seconds * RATE]
    clip = Clip("on_the_run", np.zeros_like(mix), mix)
    lines = json.loads((data / "music/on_the_run_structure.json").read_text())["lines"]
    at = np.arange(mix.shape[1]) / RATE
    is_sung, is_near = np.zeros(len(at), bool), np.zeros(len(at), bool)
    for line in lines:
        is_sung |= (at >= line["start"]) & (at < line["end"])
        is_near |= (at >= line["start"] - BESIDE_LINE) & (at < line["end"] + BESIDE_LINE)

    def louder(part: Stereo) -> float:
        power = np.mean(np.square(part, dtype=np.float64), axis=0)
        return float(10 * np.log10(power[is_sung].mean() / power[~is_near].mean()))

    voices = {"ours": ours(clip), "REPET-SIM": repet_sim(clip), "centre": centre(clip)}
    figures = []
    for what, higher in (("voice", True), ("accompaniment", False)):
        scores = {name: louder(voice if higher else mix - voice) for name, voice in voices.items()}
        beside = {"mixture": louder(mix), **{name: value for name, value in scores.items() if name != "ours"}}
        figures.append(
            Figure(f"on_the_run: {what} in sung lines", scores["ours"], "dB", higher=higher, beside=beside, note="sung")
        )
    return figures


def speeds(clip: Clip) -> list[Figure]:
    """Seconds of sound in a second of processor time of all threads; the second of two runs."""

    def speed(method: Method, seconds: int) -> float:
        long = Clip("", *(np.resize(part.T, (seconds * RATE, 2)).T for part in (clip.voice, clip.rest)))
        method(Clip("", long.voice[:, : 10 * RATE], long.rest[:, : 10 * RATE]))
        start = time.process_time()
        method(long)
        return seconds / (time.process_time() - start)

    peers = {"REPET-SIM": speed(repet_sim, SPEED_SECONDS)}
    value = speed(ours, SPEED_SECONDS)
    return [Figure("speed, 44.1 kHz stereo", value, "x real time", reach=REACH_SPEED, beside=peers)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared/data")
    given = parser.parse_args()
    if not given.data.is_dir():
        raise SystemExit(f"there is no music in {given.data}; name its folder with --data")
    clips = list(watched(given.data))
    found = scored(clips, "watched") + scored(list(held_out(given.data)), "held out") + scored(list(made()), "made")
    found += by_sung_lines(given.data) + speeds(clips[0])
    record("audio.demix", found, command=COMMAND, path=given.json)


if __name__ == "__main__":
    main()
