"""`video.sound`: frames changed, how far the sound is off, and the time beside decoding and encoding.

python -m benchmarks.operators.video.sound [--json FILE]
"""

from typing import Any

import numpy as np

from benchmarks import nodes
from benchmarks.recording import Figure
from reelwright.media import frames, samples


def main() -> None:
    nodes.measure("video.sound", lambda given: {"video": str(given.film), "audio": given.audio}, judged, "film")


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    pairs = zip(frames.stream(given.film), frames.stream(made.video), strict=True)
    changed = sum(bool((one.gray != other.gray).any()) for one, other in pairs)
    found = samples.read(made.video, channels=1).samples[0][: 2 * nodes.RATE]
    own = given.sound.mean(axis=0)[: 2 * nodes.RATE]
    span = len(found) - 2000
    fits = np.fft.irfft(np.fft.rfft(found[1000:span]) * np.conj(np.fft.rfft(own[1000:span])))
    lag = int(np.argmax(fits))
    lag = min(lag, abs(len(fits) - lag))
    return [
        Figure("frames_changed", changed, reach=0, higher=False),
        Figure("sound off by", lag / nodes.RATE * 1000, "ms", reach=1.0, higher=False),
    ]


if __name__ == "__main__":
    main()
