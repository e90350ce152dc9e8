"""One probe: lease the persona, have a worker walk the journey, try a failure once more, tell the listeners."""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from journeys.cause import UNSAFE_TO_RETEST, Cause
from journeys.inbox import InboxError
from journeys.journey import Journey
from journeys.listener import Listener
from journeys.persona import Persona
from journeys.result import Attempt, Failure, RunResult, Verdict
from journeys.target import Target
from synthetic.assignment import Assignment, Timing
from synthetic.diagnosis import broken
from synthetic.fanout import Fanout
from synthetic.inbox import open_inbox
from synthetic.lease import PersonaLeased, lease
from synthetic.pool import Pool
from synthetic.runner import Errand, Origin
from synthetic.worker import WorkerStartError


@dataclass(frozen=True)
class Probe:
    """What is probed: a journey with its times, by whom, against what."""

    journey: Journey
    persona: Persona
    target: Target


@dataclass(frozen=True)
class Prober:
    """Makes probes. ``retest`` lets a failed one be tried once more with full evidence, where that is safe."""

    pool: Pool
    listeners: Fanout
    state_dir: Path
    location: str
    retest: bool = True

    def run(
        self,
        probe: Probe,
        origin: Origin,
        *,
        full_evidence: bool = False,
        progress: Iterable[Listener] = (),
    ) -> RunResult:
        """Make one probe and tell the listeners. ``progress`` hears of the steps as they go, from this thread."""
        errand = Errand(
            origin=origin,
            location=self.location,
            evidence_dir=self.state_dir / "artifacts",
            full_evidence=full_evidence,
        )
        try:
            with lease(probe.persona, probe.target, self.state_dir):
                result = self._attempt(probe, errand, progress)
                if self.retest and _worth_retesting(result):
                    result = self._again(probe, errand, result, progress)
        except PersonaLeased:
            result = replace(_empty(probe, errand, Verdict.SKIPPED), skip_reason="leased")
        except Exception as error:
            result = _broken(probe, errand, broken(Cause.MONITOR_ERROR, type(error).__name__))
        self.listeners.run_finished(result)
        return result

    def _attempt(self, probe: Probe, errand: Errand, progress: Iterable[Listener]) -> RunResult:
        assignment = Assignment(
            probe.journey.name,
            Timing.of(probe.journey),
            probe.persona,
            probe.target,
            errand,
            self.state_dir,
        )
        try:
            result = self._walked(assignment, probe, progress)
            if _never_began(result):
                # The worker had died while it was idle; the target has seen nothing of this run.
                result = self._walked(assignment, probe, progress)
        except WorkerStartError as error:
            return _broken(probe, errand, broken(Cause.BROWSER_MISSING, str(error)))
        return result

    def _walked(self, assignment: Assignment, probe: Probe, progress: Iterable[Listener]) -> RunResult:
        # A fresh window of a time-based code is waited for here, up to 30 s, so that no worker stands idle for it.
        with suppress(InboxError), open_inbox(probe.persona, probe.target, self.state_dir) as inbox:
            inbox.settle()
        asked = time.monotonic()
        with self.pool.worker() as worker:
            waited = time.monotonic() - asked
            result = worker.run(assignment, probe.journey, (self.listeners, Fanout(progress)))
        return replace(result, queue_wait_s=waited)

    def _again(self, probe: Probe, errand: Errand, first: RunResult, progress: Iterable[Listener]) -> RunResult:
        """The second try is the run's verdict, unless the monitor broke in it; both keep their evidence."""
        second = self._attempt(
            probe,
            replace(errand, full_evidence=True, evidence_dir=errand.evidence_dir / errand.run_id, run_id="retest"),
            progress,
        )
        return replace(
            first if second.verdict is Verdict.BROKEN else second,
            run_id=first.run_id,
            started_at=first.started_at,
            attempts=first.attempts + second.attempts,
            evidence=first.evidence + second.evidence,
            quarantined=first.quarantined + second.quarantined,
            evidence_lost=first.evidence_lost + second.evidence_lost,
            queue_wait_s=first.queue_wait_s,
        )


def _never_began(result: RunResult) -> bool:
    return result.failure is not None and result.failure.cause is Cause.WORKER_DIED and not result.steps


def _worth_retesting(result: RunResult) -> bool:
    return (
        result.verdict is Verdict.FAILED
        and result.failure is not None
        and result.failure.cause not in UNSAFE_TO_RETEST
    )


def _empty(probe: Probe, errand: Errand, verdict: Verdict) -> RunResult:
    """A run that never reached a browser."""
    return RunResult(
        run_id=errand.run_id,
        journey=probe.journey.name,
        persona=probe.persona.name,
        target=probe.target.name,
        location=errand.location,
        origin=errand.origin,
        started_at=datetime.now(UTC),
        duration_s=0.0,
        verdict=verdict,
    )


def _broken(probe: Probe, errand: Errand, failure: Failure) -> RunResult:
    """A run that the monitor could not make."""
    attempt = Attempt(Verdict.BROKEN, 0.0, failure)
    return replace(_empty(probe, errand, Verdict.BROKEN), failure=failure, attempts=(attempt,))
