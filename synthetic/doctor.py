"""Whether this machine can monitor, and what to do where it cannot."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from journeys.target import Target
from synthetic.artifacts import FolderUnwritable, writable
from synthetic.browser import (
    BrowserMissing,
    DeviceUnknown,
    SandboxForbidden,
    check_devices,
    find_browser,
    try_out,
)
from synthetic.history import HistoryError
from synthetic.report import ReportError, find_node
from synthetic.resumption import open_history
from synthetic.settings import EMBEDDED, Monitor, Settings, SettingsError

_BUILD = "chromium-headless-shell"
_PACKAGES = ("chromium-headless-shell", "chromium")
"""Debian has both, Ubuntu the second, which may be no more than a pointer to a snap."""
_FONTS = "fonts-dejavu-core"
"""Has Cyrillic: without it a minimal machine's pictures show boxes."""
_CONNECT_LIMIT_S = 5.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ``missing`` means the monitor cannot work, ``lacking`` that something is left out."""

    what: str
    state: Literal["ok", "lacking", "missing"]
    says: str


def examine(settings: Settings, *, start: Callable[..., None] = try_out) -> Iterator[Finding]:
    """Look at everything a monitor needs, and at all targets and personas of the settings: what the schedule does not
    need is only lacking. ``start`` starts a browser once."""
    yield Finding("python", "ok", sys.version.split()[0])
    yield _tried("browser", lambda: _started(settings.monitor, start))
    yield _tried("results", lambda: str(writable(settings.monitor.results_dir, "monitor.results_dir")))
    yield _tried("state", lambda: str(writable(settings.monitor.state_dir, "monitor.state_dir")))
    yield _tried("evidence", lambda: str(writable(settings.monitor.state_dir / "artifacts", "monitor.state_dir")))
    try:
        yield Finding("report", "ok", f"node {find_node()}")
    except ReportError as error:
        yield Finding("report", "lacking", str(error))
    yield _history(settings)
    yield _tried("secrets", lambda: _secrets(settings))
    for name in dict.fromkeys(entry.target for entry in settings.schedule):
        if name == EMBEDDED:
            yield Finding(f"target {name}", "ok", "started when it is needed")
        else:
            yield from _target(name, settings)
    yield from _spare(settings)


def _spare(settings: Settings) -> Iterator[Finding]:
    """What `nmo-monitor run` alone can use."""
    scheduled = {(entry.target, entry.persona) for entry in settings.schedule if entry.target != EMBEDDED}
    for name in settings.personas:
        if name not in {persona for _, persona in scheduled}:
            try:
                settings.persona(name)
                yield Finding(f"persona {name}", "ok", "not scheduled; its secrets are there")
            except SettingsError as error:
                yield Finding(f"persona {name}", "lacking", str(error))
    for name in settings.targets:
        if name not in {target for target, _ in scheduled}:
            for finding in _target(name, settings):
                yield replace(finding, state="ok" if finding.state == "ok" else "lacking")


def _history(settings: Settings) -> Finding:
    """Monitoring goes on without it."""
    try:
        with open_history(settings).asked() as connection:
            return Finding("history", "ok", "can be used" if connection else "made by the first run")
    except (HistoryError, SettingsError) as error:
        return Finding("history", "lacking", str(error).removeprefix("history: "))


def check_browser(monitor: Monitor) -> str:
    """The browser that is used, and its version. Raises BrowserMissing, also for one that does not run."""
    browser = find_browser(monitor.browser, headed=monitor.headed)
    return f"{browser} ({_version(browser)})"


def install_browser() -> str:
    """Install a headless Chromium: Playwright's build, else the system's package. Returns what.

    Raises BrowserMissing when none runs afterwards. Fonts for Cyrillic come with it where there are none.
    """
    root = _as_root()
    what, why = _playwrights(root)
    if not what and root is not None and (apt := shutil.which("apt-get")):
        what, why = _systems([*root, apt])
        if what:
            # A build that does not run would be found before the package.
            _done(*_playwright(), "uninstall")
    if not what:
        raise BrowserMissing(
            f"no browser, and none could be installed{why}: have an administrator install a Chromium, "
            "or name one in monitor.browser"
        )
    _add_fonts(root)
    return what


def _playwrights(root: list[str] | None) -> tuple[str | None, str]:
    """Playwright's build, if it runs, with the system's libraries where it lacks them; else why not."""
    if why := _done(*_playwright(), "install", _BUILD):
        return None, f" ({why})"
    if _runs():
        return "Playwright's chromium-headless-shell", ""
    if root is not None and not _done(*root, *_playwright(), "install-deps", _BUILD) and _runs():
        return "Playwright's chromium-headless-shell and the libraries it needs", ""
    return None, " (Playwright's build lacks libraries of the system)"


def _systems(apt: list[str]) -> tuple[str | None, str]:
    """The first package whose browser runs."""
    why = ""
    # A fresh machine has no package lists yet.
    for update in (False, True):
        if update:
            _done(*apt, "update")
        for package in _PACKAGES:
            problem = _done(*apt, "install", "-y", "--no-install-recommends", package)
            program = shutil.which(package)
            if not problem and program and _answers(Path(program)):
                return f"the system's {package}", ""
            why = f" (apt-get install {package}: {problem or 'installed, but does not run'})"
    return None, why


def _add_fonts(root: list[str] | None) -> None:
    """As far as it can be done: without them pictures show boxes, and everything else works."""
    listed, apt = shutil.which("fc-list"), shutil.which("apt-get")
    has = listed and subprocess.run([listed, ":lang=ru"], capture_output=True, check=False).stdout.strip()
    if root is not None and apt and not has:
        _done(*root, apt, "install", "-y", "--no-install-recommends", _FONTS)


def _playwright() -> tuple[str, ...]:
    return (sys.executable, "-m", "playwright")


def _as_root() -> list[str] | None:
    """What to put before a command so that root runs it; None where that cannot be."""
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") else None


def _done(*command: str) -> str:
    """Run a command that asks nothing; what it said last when it failed, nothing when it is done."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError as error:
        return error.strerror or str(error)
    if done.returncode == 0:
        return ""
    said = (done.stderr or done.stdout).strip().splitlines()
    return said[-1].strip() if said else f"exit code {done.returncode}"


def _runs() -> bool:
    """Whether the browser that would be found runs."""
    try:
        return _answers(find_browser())
    except BrowserMissing:
        return False


def _answers(browser: Path) -> bool:
    try:
        return bool(_version(browser))
    except (BrowserMissing, OSError, subprocess.TimeoutExpired):
        return False


_TROUBLES = (
    BrowserMissing,
    SandboxForbidden,
    FolderUnwritable,
    SettingsError,
    DeviceUnknown,
    OSError,
    subprocess.TimeoutExpired,
)


def _tried(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, "ok", look())
    except _TROUBLES as error:
        return Finding(what, "missing", str(error))


def _secrets(settings: Settings) -> str:
    settings.check_secrets()
    return "all that the schedule needs are there"


def _started(monitor: Monitor, start: Callable[..., None]) -> str:
    says = check_browser(monitor)
    start(find_browser(monitor.browser, headed=monitor.headed), headed=monitor.headed, sandbox=monitor.sandbox)
    return says


def _version(browser: Path) -> str:
    done = subprocess.run([browser, "--version"], capture_output=True, text=True, timeout=20, check=False)
    if done.returncode != 0:
        # A build without its libraries exits with 127 and names the first that is missing.
        said = done.stderr.strip().splitlines()
        why = said[-1] if said else f"exit code {done.returncode}"
        raise BrowserMissing(f"{browser} does not run: {why}; run `nmo-monitor doctor --install`")
    return done.stdout.strip() or "version unknown"


def _target(name: str, settings: Settings) -> Iterator[Finding]:
    try:
        target = settings.target(name)
    except SettingsError as error:
        yield Finding(f"target {name}", "missing", str(error))
        return
    if device := target.device:
        yield _tried(f"target {name} device", lambda: _looked_up(target, device))
    for site in (target.nmo, target.gosuslugi, target.esia):
        yield _reachable(target, site)


def _looked_up(target: Target, device: str) -> str:
    check_devices([target])
    return device


def _reachable(target: Target, site: str) -> Finding:
    """A site that does not answer is the target's fault, which monitoring is there to find: it may start."""
    what = f"target {target.name} {site}"
    if target.proxy:
        return Finding(what, "ok", "through a proxy, not tried")
    parts = urlsplit(site)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), _CONNECT_LIMIT_S).close()
    except OSError as error:
        return Finding(what, "lacking", error.strerror or str(error))
    return Finding(what, "ok", "answers")
