"""The limit: a warm Playwright script, and nothing of the suite in it.

As a process it walks the journey once for every line on its standard input, and answers with a line that says how many
seconds that took. The context of the next run is made after the answer, as the worker does it, so that no contender is
ahead by that.
"""

import json
import os
import re
import sys
import time

import httpx
from playwright.sync_api import Browser, Page, sync_playwright


def sign_in(page: Page, case: dict[str, str], outbox: httpx.Client) -> str:
    """The button on the portal, password, code by SMS, and into the cabinet; whose cabinet it is."""
    page.goto(case["nmo"], wait_until="commit")
    page.get_by_role("link", name="Войти через Госуслуги").click()
    page.locator("#login").fill(case["login"])
    page.get_by_label("Пароль", exact=True).fill(case["password"])
    last = outbox.get("/outbox/last", params={"to": case["phone"]}).json()["id"]
    page.get_by_role("button", name="Войти", exact=True).click()
    boxes = page.locator("input[type=tel]").first
    boxes.wait_for()
    answer = outbox.get("/outbox", params={"to": case["phone"], "after": last, "wait": 10}).json()
    code = re.search(r"\b\d{6}\b", answer["messages"][-1]["text"])
    assert code, "no code in the message"
    boxes.press_sequentially(code.group())
    page.get_by_role("heading", name="Личный кабинет", exact=True, level=1).wait_for()
    owner = " ".join(page.get_by_label("Владелец кабинета").inner_text().split())
    assert owner == case["owner"], "the cabinet belongs to another person"
    return owner


def outbox(case: dict[str, str]) -> httpx.Client:
    """Where the codes arrive."""
    headers = {"Authorization": f"Bearer {case['token']}"}
    return httpx.Client(base_url=case["control"], headers=headers, trust_env=False, verify=False, timeout=20)


def _fresh(browser: Browser) -> Page:
    return browser.new_context(locale="ru-RU", viewport={"width": 1280, "height": 800}).new_page()


def main() -> None:
    """A line in, a walk, a line out."""
    case = json.loads(os.environ["BENCHMARK_CASE"])
    with sync_playwright() as playwright, outbox(case) as codes:
        browser = playwright.chromium.launch(executable_path=case["browser"], args=case["arguments"])
        page = _fresh(browser)
        print("ready", flush=True)
        for _ in sys.stdin:
            started = time.perf_counter()
            sign_in(page, case, codes)
            print("done", time.perf_counter() - started, flush=True)
            page.context.close()
            page = _fresh(browser)
        browser.close()


if __name__ == "__main__":
    main()
