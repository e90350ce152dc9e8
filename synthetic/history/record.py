"""A RunResult into the tables."""

import json
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from journeys.result import Failure, RunResult, Verdict
from synthetic.history.outbox import Event
from synthetic.history.schema import FAILURES, FOLLOW_UPS, HOPS, LEASES, RUNS, STEPS

REMOVED = "removed"
"""Why a follow-up was left out for good: what it needs is no longer there."""

# Built once: to build a statement anew for every run takes as long as to execute it.
_ADD_LEASE = insert(LEASES)
_END_LEASE = delete(LEASES).where(LEASES.c.run_id == bindparam("over"))
_KNOWN = select(RUNS.c.verdict).where(RUNS.c.run_id == bindparam("run"))
_ADD_RUN = insert(RUNS)
_ADD_ROWS = {table: insert(table) for table in (STEPS, HOPS, FAILURES)}
_COLUMNS = {table: [column.name for column in table.columns if not column.primary_key] for table in _ADD_ROWS}


def record(connection: Connection, event: Event, owner: str) -> None:
    """Write what happened to a run of the monitor that is called ``owner``."""
    match event.kind:
        case "began":
            _begin(connection, event.result, owner)
        case "finished":
            _finish(connection, event.result)
        case "dropped":
            _end_lease(connection, event.result)


def _begin(connection: Connection, unfinished: RunResult, owner: str) -> None:
    _end_lease(connection, unfinished)
    lease = {
        "run_id": unfinished.run_id,
        "owner": owner,
        "location": unfinished.location,
        "origin": unfinished.origin,
        "since": unfinished.started_at,
        "result": unfinished.to_json(),
    }
    connection.execute(_ADD_LEASE, lease)


def _end_lease(connection: Connection, result: RunResult) -> None:
    connection.execute(_END_LEASE, {"over": result.run_id})


def _finish(connection: Connection, result: RunResult) -> None:
    """Write a run, end its lease, note what it wants confirmed and close what it confirms. Once: a run that is there
    already is left as it is, unless it was given up for lost."""
    _end_lease(connection, result)
    known = connection.scalar(_KNOWN, {"run": result.run_id})
    if known and (known != Verdict.BROKEN or result.verdict is Verdict.BROKEN):
        return
    if known:
        connection.execute(delete(RUNS).where(RUNS.c.run_id == result.run_id))
    tried_before_s = sum(attempt.duration_s for attempt in result.attempts[:-1])
    run = {
        "run_id": result.run_id,
        "journey": result.journey,
        "persona": result.persona,
        "target": result.target,
        "location": result.location,
        "origin": result.origin,
        "started_at": result.started_at,
        "ended_at": result.started_at + timedelta(seconds=tried_before_s + result.duration_s),
        "duration_s": result.duration_s,
        "verdict": str(result.verdict),
        "flaky": result.flaky,
        "result": result.to_json(),
    }
    connection.execute(_ADD_RUN, run)
    steps = ((step.name, step.system, step.verdict, step.duration_s, step.budget_s) for step in result.steps)
    hops = ((hop.system, hop.url, hop.status, hop.duration_s) for hop in result.hops)
    failures = (
        (kind, said.system, said.cause, said.code, said.step, said.variant, said.message)
        for kind, said in _blamed(result)
    )
    for table, rows in ((STEPS, steps), (HOPS, hops), (FAILURES, failures)):
        values = [
            {"run_id": result.run_id, "position": position, **dict(zip(_COLUMNS[table], map(_plain, row), strict=True))}
            for position, row in enumerate(rows)
        ]
        if values:
            connection.execute(_ADD_ROWS[table], values)
    _follow_ups(connection, result)


def _plain(value: object) -> object:
    # A driver may take an enumeration for a type of its own; PostgreSQL has no text with a NUL in it.
    return str(value).replace("\0", "") if isinstance(value, str) else value


def _blamed(result: RunResult) -> Iterable[tuple[str, Failure]]:
    if result.failure:
        yield "failure", result.failure
    yield from (("attempt", attempt.failure) for attempt in result.attempts[:-1] if attempt.failure)
    yield from (("doubt", doubt) for doubt in result.doubts)


def _follow_ups(connection: Connection, result: RunResult) -> None:
    if result.follows and closes(result):
        done = update(FOLLOW_UPS).where(FOLLOW_UPS.c.run_id == result.follows, FOLLOW_UPS.c.closed_by.is_(None))
        connection.execute(done.values(closed_by=result.run_id))
    if asked := result.follow_up:
        connection.execute(
            insert(FOLLOW_UPS).values(
                run_id=result.run_id,
                journey=asked.journey,
                persona=result.persona,
                target=result.target,
                location=result.location,
                asked_at=result.started_at,
                due_at=asked.due_at,
                notes=json.dumps(dict(asked.notes), ensure_ascii=False),
            )
        )


def closes(result: RunResult) -> bool:
    """Whether a run settles what it follows up: it came to a verdict, or can never be made."""
    return result.counted or (result.verdict is Verdict.SKIPPED and result.skip_reason == REMOVED)
