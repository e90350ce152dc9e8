"""``python -m benchmarks``: what a run costs, beside a plain script and the peers."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.bench import BenchmarkError, bench
from benchmarks.compare import compare
from benchmarks.figures import Section, merge, write_page
from benchmarks.lateness import lateness
from benchmarks.load import load
from benchmarks.memory import memory
from synthetic.browser import BrowserMissing
from synthetic.embedded import EmbeddedStagingError
from synthetic.process_tree import adopt_orphans

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"


class Part(StrEnum):
    """What can be measured by itself."""

    COMPARE = "compare"
    LOAD = "load"
    MEMORY = "memory"
    LATENESS = "lateness"


def main(
    parts: Annotated[list[Part] | None, typer.Argument(help="All, unless named.")] = None,
    rounds: Annotated[int, typer.Option(min=2, help="Rounds of `compare`, pairs of blocks of `load`.")] = 20,
    quick: Annotated[bool, typer.Option("--quick", help="Three rounds, 60 runs: does it work?")] = False,
    json: Annotated[Path, typer.Option(help="Results, section by section.")] = Path(".cache/benchmarks.json"),
    markdown: Annotated[bool, typer.Option("--markdown", help="Also put them into docs/performance.md.")] = False,
) -> None:
    """Measure, print and keep; 35 minutes in all. Leave the machine alone meanwhile."""
    adopt_orphans()
    console = Console()
    sections: list[Section] = []
    for part in parts or list(Part):
        try:
            with console.status(part) as status:
                section = _measured(part, 3 if quick else rounds, quick, status.update)
        except (BenchmarkError, BrowserMissing, EmbeddedStagingError) as error:
            console.print(f"{part}: {error}", style="red", markup=False)
            raise typer.Exit(1) from None
        section.show(console)
        sections.append(section)
        kept = merge(json, [section])
    console.print(f"written to {json}")
    if markdown:
        write_page(PAGE, [kept[part] for part in Part if part in kept])


def _measured(part: Part, rounds: int, quick: bool, tell: Callable[[str], None]) -> Section:
    if part is Part.LATENESS:
        return lateness(15 if quick else 60, tell)
    with bench() as ground:
        match part:
            case Part.COMPARE:
                return compare(ground, rounds, tell)
            case Part.LOAD:
                return load(ground, rounds, tell)
            case Part.MEMORY:
                return memory(ground, 60 if quick else 300, tell)


if __name__ == "__main__":
    typer.run(main)
