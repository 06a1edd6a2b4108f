"""`media.ahead`: the same items, made in a thread, whatever happens on either side."""

import threading
import time

import pytest

from reelwright.media.ahead import ahead


@pytest.mark.parametrize("count", [0, 1, 5, 100])
def test_the_items_come_in_order(count):
    assert list(ahead(range(count), 3)) == list(range(count))


def test_they_are_made_elsewhere_and_not_too_far_ahead():
    made, threads = [], set()

    def making():
        for number in range(50):
            made.append(number)
            threads.add(threading.get_ident())
            yield number

    for number in ahead(making(), 4):
        time.sleep(0.001)
        assert len(made) <= number + 1 + 4 + 2  # in the queue, in one hand and in the other
    assert threads != {threading.get_ident()}
    assert len(threads) == 1


def test_an_error_comes_where_its_item_would_have():
    def failing():
        yield 1
        yield 2
        raise ValueError("the third is bad")

    taken = []
    with pytest.raises(ValueError, match="third"):
        taken.extend(iter(ahead(failing())))
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
