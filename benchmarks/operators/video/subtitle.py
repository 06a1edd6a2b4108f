"""`video.subtitle`: frames by which cues come or go wrong, and the time beside decoding and encoding.

python -m benchmarks.operators.video.subtitle [--json FILE]
"""

from typing import Any

import numpy as np

from benchmarks import nodes
from benchmarks.recording import Figure
from reelwright.media import frames

CUES = ((0.4, 1.2), (1.52, 2.0), (2.2, 3.8))


def main() -> None:
    nodes.measure("video.subtitle", asked, judged, "film")


def asked(given: nodes.Given) -> dict[str, Any]:
    path = given.folder / "words.srt"
    path.write_text(
        "\n".join(
            f"{number}\n{_clock(start)} --> {_clock(end)}\nSix words that light up here\n"
            for number, (start, end) in enumerate(CUES, start=1)
        )
    )
    return {"video": str(given.film), "subtitles": str(path), "karaoke": "sweep"}


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    pairs = zip(frames.stream(given.film), frames.stream(made.video), strict=True)
    shown = [bool(np.abs(one.gray.astype(int) - other.gray)[560:700].max() > 90) for one, other in pairs]
    due = [
        any(round(start * nodes.FPS) <= number < round(end * nodes.FPS) for start, end in CUES)
        for number in range(len(shown))
    ]
    wrong = sum(one != other for one, other in zip(shown, due, strict=True))
    return [Figure("cue_edge_error_frames", wrong / (2 * len(CUES)), reach=1, higher=False)]


def _clock(seconds: float) -> str:
    return f"00:00:{int(seconds):02},{round(1000 * seconds) % 1000:03}"


if __name__ == "__main__":
    main()
