"""The web process reads every operator's schema and loads no codec by that."""

import subprocess
import sys
from pathlib import Path

from reelwright import operators

HEAVY = ("av", "cv2", "onnxruntime", "pyrnnoise", "soxr", "soundfile", "scipy", "PIL", "matplotlib")


def loaded_after(code):
    asked = f"{code}\nimport sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_no_codec_comes_with_the_schemas():
    read = "operators.load(name).params.model_json_schema()"

    assert loaded_after(f"from reelwright import operators\nfor name in operators.names(): {read}") == "[]"


def test_no_codec_comes_with_the_server():
    assert loaded_after("import reelwright.wiring, reelwright.faces.app") == "[]"


def test_every_operator_has_its_test_and_its_benchmark():
    root = Path(__file__).parent.parent
    for name in operators.names():
        family, _, leaf = name.partition(".")
        assert (root / "tests/operators" / family / f"test_{leaf}.py").exists(), f"{name} has no test of its name"
        assert (root / "benchmarks/operators" / family / f"{leaf}.py").exists(), f"{name} has no benchmark of its name"
