"""Cases of the network between the browser and the sites: certificates, connections, names."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED = Verdict.FAILED
NETWORK, ESIA = System.NETWORK, System.ESIA

_AT_THE_DOOR: tuple[tuple[str, Cause, str], ...] = (
    ("tls-expired", Cause.CERTIFICATE_EXPIRED, "ERR_CERT_DATE_INVALID"),
    ("tls-too-early", Cause.CERTIFICATE_EXPIRED, "ERR_CERT_DATE_INVALID"),
    ("tls-wrong-host", Cause.CERTIFICATE_WRONG_HOST, "ERR_CERT_COMMON_NAME_INVALID"),
    ("tls-self-signed", Cause.TLS_ERROR, "ERR_CERT_AUTHORITY_INVALID"),
    ("tls-stranger", Cause.TLS_ERROR, "ERR_CERT_AUTHORITY_INVALID"),
    ("tls-outdated", Cause.TLS_ERROR, "ERR_SSL_VERSION_OR_CIPHER_MISMATCH"),
    ("tls-plain-text", Cause.TLS_ERROR, "ERR_SSL_PROTOCOL_ERROR"),
    ("tls-reset", Cause.CONNECTION_DROPPED, "ERR_CONNECTION_RESET"),
    ("connection-refused", Cause.UNREACHABLE, "ERR_CONNECTION_REFUSED"),
    ("connection-reset", Cause.CONNECTION_DROPPED, "ERR_CONNECTION_RESET"),
    ("reset-in-answer", Cause.CONNECTION_DROPPED, "ERR_CONNECTION_RESET"),
    ("name-unresolved", Cause.DNS_FAILURE, "ERR_NAME_NOT_RESOLVED"),
)
"""Fault of the first site's network, cause, net error."""

_DOORS = (("sign-in", System.NMO, "open the portal"), ("via-gosuslugi", System.GOSUSLUGI, "open Госуслуги"))
"""Journey, the site that it opens first, and the step that does."""

_FAST = ("tls-expired", "tls-wrong-host")

CASES = (
    *(
        Case(fault, "network", journey, FAILED, NETWORK, cause, code, step, fast=fault in _FAST and site == System.NMO)
        for fault, cause, code in _AT_THE_DOOR
        for journey, site, step in _DOORS
    ),
    # From outside, a host that takes the connection and says nothing is a site that does not answer.
    *(
        Case(fault, "network", journey, FAILED, site, Cause.TIMEOUT, step=step, fast=False)
        for fault in ("connection-silent", "tls-silent")
        for journey, site, step in _DOORS
    ),
    *(
        Case(
            "reset-at-esia",
            "network",
            journey,
            FAILED,
            NETWORK,
            Cause.CONNECTION_DROPPED,
            step="go to ЕСИА",
            fast=False,
        )
        for journey, _, _ in _DOORS
    ),
    Case("silent-at-esia", "network", "sign-in", FAILED, ESIA, Cause.TIMEOUT, step="go to ЕСИА", fast=False),
    *(
        Case(
            "reset-on-return",
            "network",
            journey,
            FAILED,
            NETWORK,
            Cause.CONNECTION_DROPPED,
            step="confirm the sign-in and return",
            fast=False,
        )
        for journey, _, _ in _DOORS
    ),
    *(
        Case(
            "tls-expired-at-esia",
            "network",
            journey,
            FAILED,
            NETWORK,
            Cause.CERTIFICATE_EXPIRED,
            "ERR_CERT_DATE_INVALID",
            "go to ЕСИА",
            fast=False,
        )
        for journey, _, _ in _DOORS
    ),
)
