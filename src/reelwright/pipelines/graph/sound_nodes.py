"""ComfyUI's nodes on sounds."""

from collections.abc import Sequence
from typing import Any

from reelwright.pipelines.graph.sockets import AUDIO, Call, NodeType, choice, link, number, outputs

LONGEST = 1e6  # s


def _trimmed(call: Call) -> Sequence[Any]:
    start = call.known("start_index")
    span = {"start": start, "end": start + call.known("duration")}
    names = {"start": (call.node.id, "start_index"), "end": (call.node.id, "duration")}
    return [call.step("audio.extract", {"audio": call.one("audio"), **span}, names=names)("audio")]


def _joined(call: Call) -> Sequence[Any]:
    both = [call.one("audio1"), call.one("audio2")]
    if call.known("direction") == "before":
        both.reverse()
    return [call.step("audio.concat", {"audio": both})("audio")]


def _merged(call: Call) -> Sequence[Any]:
    if call.known("merge_method") not in ("add", "mean"):
        raise call.wrong("merge_method", f"is {call['merge_method']!r}; add and mean are served")
    params = {"audio": call.one("audio1"), "track": call.one("audio2"), "ducking": "off", "length": "first"}
    return [call.step("audio.mix", params)("audio")]


NODES = (
    NodeType(
        "TrimAudioDuration",
        "A part of a sound.",
        (link("audio", AUDIO), number("start_index", 0.0, 0.0, LONGEST), number("duration", 60.0, 0.0, LONGEST)),
        outputs(AUDIO),
        make=_trimmed,
    ),
    NodeType(
        "AudioConcat",
        "Two sounds, one after the other.",
        (link("audio1", AUDIO), link("audio2", AUDIO), choice("direction", "after", "before")),
        outputs(AUDIO),
        make=_joined,
    ),
    NodeType(
        "AudioMerge",
        "Two sounds at once, at a level that is good to hear.",
        (
            link("audio1", AUDIO),
            link("audio2", AUDIO),
            choice("merge_method", "add", "mean", "subtract", "multiply"),
        ),
        outputs(AUDIO),
        make=_merged,
    ),
)
