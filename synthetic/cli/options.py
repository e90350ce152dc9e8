"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", "-s", help="Settings file [default: nmo-monitor.toml, if there]")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Faults = Annotated[
    list[str] | None, typer.Option("--fault", help="Break the embedded staging: NAME or NAME:SYSTEM. Repeatable.")
]
