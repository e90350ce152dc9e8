import base64
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import playwright
import pytest
from pydantic import SecretStr

from journeys.target import Target
from synthetic.browser import (
    BrowserMissing,
    DeviceUnknown,
    SandboxForbidden,
    check_devices,
    context_options,
    find_browser,
    launch_options,
    launched,
    try_out,
)

T = TypeVar("T")


def aside(act: Callable[[], T]) -> T:
    """In a thread of its own: Playwright allows one driver a thread, and a session of tests may have one."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(act).result()


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with no browser; its PATH is the folder returned."""
    for name in ("PLAYWRIGHT_BROWSERS_PATH", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "bin"


# Which one.


def test_without_a_browser_the_remedy_is_named(bare: Path) -> None:
    with pytest.raises(BrowserMissing, match=r"^no browser: run `nmo-monitor doctor --install`, or "):
        find_browser()


@pytest.mark.parametrize("variable", ["HOME", "XDG_CACHE_HOME", "PLAYWRIGHT_BROWSERS_PATH"])
def test_playwrights_builds_are_looked_for_where_its_driver_keeps_them(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    below = {"HOME": ".cache/ms-playwright", "XDG_CACHE_HOME": "ms-playwright", "PLAYWRIGHT_BROWSERS_PATH": "."}
    build = "chromium_headless_shell-1208/chrome-headless-shell-linux64/chrome-headless-shell"
    shell = program(tmp_path / "there" / below[variable] / build)
    program(bare / "chromium")
    monkeypatch.setenv(variable, str(tmp_path / "there"))
    assert find_browser() == shell


def test_the_newest_of_playwrights_builds_is_taken(bare: Path) -> None:
    builds = Path.home() / ".cache/ms-playwright"
    shells = [
        program(builds / f"chromium_headless_shell-{revision}/chrome-linux/headless_shell")
        for revision in ("999", "1200", "own")
    ]
    assert find_browser() == shells[1]


@pytest.mark.usefixtures("bare")
def test_a_folder_that_may_not_be_read_has_no_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "glob", refuse)
    with pytest.raises(BrowserMissing, match=r"^no browser: "):
        find_browser()


def test_a_build_inside_playwright_is_looked_for_there(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playwright, "__file__", str(tmp_path / "playwright" / "__init__.py"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "0")
    chrome = program(tmp_path / "playwright/driver/package/.local-browsers/chromium-1208/chrome-linux64/chrome")
    assert find_browser() == chrome


def test_a_user_without_a_home_has_the_systems_browser(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that is run under a user id of its own."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    with pytest.raises(RuntimeError):
        Path.home()
    assert find_browser_in(bare) == bare / "chromium"


def find_browser_in(folder: Path) -> Path:
    program(folder / "chromium")
    return find_browser()


def test_a_window_needs_more_than_a_headless_shell(bare: Path, tmp_path: Path) -> None:
    shell = program(bare / "chromium-headless-shell")
    with pytest.raises(BrowserMissing, match=r"^no browser with a window: .*/chromium-headless-shell is a headless"):
        find_browser(headed=True)
    with pytest.raises(BrowserMissing, match=r"^monitor\.browser: .* is a headless shell, which has no window; "):
        find_browser(shell, headed=True)
    chromium = program(bare / "chromium")
    assert (find_browser(), find_browser(headed=True)) == (shell, chromium)
    assert find_browser(chromium, headed=True) == chromium


# How it starts.


@pytest.mark.parametrize(
    ("user", "asked", "given"), [(1000, True, True), (1000, False, False), (0, True, False), (0, False, False)]
)
def test_everybody_but_root_keeps_the_sandbox(
    monkeypatch: pytest.MonkeyPatch, user: int, asked: bool, given: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert launch_options(Path("chromium"), sandbox=asked)["chromium_sandbox"] is given


def test_the_sandbox_is_what_chromium_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright takes it away by itself where it is not asked for."""
    chromium = program(tmp_path / "chromium", f'#!/bin/sh\necho "$@" >> {tmp_path}/told\n')
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    for sandbox in (True, False):
        with pytest.raises(BrowserMissing, match="/chromium does not start: "):
            aside(lambda: try_out(chromium, sandbox=sandbox))  # noqa: B023 - called at once
    kept, taken = (tmp_path / "told").read_text().splitlines()
    assert "--no-sandbox" not in kept
    assert "--no-sandbox" in taken


def test_a_sandbox_that_is_forbidden_is_one_line_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    said = "[1:1:FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox! If you are running on Ubuntu 23.10+"
    chromium = program(tmp_path / "chromium", f"#!/bin/sh\necho '{said}' >&2\nexit 133\n")
    with pytest.raises(SandboxForbidden) as caught:
        aside(lambda: try_out(chromium))
    assert "user namespaces" in str(caught.value)
    assert "monitor.sandbox = false" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_browser_that_runs(browser_path: Path) -> None:
    aside(lambda: try_out(browser_path))


# What it is told of a target.


def test_a_device_that_playwright_knows(target: Target) -> None:
    devices = {"Pixel 7": {"is_mobile": True}}
    assert context_options(replace(target, device="Pixel 7"), devices)["is_mobile"]
    aside(lambda: check_devices([target, replace(target, device="Pixel 7")]))


def test_a_device_that_playwright_does_not_know(target: Target) -> None:
    said = r'^targets\.stage\.device = "Pixle 7": must be a device of Playwright; did you mean .*"Pixel 7"'
    with pytest.raises(DeviceUnknown, match=said):
        context_options(replace(target, device="Pixle 7"), {"Pixel 7": {}, "iPhone 13": {}})
    with pytest.raises(DeviceUnknown, match=said):
        aside(lambda: check_devices([target, replace(target, device="Pixle 7")]))


@pytest.mark.parametrize("node", ["/nonexistent", "/bin/false"])
def test_a_driver_that_does_not_start_is_told_in_a_line(
    target: Target, monkeypatch: pytest.MonkeyPatch, node: str
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", node)
    with pytest.raises(BrowserMissing, match=r"^Playwright's driver does not start: [^\n]+$"):
        aside(lambda: check_devices([replace(target, device="Pixel 7")]))


def test_targets_without_a_device_start_no_driver(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthetic.browser.sync_playwright", lambda: pytest.fail("the driver was started"))
    check_devices([target])


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://proxy.example:3128", {"server": "http://proxy.example:3128"}),
        ("socks5://proxy.example", {"server": "socks5://proxy.example"}),
        (
            "https://anna:p%40ss%3A@proxy.example:3128",
            {"server": "https://proxy.example:3128", "username": "anna", "password": "p@ss:"},
        ),
    ],
)
def test_a_proxy_in_playwrights_parts(target: Target, url: str, proxy: dict[str, str]) -> None:
    assert context_options(replace(target, proxy=SecretStr(url)), {})["proxy"] == proxy


@contextmanager
def signing_in_proxy(user: str, password: str) -> Iterator[str]:
    """A proxy that lets nobody else through, and answers in place of every site."""
    wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers.get("Proxy-Authorization") == wanted
            body = b"through" if known else b"refused"
            self.send_response(200 if known else 407)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_browser_signs_in_to_a_proxy(target: Target, browser_path: Path) -> None:
    def read(place: str) -> str:
        options = context_options(replace(target, proxy=SecretStr(f"http://anna:p%40ss@{place}")), {})
        with launched(browser_path) as (_, browser):
            page = browser.new_context(**options).new_page()
            page.goto("http://nmo.example/")
            return page.inner_text("body")

    with signing_in_proxy("anna", "p@ss") as place:
        assert aside(lambda: read(place)) == "through"
