"""Memory is flat in the length of a film: ten minutes need no more than one.

Each operator runs in a process of its own, first on the short film, then on the long one; what the process holds at
most must hardly rise between them. The films are small, so that ten minutes of them cost seconds, and busy: scenes
change, something moves, lines of text come and go, a logo stays.
"""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

SIZE, FPS = (256, 144), 6
MINUTE = 60 * FPS  # frames
SCENE, LINE = 7 * FPS, 3 * FPS
ALLOWED = 48  # MiB; a single second of frames kept of every minute would be 60
SCREEN = (40, 200, 60)

RUN = """
import resource, sys, tempfile
from pathlib import Path
from reelwright import operators
from reelwright.models.port import NoModels
from reelwright.operators import Context

class Warm(NoModels):  # as in a worker, where what a run has loaded stays
    kept = {}

    def warm(self, name, load):
        return self.kept[name] if name in self.kept else self.kept.setdefault(name, load())

operator = operators.load(sys.argv[1])
for film in sys.argv[2:]:
    ctx = Context.local(out=Path(tempfile.mkdtemp(dir=Path(film).parent)), phases=operator.phases, models=Warm())
    operator(operator.params(video=film), ctx)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def film(path: Path, minutes: int, *, screen: bool = False) -> Path:
    random = np.random.default_rng(3)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "g": str(4 * FPS)})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.time_base = Fraction(1, FPS)
        ground = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
        for number in range(minutes * MINUTE):
            if number % SCENE == 0:
                coarse = random.integers(20, 200, (6, 10, 3), dtype=np.uint8)
                ground = cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC)
                ground = np.full_like(ground, SCREEN) if screen else ground
            frame = av.VideoFrame.from_ndarray(_drawn(ground.copy(), number), format="rgb24")
            frame.pts = number
            out.mux(stream.encode(frame.reformat(format="yuv420p")))
        out.mux(stream.encode(None))
    return path


def _drawn(rgb: np.ndarray, number: int) -> np.ndarray:
    x = 30 + int(80 * (1 + np.sin(number / 9)))
    cv2.circle(rgb, (x, 70), 24, (230, 180, 150), -1)
    cv2.rectangle(rgb, (226, 8), (248, 22), (250, 40, 40), -1)
    line, within = divmod(number, LINE)
    if within < LINE - FPS // 2:
        for colour, width in (((0, 0, 0), 3), ((255, 255, 255), 1)):
            cv2.putText(rgb, f"line {line % 97}", (80, 132), cv2.FONT_HERSHEY_SIMPLEX, 0.6, colour, width, cv2.LINE_AA)
    return rgb


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    kept = {}

    def get(*, screen: bool) -> list[str]:
        if screen not in kept:
            kept[screen] = [str(film(folder / f"{screen}{minutes}.mp4", minutes, screen=screen)) for minutes in (1, 10)]
        return kept[screen]

    return get


@pytest.mark.parametrize(
    "name",
    [
        "video.beauty",
        "video.captions",
        "video.cover",
        "video.delogo",
        "video.detext",
        "video.greenscreen",
        "video.portrait",
        "video.shots",
        "video.summary",
    ],
)
def test_ten_minutes_need_no_more_memory_than_one(films, name):
    given = films(screen=name == "video.greenscreen")
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", RUN, name, *given], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    short, long = map(int, done.stdout.split())
    assert long - short <= ALLOWED, f"{short} MiB after one minute, {long} MiB after ten"
