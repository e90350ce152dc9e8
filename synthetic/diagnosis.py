"""Whose fault it was: from what was observed to a system and a cause.

Rules are tried in order and the first that knows answers. What no rule knows is a fault of the monitor, said
as such. An error that a browser or a site shows and nobody knows is told of the site that was asked, as one that is not
known.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from journeys.cause import Cause
from journeys.inbox import CodeNotDelivered, InboxError, InboxUnreachable
from journeys.journey import Step
from journeys.result import Failure
from journeys.system import SITES, System
from journeys.visit import OutcomeError
from pages.alert import Alert
from pages.screen import (
    BlankPage,
    ConnectionFailed,
    ElementMissing,
    ErrorShown,
    HttpError,
    NeverReady,
    PageError,
    UnexpectedScreen,
)
from synthetic.browser import is_gone, is_navigating, is_playwrights, is_timeout, missing_element, net_error
from synthetic.connection import REDIRECT_LOOP, TUNNEL, trouble
from synthetic.handover import handovers, refused
from synthetic.recorder import Document, FailedRequest
from synthetic.redaction.address import shown
from synthetic.screen_text import code_said, read


@dataclass(frozen=True)
class Observed:
    """What is known when a step has failed. ``system`` is the site that the browser was on; ``closed`` says that a tab
    was closed, and not by us, while the browser lives; ``alert`` is what stood out on the screen where a wait had run
    out, or something was missing; ``at_esia`` that the page is at ЕСИА's address, which may be a portal's as well."""

    error: BaseException
    step: Step
    system: System | None
    documents: tuple[Document, ...] = ()
    failed_requests: tuple[FailedRequest, ...] = ()
    script_errors: tuple[tuple[System | None, str], ...] = ()
    unanswered: tuple[Document, ...] = ()
    crashed: bool = False
    closed: bool = False
    alert: Alert | None = None
    at_esia: bool = False

    @property
    def place(self) -> System:
        """The site to name when nothing says better: where the browser is or last was, else what the step exercises."""
        visited = (document.system for document in reversed(self.documents) if document.system)
        exercised = self.step.system if self.step.system in SITES else System.NMO
        return self.system or next(visited, exercised)

    @property
    def speaker(self) -> System:
        """Whose words a screen's are taken for."""
        return System.ESIA if self.at_esia else self.place


Rule = Callable[[Observed], Failure | None]

_REDIRECTS = range(300, 400)


def diagnose(observed: Observed) -> Failure:
    """The failure of a step, with its system and cause. The message is not redacted yet."""
    observed = _as_the_screen_says(observed)
    for rule in RULES:
        if failure := rule(observed):
            return failure
    return _monitors_own(observed)


def awaits_in_vain(error: BaseException) -> bool:
    """Whether a wait ran out, or something was missing: what else the screen shows may be why."""
    return is_timeout(error) or isinstance(error, ElementMissing)


_ON_A_SCREEN_OF_ITS_OWN = frozenset(
    {
        Cause.ACCOUNT_UNCONFIRMED,
        Cause.NAME_MISMATCH,
        Cause.SNILS_MISMATCH,
        Cause.NMO_ACCOUNT_MISSING,
        Cause.PASSWORD_EXPIRED,
    }
)
"""Refusals of a person. Journeys go on from the screen that tells one, and may miss something there."""


def _as_the_screen_says(observed: Observed) -> Observed:
    """Where something was awaited in vain and the screen shows an error, it failed for that.

    What is not marked as an error and has no code is taken for news, and the cause left as it was: alerts of works that
    are to come stand there while all goes well. While a document is on its way, the screen is the one before.
    """
    alert = observed.alert
    if alert is None or observed.unanswered or not awaits_in_vain(observed.error):
        return observed
    said = (code_said(alert.code) if alert.code else None) or read(alert.text, observed.speaker)
    if not (alert.error or alert.code) or (said and said.cause in _ON_A_SCREEN_OF_ITS_OWN):
        return observed
    return replace(observed, error=ErrorShown(f"the screen says «{alert.text}»", alert.code))


def broken(cause: Cause, message: str, step: str | None = None) -> Failure:
    """A fault of the monitor's own."""
    return Failure(System.MONITOR, cause, message, step=step)


def _failure(
    observed: Observed, system: System, cause: Cause, message: str, code: str | None = None, variant: str | None = None
) -> Failure:
    return Failure(system, cause, message, code=code, step=observed.step.name, variant=variant)


def _monitors_own(observed: Observed) -> Failure:
    # The first line: what Playwright adds below it is a log of calls.
    said = next(iter(str(observed.error).splitlines()), "")
    # Where a browser trips over something that nobody knows yet, the site is where to look first.
    at = f"; the browser was at {observed.system}" if is_playwrights(observed.error) and observed.system else ""
    return _failure(observed, System.MONITOR, Cause.MONITOR_ERROR, f"{type(observed.error).__name__}: {said}{at}")


def _browser_died(observed: Observed) -> Failure | None:
    if observed.crashed or (is_gone(observed.error) and not observed.closed):
        return _failure(observed, System.MONITOR, Cause.BROWSER_DIED, "the browser went away in mid-run")
    return None


def _tab_closed(observed: Observed) -> Failure | None:
    if is_gone(observed.error):
        return _failure(observed, observed.place, Cause.UNEXPECTED_SCREEN, "the site has closed the window it was in")
    return None


def _bug(observed: Observed) -> Failure | None:
    """What neither a page, an inbox nor the browser raises is ours, whatever else was seen meanwhile."""
    error = observed.error
    told = isinstance(error, PageError | InboxError | OutcomeError) or is_playwrights(error)
    return None if told else _monitors_own(observed)


def _inbox(observed: Observed) -> Failure | None:
    if isinstance(observed.error, InboxUnreachable):
        return _failure(observed, System.MONITOR, Cause.INBOX_UNREACHABLE, str(observed.error))
    if isinstance(observed.error, CodeNotDelivered):
        return _failure(observed, System.DELIVERY, Cause.CODE_NOT_DELIVERED, str(observed.error))
    return None


def _outcome(observed: Observed) -> Failure | None:
    error = observed.error
    if isinstance(error, OutcomeError):
        failure = _failure(observed, error.system, error.cause, str(error), error.code)
        return replace(failure, variant=error.variant)
    return None


def _network(observed: Observed) -> Failure | None:
    code = net_error(observed.error)
    if isinstance(observed.error, ConnectionFailed):
        code = observed.error.code
    last = observed.documents[-1] if observed.documents else None
    if code is None and last and last.error:
        code = last.error
    if code is None:
        return None
    lost = next((document for document in reversed(observed.documents) if document.error), None)
    system = (lost.system if lost else None) or observed.place
    if code == REDIRECT_LOOP:
        return _failure(observed, system, Cause.REDIRECT_LOOP, "the redirects go round in a circle", code)
    at = f"{system} ({urlsplit(lost.url).netloc})" if lost else str(system)
    if code == TUNNEL and any(document.status for document in observed.documents):
        return _failure(
            observed, System.NETWORK, Cause.UNREACHABLE, f"the proxy reaches other sites, but not {at}", code
        )
    met = trouble(code)
    return _failure(observed, met.system or system, met.cause, f"{met.words}: {at}", code)


def _wrong_state(observed: Observed) -> Failure | None:
    """ЕСИА must return the state it was given; a portal that refuses another one is right to. One that takes it fails
    later for something else, and of the state a doubt is left."""
    rounds = handovers(observed.documents)
    if not any(one.returned and not one.state_kept and _turned_away(observed, one.returned) for one in rounds):
        return None
    error, words = observed.error, "ЕСИА returned another state than it was sent"
    if isinstance(error, ErrorShown):
        return _failure(observed, System.ESIA, Cause.STATE_MISMATCH, f"{words}: {error}", error.code)
    return _failure(observed, System.ESIA, Cause.STATE_MISMATCH, words)


def _turned_away(observed: Observed, returned: Document) -> bool:
    """Whether the way ended at the return, or at the screen that the portal sent the browser to from there: an error,
    or the beginning once more. A server that fails there has refused nothing."""
    *way, last = observed.documents[observed.documents.index(returned) :]
    if last.url == returned.url:
        return True
    sent_there = all(document.status in _REDIRECTS for document in way)
    return sent_there and last.status < 500 and isinstance(observed.error, ErrorShown | UnexpectedScreen)


def _handover_refused(observed: Observed) -> Failure | None:
    """The screen shows a code of ЕСИА's that is about the portal's request, not about the person."""
    error = observed.error
    if not isinstance(error, ErrorShown):
        return None
    refusal = refused(f"{error} {error.code or ''}", observed.documents, observed.place)
    if refusal is None:
        return None
    message = f"{refusal.message}: {error}"
    return _failure(observed, refusal.system, refusal.cause, message, refusal.code, refusal.variant)


_PROXY_REFUSED = "407"
_PROXY_SAYS = "the monitor's proxy wants other credentials"

_STATUS_CAUSES = {"429": Cause.RATE_LIMITED}
"""HTTP status -> the cause, where it says more than that the site failed."""


def _shown(observed: Observed) -> Failure | None:
    error = observed.error
    if isinstance(error, HttpError) and error.code == _PROXY_REFUSED:
        return _failure(observed, System.MONITOR, Cause.NO_NETWORK, _PROXY_SAYS, error.code)
    if isinstance(error, HttpError):
        cause = _STATUS_CAUSES.get(error.code or "", Cause.HTTP_ERROR)
        return _failure(observed, observed.place, cause, str(error), error.code)
    if not isinstance(error, ErrorShown):
        return None
    said = read(f"{error} {error.code or ''}", observed.speaker)
    if said is None:
        return _failure(observed, observed.place, Cause.ERROR_SCREEN, str(error), error.code)
    failure = _failure(observed, said.system or observed.place, said.cause, str(error), error.code)
    return replace(failure, variant=said.variant)


def _http_status(observed: Observed) -> Failure | None:
    last = observed.documents[-1] if observed.documents else None
    if last and last.status >= 400:
        code = str(last.status)
        if code == _PROXY_REFUSED:
            return _failure(observed, System.MONITOR, Cause.NO_NETWORK, _PROXY_SAYS, code)
        cause = _STATUS_CAUSES.get(code, Cause.HTTP_ERROR)
        return _failure(observed, last.system or observed.place, cause, f"the server answered {code}", code)
    return None


def _unanswered(observed: Observed) -> Failure | None:
    """The page that was asked for last has not begun to come: what is on the screen is the one before."""
    error = observed.error
    if observed.unanswered and (is_timeout(error) or isinstance(error, UnexpectedScreen | BlankPage)):
        silent = observed.unanswered[-1]
        system = silent.system or observed.place
        message = (
            f"{urlsplit(silent.url).netloc} has taken the request and not answered in {observed.step.timeout_s:g} s"
        )
        return _failure(observed, system, Cause.TIMEOUT, message)
    return None


def _page_is_lame(observed: Observed) -> Failure | None:
    """The screen is there and does not move on: something that it needs did not load, or its script broke."""
    for request in reversed(observed.failed_requests):
        if request.system is observed.place and request.kind in {"script", "fetch", "xhr"}:
            path = urlsplit(shown(request.url)).path
            return _failure(observed, observed.place, Cause.ASSET_UNAVAILABLE, f"{path} did not load", request.error)
    for system, message in reversed(observed.script_errors):
        if system is observed.place:
            return _failure(observed, observed.place, Cause.SCRIPT_ERROR, f"a script broke: {message}")
    return None


_NOT_A_ROBOT = re.compile("не робот|необычн\\w+ активност|капч", re.IGNORECASE)
_SIGNED_IN = re.compile("«(?:вход выполнен|вы вошли|вы уже вошли)", re.IGNORECASE)


def _esia_stays(observed: Observed) -> Failure | None:
    """ЕСИА shows a screen of its own in place of the next one: a question more, or that it is done."""
    error = observed.error
    if not isinstance(error, UnexpectedScreen) or observed.place is not System.ESIA:
        return None
    if _NOT_A_ROBOT.search(str(error)):
        return _failure(observed, System.ESIA, Cause.CAPTCHA_REQUIRED, str(error))
    rounds = handovers(observed.documents)
    if _SIGNED_IN.search(str(error)) and rounds and rounds[-1].returned is None:
        return _failure(observed, System.ESIA, Cause.RETURN_MISSING, f"ЕСИА does not return to the portal: {error}")
    return None


def _screen(observed: Observed) -> Failure | None:
    error = observed.error
    if isinstance(error, BlankPage):
        return _failure(observed, observed.place, Cause.BLANK_PAGE, str(error))
    if isinstance(error, UnexpectedScreen):
        return _failure(observed, observed.place, Cause.UNEXPECTED_SCREEN, str(error))
    if isinstance(error, NeverReady):
        return _failure(observed, observed.place, Cause.NEVER_READY, str(error))
    if isinstance(error, ElementMissing):
        return _failure(observed, observed.place, Cause.ELEMENT_MISSING, str(error))
    if isinstance(error, PageError):
        return _failure(observed, observed.place, Cause.UNEXPECTED_SCREEN, str(error), error.code)
    if missing := missing_element(error):
        return _failure(observed, observed.place, Cause.ELEMENT_MISSING, f"«{missing}» is not on the screen")
    return None


def _moves(observed: Observed) -> Failure | None:
    """A page that goes somewhere by itself while a user would read it."""
    if is_navigating(observed.error):
        return _failure(observed, observed.place, Cause.UNEXPECTED_SCREEN, "the page goes elsewhere by itself")
    return None


def _timeout(observed: Observed) -> Failure | None:
    if is_timeout(observed.error):
        seconds = f"{observed.step.timeout_s:g} s"
        system = observed.system or observed.step.system
        beside = f"; the screen says «{observed.alert.text}»" if observed.alert else ""
        return _failure(observed, system, Cause.TIMEOUT, f"nothing that was awaited came in {seconds}{beside}")
    return None


RULES: tuple[Rule, ...] = (
    _browser_died,
    _tab_closed,
    _bug,
    _inbox,
    _outcome,
    _network,
    _wrong_state,
    _handover_refused,
    _shown,
    _http_status,
    _unanswered,
    _page_is_lame,
    _esia_stays,
    _screen,
    _moves,
    _timeout,
)
"""From the most certain to the least."""
