"""One probe: lease the persona, have a worker walk the journey, try a failure once more, tell the listeners."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from journeys.cause import UNSAFE_TO_RETEST, Cause
from journeys.inbox import InboxError
from journeys.journey import Journey
from journeys.listener import Listener
from journeys.persona import Persona
from journeys.result import Attempt, Failure, RunResult, Verdict
from journeys.system import System
from journeys.target import Target
from synthetic.assignment import Assignment, Timing
from synthetic.diagnosis import broken
from synthetic.fanout import Fanout
from synthetic.inbox import open_inbox
from synthetic.lease import PersonaLeased, lease
from synthetic.pool import Pool, PoolClosed
from synthetic.rest import Rests, burns_the_account
from synthetic.runner import Errand, Origin
from synthetic.worker import WorkerStartError

_LEASE_PATIENCE_S: Mapping[Origin, float] = MappingProxyType({"schedule": 120.0, "support": 20.0, "ci": 20.0})
"""Nobody looks at a scheduled run while it waits; and when all begin at once, a persona that two entries share is held
for as long as the first of them waits for a browser."""
_LEASE_POLL_S = 0.25
_KNOWN_WITHIN_S = 10.0
_CUT_OFF = "the monitor ended in mid-run"
_UNKNOWN = "the history does not say whether a follow-up waits"


Awaited = Callable[[str, Persona, Target], bool | None]


@dataclass(frozen=True)
class Probe:
    """What is probed: a journey with its times, by whom, against what."""

    journey: Journey
    persona: Persona
    target: Target
    earlier: Mapping[str, str] = field(default_factory=dict)
    """Notes of the follow-up that this run is."""
    follows: str | None = None
    """Id of the run that asked for it."""
    awaited: bool = False
    """Whether a follow-up waits for what an earlier run has left."""


class Prober:
    """Makes probes. ``retest`` lets a failed one be tried once more with full evidence, where that is safe.

    ``stopping`` ends every wait here. An account that ЕСИА has refused is left alone by the schedule and by CI,
    at first for ``rest_s`` seconds; and by whoever would have it refused again, support included. ``awaited`` tells
    whether a journey, by its name, is still to come back to what a persona has left on a target, None while it is not
    known: that is waited for a moment, and then the run is left out.
    """

    def __init__(
        self,
        pool: Pool,
        listeners: Fanout,
        state_dir: Path,
        location: str,
        *,
        retest: bool = True,
        rest_s: float = 1800.0,
        stopping: threading.Event | None = None,
        awaited: Awaited = lambda *_: False,
    ) -> None:
        self._pool = pool
        self._listeners = listeners
        self._state_dir = state_dir
        self._location = location
        self._retest = retest
        self._stopping = stopping or threading.Event()
        self._rests = Rests(state_dir, rest_s)
        self._awaited = awaited

    def run(
        self,
        probe: Probe,
        origin: Origin,
        *,
        full_evidence: bool = False,
        progress: Iterable[Listener] = (),
    ) -> RunResult:
        """Make one probe and tell the listeners. ``progress`` hears of the steps as they go, from this thread.

        Raises PoolClosed for a run that the end of the monitor cut off: it says nothing about the target.
        """
        errand = Errand(
            origin=origin,
            location=self._location,
            evidence_dir=self._state_dir / "artifacts",
            full_evidence=full_evidence,
        )
        walk = (probe.journey, probe.persona, probe.target)
        if self._rests.hold_back(*walk, origin):
            result = replace(_empty(probe, errand, Verdict.SKIPPED), skip_reason="locked")
        else:
            result = replace(self._leased(probe, errand, Fanout(progress)), follows=probe.follows)
        self._rests.run_finished(result, *walk)
        self._listeners.run_finished(result)
        return result

    def _leased(self, probe: Probe, errand: Errand, progress: Listener) -> RunResult:
        patience = time.monotonic() + _LEASE_PATIENCE_S[errand.origin]
        while True:
            try:
                with lease(probe.persona, probe.target, self._state_dir):
                    awaited = self._is_awaited(probe)
                    if awaited is None:
                        return replace(_empty(probe, errand, Verdict.SKIPPED), skip_reason=_UNKNOWN)
                    self._listeners.run_began(_broken(probe, errand, broken(Cause.WORKER_DIED, _CUT_OFF)))
                    return self._tested(replace(probe, awaited=awaited), errand, progress)
            except PersonaLeased:
                # Another entry of the schedule with this persona comes to its end before long.
                if time.monotonic() >= patience:
                    return replace(_empty(probe, errand, Verdict.SKIPPED), skip_reason="leased")
                self._wait(_LEASE_POLL_S)
            except PoolClosed:
                raise
            except Exception as error:  # a run that was due has a result, whatever the monitor trips over
                return _broken(probe, errand, broken(Cause.MONITOR_ERROR, type(error).__name__))

    def _tested(self, probe: Probe, errand: Errand, progress: Listener) -> RunResult:
        result = self._attempt(probe, errand, progress)
        # What a follow-up finds is there once: a second look would not see what the first has changed.
        again = self._retest and probe.journey.on_schedule and _worth_retesting(result, probe.journey)
        return self._again(probe, errand, result, progress) if again else result

    def _attempt(self, probe: Probe, errand: Errand, progress: Listener) -> RunResult:
        assignment = Assignment(
            probe.journey.name,
            Timing.of(probe.journey),
            probe.persona,
            probe.target,
            errand,
            self._state_dir,
            probe.earlier,
            awaited=probe.awaited,
        )
        try:
            result = self._walked(assignment, probe, progress)
            if _never_began(result):
                # The worker had died while it was idle; the target has seen nothing of this run.
                result = self._walked(assignment, probe, progress)
        except WorkerStartError as error:
            return _broken(probe, errand, broken(Cause.BROWSER_MISSING, str(error)))
        return result

    def _is_awaited(self, probe: Probe) -> bool | None:
        """What an earlier monitor has left is read from the history while the first runs begin."""
        if probe.journey.followed_by is None:
            return False
        patience = time.monotonic() + _KNOWN_WITHIN_S
        while (awaited := self._awaited(probe.journey.followed_by, probe.persona, probe.target)) is None:
            if time.monotonic() >= patience:
                return None
            self._wait(_LEASE_POLL_S)
        return awaited

    def _walked(self, assignment: Assignment, probe: Probe, progress: Listener) -> RunResult:
        # A fresh window of a time-based code is waited for here, up to 30 s, so that no worker stands idle for it.
        if probe.persona.factor == "totp":
            with (
                suppress(InboxError),
                open_inbox(probe.persona, probe.target, self._state_dir, wait=self._wait) as inbox,
            ):
                inbox.settle()
        asked = time.monotonic()
        with self._pool.worker() as worker:
            waited = time.monotonic() - asked
            result = worker.run(assignment, probe.journey, (self._listeners, progress))
        return replace(result, queue_wait_s=waited)

    def _again(self, probe: Probe, errand: Errand, first: RunResult, progress: Listener) -> RunResult:
        """The second try is the run's verdict, unless the monitor broke in it; both keep their evidence."""
        retest = replace(errand, full_evidence=True, evidence_dir=errand.evidence_dir / errand.run_id, run_id="retest")
        second = self._attempt(probe, retest, progress)
        if second.verdict is Verdict.BROKEN and second.failure:
            notes = first.notes | {"retest": f"broken: {second.failure.cause}"}
            return replace(
                first,
                notes=notes,
                evidence=first.evidence + second.evidence,
                quarantined=first.quarantined + second.quarantined,
                evidence_lost=first.evidence_lost + second.evidence_lost,
            )
        return replace(
            second,
            run_id=first.run_id,
            started_at=first.started_at,
            attempts=first.attempts + second.attempts,
            doubts=_noticed(first, second),
            evidence=first.evidence + second.evidence,
            quarantined=first.quarantined + second.quarantined,
            evidence_lost=first.evidence_lost + second.evidence_lost,
            queue_wait_s=first.queue_wait_s,
        )

    def _wait(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise PoolClosed


def _noticed(first: RunResult, second: RunResult) -> tuple[Failure, ...]:
    """What is told beside the second try: when it failed too, what the first had noticed as well, each once."""
    if second.failure is None:
        return second.doubts
    failed_for = (second.failure.system, second.failure.cause)
    each = {(doubt.system, doubt.cause, doubt.code, doubt.variant): doubt for doubt in first.doubts + second.doubts}
    return tuple(doubt for doubt in each.values() if (doubt.system, doubt.cause) != failed_for)


def _never_began(result: RunResult) -> bool:
    return result.failure is not None and result.failure.cause is Cause.WORKER_DIED and not result.steps


def _worth_retesting(result: RunResult, journey: Journey) -> bool:
    failure = result.failure
    if result.verdict is not Verdict.FAILED or failure is None or burns_the_account(result, journey):
        return False
    # An error screen of ЕСИА whose words nobody knows may be a refusal, and count towards a lock.
    unknown_refusal = failure.system is System.ESIA and failure.cause is Cause.ERROR_SCREEN
    return failure.cause not in UNSAFE_TO_RETEST and not unknown_refusal


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
        follows=probe.follows,
    )


def _broken(probe: Probe, errand: Errand, failure: Failure) -> RunResult:
    """A run that the monitor could not make."""
    attempt = Attempt(Verdict.BROKEN, 0.0, failure)
    return replace(_empty(probe, errand, Verdict.BROKEN), failure=failure, attempts=(attempt,))
