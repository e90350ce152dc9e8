"""`nmo-monitor serve`, `staging`, `faults`, `report` and `doctor`: the monitor itself and what it stands on."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape

from journeys.catalogue import JOURNEYS
from staging.__main__ import main as staging_main
from staging.fault_catalogue import CATALOGUE
from synthetic.browser import BrowserMissing
from synthetic.cli.options import AsJson, Faults, SettingsFile, check_fault, fault_names
from synthetic.doctor import check_browser, examine, install_browser
from synthetic.fault_switch import FaultSwitchError, switch_fault
from synthetic.listing import show, table
from synthetic.report import make_report
from synthetic.serve import serve
from synthetic.settings import EMBEDDED, UnknownName, load


def serve_command(
    settings_file: SettingsFile = None,
    log: Annotated[Literal["text", "json"] | None, typer.Option(help="Lines in place of the live table.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of /metrics.")] = None,
    fault: Faults = None,
) -> None:
    """Walk journeys on schedule, export metrics and Allure results; until Ctrl-C."""
    overrides: dict[str, Any] = {"monitor": {"port": port}} if port is not None else {}
    settings = load(settings_file, journeys=JOURNEYS, overrides=overrides)
    if fault and all(entry.target != EMBEDDED for entry in settings.schedule):
        raise UnknownName("--fault: only the embedded staging can be broken, and nothing is scheduled on it")
    serve(settings, faults=fault or (), log=log)


def staging_command(context: typer.Context) -> None:
    """The embedded staging alone, in the foreground; until Ctrl-C."""
    raise typer.Exit(staging_main(context.args, "nmo-monitor staging"))


def faults_command(
    name: Annotated[
        str | None,
        typer.Argument(help="Switch this fault on in the staging of a running `serve`.", autocompletion=fault_names),
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
    if off and system:
        raise FaultSwitchError("--off switches a fault off everywhere and takes no --system")
    if name and clear:
        raise FaultSwitchError("--clear switches every fault off and takes no name; for one fault use --off")
    if name or clear:
        if name:
            check_fault(f'"{name}"', name, None)
            check_fault(f'--system "{system}"', name, system)
        state_dir = load(settings_file, journeys=JOURNEYS).monitor.state_dir
        print(switch_fault(state_dir, name, system=system, on=not (off or clear)))
        return
    if settings_file:  # it is not needed here, but what was asked for is looked at
        load(settings_file, journeys=JOURNEYS)
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


def report(settings_file: SettingsFile = None) -> None:
    """Build the Allure report from the results of pytest and of the schedule."""
    monitor = load(settings_file, journeys=JOURNEYS).monitor
    print(make_report(monitor.results_dir, Path.cwd()))


def doctor(
    settings_file: SettingsFile = None,
    install: Annotated[bool, typer.Option("--install", help="Install a browser if there is none.")] = False,
    as_json: AsJson = False,
) -> None:
    """Whether this machine can monitor, and what to do where it cannot."""
    settings = load(settings_file, journeys=JOURNEYS)
    if install:
        try:
            check_browser(settings.monitor)
        except BrowserMissing:
            print(f"installed {install_browser()}", file=sys.stderr if as_json else sys.stdout)
    findings = list(examine(settings))
    signs = {"ok": "[green]✓[/]", "lacking": "[yellow]~[/]", "missing": "[red]✗[/]"}
    for finding in findings:
        if as_json:
            print(json.dumps(asdict(finding), ensure_ascii=False))
            continue
        Console(highlight=False).print(
            f"{signs[finding.state]} {escape(f'{finding.what}: {finding.says}')}", soft_wrap=True
        )
    # What else is missing is for whoever is to monitor: an installation is done when there is a browser.
    asked = [finding for finding in findings if finding.what == "browser" or not install]
    raise typer.Exit(2 if any(finding.state == "missing" for finding in asked) else 0)
