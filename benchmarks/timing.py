"""What the benchmarks of video operators time, and by: clocks, floors and long films.

Works that are compared take turns, so that a busy machine hurts all alike, and the least of a few turns counts.
Processor time stands beside wall time: it hardly depends on what else the machine does.
"""

import time
from collections.abc import Callable
from pathlib import Path

import av

from reelwright.media import encode, frames, probe
from reelwright.models.port import NoModels

TURNS = 3

Work = Callable[[], object]


def timed(work: Work) -> tuple[float, float]:
    """Wall and processor seconds of it."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def least(*works: Work, turns: int = TURNS) -> tuple[list[float], list[float]]:
    """Least wall and least processor seconds of each."""
    rounds = [[timed(work) for work in works] for _ in range(turns)]
    return [min(seconds) for seconds in _each(rounds, 0)], [min(seconds) for seconds in _each(rounds, 1)]


def _each(rounds: list[list[tuple[float, float]]], which: int) -> list[list[float]]:
    return [[one[which] for one in turns] for turns in zip(*rounds, strict=True)]


def decoded(path: Path) -> None:
    """The floor of what looks at every frame."""
    for _ in frames.stream(path):
        pass


def recoded(path: Path, out: Path, quality: encode.Quality = "normal") -> None:
    """The floor of what writes a whole film: the same decoder and encoder, nothing between."""
    media = probe.with_video(path)
    assert media.video is not None
    with encode.Writer(out, encode.Picture.like(media.video), quality=quality, beside=path) as writer:
        for frame in frames.stream(path):
            writer.write(frame.raw)


def repeated(source: Path, target: Path, times: int) -> Path:
    """The picture of a video end to end so many times, by stream copy."""
    with av.open(str(target), "w") as out:
        video = None
        for number in range(times):
            with av.open(str(source)) as part:
                stream = part.streams.video[0]
                video = video or out.add_stream_from_template(stream)
                for packet in part.demux(stream):
                    if packet.dts is None or packet.pts is None:
                        continue
                    late = number * (stream.duration or 0)
                    packet.pts += late
                    packet.dts += late
                    packet.stream = video
                    out.mux(packet)
    return target


def repeated_with_sound(source: Path, target: Path, times: int, *, seconds: float) -> Path:
    """Picture and sound of a video of so many seconds end to end, by stream copy."""
    with av.open(str(target), "w") as out:
        streams = None
        for number in range(times):
            with av.open(str(source)) as part:
                streams = streams or {one.type: out.add_stream_from_template(one) for one in part.streams}
                for packet in part.demux():
                    if packet.dts is None or (number and packet.pts < 0):
                        continue
                    late = round(seconds * number / packet.time_base)
                    packet.pts, packet.dts = packet.pts + late, packet.dts + late
                    kind = packet.stream.type
                    if kind == "video" or packet.pts * packet.time_base < seconds * (number + 1) - 0.022:
                        packet.stream = streams[kind]
                        out.mux(packet)
    return target


def remuxed(source: Path, target: Path) -> None:
    """The floor of what copies a whole film."""
    with av.open(str(source)) as box, av.open(str(target), "w") as out:
        streams = [out.add_stream_from_template(one) for one in box.streams]
        for packet in box.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)


class Installed(NoModels):
    """One weight file, whatever is asked for, where there is such a file."""

    def __init__(self, weights: Path) -> None:
        super().__init__()
        self._weights = weights

    def installed(self, name: str) -> bool:
        return self._weights.exists()

    def path(self, name: str) -> Path:
        return self._weights

    def digest(self, name: str) -> str:
        return "0" * 64
