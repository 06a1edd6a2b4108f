"""An engine that runs each call at once on a thread of this process. For tests and scripts: no limits, no cancel."""

import threading

from reelwright.engines.port import Call, Done, Outcome, Report
from reelwright.engines.worker import resolve
from reelwright.errors import InternalError, ReelwrightError


class InlineEngine:
    def __init__(self, *, workers: int = 1) -> None:
        self._workers = workers
        self._running: dict[str, threading.Thread] = {}
        self._report: Report
        self._done: Done

    def start(self, report: Report, done: Done) -> None:
        self._report, self._done = report, done

    def free(self) -> int:
        return self._workers - len(self._running)

    def run(self, call: Call) -> None:
        self._running[call.id] = threading.Thread(target=self._work, args=(call,), name=f"call-{call.id}")
        self._running[call.id].start()

    def _work(self, call: Call) -> None:
        try:
            outcome = Outcome(
                call.id, value=resolve(call.function)(call.argument, lambda message: self._report(call.id, message))
            )
        except ReelwrightError as error:
            outcome = Outcome(call.id, error=error)
        except Exception as error:  # noqa: BLE001 - the same wall that a process is
            outcome = Outcome(call.id, error=InternalError(f"{type(error).__name__}: {error}"))
        del self._running[call.id]
        self._done(outcome)

    def cancel(self, call_id: str) -> None:
        """A thread cannot be ended; its late outcome is fenced by the ledger."""

    def close(self) -> None:
        for thread in list(self._running.values()):
            thread.join()
