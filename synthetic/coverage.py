"""What is covered: the causes that each journey can come to, and where the embedded staging shows each requirement."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from journeys.cause import SYSTEMS_OF, Cause
from journeys.system import System


@dataclass(frozen=True)
class StagingScreen:
    """A screen of the embedded staging, or what makes it: its name, and its file in the repository."""

    name: str
    file: str


@dataclass(frozen=True)
class Coverage:
    """The data file as a whole. ``causes`` are by journey; those of ``every`` journey stand under that name."""

    causes: Mapping[str, tuple[Cause, ...]]
    screens: Mapping[str, tuple[StagingScreen, ...]]


def causes_of(journey: str) -> tuple[Cause, ...]:
    """Causes that a journey can come to, in the order of the catalogue; the monitor's own are everybody's."""
    causes = _coverage().causes
    can = {*causes["every"], *causes.get(journey, ())}
    return tuple(cause for cause in Cause if cause in can or System.MONITOR in SYSTEMS_OF[cause])


def screens_of(requirement: str) -> tuple[StagingScreen, ...]:
    """Where the embedded staging shows a requirement, S1 to S14."""
    return _coverage().screens[requirement]


@cache
def _coverage() -> Coverage:
    text = files("synthetic").joinpath("coverage.toml").read_text(encoding="utf-8")
    return TypeAdapter(Coverage).validate_python(tomllib.loads(text))
