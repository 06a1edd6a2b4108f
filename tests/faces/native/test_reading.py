"""Instants, and complaints that name the field, the value and the mend."""

import msgspec
import pytest

from reelwright import v1
from reelwright.errors import InvalidParameter
from reelwright.faces.native import reading


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param("0", 0.0, id="unix"),
        pytest.param("1767323045.5", 1767323045.5, id="unix-fraction"),
        pytest.param("2026-01-02T03:04:05Z", 1767323045.0, id="zulu"),
        pytest.param("2026-01-02T03:04:05.500Z", 1767323045.5, id="milliseconds"),
        pytest.param("2026-01-02T04:04:05+01:00", 1767323045.0, id="offset"),
        pytest.param("2026-01-02T04:04:05 01:00", 1767323045.0, id="offset-unescaped"),
        pytest.param("2026-01-02T03:04:05", 1767323045.0, id="no-zone-is-utc"),
        pytest.param(None, None, id="none"),
    ],
)
def test_instants(text, at):
    assert reading.instant(text, "created_after") == at


@pytest.mark.parametrize("text", ["", "nan", "inf", "-1", "1e99", "2026-13-01", "9" * 40])
def test_what_is_no_instant_is_refused(text):
    with pytest.raises(InvalidParameter, match="created_after"):
        reading.instant(text, "created_after")


def test_a_complaint_shows_the_value_and_the_known_names():
    decoder = msgspec.json.Decoder(v1.PipelineChange)

    with pytest.raises(InvalidParameter, match=r"concurrency is -1: expected `int` >= 0"):
        reading.body(b'{"concurrency":-1}', decoder)
    with pytest.raises(InvalidParameter, match=r"speed is unknown here.*\(concurrency, paused, priority\)"):
        reading.body(b'{"speed":1}', decoder)


def test_a_long_wrong_value_is_cut():
    with pytest.raises(InvalidParameter) as caught:
        reading.body(b'{"paused":"%s"}' % (b"x" * 5000), msgspec.json.Decoder(v1.PipelineChange))

    assert len(caught.value.message) < 200
