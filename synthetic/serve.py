"""Everything that `nmo-monitor serve` puts together: staging, workers, schedule, listeners, endpoint, table."""

import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import FrameType
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry
from rich.console import Console
from rich.live import Live

from exporters.allure import AllureResults
from exporters.allure_folder import Keep, ResultsFolder
from exporters.log import RunLog, Style
from exporters.prometheus import Metrics
from journeys.listener import Listener
from journeys.result import RunResult
from synthetic.artifacts import ArtifactLimit, writable
from synthetic.board import Board
from synthetic.browser import find_browser
from synthetic.embedded import EmbeddedStaging, announce, embedded_staging
from synthetic.endpoint import endpoint
from synthetic.fanout import Fanout
from synthetic.lease import sole_use
from synthetic.pool import Pool
from synthetic.prober import Probe, Prober
from synthetic.process_tree import adopt_orphans
from synthetic.schedule import Job, Schedule
from synthetic.settings import EMBEDDED, Scheduled, Settings
from synthetic.worker import Worker

_BAD_KEPT_LONGER = 4
"""Failures are kept this many times longer than successes: they are what somebody will come to look for."""


class Pulse(Listener):
    """Notices when runs stop coming to an end. ``silence_s`` without one is too long."""

    def __init__(self, silence_s: float) -> None:
        self._silence_s = silence_s
        self._last = time.monotonic()

    def run_finished(self, result: RunResult) -> None:
        """A run ended, whatever its verdict."""
        self._last = time.monotonic()

    def problem(self) -> str | None:
        """What is wrong, or None."""
        silent = time.monotonic() - self._last
        return f"no run has ended for {silent:.0f} s" if silent > self._silence_s else None


def serve(settings: Settings, *, faults: Sequence[str] = (), log: Style | None = None) -> None:
    """Monitor until SIGINT or SIGTERM. ``log`` gives lines in place of the live table.

    Raises SettingsError, StateLocked, PortTaken, BrowserMissing, FolderUnwritable or EmbeddedStagingError before
    anything is monitored.
    """
    monitor = settings.monitor
    browser = find_browser(monitor.browser)
    settings.check_secrets()
    writable(monitor.results_dir, "monitor.results_dir")
    writable(monitor.state_dir, "monitor.state_dir")
    adopt_orphans()
    stop = _stop_on_signals()
    with ExitStack() as stack:
        stack.enter_context(sole_use(monitor.state_dir))
        staging = stack.enter_context(_staging(settings, faults))
        probes = {entry: _probe(entry, settings, staging) for entry in settings.schedule}
        recorders = _recorders(settings)
        registry = CollectorRegistry()
        metrics = _metrics(registry, settings, probes, [recorder.name for recorder in recorders])
        schedule, pulse = Schedule(metrics.missed), Pulse(_silence_s(probes))
        pool = Pool(
            partial(Worker, browser, headed=monitor.headed),
            size=monitor.workers,
            runs_per_worker=monitor.runs_per_worker,
            growth_mib=monitor.memory_growth_mib,
            watcher=metrics,
        )
        stack.callback(pool.close)
        health = partial(_health, schedule, pulse)
        ready = partial(_ready, pool)
        url = stack.enter_context(endpoint(monitor.host, monitor.port, registry, health, ready))
        places = {"metrics": f"{url}/metrics", **_places(staging)}
        board = Board(tuple(probes), places, schedule.next_start)
        console = Console()
        lines = RunLog(sys.stdout, log or "text") if log or not console.is_terminal else None
        fanout = Fanout([metrics, pulse, board, *([lines] if lines else []), *recorders], metrics.listener_failed)
        prober = Prober(pool, fanout, monitor.state_dir, monitor.location)
        schedule.start([_job(prober, entry, probe, board) for entry, probe in probes.items()])
        stack.callback(schedule.stop)
        _show(board, console, places, stop, live=lines is None)


def _show(board: Board, console: Console, places: Mapping[str, str], stop: threading.Event, *, live: bool) -> None:
    """The table where there is a terminal, else the addresses; until it is time to stop."""
    if live:
        with Live(board, console=console, refresh_per_second=2):
            stop.wait()
        console.print("stopping…")
        return
    for name, place in places.items():
        console.print(f"{name} {place}", soft_wrap=True, highlight=False)
    stop.wait()


@contextmanager
def _staging(settings: Settings, faults: Sequence[str]) -> Iterator[EmbeddedStaging | None]:
    """The embedded staging, if anything is scheduled on it, with word of it in the state folder."""
    if all(entry.target != EMBEDDED for entry in settings.schedule):
        yield None
        return
    with embedded_staging(faults) as staging:
        word = announce(staging, settings.monitor.state_dir)
        try:
            yield staging
        finally:
            word.unlink(missing_ok=True)


def _probe(entry: Scheduled, settings: Settings, staging: EmbeddedStaging | None) -> Probe:
    journey = settings.journey(entry.journey)
    if staging and entry.target == EMBEDDED:
        return Probe(journey, staging.personas[entry.persona], staging.target)
    return Probe(journey, settings.persona(entry.persona), settings.target(entry.target))


def _job(prober: Prober, entry: Scheduled, probe: Probe, board: Board) -> Job:
    return Job(entry.name, entry, partial(prober.run, probe, "schedule", progress=(board.progress(entry),)))


def _recorders(settings: Settings) -> list[Listener]:
    """What keeps runs on disk, within bounds."""
    monitor = settings.monitor
    age = timedelta(days=monitor.keep_days)
    folder = ResultsFolder(
        monitor.results_dir,
        good=Keep(monitor.keep_results, age),
        bad=Keep(monitor.keep_results, age * _BAD_KEPT_LONGER),
    )
    limit = ArtifactLimit(
        monitor.state_dir / "artifacts",
        keep=monitor.keep_results,
        age_s=(age * _BAD_KEPT_LONGER).total_seconds(),
    )
    # In this order: the Allure results copy the evidence before anything makes room.
    return [AllureResults(folder, settings.journeys), limit]


def _metrics(
    registry: CollectorRegistry,
    settings: Settings,
    probes: Mapping[Scheduled, Probe],
    listeners: Iterable[str],
) -> Metrics:
    """Metrics of the journeys that are scheduled, each with its shortest interval."""
    intervals: dict[str, float] = {}
    for entry in probes:
        intervals[entry.journey] = min(entry.gap_s, intervals.get(entry.journey, entry.gap_s))
    targets = [probe.target for probe in probes.values()]
    sites = {site for target in targets for site in (target.nmo, target.gosuslugi, target.esia)}
    return Metrics(
        registry,
        [replace(settings.journey(name), interval_s=interval) for name, interval in intervals.items()],
        location=settings.monitor.location,
        hosts={urlsplit(site).hostname or "" for site in sites if site.startswith("https:")},
        listeners=["pulse", "board", "runlog", *listeners],
    )


def _silence_s(probes: Mapping[Scheduled, Probe]) -> float:
    """How long it may be until some run ends: three times the rarest rhythm would hide a dead schedule."""
    return 3 * min(entry.gap_s for entry in probes) + max(probe.journey.deadline_s for probe in probes.values())


def _health(schedule: Schedule, pulse: Pulse) -> str | None:
    return pulse.problem() if schedule.running else "the schedule is not running"


def _ready(pool: Pool) -> str | None:
    return None if pool.ready else "no browser is up yet"


def _places(staging: EmbeddedStaging | None) -> dict[str, str]:
    if staging is None:
        return {}
    target = staging.target
    return {"НМО": target.nmo, "Госуслуги": target.gosuslugi, "ЕСИА": target.esia}


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def leave(_: int, __: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    return stop
