import html
import json
import re
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from journeys.catalogue import JOURNEYS
from synthetic.redaction import Redactor

NOBODY = Redactor({})
LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяabcdxyz"
ALPHABET = f"{LETTERS}{LETTERS.upper()}0123456789!#%&*+,-./:=?@_~ '\"\\<>"
around = st.text("абвxyz ,.:;()«»\n", max_size=12)
secrets = st.text(ALPHABET, min_size=4, max_size=24).map(str.strip).filter(lambda text: len(text) > 3)
digits = st.integers(0, 10**9 - 1).map("{:09}".format)
gaps = st.sampled_from(["", " ", "-", "\u00a0", " - ", "\u2011", "–"])
brackets = st.sampled_from([("", ""), ("(", ")"), (" (", ") ")])


def spellings(secret: str) -> Iterator[str]:
    """As it is, as URLs, JSON and HTML have it, and each of them in capitals or small letters."""
    for cased in (secret, secret.upper(), secret.lower()):
        yield from (cased, quote(cased, safe=""), quote_plus(cased, safe=""), quote(cased, safe="").lower())
        yield from (quote(quote(cased, safe=""), safe=""), quote(json.dumps(cased)[1:-1], safe=""))
        yield from (json.dumps(cased)[1:-1], json.dumps(cased, ensure_ascii=False)[1:-1], html.escape(cased))
        yield from ("".join(f"&#{ord(letter)};" for letter in cased), "".join(f"&#x{ord(c):x};" for c in cased))
        yield unicodedata.normalize("NFD", cased)


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


@given(
    digits,
    st.sampled_from(["-", " ", "", "\u00a0", "\u2011", ".", "_", "/"]),
    st.sampled_from(["-", " ", "", ".", "\u00a0"]),
)
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


DECLINED = {
    (
        "surname",
        "Семёнова",
    ): "Семенова Семёновой Семёнову СЕМЁНОВОЮ семеновой Семе\u0308нова Семё\u00adнова Семёно\u0301ва",
    ("surname", "Петров"): "Петрова Петрову Петровым Петрове Петровы",
    ("surname", "Достоевский"): "Достоевского Достоевскому Достоевским Достоевском Достоевская",
    ("surname", "Шевченко"): "Шевченко ШЕВЧЕНКО",
    ("surname", "Мусина-Пушкина"): "Мусиной-Пушкиной Мусину-Пушкину",
    ("given-name", "Анна"): "Анны Анне Анну Анной АННОЙ анна",
    ("given-name", "Мария"): "Марии Марию Марией",
    ("given-name", "Пётр"): "Петра Петру Пётром Петр",
    ("given-name", "Павел"): "Павла Павлу Павлом",
    ("given-name", "Андрей"): "Андрея Андрею Андреем",
    ("given-name", "Игорь"): "Игоря Игорю Игорем",
    ("given-name", "Наталья"): "Натальи Наталье Наталью Натальей",
    ("patronymic", "Ильинична"): "Ильиничны Ильиничне Ильиничну Ильиничной",
    ("patronymic", "Петрович"): "Петровича Петровичу Петровичем",
}


@pytest.mark.parametrize(("known", "forms"), DECLINED.items(), ids=str)
def test_a_name_goes_in_every_case(known: tuple[str, str], forms: str) -> None:
    label, value = known
    redactor = Redactor({label: value})
    for form in forms.split():
        for spelling in (form, quote(form), json.dumps(form)[1:-1]):
            assert redactor.leaks(spelling), form
            assert redactor.text(f"вот {spelling}, и всё") == f"вот ‹{label}›, и всё"


def test_a_full_name_goes_in_every_case_and_over_lines() -> None:
    redactor = Redactor({"full-name": "Семёнова Анна Петровна"})
    for form in (
        "Семеновой Анны Петровны",
        "СЕМЁНОВУ\u00a0АННУ\nПЕТРОВНУ",
        "semenova",
        "Ceмёнoвa Aннa ПЕTРОВНА",
        "Семёнова+Анна+Петровна",
    ):
        expected = form if form == "semenova" else "‹full-name›"
        assert redactor.text(form) == expected


def test_a_name_does_not_spoil_the_words_that_begin_or_end_like_it() -> None:
    names = {"surname": "Лев", "given-name": "Вера", "patronymic": "Ли", "full-name": "Роман"}
    words = "слева влево левый проверка верно версия уверены если или нулик романтика аннотация Верный"
    assert Redactor(names).text(words) == words
    assert Redactor({"given-name": "Анна"}).text("аннотация канна Ваннах") == "аннотация канна Ваннах"


@pytest.mark.parametrize("value", ["01.02.1980", "1980-02-01"])
@pytest.mark.parametrize(
    "written",
    ["01.02.1980", "1.2.1980", "1980-02-01", "01/02/1980", "02/01/1980", "01-02-1980", "1980.02.01", "01021980",
     "19800201", "1 февраля 1980", "01 ФЕВРАЛЯ 1980", "1 февр. 1980", "01%2F02%2F1980", "01.02.80"],
)  # fmt: skip
def test_a_known_date_goes_however_it_is_written(value: str, written: str) -> None:
    redactor = Redactor({"birth": value})
    assert redactor.text(f"род. {written}, Москва") == "род. ‹birth›, Москва"
    assert (
        redactor.text("11.02.1980 1.02.19801 1981-02-01 2 февраля 1980 101.02.80 01.02.801 1.01.02.80 01.02.80.5")
        == "11.02.1980 1.02.19801 1981-02-01 2 февраля 1980 101.02.80 01.02.801 1.01.02.80 01.02.80.5"
    )


@pytest.mark.parametrize("value", ["JBSWY3DPEHPK3PXP", "jbsw y3dp ehpk 3pxp"])
@pytest.mark.parametrize("written", ["JBSWY3DPEHPK3PXP", "JBSW Y3DP EHPK 3PXP", "jbsw-y3dp-ehpk-3pxp"])
def test_a_totp_secret_goes_in_groups_and_without(value: str, written: str) -> None:
    assert Redactor({"totp-secret": value}).text(f"ключ {written}.") == "ключ ‹totp-secret›."


def test_a_value_that_shows_nothing_is_no_secret() -> None:
    assert Redactor({"one": "\u200b\u200d"}).text("всё как есть") == "всё как есть"


def test_half_a_character_is_not_passed_on() -> None:
    assert NOBODY.text("ждите \ud83d») и «\U0001f600»") == "ждите ?») и «\U0001f600»"
    assert NOBODY.url("https://x.example/\udc80") == "https://x.example/?"


def test_a_short_code_is_not_found_in_a_fraction() -> None:
    assert Redactor({"code": "1234"}).text("12.34 s, 12/34, 12 34") == "12.34 s, 12/34, ‹code›"


def test_a_copy_learns_by_itself() -> None:
    redactor = Redactor({"surname": "Иванова"})
    other = redactor.copy()
    other.learn("private", "Терапевт")
    assert other.text("Иванова, Терапевт") == "‹surname›, ‹private›"
    assert redactor.text("Иванова, Терапевт") == "‹surname›, Терапевт"


def test_what_is_found_is_named_as_it_is_written() -> None:
    redactor = Redactor({"surname": "Семёнова"})
    text = "Семеновой, bob@mail.ru, https://x.example/reset/9f8a7b6c5d4e3f2a, https://x.example/help"
    assert redactor.found(text) == {"Семеновой", "bob@mail.ru", "https://x.example/reset/9f8a7b6c5d4e3f2a"}


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
    "123-456-78901": "‹snils›",
    "11223344595": "‹snils›",
    "8451 9991 2289 9990": "‹number›",
    "4510 123456": "‹passport›",
    "45 10 № 123456": "‹passport›",
    "(900) 123-45-67": "‹phone›",
    "7 900 123-45-67": "‹phone›",
    "+375 29 123-45-67": "‹phone›",
    "%2B7%20900%20123-45-67": "‹phone›",
    "+7 ••• •••-10-11": "+7 ‹masked›",
    "+7 (900) ***-**-11": "‹masked›",
    "+7 900 ***-45-67": "‹masked›",
    "8 (900) ••• 45 67": "‹masked›",
    "n••••@example.org": "‹email›",
    "bob%40mail.ru": "‹email›",
    "bob&#64;mail.ru": "‹email›",
    "#access_token=a1b2c3": "#access_token=‹parameter›",
    "?a=1&amp;code=abcdef": "?a=1&amp;code=‹parameter›",
    "?sid=abcdef": "?sid=‹parameter›",
    '{"code":"a1b2"}': '{"code":"‹parameter›"}',
    '{\\"code\\": \\"abcdef\\"}': '{\\"code\\": \\"‹parameter›\\"}',
    '{"Authorization": "Bearer abc-123"}': '{"Authorization": "‹header›"}',
    "Bearer abcdef-12345": "Bearer ‹token›",
    '{"password": "qwerty"}': '{"password": "‹password›"}',
    "http://user:pw@proxy:3128": "http://proxy:3128",
    "socks5://user:pw@proxy": "socks5://‹credentials›@proxy",
    "https://x.example/?abcdef123456token": "https://x.example/?‹masked›",
    "https://x.example/a#access_token=1": "https://x.example/a",
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
    url = redactor.url("https://x.example/u/anna%40mail.example?scope=anna@mail.example&from=anna")
    assert url == "https://x.example/u/‹login›?scope=‹masked›&from=anna"
    assert "Иванова" not in redactor.url("https://x.example/Иванова")
    assert redactor.url(f"https://x.example/{quote('Иванова')}/card") == "https://x.example/‹surname›/card"


URLS = {
    "https://x.example/a?abcdef123456token": "https://x.example/a?‹masked›",
    "https://x.example/a?YWJjZGVm==": "https://x.example/a?‹masked›",
    "https://x.example/a;jsessionid=A1/b;c": "https://x.example/a;‹masked›/b;‹masked›",
    "https://x.example/reset/9f8a7b6c5d4e3f2a1b0c": "https://x.example/reset/‹masked›",
    "https://x.example/reset/d5f0c1aa-1b2c-4d3e-8f90-123456789012": "https://x.example/reset/‹masked›",
    "https://x.example/rs/prns/1000299353/ctts": "https://x.example/rs/prns/‹masked›/ctts",
    "https://x.example/cb?from=/cb?sid=SECRET": "https://x.example/cb?from=‹masked›",
    "https://x.example/cb?from=a1b2c3d4e5f6a7b8": "https://x.example/cb?from=‹masked›",
    "https://x.example/ac?scope=snils?oid=1000299353": "https://x.example/ac?scope=‹masked›",
    "https://x.example/ac?oid=1000299353&page=2": "https://x.example/ac?oid=‹masked›&page=2",
    "https://x.example/ac?client_id=NMO_PORTAL&scope=openid+id_doc": "https://x.example/ac?client_id=NMO_PORTAL&scope=openid+id_doc",
    "https://x.example/static/app.3f2a9b8c7d6e5f4a.js": "https://x.example/static/app.‹masked›.js",
    "https://x.example/courses/continuous-medical-education-2024": "https://x.example/courses/continuous-medical-education-2024",
    "https://[x/": "‹masked›",
    "data:text/html,anna": "data:‹masked›",
    "about:blank": "about:blank",
}


@pytest.mark.parametrize(("url", "expected"), URLS.items())
def test_of_a_url_only_words_are_shown(url: str, expected: str) -> None:
    assert NOBODY.url(url) == expected
    assert NOBODY.url(expected) == expected


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
    "code: 503",
    "status code=404; retry",
    "Request failed with status code: 502.",
    "code: ESIA-007055, state: pending",
    "error code NMO-1001",
    '{"code": "NMO-1001", "error": "invalid_grant"}',
    "Uncaught SyntaxError: Unexpected token: punc",
    "Invalid state: the element is detached",
    "login: http://esia.localhost:40757/login",
    "192.168.100.10:8080, 10.0.112.233",
    "react@18.2.0, chrome-headless-shell@156.0.8078.79",
    "12345678901 запросов",
    "2026 2027 2028",
    "*** 12 failed ***, 3 * 14, 2**10",
    "took 12.3 s of 3 s; 1234.5 ms; 00:01:02,345",
    "Page.goto: net::ERR_CONNECTION_REFUSED at http://127.0.0.1:40757/cabinet",
    "d5f0c1aa-1b2c-4d3e-8f90-123456789012",
)
PERSON = Redactor(
    {
        "password": "Parol-2024!x",
        "phone": "+79000001011",
        "surname": "Иванова",
        "given-name": "Вера",
        "patronymic": "Петровна",
        "snils": "112-233-445 95",
        "private-1": "01.02.1980",
        "full-name": "Иванова Вера Петровна",
    }
)
TEMPLATES = sorted((Path(__file__).parents[3] / "staging/templates").rglob("*.html"))
OWN_CONTACTS = {"contacts.html"}
"""The portal's own phone and mailbox look as private as anybody's."""


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert NOBODY.text(text) == text
    assert PERSON.text(text) == text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_words_of_the_screens_are_left_alone(template: Path) -> None:
    words = re.sub(r"<[^>]*>|\{[{%].*?[}%]\}", " ", template.read_text(encoding="utf-8"))
    assert (PERSON.text(words) == words) is (template.name not in OWN_CONTACTS)


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


def test_redacting_the_urls_of_a_run_costs_next_to_nothing() -> None:
    urls = [
        f"http://nmo.localhost:40757/cabinet/{n}?code=4{n}&state=d5f0c1aa-1b2c-4d3e-8f90-123456789012"
        for n in range(25)
    ]
    secrets = {known.label: known.value for known in PERSON._known}

    def spent() -> float:
        started = time.process_time()
        redactor = Redactor(secrets)
        for url in urls:
            redactor.url(url)
        return time.process_time() - started

    # The best of some: the machine has other things to do as well, and may be five times slower than another.
    assert min(spent() for _ in range(5)) < 0.05


@pytest.mark.parametrize("piece", ["aB3", "%D0%98", "1 ", "a.", "a@", "code:", "\\\\", "&#64;", "8(900) ", "*", "• "])
def test_a_text_twice_as_long_takes_twice_as_long(piece: str) -> None:
    def spent(length: int) -> float:
        """The best of some."""
        text = piece * (length // len(piece))
        times = []
        for _ in range(3):
            started = time.process_time()
            PERSON.text(text)
            times.append(time.process_time() - started)
        return min(times)

    # What looks at every pair of places takes 16 times as long.
    assert spent(60_000) < 8 * spent(15_000)
