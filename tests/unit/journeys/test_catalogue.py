import re
from collections import Counter
from pathlib import Path

import pytest

from journeys.catalogue import JOURNEYS
from journeys.cause import BURNS_THE_ACCOUNT, SYSTEMS_OF, UNSAFE_TO_RETEST, Cause
from journeys.journey import Journey, Step, step
from journeys.system import SITES, System

ROOT = Path(__file__).parents[3]

each_journey = pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name)


def a_journey() -> Journey:
    steps = (
        Step("open", System.NMO, 3, lambda visit: None),
        Step("sign in", System.ESIA, 5, lambda visit: None, timeout_s=35),
    )
    return Journey("j", "J", (), steps, budget_s=20, interval_s=60, states=("returning",))


def test_names_are_unique() -> None:
    assert max(Counter(journey.name for journey in JOURNEYS).values()) == 1


@each_journey
def test_the_budgets_of_the_steps_fit_into_the_journeys(journey: Journey) -> None:
    assert sum(step.budget_s for step in journey.steps) <= journey.budget_s < journey.interval_s


@each_journey
def test_step_names_are_unique(journey: Journey) -> None:
    """`Journey.timed` and the metrics know a step by its name."""
    assert max(Counter(step.name for step in journey.steps).values()) == 1


@each_journey
def test_a_journey_can_be_walked_and_judged(journey: Journey) -> None:
    assert journey.steps
    assert journey.states
    assert journey.requirements
    assert 0 < journey.objective < 1
    assert all(step.system in {*SITES, System.REGISTRY, System.DELIVERY} for step in journey.steps)
    assert all(callable(step.act) and step.act.__doc__ for step in journey.steps)


@each_journey
def test_a_journey_says_what_its_codes_come_by(journey: Journey) -> None:
    """Where nobody can read them it is refused before it starts."""
    beside_the_factor = [step.name for step in journey.steps if re.match("receive the code (for|to) ", step.name)]
    assert set(journey.channels) == {
        "email" if re.search("contact|e-mail", name) else "sms" for name in beside_the_factor
    }


def test_the_deadline_leaves_time_for_one_stuck_wait() -> None:
    assert a_journey().deadline_s == 20 + 35


def test_timed_changes_what_is_said_and_nothing_else() -> None:
    journey = a_journey()
    timed = journey.timed(budget_s=30, budgets={"open": 7}, timeout_s=2)
    assert timed.budget_s == 30
    assert [(step.budget_s, step.timeout_s) for step in timed.steps] == [(7, 2), (5, 2)]
    assert [step.act for step in timed.steps] == [step.act for step in journey.steps]
    assert journey.timed() == journey
    assert journey.steps[0].budget_s == 3


def test_a_timeout_is_never_below_the_budget_that_is_set() -> None:
    """It could not be exceeded: the step would be cut off before."""
    timed = a_journey().timed(budgets={"open": 25, "sign in": 7})
    assert [(step.budget_s, step.timeout_s) for step in timed.steps] == [(25, 25), (7, 35)]


@each_journey
def test_the_budget_of_a_step_can_be_exceeded(journey: Journey) -> None:
    assert [step.name for step in journey.steps if step.budget_s > step.timeout_s] == []


def test_timed_refuses_a_step_that_is_not_there() -> None:
    with pytest.raises(KeyError, match="opne"):
        a_journey().timed(budgets={"open": 1, "opne": 7})


def test_step_makes_a_step_of_a_function() -> None:
    @step("open", System.NMO, budget_s=3, timeout_s=4)
    def open_it(visit: object) -> None: ...

    assert (open_it.name, open_it.system, open_it.budget_s, open_it.timeout_s) == ("open", System.NMO, 3, 4)
    assert "act" not in repr(open_it)


def test_every_cause_can_be_attributed() -> None:
    assert set(SYSTEMS_OF) == set(Cause)
    assert all(systems for systems in SYSTEMS_OF.values())


def test_a_cause_is_the_monitors_own_or_never() -> None:
    """broken and failed are told apart by the system, so no cause may mean both."""
    mixed = [cause for cause, systems in SYSTEMS_OF.items() if System.MONITOR in systems and len(systems) > 1]
    assert mixed == []


def test_what_can_hurt_an_account_is_unsafe_to_retest() -> None:
    assert {Cause.CREDENTIALS_REJECTED, Cause.ACCOUNT_LOCKED, Cause.ACCOUNT_UNCONFIRMED} <= UNSAFE_TO_RETEST
    assert Cause.TIMEOUT not in UNSAFE_TO_RETEST


def test_what_burns_an_account_is_never_retested() -> None:
    assert BURNS_THE_ACCOUNT < UNSAFE_TO_RETEST
    assert {Cause.CREDENTIALS_REJECTED, Cause.SECOND_FACTOR_REJECTED, Cause.ACCOUNT_LOCKED} <= BURNS_THE_ACCOUNT
    assert Cause.ACCOUNT_UNCONFIRMED not in BURNS_THE_ACCOUNT


def test_every_cause_is_one_that_something_can_come_to() -> None:
    """A cause that no code names is a series that stays at zero for ever, and a promise that nobody keeps."""
    sources = [path for folder in ("journeys", "synthetic") for path in (ROOT / folder).rglob("*.py")]
    said = "".join(path.read_text(encoding="utf-8") for path in sources if path.name != "cause.py")
    assert [cause for cause in Cause if f"Cause.{cause.name}" not in said] == []
