"""Passages of speech out of planted probabilities, whatever the sizes of the blocks that come."""

import numpy as np
import pytest

from reelwright.kernels import passages
from reelwright.kernels.passages import LONGEST, MARGIN, RATE, STEP, WINDOW, Cutter, Span
from reelwright.media import making


class Planted:
    """Likely in the given spans (seconds), unlikely elsewhere."""

    def __init__(self, spans, *, likely=0.95, dips=()):
        self.spans, self.likely, self.dips = spans, likely, dips
        self.held, self.told = 0, 0

    def push(self, samples):
        self.held += len(samples)
        return self._to(self.held // WINDOW)

    def flush(self):
        return self._to(-(-self.held // WINDOW))

    def _to(self, end):
        at = (np.arange(self.told, end) + 0.5) * STEP
        self.told = end
        found = np.full(len(at), 0.02, np.float32)
        for start, stop in self.spans:
            found[(at >= start) & (at < stop)] = self.likely
        for dip in self.dips:
            found[np.abs(at - dip) < 2 * STEP] = 0.4
        return found


def cut(spans, *, seconds=20.0, block=RATE, keep=lambda span: True, samples=None, **given):
    heard = np.zeros(round(seconds * RATE), np.float32) if samples is None else samples
    cutter = Cutter(Planted(spans, **given), keep)
    found = [one for start in range(0, len(heard), block) for one in cutter.push(heard[start : start + block])]
    return [*found, *cutter.flush()], cutter


@pytest.mark.parametrize(
    ("spans", "groups"),
    [
        pytest.param([], [], id="silence"),
        pytest.param([(2, 5)], [[(2, 5)]], id="one"),
        pytest.param([(2, 5), (5.2, 7)], [[(2, 7)]], id="a-breath-parts-nothing"),
        pytest.param([(2, 5), (5.8, 7)], [[(2, 5), (5.8, 7)]], id="a-pause-parts-spans"),
        pytest.param([(2, 5), (7, 9)], [[(2, 5)], [(7, 9)]], id="a-long-pause-parts-passages"),
        pytest.param([(2, 2.1), (7, 9)], [[(7, 9)]], id="a-click-is-no-speech"),
        pytest.param([(0, 1.5), (18.5, 20)], [[(0, 1.5)], [(18.5, 20)]], id="at-both-ends"),
    ],
)
@pytest.mark.parametrize("block", [700, RATE, 30 * RATE])
def test_speech_is_found_where_it_was_planted(spans, groups, block):
    found, _ = cut(spans, block=block)

    assert len(found) == len(groups)
    for passage, group in zip(found, groups, strict=True):
        assert [one.start for one in passage.spans] == pytest.approx([start for start, _ in group], abs=STEP)
        assert [one.end for one in passage.spans] == pytest.approx([end for _, end in group], abs=STEP)
        assert passage.start == pytest.approx(max(0, group[0][0] - MARGIN), abs=STEP)
        assert passage.end == pytest.approx(min(20, group[-1][1] + MARGIN), abs=STEP)


def test_a_passage_holds_the_sound_of_its_time():
    samples = np.arange(20 * RATE, dtype=np.float32)
    found, _ = cut([(2, 5), (11, 13)], samples=samples)
    for one in found:
        first = round(one.start * RATE)
        assert np.array_equal(one.samples, samples[first : first + len(one.samples)])


def test_who_speaks_on_and_on_is_cut_where_it_is_least_likely():
    found, _ = cut([(1, 69)], seconds=70, dips=(24.0, 47.0))

    assert all(one.spans[-1].end - one.spans[0].start <= LONGEST for one in found)
    assert [one.spans[0].start for one in found[1:]] == pytest.approx([24.0, 47.0], abs=3 * STEP)
    told = sum(span.end - span.start for one in found for span in one.spans)
    assert told == pytest.approx(68, abs=len(found) * 3 * STEP)


def test_memory_stays_flat():
    cutter = Cutter(Planted([(start, start + 2.0) for start in range(0, 600, 5)]))
    most = 0
    for _ in range(600):
        cutter.push(np.zeros(RATE, np.float32))
        most = max(most, len(cutter._samples))
    assert most < 2 * LONGEST * RATE


def test_refused_spans_are_counted_and_not_told():
    found, cutter = cut([(2, 5), (9, 10)], keep=lambda span: span.start > 6)
    assert [round(one.spans[0].start) for one in found] == [9]
    assert cutter.heard == pytest.approx(1, abs=2 * STEP)
    assert cutter.refused == pytest.approx(3, abs=2 * STEP)


@pytest.mark.parametrize(
    ("length", "likely", "is_likely"),
    [(2.0, 0.65, True), (2.0, 0.55, False), (0.3, 0.75, False), (0.3, 0.85, True)],
)
def test_the_shorter_a_span_the_likelier_it_must_be(length, likely, is_likely):
    assert Span(1.0, 1.0 + length, likely, 0.5).is_likely == is_likely


def test_talk_has_its_rhythm_and_a_tune_has_not():
    talk = making.speech(12.0).clean
    song = making.song(bpm=100, form=("verse",), rate=RATE).mix.mean(axis=0).astype(np.float32)
    assert all(one.is_talk for passage in cut([(1, 11)], samples=talk)[0] for one in passage.spans)
    assert not any(one.is_talk for passage in cut([(1, 11)], samples=song)[0] for one in passage.spans)


def test_nothing_at_all_is_no_passage():
    assert cut([], samples=np.zeros(0, np.float32))[0] == []
    assert passages.spans(np.zeros(0, np.float32)) == []
