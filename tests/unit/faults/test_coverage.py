"""What `nmo-monitor journeys --json` says that a journey can come to is what the cases of the matrix lead to."""

import pytest

from journeys.catalogue import JOURNEYS
from journeys.cause import SYSTEMS_OF
from journeys.system import System
from synthetic.coverage import causes_of
from tests.faults.cases import CASES


@pytest.mark.parametrize("journey", [journey.name for journey in JOURNEYS])
def test_a_journey_can_come_to_what_its_cases_lead_to(journey: str) -> None:
    told = {cause for cause in causes_of(journey) if System.MONITOR not in SYSTEMS_OF[cause]}
    assert told == {case.cause for case in CASES if case.journey == journey}
