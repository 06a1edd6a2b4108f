"""Lines in a made strip of film: planted words, and a detector that knows where they are."""

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from reelwright.kernels.caption_lines import Found, Lines, is_one

RATE, STEP = 25, 5  # frames a second; from sample to sample
SIZE = (420, 90)
FACE = ImageFont.load_default(22)
FLIPPED = ("Come on,", "let us go", "home now.", "Yes, my", "dear one.")
BASES = (50, 80)  # of the upper and the lower row


def word_box(text, row=1):
    left, top, right, _ = FACE.getbbox(text, anchor="ms", stroke_width=2)
    return SIZE[0] // 2 + int(left) - 3, BASES[row] + int(top) - 3, SIZE[0] // 2 + int(right) + 3, BASES[row] + 8


class Film:
    """Words on a texture that moves `pan` pixels a frame. `words`: (first frame, frame after the last, text, row)."""

    def __init__(self, words, *, pan=3, shift=0, cuts=(), fade=0, seed=0, damaged=()):
        self.words, self.pan, self.shift, self.cuts, self.fade = words, pan, shift, cuts, fade
        self.damaged = damaged
        random = np.random.default_rng(seed)
        coarse = random.uniform(40, 180, (2, 8, 160)).astype(np.float32)
        wide = (2400, SIZE[1])
        self.textures = [np.asarray(Image.fromarray(one).resize(wide, Image.Resampling.BICUBIC)) for one in coarse]
        self.now = 0

    def frame(self, number):
        self.now = number
        if number in self.damaged:
            return np.full(SIZE[::-1], 128, np.uint8)
        texture = self.textures[sum(number >= cut for cut in self.cuts) % 2]
        left = (number * self.pan) % (texture.shape[1] - SIZE[0])
        image = Image.fromarray(np.clip(texture[:, left : left + SIZE[0]], 0, 255).astype(np.uint8))
        for first, last, text, row in self.words:
            if first <= number < last:
                at = (SIZE[0] / 2 + self.shift * (number - first), BASES[row])
                written = image.copy()
                ImageDraw.Draw(written).text(at, text, 240, FACE, "ms", stroke_width=2, stroke_fill=5)
                strength = min(number - first, last - number) / self.fade if self.fade else 1
                image = Image.blend(image, written, min(1, strength))
        return np.asarray(image)

    def find(self, where, *, closer=False):
        """The boxes of the words of this frame that lie in the part looked at."""
        boxes = [word_box(text, row) for first, last, text, row in self.words if first <= self.now < last]
        return [Found(box, 0.0, 0.9) for box in boxes if is_one(box, where)]


def follow(film, frames):
    lines, over = Lines(film.find), []
    for number in range(frames):
        over += lines.push(Fraction(number, RATE), film.frame(number), is_sample=number % STEP == 0)
    over += lines.finish(Fraction(frames, RATE))
    return sorted((round(line.start * RATE), round(line.end * RATE)) for line in over), lines


@pytest.mark.parametrize(
    ("words", "film"),
    [
        pytest.param([(13, 51, "Some words here", 1)], {}, id="one"),
        pytest.param([(13, 51, "Some words here", 1)], {"pan": 0}, id="still-picture"),
        pytest.param([(10, 40, "Some words here", 1), (40, 71, "and some others", 1)], {}, id="back-to-back"),
        pytest.param([(10, 40, "The same", 1), (43, 71, "The same", 1)], {}, id="the-same-after-three-frames"),
        pytest.param([(10, 40, "The same", 1), (41, 71, "The same", 1)], {}, id="the-same-after-one-frame"),
        pytest.param([(10, 40, "The same", 1), (41, 71, "The same", 1)], {"pan": 0}, id="and-in-a-still-picture"),
        pytest.param([(10, 40, "The same", 1), (41, 71, "The same", 1)], {"cuts": (40,)}, id="and-at-a-cut"),
        pytest.param([(10, 71, "The same", 1)], {"damaged": (13, 30, 52)}, id="damaged-frames"),
        pytest.param([(10, 71, "The same", 1)], {"damaged": (12, 40), "pan": 0}, id="and-damaged-in-a-still-picture"),
        pytest.param([(8, 37, "Take 1 of 3", 1), (37, 66, "Take 2 of 3", 1)], {"pan": 0}, id="one-digit"),
        pytest.param([(8, 37, "Take 3 of 9", 1), (37, 66, "Take 8 of 9", 1)], {}, id="strokes-that-are-added"),
        pytest.param([(8, 37, "Take 8 of 9", 1), (37, 66, "Take 3 of 9", 1)], {}, id="strokes-that-go"),
        pytest.param([(8, 37, "Take 8 of 9", 1), (37, 66, "Take 6 of 9", 1)], {"pan": 0}, id="in-a-still-picture"),
        pytest.param([(5 + 10 * k, 15 + 10 * k, text, 1) for k, text in enumerate(FLIPPED)], {}, id="two-samples-each"),
        pytest.param([(8, 60, "Upper row", 0), (8, 60, "Lower row", 1)], {}, id="two-rows"),
        pytest.param([(8, 60, "Upper row", 0), (20, 45, "Lower row", 1)], {}, id="rows-on-their-own"),
        pytest.param([(8, 70, "Over the cut", 1)], {"cuts": (41,), "pan": 1}, id="over-a-cut"),
        pytest.param([(33, 70, "From the cut on", 1)], {"cuts": (33,), "pan": 0}, id="from-a-cut-on"),
        pytest.param([(8, 33, "Up to the cut", 1)], {"cuts": (33,), "pan": 0}, id="up-to-a-cut"),
        pytest.param([(0, 80, "All the time", 1)], {}, id="all-the-time"),
        pytest.param([(20, 32, "Brief", 1)], {}, id="half-a-second"),
    ],
)
def test_edges_are_exact(words, film):
    found, _ = follow(Film(words, **film), 80)
    assert found == sorted((first, last) for first, last, *_ in words)


@pytest.mark.parametrize("pan", [0, 2], ids=["still", "panning"])
@pytest.mark.parametrize("fade", [4, 8, 12])
def test_words_that_fade_are_a_frame_off_at_most(fade, pan):
    words = [(10, 50, "Slowly they come", 1), (60, 100, "and they go", 1)]
    found, _ = follow(Film(words, fade=fade, pan=pan), 120)

    assert np.abs(np.array(found) - np.array([one[:2] for one in words])).max() <= 1


def test_words_are_asked_for_once_a_line_and_not_once_a_sample():
    words = [(10, 100, "A long line of words", 1), (110, 200, "and another of them", 1)]
    _, lines = follow(Film(words), 210)

    assert lines.looks <= 4  # of 42 samples


def test_a_sign_that_moves_with_the_camera_is_no_line():
    found, _ = follow(Film([(5, 75, "MOVING SIGN", 1)], shift=-2), 80)
    assert [span for span in found if span[1] - span[0] > 8] == []


def test_a_detector_that_finds_nothing_is_not_asked_again_about_the_same_strokes():
    film = Film([(10, 70, "Strokes of no words", 1)], pan=0)
    film.find = lambda where, closer=False: []
    found, lines = follow(film, 80)

    assert found == []
    assert lines.looks <= 2


def test_where_there_are_strokes_as_of_letters_but_no_words_it_is_looked_at_closer():
    film = Film([(10, 60, "Seen from near", 1)])
    found = film.find
    film.find = lambda where, closer=False: found(where) if closer else []
    spans, lines = follow(film, 80)

    assert spans == [(10, 60)]
    assert lines.looks == 2


def test_a_mark_that_the_detector_left_out_is_in_the_box():
    film = Film([(5, 60, "Who was that ?", 1)])
    whole = word_box("Who was that ?")
    film.find = lambda where, closer=False: (
        [Found((whole[0], whole[1], whole[2] - 20, whole[3]), 0.0, 0.9)] if film.now >= 5 else []
    )
    lines = Lines(film.find)
    for number in range(40):
        lines.push(Fraction(number, RATE), film.frame(number), is_sample=number % STEP == 0)

    (line,) = lines.active
    assert line.found.box[2] >= whole[2] - 8


def test_memory_does_not_grow_with_the_film():
    film = Film([])
    lines = Lines(film.find)
    for number in range(200):
        lines.push(Fraction(number, RATE), film.frame(number), is_sample=number % STEP == 0)

    assert len(lines._back) <= 2 * RATE + 1
