"""What passes between a portal and ЕСИА by way of the browser: the request, ЕСИА's answer, and whose an error is."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlsplit

from journeys.cause import Cause
from journeys.system import System
from synthetic.recorder import Document

_TIMESTAMP = "%Y.%m.%d %H:%M:%S %z"
_PORTS: Mapping[str, int] = MappingProxyType({"http": 80, "https": 443})
_ANSWER = frozenset({"code", "state", "error", "error_description", "error_uri", "iss", "session_state", "scope"})
"""Parameters that the protocol, or a server in common use, adds to the address that it returns to."""
_CLOCKS_MAY_DIFFER_S = 300.0
"""What ЕСИА allows as well."""


@dataclass(frozen=True)
class Handover:
    """One round: what a portal asked of ЕСИА, and the address that ЕСИА sent the browser back to, if it did.

    ``client`` is the portal, None when the browser came from elsewhere. ``returns`` is how often the answer was
    brought to the portal. Values are secrets of the run: never in a message.
    """

    client: System | None
    asked: Document
    returned: Document | None = None
    returns: int = 0
    sent: Mapping[str, str] = field(default_factory=dict, repr=False)
    answer: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def state_kept(self) -> bool:
        """Whether ЕСИА returned the state that it was given; true while it has not returned."""
        return self.returned is None or self.answer.get("state") == self.sent.get("state")

    @property
    def address_kept(self) -> bool:
        """Whether ЕСИА returned to the address that it was given; true while it has not returned."""
        return self.returned is None or _lasting(self.returned.url) == _lasting(self.sent["redirect_uri"])

    @property
    def clock_off(self) -> bool:
        """Whether the portal wrote another time into its request than the monitor's clock showed."""
        try:
            stamp = datetime.strptime(self.sent.get("timestamp", ""), _TIMESTAMP)
        except ValueError:
            return False
        return abs(stamp.timestamp() - self.asked.started) > _CLOCKS_MAY_DIFFER_S


def handovers(documents: Iterable[Document]) -> list[Handover]:
    """The rounds of a run in their order, those included that were left without a return."""
    rounds: list[Handover] = []
    portal: System | None = None
    before: System | None = None
    for document in documents:
        query = parameters(document.url)
        current = rounds[-1] if rounds else None
        # What ЕСИА sends to itself on the way is no portal's, even if it looks like a request or an answer.
        within = current and current.returned is None and before is System.ESIA
        if _asks(query) and not within:
            rounds.append(Handover(portal, document, sent=query))
        elif current and document.system is not System.ESIA and _answers(query):
            if current.returned is None:
                rounds[-1] = replace(current, returned=document, returns=1, answer=query)
            elif document.url == current.returned.url:
                rounds[-1] = replace(current, returns=current.returns + 1)
        if document.system not in (None, System.ESIA):
            portal = document.system
        before = document.system
    return rounds


def _asks(query: Mapping[str, str]) -> bool:
    """Whether it is a portal's request; one that lacks a parameter, which ЕСИА refuses, is one too."""
    return "redirect_uri" in query and not query.keys().isdisjoint({"client_id", "response_type"})


def _answers(query: Mapping[str, str]) -> bool:
    return "state" in query and ("code" in query or "error" in query)


def parameters(url: str) -> dict[str, str]:
    """The parameters of an address, the first value of each."""
    query = urlsplit(url).query
    return {name: values[0] for name, values in parse_qs(query).items()} if query else {}


Blamed = Literal["esia", "portal", "clock", "code", "delivery"]

_REFUSALS: Mapping[str, tuple[Blamed, Cause, str]] = MappingProxyType(
    {
        "ESIA-007002": ("portal", Cause.CLIENT_REJECTED, "ЕСИА does not know the certificate of the portal's request"),
        "ESIA-007003": ("portal", Cause.HANDOVER_FAILED, "ЕСИА refuses a parameter of the portal's request"),
        "ESIA-007004": ("esia", Cause.HANDOVER_FAILED, "ЕСИА says that the person refused"),
        "ESIA-007005": ("portal", Cause.HANDOVER_FAILED, "the portal asks for tokens in a way that ЕСИА does not take"),
        "ESIA-007006": ("portal", Cause.HANDOVER_FAILED, "the portal asks for data that it may not have"),
        "ESIA-007007": ("esia", Cause.HANDOVER_FAILED, "ЕСИА has an internal error"),
        # Not rate-limited: ЕСИА cannot serve anybody, and all that a user can do is to wait, as in a maintenance.
        "ESIA-007008": ("esia", Cause.MAINTENANCE, "ЕСИА is overloaded or being worked on"),
        "ESIA-007011": ("code", Cause.CODE_REJECTED, "ЕСИА refuses the code that it gave"),
        "ESIA-007014": ("portal", Cause.HANDOVER_FAILED, "the portal's request lacks a parameter"),
        "ESIA-007015": ("clock", Cause.CLOCK_SKEW, "ЕСИА refuses the time of the portal's request"),
        "ESIA-007019": ("portal", Cause.HANDOVER_FAILED, "the portal has no permission for the data"),
        "ESIA-007023": ("portal", Cause.REDIRECT_NOT_REGISTERED, "the address to return to is not registered at ЕСИА"),
        "ESIA-007039": ("portal", Cause.HANDOVER_FAILED, "the portal proves a key that it has not announced"),
        "ESIA-007040": ("portal", Cause.HANDOVER_FAILED, "the portal proves another key than it has announced"),
        "ESIA-007046": ("delivery", Cause.CODE_NOT_DELIVERED, "ЕСИА has no one-time codes now"),
        "ESIA-007053": ("portal", Cause.CLIENT_REJECTED, "ЕСИА does not accept the signature of the portal's request"),
        # Said of a scope. People sign in for themselves here: a portal that asks for an employer's data is wrong to.
        "ESIA-007194": ("portal", Cause.HANDOVER_FAILED, "the portal asks for an organisation's data"),
        "ESIA-008010": ("portal", Cause.CLIENT_REJECTED, "ЕСИА does not know the portal as a client"),
    }
)
"""Error code of ЕСИА -> whose fault, the cause, and what it means. What it says of a request is the portal's that made
the request: the same rules let the other portal's through."""

_NOT_OFFERED = "not-offered"
"""Variant: of codes that ЕСИА does not send, rather than codes that get lost."""

_CODE = re.compile(r"\bESIA-\d{6}\b")


@dataclass(frozen=True)
class Refused:
    """ЕСИА has refused a portal. ``code`` is ЕСИА's own."""

    system: System
    cause: Cause
    message: str
    code: str
    variant: str | None = None


def refused(said: str, documents: Iterable[Document], place: System) -> Refused | None:
    """What an error on a screen says of the handover: None when it holds no code of ЕСИА that is known.

    ``place`` is the site that shows it: the portal that is at fault, but when ЕСИА shows it itself.
    """
    code = next((code for code in _CODE.findall(said) if code in _REFUSALS), None)
    if code is None:
        return None
    blamed, cause, words = _REFUSALS[code]
    current = next(reversed(handovers(documents)), None)
    portal = place
    if place is System.ESIA:
        portal = (current and current.client) or place
    if blamed == "delivery":
        return Refused(System.DELIVERY, cause, words, code, _NOT_OFFERED)
    at_fault = blamed == "portal" or (current and _portal_at_fault(blamed, current))
    return Refused(portal if at_fault else System.ESIA, cause, words, code)


def refusal_meant(code: str) -> tuple[System | None, Cause, str | None] | None:
    """System, cause and variant of ЕСИА's refusal of a handover, for who knows its code alone; None when it is not
    known. The system is None where the code does not tell which: one portal or the other, or either side."""
    if code not in _REFUSALS:
        return None
    blamed, cause, _ = _REFUSALS[code]
    if blamed == "delivery":
        return System.DELIVERY, cause, _NOT_OFFERED
    return System.ESIA if blamed == "esia" else None, cause, None


def _portal_at_fault(blamed: Blamed, current: Handover) -> bool:
    """For what either side can be to blame for, what the browser has seen decides.

    A time that is wrong by the monitor's clock too is the portal's; one that is right was misread by ЕСИА. A code that
    was brought twice to the portal is spent when it comes again; one that was brought once, a moment after ЕСИА made
    it, is ЕСИА's to know.
    """
    if blamed == "clock":
        return current.clock_off
    return blamed == "code" and current.returns > 1


def _lasting(url: str) -> tuple[str, list[tuple[str, str]]]:
    """What must be the same of an address that is asked for and one that is returned to: all but what the answer adds,
    in whatever order and way its parameters are written."""
    told = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    return _bare(url), sorted(pair for pair in told if pair[0] not in _ANSWER)


def _bare(url: str) -> str:
    """An address without what comes behind the question mark, in the form in which a browser shows it."""
    parts = urlsplit(url)
    try:
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except ValueError:
        return url.partition("?")[0]
    place = host if port in (None, _PORTS.get(parts.scheme)) else f"{host}:{port}"
    return f"{parts.scheme}://{place}{quote(unquote(parts.path)) or '/'}"
