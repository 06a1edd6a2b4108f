"""`reelwright callbacks` against a real server."""

import json
import time

import pytest


@pytest.fixture
def ask(cli, server):
    return lambda *arguments: cli(*arguments, "--home", server.home)


@pytest.fixture
def given_up(ask, tmp_path):
    """The id of a callback to an address inside, which is given up at once."""
    film = tmp_path / "in.mp4"
    film.write_bytes(b"no film")
    told = ask("submit", "video.cover", "--video", film, "--callback", "http://10.0.0.1/", "--wait", "--json")
    job_id = json.loads(told.stdout)["id"]
    for _ in range(3000):
        told = json.loads(ask("callbacks", "list", "--job", job_id, "--json").stdout)["callbacks"]
        if told and told[0]["state"] == "GIVEN_UP":
            return told[0]["id"]
        time.sleep(0.02)
    raise AssertionError(told)


def test_callbacks_are_listed_with_their_last_answer(ask, given_up):
    told = ask("callbacks", "list", "--state", "given-up")

    assert told.exit_code == 0, told.stderr
    assert given_up in told.stdout
    assert "fetch_allow" in told.stdout
    assert given_up not in ask("callbacks", "list", "--state", "delivered").stdout


def test_one_is_sent_again(ask, given_up):
    told = ask("callbacks", "redeliver", given_up)

    assert told.exit_code == 0, told.stderr
    assert told.stdout.split() == [given_up, "PENDING"]
    unknown = ask("callbacks", "redeliver", "0" * 32)
    assert unknown.exit_code != 0
    assert "no callback" in unknown.stderr


def test_the_secret_is_shown_and_replaced(ask):
    first = ask("callbacks", "secret").stdout.strip()
    assert first.startswith("whsec_")
    assert ask("callbacks", "secret").stdout.strip() == first
    second = json.loads(ask("callbacks", "secret", "--replace", "--json").stdout)["secret"]
    assert second != first


def test_a_state_that_is_none_is_told(ask):
    told = ask("callbacks", "list", "--state", "lost")
    assert told.exit_code != 0
    assert "pending, delivered, given_up" in told.stderr
