"""Faults of ЕСИА: sign-in, passwords, locks, recovery."""

from types import MappingProxyType

from staging.fault import Fault

ESIA_FAULTS: tuple[Fault, ...] = (
    Fault(
        "account-unconfirmed",
        "Учётная запись считается неподтверждённой",
        "ЕСИА turns confirmed accounts away; the condition is 0 identity, 1 register, 2 second factor.",
        ("esia",),
        "return",
        MappingProxyType({"condition": 0}),
        choices=3,
    ),
    Fault(
        "account-locked",
        "Учётная запись заблокирована",
        "ЕСИА takes every account for a locked one.",
        ("esia",),
        "sign-in",
    ),
    Fault(
        "locked-at-once",
        "Блокировка после первой ошибки",
        "One wrong attempt locks the account: 0 password, 1 code.",
        ("esia",),
        "sign-in",
        MappingProxyType({"after": 0}),
        choices=2,
    ),
    Fault("password-refused", "Верный пароль отклоняется", "ЕСИА refuses right passwords.", ("esia",), "sign-in"),
    Fault("code-refused", "Верный код отклоняется", "ЕСИА refuses right one-time codes.", ("esia",), "sign-in"),
    Fault("wrong-password-let-in", "Неверный пароль принимается", "Every password is taken.", ("esia",), "sign-in"),
    Fault("wrong-code-let-in", "Неверный код принимается", "Every one-time code is taken.", ("esia",), "sign-in"),
    Fault(
        "refusal-unclear",
        "Причина отказа не названа",
        "What is wrong is refused with «Произошла ошибка», which does not say what it is: 0 password, 1 code.",
        ("esia",),
        "sign-in",
        MappingProxyType({"of": 0}),
        choices=2,
    ),
    Fault(
        "unconfirmed-let-in",
        "Неподтверждённая учётная запись допускается",
        "ЕСИА lets accounts in that are not confirmed.",
        ("esia",),
        "return",
    ),
    Fault(
        "password-expired",
        "Срок действия пароля истёк",
        "Every password is taken for one that is older than 90 days.",
        ("esia",),
        "password",
    ),
    Fault(
        "expired-let-in",
        "Просроченный пароль принимается",
        "ЕСИА does not ask for a new password after 90 days.",
        ("esia",),
        "password",
    ),
    Fault(
        "password-rule-skipped",
        "Правило пароля не проверяется",
        "A new password may break a rule: 0 length, 1 upper case, 2 lower case, 3 digit, 4 special sign.",
        ("esia",),
        "password",
        MappingProxyType({"rule": 0}),
        choices=5,
    ),
    Fault(
        "password-not-saved",
        "Новый пароль не сохраняется",
        "ЕСИА takes a new password and keeps the old one.",
        ("esia",),
        "password",
    ),
    Fault(
        "recovery-closed",
        "Восстановление недоступно",
        "The page of recovery offers no request to support.",
        ("esia",),
        "recovery",
    ),
)
