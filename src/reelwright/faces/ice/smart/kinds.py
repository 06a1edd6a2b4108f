"""What all smart jobs have in common, and the `Kind` that tells how one type differs.

A kind declares its own parameters; those of every submit (`Title`, `Description`,
`UserData`) are read for it. `wanted` makes the submission of what was read, and leaves in its `wire` what
`GetSmartHandleJob` gives back:

    input_file, keyword      what `InputConfig` shows
    job_parameters           what `InputConfig.JobParameters` shows, a JSON text
    editing_config           what `EditingConfig` shows, a JSON text
    output                   {"bucket", "object"} of `OutputConfig`
    media_id                 the asset that the job fills

`result` are the rows of `JobResult`, written of a job that succeeded: `result.…` is the operator's result,
`outputs` the files, `wire.…` what was kept at the submit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reelwright.faces.ice import notices
from reelwright.faces.wire import Desk, Document, Operation, Table, always, short_text, submit
from reelwright.service import Submission

FAMILY = "ice.smart"
MOST_TITLE, MOST_DESCRIPTION, MOST_USER_DATA = 128, 1024, 512  # bytes

COMMON: Table = {
    "Title": short_text("wire.title", most_bytes=MOST_TITLE),
    "Description": short_text("wire.description", most_bytes=MOST_DESCRIPTION),
    "UserData": short_text("wire.user_data", most_bytes=MOST_USER_DATA),
}
SUBMITTED: Table = {"JobId": "id"}
CREATED: Table = {**SUBMITTED, "State": always("Created")}


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """`faults`: code of ours -> the vendor's, for the `ErrorCode` of a job that failed."""

    job_type: str
    action: str
    wanted: Callable[[Document, Desk], Submission]
    takes: Table = field(default_factory=dict)
    gives: Table = field(default_factory=lambda: SUBMITTED)
    result: Table = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    also_named: Mapping[str, str] = field(default_factory=dict)

    @property
    def family(self) -> str:
        return f"{FAMILY}.{self.job_type.lower()}"

    def submission(self, domain: Document, desk: Desk) -> Submission:
        """The job that is asked for, marked with its type, and who is told of its end."""
        made = self.wanted(domain, desk)
        given, own = domain.get("wire"), made.wire or {}
        wire: dict[str, Any] = {**(given if isinstance(given, Mapping) else {}), **own}
        wire |= {"type": self.job_type, "event": notices.SMART_JOB_COMPLETE}
        told_to = notices.notify_address(str(wire.get("user_data", "")))
        return replace(made, face=self.family, wire=wire, callback=told_to)

    @property
    def operation(self) -> Operation:
        names = {"callback": "UserData.NotifyAddress", **self.also_named}
        takes = {**COMMON, **self.takes}
        return submit(
            self.action, takes=takes, gives=self.gives, family=self.family, wanted=self.submission, also_named=names
        )
