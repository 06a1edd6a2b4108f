"""The mask speaks for cells that look like a voice, at any loudness."""

import numpy as np
import pytest

from reelwright.kernels import vocal_mask
from reelwright.kernels.bands import Bands
from reelwright.kernels.vocal_mask import Cells

HERTZ = Bands(2049, 44100 / 4096).hertz
FRAMES = 80
VOICED = slice(30, 300)


def cells(*, centre: bool, repeats: bool, stereo: bool = True) -> Cells:
    """Noise over a level of 1; in the middle twenty frames stronger by 10 dB, and either in the centre or not."""
    random = np.random.default_rng(3)
    noise = random.gamma(2.0, 1e-4, (FRAMES, len(HERTZ))).astype(np.float32)
    inside = noise.copy()
    inside[30:50, VOICED] *= 10
    beside = noise if centre else inside * np.float32(0.8)
    repeated = inside if repeats else noise
    if not stereo:
        return Cells(HERTZ, inside, repeated)
    return Cells(HERTZ, inside, repeated, beside, np.zeros(len(HERTZ), np.float32))


@pytest.mark.parametrize("stereo", [True, False], ids=["stereo", "mono"])
def test_what_comes_and_goes_and_does_not_repeat_is_voice(stereo):
    found = vocal_mask.mask(cells(centre=True, repeats=False, stereo=stereo))
    assert found.shape == (FRAMES, len(HERTZ))
    assert ((found >= 0) & (found <= 1)).all()
    assert found[33:47, VOICED].mean() > 0.35
    assert found[:20, VOICED].mean() < 0.05


def test_what_stands_beside_or_comes_again_is_less_of_a_voice():
    def share(**given: bool) -> float:
        return float(vocal_mask.mask(cells(**given))[33:47, VOICED].mean())

    assert share(centre=False, repeats=False) < share(centre=True, repeats=False) - 0.3
    assert share(centre=True, repeats=True) < share(centre=True, repeats=False) - 0.1


@pytest.mark.parametrize("frames", [1, 2, 40])
def test_silence_and_single_frames_have_a_mask(frames):
    nothing = np.zeros((frames, len(HERTZ)), np.float32)
    found = vocal_mask.mask(Cells(HERTZ, nothing, nothing, nothing, np.zeros(len(HERTZ), np.float32)))
    assert found.shape == nothing.shape
    assert np.isfinite(found).all()
