"""Whose sign-in shows, and what is done about a code that ЕСИА refuses, without a browser."""

from contextlib import nullcontext
from dataclasses import replace
from typing import cast
from unittest.mock import MagicMock

import pytest
from playwright.sync_api import Page
from pydantic import SecretStr

from journeys import entry, password_expiry, via_gosuslugi
from journeys.cause import Cause
from journeys.entry import another_code
from journeys.inbox import CodeNotDelivered, Inbox, InboxError, InboxUnreachable
from journeys.journey import Step
from journeys.persona import Persona
from journeys.system import System
from journeys.target import Target
from journeys.visit import OutcomeError, Visit
from pages.esia.one_time_code import OneTimeCodePage, SecondFactorPage
from pages.screen import ErrorShown, HttpError

WRONG = ErrorShown("the screen says «Неверный код»")


@pytest.fixture
def asking() -> MagicMock:
    """A screen that offers another code."""
    return MagicMock(OneTimeCodePage, send_again=MagicMock())


@pytest.fixture
def visit() -> Visit:
    anna = Persona("anna", SecretStr("anna"), SecretStr("password"))
    target = Target("stage", "https://nmo.example", "https://gos.example", "https://esia.example")
    inbox = MagicMock(Inbox)
    inbox.code.return_value = "123456"
    return Visit(MagicMock(Page, url="https://esia.example/login/otp"), target, anna, cast(Inbox, inbox))


@pytest.fixture
def arrives(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    arrive = MagicMock()
    monkeypatch.setattr(entry, "arrive", arrive)
    return arrive


def test_a_second_code_that_is_taken_says_that_the_first_was_not_the_one_that_was_sent(
    visit: Visit, asking: MagicMock, arrives: MagicMock
) -> None:
    told = another_code(visit, asking, "sms", WRONG)
    assert isinstance(told, OutcomeError)
    assert told.cause is Cause.WRONG_CODE_DELIVERED
    asking.enter.assert_called_once_with("123456")


@pytest.mark.parametrize("error", [CodeNotDelivered("no code by sms within 30 s"), InboxUnreachable("refused")])
def test_a_second_code_that_does_not_come_leaves_the_refusal_of_the_first(
    error: InboxError, visit: Visit, asking: MagicMock, arrives: MagicMock
) -> None:
    cast(MagicMock, visit.inbox).code.side_effect = error
    assert another_code(visit, asking, "sms", WRONG) is WRONG


def test_a_second_code_that_is_refused_leaves_the_refusal_of_the_first(
    visit: Visit, asking: MagicMock, arrives: MagicMock
) -> None:
    arrives.side_effect = ErrorShown("the screen says «Неверный код»")
    assert another_code(visit, asking, "sms", WRONG) is WRONG


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("«Срок действия кода истёк. Начните изменение заново.»", True),
        ("«Введённый код неверен»", True),
        ("«Учётная запись временно заблокирована»", False),
        ("«Неверный код. Учётная запись заблокирована»", False),
        ("«Технические работы. Сообщите код ошибки и время»", False),
    ],
)
def test_another_code_is_asked_for_where_it_is_the_code_that_is_refused(
    said: str, asked: bool, visit: Visit, asking: MagicMock, arrives: MagicMock
) -> None:
    refused = ErrorShown(f"the screen says {said}")
    assert (another_code(visit, asking, "sms", refused) is not refused) is asked
    assert asking.ask_again.called is asked


def test_another_code_is_asked_for_only_where_it_is_offered(
    visit: Visit, asking: MagicMock, arrives: MagicMock
) -> None:
    asking.send_again.is_visible.return_value = False
    assert another_code(visit, asking, "sms", WRONG) is WRONG
    asking.ask_again.assert_not_called()


def test_what_goes_wrong_after_the_second_code_is_told_as_it_is(
    visit: Visit, asking: MagicMock, arrives: MagicMock
) -> None:
    arrives.side_effect = HttpError("the server answered «502 Bad Gateway»", "502")
    with pytest.raises(HttpError):
        another_code(visit, asking, "sms", WRONG)


def test_an_account_that_is_locked_while_its_code_is_asked_for_is_sent_no_other(
    visit: Visit, arrives: MagicMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = ErrorShown("the screen says «Учётная запись временно заблокирована»")
    arrives.side_effect = locked
    with pytest.raises(ErrorShown) as raised:
        entry.admitted(visit, SecondFactorPage(visit.page))
    assert raised.value is locked
    cast(MagicMock, visit.inbox).expect.assert_not_called()


@pytest.fixture
def shows_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is pressed, a sign-in shows."""
    for module in (entry, via_gosuslugi, password_expiry):
        monkeypatch.setattr(module, "HomePage", MagicMock())
    monkeypatch.setattr(entry, "LoginPage", MagicMock())
    for ending in ("sign_out_of_portal", "be_asked_by_esia", "be_asked_by_portal"):
        monkeypatch.setattr(password_expiry, ending, MagicMock())


@pytest.mark.usefixtures("shows_sign_in")
@pytest.mark.parametrize(
    ("step", "led_by"),
    [
        (entry.go_to_esia, System.NMO),
        (via_gosuslugi.go_to_esia, System.GOSUSLUGI),
        (password_expiry.sign_out, System.NMO),
    ],
)
@pytest.mark.parametrize("host", ["elsewhere.example", "esia.example.elsewhere.example", "nmo.example"])
def test_a_sign_in_of_another_host_is_not_taken_for_that_of_esia(
    step: Step, led_by: System, host: str, visit: Visit
) -> None:
    visit.page = MagicMock(Page, url=f"https://name:secret@{host}/login?state=some-state")
    with pytest.raises(OutcomeError) as raised:
        step.act(visit)
    told = raised.value
    assert (told.system, told.cause) == (led_by, Cause.HANDOVER_FAILED)
    assert str(told).endswith(f"that of {host}")


@pytest.mark.usefixtures("shows_sign_in")
@pytest.mark.parametrize(
    "url", ["https://esia.example/login?state=some", "https://login.example/", "https://ESIA.example"]
)
def test_esia_is_known_by_its_address_and_its_further_hosts(url: str, visit: Visit) -> None:
    visit.target = replace(visit.target, hosts={System.ESIA: ("login.example",)})
    visit.page = MagicMock(Page, url=url)
    entry.go_to_esia.act(visit)


@pytest.mark.usefixtures("shows_sign_in")
@pytest.mark.parametrize("esia", ["https://esia.example", "http://esia.example"])
def test_a_password_goes_over_tls_where_the_target_has_it(esia: str, visit: Visit) -> None:
    visit.target = replace(visit.target, esia=esia)
    visit.page = MagicMock(Page, url="http://esia.example/login")
    with pytest.raises(OutcomeError, match="without TLS") if esia.startswith("https") else nullcontext():
        entry.go_to_esia.act(visit)


@pytest.mark.usefixtures("shows_sign_in")
def test_esia_may_share_its_address_with_a_portal(visit: Visit) -> None:
    visit.target = replace(visit.target, esia=visit.target.nmo)
    visit.page = MagicMock(Page, url=f"{visit.target.esia}/login")
    entry.go_to_esia.act(visit)
