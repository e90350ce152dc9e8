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
from tests.faults.certificate import Authority
from tests.faults.trust import trusting


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
def authority() -> Authority:
    """An authority of the tests' own, which the browser of `pool` trusts."""
    return Authority.new()


@pytest.fixture(scope="session")
def pool(browser_path: Path, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """One worker, kept warm over all the tests that do not hurt it."""
    running = Pool(partial(Worker, trusting(browser_path, authority, tmp_path_factory.mktemp("browser"))))
    yield running
    running.close()


@pytest.fixture
def account(control: Control) -> Callable[[str], Persona]:
    """Makes an account of this test's own, like a persona of the staging."""
    return control.account
