"""OpenCV's threads are put aside, and come back."""

import cv2
import pytest

from reelwright.kernels.one_core import one_core


@pytest.fixture(autouse=True)
def two_threads():
    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    yield
    cv2.setNumThreads(before)


def test_one_core_is_used_meanwhile():
    with one_core():
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == 2


def test_the_others_come_back_after_a_failure():
    @one_core()
    def work():
        assert cv2.getNumThreads() == 1
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        work()
    assert cv2.getNumThreads() == 2
