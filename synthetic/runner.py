"""Walk a journey once and say how it went. The same function under pytest, in a worker and for support."""

import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from journeys.cause import Cause
from journeys.inbox import Inbox, InboxError, Kind
from journeys.journey import Journey, Step
from journeys.listener import Listener
from journeys.result import Attempt, Evidence, Failure, Hop, RunResult, StepResult, Verdict
from journeys.system import System
from journeys.visit import Visit
from pages.alert import alert_on
from pages.patience import limit_waits
from pages.vitals import read_vitals
from synthetic.browser import is_gone
from synthetic.diagnosis import Observed, awaits_in_vain, broken, diagnose
from synthetic.evidence import EvidenceFolder
from synthetic.processor import ProcessorWait
from synthetic.recorder import Document, Recorder
from synthetic.redaction import Redactor
from synthetic.redaction.address import shown
from synthetic.slowness import slowest
from synthetic.starvation import starved
from synthetic.wire import wire_doubts

Origin = Literal["ci", "schedule", "support"]

_LONG_QUOTE = re.compile(r"«([^«»]{120})[^«»]+»")
_LONGEST = 600


@dataclass(frozen=True)
class Errand:
    """Why and where a run takes place. ``evidence_dir`` receives a folder named for the run, when needed.

    ``full_evidence`` takes a picture after every step and keeps the requests of a good run too.
    """

    run_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    origin: Origin = "ci"
    location: str = "local"
    evidence_dir: Path = Path(".nmo-monitor/artifacts")
    full_evidence: bool = False


class _Watchful(Inbox):
    """The visit's inbox, which teaches the redactor every code that passes."""

    def __init__(self, inbox: Inbox, redactor: Redactor) -> None:
        self._inbox = inbox
        self._redactor = redactor

    def prepare(self) -> None:
        self._inbox.prepare()

    def expect(self, kind: Kind) -> None:
        self._inbox.expect(kind)

    def code(self, kind: Kind) -> str:
        code = self._inbox.code(kind)
        self._redactor.learn("one-time-code", code)
        return code


@dataclass
class _Walk:
    """What is known of a run while it goes on. ``ends`` are the Unix times at which the steps ended."""

    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    duration_s: float = 0.0
    paused_s: float = 0.0
    """What was done between steps for the sake of the report."""
    steps: list[StepResult] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    failure: Failure | None = None
    waits: list[float] = field(default_factory=list)
    """Seconds of each step that the monitor's own processes waited for a processor."""
    processor: ProcessorWait = field(default_factory=ProcessorWait)

    def lap(self, started: float) -> float:
        """Seconds since ``started`` on the run's clock; notes how many of them were a wait for a processor."""
        duration_s = time.perf_counter() - started
        self.waits.append(min(self.processor.lap(), duration_s))
        return duration_s


def run(
    journey: Journey,
    visit: Visit,
    listeners: Iterable[Listener] = (),
    errand: Errand | None = None,
    recorder: Recorder | None = None,
) -> RunResult:
    """Walk ``journey`` once: never raises for what the target or the browser does.

    The clock starts here, the browser being ready, and stops before evidence is collected. Pass ``recorder``
    if one has listened to the visit's context since it was made.
    """
    errand = errand or Errand()
    listeners = tuple(listeners)
    recorder = recorder or Recorder(visit.page.context, visit.target)
    redactor = Redactor(visit.persona.secrets() | visit.target.secrets())
    visit.inbox = _Watchful(visit.inbox, redactor)
    folder = EvidenceFolder(errand.evidence_dir / errand.run_id, redactor)

    walk = _walk(journey, visit, listeners, recorder, folder if errand.full_evidence else None)
    judged = _judged(journey, visit, errand, recorder, redactor, walk)
    for listener in listeners:
        # Told before anything more is asked of the browser, which may hang: the verdict must not be lost with it.
        listener.run_judged(judged)
    if judged.failure and judged.failure.cause is Cause.BROWSER_DIED:
        return with_pictures(judged, tuple(folder.written))
    return _with_evidence(judged, visit, recorder, folder, redactor, full=errand.full_evidence)


def _walk(
    journey: Journey,
    visit: Visit,
    listeners: tuple[Listener, ...],
    recorder: Recorder,
    pictures: EvidenceFolder | None,
) -> _Walk:
    """Take the steps up to the first that fails. With ``pictures``, one after each step, out of the run's time."""
    failure = _prepare(visit.inbox)
    walk = _Walk(failure=failure)
    started = time.perf_counter()
    for step in () if failure else journey.steps:
        _take(step, visit, listeners, recorder, walk)
        if walk.failure:
            break
        if pictures:
            before = time.perf_counter()
            pictures.picture(visit.page, f"{len(walk.steps):02}")
            walk.paused_s += time.perf_counter() - before
    walk.duration_s = time.perf_counter() - started - walk.paused_s
    return walk


def _judged(
    journey: Journey, visit: Visit, errand: Errand, recorder: Recorder, redactor: Redactor, walk: _Walk
) -> RunResult:
    """The verdict, and all that is known without asking the browser again: cookies are asked of Playwright's driver."""
    documents = tuple(recorder.documents())
    doubts = _soft(visit) if walk.failure else _doubts(journey, visit, recorder, documents, walk)
    verdict = _verdict(walk.failure, doubts)
    failure = _redacted(walk.failure, redactor) if walk.failure else None
    return RunResult(
        run_id=errand.run_id,
        journey=journey.name,
        persona=visit.persona.name,
        target=visit.target.name,
        location=errand.location,
        origin=errand.origin,
        started_at=walk.started_at,
        duration_s=walk.duration_s,
        verdict=verdict,
        failure=failure,
        steps=tuple(walk.steps),
        hops=hops_of(documents, redactor),
        attempts=(Attempt(verdict, walk.duration_s, failure),),
        doubts=tuple(_redacted(doubt, redactor) for doubt in doubts),
        notes={name: redactor.text(text) for name, text in visit.notes.items()},
        compared=tuple(replace(one, field=redactor.text(one.field)) for one in visit.compared),
        lags=visit.lags,
        # Their number alone: what a site writes there may be anybody's data. The lines go with a failure's evidence.
        console_errors=recorder.console_errors,
        follow_up=None if walk.failure else visit.follow_up,
    )


def hops_of(documents: Iterable[Document], redactor: Redactor) -> tuple[Hop, ...]:
    """The way as it may be written down."""
    return tuple(Hop(one.system, redactor.url(one.url), one.status, one.duration_s) for one in documents)


def with_pictures(judged: RunResult, taken: tuple[Evidence, ...]) -> RunResult:
    """A result that no more evidence will come for, with what was taken on the way."""
    return replace(judged, attempts=(replace(judged.attempts[0], evidence=taken),), evidence=taken)


def _redacted(failure: Failure, redactor: Redactor) -> Failure:
    code = redactor.text(failure.code) if failure.code else failure.code
    return replace(failure, message=shortened(redactor.text(failure.message)), code=code)


def shortened(message: str) -> str:
    """With as much of what a screen says as people read; the whole text is in the evidence."""
    quotes = _LONG_QUOTE.sub(lambda quote: f"«{quote[1].rstrip()}…»", message)
    return quotes if len(quotes) <= _LONGEST else f"{quotes[:_LONGEST].rstrip()}…"


def _with_evidence(
    judged: RunResult, visit: Visit, recorder: Recorder, folder: EvidenceFolder, redactor: Redactor, *, full: bool
) -> RunResult:
    """What can still be asked of the browser when the run is over."""
    if judged.failure or full:
        folder.collect(visit.page, recorder)
        # What a journey holds open beside it is a part of what it saw: the other portal, or where a new tab came from.
        for number, page in enumerate(other for other in visit.page.context.pages if other is not visit.page):
            folder.picture(page, f"other-tab-{number + 1}")
    return replace(
        with_pictures(judged, tuple(folder.written)),
        doubts=(*judged.doubts, *_besides(judged.failure, recorder, redactor)) if judged.failure else judged.doubts,
        vitals={} if judged.failure else read_vitals(visit.page),
        security=recorder.security(),
        quarantined=folder.quarantined,
        evidence_lost=folder.lost,
    )


def _besides(failure: Failure, recorder: Recorder, redactor: Redactor) -> Iterable[Failure]:
    """What a run that failed left on the wire, but for what it failed for. Asked when the verdict has been told: it is
    the driver that knows cookies, and it waits for a browser that hangs."""
    on_the_wire = wire_doubts(recorder.documents(), recorder.referrals(), recorder, came_through=False)
    failed_for = (failure.system, failure.cause)
    return (_redacted(doubt, redactor) for doubt in on_the_wire if (doubt.system, doubt.cause) != failed_for)


def _prepare(inbox: Inbox) -> Failure | None:
    """What the inbox waits for before the clock starts; out of reach, it breaks the run."""
    try:
        inbox.prepare()
    except InboxError as error:
        return broken(Cause.INBOX_UNREACHABLE, str(error))
    return None


def _take(step: Step, visit: Visit, listeners: tuple[Listener, ...], recorder: Recorder, walk: _Walk) -> None:
    """One step, timed; its failure is diagnosed here, while the screen still shows it."""
    for listener in listeners:
        listener.step_started(step.name)
    limit_waits(visit.page.context, step.timeout_s)
    started = time.perf_counter()
    try:
        step.act(visit)
    except Exception as error:
        duration_s = walk.lap(started)
        walk.failure = diagnose(_observed(error, step, visit, recorder))
        walk.failure = starved(walk.failure, step, duration_s, walk.waits[-1]) or walk.failure
        verdict = Verdict.BROKEN if walk.failure.system is System.MONITOR else Verdict.FAILED
    else:
        duration_s = walk.lap(started)
        verdict = Verdict.PASSED if duration_s - walk.waits[-1] <= step.budget_s else Verdict.DEGRADED
        if duration_s > step.budget_s and verdict is Verdict.PASSED:
            visit.notes["monitor"] = f"short of processor time: waited {sum(walk.waits):.1f} s for it"
    walk.ends.append(time.time())
    walk.steps.append(StepResult(step.name, step.system, verdict, duration_s, step.budget_s))
    walk.paused_s += time.perf_counter() - started - duration_s
    for listener in listeners:
        listener.step_finished(walk.steps[-1])


def _observed(error: BaseException, step: Step, visit: Visit, recorder: Recorder) -> Observed:
    crashed = recorder.crashed or not recorder.connected
    system = visit.target.system_at(visit.page.url)
    return Observed(
        error=error,
        step=step,
        system=system,
        documents=tuple(recorder.documents()),
        failed_requests=tuple(recorder.failed_requests()),
        script_errors=tuple(recorder.script_errors),
        unanswered=tuple(recorder.unanswered()),
        crashed=crashed,
        # Of a browser that has just died, the end of its tabs is heard of before its own: so it is asked.
        closed=is_gone(error) and not crashed and recorder.lives(),
        alert=alert_on(visit.page) if awaits_in_vain(error) and not crashed else None,
        at_esia=system is visit.target.system_at(visit.target.esia),
    )


def _verdict(failure: Failure | None, doubts: tuple[Failure, ...]) -> Verdict:
    if failure:
        return Verdict.BROKEN if failure.system is System.MONITOR else Verdict.FAILED
    return Verdict.DEGRADED if doubts else Verdict.PASSED


def _soft(visit: Visit) -> tuple[Failure, ...]:
    """The journey's own soft checks that did not hold; a run may fail later for something else."""
    doubts = visit.doubts
    return tuple(Failure(one.system, one.cause, str(one), one.code, variant=one.variant) for one in doubts)


def _doubts(
    journey: Journey,
    visit: Visit,
    recorder: Recorder,
    documents: tuple[Document, ...],
    walk: _Walk,
) -> tuple[Failure, ...]:
    """Why a run that came to its end is not quite good: slow steps, lost assets, broken scripts, soft checks,
    and what was left on the wire."""
    slow = [
        Failure(
            slowest(result, end, documents, waited),
            Cause.SLOW,
            f"«{result.name}» took {result.duration_s:.1f} s of {result.budget_s:g} s",
            step=result.name,
        )
        for result, end, waited in zip(walk.steps, walk.ends, walk.waits, strict=True)
        if result.verdict is Verdict.DEGRADED
    ]
    if not slow and walk.duration_s - sum(walk.waits) > journey.budget_s:
        longest = max(walk.steps, key=lambda result: result.duration_s / result.budget_s)
        message = f"the run took {walk.duration_s:.1f} s of {journey.budget_s:g} s"
        slow = [Failure(longest.system, Cause.SLOW, message, step=longest.name)]
    lost = {
        (request.system, request.url): Failure(
            request.system,
            Cause.ASSET_UNAVAILABLE,
            f"{request.system}: {request.kind} {urlsplit(shown(request.url)).path} did not load",
            request.error,
        )
        for request in recorder.failed_requests()
        if request.system
    }
    broken_scripts = {
        (system, message): Failure(system, Cause.SCRIPT_ERROR, f"a script broke: {message}")
        for system, message in recorder.script_errors
        if system
    }
    on_the_wire = wire_doubts(documents, recorder.referrals(), recorder)
    return (*_soft(visit), *slow, *lost.values(), *broken_scripts.values(), *on_the_wire)
