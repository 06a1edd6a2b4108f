"""The vendor's own clients, as their users have them; only the endpoint is ours.

`alibabacloud_oss_v2` uploads, `alibabacloud_ice20201109` submits and asks, `dashscope` for tasks. Progress alone comes
from the native face, for the vendor's protocol has none.
"""

import importlib
import importlib.util
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from reelwright.errors import WorkFailed
from reelwright.faces.cli.demo.server import Started
from reelwright.loading import lazy

if TYPE_CHECKING:
    import httpx

    from reelwright import client as clients
else:
    clients = lazy("reelwright.client")
    httpx = lazy("httpx")

PACKAGES = {
    "alibabacloud_ice20201109": "alibabacloud-ice20201109",
    "alibabacloud_oss_v2": "alibabacloud-oss-v2",
    "dashscope": "dashscope",
}
# They have no types of their own.
ice: Any = lazy("alibabacloud_ice20201109.client")
ice_models: Any = lazy("alibabacloud_ice20201109.models")
oss: Any = lazy("alibabacloud_oss_v2")
tea: Any = lazy("alibabacloud_tea_openapi.utils_models")
tea_errors: Any = lazy("alibabacloud_tea_openapi.exceptions")

REGION, BUCKET = "cn-shanghai", "demo"
DONE = ("Success", "Fail")
SMART_DONE = ("Finished", "Failed")
TASK_DONE = ("SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN")
REQUESTS = {"submit_asrjob": "SubmitASRJobRequest"}  # the others are called as their methods are
PAUSE = 0.2  # seconds between two questions


How = Literal["function", "smart", "task"]
"""Which of the vendor's protocols a job goes by."""


def require() -> None:
    """Raises `WorkFailed` if the vendor's clients are not installed."""
    lacking = [name for module, name in PACKAGES.items() if importlib.util.find_spec(module) is None]
    if lacking:
        raise WorkFailed(f"the demo needs the vendor's clients: pip install {' '.join(lacking)}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended. `result` is the decoded Result text; `fault` is empty if all went well."""

    seconds: float
    urls: tuple[str, ...] = ()
    result: Any = None
    fault: str = ""


def _tasks_client() -> Any:
    """The module itself: its address is a variable of the module's."""
    return importlib.import_module("dashscope")


class Vendor:
    def __init__(self, server: Started) -> None:
        key = server.credentials
        self.ice = ice.Client(
            tea.Config(
                access_key_id=key.access_key_id,
                access_key_secret=key.access_key_secret,
                endpoint=server.endpoint,
                protocol="http",
                region_id=REGION,
            )
        )
        config = oss.config.load_default()
        config.credentials_provider = oss.credentials.StaticCredentialsProvider(
            key.access_key_id, key.access_key_secret
        )
        config.region, config.endpoint = REGION, server.url
        self._objects = oss.Client(config)
        self._objects.put_bucket(oss.PutBucketRequest(bucket=BUCKET))
        self.native = clients.connect(server.url, key.api_key)
        self._tasks = _tasks_client()
        self._tasks.base_http_api_url, self._key = f"{server.url}/api/v1", key.api_key

    def close(self) -> None:
        self.native.close()

    def address(self, name: str) -> str:
        """Where a file of that name is uploaded to."""
        return f"oss://{BUCKET}/in/{name}"

    def upload(self, path: Path) -> str:
        key = f"in/{path.name}"
        self._objects.put_object_from_file(oss.PutObjectRequest(bucket=BUCKET, key=key), str(path))
        return self.address(path.name)

    def submit(self, function: str, media: str, output: str, params: Mapping[str, Any]) -> str:
        """Submit one function over one file; returns the job's id. Raises `WorkFailed` if the server refuses it."""
        m = ice_models
        request = m.SubmitIProductionJobRequest(
            function_name=function,
            input=m.SubmitIProductionJobRequestInput(type="OSS", media=media),
            output=m.SubmitIProductionJobRequestOutput(type="OSS", media=f"oss://{BUCKET}/{output}"),
            job_params=json.dumps(params) if params else None,
        )
        try:
            return str(self.ice.submit_iproduction_job(request).body.job_id)
        except tea_errors.AlibabaCloudException as error:
            raise WorkFailed(f"{function} was refused: {error.data['Message']} [{error.code}]") from error

    def submit_smart(self, action: str, given: Mapping[str, Any]) -> str:
        """Submit a smart job by the client's method of that name; returns its id. What is no text goes as JSON."""
        kind = getattr(
            ice_models, REQUESTS.get(action) or "".join(part.title() for part in action.split("_")) + "Request"
        )
        texts = {name: one if isinstance(one, str) else json.dumps(one) for name, one in given.items()}
        try:
            return str(getattr(self.ice, action)(kind(**texts)).body.job_id)
        except tea_errors.AlibabaCloudException as error:
            raise WorkFailed(f"{action} was refused: {error.data['Message']} [{error.code}]") from error

    def submit_task(self, given: Mapping[str, Any]) -> str:
        """Create a task of the DashScope API; returns its id as the native face writes it."""
        made = self._tasks.VideoSynthesis.async_call(api_key=self._key, **given)
        if made.status_code != HTTPStatus.OK:
            raise WorkFailed(f"{given['model']} was refused: {made.message} [{made.code}]")
        return str(made.output.task_id).replace("-", "")

    def wait(self, job: str, *, on_progress: Callable[[float], None], how: How = "function") -> Outcome:
        began = time.monotonic()
        look = {"function": self._outcome, "smart": self._smart_outcome, "task": self._task_outcome}[how]
        while (outcome := look(job)) is None:
            on_progress(self.native.job(job).progress)
            time.sleep(PAUSE)
        return replace(outcome, seconds=self.native.timeline(job).seconds or time.monotonic() - began)

    def _outcome(self, job: str) -> Outcome | None:
        body = self.ice.query_iproduction_job(ice_models.QueryIProductionJobRequest(job_id=job)).body
        if body.status not in DONE:
            return None
        if body.status == "Fail":
            return Outcome(0.0, fault=f"the job failed: {body.result}")
        return Outcome(0.0, tuple(body.output_urls or ()), json.loads(body.result or "{}"))

    def _smart_outcome(self, job: str) -> Outcome | None:
        body = self.ice.get_smart_handle_job(ice_models.GetSmartHandleJobRequest(job_id=job)).body
        if body.state not in SMART_DONE:
            return None
        if body.state == "Failed":
            return Outcome(0.0, fault=f"the job failed: {body.error_code}, {body.error_message}")
        told = body.job_result
        return Outcome(0.0, (told.media_url,) if told.media_url else (), json.loads(told.ai_result or "{}"))

    def _task_outcome(self, job: str) -> Outcome | None:
        body = self._tasks.VideoSynthesis.fetch(job, api_key=self._key)
        output = body.output
        if output.task_status not in TASK_DONE:
            return None
        if output.task_status != "SUCCEEDED":
            return Outcome(0.0, fault=f"the task ended as {output.task_status}: {output.get('message')}")
        return Outcome(0.0, (output.video_url,), dict(output))

    def download(self, outcome: Outcome, folder: Path) -> list[Path]:
        """The outputs by their links, with no key but the link's own signature."""
        folder.mkdir(parents=True, exist_ok=True)
        saved = []
        for url in outcome.urls:
            reply = httpx.get(url, trust_env=False, timeout=60.0).raise_for_status()
            path = folder / Path(reply.url.path).name
            path.write_bytes(reply.content)
            saved.append(path)
        return saved
