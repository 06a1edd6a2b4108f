"""A job of many steps over HTTP and by the command line: its plan, a failure, a mend, and what ran for each."""

import re
import xml.etree.ElementTree as ET

import httpx
import pytest
from typer.testing import CliRunner

from reelwright.faces.cli import app


@pytest.fixture
def book(server, tmp_path):
    """`book(pages=3, …)`: the id of a job that has come to a stand."""

    def make(**params):
        text = server.put("texts", "in.txt", b"words")
        given = {"text": text, "journal": str(tmp_path / "journal"), "label": "b", "pages": 3, "tick": 0.0, **params}
        job_id = server.submit("crash-book", given)
        server.wait(job_id)
        return job_id

    return make


@pytest.fixture
def cli(server):
    def run(*arguments):
        return CliRunner().invoke(
            app,
            [*map(str, arguments), "--server", server.url, "--api-key", server.keys["ApiKey"]],
            env={"COLUMNS": "160"},
        )

    return run


def executions(server, job_id):
    return {step["name"]: step["executions"] for step in server.steps(job_id)}


def content(server, job_id):
    return httpx.get(server.job(job_id)["outputs"][0]["url"], trust_env=False).text


def test_steps_tell_what_they_need_and_where_their_files_are(server, book):
    steps = {step["name"]: step for step in server.steps(book(label="told"))}

    assert steps["page-1"]["needs"] == ["cover"]
    assert httpx.get(steps["page-1"]["files"]["page"], trust_env=False).text == "words told-cover told-1"


def test_the_plan_tells_expected_and_actual(server, book):
    plan = server.api.get(f"/v1/jobs/{book(label='plan')}/plan").json()

    assert (plan["plan"], plan["status"], plan["final"]) == ("crash-book", "SUCCEEDED", "book")
    assert [step["name"] for step in plan["steps"]][:3] == ["cover", "page-0", "page-0.copy"]
    assert plan["estimate"]["steps"] == plan["actual"]["steps"] == 8
    assert plan["actual"]["seconds"] > 0
    assert {share["operator"] for share in plan["actual"]["shares"]} == {"crash.page", "crash.bind"}


def test_the_plan_is_drawn(server, book):
    drawn = server.api.get(f"/v1/jobs/{book(label='drawn')}/plan.svg")

    assert drawn.headers["content-type"] == "image/svg+xml"
    root = ET.fromstring(drawn.text)
    boxes = root.findall(".//{http://www.w3.org/2000/svg}rect")
    links = root.findall("{http://www.w3.org/2000/svg}path")
    assert len(boxes) == 8
    assert len(links) == 3 + 3 + 3
    columns = sorted({float(box.get("x")) for box in boxes})
    assert len(columns) == 4, "cover, pages, copies, book"


def test_a_job_without_a_plan_says_so(server, tmp_path):
    text = server.put("texts", "in.txt", b"words")
    job_id = server.submit("crash.journal", {"text": text, "journal": str(tmp_path / "j"), "label": "plain"})
    server.wait(job_id)

    for method, path in (("GET", "plan"), ("GET", "plan.svg"), ("PATCH", "steps/crash.journal")):
        reply = server.api.request(method, f"/v1/jobs/{job_id}/{path}", json={} if method == "PATCH" else None)
        assert (reply.status_code, reply.json()["error"]["code"]) == (409, "Conflict")


def test_a_failure_suspends_and_a_mend_with_a_resume_runs_that_step_and_what_waits_for_it(server, book):
    job_id = book(bad=1, label="bad")
    job = server.job(job_id)
    assert (job["status"], job["error"]["code"]) == ("SUSPENDED", "NotMedia")
    assert job["error"]["message"] == "step page-1: bad-1 is a bad page; take another"

    changed = server.api.patch(f"/v1/jobs/{job_id}/steps/page-1", json={"params": {"bad": False}})
    assert changed.status_code == 200, changed.text
    assert server.job(job_id)["status"] == "SUSPENDED"
    server.api.post(f"/v1/jobs/{job_id}/resume").raise_for_status()
    server.wait(job_id)

    assert executions(server, job_id) == {
        "cover": 1,
        "page-0": 1,
        "page-0.copy": 1,
        "page-1": 2,
        "page-1.copy": 1,
        "page-2": 1,
        "page-2.copy": 1,
        "book": 1,
    }


def test_a_running_or_finished_job_cannot_be_resumed(server, book):
    reply = server.api.post(f"/v1/jobs/{book(label='done')}/resume")

    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "Conflict")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"params": {"colour": 1}}, "params.colour", id="param"),
        pytest.param({"result": {"page": "oss://texts/none"}}, "result.page", id="file"),
        pytest.param({"sound": 1}, "", id="key"),
    ],
)
def test_a_change_that_cannot_be_is_refused_by_name(server, book, change, field):
    reply = server.api.patch(f"/v1/jobs/{book(label='refused')}/steps/page-1", json=change)

    assert 400 <= reply.status_code < 500
    assert field in reply.json()["error"]["field"]


def test_the_command_line_shows_changes_and_resumes(server, book, cli, tmp_path):
    job_id = book(bad=1, label="cli")
    mine = tmp_path / "mine.txt"
    mine.write_text("my own page")

    shown = cli("plan", job_id, "--svg", tmp_path / "plan.svg")
    assert shown.exit_code == 0, shown.output
    assert re.search(r"page-1\s+FAILED", shown.output)
    assert (tmp_path / "plan.svg").read_text().startswith("<svg")

    changed = cli("change", job_id, "page-1", "--result", f"page={mine}")
    assert changed.exit_code == 0, changed.output
    resumed = cli("resume", job_id, "--wait")
    assert resumed.exit_code == 0, resumed.output

    assert "my own page cli-1-copy" in content(server, job_id)
    assert executions(server, job_id)["page-1"] == 1
    assert "page-1 *" in cli("plan", job_id).output


def test_the_command_line_says_what_a_suspended_job_waits_for(server, book, cli):
    job_id = book(bad=0, label="waits")

    resumed = cli("resume", job_id, "--wait")

    assert resumed.exit_code == 1
    assert f"reelwright change {job_id}" in resumed.output
