import pickle
from dataclasses import replace

import pytest
from pydantic import SecretStr

from journeys.system import SITES, System
from journeys.target import InboxAddress, Target

TARGET = Target("stage", "https://nmo.example", "https://gos.example:8443", "http://esia.example:80")
CYRILLIC = Target(
    "stage",
    "https://НМО.рф:443",
    "https://gos.example:443",
    "https://ESIA.Example",
    hosts={System.ESIA: ("Static.esia.example", "статика.рф"), System.NMO: ("cdn.example",)},
)


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


@pytest.mark.parametrize(
    ("url", "system"),
    [
        ("https://xn--l1abe.xn--p1ai/cabinet", System.NMO),
        ("https://нмо.рф/", System.NMO),
        ("wss://xn--l1abe.xn--p1ai/events", System.NMO),
        ("http://xn--l1abe.xn--p1ai/", System.NMO),  # sends the browser on to https
        ("https://gos.example/", System.GOSUSLUGI),
        ("https://gos.example:8443/", None),
        ("https://esia.example:443/login", System.ESIA),
        ("https://static.esia.example/a.js", System.ESIA),
        ("https://static.esia.example:8443/a.js", System.ESIA),
        ("https://xn--80aaxi6agb.xn--p1ai/a.js", System.ESIA),
        ("https://cdn.example/a.js", System.NMO),
        ("https://more.cdn.example/a.js", None),
        ("https://gos.example:port/", None),
        ("http://[", None),
        ("https://нмо..рф/", None),
    ],
)
def test_hosts_are_compared_as_browsers_do(url: str, system: System | None) -> None:
    assert CYRILLIC.system_at(url) is system


def test_a_target_that_was_asked_is_still_the_same_and_crosses_a_pipe() -> None:
    asked = replace(CYRILLIC)
    assert asked.system_at("https://cdn.example/") is System.NMO
    assert asked == CYRILLIC
    copied = pickle.loads(pickle.dumps(asked))
    assert copied == CYRILLIC
    assert copied.system_at("https://static.esia.example/") is System.ESIA
    # What was worked out for one target is not taken over by another.
    assert replace(asked, nmo="https://other.example", hosts={}).system_at("https://cdn.example/") is None


def test_a_target_shows_no_password_of_its_proxy() -> None:
    assert "hunter2" not in repr(replace(TARGET, proxy=SecretStr("http://u:hunter2@proxy.example")))


def test_sites_have_addresses_and_nothing_else_has() -> None:
    assert [TARGET.system_at(TARGET.url(site)) for site in SITES] == list(SITES)
    with pytest.raises(KeyError):
        TARGET.url(System.REGISTRY)


def test_an_inbox_shows_no_secret() -> None:
    inbox = InboxAddress("imap", "imaps://mail.example", SecretStr("t0ken"), "anna", SecretStr("hunter2"))
    assert "t0ken" not in repr(inbox)
    assert "hunter2" not in repr(inbox)


def test_its_secrets_are_known_by_name() -> None:
    target = Target(
        name="stage",
        nmo="https://nmo.example",
        gosuslugi="https://gosuslugi.example",
        esia="https://esia.example",
        inboxes={"sms": InboxAddress(kind="http", url="https://sms.example", token=SecretStr("t0ken"))},
        proxy=SecretStr("http://user:hunter2@proxy.example:3128"),
    )
    assert target.secrets() == {"proxy-password": "hunter2", "sms-inbox-token": "t0ken"}
    assert "hunter2" not in repr(target)
    assert "t0ken" not in repr(target)
