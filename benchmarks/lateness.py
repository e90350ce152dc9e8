"""How late runs start when there are many jobs and the runs themselves cost nothing."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from benchmarks.bench import BenchmarkError
from benchmarks.figures import Figure, Section, percentile
from synthetic.schedule import Job, Schedule
from synthetic.settings import Scheduled

JOBS = 200
_INTERVAL_S = 5.0
_STUB_S = 0.05
_MINUTE_S = 60.0


def lateness(seconds: float, tell: Callable[[str], None]) -> Section:
    """`JOBS` jobs for ``seconds``: spread over their interval, and all due in the same instant."""
    tell(f"lateness: {JOBS} jobs spread over {_INTERVAL_S:g} s")
    spread = _late_ms(partial(_every, _INTERVAL_S), _INTERVAL_S, seconds)
    tell(f"lateness: {JOBS} jobs due on the minute")
    at_once = _late_ms(_on_the_minute, _MINUTE_S, 2 * _MINUTE_S + _INTERVAL_S)
    rhythms = {f"every {_INTERVAL_S:g} s": spread, "all on the minute (cron)": at_once}
    return Section(
        name="lateness",
        title=f"Lateness of {JOBS} jobs",
        header=("rhythm", "starts", "p50, ms", "p99, ms", "worst, ms"),
        rows=tuple(
            (
                name,
                str(len(late)),
                *(f"{ms:.0f}" for ms in (percentile(late, 50), percentile(late, 99), max(late))),
            )
            for name, late in rhythms.items()
        ),
        figures=tuple(
            Figure(f"start − due, p99, {name}", percentile(late, 99), 100, unit=" ms") for name, late in rhythms.items()
        ),
        samples={f"{name} ms": late for name, late in rhythms.items()},
        note=f"Stub runs of {_STUB_S * 1000:g} ms; the first start of every job is left out.",
    )


def _every(seconds: float, number: int) -> Scheduled:
    return Scheduled("stub", f"{number}", "bench", seconds, None, seconds)


def _on_the_minute(number: int) -> Scheduled:
    return Scheduled("stub", f"{number}", "bench", None, "* * * * *", _MINUTE_S)


def _late_ms(rhythm: Callable[[int], Scheduled], gap_s: float, seconds: float) -> list[float]:
    """Start minus due of every start but each job's first, in ms. Raises BenchmarkError for a missed start."""
    over = threading.Event()
    missed: list[str] = []
    late: list[float] = []
    schedule = Schedule(missed.append)

    def stub(name: str) -> None:
        started = datetime.now(UTC)
        following = schedule.next_start(name)
        if name not in seen:
            # Left out, and over at once: one that began just before the minute would be in the way of the next.
            seen.add(name)
            return
        if following:
            late.append((started - _was_due(following, started, gap_s)).total_seconds() * 1000)
        over.wait(_STUB_S)

    seen: set[str] = set()
    rhythms = [rhythm(number) for number in range(JOBS)]
    schedule.start([Job(one.name, one, partial(stub, one.name)) for one in rhythms])
    over.wait(seconds)
    schedule.stop()
    over.set()
    if missed:
        raise BenchmarkError(f"{len(missed)} starts did not take place: {', '.join(sorted(set(missed)))}")
    return late


def _was_due(following: datetime, started: datetime, gap_s: float) -> datetime:
    """When a start was due of a job that is due next at ``following``; which is past, and this very start, until the
    scheduler has moved the job on. That it may be late with: half of 200 starts were taken for a minute late."""
    return following if following <= started else following - timedelta(seconds=gap_s)
