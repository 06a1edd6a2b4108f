"""`models.onnx` on a model whose answer is known: y = x + x."""

import numpy as np
import pytest

from reelwright.errors import BadMedia, ModelNotInstalled
from reelwright.media.making import onnx_files
from reelwright.models import onnx


def doubling(shape: tuple[int | bytes, ...] = (1, 3)) -> bytes:
    """A model with one node, `Add`."""
    add = onnx_files.node(b"Add", [b"x", b"x"], b"y")
    given, made = (onnx_files.value_info(name, onnx_files.FLOAT, shape) for name in (b"x", b"y"))
    return onnx_files.model([add], given, made)


def test_a_model_runs_from_bytes_and_from_a_file(tmp_path):
    (tmp_path / "double.onnx").write_bytes(doubling())
    x = np.array([[1, 2, 3]], np.float32)
    for source in (doubling(), tmp_path / "double.onnx"):
        session = onnx.session(source)
        assert np.array_equal(session.run({"x": x})[0], 2 * x)
        assert (session.inputs, session.outputs) == ({"x": (1, 3)}, ("y",))


def test_open_sizes_are_none_and_states_begin_at_zero():
    session = onnx.session(doubling((b"n", 4)))
    assert session.inputs == {"x": (None, 4)}
    assert np.array_equal(session.zeros("x")["x"], np.zeros((1, 4), np.float32))


@pytest.mark.parametrize("wrong", [np.zeros((2, 7), np.float32), np.zeros((1, 3))], ids=["shape", "dtype"])
def test_an_input_that_does_not_fit_is_named(wrong):
    with pytest.raises(BadMedia, match="x "):
        onnx.session(doubling()).run({"x": wrong})


@pytest.mark.parametrize("content", [b"", b"no model", doubling()[:-20]], ids=["empty", "text", "cut"])
def test_what_is_no_model_is_refused(tmp_path, content):
    (tmp_path / "bad.onnx").write_bytes(content)
    with pytest.raises(ModelNotInstalled, match=r"bad\.onnx"):
        onnx.session(tmp_path / "bad.onnx")


@pytest.mark.parametrize(
    ("given", "cap", "expected"), [("3", None, 3), ("3", 1, 1), ("1", 4, 1)], ids=["set", "lowered", "never-raised"]
)
def test_threads_follow_the_environment(monkeypatch, given, cap, expected):
    monkeypatch.setenv("REELWRIGHT_THREADS", given)
    session = onnx.session(doubling(), max_threads=cap)
    assert session._inner.get_session_options().intra_op_num_threads == expected


def test_the_cpu_is_always_there_and_a_gpu_only_if_asked(monkeypatch):
    monkeypatch.setattr(onnx.onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider", onnx.CPU])
    assert onnx.providers(gpu=False) == [onnx.CPU]
    assert onnx.providers(gpu=True) == ["CUDAExecutionProvider", onnx.CPU]
    assert onnx.session(doubling()).provider == onnx.CPU
