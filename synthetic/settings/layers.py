"""Where settings come from.

SettingsError           one line a problem; ``problems`` holds them apart
├── UnreadableFile      the file is not there, cannot be opened, or is not TOML
├── InvalidSettings     a key, a value or a combination that cannot work
├── UnknownName         a journey, persona or target that the settings do not have
└── MissingSecret       a reference that leads to nothing; names the reference, never a value

Precedence, the first that has a key wins: command line > environment > file > defaults.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydantic_settings
from pydantic_settings import EnvSettingsSource, TomlConfigSettingsSource

from synthetic.settings.complaint import Complaint, Loc, dotted, nearest
from synthetic.settings.sections import Sections


class SettingsError(Exception):
    """The settings cannot be used."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class UnreadableFile(SettingsError):
    """The settings file cannot be read."""


class InvalidSettings(SettingsError):
    """The settings can be read and cannot work."""


class UnknownName(SettingsError):
    """A name that the settings do not have."""


class MissingSecret(SettingsError):
    """References that lead to nothing."""


DEFAULT_PATH = Path("nmo-monitor.toml")
VARIABLE = "NMO_SETTINGS"
PREFIX = "NMO_"


@dataclass(frozen=True)
class Layer:
    """One source of settings: what it is called and the nested tables it gives."""

    name: str
    data: Mapping[str, Any]

    def place(self, loc: Loc) -> str:
        """A key as a person finds it in this layer; entries of a list are counted from 1."""
        if self.name == "environment":
            named = [str(part) for part in loc if isinstance(part, str)]
            return f"environment {PREFIX}" + "__".join(named).upper()
        return f"{self.name}: {dotted(loc)}"


def read_layers(path: Path | None, overrides: Mapping[str, Any]) -> tuple[Layer, ...]:
    """Command line, environment and file, the strongest first. Raises SettingsError."""
    file = _find(path)
    return (
        Layer("command line", overrides),
        Layer("environment", _environment()),
        Layer(str(file or DEFAULT_PATH), _file(file) if file else {}),
    )


def _find(path: Path | None) -> Path | None:
    """The file that was asked for, or the one in the current folder if there is one."""
    asked = path or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if asked is None:
        return DEFAULT_PATH if DEFAULT_PATH.exists() else None
    return asked


def _file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        what = "is not a file" if path.exists() else "no such file"
        raise UnreadableFile(f"{path}: {what}; name a TOML file with --settings or {VARIABLE}")
    try:
        return TomlConfigSettingsSource(Sections, path).toml_data
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).rstrip(")").rpartition(" (at ")
        raise UnreadableFile(f"{path}: {where}: not TOML: {what}") from None
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path}: byte {error.start}: not UTF-8 text, which TOML must be") from None
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read: {error.strerror}") from None


def _environment() -> dict[str, Any]:
    strangers = []
    for name in sorted(os.environ):
        head, nested, tail = name.removeprefix(PREFIX).partition("__")
        if name.startswith(PREFIX) and nested and head.lower() not in Sections.model_fields:
            near = nearest(head.lower(), Sections.model_fields)
            hint = f"; did you mean {PREFIX}{near.upper()}__{tail}?" if near else ""
            strangers.append(f"environment {name}: no such section{hint}")
    if strangers:
        raise InvalidSettings(*strangers)
    try:
        return EnvSettingsSource(Sections)()
    except pydantic_settings.SettingsError as error:
        field = re.search(r'field "(\w+)"', str(error))
        name = PREFIX + field[1].upper() if field else PREFIX + "…"
        raise InvalidSettings(f"environment {name} or {name}__…: must be JSON for a table or a list") from None


def merged(layers: Iterable[Layer]) -> dict[str, Any]:
    """One nested table; tables are merged key by key, anything else is replaced."""
    result: dict[str, Any] = {}
    for layer in reversed(tuple(layers)):
        result = _over(result, layer.data)
    return result


def _over(low: Mapping[str, Any], high: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _over(low[key], value) if isinstance(low.get(key), dict) and isinstance(value, Mapping) else value
        for key, value in high.items()
    }
    return {**low, **both}


def line(layers: tuple[Layer, ...], complaint: Complaint) -> str:
    """``nmo-monitor.toml: monitor.workers = 0: must be at least 1``, naming the layer the value came from."""
    loc, found = complaint.loc, None
    while found is None and loc:  # a missing key is the fault of the layer that has its table
        found = next((layer for layer in layers if _holds(layer.data, loc)), None)
        loc = loc[:-1]
    return f"{(found or layers[-1]).place(complaint.loc)}{complaint.shown}: {complaint.message}"


def _holds(data: Any, loc: Loc) -> bool:
    for part in loc:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True
