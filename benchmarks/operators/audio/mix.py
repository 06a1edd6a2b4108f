"""`audio.mix`: is the loudness met, do peaks stay below, does every sample lie in its place, and how fast.

    python -m benchmarks.operators.audio.mix [--json FILE] [--data DIR]

Loudness and true peak are measured by FFmpeg's ebur128, which the product does not use. The peer is the usual filter
chain: both resampled, the track delayed, amix, loudnorm in one pass (it has no second without measuring), 16 bits.
The pairs `chosen on` were mixed and measured while constants were chosen. Those `held out` were mixed only when all was
fixed, but some of their sounds were among those that the detector of talk was tried on.
"""

import argparse
import contextlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.recording import Figure, record
from reelwright.media import samples
from reelwright.media.wav import WavWriter
from reelwright.operators import Context
from reelwright.operators.audio.mix import MixParams, MixResult, mix

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.audio.mix"
TARGET, PEAK = -16.0, -1.0
CHUNK = 4096
TALK, MUSIC = "talk", "music"


@dataclass(frozen=True)
class Pair:
    main: str
    track: str
    kind: str
    """What the main sound is: talk is to be ducked under, music is not."""


CHOSEN_ON = (
    Pair("speech/en_jfk.flac", "music/vibe_ace.ogg", TALK),
    Pair("music/voice_over_music_voice.flac", "music/voice_over_music_music.flac", TALK),
    Pair("music/demix_guitar_rest.flac", "music/demix_guitar_guitar.flac", MUSIC),
    Pair("music/vibe_ace.ogg", "speech/en_LJ001-0001.wav", MUSIC),
)
HELD_OUT = (
    Pair("video/multishot.mp4", "music/demix_guitar_mix.flac", TALK),
    Pair("quality/visqol_CA01_01_ref.wav", "music/vibe_ace.ogg", TALK),
    Pair("speech/en_LJ001-0004.wav", "denoise/noise_other.wav", TALK),
    Pair("music/demix_guitar_mix.flac", "speech/en_librispeech_1995-1837-0001.wav", MUSIC),
)


# ---- FFmpeg's side


def filtered(paths: list[Path], chain: str, rate: int, layout: str = "stereo") -> tuple[np.ndarray, dict[str, str]]:
    """Run files (float WAV) through a filter graph of `[in0][in1]…[out]`: samples [channels, n], last metadata."""
    graph = av.filter.Graph()
    sounds = [samples.read(path, channels=1 if layout == "mono" else 2) for path in paths]
    inputs = [graph.add_abuffer(sample_rate=sound.rate, format="fltp", layout=layout) for sound in sounds]
    sink = graph.add("abuffersink")
    previous: list[Any] = [
        _through(graph, source, "aresample", f"{rate}", "aformat", f"sample_fmts=fltp:channel_layouts={layout}")
        for source in inputs
    ]
    for step in chain.split(","):
        name, _, options = step.partition("=")
        node = graph.add(name, options)
        for number, before in enumerate(previous):
            before.link_to(node, 0, number)
        previous = [node]
    previous[0].link_to(sink)
    graph.configure()
    for source, sound in zip(inputs, sounds, strict=True):
        for start in range(0, sound.samples.shape[1], CHUNK):
            part = np.ascontiguousarray(sound.samples[:, start : start + CHUNK])
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = sound.rate, start, Fraction(1, sound.rate)
            source.push(frame)
        source.push(None)
    parts, told = [], {}
    with contextlib.suppress(av.error.EOFError, av.error.BlockingIOError):
        while True:
            frame = sink.pull()
            told = dict(frame.metadata) or told
            parts.append(frame.to_ndarray())
    return np.concatenate(parts, axis=1), told


def _through(graph: Any, node: Any, *steps: str) -> Any:
    for name, options in zip(steps[::2], steps[1::2], strict=True):
        following = graph.add(name, options)
        node.link_to(following)
        node = following
    return node


def metered(path: Path) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP) by ebur128."""
    about = samples.probe.with_audio(path).audio[0]
    layout = "mono" if about.channels == 1 else "stereo"
    _, told = filtered([path], "ebur128=metadata=1:peak=true", about.sample_rate, layout)
    peaks = [float(value) for name, value in told.items() if name.startswith("lavfi.r128.true_peaks_ch")]
    return float(told["lavfi.r128.I"]), 20 * float(np.log10(max(peaks)))


def peer(main: Path, track: Path, out: Path) -> Path:
    rate = samples.probe.with_audio(main).audio[0].sample_rate
    level = f"loudnorm=I={TARGET}:TP={PEAK}:LRA=11"
    chain = f"amix=inputs=2:duration=first:normalize=0,{level},aresample={rate},aformat=sample_fmts=fltp"
    found, _ = filtered([main, track], chain, rate)
    with WavWriter(out, rate, 2) as writer:
        writer.write(np.asarray(found, np.float32))
    return out


# ---- figures


def ours(main: Path, track: Path, folder: Path, **given: Any) -> MixResult:
    return mix(MixParams(audio=str(main), track=str(track), **given), Context.local(out=folder))


def loudnesses(label: str, pairs: tuple[Pair, ...], data: Path, folder: Path) -> list[Figure]:
    errors, peaks, peer_errors, peer_peaks, right = [], [], [], [], []
    for number, pair in enumerate(pairs):
        main, track = data / pair.main, data / pair.track
        result = ours(main, track, folder / f"{label}-{number}")
        found = metered(Path(result.audio))
        other = metered(peer(main, track, folder / "peer.wav"))
        errors.append(abs(found[0] - TARGET))
        peaks.append(found[1])
        peer_errors.append(abs(other[0] - TARGET))
        peer_peaks.append(other[1])
        right.append((result.ducked > 0.1) == (pair.kind == TALK))
        print(
            f"  {pair.main} + {pair.track}: {found[0]:.2f} LUFS, {found[1]:.2f} dBTP, ducked {result.ducked:.2f}; "
            f"peer {other[0]:.2f} LUFS, {other[1]:.2f} dBTP",
            flush=True,
        )
    return [
        Figure(
            f"greatest loudness error, {label}",
            max(errors),
            "LU",
            reach=0.2,
            aim=0.1,
            higher=False,
            beside={"amix, loudnorm": max(peer_errors)},
        ),
        Figure(
            f"highest true peak, {label}",
            max(peaks),
            "dBTP",
            reach=PEAK,
            higher=False,
            beside={"amix, loudnorm": max(peer_peaks)},
        ),
        Figure(f"ducked under talk, and only under talk, {label}", float(np.mean(right)), reach=0.75, aim=1.0),
    ]


def placement(folder: Path) -> Figure:
    """Samples by which the farthest of some planted clicks is off its place, through another rate too."""
    off = []
    for rate, other in ((48000, 48000), (48000, 44100), (16000, 48000)):
        main, track = np.zeros((1, 4 * rate), np.float32), np.zeros((1, 2 * other), np.float32)
        track[0, other // 2] = 0.8
        for name, sound, hertz in (("main", main, rate), ("track", track, other)):
            with WavWriter(folder / f"{name}.wav", hertz, 1, sample_format="float32") as out:
                out.write(sound)
        for start in (0.0, 0.25, 1.0001):
            result = ours(
                folder / "main.wav", folder / "track.wav", folder / "placed", start=start, normalize=False, level=0.0
            )
            at = int(np.abs(samples.read(result.audio).samples[0]).argmax())
            off.append(abs(at - round(start * rate) - rate // 2))
    return Figure("clicks off their place", max(off), "samples", reach=0, higher=False)


def speed(data: Path, folder: Path) -> Figure:
    """Seconds of mix in a second of processor time."""
    main, track = data / "music/on_the_run.ogg", data / "music/chaos_god_song.ogg"

    def ratio(work: Callable[[], object]) -> float:
        begun = time.process_time()
        work()
        return 288.3 / (time.process_time() - begun)

    found = ratio(lambda: ours(main, track, folder / "fast"))
    other = ratio(lambda: peer(main, track, folder / "peer.wav"))
    return Figure(
        "speed, 44.1 kHz stereo", found, "x real time", reach=other, aim=2 * other, beside={"amix, loudnorm": other}
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared/data")
    given = parser.parse_args()
    if not given.data.is_dir():
        raise SystemExit(f"there are no sounds in {given.data}; name their folder with --data")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = loudnesses("chosen on", CHOSEN_ON, given.data, folder)
        found += loudnesses("held out", HELD_OUT, given.data, folder)
        found += [placement(folder), speed(given.data, folder)]
        record("audio.mix", found, command=COMMAND, path=given.json)


if __name__ == "__main__":
    main()
