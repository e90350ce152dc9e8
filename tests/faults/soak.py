"""``python -m tests.faults.soak``: clean runs of every journey, again and again, none of which may raise an alarm."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from journeys.catalogue import JOURNEYS
from journeys.journey import Journey
from journeys.persona import Persona
from journeys.result import RunResult, Verdict
from synthetic.process_tree import adopt_orphans
from tests.faults.bench import Bench
from tests.faults.case import BEGUN_BY, PERSONAS
from tests.faults.sharing import share_out

_BUSY = "while True: pass"


@dataclass
class Tally:
    """Clean runs of one journey. ``alarms`` explains every run that did not pass; ``notes`` counts what was noted."""

    journey: str
    verdicts: Counter[str] = field(default_factory=Counter)
    alarms: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0

    def count(self, result: RunResult) -> None:
        """Take a run in."""
        self.verdicts[result.verdict] += 1
        self.slowest_s = max(self.slowest_s, result.duration_s)
        self.notes.update(name for name in result.notes if name == "monitor")
        if result.verdict is not Verdict.PASSED:
            self.alarms.append(result.explanation)


_KEPT = TypeAdapter(list[Tally])


def main(
    journeys: Annotated[list[str] | None, typer.Argument(help="All, unless named.")] = None,
    count: Annotated[int, typer.Option(min=1, help="Runs of each journey.")] = 500,
    loaded: Annotated[bool, typer.Option("--loaded", help="Keep every core busy with something else.")] = False,
    busy: Annotated[int, typer.Option(min=1, help="Busy processes a core, with --loaded.")] = 1,
    benches: Annotated[int, typer.Option(min=1, help="Stagings, each with a browser, at the same time.")] = 1,
    results: Annotated[Path, typer.Option(help="Where the counts are kept.")] = Path(".cache/soak.json"),
) -> None:
    """Walk every journey on a staging without faults. Exit code 1 when any run did not pass."""
    adopt_orphans()
    chosen = _chosen(journeys)
    tallies = {journey.name: Tally(journey.name) for journey in (*chosen, *_following(chosen))}
    results.parent.mkdir(parents=True, exist_ok=True)
    keeping = threading.Lock()

    def take_in(journey: str, result: RunResult) -> None:
        with keeping:
            tallies[journey].count(result)
            results.write_bytes(_KEPT.dump_json(list(tallies.values()), indent=1))
        if result.verdict is not Verdict.PASSED:
            print(f"{time.strftime('%H:%M:%S')} {journey}: {result.explanation}", flush=True)

    with _load(busy * (os.cpu_count() or 1) if loaded else 0):
        share_out(lambda rounds: _soak(chosen, rounds, take_in), range(count), benches)
    _show(tallies.values())
    raise typer.Exit(1 if any(tally.alarms for tally in tallies.values()) else 0)


def _soak(chosen: Iterable[Journey], rounds: Iterable[int], take_in: Callable[[str, RunResult], None]) -> None:
    with tempfile.TemporaryDirectory() as folder, Bench.open(Path(folder)) as bench:
        for journey, result in soaked(bench, chosen, rounds):
            take_in(journey, result)


def soaked(bench: Bench, journeys: Iterable[Journey], rounds: Iterable[int]) -> Iterator[tuple[str, RunResult]]:
    """Journey and result, every journey once a round. A journey keeps its account until a run does not pass."""
    chosen = tuple(journeys)
    people: dict[str, Persona] = {}
    for _ in rounds:
        for journey in chosen:
            if journey.name not in people:
                people[journey.name] = bench.control.account(PERSONAS[journey.name])
            persona, target = people[journey.name], bench.staging.target
            first = bench.walk(journey, persona, target)
            results = [first, *bench.follow(first, persona, target)]
            yield from ((result.journey, result) for result in results)
            if results[-1].verdict is not Verdict.PASSED:
                del people[journey.name]


@contextmanager
def _load(processes: int) -> Iterator[None]:
    """So many processes that do nothing but take the processor."""
    started = [subprocess.Popen([sys.executable, "-c", _BUSY]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def _chosen(names: list[str] | None) -> list[Journey]:
    walkable = [journey for journey in JOURNEYS if journey.on_schedule and journey.name in PERSONAS]
    chosen = [journey for journey in walkable if not names or journey.name in names]
    unknown = set(names or ()) - {journey.name for journey in chosen}
    if unknown:
        print(f"no such journey: {', '.join(sorted(unknown))}", file=sys.stderr)
        raise typer.Exit(2)
    return chosen


def _following(chosen: list[Journey]) -> list[Journey]:
    """The journeys that follow up the chosen ones."""
    names = {journey.name for journey in chosen}
    return [journey for journey in JOURNEYS if BEGUN_BY.get(journey.name) in names]


def _show(tallies: Iterable[Tally]) -> None:
    table = Table("journey", *Verdict, "short of processor time", "slowest, s", box=None)
    for tally in tallies:
        counts = (str(tally.verdicts[verdict]) for verdict in Verdict)
        table.add_row(tally.journey, *counts, str(tally.notes["monitor"]), f"{tally.slowest_s:.1f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    typer.run(main)
