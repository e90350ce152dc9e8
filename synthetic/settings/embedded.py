"""What is watched on the embedded staging when nothing is said."""

from synthetic.settings.sections import Entry

_AT_ITS_INTERVAL = (
    ("sign-in", "doctor"),
    ("sign-in", "nurse"),
    ("sign-in-by-code", "email-doctor"),
    ("sign-in-refused", "mistaken-doctor"),
    ("sign-out", "services-doctor"),
    ("password-expiry", "expired-nurse"),
    ("recovery", "confirmed-nurse"),
    ("via-gosuslugi", "services-doctor"),
    ("via-gosuslugi-first-visit", "services-newcomer"),
    ("first-visit", "newcomer"),
    ("consent", "consenting-doctor"),
    ("cabinet", "cabinet-doctor"),
    ("cabinet", "cabinet-nurse"),
    ("cabinet", "resident"),
    ("cabinet", "teacher"),
    ("cabinet", "head"),
    ("cabinet", "hr-officer"),
    ("contact-update", "contact-doctor"),
    ("identity-match", "renamed-doctor"),
    ("data-match", "data-doctor"),
    ("specialist-update", "updating-doctor"),
    ("specialist-update", "documents-doctor"),
    ("specialist-update", "refused-doctor"),
    ("account-missing", "not-registered"),
    ("account-missing", "not-synchronised"),
    ("account-missing", "profile-error"),
    ("support-channels", "confirmed-nurse"),
    ("account-status", "confirmed-nurse"),
    ("account-status", "unconfirmed-identity"),
    ("account-status", "unconfirmed-register"),
    ("account-status", "unconfirmed-factor"),
)
"""Journey and persona."""

_NOW_AND_THEN_S = 900
_NOW_AND_THEN = (
    ("sign-in", "email-doctor"),
    ("sign-in", "inn-doctor"),
    ("sign-in", "snils-nurse"),
    ("sign-in", "employed-doctor"),
)
"""The same for what the first entries watch closely: other kinds of login, and screens in between."""

EMBEDDED_SCHEDULE = (
    *(Entry(journey=journey, persona=persona) for journey, persona in _AT_ITS_INTERVAL),
    *(Entry(journey=journey, persona=persona, interval_s=_NOW_AND_THEN_S) for journey, persona in _NOW_AND_THEN),
)
"""Who walks what."""

EMBEDDED_PERSONAS = frozenset(entry.persona for entry in EMBEDDED_SCHEDULE)
"""Who can be scheduled on the embedded staging."""
