"""Everything that `nmo-monitor serve` puts together: staging, workers, schedule, listeners, endpoint, table."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry
from rich.console import Console
from rich.live import Live

from exporters.allure import AllureResults
from exporters.allure_folder import Keep, ResultsFolder
from exporters.log import RunLog, Style
from exporters.prometheus import Metrics
from journeys.journey import Journey
from journeys.listener import Listener
from journeys.result import RunResult
from journeys.target import plain_host
from synthetic.advice import catalogue, explained
from synthetic.artifacts import ArtifactLimit, writable
from synthetic.board import Board
from synthetic.browser import check_devices, find_browser
from synthetic.embedded import EmbeddedStaging, announce, embedded_staging
from synthetic.endpoint import endpoint, listening
from synthetic.fanout import Fanout
from synthetic.follow_ups import FollowUps, Removed
from synthetic.history import Pending
from synthetic.lease import sole_use
from synthetic.pool import Pool, PoolClosed
from synthetic.prober import Probe, Prober
from synthetic.process_tree import adopt_orphans
from synthetic.pulse import Pulse
from synthetic.resumption import Resumption, open_history
from synthetic.schedule import Job, Schedule
from synthetic.settings import EMBEDDED, InvalidSettings, Monitor, Scheduled, Settings, UnknownName
from synthetic.termination import Termination
from synthetic.worker import Worker

_BAD_KEPT_LONGER = 4
"""Failures are kept this many times longer than successes: they are what somebody will come to look for."""
_LOOK_EVERY_S = 60.0
"""Between two looks for what was asked for outside of this process."""


def serve(settings: Settings, *, faults: Sequence[str] = (), log: Style | None = None) -> None:
    """Monitor until SIGINT or SIGTERM. ``log`` gives lines in place of the live table.

    Raises SettingsError, StateLocked, LockUnusable, PortTaken, BrowserMissing, FolderUnwritable, CatalogueInvalid,
    EmbeddedStagingError or DeviceUnknown before anything is monitored.
    """
    monitor = settings.monitor
    browser = find_browser(monitor.browser, headed=monitor.headed)
    settings.check_secrets()
    catalogue()
    writable(monitor.results_dir, "monitor.results_dir")
    writable(monitor.state_dir, "monitor.state_dir")
    adopt_orphans()
    began = datetime.now(UTC)
    with ExitStack() as stack:
        termination = stack.enter_context(closing(Termination()))
        stack.enter_context(sole_use(monitor.state_dir))
        listener = stack.enter_context(listening(monitor.host, monitor.port))
        staging = stack.enter_context(_staging(settings, faults))
        probes = {entry: _probe(entry, settings, staging) for entry in settings.schedule}
        check_devices(probe.target for probe in probes.values())
        recorders = recorders_of(settings)
        registry = CollectorRegistry()
        metrics = _metrics(registry, settings, probes, [recorder.name for recorder in recorders])
        history = open_history(settings, partial(metrics.listener_failed, "history"))
        stack.callback(history.close)
        schedule = Schedule(metrics.missed)
        pulse = Pulse(schedule.next_start, limit_s=_longest_s(probe.journey for probe in probes.values()))
        pool = _pool(browser, monitor, metrics)
        stack.callback(pool.close)
        health = partial(_health, schedule, pulse, tuple(entry.name for entry in probes))
        url = stack.enter_context(endpoint(listener, registry, health, partial(_ready, pool)))
        places = {"metrics": f"{url}/metrics", **_places(staging)}
        console = Console()
        lines = RunLog(sys.stdout, log or "text") if log or not console.is_terminal else None

        def follow_up(probe: Probe) -> RunResult | None:
            with suppress(PoolClosed):
                return prober.run(probe, "schedule")
            return None

        kept = Fanout([history], metrics.listener_failed)
        follow_ups = FollowUps(
            partial(_followed, settings, staging, began),
            follow_up,
            schedule.once,
            kept.run_finished,
            monitor.location,
        )
        board = Board(tuple(probes), places, schedule.next_start, follow_ups.due)
        # The history first: what has been told elsewhere is not lost with the monitor. It waits for no database.
        told = [history, metrics, board, *([lines] if lines else []), *recorders, follow_ups]
        fanout = Fanout(told, metrics.listener_failed)
        prober = Prober(
            pool,
            fanout,
            monitor.state_dir,
            monitor.location,
            stopping=termination.asked,
            awaited=follow_ups.awaited,
        )
        schedule.start([_job(prober, entry, probe, board, pulse) for entry, probe in probes.items()])
        stack.callback(schedule.stop)
        longest = timedelta(seconds=_longest_s(settings.journeys))
        resumption = Resumption(history, metrics, fanout, kept, follow_ups, monitor.location, began, longest)
        history.start(resumption)
        schedule.again("follow-ups asked by hand", _LOOK_EVERY_S, resumption.look)
        if lines:
            _say(places, log)
            termination.wait()
        else:
            with Live(board, console=console, refresh_per_second=2):
                termination.wait()
            console.print("stopping…")


def _pool(browser: Path, monitor: Monitor, metrics: Metrics) -> Pool:
    return Pool(
        partial(Worker, browser, headed=monitor.headed, sandbox=monitor.sandbox),
        size=monitor.workers,
        runs_per_worker=monitor.runs_per_worker,
        growth_mib=monitor.memory_growth_mib,
        watcher=metrics,
    )


def _say(places: Mapping[str, str], log: Style | None) -> None:
    """Where everything is, in the form of the lines that follow."""
    if log == "json":
        print(json.dumps({"event": "serving", **places}, ensure_ascii=False), flush=True)
        return
    for name, place in places.items():
        print(f"{name} {place}", flush=True)


@contextmanager
def _staging(settings: Settings, faults: Sequence[str]) -> Iterator[EmbeddedStaging | None]:
    """The embedded staging, if anything is scheduled on it, with word of it in the state folder."""
    if all(entry.target != EMBEDDED for entry in settings.schedule):
        yield None
        return
    with embedded_staging(faults) as staging:
        try:
            word = announce(staging, settings.monitor.state_dir)
        except OSError as error:  # a full disk, most likely: what is monitored does not need it
            why = error.strerror or type(error).__name__
            said = f"monitor.state_dir: {why}; `nmo-monitor faults` will not find the staging"
            print(f"nmo-monitor: {said}", file=sys.stderr)
            word = None
        try:
            yield staging
        finally:
            if word:
                word.unlink(missing_ok=True)


def _probe(entry: Scheduled, settings: Settings, staging: EmbeddedStaging | None) -> Probe:
    journey = settings.journey(entry.journey)
    if staging and entry.target == EMBEDDED:
        persona = staging.personas[entry.persona]
        # The settings do not know the staging's people, so this is not seen where they are read.
        if lacking := journey.lacking(persona):
            raise UnknownName(f"schedule: {entry.journey} by {entry.persona} on {EMBEDDED}: {lacking}")
        return Probe(journey, persona, staging.target)
    return Probe(journey, settings.persona(entry.persona), settings.target(entry.target))


def _followed(settings: Settings, staging: EmbeddedStaging | None, began: datetime, one: Pending) -> Probe:
    """The probe that a follow-up is. Raises Removed, or SettingsError for what may come back."""
    try:
        journey = settings.journey(one.asked.journey)
        if one.target != EMBEDDED:
            persona, target = settings.persona(one.persona), settings.target(one.target)
        elif staging is None or one.asked_at < began:
            raise Removed("the embedded staging of that time has ended")
        else:
            persona, target = staging.personas[one.persona], staging.target
    except UnknownName as error:
        raise Removed(str(error)) from None
    if lacking := journey.lacking(persona):
        raise Removed(f"{persona.name}: {lacking}")
    if unreached := journey.unreached(persona, target.inboxes, target.name):
        raise InvalidSettings(f"{persona.name} {unreached}")
    return Probe(journey, persona, target, one.asked.notes, one.run_id)


def _job(prober: Prober, entry: Scheduled, probe: Probe, board: Board, pulse: Pulse) -> Job:
    progress = (board.progress(entry), pulse.progress(entry.name))

    def act() -> None:
        # A run that the end of the monitor cuts off is nobody's: it has no result and no listener hears of it.
        board.waits(entry)
        with pulse.beat(entry.name), suppress(PoolClosed):
            prober.run(probe, "schedule", progress=progress)

    return Job(entry.name, entry, act)


def recorders_of(settings: Settings) -> list[Listener]:
    """What keeps runs on disk, within bounds."""
    monitor = settings.monitor
    age = timedelta(days=monitor.keep_days)
    folder = ResultsFolder(
        monitor.results_dir,
        good=Keep(monitor.keep_results, age),
        bad=Keep(monitor.keep_results, age * _BAD_KEPT_LONGER),
    )
    with suppress(OSError):
        # The report's first page; a disk that is full now is told of by the first run.
        targets = ", ".join(dict.fromkeys(entry.target for entry in settings.schedule))
        folder.describe({"Location": monitor.location, "Targets": targets})
    # In this order: the Allure results copy the evidence before anything makes room.
    explain = partial(explained, language=monitor.language)
    return [AllureResults(folder, settings.journeys, explain), artifact_limit(settings)]


def artifact_limit(settings: Settings) -> ArtifactLimit:
    """Bounds the evidence on disk. Most of it is of failures."""
    monitor = settings.monitor
    age_s = timedelta(days=monitor.keep_days * _BAD_KEPT_LONGER).total_seconds()
    return ArtifactLimit(monitor.state_dir / "artifacts", keep=monitor.keep_results, age_s=age_s)


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
    hosts = {urlsplit(site).hostname or "" for site in sites if site.startswith("https:")}
    scheduled = [replace(settings.journey(name), interval_s=interval) for name, interval in intervals.items()]
    return Metrics(
        registry,
        [*scheduled, *(journey for journey in settings.journeys if not journey.on_schedule)],
        location=settings.monitor.location,
        # As the browser names them, which writes no national letters.
        hosts={plain_host(host) for host in hosts},
        listeners=["board", "runlog", "history", "follow-ups", *listeners],
    )


def _longest_s(journeys: Iterable[Journey]) -> float:
    """How long all jobs together may go without a step, and no run goes on: two tries to their deadlines, and two waits
    for a code's window."""
    return 4 * max(journey.deadline_s for journey in journeys) + 120


def _health(schedule: Schedule, pulse: Pulse, names: tuple[str, ...]) -> str | None:
    return pulse.problem(names) if schedule.running else "the schedule is not running"


def _ready(pool: Pool) -> str | None:
    return None if pool.ready else "no browser is up yet"


def _places(staging: EmbeddedStaging | None) -> dict[str, str]:
    if staging is None:
        return {}
    target = staging.target
    return {"НМО": target.nmo, "Госуслуги": target.gosuslugi, "ЕСИА": target.esia}
