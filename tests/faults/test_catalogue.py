"""Every fault of the staging's catalogue: the verdict is right, and the right system and cause are named."""

from dataclasses import replace
from pathlib import Path

import pytest

from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.result import RunResult, Verdict
from journeys.system import SITES, System
from staging.fault_catalogue import CATALOGUE
from staging.personal_data import LARGEST_SCAN
from tests.faults.bench import Bench, journey_named
from tests.faults.case import PERSONAS, Case
from tests.faults.cases import CASES
from tests.faults.network import NETWORK_FAULTS
from tests.faults.outcome import named_by

pytestmark = pytest.mark.browser


ALLOWED = {"patronymic-missing", "promotion-for-all"}
"""What may be so without a user being any the worse for it: in the register (S2), and on the way back from ЕСИА."""

_TRIES = 3

MET_BY_ALL = ("sign-in", "via-gosuslugi", "consent", "sign-in-by-code", "first-visit", "password-expiry")
"""Journeys that are walked past an offer of ЕСИА's application; every other enters as one of these does."""


def test_every_fault_of_the_catalogue_has_a_case_wherever_it_can_be_applied() -> None:
    names = {fault.name for fault in CATALOGUE} | {fault.name for fault in NETWORK_FAULTS}
    assert len(names) == len(CATALOGUE) + len(NETWORK_FAULTS)
    applied = {(fault.name, system) for fault in CATALOGUE for system in fault.systems if fault.name not in ALLOWED}
    applied |= {(fault.name, "network") for fault in NETWORK_FAULTS}
    assert {(case.fault, case.at) for case in CASES} == applied


def test_every_journey_meets_a_fault_of_every_site_on_its_way() -> None:
    met = {(case.journey, case.at) for case in CASES}
    passed = {
        (journey.name, step.system.value)
        for journey in JOURNEYS
        for step in journey.steps
        if step.system in SITES and journey.on_schedule
    }
    assert passed - met == set()


@pytest.mark.parametrize(
    ("journey", "fields"),
    [
        ("sign-in", ()),
        ("first-visit", ("Фамилия", "Имя", "Отчество", "СНИЛС")),
        ("data-match", ("Фамилия", "Имя", "Отчество", "Дата рождения", "ИНН", "Полис ОМС")),
    ],
)
def test_a_missing_patronymic_is_no_mismatch(journey: str, fields: tuple[str, ...], bench: Bench) -> None:
    persona = bench.control.account(PERSONAS[journey])
    with bench.control.fault("patronymic-missing", "nmo"):
        result = bench.walk(journey_named(journey), persona, bench.impatient)
    assert result.verdict is Verdict.PASSED, result.explanation
    assert [(one.field, bool(one.gosuslugi), bool(one.nmo), one.rule) for one in result.compared] == [
        (field, True, field != "Отчество", None) for field in fields
    ]


@pytest.mark.parametrize("journey", MET_BY_ALL)
def test_an_offer_of_the_application_stands_in_nobodys_way(journey: str, bench: Bench) -> None:
    persona = bench.control.account(PERSONAS[journey])
    with bench.control.fault("promotion-for-all", "esia"):
        result = bench.walk(journey_named(journey), persona, bench.impatient)
    assert result.verdict is Verdict.PASSED, result.explanation
    assert result.notes["promotion"] == "met"


@pytest.mark.parametrize("journey", ["via-gosuslugi", "consent", "sign-in-by-code"])
def test_who_may_sign_in_for_an_organisation_gets_in_as_a_person(journey: str, bench: Bench) -> None:
    persona = bench.control.account("employed-doctor")
    result = bench.walk(journey_named(journey), persona, bench.impatient)
    assert result.verdict is Verdict.PASSED, result.explanation
    assert {"promotion", "role choice"} <= result.notes.keys()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"Not a scan", "EPGU-3101"), (b"%PDF-" + bytes(LARGEST_SCAN), "EPGU-3102")],
    ids=["wrong type", "too large"],
)
def test_a_personas_scan_that_is_not_taken_is_named(content: bytes, code: str, bench: Bench, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(content)
    persona = replace(bench.control.account("renamed-doctor"), scan=scan)
    failure = bench.walk(journey_named("identity-match"), persona, bench.impatient).failure
    assert failure
    assert (failure.step, failure.system, failure.cause, failure.code) == (
        "misspell the surname",
        System.GOSUSLUGI,
        Cause.SCAN_REJECTED,
        code,
    )


def _met(case: Case, bench: Bench) -> RunResult:
    """A run that says something of the fault. One of a monitor that was short of processor time says so, and no more:
    seen of two cases where the same two cores had twice the work of `make test`."""
    for _ in range(_TRIES - 1):
        result = bench.meet(case)
        short = "monitor" in result.notes or (result.failure and "short of processor time" in result.failure.message)
        if not short:
            return result
    return bench.meet(case)


@pytest.mark.parametrize("case", [case for case in CASES if case.fast], ids=str)
def test_fault_is_named(case: Case, bench: Bench) -> None:
    result = _met(case, bench)

    assert result.verdict is case.verdict, result.explanation
    named = named_by(result)
    assert named, result.explanation
    assert {(failure.system, failure.cause) for failure in named} == {(case.system, case.cause)}, result.explanation
    if case.code:
        assert {failure.code for failure in named} == {case.code}
    if case.variant:
        assert {failure.variant for failure in named} == {case.variant}
    if case.step:
        assert {failure.step for failure in named} == {case.step}
