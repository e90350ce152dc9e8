"""The browser: which one, how it is started, and what its errors mean.

BrowserMissing      no Chromium was found, or it does not run; the message says what to install
SandboxForbidden    this machine does not let a browser have its sandbox; the message says what to change
DeviceUnknown       Playwright does not know the device that a target names; the message says which it knows
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import playwright
from playwright.sync_api import Browser, Error, Playwright, sync_playwright
from playwright.sync_api import TimeoutError as WaitTimeout

from journeys.target import Target

SYSTEM_BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""In order of preference: the headless shell takes half the CPU of new headless Chromium."""

_NET_ERROR = re.compile(r"\bERR_[A-Z0-9_]+\b")
_GONE = re.compile(r"has been closed|Target closed|Target crashed|[Cc]onnection closed|[Bb]rowser closed|crashed")


_SOUGHT = re.compile(r"^Locator\.(?!wait_for).*\n(?:.*\n)*?  - waiting for (.*)")
_QUOTED = re.compile(r'"([^"]+)"')


_HEADLESS = re.compile(r"headless[-_]shell$")

_REMEDY = (
    "run `nmo-monitor doctor --install`, or have an administrator install a Chromium, or name one in monitor.browser"
)


class BrowserMissing(Exception):
    """There is no Chromium on this machine, or none that runs."""


class SandboxForbidden(Exception):
    """The browser is not allowed its sandbox."""

    def __init__(self) -> None:
        super().__init__(
            "the browser's sandbox is forbidden here: allow unprivileged user namespaces (sysctl "
            "user.max_user_namespaces, kernel.unprivileged_userns_clone or "
            "kernel.apparmor_restrict_unprivileged_userns; in a container its seccomp profile), or set "
            "monitor.sandbox = false where every target is trusted"
        )


class DeviceUnknown(Exception):
    """A target is to be visited as a device that Playwright does not know."""


def find_browser(setting: Path | None = None, *, headed: bool = False) -> Path:
    """The executable to use: the setting, else a build that Playwright installed, else the system's.

    A headless shell has no window, so ``headed`` leaves it out. Raises BrowserMissing, also when the setting
    names a file that cannot be run.
    """
    if setting:
        if not os.access(setting, os.X_OK) or setting.is_dir():
            raise BrowserMissing(
                f"monitor.browser: {setting} is not an executable file; name a Chromium, or leave it out"
            )
        if headed and _HEADLESS.search(setting.name):
            raise BrowserMissing(
                f"monitor.browser: {setting} is a headless shell, which has no window; name a full Chromium, "
                "or leave out --headed and monitor.headed"
            )
        # Without a folder in it, a name would be looked for on PATH when it is run.
        return setting.absolute()
    found = [Path(place) for place in (*_installed_by_playwright(), *map(shutil.which, SYSTEM_BROWSERS)) if place]
    for place in found:
        if not (headed and _HEADLESS.search(place.name)):
            return place
    if found:
        raise BrowserMissing(
            f"no browser with a window: {found[0]} is a headless shell; install a full Chromium, or leave out "
            "--headed and monitor.headed"
        )
    raise BrowserMissing(f"no browser: {_REMEDY}")


def _installed_by_playwright() -> Iterator[str]:
    """Builds in Playwright's own folder, the newest first; found without starting its driver (0.3 s)."""
    builds = _playwrights_folder()
    if builds is None:
        return
    for pattern in ("chromium_headless_shell-*/*/*headless*shell", "chromium-*/*/chrome"):
        try:
            found = sorted(builds.glob(pattern), key=lambda build: _revision(build.relative_to(builds)), reverse=True)
        except PermissionError:  # a HOME that is somebody else's: its builds are not ours either
            return
        yield from (str(build) for build in found if os.access(build, os.X_OK))


def _revision(build: Path) -> int:
    """Of ``chromium_headless_shell-1200/…``: 1200; 0 for a folder that somebody has named otherwise."""
    revision = build.parts[0].rpartition("-")[2]
    return int(revision) if revision.isdecimal() else 0


def _playwrights_folder() -> Path | None:
    """Where Playwright's driver keeps its builds; None for a user without a home."""
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if folder == "0":
        return Path(playwright.__file__).parent / "driver" / "package" / ".local-browsers"
    if folder:
        return Path(folder)
    caches = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(caches) if caches else Path.home() / ".cache") / "ms-playwright"
    except RuntimeError:  # an unknown user id, as containers have, and no HOME
        return None


def launch_options(executable: Path, *, headed: bool = False, sandbox: bool = True) -> dict[str, Any]:
    """Arguments of Playwright's `launch`. Chromium refuses its sandbox to root; anybody else keeps it."""
    return {
        "executable_path": executable,
        "headless": not headed,
        # Unless it is asked for, Playwright takes the sandbox away.
        "chromium_sandbox": sandbox and os.geteuid() != 0,
    }


@contextmanager
def launched(executable: Path, *, headed: bool = False, sandbox: bool = True) -> Iterator[tuple[Playwright, Browser]]:
    """Driver and browser, closed on leaving. Raises SandboxForbidden, or Playwright's error."""
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(**launch_options(executable, headed=headed, sandbox=sandbox))
        except Error as error:
            if "sandboxing failed" in error.message:
                raise SandboxForbidden from None
            raise
        try:
            yield driver, browser
        finally:
            browser.close()


def try_out(executable: Path, *, headed: bool = False, sandbox: bool = True) -> None:
    """Start the browser and close it again. Raises BrowserMissing or SandboxForbidden."""
    try:
        with launched(executable, headed=headed, sandbox=sandbox):
            pass
    except Error as error:
        raise BrowserMissing(f"{executable} does not start: {error.message.splitlines()[0]}") from None


def check_devices(targets: Iterable[Target]) -> None:
    """Look up the devices that targets name, which takes a start of the driver. Raises DeviceUnknown, or
    BrowserMissing for a driver that does not start."""
    wanted = {target.name: target.device for target in targets if target.device}
    if not wanted:
        return
    try:
        driver = sync_playwright().start()
    except Exception as error:  # Playwright's own, or none of its kinds where Node starts and ends
        raise BrowserMissing(f"Playwright's driver does not start: {str(error).splitlines()[0]}") from None
    try:
        for target, device in wanted.items():
            _device(device, target, driver.devices)
    finally:
        driver.stop()


def _device(name: str, where: str, devices: dict[str, Any]) -> dict[str, Any]:
    if name not in devices:
        near = " or ".join(f'"{device}"' for device in get_close_matches(name, devices, n=3))
        hint = f"; did you mean {near}?" if near else ', such as "Pixel 7"'
        raise DeviceUnknown(f'targets.{where}.device = "{name}": must be a device of Playwright{hint}')
    found: dict[str, Any] = devices[name]
    return found


def context_options(target: Target, devices: dict[str, Any]) -> dict[str, Any]:
    """Arguments of `new_context` for a target: locale, device, proxy, certificate trust.

    Raises DeviceUnknown.
    """
    options: dict[str, Any] = {"locale": "ru-RU", "viewport": {"width": 1280, "height": 800}}
    if target.device:
        options |= _device(target.device, target.name, devices)
    if target.proxy:
        options["proxy"] = _proxy(target.proxy.get_secret_value())
    if target.ignore_https_errors:
        options["ignore_https_errors"] = True
    return options


def _proxy(url: str) -> dict[str, str]:
    """A proxy in Playwright's parts: it drops a login that stands in the address."""
    parts = urlsplit(url)
    proxy = {"server": f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"}
    if parts.username:
        proxy |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    return proxy


def is_playwrights(error: BaseException) -> bool:
    """Whether it comes from Playwright: a wait that ran out, a browser that went away, what a page did."""
    return isinstance(error, Error)


def is_timeout(error: BaseException) -> bool:
    """Whether a wait of Playwright's ran out."""
    return isinstance(error, WaitTimeout)


def missing_element(error: BaseException) -> str | None:
    """The name of what an action waited for in vain, when nothing of the kind was on the screen."""
    if not isinstance(error, WaitTimeout) or "resolved to" in error.message:
        return None
    sought = _SOUGHT.match(error.message)
    names = _QUOTED.findall(sought.group(1)) if sought else ()
    return names[-1] if names else None


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
