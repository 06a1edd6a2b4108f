"""A real `reelwright serve`: when it is ready, who may start one, and how it ends."""

import json
import signal
from contextlib import closing

import httpx
import pytest

from reelwright.faces.cli import home as homes
from reelwright.media import making

ENDS = 120.0  # seconds until a test gives up on a process that hangs


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


def start_long_job(served, make_video) -> tuple[httpx.Client, str]:
    """A client, and the id of a job that runs for some seconds."""
    key = homes.credentials(served.home).api_key
    headers = {"authorization": f"Bearer {key}"}
    client = httpx.Client(base_url=served.url, headers=headers, trust_env=False, timeout=60)
    put = client.put("/media/a.mp4", content=make_video([(making.SCENE, 8.0)], size=(480, 270)).path.read_bytes())
    assert put.is_success, put.text
    reply = client.post("/v1/jobs", json={"operator": "video.portrait", "params": {"video": "oss://media/a.mp4"}})
    job = reply.json()["id"]
    while client.get(f"/v1/jobs/{job}").json()["status"] == "QUEUED":
        assert served.process.poll() is None, served.log
    return client, job


@pytest.mark.slow
def test_a_stop_lets_a_running_job_finish_and_open_streams_end(serve, make_video):
    served = serve("--workers", "1", "--grace", "600")
    client, job = start_long_job(served, make_video)
    with closing(client), client.stream("GET", f"/v1/jobs/{job}/events") as events:
        lines = events.iter_lines()
        next(lines)
        served.process.send_signal(signal.SIGTERM)
        for _ in lines:  # until the server ends the stream
            pass

    assert served.process.wait(ENDS) == 0
    again = serve(home=served.home)
    done = ask(again, f"/v1/jobs/{job}", homes.credentials(served.home).api_key).json()
    steps = ask(again, f"/v1/jobs/{job}/steps", homes.credentials(served.home).api_key).json()["steps"]
    assert done["status"] == "SUCCEEDED"
    assert [step["executions"] for step in steps] == [1]


@pytest.mark.slow
def test_a_stop_without_grace_puts_a_running_job_back_into_the_queue(serve, make_video, cli):
    served = serve("--workers", "1", "--grace", "0")
    client, job = start_long_job(served, make_video)
    client.close()
    assert served.end() == 0

    again = serve("--workers", "1", home=served.home)
    assert cli("logs", job, "--follow", "--home", again.home).exit_code == 0
    done = ask(again, f"/v1/jobs/{job}", homes.credentials(served.home).api_key).json()
    assert done["status"] == "SUCCEEDED", done["error"]


@pytest.mark.slow
def test_a_second_signal_ends_at_once_and_loses_nothing(serve, make_video, cli):
    served = serve("--workers", "1", "--grace", "600")
    client, job = start_long_job(served, make_video)
    client.close()
    served.process.send_signal(signal.SIGTERM)
    while "a second signal ends at once" not in served.log:
        assert served.process.poll() is None
    assert served.end() == 128 + signal.SIGTERM

    again = serve("--workers", "1", home=served.home)
    cli("logs", job, "--follow", "--home", again.home)
    done = ask(again, f"/v1/jobs/{job}", homes.credentials(served.home).api_key).json()
    assert done["status"] == "SUCCEEDED", done["error"]


def test_an_open_server_asks_for_no_key(serve):
    served = serve("--open")

    assert ask(served, "/v1/jobs").status_code == 200
