"""`video.translate`: are the new lines in the picture, to the letter and to the frame, and are the old ones gone?

    python -m benchmarks.operators.video.translate [--json FILE] [--data DIR]

Lines are burned into made films and into real clips of the shared data (three of them held out: nothing was tuned on
them, though the look of the letters was seen on one frame of juggle.mp4), read back by OCR in the middle of each and
compared letter by letter. In time: the frame in which a line comes, and the one in which it goes, beside the times
asked for. Old captions: the shared clips with burned-in Chinese and English captions; what is read of the old lines
after they were taken out, and whether the new ones are read in their place.

Untouched: the mean difference of the upper half of the picture, beside the same encoding without lines. Spoken: how
far the beginning and the end of each line lie from its span, measured on the sound, and what is left of an old voice.

Speed: burning beside decoding and encoding the same film with the same settings, in one run.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from benchmarks.timing import timed
from reelwright.media import encode, frames, making, probe, samples, subtitles
from reelwright.media.making import Shot
from reelwright.models import ocr
from reelwright.models.port import NoModels
from reelwright.operators import Context
from reelwright.operators.video.translate import TranslateParams, TranslateResult, translate

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.video.translate"
MODELS = NoModels()
LINES = (
    "Where have you been all this time?",
    "The bridge at Oakham closes at 8:15.",
    "Nobody told us that the river had risen by three metres overnight, and so we waited.",
    "Café au lait, s'il vous plaît.",
    "Yes!",
    "Well - not today, perhaps; 42 is enough.",
)
TUNED, HELD_OUT = ("coffee.mp4",), ("juggle.mp4", "sign_book.mkv", "faces_three_standing.mp4")
CAPTIONED = ("subtitled_en.mp4", "subtitled_zh.mp4")
LOOKS = ({}, {"size": 0.08, "colour": "#FFE060"}, {"box": "#000000", "outline": 0.0})
SPAN, GAP = 1.2, 0.2  # s of a line, and between two
CHANGED = 60  # grey levels by which the lower part changes where a line is
RUNS = 2


def burned(path: Path, cues: Sequence[subtitles.Cue], folder: Path, **given: object) -> TranslateResult:
    out = folder / f"{path.stem}-out"
    out.mkdir(exist_ok=True)
    srt = subtitles.save(cues, out / "given.srt", "srt")
    params = TranslateParams(video=str(path), translation=srt, target_language="en", **given)
    return translate(params, Context.local(phases=translate.phases, out=out, models=MODELS))


def cues_for(path: Path) -> list[subtitles.Cue]:
    """As many of the lines as the film has time for, on the edges of frames."""
    media = probe.with_video(path)
    rate, found, at = media.video.frame_rate, list[subtitles.Cue](), Fraction(1, 4)
    for line in LINES:
        start, end = (Fraction(round(edge * rate)) / rate for edge in (at, at + Fraction(SPAN).limit_denominator(100)))
        if end > media.duration - Fraction(1, 5):
            break
        found.append(subtitles.Cue(float(start), float(end), line))
        at = end + Fraction(GAP).limit_denominator(100)
    return found


def read(path: str | Path, time: float) -> str:
    picture = frames.at(path, Fraction(time).limit_denominator(10_000)).rgb
    half = picture[picture.shape[0] // 2 :]
    return " ".join(said.text for _, said in ocr.warm(MODELS).find_and_read(half))


def letters(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())


def legible(name: str, films: Sequence[Path], folder: Path) -> tuple[list[Figure], list[dict[str, object]]]:
    rows = list[dict[str, object]]()
    for path in films:
        cues = cues_for(path)
        for number, look in enumerate(LOOKS if name == "made" else LOOKS[:1]):
            result = burned(path, cues, folder, look=look)
            for cue in cues:
                said = letters(read(result.video, (cue.start + cue.end) / 2))
                alike = SequenceMatcher(None, letters(cue.text), said, autojunk=False)
                # What else stands in the scene (a watermark) is no fault of the line.
                share = sum(block.size for block in alike.get_matching_blocks()) / len(letters(cue.text))
                rows.append({"film": path.stem, "look": number, "line": cue.text, "read": share})
    found = [float(row["read"]) for row in rows]
    note = f"{len(rows)} lines of {len(films)} films; {sum(one == 1 for one in found)} to the letter"
    return [Figure(f"letters_read_back, {name}", float(np.mean(found)), reach=0.97, aim=0.99, note=note)], rows


def in_time(path: Path, folder: Path) -> Figure:
    """The worst error of the frames in which lines come and go."""
    cues, rate = cues_for(path), probe.with_video(path).video.frame_rate
    result = burned(path, cues, folder, quality="high")
    shown = []
    for before, after in zip(frames.stream(path), frames.stream(result.video), strict=True):
        low = slice(before.gray.shape[0] // 2, None)
        change = np.abs(before.gray[low].astype(int) - after.gray[low])
        shown.append(bool(np.percentile(change, 99.9) > CHANGED))
    wanted = [any(cue.start - 1e-6 <= number / rate < cue.end - 1e-6 for cue in cues) for number in range(len(shown))]
    edges = [np.flatnonzero(np.diff(np.array(one, int))) for one in (wanted, shown)]
    off = float(np.abs(edges[0] - edges[1]).max()) if len(edges[0]) == len(edges[1]) else float("inf")
    return Figure("edges_off, worst", off, "frames", reach=1.0, aim=0.0, higher=False, note=f"{len(edges[0])} edges")


def untouched(path: Path, folder: Path) -> Figure:
    """What burning does to the part of the picture that no line touches, beside encoding alone."""
    result = burned(path, cues_for(path), folder)
    plain = _encoded(path, folder / "plain.mp4")
    off = {"with lines": 0.0, "encoding alone": 0.0}
    count = 0
    for here, ours, theirs in zip(frames.stream(path), frames.stream(result.video), frames.stream(plain), strict=True):
        high = slice(0, here.gray.shape[0] // 2)
        for name, frame in (("with lines", ours), ("encoding alone", theirs)):
            off[name] += float(np.abs(here.gray[high].astype(int) - frame.gray[high]).mean())
        count += 1
    value = off["with lines"] / count
    return Figure(
        "upper_half_off", value, "grey levels", higher=False, beside={"encoding alone": off["encoding alone"] / count}
    )


def replaced(clips: Path, folder: Path) -> tuple[list[Figure], list[dict[str, object]]]:
    """Old captions taken out, new ones put in."""
    rows = list[dict[str, object]]()
    for name in CAPTIONED:
        if not (clips / name).is_file():
            continue
        old = subtitles.read(clips / name.replace(".mp4", ".srt"))
        new = [subtitles.Cue(one.start, one.end, "OMEGA") for one in old]
        result = burned(clips / name, new, folder, erase=True)
        for one in old:
            middle = (one.start + one.end) / 2
            said = read(result.video, middle)
            gone = SequenceMatcher(None, letters(one.text), letters(said.replace("OMEGA", "")), autojunk=False)
            left = sum(block.size for block in gone.get_matching_blocks() if block.size > 1)
            rows.append(
                {"film": name, "new_read": "omega" in letters(said), "old_left": left / max(1, len(letters(one.text)))}
            )
    if not rows:
        return [], rows
    left = float(np.mean([row["old_left"] for row in rows]))
    there = float(np.mean([row["new_read"] for row in rows]))
    return [
        Figure("old_letters_left", left, reach=0.05, aim=0.0, higher=False, note=f"{len(rows)} captions"),
        Figure("new_lines_read_over_old", there, reach=0.95, aim=1.0),
    ], rows


def spoken(folder: Path) -> list[Figure]:
    """Lines said in their spans, over a quiet room; and what is left of an old voice where nothing new is said."""
    room = making.noise(16.0, rate=48000) * np.float32(0.01)
    quiet = making.picture(folder / "room.mp4", [Shot("scene", 8.0)] * 2, size=(320, 180), sound=room)
    texts = ("Good evening, my friends.", "The river is cold today.", "We leave at eight.", "Nobody knows why.")
    cues = [subtitles.Cue(1.0 + 3.5 * number, 3.0 + 3.5 * number, text) for number, text in enumerate(texts)]
    result = burned(quiet.path, cues, folder, speak=True, burn=False)
    level = _level(result.video)
    off = []
    for cue in cues:
        part = level[round(100 * (cue.start - 0.4)) : round(100 * (cue.end + 0.4))]
        loud = np.flatnonzero(part > 0.1 * np.percentile(part, 95))
        begins, ends = cue.start - 0.4 + loud[0] / 100, cue.start - 0.4 + loud[-1] / 100
        off.append(max(abs(begins - cue.start), max(0.0, ends - cue.end)))
    voice = making.speech(8.0, rate=48000).clean
    talk = making.picture(folder / "talk.mp4", [Shot("scene", 4.0)] * 2, size=(320, 180), sound=voice)
    over = burned(talk.path, cues[:1], folder, speak=True, burn=False)
    old, new = (float(np.square(_level(one)[320:780]).mean()) for one in (talk.path, over.video))
    return [
        Figure("spoken_line_off, worst", 1000 * max(off), "ms", reach=100.0, aim=40.0, higher=False),
        Figure("spoken_lines_late", float(result.late), reach=0.0, higher=False, note=f"{result.spoken} lines"),
        Figure(
            "old_voice_left", 10 * np.log10(new / old), "dB", reach=-6.0, aim=-12.0, higher=False, note="mono speech"
        ),
    ]


def _level(path: str | Path) -> np.ndarray:
    """RMS of each hundredth of a second."""
    sound = samples.read(path, channels=1)
    hop = sound.rate // 100
    return np.sqrt(np.square(sound.samples[0][: len(sound.samples[0]) // hop * hop].reshape(-1, hop)).mean(axis=1))


def speed(folder: Path) -> list[Figure]:
    film = making.picture(folder / "film.mp4", [Shot("scene", 2.5)] * 2, size=(1920, 1080), crf=23)
    cues = cues_for(film.path)
    works: dict[str, Callable[[], object]] = {
        "decoding and encoding": lambda: _encoded(film.path, folder / "floor.mp4"),
        "burning": lambda: burned(film.path, cues, folder),
    }
    rounds = [{name: timed(work) for name, work in works.items()} for _ in range(RUNS)]
    wall, cpu = ({name: min(one[name][which] for one in rounds) for name in works} for which in (0, 1))
    return [
        Figure(f"burning_to_floor_{name}", told["burning"] / told["decoding and encoding"], higher=False, beside=told)
        for name, told in (("time", wall), ("cpu", cpu))
    ]


def _encoded(path: Path, out: Path) -> Path:
    media = probe.with_video(path)
    with encode.Writer(out, encode.Picture.like(media.video), beside=path) as writer:
        for frame in frames.stream(path):
            writer.write(frame.raw)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=os.environ.get("REELWRIGHT_DATA", HERE.parent / "shared" / "data"))
    given = parser.parse_args()
    clips = Path(given.data) / "video"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = making.picture(folder / "made.mp4", [Shot("scene", 4.5)] * 2, size=(640, 360)).path
        sets = [("made", [made])]
        for title, names in (("real, tuned", TUNED), ("real, held out", HELD_OUT)):
            there = [clips / one for one in names if (clips / one).is_file()]
            sets += [(title, there)] if there else []
        figures, more = list[Figure](), list[dict[str, object]]()
        for title, films in sets:
            found, rows = legible(title, films, folder)
            figures, more = [*figures, *found], [*more, *rows]
        gone, rows = replaced(clips, folder)
        figures += [in_time(made, folder), untouched(made, folder), *gone, *spoken(folder), *speed(folder)]
    record("video.translate", figures, command=COMMAND, path=given.json, more=[*more, *rows])


if __name__ == "__main__":
    main()
