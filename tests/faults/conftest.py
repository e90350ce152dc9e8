"""What tests of faults share: a bench made of the session's staging and browser."""

from pathlib import Path

import pytest

from synthetic.embedded import EmbeddedStaging
from synthetic.pool import Pool
from tests.control import Control
from tests.faults.bench import Bench
from tests.faults.certificate import Authority


@pytest.fixture
def bench(staging: EmbeddedStaging, control: Control, pool: Pool, tmp_path: Path, authority: Authority) -> Bench:
    return Bench(staging, control, pool, tmp_path, authority)
