"""The confusion matrix as pages: Markdown to read in the repository, HTML by itself."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from tests.faults.figures import (
    CAUSE_AT_LEAST,
    Figures,
    by_system,
    confusion,
    confusion_of_causes,
    figures,
    share,
)
from tests.faults.outcome import NOTHING, Outcome

_TITLE = "Detection"
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:78rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
table{border-collapse:collapse;margin:.5rem 0 2rem}th,td{padding:.25rem .7rem;border-bottom:1px solid #d8dee4}
th{text-align:left}td.n{text-align:right;font-variant-numeric:tabular-nums}tr.missed{background:#ffe9e5}
code{background:#f2f4f7;padding:.1em .3em;border-radius:3px}
"""


@dataclass(frozen=True)
class Table:
    """A heading, a remark below it, the names of the columns, and rows of texts; ``marked`` rows stand out."""

    heading: str
    remark: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: frozenset[int] = frozenset()


def tables(outcomes: Sequence[Outcome]) -> tuple[Table, ...]:
    """Everything the pages show."""
    return (_summary(outcomes), systems(outcomes), _misses(outcomes), _confused(outcomes), _cases(outcomes))


def markdown(outcomes: Sequence[Outcome], command: str) -> str:
    """The page for `docs/detection.md`."""
    parts = [f"# {_TITLE}", *_introduction(outcomes, command, "`")]
    for table in tables(outcomes):
        parts += [f"## {table.heading}", table.remark] if table.remark else [f"## {table.heading}"]
        if table.rows:
            lines = [table.columns, tuple("---" for _ in table.columns), *table.rows]
            parts.append("\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines))
    return "\n\n".join(parts) + "\n"


def html(outcomes: Sequence[Outcome], command: str) -> str:
    """The page for `docs/detection.html`: one file, no scripts, nothing from elsewhere."""
    parts = [f"<p>{escape(text)}</p>" for text in _introduction(outcomes, command, "")]
    for table in tables(outcomes):
        parts.append(f"<h2>{escape(table.heading)}</h2>")
        if table.remark:
            parts.append(f"<p>{escape(table.remark)}</p>")
        if table.rows:
            parts.append(_html_table(table))
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{_TITLE}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n<h1>{_TITLE}</h1>\n{body}\n</body>\n</html>\n"
    )


def _introduction(outcomes: Sequence[Outcome], command: str, tick: str) -> Iterable[str]:
    faults = len({outcome.fault for outcome in outcomes})
    journeys = len({outcome.journey for outcome in outcomes})
    return (
        f"What the monitor says when something is wrong: {len(outcomes)} cases of {faults} faults on {journeys} "
        "journeys, one at a time on the embedded staging, each by an account of its own, without a second try.",
        f"Made by {tick}{command}{tick}. It fails below 100 % detected, 100 % of the systems right, "
        f"or {CAUSE_AT_LEAST:.0%} of the causes exact.",
        "Detected: the run fails, is degraded, or is broken where that is right. System: every system that is blamed "
        "is the one at fault. Cause: verdict, cause, and where the case says so code, variant and step are exact, and "
        "nothing else is named.",
    )


_FIGURES = ("cases", "detected", "right system", "exact cause")


def _row(of: Figures) -> tuple[str, ...]:
    return (str(of.cases), *(f"{share(part, of.cases)} ({part})" for part in (of.detected, of.right_system, of.exact)))


def _summary(outcomes: Sequence[Outcome]) -> Table:
    return Table("All", "", _FIGURES, (_row(figures(outcomes)),))


def systems(outcomes: Sequence[Outcome]) -> Table:
    """The confusion matrix: the system at fault, and how often each was blamed."""
    named = confusion(outcomes)
    blamed = sorted({name for _, name in named})
    rows = tuple(
        (system, *_row(of), *(str(named[system, name] or "·") for name in blamed))
        for system, of in by_system(outcomes).items()
    )
    columns = ("at fault", *_FIGURES, *(f"says {name}" for name in blamed))
    return Table("By system", "To the right, how often each system was blamed.", columns, rows)


def _misses(outcomes: Sequence[Outcome]) -> Table:
    missed = [outcome for outcome in outcomes if not outcome.exact]
    rows = tuple((one.case, one.expected, ", ".join(one.named) or NOTHING, one.explanation) for one in missed)
    remark = "" if missed else "None."
    return Table("Misses", remark, ("case", "at fault", "named", "what was said"), rows)


def _confused(outcomes: Sequence[Outcome]) -> Table:
    pairs = confusion_of_causes(outcomes)
    rows = tuple((expected, named, str(count)) for (expected, named), count in sorted(pairs.items()))
    return Table("Causes taken for others", "" if rows else "None.", ("at fault", "taken for", "times"), rows)


def _cases(outcomes: Sequence[Outcome]) -> Table:
    alike: defaultdict[tuple[str, ...], list[Outcome]] = defaultdict(list)
    for one in outcomes:
        alike[one.fault, one.at, one.expected].append(one)
    rows = []
    marked = set()
    for number, ((fault, at, expected), ones) in enumerate(
        sorted(alike.items(), key=lambda entry: (entry[1][0].system, entry[0]))
    ):
        of = figures(ones)
        tried = Counter(one.journey for one in ones)
        journeys = ", ".join(f"{name} ×{times}" if times > 1 else name for name, times in sorted(tried.items()))
        parts = (_part(part, of.cases) for part in (of.detected, of.right_system, of.exact))
        rows.append((fault, at, expected, journeys, *parts))
        if of.exact < of.cases:
            marked.add(number)
    columns = ("fault", "of", "to be named", "journeys", "detected", "system", "cause")
    remark = "×2: with other parameters of the fault, or by another account."
    return Table("Every case", remark, columns, tuple(rows), frozenset(marked))


def _part(right: int, of: int) -> str:
    return "✓" if right == of else f"{right} of {of}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _html_table(table: Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    rows = [
        f"<tr{' class=missed' if number in table.marked else ''}>"
        + "".join(f"<td{' class=n' if cell[:1].isdigit() else ''}>{escape(cell)}</td>" for cell in row)
        + "</tr>"
        for number, row in enumerate(table.rows)
    ]
    return f"<table>\n<tr>{head}</tr>\n" + "\n".join(rows) + "\n</table>"
