"""Sizes, times and results as people read them."""

import pytest

from reelwright.faces.cli import terminal
from reelwright.faces.cli.jobs import timeline_bar


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (5 << 20, "5.0 MiB"), (3 << 40, "3.0 TiB")],
)
def test_bytes(size, text):
    assert terminal.bytes_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (42, "42 s"), (185, "3:05"), (3727, "1:02:07"), (59.7, "1:00")],
)
def test_seconds(seconds, text):
    assert terminal.seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("done", "total", "unit", "text"),
    [(120, 300, "frame", "120/300 frame"), (12.5, 60, "s", "12.5/60 s"), (7, None, "shot", "7 shot")],
)
def test_units(done, total, unit, text):
    assert terminal.units(done, total, unit) == text


def test_a_nested_result_becomes_rows():
    result = {"covers": [{"time": 1.5, "box": {"x": 2}}], "names": ["a", "b"], "score": None}

    assert terminal.flat(result) == [
        ("covers.0.time", 1.5),
        ("covers.0.box.x", 2),
        ("names", ["a", "b"]),
        ("score", None),
    ]


@pytest.mark.parametrize(
    ("start", "part", "bar"),
    [
        pytest.param(0, 1, "████████", id="all"),
        pytest.param(0.5, 0.5, "    ████", id="second-half"),
        pytest.param(0.25, 1 / 64, "  ▏", id="an-eighth-of-a-column"),
        pytest.param(0.25, 0, "  ▏", id="never-invisible"),
        pytest.param(1, 0, "       ▏", id="never-past-the-end"),
        pytest.param(0, 0.1875, "█▌", id="one-and-a-half"),
        pytest.param(0.9, 0.5, "       █", id="cut-at-the-end"),
    ],
)
def test_a_timeline_bar_covers_its_part(start, part, bar):
    assert timeline_bar(start, part, width=8) == bar
