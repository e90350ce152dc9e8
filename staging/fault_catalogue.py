"""Every fault there is, by the part of the federation that it touches."""

from types import MappingProxyType

from staging.arrival_faults import ARRIVAL_FAULTS
from staging.cabinet_faults import CABINET_FAULTS
from staging.delivery_faults import DELIVERY_FAULTS
from staging.fault import SITES, Fault
from staging.protocol_faults import PROTOCOL_FAULTS, WIRE_FAULTS
from staging.register_faults import REGISTER_FAULTS


def _page_fault(name: str, title: str, description: str, **parameters: float) -> Fault:
    return Fault(name, title, description, SITES, "documents", MappingProxyType(parameters))


_PLATFORM: tuple[Fault, ...] = (
    _page_fault("latency", "Медленные страницы", "Every HTML document comes late.", seconds=3),
    _page_fault("http-500", "Внутренняя ошибка", "The site's own error page, with a code and the time."),
    _page_fault("http-502", "Ошибка шлюза", "A bare reverse proxy page «502 Bad Gateway»."),
    _page_fault("http-503", "Сервис недоступен", "A bare reverse proxy page «503 Service Temporarily Unavailable»."),
    _page_fault("dropped-connection", "Обрыв соединения", "The connection closes without a byte of an answer."),
    Fault(
        "broken-asset",
        "Не загружается ресурс страницы",
        "The stylesheet (НМО, Госуслуги) or the script of the code boxes (ЕСИА) answers 404.",
        SITES,
        "static files",
    ),
    _page_fault("blank-page", "Пустая страница", "Status 200 and an empty HTML document."),
    _page_fault("http-429", "Слишком много запросов", "A bare page «429 Too Many Requests» with Retry-After."),
    _page_fault("maintenance", "Технические работы", "503 with the site's own notice of maintenance and its end."),
    _page_fault(
        "error-banner", "Сообщение об ошибке", "Status 200; in place of the content an error, its code and time."
    ),
    _page_fault("endless-spinner", "Бесконечная загрузка", "Status 200 and «Загрузка…» that never ends."),
    _page_fault(
        "script-error", "Ошибка сценария", "A script of every page throws an error; the page works without it."
    ),
    _page_fault("changed-label", "Изменилась надпись", "The main button of the site is called something else."),
    _page_fault("slow-drip", "Страница приходит по байту", "The body of a document comes in small pieces.", seconds=3),
    _page_fault("truncated-answer", "Обрыв на середине", "The connection closes in the middle of a document."),
    _page_fault("no-answer", "Сервер не отвечает", "The request is taken and never answered."),
    _page_fault("redirect-loop", "Круг переадресаций", "Every document leads to itself."),
)

_ESIA: tuple[Fault, ...] = (
    Fault(
        "account-unconfirmed",
        "Учётная запись считается неподтверждённой",
        "ЕСИА turns confirmed accounts away; the condition is 0 identity, 1 register, 2 second factor.",
        ("esia",),
        "return",
        MappingProxyType({"condition": 0}),
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

_GOSUSLUGI: tuple[Fault, ...] = (
    Fault(
        "change-not-saved",
        "Изменение не сохраняется",
        "A change of data or contacts is confirmed by its code, and the old value stays.",
        ("gosuslugi",),
        "profile",
    ),
    Fault(
        "change-code-refused",
        "Верный код изменения отклоняется",
        "Госуслуги refuse right codes that confirm a change of data or contacts.",
        ("gosuslugi",),
        "profile",
    ),
    Fault(
        "journal-entry-missing",
        "Нет записи в журнале действий",
        "«Журнал действий» does not get an entry for a change.",
        ("gosuslugi",),
        "profile",
    ),
    Fault(
        "check-never-ends",
        "Проверка данных не завершается",
        "The automatic check of changed personal data stays «Данные на проверке» while the fault is on.",
        ("gosuslugi",),
        "profile",
    ),
    Fault(
        "correction-refused",
        "Изменение данных отклонено",
        "The automatic check refuses every change of personal data.",
        ("gosuslugi",),
        "profile",
    ),
    Fault(
        "scan-refused",
        "Скан не принимается",
        "Every scan is taken for a file of the wrong type.",
        ("gosuslugi",),
        "profile",
    ),
)

_NMO: tuple[Fault, ...] = (
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
        "The register has no patronymic, which is allowed: everybody still gets in.",
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

CATALOGUE: tuple[Fault, ...] = (
    *_PLATFORM,
    *PROTOCOL_FAULTS,
    *WIRE_FAULTS,
    *_ESIA,
    *_GOSUSLUGI,
    *_NMO,
    *ARRIVAL_FAULTS,
    *CABINET_FAULTS,
    *REGISTER_FAULTS,
    *DELIVERY_FAULTS,
)
