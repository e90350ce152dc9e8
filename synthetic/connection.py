"""What the browser's own codes of a connection that failed mean: ``ERR_NAME_NOT_RESOLVED`` and its like."""

import re
from dataclasses import dataclass

from journeys.cause import Cause
from journeys.system import System


@dataclass(frozen=True)
class Trouble:
    """Whose fault a code is, and the words for it. ``codes`` is a pattern of what such codes contain; ``system`` None:
    the site that was asked."""

    codes: str
    system: System | None
    cause: Cause
    words: str


_TROUBLES = (
    # The monitor's own way out is cut: no user of the target is touched by it.
    Trouble(
        "INTERNET_DISCONNECTED|PROX|PAC_|TUNNEL|NETWORK_CHANGED|NETWORK_ACCESS_DENIED|IO_SUSPENDED",
        System.MONITOR,
        Cause.NO_NETWORK,
        "the monitor has no way out",
    ),
    Trouble(
        "INSUFFICIENT_RESOURCES|OUT_OF_MEMORY|NO_BUFFER_SPACE|QUEUE_TOO_LARGE|ADDRESS_IN_USE|CONTEXT_SHUT_DOWN|FILE_|"
        "CACHE_(?!MISS)|BLOCKED_BY_(?:CLIENT|ADMIN)|BLOCKED_IN",
        System.MONITOR,
        Cause.MONITOR_ERROR,
        "the monitor's own browser does not go there",
    ),
    Trouble(
        "NAME_NOT_RESOLVED|DNS|NAME_RESOLUTION|NAME_COLLISION",
        System.NETWORK,
        Cause.DNS_FAILURE,
        "the name does not resolve",
    ),
    Trouble(
        "CERT_DATE_INVALID",
        System.NETWORK,
        Cause.CERTIFICATE_EXPIRED,
        "the certificate is out of its dates, or the monitor's clock is wrong",
    ),
    Trouble(
        "CERT_COMMON_NAME_INVALID",
        System.NETWORK,
        Cause.CERTIFICATE_WRONG_HOST,
        "the certificate is for another host",
    ),
    Trouble("CERT|SSL|TLS", System.NETWORK, Cause.TLS_ERROR, "no trusted connection"),
    Trouble(
        "EMPTY_RESPONSE|RESET|CLOSED|ABORTED|MISMATCH|INCOMPLETE|PROTOCOL|INVALID|HTTP2_|QUIC_|TRUNCATED|NOT_CONNECTED",
        System.NETWORK,
        Cause.CONNECTION_DROPPED,
        "the connection was dropped",
    ),
    Trouble("REFUSED|TIMED_OUT|ADDRESS|CONNECTION", System.NETWORK, Cause.UNREACHABLE, "nobody answers"),
    Trouble("UNSAFE_PORT", System.NETWORK, Cause.UNREACHABLE, "browsers do not open this port"),
)
"""From the most telling to the least: a pattern may be part of what a later one is found in."""

_UNKNOWN = Trouble("", None, Cause.ERROR_SCREEN, "the browser cannot show it, for a reason that is not known")

REDIRECT_LOOP = "ERR_TOO_MANY_REDIRECTS"
"""A site's doing, not the network's."""

TUNNEL = "ERR_TUNNEL_CONNECTION_FAILED"
"""The proxy has not got through to a site. It is the monitor's own, but so it says of a site that is down too."""


def trouble(code: str) -> Trouble:
    """What a code means. Of one that is not known that is said, and which site was asked."""
    return next((known for known in _TROUBLES if re.search(known.codes, code)), _UNKNOWN)
