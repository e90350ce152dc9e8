import pickle
from dataclasses import fields

from pydantic import SecretStr

from journeys.persona import Persona

SECRETS = {
    "login": "anna@mail.example",
    "password": "Parol-2024!x",
    "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "phone": "+79000001011",
    "email": "other@mail.example",
    "surname": "Иванова",
    "given_name": "Анна",
    "patronymic": "Петровна",
    "snils": "112-233-445 95",
}
PRIVATE = ("500100732259", "01.02.1980")


def anna() -> Persona:
    named = {key: SecretStr(value) for key, value in SECRETS.items()}
    return Persona("anna", **named, private=tuple(map(SecretStr, PRIVATE)))  # type: ignore[arg-type]


def test_no_secret_shows_in_a_repr() -> None:
    shown = f"{anna()!r} {anna()} {anna()!s}"
    assert "anna" in shown
    assert [value for value in (*SECRETS.values(), *PRIVATE) if value in shown] == []


def test_every_secret_is_listed() -> None:
    assert set(anna().secrets().values()) == {*SECRETS.values(), *PRIVATE, "Иванова Анна Петровна"}


def test_every_personal_field_is_a_secret() -> None:
    """A field that is added later must be a secret, or be named here as one that may be shown."""
    shown = {field.name for field in fields(Persona) if "SecretStr" not in str(field.type)}
    assert shown == {"name", "factor", "state", "role", "review", "scan"}


def test_what_a_persona_does_not_say_is_not_a_secret() -> None:
    bare = Persona("bare", SecretStr("login"), SecretStr("password"), email=SecretStr(""))
    assert bare.secrets() == {"login": "login", "password": "password"}
    assert bare.full_name is None


def test_the_full_name_goes_without_a_patronymic() -> None:
    persona = Persona("lee", SecretStr("l"), SecretStr("p"), surname=SecretStr("Ли"), given_name=SecretStr("Анна"))
    assert persona.full_name == "Ли Анна"


def test_a_persona_crosses_a_pipe_whole() -> None:
    assert pickle.loads(pickle.dumps(anna())) == anna()
