"""Who may import whom, where third-party packages live, and what no file of the repository may hold."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("pages", "journeys", "exporters", "synthetic", "staging")

ARROWS = {
    "pages": {"pages"},
    "journeys": {"journeys", "pages"},
    "exporters": {"exporters", "journeys"},
    "synthetic": {"synthetic", "exporters", "journeys", "pages"},
    "staging": {"staging"},
}
"""Folder -> the folders of ours that it may import."""

EXCEPTIONS = {("synthetic/cli/options.py", "staging"), ("synthetic/cli/service.py", "staging")}

HOMES = {
    "playwright": (
        "pages/*",
        "journeys/visit.py",
        "synthetic/browser.py",
        "synthetic/recorder.py",
        "synthetic/evidence.py",
        "synthetic/worker_process.py",
    ),
    "apscheduler": ("synthetic/schedule.py", "synthetic/trigger.py"),
    "prometheus_client": ("exporters/prometheus.py", "synthetic/serve.py", "synthetic/endpoint.py"),
    "allure_commons": ("exporters/allure*.py",),
    "allure": ("exporters/allure*.py",),
    "sqlalchemy": ("synthetic/history/*",),
    "alembic": ("synthetic/history/*",),
    "typer": ("synthetic/cli/*",),
    "pytest": (),
}
"""Third-party package -> the only files that may import it."""

DOWNLOADS = re.compile(
    # In halves, so that this file does not name them itself.
    "|".join(
        re.escape("".join(halves))
        for halves in (
            ("py", "pi.org"),
            ("python", "hosted.org"),
            ("npm", "js.org"),
            ("npm", "js.com"),
            ("yarn", "pkg.com"),
            ("cdn.play", "wright.dev"),
            ("play", "wright.download"),
            ("play", "wright.azureedge.net"),
            ("storage.google", "apis.com"),
            ("dl.goo", "gle.com"),
            ("deb.deb", "ian.org"),
            ("archive.ubu", "ntu.com"),
            ("raw.github", "usercontent.com"),
            ("node", "js.org/dist"),
            ("js", "delivr.net"),
            ("un", "pkg.com"),
        )
    )
    + r"|github\.com/[\w./-]+/(?:releases/download|archive)/"
)
MACHINE_PATHS = re.compile(r"(?<![\w.*-])/(?:work|root|Users/\w+|home/\w+|mnt/\w+)/[\w.]|\b[A-Z]:\\Users\b")


def modules() -> list[Path]:
    return [module for folder in PRODUCT for module in sorted((ROOT / folder).rglob("*.py"))]


def name_of(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def imported(module: Path) -> Iterator[str]:
    """Full names of everything that a module imports, wherever in it; relative imports made absolute."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            own = list(module.relative_to(ROOT).parts[: -node.level]) if node.level else []
            yield ".".join([*own, node.module or ""])


def by_name(path: Path) -> str:
    return name_of(path)


def tracked() -> list[Path]:
    """Files that are, or are about to be, in the repository."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    if not shutil.which("git"):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no git on PATH")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("module", modules(), ids=by_name)
def test_imports_follow_the_arrows(module: Path) -> None:
    name = name_of(module)
    allowed = ARROWS[name.partition("/")[0]]
    ours = {top for full in imported(module) if (top := full.partition(".")[0]) in {*PRODUCT, "tests", "benchmarks"}}
    assert {top for top in ours - allowed if (name, top) not in EXCEPTIONS} == set()


@pytest.mark.parametrize("module", modules(), ids=by_name)
def test_third_party_packages_stay_home(module: Path) -> None:
    name = name_of(module)
    strangers = {
        top
        for full in imported(module)
        if (top := full.partition(".")[0]) in HOMES and not any(fnmatch(name, home) for home in HOMES[top])
    }
    assert strangers == set()


def test_the_homes_are_lived_in() -> None:
    """A renamed file would leave its rule without effect."""
    files = [name_of(module) for module in modules()]
    homes = [home for places in HOMES.values() for home in places]
    assert [home for home in homes if not any(fnmatch(file, home) for file in files)] == []


def test_a_module_is_named_for_a_noun() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
    sources = [*modules(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    named = {part for source in sources for part in source.relative_to(ROOT).with_suffix("").parts}
    assert named & vague == set()


def test_every_package_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = project["tool"]["setuptools"]["packages"]
    found = {".".join(module.parent.relative_to(ROOT).parts) for module in modules()}
    assert set(listed) == found
    assert len(listed) == len(found)


def test_every_third_party_package_is_declared() -> None:
    """A package that only comes along with another one may leave with it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[^\w.-]", line)[0].lower().replace("-", "_") for line in project["dependencies"]}
    distribution = {"stdnum": "python_stdnum", "allure_commons": "allure_pytest", "pydantic_core": "pydantic"}
    used = {full.partition(".")[0] for module in modules() for full in imported(module)}
    theirs = used - set(PRODUCT) - sys.stdlib_module_names
    assert {distribution.get(name, name) for name in theirs} - declared == set()


@pytest.mark.parametrize(
    ("what", "pattern"), [("download host", DOWNLOADS), ("machine path", MACHINE_PATHS)], ids=["host", "path"]
)
def test_no_file_names_a(what: str, pattern: re.Pattern[str]) -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        found += [f"{name_of(path)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == [], what


# Put together from pieces, so that this file passes its own test.
@pytest.mark.parametrize(
    ("host", "rest"),
    [("pypi", ".org/simple"), ("registry.npm", "js.org"), ("github", ".com/a/b/releases/download/v1/x.tgz")],
)
def test_a_download_host_is_recognised(host: str, rest: str) -> None:
    assert DOWNLOADS.search(f"get https://{host}{rest}")


@pytest.mark.parametrize("parts", ["work x", "home anna x", "root .cache", "Users anna x"])
def test_a_machine_path_is_recognised(parts: str) -> None:
    path = "".join(f"/{part}" for part in parts.split())
    assert MACHINE_PATHS.search(f"open {path}")
    assert not MACHINE_PATHS.search(f"open https://nmo.example{path}")
