"""Faults of the НМО portal: entry, consent, profile, support."""

from types import MappingProxyType

from staging.fault import Fault

NMO_FAULTS: tuple[Fault, ...] = (
    Fault(
        "name-mismatch",
        "Фамилия в регистре записана иначе",
        "The register has another spelling of the surname: 0 space, 1 hyphen, 2 Latin letters, 3 transliteration, "
        "4 another letter.",
        ("nmo",),
        "entry",
        MappingProxyType({"rule": 0}),
    ),
    Fault(
        "snils-mismatch",
        "СНИЛС в регистре записан иначе",
        "The register has another СНИЛС: 0 somebody else's, 1 wrong control number, 2 wrong format.",
        ("nmo",),
        "entry",
        MappingProxyType({"rule": 0}),
    ),
    Fault(
        "patronymic-missing",
        "В регистре нет отчества",
        "The register and the profile have no patronymic, which is allowed: everybody still gets in.",
        ("nmo",),
        "entry",
    ),
    Fault(
        "mismatch-let-in",
        "Расхождение не проверяется",
        "The portal lets in people whose data differ from the register's.",
        ("nmo",),
        "entry",
    ),
    Fault(
        "wrong-condition-shown",
        "Названо не то условие",
        "To an account that is not confirmed the portal names another condition than ЕСИА did.",
        ("nmo",),
        "return",
    ),
    Fault(
        "chat-off-hours",
        "Чат не по расписанию",
        "The chat is closed in its hours and open outside them.",
        ("nmo",),
        "support",
    ),
    Fault(
        "channel-missing",
        "Нет телефона поддержки",
        "«Контакты» does not show the phone.",
        ("nmo",),
        "support",
    ),
    Fault(
        "enquiry-without-number",
        "Обращение без номера",
        "The feedback form takes a request and shows no number.",
        ("nmo",),
        "support",
    ),
    Fault(
        "enquiry-lost",
        "Обращение не находится",
        "The portal does not know the number that it gave.",
        ("nmo",),
        "support",
    ),
    Fault(
        "enquiry-number-repeated",
        "Номер обращения повторяется",
        "The feedback form gives every request the number of the first one.",
        ("nmo",),
        "support",
    ),
    Fault(
        "consent-not-recorded",
        "Согласие не сохраняется",
        "The portal says «Согласие принято» and does not record it: the cabinet stays limited.",
        ("nmo",),
        "consent",
    ),
    Fault(
        "consent-category-missing",
        "Неполное согласие",
        "The consent window lists four of the five categories.",
        ("nmo",),
        "consent",
    ),
    Fault(
        "consent-without-effect",
        "Согласие не открывает кабинет",
        "Consent is recorded, and enrolment, certificates and history stay closed.",
        ("nmo",),
        "consent",
    ),
    Fault(
        "withdrawal-not-recorded",
        "Отзыв согласия не действует",
        "The portal says «Согласие отозвано» and leaves everything open.",
        ("nmo",),
        "consent",
    ),
    Fault(
        "documents-demanded",
        "Лишний запрос документов",
        "For every change of the professional profile documents are asked for.",
        ("nmo",),
        "profile",
    ),
    Fault(
        "update-refused",
        "Отказ в изменении профиля",
        "Every change of the professional profile is refused, with reasons.",
        ("nmo",),
        "profile",
    ),
    Fault(
        "update-without-effect",
        "Изменение профиля не видно",
        "A change of the professional profile is accepted, and the profile goes on showing the old position.",
        ("nmo",),
        "profile",
    ),
    Fault(
        "account-forgotten",
        "Учётная запись НМО потеряна",
        "The portal does not know people it knew: 0 not registered, 1 the register's data have not come, "
        "2 error while the profile is made.",
        ("nmo",),
        "entry",
        MappingProxyType({"reason": 0}),
    ),
    Fault(
        "refresh-without-effect",
        "«Обновить данные» не действует",
        "The portal says «Данные обновлены» and keeps what it knew.",
        ("nmo",),
        "profile",
    ),
    Fault(
        "profile-mismatch",
        "Данные профиля расходятся",
        "The cabinet's profile shows another digit of СНИЛС and another spelling of the surname than Госуслуги.",
        ("nmo",),
        "profile",
    ),
)
