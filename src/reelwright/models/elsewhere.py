"""Pictures and films made by a server elsewhere: DashScope itself, ComfyUI, or an OpenAI-compatible picture server.

A task there outlives ours: its id is kept (`Context.once`) before anybody asks for it, so that a worker that dies
asks again instead of paying twice; and nobody waits in a worker. A look that finds the task unfinished raises
`Elsewhere`, which frees the worker until the next look; looks grow rarer with time. A task that the server has
forgotten is submitted once more; one that it refused, when the job is retried. One whose job was cancelled is recalled
where the server lets itself be asked to stop.
"""

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from mimetypes import guess_type
from pathlib import Path

import msgspec

from reelwright.errors import Elsewhere, UpstreamFailed, UpstreamRefused
from reelwright.models.asking import Server
from reelwright.models.comfyui import ComfyUi
from reelwright.models.ordering import Delivery, Lost, Maker, Order, Usage, member, used
from reelwright.models.port import Models, Provider

__all__ = ["Delivery", "Maker", "Order", "Usage", "deliver", "opened", "provider", "recall"]

CAPABILITY = "generation"
SETTINGS = "`generation_url`, `generation_key` and `generation_model`"
FIRST_LOOK, RAREST_LOOK = 2.0, 20.0  # seconds between two looks
LATER = 0.25  # of the time since the submit, until the next look
MOST_LOSSES = 3  # of one task in a run
MOST_INLINE = 7 << 20  # bytes of a picture that travels inside of a request
Once = Callable[[str, Callable[[], object]], object]


def provider(models: Models, capability: str = CAPABILITY) -> Provider | None:
    """What would serve an order; None if the settings name no server."""
    found = models.endpoint(capability)
    if found is None:
        return None
    told = f"{found.kind}\n{found.address}\n{found.model}"
    return Provider(found.kind, "upstream", {f"{capability}:{found.model or 'any'}": sha256(told.encode()).hexdigest()})


def opened(models: Models, *, pause: Callable[[float], None]) -> Maker:
    found = models.endpoint(CAPABILITY)
    assert found is not None, "asked for without a provider"
    server = Server(found, SETTINGS, pause=pause)
    return MAKERS[found.kind](server)


def deliver(maker: Maker, order: Order, once: Once) -> Delivery:
    """The results of an order, if they are there; `Elsewhere` until then."""
    losses = 0
    for number in count():
        task = str(once(f"task-{number}", lambda: maker.submit(order)))
        since = float(str(once(f"since-{number}", time.time)))
        if once_found(once, f"over-{number}"):
            continue
        try:
            delivery = maker.look(task)
        except Lost:
            once(f"over-{number}", lambda: True)
            losses += 1
            if losses == MOST_LOSSES:
                raise UpstreamFailed(f"the server lost the task {losses} times") from None
            continue
        except UpstreamRefused:
            once(f"over-{number}", lambda: True)  # A retry of the job asks anew, not for the refused task again.
            raise
        if delivery is not None:
            return delivery
        after = min(RAREST_LOOK, max(FIRST_LOOK, LATER * (time.time() - since)))
        raise Elsewhere(f"task {task} is at work elsewhere", after=after, task=task)
    raise AssertionError("never reached: counting does not end")


def recall(models: Models, task: str) -> bool:
    """Have the server stop a task that nobody waits for any more; False if it cannot be asked to.

    Raises UpstreamFailed and UpstreamRefused: DashScope stops only what has not begun.
    """
    return opened(models, pause=time.sleep).cancel(task)


def once_found(once: Once, name: str) -> bool:
    """Was this part kept before? Asking must not keep it."""

    class _NotKept(Exception):
        pass

    def missing() -> object:
        raise _NotKept

    try:
        return bool(once(name, missing))
    except _NotKept:
        return False


def data_uri(path: Path) -> str:
    media_type = guess_type(path.name)[0] or "application/octet-stream"
    return f"data:{media_type};base64,{base64.b64encode(path.read_bytes()).decode()}"


# ---- DashScope

VIDEO = "services/aigc/video-generation/video-synthesis"
FRAMES = "services/aigc/image2video/video-synthesis"
PICTURES = "services/aigc/text2image/image-synthesis"
USUAL = {"text": "wan2.6-t2v", "image": "wan2.6-i2v", "frames": "wan2.2-kf2v-flash", "reference": "wan2.6-r2v"}
USUAL |= {"edit": "wanx2.1-vace-plus", "picture": "wan2.5-t2i-preview"}
FUNCTIONS = {"repaint": "video_repainting", "extend": "video_extension", "outpaint": "video_outpainting"}
TIERS = ((480, "480P"), (720, "720P"), (1080, "1080P"))


@dataclass(slots=True)
class DashScope:
    server: Server

    def submit(self, order: Order) -> str:
        path = PICTURES if order.kind == "picture" else FRAMES if order.kind == "frames" else VIDEO
        model = self.server.endpoint.model or order.model or USUAL[order.kind]
        body = {"model": model, "input": self._input(order, model), "parameters": _parameters(order)}
        headers = {"X-DashScope-Async": "enable", "X-DashScope-OssResourceResolve": "enable"}
        reply = self.server.post(path, body, headers)
        task = member(reply, "output", "task_id")
        if not isinstance(task, str) or not task:
            raise UpstreamFailed(f"DashScope answered without a task: {str(reply)[:200]}")
        return task

    def look(self, task: str) -> Delivery | None:
        reply = self.server.get(f"tasks/{task}")
        output = member(reply, "output")
        status = member(output, "task_status")
        if status == "UNKNOWN":
            raise Lost
        if status in ("FAILED", "CANCELED"):
            told = (
                f"{member(output, 'code')}: {member(output, 'message')}" if status == "FAILED" else "it was cancelled"
            )
            raise UpstreamRefused(f"DashScope could not make it: {told}")
        if status != "SUCCEEDED":
            return None
        film = member(output, "video_url")
        results = member(output, "results") or []
        addresses = [film] if film else [one["url"] for one in results if isinstance(one, dict) and one.get("url")]
        if not addresses:
            raise UpstreamFailed("DashScope finished the task without a result")
        return Delivery(
            tuple(addresses), prompt=member(output, "actual_prompt") or "", usage=used(member(reply, "usage"))
        )

    def fetch(self, address: str, path: Path) -> Path:
        return self.server.download(address, path)

    def cancel(self, task: str) -> bool:
        self.server.tell(f"tasks/{task}/cancel", {})
        return True

    def _input(self, order: Order, model: str) -> dict[str, object]:
        names = {"first": "first_frame_url" if order.kind == "frames" else "img_url", "last": "last_frame_url"}
        names |= {"video": "video_url", "mask": "mask_image_url", "audio": "audio_url"}
        given: dict[str, object] = {"prompt": order.prompt}
        if order.negative_prompt:
            given["negative_prompt"] = order.negative_prompt
        for name, theirs in names.items():
            path = getattr(order, name)
            if path is not None:
                given[theirs] = self._sent(path, model)
        if order.references:
            given["images" if order.kind == "picture" else "reference_urls"] = [
                self._sent(path, model) for path in order.references
            ]
        if order.kind == "edit":
            given["function"] = FUNCTIONS.get(order.edit, "video_edit")
        return given

    def _sent(self, path: Path, model: str) -> str:
        """A small picture travels in the request; anything else is put where the vendor's policy says."""
        is_picture = (guess_type(path.name)[0] or "").startswith("image/")
        if is_picture and path.stat().st_size <= MOST_INLINE:
            return data_uri(path)
        policy = member(self.server.get("uploads", action="getPolicy", model=model), "data")
        key = f"{policy['upload_dir']}/{path.name}"
        form = {
            "OSSAccessKeyId": policy["oss_access_key_id"],
            "Signature": policy["signature"],
            "policy": policy["policy"],
            "key": key,
            "x-oss-object-acl": policy["x_oss_object_acl"],
            "x-oss-forbid-overwrite": policy["x_oss_forbid_overwrite"],
            "success_action_status": "200",
        }
        self.server.put_form(policy["upload_host"], form, path)
        return f"oss://{key}"


def _parameters(order: Order) -> dict[str, object]:
    told: dict[str, object] = {"seed": order.seed, "watermark": order.watermark, "prompt_extend": order.extend}
    if order.width and order.height:
        told["size"] = f"{order.width}*{order.height}"
    if order.kind == "picture":
        return {**told, "n": order.count}
    told["duration"] = max(1, round(order.seconds))
    if "size" not in told:
        told["resolution"] = min(TIERS, key=lambda tier: abs(tier[0] - order.lines))[1]
    if order.ratio:
        told["ratio"] = order.ratio
    if order.kind in ("text", "image", "reference"):
        told["shot_type"], told["audio"] = order.shots, order.sound
    return told


# ---- OpenAI-compatible pictures


@dataclass(slots=True)
class OpenAi:
    """Answers at once, so its task is the answer itself."""

    server: Server

    def submit(self, order: Order) -> str:
        if order.kind != "picture":
            raise UpstreamRefused(
                "an OpenAI-compatible picture server makes no films; see the setting `generation_kind`"
            )
        size = f"{order.width or 1024}x{order.height or 1024}"
        body = {
            "model": self.server.endpoint.model or order.model,
            "prompt": order.prompt,
            "n": order.count,
            "size": size,
        }
        reply = self.server.post("images/generations", body)
        if not member(reply, "data"):
            raise UpstreamFailed("the picture server answered without pictures")
        return msgspec.json.encode({"data": reply["data"], "usage": reply.get("usage")}).decode()

    def look(self, task: str) -> Delivery | None:
        kept = msgspec.json.decode(task)
        made = kept["data"]
        contents = tuple(base64.b64decode(one["b64_json"]) for one in made if one.get("b64_json"))
        addresses = tuple(one["url"] for one in made if one.get("url"))
        prompt = next((one["revised_prompt"] for one in made if one.get("revised_prompt")), "")
        return Delivery(addresses, contents, prompt, used(kept["usage"]))

    def fetch(self, address: str, path: Path) -> Path:
        return self.server.download(address, path)

    def cancel(self, task: str) -> bool:
        return False  # it has answered already


MAKERS: Mapping[str, Callable[[Server], Maker]] = {"dashscope": DashScope, "openai": OpenAi, "comfyui": ComfyUi}
