"""What is kept: the latest so many runs, not older than so many days; what went wrong for longer.

Good runs go before the failures beside them. So that no share of good ones is told of what is left, it is noted since
when nothing has gone; and what each journey's standing is read from stays.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, or_, select, update

from journeys.result import Verdict
from synthetic.history.query import tells_standing
from synthetic.history.schema import FOLLOW_UPS, HORIZON, LEASES, RUNS

_BAD_KEPT_LONGER = 4
_PORTION = 500
"""Runs that are deleted at once: a PostgreSQL has 5 s for a statement, and a SQLite file is locked meanwhile."""

_BAD = (Verdict.FAILED, Verdict.BROKEN)


@dataclass(frozen=True)
class Retention:
    """``runs`` good ones of at most ``age`` are kept, and four times as many failed and broken ones as long;
    besides, of each journey at each location, the latest run and the latest good one."""

    runs: int
    age: timedelta

    def apply(self, connection: Connection, now: datetime) -> bool:
        """Delete a portion of what is beyond, with steps, hops and failures, and closed follow-ups that are as old;
        whether there may be more."""
        # Of runs that were cut off, which nobody has taken up. Written first: SQLite waits for nobody in a transaction
        # that began by reading.
        connection.execute(delete(LEASES).where(LEASES.c.since < now - self.age * _BAD_KEPT_LONGER))
        closed = FOLLOW_UPS.c.closed_by.is_not(None)
        connection.execute(delete(FOLLOW_UPS).where(and_(closed, FOLLOW_UPS.c.due_at < now - self.age)))
        more = [self._remove(connection, now, bad) for bad in (False, True)]
        return any(more)

    def _remove(self, connection: Connection, now: datetime, bad: bool) -> bool:
        factor = _BAD_KEPT_LONGER if bad else 1
        kind = RUNS.c.verdict.in_(_BAD) if bad else RUNS.c.verdict.not_in(_BAD)
        oldest = now - self.age * factor
        newest_first = select(RUNS.c.started_at).where(kind).order_by(RUNS.c.started_at.desc())
        beyond = connection.scalar(newest_first.offset(self.runs * factor - 1).limit(1))
        since = max(oldest, beyond or oldest)
        gone = select(RUNS.c.run_id).where(kind, RUNS.c.started_at < since, ~tells_standing())
        gone = gone.order_by(RUNS.c.started_at).limit(_PORTION)
        removed = connection.execute(delete(RUNS).where(RUNS.c.run_id.in_(gone))).rowcount
        if removed:
            earlier = or_(HORIZON.c.whole_since.is_(None), HORIZON.c.whole_since < since)
            connection.execute(update(HORIZON).where(earlier).values(whole_since=since))
        return removed == _PORTION
