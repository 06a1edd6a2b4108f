"""A job that is cancelled while its work goes on elsewhere: the server there is told to stop.

It hears of every commit and looks at the jobs that were cancelled, on a thread of its own. What was kept between two
looks goes. It is done once, if it can be: a server that is down is not asked again, nor one that this one did not come
to ask before it stopped; what it then makes is made for nobody. What came of it stands in the job's log.
"""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from reelwright import timing
from reelwright.errors import ReelwrightError
from reelwright.jobs import abroad
from reelwright.jobs.job import Status
from reelwright.jobs.ledger.port import Ledger
from reelwright.storage.port import Memo

log = logging.getLogger(__name__)

Recall = Callable[[str], bool]
"""Have the server stop the task of this id; False if it cannot be asked to."""


class Recaller:
    def __init__(self, *, ledger: Ledger, memo: Memo, recall: Recall) -> None:
        self._ledger, self._memo, self._recall = ledger, memo, recall
        self._changed: queue.SimpleQueue[Sequence[str] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._live, name="recaller", daemon=True)
        ledger.on_commit(self._changed.put)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Waits for what is being asked right now."""
        self._changed.put(None)
        if self._thread.ident is not None:  # It was started.
            self._thread.join()

    def _live(self) -> None:
        while (job_ids := self._changed.get()) is not None:
            for job_id in job_ids:
                try:
                    self._look(job_id)
                except Exception:
                    # One odd row must not stop every other recall; the row shows in the log.
                    log.exception("job %s could not be recalled", job_id)

    def _look(self, job_id: str) -> None:
        job = self._ledger.job(None, job_id)
        if job is None or job.status is not Status.CANCELLED:
            return
        for step in self._ledger.steps(job_id):
            known = abroad.found(self._memo, step.id)
            if known is not None:
                level, told = self._recalled(known.task) if known.task else ("info", "nothing is at work elsewhere")
                abroad.forget(self._memo, step.id)
                self._note(job_id, level, told)

    def _recalled(self, task: str) -> tuple[str, str]:
        try:
            stopped = self._recall(task)
        except ReelwrightError as error:
            return "warning", f"task {task} may go on elsewhere: {error.message}"
        if stopped:
            return "info", f"task {task} was recalled from elsewhere"
        return "info", f"task {task} cannot be recalled from elsewhere"

    def _note(self, job_id: str, level: str, told: str) -> None:
        self._ledger.write(lambda tx: tx.log(job_id, level, told, {}, timing.now())).add_done_callback(_unwritten)


def _unwritten(noted: Future[None]) -> None:
    if noted.exception() is not None:
        log.error("a recall could not be written down", exc_info=noted.exception())
