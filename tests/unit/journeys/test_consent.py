from types import SimpleNamespace
from typing import cast

import pytest
from playwright.sync_api import Page
from pydantic import SecretStr

from journeys import consent
from journeys.inbox import Inbox
from journeys.persona import Persona
from journeys.target import Target
from journeys.visit import Visit
from pages.screen import ElementMissing


class WithoutAButton:
    """Settings of the cabinet in which nothing can be withdrawn: it has been, or the button is not there yet."""

    withdraw = SimpleNamespace(is_visible=lambda: False)

    def __init__(self, _page: Page) -> None:
        pass

    def open(self, _site: str) -> "WithoutAButton":
        return self

    def withdraw_consent(self) -> None:
        raise ElementMissing("«Отозвать согласие»")


def test_a_consent_that_is_known_to_be_given_must_be_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    anna = Persona("anna", SecretStr("anna"), SecretStr("password"))
    target = Target("stage", "https://nmo.example", "https://gos.example", "https://esia.example")
    visit = Visit(cast(Page, None), target, anna, cast(Inbox, None))
    monkeypatch.setattr(consent, "SettingsPage", WithoutAButton)
    with pytest.raises(ElementMissing):
        consent.withdraw_consent(visit)
    consent.withdraw_consent(visit, given=False)
