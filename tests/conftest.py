"""Made media with known truth (costly ones once: do not write to them), a ledger and a key, a receiver of callbacks."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from reelwright.jobs.job import Key
from reelwright.jobs.ledger.sqlite import SqliteLedger
from reelwright.media import making
from reelwright.service import new_key


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-goldens", action="store_true", help="rewrite the recorded documents; read the diff")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], Any], Any], Any]:
    """`made(name, make, key)`: what `make(path)` returns, made once for each (name, key)."""
    kept: dict[Any, Any] = {}

    def once(name: str, make: Callable[[Path], Any], key: Any) -> Any:
        if (name, key) not in kept:
            kept[name, key] = make(tmp_path_factory.mktemp("made") / name)
        return kept[name, key]

    return once


@pytest.fixture(scope="session")
def make_video(made) -> Callable[..., making.Picture]:
    """`make_video(shots, size=…, fps=…, seed=…, sound=True)` -> `making.Picture`; shots may be (look, seconds) pairs.

    Small by default (320x180). With `sound` it has speech of the same length.
    """

    def make(shots=making.pictures.SHOTS, *, name="clip.mp4", sound=False, size=(320, 180), **given) -> making.Picture:
        shots = tuple(shot if isinstance(shot, making.Shot) else making.Shot(*shot) for shot in shots)

        def write(path: Path) -> making.Picture:
            voice = making.speech(sum(shot.seconds for shot in shots), rate=48000).clean if sound else None
            return making.picture(path, shots, size=size, sound=voice, **given)

        return made(name, write, (shots, sound, size, tuple(sorted(given.items()))))

    return make


@pytest.fixture(scope="session")
def make_speech(made) -> Callable[..., tuple[Path, making.Speech]]:
    """`make_speech(seconds, snr_db=…, rate=…)` -> (the WAV of the noisy voice, `making.Speech`)."""

    def make(seconds: float = 6.0, *, name="speech.wav", **given) -> tuple[Path, making.Speech]:
        def write(path: Path) -> tuple[Path, making.Speech]:
            spoken = making.speech(seconds, **given)
            return making.write_wav(path, spoken.noisy, spoken.rate), spoken

        return made(name, write, (seconds, tuple(sorted(given.items()))))

    return make


@pytest.fixture(scope="session")
def make_song(made) -> Callable[..., tuple[Path, making.Song]]:
    """`make_song(bpm=…, form=…, bars=…)` -> (a stereo WAV, `making.Song`)."""

    def make(*, name="song.wav", **given) -> tuple[Path, making.Song]:
        def write(path: Path) -> tuple[Path, making.Song]:
            played = making.song(**given)
            return making.write_wav(path, played.mix, played.rate), played

        return made(name, write, tuple(sorted(given.items())))

    return make


@pytest.fixture(scope="session")
def broken_files(tmp_path_factory: pytest.TempPathFactory, make_video) -> dict[str, Path]:
    """Files nobody can work on, by name: empty, not_media, cut_short, cut_short_faststart, no_frames, sound_only."""
    folder = tmp_path_factory.mktemp("broken")
    shots = ((making.SCENE, 2.0),)
    return {
        "empty": making.empty(folder / "empty.mp4"),
        "not_media": making.not_media(folder / "not_media.mp4"),
        "cut_short": making.cut_short(folder / "cut_short.mp4", make_video(shots, fast_start=False).path),
        "cut_short_faststart": making.cut_short(folder / "cut_short_faststart.mp4", make_video(shots).path),
        "no_frames": making.no_frames(folder / "no_frames.mp4"),
        "sound_only": making.sound_only(folder / "sound_only.mp4"),
    }


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    """A ledger of the test's own, opened and closed with it."""
    ledger = SqliteLedger(tmp_path / "ledger.db")
    ledger.open()
    yield ledger
    ledger.close()


@pytest.fixture
def key(ledger: SqliteLedger) -> Key:
    """A key of a tenant that the ledger knows."""
    key = new_key()
    ledger.write(lambda tx: tx.put_key(key)).result()
    return key


class Receiver(ThreadingHTTPServer):
    """Takes callbacks on loopback. `answers` says what to do with each in turn, the last one with all that follow:

    an HTTP status, `(status, headers)`, seconds to be silent for, or None to close the line without a word.
    """

    daemon_threads = True

    def __init__(self, answers: tuple[Any, ...] = (200,), port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Taking)
        self.answers = answers
        self.got: list[tuple[dict[str, str], bytes]] = []
        """Headers with lower-case names, and the body, of each post; also of those that are answered badly."""
        self.paths: list[str] = []
        self._more = threading.Condition()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/told"

    def take(self, path: str, headers: dict[str, str], body: bytes) -> Any:
        with self._more:
            answer = self.answers[min(len(self.got), len(self.answers) - 1)]
            self.got.append((headers, body))
            self.paths.append(path)
            self._more.notify_all()
        return answer

    def wait(self, count: int = 1) -> list[dict[str, Any]]:
        """The bodies, once there are so many."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.got) >= count, 60), f"{len(self.got)} of {count} came"
            return [json.loads(body) for _, body in self.got]


class _Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        answer = self.server.take(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        if answer is None:
            self.close_connection = True
            return
        if isinstance(answer, float):
            time.sleep(answer)
            answer = 200
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Callable[..., Receiver]]:
    """`receiver(500, 200)`: a receiver of callbacks that answers so."""
    started: list[Receiver] = []

    def start(*answers: Any, port: int = 0) -> Receiver:
        started.append(Receiver(answers or (200,), port))
        return started[-1]

    yield start
    for one in started:
        one.shutdown()
        one.server_close()
