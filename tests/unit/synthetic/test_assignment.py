import pickle
from dataclasses import replace

import pytest

from journeys.catalogue import JOURNEYS
from journeys.journey import Journey
from synthetic.assignment import Timing

each_journey = pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name)


@each_journey
def test_times_that_were_changed_arrive(journey: Journey) -> None:
    budgets = {step.name: step.budget_s + 1 for step in journey.steps[1:]}
    changed = journey.timed(budget_s=journey.budget_s + 20, budgets=budgets, timeout_s=7)
    arrived = pickle.loads(pickle.dumps(Timing.of(changed)))
    assert arrived.applied(journey) == changed != journey
    assert arrived.applied(journey).deadline_s == changed.deadline_s


@each_journey
def test_times_that_were_not_changed_stay(journey: Journey) -> None:
    assert Timing.of(journey).applied(journey) == journey


def test_each_step_keeps_its_own_timeout(journey: Journey) -> None:
    """A journey with one slow step must not lend its patience to the others."""
    first, second = journey.steps
    changed = replace(journey, steps=(replace(first, timeout_s=3), replace(second, timeout_s=35)))
    assert [step.timeout_s for step in Timing.of(changed).applied(journey).steps] == [3, 35]


def test_the_times_of_another_journey_are_refused(journey: Journey) -> None:
    with pytest.raises(ValueError, match="zip"):
        Timing.of(journey).applied(replace(journey, steps=journey.steps[:1]))
