"""A fault, where it is applied, a journey that meets it, and what must be said of it."""

from dataclasses import dataclass, field

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System

PERSONAS = {
    "sign-in": "doctor",
    "sign-in-by-code": "email-doctor",
    "sign-in-refused": "mistaken-doctor",
    "sign-out": "services-doctor",
    "password-expiry": "expired-nurse",
    "recovery": "confirmed-nurse",
    "via-gosuslugi": "services-doctor",
    "via-gosuslugi-first-visit": "services-newcomer",
    "first-visit": "newcomer",
    "consent": "consenting-doctor",
    "cabinet": "cabinet-doctor",
    "account-status": "confirmed-nurse",
    "contact-update": "contact-doctor",
    "identity-match": "renamed-doctor",
    "data-match": "data-doctor",
    "specialist-update": "updating-doctor",
    "specialist-update-outcome": "updating-doctor",
    "account-missing": "not-registered",
    "account-missing-outcome": "not-registered",
    "support-channels": "confirmed-nurse",
}
"""Journey -> the persona of the staging like whom an account is made for a case."""

BEGUN_BY = {"specialist-update-outcome": "specialist-update", "account-missing-outcome": "account-missing"}
"""Journey that only follows up another -> the one that asks for it."""


@dataclass(frozen=True)
class Case:
    """What is switched on, and what must come of it.

    ``fault`` is one of the staging's catalogue, or with ``network`` for ``at`` one of `tests.faults.network`.
    ``persona`` is the persona of the staging like whom the account is made, when it is not the journey's usual one.
    The fault of a follow-up comes after the journey that asked for it, unless it is there ``from_the_start``.
    ``fast`` cases are part of every test run; the others of the whole matrix.
    """

    fault: str
    at: str
    journey: str
    verdict: Verdict
    system: System
    cause: Cause
    code: str | None = None
    step: str | None = None
    parameters: dict[str, float] = field(default_factory=dict)
    variant: str | None = None
    persona: str | None = None
    from_the_start: bool = False
    fast: bool = True

    def __str__(self) -> str:
        return f"{self.fault}-{self.at}-{self.journey}"
