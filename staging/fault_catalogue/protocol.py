"""Faults of the way between a portal and ЕСИА: the protocol, its errors, and what may leak on the wire.

A request that ЕСИА is right to refuse is a fault of the portal that sent it; the others are ЕСИА's own.
"""

from types import MappingProxyType

from staging.fault import SITES, Fault, System

_CLIENTS: tuple[System, ...] = ("nmo", "gosuslugi")
_ESIA: tuple[System, ...] = ("esia",)


def _handover(
    name: str, title: str, description: str, systems: tuple[System, ...], *, choices: int = 0, **parameters: float
) -> Fault:
    return Fault(name, title, description, systems, "handover", MappingProxyType(parameters), choices)


def _wire(
    name: str, title: str, description: str, systems: tuple[System, ...], *, choices: int = 0, **parameters: float
) -> Fault:
    return Fault(name, title, description, systems, "wire", MappingProxyType(parameters), choices)


PROTOCOL_FAULTS: tuple[Fault, ...] = (
    _handover("wrong-state", "Чужой state", "ЕСИА returns another state than it was given.", _ESIA),
    _handover(
        "returned-elsewhere",
        "Возврат на другой адрес",
        "ЕСИА returns to another address of the portal than it was asked to, an earlier one; who signs in gets in.",
        _ESIA,
    ),
    _handover("code-replayed", "Код уже использован", "ЕСИА returns a code that was traded before.", _ESIA),
    _handover(
        "code-expired", "Код выдан просроченным", "The codes of ЕСИА are past their time when it gives them.", _ESIA
    ),
    _handover(
        "clock-skew",
        "Часы отстают",
        "The site's clock is an hour slow: ЕСИА takes every request for one of another time, or a portal's requests "
        "are of another time.",
        ("esia", "nmo", "gosuslugi"),
    ),
    _handover(
        "client-rejected",
        "Подпись системы-клиента не принята",
        "The portal's requests: 0 are signed wrongly, 1 name a certificate that ЕСИА does not know, 2 come from a "
        "client that ЕСИА does not know.",
        _CLIENTS,
        choices=3,
        kind=0,
    ),
    _handover(
        "redirect-not-registered",
        "Адрес возврата не зарегистрирован",
        "The portal asks ЕСИА to return to an address that it has not registered.",
        _CLIENTS,
    ),
    _handover(
        "scope-refused",
        "Область доступа не разрешена",
        "The portal asks for: 0 data that it may not have, 1 too little to be given the person's data, 2 the data of "
        "an organisation that the person does not work for.",
        _CLIENTS,
        choices=3,
        kind=0,
    ),
    _handover(
        "request-malformed",
        "Запрос портала составлен неверно",
        "The portal's requests: 0 hold a value that there is not, 1 lack a parameter, 2 ask for tokens by another "
        "method than POST, 3 prove a key (PKCE) that was not announced, 4 prove another key than was announced.",
        _CLIENTS,
        choices=5,
        kind=0,
    ),
    _handover(
        "owner-refused",
        "Отказ владельца",
        "ЕСИА says that the person refused, who was not asked.",
        _ESIA,
    ),
    _handover(
        "one-time-codes-down",
        "Одноразовые коды недоступны",
        "ЕСИА sends back who signs in: it has no one-time codes now.",
        _ESIA,
    ),
    _handover(
        "esia-overload",
        "ЕСИА перегружена",
        "ЕСИА says that it is overloaded or being worked on: 0 when a sign-in begins, 1 when a code is traded.",
        _ESIA,
        choices=2,
        at=0,
    ),
    _handover(
        "esia-internal",
        "Внутренняя ошибка ЕСИА",
        "ЕСИА says that it has an internal error: 0 when a sign-in begins, 1 when a code is traded.",
        _ESIA,
        choices=2,
        at=0,
    ),
    _handover(
        "malformed-answer",
        "Ответ не в том виде",
        "ЕСИА answers a portal's server with a page in place of JSON: 0 tokens, 1 the person's data.",
        _ESIA,
        choices=2,
        of=0,
    ),
    _handover(
        "return-missing",
        "Нет возврата на портал",
        "After the sign-in ЕСИА shows a page of its own and does not return to the portal.",
        _ESIA,
    ),
    _handover(
        "captcha", "Проверка «не робот»", "After the password ЕСИА asks to prove that one is not a robot.", _ESIA
    ),
    _handover(
        "service-missing",
        "Нет услуги",
        "«Мои услуги» do not list «Непрерывное медобразование».",
        ("gosuslugi",),
    ),
)

WIRE_FAULTS: tuple[Fault, ...] = (
    _wire(
        "code-in-url",
        "Код остаётся в адресе",
        "The page that follows a sign-in has ЕСИА's code in its address, behind: 0 «?», 1 «#», "
        "2 «#» for a moment, by a script.",
        _CLIENTS,
        choices=3,
        fragment=0,
    ),
    _wire(
        "code-in-referrer",
        "Код уходит в Referer",
        "The portal goes on by a page that tells the next one its address, with ЕСИА's code in it.",
        _CLIENTS,
    ),
    _wire(
        "cookie-unsafe",
        "Небезопасная cookie сеанса",
        "The session's cookie lacks: 0 HttpOnly, 1 SameSite.",
        SITES,
        choices=2,
        lacks=0,
    ),
    _wire(
        "session-fixed",
        "Сеанс не обновляется при входе",
        "The session's id stays the same across a sign-in.",
        _CLIENTS,
    ),
    _wire("logout-incomplete", "Выход не завершает сеанс", "«Выйти» leaves the site's session alive.", SITES),
)
