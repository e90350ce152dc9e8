"""When a probe is due: APScheduler in this process, one job for each journey, persona and target."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, EVENT_JOB_SUBMITTED, JobSubmissionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job as ScheduledJob
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from synthetic.aside import aside
from synthetic.settings import Scheduled
from synthetic.trigger import Beat, Rhythm, cron

MissReason = Literal["misfire", "max-instances", "coalesced"]

_SPREAD_S = 0.5
"""Between two first runs: they start at once, but not on top of one another."""

_MOST_JOBS = 1000
"""More threads than there will be jobs: the executor starts one only when it is needed."""


@dataclass(frozen=True)
class Job:
    """A name for the log, the rhythm, and what is done; ``act`` returns when the run is over."""

    name: str
    rhythm: Scheduled
    act: Callable[[], object]


class _Told(logging.Handler):
    """One line for what should not be; what was missed is counted instead."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0] if record.exc_info else None
        # The type alone: a message may quote what nobody may see. And to a stream that may be closed.
        said = f"{record.getMessage()}: {kind.__name__}" if kind else record.getMessage()
        aside(f"schedule: {said}")


class _Threads(ThreadPoolExecutor):  # type: ignore[misc]  # APScheduler has no types
    """Says by the scheduler's logger what it would say by one that everybody shares."""

    def start(self, scheduler: BackgroundScheduler, alias: str) -> None:
        super().start(scheduler, alias)
        self._logger = scheduler._logger


class Schedule:
    """Runs jobs at their times. ``missed`` hears of each start that did not take place, and why: ``misfire`` came
    too late, ``max-instances`` found the run before still going, ``coalesced`` was due before another that was past
    as well."""

    def __init__(self, missed: Callable[[MissReason], None]) -> None:
        # A job waits in its thread for a worker, and must not keep another from being on time: a thread a job.
        self._scheduler = BackgroundScheduler(
            logger=self._logger(),
            timezone=UTC,
            executors={"default": _Threads(_MOST_JOBS)},
            job_defaults={"coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_listener(lambda _: missed("misfire"), EVENT_JOB_MISSED)
        self._scheduler.add_listener(lambda _: missed("max-instances"), EVENT_JOB_MAX_INSTANCES)
        self._scheduler.add_listener(self._came_due, EVENT_JOB_SUBMITTED | EVENT_JOB_MAX_INSTANCES)
        self._missed = missed
        self._rhythms: dict[str, tuple[Rhythm, datetime]] = {}
        """Of each job that has a rhythm, and when it was due last."""
        self._jobs: dict[str, ScheduledJob] = {}

    def _logger(self) -> logging.Logger:
        """By name, since that is how an executor's threads ask for it."""
        logger = logging.getLogger(f"{__name__}.{id(self)}")
        logger.propagate = False
        logger.handlers = [_Told(logging.ERROR)]
        return logger

    def start(self, jobs: Sequence[Job]) -> None:
        """From now on the jobs run in threads of their own, each for the first time at once."""
        spread = min([_SPREAD_S, *(job.rhythm.gap_s / len(jobs) for job in jobs)])
        first = datetime.now(UTC)
        for number, job in enumerate(jobs):
            start = first + timedelta(seconds=number * spread)
            rhythm = _trigger(job.rhythm, start)
            self._rhythms[job.name] = rhythm, start
            self._jobs[job.name] = self._scheduler.add_job(
                job.act,
                rhythm,
                id=job.name,
                name=job.name,
                misfire_grace_time=max(1, round(job.rhythm.gap_s / 2)),
                next_run_time=start,
            )
        self._scheduler.start()

    def once(self, name: str, due_at: datetime, act: Callable[[], object]) -> None:
        """Do something a single time: at ``due_at``, or at once when that has passed, however long ago."""
        self._scheduler.add_job(
            act,
            DateTrigger(due_at),
            id=name,
            name=name,
            misfire_grace_time=None,
            # Nor lost for one of its name that has yet to leave its thread: `again` asks for the next before that.
            max_instances=_MOST_JOBS,
        )

    def again(self, name: str, every_s: float, act: Callable[[], object]) -> None:
        """Do something again and again, ``every_s`` seconds after it was done; whether it came off or raised. It is no
        probe: nothing of it is counted as missed."""

        def go() -> None:
            try:
                act()
            finally:
                self.again(name, every_s, act)

        self.once(name, datetime.now(UTC) + timedelta(seconds=every_s), go)

    def stop(self) -> None:
        """Start nothing more; runs in progress are not waited for."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    @property
    def running(self) -> bool:
        """Whether the scheduler's own thread is there: `running` alone survives that thread's death."""
        thread = self._scheduler._thread
        return bool(self._scheduler.running and thread and thread.is_alive())

    def next_start(self, name: str) -> datetime | None:
        """When a job that has a rhythm is due, in UTC; None for any other."""
        # Not asked of the scheduler, which may hold its lock for as long as it waits for the terminal; the live table
        # holds that while it draws, and asks this: `serve` stood still for ever.
        job = self._jobs.get(name)
        due: datetime | None = job.next_run_time if job else None
        return due

    def _came_due(self, event: JobSubmissionEvent) -> None:
        """APScheduler makes one start of several that are past, and says nothing of the others: they count here."""
        if known := self._rhythms.get(event.job_id):
            rhythm, before = known
            due = event.scheduled_run_times[-1]
            self._rhythms[event.job_id] = rhythm, due
            for _ in range(rhythm.between(before, due)):
                self._missed("coalesced")


def _trigger(rhythm: Scheduled, start: datetime) -> Rhythm:
    if rhythm.cron:
        return cron(rhythm.cron, rhythm.jitter_s)
    return Beat(start, rhythm.interval_s or rhythm.gap_s, rhythm.jitter_s)
