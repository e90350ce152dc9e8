"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

from staging.fault_catalogue import CATALOGUE
from synthetic.settings import UnknownName
from synthetic.settings.complaint import unknown


def _known(faults: list[str] | None) -> list[str] | None:
    """As they are; one that the staging does not know is said here, before anything starts."""
    systems = {fault.name: fault.systems for fault in CATALOGUE}
    for word in faults or ():
        name, _, system = word.partition(":")
        if name not in systems:
            raise UnknownName(f'--fault "{word}": {unknown("fault", name, systems)}')
        if system and system not in systems[name]:
            *others, last = systems[name]
            known = f"{', '.join(others)} or {last}" if others else last
            raise UnknownName(f'--fault "{word}": {name} breaks {known}')
    return faults


SettingsFile = Annotated[
    Path | None, typer.Option("--settings", "-s", help="Settings file [default: nmo-monitor.toml, if there]")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Faults = Annotated[
    list[str] | None,
    typer.Option("--fault", callback=_known, help="Break the embedded staging: NAME or NAME:SYSTEM. Repeatable."),
]
