from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from exporters.prometheus import Metrics
from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.follow_up import FollowUp
from journeys.journey import Journey
from journeys.persona import Persona
from journeys.result import RunResult, SecurityDetails, Verdict
from journeys.target import Target
from synthetic.fanout import Fanout
from synthetic.follow_ups import FollowUps, Removed
from synthetic.history import Filter, History, HistoryUnusable, Pending, Retention, cut_off, runs
from synthetic.prober import Probe
from synthetic.resumption import Resumption, _owner, open_history
from synthetic.settings import load
from tests.full_disk import full_disk

Made = Callable[..., RunResult]
BEGAN = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Stand:
    """A resumption on a history of one's own; alarms are kept, not rung."""

    def __init__(self, folder: Path, probe: Probe) -> None:
        self.alarms: list[tuple[str, Callable[[], object]]] = []
        self.registry = CollectorRegistry()
        self.metrics = Metrics(
            self.registry, [probe.journey], location="local", hosts=["nmo.test", "esia.test"], listeners=["history"]
        )
        url = f"sqlite:///{folder / 'history.sqlite'}"
        self.history = History(
            url, folder / "outbox.jsonl", Retention(100, timedelta(days=90)), owner=lambda: "this", now=lambda: BEGAN
        )
        self.now = BEGAN
        self.gone: str | None = None
        kept = Fanout([self.history], self.metrics.listener_failed)
        self.follow_ups = FollowUps(partial(self._of, probe), lambda _: None, self._set, kept.run_finished, "local")
        self._resumption = Resumption(
            self.history,
            self.metrics,
            Fanout([self.history, self.metrics], self.metrics.listener_failed),
            kept,
            self.follow_ups,
            "local",
            BEGAN,
            timedelta(minutes=10),
            now=lambda: self.now,
        )

    def resume(self) -> None:
        self.history.flush()
        with self.history.connection() as connection:
            self._resumption(connection)
        self.history.flush()

    def look(self) -> None:
        self.history.flush()
        self._resumption.look()
        self.history.flush()

    def ids(self) -> list[str]:
        with self.history.connection() as connection:
            return [run.run_id for run in runs(connection, Filter(), 10)]

    def _of(self, probe: Probe, _: Pending) -> Probe:
        if self.gone:
            raise Removed(self.gone)
        return probe

    def _set(self, name: str, due_at: datetime, act: Callable[[], object]) -> None:
        self.alarms.append((name, act))

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"synthetic_{name}", {"journey": "sign-in", "location": "local"} | labels)


@pytest.fixture
def stand(tmp_path: Path, journey: Journey, persona: Persona, target: Target) -> Iterator[Stand]:
    stand = Stand(tmp_path, Probe(journey, persona, target))
    yield stand
    stand.history.close()


def test_gauges_say_how_the_journey_stood(stand: Stand, run_result: Made) -> None:
    good = run_result(run_id="good")
    bad = run_result(Verdict.FAILED, run_id="bad", started_at=good.started_at + timedelta(hours=1))
    stand.history.run_finished(good)
    stand.history.run_finished(bad)

    stand.resume()

    assert stand.value("journey_last_success_timestamp_seconds") == good.started_at.timestamp() + 2
    assert stand.value("journey_last_completion_timestamp_seconds") == bad.started_at.timestamp() + 2
    assert stand.value("journey_up") == 0
    assert stand.value("journey_runs_total") == 0


def test_what_is_awaited_is_known_when_all_has_been_taken_up(
    stand: Stand, run_result: Made, persona: Persona, target: Target
) -> None:
    asked = FollowUp("outcome", datetime.now(UTC))
    stand.history.run_finished(
        run_result(persona=persona.name, target=target.name, started_at=BEGAN - timedelta(days=1), follow_up=asked)
    )
    stand.look()
    assert stand.follow_ups.awaited("another", persona, target) is None
    stand.resume()
    assert stand.follow_ups.awaited("another", persona, target) is False
    assert stand.follow_ups.awaited("outcome", persona, target) is True


def test_gauges_of_a_run_since_then_stay(stand: Stand, run_result: Made) -> None:
    stand.history.run_finished(run_result(Verdict.FAILED, run_id="before"))
    stand.metrics.run_finished(run_result(started_at=BEGAN))
    stand.resume()
    assert stand.value("journey_up") == 1
    assert stand.value("journey_last_completion_timestamp_seconds") == BEGAN.timestamp() + 2


def test_certificates_are_known_as_the_latest_run_saw_them(stand: Stand, run_result: Made) -> None:
    def ends(**hosts: float) -> dict[str, SecurityDetails]:
        return {f"{name}.test": SecurityDetails(not_after=end) for name, end in hosts.items()}

    stand.history.run_finished(run_result(run_id="first", security=ends(nmo=100.0, esia=200.0)))
    later = run_result().started_at + timedelta(hours=1)
    stand.history.run_finished(run_result(run_id="later", security=ends(nmo=300.0), started_at=later))
    stand.history.run_finished(run_result(run_id="other", security=ends(nmo=400.0), location="kazan"))
    stand.metrics.run_finished(run_result(security=ends(esia=500.0), started_at=BEGAN))

    stand.resume()

    name = "synthetic_tls_certificate_not_after_timestamp_seconds"
    assert [stand.registry.get_sample_value(name, {"host": host}) for host in ("nmo.test", "esia.test")] == [300, 500]


def test_a_run_that_was_cut_off_is_told_to_all(stand: Stand, run_result: Made) -> None:
    stand.history.run_began(run_result(Verdict.BROKEN, Cause.WORKER_DIED, run_id="cut-off"))

    stand.resume()

    assert stand.value("journey_broken_total", cause="worker-died") == 1
    with stand.history.connection() as connection:
        assert [run.run_id for run in runs(connection, Filter(), 10)] == ["cut-off"]


def test_a_run_that_was_cut_off_is_told_once_though_the_rest_cannot_be_taken_up(
    stand: Stand, run_result: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise HistoryUnusable("the database is locked")

    stand.history.run_began(run_result(Verdict.BROKEN, Cause.WORKER_DIED, run_id="cut-off"))
    stand.history.flush()
    with monkeypatch.context() as patched:
        patched.setattr("synthetic.resumption.pending", fails)
        for _ in range(2):
            with pytest.raises(HistoryUnusable), stand.history.connection() as connection:
                stand._resumption(connection)

    stand.resume()

    assert stand.value("journey_broken_total", cause="worker-died") == 1
    assert stand.ids() == ["cut-off"]


def test_one_of_a_journey_that_is_not_monitored_any_more_is_only_kept(stand: Stand, run_result: Made) -> None:
    stand.history.run_began(run_result(Verdict.BROKEN, Cause.WORKER_DIED, journey="another"))
    stand.resume()
    assert stand.value("journey_broken_total", cause="worker-died") == 0
    with stand.history.connection() as connection:
        assert [run.journey for run in runs(connection, Filter(), 10)] == ["another"]


def test_a_run_by_hand_that_was_killed_gets_its_verdict_when_it_can_go_on_no_longer(
    stand: Stand, run_result: Made
) -> None:
    for origin in ("support", "schedule"):
        going = run_result(Verdict.BROKEN, Cause.WORKER_DIED, run_id=origin, origin=origin, started_at=BEGAN)
        stand.history.run_began(going)
    stand.now = BEGAN + timedelta(minutes=10)
    stand.look()
    assert stand.ids() == []

    stand.now += timedelta(seconds=1)
    stand.look()
    stand.look()

    assert stand.ids() == ["support"]
    assert stand.value("journey_broken_total", cause="worker-died") == 0, "it was no run of the schedule's"


def test_its_verdict_is_told_once_though_it_is_long_on_its_way(stand: Stand, run_result: Made, tmp_path: Path) -> None:
    stand.history.run_began(run_result(Verdict.BROKEN, Cause.WORKER_DIED, run_id="killed", origin="support"))
    stand.history.flush()
    stand.now = BEGAN + timedelta(days=3)  # as at the start after a weekend
    with stand.history.connection() as connection:
        stand._resumption(connection)
    assert len((tmp_path / "outbox.jsonl").read_bytes().splitlines()) == 1
    for _ in range(3):
        stand._resumption.look()
    assert len((tmp_path / "outbox.jsonl").read_bytes().splitlines()) == 1
    assert stand.ids() == []
    stand.history.flush()
    assert stand.ids() == ["killed"]


def test_a_full_disk_is_counted_and_ends_nothing(
    stand: Stand, run_result: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off = run_result(Verdict.BROKEN, Cause.WORKER_DIED, run_id="cut-off", journey="another")
    stand.history.run_began(cut_off)
    stand.history.run_finished(run_result(run_id="asked", follow_up=FollowUp("sign-in", BEGAN)))
    stand.history.flush()
    stand.gone = "no such persona"
    with full_disk(0), stand.history.connection() as connection:
        stand._resumption(connection)
    assert stand.registry.get_sample_value("synthetic_listener_errors_total", {"listener": "history"}) == 2
    assert "is closed: no such persona" in capsys.readouterr().err


def test_follow_ups_of_before_are_armed_and_later_ones_are_not_armed_twice(stand: Stand, run_result: Made) -> None:
    asked = FollowUp("sign-in", BEGAN)
    stand.history.run_finished(run_result(run_id="before", follow_up=asked))
    stand.history.run_finished(run_result(run_id="since", follow_up=asked, started_at=BEGAN))
    stand.resume()
    assert [name for name, _ in stand.alarms] == ["follow-up before"]


def test_follow_ups_of_another_location_are_left_and_told_of(
    stand: Stand, run_result: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = FollowUp("sign-in", BEGAN)
    for name in ("first", "second"):
        stand.history.run_finished(run_result(run_id=name, follow_up=asked, location="before"))
    stand.history.run_finished(run_result(run_id="own", follow_up=asked))

    stand.resume()

    assert [name for name, _ in stand.alarms] == ["follow-up own"]
    assert capsys.readouterr().err.splitlines() == [
        "nmo-monitor: history: follow-ups that wait at the location before: 2; this one, local, leaves them"
    ]


def test_what_somebody_asked_for_by_hand_since_is_taken_up(stand: Stand, run_result: Made) -> None:
    asked = FollowUp("sign-in", BEGAN)
    stand.resume()
    stand.history.run_finished(run_result(run_id="scheduled", follow_up=asked, started_at=BEGAN))
    stand.history.run_finished(run_result(run_id="by-hand", origin="support", follow_up=asked, started_at=BEGAN))
    stand.look()
    stand.look()
    assert [name for name, _ in stand.alarms] == ["follow-up by-hand"]


def test_a_look_at_a_history_that_is_out_of_reach_is_left_for_the_next(stand: Stand, tmp_path: Path) -> None:
    (tmp_path / "history.sqlite").write_text("this is no database, and long enough for one to be told from the other")
    stand._resumption.look()
    assert stand.alarms == []


def test_a_success_of_before_counts_after_a_failure_since(stand: Stand, run_result: Made) -> None:
    good = run_result(run_id="good")
    stand.history.run_finished(good)
    stand.metrics.run_finished(run_result(Verdict.FAILED, started_at=BEGAN))
    stand.resume()
    assert stand.value("journey_last_success_timestamp_seconds") == good.started_at.timestamp() + 2
    assert stand.value("journey_last_completion_timestamp_seconds") == BEGAN.timestamp() + 2
    assert stand.value("journey_up") == 0


def test_an_installation_keeps_its_number_also_after_a_full_disk(tmp_path: Path) -> None:
    file = tmp_path / "monitor-id"
    with full_disk(0):
        assert _owner(file) == ""
    file.touch()  # as a monitor of before left it then
    number = _owner(file)
    assert len(number) == 32
    assert _owner(file) == number


def test_a_start_while_the_disk_is_full_takes_no_name_from_what_comes_later(
    tmp_path: Path, run_result: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NMO_MONITOR__STATE_DIR", str(tmp_path))
    history = open_history(load(journeys=JOURNEYS))
    with full_disk(0):
        assert history.owner == ""
    history.run_began(run_result(run_id="cut-off", started_at=BEGAN))
    history.flush()

    with history.connection() as connection:
        (left,) = cut_off(connection, _owner(tmp_path / "monitor-id"), BEGAN + timedelta(seconds=1))
    assert left.run_id == "cut-off"
    history.run_finished(left)
    history.close()
