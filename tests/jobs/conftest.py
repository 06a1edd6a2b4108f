"""A home with a ledger, a store, a memo and a dispatcher whose engine runs in this process."""

import asyncio
import contextlib
import time
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from reelwright import errors, operators
from reelwright.engines.inline import InlineEngine
from reelwright.jobs.dispatcher import Dispatcher, Policy
from reelwright.jobs.job import Status
from reelwright.jobs.ledger.sqlite import SqliteLedger
from reelwright.jobs.perform import World, perform
from reelwright.jobs.task import task_from, to_wire
from reelwright.models.port import NoModels
from reelwright.operators import Context, Params, Result, files, operator, param, registry
from reelwright.pipelines import registry as plans
from reelwright.pipelines.contract import Ref, Seen, Wanted, plan
from reelwright.service import Service, Submission
from reelwright.settings import Settings
from reelwright.storage import local


class EchoParams(Params):
    text: files.Text = param("A file.")
    other: files.Text | None = param("One more.", None)
    times: int = param("How often.", 1, ge=1, le=5)
    fail: str = param("Name of the error to raise.", "")


class Part(Result):
    file: files.Text = param("A copy.")
    number: int = param("Which.")


class EchoResult(Result):
    parts: tuple[Part, ...] = param("The copies.")


RUNS = []


@operator(version=3, name="test.echo")
def _echo(params: EchoParams, ctx: Context) -> EchoResult:
    RUNS.append(params.text)
    ctx.media(2.0)
    if params.fail and len(RUNS) < int(params.fail.partition(":")[2] or 99):
        raise getattr(errors, params.fail.partition(":")[0])(f"{params.text} did not work")
    parts = []
    for number in ctx.track(range(params.times), total=params.times, unit="copy"):
        out = ctx.output(f"copy-{number}.txt")
        with open(params.text) as given:
            out.write_text(f"{given.read()}{number}")
        parts.append(Part(file=str(out), number=number))
    return EchoResult(parts=tuple(parts))


class WordsParams(Params):
    text: files.Text = param("A file.")


class WordsResult(Result):
    words: tuple[str, ...] = param("Its words.")


@operator(version=1, name="test.words")
def _words(params: WordsParams, ctx: Context) -> WordsResult:
    RUNS.append("words")
    with open(params.text) as given:
        return WordsResult(words=tuple(given.read().split()))


class MarkParams(Params):
    word: str = param("A word.")
    loud: bool = param("In capitals.", False)


class MarkResult(Result):
    file: files.Text = param("The word.")
    length: int = param("Its letters.")


@operator(version=1, name="test.mark")
def _mark(params: MarkParams, ctx: Context) -> MarkResult:
    RUNS.append(params.word)
    if params.word.startswith("bad"):
        raise errors.NotMedia(f"{params.word} is a bad word; take another", field="word")
    out = ctx.output("word.txt")
    out.write_text(params.word.upper() if params.loud else params.word)
    return MarkResult(file=str(out), length=len(params.word))


class BindParams(Params):
    parts: tuple[files.Text, ...] = param("Files.")


class BindResult(Result):
    book: files.Text = param("All of them.")


@operator(version=1, name="test.bind")
def _bind(params: BindParams, ctx: Context) -> BindResult:
    RUNS.append("bind")
    out = ctx.output("book.txt")
    out.write_text(" ".join(Path(part).read_text() for part in params.parts))
    return BindResult(book=str(out))


class BookParams(Params):
    text: files.Text = param("Its words.")
    skip: bool = param("Leave out what fails.", False)


@plan(
    version=1, name="test-book", final="book", concludes="test.bind", suspends=True, mends=lambda name: name != "read"
)
def _book(params: BookParams, seen: Seen) -> Iterable[Wanted]:
    """Every word of a text on a page of its own, and a book of them."""
    yield Wanted("read", "test.words", {"text": params.text}, title="Read")
    if "read" not in seen.finished:
        return
    pages = [f"page-{number}" for number, _ in enumerate(seen.finished["read"]["words"])]
    for name, word in zip(pages, seen.finished["read"]["words"], strict=True):
        yield Wanted(name, "test.mark", {"word": word})
        yield Wanted(f"{name}.copy", "test.echo", {"text": Ref(name, "file")})
    copies = [f"{name}.copy" for name in pages if not (params.skip and name in seen.failed)]
    yield Wanted("book", "test.bind", {"parts": [Ref(name, "parts.0.file") for name in copies]})


OPERATORS = {one.name: one for one in (_echo, _words, _mark, _bind)}


def _entry(loaded):
    return SimpleNamespace(load=lambda: loaded)


@pytest.fixture
def echo(monkeypatch):
    """An operator named test.echo and its like, and a plan, as plug-ins would bring them."""
    monkeypatch.setattr(registry, "_plugins", lambda: {name: _entry(one) for name, one in OPERATORS.items()})
    monkeypatch.setattr(plans, "_plugins", lambda: {"test-book": _entry(_book)})
    for cached in (plans.names, plans.find):
        cached.cache_clear()
    for cached in (registry.names, registry.load):
        cached.cache_clear()
    RUNS.clear()
    yield _echo
    for cached in (registry.names, registry.load, plans.names, plans.find):
        cached.cache_clear()


_world = {}


def perform_here(task, say):
    return to_wire(perform(task_from(task), _world["now"], say))


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home", lease=5.0, retry_delay=0.01, max_attempts=3)


@pytest.fixture
def house(settings, echo, monkeypatch):
    """Everything but processes: `submit`, `wait`, and the parts by name."""
    import reelwright.engines.inline as inline

    monkeypatch.setattr(inline, "resolve", lambda name: perform_here)
    settings.home.mkdir()
    ledger = SqliteLedger(settings.home / "ledger.db")
    ledger.open()
    objects, memo = local.open_store(settings), local.open_memo(settings)
    for bucket in ("given", "out", settings.results_bucket):
        objects.create_bucket(bucket)
    objects.put("given", "a.txt", b"alpha")
    service = Service(settings=settings, ledger=ledger, objects=objects)
    scratch = settings.home / "scratch"
    _world["now"] = World(objects, memo, NoModels(), lambda url, path: (0, ""), scratch, settings.results_bucket)
    policy = Policy("here", "perform", settings.results_bucket, settings.lease, 3, 0.01, 60, 1 << 30)
    dispatcher = Dispatcher(
        ledger=ledger, engine=InlineEngine(), objects=objects, memo=memo, models=NoModels(), policy=policy
    )
    parts = SimpleNamespace(
        service=service, ledger=ledger, objects=objects, memo=memo, dispatcher=dispatcher, scratch=scratch
    )

    def submit(params=None, **more):
        wanted = Submission("test.echo", {"text": "oss://given/a.txt", **(params or {})}, **more)
        return asyncio.run(service.submit("default", wanted)).job_id

    def wait(job_id):
        for _ in range(3000):
            job = service.job("default", job_id)
            if job.status.is_final or job.status is Status.SUSPENDED:
                return job
            time.sleep(0.005)
        raise AssertionError(f"job did not end: {job}")

    parts.submit, parts.wait = submit, wait
    dispatcher.start()
    yield parts
    with contextlib.suppress(RuntimeError):
        dispatcher.close()
    ledger.close()


@pytest.fixture
def runs():
    """The inputs of every true run of test.echo."""
    return RUNS


@pytest.fixture
def load_operator():
    return operators.load
