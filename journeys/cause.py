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
    ASSET_UNAVAILABLE = "asset-unavailable"
    SCRIPT_ERROR = "script-error"
    TIMEOUT = "timeout"
    SLOW = "slow"
    # The path between the sites broke.
    HANDOVER_FAILED = "handover-failed"
    REDIRECT_LOOP = "redirect-loop"
    SERVICE_MISSING = "service-missing"
    # ЕСИА turned the person away.
    CREDENTIALS_REJECTED = "credentials-rejected"
    SECOND_FACTOR_REJECTED = "second-factor-rejected"
    ACCOUNT_LOCKED = "account-locked"
    ACCOUNT_UNCONFIRMED = "account-unconfirmed"
    # The portal or a register let the person in, but wrongly.
    WRONG_ACCOUNT = "wrong-account"
    CONSENT_NOT_RECORDED = "consent-not-recorded"
    CONSENT_INCOMPLETE = "consent-incomplete"
    DATA_MISMATCH = "data-mismatch"
    SYNC_STALLED = "sync-stalled"
    # A one-time code did not come.
    CODE_NOT_DELIVERED = "code-not-delivered"
    # The network between the monitor's browser and a site.
    DNS_FAILURE = "dns-failure"
    UNREACHABLE = "unreachable"
    CONNECTION_DROPPED = "connection-dropped"
    TLS_ERROR = "tls-error"
    # The monitor could not do its job.
    BROWSER_MISSING = "browser-missing"
    BROWSER_DIED = "browser-died"
    WORKER_DIED = "worker-died"
    NO_NETWORK = "no-network"
    INBOX_UNREACHABLE = "inbox-unreachable"
    MONITOR_ERROR = "monitor-error"


_ESIA = (System.ESIA,)
_NMO = (System.NMO,)
_NETWORK = (System.NETWORK,)
_MONITOR = (System.MONITOR,)

SYSTEMS_OF = MappingProxyType(
    {
        Cause.HTTP_ERROR: SITES,
        Cause.BLANK_PAGE: SITES,
        Cause.UNEXPECTED_SCREEN: SITES,
        Cause.ERROR_SCREEN: SITES,
        Cause.ASSET_UNAVAILABLE: SITES,
        Cause.SCRIPT_ERROR: SITES,
        Cause.TIMEOUT: (*SITES, System.REGISTRY, System.DELIVERY),
        Cause.SLOW: (*SITES, System.REGISTRY, System.DELIVERY),
        Cause.HANDOVER_FAILED: SITES,
        Cause.REDIRECT_LOOP: SITES,
        Cause.SERVICE_MISSING: (System.GOSUSLUGI,),
        Cause.CREDENTIALS_REJECTED: _ESIA,
        Cause.SECOND_FACTOR_REJECTED: _ESIA,
        Cause.ACCOUNT_LOCKED: _ESIA,
        Cause.ACCOUNT_UNCONFIRMED: _ESIA,
        Cause.WRONG_ACCOUNT: _NMO,
        Cause.CONSENT_NOT_RECORDED: _NMO,
        Cause.CONSENT_INCOMPLETE: _NMO,
        Cause.DATA_MISMATCH: _NMO,
        Cause.SYNC_STALLED: (System.REGISTRY,),
        Cause.CODE_NOT_DELIVERED: (System.DELIVERY,),
        Cause.DNS_FAILURE: _NETWORK,
        Cause.UNREACHABLE: _NETWORK,
        Cause.CONNECTION_DROPPED: _NETWORK,
        Cause.TLS_ERROR: _NETWORK,
        Cause.BROWSER_MISSING: _MONITOR,
        Cause.BROWSER_DIED: _MONITOR,
        Cause.WORKER_DIED: _MONITOR,
        Cause.NO_NETWORK: _MONITOR,
        Cause.INBOX_UNREACHABLE: _MONITOR,
        Cause.MONITOR_ERROR: _MONITOR,
    }
)
"""Cause -> the systems it can be attributed to."""

BURNS_THE_ACCOUNT = frozenset({Cause.CREDENTIALS_REJECTED, Cause.SECOND_FACTOR_REJECTED, Cause.ACCOUNT_LOCKED})
"""ЕСИА counts refused sign-ins and locks: an account refused for one of these is left alone for a while."""

UNSAFE_TO_RETEST = BURNS_THE_ACCOUNT | {Cause.ACCOUNT_UNCONFIRMED}
"""A second attempt at once could hurt the account, or can only say the same."""
