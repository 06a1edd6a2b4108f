"""What the stage leaves out and how it mixes pixels is not seen; and what it painted once it paints for ever."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from reelwright.kernels.painting import stage
from reelwright.kernels.painting.pictures import Painting
from reelwright.kernels.painting.reading import read
from reelwright.kernels.painting.stage import Screen, Size, Stage, View, paint

SIZE = Size(320, 180)
PROMPTS = (
    "a red kite over a green meadow on a sunny afternoon, pan left",
    "一只橘色的猫坐在窗前，窗外下着雨，夜晚",
    "清晨薄雾中的湖面上，一叶小舟",
    "orbit around a temple, 春天，樱花",
    "three cars on the road, handheld",
    "bamboo forest, panda, zoom in",
    "an old town street at dusk, a man and a child walking, lanterns, pan right",
)
PAINTED = Path(__file__).parent / "golden" / "frames.json"
"""Small versions of frames as version 1 of `video.generate` has always painted them."""


@pytest.mark.parametrize("prompt", PROMPTS)
def test_frames_are_what_they_have_always_been(prompt):
    """With no style and no cast. Small, and within a level, because processors round differently."""
    made = Painting(read(prompt), SIZE, seed=5).frame(1.3, 5.0)[..., :3]
    small = cv2.resize(made, (16, 9), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(small - np.array(json.loads(PAINTED.read_text("utf-8"))[prompt])).max() <= 1


@pytest.mark.parametrize("prompt", PROMPTS)
def test_empty_parts_of_layers_are_left_out_without_a_trace(prompt, monkeypatch):
    painting = Painting(read(prompt), SIZE, seed=5)
    sparing = painting.frame(1.3, 5.0).copy()
    monkeypatch.setattr(Screen, "_windows", lambda self, view: [(0, 0, 320, 180)] * len(self._stage.layers))
    assert np.array_equal(sparing, painting.frame(1.3, 5.0))


@pytest.mark.parametrize("prompt", PROMPTS)
def test_quick_frames_differ_too_little_to_be_seen(prompt, monkeypatch):
    slow = Painting(read(prompt), SIZE, seed=5).frame(1.3, 5.0).copy()
    monkeypatch.setattr("reelwright.kernels.painting.reading.Scene.is_told", True)
    quick = Painting(read(prompt), SIZE, seed=5)
    assert quick._screen._stage.quick
    monkeypatch.undo()
    difference = np.abs(quick.frame(1.3, 5.0).astype(int) - slow)
    turned = "orbit" in prompt or "handheld" in prompt  # Quick cameras do not turn.
    assert difference.mean() < (4.0 if turned else 0.8)
    assert (quick.frame(1.3, 5.0)[..., 3] == 255).all()


def shown(quick, *layers):
    one = Stage(SIZE, quick=quick)
    for depth, draw, top in layers:
        one.still(depth, draw, top=top)
    return one


def full(colour):
    return lambda canvas: canvas.drawPaint(paint(colour))


def test_what_a_nearer_layer_hides_is_not_drawn():
    one = shown(True, (0.0, full((1, 0, 0)), -stage.MARGIN), (1.0, full((0, 0, 1)), 0.5))
    screen = Screen(one)
    (_, _, _, bottom), _ = screen._windows(View())
    assert 90 <= bottom <= 95
    made = screen.show(View(), 0.0)
    assert (made[:88, :, 0] == 255).all()
    assert (made[96:, :, 2] == 255).all()


def test_a_layer_with_gaps_hides_nothing():
    def half(canvas):
        import skia

        canvas.drawRect(skia.Rect.MakeLTRB(0, 0, 0.6, 2), paint((0, 0, 1)))

    one = shown(True, (0.0, full((1, 0, 0)), -stage.MARGIN), (1.0, half, -stage.MARGIN))
    screen = Screen(one)
    windows = screen._windows(View())
    assert windows[0] == (0, 0, 320, 180)
    assert windows[1][2] < 120
    assert (screen.show(View(), 0.0)[170, 300, :3] == (255, 0, 0)).all()


@pytest.mark.parametrize("view", [View(), View(x=0.15), View(y=-0.15, zoom=1.3), View(zoom=1.9, x=0.1, y=0.2)])
def test_hiding_never_uncovers_the_ground(view):
    one = shown(True, (0.0, full((1, 0, 0)), -stage.MARGIN), (0.5, full((0, 1, 0)), 0.4), (1.0, full((0, 0, 1)), 0.7))
    made = Screen(one).show(view, 0.0)
    assert (made[..., 3] == 255).all()
    assert (made[..., :3].max(axis=2) > 120).all()
