"""The closed list of causes. Each names the systems that it can be attributed to, so that every
Prometheus series can exist at zero before anything has failed."""

from enum import StrEnum
from types import MappingProxyType

from journeys.system import SITES, System


class Cause(StrEnum):
    """Why a run did not pass. The values are Prometheus label values and keys of the diagnosis catalogue."""

    # A site did not serve what it should.
    HTTP_ERROR = "http-error"
    BLANK_PAGE = "blank-page"
    UNEXPECTED_SCREEN = "unexpected-screen"
    ERROR_SCREEN = "error-screen"
    ELEMENT_MISSING = "element-missing"
    NEVER_READY = "never-ready"
    MALFORMED_ANSWER = "malformed-answer"
    RATE_LIMITED = "rate-limited"
    MAINTENANCE = "maintenance"
    ASSET_UNAVAILABLE = "asset-unavailable"
    SCRIPT_ERROR = "script-error"
    TIMEOUT = "timeout"
    SLOW = "slow"
    # The path between the sites broke.
    HANDOVER_FAILED = "handover-failed"
    STATE_MISMATCH = "state-mismatch"
    CODE_REJECTED = "code-rejected"
    CLOCK_SKEW = "clock-skew"
    CLIENT_REJECTED = "client-rejected"
    REDIRECT_NOT_REGISTERED = "redirect-not-registered"
    RETURN_MISSING = "return-missing"
    REDIRECT_LOOP = "redirect-loop"
    SERVICE_MISSING = "service-missing"
    # ЕСИА turned the person away.
    CREDENTIALS_REJECTED = "credentials-rejected"
    SECOND_FACTOR_REJECTED = "second-factor-rejected"
    ACCOUNT_LOCKED = "account-locked"
    PASSWORD_EXPIRED = "password-expired"  # noqa: S105 - a name
    CAPTCHA_REQUIRED = "captcha-required"
    ACCOUNT_UNCONFIRMED = "account-unconfirmed"
    # The portal or a register let the person in, but wrongly.
    NAME_MISMATCH = "name-mismatch"
    SNILS_MISMATCH = "snils-mismatch"
    CONTACT_UNCONFIRMED = "contact-unconfirmed"
    CORRECTION_REFUSED = "correction-refused"
    CHECK_OVERDUE = "check-overdue"
    SCAN_REJECTED = "scan-rejected"
    WRONG_ACCOUNT = "wrong-account"
    CONSENT_REFUSED = "consent-refused"
    CONSENT_NOT_RECORDED = "consent-not-recorded"
    CONSENT_INCOMPLETE = "consent-incomplete"
    DATA_MISMATCH = "data-mismatch"
    SYNC_STALLED = "sync-stalled"
    REGISTRY_UNAVAILABLE = "registry-unavailable"
    REGISTRY_STALE = "registry-stale"
    REGISTRY_PARTIAL = "registry-partial"
    UPDATE_OVERDUE = "update-overdue"
    DOCUMENTS_REQUESTED = "documents-requested"
    UPDATE_REFUSED = "update-refused"
    NMO_ACCOUNT_MISSING = "nmo-account-missing"
    SECTION_UNAVAILABLE = "section-unavailable"
    SUPPORT_UNREACHABLE = "support-unreachable"
    # A one-time code did not come, or not the right one.
    CODE_NOT_DELIVERED = "code-not-delivered"
    WRONG_CODE_DELIVERED = "wrong-code-delivered"
    # The network between the monitor's browser and a site.
    DNS_FAILURE = "dns-failure"
    UNREACHABLE = "unreachable"
    CONNECTION_DROPPED = "connection-dropped"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_WRONG_HOST = "certificate-wrong-host"
    TLS_ERROR = "tls-error"
    # The way through worked, but not as it should on the wire.
    CREDENTIAL_IN_URL = "credential-in-url"
    CREDENTIAL_IN_REFERRER = "credential-in-referrer"
    COOKIE_UNSAFE = "cookie-unsafe"
    SESSION_FIXED = "session-fixed"
    LOGOUT_INCOMPLETE = "logout-incomplete"
    # The monitor could not do its job.
    BROWSER_MISSING = "browser-missing"
    BROWSER_DIED = "browser-died"
    WORKER_DIED = "worker-died"
    NO_NETWORK = "no-network"
    INBOX_UNREACHABLE = "inbox-unreachable"
    MONITOR_ERROR = "monitor-error"


_ESIA = (System.ESIA,)
_NMO = (System.NMO,)
_PORTALS = (System.NMO, System.GOSUSLUGI)
_REGISTRY = (System.REGISTRY,)
_NETWORK = (System.NETWORK,)
_MONITOR = (System.MONITOR,)

SYSTEMS_OF = MappingProxyType(
    {
        Cause.HTTP_ERROR: SITES,
        Cause.BLANK_PAGE: SITES,
        Cause.UNEXPECTED_SCREEN: SITES,
        Cause.ERROR_SCREEN: SITES,
        Cause.ELEMENT_MISSING: SITES,
        Cause.NEVER_READY: SITES,
        Cause.MALFORMED_ANSWER: SITES,
        Cause.RATE_LIMITED: SITES,
        Cause.MAINTENANCE: SITES,
        Cause.ASSET_UNAVAILABLE: SITES,
        Cause.SCRIPT_ERROR: SITES,
        Cause.TIMEOUT: (*SITES, System.REGISTRY, System.DELIVERY),
        Cause.SLOW: (*SITES, System.REGISTRY, System.DELIVERY),
        Cause.HANDOVER_FAILED: SITES,
        Cause.STATE_MISMATCH: _ESIA,
        Cause.CODE_REJECTED: SITES,
        Cause.CLOCK_SKEW: SITES,
        Cause.CLIENT_REJECTED: SITES,
        Cause.REDIRECT_NOT_REGISTERED: SITES,
        Cause.RETURN_MISSING: SITES,
        Cause.REDIRECT_LOOP: SITES,
        Cause.SERVICE_MISSING: (System.GOSUSLUGI,),
        Cause.CREDENTIALS_REJECTED: _ESIA,
        Cause.SECOND_FACTOR_REJECTED: _ESIA,
        Cause.ACCOUNT_LOCKED: _ESIA,
        Cause.PASSWORD_EXPIRED: _ESIA,
        Cause.CAPTCHA_REQUIRED: _ESIA,
        Cause.ACCOUNT_UNCONFIRMED: (System.ESIA, System.NMO),
        Cause.NAME_MISMATCH: _PORTALS,
        Cause.SNILS_MISMATCH: _PORTALS,
        Cause.CONTACT_UNCONFIRMED: (System.GOSUSLUGI, System.ESIA),
        Cause.CORRECTION_REFUSED: (System.GOSUSLUGI,),
        Cause.CHECK_OVERDUE: (System.GOSUSLUGI, System.REGISTRY),
        Cause.SCAN_REJECTED: _PORTALS,
        Cause.WRONG_ACCOUNT: _NMO,
        Cause.CONSENT_REFUSED: _NMO,
        Cause.CONSENT_NOT_RECORDED: _NMO,
        Cause.CONSENT_INCOMPLETE: _NMO,
        Cause.DATA_MISMATCH: _PORTALS,
        Cause.SYNC_STALLED: (System.REGISTRY, System.NMO),
        Cause.REGISTRY_UNAVAILABLE: _REGISTRY,
        Cause.REGISTRY_STALE: _REGISTRY,
        Cause.REGISTRY_PARTIAL: _REGISTRY,
        Cause.UPDATE_OVERDUE: (System.NMO, System.REGISTRY),
        Cause.DOCUMENTS_REQUESTED: _NMO,
        Cause.UPDATE_REFUSED: _NMO,
        Cause.NMO_ACCOUNT_MISSING: (System.NMO, System.REGISTRY),
        Cause.SECTION_UNAVAILABLE: _NMO,
        Cause.SUPPORT_UNREACHABLE: (System.NMO, System.ESIA),
        Cause.CODE_NOT_DELIVERED: (System.DELIVERY,),
        Cause.WRONG_CODE_DELIVERED: (System.DELIVERY,),
        Cause.DNS_FAILURE: _NETWORK,
        Cause.UNREACHABLE: _NETWORK,
        Cause.CONNECTION_DROPPED: _NETWORK,
        Cause.CERTIFICATE_EXPIRED: _NETWORK,
        Cause.CERTIFICATE_WRONG_HOST: _NETWORK,
        Cause.TLS_ERROR: _NETWORK,
        Cause.CREDENTIAL_IN_URL: SITES,
        Cause.CREDENTIAL_IN_REFERRER: SITES,
        Cause.COOKIE_UNSAFE: SITES,
        Cause.SESSION_FIXED: _PORTALS,
        Cause.LOGOUT_INCOMPLETE: SITES,
        Cause.BROWSER_MISSING: _MONITOR,
        Cause.BROWSER_DIED: _MONITOR,
        Cause.WORKER_DIED: _MONITOR,
        Cause.NO_NETWORK: _MONITOR,
        Cause.INBOX_UNREACHABLE: _MONITOR,
        Cause.MONITOR_ERROR: _MONITOR,
    }
)
"""Cause -> the systems it can be attributed to."""

BURNS_THE_ACCOUNT = frozenset(
    {
        Cause.CREDENTIALS_REJECTED,
        Cause.SECOND_FACTOR_REJECTED,
        Cause.WRONG_CODE_DELIVERED,
        Cause.ACCOUNT_LOCKED,
        Cause.CAPTCHA_REQUIRED,
    }
)
"""ЕСИА counts refused sign-ins and locks: an account refused for one of these is left alone for a while."""

UNSAFE_TO_RETEST = BURNS_THE_ACCOUNT | {
    Cause.ACCOUNT_UNCONFIRMED,
    Cause.PASSWORD_EXPIRED,
    Cause.NMO_ACCOUNT_MISSING,
}
"""A second attempt at once could hurt the account, or can only say the same."""
