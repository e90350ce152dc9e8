"""Every fault there is, by the part of the federation that it touches."""

from staging.fault import Fault
from staging.fault_catalogue.arrival import ARRIVAL_FAULTS
from staging.fault_catalogue.cabinet import CABINET_FAULTS
from staging.fault_catalogue.delivery import DELIVERY_FAULTS
from staging.fault_catalogue.esia import ESIA_FAULTS
from staging.fault_catalogue.gosuslugi import GOSUSLUGI_FAULTS
from staging.fault_catalogue.nmo import NMO_FAULTS
from staging.fault_catalogue.platform import PLATFORM_FAULTS
from staging.fault_catalogue.protocol import PROTOCOL_FAULTS, WIRE_FAULTS
from staging.fault_catalogue.register import REGISTER_FAULTS

CATALOGUE: tuple[Fault, ...] = (
    *PLATFORM_FAULTS,
    *PROTOCOL_FAULTS,
    *WIRE_FAULTS,
    *ESIA_FAULTS,
    *GOSUSLUGI_FAULTS,
    *NMO_FAULTS,
    *ARRIVAL_FAULTS,
    *CABINET_FAULTS,
    *REGISTER_FAULTS,
    *DELIVERY_FAULTS,
)
