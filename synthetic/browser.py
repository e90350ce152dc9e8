"""The browser: which one, how it is started, and what its errors mean.

BrowserMissing    no Chromium was found; the message says what to install
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Playwright, sync_playwright
from playwright.sync_api import TimeoutError as WaitTimeout

from journeys.target import Target

SYSTEM_BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""In order of preference: the headless shell takes half the CPU of new headless Chromium."""

_NET_ERROR = re.compile(r"\bERR_[A-Z0-9_]+\b")
_GONE = re.compile(r"has been closed|Target closed|Target crashed|Connection closed|[Bb]rowser closed|crashed")


class BrowserMissing(Exception):
    """There is no Chromium on this machine."""


def find_browser(setting: Path | None = None) -> Path:
    """The executable to use: the setting, else a build that Playwright installed, else the system's.

    Raises BrowserMissing, also when the setting names a file that cannot be run.
    """
    if setting:
        if not os.access(setting, os.X_OK) or setting.is_dir():
            raise BrowserMissing(
                f"monitor.browser: {setting} is not an executable file; name a Chromium, or leave it out"
            )
        # Without a folder in it, a name would be looked for on PATH when it is run.
        return setting.absolute()
    for found in (*_installed_by_playwright(), *map(shutil.which, SYSTEM_BROWSERS)):
        if found:
            return Path(found)
    raise BrowserMissing(
        "no browser: install the Debian package chromium-headless-shell, or run "
        "`playwright install chromium-headless-shell`, or name one in monitor.browser"
    )


def _installed_by_playwright() -> Iterator[str]:
    """Builds in Playwright's own folder, the newest first; found without starting its driver (0.3 s)."""
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    builds = Path(folder) if folder and folder != "0" else Path.home() / ".cache" / "ms-playwright"
    for pattern in ("chromium_headless_shell-*/*/*headless*shell", "chromium-*/*/chrome"):
        for build in sorted(builds.glob(pattern), reverse=True):
            if os.access(build, os.X_OK):
                yield str(build)


def launch_options(executable: Path, *, headed: bool = False) -> dict[str, Any]:
    """Arguments of Playwright's `launch`."""
    # Chromium refuses its sandbox to root; anybody else keeps it.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": executable, "headless": not headed, "args": arguments}


@contextmanager
def launched(executable: Path, *, headed: bool = False) -> Iterator[tuple[Playwright, Browser]]:
    """Driver and browser, closed on leaving."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(executable, headed=headed))
        try:
            yield playwright, browser
        finally:
            browser.close()


def context_options(target: Target, devices: dict[str, Any]) -> dict[str, Any]:
    """Arguments of `new_context` for a target: locale, device, proxy, certificate trust."""
    options: dict[str, Any] = {"locale": "ru-RU", "viewport": {"width": 1280, "height": 800}}
    if target.device:
        options |= devices[target.device]
    if target.proxy:
        options["proxy"] = {"server": target.proxy}
    if target.ignore_https_errors:
        options["ignore_https_errors"] = True
    return options


def limit_waits(context: BrowserContext, seconds: float) -> None:
    """Every action and wait in ``context`` gives up after ``seconds``."""
    context.set_default_timeout(seconds * 1000)


def is_timeout(error: BaseException) -> bool:
    """Whether a wait of Playwright's ran out."""
    return isinstance(error, WaitTimeout)


def is_gone(error: BaseException) -> bool:
    """Whether the browser, its tab or the driver went away under a call."""
    return isinstance(error, Error) and not is_timeout(error) and bool(_GONE.search(error.message))


def net_error(error: BaseException) -> str | None:
    """The net error in a Playwright error, as ``ERR_NAME_NOT_RESOLVED``."""
    found = _NET_ERROR.search(error.message) if isinstance(error, Error) else None
    return found.group() if found else None


def is_navigating(error: BaseException) -> bool:
    """Whether the page went elsewhere by itself while it was read or opened."""
    return isinstance(error, Error) and bool(
        re.search(r"context was destroyed|interrupted by another navigation", error.message)
    )
