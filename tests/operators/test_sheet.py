"""Contact sheets: what is on them, how many pairs, what they cost."""

import numpy as np
import pytest

from reelwright.media import images
from reelwright.operators import Context, Sheet
from reelwright.operators import sheet as module
from reelwright.operators.sheet import LIVE, PACE, PAIRS, STEP


class Watching:
    """A reporter that notes the size of each live frame."""

    def __init__(self):
        self.previews = []

    def preview(self, path):
        self.previews.append(images.load(path).shape)

    def __getattr__(self, name):
        return lambda *given, **named: None


def picture(level, size=(90, 160)):
    return np.full((*size, 3), level, np.uint8)


def shown(sheet, seconds, rate=10):
    for number in range(int(seconds * rate)):
        time = number / rate
        sheet.show(time, lambda: picture(40), lambda t=time: picture(min(255, 100 + int(t))))


@pytest.fixture
def watching():
    return Watching()


@pytest.fixture
def ctx(tmp_path, watching):
    return Context.local(out=tmp_path, reporter=watching)


def test_no_file_unless_asked_for(ctx, tmp_path):
    sheet = Sheet(ctx, keep=False)
    shown(sheet, 5)
    assert sheet.saved() is None
    assert not list(tmp_path.iterdir())


def test_no_file_without_a_frame(ctx):
    assert Sheet(ctx, keep=True).saved() is None


def test_before_stands_left_of_after(ctx):
    sheet = Sheet(ctx, keep=True)
    sheet.show(0.0, lambda: picture(40), lambda: picture(200))
    saved = images.load(sheet.saved()).astype(float).mean(axis=2)[45]
    middle = len(saved) // 2
    assert np.median(saved[:middle]) == pytest.approx(40, abs=3)
    assert np.median(saved[middle:]) == pytest.approx(200, abs=3)


def test_a_pair_every_step_in_the_live_frame(ctx, watching):
    shown(Sheet(ctx, keep=False), 3 * STEP)
    assert len(watching.previews) == 3


@pytest.mark.parametrize("seconds", [20, 100, 250], ids=str)
def test_a_long_film_has_a_sheet_of_bounded_size_up_to_its_end(ctx, watching, seconds):
    sheet = Sheet(ctx, keep=True)
    shown(sheet, seconds, rate=2)
    assert PAIRS // 2 <= len(sheet._pairs) <= PAIRS
    latest = int(sheet._pairs[-1][1].mean()) - 100
    assert latest >= min(155, seconds * 0.8)
    assert max(shape[0] for shape in watching.previews) < (LIVE + 1) * 250


def test_pictures_are_drawn_only_when_due(ctx):
    drawn = []
    sheet = Sheet(ctx, keep=False)
    for number in range(100):
        sheet.show(number / 25, lambda: drawn.append(1) or picture(0), lambda: picture(0))
    assert len(drawn) == 2


@pytest.mark.parametrize(("keep", "count"), [(False, 4), (True, 12)], ids=["live-frame", "sheet"])
def test_pairs_that_are_paced_wait_for_the_clock_unless_they_are_kept(ctx, monkeypatch, keep, count):
    """A film that goes by three steps in a second of the clock."""
    clock, drawn = [100.0], []
    monkeypatch.setattr(module, "monotonic", lambda: clock[0])
    sheet = Sheet(ctx, keep=keep, paced=True)
    for number in range(12):
        sheet.show(number * STEP, lambda: drawn.append(1) or picture(0), lambda: picture(0))
        clock[0] += PACE / 3 + 1e-6
    assert len(drawn) == count


@pytest.mark.parametrize("size", [(1, 1), (3, 400), (400, 3)], ids=str)
def test_odd_shapes_are_taken(ctx, size):
    sheet = Sheet(ctx, keep=True)
    sheet.show(0.0, lambda: picture(9, size), lambda: picture(200, size))
    assert images.load(sheet.saved()).size
