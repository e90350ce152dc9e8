"""What journeys conclude from what a screen shows, without a browser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import MagicMock

import pytest
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as WaitTimeout
from pydantic import SecretStr

from journeys import (
    account_missing,
    account_status,
    contact_update,
    correction,
    data_match,
    identity_match,
    password_expiry,
    specialist_update,
    specialist_update_outcome,
)
from journeys.cause import Cause
from journeys.comparison import Comparison
from journeys.entry import mismatch
from journeys.identity import Rule
from journeys.identity_match import to_misspell
from journeys.inbox import Inbox
from journeys.persona import Persona
from journeys.scan import scan_refused
from journeys.specialist_update import ACCEPTED
from journeys.system import System
from journeys.target import Target
from journeys.visit import OutcomeError, Visit
from pages.gosuslugi.contacts import JournalEntry
from pages.nmo.admission import AgreementPage
from pages.nmo.cabinet import CabinetPage
from pages.nmo.mismatch import MismatchPage
from pages.nmo.specialist import ChangeState
from pages.screen import ErrorShown, HttpError, Screen

SENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MAINTENANCE = "Ведутся технические работы. Сервис обновляется и временно недоступен"


@pytest.fixture
def visit() -> Visit:
    anna = Persona("anna", SecretStr("anna"), SecretStr("password"), state="unconfirmed-identity")
    target = Target("stage", "https://nmo.example", "https://gos.example", "https://esia.example")
    return Visit(MagicMock(Page), target, anna, cast(Inbox, None))


def refusal(**fields: tuple[str, str]) -> MismatchPage:
    return cast(MismatchPage, SimpleNamespace(fields=lambda: fields, code=lambda: "NMO-2001"))


def test_a_refusal_for_a_patronymic_that_is_missing_says_that_it_may_be(visit: Visit) -> None:
    found = mismatch(visit, refusal(Отчество=("Ильинична", "")))
    assert (found.cause, found.variant) == (Cause.NAME_MISMATCH, Rule.PATRONYMIC_MISSING)
    assert "patronymic-missing" in str(found)
    assert "Ильинична" not in str(found)
    assert visit.compared == (Comparison("Отчество", "Яяяяяяяяя", "", Rule.PATRONYMIC_MISSING),)


def test_a_patronymic_is_not_the_reason_where_another_field_differs_too(visit: Visit) -> None:
    found = mismatch(visit, refusal(Фамилия=("Соколова", "Соколова"), Отчество=("Ильинична", "")))
    assert found.variant is None
    assert [one.rule for one in visit.compared] == [None, None]
    assert mismatch(visit, refusal(Отчество=("", ""))).variant is None


def test_a_patronymic_that_differs_is_a_difference_like_another(visit: Visit) -> None:
    assert mismatch(visit, refusal(Отчество=("Ильинична", "Игоревна"))).variant is Rule.NAME_DIFFERS


@pytest.mark.parametrize("name", ["Соколова", "Ильин", "Зимин", "Шишкин", "Юдин"])
def test_every_surname_can_be_misspelt(name: str, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    visit.persona = Persona("anna", SecretStr("anna"), SecretStr("password"), surname=SecretStr(name))
    visit.carried["gosuslugi"] = {"Фамилия": name}
    monkeypatch.setattr(identity_match, "PersonalDataPage", lambda _: opened(visit.carried["gosuslugi"]))
    sent = to_misspell(visit)["Фамилия"]
    assert sent != name
    visit.carried["gosuslugi"] = {"Фамилия": sent}
    assert to_misspell(visit) == {}
    identity_match.read_personal_data.act(visit)
    assert visit.notes["surname"] == "left misspelt by an earlier run"


@pytest.mark.parametrize(
    ("named", "variant"),
    [
        ({"Имя": ("Анна", "Аннa")}, Rule.LATIN_LETTERS),
        ({"Фамилия": ("Coкoлова", "Соколова"), "Отчество": ("Ильинична", "")}, Rule.PATRONYMIC_MISSING),
        ({"Фамилия": ("Соколова", "Соколова")}, None),
    ],
    ids=["another", "another as well", "no difference"],
)
def test_a_refusal_that_does_not_name_the_surname_alone_is_wrong(
    named: dict[str, tuple[str, str]], variant: Rule | None, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(named, monkeypatch)
    with pytest.raises(OutcomeError) as raised:
        identity_match.be_refused.act(visit)
    assert (raised.value.cause, raised.value.variant) == (Cause.NAME_MISMATCH, variant)


def test_a_refusal_for_the_misspelt_surname_is_right_and_nothing_to_report(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    surname = {"Фамилия": ("Coкoлова", "Соколова")}
    equal = {"Имя": ("Анна", "Анна"), "СНИЛС": (SNILS, SNILS)}
    said = "«Фамилия»: latin-letters"
    for named, noted in ((surname, said), (surname | equal, said), ({}, "a reason that it does not name")):
        refused(named, monkeypatch)
        identity_match.be_refused.act(visit)
        assert visit.notes["refused for"] == noted
        assert visit.compared == ()


def refused(named: dict[str, tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal shows its refusal to whoever comes."""
    monkeypatch.setattr(identity_match, "HomePage", MagicMock())
    monkeypatch.setattr(identity_match, "MismatchPage", lambda _: refusal(**named))
    monkeypatch.setattr(identity_match, "arrive", lambda _visit, shown, _cabinet: shown)


def opened(shown: dict[str, str]) -> SimpleNamespace:
    return SimpleNamespace(open=lambda _: SimpleNamespace(read=lambda: shown))


@pytest.mark.parametrize(
    ("waits_for", "mark", "hours", "doubts"),
    [
        ("update", "with", 24, []),
        ("update", "with", 24.5, [Cause.UPDATE_OVERDUE]),
        ("update", "", 40, []),  # sent by an earlier run: perhaps with documents
        ("update", "", 49, [Cause.UPDATE_OVERDUE]),
        ("documents", "with", 47, []),
        ("documents", "with", 49, [Cause.UPDATE_OVERDUE]),
        ("resubmission", "without", 30, [Cause.UPDATE_OVERDUE]),
    ],
)
def test_a_change_accepted_after_the_promised_time_is_a_doubt(
    waits_for: str, mark: str, hours: float, doubts: list[Cause], visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = ChangeState("Принято", (), SENT, SENT + timedelta(hours=hours))
    profile = SimpleNamespace(state=lambda: state, workplace=lambda: "врач (совмещение)" if mark == "with" else "врач")
    monkeypatch.setattr(
        specialist_update_outcome, "SpecialistPage", lambda _: SimpleNamespace(open=lambda _: profile, **vars(profile))
    )
    visit.earlier = {"waits for": waits_for, "mark": mark}
    specialist_update_outcome.see_outcome.act(visit)
    assert [doubt.cause for doubt in visit.doubts] == doubts
    assert [doubt.variant for doubt in visit.doubts] == [waits_for] * len(doubts)
    assert visit.lags == {waits_for: hours * 3600}


@pytest.mark.parametrize("word", ["На проверке", "Запрошены документы", "Принято", "Отказано"])
def test_a_change_that_a_follow_up_waits_for_is_left_alone(
    word: str, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that has been decided: at the time of the follow-up another one would stand in its place."""
    profile = MagicMock()
    profile.state.return_value = ChangeState(word)
    monkeypatch.setattr(specialist_update, "SpecialistPage", lambda _: profile)
    visit.awaited = True
    specialist_update.send_change.act(visit)
    assert visit.follow_up is None
    profile.edit.assert_not_called()


@pytest.mark.parametrize("awaited", [True, False])
def test_an_account_that_was_applied_for_is_given_up_by_whom_it_is_awaited(
    awaited: bool, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = MagicMock()
    refusal.marker.is_visible.return_value = False
    monkeypatch.setattr(account_missing, "MissingAccountPage", lambda _: refusal)
    visit.persona = replace(visit.persona, state="not-registered")
    visit.awaited = awaited
    account_missing.be_told_why.act(visit)
    assert (visit.follow_up is None) == awaited


@pytest.mark.parametrize("awaited", [True, False])
def test_who_is_awaited_does_not_apply_again(awaited: bool, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    form = MagicMock()
    form.open.return_value.apply.return_value = "РЕГ-1"
    monkeypatch.setattr(account_missing, "ApplicationPage", lambda _: form)
    visit.notes["reason"] = "not-registered"
    visit.awaited = awaited
    account_missing.apply.act(visit)
    assert form.open.called != awaited
    assert (visit.follow_up is None) == awaited


@pytest.mark.parametrize(
    ("said", "code", "mine"),
    [
        ("Регистр недоступен", None, True),
        ("Сервис ФРМР недоступен", "NMO-4001", True),
        ("Технические работы до 18:00", None, False),
        ("Регистрация временно недоступна", None, False),
    ],
)
def test_only_what_is_said_of_the_register_is_the_registers(
    said: str, code: str | None, mine: bool, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = MagicMock()
    form.open.return_value.look_up.side_effect = ErrorShown(f"the screen says «{said}»", code)
    monkeypatch.setattr(account_missing, "RegisterPage", lambda _: form)
    visit.notes["reason"] = "not-registered"
    with pytest.raises(OutcomeError if mine else ErrorShown):
        account_missing.look_up.act(visit)


def test_documents_that_nobody_expected_are_sent_all_the_same(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = MagicMock()
    profile.open.return_value.state.return_value = ChangeState("Запрошены документы")
    monkeypatch.setattr(specialist_update_outcome, "SpecialistPage", lambda _: profile)
    profile.send_documents.side_effect = WaitTimeout("«Загрузить документы» is not there")
    with pytest.raises(OutcomeError) as raised:
        specialist_update_outcome.see_outcome.act(visit)
    assert raised.value.cause is Cause.DOCUMENTS_REQUESTED
    profile.send_documents.assert_called_once()


SNILS = "112-233-445 95"
JOURNAL = [
    JournalEntry("2026-03-02T09:00", "Вход в систему", "Выполнено"),
    JournalEntry("2026-03-01T12:00", "Мобильный телефон", "Отклонено"),
    JournalEntry("2026-02-01T12:00", "Почтовый адрес", "Выполнено"),
]


@pytest.mark.parametrize("shows", [50, 3, 2, 1], ids=["all", "as many as there were", "fewer", "one"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_entries_of_the_same_minute_are_new_when_they_stand_in_front(count: int, shows: int) -> None:
    before = JOURNAL[:shows]
    made = [JournalEntry("2026-03-02T09:00", action, "Выполнено") for action in ("Мобильный телефон",) * count]
    now = (made + JOURNAL)[:shows]
    seen = [f"{entry.at} {entry.action}" for entry in before]
    assert contact_update.new_entries(now, seen) == made[:shows]


def test_entries_of_one_minute_that_change_places_are_not_new() -> None:
    new, *seen = (JournalEntry("2026-03-02T09:00", action, "Отклонено") for action in ("Почтовый адрес", "один", "два"))
    lines = [f"{entry.at} {entry.action}" for entry in seen]
    assert contact_update.new_entries([seen[1], new, seen[0]], lines) == [new]


def test_an_entry_that_was_seen_is_not_new_when_its_status_changes() -> None:
    seen = [f"{entry.at} {entry.action}" for entry in JOURNAL]
    assert contact_update.new_entries([replace(entry, status="Выполнено") for entry in JOURNAL], seen) == []


@pytest.mark.parametrize("at", ["2026-03-02T09:00", "2026-03-02T09:01"])
def test_a_change_in_the_minute_of_the_sign_in_is_found_in_the_journal(
    at: str, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = MagicMock()
    shown = journal.return_value.open.return_value.entries
    monkeypatch.setattr(contact_update, "JournalPage", journal)
    monkeypatch.setattr(contact_update, "ContactsPage", MagicMock())
    shown.return_value = JOURNAL
    contact_update.open_contacts.act(visit)
    visit.notes = dict.fromkeys(("phone", "e-mail", "postal address"), "1")
    made = [JournalEntry(at, action, "Выполнено") for action in ("Почтовый адрес", "Электронная почта")]
    shown.return_value = [*made, JournalEntry(at, "Мобильный телефон", "Выполнено"), *JOURNAL]
    contact_update.find_in_journal.act(visit)
    shown.return_value = [*made, *JOURNAL]
    with pytest.raises(OutcomeError, match="has 0 of 1 changes of «Мобильный телефон»"):
        contact_update.find_in_journal.act(visit)


@pytest.mark.parametrize(
    ("synchronisation", "system", "variant"),
    [
        ({"return_value.unfinished.return_value": "Выполняется"}, System.REGISTRY, None),
        ({"return_value.unfinished.return_value": ""}, System.NMO, "update"),
        ({"side_effect": HttpError("the server answered «503»", "503")}, System.NMO, "update"),
    ],
    ids=["under way", "ended", "not told"],
)
def test_a_change_without_effect_is_the_registers_while_it_synchronises(
    synchronisation: dict[str, Any],
    system: System,
    variant: str | None,
    visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    profile = MagicMock()
    profile.open.return_value.state.return_value = ChangeState(ACCEPTED)
    profile.workplace.return_value = "врач"
    monkeypatch.setattr(specialist_update_outcome, "SpecialistPage", lambda _: profile)
    page = MagicMock()
    page.open.configure_mock(**synchronisation)
    monkeypatch.setattr(specialist_update_outcome, "SynchronisationPage", lambda _: page)
    visit.earlier = {"mark": "with"}
    with pytest.raises(OutcomeError) as raised:
        specialist_update_outcome.see_outcome.act(visit)
    assert (raised.value.system, raised.value.cause, raised.value.variant) == (system, Cause.SYNC_STALLED, variant)
    assert profile.open.call_count == 2, "the picture is of the profile"


@pytest.mark.parametrize(
    ("asks_again", "said", "refused"),
    [
        (True, "Срок действия пароля истёк. Задайте новый пароль", True),
        (True, "Учётная запись временно заблокирована", False),
        (False, "Вход закрыт. Смените пароль", False),
    ],
)
def test_only_a_form_that_asks_again_has_refused_the_new_password(
    asks_again: bool, said: str, refused: bool, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = MagicMock()
    form.marker.is_visible.return_value = asks_again
    refusal = ErrorShown(f"the screen says «{said}»")
    monkeypatch.setattr(password_expiry, "PasswordPage", lambda _: form)
    monkeypatch.setattr(password_expiry, "admitted", MagicMock(side_effect=refusal))
    visit.carried["password"] = {"other": "another"}
    with pytest.raises(OutcomeError if refused else ErrorShown) as raised:
        password_expiry.set_password.act(visit)
    assert getattr(raised.value, "variant", None) == ("not-saved" if refused else None)


@pytest.mark.parametrize(
    ("said", "refused"),
    [("Неверные логин или пароль", True), ("Учётная запись временно заблокирована", False), (MAINTENANCE, False)],
)
def test_only_wrong_credentials_mean_that_the_new_password_is_not_taken(
    said: str, refused: bool, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(password_expiry, "_submit", MagicMock(side_effect=ErrorShown(f"the screen says «{said}»")))
    visit.carried["password"] = {"other": "another"}
    with pytest.raises(OutcomeError if refused else ErrorShown) as raised:
        password_expiry.sign_in_again.act(visit)
    assert getattr(raised.value, "variant", None) == ("new-password" if refused else None)


@pytest.mark.parametrize(
    ("said", "form_stands", "cause"),
    [
        ("Номер полиса ОМС указан неверно.", True, Cause.CORRECTION_REFUSED),
        ("Файл больше 5 МБ.", True, Cause.SCAN_REJECTED),
        (MAINTENANCE, False, None),
    ],
)
def test_only_the_form_itself_refuses_a_correction(
    said: str, form_stands: bool, cause: Cause | None, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks = MagicMock()
    asks.return_value.loaded.side_effect = ErrorShown(f"the screen says «{said}»")
    form = MagicMock()
    form.return_value.marker.is_visible.return_value = form_stands
    for name, screen in {"PersonalDataPage": MagicMock(), "ChangeConfirmationPage": asks, "EditPage": form}.items():
        monkeypatch.setattr(correction, name, screen)
    visit.inbox = MagicMock(Inbox)
    send, *_ = correction.correction("change", "the policy", lambda _: {"Полис ОМС": "1"})
    with pytest.raises(OutcomeError if cause else ErrorShown) as raised:
        send.act(visit)
    assert getattr(raised.value, "cause", None) is cause


@pytest.mark.parametrize(("said", "refused"), [("Неверный код подтверждения.", True), (MAINTENANCE, False)])
def test_only_a_refused_code_leaves_a_change_unconfirmed(
    said: str, refused: bool, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = ErrorShown(f"the screen says «{said}»")
    asks = MagicMock()
    asks.return_value.send_again.is_visible.return_value = False
    data = MagicMock()
    data.return_value.loaded.side_effect = shown
    monkeypatch.setattr(correction, "PersonalDataPage", data)
    monkeypatch.setattr(contact_update, "first_of", MagicMock(side_effect=shown))
    for module in (correction, contact_update):
        monkeypatch.setattr(module, "ChangeConfirmationPage", asks)
    visit.code = "123456"
    *_, of_data, _ = correction.correction("change", "the policy", lambda _: {})
    of_contact = next(one for one in contact_update.CONTACT_UPDATE.steps if one.name == "confirm to change the phone")
    for confirm, cause in ((of_data, Cause.CORRECTION_REFUSED), (of_contact, Cause.CONTACT_UNCONFIRMED)):
        with pytest.raises(OutcomeError if refused else ErrorShown) as raised:
            confirm.act(visit)
        assert getattr(raised.value, "cause", None) is (cause if refused else None)


def test_portals_that_differ_are_the_news_also_where_support_takes_no_request(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = MagicMock()
    contacts.open.return_value.send.side_effect = WaitTimeout("«Обращение принято» did not show")
    portal = MagicMock()
    portal.open.side_effect = HttpError("the server answered «503»", "503")
    monkeypatch.setattr(data_match, "ContactsPage", lambda _: contacts)
    monkeypatch.setattr(data_match, "_portal", lambda _: portal)
    monkeypatch.setattr(data_match, "_differences", lambda _: {"ИНН"})
    with pytest.raises(OutcomeError, match=r"differ in «ИНН»; request not taken$") as raised:
        data_match.refresh.act(visit)
    assert raised.value.cause is Cause.DATA_MISMATCH


def test_a_difference_that_was_made_is_nothing_to_report(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def different(visit: Visit) -> set[str]:
        visit.compared = (Comparison("Полис ОМС", "#" * 16, "#" * 16, Rule.DIFFERS),)
        return {"Полис ОМС"}

    monkeypatch.setattr(data_match, "_differences", different)
    data_match.see_old_policy.act(visit)
    assert visit.compared == ()


@pytest.mark.parametrize("shown", [CabinetPage, AgreementPage])
def test_a_cabinet_that_opens_for_whom_it_is_closed_is_told_to_its_owner(
    shown: type[Screen], visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_of(_page: Page, *screens: Screen) -> Screen:
        return next(screen for screen in screens if isinstance(screen, shown))

    monkeypatch.setattr(account_status, "first_of", first_of)
    with pytest.raises(OutcomeError) as raised:
        account_status.try_cabinet.act(visit)
    assert (raised.value.system, raised.value.cause, raised.value.variant) == (
        System.NMO,
        Cause.ACCOUNT_UNCONFIRMED,
        "let-in",
    )


@pytest.mark.parametrize("code", ["ESIA-007055", "NMO-1042", ""])
def test_a_confirmed_account_is_turned_away_with_the_code_that_shows(
    code: str, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = MagicMock()
    screen.code.return_value = code
    screen.not_met.return_value = ("реестр медицинских работников — не выполнено",)
    monkeypatch.setattr(account_status, "UnconfirmedPage", lambda _: screen)
    visit.persona = Persona("anna", SecretStr("anna"), SecretStr("password"))
    with pytest.raises(OutcomeError) as raised:
        account_status.see_treatment.act(visit)
    assert (raised.value.code, raised.value.variant) == (code or None, "register")


def test_an_error_on_a_form_is_about_the_scan_or_not() -> None:
    for other in ("Укажите должность", "Неверный формат полиса ОМС"):
        assert scan_refused(System.NMO, ErrorShown(f"the screen says «{other}»")) is None
    meant = scan_refused(System.NMO, ErrorShown("the screen says «Файл не подходит»", "NMO-3101"))
    assert meant
    assert (meant.cause, meant.code) == (Cause.SCAN_REJECTED, "NMO-3101")
