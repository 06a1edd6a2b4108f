"""Clips, speech and takes with known truth, small, made once."""

from fractions import Fraction

import numpy as np
import pytest

from reelwright.media import images, making
from reelwright.operators import Context
from reelwright.operators.story.take import Sentence, TakeParams, take

SIZE = (160, 90)
RATE = 48000


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    """`clip(seconds, level)`: a film of 24 pictures a second on whose ground a bar moves."""
    folder, made = tmp_path_factory.mktemp("clips"), {}

    def make(seconds=2.0, level=60, size=SIZE):
        key = (seconds, level, size)
        if key not in made:

            def pictures():
                for number in range(round(seconds * 24)):
                    picture = np.full((size[1], size[0], 3), level, np.uint8)
                    left = 3 * number % (size[0] - 30)
                    picture[5:40, left : left + 30] = 230
                    yield picture

            path = folder / f"clip-{len(made)}.mp4"
            making.write_video(path, pictures(), size=size, fps=Fraction(24))
            made[key] = str(path)
        return made[key]

    return make


@pytest.fixture(scope="session")
def speech(tmp_path_factory):
    """`speech((start, end), …, seconds=)`: a tone for each sentence, and the sentences; 48 kHz, mono."""
    folder, made = tmp_path_factory.mktemp("speech"), {}

    def make(*spans, seconds, texts=None):
        if (spans, seconds) not in made:
            sound = np.zeros(round(seconds * RATE), np.float32)
            for start, end in spans:
                first, last = round(start * RATE), round(end * RATE)
                sound[first:last] = 0.25 * np.sin(np.arange(last - first) * 0.03)
            made[spans, seconds] = str(making.write_wav(folder / f"speech-{len(made)}.wav", sound, RATE))
        said = texts or [f"第{number}句话。" for number in range(1, len(spans) + 1)]
        sentences = tuple(
            Sentence(text=text, start=start, end=end) for text, (start, end) in zip(said, spans, strict=True)
        )
        return {"speech": made[spans, seconds], "sentences": sentences}

    return make


@pytest.fixture
def run_take(clip, tmp_path):
    """`run_take(**params)`: a take of a small clip in draft quality."""

    def run(*, folder=tmp_path, **given):
        folder.mkdir(exist_ok=True)
        params = {"clip": clip(), "width": SIZE[0], "height": SIZE[1], "quality": "draft"} | given
        return take(TakeParams(**params), Context.local(out=folder, seed=3))

    return run


@pytest.fixture(scope="session")
def takes(clip, speech, tmp_path_factory):
    """Two takes with speech, as `story.join` wants them."""
    folder = tmp_path_factory.mktemp("takes")
    given = [
        ({"clip": clip(2.0, 60)} | speech((0.1, 0.9), (1.2, 1.8), seconds=1.9), "calm"),
        ({"clip": clip(1.5, 120)} | speech((0.2, 1.0), seconds=1.3), "sad"),
    ]
    made = []
    for number, (params, mood) in enumerate(given, start=1):
        size = {"width": SIZE[0], "height": SIZE[1]}
        one = take(TakeParams(shot=str(number), quality="draft", **size, **params), Context.local(out=folder, seed=3))
        told = one.model_dump()
        made.append(
            {"shot": str(number), "take": one.video, "mood": mood, "still": one.still}
            | {name: told[name] for name in ("sound", "cues", "voices", "frames")}
        )
    return made


@pytest.fixture(scope="session")
def picture(tmp_path_factory):
    """`picture(level)`: a picture file, the sharper the more levels it has."""
    folder = tmp_path_factory.mktemp("pictures")

    def make(kind="busy"):
        random = np.random.default_rng(1)
        rows = np.full((90, 160, 3), 110, np.uint8)
        if kind == "busy":
            rows = np.kron(random.integers(20, 235, (9, 16, 3)), np.ones((10, 10, 1))).astype(np.uint8)
        return images.save(rows, folder / f"{kind}.png")

    return make
