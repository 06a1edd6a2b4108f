"""`story.deliver`: is the whole film exact, do timelines read back with exact times, and how fast.

    python -m benchmarks.operators.story.deliver [--json FILE]

Storyboards' films are made of a moving pattern with noise for sound. The OpenTimelineIO file is read by its library,
the FCPXML file by a plain XML reader. Speed is told against copying the films' bytes.
"""

import argparse
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import opentimelineio as otio

from benchmarks.recording import Figure, record
from reelwright.media import frames, samples, scenes, sounds, subtitles
from reelwright.operators import Context
from reelwright.operators.story.deliver import DeliverParams, DeliverResult, deliver

COMMAND = "python -m benchmarks.operators.story.deliver"
SIZE, LENGTHS, SHOTS = (360, 640), (431, 287, 599), 9  # frames of the films; shots in each


def board(folder: Path, number: int, length: int) -> dict[str, object]:
    ground = np.kron(np.random.default_rng(number).integers(40, 200, (32, 18, 3)), np.ones((20, 20, 1)))
    pictures = [np.roll(ground.astype(np.uint8), 2 * shift, axis=1) for shift in range(length)]
    film, sound = folder / f"film-{number}.mp4", folder / f"film-{number}.flac"
    scenes.film(film, pictures, SIZE, Fraction(24), quality="normal", sound=None)
    heard = np.random.default_rng(number).normal(0, 0.05, (2, length * 2000)).astype(np.float32)
    with sounds.Flac(sound, 48000, 2) as out:
        out.write(heard)
    edges = np.linspace(0, length, SHOTS + 1).astype(int)
    shots = [
        {"id": str(1000 * (number - 1) + n), "text": f"第{n}句。", "speech_seconds": 1.23, "speech_start": 1 / 12}
        for n in range(1, SHOTS + 1)
    ]
    placed = [
        {"shot": shot["id"], "first": int(edges[n]), "frames": int(edges[n + 1] - edges[n])}
        for n, shot in enumerate(shots)
    ]
    cues = [
        {"start": int(edges[n]) / 24 + 0.1, "end": int(edges[n]) / 24 + 1, "text": shot["text"], "shot": shot["id"]}
        for n, shot in enumerate(shots)
    ]
    told = {"id": f"st_{number}", "number": number, "film": str(film), "sound": str(sound)}
    return {**told, "shots": shots, "placed": placed, "cues": cues}


def frames_off(made: DeliverResult, boards: list[dict[str, object]]) -> int:
    """Times in the timelines that are not those of the shots, counted in both."""
    wanted, first = list[int](), 0
    for one, length in zip(boards, LENGTHS, strict=True):
        wanted += [first + placed["first"] for placed in one["placed"]]
        first += length
    timeline = otio.adapters.read_from_file(made.otio)
    clips = [one for one in timeline.tracks[0] if isinstance(one, otio.schema.Clip)]
    found = [one.range_in_parent().start_time.to_seconds() * 24 for one in clips]
    spine = ElementTree.parse(str(made.fcpxml)).getroot().find(".//spine")
    assert spine is not None
    told = [Fraction(str(one.get("offset")).removesuffix("s")) * 24 for one in spine if one.tag == "asset-clip"]
    return sum(a != b for a, b in zip(found, wanted, strict=True)) + sum(
        a != b for a, b in zip(told, wanted, strict=True)
    )


def cue_error(made: DeliverResult, boards: list[dict[str, object]]) -> float:
    wanted, first = list[float](), 0.0
    for one, length in zip(boards, LENGTHS, strict=True):
        wanted += [first + cue["start"] for cue in one["cues"]]
        first += length / 24
    found = [cue.start for cue in subtitles.read(str(made.srt))]
    return max(abs(a - b) for a, b in zip(found, wanted, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        boards = [board(folder, number, length) for number, length in enumerate(LENGTHS, start=1)]
        params = DeliverParams(title="标题", boards=boards, width=SIZE[0], height=SIZE[1])
        began = time.process_time()
        made = deliver(params, Context.local(out=folder, seed=1))
        ours = time.process_time() - began
        began = time.process_time()
        for one in boards:
            (folder / "copy").write_bytes(Path(str(one["film"])).read_bytes())
        plain = time.process_time() - began
        length = samples.read(str(made.film)).samples.shape[1]
        shown = sum(1 for _ in frames.stream(str(made.film)))
        figures = [
            Figure("picture longer than sound", 1000 * made.drift, "ms", reach=0, higher=False),
            Figure("samples off the picture's length", abs(length - made.frames * 2000), reach=0, higher=False),
            Figure("pictures that are missing", sum(LENGTHS) - shown, reach=0, higher=False),
            Figure("pictures copied", made.copied / made.frames, "share", reach=1.0),
            Figure("times off in the timelines", frames_off(made, boards), reach=0, higher=False),
            Figure("subtitle times off, worst", 1000 * cue_error(made, boards), "ms", reach=1, higher=False),
            Figure(
                "a second of film",
                ours / made.seconds,
                "s",
                higher=False,
                beside={"bytes copied, s": plain / made.seconds},
            ),
        ]
    record("story.deliver", figures, command=COMMAND, path=given.json, more={"films": len(LENGTHS)})


if __name__ == "__main__":
    main()
