"""`reelwright --help` answers at once because it loads little: no codec, no server, no ledger, no client."""

import subprocess
import sys

import pytest

# Not pydantic: typer itself reads options with it.
HEAVY = ("numpy", "av", "cv2", "scipy", "pydantic_settings", "sqlalchemy", "alembic", "uvicorn", "httpx", "onnxruntime")
PROGRAM = """
import sys
from typer.testing import CliRunner
from reelwright.faces.cli import app
shown = CliRunner().invoke(app, sys.argv[1:])
assert shown.exit_code == 0, shown.output
print(*sys.modules)
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], ["serve", "--help"], ["jobs", "--help"], ["--version"]], ids=" ".join
)
def test_help_loads_nothing_heavy(arguments):
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())

    assert "reelwright.faces.cli" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_the_operators_help_loads_no_codec():
    done = subprocess.run([sys.executable, "-c", PROGRAM, "run", "--help"], capture_output=True, text=True, check=True)

    assert set(done.stdout.split()).isdisjoint({"av", "cv2", "scipy", "onnxruntime", "soxr", "uvicorn"})
