"""Every error that can be raised has a status that was chosen for it or for its family."""

import pytest

from reelwright import errors
from reelwright.faces.native.errors import STATUS, answer, status_of


def tree(kind):
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield below
            yield from tree(below)


@pytest.mark.parametrize("kind", list(tree(errors.ReelwrightError)), ids=lambda kind: kind.__name__)
def test_every_error_has_a_status(kind):
    assert any(family in STATUS for family in kind.__mro__)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.MissingParameter, 400),
        (errors.RequestExpired, 401),
        (errors.Forbidden, 403),
        (errors.JobNotFound, 404),
        (errors.TooLarge, 413),
        (errors.AddressRefused, 422),
        (errors.NoVideo, 422),
        (errors.FetchFailed, 502),
        (errors.WorkerCrashed, 500),
        (errors.StorageFull, 507),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_status_is_that_of_the_nearest_family(kind, status):
    assert status_of(kind("m")) == status


def test_an_error_of_a_plug_in_counts_as_its_ancestor():
    class OddFrames(errors.BadMedia):
        code = "OddFrames"

    assert status_of(OddFrames("three of them")) == 422


def test_who_comes_too_often_is_told_when_to_come_back():
    told = answer(errors.Throttled("slower", retry_after=1.2), "r")

    assert told.status == 429
    assert (b"retry-after", b"2") in told.headers
