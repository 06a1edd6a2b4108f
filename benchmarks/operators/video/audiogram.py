"""`video.audiogram`: bars that stand for the tone that is heard, and the time beside decoding and encoding a film.

python -m benchmarks.operators.video.audiogram [--json FILE]
"""

from typing import Any

import numpy as np

from benchmarks import nodes
from benchmarks.recording import Figure
from reelwright.kernels import visible_sound
from reelwright.media import frames, making

TONES = tuple(np.geomspace(90, 9000, 16))
EACH, BARS = 0.4, 24


def main() -> None:
    nodes.measure("video.audiogram", asked, judged, "film")


def asked(given: nodes.Given) -> dict[str, Any]:
    time = np.arange(round(EACH * nodes.RATE)) / nodes.RATE
    wave = np.concatenate([0.1 * np.sin(2 * np.pi * tone * time) for tone in TONES])
    path = making.write_wav(given.folder / "tones.wav", wave[None].astype(np.float32), nodes.RATE)
    return {"audio": str(path), "bars": BARS, "colour": "#FFFFFF", "background": "#000000"}


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    edges, hits = visible_sound.edges(BARS), 0
    pictures = [frame.gray for frame in frames.stream(made.video)]
    for number, tone in enumerate(TONES):
        light = (pictures[round((number + 0.8) * EACH * nodes.FPS)][:-8] > 128).sum(axis=0)
        middle = float(np.mean(np.flatnonzero(light == light.max()))) / light.size
        place = int((middle - 0.08) / 0.84 * BARS)
        hits += edges[place] / 1.06 <= tone <= edges[place + 1] * 1.06
    return [Figure("band_hit_rate", hits / len(TONES), reach=0.95, note="the tallest bar, of 16 tones")]


if __name__ == "__main__":
    main()
