"""Small ONNX files written byte by byte, after onnx.proto: for networks of which it is known what they do."""

from collections.abc import Mapping, Sequence

FLOAT, INT64 = 1, 7  # onnx.TensorProto
INTS, INT = 7, 2  # onnx.AttributeProto
IR, OPSET = 8, 13


def model(nodes: Sequence[bytes], given: bytes, made: bytes, weights: bytes = b"") -> bytes:
    """A ModelProto of one input and one output (`value_info`); `weights` are fields of the graph."""
    graph = b"".join(field(1, node) for node in nodes) + field(2, b"g") + weights
    graph += field(11, given) + field(12, made)
    return field(1, IR) + field(7, graph) + field(8, field(2, OPSET))


def node(kind: bytes, takes: Sequence[bytes], gives: bytes, **attributes: tuple[int, ...]) -> bytes:
    """A NodeProto; `keepdims` is one number, other attributes are lists of them."""
    made = b"".join(field(1, one) for one in takes) + field(2, gives) + field(4, kind)
    return made + b"".join(field(5, one) for one in _attributes(attributes))


def _attributes(given: Mapping[str, tuple[int, ...]]) -> list[bytes]:
    def one(name: str, numbers: tuple[int, ...]) -> bytes:
        if name == "keepdims":
            return field(1, name.encode()) + field(3, numbers[0]) + field(20, INT)
        return field(1, name.encode()) + b"".join(field(8, number) for number in numbers) + field(20, INTS)

    return [one(name, numbers) for name, numbers in given.items()]


def value_info(name: bytes, kind: int, shape: tuple[int | bytes, ...]) -> bytes:
    """A ValueInfoProto; a size that is open has a name."""
    sizes = b"".join(field(1, field(1, one) if isinstance(one, int) else field(2, one)) for one in shape)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, sizes)))


def field(number: int, value: int | bytes) -> bytes:
    """One field of a protocol buffer: a varint, or a length-delimited text or message."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(number: int) -> bytes:
    head, rest = number & 0x7F, number >> 7
    return bytes([head | 0x80]) + _varint(rest) if rest else bytes([head])
