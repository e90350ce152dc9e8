"""The metrics as a real Prometheus sees them."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from prometheus_client import CollectorRegistry

from exporters.prometheus import Metrics, exposition
from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.result import Failure, Hop, RunResult, SecurityDetails, StepResult, Verdict
from journeys.system import System
from synthetic.endpoint import endpoint, listening

pytestmark = pytest.mark.service

SCRIPT = Path(__file__).parents[2] / "scripts" / "prometheus"
PATIENCE_S = 60
JOURNEY = next(journey for journey in JOURNEYS if journey.name == "sign-in")


@pytest.fixture(scope="module")
def binaries() -> Path:
    found = subprocess.run([SCRIPT], capture_output=True, text=True, check=False)
    if found.returncode:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"no Prometheus: {found.stderr.strip()}")
    return Path(found.stdout.strip())


@pytest.fixture
def registry() -> CollectorRegistry:
    """One good run and one bad of every journey, and everything else that can be told."""
    registry = CollectorRegistry()
    metrics = Metrics(registry, JOURNEYS, location="moscow", hosts=["nmo.test"], listeners=["runlog"])
    for journey in JOURNEYS:
        for verdict in (Verdict.PASSED, Verdict.FAILED):
            metrics.run_finished(
                RunResult(
                    run_id=f"{journey.name}-{verdict}",
                    journey=journey.name,
                    persona="doctor",
                    target="staging",
                    location="moscow",
                    origin="schedule",
                    started_at=datetime.now(UTC),
                    duration_s=4.0,
                    verdict=verdict,
                    failure=Failure(System.ESIA, Cause.TIMEOUT, "?") if verdict is Verdict.FAILED else None,
                    steps=tuple(StepResult(s.name, s.system, verdict, 0.5, s.budget_s) for s in journey.steps),
                    hops=(Hop(System.NMO, "https://nmo.test/", 200, 0.1),),
                    lags={"first": 60.0},
                    vitals={"ttfb": 0.1, "fcp": 0.2, "lcp": 0.3},
                    security={"nmo.test": SecurityDetails(not_after=1_900_000_000.0)},
                )
            )
    metrics.browser_launched(0.4)
    metrics.workers({"idle": 1})
    metrics.missed("misfire")
    return registry


def test_the_scrape_configuration_is_sound(binaries: Path) -> None:
    config = SCRIPT.parents[1] / "deploy" / "prometheus.yml"
    said = subprocess.run(
        [binaries / "promtool", "check", "config", config], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    assert "127.0.0.1:9464" in config.read_text(encoding="utf-8")


RULES = """
rule_files: [{rules}]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {{series: 'up{{job="nmo-monitor"}}', values: "{up}"}}
      - {{series: 'synthetic_journey_interval_seconds{{journey="sign-in"}}', values: "300+0x60"}}
      - {{series: 'synthetic_journey_last_completion_timestamp_seconds{{journey="sign-in"}}', values: "{completed}"}}
      - {{series: 'synthetic_journey_up{{journey="sign-in"}}', values: "{good}"}}
    alert_rule_test:
      - {{eval_time: 50m, alertname: {alert}, exp_alerts: [{expected}]}}
"""
FIRES = {
    "NmoMonitorDown": '{exp_labels: {job: nmo-monitor, severity: page}, exp_annotations: {summary: "The monitor does '
    'not answer, and nothing is known of the path."}}',
    "NmoJourneyOverdue": '{exp_labels: {journey: sign-in, severity: page}, exp_annotations: {summary: "sign-in has not '
    'been walked to a verdict for more than 2.5 of its intervals."}}',
    "NmoJourneyDown": '{exp_labels: {journey: sign-in, severity: page}, exp_annotations: {summary: "sign-in failed in '
    'its last run; `nmo-monitor history --journey sign-in` says why."}}',
}
"""Alert -> how promtool is told to expect it."""


@pytest.mark.parametrize(
    ("fires", "up", "completed", "good"),
    [
        (None, "1+0x60", "0+60x60", "1+0x60"),
        ("NmoMonitorDown", "1+0x20 0+0x40", "0+60x20 stale", "1+0x20 stale"),
        ("NmoMonitorDown", "1+0x20 stale", "0+60x20 stale", "1+0x20 stale"),
        ("NmoJourneyOverdue", "1+0x60", "0+60x20 1200+0x40", "1+0x60"),
        ("NmoJourneyOverdue", "1+0x60", "0+0x60", "0+0x60"),
        ("NmoJourneyDown", "1+0x60", "0+60x60", "1+0x45 0+0x15"),
    ],
    ids=["all is well", "no answer", "not asked", "stands still", "never walked", "the last run was bad"],
)
@pytest.mark.parametrize("alert", FIRES)
def test_the_alerts(
    binaries: Path, tmp_path: Path, alert: str, fires: str | None, up: str, completed: str, good: str
) -> None:
    rules = SCRIPT.parents[1] / "deploy" / "alerts.yml"
    expected = FIRES[alert] if alert == fires else ""
    case = tmp_path / "case.yml"
    case.write_text(RULES.format(rules=rules, up=up, completed=completed, good=good, alert=alert, expected=expected))
    said = subprocess.run([binaries / "promtool", "test", "rules", case], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


def test_promtool_has_nothing_to_say(binaries: Path, registry: CollectorRegistry) -> None:
    body = exposition(registry, None)[1]
    said = subprocess.run([binaries / "promtool", "check", "metrics"], input=body, capture_output=True, check=False)
    assert (said.returncode, said.stdout, said.stderr) == (0, b"", b"")


def test_a_real_prometheus_scrapes_counts_zeros_and_exemplars(
    binaries: Path, registry: CollectorRegistry, tmp_path: Path
) -> None:
    with (
        listening("127.0.0.1", 0) as listener,
        endpoint(listener, registry, lambda: None, lambda: None) as url,
        prometheus(binaries, urlsplit(url).netloc, tmp_path) as ask,
    ):
        up = 'up{job="nmo-monitor"} == 1'
        wait_for(lambda: ask("query", query=up)["result"])
        values = {
            query: [float(series["value"][1]) for series in ask("query", query=query)["result"]]
            for query in (
                f'synthetic_journey_runs_total{{journey="{JOURNEY.name}", location="moscow"}}',
                f'synthetic_journey_failures_total{{journey="{JOURNEY.name}", system="esia", cause="timeout"}}',
                f'synthetic_journey_failures_total{{journey="{JOURNEY.name}", system="nmo", cause="timeout"}}',
                f"count(synthetic_journey_info{{objective!='', title='{JOURNEY.title}'}})",
                "count(synthetic_journey_up == 0)",
                '{__name__=~"synthetic_.*_created"}',
            )
        }
        assert list(values.values()) == [[2], [1], [0], [1], [len(JOURNEYS)], []]
        exemplars = wait_for(
            lambda: ask(
                "query_exemplars",
                query=f'synthetic_journey_duration_seconds_bucket{{journey="{JOURNEY.name}"}}',
                start=str(time.time() - 600),
                end=str(time.time() + 600),
            )
        )
        assert exemplars[0]["exemplars"][-1]["labels"] == {"run_id": f"{JOURNEY.name}-failed"}


@contextmanager
def prometheus(binaries: Path, target: str, folder: Path) -> Iterator[Callable[..., Any]]:
    """A Prometheus that scrapes ``target``; yields a call of its HTTP API that returns the answer's data."""
    config = folder / "prometheus.yml"
    config.write_text(
        # It also limits how long an answer may take: 500 ms were too little on a machine ten times slower.
        "global: {scrape_interval: 3s}\n"
        "scrape_configs:\n"
        f"  - {{job_name: nmo-monitor, static_configs: [{{targets: ['{target}']}}]}}\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [
        str(binaries / "prometheus"),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--enable-feature=exemplar-storage",
        "--log.level=warn",
    ]
    with (
        (folder / "prometheus.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,
        httpx.Client(base_url=f"http://{address}/api/v1/", trust_env=False) as client,
    ):

        def ask(what: str, **parameters: str) -> Any:
            assert process.poll() is None, (folder / "prometheus.log").read_text()
            answer = client.get(what, params=parameters)
            answer.raise_for_status()
            return answer.json()["data"]

        try:
            yield ask
        finally:
            process.terminate()


def wait_for(condition: Callable[[], Any]) -> Any:
    """The first true value of ``condition``; a server that is not there yet counts as false."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            if value := condition():
                return value
        except httpx.HTTPError:
            pass
        assert time.monotonic() < deadline, f"not within {PATIENCE_S} s"
        time.sleep(0.1)
