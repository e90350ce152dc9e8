"""One thing that can be made to go wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

System = Literal["nmo", "gosuslugi", "esia", "registry", "delivery", "network"]
SITES: tuple[System, ...] = ("nmo", "gosuslugi", "esia")


@dataclass(frozen=True)
class Fault:
    """One thing that can go wrong. ``systems`` can have it, the first by default; ``part`` is what it touches.
    ``parameters`` and their defaults are an amount, or a choice between the numbers that the description lists."""

    name: str
    title: str
    description: str
    systems: tuple[System, ...]
    part: str
    parameters: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def choices(self) -> tuple[int, ...]:
        """What a parameter that is a choice can be."""
        return tuple(int(number) for number in re.findall(r"(?:[:;,] |is )(\d+) ", self.description))
