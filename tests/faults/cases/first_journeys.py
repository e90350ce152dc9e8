"""Cases of the first three journeys."""

from journeys.cause import Cause
from journeys.result import Verdict
from journeys.system import System
from tests.faults.case import Case

FAILED, DEGRADED = Verdict.FAILED, Verdict.DEGRADED
NMO, GOSUSLUGI, ESIA = System.NMO, System.GOSUSLUGI, System.ESIA
SLOW_S = 2.8

CASES = (
    Case("latency", "nmo", "sign-in", DEGRADED, NMO, Cause.SLOW, parameters={"seconds": SLOW_S}),
    Case("latency", "esia", "sign-in", DEGRADED, ESIA, Cause.SLOW, parameters={"seconds": SLOW_S}),
    Case("latency", "gosuslugi", "via-gosuslugi", DEGRADED, GOSUSLUGI, Cause.SLOW, parameters={"seconds": SLOW_S}),
    Case("http-500", "nmo", "sign-in", FAILED, NMO, Cause.HTTP_ERROR),
    Case("http-500", "esia", "sign-in", FAILED, ESIA, Cause.HTTP_ERROR),
    Case("http-500", "gosuslugi", "via-gosuslugi", FAILED, GOSUSLUGI, Cause.HTTP_ERROR),
    Case("http-502", "nmo", "sign-in", FAILED, NMO, Cause.HTTP_ERROR, "502"),
    Case("http-502", "esia", "via-gosuslugi", FAILED, ESIA, Cause.HTTP_ERROR, "502"),
    Case("http-502", "gosuslugi", "via-gosuslugi", FAILED, GOSUSLUGI, Cause.HTTP_ERROR, "502", fast=False),
    Case("http-503", "nmo", "sign-in", FAILED, NMO, Cause.HTTP_ERROR, "503", fast=False),
    Case("http-503", "esia", "first-visit", FAILED, ESIA, Cause.HTTP_ERROR, "503"),
    Case("http-503", "gosuslugi", "via-gosuslugi", FAILED, GOSUSLUGI, Cause.HTTP_ERROR, "503"),
    Case(
        "http-503",
        "gosuslugi",
        "first-visit",
        FAILED,
        GOSUSLUGI,
        Cause.HTTP_ERROR,
        "503",
        "compare with Госуслуги",
    ),
    Case(
        "dropped-connection",
        "nmo",
        "sign-in",
        FAILED,
        System.NETWORK,
        Cause.CONNECTION_DROPPED,
        "ERR_EMPTY_RESPONSE",
    ),
    Case(
        "dropped-connection",
        "esia",
        "sign-in",
        FAILED,
        System.NETWORK,
        Cause.CONNECTION_DROPPED,
        "ERR_EMPTY_RESPONSE",
    ),
    Case(
        "dropped-connection",
        "gosuslugi",
        "via-gosuslugi",
        FAILED,
        System.NETWORK,
        Cause.CONNECTION_DROPPED,
        "ERR_EMPTY_RESPONSE",
    ),
    Case("broken-asset", "nmo", "sign-in", DEGRADED, NMO, Cause.ASSET_UNAVAILABLE, "404"),
    Case("broken-asset", "gosuslugi", "via-gosuslugi", DEGRADED, GOSUSLUGI, Cause.ASSET_UNAVAILABLE, "404"),
    Case(
        "broken-asset",
        "esia",
        "sign-in",
        FAILED,
        ESIA,
        Cause.ASSET_UNAVAILABLE,
        "404",
        "confirm the sign-in and return",
    ),
    Case("blank-page", "nmo", "sign-in", FAILED, NMO, Cause.BLANK_PAGE),
    Case("blank-page", "esia", "sign-in", FAILED, ESIA, Cause.BLANK_PAGE),
    Case("blank-page", "gosuslugi", "via-gosuslugi", FAILED, GOSUSLUGI, Cause.BLANK_PAGE),
    Case("code-never-delivered", "delivery", "sign-in", FAILED, System.DELIVERY, Cause.CODE_NOT_DELIVERED),
    Case("code-never-delivered", "delivery", "first-visit", FAILED, System.DELIVERY, Cause.CODE_NOT_DELIVERED),
    Case(
        "consent-not-recorded",
        "nmo",
        "first-visit",
        FAILED,
        NMO,
        Cause.CONSENT_NOT_RECORDED,
        step="give the consent",
    ),
    Case("sync-never-completes", "registry", "first-visit", FAILED, System.REGISTRY, Cause.SYNC_STALLED),
    Case("sync-stale", "registry", "first-visit", DEGRADED, System.REGISTRY, Cause.REGISTRY_STALE),
    *(
        Case(
            "sync-partial",
            "registry",
            "first-visit",
            FAILED,
            System.REGISTRY,
            Cause.REGISTRY_PARTIAL,
            step="confirm the synchronisation",
            parameters={"lacks": lacks},
            fast=lacks == 0,
        )
        for lacks in (0, 1)
    ),
    Case("profile-mismatch", "nmo", "first-visit", FAILED, NMO, Cause.DATA_MISMATCH, step="compare with Госуслуги"),
)
