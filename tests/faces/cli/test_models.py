"""`reelwright models`: the list, and fetching that goes on where it broke off."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from reelwright.errors import FetchFailed, InvalidParameter
from reelwright.faces.cli import models
from reelwright.models.catalogue import CATALOGUE, Weights
from reelwright.models.hub import Hub

CONTENT = bytes(range(256)) * 9000


class Shelf(BaseHTTPRequestHandler):
    """Serves CONTENT: whole, by range, cut off, or not at all; remembers what was asked."""

    asked: list[str | None] = []  # noqa: RUF012 - one list for the whole server, on purpose

    def do_GET(self):
        wanted = self.headers.get("range")
        self.asked.append(wanted)
        if self.path == "/absent":
            self.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.path != "/stubborn" else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("content-length", str(len(CONTENT) - start))
        self.end_headers()
        body = CONTENT[start:]
        self.wfile.write(body[: len(body) // 2] if self.path == "/breaks" and not start else body)

    def log_message(self, *told):
        """Quiet."""


@pytest.fixture
def shelf():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    Shelf.asked.clear()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def heard():
    steps = []
    yield lambda done, total: steps.append((done, total))
    assert steps == sorted(steps)


def hub(folder, address, content=CONTENT):
    one = Weights(
        "one", "one.onnx", len(content), hashlib.sha256(content).hexdigest(), "MIT", address, "test", "a test"
    )
    return Hub(folder, catalogue={"one": one})


@pytest.mark.parametrize("path", ["/whole", "/stubborn"])
def test_a_file_comes_whole(shelf, tmp_path, heard, path):
    assert hub(tmp_path, shelf + path).pull("one", models.fetch, heard).read_bytes() == CONTENT


def test_a_fetch_that_broke_off_goes_on(shelf, tmp_path, heard):
    one = hub(tmp_path, shelf + "/breaks")
    with pytest.raises(FetchFailed, match="pull again"):
        one.pull("one", models.fetch)
    assert one.list()[0].state == "partial"

    assert one.pull("one", models.fetch, heard).read_bytes() == CONTENT
    assert Shelf.asked == [None, f"bytes={len(CONTENT) // 2}-"]


def test_a_server_that_knows_no_ranges_sends_it_all_again(shelf, tmp_path):
    part = tmp_path / "part"
    part.write_bytes(b"something else")
    models.fetch(shelf + "/stubborn", part, lambda done, total: None)

    assert part.read_bytes() == CONTENT


def test_a_part_that_is_whole_already_is_left_alone(shelf, tmp_path):
    part = tmp_path / "part"
    part.write_bytes(CONTENT)
    models.fetch(shelf + "/whole", part, lambda done, total: None)

    assert part.read_bytes() == CONTENT


def test_an_address_with_nothing_there_is_told(shelf, tmp_path):
    with pytest.raises(FetchFailed, match="404"):
        hub(tmp_path, shelf + "/absent").pull("one", models.fetch)


def test_the_list_names_every_model_with_its_licence(cli):
    told = json.loads(cli("models", "list", "--json").stdout)

    assert {one["name"] for one in told} == {one.name for one in CATALOGUE}
    assert {one["state"] for one in told} == {"absent"}
    shown = cli("models", "list").stdout
    assert all(one.name in shown and one.licence in shown for one in CATALOGUE)


def test_a_file_that_is_another_is_not_added(cli, tmp_path):
    (tmp_path / "other.onnx").write_bytes(b"not a model")
    refused = cli("models", "add", CATALOGUE[0].name, tmp_path / "other.onnx")

    assert refused.exit_code == 2
    assert CATALOGUE[0].sha256 in refused.stderr


def test_the_doctor_finds_a_damaged_file(cli, tmp_path):
    folder = tmp_path / "home" / "models"
    folder.mkdir(parents=True)
    assert cli("models", "doctor").exit_code == 0
    (folder / CATALOGUE[0].file).write_bytes(b"damaged")
    told = cli("models", "doctor")

    assert told.exit_code == 1
    assert f"models pull {CATALOGUE[0].name}" in told.stderr
    assert "removed" in cli("models", "remove", CATALOGUE[0].name).stderr
    assert cli("models", "doctor").exit_code == 0


def test_the_name_of_a_bundle_stands_for_its_files(cli, monkeypatch):
    pulled = []
    monkeypatch.setattr(Hub, "pull", lambda self, name, fetch, progress: pulled.append(name) or self.folder / name)

    assert cli("models", "pull", "whisper_small").exit_code == 0

    assert pulled == ["whisper_small_model", "whisper_small_config", "whisper_tokenizer", "whisper_vocabulary"]
    removed = cli("models", "remove", "paraformer").stderr
    assert "paraformer_model: was not here" in removed
    assert "paraformer_tokens: was not here" in removed


def test_pulling_needs_a_name():
    with pytest.raises(InvalidParameter, match="--all"):
        models.pull(names=None, every=False, home=None)
