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
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pydantic_settings
from pydantic_settings import EnvSettingsSource, TomlConfigSettingsSource

from synthetic.process_tree import TAG
from synthetic.settings.complaint import Complaint, Loc, dotted, nearest
from synthetic.settings.sections import Monitor, Sections


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
    written = _file(file) if file else {}
    return (
        Layer("command line", overrides),
        Layer("environment", _environment(set(_variables((overrides, written, list(os.environ.values())))))),
        Layer(str(file or DEFAULT_PATH), written),
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


def _variables(data: object) -> Iterator[str]:
    """The variables that references in ``data`` lead to; in a value of the environment they may stand in JSON."""
    if isinstance(data, Mapping):
        data = list(data.values())
    if isinstance(data, str):
        yield from re.findall(r"\benv:(\w+)", data)
    elif isinstance(data, Iterable):
        for part in data:
            yield from _variables(part)


def _environment(holding_secrets: Collection[str]) -> dict[str, Any]:
    names = [name for name in sorted(os.environ) if name.startswith(PREFIX) and name not in holding_secrets]
    strangers = [f"environment {name}: {wrong}" for name in names if (wrong := _stranger(name))]
    if strangers:
        raise InvalidSettings(*strangers)
    try:
        return EnvSettingsSource(Sections)()
    except pydantic_settings.SettingsError as error:
        field = re.search(r'field "(\w+)"', str(error))
        name = PREFIX + field[1].upper() if field else PREFIX + "…"
        raise InvalidSettings(f"environment {name} or {name}__…: must be JSON for a table or a list") from None


def _stranger(name: str) -> str | None:
    """What is wrong with the name of a variable that looks like a setting and is none."""
    head, nested, tail = name.removeprefix(PREFIX).partition("__")
    if head.lower() in Sections.model_fields or name in {VARIABLE, TAG}:
        return None
    if nested:
        section = next((field for field in Sections.model_fields if head.lower().startswith(f"{field}_")), None)
        if section:
            tail, head = f"{head[len(section) + 1 :]}__{tail}", section
        near = nearest(head.lower(), Sections.model_fields)
        return "no such section" + (f"; did you mean {PREFIX}{near.upper()}__{tail}?" if near else "")
    settings = [VARIABLE, *(f"{PREFIX}MONITOR__{key.upper()}" for key in Monitor.model_fields)]
    meant = get_close_matches(name, settings, n=1, cutoff=0.85)
    section = next((field for field in Sections.model_fields if head.lower().startswith(f"{field}_")), None)
    if section and not meant:
        meant = [f"{PREFIX}{section.upper()}__{head[len(section) + 1 :]}"]
    return f"no such setting; did you mean {meant[0]}?" if meant else None


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
