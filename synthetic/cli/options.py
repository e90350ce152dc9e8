"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

from staging.fault_catalogue import CATALOGUE
from synthetic.settings import UnknownName
from synthetic.settings.complaint import unknown


def _known(faults: list[str] | None) -> list[str] | None:
    """As they are; one that the staging does not know is said here, before anything starts."""
    for word in faults or ():
        name, colon, system = word.partition(":")
        check_fault(f'--fault "{word}"', name, system if colon else None)
    return faults


def check_fault(given: str, name: str, system: str | None) -> None:
    """Raises UnknownName, which begins with what was ``given``, for a fault that there is not, or not there."""
    systems = {fault.name: fault.systems for fault in CATALOGUE}
    if name not in systems:
        raise UnknownName(f"{given}: {unknown('fault', name, systems)}")
    if system is not None and system not in systems[name]:
        *others, last = systems[name]
        known = f"{', '.join(others)} or {last}" if others else last
        raise UnknownName(f"{given}: {name} breaks {known}")


SettingsFile = Annotated[
    Path | None, typer.Option("--settings", "-s", help="Settings file [default: nmo-monitor.toml, if there]")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Faults = Annotated[
    list[str] | None,
    typer.Option("--fault", callback=_known, help="Break the embedded staging: NAME or NAME:SYSTEM. Repeatable."),
]
