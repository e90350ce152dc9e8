"""A worker as its supervisor sees it: given an assignment it always comes back with a result.

WorkerError
└── WorkerStartError    the worker's browser did not start
"""

import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing import Pipe
from pathlib import Path

from journeys.cause import Cause
from journeys.journey import Journey
from journeys.listener import Listener
from journeys.result import Attempt, Evidence, Failure, RunResult, StepResult, Verdict
from journeys.system import System
from synthetic.assignment import Assignment, Fault, Finished, Judged, Ready, StepFinished, StepStarted
from synthetic.diagnosis import broken
from synthetic.process_tree import SCRATCH, TAG, descendants, end, memory, remove_scratch, scratch_folder, tagged
from synthetic.recorder import Document
from synthetic.redaction import Redactor
from synthetic.runner import Errand, hops_of, with_pictures

_START_LIMIT_S = 60.0
_PREPARE_LIMIT_S = 75.0
"""Before the first step a run may wait for two fresh windows of a time-based code, 30 s each."""
_EVIDENCE_LIMIT_S = 20.0
_PICTURE_LIMIT_S = 5.0
"""A picture after a step is no part of the run: where they are taken, each puts the deadline off by this."""
_STOP_LIMIT_S = 2.0


class WorkerError(Exception):
    """A worker cannot work."""


class WorkerStartError(WorkerError):
    """The worker's browser did not start; the message says why."""


def _environment(tag: str, scratch: str) -> dict[str, str]:
    # What the driver may take before it looks for what it can spare. From run 10 to run 300 it grew from 108 to 118
    # MiB with its own 16, from 95 to 101 with 8 and from 82 to 87 with 2. With 8 a run took 55 ms of a processor there,
    # with 2 it took 58.
    options = f"{os.environ.get('NODE_OPTIONS', '')} --max-semi-space-size=8".strip()
    return os.environ | {TAG: tag, SCRATCH: scratch, "TMPDIR": scratch, "NODE_OPTIONS": options}


@dataclass
class _Progress:
    """How far a run has come, as its worker tells it."""

    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float | None = None
    step: str | None = None
    steps: list[StepResult] = field(default_factory=list)
    documents: tuple[Document, ...] = ()
    judged: RunResult | None = None
    fault: str | None = None


class Worker:
    """One child process with a warm driver and browser. Not thread-safe: one run at a time."""

    def __init__(self, browser: Path, *, headed: bool = False, sandbox: bool = True) -> None:
        self.runs = 0
        self.launch_s = 0.0
        self._ending = threading.Lock()
        """A pool that closes ends a worker that does not start, which is ended by the one who waits for it too."""
        self._tag = uuid.uuid4().hex
        self._scratch = scratch_folder()
        self._pipe, theirs = Pipe()
        command = [sys.executable, "-m", "synthetic.worker_process", str(theirs.fileno()), str(browser)]
        try:
            self._process = subprocess.Popen(
                [*command, *(["headed"] if headed else []), *([] if sandbox else ["no-sandbox"])],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                env=_environment(self._tag, self._scratch),
                pass_fds=(theirs.fileno(),),
                # A Ctrl-C at the terminal is for the supervisor, which takes its workers down in order.
                start_new_session=True,
            )
        except OSError:
            # No more processes, say: nothing of this one may stay.
            self._pipe.close()
            remove_scratch(self._scratch)
            raise
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        """The process id of the worker itself."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def wait_until_ready(self) -> "Worker":
        """Wait for the browser. Raises WorkerStartError, with the process gone."""
        message = self._receive(time.monotonic() + _START_LIMIT_S)
        if isinstance(message, Ready):
            self.launch_s = message.launch_s
            return self
        self.kill()
        said = message.message if isinstance(message, Fault) else "it gave no sign of life"
        raise WorkerStartError(f"the browser did not start: {said}")

    def run(self, assignment: Assignment, journey: Journey, listeners: Iterable[Listener] = ()) -> RunResult:
        """Have a run made. Whatever happens to the worker, a result comes back; look at `alive` afterwards."""
        self.runs += 1
        listeners = tuple(listeners)
        progress = _Progress()
        deadline = time.monotonic() + _PREPARE_LIMIT_S
        try:
            self._pipe.send(assignment)
            while message := self._receive(deadline):
                match message:
                    case StepStarted(name, documents):
                        progress.documents = documents
                        if progress.clock is None:
                            progress.clock = time.monotonic()
                            deadline = progress.clock + journey.deadline_s
                        progress.step = name
                        for listener in listeners:
                            listener.step_started(name)
                    case StepFinished(step):
                        progress.steps.append(step)
                        progress.step = None
                        deadline += _PICTURE_LIMIT_S if assignment.errand.full_evidence else 0
                        for listener in listeners:
                            listener.step_finished(step)
                    case Judged(result):
                        progress.judged = result
                        deadline = time.monotonic() + _EVIDENCE_LIMIT_S
                    case Fault(why):
                        progress.fault = why
                        break
                    case Finished(result):
                        if result.failure and result.failure.cause is Cause.BROWSER_DIED:
                            self.kill()
                        return result
                    case _:
                        break
        except OSError:
            pass
        # Before the processes are ended, which may take seconds that are not the run's: 2 s where nobody reaps orphans.
        ended = time.monotonic()
        self.kill()
        if progress.judged:
            # The verdict was reached; what is lost is the evidence.
            return replace(with_pictures(progress.judged, _pictures(assignment.errand)), evidence_lost=1)
        return _cut_off(assignment, journey, progress, ended, stuck=ended >= deadline)

    def memory(self) -> int:
        """Bytes held by the worker, its driver and its browser."""
        return memory(self.pid)

    def stop(self) -> None:
        """Hang up, let the worker close its browser, and make sure that nothing of it is left."""
        with self._ending:
            tree = descendants(self.pid)
            self._pipe.close()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_LIMIT_S)
            end([*tree, *tagged(self._tag)])
            self._reap()

    def kill(self) -> None:
        """End the worker, its driver and its browser at once."""
        with self._ending:
            end([*descendants(self.pid), *tagged(self._tag)])
            self._pipe.close()
            self._reap()

    def _reap(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_STOP_LIMIT_S)
        if self._process.stdin:
            self._process.stdin.close()
        remove_scratch(self._scratch)

    def _receive(self, deadline: float) -> object | None:
        """The next message, or None when the deadline passed or the worker is gone."""
        try:
            if self._pipe.poll(max(deadline - time.monotonic(), 0)):
                message: object = self._pipe.recv()
                return message
        except (EOFError, OSError):
            # The worker is gone, or `kill` closed the pipe from another thread.
            return None
        return None


def _cut_off(assignment: Assignment, journey: Journey, progress: _Progress, ended: float, *, stuck: bool) -> RunResult:
    """The result of a run that its worker could not finish: stuck in a step, or the worker died. ``ended`` is when, in
    monotonic seconds."""
    duration_s = ended - progress.clock if progress.clock is not None else 0.0
    within = next((step for step in journey.steps if step.name == progress.step), None)
    if stuck and within:
        failure = Failure(
            within.system,
            Cause.TIMEOUT,
            f"cut off after {journey.deadline_s:g} s",
            step=within.name,
        )
    else:
        why = progress.fault or ("the worker did not answer" if stuck else "the worker died in mid-run")
        failure = broken(Cause.WORKER_DIED, why, progress.step)
    verdict = Verdict.BROKEN if failure.system is System.MONITOR else Verdict.FAILED
    steps = tuple(progress.steps)
    if within:
        spent = max(duration_s - sum(step.duration_s for step in steps), 0.0)
        steps = (*steps, StepResult(within.name, within.system, verdict, spent, within.budget_s))
    redactor = Redactor(assignment.persona.secrets() | assignment.target.secrets())
    evidence = _pictures(assignment.errand)
    return RunResult(
        run_id=assignment.errand.run_id,
        journey=journey.name,
        persona=assignment.persona.name,
        target=assignment.target.name,
        location=assignment.errand.location,
        origin=assignment.errand.origin,
        started_at=progress.started_at,
        duration_s=duration_s,
        verdict=verdict,
        failure=failure,
        steps=steps,
        hops=hops_of(progress.documents, redactor),
        attempts=(Attempt(verdict, duration_s, failure, evidence),),
        evidence=evidence,
    )


def _pictures(errand: Errand) -> tuple[Evidence, ...]:
    """What a run that was cut off had put down: a picture after each step, where they were asked for."""
    files = sorted((errand.evidence_dir / errand.run_id).glob("*.png"))
    return tuple(Evidence("screenshot", file, "image/png") for file in files)
