"""What the command line lists: tables for people, tab-separated lines for pipes, rows for programs."""

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from journeys.cause import SYSTEMS_OF, Cause
from journeys.journey import Journey
from journeys.result import RunResult
from synthetic.advice import Language, catalogue
from synthetic.coverage import causes_of, screens_of
from synthetic.history import Pending
from synthetic.history.query import WINDOWS, Availability
from synthetic.settings import Settings

Form = Literal["table", "json", "csv"]

RUN_ID = "run_id"

_AGO = re.compile(r"(\d+)\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def table(*headings: str) -> Table:
    """A table without lines."""
    made = Table(box=None, pad_edge=False)
    for heading in headings:
        # What is to be copied stays on one line; of all else nothing is cut off.
        made.add_column(heading, header_style="bold", no_wrap=heading == RUN_ID, overflow="fold")
    return made


def show(shown: Table) -> None:
    """A table for people; tab-separated lines for a pipe."""
    console = Console(highlight=False)
    if console.is_terminal:
        console.print(shown)
        return
    for row in zip(*(column.cells for column in shown.columns), strict=True):
        print("\t".join(map(str, row)))


def show_rows(rows: Sequence[Mapping[str, Any]], columns: Iterable[str], form: Form, spare: Iterable[str] = ()) -> None:
    """Rows with these keys. In a table None is empty, and ``spare`` columns are left out, one after the other, until a
    terminal is wide enough; JSON is an object a line, CSV has a head."""
    names = tuple(columns)
    if form == "json":
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
    elif form == "csv":
        writer = csv.DictWriter(sys.stdout, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    else:
        if not rows:
            return
        console = Console(highlight=False)
        unbounded = console.options.update(max_width=sys.maxsize)
        shown, left_out = _filled(rows, names), list[str]()
        for name in spare:
            if not console.is_terminal or console.measure(shown, options=unbounded).maximum <= console.width:
                break
            left_out.append(name)
            shown = _filled(rows, [name for name in names if name not in left_out])
        show(shown)
        if left_out:
            print(f"no room for {', '.join(left_out)}: --json and --csv have them")


def _filled(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> Table:
    shown = table(*names)
    for row in rows:
        # Not markup: what a page shows may look like it.
        shown.add_row(*(Text("" if row[name] is None else str(row[name])) for name in names))
    return shown


def show_markdown(text: str) -> None:
    """Rendered for people; as it stands for a pipe."""
    console = Console(highlight=False)
    if console.is_terminal:
        console.print(Padding(Markdown(text), (1, 2)))
    else:
        print(text)


CAUSE_COLUMNS = ("cause", "systems", "requirement", "title")


def cause_row(cause: Cause, language: Language) -> dict[str, Any]:
    """A cause of the catalogue, on one line."""
    entry = catalogue()[cause]
    return {
        "cause": str(cause),
        "systems": " ".join(SYSTEMS_OF[cause]),
        "requirement": entry.requirement,
        "title": (entry.ru if language == "ru" else entry.en).title,
        "variants": list(entry.variants),
    }


def journey_row(journey: Journey, settings: Settings, pending: Iterable[Pending]) -> dict[str, Any]:
    """A journey as it is set: steps, times, who walks it, and which follow-ups wait for their time."""
    return {
        "journey": journey.name,
        "title": journey.title,
        "requirements": list(journey.requirements),
        "kind": journey.kind,
        "staging": {one: [asdict(screen) for screen in screens_of(one)] for one in journey.requirements},
        "diagnoses": list(causes_of(journey.name)),
        "objective": journey.objective,
        "budget_s": journey.budget_s,
        "deadline_s": journey.deadline_s,
        "interval_s": journey.interval_s if journey.on_schedule else None,
        "states": list(journey.states),
        "steps": [
            {"name": step.name, "system": step.system, "budget_s": step.budget_s, "timeout_s": step.timeout_s}
            for step in journey.steps
        ],
        "schedule": [
            {"persona": entry.persona, "target": entry.target, "interval_s": entry.interval_s, "cron": entry.cron}
            for entry in settings.schedule
            if entry.journey == journey.name
        ],
        "pending": [
            {"persona": one.persona, "target": one.target, "due_at": one.asked.due_at.isoformat(), "run_id": one.run_id}
            for one in pending
            if one.asked.journey == journey.name
        ],
    }


RUN_COLUMNS = (
    "started_at",
    "journey",
    "persona",
    "target",
    "verdict",
    "duration_s",
    "system",
    "cause",
    "code",
    "step",
    RUN_ID,
)
SPARE_RUN_COLUMNS = ("target", "duration_s", "code", "persona", "step", "system", RUN_ID)
"""What a narrow terminal does without, in this order."""


def run_row(result: RunResult, form: Form) -> dict[str, Any]:
    """A run on one line. ``system`` and ``cause`` are those of its failure, or of the first doubt about it.

    People read the local time to the second, and its zone; programs get ISO 8601 in UTC.
    """
    tried = result.attempts[0].failure if result.flaky else None
    blamed = result.failure or tried or (result.doubts[0] if result.doubts else None)
    return {
        "started_at": _written(result.started_at, form),
        "journey": result.journey,
        "persona": result.persona,
        "target": result.target,
        "verdict": "flaky" if result.flaky else str(result.verdict),
        "duration_s": round(result.duration_s, 2),
        "system": blamed.system if blamed else None,
        "cause": blamed.cause if blamed else result.skip_reason,
        "code": blamed.code if blamed else None,
        "step": blamed.step if blamed else None,
        "run_id": result.run_id,
        "location": result.location,
        "origin": result.origin,
        "explanation": result.explanation,
    }


def _written(moment: datetime, form: Form) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z") if form == "table" else moment.isoformat()


def availability_columns(found: Iterable[Availability], form: Form) -> tuple[str, ...]:
    """The keys of `availability_rows`; a table has ``whole_since`` only where it cuts a window."""
    cut = form != "table" or any(one.whole_since for one in found)
    return ("journey", "objective", *WINDOWS, *(("whole_since",) if cut else ()))


def availability_rows(found: Iterable[Availability], settings: Settings, form: Form) -> list[dict[str, Any]]:
    """A row a journey: its objective, and its share of good runs in each window; programs get runs and good as well.
    ``whole_since`` is where longer windows begin, since runs before have been removed; None where none is cut."""
    objectives = {journey.name: journey.objective for journey in settings.journeys}
    rows: dict[str, dict[str, Any]] = {}
    for one in found:
        row = rows.setdefault(one.journey, {"journey": one.journey, "objective": objectives.get(one.journey)})
        row["whole_since"] = _written(one.whole_since, form) if one.whole_since else row.get("whole_since")
        if form == "json":
            row[one.window] = {"runs": one.runs, "good": one.good, "availability": one.share}
        elif form == "csv":
            row[one.window] = one.share
        else:
            row[one.window] = "–" if one.share is None else f"{one.share:.2%} of {one.runs}"
    return list(rows.values())


def moment(text: str, now: datetime) -> datetime:
    """A time as people write it: ``90m``, ``24h``, ``7d`` ago, or an ISO date or time, local unless it has a zone.

    Raises ValueError.
    """
    if ago := _AGO.fullmatch(text.strip()):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    return datetime.fromisoformat(text.strip()).astimezone(UTC)
