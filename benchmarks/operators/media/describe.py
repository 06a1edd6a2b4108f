"""`media.describe`: how many small files it looks into a second, and whether what it tells is true.

    python -m benchmarks.operators.media.describe [--json FILE] [--files 1000] [--assets 200]

Files are made here, of ten kinds (containers, codecs, pictures, sounds), each with known facts, and copied until there
are enough. Two worker processes describe them all; the floor beside it only opens each file and closes it again. Then
a whole server with two workers registers distinct files in its media library: what that costs is told by the
processor time of the server and its workers, since the wall clock of a busy machine tells of its other users too.
"""

import argparse
import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.faces.server import serving
from benchmarks.recording import Figure, record
from reelwright.media import images, making
from reelwright.media.making import SCENE, Shot
from reelwright.media.making.odd import write_odd
from reelwright.operators import Context
from reelwright.operators.media.describe import DescribeParams, describe

COMMAND = "python -m benchmarks.operators.media.describe"
REACH = 100  # files a second on two cores
PROCESSES = 2
SECONDS = 2.0
ASKING = 16  # registrations at once
NO_PICTURES = '{"NeedSprite":false,"NeedSnapshot":false}'

Facts = dict[str, object]


# ---- files and their facts


def made(folder: Path) -> Iterator[tuple[Path, Facts]]:
    voice = making.speech(SECONDS, rate=48000).clean
    shots = (Shot(SCENE, SECONDS),)
    film = making.picture(folder / "film.mp4", shots, size=(320, 180), sound=voice)
    yield film.path, {**_film("h264"), "audio": "aac", "frames": 50}
    yield _copied(film.path, folder / "film.mkv"), {**_film("h264"), "audio": "aac", "frames": 50}
    silent = making.picture(folder / "silent.mp4", shots, size=(640, 360), fps=Fraction(30))
    yield silent.path, {"kind": "video", "video": "h264", "width": 640, "height": 360, "frames": 60}
    grey = [np.full((180, 320, 3), 60 + number, np.uint8) for number in range(25)]
    turned = {"kind": "video", "width": 320, "height": 180, "rotation": 90, "frames": 25}
    yield write_odd(folder / "turned.mp4", grey, rotation=90), turned
    yield write_odd(folder / "ten.mkv", grey, pix_fmt="yuv420p10le"), {"kind": "video", "pix_fmt": "yuv420p10le"}
    yield making.write_wav(folder / "voice.wav", voice, 48000), {**_sound("pcm_s16le"), "seconds": SECONDS}
    yield making.write_sound(folder / "voice.m4a", voice, 48000), _sound("aac")
    for ending in ("png", "jpg", "webp"):
        path = Path(images.save(grey[0], folder / f"still.{ending}"))
        yield path, {"kind": "image", "width": 320, "height": 180}


def _film(codec: str) -> Facts:
    return {"kind": "video", "video": codec, "width": 320, "height": 180, "rate": 25.0, "seconds": SECONDS}


def _sound(codec: str) -> Facts:
    return {"kind": "audio", "audio": codec, "sample_rate": 48000, "channels": 1}


def _copied(source: Path, path: Path) -> Path:
    """The same streams in another container."""
    with av.open(str(source)) as given, av.open(str(path), "w") as box:
        streams = {one.index: box.add_stream_from_template(one) for one in given.streams}
        for packet in given.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                box.mux(packet)
    return path


def facts(path: Path) -> Facts:
    told = describe(DescribeParams(file=str(path)), Context.local())
    video, audio = (told.video or (None,))[0], (told.audio or (None,))[0]
    return {
        "kind": told.kind,
        "width": told.width,
        "height": told.height,
        "seconds": None if told.duration is None else round(told.duration, 1),
        "video": video and video.codec,
        "frames": video and video.frames,
        "rate": video and video.average_frame_rate,
        "rotation": video and video.rotation,
        "pix_fmt": video and video.pix_fmt,
        "audio": audio and audio.codec,
        "sample_rate": audio and audio.sample_rate,
        "channels": audio and audio.channels,
    }


def accuracy(cases: list[tuple[Path, Facts]]) -> Figure:
    wrong = []
    total = 0
    for path, truth in cases:
        told = facts(path)
        total += len(truth)
        wrong += [f"{path.name} {name}: {told[name]}" for name, value in truth.items() if told[name] != value]
    note = "; ".join(wrong) or f"{total} facts of {len(cases)} kinds of files"
    return Figure("facts right", 1 - len(wrong) / total, reach=1.0, note=note)


# ---- speed


def look(path: str) -> float:
    """Describe the file; the processor seconds that took."""
    began = time.process_time()
    describe(DescribeParams(file=path), CONTEXT[0])
    return time.process_time() - began


def only_open(path: str) -> float:
    began = time.process_time()
    with av.open(path):
        pass
    return time.process_time() - began


CONTEXT: list[Context] = []


def _start() -> None:
    os.environ["REELWRIGHT_THREADS"] = "1"
    CONTEXT.append(Context.local())


def rates(paths: list[str], work: Callable[[str], float]) -> tuple[float, float]:
    """Files a second by the wall clock, and by the processor time of two cores."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"), initializer=_start) as pool:
        list(pool.map(work, paths[: 4 * PROCESSES]))  # libraries are loaded
        began = time.perf_counter()
        spent = list(pool.map(work, paths, chunksize=10))
        wall = time.perf_counter() - began
    return len(paths) / wall, PROCESSES * len(paths) / sum(spent)


def speed(folder: Path, cases: list[tuple[Path, Facts]], count: int) -> list[Figure]:
    paths = []
    for number in range(count):
        source = cases[number % len(cases)][0]
        paths.append(str(shutil.copy(source, folder / f"{number}{source.suffix}")))
    busy = os.getloadavg()[0]  # before our own processes count
    wall, cores = rates(paths, look)
    floor_wall, floor_cores = rates(paths, only_open)
    note = f"{count} files, {PROCESSES} processes; {busy:.1f} others wanted the machine's {os.cpu_count()} cores"
    return [
        Figure("files a second", wall, "1/s", reach=REACH, beside={"opening alone": floor_wall}, note=note),
        Figure("files a second, two whole cores", cores, "1/s", reach=REACH, beside={"opening alone": floor_cores}),
    ]


# ---- the whole library


def library(folder: Path, film: Path, count: int) -> list[Figure]:
    """Distinct files, registered by the vendor's client, until all are Normal."""
    server = serving().Server(folder / "home", workers=PROCESSES).start()
    try:
        body = film.read_bytes()
        for number in range(count + ASKING):
            server.put("films", f"{number}.mp4", body + number.to_bytes(4, "big"))
        ask = _client(server)
        asyncio.run(_register(ask, range(count, count + ASKING)))  # workers are started
        _wait(ask, ASKING)
        spent, began = _processor_seconds(server), time.perf_counter()
        asyncio.run(_register(ask, range(count)))
        _wait(ask, count + ASKING)
        wall = count / (time.perf_counter() - began)
        cores = PROCESSES * count / (_processor_seconds(server) - spent)
    finally:
        server.stop()
    note = f"{count} files of {len(body) // 1000} kB, registered by the vendor's client"
    return [
        Figure("assets a second through the server", wall, "1/s", note=note),
        Figure("assets a second through the server, two whole cores", cores, "1/s", reach=REACH),
    ]


def _client(server: Any) -> Any:
    from alibabacloud_ice20201109.client import Client
    from alibabacloud_tea_openapi import utils_models

    keys = {"access_key_id": server.keys["AccessKeyId"], "access_key_secret": server.keys["AccessKeySecret"]}
    return Client(utils_models.Config(**keys, endpoint=server.url.removeprefix("http://"), protocol="http"))


async def _register(ask: Any, numbers: range) -> None:
    from alibabacloud_ice20201109 import models

    few = asyncio.Semaphore(ASKING)

    async def one(number: int) -> None:
        url = f"oss://films/{number}.mp4"
        request = models.RegisterMediaInfoRequest(input_url=url, register_config=NO_PICTURES)
        async with few:
            await ask.register_media_info_async(request)

    await asyncio.gather(*map(one, numbers))


def _wait(ask: Any, count: int) -> None:
    from alibabacloud_ice20201109 import models

    request = models.ListMediaBasicInfosRequest(status="Normal", max_results=1)
    while ask.list_media_basic_infos(request).body.total_count < count:
        time.sleep(0.1)


def _processor_seconds(server: Any) -> float:
    """Of the server and its workers, those that ended too."""
    ticks = 0
    for pid in (server.pid, *server.workers()):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--assets", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases = list(made(folder))
        copies = folder / "copies"
        copies.mkdir()
        figures = [accuracy(cases), *speed(copies, cases, given.files), *library(folder, cases[0][0], given.assets)]
    record("media.describe", figures, command=COMMAND, path=given.json)


if __name__ == "__main__":
    main()
