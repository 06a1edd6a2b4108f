"""Beats are placed on planted onsets, at the right level, and not where nothing sounds."""

import numpy as np
import pytest

from reelwright.kernels import bars, beats, levels, tempo
from reelwright.kernels.onsets import FPS, OnsetMeter
from reelwright.media.making.rhythms import STYLES, groove


def onsets_of(sound, rate):
    meter = OnsetMeter(rate)
    meter.push(np.asarray(sound, np.float32))
    return meter.finish()


@pytest.fixture(scope="module")
def played():
    kept = {}

    def play(style, bpm, **given):
        key = (style, bpm, *sorted(given.items()))
        if key not in kept:
            made = groove(style, bpm, seconds=16, **given)
            kept[key] = made, onsets_of(made.mix[0], made.rate)
        return kept[key]

    return play


def share_near(found, truth, within):
    return float(np.mean([np.abs(found - one).min() < within for one in truth]))


def test_the_program_bridges_a_missing_onset_and_leaves_out_a_false_one():
    novelty = np.full(2000, -0.1)
    true = np.arange(50, 2000, 50)
    novelty[np.setdiff1d(true, [500, 1000])] = 2.0
    novelty[[520, 777]] = 2.0
    assert beats.placed(novelty, np.full(2000, 50.0)).tolist() == true.tolist()


@pytest.mark.parametrize("bpm", [62, 95, 140, 185])
@pytest.mark.parametrize("style", ["rock", "ballad", "strum"])
def test_beats_are_exact_at_the_planted_level(played, style, bpm):
    made, onsets = played(style, bpm)
    found = beats.track(onsets)
    assert found.bpm == pytest.approx(bpm, rel=0.02)
    inner = made.beats[1:-1]
    assert share_near(found.times, inner, 0.07) >= 0.95
    assert share_near(found.times, inner, 0.03) >= 0.9


@pytest.mark.parametrize(
    ("style", "bpm", "swing"),
    [
        pytest.param("metal", 97, 0.08, id="as-loud-off-the-beat"),
        pytest.param("metal", 66, 0.15, id="hard-swing"),
        pytest.param("bossa", 108, 0.12, id="chords-off-the-beat"),
        pytest.param("disco", 73, 0.14, id="louder-off-the-beat"),
        pytest.param("disco", 172, 0.0, id="louder-off-the-beat-and-straight"),
    ],
)
def test_beats_are_not_those_between(played, style, bpm, swing):
    made, onsets = played(style, bpm, swing=swing, seed=5)
    assert share_near(beats.track(onsets).times, made.beats[1:-1], 0.03) >= 0.95


def test_swung_eighths_lean_to_the_next_beat(played):
    made, onsets = played("metal", 90, swing=0.1)
    tried = beats.tried_levels(levels.scene(onsets, tempo.pulses(onsets.strength)), 80, 100)
    is_on = [share_near(one.beats, made.beats[1:-1], 0.03) > 0.9 for one in tried]
    assert sorted(is_on) == [False, True]
    assert [one.lean for one in tried] == pytest.approx([0.1 if on else -0.1 for on in is_on], abs=0.02)
    shares = beats.swung(np.array([0.5, 0.5]), tried)
    assert shares.sum() == pytest.approx(1.0)
    assert shares[is_on.index(True)] > 0.9


@pytest.mark.parametrize(("style", "bpm"), [("metal", 90), ("claps", 120), ("waltz", 170), ("choir", 100)])
def test_straight_or_empty_between_the_beats_nothing_leans(played, style, bpm):
    _, onsets = played(style, bpm)
    tried = beats.tried_levels(levels.scene(onsets, tempo.pulses(onsets.strength)), 0.9 * bpm, 1.1 * bpm)
    assert [one.lean for one in tried] == pytest.approx([0.0] * len(tried), abs=0.021)
    assert tried


def test_a_limit_moves_the_choice_to_another_level(played):
    _, onsets = played("rock", 95)
    assert beats.track(onsets, slowest=120, fastest=240).bpm == pytest.approx(190, rel=0.02)


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(np.zeros(0), id="nothing"),
        pytest.param(np.zeros(44100), id="silence"),
        pytest.param(0.3 * np.ones(44100), id="direct-current"),
    ],
)
def test_where_nothing_begins_there_are_no_beats(sound):
    assert not len(beats.track(onsets_of(sound, 22050)).times)


def test_no_beats_are_told_in_a_long_silence(played):
    made, _ = played("rock", 140)
    sound = np.concatenate([made.mix[0], np.zeros(10 * made.rate, np.float32), made.mix[0]])
    found = beats.track(onsets_of(sound, made.rate)).times
    end = len(made.mix[0]) / made.rate
    assert not ((found > end + 1.5) & (found < end + 9)).any()
    assert (found < end).sum() > 30
    assert (found > end + 10).sum() > 30


def test_each_feature_has_a_name_and_shares_add_up(played):
    _, onsets = played("rock", 95)
    seen = levels.scene(onsets, tempo.pulses(onsets.strength))
    described = np.array([levels.evidence(seen, one.beats) for one in beats.tried_levels(seen, 40, 240)])
    assert described.shape[1] == len(levels.FEATURES) == len(set(levels.FEATURES))
    assert levels.likelihoods(described).sum() == pytest.approx(1)


@pytest.mark.parametrize("style", ["rock", "bossa", "piano", "waltz"])
def test_first_beats_of_bars_are_found(played, style):
    made, onsets = played(style, 120)
    seen = levels.scene(onsets, tempo.pulses(onsets.strength))
    told = bars.read(seen, np.array(made.beats))
    assert told.metre == STYLES[style].metre
    first = np.array(made.beats)[told.places == 1]
    assert np.array_equal(first, made.downbeats)


def test_a_dropped_beat_does_not_turn_the_bars_after_it(played):
    made, onsets = played("rock", 185)
    seen = levels.scene(onsets, tempo.pulses(onsets.strength))
    kept = np.delete(np.array(made.beats), 21)
    told = bars.read(seen, kept)
    right = np.isin(kept, made.downbeats) == (told.places == 1)
    assert right.mean() > 0.9


def test_equal_claps_have_no_sure_bars():
    ticks = np.zeros(20 * 22050)
    ticks[:: 22050 // 2] = 0.9
    onsets = onsets_of(ticks, 22050)
    seen = levels.scene(onsets, tempo.pulses(onsets.strength))
    told = bars.read(seen, np.arange(0, 20, 0.5))
    assert told.metre == 0
    assert not told.places.any()


def test_pulse_says_how_far_beats_stand_out(played):
    made, onsets = played("rock", 95)
    noise = onsets_of(np.random.default_rng(0).normal(0, 0.1, 16 * 22050), 22050)
    times = np.array(made.beats)
    assert beats.pulse(onsets, times) > 2 * beats.pulse(noise, times)
    assert len(onsets.strength) > 10 * FPS
