"""A RunResult into the tables."""

import json
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select, update

from journeys.result import Failure, RunResult, Verdict
from synthetic.history.schema import FAILURES, FOLLOW_UPS, HOPS, LEASES, RUNS, STEPS

REMOVED = "removed"
"""Why a follow-up was left out for good: what it needs is no longer there."""


def begin(connection: Connection, unfinished: RunResult) -> None:
    """Note a run that goes on, with the result that stands if nothing more is heard of it."""
    connection.execute(
        insert(LEASES).values(
            run_id=unfinished.run_id,
            location=unfinished.location,
            origin=unfinished.origin,
            since=unfinished.started_at,
            result=unfinished.to_json(),
        )
    )


def record(connection: Connection, result: RunResult) -> None:
    """Write a run, end its lease, note what it wants confirmed and close what it confirms. Once: a run that is there
    already is left as it is."""
    connection.execute(delete(LEASES).where(LEASES.c.run_id == result.run_id))
    if connection.scalar(select(RUNS.c.run_id).where(RUNS.c.run_id == result.run_id)):
        return
    tried_before_s = sum(attempt.duration_s for attempt in result.attempts[:-1])
    connection.execute(
        insert(RUNS).values(
            run_id=result.run_id,
            journey=result.journey,
            persona=result.persona,
            target=result.target,
            location=result.location,
            origin=result.origin,
            started_at=result.started_at,
            ended_at=result.started_at + timedelta(seconds=tried_before_s + result.duration_s),
            duration_s=result.duration_s,
            verdict=str(result.verdict),
            flaky=result.flaky,
            result=result.to_json(),
        )
    )
    steps = ((step.name, step.system, step.verdict, step.duration_s, step.budget_s) for step in result.steps)
    hops = ((hop.system, hop.url, hop.status, hop.duration_s) for hop in result.hops)
    failures = (
        (kind, said.system, said.cause, said.code, said.step, said.variant, said.message)
        for kind, said in _blamed(result)
    )
    for table, rows in ((STEPS, steps), (HOPS, hops), (FAILURES, failures)):
        names = [column.name for column in table.columns if not column.primary_key]
        values = [
            {"run_id": result.run_id, "position": position, **dict(zip(names, map(_plain, row), strict=True))}
            for position, row in enumerate(rows)
        ]
        if values:
            connection.execute(insert(table), values)
    _follow_ups(connection, result)


def _plain(value: object) -> object:
    # A driver may take an enumeration for a type of its own.
    return str(value) if isinstance(value, StrEnum) else value


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
