"""Whether this machine can monitor, and what to do where it cannot."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from journeys.target import Target
from synthetic.artifacts import FolderUnwritable, writable
from synthetic.browser import BrowserMissing, find_browser
from synthetic.report import ReportError, find_node
from synthetic.settings import EMBEDDED, Settings, SettingsError

_PACKAGE = "chromium-headless-shell"
_FONTS = "fonts-dejavu-core"
"""Has Cyrillic: without it a minimal machine's pictures show boxes."""
_CONNECT_LIMIT_S = 5.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ``missing`` means the monitor cannot work, ``lacking`` that something is left out."""

    what: str
    state: Literal["ok", "lacking", "missing"]
    says: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything a monitor needs, the targets of its schedule included."""
    yield Finding("python", "ok", sys.version.split()[0])
    yield _tried("browser", lambda: _version(find_browser(settings.monitor.browser)))
    yield _tried("results", lambda: str(writable(settings.monitor.results_dir, "monitor.results_dir")))
    yield _tried("state", lambda: str(writable(settings.monitor.state_dir, "monitor.state_dir")))
    try:
        yield Finding("report", "ok", f"node {find_node()}")
    except ReportError as error:
        yield Finding("report", "lacking", str(error))
    yield _tried("secrets", lambda: _secrets(settings))
    for name in dict.fromkeys(entry.target for entry in settings.schedule):
        if name == EMBEDDED:
            yield Finding(f"target {name}", "ok", "started when it is needed")
        else:
            yield from _target(name, settings)


def install_browser() -> str:
    """Install a headless shell: Playwright's build, else Debian's package. Raises BrowserMissing; returns what."""
    playwright = [sys.executable, "-m", "playwright", "install", _PACKAGE]
    if subprocess.run(playwright, capture_output=True, check=False).returncode == 0:
        return "Playwright's chromium-headless-shell"
    apt = shutil.which("apt-get")
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not apt or (sudo and not shutil.which("sudo")):
        raise BrowserMissing(
            f"no browser, and none could be installed: have an administrator install {_PACKAGE}, "
            "or name a Chromium in monitor.browser"
        )
    install = [*sudo, apt, "install", "-y", "--no-install-recommends", _PACKAGE, _FONTS]
    if subprocess.run(install, capture_output=True, check=False).returncode != 0:
        # A fresh machine has no package lists yet.
        subprocess.run([*sudo, apt, "update"], capture_output=True, check=False)
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = done.stderr.strip().splitlines()
            raise BrowserMissing(f"apt-get install {_PACKAGE} failed: {said[-1] if said else 'no reason given'}")
    return f"Debian's {_PACKAGE}"


def _tried(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, "ok", look())
    except (BrowserMissing, FolderUnwritable, SettingsError, OSError, subprocess.TimeoutExpired) as error:
        return Finding(what, "missing", str(error))


def _secrets(settings: Settings) -> str:
    settings.check_secrets()
    return "all that the schedule needs are there"


def _version(browser: Path) -> str:
    done = subprocess.run([browser, "--version"], capture_output=True, text=True, timeout=20, check=False)
    return f"{browser} ({done.stdout.strip() or 'version unknown'})"


def _target(name: str, settings: Settings) -> Iterator[Finding]:
    try:
        target = settings.target(name)
    except SettingsError as error:
        yield Finding(f"target {name}", "missing", str(error))
        return
    for site in (target.nmo, target.gosuslugi, target.esia):
        yield _reachable(target, site)


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
