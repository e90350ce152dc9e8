import os
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_plain

from exporters.prometheus import LAG_KINDS, MISS_REASONS, SKIP_REASONS, WORKER_STATES, Metrics, exposition
from journeys.cause import SYSTEMS_OF, Cause
from journeys.journey import Journey
from journeys.result import Attempt, Failure, Hop, RunResult, SecurityDetails, Verdict
from journeys.system import System

GOLDEN = Path(__file__).with_name("metrics.golden")
OF = {"journey": "sign-in", "location": "moscow"}
# What Prometheus 2.42 sends.
ACCEPT = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)

Runs = Callable[..., RunResult]


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry, journey: Journey) -> Metrics:
    return Metrics(registry, [journey], location="moscow", hosts=["nmo.test"], listeners=["runlog"])


def plain(registry: CollectorRegistry) -> Iterator[Metric]:
    return iter(parse_plain(exposition(registry, None)[1].decode()))


def shape(registry: CollectorRegistry) -> dict[str, str]:
    """Name, as one queries it -> type and labels."""
    return {
        f"{metric.name}_total" if metric.type == "counter" else metric.name: " ".join(
            (metric.type, *sorted({n for s in metric.samples for n in s.labels} - {"le"}))
        )
        for metric in plain(registry)
    }


@pytest.mark.usefixtures("metrics")
def test_names_types_and_labels_are_the_agreed_ones(registry: CollectorRegistry) -> None:
    """A change here breaks dashboards and alerts: UPDATE_GOLDEN=1 writes the file anew, the diff is to be read."""
    actual = shape(registry)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text("".join(f"{name} {rest}\n" for name, rest in sorted(actual.items())))
    agreed = dict(line.split(" ", 1) for line in GOLDEN.read_text().splitlines())
    assert sorted(actual) == sorted(agreed)
    for name, rest in agreed.items():
        assert actual[name] == rest, name


@pytest.mark.usefixtures("metrics")
def test_every_series_exists_at_zero_from_the_start(registry: CollectorRegistry) -> None:
    said = {"synthetic_journey_interval_seconds", "synthetic_journey_budget_seconds", "synthetic_journey_info"}
    samples = [sample for metric in plain(registry) for sample in metric.samples]
    assert {sample.name for sample in samples if sample.value} == said

    def has(name: str, **labels: str) -> bool:
        return registry.get_sample_value(f"synthetic_{name}", labels) == 0

    for cause, systems in SYSTEMS_OF.items():
        for system in systems:
            if system is System.MONITOR:
                assert has("journey_broken_total", **OF, cause=cause)
            else:
                assert has("journey_failures_total", **OF, system=system, cause=cause)
    assert all(has("journey_skipped_total", **OF, reason=reason) for reason in SKIP_REASONS)
    assert all(has("scheduler_missed_runs_total", reason=reason) for reason in MISS_REASONS)
    assert all(has("workers", state=state) for state in WORKER_STATES)
    assert has("step_duration_seconds_count", **OF, step="sign in", system="esia")
    assert has("hop_duration_seconds_count", **OF, system="gosuslugi")
    assert has("listener_errors_total", listener="runlog")
    assert has("tls_certificate_not_after_timestamp_seconds", host="nmo.test")


FAILED = Failure(System.ESIA, Cause.HTTP_ERROR, "503", code="503", step="sign in")
BROKEN = Failure(System.MONITOR, Cause.BROWSER_MISSING, "no browser")
RETESTED = (Attempt(Verdict.FAILED, 1.0, FAILED), Attempt(Verdict.PASSED, 3.5))


@pytest.mark.parametrize(
    ("verdict", "fields", "counted"),
    [
        (Verdict.PASSED, {}, {"runs": 1, "up": 1}),
        (Verdict.PASSED, {"attempts": RETESTED}, {"runs": 1, "up": 1, "flaky": 1}),
        (Verdict.DEGRADED, {}, {"runs": 1, "up": 1, "degraded": 1}),
        (Verdict.FAILED, {"failure": FAILED}, {"runs": 1, "failures": 1}),
        (Verdict.FAILED, {}, {"runs": 1, "failures": 1}),
        (Verdict.BROKEN, {"failure": BROKEN}, {"broken": 1}),
        (Verdict.BROKEN, {}, {"broken": 1}),
        (Verdict.SKIPPED, {"skip_reason": "maintenance"}, {"skipped": 1}),
        (Verdict.SKIPPED, {"skip_reason": "free text of somebody"}, {"skipped": 1}),
    ],
)
def test_each_verdict_counts_once_and_where_it_belongs(
    metrics: Metrics,
    registry: CollectorRegistry,
    run: Runs,
    verdict: Verdict,
    fields: dict[str, object],
    counted: dict[str, float],
) -> None:
    metrics.run_finished(run(verdict, **fields))

    def total(name: str) -> float:
        return sum(s.value for m in registry.collect() for s in m.samples if s.name == name)

    counters = ("runs", "failures", "broken", "degraded", "flaky", "skipped")
    seen = {name: total(f"synthetic_journey_{name}_total") for name in counters}
    seen["up"] = total("synthetic_journey_up")
    assert {name: value for name, value in seen.items() if value} == counted
    assert total("synthetic_journey_duration_seconds_count") == counted.get("runs", 0)
    assert total("synthetic_queue_wait_seconds_count") == (verdict is not Verdict.SKIPPED)


def test_a_failure_is_counted_under_its_system_and_cause(
    metrics: Metrics, registry: CollectorRegistry, run: Runs
) -> None:
    metrics.run_finished(run(Verdict.FAILED, failure=FAILED))
    labels = {**OF, "system": "esia", "cause": "http-error"}
    assert registry.get_sample_value("synthetic_journey_failures_total", labels) == 1


def test_unknown_skip_reasons_fall_under_other(metrics: Metrics, registry: CollectorRegistry, run: Runs) -> None:
    metrics.run_finished(run(Verdict.SKIPPED, skip_reason="anything"))
    assert registry.get_sample_value("synthetic_journey_skipped_total", {**OF, "reason": "other"}) == 1


def test_times_are_observed_where_they_were_spent(metrics: Metrics, registry: CollectorRegistry, run: Runs) -> None:
    metrics.run_finished(
        run(
            hops=(
                Hop(System.NMO, "https://nmo.test/", 200, 0.25),
                Hop(System.NMO, "https://nmo.test/", 0, 30),
                Hop(None, "https://elsewhere.test/", 200, 30),
            ),
            lags={"first": 600.0},
            vitals={"lcp": 1.5, "novel": 1.0},
            security={
                "nmo.test": SecurityDetails(not_after=1_900_000_000.0),
                "elsewhere.test": SecurityDetails(not_after=1.0),
            },
            queue_wait_s=2.0,
            quarantined=3,
        )
    )

    def total(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"synthetic_{name}", OF | labels)

    assert total("step_duration_seconds_sum", step="sign in", system="esia") == 2.5
    assert total("hop_duration_seconds_sum", system="nmo") == 0.25
    assert total("web_vital_lcp_seconds_sum") == 1.5
    assert registry.get_sample_value("synthetic_sync_lag_seconds_sum", {"kind": "first"}) == 600
    assert registry.get_sample_value("synthetic_queue_wait_seconds_sum") == 2
    assert registry.get_sample_value("synthetic_artifacts_quarantined_total") == 3
    metrics.run_finished(run(security={"nmo.test": SecurityDetails("TLS 1.3")}))  # without a time
    hosts = {s.labels["host"]: s.value for s in metrics.certificates.collect()[0].samples}  # type: ignore[index]
    assert hosts == {"nmo.test": 1_900_000_000.0}


def test_an_older_run_that_reports_late_does_not_turn_the_gauges_back(
    metrics: Metrics, registry: CollectorRegistry, run: Runs
) -> None:
    late = run(Verdict.FAILED, failure=FAILED, minute=1)
    newest = run(minute=2)
    metrics.run_finished(newest)
    metrics.run_finished(late)
    end = newest.started_at.timestamp() + newest.duration_s
    assert registry.get_sample_value("synthetic_journey_up", OF) == 1
    assert registry.get_sample_value("synthetic_journey_last_completion_timestamp_seconds", OF) == end
    assert registry.get_sample_value("synthetic_journey_last_success_timestamp_seconds", OF) == end
    assert registry.get_sample_value("synthetic_journey_runs_total", OF) == 2


def test_a_failure_moves_the_last_completion_but_not_the_last_success(
    metrics: Metrics, registry: CollectorRegistry, run: Runs
) -> None:
    good, bad = run(minute=1), run(Verdict.FAILED, failure=FAILED, minute=2)
    metrics.run_finished(good)
    metrics.run_finished(bad)
    completed = registry.get_sample_value("synthetic_journey_last_completion_timestamp_seconds", OF)
    succeeded = registry.get_sample_value("synthetic_journey_last_success_timestamp_seconds", OF)
    assert completed == bad.started_at.timestamp() + bad.duration_s
    assert succeeded == good.started_at.timestamp() + good.duration_s
    assert registry.get_sample_value("synthetic_journey_up", OF) == 0


def test_a_retested_run_ends_after_both_attempts(metrics: Metrics, registry: CollectorRegistry, run: Runs) -> None:
    retested = run(attempts=RETESTED)
    metrics.run_finished(retested)
    completed = registry.get_sample_value("synthetic_journey_last_completion_timestamp_seconds", OF)
    assert completed == retested.started_at.timestamp() + 1.0 + 3.5


def test_openmetrics_carries_the_run_as_an_exemplar_and_plain_text_does_not(
    metrics: Metrics, registry: CollectorRegistry, run: Runs
) -> None:
    metrics.run_finished(run(Verdict.FAILED, failure=FAILED, run_id="run-7"))
    content_type, body = exposition(registry, ACCEPT)
    assert content_type.startswith("application/openmetrics-text")
    exemplars = {
        (sample.name, sample.exemplar.labels["run_id"])
        for metric in parse_openmetrics(body.decode())  # type: ignore[no-untyped-call]
        for sample in metric.samples
        if sample.exemplar
    }
    names = ("journey_duration_seconds_bucket", "step_duration_seconds_bucket", "journey_failures_total")
    assert {(f"synthetic_{name}", "run-7") for name in names} <= exemplars
    content_type, body = exposition(registry, "text/html")
    assert content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert b"run-7" not in body


@pytest.mark.parametrize("accept", [None, "", "application/openmetrics-text;version=nonsense", ACCEPT])
@pytest.mark.usefixtures("metrics")
def test_no_creation_times_whatever_is_asked_for(registry: CollectorRegistry, accept: str | None) -> None:
    body = exposition(registry, accept)[1]
    assert b"synthetic_journey_runs_total" in body
    assert b"_created" not in body


def test_buckets_reach_past_the_longest_budget(metrics: Metrics, registry: CollectorRegistry, run: Runs) -> None:
    metrics.run_finished(run(duration_s=250.0))

    def up_to(le: str) -> float | None:
        return registry.get_sample_value("synthetic_journey_duration_seconds_bucket", {**OF, "le": le})

    assert (up_to("180.0"), up_to("300.0")) == (0, 1)


def test_what_is_not_in_a_result_has_methods_of_its_own(metrics: Metrics, registry: CollectorRegistry) -> None:
    metrics.missed("misfire")
    metrics.listener_failed("allureresults")
    metrics.browser_launched(0.4)
    metrics.workers({"idle": 2, "busy": 1})
    metrics.workers({"idle": 3})
    states = {s: registry.get_sample_value("synthetic_workers", {"state": s}) for s in WORKER_STATES}
    assert states == {"starting": 0, "idle": 3, "busy": 0}
    assert registry.get_sample_value("synthetic_scheduler_missed_runs_total", {"reason": "misfire"}) == 1
    assert registry.get_sample_value("synthetic_listener_errors_total", {"listener": "allureresults"}) == 1
    assert registry.get_sample_value("synthetic_browser_launch_seconds_sum") == 0.4


def test_labels_outside_the_closed_lists_are_refused(metrics: Metrics, registry: CollectorRegistry, run: Runs) -> None:
    before = shape(registry)
    with pytest.raises(ValueError, match="whim"):
        metrics.missed("whim")
    with pytest.raises(ValueError, match="lost"):
        metrics.workers({"lost": 1})
    with pytest.raises(KeyError, match="unknown"):
        metrics.run_finished(run(journey="unknown"))
    assert shape(registry) == before


def test_runs_that_end_at_once_are_taken_one_after_the_other(
    metrics: Metrics, registry: CollectorRegistry, run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older run is held up where it has found itself the latest; the newer one ends meanwhile."""
    held, newer = threading.Event(), threading.Event()
    set_up = metrics.last_completion.labels

    def slow(*labels: str) -> object:
        if threading.current_thread() is older and not held.is_set():
            held.set()
            newer.wait(0.2)
        return set_up(*labels)

    def finish_newer() -> None:
        metrics.run_finished(run(minute=2))
        newer.set()

    older = threading.Thread(target=lambda: metrics.run_finished(run(Verdict.FAILED, failure=FAILED, minute=1)))
    monkeypatch.setattr(metrics.last_completion, "labels", slow)
    older.start()
    assert held.wait(10)
    second = threading.Thread(target=finish_newer)
    second.start()
    for thread in (older, second):
        thread.join(10)
    assert registry.get_sample_value("synthetic_journey_up", OF) == 1
    completed = registry.get_sample_value("synthetic_journey_last_completion_timestamp_seconds", OF)
    assert completed == run(minute=2).started_at.timestamp() + 3.5


def test_every_lag_that_a_journey_measures_has_its_series() -> None:
    folder = Path(__file__).parents[3] / "journeys"
    sources = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    measured = set(re.findall(r'\blags\["([\w-]+)"\]', sources))
    deferred = set(re.findall(r'come_back\(visit, "([\w-]+)"', sources))
    assert measured
    assert deferred
    assert measured | deferred <= {*LAG_KINDS}
