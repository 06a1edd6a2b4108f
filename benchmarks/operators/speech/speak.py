"""`speech.speak`: are sentences where it says, are tempo and pitch exact, are voices told apart, and how fast is it.

    python -m benchmarks.operators.speech.speak [--json FILE] [--data DIR]

Where sentences lie is measured on the written file, by energy alone (10 ms frames, 40 dB below the loudest), without
code of the product. The peer is espeak-ng itself on the whole text, with its time split among the sentences by their
letters; its tempo is set by its own rate. Texts `chosen on` were looked at while constants were chosen; those `held
out`, a story of 1919 and a chapter of 1865, were spoken only when all was fixed (that lines may be wrapped was learnt
from looking at one of them). Intelligibility is not scored: the only recogniser at hand without a pull (pocketsphinx)
gets 80 to 100 % of the words of any espeak voice wrong.
"""

import argparse
import itertools
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from reelwright.kernels import prosody, script, voices
from reelwright.kernels.script import Phrase, Span
from reelwright.media import samples
from reelwright.media.levelled import LOUDNESS
from reelwright.models import espeak
from reelwright.models.port import NoModels
from reelwright.operators import Context
from reelwright.operators.speech.speak import SpeakParams, SpeakResult, speak

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.speech.speak"
RATE = 16000
FRAME = RATE // 100
CHOSEN_ON = {
    "English": "The quick brown fox jumps over the lazy dog. It was a bright cold day in April! Were they striking? "
    "Glue the sheet to the dark blue background. These days a chicken leg is a rare dish.",
    "Chinese": "今天天气很好。我们去公园散步！你想一起来吗？春眠不觉晓。处处闻啼鸟。",
    "mixed": "我们喜欢Python语言。Version three is out! 价格是35.5元。Call me at five. 好的？",
}
HELD_OUT = {"English": "text/en_alice_ch1.txt", "Chinese": "text/zh_kongyiji.txt"}
LETTERS = 1200  # of each held-out text
TEMPOS = (0.5, 0.8, 1.2, 2.0)
PITCHES = (0.7, 0.85, 1.2, 1.4)
SPOKEN = ("siqi", "zhilun", "emily", "aiwei")
VOICED = "We were away a year ago and we all really love our yellow lorry."
WINDOW = 1024


# ---- truth, by energy alone


def speech_in(sound: np.ndarray, *, pause: float) -> list[tuple[float, float]]:
    """(start, end) of what is parted by at least `pause` seconds below -40 dB of the loudest frame."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    levels = np.sqrt(np.square(frames, dtype=np.float64).mean(axis=1))
    loud = np.flatnonzero(levels > 0.01 * levels.max())
    breaks = np.flatnonzero(np.diff(loud) > pause * 100)
    starts, ends = np.append(loud[:1], loud[breaks + 1]), np.append(loud[breaks], loud[-1:])
    return [(start / 100, (end + 1) / 100) for start, end in zip(starts, ends, strict=True)]


def errors_of(told: Sequence[tuple[float, float]], sound: np.ndarray) -> list[float]:
    """Of each told edge: milliseconds to the nearest beginning or end of speech in the file."""
    heard = speech_in(sound, pause=0.05)
    starts, ends = (np.array(one) for one in zip(*heard, strict=True))
    off = [min(abs(starts - start)) for start, _ in told] + [min(abs(ends - end)) for _, end in told]
    return [1000 * float(one) for one in off]


class Studio:
    """Runs of the operator on one warm voice process."""

    def __init__(self, folder: Path) -> None:
        self._models, self._folder, self._numbers = NoModels(), folder, itertools.count()
        self.voice = espeak.speaker(self._models)
        self.voice.languages()

    def say(self, text: str, **given: object) -> tuple[SpeakResult, np.ndarray]:
        context = Context.local(out=self._folder / str(next(self._numbers)), models=self._models)
        result = speak(SpeakParams(text=text, engine="espeak-ng", **given), context)
        return result, samples.read(result.audio).samples[0]

    def child_seconds(self) -> float:
        """Processor time of the voice process."""
        fields = Path(f"/proc/{self.voice._host.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# ---- figures


def proportional(result: SpeakResult) -> list[tuple[float, float]]:
    """The naive split: the file's time among the sentences by their letters."""
    lengths = np.array([len(one.text) for one in result.sentences], float)
    edges = np.concatenate([[0.0], np.cumsum(lengths / lengths.sum())]) * result.seconds
    return list(itertools.pairwise(edges.tolist()))


def plain_espeak(studio: Studio, text: str) -> list[float]:
    """Errors of the peer: the whole text at once, its time split by letters, against the sound it made."""
    sentences = script.sentences(script.plain(text))
    phrase = Phrase((Span(text),), None, sentences[0].phrases[0].language)
    spoken = studio.voice.say(phrase, "siqi", pace=1.0, pitch=1.0)
    lengths = np.array([len(one.text) for one in sentences], float)
    whole = len(spoken.samples) / spoken.rate
    edges = np.concatenate([[0.0], np.cumsum(lengths / lengths.sum())]) * whole
    sound = np.interp(np.arange(0, whole, 1 / RATE), np.arange(len(spoken.samples)) / spoken.rate, spoken.samples)
    return errors_of(list(itertools.pairwise(edges.tolist())), sound)


def times(label: str, texts: dict[str, str], studio: Studio) -> list[Figure]:
    own, naive, peer = [], [], []
    for name, text in texts.items():
        for steps in (-500, 0, 166):
            result, sound = studio.say(text, speech_rate=steps)
            own += errors_of([(one.start, one.end) for one in result.sentences], sound)
            naive += errors_of(proportional(result), sound)
        if name != "mixed":
            peer += plain_espeak(studio, text)
        print(f"  {label}, {name}: {len(result.sentences)} sentences, worst so far {max(own):.0f} ms", flush=True)
    beside = {"split of the same file": float(np.mean(naive)), "espeak-ng, split": float(np.mean(peer))}
    return [
        Figure(f"sentence edge off, mean, {label}", float(np.mean(own)), "ms", 40, 10, higher=False, beside=beside),
        Figure(
            f"sentence edge off, worst, {label}", max(own), "ms", 40, 20, higher=False, beside={"split": max(naive)}
        ),
    ]


def steps_for(factor: float) -> int:
    """The vendor's steps for a tempo."""
    slow = prosody.SLOWER_STEP if factor < 1 else prosody.FASTER_STEP
    return int((1 - 1 / factor) / slow)


def tempo(texts: dict[str, str], studio: Studio) -> Figure:
    """Greatest error of the tempo of a whole file; the peer is espeak's own rate."""
    off, sentence_off, peer = [], [], []
    for factor in TEMPOS:
        wanted = prosody.factor_of(steps_for(factor))
        for text, voice in itertools.product(texts.values(), SPOKEN):
            usual, moved = (
                studio.say(text, voice=voice)[0],
                studio.say(text, voice=voice, speech_rate=steps_for(factor))[0],
            )
            off.append(abs(usual.seconds / moved.seconds / wanted - 1))
            pairs = zip(usual.sentences, moved.sentences, strict=True)
            sentence_off += [abs((a.end - a.start) / (b.end - b.start) / wanted - 1) for a, b in pairs]
        peer += [
            abs(own_rate(studio, text, 1.0) / own_rate(studio, text, factor) / factor - 1) for text in texts.values()
        ]
    print(f"  tempo: worst sentence {100 * max(sentence_off):.2f} %", flush=True)
    return Figure(
        "tempo off, worst file at 0.5, 0.8, 1.2 and 2 times",
        100 * max(off),
        "%",
        reach=2,
        aim=0.5,
        higher=False,
        beside={"worst sentence": 100 * max(sentence_off), "espeak-ng's own rate": 100 * max(peer)},
    )


def own_rate(studio: Studio, text: str, factor: float) -> float:
    """Seconds that espeak-ng takes at `factor` times its usual words a minute."""
    answer = studio.voice._host.ask(
        do="say", language="cmn", timbre="", words_a_minute=round(175 * factor), text=text, sounds=False
    )
    return len(answer.sound) / 2 / int(answer.told["rate"])


def frames_of(spoken: espeak.Spoken, size: int = WINDOW) -> np.ndarray:
    frames = np.lib.stride_tricks.sliding_window_view(spoken.samples, size)[::256]
    levels = np.sqrt(np.mean(np.square(frames), axis=1))
    return frames[levels > 0.1 * levels.max()] * np.hanning(size)


def pitch_of(spoken: espeak.Spoken, near: float) -> float:
    """Median pitch by autocorrelation within a fifth of `near` Hz."""
    size, found = 2 * WINDOW, []
    fade = np.fft.irfft(np.square(np.abs(np.fft.rfft(np.hanning(size), 4 * size))))[:size]
    lags = np.arange(round(spoken.rate / near / 1.5), round(spoken.rate / near * 1.5))
    for frame in frames_of(spoken, size):
        alike = np.fft.irfft(np.square(np.abs(np.fft.rfft(frame, 4 * size))))[:size] / np.maximum(fade, 1e-9)
        best = lags[int(np.argmax(alike[lags]))]
        if alike[best] > 0.4 * alike[0]:
            found.append(spoken.rate / best)
    return float(np.median(found))


def colour_of(spoken: espeak.Spoken) -> np.ndarray:
    power = np.square(np.abs(np.fft.rfft(frames_of(spoken)))).mean(axis=0)
    hertz = np.fft.rfftfreq(WINDOW, 1 / spoken.rate)
    bands = 200 * 2 ** (np.arange(17) / 3)
    levels = [power[(hertz >= low) & (hertz < high)].sum() for low, high in itertools.pairwise(bands)]
    return np.maximum(10 * np.log10(np.array(levels) / sum(levels)), -35)


def pitch_and_voices(studio: Studio) -> list[Figure]:
    phrase = Phrase((Span(VOICED),), None, "en-us")
    off = []
    for name in SPOKEN:
        table = voices.find(name).pitch
        usual = pitch_of(studio.voice.say(phrase, name, pace=1.0, pitch=1.0), table)
        for factor in PITCHES:
            moved = pitch_of(studio.voice.say(phrase, name, pace=1.0, pitch=factor), table * factor)
            off.append(100 * abs(moved / usual / factor - 1))
    heard = [(one.pitch, studio.voice.say(phrase, one.name, pace=1.0, pitch=1.0)) for one in voices.every()]
    places = [(12 * np.log2(pitch_of(one, pitch) / 100), colour_of(one)) for pitch, one in heard]
    near = []
    for (pitch, colour), (other, another) in itertools.combinations(places, 2):
        near.append(float(np.hypot(pitch - other, np.sqrt(np.mean(np.square(colour - another))) / 2)))
    return [
        Figure("pitch off, worst of 4 voices from 0.7 to 1.4 times", max(off), "%", reach=5, aim=3, higher=False),
        Figure("voices", len(heard), reach=90),
        Figure("nearest two voices: semitones, or pairs of dB", min(near), reach=0.7, aim=1.0),
    ]


def speed(studio: Studio) -> list[Figure]:
    """Seconds of speech in a second, with and without what else runs on the machine; and of the whole text at once."""
    text = "".join(CHOSEN_ON.values()) * 8
    found = []
    for name, given in (("as usual", {}), ("at twice the tempo", {"speech_rate": 500}), ("as MP3", {"format": "mp3"})):
        wall, own, child = time.perf_counter(), time.process_time(), studio.child_seconds()
        seconds = studio.say(text, **given)[0].seconds
        spent = time.process_time() - own + studio.child_seconds() - child
        wall = time.perf_counter() - wall
        beside = {"on the clock of a busy machine": seconds / wall}
        found.append(Figure(f"speed warm, {name}", seconds / spent, "x real time", 50, 100, beside=beside))
    return found


def levels(texts: dict[str, str], studio: Studio) -> Figure:
    off = []
    for volume, text in itertools.product((25, 50, 100), texts.values()):
        result, _ = studio.say(text, volume=volume)
        off.append(abs((result.loudness or -99) - (LOUDNESS + 20 * np.log10(volume / 50))))
    return Figure("loudness off, worst at volumes 25, 50 and 100", max(off), "LU", reach=0.5, aim=0.1, higher=False)


def held_out(data: Path) -> dict[str, str]:
    return {name: (data / path).read_text()[:LETTERS].rpartition("\n")[0] for name, path in HELD_OUT.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared/data")
    given = parser.parse_args()
    steps: list[Callable[[], list[Figure]]] = []
    with tempfile.TemporaryDirectory() as name:
        studio = Studio(Path(name))
        steps.append(lambda: times("chosen on", CHOSEN_ON, studio))
        if given.data.is_dir():
            steps.append(lambda: times("held out", held_out(given.data), studio))
        steps += [
            lambda: [tempo(CHOSEN_ON, studio)],
            lambda: pitch_and_voices(studio),
            lambda: [levels(CHOSEN_ON, studio)],
            lambda: speed(studio),
        ]
        found = [figure for step in steps for figure in step()]
        record("speech.speak", found, command=COMMAND, path=given.json)


if __name__ == "__main__":
    main()
