"""Two portals in two tabs: what goes wrong in one of them is told of that one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page

from journeys.cause import Cause
from journeys.data_match import DATA_MATCH
from journeys.listener import Listener
from journeys.persona import Persona
from journeys.system import System
from journeys.visit import Visit
from synthetic.embedded import EmbeddedStaging
from synthetic.inbox import open_inbox
from synthetic.runner import Errand, run
from tests.control import Control

pytestmark = pytest.mark.browser

_PATIENCE_S = 5.0


class BreaksAt(Listener):
    """Switches a fault on when a step is about to begin, and leaves it to ``lasts`` to switch it off."""

    def __init__(self, step: str, control: Control, lasts: ExitStack, fault: str, system: str) -> None:
        self._step = step
        self._break = lambda: lasts.enter_context(control.fault(fault, system))

    def step_started(self, name: str) -> None:
        if name == self._step:
            self._break()


@pytest.fixture
def lasts() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize(
    ("step", "fault", "at", "cause"),
    [
        ("compare the portals", "http-502", System.NMO, Cause.HTTP_ERROR),
        ("compare the portals", "maintenance", System.GOSUSLUGI, Cause.MAINTENANCE),
        ("refresh the portal's data", "blank-page", System.NMO, Cause.TIMEOUT),
    ],
)
def test_a_portal_that_breaks_after_the_sign_in_is_the_one_that_is_blamed(
    step: str,
    fault: str,
    at: System,
    cause: Cause,
    page: Page,
    staging: EmbeddedStaging,
    account: Callable[[str], Persona],
    control: Control,
    lasts: ExitStack,
    tmp_path: Path,
) -> None:
    doctor = account("data-doctor")
    breaks = BreaksAt(step, control, lasts, fault, at)
    with open_inbox(doctor, staging.target, tmp_path) as inbox:
        visit = Visit(page, staging.target, doctor, inbox)
        result = run(DATA_MATCH.timed(timeout_s=_PATIENCE_S), visit, (breaks,), Errand(evidence_dir=tmp_path))
    assert result.failure
    failed = result.failure
    assert (failed.step, failed.system, failed.cause) == (step, at, cause), result.explanation
