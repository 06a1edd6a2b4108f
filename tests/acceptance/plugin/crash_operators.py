"""Operators and a plan that keep a journal of what truly ran. Installed into the servers under test as a plug-in."""

import ctypes
import os
import subprocess
import time
from collections.abc import Iterable

from reelwright.errors import NotMedia
from reelwright.operators import Context, Params, Result, files, operator, param
from reelwright.pipelines.contract import Guess, Ref, Seen, Sizes, Wanted, plan


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


class PageParams(Params):
    text: files.Text = param("Any file; its bytes are part of the memo's key.")
    journal: str = param("File that every run is noted in.")
    label: str = param("Tells one page from another.")
    tick: float = param("How long it takes.", 0.01, ge=0, unit="s")
    bad: bool = param("Fail.", False)


class PageResult(Result):
    page: files.Text = param("The input, and the label.")


@operator(version=1, name="crash.page")
def page(params: PageParams, ctx: Context) -> PageResult:
    note(params.journal, "start", params.label, os.getpid())
    time.sleep(params.tick)
    if params.bad:
        raise NotMedia(f"{params.label} is a bad page; take another")
    out = ctx.output("page.txt")
    with open(params.text) as given:
        out.write_text(f"{given.read()} {params.label}")
    note(params.journal, "end", params.label, os.getpid())
    return PageResult(page=str(out))


class BindParams(Params):
    pages: tuple[files.Text, ...] = param("Files.")
    journal: str = param("File that every run is noted in.")
    label: str = param("Of the book.")


class BindResult(Result):
    book: files.Text = param("All of them, a line each.")


@operator(version=1, name="crash.bind")
def bind(params: BindParams, ctx: Context) -> BindResult:
    note(params.journal, "start", params.label, os.getpid())
    out = ctx.output("book.txt")
    lines = []
    for name in params.pages:
        with open(name) as page:
            lines.append(page.read())
    out.write_text("\n".join(lines))
    note(params.journal, "end", params.label, os.getpid())
    return BindResult(book=str(out))


class BookParams(Params):
    text: files.Text = param("Any file.")
    journal: str = param("File that every run is noted in.")
    label: str = param("Of the book.")
    pages: int = param("How many.", 4, ge=1, le=1000)
    bad: int = param("Number of a page that fails.", -1)
    tick: float = param("How long a page takes.", 0.01, ge=0, unit="s")


def guess(params: BookParams, sizes: Sizes) -> Iterable[Guess]:
    yield Guess("crash.page", 1 + 2 * params.pages, bytes=(2 * params.pages + 1) * sizes.get("text", 0))
    yield Guess("crash.bind", 1)


@plan(version=1, name="crash-book", final="book", concludes="crash.bind", suspends=True, guess=guess)
def book(params: BookParams, seen: Seen) -> Iterable[Wanted]:
    """A cover, pages that hang on it, a copy of each, and all of them bound; the copies are known once the cover is."""
    own = {"journal": params.journal, "tick": params.tick}
    yield Wanted("cover", "crash.page", {"text": params.text, "label": f"{params.label}-cover", **own})
    if "cover" not in seen.finished:
        return
    copies = []
    for number in range(params.pages):
        name = f"page-{number}"
        given = {"text": Ref("cover", "page"), "label": f"{params.label}-{number}", "bad": number == params.bad}
        yield Wanted(name, "crash.page", {**given, **own})
        copies.append(f"{name}.copy")
        copied = {"text": Ref(name, "page"), "label": f"{params.label}-{number}-copy", **own}
        yield Wanted(copies[-1], "crash.page", copied)
    bound = {
        "pages": [Ref(name, "page") for name in copies],
        "journal": params.journal,
        "label": f"{params.label}-book",
    }
    yield Wanted("book", "crash.bind", bound)
