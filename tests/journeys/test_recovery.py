"""The state of a request for recovery is that of this request."""

import pytest
from playwright.sync_api import Page

from pages.esia.recovery import RecoveryPage

pytestmark = pytest.mark.browser

_FORM = """<!doctype html><meta charset="utf-8"><h1>Восстановление доступа</h1>%s
<form><label>Номер обращения <input name="number"></label><button>Проверить</button></form>"""


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        ("<dl><dt>Номер</dt><dd>ЕСИА-1</dd><dt>Состояние</dt><dd>Ожидает</dd></dl>", "Ожидает"),
        ("<dl><dt>Состояние</dt><dd>Ожидает</dd></dl>", "Ожидает"),
        ("<dl><dt>Номер</dt><dd>ЕСИА-2</dd><dt>Состояние</dt><dd>Ожидает</dd></dl>", ""),
        ("", ""),
    ],
    ids=["its own", "without a number", "another's", "unknown"],
)
def test_only_the_state_of_the_request_itself_counts(shown: str, state: str, page: Page) -> None:
    page.route("**/*", lambda route: route.fulfill(content_type="text/html", body=_FORM % shown))
    assert RecoveryPage(page).open("http://esia.localhost").state_of("ЕСИА-1") == state
