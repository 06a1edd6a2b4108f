"""onnxruntime sessions, opened the same way everywhere: few threads, no telemetry, no chatter.

On the CPU unless a GPU is asked for and this build of onnxruntime has one. A model is run
as named arrays in, named arrays out; nothing here knows what a model means.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import BadMedia, ModelNotInstalled
from reelwright.loading import lazy

if TYPE_CHECKING:
    import onnxruntime
else:
    onnxruntime = lazy("onnxruntime")

Array = NDArray[Any]
CPU = "CPUExecutionProvider"
GPUS = ("CUDAExecutionProvider", "ROCMExecutionProvider", "DmlExecutionProvider", "CoreMLExecutionProvider")
ERRORS_ONLY = 3  # onnxruntime's severity scale: 0 verbose … 4 fatal


def threads() -> int:
    """Native threads one session may use: `REELWRIGHT_THREADS`, or one for each core this process may use."""
    given = os.environ.get("REELWRIGHT_THREADS", "")
    return max(1, int(given)) if given.isdecimal() else len(os.sched_getaffinity(0))


class Session:
    """A loaded model. `inputs` maps each input's name to its shape (None where any length goes).

    `metadata` is what the file tells of itself, by name.
    """

    def __init__(self, inner: "onnxruntime.InferenceSession") -> None:
        self._inner = inner
        self.inputs = {one.name: _shape(one.shape) for one in inner.get_inputs()}
        self.outputs = tuple(one.name for one in inner.get_outputs())
        self.metadata: Mapping[str, str] = inner.get_modelmeta().custom_metadata_map

    @property
    def provider(self) -> str:
        """The execution provider that runs it."""
        return str(self._inner.get_providers()[0])

    def run(self, feeds: Mapping[str, Array]) -> list[Array]:
        """The outputs in the order of `outputs`; `BadMedia` names the input if a shape does not fit."""
        try:
            found: list[Array] = self._inner.run(None, dict(feeds))
        # onnxruntime's exceptions have no common root of their own.
        except Exception as error:
            shapes = ", ".join(f"{name} {array.shape}" for name, array in feeds.items())
            raise BadMedia(f"the model cannot take {shapes}; it wants {self.inputs}: {error}") from error
        return found

    def zeros(self, *names: str) -> dict[str, Array]:
        """Fresh float32 states of these inputs; their shapes must be fixed."""
        return {name: np.zeros([size or 1 for size in self.inputs[name]], np.float32) for name in names}


def session(source: Path | bytes, *, gpu: bool = False, max_threads: int | None = None) -> Session:
    """Open a model from a file or its bytes.

    `max_threads` lowers the cap: a model called thousands of times on one short frame is fastest on one.
    Raises ModelNotInstalled if it is no ONNX model this build can run.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(threads(), max_threads or threads())
    options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    # Idle threads must sleep: a spinning pool takes a whole core from its neighbours.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    onnxruntime.disable_telemetry_events()
    try:
        inner = onnxruntime.InferenceSession(
            source if isinstance(source, bytes) else str(source), options, providers=providers(gpu=gpu)
        )
    # onnxruntime's exceptions have no common root of their own.
    except Exception as error:
        shown = "the model" if isinstance(source, bytes) else f"the model {source}"
        raise ModelNotInstalled(
            f"{shown} cannot be opened ({str(error).splitlines()[0]}); `reelwright models list` shows its state"
        ) from error
    return Session(inner)


def providers(*, gpu: bool) -> list[str]:
    """Execution providers in order of preference; the CPU is always the last resort."""
    there = onnxruntime.get_available_providers()
    return [name for name in GPUS if gpu and name in there] + [CPU]


def _shape(given: list[Any]) -> tuple[int | None, ...]:
    return tuple(size if isinstance(size, int) else None for size in given)
