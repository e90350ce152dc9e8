"""All cases; a module for each part of the federation."""

from tests.faults.case import Case
from tests.faults.cases import first_journeys, portal

CASES: tuple[Case, ...] = (*first_journeys.CASES, *portal.CASES)
