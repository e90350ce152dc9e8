"""Options that several commands have, and what a shell may complete."""

from pathlib import Path
from typing import Annotated

import typer

from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from staging.fault_catalogue import CATALOGUE
from synthetic.settings import EMBEDDED, Settings, UnknownName, load
from synthetic.settings.complaint import unknown
from synthetic.settings.embedded import EMBEDDED_PERSONAS


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


def journey_names() -> list[str]:
    """For the shell: what can be walked."""
    return [journey.name for journey in JOURNEYS if journey.on_schedule]


def fault_names() -> list[str]:
    """For the shell."""
    return [fault.name for fault in CATALOGUE]


def cause_names() -> list[str]:
    """For the shell."""
    return [str(cause) for cause in Cause]


def target_names(context: typer.Context) -> list[str]:
    """For the shell: the targets of the settings that the line names, and the embedded one."""
    settings = _settings(context)
    return [*settings.targets, EMBEDDED] if settings else []


def persona_names(context: typer.Context) -> list[str]:
    """For the shell: those of the settings, and of the embedded staging unless the line names another target."""
    settings = _settings(context)
    if settings is None:
        return []
    elsewhere = context.params.get("target") in settings.targets
    return sorted({*settings.personas, *(() if elsewhere else EMBEDDED_PERSONAS)})


def _settings(context: typer.Context) -> Settings | None:
    """None where they cannot be used: whatever is raised the shell would write into the line that is being typed."""
    try:
        return load(context.params.get("settings_file"), journeys=JOURNEYS)
    except Exception:
        return None


SettingsFile = Annotated[
    Path | None, typer.Option("--settings", "-s", help="Settings file [default: nmo-monitor.toml, if there]")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
Faults = Annotated[
    list[str] | None,
    typer.Option(
        "--fault",
        callback=_known,
        autocompletion=fault_names,
        help="Break the embedded staging: NAME or NAME:SYSTEM. Repeatable.",
    ),
]
