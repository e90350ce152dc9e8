"""S10, later: the account that was applied for is there; the person enters, and gives it up for the next one."""

from journeys.entry import find_own_cabinet, go_to_esia, open_portal, receive_code, submit_credentials
from journeys.first_visit import (
    accept_agreement,
    confirm_contact,
    confirm_sign_in,
    give_consent,
    receive_contact_code,
    withdraw,
)
from journeys.journey import Journey

ACCOUNT_MISSING_OUTCOME = Journey(
    name="account-missing-outcome",
    title="Вход после синхронизации новой учётной записи",
    requirements=("S10",),
    steps=(
        open_portal,
        go_to_esia,
        submit_credentials,
        receive_code,
        confirm_sign_in,
        receive_contact_code,
        confirm_contact,
        accept_agreement,
        give_consent,
        find_own_cabinet,
        withdraw,
    ),
    budget_s=110,
    interval_s=3600,
    states=("not-registered",),
    channels=("email",),
    on_schedule=False,
)
