"""`reelwright doctor`: what it says is what was tried."""

import json

import pytest

from reelwright.faces.cli import doctor, sandbox


@pytest.fixture
def told(cli):
    """`told()`: (exit code, findings by name, operators by name)."""

    def ask():
        result = cli("doctor", "--json")
        document = json.loads(result.stdout)
        checks = {one["name"]: one for one in document["checks"]}
        return result.exit_code, checks, {one["operator"]: one for one in document["operators"]}

    return ask


def test_a_machine_that_runs_the_tests_lacks_nothing(told):
    code, checks, _ = told()

    assert code == 0
    assert {name for name, one in checks.items() if one["state"] == "missing"} == set()
    assert {"encoders", "decoders", "fonts", "cores", "memory", "disk", "sandbox: limits"} <= checks.keys()


def test_what_is_not_well_comes_with_a_mend(told):
    _, checks, _ = told()

    assert all(one["mend"] for one in checks.values() if one["state"] == "warning" and one["name"] != "cores")


def test_every_operator_is_listed_with_the_tier_it_would_run_at(told):
    _, _, operators = told()

    assert operators["video.cover"]["tier"] == "builtin"
    assert set(operators["video.cover"]["tiers"]) >= {"builtin"}


def test_people_get_the_same_as_tables(cli):
    shown = cli("doctor").stdout

    for part in ("encoders", "sandbox: limits", "video.cover", "runs at"):
        assert part in shown


def test_a_missing_encoder_is_found_and_makes_the_exit_code_1(told, monkeypatch):
    monkeypatch.setattr(doctor, "ENCODERS_NEEDED", ("libx264", "no_such_encoder"))
    code, checks, _ = told()

    assert code == 1
    assert checks["encoders"]["state"] == "missing"
    assert checks["encoders"]["found"] == "not here: no_such_encoder"


@pytest.mark.parametrize(
    ("check", "stub", "state"),
    [
        pytest.param(doctor._limits, "limits_hold", "missing", id="limits"),
        pytest.param(doctor._orphans, "dies_with_parent", "missing", id="orphans"),
        pytest.param(doctor._namespaces, "has_user_namespaces", "warning", id="namespaces"),
    ],
)
def test_a_sandbox_that_does_not_hold_is_told(monkeypatch, tmp_path, check, stub, state):
    monkeypatch.setattr(sandbox, stub, lambda: False)
    # What was bound lazily is looked up again.
    monkeypatch.delitem(vars(doctor.sandbox), stub, raising=False)

    found = check(tmp_path)
    monkeypatch.delitem(vars(doctor.sandbox), stub, raising=False)
    assert (found.state, bool(found.mend)) == (state, True)


def test_a_home_that_cannot_be_written_to_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)

    found = doctor._disk(tmp_path / "not" / "yet")
    assert found.state == "missing"
    assert str(tmp_path) in found.found


def test_a_try_that_fails_is_no_crash(monkeypatch):
    monkeypatch.setattr(sandbox.sys, "executable", "/no/such/python")

    assert not sandbox.limits_hold()
