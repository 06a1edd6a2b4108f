"""How a storyboard job stands, from the steps of its plan: which storyboards there are, how far each is, what failed.

The steps that matter are `read` (the storyboards), `board-<n>.script` (the shots of storyboard n), `shot-<id>.<what>`
and `board-<n>.film`. Any others do not change what is told. A storyboard goes

    Configuring  Parsing ─▶ ParseSucc ─▶  Editing  Creating ─▶ CreateSucc ─▶ Producing ─▶ Produced  ProduceSucc
                                                   CreateFailed              ProduceFailed

and ends at CreateSucc if only storyboards were asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from reelwright.jobs.job import Job, Status, Step

READ = "read"
NO_MEDIA = "NoMediaData"
"""The only code that the vendor has for a shot."""
LAST_OF_FILM, LAST_OF_STORYBOARD = "take", "picture"
"""What a shot has when it is done."""
UNKNOWN_ID = ""
"""Of a storyboard that nobody has read yet."""


class Stage(Enum):
    """(status, subStatus) of a storyboard."""

    PARSING = ("Configuring", "Parsing")
    PARSED = ("Configuring", "ParseSucc")
    CREATING = ("Editing", "Creating")
    CREATED = ("Editing", "CreateSucc")
    NOT_CREATED = ("Editing", "CreateFailed")
    PRODUCING = ("Producing", "Producing")
    NOT_PRODUCED = ("Producing", "ProduceFailed")
    PRODUCED = ("Produced", "ProduceSucc")


FAILED = (Stage.NOT_CREATED, Stage.NOT_PRODUCED)


@dataclass(frozen=True, slots=True)
class Board:
    id: str
    title: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class FailedShot:
    board: str
    shot: str


@dataclass(frozen=True)
class Told:
    """What the vendor's `JobResult` is written from."""

    boards: tuple[Board, ...]
    failures: tuple[FailedShot, ...]
    succeeded: tuple[str, ...]
    exceptions: tuple[str, ...]


def told(job: Job, steps: Sequence[Step], title: str) -> Told:
    """`title`: of the job, for what has no title of its own yet."""
    view = _View(job, title, {step.name: step for step in steps})
    boards = tuple(view.boards())
    return Told(
        boards,
        tuple(view.failures()),
        tuple(board.id for board in boards if board.stage is view.goal),
        tuple(board.id for board in boards if board.stage in FAILED),
    )


@dataclass
class _View:
    job: Job
    title: str
    steps: Mapping[str, Step]

    @property
    def goal(self) -> Stage:
        return Stage.CREATED if self._is_storyboard else Stage.PRODUCED

    @property
    def _is_storyboard(self) -> bool:
        return bool(self.job.params.get("only_storyboard", False))

    def boards(self) -> Iterator[Board]:
        found = self._result(READ)
        if found is None:
            if self.job.status in (Status.QUEUED, Status.RUNNING):
                yield Board(UNKNOWN_ID, self.title, Stage.PARSING)
            return
        for board in found.get("boards", ()):
            yield Board(str(board["id"]), str(board["title"]), self._stage(int(board["number"])))

    def failures(self) -> Iterator[FailedShot]:
        """In the order of the story, each shot once."""
        found = self._result(READ) or {}
        for board in found.get("boards", ()):
            for shot in self._shots(int(board["number"])):
                if self._has_failed(shot):
                    yield FailedShot(str(board["id"]), shot)

    # ---- storyboards

    def _stage(self, number: int) -> Stage:
        script = self._state(f"board-{number}.script")
        if script is Status.FAILED:
            return Stage.NOT_CREATED
        if script is not Status.SUCCEEDED:
            return Stage.CREATING if script is Status.RUNNING else Stage.PARSED
        return self._stage_of_storyboard(number) if self._is_storyboard else self._stage_of_film(number)

    def _stage_of_storyboard(self, number: int) -> Stage:
        """Its pictures belong to it."""
        pictures = [self._state(f"shot-{shot}.{LAST_OF_STORYBOARD}") for shot in self._shots(number)]
        if self.job.status is Status.SUCCEEDED:
            is_there = not pictures or Status.SUCCEEDED in pictures
            return Stage.CREATED if is_there else Stage.NOT_CREATED
        if all(state is Status.SUCCEEDED for state in pictures):
            return Stage.CREATED
        return Stage.NOT_CREATED if self._is_stopped_by(number) else Stage.CREATING

    def _stage_of_film(self, number: int) -> Stage:
        film = self._state(f"board-{number}.film")
        if film is Status.SUCCEEDED:
            return Stage.PRODUCED
        if film is Status.FAILED or self.job.status is Status.SUCCEEDED or self._is_stopped_by(number):
            return Stage.NOT_PRODUCED
        begun = any(step.state is not Status.QUEUED for shot in self._shots(number) for step in self._of_shot(shot))
        return Stage.PRODUCING if begun else Stage.CREATED

    def _is_stopped_by(self, number: int) -> bool:
        """Does the job stand still, and has a shot of this storyboard failed?"""
        stands = self.job.status in (Status.SUSPENDED, Status.FAILED)
        return stands and any(self._has_failed(shot) for shot in self._shots(number))

    # ---- shots

    def _shots(self, number: int) -> list[str]:
        script = self._result(f"board-{number}.script") or {}
        return [str(shot["id"]) for shot in script.get("shots", ())]

    def _has_failed(self, shot: str) -> bool:
        """A step of it did, or one that it hangs on, or the job has ended well without it."""
        if self.job.status is Status.SUCCEEDED:
            last = LAST_OF_STORYBOARD if self._is_storyboard else LAST_OF_FILM
            return self._state(f"shot-{shot}.{last}") is not Status.SUCCEEDED
        return any(step.name in self._broken for step in self._of_shot(shot))

    def _of_shot(self, shot: str) -> Sequence[Step]:
        return self._by_shot.get(shot, ())

    @cached_property
    def _by_shot(self) -> Mapping[str, list[Step]]:
        found: dict[str, list[Step]] = {}
        for step in self.steps.values():
            first, _, _ = step.name.partition(".")
            if first.startswith("shot-"):
                found.setdefault(first.removeprefix("shot-"), []).append(step)
        return found

    @cached_property
    def _broken(self) -> set[str]:
        """Steps that failed, and those that wait for one that did. A plan has a step after those it needs."""
        broken: set[str] = set()
        for step in sorted(self.steps.values(), key=lambda step: step.position):
            hangs = step.state is not Status.SUCCEEDED and not broken.isdisjoint(step.needs)
            if step.state is Status.FAILED or hangs:
                broken.add(step.name)
        return broken

    # ---- steps

    def _state(self, name: str) -> Status | None:
        step = self.steps.get(name)
        return step.state if step else None

    def _result(self, name: str) -> Mapping[str, Any] | None:
        """Of a step that is done. One that has to run again still has its old result."""
        step = self.steps.get(name)
        return step.result if step is not None and step.state is Status.SUCCEEDED else None
