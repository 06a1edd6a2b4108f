"""The files in a home: private, whole, and never taken for more than they are."""

import json
import os
import subprocess
import sys

import pytest

from reelwright.errors import Conflict, InvalidParameter
from reelwright.faces.cli import home as homes

KEY = homes.Credentials("RWid", "secret", "sk-key")


def dead_pid() -> int:
    """The id of a process that was and is no more."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    return gone.pid


def test_credentials_come_back_and_are_for_their_owner_only(tmp_path):
    path = homes.keep(tmp_path, KEY)

    assert homes.credentials(tmp_path) == KEY
    assert json.loads(path.read_text()) == {"AccessKeyId": "RWid", "AccessKeySecret": "secret", "ApiKey": "sk-key"}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_home_without_credentials_has_none(tmp_path):
    assert homes.credentials(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"AccessKeyId": "a"}'])
def test_damaged_credentials_are_told_with_the_mend(tmp_path, text):
    (tmp_path / homes.CREDENTIALS).write_text(text)

    with pytest.raises(InvalidParameter, match="keys create"):
        homes.credentials(tmp_path)


def test_a_server_is_found_while_it_lives(tmp_path):
    homes.announce(tmp_path, "http://127.0.0.1:1")

    assert homes.running(tmp_path) == homes.Running("http://127.0.0.1:1", os.getpid())
    homes.leave(tmp_path)
    assert homes.running(tmp_path) is None


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"url": "http://127.0.0.1:1", "pid": "12"}, id="pid-is-text"),
        pytest.param({"url": "http://127.0.0.1:1"}, id="no-pid"),
        pytest.param([], id="no-object"),
        pytest.param({"url": "http://127.0.0.1:1", "pid": None}, id="null"),
    ],
)
def test_a_damaged_announcement_is_none(tmp_path, document):
    (tmp_path / homes.SERVER).write_text(json.dumps(document))

    assert homes.running(tmp_path) is None


def test_the_announcement_of_a_dead_server_is_stale_and_not_ours_to_remove(tmp_path):
    (tmp_path / homes.SERVER).write_text(json.dumps({"url": "http://127.0.0.1:1", "pid": dead_pid()}))

    assert homes.running(tmp_path) is None
    homes.leave(tmp_path)
    assert (tmp_path / homes.SERVER).exists()


def test_a_home_has_one_server_at_a_time(tmp_path):
    def take():
        with homes.locked(tmp_path):
            return True

    with homes.locked(tmp_path), pytest.raises(Conflict, match="another server uses the home"):
        take()
    assert take()
