"""A run as Prometheus metrics.

Every label takes its values from a closed list, so every series that can exist does exist from the start, at zero:
`rate()` and `increase()` see the first failure, and an alert can tell "never" from "not scraped". A timestamp of 0
means that it has not happened yet.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence, Set

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from journeys.cause import SYSTEMS_OF, Cause
from journeys.journey import Journey
from journeys.listener import Listener
from journeys.result import Failure, RunResult, SecurityDetails, Verdict
from journeys.system import SITES, System

SKIP_REASONS = ("leased", "locked", "maintenance", "circuit-open", "other")
MISS_REASONS = ("misfire", "max-instances", "coalesced")
WORKER_STATES = ("starting", "idle", "busy")
LAG_KINDS = ("first", "check", "update", "documents", "resubmission")
EVIDENCE = "evidence"
"""The name under which pieces of evidence that could not be stored count as listener errors."""
VITALS = ("ttfb", "fcp", "lcp")

DURATION_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300)
VITAL_BUCKETS = (0.1, 0.2, 0.4, 0.8, 1.2, 1.8, 2.5, 3, 4, 6, 10, 30)
LAG_BUCKETS = (1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600, 48 * 3600, 72 * 3600)

_JOURNEY = ("journey", "location")
_OPENMETRICS = "application/openmetrics-text"
_UNEXPLAINED = Failure(System.MONITOR, Cause.MONITOR_ERROR, "a run that failed and does not say why")


class Metrics(Listener):
    """What runs of ``journeys`` at one ``location`` came to, kept in ``registry``.

    The journeys are taken as they are run: with the interval and the budgets in force, in seconds. ``hosts`` are
    the host names of the targets' https sites, ``listeners`` the names of those whose errors are counted. A result
    of another journey raises KeyError. Safe to call from several threads.
    """

    def __init__(
        self,
        registry: CollectorRegistry,
        journeys: Sequence[Journey],
        *,
        location: str,
        hosts: Iterable[str] = (),
        listeners: Iterable[str] = (),
    ) -> None:
        self._lock = threading.Lock()
        self._location = location
        self._journeys = {journey.name: journey for journey in journeys}
        self._completed_at = dict.fromkeys(self._journeys, 0.0)
        self._succeeded_at = dict.fromkeys(self._journeys, 0.0)
        self._hosts = frozenset(hosts)
        self._seen: set[str] = set()
        self._declare_verdicts(registry)
        self._declare_times(registry)
        self._declare_monitor(registry)
        for journey in journeys:
            self._zero(journey)
        self._zero_monitor(listeners)

    @property
    def journeys(self) -> frozenset[str]:
        """Names of the journeys that are monitored."""
        return frozenset(self._journeys)

    def run_finished(self, result: RunResult) -> None:
        """Count the run. KeyError for a journey that is not monitored."""
        if result.journey not in self._journeys:
            raise KeyError(result.journey)
        with self._lock:
            self._count(result)
            if result.verdict is not Verdict.SKIPPED:
                self.queue_wait.observe(result.queue_wait_s, {"run_id": result.run_id})
            if result.counted:
                self._complete(result)
                self._time(result)
            self.quarantined.inc(result.quarantined)
            if result.evidence_lost:
                self.listener_errors.labels(EVIDENCE).inc(result.evidence_lost)
            self._seen |= self._certify(self._hosts, result.security)

    def resume(self, journey: str, last_completion: float, last_success: float) -> None:
        """Set the gauges to how a journey stood when the monitor ended, in Unix seconds; 0 is never.

        The counters begin anew: Prometheus knows a reset, and would take a count that came back for new events.
        A journey that is not monitored, or has come to something since, is left as it is.
        """
        with self._lock:
            if journey not in self._journeys:
                return
            of = (journey, self._location)
            if last_success > self._succeeded_at[journey]:
                self._succeeded_at[journey] = last_success
                self.last_success.labels(*of).set(last_success)
            if last_completion > self._completed_at[journey]:
                self._completed_at[journey] = last_completion
                self.last_completion.labels(*of).set(last_completion)
                self.up.labels(*of).set(last_completion == last_success)

    def resume_certificates(self, security: Mapping[str, SecurityDetails]) -> None:
        """Set the ends of the certificates to what a run saw before the monitor ended, where none has been seen
        since."""
        with self._lock:
            self._certify(self._hosts - self._seen, security)

    def missed(self, reason: str) -> None:
        """The scheduler could not start a run; ``reason`` is one of `MISS_REASONS` (ValueError)."""
        self.missed_runs.labels(_one_of(MISS_REASONS, reason)).inc()

    def listener_failed(self, name: str) -> None:
        """A listener raised."""
        self.listener_errors.labels(name).inc()

    def browser_launched(self, seconds: float) -> None:
        """A worker started its browser in ``seconds``."""
        self.browser_launch.observe(seconds)

    def workers(self, counts: Mapping[str, int]) -> None:
        """How many workers are in each of `WORKER_STATES`; a state left out has none (ValueError for another)."""
        for state in counts:
            _one_of(WORKER_STATES, state)
        for state in WORKER_STATES:
            self.worker_states.labels(state).set(counts.get(state, 0))

    def _certify(self, hosts: Set[str], security: Mapping[str, SecurityDetails]) -> set[str]:
        """Which hosts' certificates were told."""
        told = {host for host in hosts & security.keys() if security[host].not_after}
        for host in told:
            self.certificates.labels(host).set(security[host].not_after)
        return told

    def _count(self, result: RunResult) -> None:
        of = (result.journey, self._location)
        failure = result.failure or _UNEXPLAINED
        exemplar = {"run_id": result.run_id}
        if result.counted:
            self.runs.labels(*of).inc()
        if result.flaky:
            self.flaky.labels(*of).inc()
        match result.verdict:
            case Verdict.DEGRADED:
                self.degraded.labels(*of).inc()
            case Verdict.FAILED:
                self.failures.labels(*of, failure.system, failure.cause).inc(exemplar=exemplar)
            case Verdict.BROKEN:
                self.broken.labels(*of, failure.cause).inc(exemplar=exemplar)
            case Verdict.SKIPPED:
                reason = result.skip_reason if result.skip_reason in SKIP_REASONS else "other"
                self.skipped.labels(*of, reason).inc()

    def _complete(self, result: RunResult) -> None:
        """Keep the gauges at the latest run: workers hand their results in out of order."""
        of = (result.journey, self._location)
        earlier_s = sum(attempt.duration_s for attempt in result.attempts[:-1])
        at = result.started_at.timestamp() + earlier_s + result.duration_s
        if at < self._completed_at[result.journey]:
            return
        self._completed_at[result.journey] = at
        self.last_completion.labels(*of).set(at)
        self.up.labels(*of).set(result.good)
        if result.good:
            self._succeeded_at[result.journey] = at
            self.last_success.labels(*of).set(at)

    def _time(self, result: RunResult) -> None:
        of = (result.journey, self._location)
        exemplar = {"run_id": result.run_id}
        self.duration.labels(*of).observe(result.duration_s, exemplar)
        for step in result.steps:
            self.step_duration.labels(*of, step.name, step.system).observe(step.duration_s, exemplar)
        for hop in result.hops:
            if hop.system in SITES and hop.status:  # a hop that nothing answered has no latency
                self.hop_duration.labels(*of, hop.system).observe(hop.duration_s, exemplar)
        for kind, seconds in result.lags.items():
            self.sync_lag.labels(kind).observe(seconds, exemplar)
        for vital in result.vitals.keys() & self.vitals.keys():
            self.vitals[vital].labels(*of).observe(result.vitals[vital], exemplar)

    def _declare_verdicts(self, registry: CollectorRegistry) -> None:
        def counter(name: str, says: str, *labels: str) -> Counter:
            return Counter(name, says, (*_JOURNEY, *labels), namespace="synthetic", registry=registry)

        def gauge(name: str, says: str) -> Gauge:
            return Gauge(name, says, _JOURNEY, namespace="synthetic", registry=registry)

        self.runs = counter("journey_runs_total", "Completed runs: passed, degraded or failed.")
        self.failures = counter("journey_failures_total", "Failed runs, by whose fault and why.", "system", "cause")
        self.broken = counter("journey_broken_total", "Runs that the monitor itself could not do.", "cause")
        self.degraded = counter("journey_degraded_total", "Good runs over a budget or with a soft check failed.")
        self.flaky = counter("journey_flaky_total", "Good runs that had failed at the first attempt.")
        self.skipped = counter("journey_skipped_total", "Runs left out on purpose.", "reason")
        self.up = gauge("journey_up", "Whether the last completed run was good.")
        self.last_completion = gauge("journey_last_completion_timestamp_seconds", "End of the last completed run.")
        self.last_success = gauge("journey_last_success_timestamp_seconds", "End of the last good run.")
        self.interval = gauge("journey_interval_seconds", "Time between two scheduled runs.")
        self.budget = gauge("journey_budget_seconds", "Time over which a run is degraded.")
        self.info = Info("journey", "What the journey is.", _JOURNEY, namespace="synthetic", registry=registry)

    def _declare_times(self, registry: CollectorRegistry) -> None:
        def histogram(name: str, says: str, *labels: str, buckets: Sequence[float] = DURATION_BUCKETS) -> Histogram:
            return Histogram(name, says, labels, namespace="synthetic", registry=registry, buckets=buckets)

        self.duration = histogram("journey_duration_seconds", "Duration of completed runs.", *_JOURNEY)
        self.step_duration = histogram(
            "step_duration_seconds", "Duration of the steps of completed runs.", *_JOURNEY, "step", "system"
        )
        self.hop_duration = histogram(
            "hop_duration_seconds", "Time to a document, redirects included.", *_JOURNEY, "system"
        )
        self.sync_lag = histogram(
            "sync_lag_seconds", "Time a register took to synchronise.", "kind", buckets=LAG_BUCKETS
        )
        self.vitals = {
            vital: histogram(
                f"web_vital_{vital}_seconds", f"{vital.upper()} of the pages.", *_JOURNEY, buckets=VITAL_BUCKETS
            )
            for vital in VITALS
        }
        self.queue_wait = histogram("queue_wait_seconds", "Time a run waited for a worker.")
        self.browser_launch = histogram("browser_launch_seconds", "Time a worker took to start its browser.")

    def _declare_monitor(self, registry: CollectorRegistry) -> None:
        def counter(name: str, says: str, *labels: str) -> Counter:
            return Counter(name, says, labels, namespace="synthetic", registry=registry)

        def gauge(name: str, says: str, *labels: str) -> Gauge:
            return Gauge(name, says, labels, namespace="synthetic", registry=registry)

        self.worker_states = gauge("workers", "Workers by state.", "state")
        self.missed_runs = counter("scheduler_missed_runs_total", "Runs that were due and not started.", "reason")
        self.quarantined = counter("artifacts_quarantined_total", "Artifacts withheld: not proven free of secrets.")
        self.listener_errors = counter("listener_errors_total", "Errors of listeners to runs.", "listener")
        self.certificates = gauge(
            "tls_certificate_not_after_timestamp_seconds", "End of validity of the host's certificate.", "host"
        )

    def _zero(self, journey: Journey) -> None:
        of = (journey.name, self._location)
        for metric in (self.runs, self.degraded, self.flaky, self.up, self.last_completion, self.last_success):
            metric.labels(*of)
        for histogram in (self.duration, *self.vitals.values()):
            histogram.labels(*of)
        for cause, systems in SYSTEMS_OF.items():
            for system in systems:
                if system is System.MONITOR:
                    self.broken.labels(*of, cause)
                else:
                    self.failures.labels(*of, system, cause)
        for reason in SKIP_REASONS:
            self.skipped.labels(*of, reason)
        for step in journey.steps:
            self.step_duration.labels(*of, step.name, step.system)
        for site in SITES:
            self.hop_duration.labels(*of, site)
        if journey.on_schedule:  # one that only follows up another is never late
            self.interval.labels(*of).set(journey.interval_s)
        self.budget.labels(*of).set(journey.budget_s)
        self.info.labels(*of).info({"title": journey.title, "objective": str(journey.objective)})

    def _zero_monitor(self, listeners: Iterable[str]) -> None:
        closed: tuple[tuple[Counter | Gauge | Histogram, Iterable[str]], ...] = (
            (self.worker_states, WORKER_STATES),
            (self.missed_runs, MISS_REASONS),
            (self.sync_lag, LAG_KINDS),
            (self.certificates, self._hosts),
            (self.listener_errors, {*listeners, EVIDENCE}),
        )
        for metric, values in closed:
            for value in sorted(values):
                metric.labels(value)


def exposition(registry: Collector, accept: str | None) -> tuple[str, bytes]:
    """Content type and body of a scrape: OpenMetrics, with exemplars, if ``accept`` names it, else plain text.

    The library's choice is not given the whole header: it raises on a version it cannot parse.
    """
    encode, content_type = choose_encoder(_OPENMETRICS if _OPENMETRICS in (accept or "") else "")
    return content_type, encode(_WithoutCreated(registry))


class _WithoutCreated(Collector):
    """A third more series that nobody asks for; the library's own switch is a global of the process."""

    def __init__(self, registry: Collector) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        for metric in self._registry.collect():
            metric.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
            yield metric


def _one_of(known: Sequence[str], value: str) -> str:
    if value not in known:
        raise ValueError(f"{value!r} is not one of {', '.join(known)}")
    return value
