"""The command line `nmo-monitor`. Usage and settings errors end in one clear line and exit code 2."""

import atexit
import gc
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated

import typer

from synthetic.advice import CatalogueInvalid
from synthetic.artifacts import FolderUnwritable
from synthetic.browser import BrowserMissing, DeviceUnknown
from synthetic.cli.records import diagnoses_command, history_command, list_journeys
from synthetic.cli.service import doctor, faults_command, report, serve_command, staging_command
from synthetic.cli.walk import run
from synthetic.embedded import EmbeddedStagingError
from synthetic.endpoint import PortTaken
from synthetic.fault_switch import FaultSwitchError
from synthetic.history import HistoryError
from synthetic.lease import LockUnusable, StateLocked
from synthetic.report import ReportError
from synthetic.settings import SettingsError

USAGE_ERRORS = (
    SettingsError,
    BrowserMissing,
    DeviceUnknown,
    FolderUnwritable,
    StateLocked,
    LockUnusable,
    PortTaken,
    EmbeddedStagingError,
    ReportError,
    FaultSwitchError,
    HistoryError,
    CatalogueInvalid,
)
"""What a user can put right: one line and exit code 2."""

_INTERRUPTED = 130
"""What a shell says of a command that Ctrl-C ended."""

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


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


app.command("journeys", epilog="Example: nmo-monitor journeys --json")(list_journeys)
app.command("run", epilog="Example: nmo-monitor run sign-in --persona nurse --json")(run)
app.command("serve", epilog="Example: nmo-monitor serve --settings /etc/nmo-monitor.toml --log json")(serve_command)
app.command(
    "staging",
    # The staging knows its own options, and `python -m staging` has the same.
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)(staging_command)
app.command("faults", epilog="Example: nmo-monitor faults http-503 --system esia, then: nmo-monitor faults --clear")(
    faults_command
)
app.command("diagnoses", epilog="Example: nmo-monitor diagnoses account-unconfirmed --variant identity")(
    diagnoses_command
)
app.command("history", epilog="Example: nmo-monitor history --journey sign-in --verdict failed --since 24h")(
    history_command
)
app.command("report", epilog="Example: nmo-monitor report, then open report/index.html")(report)
app.command("doctor", epilog="Example: nmo-monitor doctor --install")(doctor)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: `app` with usage errors told in a line each."""
    # Python ends with a search for cycles in all it has: 0.25 s for memory that the system takes back at once.
    atexit.register(gc.freeze)
    try:
        sys.exit(app(arguments, standalone_mode=False))
    except typer.Abort:
        sys.exit(_INTERRUPTED)
    except typer.TyperException as error:
        said = error.format_message().rstrip(".").replace("Value error, ", "")
        print(f"nmo-monitor: {said}; see --help", file=sys.stderr)
        sys.exit(2)
    except USAGE_ERRORS as error:
        for line in str(error).splitlines():
            print(f"nmo-monitor: {line}", file=sys.stderr)
        sys.exit(2)
