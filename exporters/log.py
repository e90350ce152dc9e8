"""A run as one line of log.

A line carries closed lists, names from settings and numbers only. What a screen said stays out: a log leaves
the house more easily than a report does, and ``run_id`` leads to both.
"""

from typing import Any, Literal, TextIO

import structlog
from structlog.typing import Processor

from journeys.listener import Listener
from journeys.result import RunResult, Verdict

Style = Literal["json", "text"]


class RunLog(Listener):
    """One line a run to ``stream``: a JSON object, or key=value for people."""

    def __init__(self, stream: TextIO, style: Style = "json") -> None:
        self._log = structlog.wrap_logger(
            structlog.PrintLogger(stream),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _renderer(style),
            ],
            cache_logger_on_first_use=True,
        )

    def run_finished(self, result: RunResult) -> None:
        """Write the line: a bad run is an error, a degraded or flaky one a warning."""
        match result.verdict:
            case Verdict.FAILED | Verdict.BROKEN:
                write = self._log.error
            case Verdict.DEGRADED:
                write = self._log.warning
            case _:
                write = self._log.warning if result.flaky else self._log.info
        write("run", **_fields(result))


def _fields(result: RunResult) -> dict[str, Any]:
    """What is worth a line, less what is empty."""
    failure = result.failure
    slowest = max(result.steps, key=lambda step: step.duration_s, default=None)
    fields = {
        "run_id": result.run_id,
        "journey": result.journey,
        "verdict": str(result.verdict),
        "duration_s": round(result.duration_s, 3),
        "persona": result.persona,
        "target": result.target,
        "location": result.location,
        "origin": result.origin,
        "started_at": result.started_at.isoformat(),
        "system": failure and str(failure.system),
        "cause": failure and str(failure.cause),
        "code": failure and failure.code,
        "step": failure and failure.step,
        "skip_reason": result.skip_reason,
        "follows": result.follows,
        "follow_up_due_at": result.follow_up and result.follow_up.due_at.isoformat(),
        "slowest_step": slowest and slowest.name,
        "slowest_step_s": slowest and round(slowest.duration_s, 3),
        "attempts": len(result.attempts),
        "flaky": result.flaky,
        "doubts": sorted({str(doubt.cause) for doubt in result.doubts}),
        "queue_wait_s": round(result.queue_wait_s, 3),
        "quarantined": result.quarantined,
    }
    return {name: value for name, value in fields.items() if value is not None and value != []}


def _renderer(style: Style) -> Processor:
    if style == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event", "journey", "verdict"])
