"""`media.ahead`: the same items, made in a thread, whatever happens on either side."""

import threading
import time

import pytest

from reelwright.media.ahead import ahead, worked


@pytest.mark.parametrize("together", [1, 4, 200])
@pytest.mark.parametrize("count", [0, 1, 5, 100])
def test_the_items_come_in_order(count, together):
    assert list(ahead(range(count), 3, together=together)) == list(range(count))


@pytest.mark.parametrize("together", [1, 4])
def test_they_are_made_elsewhere_and_not_too_far_ahead(together):
    made, threads = [], set()

    def making():
        for number in range(50):
            made.append(number)
            threads.add(threading.get_ident())
            yield number

    for number in ahead(making(), 4, together=together):
        time.sleep(0.001)
        assert len(made) <= number + 1 + 4 + 2 * together  # in the queue, in one hand and in the other
    assert threads != {threading.get_ident()}
    assert len(threads) == 1


@pytest.mark.parametrize("together", [1, 2, 3])
def test_an_error_comes_where_its_item_would_have(together):
    def failing():
        yield 1
        yield 2
        raise ValueError("the third is bad")

    taken = []
    with pytest.raises(ValueError, match="third"):
        taken.extend(iter(ahead(failing(), together=together)))
    assert taken == [1, 2]


def test_none_is_an_item_like_any_other():
    assert list(ahead([None, 1, None])) == [None, 1, None]


def test_who_stops_early_leaves_no_thread_and_nothing_open():
    closed = threading.Event()

    def endless():
        try:
            while True:
                yield 0
        finally:
            closed.set()

    items = ahead(endless(), 2)
    assert next(items) == 0
    items.close()
    assert closed.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name == "ahead"]


def test_work_done_ahead_closes_what_it_is_done_on():
    closed = threading.Event()

    def endless():
        try:
            while True:
                yield 3
        finally:
            closed.set()

    items = ahead(worked(lambda one: 2 * one, endless()), 2)
    assert next(items) == 6
    items.close()
    assert closed.is_set()
