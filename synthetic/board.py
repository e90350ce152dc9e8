"""The live table that a person watches while `serve` runs, or plain lines where there is no terminal."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Literal

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from journeys.listener import Listener
from journeys.result import RunResult, StepResult, Verdict
from synthetic.settings import Scheduled

COLOURS = {
    Verdict.PASSED: "green",
    Verdict.DEGRADED: "yellow",
    Verdict.FAILED: "bold red",
    Verdict.BROKEN: "bold magenta",
    Verdict.SKIPPED: "dim",
}
_RECENT = 200
_TROUBLES = 5


@dataclass
class _Row:
    """What is known of one journey and persona. ``durations`` are those of the latest good runs, in seconds."""

    journey: str
    persona: str
    step: str | None = None
    last: RunResult | None = None
    good: int = 0
    counted: int = 0
    durations: list[float] = field(default_factory=list)

    def add(self, result: RunResult) -> None:
        self.last = result
        self.step = None
        self.counted += result.counted
        self.good += result.good
        if result.good:
            self.durations = [*self.durations[-_RECENT:], result.duration_s]

    @property
    def need(self) -> int:
        """How much it wants to be looked at; the least first."""
        if self.last and (self.last.flaky or self.last.verdict is not Verdict.PASSED):
            return 0
        return 1 if self.step else 2


@dataclass
class _Trouble:
    """A run that was not good; ``over`` is the first good one of its kind since."""

    run: RunResult
    over: RunResult | None = None

    def hear(self, good: RunResult) -> None:
        run = self.run
        if not self.over and (run.journey, run.persona, run.target) == (good.journey, good.persona, good.target):
            self.over = good

    @property
    def line(self) -> Text:
        said = f"{_clock(self.run)}  {self.run.journey} ({self.run.persona}): {self.run.explanation}"
        return Text(f"{said}; good again at {_clock(self.over)}", "dim") if self.over else Text(said, "red")


@dataclass(frozen=True)
class _Column:
    """A heading and its side, and how wide a window must be to have it. One that ``gives_way`` is cut where the others
    do not fit; one with ``at_least`` so many characters has all that is left, so that no figure is cut for it."""

    heading: str
    justify: Literal["left", "right"] = "left"
    from_width: int = 0
    gives_way: bool = False
    at_least: int | None = None


_COLUMNS = (
    _Column("journey", gives_way=True),
    _Column("persona", from_width=120, gives_way=True),
    _Column("verdict"),
    _Column("last, s", "right"),
    _Column("median, s", "right", from_width=105),
    _Column("success", "right", from_width=90),
    _Column("runs", "right", from_width=125),
    _Column("now", at_least=10),
)
_FRAME = 5
"""Lines of a table that are not rows, title included."""


class Board(Listener):
    """A row for each scheduled entry; ``due`` tells when the next run of an entry's name starts, ``follow_ups`` the
    journeys and times of what runs want confirmed, the next one first."""

    def __init__(
        self,
        entries: Sequence[Scheduled],
        addresses: Mapping[str, str],
        due: Callable[[str], datetime | None],
        follow_ups: Callable[[], Sequence[tuple[str, datetime]]] = tuple,
    ) -> None:
        self._rows = {entry: _Row(entry.journey, entry.persona) for entry in entries}
        self._addresses = addresses
        self._due = due
        self._follow_ups = follow_ups
        self._troubles: list[_Trouble] = []
        self._earlier = 0
        self._lock = threading.Lock()

    def run_finished(self, result: RunResult) -> None:
        """Take the run into its row."""
        with self._lock:
            for entry, row in self._rows.items():
                if (entry.journey, entry.persona, entry.target) == (result.journey, result.persona, result.target):
                    row.add(result)
            if result.good:
                for trouble in self._troubles:
                    trouble.hear(result)
            if result.flaky or not (result.good or result.verdict is Verdict.SKIPPED):
                self._earlier += len(self._troubles) == _TROUBLES
                self._troubles = [*self._troubles[-(_TROUBLES - 1) :], _Trouble(result)]

    def waits(self, entry: Scheduled) -> None:
        """A run of the entry is due and waits for a browser."""
        self._rows[entry].step = "waiting for a browser"

    def progress(self, entry: Scheduled) -> Listener:
        """A listener that shows which step a run is in."""
        return _Progress(self._rows[entry])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table as it stands, in as many lines as there are: what needs a look comes before what is well."""
        columns = [column for column in _COLUMNS if options.max_width >= column.from_width]
        table = Table(title="НМО · ЕСИА · Госуслуги", title_style="bold", expand=True)
        for column in columns:
            table.add_column(
                column.heading,
                justify=column.justify,
                no_wrap=not column.gives_way,  # rich takes from what may wrap; the names themselves do not
                ratio=1 if column.at_least else None,
                width=column.at_least,
            )
        places = Text("   ".join(f"{name} {url}" for name, url in self._addresses.items()), style="dim")
        with self._lock:
            below = Group(*self._told_of_troubles(), *self._awaited(), places)
            room = (options.height or console.height) - _FRAME - len(console.render_lines(below, options))
            shown = self._pressing(room)
            for entry in self._rows:
                if entry in shown:
                    cells = self._cells(entry, self._rows[entry])
                    if not any(column.heading == "persona" for column in columns):
                        cells["journey"] = self._told_apart(entry)
                    table.add_row(*(cells[column.heading] for column in columns))
        yield table
        if hidden := len(self._rows) - len(shown):
            yield Text(f"… and {hidden} more, with nothing to say; a higher window shows them", style="dim")
        yield below

    def _told_of_troubles(self) -> Iterator[Text]:
        """The latest, after how many there were before."""
        if self._earlier:
            yield Text(f"… and {self._earlier} more before these; `nmo-monitor history` has them", "dim")
        yield from (trouble.line for trouble in self._troubles)

    def _awaited(self) -> Iterator[Text]:
        """What is still to be confirmed, if anything is."""
        if waiting := self._follow_ups():
            (journey, due), *others = waiting
            more = f", {len(others)} more later" if others else ""
            yield Text(f"follow-ups: {journey} {_until(due)}{more}", "dim")

    def _pressing(self, room: int) -> frozenset[Scheduled]:
        """As many entries as there is room for: those in trouble first, then those that are being walked."""
        if len(self._rows) <= room:
            return frozenset(self._rows)
        by_need = sorted(self._rows, key=lambda entry: self._rows[entry].need)
        return frozenset(by_need[: max(room - 1, 1)])

    def _told_apart(self, entry: Scheduled) -> Text:
        """Its journey, and its persona where others walk the same."""
        alone = sum(other.journey == entry.journey for other in self._rows) == 1
        return _name(entry.journey, "" if alone else f" {entry.persona}{self._where(entry)}")

    def _where(self, entry: Scheduled) -> str:
        """Its target where the same persona walks the same on another."""
        same = [other for other in self._rows if (other.journey, other.persona) == (entry.journey, entry.persona)]
        return f" {entry.target}" if len(same) > 1 else ""

    def _cells(self, entry: Scheduled, row: _Row) -> dict[str, RenderableType]:
        verdict = Text("—", "dim") if row.last is None else Text(row.last.verdict, COLOURS[row.last.verdict])
        if row.last and row.last.flaky:
            verdict.append(" (flaky)", "yellow")
        return {
            "journey": _name(row.journey),
            "persona": _name(row.persona, self._where(entry)),
            "verdict": verdict,
            "last, s": f"{row.last.duration_s:.2f}" if row.last else "",
            "median, s": f"{median(row.durations):.2f}" if row.durations else "",
            "success": f"{row.good / row.counted:.1%}" if row.counted else "",
            "runs": str(row.counted),
            "now": self._now(entry, row),
        }

    def _now(self, entry: Scheduled, row: _Row) -> Text:
        if row.step:
            return Text(f"▶ {row.step}", "cyan")
        due = self._due(entry.name)
        if due is None:
            return Text("")
        return Text(_until(due), "dim")


def _name(name: str, more: str = "") -> Text:
    """A name on one line, cut where there is no room, and what goes on after it."""
    return Text.assemble(name, (more, "dim"), no_wrap=True, overflow="ellipsis")


def _until(due: datetime) -> str:
    """How long it is until then, as people say it."""
    seconds = max((due - datetime.now(UTC)).total_seconds(), 0)
    if seconds < 120:
        return f"in {seconds:.0f} s"
    return f"in {seconds / 60:.0f} min" if seconds < 2 * 3600 else f"in {seconds / 3600:.0f} h"


def _clock(result: RunResult) -> str:
    return result.started_at.astimezone().strftime("%H:%M:%S")


class _Progress(Listener):
    def __init__(self, row: _Row) -> None:
        self._row = row

    def step_started(self, name: str) -> None:
        self._row.step = name

    def step_finished(self, step: StepResult) -> None:
        self._row.step = None


class Steps(Listener):
    """Prints each step of a run for a person: verdict, name, seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun: set[str] = set()

    def step_started(self, name: str) -> None:
        """Tell the second try from the first."""
        if name in self._begun:
            self._begun.clear()
            self._console.print("  [dim]second try, with full evidence[/]")
        self._begun.add(name)

    def step_finished(self, step: StepResult) -> None:
        """One line."""
        sign = {Verdict.PASSED: "✓", Verdict.DEGRADED: "~"}.get(step.verdict, "✗")
        self._console.print(
            f"  [{COLOURS[step.verdict]}]{sign}[/] {step.name}  [dim]{step.system} {step.duration_s:.2f} s[/]",
            highlight=False,
        )
