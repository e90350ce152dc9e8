"""All cases; a module for each part of the federation."""

from tests.faults.case import Case
from tests.faults.cases import (
    accounts,
    cabinet,
    delivery,
    elsewhere,
    first_journeys,
    network,
    password,
    platform,
    portal,
    profile,
    protocol,
    quirks,
    register,
    sign_in,
    specialist,
)

_NAMED: tuple[Case, ...] = (
    *accounts.CASES,
    *cabinet.CASES,
    *delivery.CASES,
    *first_journeys.CASES,
    *network.CASES,
    *password.CASES,
    *platform.CASES,
    *portal.CASES,
    *profile.CASES,
    *protocol.CASES,
    *quirks.CASES,
    *register.CASES,
    *sign_in.CASES,
    *specialist.CASES,
)
CASES = (*_NAMED, *elsewhere.elsewhere(_NAMED))
