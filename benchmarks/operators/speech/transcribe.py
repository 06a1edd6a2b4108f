"""`speech.transcribe`: word errors, invented words, times and speed of the built-in tier, beside plain PocketSphinx.

    python -m benchmarks.operators.speech.transcribe [--json FILE] [--data DIR] [--engine NAME] [--home DIR]

The word error rate is substitutions, insertions and deletions over the words of the transcript, case and marks
left aside. `speech` are the seven English recordings of the shared data, whole: LJ Speech, LibriSpeech, Kennedy
1961. `multishot`, the reader in a film, and the LJ sentence with noise, loss and a narrow band are told apart.
Invented are all words told of silence, noise and music. Times are those of planted speech: sentences of LJ Speech,
trimmed to where they stand 30 dB below their peak, laid in silence with a soft hiss.

The peer is the same recogniser with its own defaults over the whole file, without any detector of speech: what a
user of the package has. Nothing was trained here. The bounds of trust and of likeliness were set on the recordings
of `speech`, on those of `denoise`, on the four songs and on voice_over_music_mix; the made sounds, demix_guitar_*,
the films and the spoilt series decided nothing.

With `--engine whisper` (or sensevoice) and `--home` of an installation that has its weights, the model tier is
measured in the same way; no peer then.
"""

import argparse
import json
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.recording import Figure, record
from reelwright.media import making, samples
from reelwright.models.hub import Hub
from reelwright.models.port import Models, NoModels
from reelwright.operators import Context
from reelwright.operators.speech.transcribe import TranscribeParams, TranscribeResult, transcribe

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.speech.transcribe"
RATE = 16000
TRIM = 10 ** (-30 / 20)
HISS = 1e-4
GAPS = (1.5, 0.9, 2.0, 1.2, 1.5)  # seconds of silence around planted sentences
HELD_OUT_SERIES = ("lj3_noise_snr25", "lj3_noise_snr0", "lj3_clip_4", "lj3_clip_12", "lj3_loss_5pct")

Sound = NDArray[np.float32]
Transcriber = Callable[[Path], list[str]]


def words(text: str) -> list[str]:
    return re.sub(r"[^a-z' ]", " ", text.lower()).split()


def errors(truth: Sequence[str], told: Sequence[str]) -> int:
    row = list(range(len(told) + 1))
    for number, a in enumerate(truth, 1):
        before, row[0] = row[0], number
        for place, b in enumerate(told, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (a != b))
    return row[-1]


# ---- recognisers


@dataclass
class Ours:
    engine: str
    models: Models

    def result(self, path: Path, **params: Any) -> TranscribeResult:
        with tempfile.TemporaryDirectory() as folder:
            given = TranscribeParams(audio=str(path), language="en", engine=self.engine, **params)
            return transcribe(given, Context.local(out=Path(folder), models=self.models))

    def __call__(self, path: Path) -> list[str]:
        return words(" ".join(one.text for one in self.result(path).sentences))


def plain(path: Path) -> list[str]:
    """PocketSphinx as its package offers it."""
    sound = heard(path)
    decoder = decoder_of_package()
    decoder.start_utt()
    decoder.process_raw((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    told = decoder.hyp()
    return words(re.sub(r"\(\d+\)", "", told.hypstr)) if told else []


@cache
def decoder_of_package() -> Any:
    from pocketsphinx import Decoder

    return Decoder(loglevel="FATAL", samprate=RATE)


def heard(path: Path) -> Sound:
    return samples.read(path, sample_rate=RATE, channels=1).samples[0]


# ---- word errors


@dataclass(frozen=True)
class Clip:
    name: str
    path: Path
    truth: tuple[str, ...]


def read_speech(data: Path) -> list[Clip]:
    told = json.loads((data / "speech/speech.json").read_text())
    return [
        Clip(name, data / "speech" / name, tuple(words(one["text"])))
        for name, one in told.items()
        if one["lang"] == "en"
    ]


def in_a_film(data: Path) -> Clip:
    truth = json.loads((data / "speech/speech.json").read_text())
    said = " ".join(truth[f"en_LJ001-000{number}.wav"]["text"] for number in (2, 4, 5))
    return Clip("multishot", data / "video/multishot.mp4", tuple(words(said)))


def degraded(data: Path) -> list[Clip]:
    truth = tuple(words(json.loads((data / "speech/speech.json").read_text())["en_LJ001-0003.wav"]["text"]))
    return [Clip(name, data / f"quality/{name}.wav", truth) for name in HELD_OUT_SERIES]


def rate(clips: Sequence[Clip], transcribed: Transcriber, rows: list[dict[str, Any]], who: str) -> float:
    wrong = 0
    for clip in clips:
        told = transcribed(clip.path)
        off = errors(clip.truth, told)
        wrong += off
        rows.append({"clip": clip.name, "by": who, "errors": off, "of": len(clip.truth), "told": " ".join(told)})
    return wrong / sum(len(clip.truth) for clip in clips)


# ---- invented words


def wordless(data: Path, folder: Path) -> dict[str, Path]:
    """Sounds in which nobody says a word. Long ones are cut to 12 s: the peer takes its time."""
    random = np.random.default_rng(0)
    made = {
        "silence": np.zeros(5 * RATE, np.float32),
        "dither": 1e-4 * random.normal(size=5 * RATE),
        "white noise": 0.1 * random.normal(size=5 * RATE),
        "fan": making.noise(5.0, rate=RATE),
        "hum": 0.1 * np.sin(2 * np.pi * 100 * np.arange(5 * RATE) / RATE),
        "knocks": np.where(np.arange(5 * RATE) % 8000 < 60, 0.5, 0) * random.normal(size=5 * RATE),
    }
    song = making.song(bpm=110.0, form=("verse", "chorus"), rate=RATE)
    made["made song without voice"] = song.accompaniment.mean(axis=0)
    found = {
        name: making.write_wav(folder / f"{name}.wav", sound.astype(np.float32), RATE) for name, sound in made.items()
    }
    recorded = {
        "noise": ("denoise/noise_other.wav", "denoise/noise_street.wav"),
        "music": (
            *("music/vibe_ace.ogg", "music/chaos_god_song.ogg", "music/chaos_god_guitar.ogg"),
            *("music/voice_over_music_music.flac", "music/demix_guitar_mix.flac", "music/demix_guitar_rest.flac"),
        ),
        "film": ("video/coffee.mp4", "video/dog_training.mp4"),
    }
    for names in recorded.values():
        for name in names:
            found[name] = making.write_wav(folder / f"{Path(name).stem}.wav", heard(data / name)[: 12 * RATE], RATE)
    return found


def sung(data: Path, folder: Path) -> dict[str, Path]:
    """Songs with words: these are sung, and no built-in recogniser can tell them."""
    return {
        name: making.write_wav(folder / f"{name}.wav", heard(data / f"music/{name}.ogg")[: 40 * RATE], RATE)
        for name in ("on_the_run", "lets_go_fishin")
    }


# ---- times


def planted(data: Path, folder: Path) -> tuple[Path, list[tuple[float, float]]]:
    parts, spans, at = [np.zeros(round(GAPS[0] * RATE), np.float32)], [], GAPS[0]
    for number, gap in zip((2, 4, 5, 3), GAPS[1:], strict=True):
        sound = heard(data / f"speech/en_LJ001-000{number}.wav")
        level = np.sqrt(np.convolve(np.square(sound), np.ones(160) / 160, mode="same"))
        loud = np.flatnonzero(level > TRIM * level.max())
        trimmed = sound[loud[0] : loud[-1] + 1]
        spans.append((at, at + len(trimmed) / RATE))
        parts += [trimmed, np.zeros(round(gap * RATE), np.float32)]
        at = spans[-1][1] + gap
    whole = np.concatenate(parts)
    whole += HISS * np.random.default_rng(1).normal(size=len(whole)).astype(np.float32)
    return making.write_wav(folder / "planted.wav", whole, RATE), spans


def edges(result: TranscribeResult, spans: Sequence[tuple[float, float]]) -> list[float]:
    """Seconds by which the first and the last sentence of each stretch miss its edges; those not found are 1 s off."""
    off = []
    for start, end in spans:
        inside = [one for one in result.sentences if one.start < end and one.end > start]
        off += [abs(inside[0].start - start), abs(inside[-1].end - end)] if inside else [1.0, 1.0]
    return off


# ---- speed


def speed(transcribed: Transcriber, paths: Sequence[Path]) -> float:
    """Seconds of sound in a second of processor time of all threads, decoding included; models are loaded before."""
    transcribed(paths[0])
    seconds = sum(len(heard(path)) / RATE for path in paths)
    start = time.process_time()
    for path in paths:
        transcribed(path)
    return seconds / (time.process_time() - start)


# ---- the whole


def figures(data: Path, ours: Ours, peers: dict[str, Transcriber], rows: list[dict[str, Any]]) -> list[Figure]:
    found = []
    for title, clips in (
        ("read speech", read_speech(data)),
        ("in a film", [in_a_film(data)]),
        ("spoilt", degraded(data)),
    ):
        beside = {name: round(rate(clips, peer, rows, name), 4) for name, peer in peers.items()}
        value = rate(clips, ours, rows, "ours")
        count = sum(len(clip.truth) for clip in clips)
        found.append(
            Figure(f"word error rate, {title}", value, higher=False, beside=beside, note=f"{count} words, as it is")
        )
    hot = [{"word": one} for one in ("cotton", "movable", "metal", "modern", "woodcutters", "block books")]
    hot += [{"word": one} for one in ("kubernetes", "reelwright", "beijing", "tensor flow")]
    expected = rate(
        read_speech(data),
        lambda path: words(" ".join(one.text for one in ours.result(path, hotwords=hot).sentences)),
        rows,
        "ours with hot words",
    )
    note = "six that are said, four that are not, weight 4"
    found.append(Figure("word error rate, read speech, hot words", expected, higher=False, note=note))
    return found


def invented(data: Path, folder: Path, ours: Ours, peers: dict[str, Transcriber], rows: list[dict[str, Any]]) -> Figure:
    counts = dict.fromkeys(["ours", *peers], 0)
    for name, path in wordless(data, folder).items():
        for who, transcribed in {"ours": ours, **peers}.items():
            told = transcribed(path)
            counts[who] += len(told)
            rows.append({"clip": name, "by": who, "invented": len(told), "told": " ".join(told)[:80]})
    beside = {who: float(count) for who, count in counts.items() if who != "ours"}
    name = "invented words on silence, noise and music"
    return Figure(name, counts["ours"], "words", reach=0, higher=False, beside=beside)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared/data")
    parser.add_argument("--engine", default="pocketsphinx")
    parser.add_argument("--home", type=Path, help="of an installation; its models folder has the weights")
    given = parser.parse_args()
    ours = Ours(given.engine, Hub(given.home / "models") if given.home else NoModels())
    peers: dict[str, Transcriber] = {"plain PocketSphinx": plain} if given.engine == "pocketsphinx" else {}
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = figures(given.data, ours, peers, rows)
        found.append(invented(given.data, folder, ours, peers, rows))
        songs = {song: len(ours(path)) for song, path in sung(given.data, folder).items()}
        told = ", ".join(f"{song} {count}" for song, count in songs.items())
        found.append(Figure("words told of two sung songs", sum(songs.values()), "words", higher=False, note=told))
        path, spans = planted(given.data, folder)
        off = edges(ours.result(path), spans)
        found.append(Figure("edges of speech, mean error", 1000 * float(np.mean(off)), "ms", higher=False))
        found.append(Figure("edges of speech, worst error", 1000 * max(off), "ms", higher=False))
        paths = [clip.path for clip in read_speech(given.data)]
        beside = {who: round(speed(peer, paths), 2) for who, peer in peers.items()}
        found.append(Figure("speed, processor time", speed(ours, paths), "x real time", beside=beside))
        record("speech.transcribe", found, command=COMMAND, path=given.json, more={"clips": rows})


if __name__ == "__main__":
    main()
