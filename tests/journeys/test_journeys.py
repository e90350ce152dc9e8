"""Every journey, as CI walks it: pytest-playwright's page, the same steps as the schedule."""

from collections.abc import Callable

import allure
import pytest

from journeys.journey import Journey
from journeys.persona import Persona
from journeys.result import RunResult, Verdict
from synthetic.settings import Scheduled, Settings

pytestmark = pytest.mark.browser


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each entry of the schedule that concerns the target."""
    if "entry" in metafunc.fixturenames:
        from journeys.catalogue import JOURNEYS
        from synthetic.settings import load

        config = metafunc.config
        settings = load(config.getoption("--settings"), journeys=JOURNEYS)
        entries = [entry for entry in settings.schedule if entry.target == config.getoption("--target")]
        metafunc.parametrize("entry", entries, ids=[f"{entry.journey}-{entry.persona}" for entry in entries])


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
    assert result.verdict is Verdict.PASSED, result.explanation
