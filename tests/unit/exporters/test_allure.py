import errno
import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exporters.allure import AllureResults
from exporters.allure_folder import Keep, ResultsFolder
from journeys.cause import Cause
from journeys.comparison import Comparison
from journeys.identity import Rule
from journeys.journey import Journey
from journeys.result import Attempt, Evidence, Failure, Hop, RunResult, StepResult, Verdict
from journeys.system import System
from tests.full_disk import full_disk

Runs = Callable[..., RunResult]
FAILED = Failure(System.ESIA, Cause.HTTP_ERROR, "the sign-in page did not open", code="503", step="sign in")
FOREVER = timedelta(days=10_000)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "allure-results"


@pytest.fixture
def results(place: Path, journey: Journey) -> AllureResults:
    folder = ResultsFolder(place, good=Keep(100, FOREVER), bad=Keep(100, FOREVER))
    return AllureResults(folder, [journey])


@pytest.fixture
def screenshot(tmp_path: Path) -> Evidence:
    path = tmp_path / "evidence" / "screenshot.png"
    path.parent.mkdir()
    path.write_bytes(b"\x89PNG and so on")
    return Evidence("screenshot", path, "image/png")


def written(place: Path) -> dict[str, dict[str, Any]]:
    """Run id -> its result, as it is on disk."""
    found = [json.loads(file.read_text()) for file in place.glob("*-result.json")]
    return {result["uuid"]: result for result in found}


def labels(result: dict[str, Any], name: str) -> list[str]:
    return [label["value"] for label in result["labels"] if label["name"] == name]


def test_a_run_reads_as_its_journey(results: AllureResults, place: Path, run: Runs) -> None:
    results.run_finished(run())
    result = written(place)["run-1"]
    assert result["name"] == "Вход на портал — doctor"
    assert result["fullName"] == "journeys.sign-in"
    assert labels(result, "feature") == ["S5 Войти через Госуслуги", "S6 Вход через ЕСИА"]
    assert labels(result, "severity") == ["critical"]
    assert labels(result, "suite") == ["staging"]
    assert labels(result, "tag") == ["schedule"]
    shown = {parameter["name"]: parameter["value"] for parameter in result["parameters"]}
    assert shown == {"persona": "doctor", "target": "staging", "location": "moscow", "run": "run-1"}


def test_steps_follow_each_other_from_the_start_of_the_run(results: AllureResults, place: Path, run: Runs) -> None:
    started = run().started_at.timestamp() * 1000
    results.run_finished(run())
    result = written(place)["run-1"]
    times = [(step["name"], step["start"] - started, step["stop"] - started) for step in result["steps"]]
    assert times == [("open the portal", 0, 1000), ("sign in", 1000, 3500)]
    assert (result["start"], result["stop"]) == (started, started + 3500)


@pytest.mark.parametrize(
    ("verdict", "failure", "status"),
    [
        (Verdict.PASSED, None, "passed"),
        (Verdict.DEGRADED, None, "passed"),
        (Verdict.FAILED, FAILED, "failed"),
        (Verdict.BROKEN, FAILED, "broken"),
        (Verdict.SKIPPED, None, "skipped"),
    ],
)
def test_each_verdict_has_its_status_and_says_why(
    results: AllureResults, place: Path, run: Runs, verdict: Verdict, failure: Failure | None, status: str
) -> None:
    ended = run(verdict, failure=failure)
    results.run_finished(ended)
    result = written(place)["run-1"]
    assert result["status"] == status
    said = result.get("statusDetails", {}).get("message")
    assert said == (None if verdict is Verdict.PASSED else ended.explanation)


def test_a_failure_names_the_system_and_the_cause_and_sits_in_its_step(
    results: AllureResults, place: Path, run: Runs
) -> None:
    results.run_finished(run(Verdict.FAILED, failure=FAILED))
    result = written(place)["run-1"]
    assert (labels(result, "system"), labels(result, "cause")) == (["esia"], ["http-error"])
    opened, signed_in = result["steps"]
    assert "statusDetails" not in opened
    assert signed_in["status"] == "failed"
    assert signed_in["statusDetails"]["message"] == "esia/http-error [503]: the sign-in page did not open"


def test_what_was_noticed_beside_a_failure_is_explained_as_well(results: AllureResults, place: Path, run: Runs) -> None:
    noticed = Failure(System.ESIA, Cause.COOKIE_UNSAFE, "a cookie lacks HttpOnly")
    results.run_finished(run(Verdict.FAILED, failure=FAILED, doubts=(noticed,)))
    _, *explained = written(place)["run-1"]["description"].split("---\n\n")
    assert [str(FAILED) in explained[0], str(noticed) in explained[1]] == [True, True]


def test_what_both_portals_show_is_a_table_before_the_explanation(
    results: AllureResults, place: Path, run: Runs
) -> None:
    compared = (Comparison("Фамилия", "Яяяяяяяя", "Zzяzяяяя", Rule.LATIN_LETTERS),)
    results.run_finished(run(Verdict.FAILED, failure=FAILED, compared=compared))
    said = written(place)["run-1"]["description"].split("---\n\n")[0]
    assert "\n\n| | Госуслуги |" in said
    assert "\n| Фамилия | `Яяяяяяяя` | `Zzяzяяяя` | latin-letters |\n" in said


def test_a_degraded_run_shows_by_tag_and_by_the_name_of_the_slow_step(
    results: AllureResults, place: Path, run: Runs
) -> None:
    slow = StepResult("sign in", System.ESIA, Verdict.DEGRADED, 7.25, 5)
    results.run_finished(run(Verdict.DEGRADED, steps=(slow,)))
    result = written(place)["run-1"]
    assert "degraded" in labels(result, "tag")
    assert result["steps"][0]["name"] == "sign in — 7.2 s, budget 5 s"


def test_the_history_is_that_of_journey_persona_target_and_location(
    results: AllureResults, place: Path, run: Runs
) -> None:
    same = [run(run_id="a"), run(Verdict.FAILED, failure=FAILED, run_id="b", minute=5)]
    others = [
        run(run_id="c", persona="nurse"),
        run(run_id="d", target="production"),
        run(run_id="e", location="kazan"),
    ]
    for each in (*same, *others):
        results.run_finished(each)
    history = {run_id: result["historyId"] for run_id, result in written(place).items()}
    assert history["a"] == history["b"]
    assert len(set(history.values())) == 4
    # Allure 3 makes its own id of the parameters that are not excluded.
    excluded = [p["name"] for p in written(place)["a"]["parameters"] if p.get("excluded")]
    assert excluded == ["run"]


def test_evidence_is_copied_and_hops_become_a_table(
    results: AllureResults, place: Path, run: Runs, screenshot: Evidence
) -> None:
    hops = (Hop(System.NMO, "https://nmo.test/", 302, 0.125), Hop(None, "https://x.test/?a,b", 0, 1))
    results.run_finished(run(evidence=(screenshot,), hops=hops))
    screenshot.path.unlink()
    picture, table = written(place)["run-1"]["attachments"]
    assert (place / picture["source"]).read_bytes() == b"\x89PNG and so on"
    assert (picture["type"], table["type"]) == ("image/png", "text/csv")
    assert (place / table["source"]).read_text().splitlines() == [
        "system,status,seconds,url",
        "nmo,302,0.125,https://nmo.test/",
        ',0,1.000,"https://x.test/?a,b"',
    ]


def test_evidence_that_is_gone_costs_the_picture_not_the_result(
    results: AllureResults, place: Path, run: Runs, screenshot: Evidence
) -> None:
    screenshot.path.unlink()
    results.run_finished(run(evidence=(screenshot,)))
    assert "attachments" not in written(place)["run-1"]


def test_a_failed_first_attempt_is_kept_as_a_step_with_its_own_evidence(
    results: AllureResults, place: Path, run: Runs, screenshot: Evidence
) -> None:
    attempts = (Attempt(Verdict.FAILED, 2.0, FAILED, (screenshot,)), Attempt(Verdict.PASSED, 3.5))
    results.run_finished(run(attempts=attempts, evidence=(screenshot,)))
    result = written(place)["run-1"]
    first, *steps = result["steps"]
    assert first["name"] == "attempt 1: failed in «sign in», esia/http-error"
    assert (place / first["attachments"][0]["source"]).is_file()
    assert first["status"] == "failed"
    assert [(step["start"] - result["start"]) for step in (first, *steps)] == [0, 2000, 3000]
    assert result["stop"] - result["start"] == 5500
    assert "attachments" not in result
    assert result["statusDetails"]["flaky"] is True
    assert "flaky" in labels(result, "tag")


def bounded(place: Path, journey: Journey, **keep: Any) -> AllureResults:
    keep = {"good": Keep(2, FOREVER), "bad": Keep(3, FOREVER), **keep}
    return AllureResults(ResultsFolder(place, **keep), [journey])


def test_the_newest_of_each_kind_stay_and_failures_longer(place: Path, journey: Journey, run: Runs) -> None:
    results = bounded(place, journey)
    for minute in range(5):
        results.run_finished(run(run_id=f"good-{minute}", minute=minute))
        results.run_finished(run(Verdict.FAILED, failure=FAILED, run_id=f"bad-{minute}", minute=minute))
    assert written(place).keys() == {"good-3", "good-4", "bad-2", "bad-3", "bad-4"}


def test_a_large_folder_makes_room_for_several_at_once_and_never_holds_more(
    place: Path, journey: Journey, run: Runs
) -> None:
    results, counts = bounded(place, journey, good=Keep(40, FOREVER)), []
    for minute in range(50):
        results.run_finished(run(run_id=f"good-{minute}", minute=minute))
        counts.append(len(written(place)))
    assert max(counts) == 40
    assert min(counts[40:]) == 39
    assert "good-49" in written(place)


def test_a_run_that_is_forgotten_takes_its_attachments_along(
    place: Path, journey: Journey, run: Runs, screenshot: Evidence
) -> None:
    results = bounded(place, journey, good=Keep(1, FOREVER))
    for minute in range(3):
        results.run_finished(run(run_id=f"run-{minute}", minute=minute, evidence=(screenshot,)))
    assert {file.name for file in place.iterdir()} == {
        "monitor-good-run-2-1-attachment.png",
        "monitor-good-run-2-result.json",
    }


def test_what_is_too_old_goes_also_where_there_is_room_for_many_more(place: Path, journey: Journey, run: Runs) -> None:
    now = 0.0
    keep = Keep(1000, timedelta(hours=2))
    results = bounded(place, journey, good=keep, bad=keep, clock=lambda: now)
    for minute in (0, 30):
        now = run(minute=minute).started_at.timestamp() + 60
        results.run_finished(run(run_id=f"at-{minute}", minute=minute))
    now += 2 * 3600
    results.run_finished(run(run_id="later", minute=59))
    assert written(place).keys() == {"later"}


def test_old_runs_go_and_failures_stay_longer(place: Path, journey: Journey, run: Runs) -> None:
    now = run(minute=60).started_at.timestamp()
    ages = {"good": Keep(9, timedelta(minutes=30)), "bad": Keep(9, timedelta(minutes=50))}
    results = bounded(place, journey, **ages, clock=lambda: now)
    results.run_finished(run(run_id="good-old", minute=20))
    results.run_finished(run(Verdict.FAILED, failure=FAILED, run_id="bad-oldest", minute=5))
    results.run_finished(run(Verdict.FAILED, failure=FAILED, run_id="bad-old", minute=20))
    results.run_finished(run(run_id="new", minute=59))
    assert written(place).keys() == {"bad-old", "new"}


def test_a_restarted_monitor_knows_its_own_files_and_nobody_elses(place: Path, journey: Journey, run: Runs) -> None:
    bounded(place, journey).run_finished(run(run_id="before", minute=0))
    theirs = {
        "0aaf2a5e-1f1c-4f58-9f5c-5a7a3a1b9b10-result.json": "{}",
        "0aaf2a5e-1f1c-4f58-9f5c-5a7a3a1b9b10-attachment.txt": "",
        "monitor-notes.txt": "of a person",
    }
    for name, text in theirs.items():
        (place / name).write_text(text)
        os.utime(place / name, (0, 0))
    bounded(place, journey, good=Keep(1, FOREVER)).run_finished(run(run_id="after", minute=1))
    assert {file.name for file in place.iterdir()} == {*theirs, "monitor-good-after-result.json"}


def test_what_a_crash_left_half_written_is_cleared_away_later(place: Path, journey: Journey, run: Runs) -> None:
    place.mkdir()
    halves = ["monitor-bad-lost-1-attachment.png", "monitor-bad-lost-result.json.tmp"]
    for name in halves:
        (place / name).touch()
    written_at = (place / halves[0]).stat().st_ctime
    now = written_at
    results = bounded(place, journey, clock=lambda: now)
    results.run_finished(run(run_id="soon"))
    assert all((place / name).exists() for name in halves)  # another process may still be at it
    now = written_at + 3601
    results.run_finished(run(run_id="later"))
    assert not any((place / name).exists() for name in halves)


@pytest.mark.parametrize("limit", [0, 100, 1000])
def test_a_full_disk_is_reported_and_leaves_nothing_half_written(
    results: AllureResults, place: Path, run: Runs, screenshot: Evidence, limit: int
) -> None:
    results.run_finished(run(run_id="before"))
    before = {file.name for file in place.iterdir()}
    with full_disk(limit), pytest.raises(OSError) as raised:  # noqa: PT011 - the number is asserted below
        results.run_finished(run(run_id="during", evidence=(screenshot,)))
    assert raised.value.errno == errno.EFBIG
    assert {file.name for file in place.iterdir()} == before
    results.run_finished(run(run_id="after"))
    assert written(place).keys() == {"before", "after"}


def test_a_folder_that_was_taken_away_is_made_again(results: AllureResults, place: Path, run: Runs) -> None:
    place.rmdir()
    results.run_finished(run())
    assert written(place).keys() == {"run-1"}


def test_a_run_id_cannot_lead_out_of_the_folder(results: AllureResults, place: Path, run: Runs) -> None:
    results.run_finished(run(run_id="../../{x}"))
    assert [file.name for file in place.iterdir()] == ["monitor-good-..%2F..%2F%7Bx%7D-result.json"]


def test_the_environment_is_described_unless_somebody_else_did(place: Path) -> None:
    folder = ResultsFolder(place, good=Keep(1, FOREVER), bad=Keep(1, FOREVER))
    file = place / "environment.properties"
    folder.describe({"Target": "staging"})
    folder.describe({"Portal address": "http://nmo.test", "Место": "Москва"})
    assert file.read_text() == "# nmo-monitor\nPortal\\ address=http\\://nmo.test\nМесто=Москва\n"
    file.write_text("Stand=theirs\n")
    folder.describe({"Target": "staging"})
    assert file.read_text() == "Stand=theirs\n"
    assert [each.name for each in place.iterdir()] == ["environment.properties"]
