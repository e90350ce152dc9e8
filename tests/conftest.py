"""What tests share: a real staging and real warm browsers, one of each for the whole session."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from journeys.persona import Persona
from synthetic.browser import find_browser
from synthetic.embedded import EmbeddedStaging, embedded_staging
from synthetic.pool import Pool
from synthetic.worker import Worker
from tests.control import Control


@pytest.fixture(scope="session")
def staging() -> Iterator[EmbeddedStaging]:
    with embedded_staging() as running:
        yield running


@pytest.fixture(scope="session")
def control(staging: EmbeddedStaging) -> Iterator[Control]:
    with Control.of(staging) as control:
        yield control


@pytest.fixture(scope="session")
def browser_path() -> Path:
    return find_browser()


@pytest.fixture(scope="session")
def pool(browser_path: Path) -> Iterator[Pool]:
    """One worker, kept warm over all the tests that do not hurt it."""
    running = Pool(partial(Worker, browser_path))
    yield running
    running.close()


@pytest.fixture
def account(control: Control) -> Callable[[str], Persona]:
    """Makes an account of this test's own, like a persona of the staging."""
    return control.account
