"""Fit what tells the beat from its half, its double and the off-beat: `kernels/beat_levels.json`.

    python tools/fit_beat_levels.py [--grooves 3600] [--jobs 2] [--keep FILE]

Grooves are drawn at random: drums, basses, chords and tunes in patterns and loudnesses of all
kinds, 57 to 200 BPM, straight, swung, in triplets, in three and four, drifting, unevenly
played, and some as plain as a metronome. Of each, all candidates are described, and those
whose beats are right (F at 70 ms above 0.9) are to win by the conditional likelihood. Every
fourth groove is left out and scored at the end. The styles of `media.making.rhythms`,
`media.making.song` and recorded music take no part in the fit.
"""

import argparse
import json
import pickle
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from reelwright.kernels import beats, levels, tempo
from reelwright.kernels.levels import Judge
from reelwright.kernels.onsets import OnsetMeter
from reelwright.media.making import rhythms
from reelwright.media.making.rhythms import Groove, Steps, Style, at

HOME = Path(__file__).parents[1] / "src/reelwright/kernels/beat_levels.json"
Floats = NDArray[np.float64]

SLOWEST, FASTEST = 57.0, 200.0  # BPM
SECONDS = 15.0
RIGHT = 0.9  # F at 70 ms
UNITS, PENALTY, ROUNDS = 16, 1.5e-3, 500
DENSE = 125.0  # BPM up to which sixteenths are played
SHARES = (0.14, 0.08, 0.08, 0.45, 0.25)  # plain, waltz, jazz, band, mixed


@dataclass(frozen=True)
class Example:
    bpm: float
    described: Floats
    right: Floats
    """F of each candidate."""


# ---- grooves

BEATS, EIGHTHS, OFFBEATS = list(range(0, 16, 4)), list(range(0, 16, 2)), list(range(2, 16, 4))
KICKS = [[0, 8], BEATS, [0, 8, 10], [0, 10], EIGHTHS, [0, 3, 10], [0, 6, 8, 14], [0, 7, 8], [0, 3, 6, 10]]


def one_of(random: np.random.Generator, patterns: Sequence[list[int]]) -> list[int]:
    return patterns[int(random.integers(len(patterns)))]


def drawn(number: int) -> Groove:
    random = np.random.default_rng(90000 + number)
    even, octaves = random.uniform(SLOWEST, FASTEST), np.exp(random.uniform(np.log(SLOWEST), np.log(FASTEST)))
    bpm = float(even if number % 2 else octaves)
    kind = int(np.searchsorted(np.cumsum(SHARES), random.random()))
    style = (plain, waltz, jazz, band, mixed)[kind](random, bpm)
    return rhythms.play(
        style,
        bpm,
        seconds=SECONDS,
        seed=number,
        swing=float(random.choice([0, 0, 0, 0.06, 0.1])) if bpm < 150 else 0.0,
        jitter=float(random.choice([0, 0.004, 0.01])),
        drift=float(random.choice([0, 0, 0.05, -0.05])),
    )


def plain(random: np.random.Generator, bpm: float) -> Style:
    beats_ = range(0, 16, 4)
    play: dict[str, Steps] = dict(
        [
            {str(random.choice(["clap", "rim", "hat", "kick", "snare"])): at(*beats_)},
            {"kick": at(0, 8), "snare": at(4, 12)},
            {"bass": at(*beats_), "ride": at(*beats_)},
            {"keys": at(*beats_)},
            {"kick": at(*beats_), "hat": at(2, 6, 10, 14)},
            {"pluck": at(*beats_), "bass": at(0, 8)},
        ][int(random.integers(6))]
    )
    if random.random() < 0.5:
        play["lead"] = at(*some(random, range(0, 16, 2), 4, 0.7, 0.15))
    if random.random() < 0.4:
        play["pad"] = at(0)
    return Style(4, play, 4, int(random.integers(1, 3)))


def waltz(random: np.random.Generator, bpm: float) -> Style:
    chords = str(random.choice(["keys", "strum", "pluck", "stab"]))
    play = {"bass": at(0, loud=gain(random)), chords: at(4, 8, loud=gain(random))}
    if random.random() < 0.6:
        play["lead"] = at(*some(random, range(0, 12, 2), 4, 0.75, 0.25), loud=gain(random))
    if random.random() < 0.6:
        play[str(random.choice(["foot", "snare", "rim", "hat"]))] = at(4, 8, loud=gain(random))
    if random.random() < 0.4:
        play["kick"] = at(0, loud=gain(random))
    if random.random() < 0.3:
        play["ride"] = at(0, 4, 8, loud=gain(random))
    return Style(4, play, 3, int(random.integers(1, 3)))


def jazz(random: np.random.Generator, bpm: float) -> Style:
    ride = (0, 3, 5, 6, 9, 11) if random.random() < 0.6 else (0, 2, 3, 5, 6, 8, 9, 11)
    play = {"ride": at(*ride, loud=gain(random)), "bass": at(0, 3, 6, 9, loud=gain(random))}
    if random.random() < 0.7:
        play[str(random.choice(["foot", "snare", "rim"]))] = at(3, 9, loud=gain(random))
    if random.random() < 0.5:
        play["stab"] = at(*some(random, range(12), 3, 0.25, 0.15), loud=gain(random))
    if random.random() < 0.5:
        play["kick"] = at(*((0, 6) if random.random() < 0.5 else (0, 3, 6, 9)), loud=gain(random))
    if random.random() < 0.5:
        play["lead"] = at(*some(random, (0, 2, 3, 5, 6, 8, 9, 11), 3, 0.6, 0.3), loud=gain(random))
    return Style(3, play, 4, int(random.integers(1, 3)))


def band(random: np.random.Generator, bpm: float) -> Style:
    """What bands mostly play: kick and snare in turn, cymbals that count, a bass with the kick or with the chords."""
    kicks = one_of(random, KICKS if bpm < DENSE else KICKS[:5])
    play = {"kick": at(*kicks, loud=gain(random))}
    if kicks != BEATS or random.random() < 0.7:
        play[str(random.choice(["snare", "snare", "clap", "rim"]))] = at(4, 12, loud=gain(random))
    cymbal = one_of(random, [EIGHTHS, EIGHTHS, BEATS, list(range(16)) if bpm < DENSE else EIGHTHS, OFFBEATS])
    play[str(random.choice(["hat", "hat", "open", "ride", "crash"]))] = at(*cymbal, loud=gain(random))
    if random.random() < 0.85:
        play["bass"] = at(*one_of(random, [kicks, BEATS, EIGHTHS, [0], [0, 8], [0, 6, 8]]), loud=gain(random))
    for name in ("keys", "strum", "pluck", "chug", "stab"):
        if random.random() < 0.3:
            pattern = one_of(random, [[0], BEATS, EIGHTHS, [0, 6, 12], [0, 6, 8, 14], [4, 12]])
            play[name] = at(*pattern, loud=gain(random))
    if random.random() < 0.5:
        play["pad"] = at(0, loud=gain(random))
    if random.random() < 0.5:
        play["lead"] = at(*some(random, EIGHTHS, 4, 0.7, 0.3), loud=gain(random))
    return Style(4, play, 4, int(random.choice([1, 1, 2])))


def mixed(random: np.random.Generator, bpm: float) -> Style:
    steps, metre = (3 if random.random() < 0.1 else 4), (3 if random.random() < 0.08 else 4)
    beats_ = range(0, steps * metre, steps)
    halves = [beat + 2 for beat in beats_]
    eighths, dense = sorted([*beats_, *halves]), bpm < DENSE
    play: dict[str, Steps] = {}
    if random.random() < 0.78:
        play |= drums(random, list(beats_), eighths, steps, dense)
    if random.random() < 0.85:
        pattern = [list(beats_), list(beats_)[::2], [0], eighths, [], [0, *halves]][
            int(random.integers(6 if "kick" in play else 5))
        ]
        play["bass"] = at(*(pattern or [0, *some(random, eighths[1:], steps, 0.35, 0.35)]), loud=gain(random))
    for name, often in (("keys", 0.4), ("strum", 0.3), ("pluck", 0.3), ("stab", 0.25), ("chug", 0.15)):
        if random.random() < often:
            play[name] = chords(random, name, list(beats_), halves, eighths, steps)
    if random.random() < 0.4:
        play["pad"] = at(0, loud=gain(random))
    if random.random() < 0.6 or len(play) < 2:
        play["lead"] = at(*some(random, eighths, steps, 0.7, 0.25), loud=gain(random))
    struck = {step for pattern in play.values() for step, _ in pattern}
    if sum(beat in struck for beat in beats_) < 0.7 * metre:
        play["keys"] = at(*beats_, loud=0.7)  # a beat that nothing is on is none
    return Style(steps, play, metre, int(random.choice([1, 1, 2])))


def drums(
    random: np.random.Generator, beats_: list[int], eighths: list[int], steps: int, dense: bool
) -> dict[str, Steps]:
    grid = list(range(len(beats_) * steps)) if dense else eighths
    halves = [step for step in eighths if step % steps]
    kicks = [beats_, beats_[::2], beats_[::2], [0], eighths, [], [], []][int(random.integers(8))]
    play = {"kick": at(*(kicks or [0, *some(random, grid[1:], steps, 0.3, 0.22)]), loud=gain(random))}
    back = beats_[1::2] if len(beats_) == 4 else beats_[1:]
    if kicks != beats_ or random.random() < 0.7:
        play[str(random.choice(["snare", "snare", "clap", "rim"]))] = at(*back, loud=gain(random))
    if dense and random.random() < 0.25:
        ghosts = [step for step in grid if step % steps and random.random() < 0.2]
        play["snare"] = (*at(*back), *at(*ghosts, loud=0.25))
    hats = [eighths, eighths, beats_, grid, halves, []][int(random.integers(6))]
    if hats:
        play[str(random.choice(["hat", "hat", "ride", "open", "crash", "foot"]))] = at(*hats, loud=gain(random))
    if random.random() < 0.12:
        play["crash"] = at(*beats_, loud=gain(random))
    return play


def chords(
    random: np.random.Generator, name: str, beats_: list[int], halves: list[int], eighths: list[int], steps: int
) -> Steps:
    if name == "stab":
        return at(
            *[beats_[1::2], halves, some(random, eighths, steps, 0.4, 0.35)][int(random.integers(3))], loud=gain(random)
        )
    if random.random() < 0.25:
        return (*at(*beats_), *at(*halves, loud=float(random.uniform(0.3, 0.8))))
    pattern = [beats_, eighths, [0], some(random, eighths, steps, 0.6, 0.35)][int(random.integers(4))]
    return at(*pattern, loud=gain(random))


def some(random: np.random.Generator, steps: Sequence[int], beat: int, on: float, off: float) -> list[int]:
    """Steps by chance: `on` for beats, `off` for others; at least the first."""
    return [step for step in steps if random.random() < (off if step % beat else on)] or [0]


def gain(random: np.random.Generator) -> float:
    return float(10 ** (random.uniform(-8, 3) / 20))


# ---- what they are described by


def example(number: int) -> Example | None:
    groove = drawn(number)
    meter = OnsetMeter(groove.rate)
    meter.push(groove.mix[0])
    onsets = meter.finish()
    seen = levels.scene(onsets, tempo.pulses(onsets.strength))
    tried = beats.tried_levels(seen, 40.0, 240.0)
    if not tried:
        return None
    described = np.array([levels.evidence(seen, one.beats) for one in tried])
    return Example(groove.bpm, described, np.array([f_measure(groove.beats, one.beats) for one in tried]))


def f_measure(truth: Sequence[float], found: Floats, window: float = 0.07, skip: float = 2.0) -> float:
    """Beats from `skip` seconds on, each of the found ones for one of the true ones."""
    true = np.array([one for one in truth if one >= skip])
    told = found[found >= skip]
    hits, at_ = 0, 0
    for one in true:
        while at_ < len(told) and told[at_] < one - window:
            at_ += 1
        if at_ < len(told) and told[at_] <= one + window:
            hits, at_ = hits + 1, at_ + 1
    return 2 * hits / max(1, len(true) + len(told))


# ---- the fit


def fitted(examples: Sequence[Example], seed: int = 0) -> Judge:
    usable = [one for one in examples if one.right.max() > RIGHT]
    rows = np.vstack([one.described for one in usable])
    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    even = (rows - mean) / deviation
    sizes = [len(one.right) for one in usable]
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    group, wins = np.repeat(np.arange(len(usable)), sizes), np.concatenate([one.right > RIGHT for one in usable])
    count = even.shape[1]
    cuts = np.cumsum([count * UNITS, UNITS, UNITS])

    def loss(flat: Floats) -> tuple[float, Floats]:
        inner, bias, outer, direct = np.split(flat, cuts)
        hidden = np.tanh(even @ inner.reshape(count, UNITS) + bias)
        score = even @ direct + hidden @ outer
        raised = np.exp(score - np.maximum.reduceat(score, first)[group])
        share = raised / np.add.reduceat(raised, first)[group]
        won = np.add.reduceat(share * wins, first) + 1e-12
        slope = -(share * wins / won[group] - share) / len(usable)
        inside = slope[:, None] * outer * (1 - hidden**2)
        steps = (even.T @ inside).ravel(), inside.sum(axis=0), hidden.T @ slope, even.T @ slope
        return float(-np.log(won).mean() + PENALTY * flat @ flat), np.concatenate(steps) + 2 * PENALTY * flat

    random = np.random.default_rng(seed)
    start = np.concatenate(
        [random.normal(0, 0.15, count * UNITS), np.zeros(UNITS), random.normal(0, 0.3, UNITS), np.zeros(count)]
    )
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}).x
    inner, bias, outer, direct = np.split(found, cuts)
    return Judge(mean, deviation, direct, inner.reshape(count, UNITS), bias, outer)


def mean_f(judge: Judge, examples: Sequence[Example]) -> float:
    return float(np.mean([one.right[judge.score(one.described).argmax()] for one in examples]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grooves", type=int, default=3600)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="pickle of the examples: read if it is there, else written")
    given = parser.parse_args()
    if given.keep and given.keep.exists():
        examples = pickle.loads(given.keep.read_bytes())
    else:
        with ProcessPoolExecutor(given.jobs) as pool:
            examples = [one for one in pool.map(example, range(given.grooves), chunksize=20) if one]
        if given.keep:
            given.keep.write_bytes(pickle.dumps(examples))
    rest = [one for number, one in enumerate(examples) if number % 4]
    judge = fitted(rest)
    print(f"fitted on {len(rest)}: mean F {mean_f(judge, rest):.3f}")
    print(f"left out {len(examples[::4])}: mean F {mean_f(judge, examples[::4]):.3f}", end=", ")
    print(f"the best candidates have {np.mean([one.right.max() for one in examples[::4]]):.3f}")
    names = Judge.__dataclass_fields__
    HOME.write_text(json.dumps({name: np.round(getattr(judge, name), 5).tolist() for name in names}) + "\n")


if __name__ == "__main__":
    main()
