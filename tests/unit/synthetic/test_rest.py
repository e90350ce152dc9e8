from collections.abc import Callable
from pathlib import Path

import pytest

from journeys import password_expiry
from journeys.catalogue import JOURNEYS
from journeys.cause import Cause
from journeys.entry import submit_credentials
from journeys.persona import Persona
from journeys.recovery import RECOVERY
from journeys.result import RunResult, Verdict
from journeys.sign_in import SIGN_IN
from journeys.sign_in_by_code import ask_for_code
from journeys.sign_in_refused import SIGN_IN_REFUSED, have_password_refused
from journeys.target import Target
from synthetic.rest import Rests
from synthetic.runner import Origin


class Clock:
    """Unix seconds that are put ahead by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def lengths(rests: Rests, clock: Clock, persona: Persona, target: Target, count: int) -> list[float]:
    """How long each of so many rests lasts, every one after a refusal of its own."""
    found = []
    for _ in range(count):
        rests.refused(persona, target)
        began = clock.now
        while rests.goes_on(persona, target):
            clock.now += 50
        found.append(clock.now - began)
    return found


def test_each_refusal_in_a_row_makes_a_longer_rest(persona: Persona, target: Target, tmp_path: Path) -> None:
    (tmp_path / "leases").mkdir()
    clock = Clock()
    rests = Rests(tmp_path, 100, clock)
    assert not rests.goes_on(persona, target)
    assert lengths(rests, clock, persona, target, 5) == [100, 200, 400, 800, 800]
    rests.let_in(persona, target)
    assert lengths(rests, clock, persona, target, 1) == [100]


def test_support_may_see_a_refusal_and_provokes_none(
    persona: Persona, target: Target, tmp_path: Path, run_result: Callable[..., RunResult]
) -> None:
    (tmp_path / "leases").mkdir()
    rests = Rests(tmp_path, 100, Clock())

    def held_back() -> list[bool]:
        origins: tuple[Origin, ...] = ("schedule", "support", "ci")
        return [
            rests.hold_back(journey, persona, target, origin)
            for journey in (SIGN_IN, SIGN_IN_REFUSED)
            for origin in origins
        ]

    assert held_back() == [False] * 6
    rests.run_finished(run_result(Verdict.FAILED, Cause.CREDENTIALS_REJECTED), SIGN_IN, persona, target)
    assert held_back() == [True, False, True, True, True, True]
    rests.run_finished(run_result(Verdict.FAILED, Cause.HTTP_ERROR), SIGN_IN, persona, target)
    assert held_back()[0], "a failure of another kind says nothing of the account"
    rests.run_finished(run_result(), SIGN_IN, persona, target)
    assert held_back() == [False] * 6


def test_who_does_not_sign_in_neither_waits_for_the_end_of_a_rest_nor_makes_it(
    persona: Persona, target: Target, tmp_path: Path, run_result: Callable[..., RunResult]
) -> None:
    (tmp_path / "leases").mkdir()
    rests = Rests(tmp_path, 100, Clock())
    rests.refused(persona, target)
    assert not rests.hold_back(RECOVERY, persona, target, "schedule")
    rests.run_finished(run_result(), RECOVERY, persona, target)
    assert rests.goes_on(persona, target)
    rests.run_finished(run_result(), SIGN_IN, persona, target)
    assert not rests.goes_on(persona, target)


def test_who_signs_in_is_known() -> None:
    by = {submit_credentials, password_expiry.submit_credentials, have_password_refused, ask_for_code}
    assert {journey.name for journey in JOURNEYS if journey.signs_in} == {
        journey.name for journey in JOURNEYS if by & set(journey.steps)
    }


def test_another_process_knows_of_it(persona: Persona, target: Target, tmp_path: Path) -> None:
    (tmp_path / "leases").mkdir()
    clock = Clock()
    one, other = Rests(tmp_path, 100, clock), Rests(tmp_path, 100, clock)
    one.refused(persona, target)
    assert other.goes_on(persona, target)
    other.let_in(persona, target)
    assert not Rests(tmp_path, 100, clock).goes_on(persona, target)


@pytest.mark.parametrize("spoil", [lambda file: file.write_text("[1"), lambda file: file.write_text("[null, 1]")])
def test_a_file_that_cannot_be_read_does_not_end_a_rest(
    persona: Persona, target: Target, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    (tmp_path / "leases").mkdir()
    rests = Rests(tmp_path, 100, Clock())
    rests.refused(persona, target)
    spoil(next((tmp_path / "leases").glob("*.rest")))
    assert rests.goes_on(persona, target)


def test_a_disk_that_takes_nothing_does_not_end_a_rest(persona: Persona, target: Target, tmp_path: Path) -> None:
    rests = Rests(tmp_path / "there is no such folder", 100, Clock())
    rests.refused(persona, target)
    assert rests.goes_on(persona, target)
    rests.let_in(persona, target)
    assert not rests.goes_on(persona, target)


def test_refusals_that_are_provoked_are_known_for_what_they_leave() -> None:
    names = [step.name for step in SIGN_IN_REFUSED.steps if step.burns_the_account]
    assert names == [
        "have a wrong password refused",
        "submit login and password",
        "have a wrong code refused",
        "confirm the sign-in and return",
    ]
