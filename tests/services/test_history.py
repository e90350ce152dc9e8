"""The history on both of its databases: SQLite in a file, and a real PostgreSQL."""

import errno
import io
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from filelock import FileLock
from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import OperationalError

from journeys.cause import Cause
from journeys.follow_up import FollowUp
from journeys.listener import Listener
from journeys.result import Attempt, Failure, Hop, RunResult, StepResult, Verdict
from journeys.system import System
from synthetic.history import (
    Filter,
    History,
    HistoryError,
    HistoryNewer,
    HistoryUnusable,
    Pending,
    Retention,
    availability,
    cut_off,
    pending,
    runs,
    standings,
)
from synthetic.history.database import connect, migrate
from synthetic.history.outbox import Event
from synthetic.history.query import Availability
from synthetic.history.record import record
from synthetic.history.schema import FAILURES, HOPS, HORIZON, METADATA, RUNS, STEPS
from tests.full_disk import full_disk
from tests.services.postgresql import PostgreSQLMissing, Server

# Those who share a server are tested in one process, one after the other: some of them stop it.
pytestmark = [
    pytest.mark.service,
    pytest.mark.xdist_group("postgresql"),
    pytest.mark.timeout(900),  # the first of them may install it
]

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FAILURE = Failure(System.ESIA, Cause.TIMEOUT, "nothing came in 10 s", "504", "go to ЕСИА", "password")
DOUBT = Failure(System.NMO, Cause.SLOW, "4.1 s, budget 3 s")
LONG = Retention(1000, timedelta(days=365))


@dataclass(frozen=True)
class Place:
    """A database, and how to make it unusable: ``gone`` for the length of a context, ``read_only`` for good."""

    url: str
    gone: Callable[[], Any]
    read_only: Callable[[], str]


class Prompt(History):
    """Writes what it hears of at once, and raises what the database says."""

    def run_began(self, unfinished: RunResult) -> None:
        super().run_began(unfinished)
        self.flush()

    def run_finished(self, result: RunResult) -> None:
        super().run_finished(result)
        self.flush()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    try:
        with Server.running() as server:
            yield server
    except PostgreSQLMissing as error:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(error))


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param in _GONE:
        file = tmp_path / "database" / "history.sqlite"
        file.parent.mkdir()
        gone = _GONE[request.param]
        return Place(f"sqlite:///{file}", lambda: gone(file), lambda: f"sqlite:///file:{file}?mode=ro&uri=true")
    server: Server = request.getfixturevalue("server")
    name = f"history_{uuid4().hex}"
    server.execute(f"CREATE DATABASE {name}")

    def read_only() -> str:
        server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        return server.url(name)

    url = server.url(name)
    gone = partial(_stopped, server) if request.param == "postgresql" else partial(server.silent, url)
    return Place(url, gone, read_only)


@contextmanager
def _held(file: Path) -> Iterator[None]:
    """Another process writes to the file for a long time."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def _moved(file: Path) -> Iterator[None]:
    """The folder is moved away, and put back: a disk that is not mounted for a while."""
    away = file.parent.rename(file.parent.with_name("away"))
    yield
    away.rename(file.parent)


_GONE = {"sqlite": _held, "sqlite-moved": _moved}
"""Kind of place in a file -> how it is made unusable for a while."""
gone_any_way = pytest.mark.parametrize("place", [*_GONE, "postgresql", "postgresql-silent"], indirect=True)


@contextmanager
def _stopped(server: Server) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool.jsonl"


@pytest.fixture
def history(place: Place, spool: Path) -> Iterator[History]:
    history = Prompt(place.url, spool, LONG, owner=lambda: "this", now=lambda: NOW)
    yield history
    history.close()


def run(**changes: Any) -> RunResult:
    result = RunResult(
        run_id=uuid4().hex,
        journey="sign-in",
        persona="doctor",
        target="staging",
        location="moscow",
        origin="schedule",
        started_at=NOW - timedelta(minutes=1),
        duration_s=2.0,
        verdict=Verdict.PASSED,
        steps=(StepResult("open the portal", System.NMO, Verdict.PASSED, 1.0, 5.0),),
        hops=(Hop(System.NMO, "https://nmo.test/", 200, 0.1), Hop(None, "https://other.test/", 0, 0.2)),
    )
    return replace(result, **changes)


def failed(**changes: Any) -> RunResult:
    return run(verdict=Verdict.FAILED, failure=FAILURE, **changes)


def kept(history: History, which: Filter | None = None) -> list[RunResult]:
    with history.connection() as connection:
        return runs(connection, which or Filter(), 100)


def waiting_in(outbox: Path) -> int:
    """Events that the database does not have yet."""
    count = 0
    with FileLock(outbox.with_suffix(".lock")):  # or the file could get its other name just between two looks
        for file in (outbox, *outbox.parent.glob(f"{outbox.stem}.*{outbox.suffix}")):
            with suppress(FileNotFoundError):  # there never was one, or it has been written to its end
                count += len(file.read_bytes().splitlines())
    return count


def waiting(history: History) -> list[str]:
    with history.connection() as connection:
        return [one.run_id for one in pending(connection, "moscow")]


def test_a_run_comes_back_whole(history: History) -> None:
    result = failed(
        attempts=(Attempt(Verdict.FAILED, 1.0, FAILURE), Attempt(Verdict.FAILED, 2.0, FAILURE)),
        doubts=(DOUBT,),
        notes={"lag": "ordinary"},
    )

    history.run_finished(result)

    assert kept(history) == [result]


def test_steps_hops_and_failures_have_rows(history: History) -> None:
    history.run_finished(failed(attempts=(Attempt(Verdict.FAILED, 1.0, FAILURE),), doubts=(DOUBT,)))

    with history.connection() as connection:
        steps = connection.execute(select(STEPS.c.name, STEPS.c.budget_s)).all()
        hops = connection.execute(select(HOPS.c.system, HOPS.c.status).order_by(HOPS.c.position)).all()
        blamed = connection.execute(
            select(FAILURES.c.kind, FAILURES.c.cause, FAILURES.c.variant).order_by(FAILURES.c.position)
        ).all()
    assert steps == [("open the portal", 5.0)]
    assert hops == [("nmo", 200), (None, 0)]
    assert blamed == [("failure", "timeout", "password"), ("doubt", "slow", None)]


def test_a_run_is_recorded_once(history: History) -> None:
    result = run()
    history.run_finished(result)
    history.run_finished(result)
    assert kept(history) == [result]


@pytest.mark.parametrize(
    ("which", "found"),
    [
        (Filter(), ["bad", "slow", "good"]),
        (Filter(journey="sign-in"), ["bad", "good"]),
        (Filter(persona="nurse"), ["slow"]),
        (Filter(target="another"), []),
        (Filter(verdict="failed"), ["bad"]),
        (Filter(system="esia"), ["bad"]),
        (Filter(cause="slow"), ["slow"]),
        (Filter(system="esia", cause="slow"), []),
        (Filter(since=NOW - timedelta(hours=2)), ["bad", "slow"]),
        (Filter(until=NOW - timedelta(hours=2)), ["good"]),
    ],
    ids=str,
)
def test_runs_are_found(history: History, which: Filter, found: list[str]) -> None:
    history.run_finished(run(run_id="good", started_at=NOW - timedelta(hours=3)))
    slow = run(run_id="slow", journey="consent", persona="nurse", verdict=Verdict.DEGRADED, doubts=(DOUBT,))
    history.run_finished(replace(slow, started_at=NOW - timedelta(hours=1)))
    history.run_finished(failed(run_id="bad"))

    assert [result.run_id for result in kept(history, which)] == found


def test_availability_counts_scheduled_runs_by_window(history: History) -> None:
    for hours in (0.5, 20, 100, 700):
        history.run_finished(run(started_at=NOW - timedelta(hours=hours)))
    history.run_finished(failed(started_at=NOW - timedelta(hours=20)))
    history.run_finished(run(verdict=Verdict.BROKEN, failure=FAILURE))
    history.run_finished(run(verdict=Verdict.SKIPPED, skip_reason="leased"))
    history.run_finished(failed(origin="support"))
    history.run_finished(run(journey="given-up", started_at=NOW - timedelta(days=400)))

    with history.connection() as connection:
        found = availability(connection, Filter(), NOW)

    figures = {"1h": (1, 1), "24h": (3, 2), "7d": (4, 3), "30d": (5, 4)}
    assert found == [Availability("sign-in", window, *counts) for window, counts in figures.items()]


def test_how_a_journey_stood(history: History) -> None:
    history.run_finished(run(started_at=NOW - timedelta(hours=2), duration_s=60.0))
    history.run_finished(failed(started_at=NOW - timedelta(hours=1)))
    history.run_finished(run(journey="consent"))
    history.run_finished(run(journey="recovery", verdict=Verdict.BROKEN, failure=FAILURE))
    history.run_finished(run(journey="recovery", location="another"))

    with history.connection() as connection:
        stood = standings(connection, "moscow")

    assert stood.keys() == {"sign-in", "consent"}
    assert stood["sign-in"].last_success == (NOW - timedelta(hours=2, seconds=-60)).timestamp()
    assert (stood["sign-in"].up, stood["consent"].up) == (False, True)


def test_failures_outlive_successes(place: Place, spool: Path) -> None:
    history = Prompt(place.url, spool, Retention(2, timedelta(days=10)), now=lambda: NOW)
    ages = {"new": 1, "newer": 0, "third": 2, "old": 11}
    for name, days in ages.items():
        history.run_finished(run(run_id=f"good-{name}", started_at=NOW - timedelta(days=days)))
        history.run_finished(failed(run_id=f"bad-{name}", started_at=NOW - timedelta(days=days)))
    history.run_finished(failed(run_id="bad-ancient", started_at=NOW - timedelta(days=41)))

    with history.connection() as connection:
        Retention(2, timedelta(days=10)).apply(connection, NOW)
        steps = connection.scalar(select(func.count()).select_from(STEPS))

    assert {result.run_id for result in kept(history)} == {
        "good-new",
        "good-newer",
        "bad-new",
        "bad-newer",
        "bad-third",
        "bad-old",
    }
    assert steps == 6
    history.close()


def test_what_has_been_removed_makes_no_journey_look_worse(place: Place, spool: Path) -> None:
    """Of every four runs one failed, the latest was good; then the retention takes most of the good ones."""
    history = History(place.url, spool, LONG, now=lambda: NOW)
    for hours in range(40):
        made = run if hours % 4 else failed
        history.run_finished(made(run_id=f"{hours}", started_at=NOW - timedelta(hours=hours, minutes=30)))
    history.flush()
    with history.connection() as connection:
        before = availability(connection, Filter(), NOW)
        assert before == [
            Availability("sign-in", window, runs, good)
            for window, runs, good in (("1h", 1, 0), ("24h", 24, 18), ("7d", 40, 30), ("30d", 40, 30))
        ]
        Retention(15, timedelta(days=60)).apply(connection, NOW)
        after = availability(connection, Filter(), NOW)
        lately = availability(connection, Filter(since=NOW - timedelta(hours=10)), NOW)

    # The 15th good run began 19.5 hours ago; 5 of those since then failed.
    since = NOW - timedelta(hours=19, minutes=30)
    assert after == [before[0], *(Availability("sign-in", window, 20, 15, since) for window in ("24h", "7d", "30d"))]
    assert [(one.runs, one.good, one.whole_since) for one in lately[1:]] == [(10, 7, None)] * 3
    with history.connection() as connection:  # what is kept longer again does not bring back what has gone
        LONG.apply(connection, NOW)
        assert availability(connection, Filter(), NOW) == after
    history.close()


def test_what_is_beyond_is_removed_in_portions_and_costs_no_result(
    place: Place, spool: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise OperationalError("DELETE", {}, Exception("canceling statement due to statement timeout"))

    troubles: list[None] = []
    history = History(place.url, spool, Retention(2, timedelta(days=9)), trouble=lambda: troubles.append(None))
    for number in range(8):
        history.run_finished(run(run_id=f"{number}", started_at=datetime.now(UTC) - timedelta(hours=number)))
    monkeypatch.setattr("synthetic.history.retention._PORTION", 4)
    with monkeypatch.context() as patched:
        patched.setattr(Retention, "apply", fails)
        history.flush()
    assert (len(kept(history)), waiting_in(spool), len(troubles)) == (8, 0, 1)
    assert "statement timeout" in capsys.readouterr().err

    monkeypatch.setattr(history, "_tidied_at", 0)
    left = list[int]()
    for _ in range(3):
        history.flush()
        left.append(len(kept(history)))

    assert left == [4, 2, 2]
    assert sorted(result.run_id for result in kept(history)) == ["0", "1"]
    history.close()


def test_how_a_journey_stands_outlives_every_retention(place: Place, spool: Path) -> None:
    history = History(place.url, spool, LONG, now=lambda: NOW)
    longest = timedelta(days=300)
    for location in ("moscow", "kazan"):
        for journey, latest in {"good": run, "bad": failed}.items():
            history.run_finished(failed(journey=journey, location=location, started_at=NOW - 1.1 * longest))
            history.run_finished(run(journey=journey, location=location, started_at=NOW - longest))
            history.run_finished(latest(journey=journey, location=location, started_at=NOW - 0.9 * longest))
    # One that began earlier and ended later: with it the journey is down.
    history.run_finished(run(journey="both", started_at=NOW - longest))
    history.run_finished(failed(journey="both", started_at=NOW - longest - timedelta(minutes=1), duration_s=600.0))
    history.run_finished(run(journey="by-hand", origin="support", started_at=NOW - longest))
    for _ in range(5):
        history.run_finished(run(journey="busy"))
    history.flush()
    with history.connection() as connection:
        before = [standings(connection, location) for location in ("moscow", "kazan")]
        Retention(1, timedelta(days=1)).apply(connection, NOW)
        assert [standings(connection, location) for location in ("moscow", "kazan")] == before

    left = [result.journey for result in kept(history)]
    assert {journey: left.count(journey) for journey in left} == {"busy": 5, "good": 2, "bad": 4, "both": 2}
    history.close()


def test_an_earlier_history_may_have_lost_good_runs(place: Place) -> None:
    for made, whole_since in ((run, None), (failed, NOW - timedelta(hours=1))):
        engine = connect(place.url)
        migrate(engine, "0001")
        with engine.begin() as connection:
            for result in (made(started_at=NOW - timedelta(hours=2)), run(started_at=NOW - timedelta(hours=1))):
                record(connection, Event("finished", result), "")
        migrate(engine)
        with engine.begin() as connection:
            assert connection.scalar(select(HORIZON.c.whole_since)) == whole_since
        migrate(engine, "base")
        engine.dispose()


@pytest.mark.parametrize(
    ("settled", "closed"),
    [
        (run(), True),
        (failed(), True),
        (run(verdict=Verdict.BROKEN, failure=FAILURE), False),
        (run(verdict=Verdict.SKIPPED, skip_reason="leased"), False),
        (run(verdict=Verdict.SKIPPED, skip_reason="removed"), True),
    ],
    ids=["passed", "failed", "broken", "leased", "removed"],
)
def test_a_follow_up_waits_for_its_verdict(history: History, settled: RunResult, closed: bool) -> None:
    asked = FollowUp("specialist-update-outcome", NOW + timedelta(hours=24), {"number": "ПС-1"})
    history.run_finished(run(run_id="asking", follow_up=asked))
    with history.connection() as connection:
        (one,) = pending(connection)
    assert (one.run_id, one.persona, one.target, one.asked) == ("asking", "doctor", "staging", asked)

    history.run_finished(replace(settled, run_id=uuid4().hex, follows="asking"))

    assert waiting(history) == ([] if closed else ["asking"])


def test_what_was_asked_for_by_hand_is_told_from_what_the_schedule_asked_for(history: History) -> None:
    asked = FollowUp("specialist-update-outcome", NOW)
    history.run_finished(run(run_id="scheduled", origin="schedule", follow_up=asked))
    history.run_finished(run(run_id="by-hand", origin="support", follow_up=asked))
    with history.connection() as connection:
        assert [one.run_id for one in pending(connection, "moscow", by_hand=True)] == ["by-hand"]
        assert pending(connection, "kazan", by_hand=True) == []


def test_follow_ups_belong_to_a_location(history: History) -> None:
    history.run_finished(run(location="kazan", follow_up=FollowUp("account-missing-outcome", NOW)))
    assert waiting(history) == []


def test_a_run_that_was_cut_off_is_found_by_the_next_monitor(history: History, place: Place, spool: Path) -> None:
    unfinished = run(verdict=Verdict.BROKEN, failure=FAILURE, attempts=(Attempt(Verdict.BROKEN, 0.0, FAILURE),))
    ended = run()
    for result in (unfinished, ended, run(origin="support")):
        history.run_began(result)
    history.run_finished(ended)

    following = Prompt(place.url, spool, LONG, owner=lambda: "this")
    with following.connection() as connection:
        left = cut_off(connection, "this", NOW)
        own = cut_off(connection, "this", unfinished.started_at)
        another_s = cut_off(connection, "another", NOW)
    assert (left, own, another_s) == ([unfinished], [], [])

    following.run_finished(unfinished)
    with following.connection() as connection:
        assert cut_off(connection, "this", NOW) == []
    following.close()


def test_a_disk_that_is_full_stops_no_end_and_is_not_remembered(
    tmp_path: Path, spool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = History(f"sqlite:///{tmp_path / 'history.sqlite'}", spool, LONG)
    history.run_began(run(run_id="before"))

    with full_disk(0):
        with pytest.raises(OSError, match="File too large"):
            history.run_began(run(run_id="meanwhile"))
        assert [*history._going] == ["before"]
        history.close()

    assert waiting_in(spool) == 1
    assert "monitoring goes on" in capsys.readouterr().err


def test_what_ends_while_the_disk_is_full_is_written_when_it_is_not(tmp_path: Path, spool: Path) -> None:
    history = History(f"sqlite:///{tmp_path / 'history.sqlite'}", spool, LONG, again_after_s=0.05)
    first, second = run(run_id="first"), run(run_id="second")
    for result in (first, second):
        history.run_began(result)
    with full_disk(0):
        for result in (first, second):
            with pytest.raises(OSError, match="File too large"):
                history.run_finished(result)
    history.start()

    until(lambda: waiting_in(spool) == 0)
    assert {result.run_id for result in kept(history)} == {"first", "second"}
    history.close()


def test_an_end_drops_no_run_that_finished_while_the_disk_was_full(tmp_path: Path, spool: Path) -> None:
    url, finished = f"sqlite:///{tmp_path / 'history.sqlite'}", run(run_id="finished")
    history = Prompt(url, spool, LONG, owner=lambda: "this")
    history.run_began(finished)
    history.run_began(run(run_id="going"))
    with full_disk(0), pytest.raises(OSError, match="File too large"):
        history.run_finished(finished)
    history.close()

    following = Prompt(url, spool, LONG, owner=lambda: "this")
    assert [result.run_id for result in kept(following)] == ["finished"]
    with following.connection() as connection:
        assert cut_off(connection, "this", NOW) == []
    following.close()


def test_an_end_on_a_full_disk_says_what_is_lost(
    tmp_path: Path, spool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = Prompt(f"sqlite:///{tmp_path / 'history.sqlite'}", spool, LONG)
    with full_disk(0):
        for name in ("one", "two"):
            with pytest.raises(OSError, match="File too large"):
                history.run_finished(run(run_id=name))
        history.close()
    assert "the disk did not take the results of 2 run(s); they are lost" in capsys.readouterr().err


def test_a_monitor_that_ends_in_order_leaves_nobody_behind(place: Place, spool: Path) -> None:
    history = Prompt(place.url, spool, LONG, owner=lambda: "this")
    history.run_began(run())
    history.close()

    following = Prompt(place.url, spool, LONG, owner=lambda: "this")
    with following.connection() as connection:
        assert cut_off(connection, "this", NOW) == []
    following.close()


def test_the_last_words_of_a_monitor_reach_the_database(place: Place, spool: Path) -> None:
    history = History(place.url, spool, LONG, owner=lambda: "this", again_after_s=0.05)
    history.start()
    history.run_began(run())
    last = run()
    history.run_finished(last)
    history.close()

    assert not list(spool.parent.glob(f"{spool.stem}*{spool.suffix}"))
    later = History(place.url, spool, LONG, owner=lambda: "this")
    with later.connection() as connection:
        assert [result.run_id for result in runs(connection, Filter(), 10)] == [last.run_id]
    later.close()


def test_the_steps_of_the_tables_go_up_and_down(place: Place) -> None:
    engine = connect(place.url)
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []

    migrate(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}

    migrate(engine)
    assert METADATA.tables.keys() <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_a_newer_history_is_left_alone_and_results_wait(place: Place, history: History, spool: Path) -> None:
    history.run_finished(run(run_id="before"))
    _set_revision(place.url, "9999")
    later = Prompt(place.url, spool, LONG)

    with pytest.raises(HistoryNewer, match=r"newer version \(revision 9999\); update this one"):
        later.run_finished(run(run_id="waits"))
    assert waiting_in(spool) == 1

    _set_revision(place.url, "0002")
    later.run_finished(run(run_id="after"))
    assert {result.run_id for result in kept(later)} == {"before", "waits", "after"}
    assert waiting_in(spool) == 0
    later.close()


def test_a_history_that_is_changed_by_a_newer_monitor_meanwhile_is_left_alone(
    place: Place, history: History, spool: Path
) -> None:
    history.run_finished(run(run_id="before"))
    _set_revision(place.url, "9999")
    for name in ("first", "second"):
        with pytest.raises(HistoryNewer, match=r"newer version \(revision 9999\); update this one"):
            history.run_finished(run(run_id=name))
    assert waiting_in(spool) == 2

    _set_revision(place.url, "0002")
    history.flush()
    assert {result.run_id for result in kept(history)} == {"before", "first", "second"}


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_what_was_written_while_a_newer_monitor_changed_the_tables_is_taken_back(
    place: Place, history: History, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def recorded(*arguments: Any) -> None:
        _set_revision(place.url, "9999")
        record(*arguments)

    history.run_finished(run(run_id="before"))
    monkeypatch.setattr("synthetic.history.record", recorded)
    with pytest.raises(HistoryNewer):
        history.run_finished(run(run_id="meanwhile"))

    _set_revision(place.url, "0002")
    assert ([result.run_id for result in kept(history)], waiting_in(spool)) == (["before"], 1)


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_database_that_is_made_anew_gets_its_tables(
    place: Place, server: Server, spool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    troubles: list[None] = []
    history = Prompt(place.url, spool, LONG, trouble=lambda: troubles.append(None))
    history.run_finished(run(run_id="before"))
    server.make_anew(place.url)

    with pytest.raises(HistoryUnusable):
        history.run_finished(run(run_id="first"))
    history.run_finished(run(run_id="second"))

    assert {result.run_id for result in kept(history)} == {"first", "second"}
    assert (len(troubles), waiting_in(spool)) == (1, 0)
    assert capsys.readouterr().err.count("was deleted, moved or replaced; monitoring goes on") == 1
    history.close()


def test_a_copy_of_an_earlier_version_is_brought_to_its_form(place: Place, history: History) -> None:
    history.run_finished(run(run_id="before"))
    engine = connect(place.url)
    migrate(engine, "base")
    migrate(engine, "0001")
    engine.dispose()

    with pytest.raises(HistoryUnusable, match="was changed by another program"):
        history.run_finished(run(run_id="while"))
    history.run_finished(run(run_id="after"))

    assert {result.run_id for result in kept(history)} == {"while", "after"}


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_threads_that_come_to_tables_of_another_form_bring_them_to_theirs_one_at_a_time(
    place: Place, server: Server, history: History
) -> None:
    history.run_finished(run())
    server.make_anew(place.url)
    with pytest.raises(HistoryError), history.connection() as connection:
        pending(connection)
    found: list[list[Pending]] = []

    def look() -> None:
        with history.connection() as connection:
            found.append(pending(connection))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[]] * 4


def test_tables_that_cannot_be_brought_to_their_form_cost_no_result(
    place: Place, history: History, spool: Path
) -> None:
    """As after a dump that was brought back over tables that were there: there are two revisions."""
    history.run_finished(run(run_id="before"))
    engine = connect(place.url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    for name in ("first", "second"):
        with pytest.raises(HistoryUnusable, match="cannot be brought to their newest form"):
            history.run_finished(run(run_id=name))
    assert waiting_in(spool) == 2
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version WHERE version_num = '0001'"))
    engine.dispose()
    history.run_finished(run(run_id="after"))
    assert {result.run_id for result in kept(history)} == {"before", "first", "second", "after"}


def _set_revision(url: str, revision: str) -> None:
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()


@gone_any_way
def test_a_history_that_is_gone_for_a_while_loses_nothing(place: Place, history: History, spool: Path) -> None:
    history.run_finished(run(run_id="before"))
    with place.gone():
        for name in ("first", "second"):
            with pytest.raises(HistoryUnusable):
                history.run_finished(failed(run_id=name))
        assert waiting_in(spool) == 2

    history.run_finished(run(run_id="after"))

    assert {result.run_id for result in kept(history)} == {"before", "first", "second", "after"}
    assert waiting_in(spool) == 0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "database").mkdir()
    return tmp_path / "database" / "history.sqlite"


@pytest.mark.parametrize("what", ["history.sqlite*", "history.sqlite"], ids=["all", "without-its-log"])
def test_a_file_that_is_deleted_is_made_anew(
    file: Path, spool: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    troubles: list[None] = []
    history = Prompt(f"sqlite:///{file}", spool, LONG, trouble=lambda: troubles.append(None))
    history.run_finished(run(run_id="before"))
    for deleted in file.parent.glob(what):
        deleted.unlink()

    for name in ("first", "second"):
        history.run_finished(failed(run_id=name))

    history.close()
    assert {result.run_id for result in kept(Prompt(f"sqlite:///{file}", spool, LONG))} == {"first", "second"}
    assert (len(troubles), waiting_in(spool)) == (1, 0)
    assert capsys.readouterr().err.splitlines() == [
        f"nmo-monitor: history: {file} was deleted, moved or replaced; monitoring goes on, results are kept and "
        "written later"
    ]


def test_a_file_that_is_deleted_while_it_is_written_to_loses_nothing(
    file: Path, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def recorded(*arguments: Any) -> None:
        record(*arguments)
        shutil.rmtree(file.parent)

    history = Prompt(f"sqlite:///{file}", spool, LONG)
    history.run_finished(run(run_id="before"))
    with monkeypatch.context() as patched:
        patched.setattr("synthetic.history.record", recorded)
        with pytest.raises(HistoryUnusable, match="was deleted, moved or replaced"):
            history.run_finished(run(run_id="meanwhile"))
    with pytest.raises(HistoryUnusable, match=f"there is no folder {file.parent}"):
        history.flush()
    assert waiting_in(spool) == 1

    file.parent.mkdir()
    history.flush()

    assert [result.run_id for result in kept(history)] == ["meanwhile"]
    history.close()


def test_a_file_that_is_replaced_is_read_and_written(file: Path, spool: Path) -> None:
    copy = Prompt(f"sqlite:///{file}.copy", spool, LONG)
    copy.run_finished(run(run_id="of-the-copy"))
    copy.close()
    history = Prompt(f"sqlite:///{file}", spool, LONG)
    history.run_finished(run(run_id="before"))

    moved = pytest.raises(HistoryUnusable, match="was deleted, moved or replaced")
    with moved, history.connection() as connection:  # as another thread may, meanwhile
        for name in ("", "-wal", "-shm"):
            file.with_name(f"{file.name}{name}").unlink()
        Path(f"{file}.copy").rename(file)
        with history.connection() as another:
            assert [result.run_id for result in runs(another, Filter(), 10)] == ["of-the-copy"]
        assert [result.run_id for result in runs(connection, Filter(), 10)] == ["before"]
    history.run_finished(run(run_id="after"))

    assert {result.run_id for result in kept(history)} == {"of-the-copy", "after"}
    history.close()


def put_in_its_place(file: Path, spool: Path) -> Path:
    """A copy that holds one run takes the file's name; where the file is now. Its log stays where it was."""
    copy = Prompt(f"sqlite:///{file}.copy", spool, LONG)
    copy.run_finished(run(run_id="of-the-copy"))
    copy.close()
    away = file.rename(file.with_name("away.sqlite"))
    Path(f"{file}.copy").rename(file)
    return away


def test_a_copy_that_is_moved_in_is_not_mixed_with_what_was_there(file: Path, spool: Path) -> None:
    history = Prompt(f"sqlite:///{file}", spool, LONG)
    history.run_finished(run(run_id="before"))
    away = put_in_its_place(file, spool.with_name("of-the-copy"))

    history.run_finished(run(run_id="after"))

    assert {result.run_id for result in kept(history)} == {"of-the-copy", "after"}
    history.close()
    moved = Prompt(f"sqlite:///{away}", spool, LONG)
    assert [result.run_id for result in kept(moved)] == ["before"]
    moved.close()


@contextmanager
def read_by_somebody(file: Path) -> Iterator[None]:
    """Another process reads the file for a long time: what is written meanwhile stays in the log."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield
        other.execute("ROLLBACK")


def log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def test_what_is_written_does_not_stay_in_the_log(file: Path, spool: Path) -> None:
    history = Prompt(f"sqlite:///{file}", spool, LONG)
    history.run_finished(run(run_id="first"))
    assert log_of(file).stat().st_size == 0
    with read_by_somebody(file):
        history.run_finished(run(run_id="second"))
        assert log_of(file).stat().st_size > 0
    history.run_finished(run(run_id="third"))
    assert log_of(file).stat().st_size == 0
    assert len(kept(history)) == 3
    history.close()


def test_a_copy_that_another_opens_first_keeps_what_it_holds(file: Path, spool: Path) -> None:
    history = Prompt(f"sqlite:///{file}", spool, LONG)
    history.run_finished(run(run_id="before"))
    put_in_its_place(file, spool.with_name("of-the-copy"))

    asked = Prompt(f"sqlite:///{file}", spool.with_name("asked"), LONG)
    assert [result.run_id for result in kept(asked)] == ["of-the-copy"]
    asked.close()
    history.run_finished(run(run_id="after"))

    assert {result.run_id for result in kept(history)} == {"of-the-copy", "after"}
    history.close()


def test_a_file_that_is_replaced_while_somebody_reads_it_is_let_go_of_later(
    file: Path, spool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = Prompt(f"sqlite:///{file}", spool, LONG)
    history.run_finished(run(run_id="before"))

    with read_by_somebody(file):
        history.run_finished(run(run_id="meanwhile"))
        away = put_in_its_place(file, spool.with_name("of-the-copy"))
        with pytest.raises(HistoryUnusable, match="replaced, and is in use"):
            history.run_finished(run(run_id="after"))
        assert waiting_in(spool) == 1
        assert capsys.readouterr().err == "", "it is told by whoever asked"

    history.flush()
    assert {result.run_id for result in kept(history)} == {"of-the-copy", "after"}
    assert capsys.readouterr().err.count("was deleted, moved or replaced;") == 1
    history.close()
    moved = Prompt(f"sqlite:///{away}", spool, LONG)
    assert {result.run_id for result in kept(moved)} == {"before", "meanwhile"}
    moved.close()


def test_a_log_that_cannot_be_brought_into_the_file_that_went_is_kept(file: Path, spool: Path) -> None:
    history = Prompt(f"sqlite:///{file}", spool, LONG)
    history.run_finished(run(run_id="before"))
    with read_by_somebody(file):
        history.run_finished(run(run_id="meanwhile"))
    away = put_in_its_place(file, spool.with_name("of-the-copy"))
    History.run_finished(history, run(run_id="after"))

    with full_disk(0), pytest.raises(HistoryUnusable):
        history.flush()
    assert log_of(file).stat().st_size > 0

    history.flush()
    assert {result.run_id for result in kept(history)} == {"of-the-copy", "after"}
    history.close()
    moved = Prompt(f"sqlite:///{away}", spool, LONG)
    assert {result.run_id for result in kept(moved)} == {"before", "meanwhile"}
    moved.close()


def test_the_right_file_in_the_place_of_a_newer_one_is_opened(file: Path, spool: Path) -> None:
    newer = Prompt(f"sqlite:///{file}", spool, LONG)
    newer.run_finished(run(run_id="before"))
    newer.close()
    _set_revision(f"sqlite:///{file}", "9999")
    history = Prompt(f"sqlite:///{file}", spool, LONG)
    with pytest.raises(HistoryNewer):
        history.run_finished(run(run_id="after"))

    put_in_its_place(file, spool.with_name("of-the-copy"))

    history.flush()
    assert {result.run_id for result in kept(history)} == {"of-the-copy", "after"}
    history.close()


def test_a_file_that_goes_while_it_is_opened_is_made_anew(
    file: Path, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def migrated(engine: Any) -> None:
        migrate(engine)
        for part in file.parent.glob(f"{file.name}*"):
            part.unlink()

    history = Prompt(f"sqlite:///{file}", spool, LONG)
    with monkeypatch.context() as patched:
        patched.setattr("synthetic.history.migrate", migrated)
        with pytest.raises(HistoryUnusable, match="unable to open database file"):
            history.run_finished(run())

    history.flush()
    assert len(kept(history)) == 1
    history.close()


def test_a_path_with_a_slash_too_many(file: Path, spool: Path) -> None:
    history = Prompt(f"sqlite:////{file}", spool, LONG)
    history.run_finished(run())
    assert len(kept(history)) == 1
    history.close()


def test_what_still_goes_on_when_the_history_is_closed_opens_it_no_more(file: Path, spool: Path) -> None:
    history = Prompt(f"sqlite:///{file}", spool, LONG)
    history.run_finished(run())
    history.close()
    with pytest.raises(HistoryUnusable, match="the monitor has ended"), history.connection():
        pass
    assert not log_of(file).exists()


def test_a_log_that_came_with_the_copy_is_the_copys(file: Path, spool: Path) -> None:
    history = Prompt(f"sqlite:///{file}", spool, LONG)
    history.run_finished(run(run_id="before"))
    file.unlink()
    for left in ("-wal", "-shm"):
        file.with_name(f"{file.name}{left}").unlink()
    copy = Prompt(f"sqlite:///{file}.copy", spool, LONG)
    copy.run_finished(run(run_id="of-the-copy"))
    for with_it in ("", "-wal"):  # as they are, not yet brought together
        shutil.copy(f"{file}.copy{with_it}", f"{file}{with_it}")

    history.run_finished(run(run_id="after"))

    assert {result.run_id for result in kept(history)} == {"of-the-copy", "after"}
    copy.close()
    history.close()


def test_a_run_that_was_cut_off_waits_for_its_verdict_as_long_as_failures_are_kept(place: Place, spool: Path) -> None:
    def looked_after(days: float) -> list[str]:
        later = NOW + timedelta(days=days)
        history = Prompt(place.url, spool, Retention(10, timedelta(days=5)), owner=lambda: "this", now=lambda: later)
        history.run_finished(run(run_id=f"after-{days}", started_at=later))
        with history.connection() as connection:
            found = cut_off(connection, "this", later)
        history.close()
        return [result.run_id for result in found]

    began = Prompt(place.url, spool, LONG, owner=lambda: "this", now=lambda: NOW)
    began.run_began(run(run_id="cut-off", verdict=Verdict.BROKEN, failure=FAILURE, started_at=NOW))
    began._going.clear()  # as if it had been killed
    began.close()

    assert looked_after(19.9) == ["cut-off"]
    assert looked_after(20.1) == []


def test_a_history_that_may_only_be_read(place: Place, history: History, spool: Path) -> None:
    history.run_finished(run())
    history.close()
    reader = Prompt(place.read_only(), spool, LONG)

    with pytest.raises(HistoryUnusable, match=r"read-?only"):
        reader.run_finished(run())

    assert len(kept(reader)) == 1
    assert waiting_in(spool) == 1
    reader.close()


def test_a_line_that_is_cut_off_is_put_aside_and_stops_nothing(
    history: History, spool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    History(history_url(history), spool, LONG).run_finished(run(run_id="whole"))
    with spool.open("a", encoding="utf-8") as file:
        file.write('finished {"run_id": "cut')

    history.run_finished(run(run_id="after"))

    assert {result.run_id for result in kept(history)} == {"whole", "after"}
    assert "a line of the outbox cannot be read; kept in " in capsys.readouterr().err
    assert spool.with_name("spool-refused.jsonl").read_text(encoding="utf-8").endswith('"cut\n')
    assert waiting_in(spool) == 0


def history_url(history: History) -> str:
    return history._engine.url.render_as_string(hide_password=False).replace("+psycopg", "")


def test_a_row_that_the_database_refuses_stops_no_other(
    history: History, spool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    History.run_finished(history, run(run_id="before"))
    History.run_finished(history, run(run_id="refused", journey=None))
    history.run_finished(run(run_id="after"))

    assert {result.run_id for result in kept(history)} == {"before", "after"}
    assert "refused" in capsys.readouterr().err
    assert len(spool.with_name("spool-refused.jsonl").read_bytes().splitlines()) == 1


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_what_is_put_aside_is_put_aside_and_counted_once(
    place: Place, history: History, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often the database cannot be used meanwhile, and in whichever batch of the file."""

    def recorded(connection: Connection, event: Event, owner: str) -> None:
        if event.result.run_id == "last":
            raise OSError(errno.EIO, "Input/output error")
        record(connection, event, owner)

    monkeypatch.setattr("synthetic.history._BATCH", 2)
    served = Served(place, spool)
    spool.write_text("finished {}\n", encoding="utf-8")
    for changes in ({"journey": None}, {}, {"run_id": "last"}):
        served.history.run_finished(run(**changes))

    with monkeypatch.context() as patched:
        patched.setattr("synthetic.history.record", recorded)
        for _ in range(3):
            with pytest.raises(HistoryUnusable):
                served.history.flush()
    aside = spool.with_name("spool-refused.jsonl")
    assert (served.troubles, aside.exists()) == (0, False)

    served.history.flush()

    assert (served.troubles, len(aside.read_bytes().splitlines())) == (2, 2)
    assert (len(kept(history)), waiting_in(spool)) == (2, 0)
    served.history.close()


def test_what_cannot_be_put_aside_holds_up_nothing_behind_it(history: History, spool: Path) -> None:
    left, aside = spool.with_name("spool.0.jsonl"), spool.with_name("spool-refused.jsonl")
    left.write_text("finished {}\n", encoding="utf-8")
    aside.mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        history.run_finished(run(run_id="behind"))
    assert [result.run_id for result in kept(history)] == ["behind"]
    aside.rmdir()
    history.flush()
    assert (aside.read_text(encoding="utf-8"), left.exists()) == ("finished {}\n", False)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_file_that_another_process_has_just_written_on_is_no_trouble(
    place: Place, history: History, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        spool.with_name(f"spool.{number}.jsonl").write_bytes(f"finished {run().to_json()}\n".encode())
    found = Path.glob

    def vanishing(folder: Path, pattern: str) -> list[Path]:
        first, *others = sorted(found(folder, pattern))
        first.unlink()  # after the look into the folder, before that at the file
        return [first, *others]

    def recorded(*arguments: Any) -> None:
        record(*arguments)
        spool.with_name("spool.1.jsonl").unlink(missing_ok=True)
        spool.with_name("spool.2.jsonl").unlink(missing_ok=True)

    monkeypatch.setattr(Path, "glob", vanishing)
    monkeypatch.setattr("synthetic.history.record", recorded)
    History.run_finished(history, run(run_id="after"))

    history.flush()

    assert len(kept(history)) == 2
    assert "after" in {result.run_id for result in kept(history)}


def test_a_nul_in_a_message_is_no_reason_to_refuse(history: History) -> None:
    history.run_finished(run(verdict=Verdict.FAILED, failure=Failure(System.NMO, Cause.ERROR_SCREEN, "a\0b", "\0")))
    assert len(kept(history)) == 1


def test_what_was_given_up_for_lost_is_put_right(history: History) -> None:
    lost = run(run_id="lost", verdict=Verdict.BROKEN, failure=FAILURE)
    history.run_finished(lost)
    history.run_finished(run(run_id="lost"))
    history.run_finished(lost)
    assert [result.verdict for result in kept(history)] == [Verdict.PASSED]


def test_a_result_of_another_version_hides_no_other(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    history.run_finished(run(run_id="old"))
    history.run_finished(run(run_id="new"))
    with history.connection() as connection:
        renamed = run(run_id="old").to_json().replace('"passed"', '"succeeded"')
        connection.execute(RUNS.update().where(RUNS.c.run_id == "old").values(result=renamed))

    assert [result.run_id for result in kept(history)] == ["new"]
    assert "1 run(s) of another version cannot be read" in capsys.readouterr().err


def test_a_migration_that_was_cut_off_is_done_anew(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise SystemExit

    engine = connect(place.url)
    monkeypatch.setattr("alembic.op.create_index", killed)
    with pytest.raises(SystemExit):
        migrate(engine)

    monkeypatch.undo()
    migrate(engine)
    assert METADATA.tables.keys() <= set(inspect(engine).get_table_names())
    engine.dispose()


class Served(Listener):
    """A history with its own thread, asked again soon; ``troubles`` counts what it could not do."""

    def __init__(self, place: Place, outbox: Path) -> None:
        self.troubles = 0
        self.history = History(place.url, outbox, LONG, owner=lambda: "this", trouble=self._count, again_after_s=0.05)

    def _count(self) -> None:
        self.troubles += 1


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.02)


@gone_any_way
def test_nobody_waits_for_a_history_that_does_not_answer(
    place: Place, history: History, spool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history.run_finished(run(run_id="before"))
    served = Served(place, spool)
    with place.gone():
        served.history.start()
        began = time.monotonic()
        for number in range(50):
            served.history.run_began(run(run_id=f"run-{number}"))
            served.history.run_finished(run(run_id=f"run-{number}"))
        assert time.monotonic() - began < 20, "each of 100 calls waited, 2 s and more"
        until(lambda: served.troubles)

    until(lambda: waiting_in(spool) == 0)
    assert len(kept(history)) == 51
    told = capsys.readouterr().err.splitlines()
    assert told
    assert len(set(told)) == len(told), "what is known is not told again"
    assert all("monitoring goes on, results are kept and written later" in line for line in told)
    served.history.close()


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_one_connection_that_hangs_is_let_go_of(
    place: Place, server: Server, spool: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served, hung = Served(place, spool), threading.Event()

    def recorded(*arguments: Any) -> None:
        if not hung.is_set():
            hanging.enter_context(server.silent(place.url, to_all=False))
            hung.set()
        record(*arguments)

    monkeypatch.setattr("synthetic.history.record", recorded)
    with ExitStack() as hanging:
        served.history.start()
        served.history.run_finished(run())
        until(lambda: waiting_in(spool) == 0)
        assert len(kept(served.history)) == 1
    assert served.troubles
    assert "no answer in 8 s; monitoring goes on, results are kept" in capsys.readouterr().err
    served.history.close()


def test_the_limits_in_the_url_count(server: Server) -> None:
    own = "-c%20statement_timeout%3D9000%20-c%20search_path%3Dnmo"
    engine = connect(f"{server.url('postgres')}?connect_timeout=20&options={own}")
    with engine.connect() as connection:
        names = ("statement_timeout", "lock_timeout", "search_path")
        assert [connection.scalar(text(f"SHOW {name}")) for name in names] == ["9s", "2s", "nmo"]
        driver = connection.connection.driver_connection
        assert driver
        assert driver.info.get_parameters()["connect_timeout"] == "20"
    engine.dispose()


@gone_any_way
def test_the_end_does_not_wait_for_a_history_that_does_not_answer(place: Place, history: History, spool: Path) -> None:
    history.run_finished(run(run_id="before"))
    served, introduced = Served(place, spool), list[object]()
    served.history.start(introduced.append)
    until(lambda: introduced)
    with place.gone():
        served.history.run_finished(run(run_id="last"))
        began = time.monotonic()
        served.history.close()
        assert time.monotonic() - began < 6, "it waited for the history"
    until(lambda: served.history._ended)

    history.flush()
    assert {result.run_id for result in kept(history)} == {"before", "last"}


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_folder_that_may_not_be_looked_into_for_a_while_is_asked_again(
    place: Place, spool: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/history")

    served, introduced = Served(place, spool), list[object]()
    with monkeypatch.context() as patched:
        patched.setattr("synthetic.history.require_folder", refused)
        served.history.start(introduced.append)
        until(lambda: served.troubles > 1)
        assert introduced == []
    until(lambda: introduced)
    served.history.run_finished(run())
    until(lambda: waiting_in(spool) == 0)
    served.history.close()
    assert "Permission denied: '/history'; monitoring goes on" in capsys.readouterr().err


class Unwritable(io.StringIO):
    """A stream whose disk is full."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_words_that_nobody_can_read_end_no_writing(
    place: Place, history: History, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", Unwritable())
    history.run_finished(run(run_id="before"))
    served, introduced = Served(place, spool), list[object]()
    spool.write_text("finished {}\n", encoding="utf-8")

    def trips(connection: object) -> None:
        introduced.append(connection)
        if len(introduced) == 1:
            raise OSError(errno.EIO, "Input/output error")

    with place.gone():
        served.history.start(trips)
        until(lambda: served.troubles)
    until(lambda: len(introduced) > 1)
    served.history.run_finished(run(run_id="after"))

    until(lambda: waiting_in(spool) == 0)
    assert {result.run_id for result in kept(history)} == {"before", "after"}
    assert spool.with_name("spool-refused.jsonl").read_text(encoding="utf-8") == "finished {}\n"
    served.history.close()


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_what_nobody_expected_ends_no_writing_and_holds_up_no_result(
    place: Place, history: History, spool: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def trips(_: object) -> None:
        raise KeyError("Иванов")

    served = Served(place, spool)
    served.history.start(trips)
    until(lambda: served.troubles > 1)
    served.history.run_finished(run(run_id="after"))

    until(lambda: kept(history))
    served.history.close()
    assert capsys.readouterr().err.splitlines() == [
        "nmo-monitor: history: KeyError; monitoring goes on, results are kept and written later"
    ]


def test_a_place_that_cannot_be_looked_into_is_told_in_one_line(tmp_path: Path, spool: Path) -> None:
    history = History(f"sqlite:///{tmp_path / ('x' * 300)}/history.sqlite", spool, LONG)
    with pytest.raises(HistoryUnusable, match="File name too long"), history.asked():
        pass


def test_what_waits_is_written_before_anything_is_taken_up(place: Place, history: History, spool: Path) -> None:
    asked = FollowUp("specialist-update-outcome", NOW)
    History.run_finished(history, run(run_id="asking", follow_up=asked))
    served, seen = Served(place, spool), list[str]()

    served.history.start(lambda connection: seen.extend(one.run_id for one in pending(connection, "moscow")))

    until(lambda: seen)
    assert seen == ["asking"]
    served.history.close()


def test_runs_that_end_together_are_all_kept(history: History) -> None:
    errors: list[HistoryError] = []

    def record() -> None:
        try:
            for _ in range(20):
                result = failed()
                history.run_began(result)
                history.run_finished(result)
        except HistoryError as error:
            errors.append(error)

    threads = [threading.Thread(target=record) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    with history.connection() as connection:
        assert connection.scalar(select(func.count()).select_from(RUNS)) == 160


def test_a_password_is_not_told(spool: Path) -> None:
    history = Prompt("postgresql://monitor:s3cret@127.0.0.1:1/history?passfile=hunter2", spool, LONG)
    with pytest.raises(HistoryUnusable) as caught:
        history.run_finished(run())
    assert "127.0.0.1:1" in str(caught.value)
    assert not any(secret in str(caught.value) for secret in ("s3cret", "hunter2"))
    history.close()
