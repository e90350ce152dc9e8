"""Faults of the way from ЕСИА and Госуслуги into the portal: screens in between, and the handover itself."""

from staging.fault import Fault

ARRIVAL_FAULTS: tuple[Fault, ...] = (
    Fault(
        "promotion-for-all",
        "Предложение установить приложение",
        "ЕСИА offers its application to everybody after each sign-in, which «Пропустить» leads past: "
        "everybody still gets in.",
        ("esia",),
        "interstitials",
    ),
    Fault(
        "promotion-stuck",
        "«Пропустить» не действует",
        "«Пропустить» on the offer of the application does nothing; who is not offered it does not notice.",
        ("esia",),
        "interstitials",
    ),
    Fault(
        "role-choice-without-person",
        "Нельзя войти как частное лицо",
        "The choice of a role lists the organisation and not «Частное лицо»; who works for none does not notice.",
        ("esia",),
        "interstitials",
    ),
    Fault(
        "agreement-asked-again",
        "Соглашение запрашивается снова",
        "The portal asks for the user agreement at every entry.",
        ("nmo",),
        "entry",
    ),
    Fault(
        "handover-refused",
        "Переход с Госуслуг отклонён",
        "Who comes over from Госуслуги gets an error page with a code and the time; the portal's own button works.",
        ("nmo",),
        "entry",
    ),
)
"""What can go wrong there, and the one thing that may happen without a user being any the worse for it."""
