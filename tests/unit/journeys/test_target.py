import pytest
from pydantic import SecretStr

from journeys.system import SITES, System
from journeys.target import InboxAddress, Target

TARGET = Target("stage", "https://nmo.example", "https://gos.example:8443", "http://esia.example:80")


@pytest.mark.parametrize(
    ("url", "system"),
    [
        ("https://nmo.example/cabinet?code=1", System.NMO),
        ("https://nmo.example", System.NMO),
        ("https://gos.example:8443/", System.GOSUSLUGI),
        ("http://esia.example:80/login", System.ESIA),
        ("https://gos.example/", None),
        ("https://nmo.example.evil.example/", None),
        ("https://evil.example/?to=https://nmo.example", None),
        ("about:blank", None),
        ("chrome-error://chromewebdata/", None),
        ("", None),
    ],
)
def test_the_system_at_an_address(url: str, system: System | None) -> None:
    assert TARGET.system_at(url) is system


def test_sites_have_addresses_and_nothing_else_has() -> None:
    assert [TARGET.system_at(TARGET.url(site)) for site in SITES] == list(SITES)
    with pytest.raises(KeyError):
        TARGET.url(System.REGISTRY)


def test_an_inbox_shows_no_secret() -> None:
    inbox = InboxAddress("imap", "imaps://mail.example", SecretStr("t0ken"), "anna", SecretStr("hunter2"))
    assert "t0ken" not in repr(inbox)
    assert "hunter2" not in repr(inbox)
