"""A real `reelwright serve`: when it is ready, who may start one, and how it ends."""

import json
import signal

import httpx
import pytest

from reelwright.faces.cli import home as homes


def ask(served, path, key=""):
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return httpx.get(served.url + path, headers=headers, trust_env=False, timeout=60)


def test_the_one_line_on_stdout_is_true(serve):
    served = serve()

    assert served.first_line == f"reelwright ready {served.url}\n", served.log
    assert ask(served, "/healthz").status_code == 200
    assert served.end() == 0
    assert served.rest == ""


def test_a_new_home_gets_one_key_that_opens_the_door(serve):
    served = serve()
    kept = homes.credentials(served.home)

    assert str(served.home / "credentials.json") in served.log
    assert (served.home / "credentials.json").stat().st_mode & 0o777 == 0o600
    assert ask(served, "/v1/jobs", kept.api_key).status_code == 200
    assert ask(served, "/v1/jobs", "sk-wrong").status_code == 401
    assert ask(served, "/v1/jobs").status_code == 401


def test_a_second_start_of_the_home_keeps_the_key(serve):
    first = serve()
    key = homes.credentials(first.home)
    first.end()
    second = serve(home=first.home)

    assert homes.credentials(second.home) == key
    assert ask(second, "/v1/jobs", key.api_key).status_code == 200
    assert "made the first key" not in second.log


def test_a_home_has_one_server(serve, cli):
    served = serve()
    refused = cli("serve", "--home", served.home, "--port", 0)

    assert refused.exit_code == 2
    assert served.url in refused.stderr
    assert "--home" in refused.stderr


def test_a_taken_port_is_told_with_the_mend(serve, cli, tmp_path):
    served = serve()
    port = served.url.rpartition(":")[2]
    refused = cli("serve", "--home", tmp_path / "other", "--port", port)

    assert refused.exit_code == 2
    assert f"127.0.0.1:{port}" in refused.stderr
    assert "--port" in refused.stderr


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_drains_and_ends_with_0(serve, how):
    served = serve()
    announced = json.loads((served.home / "server.json").read_text())

    assert announced == {"url": served.url, "pid": served.process.pid}
    assert served.end(how) == 0
    assert not (served.home / "server.json").exists()
    assert "Traceback" not in served.log


def test_an_open_event_stream_does_not_hold_the_end_back(serve, make_video, cli):
    served = serve("--workers", "1")
    key = homes.credentials(served.home).api_key
    put = httpx.put(
        f"{served.url}/media/a.mp4",
        content=make_video().path.read_bytes(),
        headers={"authorization": f"Bearer {key}"},
        trust_env=False,
    )
    assert put.is_success, put.text
    headers = {"authorization": f"Bearer {key}"}
    with httpx.Client(base_url=served.url, headers=headers, trust_env=False, timeout=60) as client:
        body = {"operator": "video.portrait", "params": {"video": "oss://media/a.mp4"}}
        job = client.post("/v1/jobs", json=body).json()["id"]
        with client.stream("GET", f"/v1/jobs/{job}/events") as events:
            lines = events.iter_lines()
            next(lines)
            served.process.send_signal(signal.SIGTERM)
            for _ in lines:
                pass
    assert served.end() == 0


def test_an_open_server_asks_for_no_key(serve):
    served = serve("--open")

    assert ask(served, "/v1/jobs").status_code == 200
