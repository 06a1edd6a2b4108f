"""The vendor's own clients, as their users have them; only the endpoint is ours.

`alibabacloud_oss_v2` uploads, `alibabacloud_ice20201109` submits and asks. Progress alone comes
from the native face, for the vendor's protocol has none.
"""

import importlib.util
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.errors import WorkFailed
from reelwright.faces.cli.demo.server import Started
from reelwright.loading import lazy

if TYPE_CHECKING:
    import httpx

    from reelwright import client as clients
else:
    clients = lazy("reelwright.client")
    httpx = lazy("httpx")

PACKAGES = {"alibabacloud_ice20201109": "alibabacloud-ice20201109", "alibabacloud_oss_v2": "alibabacloud-oss-v2"}
# They have no types of their own.
ice: Any = lazy("alibabacloud_ice20201109.client")
ice_models: Any = lazy("alibabacloud_ice20201109.models")
oss: Any = lazy("alibabacloud_oss_v2")
tea: Any = lazy("alibabacloud_tea_openapi.utils_models")
tea_errors: Any = lazy("alibabacloud_tea_openapi.exceptions")

REGION, BUCKET = "cn-shanghai", "demo"
DONE = ("Success", "Fail")
PAUSE = 0.2  # seconds between two questions


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


class Vendor:
    def __init__(self, server: Started) -> None:
        key = server.credentials
        self._ice = ice.Client(
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
        self._native = clients.connect(server.url, key.api_key)

    def close(self) -> None:
        self._native.close()

    def upload(self, path: Path) -> str:
        key = f"in/{path.name}"
        self._objects.put_object_from_file(oss.PutObjectRequest(bucket=BUCKET, key=key), str(path))
        return f"oss://{BUCKET}/{key}"

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
            return str(self._ice.submit_iproduction_job(request).body.job_id)
        except tea_errors.AlibabaCloudException as error:
            raise WorkFailed(f"{function} was refused: {error.data['Message']} [{error.code}]") from error

    def wait(self, job: str, *, on_progress: Callable[[float], None]) -> Outcome:
        began = time.monotonic()
        request = ice_models.QueryIProductionJobRequest(job_id=job)
        while (body := self._ice.query_iproduction_job(request).body).status not in DONE:
            on_progress(self._native.job(job).progress)
            time.sleep(PAUSE)
        seconds = self._native.timeline(job).seconds or time.monotonic() - began
        if body.status == "Fail":
            return Outcome(seconds, fault=f"the job failed: {body.result}")
        return Outcome(seconds, tuple(body.output_urls or ()), json.loads(body.result or "{}"))

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
