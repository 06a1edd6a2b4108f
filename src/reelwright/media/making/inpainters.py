"""An inpainting network of which it is known what it paints: the mean colour of all that it is shown outside the hole.

Inputs, shapes and values are those of the real ones.
"""

from pathlib import Path

import numpy as np

from reelwright.media.making.onnx_files import FLOAT, field, model, node, value_info


def inpainter(folder: Path, *, side: int | None = None, peak: float = 1.0, told: str | None = None) -> Path:
    """Write it into a new folder, which is given back. `side`: of the pictures that it takes, any if None; `peak`: what
    it gives for white; `told`: the range that its metadata names."""
    folder.mkdir(parents=True)
    nodes = [
        node(b"Sub", [b"one", b"mask"], b"known"),
        node(b"Mul", [b"image", b"known"], b"seen"),
        node(b"ReduceMean", [b"seen"], b"sum", axes=(2, 3), keepdims=(1,)),
        node(b"ReduceMean", [b"known"], b"share", axes=(2, 3), keepdims=(1,)),
        node(b"Div", [b"sum", b"share"], b"mean"),
        node(b"Mul", [b"mean", b"mask"], b"painted"),
        node(b"Add", [b"seen", b"painted"], b"whole"),
        node(b"Mul", [b"whole", b"peak"], b"output"),
    ]
    sides: tuple[int | bytes, ...] = (side, side) if side else (b"h", b"w")
    mask = field(11, value_info(b"mask", FLOAT, (1, 1, *sides)))
    weights = _number(b"one", 1.0) + _number(b"peak", peak) + mask
    network = model(
        nodes, value_info(b"image", FLOAT, (1, 3, *sides)), value_info(b"output", FLOAT, (1, 3, *sides)), weights
    )
    if told is not None:
        network += field(14, field(1, b"output_range") + field(2, told.encode()))
    (folder / "network.onnx").write_bytes(network)
    return folder


def _number(name: bytes, value: float) -> bytes:
    """An initializer of the graph: one float."""
    tensor = field(1, 1) + field(2, FLOAT) + field(8, name) + field(9, np.array([value], np.float32).tobytes())
    return field(5, tensor)
