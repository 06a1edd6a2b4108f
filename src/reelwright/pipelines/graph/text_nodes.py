"""Nodes of values and texts. What can be worked out while the graph is planned needs no step."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from reelwright.pipelines.contract import Ref
from reelwright.pipelines.graph.sockets import (
    BOOLEAN,
    FLOAT,
    INT,
    STRING,
    Call,
    Input,
    NodeType,
    integer,
    number,
    outputs,
    text,
    truth,
)

LARGEST = (1 << 63) - 1


def _value(call: Call) -> Sequence[Any]:
    return [call["value"]]


def _primitive(name: str, value: Input, gives: str) -> NodeType:
    return NodeType(name, f"A value ({gives}).", (value,), outputs(gives), make=_value, main="value")


def _joined(names: Sequence[str], separator: str, call: Call) -> Sequence[Any]:
    parts = [call[name] for name in names if call[name] not in (None, "")]
    return [call.text(parts, call[separator] or "") if parts else ""]


def _joining(name: str, names: Sequence[str], separator: Input) -> NodeType:
    takes = (*(text(one, "") for one in names), separator)
    return NodeType(
        name, "Texts, one after another.", takes, outputs(STRING), make=partial(_joined, names, separator.name)
    )


def _replaced(call: Call) -> Sequence[Any]:
    whole, find, put = call["string"], call["find"], call["replace"] or ""
    if not find:
        return [whole]
    if any(isinstance(one, Ref) for one in (whole, find, put)):
        return [call.step("text.replace", {"text": whole, "find": find, "put": put})("text")]
    return [whole.replace(find, put)]


NODES = (
    _primitive("PrimitiveString", text("value", ""), STRING),
    _primitive("PrimitiveStringMultiline", text("value", ""), STRING),
    _primitive("PrimitiveInt", integer("value", 0, -LARGEST, LARGEST), INT),
    _primitive("PrimitiveFloat", number("value", 0.0, -1e18, 1e18), FLOAT),
    _primitive("PrimitiveBoolean", truth("value", False), BOOLEAN),
    _joining("StringConcatenate", ("string_a", "string_b"), text("delimiter", "")),
    _joining("Text Concatenate", ("text_a", "text_b", "text_c", "text_d"), text("delimiter", ", ")),
    NodeType(
        "StringReplace",
        "A text with one thing in place of another.",
        (text("string"), text("find", ""), text("replace", "")),
        outputs(STRING),
        make=_replaced,
        main="string",
    ),
)
