"""`audio.quality`: does it rank graded faults as they were made, and does each fault move its own score?

    python -m benchmarks.operators.audio.quality [--json FILE] [--data DIR]

Ranking is Spearman's correlation of a score with the grade of the fault, over series that hold one fault in growing
strength; 1 is a perfect order. `chosen on` is the graded reader that the curves were laid through. Of `held out` the
clean voices were used to see that measures make no false alarm; their spoilt versions were scored only when all was
fixed. The peer is DNSMOS P.835 alone, brought to one level, by its overall score. Spill is the greatest movement of
another dimension as a share of the fault's own.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy import signal, stats

from benchmarks.recording import Figure, record
from reelwright.media import samples
from reelwright.media.wav import WavWriter
from reelwright.models.dnsmos import Dnsmos
from reelwright.models.hub import Hub
from reelwright.operators import Context
from reelwright.operators.audio.quality import ChannelQuality, QualityParams, quality

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.audio.quality"
WEIGHTS = "dnsmos_sig_bak_ovr"
DIMENSIONS = ("noisiness", "coloration", "discontinuity")
HELD_OUT = ("en_librispeech_1995-1837-0001.wav", "zh_cosyvoice_prompt.wav")
SPEED_SECONDS = 120

Mono = NDArray[np.float32]
Series = list[Path]


# ---- series: one fault, from none to strong


def graded(data: Path) -> Iterator[tuple[str, str, Series]]:
    """(dimension, name, clips from best to worst) of the reader whose grades come with the data."""
    index = json.loads((data / "quality/lj3.json").read_text())
    for kind in sorted({one["dimension"] for one in index.values() if one["order"]}):
        names = sorted((name for name in index if index[name]["dimension"] == kind), key=lambda n: index[n]["order"])
        yield kind.partition(":")[0], kind, [data / "quality" / name for name in ("lj3_clean.wav", *names)]


def spoilt(data: Path, folder: Path) -> Iterator[tuple[str, str, Series]]:
    """The same for voices whose spoilt versions no curve has seen."""
    street = samples.read(data / "denoise/noise_street.wav", channels=1)
    for name in HELD_OUT:
        voice = samples.read(data / "speech" / name, channels=1)
        noise = soxr.resample(street.samples[0], street.rate, voice.rate)
        for way, (dimension, clips) in ways(voice.samples[0], noise, voice.rate).items():
            paths = [folder / f"{name[:8]}-{way}-{grade}.wav" for grade in range(len(clips))]
            yield (
                dimension,
                f"{name[:14]} {way}",
                [write(path, clip, voice.rate) for path, clip in zip(paths, clips, strict=True)],
            )


def ways(clean: Mono, noise: Mono, rate: int) -> dict[str, tuple[str, list[Mono]]]:
    long = np.resize(noise, len(clean)).astype(np.float32)
    return {
        "street noise": ("noisiness", [clean, *(mixed(clean, long, snr) for snr in (25, 15, 5, -5))]),
        "low-pass": ("coloration", [clean, *(dull(clean, rate, hertz) for hertz in (5000, 3000, 1500))]),
        "bass cut": ("coloration", [clean, *(thin(clean, rate, hertz) for hertz in (400, 800, 1500))]),
        "clipping": ("coloration", [clean, *(clipped(clean, share) for share in (0.01, 0.05, 0.2))]),
        "packet loss": ("discontinuity", [clean, *(torn(clean, rate, share) for share in (0.03, 0.1, 0.25))]),
    }


def mixed(clean: Mono, noise: Mono, snr: float) -> Mono:
    gain = np.sqrt(np.mean(clean**2) / np.mean(noise**2) / 10 ** (snr / 10))
    return (0.5 * (clean + gain * noise)).astype(np.float32)


def dull(clean: Mono, rate: int, hertz: float) -> Mono:
    return signal.sosfiltfilt(signal.butter(6, hertz, fs=rate, output="sos"), clean).astype(np.float32)


def thin(clean: Mono, rate: int, hertz: float) -> Mono:
    return signal.sosfiltfilt(signal.butter(3, hertz, "highpass", fs=rate, output="sos"), clean).astype(np.float32)


def clipped(clean: Mono, share: float) -> Mono:
    """Cut off so that this share of the loud half is at the top; brought back to the level it had."""
    loud = np.abs(clean)[np.abs(clean) > np.median(np.abs(clean))]
    top = np.quantile(loud, 1 - share)
    cut = np.clip(clean, -top, top)
    return (cut * np.sqrt(np.mean(clean**2) / np.mean(cut**2)) * 0.5).astype(np.float32)


def torn(clean: Mono, rate: int, share: float) -> Mono:
    random, packet, found = np.random.default_rng(5), rate // 50, clean.copy()
    for start in range(0, len(found), packet):
        if random.random() < share:
            found[start : start + packet] = 0
    return found


def write(path: Path, sound: Mono, rate: int) -> Path:
    with WavWriter(path, rate, 1) as out:
        out.write(sound[None])
    return path


# ---- scores


def ours(path: Path, hub: Hub, engine: str) -> ChannelQuality:
    return quality(QualityParams(audio=str(path), engine=engine), Context.local(models=hub)).channels[0]


def dnsmos(path: Path, hub: Hub) -> float:
    sound = samples.read(path, channels=1)
    model = Dnsmos(hub, sound.rate)
    return float(np.mean([one.overall for one in (*model.push(sound.samples[0]), *model.flush())]))


def spearman(values: list[float]) -> float:
    """Of scores of clips from best to worst, with that order; ties count as no order."""
    if len(set(values)) == 1:
        return 0.0
    return round(float(stats.spearmanr(values, range(len(values), 0, -1)).statistic), 6)


def spill(found: list[ChannelQuality], dimension: str) -> float:
    own = abs(getattr(found[0], dimension) - getattr(found[-1], dimension))
    others = (abs(getattr(found[0], one) - getattr(found[-1], one)) for one in DIMENSIONS if one != dimension)
    return max(others) / max(own, 1e-9)


def figures(label: str, series: list[tuple[str, str, Series]], hub: Hub) -> list[Figure]:
    made = []
    ranks: dict[str, list[float]] = {"measures": [], "dnsmos": [], "peer": []}
    for dimension, name, clips in series:
        peer = spearman([dnsmos(one, hub) for one in clips])
        ranks["peer"].append(peer)
        field = {"loudness": "loudness_score"}.get(dimension, dimension)
        for engine in ("measures", "dnsmos"):
            found = [ours(one, hub, engine) for one in clips]
            ranks[engine].append(spearman([one.mos for one in found]))
            own = spearman([getattr(one, field) for one in found])
            shown = f"{name}, {engine}, {label}"
            beside = {"overall, ours": ranks[engine][-1], "overall, DNSMOS": peer}
            made.append(Figure(f"Spearman of {field}: {shown}", own, reach=0.9, aim=1.0, beside=beside))
            if dimension in DIMENSIONS:
                made.append(Figure(f"spill: {shown}", spill(found, dimension), reach=0.4, aim=0.15, higher=False))
            print(f"  {shown}: {own:.2f}, overall {ranks[engine][-1]:.2f}, DNSMOS {peer:.2f}", flush=True)
    for engine in ("measures", "dnsmos"):
        mean, peer = float(np.mean(ranks[engine])), float(np.mean(ranks["peer"]))
        made.append(
            Figure(
                f"mean Spearman of the overall score, {engine}, {label}",
                mean,
                reach=peer,
                aim=0.95,
                beside={"DNSMOS": peer},
            )
        )
    return made


def speeds(path: Path, folder: Path, hub: Hub) -> list[Figure]:
    """Seconds of sound in a second of processor time; the peer looks at as many windows as our model tier."""
    sound = samples.read(path, channels=1)
    long = write(folder / "long.wav", np.resize(sound.samples[0], SPEED_SECONDS * sound.rate), sound.rate)

    def ratio(work: Callable[[Path], object]) -> float:
        work(path)
        begun = time.process_time()
        work(long)
        return SPEED_SECONDS / (time.process_time() - begun)

    peer = ratio(lambda one: dnsmos(one, hub))
    return [
        Figure(
            f"speed, {engine}",
            ratio(lambda one, e=engine: ours(one, hub, e)),
            "x real time",
            reach=reach,
            beside={"DNSMOS": peer},
        )
        for engine, reach in (("measures", 20), ("dnsmos", 0.5 * peer))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared/data")
    given = parser.parse_args()
    if not given.data.is_dir():
        raise SystemExit(f"there are no voices in {given.data}; name their folder with --data")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hub = Hub(folder / "models")
        hub.add(WEIGHTS, given.data / "models" / f"{WEIGHTS}.onnx")
        found = figures("chosen on", list(graded(given.data)), hub)
        found += figures("held out", list(spoilt(given.data, folder)), hub)
        found += speeds(given.data / "speech" / HELD_OUT[0], folder, hub)
        record("audio.quality", found, command=COMMAND, path=given.json)


if __name__ == "__main__":
    main()
