"""Whether a run left what it should not on the wire: addresses, Referer, cookies.

Soft checks: a person gets in all the same, or fails for something else, and somebody else might get in too. Values are
compared here and go no further; a doubt names the site and, of a cookie, its name.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from journeys.cause import Cause
from journeys.result import Failure
from journeys.system import System
from synthetic.handover import Handover, handovers, parameters
from synthetic.recorder import Address, Document, Referral

_ELSEWHERE = "returned-elsewhere"
_A_PAGE = 200
_REDIRECTS = range(300, 400)
_TOKENS = frozenset({"access_token", "id_token", "refresh_token"})
_JWT = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*")
"""Header and claims of a token, each a JSON object in base64url: a token, whatever the parameter is called."""
_TOKENS_BY_DESIGN = frozenset({"id_token_hint", "request", "state"})
"""Parameters in which protocols send such: of a sign-out, of a request, of a round of the portal's own."""
_SESSION = re.compile(r"sess|sid|auth|token|jwt", re.IGNORECASE)
_NOT_A_SESSION = re.compile(r"csrf|xsrf", re.IGNORECASE)
"""Scripts must be able to read these: that is how they work."""
_BALANCERS = re.compile(
    r"(?:TS01[0-9a-f]*$|BIGipServer|f5avr|AWSALB|__cf|cf_|__ddg|qrator|visid_incap|incap_ses|nlbi_|SERVERID$)",
    re.IGNORECASE,
)
"""Cookies of what stands before a site (F5, AWS, Cloudflare, DDoS-Guard, Qrator, Imperva, HAProxy): hidden from scripts
and named for sessions as some are, they have nothing to do with who is signed in."""

Round = tuple[Handover, Document]
"""A handover that came to a code, and the document that brought it to the portal."""


class Passed(Protocol):
    """What passed beside the documents, by document."""

    def brought(self, document: Document) -> Mapping[str, str]:
        """What the browser sent, by name."""

    def given(self, document: Document) -> tuple[str, ...]:
        """The lines of ``Set-Cookie`` of the answer."""

    def shown_since(self, document: Document) -> Sequence[Address]:
        """The addresses that were shown since it came."""


@dataclass(frozen=True)
class SetCookie:
    """A line of ``Set-Cookie``. ``flags`` are the names of its attributes in small letters."""

    name: str
    value: str = field(repr=False)
    flags: frozenset[str]

    @property
    def session(self) -> bool:
        """Whether it holds a session, by what it is called or by that no script may read it; not one that ends it."""
        alive = self.value.strip('"') != "" and "max-age=0" not in self.flags
        hidden = "httponly" in self.flags and not _BALANCERS.match(self.name)
        return alive and (hidden or _named_for_a_session(self.name))


def wire_doubts(
    documents: Sequence[Document], referrals: Iterable[Referral], passed: Passed, *, came_through: bool = True
) -> tuple[Failure, ...]:
    """What a run through ЕСИА left on the wire. Cookies are asked of few documents: each answer is a call to
    Playwright's driver. Of a run that failed nobody knows whether the portal let the person in, and a session that
    stays the same is right for whoever was not."""
    rounds = [(one, one.returned) for one in handovers(documents) if one.returned and "code" in one.answer]
    if not rounds:
        return ()
    in_urls = list(_in_urls(rounds, passed, came_through))
    found = (
        *_changed(rounds, came_through),
        *in_urls,
        *_in_referrers(referrals, rounds, {doubt.system for doubt in in_urls}),
        *_unsafe_cookies(documents, rounds, passed),
        *(_fixed_sessions(documents, rounds, passed) if came_through else ()),
    )
    return tuple(dict.fromkeys(found))


def _changed(rounds: Iterable[Round], came_through: bool) -> Iterator[Failure]:
    """A portal that lets people in all the same does not look at what comes back."""
    for one, _ in rounds:
        if not one.state_kept:
            yield Failure(System.ESIA, Cause.STATE_MISMATCH, "ЕСИА returned another state than it was sent")
        if not one.address_kept:
            message = "ЕСИА returned to another address than it was asked to"
            variant = _ELSEWHERE if came_through else None
            yield Failure(System.ESIA, Cause.HANDOVER_FAILED, message, variant=variant)


def _in_urls(rounds: Iterable[Round], passed: Passed, came_through: bool) -> Iterator[Failure]:
    """Pages behind the return that keep what it brought: in the history, in logs, in bookmarks.

    The return itself may be a page, of an application that trades the code in the browser, and may write its address
    in a way of its own meanwhile. The page of a refusal may have the state by which the portal knows what it refused.
    """
    for one, returned in rounds:
        for address in passed.shown_since(returned):
            if not address.system:
                continue
            url, _, fragment = address.url.partition("#")
            told = dict(parse_qsl(fragment.replace("?", "&")))  # «#/place?name=value» as well
            if _place(url) != _place(returned.url):
                told |= parameters(url)
            if "redirect_uri" in told:
                continue  # the next round begins
            brought = (one.answer["code"], one.answer.get("state", "") if came_through else "")
            if leaked := _leaked(told, *brought) or _jwt(address.system, told):
                message = f"{address.system}: the page after the sign-in has «{leaked}» in its address"
                yield Failure(address.system, Cause.CREDENTIAL_IN_URL, message)


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.netloc, parts.path.rstrip("/")


def _in_referrers(referrals: Iterable[Referral], rounds: Sequence[Round], told: set[System]) -> Iterator[Failure]:
    """Addresses with a code or a token in them that are told to another site, or to the page that follows.

    Where the page should not have had it in its address to begin with (``told``), its own site is no news.
    """
    codes = [one.answer["code"] for one, _ in rounds]
    for referral in referrals:
        elsewhere = referral.to is not referral.system
        if referral.system is None or not (elsewhere or (referral.document and referral.system not in told)):
            continue
        told_of = parameters(referral.referrer)
        # To its own site a page tells what its address had before the sign-in as well; after it, that is said already.
        leaked = _leaked(told_of, *codes) or (elsewhere and _jwt(referral.system, told_of))
        if leaked:
            whom = (referral.to or "another site") if elsewhere else "its next page"
            message = f"{referral.system}: a page with «{leaked}» in its address tells it to {whom} as Referer"
            yield Failure(referral.system, Cause.CREDENTIAL_IN_REFERRER, message)


def _leaked(told: Mapping[str, str], *values: str) -> str | None:
    """The name of the parameter that is a token, or has one of the values."""
    return next((name for name, value in told.items() if value and (name in _TOKENS or value in values)), None)


def _jwt(system: System, told: Mapping[str, str]) -> str | None:
    """The name of the parameter that looks like a token. ЕСИА's own addresses may have signed values that open nothing:
    its tokens are for portals."""
    if system is System.ESIA:
        return None
    return next((name for name, value in told.items() if name not in _TOKENS_BY_DESIGN and _JWT.search(value)), None)


def _unsafe_cookies(documents: Sequence[Document], rounds: Iterable[Round], passed: Passed) -> Iterator[Failure]:
    """Sessions that begin with the sign-in, at ЕСИА and at the portal, in cookies that scripts or others may use."""
    for one, returned in rounds:
        way = documents[documents.index(one.asked) : documents.index(returned)]
        for document, cookie in (*_begun_at_esia(way, passed), *((returned, it) for it in _sessions(returned, passed))):
            wanted = ["HttpOnly", "SameSite"] + ["Secure"] * document.url.startswith("https:")
            lacking = [flag for flag in wanted if flag.lower() not in cookie.flags]
            if document.system and lacking:
                message = f"{document.system}: the session's cookie «{cookie.name}» lacks {' and '.join(lacking)}"
                yield Failure(document.system, Cause.COOKIE_UNSAFE, message)


def _begun_at_esia(way: Sequence[Document], passed: Passed) -> Iterator[tuple[Document, SetCookie]]:
    """The sessions that ЕСИА has begun on the way from the request to its answer. Mostly it does so with the last
    document, to which the code was sent, and with an earlier one where it has asked for something more; what came
    before its first page, or with it, is of who has not signed in."""
    at_esia = [document for document in way if document.system is System.ESIA]
    first_page = next((number for number, document in enumerate(at_esia) if document.status == _A_PAGE), len(at_esia))
    known: set[str] = set()
    for document in reversed(at_esia[first_page + 1 :]):
        cookies = [cookie for cookie in _sessions(document, passed) if cookie.name not in known]
        yield from ((document, cookie) for cookie in cookies)
        known |= {cookie.name for cookie in cookies}
        # Any other that scripts may not read can be of something else.
        if any(_named_for_a_session(name) for name in known):
            return


def _sessions(document: Document, passed: Passed) -> list[SetCookie]:
    """The cookies that came with a document and hold a session."""
    return [cookie for cookie in map(_parsed, passed.given(document)) if cookie.session]


def _fixed_sessions(documents: Sequence[Document], rounds: Iterable[Round], passed: Passed) -> Iterator[Failure]:
    """Portals whose session is the same before and after the sign-in: whoever planted it is signed in as well.

    A portal that answers the return with a page has not let the person in, or does so later in the browser; and it may
    have turned them away before it let them in. Nothing is said of either.
    """
    last = {returned.system: returned for _, returned in rounds}
    for system, returned in last.items():
        if returned.status not in _REDIRECTS:
            continue
        before = {name: value for name, value in passed.brought(returned).items() if _named_for_a_session(name)}
        if system is None or not before:
            continue
        if any(before.get(cookie.name) != cookie.value for cookie in _sessions(returned, passed)):
            continue
        behind = documents[documents.index(returned) + 1 :]
        # A page: a redirect before it may be where the session begins.
        after = next((one for one in behind if one.system is system and one.status == _A_PAGE), None)
        if after is None:
            continue
        now = {name: value for name, value in passed.brought(after).items() if _named_for_a_session(name)}
        if now and now.items() <= before.items():
            names = "», «".join(sorted(now))
            message = f"{system}: the session's cookie «{names}» is the one from before the sign-in"
            yield Failure(system, Cause.SESSION_FIXED, message)


def _named_for_a_session(name: str) -> bool:
    return bool(_SESSION.search(name)) and not (_NOT_A_SESSION.search(name) or _BALANCERS.match(name))


def _parsed(line: str) -> SetCookie:
    first, *attributes = line.split(";")
    name, _, value = first.partition("=")
    written = {attribute.strip().lower() for attribute in attributes}
    return SetCookie(name.strip(), value.strip(), frozenset(written | {one.partition("=")[0] for one in written}))
