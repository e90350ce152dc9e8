"""What a journey asks of a persona before it is walked."""

from typing import get_args

import pytest
from pydantic import SecretStr

from journeys.cabinet import CABINET, OF_ROLE
from journeys.journey import Journey, Step
from journeys.persona import AccountState, Factor, Persona, Role
from journeys.system import System


def journey(**asked: tuple[str, ...]) -> Journey:
    steps = (Step("open", System.NMO, 3, lambda visit: None),)
    return Journey("j", "J", (), steps, budget_s=20, interval_s=60, **({"states": ("returning",)} | asked))  # type: ignore[arg-type]


def persona(state: AccountState = "returning", factor: Factor = "sms", role: Role = "doctor") -> Persona:
    return Persona("anna", SecretStr("anna"), SecretStr("password"), state=state, factor=factor, role=role)


@pytest.mark.parametrize("role", get_args(Role))
def test_without_roles_everybody_fits(role: Role) -> None:
    assert journey().lacking(persona(role=role)) is None


def test_a_role_that_a_journey_does_not_know_is_named() -> None:
    asked = journey(roles=("doctor", "nurse"))
    assert asked.lacking(persona(role="nurse")) is None
    assert asked.lacking(persona(role="hr")) == "its role is hr; j needs doctor or nurse"


def test_what_else_may_be_lacking() -> None:
    assert journey().lacking(persona("first-visit")) == "its account is first-visit; j needs one that is returning"
    assert journey(factors=("sms",)).lacking(persona(factor="totp")) == "its second factor is totp; j needs sms"
    assert journey(needs=("inn",)).lacking(persona()) == "it has no inn; j needs inn"


def test_the_cabinet_knows_every_role() -> None:
    assert set(OF_ROLE) == set(CABINET.roles) == set(get_args(Role))
