"""One thing that can be made to go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

System = Literal["nmo", "gosuslugi", "esia", "registry", "delivery", "network"]
SITES: tuple[System, ...] = ("nmo", "gosuslugi", "esia")


AMOUNTS = ("seconds", "hours")
"""The parameters that are no choice."""


@dataclass(frozen=True)
class Fault:
    """One thing that can go wrong. ``systems`` can have it, the first by default; ``part`` is what it touches.
    ``parameters`` and their defaults are amounts, or one is a choice: between so many numbers, from 0 on, as there are
    ``choices``."""

    name: str
    title: str
    description: str
    systems: tuple[System, ...]
    part: str
    parameters: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    choices: int = 0
