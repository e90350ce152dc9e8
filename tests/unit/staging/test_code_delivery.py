"""One-time codes that are late, wrong or lost, by either channel, and asked for again."""

import httpx
import pytest

from tests.unit.staging.visitor import MakePerson, Person, Visitor, error_on


def switch_on(visitor: Visitor, fault: str, **parameters: float) -> None:
    visitor.control.put(f"/faults/{fault}", json={"parameters": parameters}).raise_for_status()


def messages(control: httpx.Client, to: str, wait: float = 0) -> list[dict[str, str]]:
    """What has come to an address; ``wait`` for so many seconds."""
    answer = control.get("/outbox", params={"to": to, "wait": wait})
    found: list[dict[str, str]] = answer.raise_for_status().json()["messages"]
    return found


@pytest.fixture
def newcomer(make_person: MakePerson) -> Person:
    return make_person("newcomer")


@pytest.fixture
def at_contact(visitor: Visitor, newcomer: Person) -> httpx.Response:
    """A newcomer whose e-mail ЕСИА wants to be confirmed, with a wrong code sent to it."""
    visitor.get(f"{visitor.staging.nmo}/login/esia")
    visitor.give_password(newcomer)
    switch_on(visitor, "wrong-code-delivered", by=2)
    page = visitor.give_code(visitor.code_sent(newcomer["phone"]))
    assert page.url.path == "/login/contact"
    return page


def test_a_late_code_comes_late(visitor: Visitor, control: httpx.Client, doctor: Person) -> None:
    switch_on(visitor, "code-late", seconds=0.3)
    visitor.give_password(doctor)
    assert messages(control, doctor["phone"]) == []
    (late,) = messages(control, doctor["phone"], wait=10)
    assert "код" in late["text"]


@pytest.mark.parametrize("fault", ["code-never-delivered", "code-late"])
@pytest.mark.parametrize(("by", "came"), [(0, 0), (1, 0), (2, 1)])
def test_a_fault_hits_its_channel(
    visitor: Visitor, control: httpx.Client, doctor: Person, fault: str, by: int, came: int
) -> None:
    switch_on(visitor, fault, by=by)
    visitor.give_password(doctor)
    assert len(messages(control, doctor["phone"])) == came


def test_a_wrong_code_by_email_only(visitor: Visitor, newcomer: Person, at_contact: httpx.Response) -> None:
    wrong = visitor.give_code(visitor.code_sent(newcomer["email"]), "contact")
    assert (wrong.url.path, error_on(wrong).strip()) == ("/login/contact", "Неверный код")
    again = visitor.get(f"{visitor.staging.esia}/login/otp/again")
    assert (again.url.path, error_on(again)) == ("/login/contact", "")
    assert visitor.give_code(visitor.code_sent(newcomer["email"]), "contact").url.path == "/agreement"


def test_another_code_is_offered_but_for_an_app(
    at_contact: httpx.Response, other_visitor: Visitor, make_person: MakePerson
) -> None:
    assert "Отправить код ещё раз" in at_contact.text
    by_app = make_person("contact-doctor")
    assert "Отправить код ещё раз" not in other_visitor.give_password(by_app).text
    assert other_visitor.get(f"{other_visitor.staging.esia}/login/otp/again").url.path == "/login"


class TestChangesOnGosuslugi:
    @pytest.fixture
    def asked(self, visitor: Visitor, doctor: Person) -> str:
        """The phone that a doctor changes to; its code is asked for and was a wrong one."""
        site, new = visitor.staging.gosuslugi, "+79019876543"
        visitor.sign_in(doctor, f"{site}/login/esia")
        switch_on(visitor, "wrong-code-delivered", by=1)
        assert visitor.post(f"{site}/profile/contacts", contact="phone", value=new).url.path == "/profile/code"
        return new

    def confirmed(self, visitor: Visitor, to: str) -> httpx.Response:
        return visitor.post(f"{visitor.staging.gosuslugi}/profile/code", digit=list(visitor.code_sent(to)))

    def test_another_code_is_right(self, visitor: Visitor, asked: str) -> None:
        assert "Неверный код подтверждения" in self.confirmed(visitor, asked).text
        again = visitor.get(f"{visitor.staging.gosuslugi}/profile/code/again")
        assert again.url.path == "/profile/code"
        assert "Неверный код" not in again.text
        assert "Изменения сохранены" in self.confirmed(visitor, asked).text

    def test_right_codes_are_refused(self, visitor: Visitor, asked: str) -> None:
        switch_on(visitor, "change-code-refused")
        visitor.get(f"{visitor.staging.gosuslugi}/profile/code/again")
        assert "Неверный код подтверждения" in self.confirmed(visitor, asked).text

    def test_without_a_change_there_is_no_code(self, visitor: Visitor, doctor: Person) -> None:
        visitor.sign_in(doctor, f"{visitor.staging.gosuslugi}/login/esia")
        assert visitor.get(f"{visitor.staging.gosuslugi}/profile/code/again").url.path == "/profile"


def test_a_slow_register_takes_longer_to_synchronise(visitor: Visitor, control: httpx.Client, newcomer: Person) -> None:
    visitor.sign_in(newcomer)
    nmo = visitor.staging.nmo
    visitor.post(f"{nmo}/agreement", accept="yes")
    visitor.post(f"{nmo}/consent", answer="agree")
    switch_on(visitor, "register-slow", seconds=10)
    control.post("/clock", json={"advance_s": 31})
    assert visitor.get(f"{nmo}/api/sync").json()["status"] == "Выполняется"
    control.post("/clock", json={"advance_s": 10})
    assert visitor.get(f"{nmo}/api/sync").json()["status"] == "Завершена"
