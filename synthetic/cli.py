"""The command line `nmo-monitor`. Usage and settings errors end in one clear line and exit code 2."""

import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape

from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.journey import Journey
from journeys.listener import Listener
from journeys.persona import Persona
from journeys.result import RunResult, Verdict
from journeys.system import System
from journeys.target import Target
from staging.__main__ import main as staging_main
from staging.fault_catalogue import CATALOGUE
from synthetic.artifacts import FolderUnwritable, writable
from synthetic.board import COLOURS, Steps
from synthetic.browser import BrowserMissing, find_browser
from synthetic.doctor import check_browser, examine, install_browser
from synthetic.embedded import EmbeddedStaging, EmbeddedStagingError, embedded_staging
from synthetic.endpoint import PortTaken
from synthetic.fanout import Fanout
from synthetic.fault_switch import FaultSwitchError, switch_fault
from synthetic.history import Filter, HistoryError, availability, pending, runs
from synthetic.lease import LockUnusable, StateLocked
from synthetic.listing import (
    AVAILABILITY_COLUMNS,
    RUN_COLUMNS,
    Form,
    availability_rows,
    journey_row,
    moment,
    run_row,
    show,
    show_rows,
    table,
)
from synthetic.pool import Pool
from synthetic.prober import Probe, Prober
from synthetic.process_tree import adopt_orphans
from synthetic.report import ReportError, make_report
from synthetic.resumption import open_history
from synthetic.serve import artifact_limit, serve
from synthetic.settings import EMBEDDED, Settings, SettingsError, UnknownName, load
from synthetic.settings.complaint import unknown
from synthetic.worker import Worker

USAGE_ERRORS = (
    SettingsError,
    BrowserMissing,
    FolderUnwritable,
    StateLocked,
    LockUnusable,
    PortTaken,
    EmbeddedStagingError,
    ReportError,
    FaultSwitchError,
    HistoryError,
)
"""What a user can put right: one line and exit code 2."""

_INTERRUPTED = 130
"""What a shell says of a command that Ctrl-C ended."""

_EXIT_CODES = {Verdict.FAILED: 1, Verdict.BROKEN: 3}

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", "-s", help="Settings file [default: nmo-monitor.toml, if there]")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Faults = Annotated[
    list[str] | None, typer.Option("--fault", help="Break the embedded staging: NAME or NAME:SYSTEM. Repeatable.")
]


def _version(asked: bool) -> None:
    if asked:
        print(f"nmo-monitor {version('nmo-monitor')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def options(
    context: typer.Context,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version.")] = False,
) -> None:
    """Synthetic monitor of the sign-in to the НМО portal through Госуслуги and ЕСИА."""
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(2)


@app.command("journeys", epilog="Example: nmo-monitor journeys --json")
def list_journeys(settings_file: SettingsFile = None, as_json: AsJson = False) -> None:
    """What can be walked: steps, budgets, and who walks it on schedule."""
    settings = load(settings_file, journeys=JOURNEYS)
    with open_history(settings).asked() as connection:
        waiting = pending(connection) if connection else []
    rows = [journey_row(journey, settings, waiting) for journey in settings.journeys]
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return
    shown = table("journey", "title", "requirements", "steps", "budget, s", "interval, s", "personas")
    for row in rows:
        shown.add_row(
            row["journey"],
            row["title"],
            " ".join(row["requirements"]),
            str(len(row["steps"])),
            f"{row['budget_s']:g}",
            f"{row['interval_s']:g}" if row["interval_s"] else "follows",
            ", ".join(entry["persona"] for entry in row["schedule"]),
        )
    show(shown)
    for one in waiting:
        due = one.asked.due_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        print(f"pending: {one.asked.journey} ({one.persona} → {one.target}) is due at {due}")


@app.command(epilog="Example: nmo-monitor run sign-in --persona nurse --json")
def run(
    journeys: Annotated[
        list[str],
        typer.Argument(
            metavar="JOURNEY",
            help="Names; see `nmo-monitor journeys`.",
            autocompletion=lambda: [journey.name for journey in JOURNEYS],
        ),
    ],
    persona: Annotated[str | None, typer.Option(help="Who walks [default: the first that fits]")] = None,
    target: Annotated[
        str, typer.Option(help="Where: a target of the settings; embedded starts a staging for this run alone.")
    ] = EMBEDDED,
    as_json: AsJson = False,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser.")] = False,
    evidence: Annotated[Literal["light", "full"], typer.Option(help="full: a picture after every step.")] = "light",
    retest: Annotated[bool, typer.Option(help="Try a failure once more, where that is safe.")] = True,
    fault: Faults = None,
    settings_file: SettingsFile = None,
) -> None:
    """Walk journeys once, now. Exit code: 0 good, 1 failed, 3 broken, 2 usage."""
    settings = load(settings_file, journeys=JOURNEYS)
    chosen = [settings.journey(name) for name in journeys]
    monitor = settings.monitor
    browser = find_browser(monitor.browser, headed=headed or monitor.headed)
    state_dir = writable(monitor.state_dir, "monitor.state_dir")
    if fault and target != EMBEDDED:
        raise UnknownName("--fault: only the embedded staging can be broken; leave out --target")
    adopt_orphans()
    with ExitStack() as stack:
        staging = stack.enter_context(embedded_staging(fault or ())) if target == EMBEDDED else None
        probes = [_probe(journey, persona, target, settings, staging) for journey in chosen]
        pool = Pool(partial(Worker, browser, headed=headed or monitor.headed, sandbox=monitor.sandbox))
        stack.callback(pool.close)
        prober = Prober(pool, Fanout([artifact_limit(settings)]), state_dir, monitor.location, retest=retest)
        results = [_walked(prober, probe, full=evidence == "full", as_json=as_json) for probe in probes]
    raise typer.Exit(max(_EXIT_CODES.get(result.verdict, 0) for result in results))


@app.command("serve", epilog="Example: nmo-monitor serve --settings /etc/nmo-monitor.toml --log json")
def serve_command(
    settings_file: SettingsFile = None,
    log: Annotated[Literal["text", "json"] | None, typer.Option(help="Lines in place of the live table.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of /metrics.")] = None,
    fault: Faults = None,
) -> None:
    """Walk journeys on schedule, export metrics and Allure results; until Ctrl-C."""
    overrides: dict[str, Any] = {"monitor": {"port": port}} if port is not None else {}
    serve(load(settings_file, journeys=JOURNEYS, overrides=overrides), faults=fault or (), log=log)


@app.command(
    "staging",
    # The staging knows its own options, and `python -m staging` has the same.
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def staging_command(context: typer.Context) -> None:
    """The embedded staging alone, in the foreground; until Ctrl-C."""
    raise typer.Exit(staging_main(context.args, "nmo-monitor staging"))


@app.command("faults", epilog="Example: nmo-monitor faults http-503 --system esia, then: nmo-monitor faults --clear")
def faults_command(
    name: Annotated[
        str | None, typer.Argument(help="Switch this fault on in the staging of a running `serve`.")
    ] = None,
    system: Annotated[str | None, typer.Option(help="Where [default: the first that the fault knows]")] = None,
    off: Annotated[bool, typer.Option("--off", help="Switch the fault off.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Switch every fault off.")] = False,
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
) -> None:
    """The embedded staging's catalogue of faults, and switching them while `serve` runs."""
    if (off or system) and not name:
        raise FaultSwitchError("--off and --system go with the name of a fault; --clear switches every fault off")
    if name and clear:
        raise FaultSwitchError("--clear switches every fault off and takes no name; for one fault use --off")
    if name or clear:
        known = [fault.name for fault in CATALOGUE]
        if name and name not in known:
            raise UnknownName(f'"{name}": {unknown("fault", name, known)}')
        state_dir = load(settings_file, journeys=JOURNEYS).monitor.state_dir
        print(switch_fault(state_dir, name, system=system, on=not (off or clear)))
        return
    if as_json:
        for fault in CATALOGUE:
            row = {
                "fault": fault.name,
                "systems": fault.systems,
                "title": fault.title,
                "description": fault.description,
            }
            print(json.dumps(row | {"parameters": dict(fault.parameters)}, ensure_ascii=False))
        return
    shown = table("fault", "systems", "what happens")
    for fault in CATALOGUE:
        shown.add_row(fault.name, " ".join(fault.systems), fault.description)
    show(shown)


@app.command("history", epilog="Example: nmo-monitor history --journey sign-in --verdict failed --since 24h")
def history_command(
    journey: Annotated[str | None, typer.Option(help="Of this journey.")] = None,
    persona: Annotated[str | None, typer.Option(help="Of this persona.")] = None,
    target: Annotated[str | None, typer.Option(help="On this target.")] = None,
    verdict: Annotated[Verdict | None, typer.Option(help="With this verdict.")] = None,
    system: Annotated[System | None, typer.Option(help="That blame this system.")] = None,
    cause: Annotated[str | None, typer.Option(help="That name this cause.")] = None,
    since: Annotated[str | None, typer.Option(help="Not before: 90m, 24h, 7d ago, or 2026-11-20[T10:00].")] = None,
    until: Annotated[str | None, typer.Option(help="Before; written the same way.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many runs, the newest first.")] = 50,
    available: Annotated[bool, typer.Option("--availability", help="Share of good scheduled runs by window.")] = False,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated, with a head.")] = False,
    settings_file: SettingsFile = None,
) -> None:
    """What earlier runs came to, and how available each journey was."""
    form: Form = "json" if as_json else "csv" if as_csv else "table"
    settings = load(settings_file, journeys=JOURNEYS)
    if cause is not None and cause not in set(Cause):
        raise UnknownName(f'--cause "{cause}": {unknown("cause", cause, [str(one) for one in Cause])}')
    now = datetime.now(UTC)
    which = Filter(
        journey, persona, target, verdict, system, cause, _when("since", since, now), _when("until", until, now)
    )
    with open_history(settings).asked() as connection:
        if available:
            found = availability(connection, which, now) if connection else []
            show_rows(availability_rows(found, settings, form), AVAILABILITY_COLUMNS, form)
            return
        results = runs(connection, which, limit) if connection else []
    if as_json:
        for result in results:
            print(result.to_json())
        return
    show_rows([run_row(result, form) for result in results], RUN_COLUMNS, form)


def _when(option: str, text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        return moment(text, now)
    except (ValueError, OverflowError):
        raise UnknownName(
            f'--{option} "{text}": must be 90m, 24h, 7d, or a date: 2026-11-20, 2026-11-20T10:00'
        ) from None


@app.command(epilog="Example: nmo-monitor report, then open report/index.html")
def report(settings_file: SettingsFile = None) -> None:
    """Build the Allure report from the results of pytest and of the schedule."""
    monitor = load(settings_file, journeys=JOURNEYS).monitor
    print(make_report(monitor.results_dir, Path.cwd()))


@app.command(epilog="Example: nmo-monitor doctor --install")
def doctor(
    settings_file: SettingsFile = None,
    install: Annotated[bool, typer.Option("--install", help="Install a browser if there is none.")] = False,
) -> None:
    """Whether this machine can monitor, and what to do where it cannot."""
    settings = load(settings_file, journeys=JOURNEYS)
    if install:
        try:
            check_browser(settings.monitor)
        except BrowserMissing:
            print(f"installed {install_browser()}")
    findings = list(examine(settings))
    signs = {"ok": "[green]✓[/]", "lacking": "[yellow]~[/]", "missing": "[red]✗[/]"}
    for finding in findings:
        Console(highlight=False).print(
            f"{signs[finding.state]} {escape(f'{finding.what}: {finding.says}')}", soft_wrap=True
        )
    raise typer.Exit(2 if any(finding.state == "missing" for finding in findings) else 0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: `app` with usage errors told in a line each."""
    try:
        sys.exit(app(arguments, standalone_mode=False))
    except typer.Abort:
        sys.exit(_INTERRUPTED)
    except typer.TyperException as error:
        print(f"nmo-monitor: {error.format_message().rstrip('.')}; see --help", file=sys.stderr)
        sys.exit(2)
    except USAGE_ERRORS as error:
        for line in str(error).splitlines():
            print(f"nmo-monitor: {line}", file=sys.stderr)
        sys.exit(2)


def _probe(
    journey: Journey, persona: str | None, target: str, settings: Settings, staging: EmbeddedStaging | None
) -> Probe:
    """The journey with a persona that fits it. Raises UnknownName, also when none fits."""
    place: Target = staging.target if staging else settings.target(target)
    known: dict[str, Persona] = staging.personas if staging else {}
    names = tuple(known) if staging else settings.personas
    if persona is not None and persona not in names:
        raise UnknownName(f'--persona "{persona}": {unknown("persona", persona, names)}')
    # Who walks it on schedule comes first: others may belong to journeys that count on the state they are in.
    planned = [one.persona for one in settings.schedule if one.journey == journey.name and one.target == place.name]
    for name in [persona] if persona else (*planned, *names):
        found = known[name] if staging else settings.persona(name)
        lacking = journey.lacking(found)
        if lacking is None:
            return Probe(journey, found, place)
        if persona:
            raise UnknownName(f'--persona "{persona}": {lacking}')
    role = f", of the role {' or '.join(journey.roles)}" if journey.roles else ""
    state = " or ".join(journey.states)
    raise UnknownName(f"personas: none has what {journey.name} needs: an account that is {state}{role}")


def _walked(prober: Prober, probe: Probe, *, full: bool, as_json: bool) -> RunResult:
    console = Console(highlight=False)
    progress: tuple[Listener, ...] = ()
    if not as_json:
        console.print(f"{probe.journey.name} ({probe.persona.name} → {probe.target.name})", soft_wrap=True)
        progress = (Steps(console),)
    result = prober.run(probe, "support", full_evidence=full, progress=progress)
    if as_json:
        print(result.to_json(), flush=True)
        return result
    console.print(
        f"  [{COLOURS[result.verdict]}]{escape(result.explanation)}[/]  {result.duration_s:.2f} s", soft_wrap=True
    )
    for piece in result.evidence:
        console.print(f"  {piece.kind}: {piece.path}", soft_wrap=True, style="dim", markup=False)
    return result
