"""`audio.chorus`: overlap with the true choruses, edges, and speed.

    python -m benchmarks.operators.audio.chorus [--json FILE] [--data DIR]

Each true chorus is scored by its best intersection over union with a told one; told ones that overlap none by
half are counted as false. Held out: the seeds of `media.making.forms` used here; those below 100 were looked
at while constants were chosen, and so were `media.making.song` and on_the_run, the only recorded truth.
lets_go_fishin, vibe_ace and chaos_god have no truth, decided nothing and are only told. The peer is the
plainest method there is: of all lags the strongest stripe of a chroma self-similarity, one chorus of a fixed
length (as `pychorus` does).
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from reelwright.kernels.chroma import FPS, ToneMeter
from reelwright.media import making, probe, samples
from reelwright.media.making.forms import FORMS, arranged
from reelwright.operators.audio.chorus import ChorusParams, ChorusResult, chorus

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.audio.chorus"
SEEDS = range(100, 106)
SHARED_SEEDS = range(200, 204)
STRIPE = 15 * FPS  # frames; the peer's fixed length
Span = tuple[float, float]


@dataclass(frozen=True)
class Piece:
    name: str
    path: Path
    truth: tuple[Span, ...]


def planted(folder: Path) -> Iterable[Piece]:
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        for form in FORMS:
            given = {
                "bpm": float(random.uniform(72, 170)),
                "lift": int(random.integers(0, 4)),
                "longer_verse": 2 * int(random.integers(0, 2)),
                "louder_db": float(random.uniform(0, 4)),
            }
            song = arranged(FORMS[form], seed=seed, **given)
            path = making.write_wav(folder / f"{form}-{seed}.wav", song.mix, song.rate)
            told = ", ".join(f"{name} {value:.3g}" for name, value in given.items())
            yield Piece(f"{form} {seed} ({told})", path, tuple((one.start, one.end) for one in song.choruses))


def shared(folder: Path) -> Iterable[Piece]:
    """Verses on the chords of the chorus, under other tunes: what four-chord songs are like."""
    for seed in SHARED_SEEDS:
        for form in ("pop", "lead-up"):
            bpm = float(np.random.default_rng(seed).uniform(72, 170))
            song = arranged(FORMS[form], seed=seed, bpm=bpm, shared_chords=True)
            path = making.write_wav(folder / f"shared-{form}-{seed}.wav", song.mix, song.rate)
            yield Piece(f"{form} {seed}", path, tuple((one.start, one.end) for one in song.choruses))


def songs(folder: Path) -> Iterable[Piece]:
    for bpm in (80, 105, 130, 155):
        song = making.song(bpm=bpm, bars=8, rate=22050, seed=bpm)
        path = making.write_wav(folder / f"song-{bpm}.wav", song.mix, song.rate)
        yield Piece(f"song {bpm}", path, tuple((one.start, one.end) for one in song.sections if one.name == "chorus"))


def told(path: Path) -> ChorusResult:
    return chorus(ChorusParams(audio=str(path)))


def spans(result: ChorusResult) -> list[Span]:
    return [(one.start, one.end) for one in result.choruses]


def stripe(path: Path) -> list[Span]:
    """The peer: the pair of places whose chroma is alike for longest, as one chorus."""
    meter = ToneMeter(probe.with_audio(path).audio[0].sample_rate)
    for block in samples.stream(path, channels=1):
        meter.push(block[0])
    chroma = meter.finish().chroma
    rows = chroma / np.maximum(np.linalg.norm(chroma, axis=1, keepdims=True), 1e-9)
    best, place = -1.0, 0
    for lag in range(STRIPE, len(rows) - STRIPE):
        summed = np.concatenate([[0], np.cumsum((rows[lag:] * rows[:-lag]).sum(axis=1))])
        means = (summed[STRIPE:] - summed[:-STRIPE]) / STRIPE
        if means.max() > best:
            best, place = float(means.max()), int(means.argmax())
    return [(place / FPS, (place + STRIPE) / FPS)]


def iou(one: Span, other: Span) -> float:
    shared = max(0.0, min(one[1], other[1]) - max(one[0], other[0]))
    return shared / (max(one[1], other[1]) - min(one[0], other[0]))


def best(true: Span, found: Sequence[Span]) -> float:
    return max((iou(true, one) for one in found), default=0.0)


def figures(label: str, pieces: Sequence[Piece], reach: float) -> list[Figure]:
    overlaps, peers, false, edges = [], [], 0, []
    for piece in pieces:
        found = spans(told(piece.path))
        each = [best(one, found) for one in piece.truth]
        if min(each) < reach:
            print(f"  {piece.name}: {', '.join(f'{one:.2f}' for one in each)}")
        overlaps += each
        peers.append(max(best(one, stripe(piece.path)) for one in piece.truth))
        false += sum(best(one, piece.truth) < 0.5 for one in found)
        edges += [min((abs(one[0] - true[0]) for one in found), default=99.0) for true in piece.truth]
        edges += [min((abs(one[1] - true[1]) for one in found), default=99.0) for true in piece.truth]
    near = {f"within {bound} s": float(np.mean(np.array(edges) <= bound)) for bound in (0.5, 3.0)}
    return [
        Figure(
            f"IoU, mean of all choruses, {label}",
            float(np.mean(overlaps)),
            reach=reach,
            beside={"stripe, its one": float(np.mean(peers))},
        ),
        Figure(f"edges, {label}", near["within 3.0 s"], reach=0.95 if reach > 0.9 else 0.75, beside=near),
        Figure(f"false choruses, {label}", false, reach=0, higher=False, note=f"beside {len(overlaps)} true ones"),
    ]


def speed(path: Path) -> float:
    """Seconds of music in a second of processor time, decoding included; the second of two runs."""
    told(path)
    start = time.process_time()
    return told(path).seconds / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared/data")
    given = parser.parse_args()
    music, found = given.data / "music", []
    with tempfile.TemporaryDirectory() as name:
        found += figures("forms, held-out seeds", list(planted(Path(name))), 0.95)
        found += figures("verses on its chords, held-out seeds", list(shared(Path(name))), 0.95)
        found += figures("songs", list(songs(Path(name))), 0.95)
    if music.is_dir():
        truth = json.loads((music / "on_the_run_structure.json").read_text())["chorus"]
        piece = Piece("on_the_run", music / "on_the_run.ogg", tuple((one[0], one[1]) for one in truth))
        found += figures("on_the_run, tuned on", [piece], 0.7)
        found.append(Figure("speed, 44.1 kHz Ogg", speed(piece.path), "x real time", reach=100))
        for other in ("lets_go_fishin", "vibe_ace", "chaos_god_song"):
            print(
                f"{other}: {', '.join(f'{a:.1f}-{b:.1f} s' for a, b in spans(told(music / f'{other}.ogg'))) or 'none'}"
            )
    record("audio.chorus", found, command=COMMAND, path=given.json)


if __name__ == "__main__":
    main()
