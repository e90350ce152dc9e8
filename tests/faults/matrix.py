"""``python -m tests.faults.matrix``: every fault on journeys that it touches, and how well it was named."""

import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import TypeAdapter
from rich.console import Console

from synthetic.listing import table
from synthetic.process_tree import adopt_orphans
from tests.faults.bench import Bench
from tests.faults.case import Case
from tests.faults.cases import CASES
from tests.faults.cases.elsewhere import untouched
from tests.faults.figures import figures, share
from tests.faults.outcome import Outcome, outcome
from tests.faults.report import html, markdown, systems
from tests.faults.sharing import share_out

PAGE = Path(__file__).parents[2] / "docs" / "detection.md"
COMMAND = "make matrix"
_WIDE = 160
"""Characters: the systems that were blamed stand side by side, also in a log."""

_KEPT = TypeAdapter(list[Outcome])

Tell = Callable[[Outcome], None]


def main(
    only: Annotated[list[str] | None, typer.Argument(help="Cases, as `http-5*-esia-*`; without pages.")] = None,
    benches: Annotated[int, typer.Option(min=1, help="Stagings, each with a browser, at the same time.")] = 2,
    results: Annotated[Path, typer.Option(help="Where the outcomes are kept.")] = Path(".cache/matrix.json"),
    again: Annotated[bool, typer.Option("--again", help="Only make the pages, from what is kept.")] = False,
    rest: Annotated[bool, typer.Option("--rest", help="Walk what is no case: every run must pass.")] = False,
) -> None:
    """Try every case, keep the outcomes, write docs/detection.md and .html. Exit code 1 when the figures fall short."""
    if rest:
        _walk_the_rest(_chosen(untouched(CASES), only), benches)
    if again:
        outcomes = _KEPT.validate_json(results.read_bytes())
    else:
        adopt_orphans()
        outcomes = tried(_chosen(CASES, only), benches, _told)
        if not only:
            results.parent.mkdir(parents=True, exist_ok=True)
            results.write_bytes(_KEPT.dump_json(outcomes, indent=1))
    if not only:
        PAGE.write_text(markdown(outcomes, COMMAND), encoding="utf-8")
        PAGE.with_suffix(".html").write_text(html(outcomes, COMMAND), encoding="utf-8")
    sums, shown = figures(outcomes), systems(outcomes)
    confusion = table(*shown.columns)
    for row in shown.rows:
        confusion.add_row(*row)
    Console(width=_WIDE).print(confusion)
    for words, part in (("detected", sums.detected), ("right system", sums.right_system), ("exact cause", sums.exact)):
        print(f"{words}: {part} of {sums.cases}, {share(part, sums.cases)}")
    raise typer.Exit(0 if sums.enough else 1)


def tried(cases: Sequence[Case], benches: int, tell: Tell) -> list[Outcome]:
    """Outcomes in the order of the cases. Each bench takes one case after another."""
    done: dict[int, Outcome] = {}

    def try_each(drawn: Iterable[tuple[int, Case]]) -> None:
        with tempfile.TemporaryDirectory() as folder, Bench.open(Path(folder)) as bench:
            for number, case in drawn:
                done[number] = outcome(case, bench.meet(case))
                tell(done[number])

    share_out(try_each, enumerate(cases), min(benches, len(cases)))
    return [done[number] for number in sorted(done)]


def _walk_the_rest(cases: Sequence[Case], benches: int) -> NoReturn:
    """A run that does not pass has met its fault, and lacks a case."""
    adopt_orphans()
    met = [one for one in tried(cases, benches, _told_if_met) if one.named]
    print(f"passed: {len(cases) - len(met)} of {len(cases)}")
    raise typer.Exit(1 if met else 0)


def _told_if_met(one: Outcome) -> None:
    if one.named:
        print(f"✗ {one.case}: {one.explanation}", flush=True)


def _chosen(cases: Sequence[Case], only: list[str] | None) -> list[Case]:
    chosen = [case for case in cases if not only or any(fnmatch(str(case), pattern) for pattern in only)]
    if not chosen:
        print(f"no case is like {' or '.join(only or ())}", file=sys.stderr)
        raise typer.Exit(2)
    return chosen


def _told(one: Outcome) -> None:
    sign = "✓" if one.exact else "~" if one.right_system else "✗"
    print(f"{sign} {one.case} ({one.duration_s:.1f} s): {one.explanation}", flush=True)


if __name__ == "__main__":
    typer.run(main)
