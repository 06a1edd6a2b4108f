"""A whole film from a text: does the voice come with its words, do picture and sound end together, does all move.

    python -m benchmarks.story.film [--json FILE] [--text FILE] [--prompts multi|default] [--resolution 360P]
        [--quality draft] [--once]

The plan `storyboard` runs step by step in this process. All figures are measured on the finished film: where the voice
begins in its sound against the times of the SRT file (the speech of each shot is looked for in the film's sound by
likeness, and beginnings are heard in it there; cues before which the voice does not pause cannot be heard to begin, and
are counted apart), the lengths of its tracks, the change of the pictures of each shot. A shot moves if
pictures half a second apart differ, in each half second of it, by more than noise. Without `--once` a short text is
filmed twice and the bytes compared.
"""

import argparse
import hashlib
import json
import re
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from benchmarks.recording import Figure, record
from reelwright.kernels import narration
from reelwright.media import chaining, documents, frames, samples, subtitles
from reelwright.pipelines import inline, registry
from reelwright.pipelines.contract import Wanted
from reelwright.pipelines.storyboard.params import StoryboardParams

COMMAND = "python -m benchmarks.story.film"
SEED = 11
NEAR = 0.45  # s from a cue in which the voice is looked for
RATE = 16000  # Hz
HEARD = {300.0: 0.09, 1000.0: 0.05}
"""Hz -> share of the voice's level above them from which it surely speaks; below all of them it pauses."""
FAINT = {300.0: 0.03, 1000.0: 0.02}
"""The same from which it can be heard: a th begins some 30 dB below a vowel."""
KINDS = ("sentence", "clause", "part")
ENDS, CLAUSES = "。！？!?….", "；;" + narration.MARKS[1]
FIRST = 0.3  # s after a shot's start in which its first words come
CONSONANT = 0.12  # s that a faint beginning can last; what is fainter for longer is the end of the word before
PAUSE = 0.05  # s of quiet before a voice that can be heard to begin
HALF = 12  # frames between the pictures that are compared
MOVES = 0.25  # levels of 255, mean of all pixels; two encodings of one picture differ by 0.1
STORY = """雪夜的灯

从前，山脚下的小村里住着一个女孩，名叫小禾。一天夜里，大雪封了山路，奶奶病了。
“我去请大夫。”小禾说。她提起一盏红灯，走进了黑暗的森林。
风很大，灯火一闪一闪。忽然，她看见一只白狐站在路边。
“跟我来。”白狐说。小禾跟着它走过结冰的河，终于看见了镇上的灯光。
"""


@dataclass
class Clock:
    """Wall seconds that each operator took."""

    spent: dict[str, float] = field(default_factory=dict)
    keep: Path | None = None
    """Where what is finished is kept, for a run that goes on."""
    ran: inline.Ran = field(default_factory=inline.Ran)
    _now: str = ""
    _since: float = 0.0

    def told(self, step: Wanted, done: int, known: int) -> None:
        self.stop()
        self._now, self._since = step.operator, time.perf_counter()

    def stop(self) -> None:
        if self.keep is not None:
            self.keep.write_text(json.dumps(self.ran.finished, ensure_ascii=False), encoding="utf-8")
        if self._now:
            self.spent[self._now] = self.spent.get(self._now, 0.0) + time.perf_counter() - self._since
        self._now = ""


def made(text: Path, folder: Path, given: argparse.Namespace, clock: Clock) -> inline.Ran:
    plan = registry.find("storyboard")
    assert plan is not None
    params = StoryboardParams(
        text=str(text), prompts=given.prompts, resolution=given.resolution, quality=given.quality, ratio=given.ratio
    )
    folder.mkdir(parents=True, exist_ok=True)
    clock.keep = folder / "finished.json"
    if clock.keep.exists():
        clock.ran.finished.update(json.loads(clock.keep.read_text(encoding="utf-8")))
    ran = inline.run(plan, params, folder=folder, seed=SEED, told=clock.told, before=clock.ran)
    clock.stop()
    for name, error in ran.failed.items():
        print(f"{name}: {error}")
    return ran


# ---- measuring


def offsets(film: str, srt: str, storyboard: str, speech: Mapping[str, str]) -> dict[str, tuple[list[float], int]]:
    """By kind of cue: seconds from each to the voice that can be heard to begin there, and how many have none.

    Kinds: `sentence`, `clause` (a part of one that follows a mark, at which the voice pauses), `part` (one that was
    parted for its length alone: the voice goes on through it, and what is heard to begin near it is another word).
    """
    sound = found_again(samples.read(film, sample_rate=RATE, channels=1).samples[0], storyboard, speech)
    heard, faint = (_above(sound, levels) for levels in (HEARD, FAINT))
    found: dict[str, tuple[list[float], int]] = {kind: ([], 0) for kind in KINDS}
    for kind, start in kinds(srt, storyboard):
        onset, (apart, unheard) = _onset(heard, faint, start), found[kind]
        found[kind] = (apart, unheard + 1) if onset is None else ([*apart, onset - start], unheard)
    return found


def found_again(sound: NDArray[np.float32], storyboard: str, speech: Mapping[str, str]) -> NDArray[np.float32]:
    """The voices of the film alone: the speech of each shot laid where the film's own sound is most like it.

    Music and the sound of places hide weak beginnings; where the voice as a whole lies they cannot hide.
    """
    voices = np.zeros_like(sound)
    boards = json.loads(Path(storyboard).read_text(encoding="utf-8"))["boards"]
    for shot in (one for board in boards for one in board["shots"] if "start" in one and one["id"] in speech):
        own = samples.read(speech[shot["id"]], sample_rate=RATE, channels=1).samples[0]
        first = max(0, round((shot["start"] + shot["speech_start"] - NEAR) * RATE))
        window = sound[first : first + len(own) + round(2 * NEAR * RATE)]
        likeness = signal.correlate(window, own, mode="valid", method="fft")
        at = first + int(np.argmax(np.abs(likeness)))
        voices[at : at + len(own)] += own[: len(voices) - at]
    return voices


def kinds(srt: str, storyboard: str) -> list[tuple[str, float]]:
    """What each cue is, and when it comes."""
    boards = json.loads(Path(storyboard).read_text(encoding="utf-8"))["boards"]
    shots = [one["start"] for board in boards for one in board["shots"] if "start" in one]
    told, before, began = list[tuple[str, float]](), "", -1.0
    for cue in subtitles.read(srt):
        is_first = any(began < start <= cue.start <= start + FIRST for start in shots)
        last = before.rstrip().rstrip(narration.CLOSING)[-1:]
        kind = "sentence" if is_first or not last or last in ENDS else "clause" if last in CLAUSES else "part"
        told.append((kind, cue.start))
        before, began = cue.text, cue.start
    return told


def _level(sound: NDArray[np.float32], above: float) -> NDArray[np.float64]:
    """How loud the sound is above so many Hz, its own loud parts being 1: music is below, weak consonants are not."""
    sections = signal.butter(4, above, "high", fs=RATE, output="sos")
    return narration.envelope(np.asarray(signal.sosfilt(sections, sound), np.float32), RATE)


def _above(sound: NDArray[np.float32], levels: Mapping[float, float]) -> NDArray[np.bool_]:
    return np.asarray(np.logical_or.reduce([_level(sound, hertz) >= least for hertz, least in levels.items()]))


def _onset(heard: NDArray[np.bool_], faint: NDArray[np.bool_], start: float) -> float | None:
    """Where the voice that is surely there after a pause can first be heard, nearest to `start`."""
    step, quiet = narration.STEP, round(PAUSE / narration.STEP)
    first, last = max(quiet, round((start - NEAR) / step)), min(len(heard), round((start + NEAR) / step))
    rises = [n for n in range(first, last) if heard[n] and not heard[n - quiet : n].any()]
    longest = round(CONSONANT / step)
    begins = [n - next((back for back in range(longest) if not faint[n - back - 1]), 0) for n in rises]
    near = min(begins, key=lambda n: abs(n * step - start), default=None)
    return None if near is None else near * step


def still_shots(finished: Mapping[str, Any]) -> list[str]:
    """The takes in which some half second shows no change."""
    return [
        name for name, told in finished.items() if name.endswith(".take") and least_change(str(told["video"])) < MOVES
    ]


def least_change(path: str) -> float:
    """The least mean difference of two pictures half a second apart, levels."""
    small = [np.asarray(one.small_gray(160, 160), np.int16) for one in frames.stream(path)]
    pairs = range(0, max(1, len(small) - HALF), HALF // 2)
    return min(float(np.abs(small[min(n + HALF, len(small) - 1)] - small[n]).mean()) for n in pairs)


def lost(text: Path, finished: Mapping[str, Any]) -> int:
    """Letters of the boards' text that shots or subtitles lack or double."""
    boards = [one["text"] for one in finished["read"]["boards"]]
    scripts = [finished[f"board-{one['number']}.script"]["shots"] for one in finished["read"]["boards"]]
    shots = [shot["text"] for own in scripts for shot in own]
    shown = [one.text for one in subtitles.read(finished["film"]["srt"])]
    told = _letters(" ".join(boards))
    whole = _letters(documents.read(str(text)))
    outside = len(whole) - len(told)
    print(f"letters: {len(whole)} in the file, {len(told)} told ({outside} in headings)")
    return _apart(told, _letters(" ".join(shots))) + _apart(told, _letters(" ".join(shown)))


def _letters(text: str) -> str:
    return "".join(re.findall(r"\w", text))


def _apart(one: str, other: str) -> int:
    if one == other:
        return 0
    return max(1, abs(len(one) - len(other)))


def digests(finished: Mapping[str, Any]) -> dict[str, str]:
    names = ("film", "srt", "cover", "storyboard", "sheet", "otio", "fcpxml")
    return {name: hashlib.sha256(Path(finished["film"][name]).read_bytes()).hexdigest() for name in names}


# ---- telling


def figures(text: Path, ran: inline.Ran) -> list[Figure]:
    film = ran.finished["film"]
    speech = {
        name.removeprefix("shot-").removesuffix(".speech"): str(told["audio"])
        for name, told in ran.finished.items()
        if name.endswith(".speech")
    }
    found = offsets(film["film"], film["srt"], film["storyboard"], speech)
    takes = [name for name in ran.finished if name.endswith(".take")]
    still = still_shots(ran.finished)
    joined = [one for name, one in ran.finished.items() if name.endswith("board-1.film")]
    print("still:", still)
    return [
        Figure("film", film["seconds"], "s", note=f"{len(takes)} shots, {film['boards']} storyboards"),
        *voices(found),
        Figure(
            "picture longer than sound at the end",
            1000 * float(chaining.drift(film["film"])),
            "ms",
            reach=0,
            higher=False,
        ),
        Figure("shots that move", 1 - len(still) / max(1, len(takes)), "share", reach=1.0, note=", ".join(still)),
        Figure("letters lost or doubled", lost(text, ran.finished), reach=0, higher=False),
        Figure("shots that failed", len(film["failures"]) + len(ran.failed), reach=0, higher=False),
        Figure("pictures copied by the last step", film["copied"] / film["frames"], "share", reach=1.0),
        Figure("loudness of the first storyboard", joined[0]["loudness"], "LUFS"),
    ]


def pace(ran: inline.Ran, clock: Clock, wall: float, cpu: float) -> list[Figure]:
    """What it took; of a run that began with nothing only."""
    seconds = ran.finished["film"]["seconds"]
    return [
        Figure("wall time a second of film", wall / seconds, "s", higher=False, beside=told(clock, seconds)),
        Figure("CPU time a second of film", cpu / seconds, "s", higher=False),
    ]


def voices(found: Mapping[str, tuple[list[float], int]]) -> list[Figure]:
    """The parts that no pause comes before have no moment that can be heard, so nothing is asked of them."""
    told = []
    for kind in ("sentence", "clause"):
        apart, unheard = found[kind]
        note = f"{len(apart)} heard to begin, {unheard} not"
        worst, mean = (1000 * float(how(np.abs(apart))) if apart else 0.0 for how in (np.max, np.mean))
        name = f"voice to subtitle, {kind}s"
        told += [
            Figure(f"{name}, worst", worst, "ms", reach=80, aim=42, higher=False, note=note),
            Figure(f"{name}, mean", mean, "ms", higher=False),
        ]
    apart, unheard = found["part"]
    return [*told, Figure("cues parted for their length alone", len(apart) + unheard)]


def told(clock: Clock, seconds: float) -> dict[str, float]:
    return {name: spent / seconds for name, spent in sorted(clock.spent.items())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--text", type=Path)
    parser.add_argument("--prompts", default="multi", choices=("multi", "default"))
    parser.add_argument("--resolution", default="360P")
    parser.add_argument("--ratio", default="9:16")
    parser.add_argument("--quality", default="draft")
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--keep", type=Path, help="a folder for all that is made; a run that was cut off goes on in it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        text = given.text
        if text is None:
            text = folder / "story.txt"
            text.write_text(STORY, encoding="utf-8")
        goes_on = (folder / "first" / "finished.json").exists()
        clock, began, spent = Clock(), time.perf_counter(), time.process_time()
        ran = made(text, folder / "first", given, clock)
        wall, cpu = time.perf_counter() - began, time.process_time() - spent
        measured = figures(text, ran) + ([] if goes_on else pace(ran, clock, wall, cpu))
        if not given.once:
            again = made(text, folder / "second", given, Clock())
            same = digests(ran.finished) == digests(again.finished)
            measured.append(Figure("same bytes when made again", float(same), reach=1.0))
    name = "story.film" if given.text is None else f"story.film of {given.text.stem}"
    more = {"resolution": given.resolution, "quality": given.quality, "prompts": given.prompts, "ratio": given.ratio}
    record(name, measured, command=COMMAND, path=given.json, more=more)


if __name__ == "__main__":
    main()
