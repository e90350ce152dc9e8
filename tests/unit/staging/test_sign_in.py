"""The screens of ЕСИА: logins, passwords, second factors, locks, confirmation of a contact, sessions."""

import httpx
import pyotp
import pytest

from tests.unit.staging.visitor import WALL, MakePerson, Person, Visitor, error_on

WRONG = "Неверные логин или пароль"
LOCKED = "Учётная запись временно заблокирована"


@pytest.fixture
def at_otp(visitor: Visitor, doctor: Person) -> httpx.Response:
    """A doctor who has given the right password."""
    visitor.get(f"{visitor.staging.nmo}/login/esia")
    page = visitor.give_password(doctor)
    assert page.url.path == "/login/otp"
    return page


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


class TestLogin:
    @pytest.mark.parametrize("kind", ["phone", "email", "snils", "inn"])
    def test_every_kind_is_known(self, visitor: Visitor, doctor: Person, kind: str) -> None:
        assert visitor.give_password(doctor, login=doctor[kind]).url.path == "/login/otp"

    @pytest.mark.parametrize("form", ["8{0}", "{0}", "+7 ({1}) {2}-{3}", " +7 {1} {2} {3} "])
    def test_a_phone_may_be_written_in_any_way(self, visitor: Visitor, doctor: Person, form: str) -> None:
        digits = doctor["phone"][2:]
        login = form.format(digits, digits[:3], digits[3:6], digits[6:])
        assert visitor.give_password(doctor, login=login).url.path == "/login/otp"

    def test_case_of_an_email_does_not_matter(self, visitor: Visitor, doctor: Person) -> None:
        assert visitor.give_password(doctor, login=doctor["email"].upper()).url.path == "/login/otp"

    def test_wrong_credentials_are_told_on_the_same_screen(self, visitor: Visitor, doctor: Person) -> None:
        page = visitor.give_password(doctor, password="wrong")
        assert (page.status_code, page.url.path, error_on(page)) == (200, "/login", WRONG)
        nobody = visitor.give_password(doctor, login="nobody@example.test")
        assert (nobody.status_code, error_on(nobody)) == (200, WRONG)

    def test_five_wrong_passwords_lock_for_fifteen_minutes(
        self, visitor: Visitor, control: httpx.Client, doctor: Person
    ) -> None:
        errors = [error_on(visitor.give_password(doctor, password="wrong")) for _ in range(5)]
        assert errors == [WRONG] * 4 + [LOCKED]
        assert error_on(visitor.give_password(doctor)) == LOCKED
        control.post("/clock", json={"advance_s": 14 * 60})
        assert error_on(visitor.give_password(doctor)) == LOCKED
        control.post("/clock", json={"advance_s": 61})
        assert visitor.give_password(doctor).url.path == "/login/otp"

    def test_a_right_password_starts_the_count_anew(self, visitor: Visitor, doctor: Person) -> None:
        for _ in range(2):
            for _ in range(4):
                assert error_on(visitor.give_password(doctor, password="wrong")) == WRONG
            assert visitor.give_password(doctor).url.path == "/login/otp"

    def test_a_reset_lifts_the_lock(self, visitor: Visitor, control: httpx.Client, doctor: Person) -> None:
        for _ in range(5):
            visitor.give_password(doctor, password="wrong")
        control.post(f"/personas/{doctor['name']}/reset").raise_for_status()
        assert visitor.give_password(doctor).url.path == "/login/otp"

    def test_there_is_a_way_out(self, visitor: Visitor) -> None:
        assert 'href="/login/recovery"' in visitor.get(f"{visitor.staging.esia}/login").text
        recovery = visitor.get(f"{visitor.staging.esia}/login/recovery")
        assert "<h1>Восстановление доступа</h1>" in recovery.text

    def test_what_was_typed_is_not_taken_for_markup(self, visitor: Visitor, doctor: Person) -> None:
        page = visitor.give_password(doctor, login='"><script>alert(1)</script>')
        assert "<script>alert" not in page.text


class TestSecondFactor:
    def test_names_the_phone_and_has_six_boxes(self, at_otp: httpx.Response, doctor: Person) -> None:
        phone = doctor["phone"]
        assert f"Код отправлен на номер +7 ••• •••-{phone[-4:-2]}-{phone[-2:]}" in at_otp.text
        assert phone not in at_otp.text
        assert at_otp.text.count('type="tel"') == 6
        assert "<button" not in at_otp.text

    def test_lets_in(self, visitor: Visitor, doctor: Person, at_otp: httpx.Response) -> None:
        page = visitor.give_code(visitor.code_sent(doctor["phone"]))
        assert str(page.url) == f"{visitor.staging.nmo}/cabinet"

    def test_four_wrong_codes_lock(self, visitor: Visitor, doctor: Person, at_otp: httpx.Response) -> None:
        right = visitor.code_sent(doctor["phone"])
        errors = [error_on(visitor.give_code(wrong(right))) for _ in range(4)]
        assert errors == ["Неверный код"] * 3 + [LOCKED]
        assert error_on(visitor.give_code(right)) == LOCKED
        assert error_on(visitor.give_password(doctor)) == LOCKED

    def test_a_new_password_round_does_not_forget_wrong_codes(
        self, visitor: Visitor, doctor: Person, at_otp: httpx.Response
    ) -> None:
        for _ in range(3):
            visitor.give_code(wrong(visitor.code_sent(doctor["phone"])))
        visitor.give_password(doctor)
        assert error_on(visitor.give_code(wrong(visitor.code_sent(doctor["phone"])))) == LOCKED

    def test_a_code_lives_five_minutes(
        self, visitor: Visitor, control: httpx.Client, doctor: Person, at_otp: httpx.Response
    ) -> None:
        right = visitor.code_sent(doctor["phone"])
        control.post("/clock", json={"advance_s": 301})
        page = visitor.give_code(right)
        assert error_on(page) == "Срок действия кода истёк"

    @pytest.mark.parametrize("code", ["", "12345", "абвгде"])
    def test_what_is_no_code_is_a_wrong_one(self, visitor: Visitor, at_otp: httpx.Response, code: str) -> None:
        assert error_on(visitor.give_code(code)) == "Неверный код"

    def test_cannot_be_skipped(self, visitor: Visitor, at_otp: httpx.Response) -> None:
        assert visitor.get(f"{visitor.staging.esia}/").url.path == "/login"
        assert visitor.get(f"{visitor.staging.esia}/login/contact").url.path == "/login"
        assert visitor.get(f"{visitor.staging.nmo}/login/esia").url.path == "/login"


class TestCodeInPlaceOfThePassword:
    def ask(self, visitor: Visitor, login: str) -> httpx.Response:
        visitor.get(f"{visitor.staging.nmo}/login/esia")
        return visitor.post(f"{visitor.staging.esia}/login/code", login=login)

    def test_the_code_lets_in(self, visitor: Visitor, doctor: Person) -> None:
        assert "<h1>Код из СМС</h1>" in self.ask(visitor, doctor["inn"]).text
        page = visitor.give_code(visitor.code_sent(doctor["phone"]), "sms")
        assert str(page.url) == f"{visitor.staging.nmo}/cabinet"

    def test_does_not_stand_for_the_app_as_well(self, visitor: Visitor, make_person: MakePerson) -> None:
        nurse = make_person("nurse")
        self.ask(visitor, nurse["email"])
        code = visitor.code_sent(nurse["phone"])
        assert visitor.give_code(code, "otp").url.path == "/login"
        page = visitor.give_code(code, "sms")
        assert "Введите код из приложения" in page.text
        assert visitor.give_code(pyotp.TOTP(nurse["totp_secret"]).at(int(WALL))).url.path == "/cabinet"

    def test_wrong_codes_lock_as_everywhere(self, visitor: Visitor, doctor: Person) -> None:
        self.ask(visitor, doctor["phone"])
        right = visitor.code_sent(doctor["phone"])
        errors = [error_on(visitor.give_code(wrong(right), "sms")) for _ in range(4)]
        assert errors == ["Неверный код"] * 3 + [LOCKED]
        assert error_on(self.ask(visitor, doctor["phone"])) == LOCKED

    def test_an_unknown_login_is_told(self, visitor: Visitor) -> None:
        assert error_on(self.ask(visitor, "nobody@example.test")) == "Учётная запись не найдена. Проверьте логин"


class TestAuthenticatorApp:
    @pytest.fixture
    def nurse(self, visitor: Visitor, make_person: MakePerson) -> Person:
        person = make_person("nurse")
        visitor.get(f"{visitor.staging.nmo}/login/esia")
        assert "Введите код из приложения" in visitor.give_password(person).text
        return person

    @pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
    def test_one_step_either_way_is_taken(self, visitor: Visitor, nurse: Person, steps: int, taken: bool) -> None:
        code = pyotp.TOTP(nurse["totp_secret"]).at(int(WALL) + 30 * steps)
        page = visitor.give_code(code)
        assert (page.url.path == "/cabinet") is taken
        assert taken or error_on(page) == "Неверный код"

    def test_no_code_is_taken_twice(self, visitor: Visitor, other_visitor: Visitor, nurse: Person) -> None:
        code = pyotp.TOTP(nurse["totp_secret"]).at(int(WALL))
        assert visitor.give_code(code).url.path == "/cabinet"
        other_visitor.give_password(nurse)
        assert error_on(other_visitor.give_code(code)) == "Неверный код"

    def test_runs_on_the_wall_and_not_on_the_stagings_clock(
        self, visitor: Visitor, control: httpx.Client, nurse: Person
    ) -> None:
        control.post("/clock", json={"advance_s": 120})
        assert visitor.give_code(pyotp.TOTP(nurse["totp_secret"]).at(int(WALL))).url.path == "/cabinet"

    def test_no_code_is_sent(self, control: httpx.Client, nurse: Person) -> None:
        assert control.get("/outbox/last", params={"to": nurse["phone"]}).json() == {"id": 0}


class TestContactConfirmation:
    @pytest.fixture
    def at_contact(self, visitor: Visitor, newcomer: Person) -> httpx.Response:
        visitor.get(f"{visitor.staging.nmo}/login/esia")
        visitor.give_password(newcomer)
        page = visitor.give_code(visitor.code_sent(newcomer["phone"]))
        assert page.url.path == "/login/contact"
        return page

    def test_is_asked_on_the_first_entry_only(
        self, visitor: Visitor, other_visitor: Visitor, newcomer: Person, at_contact: httpx.Response
    ) -> None:
        assert "<h1>Подтверждение контакта</h1>" in at_contact.text
        assert "p••••@example.test" in at_contact.text
        page = visitor.give_code(visitor.code_sent(newcomer["email"]), "contact")
        assert page.url.path == "/agreement"
        assert other_visitor.sign_in(newcomer).url.path == "/agreement"
        assert control_ids(visitor, newcomer["email"]) == 1

    def test_sends_one_code_however_often_it_is_shown(
        self, visitor: Visitor, newcomer: Person, at_contact: httpx.Response
    ) -> None:
        visitor.get(f"{visitor.staging.esia}/login/contact")
        assert control_ids(visitor, newcomer["email"]) == 1

    def test_a_code_from_the_phone_does_not_do(
        self, visitor: Visitor, newcomer: Person, at_contact: httpx.Response
    ) -> None:
        sms, email = visitor.code_sent(newcomer["phone"]), visitor.code_sent(newcomer["email"])
        page = visitor.give_code(sms if sms != email else wrong(email), "contact")
        assert error_on(page) == "Неверный код"

    def test_the_client_gets_no_code_before(self, visitor: Visitor, at_contact: httpx.Response) -> None:
        assert visitor.get(f"{visitor.staging.nmo}/login/esia").url.path == "/login/contact"

    def test_wrong_codes_lock_and_sign_out(
        self, visitor: Visitor, newcomer: Person, at_contact: httpx.Response
    ) -> None:
        code = wrong(visitor.code_sent(newcomer["email"]))
        errors = [error_on(visitor.give_code(code, "contact")) for _ in range(4)]
        assert errors[-1] == LOCKED
        assert visitor.get(f"{visitor.staging.esia}/").url.path == "/login"


def control_ids(visitor: Visitor, to: str) -> int:
    """How many messages an address has got."""
    return len(visitor.control.get("/outbox", params={"to": to}).json()["messages"])


class TestSession:
    def test_gets_a_new_id_when_a_person_signs_in(
        self, visitor: Visitor, doctor: Person, at_otp: httpx.Response
    ) -> None:
        planted = visitor.http.cookies["esia_sid"]
        visitor.give_code(visitor.code_sent(doctor["phone"]))
        assert visitor.http.cookies["esia_sid"] != planted

    def test_an_id_planted_before_is_worthless_after(
        self, visitor: Visitor, other_visitor: Visitor, doctor: Person, at_otp: httpx.Response
    ) -> None:
        planted = visitor.http.cookies["esia_sid"]
        visitor.give_code(visitor.code_sent(doctor["phone"]))
        headers = {"cookie": f"esia_sid={planted}"}
        page = other_visitor.http.get(f"{visitor.staging.esia}/", headers=headers)
        assert page.headers["location"] == "/login"

    def test_cookies_are_out_of_reach_of_scripts_and_other_sites(self, visitor: Visitor) -> None:
        response = visitor.get(f"{visitor.staging.nmo}/login/esia", follow=False)
        cookie = response.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "domain" not in cookie
        assert "secure" not in cookie

    def test_serves_every_client(self, visitor: Visitor, doctor: Person) -> None:
        visitor.sign_in(doctor)
        page = visitor.get(f"{visitor.staging.gosuslugi}/profile")
        assert str(page.url) == f"{visitor.staging.gosuslugi}/profile"
        assert doctor["snils"] in page.text


class TestUnconfirmedAccount:
    def test_is_turned_away_with_the_reason(self, visitor: Visitor, make_person: MakePerson) -> None:
        page = visitor.sign_in(make_person("unconfirmed-identity"))
        assert page.url.params["error"] == "access_denied"
        assert "<h1>Учётная запись не подтверждена</h1>" in page.text
        assert '<p class="error-code">ESIA-007055</p>' in page.text
        assert visitor.get(f"{visitor.staging.nmo}/cabinet").url.path == "/"

    def test_still_has_gosuslugi(self, visitor: Visitor, make_person: MakePerson) -> None:
        page = visitor.sign_in(make_person("unconfirmed-identity"), f"{visitor.staging.gosuslugi}/login/esia")
        assert "<h1>Мои услуги</h1>" in page.text
