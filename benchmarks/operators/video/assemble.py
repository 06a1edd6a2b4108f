"""`video.assemble`: PSNR of the pictures in the film, and the time beside decoding and encoding as long a film.

python -m benchmarks.operators.video.assemble [--json FILE]
"""

from typing import Any

from benchmarks import nodes
from benchmarks.recording import Figure
from reelwright.media import frames


def main() -> None:
    nodes.measure("video.assemble", asked, judged, "film")


def asked(given: nodes.Given) -> dict[str, Any]:
    stills = [given.save(frame.rgb, f"still{number:03}.png") for number, frame in enumerate(frames.stream(given.film))]
    return {"images": stills, "fps": nodes.FPS, "quality": "high"}


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    return [nodes.film_psnr(made.video, given, lambda rgb: rgb, "assembled_psnr_db", 34)]


if __name__ == "__main__":
    main()
