"""Which faults are on, where, and with which parameters.

FaultError
├── UnknownFault
├── WrongSystem      the fault cannot be applied to this system
└── WrongParameter
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeGuard

from staging.fault import AMOUNTS, Fault
from staging.fault_catalogue import CATALOGUE


class FaultError(Exception):
    """A fault could not be switched."""


class UnknownFault(FaultError):
    """No fault of this name."""


class WrongSystem(FaultError):
    """The fault cannot be applied to this system."""


class WrongParameter(FaultError):
    """The fault has no such parameter, or the value is out of range."""


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value out of JSON is a number, and not the ``true`` that Python takes for 1."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def find(name: str) -> Fault:
    """A fault by name. Raises UnknownFault."""
    for fault in CATALOGUE:
        if fault.name == name:
            return fault
    names = [fault.name for fault in CATALOGUE]
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names)}"
    raise UnknownFault(f"unknown fault {name!r}; {hint}")


class Faults:
    """Which faults are on, where, and with which parameters."""

    def __init__(self) -> None:
        self._on: dict[tuple[str, str], Mapping[str, float]] = {}

    def switch_on(self, name: str, system: str | None = None, parameters: Mapping[str, float] | None = None) -> Fault:
        """Switch a fault on for one system (its default one unless told). Raises FaultError."""
        fault = find(name)
        system = system or fault.systems[0]
        if system not in fault.systems:
            raise WrongSystem(f"{name} applies to {', '.join(fault.systems)}, not to {system!r}")
        given = dict(parameters or {})
        for key, value in given.items():
            if key not in fault.parameters:
                raise WrongParameter(f"{name} has no parameter {key!r}")
            if not is_number(value) or not 0 <= value <= 600:
                raise WrongParameter(f"{key} must be a number from 0 to 600")
            if key not in AMOUNTS and value not in range(fault.choices):
                raise WrongParameter(f"{key} must be one of {', '.join(map(str, range(fault.choices)))}")
        self._on[name, system] = dict(fault.parameters) | given
        return fault

    def switch_off(self, name: str) -> None:
        """Switch a fault off everywhere. Raises UnknownFault."""
        find(name)
        self._on = {key: value for key, value in self._on.items() if key[0] != name}

    def clear(self) -> None:
        """Switch everything off."""
        self._on.clear()

    def on(self, name: str, system: str) -> bool:
        """Whether a fault is on for a system."""
        return (name, system) in self._on

    def parameters(self, name: str, system: str) -> Mapping[str, float]:
        """Parameters of a fault that is on; empty when it is off."""
        return self._on.get((name, system), {})

    def active(self, name: str) -> dict[str, Mapping[str, float]]:
        """System -> parameters, wherever the fault is on."""
        return {system: parameters for (of, system), parameters in self._on.items() if of == name}
