import socket
from pathlib import Path

import pytest

from journeys.catalogue import JOURNEYS
from synthetic.browser import BrowserMissing
from synthetic.doctor import Finding, examine, install_browser
from synthetic.settings import load

CHROME = "#!/bin/sh\necho 'Chromium 142.0.7444.175'\n"
TARGET = """
[targets.stage]
nmo = "http://127.0.0.1:{open}"
gosuslugi = "http://127.0.0.1:{closed}"
esia = "http://127.0.0.2:{closed}"
{more}
[targets.stage.inboxes.sms]
kind = "http"
url = "http://127.0.0.1/{{address}}"
[personas.anna]
login = "env:ANNA_LOGIN"
password = "env:ANNA_PASSWORD"
[[schedule]]
journey = "sign-in"
persona = "anna"
target = "stage"
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANNA_LOGIN", raising=False)
    monkeypatch.delenv("ANNA_PASSWORD", raising=False)


def program(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def looked_at(settings: str = "", browser: str = CHROME) -> dict[str, Finding]:
    program(Path("browser"), browser)
    Path("nmo-monitor.toml").write_text(f'[monitor]\nbrowser = "browser"\n{settings}', encoding="utf-8")
    return {finding.what: finding for finding in examine(load(journeys=JOURNEYS))}


def test_a_fine_machine() -> None:
    found = looked_at()
    assert {name: finding.state for name, finding in found.items() if name != "report"} == dict.fromkeys(
        ("python", "browser", "results", "state", "secrets", "target embedded"), "ok"
    )
    assert found["browser"].says == f"{Path.cwd()}/browser (Chromium 142.0.7444.175)"
    assert found["report"].state in {"ok", "lacking"}


def test_a_browser_that_cannot_be_run() -> None:
    Path("notes").write_text("no program")
    Path("nmo-monitor.toml").write_text('[monitor]\nbrowser = "notes"\n')
    found = {finding.what: finding for finding in examine(load(journeys=JOURNEYS))}
    assert (found["browser"].state, found["secrets"].state) == ("missing", "ok")
    assert found["browser"].says.startswith("monitor.browser: notes is not an executable file")


def test_a_browser_that_is_no_program() -> None:
    browser = looked_at(browser="neither script nor program")["browser"]
    assert browser.state == "missing"
    assert "Exec format error" in browser.says


def test_folders_that_cannot_be_written() -> None:
    Path("file").touch()
    found = looked_at('results_dir = "file"\nstate_dir = "file/below"\n')
    assert (found["results"].state, found["state"].state) == ("missing", "missing")
    assert found["results"].says.startswith("monitor.results_dir: cannot write to file")
    assert found["state"].says.startswith("monitor.state_dir: cannot write to file/below")


def test_secrets_that_are_missing_are_named() -> None:
    found = looked_at(TARGET.format(open=1, closed=1, more=""))
    assert found["secrets"].state == "missing"
    assert "env:ANNA_LOGIN is not set" in found["secrets"].says
    assert "env:ANNA_PASSWORD is not set" in found["secrets"].says


def test_sites_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that does not answer is what monitoring is there to find: it does not keep it from starting."""
    monkeypatch.setenv("ANNA_LOGIN", "anna")
    monkeypatch.setenv("ANNA_PASSWORD", "Parol-2024!x")
    with socket.create_server(("127.0.0.1", 0)) as here, socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))
        opened, closed = here.getsockname()[1], gone.getsockname()[1]
        found = looked_at(TARGET.format(open=opened, closed=closed, more=""))
    answers = {name.rpartition("/")[2]: finding for name, finding in found.items() if name.startswith("target")}
    assert [finding.state for finding in answers.values()] == ["ok", "lacking", "lacking"]
    assert answers[f"127.0.0.1:{opened}"].says == "answers"
    assert answers[f"127.0.0.1:{closed}"].says == "Connection refused"
    assert "Parol-2024!x" not in str(found)


def test_sites_behind_a_proxy_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNA_LOGIN", "anna")
    monkeypatch.setenv("ANNA_PASSWORD", "Parol-2024!x")
    found = looked_at(TARGET.format(open=1, closed=2, more='proxy = "http://127.0.0.1:3128"'))
    says = {finding.says for name, finding in found.items() if name.startswith("target")}
    assert says == {"through a proxy, not tried"}


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of this test's own, and a Python whose Playwright has no build for this machine."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr("sys.executable", str(program(folder / "python", "#!/bin/sh\nexit 1\n")))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return folder


def test_playwrights_browser_is_installed_first(tools: Path) -> None:
    program(tools / "python", f'#!/bin/sh\necho "$@" > {tools}/said\n')
    assert install_browser() == "Playwright's chromium-headless-shell"
    assert (tools / "said").read_text() == "-m playwright install chromium-headless-shell\n"


def test_debians_package_is_the_next_and_comes_with_fonts(tools: Path) -> None:
    program(tools / "apt-get", f'#!/bin/sh\necho "$@" >> {tools}/said\n')
    assert install_browser() == "Debian's chromium-headless-shell"
    assert (tools / "said").read_text() == (
        "install -y --no-install-recommends chromium-headless-shell fonts-dejavu-core\n"
    )


def test_a_fresh_machine_gets_its_package_lists_first(tools: Path) -> None:
    lists = tools / "lists"
    program(tools / "apt-get", f'#!/bin/sh\n[ "$1" = update ] && : > {lists} && exit 0\n[ -e {lists} ]\n')
    assert install_browser() == "Debian's chromium-headless-shell"
    assert lists.exists()


def test_what_apt_says_is_passed_on(tools: Path) -> None:
    program(tools / "apt-get", "#!/bin/sh\necho 'E: Unable to locate package' >&2\nexit 100\n")
    with pytest.raises(BrowserMissing, match=r"^apt-get install chromium-headless-shell failed: E: Unable to locate"):
        install_browser()


def test_where_nothing_can_be_installed_the_remedy_is_named(tools: Path) -> None:
    with pytest.raises(
        BrowserMissing, match=r"have an administrator install .*, or name a Chromium in monitor\.browser"
    ):
        install_browser()


def test_without_sudo_an_administrator_is_needed(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tools / "apt-get", f"#!/bin/sh\n: > {tools}/called\n")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(BrowserMissing, match="have an administrator install"):
        install_browser()
    assert not (tools / "called").exists()
