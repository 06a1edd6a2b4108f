"""How a storyboard job stands, from steps made up as the plan names them."""

import pytest

from reelwright.faces.ice.yike import boards
from reelwright.faces.ice.yike.boards import FailedShot, Stage
from reelwright.jobs.job import Failure, Job, Status, Step

QUEUED, RUNNING, DONE, FAILED, GONE = (
    Status.QUEUED,
    Status.RUNNING,
    Status.SUCCEEDED,
    Status.FAILED,
    Status.CANCELLED,
)
IDS = {1: "st_11", 2: "st_22"}
READ = {"boards": [{"id": board_id, "number": number, "title": f"Part {number}"} for number, board_id in IDS.items()]}
SHOTS = {1: ("1", "2"), 2: ("3",)}
SCRIPTS = {number: {"shots": [{"id": shot} for shot in shots]} for number, shots in SHOTS.items()}
AFTER = {"clip": "picture", "take": "clip"}


def told(job, steps):
    return boards.told(job, steps, "Mine")


def job(status=RUNNING, **params):
    return Job("j", "t", "storyboard", params, status, 1.0, 2.0)


def steps(*, read=DONE, scripts=(DONE, DONE), shots=None, films=(QUEUED, QUEUED), element=DONE):
    """The steps of a job of two storyboards; `shots`: id -> states of picture, clip and take."""
    made = [
        ("read", read, READ, ()),
        *((f"board-{number}.script", state, SCRIPTS[number], ("read",)) for number, state in enumerate(scripts, 1)),
        ("element.figure-1", element, {}, ("read",)),
    ]
    for shot, states in (shots or {}).items():
        needs = ("element.figure-1",)
        for what, state in zip(("picture", "clip", "take"), states, strict=False):
            made.append((f"shot-{shot}.{what}", state, {}, needs))
            needs = (f"shot-{shot}.{what}",)
    made += [(f"board-{number}.film", state, {}, ()) for number, state in enumerate(films, 1)]
    return [
        Step(
            name,
            "j",
            position,
            name,
            "x.y",
            {},
            state=state,
            needs=needs,
            result=result if state is DONE else None,
            failure=Failure("NotMedia", "…") if state is FAILED else None,
        )
        for position, (name, state, result, needs) in enumerate(made)
    ]


ALL_DONE = dict.fromkeys(("1", "2", "3"), (DONE, DONE, DONE))


def stages(told):
    return [board.stage for board in told.boards]


def test_before_the_text_is_read_one_storyboard_of_the_jobs_title_is_being_parsed():
    for known in ([], steps(read=RUNNING, scripts=(), films=())):
        (board,) = told(job(), known).boards
        assert (board.id, board.title, board.stage) == ("", "Mine", Stage.PARSING)


def test_a_text_that_cannot_be_read_has_no_storyboards():
    found = told(job(FAILED), steps(read=FAILED, scripts=(), films=()))

    assert (found.boards, found.succeeded, found.exceptions, found.failures) == ((), (), (), ())


@pytest.mark.parametrize(
    ("given", "stage"),
    [
        ({"scripts": (QUEUED, DONE)}, Stage.PARSED),
        ({"scripts": (RUNNING, DONE)}, Stage.CREATING),
        ({"scripts": (FAILED, DONE)}, Stage.NOT_CREATED),
        ({"shots": {"1": (QUEUED,), "2": (QUEUED,)}}, Stage.CREATED),
        ({"shots": {"1": (QUEUED,), "2": (RUNNING,)}}, Stage.PRODUCING),
        ({"shots": ALL_DONE, "films": (RUNNING, QUEUED)}, Stage.PRODUCING),
        ({"shots": ALL_DONE, "films": (DONE, QUEUED)}, Stage.PRODUCED),
        ({"shots": ALL_DONE, "films": (FAILED, QUEUED)}, Stage.NOT_PRODUCED),
    ],
    ids=["read", "writing", "not-written", "written", "shooting", "joining", "done", "not-joined"],
)
def test_a_storyboard_of_a_film_goes_through_the_documented_pairs(given, stage):
    found = told(job(), steps(**given))

    assert found.boards[0].stage is stage
    assert (found.boards[0].id, found.boards[0].title) == ("st_11", "Part 1")
    assert found.succeeded == (("st_11",) if stage is Stage.PRODUCED else ())
    assert found.exceptions == (("st_11",) if stage in boards.FAILED else ())


@pytest.mark.parametrize(
    ("pictures", "stage"),
    [
        ((QUEUED, QUEUED), Stage.CREATING),
        ((DONE, RUNNING), Stage.CREATING),
        ((DONE, DONE), Stage.CREATED),
    ],
)
def test_without_a_film_a_storyboard_ends_when_its_pictures_are_there(pictures, stage):
    shots = {shot: (state,) for shot, state in zip(("1", "2"), pictures, strict=True)}

    found = told(job(only_storyboard=True), steps(shots=shots, films=()))

    assert found.boards[0].stage is stage
    assert ("st_11" in found.succeeded) == (stage is Stage.CREATED)


def test_a_good_end_names_all_storyboards():
    found = told(job(DONE), steps(shots=ALL_DONE, films=(DONE, DONE)))

    assert found.succeeded == ("st_11", "st_22")
    assert (found.exceptions, found.failures) == ((), ())
    assert stages(found) == [Stage.PRODUCED, Stage.PRODUCED]


def test_a_film_without_a_shot_names_the_shot_and_not_its_storyboard():
    shots = {**ALL_DONE, "2": (DONE, FAILED, GONE)}

    found = told(job(DONE), steps(shots=shots, films=(DONE, DONE)))

    assert found.failures == (FailedShot("st_11", "2"),)
    assert found.succeeded == ("st_11", "st_22")
    assert found.exceptions == ()


def test_a_storyboard_of_which_nothing_is_left_is_an_exception():
    shots = {**ALL_DONE, "3": (FAILED, GONE, GONE)}

    found = told(job(DONE), steps(shots=shots, films=(DONE,)))

    assert found.failures == (FailedShot("st_22", "3"),)
    assert (found.succeeded, found.exceptions) == (("st_11",), ("st_22",))


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.FAILED])
def test_a_job_that_stands_still_names_what_stopped_it(status):
    shots = {**ALL_DONE, "2": (DONE, FAILED, QUEUED)}

    found = told(job(status), steps(shots=shots, films=(QUEUED, DONE)))

    assert found.failures == (FailedShot("st_11", "2"),)
    assert (found.succeeded, found.exceptions) == (("st_22",), ("st_11",))
    assert stages(found) == [Stage.NOT_PRODUCED, Stage.PRODUCED]


def test_shots_that_wait_for_a_failed_element_have_failed_with_it():
    shots = {"1": (QUEUED, QUEUED, QUEUED), "2": (DONE, DONE, DONE), "3": (QUEUED, QUEUED, QUEUED)}

    found = told(job(Status.SUSPENDED), steps(shots=shots, element=FAILED))

    assert found.failures == (FailedShot("st_11", "1"), FailedShot("st_22", "3"))
    assert found.exceptions == ("st_11", "st_22")


def test_a_storyboard_is_being_made_again_after_an_edit():
    """The text is read anew: its old result stands no more, though the step still has it."""
    changed = steps(shots=ALL_DONE, films=(DONE, DONE))
    changed[0] = Step("read", "j", 0, "read", "x.y", {}, state=QUEUED, result=READ)

    assert stages(told(job(), changed)) == [Stage.PARSING]
