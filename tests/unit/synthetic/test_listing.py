import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from journeys.cause import Cause
from journeys.result import Attempt, Failure, RunResult, Verdict
from journeys.system import System
from synthetic.listing import RUN_COLUMNS, SPARE_RUN_COLUMNS, moment, run_row, show_rows

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
Made = Callable[..., RunResult]


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("30s", timedelta(seconds=30)),
        ("90m", timedelta(minutes=90)),
        (" 24 h ", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
    ],
)
def test_a_time_ago(text: str, ago: timedelta) -> None:
    assert moment(text, NOW) == NOW - ago


def test_a_moment_with_its_zone() -> None:
    assert moment("2026-03-01T10:00+03:00", NOW) == datetime(2026, 3, 1, 7, tzinfo=UTC)


def test_a_date_is_local() -> None:
    assert moment("2026-03-01", NOW) == datetime(2026, 3, 1).astimezone()


@pytest.mark.parametrize("text", ["", "yesterday", "24", "h", "-3h", "2026-13-01"])
def test_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        moment(text, NOW)


def test_a_flaky_run_names_what_failed_first(run_result: Made) -> None:
    first = Attempt(Verdict.FAILED, 1.0, Failure(System.NMO, Cause.HTTP_ERROR, "the server answered 502", "502"))
    row = run_row(run_result(attempts=(first, Attempt(Verdict.PASSED, 2.0))), "json")
    assert (row["verdict"], row["system"], row["cause"], row["code"]) == ("flaky", "nmo", "http-error", "502")


def test_a_degraded_run_names_its_doubt(run_result: Made) -> None:
    doubt = Failure(System.ESIA, Cause.SLOW, "6 s, budget 5 s")
    row = run_row(run_result(Verdict.DEGRADED, doubts=(doubt,)), "json")
    assert (row["verdict"], row["system"], row["cause"]) == ("degraded", "esia", "slow")


def test_a_skipped_run_says_why(run_result: Made) -> None:
    assert run_row(run_result(Verdict.SKIPPED, skip_reason="leased"), "csv")["cause"] == "leased"


def test_every_form_holds_the_same(run_result: Made, capsys: pytest.CaptureFixture[str]) -> None:
    row = run_row(run_result(Verdict.FAILED), "json")
    said = {}
    for form in ("table", "csv", "json"):
        show_rows([row], RUN_COLUMNS, form)
        said[form] = capsys.readouterr().out
    assert json.loads(said["json"]) == row
    assert said["csv"].splitlines()[0] == ",".join(RUN_COLUMNS)
    assert said["table"].strip().split("\t")[0] == row["started_at"]
    assert all("timeout" in text for text in said.values())


def test_what_a_page_shows_is_no_markup(run_result: Made, capsys: pytest.CaptureFixture[str]) -> None:
    failure = Failure(System.ESIA, Cause.ERROR_SCREEN, "", code="[/E-1]")
    show_rows([run_row(run_result(Verdict.FAILED, failure=failure), "table")], RUN_COLUMNS, "table")
    assert "[/E-1]" in capsys.readouterr().out


@pytest.mark.parametrize(("width", "left_out"), [(300, ()), (100, SPARE_RUN_COLUMNS[:5]), (80, SPARE_RUN_COLUMNS)])
def test_a_narrow_terminal_does_without_some_columns_and_cuts_nothing_off(
    run_result: Made,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    left_out: tuple[str, ...],
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    failure = Failure(System.ESIA, Cause.TIMEOUT, "nothing came", "ESIA-7", "go to ЕСИА")
    result = run_result(Verdict.FAILED, run_id="0123456789abcdef" * 2, failure=failure)
    show_rows([run_row(result, "table")], RUN_COLUMNS, "table", SPARE_RUN_COLUMNS)
    said = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
    assert "…" not in said
    values = {"target": "stage", "duration_s": "2.0", "code": "ESIA-7", "persona": "anna", "step": "go to ЕСИА"}
    values |= {"system": " esia ", "run_id": result.run_id}
    told = f"no room for {', '.join(left_out)}: --json and --csv have them"
    assert (told in said) is bool(left_out)
    assert {name for name, value in values.items() if value not in said} == set(left_out)
