"""The CI regression suite: every journey with every persona that fits it, on any target.

pytest tests/journeys                                       the embedded staging
pytest tests/journeys --target stage --settings FILE       a target of the settings
pytest tests/journeys -W error:degraded                    a degraded run fails; else it passes with a warning
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import allure
import pytest
from playwright.sync_api import Page, Playwright

from journeys.journey import Journey
from journeys.listener import Listener
from journeys.persona import Persona
from journeys.result import RunResult, StepResult, Verdict
from journeys.target import Target
from journeys.visit import Visit
from synthetic.browser import context_options, find_browser, launch_options
from synthetic.inbox import open_inbox
from synthetic.lease import lease
from synthetic.rest import Rests
from synthetic.resumption import is_awaited
from synthetic.runner import Errand, run
from synthetic.settings import EMBEDDED, Settings
from tests.journeys.schedule import entries_of, settings_of

Walk = Callable[[Journey, Persona], RunResult]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("nmo-monitor")
    group.addoption("--target", default=EMBEDDED, help="target of the settings [default: the embedded staging]")
    group.addoption("--settings", type=Path, default=None, help="settings file with the target and its personas")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse here what cannot be walked: while tests are collected it would be told with a traceback."""
    entries_of(session.config)


class AllureSteps(Listener):
    """Shows the steps of a run in the report of the test that makes it."""

    def __init__(self) -> None:
        self._open: AbstractContextManager[Any] | None = None

    def step_started(self, name: str) -> None:
        self._open = allure.step(name)
        self._open.__enter__()

    def step_finished(self, step: StepResult) -> None:
        if self._open is None:
            return
        bad = step.verdict in {Verdict.FAILED, Verdict.BROKEN}
        error = AssertionError(f"{step.name}: {step.verdict}") if bad else None
        self._open.__exit__(type(error) if error else None, error, None)


@pytest.fixture(scope="session")
def settings(pytestconfig: pytest.Config) -> Settings:
    return settings_of(pytestconfig)


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config, settings: Settings, request: pytest.FixtureRequest) -> Target:
    name = pytestconfig.getoption("--target")
    if name == EMBEDDED:
        place: Target = request.getfixturevalue("staging").target
        return place
    return settings.target(name)


@pytest.fixture(scope="session")
def persona_named(target: Target, settings: Settings, request: pytest.FixtureRequest) -> Callable[[str], Persona]:
    """The persona of a name: the embedded staging's own, or that of the settings."""
    if target.name == EMBEDDED:
        return lambda name: request.getfixturevalue("staging").personas[name]
    return settings.persona


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], settings: Settings) -> dict[str, Any]:
    return browser_type_launch_args | launch_options(
        find_browser(settings.monitor.browser), sandbox=settings.monitor.sandbox
    )


@pytest.fixture(scope="session")
def browser_context_args(
    browser_context_args: dict[str, Any], target: Target, playwright: Playwright
) -> dict[str, Any]:
    return browser_context_args | context_options(target, playwright.devices)


def _is_awaited(journey: Journey, persona: Persona, target: Target, settings: Settings) -> bool:
    """Whether the monitor of this machine is still to come back to what this persona has left."""
    if journey.followed_by is None or target.name == EMBEDDED:
        return False
    awaited = is_awaited(settings, journey.followed_by, persona, target)
    return awaited if awaited is not None else pytest.skip("the history does not say whether a follow-up waits")


@pytest.fixture
def walk(request: pytest.FixtureRequest, target: Target, settings: Settings, tmp_path: Path) -> Walk:
    """Walks a journey in this test's page and returns the result; its steps show in the report."""

    def walked(journey: Journey, persona: Persona) -> RunResult:
        if lacking := journey.lacking(persona):
            pytest.fail(f"{persona.name}: {lacking}", pytrace=False)
        state_dir = settings.monitor.state_dir
        rests = Rests(state_dir)
        if rests.hold_back(journey, persona, target, "ci"):
            pytest.skip(f"ЕСИА has refused {persona.name} of late: the account rests")
        page: Page = request.getfixturevalue("page")  # not before: a browser costs more than a refusal
        errand = Errand(origin="ci", location=settings.monitor.location, evidence_dir=tmp_path)
        with lease(persona, target, state_dir), open_inbox(persona, target, state_dir) as inbox:
            visit = Visit(page, target, persona, inbox, awaited=_is_awaited(journey, persona, target, settings))
            result = run(journey, visit, (AllureSteps(),), errand)
        rests.run_finished(result, journey, persona, target)
        for piece in result.evidence:
            allure.attach.file(piece.path, name=piece.kind)
        return result

    return walked
