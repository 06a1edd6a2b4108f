"""Stamps as the APIs write them."""

import pytest

from reelwright.timing import stamp, stamp_seconds


@pytest.mark.parametrize(
    ("at", "text"),
    [
        pytest.param(0.0, "1970-01-01T00:00:00.000Z", id="zero"),
        pytest.param(-0.5, "1969-12-31T23:59:59.500Z", id="before-zero"),
        pytest.param(1767323045.678, "2026-01-02T03:04:05.678Z", id="milliseconds"),
        pytest.param(1767323045.9996, "2026-01-02T03:04:05.999Z", id="cut-not-rounded-up"),
        pytest.param(1767323045.9999999, "2026-01-02T03:04:06.000Z", id="the-next-second-within-float-error"),
    ],
)
def test_an_instant_has_three_digits_of_milliseconds(at, text):
    assert stamp(at) == text


def test_whole_seconds_are_cut():
    assert stamp_seconds(1767323045.9) == "2026-01-02T03:04:05Z"
