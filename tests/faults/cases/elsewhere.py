"""Cases of the other journeys that a fault touches: what must be said there is what the modules beside say of one.

Whom a fault touches was found by walking every journey with every fault, by its usual account (``make matrix REST=1``
walks those that are no cases): a journey that meets it does not pass.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from journeys.catalogue import JOURNEYS
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import PERSONAS, Case

_PLATFORM = (
    *("http-429", "http-500", "http-502", "http-503", "maintenance", "error-banner", "endless-spinner", "blank-page"),
    *("dropped-connection", "truncated-answer", "no-answer", "redirect-loop", "latency", "slow-drip"),
    *("broken-asset", "script-error"),
)
_PORTAL = ("clock-skew", "client-rejected", "redirect-not-registered", "scope-refused", "request-malformed")
_WIRE = ("code-in-url", "code-in-referrer", "cookie-unsafe", "session-fixed")
_FIRST_SITE = (
    *("tls-expired", "tls-too-early", "tls-wrong-host", "tls-self-signed", "tls-stranger", "tls-outdated"),
    *("tls-plain-text", "tls-reset", "tls-silent", "connection-refused", "connection-reset", "connection-silent"),
    *("reset-in-answer", "name-unresolved"),
)


def _all_but(*journeys: str) -> tuple[str, ...]:
    return tuple(journey for journey in PERSONAS if journey not in journeys)


_SIGNING_IN = _all_but("recovery", "support-channels")
_AT_ESIA = _all_but("support-channels")
_AT_NMO = _all_but("contact-update")
_AT_GOSUSLUGI = (
    *("via-gosuslugi", "via-gosuslugi-first-visit", "first-visit", "sign-out"),
    *("contact-update", "data-match", "identity-match"),
)
_RETURNING_TO_NMO = _all_but("recovery", "support-channels", "contact-update")
_LET_INTO_NMO = _all_but("recovery", "support-channels", "contact-update", "account-missing")
_EXPECTING_THE_CABINET = (
    *("sign-in", "via-gosuslugi", "sign-in-by-code", "sign-in-refused", "sign-out", "password-expiry", "cabinet"),
    *("account-status", "consent", "data-match", "identity-match", "specialist-update", "specialist-update-outcome"),
)
_CONSENTING = ("consent", "first-visit", "via-gosuslugi-first-visit", "account-missing-outcome")

TOUCHED: tuple[tuple[str, Sequence[str], Sequence[str]], ...] = (
    ("network", _FIRST_SITE, tuple(PERSONAS)),
    ("network", ("reset-at-esia", "silent-at-esia", "tls-expired-at-esia"), _AT_ESIA),
    ("network", ("reset-on-return",), _SIGNING_IN),
    ("nmo", _PLATFORM, _AT_NMO),
    ("esia", tuple(fault for fault in _PLATFORM if fault != "broken-asset"), _AT_ESIA),
    ("esia", ("broken-asset",), _SIGNING_IN),
    ("gosuslugi", _PLATFORM, _AT_GOSUSLUGI),
    (
        "nmo",
        ("changed-label",),
        _all_but("contact-update", "support-channels", "via-gosuslugi", "via-gosuslugi-first-visit"),
    ),
    ("nmo", _PORTAL, _all_but("contact-update", "support-channels")),
    ("gosuslugi", _PORTAL, _AT_GOSUSLUGI),
    ("esia", ("clock-skew", "esia-overload", "esia-internal"), _AT_ESIA),
    ("esia", ("wrong-state", "code-replayed", "code-expired", "owner-refused", "one-time-codes-down"), _SIGNING_IN),
    ("esia", ("malformed-answer", "return-missing", "password-expired", "account-locked"), _SIGNING_IN),
    ("esia", ("code-refused", "cookie-unsafe", "returned-elsewhere"), _SIGNING_IN),
    (
        "esia",
        ("captcha", "password-refused", "changed-label"),
        _all_but("recovery", "support-channels", "sign-in-by-code"),
    ),
    ("nmo", _WIRE, _LET_INTO_NMO),
    ("gosuslugi", _WIRE, _AT_GOSUSLUGI),
    ("delivery", ("code-late", "code-never-delivered", "wrong-code-delivered"), _SIGNING_IN),
    ("esia", ("account-unconfirmed",), _RETURNING_TO_NMO),
    ("nmo", ("name-mismatch", "snils-mismatch", "patronymic-demanded"), _RETURNING_TO_NMO),
    ("nmo", ("account-forgotten",), _RETURNING_TO_NMO),
    ("nmo", ("agreement-asked-again",), _EXPECTING_THE_CABINET),
    ("nmo", ("logout-incomplete",), ("sign-out", "password-expiry")),
    ("esia", ("logout-incomplete",), ("sign-out", "password-expiry")),
    ("nmo", ("consent-not-recorded", "consent-category-missing", "withdrawal-not-recorded"), _CONSENTING),
    ("gosuslugi", ("service-missing", "changed-label"), ("via-gosuslugi", "via-gosuslugi-first-visit")),
    ("nmo", ("handover-refused",), ("via-gosuslugi", "via-gosuslugi-first-visit")),
    ("gosuslugi", ("correction-refused",), ("data-match", "identity-match")),
    ("registry", ("sync-never-completes",), ("first-visit", "specialist-update-outcome")),
)
"""Where, which faults, and the journeys that meet them."""
_FAST = {
    (fault, at, "first-visit")
    for fault, at in (
        ("latency", "gosuslugi"),
        ("http-500", "nmo"),
        ("http-502", "esia"),
        ("dropped-connection", "nmo"),
        ("broken-asset", "esia"),
        ("blank-page", "gosuslugi"),
        ("wrong-state", "esia"),
    )
}
"""The main journey meets each kind of fault in every test run."""


def elsewhere(cases: Iterable[Case]) -> tuple[Case, ...]:
    """A case for every journey that a fault touches and that ``cases`` do not have with it."""
    known = list(cases)
    return tuple(
        replace(
            _like(known, fault, at, journey),
            journey=journey,
            step=None,
            persona=None,
            fast=(fault, at, journey) in _FAST,
        )
        for at, faults, journeys in TOUCHED
        for fault in faults
        for journey in journeys
        if not any((case.fault, case.at, case.journey) == (fault, at, journey) for case in known)
    )


def untouched(cases: Iterable[Case]) -> tuple[Case, ...]:
    """A case that passes for every fault and every journey that ``cases`` do not have with it."""
    known = list(cases)
    have = {(case.fault, case.at, case.journey) for case in known}
    return tuple(
        replace(
            _like(known, fault, at, journey),
            journey=journey,
            verdict=Verdict.PASSED,
            step=None,
            persona=None,
            fast=False,
        )
        for fault, at in dict.fromkeys((case.fault, case.at) for case in known)
        for journey in PERSONAS
        if (fault, at, journey) not in have
    )


def _like(cases: Iterable[Case], fault: str, at: str, journey: str) -> Case:
    """The case of the fault that one of another journey is like: as the fault is by itself rather than with parameters,
    and of a journey that begins at the same site, which a network's fault is in front of."""
    begins = _first_site(journey)
    return min(
        (case for case in cases if (case.fault, case.at) == (fault, at)),
        key=lambda case: (bool(case.parameters), _first_site(case.journey) is not begins),
    )


def _first_site(name: str) -> System:
    return next(journey for journey in JOURNEYS if journey.name == name).steps[0].system
