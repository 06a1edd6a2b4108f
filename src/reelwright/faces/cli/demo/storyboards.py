"""The vendor's storyboard operations, and what its protocol has no word for: looks at steps, and changes of them."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.errors import WorkFailed
from reelwright.faces.cli.demo.vendor import PAUSE, Vendor, ice_models, tea_errors
from reelwright.loading import lazy

if TYPE_CHECKING:
    from reelwright import v1
    from reelwright.faces.cli import submit
else:
    submit = lazy("reelwright.faces.cli.submit")
    v1 = lazy("reelwright.v1")

RUNNING = "Running"


class Storyboards:
    def __init__(self, vendor: Vendor) -> None:
        self._ice, self._native = vendor.ice, vendor.native

    def submit(self, text: str, asked: Mapping[str, Any]) -> str:
        """The job's id as the native face writes it, which both take."""
        request = ice_models.SubmitYikeStoryboardJobRequest().from_map({"FileURL": text, **asked})
        try:
            return str(self._ice.submit_yike_storyboard_job(request).body.job_id).replace("-", "")
        except tea_errors.AlibabaCloudException as error:
            raise WorkFailed(f"the storyboard was refused: {error.data['Message']} [{error.code}]") from error

    def resume(self, job: str) -> None:
        self._ice.resume_yike_storyboard_job(ice_models.ResumeYikeStoryboardJobRequest(job_id=job))

    def wait(self, job: str, on_progress: Callable[[float], None]) -> tuple[str, Any]:
        """Until it runs no more: JobStatus and JobResult."""
        while True:
            body = self._ice.get_yike_storyboard_job(ice_models.GetYikeStoryboardJobRequest(job_id=job)).body
            if body.job_status != RUNNING:
                return str(body.job_status), body.job_result
            on_progress(self._native.job(job).progress)
            time.sleep(PAUSE)

    # ---- steps, by the native face

    def steps(self, job: str) -> "dict[str, v1.Step]":
        return {step.name: step for step in self._native.steps(job)}

    def wait_for_step(self, job: str, name: str) -> None:
        """Until the plan has grown so far."""
        while name not in self.steps(job):
            if self._native.job(job).status.stands_still:
                raise WorkFailed(f"the storyboard has no step {name}")
            time.sleep(PAUSE)

    def executions(self, job: str) -> dict[str, int]:
        return {name: step.executions for name, step in self.steps(job).items()}

    def give(self, job: str, name: str, field: str, address: str) -> None:
        """A file of ours as the result of a step."""
        self._native.change_step(job, name, v1.StepChange(result={field: address}))

    def seconds(self, job: str) -> float:
        return self._native.timeline(job).seconds

    def save(self, job: str, folder: Path) -> tuple[Path, ...]:
        """Its outputs, and its plan drawn."""
        saved = submit.download(self._native, self._native.job(job), folder)
        drawn = folder / "plan.svg"
        drawn.write_bytes(self._native.page(job, drawn.name))
        return (*saved, drawn)
