"""Who can be at fault: the systems of the federation and what lies between them."""

from enum import StrEnum


class System(StrEnum):
    """A system that a failure is attributed to. The values are Prometheus label values."""

    NMO = "nmo"
    GOSUSLUGI = "gosuslugi"
    ESIA = "esia"
    REGISTRY = "registry"
    DELIVERY = "delivery"
    NETWORK = "network"
    MONITOR = "monitor"


SITES = (System.NMO, System.GOSUSLUGI, System.ESIA)
"""The systems with pages of their own, which a browser can be on."""
