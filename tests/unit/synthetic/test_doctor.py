import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from journeys.catalogue import JOURNEYS
from synthetic.browser import BrowserMissing, SandboxForbidden, find_browser
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
url = "http://127.0.0.1/codes"
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
    return {finding.what: finding for finding in examine(load(journeys=JOURNEYS), start=lambda *_, **__: None)}


def test_a_fine_machine() -> None:
    found = looked_at()
    assert {name: finding.state for name, finding in found.items() if name != "report"} == dict.fromkeys(
        ("python", "browser", "results", "state", "evidence", "history", "secrets", "target embedded"), "ok"
    )
    assert found["browser"].says == f"{Path.cwd()}/browser (Chromium 142.0.7444.175)"
    assert found["report"].state in {"ok", "lacking"}


def test_what_is_not_scheduled_is_only_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    """`run` can use it, so it is looked at; the schedule can do without."""
    with socket.create_server(("127.0.0.1", 0)) as open_one, socket.create_server(("127.0.0.1", 0)) as other:
        closed = other.getsockname()[1]
        other.close()
        settings, _, _ = TARGET.format(open=open_one.getsockname()[1], closed=closed, more="").partition("[[schedule]]")
        found = looked_at(settings)
        assert (found["persona anna"].state, found["secrets"].state) == ("lacking", "ok")
        assert "personas.anna.login: env:ANNA_LOGIN is not set" in found["persona anna"].says
        states = {name: finding.state for name, finding in found.items() if name.startswith("target stage")}
        assert sorted(states.values()) == ["lacking", "lacking", "ok"]
        monkeypatch.setenv("ANNA_LOGIN", "+79000001011")
        monkeypatch.setenv("ANNA_PASSWORD", "Parol-2024!x")
        assert looked_at(settings)["persona anna"].state == "ok"


def test_evidence_that_cannot_be_written() -> None:
    Path(".nmo-monitor").mkdir()
    Path(".nmo-monitor/artifacts").write_text("a file in its place")
    assert looked_at()["evidence"].state == "missing"


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


def test_a_browser_that_lacks_libraries() -> None:
    text = "#!/bin/sh\necho 'error while loading shared libraries: libnss3.so: cannot open' >&2\nexit 127\n"
    browser = looked_at(browser=text)["browser"]
    assert browser.state == "missing"
    assert "libnss3.so" in browser.says
    assert "nmo-monitor doctor --install" in browser.says


def test_a_browser_that_fails_without_a_word() -> None:
    browser = looked_at(browser="#!/bin/sh\nexit 1\n")["browser"]
    assert (browser.state, "does not run: exit code 1" in browser.says) == ("missing", True)


def test_a_browser_is_started_as_the_monitor_will() -> None:
    seen = []

    def start(browser: Path, **how: bool) -> None:
        seen.append((browser.name, how))
        raise SandboxForbidden

    program(Path("browser"), CHROME)
    Path("nmo-monitor.toml").write_text('[monitor]\nbrowser = "browser"\nsandbox = false')
    found = {finding.what: finding for finding in examine(load(journeys=JOURNEYS), start=start)}
    assert seen == [("browser", {"headed": False, "sandbox": False})]
    assert (found["browser"].state, "sandbox" in found["browser"].says) == ("missing", True)


def test_folders_that_cannot_be_written() -> None:
    Path("file").touch()
    found = looked_at('results_dir = "file"\nstate_dir = "file/below"\n')
    assert (found["results"].state, found["state"].state) == ("missing", "missing")
    assert found["results"].says.startswith("monitor.results_dir: cannot write to file")
    assert found["state"].says.startswith("monitor.state_dir: cannot write to file/below")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("env:NOPE", "nmo-monitor.toml: history.url: env:NOPE is not set"),
        ("sqlite:////nowhere/at/all/h.sqlite", "there is no folder /nowhere/at/all"),
        ("postgresql://monitor@127.0.0.1:1/history", "connection failed"),
    ],
)
def test_a_history_that_cannot_be_used_is_lacking(url: str, says: str) -> None:
    found = looked_at(f'[history]\nurl = "{url}"\n')["history"]
    assert found.state == "lacking"
    assert says in found.says


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


def test_a_device_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNA_LOGIN", "anna")
    monkeypatch.setenv("ANNA_PASSWORD", "Parol-2024!x")
    text = TARGET.format(open=1, closed=2, more='proxy = "http://127.0.0.1:3128"\ndevice = "Pixle 7"')
    with ThreadPoolExecutor(1) as aside:  # one driver a thread, and a session of tests may have one
        found = aside.submit(looked_at, text).result()["target stage device"]
    assert found.state == "missing"
    assert '"Pixle 7": must be a device of Playwright; did you mean' in found.says


SHELL = "browsers/chromium_headless_shell-1/linux/headless_shell"


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of this test's own, with fonts, and a Python whose Playwright has no build for this machine."""
    folder = tmp_path / "tools"
    folder.mkdir()
    (folder / "sh").symlink_to("/bin/sh")
    program(folder / "python", "#!/bin/sh\necho 'no build for this system' >&2\nexit 1\n")
    program(folder / "fc-list", "#!/bin/sh\necho DejaVu\n")
    (tmp_path / SHELL).parent.mkdir(parents=True)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
    monkeypatch.setattr("sys.executable", str(folder / "python"))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return folder


def playwright(tools: Path, *, works_after: str) -> None:
    """Brings a build with ``install``, which runs once ``works_after`` was called, and is gone after ``uninstall``."""
    shell = tools.parent / SHELL
    broken = "printf '#!/bin/sh\\nexit 127\\n'"
    whole = "printf '#!/bin/sh\\necho Chromium 142\\n'"
    program(
        tools / "python",
        f"""#!/bin/sh
echo "playwright $3" >> {tools}/said
[ "$3" = install ] && {broken} > {shell} && /bin/chmod 755 {shell}
[ "$3" = {works_after} ] && {whole} > {shell}
[ "$3" = uninstall ] && /bin/rm {shell}
exit 0
""",
    )


def packages(tools: Path, *works: str, then: str = ":") -> None:
    """An apt-get whose packages all install, of which those in ``works`` bring a browser that runs."""
    cases = "".join(
        f"{name}) printf '#!/bin/sh\\nexit {int(name not in works)}\\n' > {tools}/{name}\n"
        f"/bin/chmod 755 {tools}/{name};;\n"
        for name in ("chromium-headless-shell", "chromium")
    )
    program(
        tools / "apt-get",
        f"""#!/bin/sh
echo "$@" >> {tools}/said
{then}
case "$4" in
{cases}esac
""",
    )


def said(tools: Path) -> list[str]:
    return (tools / "said").read_text().splitlines()


def test_playwrights_browser_is_installed_first(tools: Path) -> None:
    playwright(tools, works_after="install")
    assert install_browser() == "Playwright's chromium-headless-shell"
    assert said(tools) == ["playwright install"]


def test_a_build_that_lacks_libraries_gets_them(tools: Path) -> None:
    """`playwright install` succeeds on a machine where nothing that it brings can run."""
    playwright(tools, works_after="install-deps")
    assert install_browser() == "Playwright's chromium-headless-shell and the libraries it needs"
    assert said(tools) == ["playwright install", "playwright install-deps"]


def test_a_build_that_never_runs_gives_way_to_a_package(tools: Path) -> None:
    playwright(tools, works_after="never")
    packages(tools, "chromium-headless-shell")
    assert install_browser() == "the system's chromium-headless-shell"
    assert not (tools.parent / SHELL).exists()
    assert find_browser() == tools / "chromium-headless-shell"


def test_the_systems_package_is_the_next(tools: Path) -> None:
    packages(tools, "chromium-headless-shell", "chromium")
    assert install_browser() == "the system's chromium-headless-shell"
    assert said(tools)[0] == "install -y --no-install-recommends chromium-headless-shell"
    assert not (tools / "chromium").exists()


def test_a_package_that_is_not_there_or_does_not_run_is_passed_over(tools: Path) -> None:
    packages(tools, "chromium")
    assert install_browser() == "the system's chromium"


def test_packages_that_do_not_run_are_no_browser(tools: Path) -> None:
    """As Ubuntu's, which point to a snap."""
    packages(tools)
    with pytest.raises(BrowserMissing, match=r"apt-get install chromium: installed, but does not run\): have an admin"):
        install_browser()


@pytest.mark.parametrize("listed", [None, "exit 0", "echo DejaVu"])
def test_fonts_come_where_there_are_none(tools: Path, listed: str | None) -> None:
    packages(tools, "chromium-headless-shell")
    (tools / "fc-list").unlink()
    if listed:
        program(tools / "fc-list", f"#!/bin/sh\n{listed}\n")
    install_browser()
    fonts = [line for line in said(tools) if "fonts-dejavu-core" in line]
    assert len(fonts) == (listed != "echo DejaVu")


def test_fonts_that_cannot_be_had_are_done_without(tools: Path) -> None:
    (tools / "fc-list").unlink()
    packages(tools, "chromium", then='[ "$4" = fonts-dejavu-core ] && exit 100')
    assert install_browser() == "the system's chromium"


def test_a_fresh_machine_gets_its_package_lists(tools: Path) -> None:
    lists = tools / "lists"
    then = f'[ "$1" = update ] && : > {lists} && exit 0\n[ -e {lists} ] || exit 100'
    packages(tools, "chromium-headless-shell", then=then)
    assert install_browser() == "the system's chromium-headless-shell"
    assert said(tools).count("update") == 1


def test_what_apt_says_is_passed_on(tools: Path) -> None:
    program(tools / "apt-get", "#!/bin/sh\necho 'E: Unable to locate package' >&2\nexit 100\n")
    with pytest.raises(BrowserMissing, match=r"\(apt-get install chromium: E: Unable to locate package\)"):
        install_browser()


def test_where_nothing_can_be_installed_the_remedy_is_named(tools: Path) -> None:
    with pytest.raises(BrowserMissing, match=r"\(no build for this system\): have an .*monitor\.browser$"):
        install_browser()


def test_without_sudo_an_administrator_is_needed(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tools / "apt-get", f"#!/bin/sh\n: > {tools}/called\n")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(BrowserMissing, match="have an administrator install"):
        install_browser()
    assert not (tools / "called").exists()
