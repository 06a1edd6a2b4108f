"""Picture and sound stay in step, whichever of them begins late and however the file tells it.

Films flash white and beep at the same moments. What is heard then is looked for in what the operators write.
"""

from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np
import pytest

from reelwright import operators
from reelwright.media import frames, images, probe
from reelwright.models import face_mesh
from reelwright.models.port import NoModels
from reelwright.operators import Context

SIZE, FPS, RATE, SECONDS = (160, 96), 25, 48000, 2.4
MOMENTS = (0.8, 1.6)  # s, of flash and beep
GREEN, RED = (40, 190, 60), (190, 60, 50)
LOUD, BRIGHT = 0.3, 200
BASE = Fraction(1, 1000)


@dataclass(frozen=True)
class Film:
    """When the picture and the sound begin, s, and how they are written."""

    name: str
    picture: float = 0.0
    sound: float = 0.0
    codec: str = "aac"
    encoder: dict[str, str] = field(default_factory=lambda: {"preset": "ultrafast", "crf": "20"})
    box: dict[str, str] = field(default_factory=dict)


FILMS = {
    "together": Film("a.mp4"),
    "sound-late": Film("a.mp4", sound=0.3),
    "picture-late": Film("a.mp4", picture=0.4),
    "both-late": Film("a.mkv", picture=0.6, sound=0.6),
    "sound-late-in-matroska": Film("a.mkv", sound=0.3, codec="libopus"),
    "picture-late-in-a-transport-stream": Film("a.ts", picture=0.4),
    "no-edit-list": Film("a.mp4", encoder={"preset": "medium", "bf": "3"}, box={"use_editlist": "0"}),
    "uncompressed": Film("a.mov", sound=0.3, codec="pcm_s16le"),
}
TOOLS = {
    "portrait": ("video.portrait", {}),
    "greenscreen": ("video.greenscreen", {"background": "{ground}"}),
    "transparent": ("video.greenscreen", {"alpha_format": "webm"}),
    "transparent-mov": ("video.greenscreen", {"alpha_format": "prores"}),
    "beauty": ("video.beauty", {}),
    "delogo": ("video.delogo", {}),
    "detext": ("video.detext", {}),
    "summary": ("video.summary", {"share": 1.0}),
}


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """No landmarks here, whatever is installed."""
    monkeypatch.setattr(face_mesh, "_fault", lambda: "the package mediapipe")


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    picture = np.full((*SIZE[::-1], 3), 90, np.uint8)
    return str(images.save(picture, tmp_path_factory.mktemp("ground") / "ground.png"))


@pytest.fixture(scope="module")
def film(made):
    return lambda name: made(FILMS[name].name, lambda path: written(path, FILMS[name]), ("in-step", name))


def written(path, film):
    with av.open(str(path), "w", options=film.box) as out:
        video = out.add_stream("libx264", rate=FPS, options=film.encoder)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        video.time_base = video.codec_context.time_base = BASE
        sound = out.add_stream(film.codec, rate=RATE, layout="mono")
        for number in range(round((SECONDS - film.picture) * FPS)):
            time = film.picture + number / FPS
            frame = av.VideoFrame.from_ndarray(drawn(time, number), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = round(1000 * time), BASE
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        _beep(out, sound, film)
    return path


def drawn(time, number):
    rgb = np.full((*SIZE[::-1], 3), GREEN, np.uint8)
    rgb[30:70, 50 + number : 80 + number] = RED
    if any(abs(time - moment) < 0.5 / FPS for moment in MOMENTS):
        rgb[8:88, 16:144] = 255  # not to the border: a screen must be seen around it
    return rgb


def _beep(out, sound, film):
    times = film.sound + np.arange(round((SECONDS - film.sound) * RATE)) / RATE
    tone = 0.01 * np.sin(2 * np.pi * 200 * times)
    for moment in MOMENTS:
        inside = (times >= moment) & (times < moment + 0.04)
        tone[inside] = 0.8 * np.sin(2 * np.pi * 1000 * times[inside])
    frame = av.AudioFrame.from_ndarray(tone.astype(np.float32)[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, round(film.sound * RATE), Fraction(1, RATE)
    coder = sound.codec_context
    parts = av.AudioResampler(coder.format.name, "mono", RATE, coder.frame_size or 1024)
    for part in (*parts.resample(frame), *parts.resample(None)):
        out.mux(sound.encode(part))
    out.mux(sound.encode(None))


def flashes(path):
    """Seconds of the file at which the middle of the picture is white."""
    zero = float(probe.probe(path).start)
    return [zero + float(one.time) for one in frames.stream(path) if one.gray[12:84, 20:140].mean() > BRIGHT]


def beeps(path):
    """Seconds of the file at which it grows loud."""
    found, last = [], -1.0
    with av.open(str(path)) as box:
        for frame in box.decode(audio=0):
            samples = frame.to_ndarray()
            samples = samples / 32768 if samples.dtype.kind == "i" else samples
            for place in np.flatnonzero(np.abs(samples[0]) > LOUD):
                time = float(frame.pts * frame.time_base) + place / frame.sample_rate
                if time - last > 0.2:
                    found.append(time)
                last = time
    return found


def lags(path):
    """How long after each flash its beep is heard, s."""
    return np.subtract(beeps(path), flashes(path))


@pytest.mark.parametrize("name", FILMS)
@pytest.mark.parametrize("tool", TOOLS)
def test_beeps_stay_with_their_flashes(film, ground, tmp_path, tool, name):
    source, (wanted, given) = film(name), TOOLS[tool]
    operator = operators.load(wanted)
    asked = {key: ground if value == "{ground}" else value for key, value in given.items()}
    context = Context.local(phases=operator.phases, out=tmp_path, models=NoModels())

    result = operator(operator.params(video=str(source), quality="draft", **asked), context)

    before, after = lags(source), lags(result.video)
    assert len(before) == len(after) == len(MOMENTS)
    assert after == pytest.approx(before, abs=0.004)
    # What begins in a coder's delay is not told apart from sound by every file.
    assert abs(result.sound_shift) < 0.025
