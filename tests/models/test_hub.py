"""`models.hub`: only the published bytes count, they are read once, and what is warm stays within its limits."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from reelwright.errors import FetchFailed, InvalidParameter, ModelNotInstalled, ObjectNotFound
from reelwright.models import hub as hub_module
from reelwright.models.catalogue import CATALOGUE, Weights, find
from reelwright.models.hub import Hub

CONTENT = b"weights" * 1000
SHA = hashlib.sha256(CONTENT).hexdigest()
KNOWN = Weights("tiny", "tiny.onnx", len(CONTENT), SHA, "MIT", "https://example.org/tiny", "denoise", "A test.")


@pytest.fixture
def hub(tmp_path) -> Hub:
    return Hub(tmp_path / "models", catalogue={"tiny": KNOWN})


@pytest.fixture
def readings(monkeypatch) -> list[Path]:
    """Every file that is read through."""
    read, plain = [], hub_module._sha256
    monkeypatch.setattr(hub_module, "_sha256", lambda path: read.append(path) or plain(path))
    return read


def put(hub: Hub, content: bytes = CONTENT) -> Path:
    hub.folder.mkdir(exist_ok=True)
    path = hub.folder / KNOWN.file
    path.write_bytes(content)
    return path


def state(hub: Hub) -> str:
    return hub.list()[0].state


def test_an_absent_model_names_the_command_that_gets_it(hub):
    assert not hub.installed("tiny")
    with pytest.raises(ModelNotInstalled, match="reelwright models pull tiny"):
        hub.path("tiny")


def test_an_unknown_model_lists_the_known_ones(hub):
    assert not hub.installed("huge")
    with pytest.raises(ModelNotInstalled, match="gtcrn_simple"):
        hub.path("huge")


def test_a_file_laid_there_by_hand_counts_if_it_is_the_published_one(hub):
    put(hub)
    assert hub.installed("tiny")
    assert hub.path("tiny").read_bytes() == CONTENT
    assert hub.digest("tiny") == SHA


@pytest.mark.parametrize("content", [CONTENT[:-1], b"x" + CONTENT[1:]], ids=["short", "one-byte-changed"])
def test_a_damaged_file_is_refused(hub, content):
    put(hub, content)
    assert state(hub) == "damaged"
    with pytest.raises(ModelNotInstalled, match="pull tiny"):
        hub.digest("tiny")


def test_a_file_is_read_through_once_even_across_processes(hub, readings):
    put(hub)
    for _ in range(3):
        hub.path("tiny")
    Hub(hub.folder, catalogue={"tiny": KNOWN}).digest("tiny")

    assert readings == [hub.folder / KNOWN.file]


def test_a_changed_file_is_read_again(hub):
    path = put(hub)
    hub.path("tiny")
    path.write_bytes(b"x" + CONTENT[1:])
    os.utime(path, ns=(1, 1))

    with pytest.raises(ModelNotInstalled):
        hub.path("tiny")


@pytest.mark.parametrize("record", ["", "[]", '{"a": 1}', json.dumps({SHA: "no"})])
def test_a_spoilt_record_is_read_as_none(hub, record):
    put(hub)
    (hub.folder / hub_module.LEDGER).write_text(record)
    assert hub.path("tiny")


def test_a_pull_fetches_once_from_the_official_address_and_tells_of_progress(hub):
    asked, told = [], []

    def fetch(address, path, progress):
        asked.append(address)
        path.write_bytes(CONTENT)
        progress(len(CONTENT), len(CONTENT))

    for _ in range(2):
        hub.pull("tiny", fetch, lambda done, total: told.append((done, total)))

    assert asked == [KNOWN.address]
    assert told == [(len(CONTENT), len(CONTENT))]
    assert state(hub) == "installed"


def test_a_broken_pull_leaves_its_part_for_the_next_to_go_on_from(hub):
    def break_off(address, path, progress):
        path.write_bytes(CONTENT[:100])
        raise FetchFailed("the line is down")

    def go_on(address, path, progress):
        with path.open("ab") as file:
            file.write(CONTENT[path.stat().st_size :])

    with pytest.raises(FetchFailed):
        hub.pull("tiny", break_off)
    assert state(hub) == "partial"
    assert not hub.installed("tiny")
    hub.pull("tiny", go_on)
    assert hub.path("tiny").read_bytes() == CONTENT


def test_a_pull_of_other_bytes_installs_nothing(hub):
    with pytest.raises(FetchFailed, match="SHA-256"):
        hub.pull("tiny", lambda address, path, progress: path.write_bytes(b"a login page"))
    assert state(hub) == "absent"


def test_a_pull_replaces_a_damaged_file(hub):
    put(hub, b"junk")
    hub.pull("tiny", lambda address, path, progress: path.write_bytes(CONTENT))
    assert hub.path("tiny").read_bytes() == CONTENT


def test_a_local_file_is_added_only_if_it_is_the_published_one(hub, tmp_path):
    (tmp_path / "mine").write_bytes(CONTENT)
    (tmp_path / "other").write_bytes(b"other")

    with pytest.raises(InvalidParameter, match=SHA):
        hub.add("tiny", tmp_path / "other")
    with pytest.raises(ObjectNotFound):
        hub.add("tiny", tmp_path / "nowhere")
    assert hub.add("tiny", tmp_path / "mine") == hub.path("tiny")
    assert (tmp_path / "mine").exists()


def test_a_removed_model_is_gone(hub):
    put(hub)
    assert hub.remove("tiny")
    assert not hub.remove("tiny")
    assert state(hub) == "absent"


def test_warm_loads_once_and_the_least_recently_used_go_first(tmp_path):
    hub, loaded = Hub(tmp_path, warm_models=2), []

    def use(key: str) -> str:
        return hub.warm(key, lambda: loaded.append(key) or key)

    for key in ("a", "b", "a", "c", "a", "b"):
        assert use(key) == key
    assert loaded == ["a", "b", "c", "b"]


def test_warm_keeps_within_its_memory(tmp_path, monkeypatch):
    held = iter([0, 600, 600, 1200, 1200, 1800])  # bytes before and after each loading
    monkeypatch.setattr(hub_module, "_resident", lambda: next(held))
    hub = Hub(tmp_path, warm_bytes=1300)
    for key in ("a", "b", "c"):
        hub.warm(key, object)

    assert list(hub._warm) == ["b", "c"]


def test_the_catalogue_is_sound():
    assert len({one.name for one in CATALOGUE}) == len({one.file for one in CATALOGUE}) == len(CATALOGUE)
    for one in CATALOGUE:
        assert find(one.name) is one
        assert one.address.startswith("https://")
        assert len(one.sha256) == 64
        assert one.size > 0
        assert "NC" not in one.licence


def test_the_catalogue_agrees_with_the_files_at_hand(tmp_path):
    folder = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[3] / "shared/data")) / "models"
    if not folder.is_dir():
        pytest.skip(f"no weights in {folder}")
    hub = Hub(tmp_path)
    at_hand = [one for one in CATALOGUE if (folder / one.file).exists()]
    for one in at_hand:
        hub.add(one.name, folder / one.file)
    assert {row.weights for row in hub.list() if row.state == "installed"} == set(at_hand)
    assert len(at_hand) >= 7
