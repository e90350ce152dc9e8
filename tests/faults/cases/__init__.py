"""All cases; a module for each part of the federation."""

from tests.faults.case import Case
from tests.faults.cases import (
    accounts,
    cabinet,
    first_journeys,
    password,
    platform,
    portal,
    profile,
    protocol,
    quirks,
    sign_in,
    specialist,
)

CASES: tuple[Case, ...] = (
    *accounts.CASES,
    *cabinet.CASES,
    *first_journeys.CASES,
    *password.CASES,
    *platform.CASES,
    *portal.CASES,
    *profile.CASES,
    *protocol.CASES,
    *quirks.CASES,
    *sign_in.CASES,
    *specialist.CASES,
)
