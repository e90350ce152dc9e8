"""Every journey, as CI walks it: pytest-playwright's page, the same steps as the schedule."""

import warnings
from collections.abc import Callable

import allure
import pytest

from journeys.journey import Journey
from journeys.persona import Persona
from journeys.result import RunResult, Verdict
from synthetic.settings import Scheduled, Settings
from tests.journeys.schedule import entries_of, settings_of

pytestmark = pytest.mark.browser

_BEFORE_S = 120
"""For what comes before the first step: the staging and the browser, the next time-based code."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each entry of the schedule that concerns the target."""
    if "entry" in metafunc.fixturenames:
        settings = settings_of(metafunc.config)
        metafunc.parametrize(
            "entry",
            [
                pytest.param(
                    entry, id=f"{entry.journey}-{entry.persona}", marks=_limit(settings.journey(entry.journey))
                )
                for entry in entries_of(metafunc.config)
            ],
        )


def _limit(journey: Journey) -> pytest.MarkDecorator:
    """There is no worker here that would end a run at its deadline: pytest does."""
    return pytest.mark.timeout(journey.deadline_s + _BEFORE_S)


def test_journey_passes(
    entry: Scheduled,
    settings: Settings,
    persona_named: Callable[[str], Persona],
    walk: Callable[[Journey, Persona], RunResult],
) -> None:
    journey = settings.journey(entry.journey)
    allure.dynamic.title(f"{journey.title} ({entry.persona})")
    allure.dynamic.feature(journey.name)

    result = walk(journey, persona_named(entry.persona)).raise_for_verdict()

    assert [step.name for step in result.steps] == [step.name for step in journey.steps]
    assert result.good, result.explanation
    if result.verdict is Verdict.DEGRADED:  # good for the objective, and so here; counted apart, and so told
        warnings.warn(result.explanation, stacklevel=1)
