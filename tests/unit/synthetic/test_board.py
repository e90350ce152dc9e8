import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.result import Attempt, Failure, RunResult, StepResult, Verdict
from journeys.system import System
from synthetic.board import Board, Steps
from synthetic.settings import Scheduled, load

Made = Callable[..., RunResult]

ANNA = Scheduled("sign-in", "anna", "stage", 60, None, 60)
BORIS = Scheduled("via-gosuslugi", "boris", "stage", 120, None, 120)


def board(*entries: Scheduled, due_in: float | None = None) -> Board:
    due = None if due_in is None else datetime.now(UTC) + timedelta(seconds=due_in)
    return Board(entries or (ANNA, BORIS), {"metrics": "http://127.0.0.1:9464/metrics"}, lambda _: due)


def shown(rendered: Board, width: int = 160, height: int = 50) -> str:
    console = Console(record=True, width=width, height=height, file=io.StringIO())
    console.print(rendered)
    return console.export_text()


def row(rendered: Board, journey: str) -> str:
    return next(
        line for line in shown(rendered).splitlines() if line.strip().startswith(journey) or f" {journey} " in line
    )


def test_before_anything_ran() -> None:
    said = shown(board())
    assert "sign-in" in said
    assert "boris" in said
    assert "metrics http://127.0.0.1:9464/metrics" in said
    assert "—" in row(board(), "sign-in")
    assert "%" not in said


def test_a_row_counts_its_own_runs(run_result: Made) -> None:
    table = board()
    for seconds in (1.0, 2.0, 9.0):
        table.run_finished(run_result(duration_s=seconds))
    table.run_finished(run_result(Verdict.FAILED, duration_s=30.0))
    cells = row(table, "sign-in").replace("│", " ").split()
    assert cells[1:] == ["anna", "failed", "30.00", "2.00", "75.0%", "4"]
    assert "—" in row(table, "via-gosuslugi")


@pytest.mark.parametrize("verdict", [Verdict.BROKEN, Verdict.SKIPPED])
def test_what_is_not_counted_leaves_the_rate_alone(run_result: Made, verdict: Verdict) -> None:
    table = board()
    table.run_finished(run_result())
    table.run_finished(run_result(verdict, skip_reason="leased"))
    cells = row(table, "sign-in")
    assert verdict in cells
    assert "100.0%" in cells


def test_a_run_of_another_target_is_not_mixed_in(run_result: Made) -> None:
    table = board()
    table.run_finished(run_result(target="production"))
    assert "—" in row(table, "sign-in")


def test_a_flaky_run_says_so(run_result: Made) -> None:
    table = board()
    failed = Attempt(Verdict.FAILED, 1.0, Failure(System.ESIA, Cause.TIMEOUT, "nothing came"))
    table.run_finished(run_result(attempts=(failed, Attempt(Verdict.PASSED, 1.0))))
    assert "passed (flaky)" in row(table, "sign-in")


def test_the_latest_troubles_are_told(run_result: Made) -> None:
    table = board()
    for number in range(7):
        failure = Failure(System.ESIA, Cause.HTTP_ERROR, f"trouble {number} [/b] [red]", code="503")
        table.run_finished(run_result(Verdict.FAILED, failure=failure))
    table.run_finished(run_result(Verdict.SKIPPED, skip_reason="leased"))
    said = shown(table)
    assert [number for number in range(7) if f"trouble {number} [/b] [red]" in said] == [2, 3, 4, 5, 6]
    assert "sign-in (anna): failed: esia/http-error [503]: trouble 6" in said
    assert "skipped: leased" not in said
    assert "… and 2 more before these; `nmo-monitor history` has them" in said


def test_as_many_troubles_as_there_is_room_for_are_all_there_are(run_result: Made) -> None:
    table = board()
    for _ in range(5):
        table.run_finished(run_result(Verdict.FAILED))
    assert "before these" not in shown(table)


def test_a_trouble_that_is_over_says_since_when(run_result: Made) -> None:
    table = board()
    at = datetime(2026, 3, 2, 9, tzinfo=UTC).astimezone()
    failed, good, later = (at + timedelta(minutes=minutes) for minutes in (0, 1, 2))
    table.run_finished(run_result(Verdict.FAILED, started_at=failed))
    for other in ({"persona": "zoe"}, {"target": "production"}, {"journey": "via-gosuslugi"}):
        table.run_finished(run_result(started_at=good, **other))
    assert "good again" not in shown(table)
    table.run_finished(run_result(started_at=good))
    table.run_finished(run_result(started_at=later))
    (line,) = (line for line in shown(table).splitlines() if "(anna): failed" in line)
    assert line.startswith(f"{failed:%H:%M:%S}")
    assert line.endswith(f"; good again at {good:%H:%M:%S}")


def test_a_flaky_run_is_the_end_of_one_trouble_and_another(run_result: Made) -> None:
    table = board()
    failed = Attempt(Verdict.FAILED, 1.0, Failure(System.ESIA, Cause.TIMEOUT, "nothing came"))
    table.run_finished(run_result(Verdict.FAILED))
    table.run_finished(run_result(attempts=(failed, Attempt(Verdict.PASSED, 1.0))))
    lines = [line for line in shown(table).splitlines() if " sign-in (anna): " in line]
    assert ["good again" in line for line in lines] == [True, False]


def test_what_is_still_to_be_confirmed_is_told() -> None:
    soon, later = (datetime.now(UTC) + timedelta(hours=hours, seconds=30) for hours in (24, 48))
    waiting: list[tuple[str, datetime]] = []
    table = Board([ANNA], {}, lambda _: None, lambda: waiting)
    assert "follow-ups" not in shown(table)
    waiting.append(("specialist-update-outcome", soon))
    assert "follow-ups: specialist-update-outcome in 24 h\n" in shown(table)
    waiting.append(("account-missing-outcome", later))
    assert "follow-ups: specialist-update-outcome in 24 h, 1 more later\n" in shown(table)


def test_progress_shows_the_step_and_then_when_the_next_run_is_due(run_result: Made) -> None:
    table = board(due_in=41.7)
    assert "in 42 s" in row(table, "sign-in")
    progress = table.progress(ANNA)
    progress.step_started("open the portal")
    assert "▶ open the portal" in row(table, "sign-in")
    assert "open the portal" not in row(table, "via-gosuslugi")
    progress.step_finished(StepResult("open the portal", System.NMO, Verdict.PASSED, 1.0, 3.0))
    assert "in 42 s" in row(table, "sign-in") or "in 41 s" in row(table, "sign-in")


def test_a_run_that_was_cut_off_leaves_no_step(run_result: Made) -> None:
    table = board()
    table.progress(ANNA).step_started("open the portal")
    table.run_finished(run_result(Verdict.FAILED))
    assert "▶" not in row(table, "sign-in")


def test_a_low_window_shows_what_needs_a_look(run_result: Made) -> None:
    entries = [Scheduled("sign-in", f"anna-{number:02}", "stage", 60, None, 60) for number in range(40)]
    table = board(*entries)
    for number in range(40):
        verdict = Verdict.FAILED if number == 33 else Verdict.PASSED
        table.run_finished(run_result(verdict, persona=f"anna-{number:02}"))
    table.progress(entries[38]).step_started("open the portal")

    said = shown(table, height=20)

    assert len(said.splitlines()) <= 20
    assert "anna-33" in said.split("…")[0]
    assert "▶ open the portal" in said
    assert "metrics http://127.0.0.1:9464/metrics" in said
    listed = sum("│ sign-in" in line for line in said.splitlines())
    assert f"… and {40 - listed} more" in said
    assert "more, with nothing to say" not in shown(table, height=60)


def test_a_narrow_window_leaves_out_what_can_be_spared() -> None:
    assert "median, s" in shown(board())
    narrow = shown(board(), width=80)
    assert "median, s" not in narrow
    assert all(heading in narrow for heading in ("journey", "verdict", "last, s", "now"))


def test_where_there_is_no_room_for_personas_one_is_named_that_its_journey_does_not_tell() -> None:
    doctor, nurse = (Scheduled("account-status", name, "stage", 60, None, 60) for name in ("doctor", "nurse"))
    narrow = shown(board(doctor, nurse, BORIS), width=80)
    assert "account-status doctor" in narrow
    assert "account-status nurse" in narrow
    assert "boris" not in narrow
    assert "boris" in shown(board(doctor, nurse, BORIS), width=120)


@pytest.mark.parametrize("width", [80, 120])
def test_one_that_walks_the_same_on_two_targets_is_there_twice_and_told_apart(width: int) -> None:
    table = board(ANNA, replace(ANNA, target="production"), BORIS)
    lines = [line for line in shown(table, width).splitlines() if "sign-in" in line]
    assert ["stage" in line for line in lines] == [True, False]
    assert ["production" in line for line in lines] == [False, True]
    assert "stage" not in row(table, "via-gosuslugi")


@pytest.mark.parametrize("width", [80, 90, 105, 120, 125, 160])
def test_the_schedule_of_the_embedded_staging_fits_every_window(run_result: Made, width: int) -> None:
    schedule = load(journeys=JOURNEYS).schedule
    table = board(*schedule)
    failed = Attempt(Verdict.FAILED, 1.0, Failure(System.ESIA, Cause.TIMEOUT, "nothing came"))
    for entry in schedule:
        of = {"journey": entry.journey, "persona": entry.persona, "target": entry.target}
        table.run_finished(run_result(duration_s=1234.56, attempts=(failed, Attempt(Verdict.PASSED, 1.0)), **of))
        table.progress(entry).step_started("receive the code to put the postal address back")

    rows = [line for line in shown(table, width, height=80).splitlines() if line.startswith("│")]

    assert len(rows) == len(schedule)
    for line, entry in zip(rows, schedule, strict=True):
        name, *others, now = (cell.strip() for cell in line.strip("│").split("│"))
        assert name.split()[0] == entry.journey
        assert "passed (flaky)" in others
        assert "1234.56" in others
        assert not any("…" in cell for cell in (name, *others))
        assert now.startswith("▶ receive")


def test_a_name_that_is_too_long_costs_no_figure(run_result: Made) -> None:
    long = Scheduled("via-gosuslugi-first-visit", "a-doctor-of-the-clinic-in-the-north", "stage", 60, None, 60)
    table = board(long, Scheduled(long.journey, "boris", "stage", 60, None, 60))
    table.run_finished(run_result(duration_s=1234.56, journey=long.journey, persona=long.persona))

    line = next(line for line in shown(table, width=80).splitlines() if "a-doctor" in line)

    assert line.startswith("│ via-gosuslugi-first-visit a-doctor")
    assert "1234.56" in line
    assert "passed" in line


@pytest.mark.parametrize(("seconds", "said"), [(119.9, "in 120 s"), (900, "in 15 min"), (86_400, "in 24 h")])
def test_a_long_wait_is_told_as_people_say_it(seconds: float, said: str) -> None:
    assert said in row(board(due_in=seconds), "sign-in")


def test_a_run_that_is_overdue_is_due_now() -> None:
    assert "in 0 s" in row(board(due_in=-30), "sign-in")


@pytest.mark.parametrize(
    ("verdict", "sign"),
    [(Verdict.PASSED, "✓"), (Verdict.DEGRADED, "~"), (Verdict.FAILED, "✗"), (Verdict.BROKEN, "✗")],
)
def test_steps_are_printed_a_line_each(verdict: Verdict, sign: str) -> None:
    console = Console(record=True, width=100, file=io.StringIO())
    Steps(console).step_finished(StepResult("open the portal", System.NMO, verdict, 1.234, 3.0))
    assert console.export_text() == f"  {sign} open the portal  nmo 1.23 s\n"
