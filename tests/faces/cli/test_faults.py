"""Every fault is one line with what, value and mend, and an exit code."""

import pytest

from reelwright import errors
from reelwright.faces.cli import faults


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        pytest.param(
            errors.InvalidParameter("count is 99; give 1 to 20"), 2, "count is 99; give 1 to 20", id="request"
        ),
        pytest.param(errors.NoVideo("a.wav has no video"), 2, "a.wav has no video [NoVideo]", id="media"),
        pytest.param(errors.ObjectNotFound("there is no object"), 2, "there is no object", id="address"),
        pytest.param(errors.WorkerCrashed("it crashed"), 1, "it crashed [WorkerCrashed]", id="work"),
        pytest.param(errors.ModelNotInstalled("pull it"), 1, "pull it [ModelNotInstalled]", id="model"),
        pytest.param(errors.Cancelled("by hand"), 3, "cancelled", id="cancelled"),
        pytest.param(KeyboardInterrupt(), 3, "cancelled", id="ctrl-c"),
        pytest.param(PermissionError(13, "Permission denied", "/x"), 1, "Permission denied: /x", id="system"),
        pytest.param(TypeError("bad"), 1, "a fault of our own: TypeError: bad", id="bug"),
    ],
)
def test_a_fault_is_a_line_and_a_code(capsys, error, code, line):
    assert faults.tell(error) == code

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("reelwright: ")
    assert line in told.err
    assert told.err.count("\n") == 1


def test_debug_shows_where_it_came_from(cli):
    quiet, loud = cli("job", "x"), cli("--debug", "job", "x")

    assert quiet.exit_code == loud.exit_code == 1
    assert "Traceback" not in quiet.stderr
    assert "Traceback" in loud.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["jobs"], "reelwright serve", id="no-server"),
        pytest.param(["jobs", "--server", "localhost:1"], "http://host:port", id="no-scheme"),
        pytest.param(
            ["jobs", "--server", "http://127.0.0.1:1"], "no answer from http://127.0.0.1:1", id="nobody-there"
        ),
        pytest.param(["run", "video.cove"], "did you mean video.cover", id="no-operator"),
        pytest.param(["cp", "a", "b"], "oss://bucket/key", id="two-local-files"),
        pytest.param(["cp", "oss://a/b", "oss://c/d"], "local file", id="two-addresses"),
        pytest.param(["serve", "--host", "0.0.0.0", "--open"], "refused on 0.0.0.0", id="open-to-the-world"),
        pytest.param(["serve", "--port", "99999"], "the setting port is 99999", id="no-port"),
        pytest.param(["models", "pull"], "--all", id="no-model-named"),
        pytest.param(["models", "pull", "no-such-model"], "no-such-model", id="no-such-model"),
    ],
)
def test_a_wrong_call_says_how_to_mend_it(cli, arguments, told):
    result = cli(*arguments)

    assert result.exit_code in (1, 2)
    assert told in result.stderr
    assert result.stdout == ""
