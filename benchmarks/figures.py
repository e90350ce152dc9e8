"""What was measured, beside what was to be reached."""

import os
import platform
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

_BETWEEN = re.compile(r"(?<=<!-- results -->\n).*?(?=<!-- /results -->)", re.DOTALL)


@dataclass(frozen=True)
class Figure:
    """One figure that has a target: at most, or at least, ``limit``."""

    name: str
    value: float
    limit: float
    at_least: bool = False
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Name, what was measured, target, and whether it is met."""
        sign = "≥" if self.at_least else "≤"
        target = f"{sign} {self.limit:g}{self.unit}"
        return self.name, f"{self.value:.3g}{self.unit}", target, "met" if self.met else "NOT met"


@dataclass(frozen=True)
class Section:
    """One part of the benchmark: a table, the figures drawn from it, and every sample behind them."""

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[Figure, ...]
    samples: dict[str, list[float]]
    note: str
    machine: str = field(default_factory=lambda: machine())

    def show(self, console: Console) -> None:
        """Print the table and the figures."""
        for title, header, rows in (
            (self.title, self.header, self.rows),
            (None, _FIGURE, [figure.cells for figure in self.figures]),
        ):
            table = Table(*header, title=title)
            for row in rows:
                table.add_row(*row)
            console.print(table)

    def markdown(self) -> str:
        """The same for the page."""
        figures = _markdown(_FIGURE, [figure.cells for figure in self.figures])
        return f"### {self.title}\n\n{self.note}\n{self.machine}.\n\n{_markdown(self.header, self.rows)}\n{figures}\n"


_FIGURE = ("figure", "measured", "target", "")
_ADAPTER = TypeAdapter(dict[str, Section])


def spread(samples: Sequence[float], digits: int = 2) -> str:
    """Median, and in brackets the quartiles."""
    low, middle, high = statistics.quantiles(samples, n=4, method="inclusive")
    return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def percentile(samples: Sequence[float], rank: int) -> float:
    """The 1st to the 99th."""
    return statistics.quantiles(samples, n=100, method="inclusive")[rank - 1]


def machine() -> str:
    """When and on what, in a line; the load says whether anybody else was at work."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} CPUs, {memory:.0f} GiB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f} at the end"
    )


def merge(file: Path, sections: Sequence[Section]) -> dict[str, Section]:
    """Put ``sections`` in the place of those of the same name in ``file``, and return all."""
    kept = _ADAPTER.validate_json(file.read_bytes()) if file.exists() else {}
    kept |= {section.name: section for section in sections}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_ADAPTER.dump_json(kept, indent=1))
    return kept


def write_page(page: Path, sections: Sequence[Section]) -> None:
    """Put the results between the two marks on the page. ValueError without them."""
    text = page.read_text()
    if not _BETWEEN.search(text):
        raise ValueError(f"{page} has no <!-- results --> and <!-- /results -->")
    results = "\n".join(section.markdown() for section in sections)
    page.write_text(_BETWEEN.sub(lambda _: f"\n{results}\n", text))


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
