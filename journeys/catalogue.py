"""Every journey there is."""

from journeys.account_missing import ACCOUNT_MISSING
from journeys.account_missing_outcome import ACCOUNT_MISSING_OUTCOME
from journeys.account_status import ACCOUNT_STATUS
from journeys.cabinet import CABINET
from journeys.consent import CONSENT
from journeys.contact_update import CONTACT_UPDATE
from journeys.data_match import DATA_MATCH
from journeys.first_visit import FIRST_VISIT
from journeys.identity_match import IDENTITY_MATCH
from journeys.journey import Journey
from journeys.password_expiry import PASSWORD_EXPIRY
from journeys.recovery import RECOVERY
from journeys.sign_in import SIGN_IN
from journeys.sign_in_by_code import SIGN_IN_BY_CODE
from journeys.sign_in_refused import SIGN_IN_REFUSED
from journeys.sign_out import SIGN_OUT
from journeys.specialist_update import SPECIALIST_UPDATE
from journeys.specialist_update_outcome import SPECIALIST_UPDATE_OUTCOME
from journeys.support_channels import SUPPORT_CHANNELS
from journeys.via_gosuslugi import VIA_GOSUSLUGI
from journeys.via_gosuslugi_first import VIA_GOSUSLUGI_FIRST

JOURNEYS: tuple[Journey, ...] = (
    ACCOUNT_STATUS,
    SIGN_IN,
    SIGN_IN_BY_CODE,
    SIGN_IN_REFUSED,
    SIGN_OUT,
    PASSWORD_EXPIRY,
    RECOVERY,
    VIA_GOSUSLUGI,
    VIA_GOSUSLUGI_FIRST,
    FIRST_VISIT,
    CONSENT,
    CABINET,
    IDENTITY_MATCH,
    CONTACT_UPDATE,
    DATA_MATCH,
    SPECIALIST_UPDATE,
    SPECIALIST_UPDATE_OUTCOME,
    ACCOUNT_MISSING,
    ACCOUNT_MISSING_OUTCOME,
    SUPPORT_CHANNELS,
)
