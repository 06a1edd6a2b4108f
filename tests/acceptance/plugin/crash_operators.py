"""Operators that keep a journal of what truly ran. Installed into the servers under test as a plug-in."""

import ctypes
import os
import subprocess
import time

from reelwright.operators import Context, Params, Result, files, operator, param


def note(path: str, *words: object) -> None:
    """One line, appended atomically."""
    with open(path, "a") as journal:
        journal.write(" ".join(map(str, words)) + "\n")


class JournalParams(Params):
    text: files.Text = param("Any file; its bytes are part of the memo's key.")
    journal: str = param("File that every run is noted in.")
    label: str = param("Tells one job from another.")
    ticks: int = param("How many units of work.", 5, ge=1)
    tick: float = param("How long each takes.", 0.01, ge=0, unit="s")


class JournalResult(Result):
    copy_of: files.Text = param("The input, and the label.")
    ticks: int = param("Units done.")


@operator(version=1, name="crash.journal")
def journal(params: JournalParams, ctx: Context) -> JournalResult:
    note(params.journal, "start", params.label, os.getpid())
    for _ in ctx.track(range(params.ticks), total=params.ticks, unit="tick"):
        time.sleep(params.tick)
    out = ctx.output("copy.txt")
    with open(params.text) as given:
        out.write_text(given.read() + params.label)
    note(params.journal, "end", params.label, os.getpid())
    return JournalResult(copy_of=str(out), ticks=params.ticks)


class BurnParams(Params):
    text: files.Text = param("Any file.")
    journal: str = param("File that the processes are noted in.")
    seconds: int = param("How long to stay inside native code.", 600)


class BurnResult(Result):
    seconds: int = param("How long it was.")


@operator(version=1, name="crash.burn")
def burn(params: BurnParams, ctx: Context) -> BurnResult:
    child = subprocess.Popen(["sleep", str(params.seconds)])
    note(params.journal, "pids", os.getpid(), child.pid)
    for _ in range(params.seconds):
        ctypes.CDLL(None).usleep(1_000_000)  # C: no signal handler, no bytecode runs meanwhile
    return BurnResult(seconds=params.seconds)
