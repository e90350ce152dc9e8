import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from journeys.catalogue import JOURNEYS
from synthetic.redaction import Redactor

NOBODY = Redactor({})
LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяabcdxyz"
ALPHABET = f"{LETTERS}{LETTERS.upper()}0123456789!#%&*+,-./:=?@_~ '\""
around = st.text("абвxyz ,.:;()«»\n", max_size=12)
secrets = st.text(ALPHABET, min_size=4, max_size=24).map(str.strip).filter(lambda text: len(text) > 3)
digits = st.integers(0, 10**9 - 1).map("{:09}".format)
gaps = st.sampled_from(["", " ", "-", "\u00a0", " - ", "\u2011", "–"])
brackets = st.sampled_from([("", ""), ("(", ")"), (" (", ") ")])


def spellings(secret: str) -> Iterator[str]:
    """As it is, as a URL has it, and each of them in capitals or small letters."""
    for cased in (secret, secret.upper(), secret.lower()):
        yield from (cased, quote(cased, safe=""), quote_plus(cased, safe=""), quote(cased, safe="").lower())


@given(secrets, around, around)
def test_a_secret_does_not_survive(secret: str, before: str, after: str) -> None:
    redactor = Redactor({"one": secret})
    assume(not redactor.leaks("‹one› ‹token› ‹parameter› ‹snils› ‹email› ‹phone› ‹number›" + before + "|" + after))
    for spelling in spellings(secret):
        # Digits that go on are another number.
        text = f"{before}|{spelling}|{after}"
        assert redactor.leaks(text), spelling
        masked = redactor.text(text)
        assert not redactor.leaks(masked), spelling
        assert spelling not in masked


@given(secrets, secrets)
def test_of_two_secrets_neither_survives(one: str, other: str) -> None:
    redactor = Redactor({"one": one, "other": other})
    assume(not redactor.leaks("‹one›‹other›‹token›‹parameter›‹snils›‹email›‹phone›‹number›"))
    assert not redactor.leaks(redactor.text(f"{one} {other} {one}{other} {other}{one}"))


@given(digits, gaps, gaps, gaps, brackets, st.sampled_from(["8", "+7", "+7 ", "8 ", "7"]))
def test_a_known_phone_goes_however_it_is_written(
    number: str, first: str, second: str, third: str, bracket: tuple[str, str], prefix: str
) -> None:
    redactor = Redactor({"phone": f"+79{number}"})
    code, rest = f"9{number[:2]}", number[2:]
    text = f"тел. {prefix}{first}{bracket[0]}{code}{bracket[1]}{first}{rest[:3]}{second}{rest[3:5]}{third}{rest[5:]}."
    masked = redactor.text(text)
    assert masked in {"тел. ‹phone›.", "тел. +‹phone›."}, text


@given(digits, st.sampled_from(["-", " ", "", "\u00a0", "\u2011"]), st.sampled_from(["-", " ", "", "\u00a0"]))
def test_a_known_snils_goes_however_it_is_written(number: str, gap: str, last: str) -> None:
    redactor = Redactor({"snils": f"{number[:3]}-{number[3:6]}-{number[6:]} 95"})
    text = f"СНИЛС {number[:3]}{gap}{number[3:6]}{gap}{number[6:]}{last}95, принят"
    assert redactor.leaks(text)
    assert redactor.text(text) == "СНИЛС ‹snils›, принят"


@pytest.mark.parametrize(
    "written", ["112-233-445 95", "112\u00a0233\u2011445", "+79000001011", "500100732259", "4283 17"]
)
def test_a_known_number_goes_as_a_url_has_it(written: str) -> None:
    redactor = Redactor({"number": re.sub(r"[^+\d]", "", written)})
    quoted = quote(written, safe="")
    for form in (quoted, quoted.lower(), quote_plus(written, safe=""), f"%20{quoted}", f"%3D{written}"):
        text = f"/find/{form}/x"
        assert redactor.leaks(text), form
        assert not redactor.leaks(redactor.text(text)), form


def test_the_longest_secret_goes_first() -> None:
    redactor = Redactor({"surname": "Иванова", "full-name": "Иванова Анна"})
    assert redactor.text("Здравствуйте, Иванова Анна! Иванова") == "Здравствуйте, ‹full-name›! ‹surname›"


def test_a_number_is_not_found_within_another() -> None:
    redactor = Redactor({"code": "4283"})
    assert redactor.text("4283 14283 42831 4283.") == "‹code› 14283 42831 ‹code›."


def test_what_is_learnt_later_goes_too() -> None:
    redactor = Redactor({})
    assert redactor.text("код 428317") == "код 428317"
    redactor.learn("one-time-code", " 428317\n")
    assert redactor.text("код 428317, 428 317, 42-83-17") == "код ‹one-time-code›, ‹one-time-code›, ‹one-time-code›"


@pytest.mark.parametrize("value", ["", " ", "я"])
def test_next_to_nothing_is_not_a_secret(value: str) -> None:
    redactor = Redactor({"empty": value})
    assert redactor.text("я и ты") == "я и ты"
    assert not redactor.leaks("я и ты")


PRIVATE = {
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMDAwIn0.c2lnbmF0dXJl": "‹token›",
    "eyJhbGciOiJSUzI1NiJ9": "‹token›",
    "petr.petrov+nmo@mail.example.ru": "‹email›",
    "8 (999) 123-45-67": "‹phone›",
    "+7 999 1234567": "‹phone›",
    "89991234567": "‹phone›",
    "+7 (999) 123\u201145\u201167": "‹phone›",
    "500100732259": "‹number›",
    "8451999122899990": "‹number›",
    "112-233-445 95": "‹snils›",
    "112 233 445 95": "‹snils›",
    "112\u2011233\u2011445\u00a095": "‹snils›",
}


@pytest.mark.parametrize(("value", "mask"), PRIVATE.items())
def test_what_looks_private_goes_whoever_it_belongs_to(value: str, mask: str) -> None:
    assert NOBODY.text(f"вот {value}, и всё") == f"вот {mask}, и всё"


@pytest.mark.parametrize("name", ["code", "state", "access_token", "client_secret", "password", "login", "id_token"])
def test_a_telling_parameter_goes_from_text_too(name: str) -> None:
    assert "s3cr3t" not in NOBODY.text(f"Failed to load https://esia.example/x?a=1&{name}=s3cr3t-s3cr3t#top")


HARMLESS_NAMES = (
    "response_type",
    "access_type",
    "client_id",
    "scope",
    "error",
    "token_type",
    "grant_type",
    "from",
)
names = st.text("abcdefgxyz_.-", min_size=1, max_size=10)
values = st.text("abcdefghijklmnopqrstuvwxyzАБВ0123456789-_.~ ", min_size=6, max_size=20)


@given(st.dictionaries(names, values, min_size=1, max_size=4))
def test_the_value_of_every_parameter_but_harmless_ones_goes(query: dict[str, str]) -> None:
    assume(not query.keys() & set(HARMLESS_NAMES))
    written = "&".join(f"{name}={quote_plus(value)}" for name, value in query.items())
    masked = NOBODY.url(f"https://esia.example/aas/ac?{written}#{quote(next(iter(query.values())))}")
    assert all(value.strip() not in masked and quote_plus(value.strip()) not in masked for value in query.values())
    assert masked.startswith("https://esia.example/aas/ac?")
    assert not urlsplit(masked).fragment


@pytest.mark.parametrize("name", HARMLESS_NAMES)
def test_a_harmless_parameter_stays(name: str) -> None:
    assert dict(parse_qsl(urlsplit(NOBODY.url(f"https://esia.example/ac?{name}=openid")).query)) == {name: "openid"}


def test_a_known_secret_goes_even_from_a_harmless_place() -> None:
    redactor = Redactor({"login": "anna@mail.example", "surname": "Иванова"})
    assert redactor.url("https://x.example/u/anna%40mail.example?scope=anna@mail.example").count("‹login›") == 2
    assert "Иванова" not in redactor.url("https://x.example/Иванова")
    assert redactor.url(f"https://x.example/{quote('Иванова')}/card") == "https://x.example/‹surname›/card"


def test_user_and_password_of_an_address_go() -> None:
    assert NOBODY.url("https://anna:hunter2@nmo.example:8443/x") == "https://nmo.example:8443/x"


HARMLESS = (
    "12.345 s of 20 s",
    "2026-03-02T09:00:00.123456+00:00",
    "02.03.2026 09:00:00",
    "http://127.0.0.1:9464/metrics",
    "http://esia.localhost:40757/login",
    "Непрерывное медобразование",
    "Согласие на передачу персональных данных",
    "Идентификационный номер в системе Госуслуги",
    "ESIA-007055: учётная запись не подтверждена",
    "ERR_NAME_NOT_RESOLVED",
    "502 Bad Gateway",
    "ИНН, ОМС, СНИЛС",
    "1772442000.123456",
    "144 ЗЕТ, 36 часов",
    "0.8123456789012345",
    "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.7444.175 Safari/537.36",
    "https://nmo.example/api?page=2",
)


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert NOBODY.text(text) == text


@given(st.uuids())
def test_an_identifier_of_a_request_is_left_alone(identifier: object) -> None:
    text = f"запрос {identifier} и {str(identifier).replace('-', '')}"
    assert NOBODY.text(text) == text


@pytest.mark.parametrize(
    "identifier",
    [
        "d5f0c1aa-1b2c-4d3e-8f90-123456789012",
        "ab123456789012cdefab123456789012",
        "abcdefab89001234567abcdefabcdefa",
    ],
)
def test_an_identifier_full_of_digits_is_left_alone(identifier: str) -> None:
    assert NOBODY.text(f"запрос {identifier}.") == f"запрос {identifier}."


@given(st.datetimes(), st.floats(0, 1e5), st.integers(1, 65535))
def test_times_and_ports_are_left_alone(moment: object, seconds: float, port: int) -> None:
    text = f"{moment} {seconds:.3f} s {seconds:g} http://127.0.0.1:{port}/"
    assert NOBODY.text(text) == text


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name)
def test_the_words_of_a_journey_are_left_alone(journey: object) -> None:
    words = [journey.name, journey.title, *(step.name for step in journey.steps)]  # type: ignore[attr-defined]
    assert [NOBODY.text(text) for text in words] == words
