"""`nmo-monitor journeys`, `diagnoses` and `history`: what there is to walk, to go wrong, and what came of it."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from journeys.catalogue import JOURNEYS
from journeys.cause import SYSTEMS_OF, Cause
from journeys.result import Failure, Verdict
from journeys.system import System
from synthetic.advice import advise, catalogue, explained
from synthetic.cli.options import AsJson, SettingsFile, cause_names, persona_names, target_names
from synthetic.fault_switch import is_running
from synthetic.history import Filter, HistoryError, availability, pending, runs
from synthetic.listing import (
    CAUSE_COLUMNS,
    RUN_COLUMNS,
    SPARE_RUN_COLUMNS,
    Form,
    availability_columns,
    availability_rows,
    cause_row,
    journey_row,
    moment,
    run_row,
    show,
    show_markdown,
    show_rows,
    table,
)
from synthetic.resumption import open_history
from synthetic.screen_text import code_said, is_code
from synthetic.settings import EMBEDDED, Settings, UnknownName, load
from synthetic.settings.complaint import unknown
from synthetic.settings.embedded import EMBEDDED_PERSONAS

_RUNS_SHOWN = 50


def list_journeys(settings_file: SettingsFile = None, as_json: AsJson = False) -> None:
    """What can be walked: steps, budgets, and who walks it on schedule."""
    settings = load(settings_file, journeys=JOURNEYS)
    try:
        with open_history(settings).asked() as connection:
            waiting = pending(connection) if connection else []
    except HistoryError as error:
        print(f"nmo-monitor: {error}; what is pending is not known", file=sys.stderr)
        waiting = []
    rows = [journey_row(journey, settings, waiting) for journey in settings.journeys]
    if as_json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return
    shown = table("journey", "title", "requirements", "steps", "budget, s", "interval, s", "personas")
    for row in rows:
        shown.add_row(
            row["journey"],
            row["title"],
            " ".join(row["requirements"]),
            str(len(row["steps"])),
            f"{row['budget_s']:g}",
            f"{row['interval_s']:g}" if row["interval_s"] else "follows",
            ", ".join(entry["persona"] for entry in row["schedule"]),
        )
    show(shown)
    for one in waiting:
        due = one.asked.due_at.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
        gone = one.target == EMBEDDED and not is_running(settings.monitor.state_dir)
        more = "; its staging has ended, and the next `serve` closes it" if gone else ""
        print(f"pending: {one.asked.journey} ({one.persona} → {one.target}) is due at {due}{more}")


def diagnoses_command(
    cause: Annotated[
        str | None,
        typer.Argument(help="Explain this cause, or this code of ЕСИА: ESIA-007015.", autocompletion=cause_names),
    ] = None,
    variant: Annotated[str | None, typer.Option(help="What the report says beside the cause.")] = None,
    system: Annotated[System | None, typer.Option(help="Whose fault [default: the first that it can be]")] = None,
    language: Annotated[Literal["ru", "en"] | None, typer.Option(help="[default: monitor.language]")] = None,
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
) -> None:
    """What a failure can be, what it means to users, what helps, and who to turn to."""
    spoken = language or load(settings_file, journeys=JOURNEYS).monitor.language
    if cause is None:
        if variant is not None or system is not None:
            raise UnknownName("--variant and --system go with a cause")
        form: Form = "json" if as_json else "table"
        show_rows([cause_row(one, spoken) for one in Cause], CAUSE_COLUMNS, form)
        return
    said = code_said(cause.upper())
    if said:
        cause, variant, system = said.cause, variant or said.variant, system or said.system
    if cause not in set(Cause):
        if is_code(cause.upper()):
            raise UnknownName(f'"{cause}": no code that is known; look for what the screen says in `diagnoses`')
        raise UnknownName(f'"{cause}": {unknown("cause", cause, [str(one) for one in Cause])}')
    if system is not None and system not in SYSTEMS_OF[Cause(cause)]:
        raise UnknownName(f'--system "{system}": {cause} is the fault of {" or ".join(SYSTEMS_OF[Cause(cause)])}')
    known = tuple(catalogue()[Cause(cause)].variants)
    if variant is not None and variant not in known:
        raise UnknownName(f'--variant "{variant}": {unknown("variant", variant, known)}')
    failure = Failure(system or SYSTEMS_OF[Cause(cause)][0], Cause(cause), "", variant=variant)
    if as_json:
        print(json.dumps(asdict(advise(failure, datetime.now(UTC), spoken)), ensure_ascii=False, default=str))
    else:
        show_markdown(explained(failure, spoken))


def history_command(
    journey: Annotated[
        str | None, typer.Option(help="Of this journey.", autocompletion=lambda: [one.name for one in JOURNEYS])
    ] = None,
    persona: Annotated[str | None, typer.Option(help="Of this persona.", autocompletion=persona_names)] = None,
    target: Annotated[str | None, typer.Option(help="On this target.", autocompletion=target_names)] = None,
    verdict: Annotated[Verdict | None, typer.Option(help="With this verdict.")] = None,
    system: Annotated[System | None, typer.Option(help="That blame this system.")] = None,
    cause: Annotated[str | None, typer.Option(help="That name this cause.", autocompletion=cause_names)] = None,
    since: Annotated[
        str | None, typer.Option(help="Not before: 90m, 24h, 7d ago, or 2026-11-20[T10:00[+03:00]], local.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Before; written the same way.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, help="At most so many runs, the newest first [default: 50]")
    ] = None,
    available: Annotated[bool, typer.Option("--availability", help="Share of good scheduled runs by window.")] = False,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated, with a head.")] = False,
    settings_file: SettingsFile = None,
) -> None:
    """What earlier runs came to, and how available each journey was."""
    if as_json and as_csv:
        raise UnknownName("--json or --csv, not both")
    form: Form = "json" if as_json else "csv" if as_csv else "table"
    settings = load(settings_file, journeys=JOURNEYS)
    if cause is not None and cause not in set(Cause):
        raise UnknownName(f'--cause "{cause}": {unknown("cause", cause, [str(one) for one in Cause])}')
    for option, name in (("journey", journey), ("persona", persona), ("target", target)):
        if name is not None and not _is_text(name):
            raise UnknownName(f"--{option}: must be text in UTF-8")
    if available and (verdict or system or cause or limit):
        raise UnknownName("--availability counts all runs: leave out --verdict, --system, --cause and --limit")
    now = datetime.now(UTC)
    begin, end = _when("since", since, now), _when("until", until, now)
    if begin and begin > now:
        raise UnknownName(f'--since "{since}": must not be in the future')
    if begin and end and begin >= end:
        raise UnknownName(f'--since "{since}": must be before --until "{until}"')
    which = Filter(journey, persona, target, verdict, system, cause, begin, end)
    with open_history(settings).asked() as connection:
        if available:
            found = availability(connection, which, now) if connection else []
        else:
            results = runs(connection, which, limit or _RUNS_SHOWN) if connection else []
    if available:
        if not found:
            _say_nothing_is_found("scheduled runs", which, settings)
        show_rows(availability_rows(found, settings, form), availability_columns(found, form), form)
        return
    if not results:
        _say_nothing_is_found("runs", which, settings)
    if as_json:
        for result in results:
            print(result.to_json())
        return
    show_rows([run_row(result, form) for result in results], RUN_COLUMNS, form, SPARE_RUN_COLUMNS)


def _is_text(word: str) -> bool:
    """Whether it came from the shell as UTF-8; what did not holds surrogates, which no database takes."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _say_nothing_is_found(what: str, which: Filter, settings: Settings) -> None:
    """Raises UnknownName for a name that is not known; what there is no more may have left runs, and they are shown."""
    asked = (
        ("journey", which.journey, tuple(one.name for one in JOURNEYS)),
        ("persona", which.persona, (*settings.personas, *EMBEDDED_PERSONAS)),
        ("target", which.target, (*settings.targets, EMBEDDED)),
    )
    hints = [f': "{name}": {unknown(kind, name, known)}' for kind, name, known in asked if name and name not in known]
    if hints:
        raise UnknownName(f"no {what} are like that{hints[0]}")
    print(f"no {what} are like that", file=sys.stderr)


def _when(option: str, text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        return moment(text, now)
    except (ValueError, OverflowError):
        raise UnknownName(
            f'--{option} "{text}": must be 90m, 24h, 7d, or a date: 2026-11-20, 2026-11-20T10:00'
        ) from None
