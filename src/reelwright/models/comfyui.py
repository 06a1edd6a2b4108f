"""Pictures and films by a ComfyUI server that runs a graph of one's own."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from reelwright.errors import InvalidParameter, UpstreamFailed, UpstreamRefused
from reelwright.models.asking import Server
from reelwright.models.ordering import Delivery, Lost, Order, Usage, member
from reelwright.models.port import Endpoint


@dataclass(slots=True)
class ComfyUi:
    """Runs the graph of a file (`generation_graph`, in the API format) with our words and numbers put into it.

    A text of the graph that is one of `%prompt% %negative% %width% %height% %seconds% %frames% %seed% %first% %last%`
    becomes the value; within a longer text it is put in as words.
    """

    server: Server

    def submit(self, order: Order) -> str:
        graph = _graph(self.server.endpoint)
        names = {name: self._sent(getattr(order, name)) for name in ("first", "last") if getattr(order, name)}
        filled = _filled(graph, {**_values(order), **names})
        task = member(self.server.post("prompt", {"prompt": filled}), "prompt_id")
        if not isinstance(task, str):
            raise UpstreamFailed("ComfyUI answered without a prompt_id")
        return task

    def look(self, task: str) -> Delivery | None:
        told = member(self.server.get(f"history/{task}"), task)
        if told is None:
            queue = self.server.get("queue")
            waiting = [one[1] for name in ("queue_running", "queue_pending") for one in member(queue, name) or []]
            if task in waiting:
                return None
            raise Lost
        if member(told, "status", "status_str") == "error":
            raise UpstreamRefused(f"ComfyUI could not make it: {str(member(told, 'status', 'messages'))[-300:]}")
        files = [one for output in told.get("outputs", {}).values() for kind in output.values() for one in _files(kind)]
        if not files:
            raise UpstreamFailed("the graph ended without a file; it needs a node that saves its result")
        return Delivery(
            tuple(
                f"view?filename={f['filename']}&subfolder={f.get('subfolder', '')}&type={f.get('type', 'output')}"
                for f in files
            ),
            usage=_ran(member(told, "status", "messages")),
        )

    def fetch(self, address: str, path: Path) -> Path:
        return self.server.download(f"{self.server.endpoint.address.rstrip('/')}/{address}", path)

    def cancel(self, task: str) -> bool:
        self.server.tell("queue", {"delete": [task]})
        # An older server interrupts whatever runs, so it is asked only while that is ours.
        running = member(self.server.get("queue"), "queue_running") or []
        if any(one[1] == task for one in running):
            self.server.tell("interrupt", {"prompt_id": task})
        return True

    def _sent(self, path: Path) -> str:
        """Put a picture into ComfyUI's input folder; returns its name there."""
        self.server.put_form(f"{self.server.endpoint.address.rstrip('/')}/upload/image", {"overwrite": "true"}, path)
        return path.name


def _ran(messages: object) -> Usage:
    """The seconds between the first and the last event that ComfyUI tells of a run."""
    events = [one[1] for one in messages if len(one) == 2] if isinstance(messages, list) else []
    times = [float(one["timestamp"]) for one in events if isinstance(one, dict) and "timestamp" in one]
    return {"seconds": round((max(times) - min(times)) / 1000, 3)} if len(times) > 1 else {}


def _files(found: object) -> list[dict[str, str]]:
    return [one for one in found if isinstance(one, dict) and "filename" in one] if isinstance(found, list) else []


def _graph(endpoint: Endpoint) -> dict[str, Any]:
    path = Path(endpoint.graph)
    try:
        graph = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError) as error:
        told = f"the setting `generation_graph` names {path}, which cannot be read as JSON ({error})"
        raise InvalidParameter(told, field="generation_graph") from error
    if not isinstance(graph, dict) or not all(
        isinstance(node, dict) and "class_type" in node for node in graph.values()
    ):
        raise InvalidParameter(
            f"{path.name} is no graph in ComfyUI's API format; save it there with `Save (API Format)`",
            field="generation_graph",
        )
    return graph


def _values(order: Order) -> dict[str, object]:
    return {
        "prompt": order.prompt,
        "negative": order.negative_prompt,
        "width": order.width or round(order.lines * 16 / 9 / 16) * 16,
        "height": order.height or order.lines,
        "seconds": order.seconds,
        "frames": round(order.seconds * 16) + 1,
        "seed": order.seed,
    }


def _filled(value: Any, words: Mapping[str, object]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one, words) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, words) for one in value]
    if not isinstance(value, str) or "%" not in value:
        return copy.copy(value)
    for name, word in words.items():
        if value == f"%{name}%":
            return word
        value = value.replace(f"%{name}%", str(word))
    return value
