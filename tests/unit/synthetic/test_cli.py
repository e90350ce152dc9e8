import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest

from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.comparison import Comparison
from journeys.follow_up import FollowUp
from journeys.identity import Rule
from journeys.journey import Journey
from journeys.listener import Listener
from journeys.result import Evidence, Failure, RunResult, StepResult, Verdict
from journeys.system import System
from journeys.target import Target
from staging.fault_catalogue import CATALOGUE
from synthetic.advice import CatalogueInvalid
from synthetic.assignment import Assignment
from synthetic.browser import DeviceUnknown
from synthetic.cli import app, main
from synthetic.history import Retention
from synthetic.lease import sole_use
from synthetic.resumption import open_history
from synthetic.settings import load
from synthetic.worker import Worker

Made = Callable[..., RunResult]
Refused = Callable[..., str]
Printed = Callable[..., str]

PASSWORD = "Parol-2024!x"
STAGE = """
[targets.stage]
nmo = "http://127.0.0.1:1"
gosuslugi = "http://127.0.0.1:2"
esia = "http://127.0.0.1:3"
[targets.stage.inboxes.sms]
kind = "http"
url = "http://127.0.0.1:4/codes"
[personas.anna]
login = "env:ANNA_LOGIN"
password = "env:ANNA_PASSWORD"
[personas.new]
state = "first-visit"
login = "env:ANNA_LOGIN"
password = "env:ANNA_PASSWORD"
"""
SCHEDULE = '[[schedule]]\njourney = "sign-in"\npersona = "anna"\ntarget = "stage"\n'


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder with a stand-in for a browser, a quiet environment, and no adoption of orphans."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("NMO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ANNA_LOGIN", "+79000001011")
    monkeypatch.setenv("ANNA_PASSWORD", PASSWORD)
    browser = Path("browser")
    browser.write_text("#!/bin/sh\nexit 1\n")
    browser.chmod(0o755)
    wrote("")
    monkeypatch.setattr("synthetic.cli.walk.adopt_orphans", lambda: None)


def wrote(more: str, monitor: str = "") -> None:
    Path("nmo-monitor.toml").write_text(f'[monitor]\nbrowser = "browser"\n{monitor}\n{more}', encoding="utf-8")


@pytest.fixture
def refused(capfd: pytest.CaptureFixture[str]) -> Refused:
    """Runs a command that must be refused: exit code 2, one line to standard error, nothing else. The line."""

    def refuse(*arguments: str) -> str:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        out, err = capfd.readouterr()
        assert left.value.code == 2
        assert out == ""
        assert err.startswith("nmo-monitor: ")
        assert err.count("\n") == 1, err
        assert PASSWORD not in err
        return err.removeprefix("nmo-monitor: ").strip()

    return refuse


@pytest.fixture
def printed(capfd: pytest.CaptureFixture[str]) -> Printed:
    """Runs a command in a pipe and returns what it printed; ``code`` is the exit code it must have, ``aside`` what it
    says to standard error."""

    def run(*arguments: str, code: int = 0, aside: str = "") -> str:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        out, err = capfd.readouterr()
        assert (left.value.code or 0, err) == (code, aside)
        return out

    return run


def process(*arguments: str, code: int) -> tuple[str, str]:
    """A real process of the command line: what it wrote to its standard output and error."""
    command = [sys.executable, "-m", "synthetic"]
    script = Path(sys.executable).parent / "nmo-monitor"
    done = subprocess.run(
        [*([str(script)] if script.exists() else command), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout, done.stderr


# Names.


def test_an_unknown_journey(refused: Refused) -> None:
    assert refused("run", "sing-in") == '"sing-in": no such journey; did you mean "sign-in"?'


def test_a_journey_unlike_any(refused: Refused) -> None:
    names = ", ".join(sorted(journey.name for journey in JOURNEYS))
    assert refused("run", "zzz") == f'"zzz": no such journey; known: {names}'


def test_an_unknown_persona_of_the_staging(refused: Refused) -> None:
    assert refused("run", "sign-in", "--persona", "docter") == (
        '--persona "docter": no such persona; did you mean "doctor"?'
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["run", "sign-in", "--bogus"], "No such option: --bogus"),
        (["run"], "Missing argument 'JOURNEY'"),
        (["walk"], "No such command 'walk'"),
        (["faults", "--system"], "Option '--system' requires an argument"),
    ],
)
def test_a_mistyped_command_is_one_line(refused: Refused, arguments: list[str], complaint: str) -> None:
    assert refused(*arguments) == f"{complaint}; see --help"


def test_the_version(printed: Printed) -> None:
    assert printed("--version").strip() == f"nmo-monitor {version('nmo-monitor')}"


def test_without_a_command_there_is_help(printed: Printed) -> None:
    assert "journeys" in printed(code=2)


def test_an_unknown_persona_of_the_settings(refused: Refused) -> None:
    wrote(STAGE)
    assert refused("run", "sign-in", "--target", "stage", "--persona", "doctor") == (
        '--persona "doctor": no such persona; known: anna, new'
    )


def test_a_persona_whose_account_does_not_fit(refused: Refused) -> None:
    wrote(STAGE)
    assert refused("run", "sign-in", "--target", "stage", "--persona", "new") == (
        '--persona "new": its account is first-visit; sign-in needs one that is returning'
    )


def test_nobody_whose_account_fits(refused: Refused) -> None:
    wrote(STAGE.replace('state = "first-visit"', ""))
    assert refused("run", "first-visit", "--target", "stage") == (
        "personas: none has what first-visit needs: an account that is first-visit"
    )
    wrote(STAGE.replace("[personas.anna]", '[personas.anna]\nstate = "first-visit"'))
    assert refused("run", "cabinet", "--target", "stage") == (
        "personas: none has what cabinet needs: an account that is returning, "
        "of the role doctor or nurse or resident or teacher or head or hr"
    )


@pytest.mark.parametrize(
    ("who", "said"),
    [((), "personas.anna: it is sent"), (("--persona", "anna"), '--persona "anna": it is sent')],
)
def test_a_persona_that_no_code_would_reach(refused: Refused, who: tuple[str, ...], said: str) -> None:
    before, _, after = STAGE.partition("[targets.stage.inboxes.sms]")
    wrote(before + after[after.index("[personas.anna]") :])
    assert refused("run", "sign-in", "--target", "stage", *who) == (
        f"{said} a code by SMS; add [targets.stage.inboxes.sms]"
    )


def test_a_code_by_email_that_nobody_can_read(refused: Refused) -> None:
    wrote(STAGE + 'email = "env:ANNA_LOGIN"\n')
    assert refused("run", "first-visit", "--target", "stage") == (
        "personas.new: it is sent a code by e-mail; add [targets.stage.inboxes.email]"
    )


@pytest.mark.parametrize(
    ("who", "said"), [((), "personas.anna"), (("--persona", "anna"), '--persona "anna"')], ids=["anybody", "anna"]
)
def test_an_account_that_another_journey_uses_is_not_spent(refused: Refused, who: tuple[str, ...], said: str) -> None:
    wrote(STAGE + SCHEDULE)
    assert refused("run", "sign-in-refused", "--target", "stage", *who) == (
        f"{said}: sign-in-refused needs an account that nobody else uses, and anna walks sign-in as well"
    )


def test_a_fault_when_nothing_is_scheduled_on_the_staging(refused: Refused) -> None:
    wrote(STAGE + SCHEDULE)
    assert refused("serve", "--fault", "http-503") == (
        "--fault: only the embedded staging can be broken, and nothing is scheduled on it"
    )


def test_an_unknown_place_of_a_fault(refused: Refused) -> None:
    assert refused("faults", "blnk-page", "--system", "nmo") == '"blnk-page": no such fault; did you mean "blank-page"?'
    assert refused("faults", "blank-page", "--system", "nmoo") == (
        '--system "nmoo": blank-page breaks nmo, gosuslugi or esia'
    )


def test_an_unknown_target(refused: Refused) -> None:
    wrote(STAGE)
    assert refused("run", "sign-in", "--target", "stge") == '"stge": no such target; did you mean "stage"?'


def test_a_settings_file_that_is_not_needed_must_exist_too(refused: Refused) -> None:
    assert refused("faults", "--settings", "none.toml").startswith("none.toml: no such file")


def test_an_unknown_fault(refused: Refused) -> None:
    assert refused("faults", "http-53") == '"http-53": no such fault; did you mean "http-503"?'


@pytest.mark.parametrize("arguments", [("--off",), ("--system", "esia"), ("--off", "--clear")])
def test_switching_a_fault_without_its_name(refused: Refused, arguments: tuple[str, ...]) -> None:
    """It would look as if something had been switched."""
    assert refused("faults", *arguments) == (
        "--off and --system go with the name of a fault; --clear switches every fault off"
    )


@pytest.mark.parametrize("command", [("run", "sign-in"), ("serve",)])
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("http-53", 'no such fault; did you mean "http-503"?'),
        ("http-53:esia", 'no such fault; did you mean "http-503"?'),
        ("http-503:esi", "http-503 breaks nmo, gosuslugi or esia"),
        ("http-503:", "http-503 breaks nmo, gosuslugi or esia"),
    ],
)
def test_an_unknown_fault_for_a_run(refused: Refused, command: tuple[str, ...], fault: str, said: str) -> None:
    assert refused(*command, "--fault", fault) == f'--fault "{fault}": {said}'


def test_a_fault_for_a_target_that_is_not_ours(refused: Refused) -> None:
    wrote(STAGE)
    assert refused("run", "sign-in", "--target", "stage", "--fault", "http-503") == (
        "--fault: only the embedded staging can be broken; leave out --target"
    )


# Settings.


def test_the_diagnoses(printed: Printed) -> None:
    assert len(printed("diagnoses").splitlines()) == len(Cause)
    told = printed("diagnoses", "account-unconfirmed", "--variant", "identity", "--language", "en")
    assert told.startswith("**The account is not confirmed** (S1)")
    assert "Upload an identity document" in told
    assert json.loads(printed("diagnoses", "slow", "--system", "esia", "--json"))["retest_is_safe"] is True
    assert printed("diagnoses", "esia-007015") == printed("diagnoses", "clock-skew")
    assert printed("diagnoses", "NMO-2001") == printed("diagnoses", "name-mismatch")
    assert printed("diagnoses", "NMO-3103") == printed("diagnoses", "scan-rejected")
    rows = {row["journey"]: row for row in map(json.loads, printed("journeys", "--json").splitlines())}
    assert "account-unconfirmed" in rows["account-status"]["diagnoses"]
    assert {"contact-unconfirmed", "code-not-delivered", "http-error"} <= {*rows["contact-update"]["diagnoses"]}
    assert "code-not-delivered" not in rows["support-channels"]["diagnoses"]


PORTAL, ESIA = "Support of «Образовательный портал НМО»", "Support of Госуслуги and ЕСИА"


@pytest.mark.parametrize(
    ("code", "turn_to"),
    [
        ("ESIA-007007", ESIA),
        ("ESIA-007008", ESIA),
        ("ESIA-007046", ESIA),
        ("ESIA-007053", PORTAL),
        ("NMO-3101", PORTAL),
        ("NMO-3200", PORTAL),
        ("EPGU-3101", ESIA),
        ("EPGU-1002", ESIA),
        ("NMO-4004", PORTAL),
        ("ESIA-7003", ESIA),
    ],
)
def test_who_to_turn_to_with_a_code_is_whose_it_is(printed: Printed, code: str, turn_to: str) -> None:
    told = json.loads(printed("diagnoses", code, "--language", "en", "--json"))
    assert told["turn_to"] == turn_to


def test_a_code_brings_its_variant_and_a_system_that_is_given_stands(printed: Printed) -> None:
    assert printed("diagnoses", "NMO-3002") == printed(
        "diagnoses", "nmo-account-missing", "--variant", "not-synchronised"
    )
    assert printed("diagnoses", "EPGU-4004") == printed("diagnoses", "http-error", "--system", "gosuslugi")
    assert printed("diagnoses", "NMO-7003") == printed("diagnoses", "error-screen")
    assert printed("diagnoses", "ESIA-007007", "--system", "nmo") == printed("diagnoses", "handover-failed")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("slw",), '"slw": no such cause; did you mean "slow"?'),
        (
            ("account-unconfirmed", "--variant", "identty"),
            '--variant "identty": no such variant; did you mean "identity"?',
        ),
        (("http-error", "--system", "registry"), '--system "registry": http-error is the fault of nmo or '),
        (("--variant", "identity"), "--variant and --system go with a cause"),
        (("--system", "nmo"), "--variant and --system go with a cause"),
        (("FOO-4004",), '"FOO-4004": no code that is known; look for what the screen says in `diagnoses`'),
        (("ESIA-999999",), '"ESIA-999999": no code that is known; look for what the screen says in `diagnoses`'),
    ],
)
def test_a_diagnosis_that_there_is_not(refused: Refused, arguments: tuple[str, ...], said: str) -> None:
    assert refused("diagnoses", *arguments).startswith(said)


def test_availability_since_runs_have_been_removed(printed: Printed, run_result: Made) -> None:
    history = open_history(load(journeys=JOURNEYS))
    Path(".nmo-monitor").mkdir()
    since = datetime.now(UTC) - timedelta(hours=2)
    history.run_finished(run_result(started_at=since - timedelta(hours=1), run_id="removed"))
    history.run_finished(run_result(Verdict.FAILED, started_at=since - timedelta(minutes=30), run_id="out of sight"))
    for run_id in ("latest", "with it"):
        history.run_finished(run_result(started_at=since, run_id=run_id))
    history.flush()
    with history.connection() as connection:
        Retention(2, timedelta(days=90)).apply(connection, datetime.now(UTC))
    history.close()

    head, row = printed("history", "--availability", "--csv").splitlines()
    assert head == "journey,objective,1h,24h,7d,30d,whole_since"
    assert row == f"sign-in,0.99,,1.0,1.0,1.0,{since.isoformat()}"
    told = json.loads(printed("history", "--availability", "--json"))
    assert told["30d"] == {"runs": 2, "good": 2, "availability": 1.0}
    assert told["whole_since"] == since.isoformat()
    local = since.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    shown = "100.00% of 2"
    assert printed("history", "--availability") == f"sign-in\t0.99\t–\t{shown}\t{shown}\t{shown}\t{local}\n"


def test_a_history_of_nothing(printed: Printed, tmp_path: Path) -> None:
    assert printed("history", aside="no runs are like that\n") == ""
    assert printed("history", "--availability", aside="no scheduled runs are like that\n") == ""
    assert not (tmp_path / ".nmo-monitor" / "history.sqlite").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--journey", "sgn-in"), 'no runs are like that: "sgn-in": no such journey; did you mean "sign-in"?'),
        (("--persona", "docter"), 'no runs are like that: "docter": no such persona; did you mean "doctor"?'),
        (("--target", "embeded"), 'no runs are like that: "embeded": no such target; did you mean "embedded"?'),
        (
            ("--availability", "--journey", "sgn-in"),
            'no scheduled runs are like that: "sgn-in": no such journey; did you mean "sign-in"?',
        ),
    ],
)
@pytest.mark.parametrize("form", [(), ("--csv",), ("--json",)], ids=["table", "csv", "json"])
def test_a_name_that_is_not_known_and_has_no_runs(
    refused: Refused, arguments: tuple[str, ...], form: tuple[str, ...], said: str
) -> None:
    assert refused("history", *arguments, *form) == said


def test_the_runs_of_what_there_is_no_more_are_shown(printed: Printed, run_result: Made) -> None:
    history = open_history(load(journeys=JOURNEYS))
    Path(".nmo-monitor").mkdir()
    history.run_finished(run_result(run_id="left", journey="removed"))
    history.close()

    assert printed("history", "--journey", "removed", "--csv").splitlines()[1].endswith(",left")


def test_what_is_recorded(printed: Printed, run_result: Made) -> None:
    history = open_history(load(journeys=JOURNEYS))
    Path(".nmo-monitor").mkdir()
    asked = FollowUp("specialist-update-outcome", datetime.now(UTC) + timedelta(hours=24))
    history.run_finished(run_result(run_id="good", started_at=datetime.now(UTC), follow_up=asked))
    history.run_finished(run_result(Verdict.FAILED, run_id="bad", started_at=datetime.now(UTC)))
    asked = FollowUp(asked.journey, asked.due_at + timedelta(hours=1))
    history.run_finished(
        run_result(run_id="ours", target="embedded", origin="ci", started_at=datetime.now(UTC), follow_up=asked)
    )
    history.close()

    assert [json.loads(line)["run_id"] for line in printed("history", "--json").splitlines()] == [
        "ours",
        "bad",
        "good",
    ]
    assert printed("history", "--verdict", "failed", "--csv").splitlines()[1].endswith(",bad")
    assert printed("history", "--system", "nmo", aside="no runs are like that\n") == ""
    assert printed("history", "--since", "1h", "--limit", "1").strip().endswith("ours")
    assert printed("history", "--availability") == "sign-in\t0.99\t50.00% of 2\t50.00% of 2\t50.00% of 2\t50.00% of 2\n"
    pending = [line for line in printed("journeys").splitlines() if line.startswith("pending: ")]
    assert [line.partition(" is due at ")[0] for line in pending] == [
        "pending: specialist-update-outcome (anna → stage)",
        "pending: specialist-update-outcome (anna → embedded)",
    ]
    ended = "; its staging has ended, and the next `serve` closes it"
    assert [line.endswith(ended) for line in pending] == [False, True]
    Path(".nmo-monitor/staging.json").touch()
    assert ended not in printed("journeys")
    described = [json.loads(line) for line in printed("journeys", "--json").splitlines()]
    assert {row["journey"]: len(row["pending"]) for row in described}["specialist-update-outcome"] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--cause", "timeuot"), '--cause "timeuot": no such cause; did you mean "timeout"?'),
        (
            ("--since", "yesterday"),
            '--since "yesterday": must be 90m, 24h, 7d, or a date: 2026-11-20, 2026-11-20T10:00',
        ),
        (("--persona", "\udcff"), "--persona: must be text in UTF-8"),
        (("--since", "2999-01-01"), '--since "2999-01-01": must not be in the future'),
        (("--since", "1h", "--until", "2h"), '--since "1h": must be before --until "2h"'),
        (
            ("--availability", "--verdict", "failed"),
            "--availability counts all runs: leave out --verdict, --system, --cause and --limit",
        ),
        (
            ("--availability", "--limit", "5"),
            "--availability counts all runs: leave out --verdict, --system, --cause and --limit",
        ),
        (
            ("--limit", "99999999999999999999"),
            "Invalid value for '--limit': Input should be less than or equal to 1000000; see --help",
        ),
    ],
)
def test_a_history_asked_the_wrong_way(refused: Refused, arguments: tuple[str, str], said: str) -> None:
    assert refused("history", *arguments) == said


def test_a_history_where_there_is_no_folder(refused: Refused) -> None:
    wrote('[history]\nurl = "sqlite:////nowhere/at/all/h.sqlite"')
    assert refused("history") == "history: /nowhere/at/all/h.sqlite: there is no folder /nowhere/at/all"


def test_two_forms_of_a_history_at_once(refused: Refused) -> None:
    assert refused("history", "--json", "--csv") == "--json or --csv, not both"


def test_a_catalogue_that_is_not_valid_is_told_before_anything_is_walked(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiled() -> None:
        raise CatalogueInvalid("catalogue of diagnoses: slow: no title")

    monkeypatch.setattr("synthetic.cli.walk.catalogue", spoiled)
    assert refused("run", "sign-in") == "catalogue of diagnoses: slow: no title"


def test_a_device_that_nobody_knows(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str | None] = []

    def look_up(targets: Iterable[Target]) -> None:
        looked_up.extend(target.device for target in targets)
        raise DeviceUnknown("no such device")  # a driver would be started in the tests' own thread

    monkeypatch.setattr("synthetic.cli.walk.check_devices", look_up)
    wrote(STAGE.replace("[targets.stage.inboxes.sms]", 'device = "Pixle 7"\n[targets.stage.inboxes.sms]'))
    assert refused("run", "sign-in", "--target", "stage") == "no such device"
    assert looked_up == ["Pixle 7"]


def test_a_follow_up_is_not_walked_by_hand(refused: Refused) -> None:
    said = '"specialist-update-outcome": only follows up another journey; `serve` walks it when it is due'
    assert refused("run", "specialist-update-outcome") == said


def test_a_history_that_cannot_be_opened(refused: Refused) -> None:
    Path(".nmo-monitor").mkdir()
    Path(".nmo-monitor/history.sqlite").write_text("no database, and as long as the head of one would be" * 9)
    assert refused("history") == "history: .nmo-monitor/history.sqlite: file is not a database"


def test_no_such_settings_file(refused: Refused) -> None:
    assert refused("journeys", "--settings", "nowhere.toml") == (
        "nowhere.toml: no such file; name a TOML file with --settings or NMO_SETTINGS"
    )


def test_settings_that_are_not_toml(refused: Refused) -> None:
    Path("nmo-monitor.toml").write_text("[monitor]\nport = = 1\n")
    assert refused("journeys").startswith("nmo-monitor.toml: line 2, column 8: not TOML: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[monitr]\nlocation = "x"', "nmo-monitor.toml: monitr: unknown key; did you mean monitor?"),
        (
            '[journeys.sign-in]\nbudget_s = "long"',
            'nmo-monitor.toml: journeys.sign-in.budget_s = "long": must be a number',
        ),
        (
            "[journeys.sign-in]\nbudget_s = 90",
            "nmo-monitor.toml: journeys.sign-in.budget_s = 90.0: must be less than interval_s = 60",
        ),
        (
            "[journeys.sign-in]\nbudget_s = 10",
            "nmo-monitor.toml: journeys.sign-in.budget_s = 10.0: the budgets of its steps add up to 46 s; "
            "must be at least that",
        ),
    ],
)
def test_settings_that_cannot_work(refused: Refused, text: str, said: str) -> None:
    wrote(text)
    assert refused("journeys") == said


@pytest.mark.parametrize("command", ["journeys", "report", "doctor", "serve"])
def test_every_command_refuses_bad_settings(refused: Refused, command: str) -> None:
    wrote("[monitr]")
    assert "unknown key" in refused(command)


def test_an_option_that_cannot_work(refused: Refused) -> None:
    assert refused("serve", "--port", "99999") == "command line: monitor.port = 99999: must be at most 65535"


def test_several_things_that_are_wrong_are_a_line_each(capfd: pytest.CaptureFixture[str]) -> None:
    wrote('[journeys.sing-in]\n[journeys.sign-in]\nbudget_s = "long"\nobjective = 2')
    with pytest.raises(SystemExit):
        main(["journeys"])
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("nmo-monitor: nmo-monitor.toml: journeys.sign-in.") for line in lines)


@pytest.mark.parametrize("command", [("serve",), ("run", "sign-in", "--target", "stage")])
def test_a_secret_that_is_missing(refused: Refused, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    monkeypatch.delenv("ANNA_LOGIN")
    wrote(STAGE + SCHEDULE)
    assert refused(*command) == "nmo-monitor.toml: personas.anna.login: env:ANNA_LOGIN is not set"


@pytest.mark.parametrize(
    "command",
    [
        ("serve",),
        ("run", "sign-in", "first-visit", "--target", "stage"),
    ],
    ids=["serve", "run"],
)
def test_all_secrets_that_are_missing_are_named_at_once(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.delenv("ANNA_LOGIN")
    another = SCHEDULE.replace("sign-in", "first-visit").replace("anna", "new")
    wrote(STAGE.replace("[personas.anna]", 'token = "env:NO_TOKEN"\n[personas.anna]') + SCHEDULE + another)

    with pytest.raises(SystemExit) as left:
        main(command)

    assert left.value.code == 2
    assert sorted(capfd.readouterr().err.splitlines()) == [
        "nmo-monitor: nmo-monitor.toml: personas.anna.login: env:ANNA_LOGIN is not set",
        "nmo-monitor: nmo-monitor.toml: personas.new.login: env:ANNA_LOGIN is not set",
        "nmo-monitor: nmo-monitor.toml: targets.stage.inboxes.sms.token: env:NO_TOKEN is not set",
    ]


def test_a_secret_in_the_place_of_a_reference(refused: Refused) -> None:
    wrote(STAGE.replace("env:ANNA_PASSWORD", PASSWORD, 1))
    said = refused("journeys")
    assert said.startswith("nmo-monitor.toml: personas.anna.password: must be a reference")


# The machine.


@pytest.mark.parametrize("command", [("run", "sign-in"), ("serve",)])
def test_a_browser_that_cannot_be_run(refused: Refused, command: tuple[str, ...]) -> None:
    Path("browser").chmod(0o644)
    assert refused(*command) == ("monitor.browser: browser is not an executable file; name a Chromium, or leave it out")


def test_no_browser_at_all(refused: Refused, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Path("nmo-monitor.toml").unlink()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)
    assert refused("run", "sign-in").startswith("no browser: run `nmo-monitor doctor --install`, or")


@pytest.mark.parametrize(
    ("setting", "command"),
    [("state_dir", ("run", "sign-in")), ("results_dir", ("serve",)), ("state_dir", ("serve",))],
)
def test_a_folder_that_cannot_be_written(refused: Refused, setting: str, command: tuple[str, ...]) -> None:
    Path("file").touch()
    wrote("", monitor=f'{setting} = "file/below"')
    assert refused(*command) == (
        f"monitor.{setting}: cannot write to file/below: Not a directory; name a folder that can be written"
    )


def test_a_second_serve_on_the_same_state_folder() -> None:
    wrote(STAGE + SCHEDULE)
    with sole_use(Path(".nmo-monitor")):
        out, err = process("serve", code=2)
    assert out == ""
    assert err == (
        "nmo-monitor: monitor.state_dir: .nmo-monitor is in use by another `serve`; stop it, or name another folder\n"
    )


def test_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        wrote(STAGE + SCHEDULE, monitor=f"port = {port}")
        out, err = process("serve", code=2)
    assert out == ""
    assert err == (
        f"nmo-monitor: monitor.port: cannot listen on 127.0.0.1:{port}: Address already in use; choose a free port\n"
    )


def test_a_browser_that_does_not_start_breaks_the_run() -> None:
    wrote(STAGE)
    out, err = process("run", "sign-in", "--target", "stage", "--json", code=3)
    result = RunResult.from_json(out)
    assert result.failure is not None
    assert (result.verdict, result.failure.cause) == (Verdict.BROKEN, Cause.BROWSER_MISSING)
    assert PASSWORD not in out + err
    assert err == ""


def test_faults_without_a_running_serve(refused: Refused) -> None:
    said = "no embedded staging runs on .nmo-monitor: start `nmo-monitor serve`, or use `run --fault`"
    assert refused("faults", "http-503") == said
    assert refused("faults", "--clear") == said


def test_a_report_without_results(refused: Refused) -> None:
    assert refused("report") == (
        "monitor.results_dir: allure-results holds no results; run the tests or the monitor first"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "JOURNEY"),
        (["run", "sign-in", "--evidence", "all"], "'all' is not one of 'light', 'full'"),
        (["run", "sign-in", "--persna", "x"], "--persna"),
        (["serve", "--port", "http"], "'--port'"),
        (["rnu"], "rnu"),
    ],
)
def test_usage_that_typer_refuses(capfd: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    err = capfd.readouterr().err
    assert left.value.code == 2
    assert said in err
    assert "Traceback" not in err


# What is printed.


@pytest.mark.parametrize("command", [info.name or info.callback.__name__ for info in app.registered_commands])  # type: ignore[union-attr]
def test_help_shows_an_example(printed: Printed, command: str) -> None:
    said = " ".join(printed(command, "--help").split())
    assert re.search(rf"Example: nmo-monitor {command}\b", said)
    assert said.lower().startswith("usage: ")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("run sign-in-r", ["sign-in-refused"]),
        ("faults http-5", ["http-500", "http-502", "http-503"]),
        ("run sign-in --fault http-503 --fault http-500", ["http-500"]),
        ("serve --fault blank", ["blank-page"]),
        ("run sign-in --target ", ["embedded", "stage"]),
        ("run sign-in --target stage --persona ", ["anna", "new"]),
        ("run sign-in --persona n", ["new", "newcomer", "not-registered", "not-synchronised", "nurse"]),
        ("run sign-in --settings none.toml --persona ", []),
        ("run sign-in --settings none.toml --target ", []),
        ("run sign-in --settings broken.toml --persona ", []),
        ("run sign-in --fault no-such --target st", ["stage"]),
        ("diagnoses account-l", ["account-locked"]),
        ("history --journey account-missing-", ["account-missing-outcome"]),
        ("history --persona an", ["anna"]),
        ("history --target st", ["stage"]),
        ("history --cause account-l", ["account-locked"]),
    ],
)
def test_a_shell_completes_names(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, typed: str, offered: list[str]
) -> None:
    wrote(STAGE)
    Path("broken.toml").write_text("[monitor", encoding="utf-8")
    words = ["nmo-monitor", *typed.split(" ")]
    monkeypatch.setattr(sys, "argv", words[:1])
    monkeypatch.setenv("_NMO_MONITOR_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", " ".join(words))
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))

    with pytest.raises(SystemExit) as left:
        main([])

    out, err = capfd.readouterr()
    assert (left.value.code or 0, err) == (0, "")
    assert sorted(out.split()) == offered


def test_help_lists_every_command(printed: Printed) -> None:
    said = printed("--help")
    assert [name for name in ("journeys", "run", "serve", "faults", "report", "doctor") if name not in said] == []


def test_journeys_in_a_pipe_are_lines_of_columns(printed: Printed) -> None:
    rows = [line.split("\t") for line in printed("journeys").splitlines()]
    assert [row[0] for row in rows] == [journey.name for journey in JOURNEYS]
    sign_in = next(row for row in rows if row[0] == "sign-in")
    watched = "doctor, nurse, email-doctor, inn-doctor, snils-nurse, employed-doctor"
    assert sign_in == ["sign-in", "Вход на портал через Госуслуги", "S5 S6", "6", "50", "60", watched]


def test_journeys_as_json_are_complete(printed: Printed) -> None:
    wrote("[journeys.sign-in]\nbudget_s = 55")
    rows = [json.loads(line) for line in printed("journeys", "--json").splitlines()]
    assert [row["journey"] for row in rows] == [journey.name for journey in JOURNEYS]
    first = next(row for row in rows if row["journey"] == "sign-in")
    assert (first["budget_s"], first["interval_s"], first["objective"]) == (55, 60, 0.99)
    assert first["steps"][0] == {"name": "open the portal", "system": "nmo", "budget_s": 5, "timeout_s": 10}
    assert first["schedule"][0] == {"persona": "doctor", "target": "embedded", "interval_s": 60, "cron": None}


def test_faults_in_a_pipe_are_lines_of_columns(printed: Printed) -> None:
    rows = [line.split("\t") for line in printed("faults").splitlines()]
    assert [row[0] for row in rows] == [fault.name for fault in CATALOGUE]
    assert all(len(row) == 3 for row in rows)


def test_faults_as_json_are_complete(printed: Printed) -> None:
    rows = [json.loads(line) for line in printed("faults", "--json").splitlines()]
    assert [(row["fault"], tuple(row["systems"])) for row in rows] == [
        (fault.name, fault.systems) for fault in CATALOGUE
    ]
    assert all(row["title"] and row["description"] for row in rows)


def test_doctor_says_what_is_missing(printed: Printed, browser_path: Path) -> None:
    Path("browser").write_text(f'#!/bin/sh\nexec {browser_path} "$@"\n')
    assert "✓ browser: " in process("doctor", code=0)[0]  # a process, since it starts a driver
    Path("browser").chmod(0o644)
    said = printed("doctor", code=2)
    assert "✗ browser: monitor.browser: browser is not an executable file" in said
    assert "✓ state: .nmo-monitor" in said


def test_doctor_speaks_to_programs(printed: Printed) -> None:
    found = {line["what"]: line for line in map(json.loads, printed("doctor", "--json", code=2).splitlines())}
    assert (found["state"]["state"], found["state"]["says"]) == ("ok", ".nmo-monitor")
    assert found["browser"]["state"] == "missing"


def test_an_installation_is_done_when_there_is_a_browser(browser_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("browser").write_text(f'#!/bin/sh\nexec {browser_path} "$@"\n')
    Path("browser").chmod(0o755)
    Path("nmo-monitor.toml").write_text(f"{STAGE}{SCHEDULE}")
    monkeypatch.delenv("ANNA_PASSWORD", raising=False)
    assert "✗ secrets: " in process("doctor", code=2)[0]
    assert "✗ secrets: " in process("doctor", "--install", code=0)[0]


# How a run ends.


class Scripted(Worker):
    """Comes back with the next of `script`, after a step that a person can watch."""

    script: tuple[RunResult, ...] = ()

    def __init__(self, browser: Path, *, headed: bool = False, sandbox: bool = True) -> None:
        self.runs = 0
        self.launch_s = 0.0
        self.left = list(self.script)

    @property
    def alive(self) -> bool:
        return True

    def wait_until_ready(self) -> "Scripted":
        return self

    def run(self, assignment: Assignment, journey: Journey, listeners: Iterable[Listener] = ()) -> RunResult:
        self.runs += 1
        for listener in listeners:
            listener.step_finished(StepResult("open the portal", System.NMO, Verdict.PASSED, 1.0, 3.0))
        return self.left.pop(0)

    def memory(self) -> int:
        return 0

    def stop(self) -> None: ...

    def kill(self) -> None: ...


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What the runs come to."""
    wrote(STAGE)
    monkeypatch.setattr("synthetic.cli.walk.Worker", Scripted)

    def set_results(*results: RunResult) -> None:
        monkeypatch.setattr(Scripted, "script", results)

    return set_results


WALK = ("run", "sign-in", "--target", "stage")


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([Verdict.PASSED], 0),
        ([Verdict.DEGRADED], 0),
        ([Verdict.SKIPPED], 0),
        ([Verdict.FAILED], 1),
        ([Verdict.BROKEN], 3),
        ([Verdict.FAILED, Verdict.PASSED], 1),
        ([Verdict.FAILED, Verdict.BROKEN], 3),
    ],
)
def test_the_exit_code_is_that_of_the_worst_run(
    script: Callable[..., None], printed: Printed, run_result: Made, verdicts: list[Verdict], code: int
) -> None:
    script(*map(run_result, verdicts))
    journeys = ["sign-in"] * len(verdicts)
    out = printed("run", *journeys, "--target", "stage", "--no-retest", "--json", code=code)
    assert [RunResult.from_json(line).verdict for line in out.splitlines()] == verdicts


def test_an_account_that_a_journey_has_for_itself_may_be_tried_by_hand(
    script: Callable[..., None], printed: Printed, run_result: Made
) -> None:
    wrote(STAGE + SCHEDULE.replace("sign-in", "sign-in-refused"))
    script(run_result())
    printed(*WALK, "--persona", "anna", "--json")


def test_on_a_staging_of_its_own_any_account_may_be_spent(
    script: Callable[..., None], printed: Printed, run_result: Made
) -> None:
    script(run_result())
    printed("run", "sign-in-refused", "--persona", "doctor", "--json")


def test_a_failure_is_tried_once_more_unless_it_is_not_wanted(
    script: Callable[..., None], printed: Printed, run_result: Made
) -> None:
    script(run_result(Verdict.FAILED), run_result())
    assert RunResult.from_json(printed(*WALK, "--json")).flaky
    printed(*WALK, "--json", "--no-retest", code=1)


def test_a_run_makes_room_for_its_evidence(script: Callable[..., None], printed: Printed, run_result: Made) -> None:
    """Support runs journeys for weeks without a `serve` that would clear up."""
    script(run_result())
    wrote(STAGE, monitor="keep_results = 2")
    runs = [Path(f".nmo-monitor/artifacts/run-{number}") for number in range(4)]
    for age, run in enumerate(runs):
        run.mkdir(parents=True)
        os.utime(run, (time.time() - age, time.time() - age))
    printed(*WALK)
    assert [run.exists() for run in runs] == [True, True, False, False]


def test_json_has_the_fields_that_were_promised(
    script: Callable[..., None], printed: Printed, run_result: Made
) -> None:
    script(run_result(Verdict.FAILED))
    row = json.loads(printed(*WALK, "--json", "--no-retest", code=1))
    promised = "run_id journey persona target location origin started_at duration_s verdict failure steps hops attempts"
    assert {*promised.split(), "evidence"} <= row.keys()
    assert {"system", "cause", "code", "step", "message"} <= row["failure"].keys()


def test_a_person_sees_steps_verdict_and_evidence(
    script: Callable[..., None], printed: Printed, run_result: Made
) -> None:
    failure = Failure(System.ESIA, Cause.ERROR_SCREEN, "the screen says «[/b] [red]»", "ESIA-1", "sign in")
    evidence = (Evidence("screenshot", Path("artifacts/[x]/screenshot.png"), "image/png"),)
    script(run_result(Verdict.FAILED, failure=failure, evidence=evidence))
    lines = printed(*WALK, "--no-retest", code=1).splitlines()
    assert lines[5] == "**Система показала ошибку** (S14)"
    assert re.fullmatch(r"  02\.03\.2026 12:00:00 МСК, run run-1", lines[3])
    del lines[3]
    assert lines[:4] == [
        "sign-in (anna → stage)",
        "  ✓ open the portal  nmo 1.00 s",
        "  failed in «sign in»: esia/error-screen [ESIA-1]: the screen says «[/b] [red]»  2.00 s",
        "  screenshot: artifacts/[x]/screenshot.png",
    ]


def test_a_person_is_told_what_helps_against_all_that_was_noticed(
    script: Callable[..., None], printed: Printed, run_result: Made
) -> None:
    failure = Failure(System.NMO, Cause.TIMEOUT, "nothing came")
    doubt = Failure(System.ESIA, Cause.COOKIE_UNSAFE, "a cookie lacks HttpOnly")
    script(run_result(Verdict.FAILED, failure=failure, doubts=(doubt,)))
    assert printed(*WALK, "--no-retest", code=1).count("Что делать:") == 2


def test_a_person_is_told_what_was_noted_of_a_run_that_is_not_good(
    script: Callable[..., None], printed: Printed, run_result: Made
) -> None:
    notes = {"request": "НМО-2026-000001", "agreement": "asked [c]"}
    script(run_result(Verdict.FAILED, notes=notes))
    assert "  request: НМО-2026-000001\n  agreement: asked [c]\n" in printed(*WALK, "--no-retest", code=1)
    script(run_result(notes=notes))
    assert "request" not in printed(*WALK)


def test_a_person_is_shown_the_fields_of_both_portals_where_something_is_wrong(
    script: Callable[..., None], printed: Printed, run_result: Made
) -> None:
    compared = (Comparison("ИНН", "############", "###########", Rule.INN_CONTROL),)
    script(run_result(Verdict.FAILED, compared=compared))
    assert "\n| ИНН | `############` | `###########` | inn-control-number |\n" in printed(*WALK, "--no-retest", code=1)
    script(run_result(compared=compared))
    assert "ИНН" not in printed(*WALK)
    script(run_result(Verdict.DEGRADED, compared=(replace(compared[0], rule=None),)))
    assert "ИНН" not in printed(*WALK)


def test_a_person_is_told_of_evidence_that_is_not_there(
    script: Callable[..., None], printed: Printed, run_result: Made
) -> None:
    """A degraded run, too, has a number: support is asked for it."""
    doubt = Failure(System.NMO, Cause.CREDENTIAL_IN_URL, "the page after the sign-in has «code» in its address")
    script(run_result(Verdict.DEGRADED, doubts=(doubt,), quarantined=1, evidence_lost=2))
    lines = printed(*WALK).splitlines()
    assert lines[3:6] == [
        "  02.03.2026 12:00:00 МСК, run run-1",
        "  1 piece of evidence withheld: not proven to be free of secrets",
        "  2 pieces of evidence lost: could not be taken, or not be written to artifacts in monitor.state_dir",
    ]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each run was told that a follow-up waits for what was left."""
    heard: list[bool] = []
    walked = Scripted.run

    def run(self: Scripted, assignment: Assignment, journey: Journey, listeners: Iterable[Listener] = ()) -> RunResult:
        heard.append(assignment.awaited)
        return walked(self, assignment, journey, listeners)

    monkeypatch.setattr(Scripted, "run", run)
    return heard


UPDATE = ("run", "specialist-update", "--target", "stage", "--persona", "anna", "--json")


@pytest.mark.parametrize(("left_by", "awaited"), [("anna", True), ("boris", False), (None, False)])
@pytest.mark.parametrize("late", [timedelta(), timedelta(hours=25)], ids=["due", "for a day"])
def test_a_run_by_hand_leaves_alone_what_a_follow_up_waits_for(
    left_by: str | None,
    awaited: bool,
    late: timedelta,
    script: Callable[..., None],
    printed: Printed,
    run_result: Made,
    told: list[bool],
) -> None:
    if left_by:
        asked = FollowUp("specialist-update-outcome", datetime.now(UTC) - late)
        Path(".nmo-monitor").mkdir()
        history = open_history(load(journeys=JOURNEYS))
        history.run_finished(run_result(persona=left_by, target="stage", follow_up=asked))
        history.close()
    script(run_result())
    printed(*UPDATE)
    assert told == [awaited and not late]


def test_a_run_by_hand_that_a_history_out_of_reach_may_wait_for_is_skipped(
    script: Callable[..., None],
    printed: Printed,
    run_result: Made,
    told: list[bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("synthetic.prober._KNOWN_WITHIN_S", 0)
    Path("history.sqlite").write_text("no database, and longer than the head of one has to be" * 10)
    wrote(STAGE + '[history]\nurl = "sqlite:///history.sqlite"\n')
    script(run_result())
    said = "nmo-monitor: history: history.sqlite: file is not a database; monitoring goes on, results are kept and "
    out = printed(*UPDATE, aside=f"{said}written later\n")
    assert (RunResult.from_json(out).verdict, told) == (Verdict.SKIPPED, [])
