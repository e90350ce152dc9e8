from typing import Any

from playwright.sync_api import Page

from benchmarks.plain import outbox, sign_in


def test_sign_in(page: Page, case: dict[str, Any]) -> None:
    with outbox(case) as codes:
        assert sign_in(page, case, codes) == case["owner"]
