"""The demo's storyboard: a fable becomes a film; a shot is spoilt on the way, mended, and nothing else is done again.

The text is a fable of Aesop, after the telling of Joseph Jacobs (1894), which is in the public domain. A picture that
is none takes the place of one shot's; the job comes to a stand, says which shot it is, is given a photograph for it and
goes on. What ran for that is counted, and must be that shot and the films that hang on it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.faces.cli import terminal
from reelwright.faces.cli.demo import looking
from reelwright.faces.cli.demo.checks import CheckFailed, must
from reelwright.faces.cli.demo.storyboards import Storyboards

if TYPE_CHECKING:
    from reelwright.faces.cli.demo.vendor import Vendor

TITLE, TEXT = "a fable as a film", "fable.txt"
SPOILT = "no-picture.png"
STEP, PICTURE = "shot-2.picture", "images.0.image"
REDONE = ("shot-2.clip", "shot-2.take", "board-1.film", "film")
"""What hangs on the picture of shot 2."""
ASKED = {
    "SourceType": "Novel",
    "StyleId": "FairyTale2D",
    "NarrationVoiceId": "sys_ClassicMiddleAgedWoman",
    "ShotSplitMode": "thirdPersonNarration",
    "ShotPromptMode": "default",
    "AspectRatio": "16:9",
    "Resolution": "720P",
    "SkipFailureShot": False,
    "Title": "The Fox and the Crow",
}
LEAST_SECONDS, MOST_SECONDS = 40.0, 100.0
MOST_DRIFT = 0.03  # seconds between the end of the picture and that of the sound

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Told:
    """How it went: `seen` is what was measured, `fault` is empty if all was right."""

    seconds: float = 0.0
    files: tuple[Path, ...] = ()
    seen: str = ""
    fault: str = ""
    before: Counts | None = None
    after: Counts | None = None


def fable() -> str:
    return files(__package__).joinpath(TEXT).read_text(encoding="utf-8")


def submitted(client: "Vendor", out: Path) -> str:
    """The job's id. Uploads the text, and the picture that is none."""
    folder = out / "samples"
    text, spoilt = folder / TEXT, folder / SPOILT
    text.write_text(fable(), encoding="utf-8")
    spoilt.write_text("this is no picture")
    client.upload(spoilt)
    return Storyboards(client).submit(client.upload(text), ASKED)


def finished(client: "Vendor", job: str, mend: str, out: Path, on_progress: Callable[[float], None]) -> Told:
    """Spoil a shot, wait, mend it with the picture at `mend`, resume, and look at the film and the counters."""
    boards = Storyboards(client)
    try:
        boards.wait_for_step(job, STEP)
        boards.give(job, STEP, PICTURE, client.address(SPOILT))
        status, result = boards.wait(job, on_progress)
        must(status == "Suspended", f"the job is {status}, though a shot of it has no picture")
        failed = [one["shotId"] for one in json.loads(result.failure_shot_list)]
        must(failed == ["2"], f"the failed shots are {failed}, not shot 2")
        before = boards.executions(job)
        boards.give(job, STEP, PICTURE, mend)
        boards.resume(job)
        status, _ = boards.wait(job, on_progress)
        must(status == "Succeeded", f"the job is {status} after its mend")
        return _looked_at(boards, job, out / "Storyboard", before)
    except CheckFailed as fault:
        return Told(fault=str(fault))


def _looked_at(boards: Storyboards, job: str, folder: Path, before: Counts) -> Told:
    after = boards.executions(job)
    ran = tuple(name for name, count in after.items() if count != before.get(name, 0))
    must(sorted(ran) == sorted(REDONE), f"the resume ran {', '.join(ran)}; it should have been {', '.join(REDONE)}")
    saved = boards.save(job, folder)
    film = folder / "film.mp4"
    seen, (samples, rate) = looking.at_video(film), looking.at_sound(film)
    drift = abs(seen.seconds - len(samples) / rate)
    must(LEAST_SECONDS <= seen.seconds <= MOST_SECONDS, f"the film is {seen.seconds:.1f} s long")
    must(drift <= MOST_DRIFT, f"picture and sound end {1000 * drift:.0f} ms apart")
    told = (
        f"{seen.seconds:.1f} s of film by {len(after)} steps; picture and sound end {1000 * drift:.0f} ms apart; "
        f"the resume ran {len(ran)} steps: {', '.join(ran)}"
    )
    return Told(boards.seconds(job), saved, told, before=before, after=after)


def report(told: Told) -> None:
    """The result, and the counters before and after the resume."""
    console = terminal.out()
    mark = "[red]✗[/]" if told.fault else "[green]✓[/]"
    console.print(f"{mark} {TITLE} (Storyboard, {terminal.seconds_text(told.seconds)})")
    console.print(f"    {told.fault or told.seen}", markup=False, style="red" if told.fault else "")
    for path in told.files:
        console.print(f"    {path}  {terminal.bytes_text(path.stat().st_size)}", style="dim", markup=False)
    if told.before is not None and told.after is not None:
        rows = [(name, *_counts(name, told.before, told.after)) for name in told.after]
        console.print(terminal.table(("step", "ran before", "ran after the resume", ""), rows))


def _counts(name: str, before: Counts, after: Counts) -> tuple[str, str, str]:
    was, now = before.get(name, 0), after[name]
    return str(was), str(now), "run by the resume" if was != now else ""
