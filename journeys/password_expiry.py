"""S6: an expired password must be changed; every rule is enforced by name; the new one works, and the old is put back.

Where the password has not expired, as on a target that counts from the last change, the same form is opened by its
address. A run that was cut off may leave the second password: the next one signs in with it, and puts the first back.
"""

import re

from journeys.cause import Cause
from journeys.entry import admitted, await_esia, enter_second_factor, go_to_esia, open_portal, receive_code
from journeys.journey import Journey, step
from journeys.sign_out import be_asked_by_esia, be_asked_by_portal
from journeys.sign_out import sign_out as sign_out_of_portal
from journeys.system import System
from journeys.visit import OutcomeError, Visit
from pages.esia.login import LoginPage
from pages.esia.one_time_code import SecondFactorPage
from pages.esia.password import PasswordChangedPage, PasswordPage
from pages.nmo.cabinet import CabinetPage
from pages.nmo.home import HomePage
from pages.screen import ErrorShown, Screen, first_of

RULES = (
    ("length", "не короче 8", "Aa1!aaa"),
    ("upper-case", "заглавная", "parol-2026!"),
    ("lower-case", "строчная", "PAROL-2026!"),
    ("digit", "цифра", "Parol-bez!"),
    ("special-sign", "специальный", "Parol20266"),
)
"""Rule, the word by which its refusal is known, and a password that breaks this rule alone."""
_REFUSED = "Неверные"
"""What ЕСИА says of a login and a password that it does not take."""
_ABOUT_THE_PASSWORD = re.compile("парол", re.IGNORECASE)


@step("submit login and password", System.ESIA, budget_s=8)
def submit_credentials(visit: Visit) -> None:
    """ЕСИА takes the persona's password, or the second one that an earlier run has left."""
    first, second = _passwords(visit)
    try:
        _submit(visit, first)
        visit.carried["password"] = {"current": first, "other": second}
    except ErrorShown as refused:
        if _REFUSED not in str(refused):
            raise
        # A fresh screen: the refusal on this one would be taken for that of the next password.
        LoginPage(visit.page).open(visit.target.esia)
        _submit(visit, second)
        visit.carried["password"] = {"current": second, "other": first}
        visit.notes["account"] = "left changed by an earlier run"


@step("be asked for a new password", System.ESIA, budget_s=8)
def be_asked(visit: Visit) -> None:
    """After 90 days ЕСИА lets nobody on before the password is changed."""
    enter_second_factor(visit)
    form, cabinet = PasswordPage(visit.page), CabinetPage(visit.page)
    asked = admitted(visit, form, cabinet) is form
    visit.notes["new password"] = "asked for" if asked else "not asked for"
    if asked:
        return
    if visit.persona.state == "password-expired" and "account" not in visit.notes:
        raise OutcomeError(System.ESIA, Cause.PASSWORD_EXPIRED, "an expired password is let in", variant="let-in")
    form.open(visit.target.esia)


@step("have each weak password refused", System.ESIA, budget_s=15, timeout_s=15)
def weak_passwords(visit: Visit) -> None:
    """Each rule is enforced, and named by its refusal."""
    form = PasswordPage(visit.page)
    for rule, word, password in RULES:
        form.change(password)
        if not form.refused(word, *_after(visit)):
            form.open(visit.target.esia).change(visit.carried["password"]["current"])
            first_of(visit.page, *_after(visit))
            message = f"a password that breaks the rule of {rule} is taken"
            raise OutcomeError(System.ESIA, Cause.PASSWORD_EXPIRED, message, variant=rule)


@step("set the new password", System.ESIA, budget_s=8)
def set_password(visit: Visit) -> None:
    """A password that keeps every rule is taken."""
    PasswordPage(visit.page).open(visit.target.esia)
    try:
        _change(visit, visit.carried["password"]["other"])
    except ErrorShown as refused:
        if not PasswordPage(visit.page).marker.is_visible() or not _ABOUT_THE_PASSWORD.search(str(refused)):
            raise
        message = f"ЕСИА was given a new password and asks for another: {refused}"
        raise OutcomeError(System.ESIA, Cause.PASSWORD_EXPIRED, message, variant="not-saved") from None


@step("sign out", System.NMO, budget_s=10)
def sign_out(visit: Visit) -> None:
    """«Выйти» ends the session at the portal and at ЕСИА."""
    sign_out_of_portal.act(visit)
    be_asked_by_esia.act(visit)
    be_asked_by_portal.act(visit)
    HomePage(visit.page).open(visit.target.nmo).sign_in()
    await_esia(visit, System.NMO)


@step("sign in with the new password", System.ESIA, budget_s=8)
def sign_in_again(visit: Visit) -> None:
    """ЕСИА takes the new password."""
    try:
        _submit(visit, visit.carried["password"]["other"])
    except ErrorShown as refused:
        if _REFUSED not in str(refused):
            raise
        message = "ЕСИА refuses the password that was just set"
        cause = Cause.CREDENTIALS_REJECTED
        raise OutcomeError(System.ESIA, cause, message, refused.code, variant="new-password") from None


@step("receive the second code", System.DELIVERY, budget_s=20, timeout_s=35)
def receive_second_code(visit: Visit) -> None:
    """The one-time code arrives once more."""
    visit.code = visit.inbox.code("sms")


@step("confirm and return", System.ESIA, budget_s=8)
def confirm_and_return(visit: Visit) -> None:
    """Back into the cabinet; or to the form again, when it is the first password that was put back."""
    enter_second_factor(visit)
    admitted(visit, CabinetPage(visit.page), PasswordPage(visit.page))


@step("put the old password back", System.ESIA, budget_s=8)
def put_back(visit: Visit) -> None:
    """The persona's password is the first one again."""
    first, _ = _passwords(visit)
    if visit.carried["password"]["current"] == first:
        PasswordPage(visit.page).open(visit.target.esia)
        _change(visit, first)


def _submit(visit: Visit, password: str) -> None:
    visit.inbox.expect("sms")
    LoginPage(visit.page).submit(visit.persona.login.get_secret_value(), password)
    first_of(visit.page, SecondFactorPage(visit.page))


def _change(visit: Visit, password: str) -> None:
    PasswordPage(visit.page).change(password)
    admitted(visit, *_after(visit))


def _after(visit: Visit) -> tuple[Screen, ...]:
    """What may show when a new password was taken."""
    return PasswordChangedPage(visit.page), CabinetPage(visit.page)


def _passwords(visit: Visit) -> tuple[str, str]:
    second = visit.persona.second_password
    return visit.persona.password.get_secret_value(), second.get_secret_value() if second else ""


PASSWORD_EXPIRY = Journey(
    name="password-expiry",
    title="Смена пароля: срок, правила, новый пароль",
    requirements=("S6",),
    steps=(
        open_portal,
        go_to_esia,
        submit_credentials,
        receive_code,
        be_asked,
        weak_passwords,
        set_password,
        sign_out,
        sign_in_again,
        receive_second_code,
        confirm_and_return,
        put_back,
    ),
    budget_s=130,
    interval_s=86_400,
    states=("password-expired", "returning"),
    factors=("sms",),
    needs=("second_password",),
)
