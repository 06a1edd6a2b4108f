"""The server's log as lines on stderr: when, how bad, who, what, and its fields.

2026-01-02T03:04:05.678Z warning jobs.dispatcher: step will run again  job=01… attempt=2
"""

import logging
import sys

from reelwright import timing

OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has; the rest are the event's fields."""


class Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{name}={_shown(value)}" for name, value in vars(record).items() if name not in OWN)
        name = record.name.removeprefix("reelwright.")
        line = f"{timing.stamp(record.created)} {record.levelname.lower()} {name}: {record.getMessage()}"
        if fields:
            line += "  " + fields
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def _shown(value: object) -> str:
    text = str(value)
    # One event is one line, whatever a field holds.
    return repr(text) if " " in text or not text.isprintable() or not text else text


def configure(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("reelwright").setLevel(level.upper())
