"""Drawn figures before a screen are what their truth says."""

import numpy as np
import pytest

from reelwright.media import frames
from reelwright.media.making import screens

SIZE = (320, 180)


def pictures(made):
    return [frame.rgb.astype(float) for frame in frames.stream(made.path)]


def made_screen(folder, **given):
    return screens.screen(folder / "a.mp4", size=SIZE, seconds=0.2, uneven=0.0, grain=0.0, spill=0.0, crf=8, **given)


@pytest.mark.parametrize("smear", [1, 7])
def test_a_frame_is_mixed_by_the_truth(tmp_path, smear):
    made = made_screen(tmp_path, smear=smear)

    for number, shown in enumerate(pictures(made)):
        alpha = made.alpha_of(number)
        assert alpha.shape == SIZE[::-1]
        assert np.abs(shown[alpha == 0] - screens.GREEN).mean() < 4
        # Green is as much as the screen shows through, and what the figure has of it.
        mixed = (alpha > 0.4) & (alpha < 0.6)
        excess = shown[mixed][:, 1] - shown[mixed][:, [0, 2]].mean(1)
        assert excess.mean() == pytest.approx(0.5 * (160 - 49), abs=25)


def test_hair_covers_pixels_in_part_and_motion_many_more(tmp_path):
    mixed = [
        float(((one > 0.02) & (one < 0.98)).mean())
        for one in (made_screen(tmp_path, smear=smear).alpha_of(0) for smear in (1, 9))
    ]
    assert 0.01 < mixed[0] < mixed[1] / 1.5


def test_a_lamp_brightens_its_spot_only(tmp_path):
    plain, lit = (pictures(made_screen(tmp_path, spot=spot))[0][..., 1] for spot in (0.0, 0.4))

    assert lit[54, 72] / plain[54, 72] == pytest.approx(1.4, abs=0.05)
    assert lit[160, 310] == pytest.approx(plain[160, 310], abs=3)


def test_the_figure_sways_and_the_truth_with_it(tmp_path):
    made = screens.screen(tmp_path / "a.mp4", size=SIZE, seconds=2.0)

    assert len(set(made.shifts)) > 10
    assert max(made.shifts) - min(made.shifts) == pytest.approx(2 * screens.SWAY * SIZE[0], abs=2)
    assert not np.array_equal(made.alpha_of(0), made.alpha_of(10))
