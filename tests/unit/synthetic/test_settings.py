import os
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from journeys.catalogue import JOURNEYS
from journeys.journey import Journey, Step
from journeys.persona import AccountState
from journeys.system import System
from journeys.target import InboxAddress
from synthetic.settings import (
    InvalidSettings,
    MissingSecret,
    Scheduled,
    Settings,
    SettingsError,
    UnknownName,
    UnreadableFile,
    load,
)
from synthetic.settings.cron import shortest_gap_s

EXAMPLE = Path(__file__).parents[3] / "docs" / "nmo-monitor.example.toml"


def journey(name: str, *, states: tuple[AccountState, ...] = ("returning",)) -> Journey:
    steps = tuple(Step(label, System.NMO, 10, act=lambda visit: None) for label in ("open it", "leave it"))
    return Journey(name, name, (), steps, budget_s=30, interval_s=60, states=states)


KNOWN = (journey("sign-in"), journey("via-gosuslugi"), journey("first-visit", states=("first-visit",)))
MORE = (
    *KNOWN,
    replace(journey("outcome"), on_schedule=False),
    replace(journey("contact-update"), channels=("sms", "email")),
)
BURNING = (*KNOWN, replace(journey("sign-in-refused"), own_account=True))

STAGE = """
[targets.stage]
nmo = "https://nmo.example"
gosuslugi = "https://gos.example"
esia = "https://esia.example"
"""
SMS = '[targets.stage.inboxes.sms]\nkind = "http"\nurl = "https://sms.example/codes"\n'
SMS_BY_PHONE = SMS.replace("codes", "{address}")
ANNA = '[personas.anna]\nlogin = "env:ANNA_LOGIN"\npassword = "file:/nowhere/anna"\n'
ENTRY = '[[schedule]]\njourney = "sign-in"\npersona = "anna"\ntarget = "stage"\n'


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("NMO_")]:
        monkeypatch.delenv(name)


def read(
    text: str, overrides: dict[str, dict[str, object]] | None = None, journeys: tuple[Journey, ...] = KNOWN
) -> Settings:
    Path("nmo-monitor.toml").write_text(text, encoding="utf-8")
    return load(journeys=journeys, overrides=overrides)


BAD = {
    "unknown key": ("[monitor]\nworkrs = 2", "monitor.workrs: unknown key; did you mean workers?"),
    "unknown section": ("[monitr]\nport = 1", "monitr: unknown key; did you mean monitor?"),
    "unknown key unlike any": (
        "[targets.stage.inboxes.sms]\nkind = 'imap'\nurl = 'imaps://mail.example'\nzzzz = 'hunter2'" + STAGE,
        "targets.stage.inboxes.sms.zzzz: unknown key; known: kind, url, token, user, password, pattern",
    ),
    "unknown key in a target named like a key": (
        STAGE.replace("stage", "nmo") + "prox = 'http://proxy.example'",
        "targets.nmo.prox: unknown key; did you mean proxy?",
    ),
    "unknown key in a list": (
        "[[schedule]]\njourney = 'sign-in'\npersona = 'doctor'\ninterval = 90",
        "schedule[1].interval: unknown key; did you mean interval_s?",
    ),
    "a history of an unknown kind": (
        "[history]\nurl = 'mysql://host/database'",
        'history.url = "mysql://host/database": must be sqlite:///FILE or postgresql://USER@HOST/DATABASE',
    ),
    "a history in no file": (
        "[history]\nurl = 'sqlite:///:memory:'",
        'history.url = "sqlite:///:memory:": must be sqlite:///FILE or postgresql://USER@HOST/DATABASE',
    ),
    "a history with a query": (
        "[history]\nurl = 'sqlite:////tmp/x.db?timeout=abc'",
        "history.url: must be sqlite:///FILE or postgresql://USER@HOST/DATABASE",
    ),
    "a history's password in the file": (
        "[history]\nurl = 'postgresql://monitor:hunter2@host/database'",
        'history.url: must not hold a password or a query; write a reference to the URL: "env:NAME" or "file:/path"',
    ),
    "nothing kept": ("[history]\nkeep_runs = 0", "history.keep_runs = 0: must be at least 1"),
    "not a number": ("[monitor]\nport = 'http'", 'monitor.port = "http": must be a whole number'),
    "a flag for a number": ("[monitor]\nworkers = true", "monitor.workers = true: must be a whole number"),
    "not whole": ("[monitor]\nworkers = 1.5", "monitor.workers = 1.5: must be a whole number"),
    "too small": ("[monitor]\nworkers = 0", "monitor.workers = 0: must be at least 1"),
    "too large": ("[monitor]\nport = 70000", "monitor.port = 70000: must be at most 65535"),
    "not a flag": ("[monitor]\nheaded = 'maybe'", 'monitor.headed = "maybe": must be true or false'),
    "not text": ("[monitor]\nresults_dir = 5", "monitor.results_dir = 5: must be text in quotes"),
    "not finite": (
        "[journeys.sign-in]\nbudget_s = inf",
        "journeys.sign-in.budget_s = Infinity: must be at most 2592000",
    ),
    "not a table": ("monitor = 3", "monitor = 3: must be a table"),
    "not a list": (
        "[schedule]\njourney = 'sign-in'",
        "schedule: must be a list: write [[schedule]] with two brackets",
    ),
    "not a label": (
        "[monitor]\nlocation = 'Москва'",
        'monitor.location = "Москва": must be lower-case Latin letters, digits and hyphens',
    ),
    "a name with spaces": (
        STAGE.replace("stage", "'My Stage'"),
        'targets."My Stage": a name must be lower-case Latin letters, digits and hyphens',
    ),
    "no such browser": (
        "[monitor]\nbrowser = '/nowhere/chromium'",
        'monitor.browser = "/nowhere/chromium": must be the path of a browser, or empty for the one that is '
        "found: no such file",
    ),
    "missing": (STAGE.replace('esia = "https://esia.example"', ""), "targets.stage.esia: missing"),
    "missing secret key": (
        "[personas.anna]\nlogin = 'env:ANNA'",
        'personas.anna.password: missing; write "env:NAME" or "file:/path"',
    ),
    "a URL with a path": (
        STAGE.replace("https://nmo.example", "https://nmo.example/cabinet"),
        'targets.stage.nmo = "https://nmo.example/cabinet": must be scheme, host and port only, such as '
        '"https://nmo.example"',
    ),
    "no URL": (
        STAGE.replace("https://nmo.example", "nmo.example"),
        'targets.stage.nmo = "nmo.example": must be scheme, host and port only, such as "https://nmo.example"',
    ),
    "the embedded target": (
        STAGE.replace("stage", "embedded"),
        "targets.embedded: this name means the embedded staging; choose another name",
    ),
    "nothing to watch": (
        "schedule = []",
        "schedule: must have an entry; leave it out to watch the embedded staging",
    ),
    "kept for ever": ("[monitor]\nkeep_days = 400000000", "monitor.keep_days = 400000000: must be at most 3650"),
    "too many workers": ("[monitor]\nworkers = 101", "monitor.workers = 101: must be at most 100"),
    "an interval beyond all clocks": (
        "[[schedule]]\njourney='sign-in'\npersona='doctor'\ninterval_s=1e300",
        "schedule[1].interval_s = 1e+300: must be at most 2592000",
    ),
    "cron backwards": (
        "[[schedule]]\njourney='sign-in'\npersona='doctor'\ncron='0 9 * * sun-mon'",
        "schedule[1].cron = \"0 9 * * sun-mon\": must be a cron expression: weekday 'sun-mon' runs backwards; weeks "
        "begin on Monday: write single days, sun,mon",
    ),
    "cron that never fires": (
        "[[schedule]]\njourney='sign-in'\npersona='doctor'\ncron='0 0 31 2 *'",
        'schedule[1].cron = "0 0 31 2 *": must be a cron expression: there is no such day in the next nine years',
    ),
    "a code awaited beyond the end": (
        STAGE + "code_timeout_s = 3000\n" + SMS + ANNA + ENTRY,
        "targets.stage.code_timeout_s = 3000.0: must be less than the 40 s after which a run of sign-in is cut off",
    ),
    "a token without TLS": (
        STAGE + SMS.replace("https:", "http:") + 'token = "env:T"',
        "targets.stage.inboxes.sms: url must be https://…: without TLS a token or password may go to this machine only",
    ),
    "a host with a scheme": (
        STAGE + "[targets.stage.hosts]\nesia = ['https://static.example']",
        'targets.stage.hosts.esia[1] = "https://static.example": must be a host without scheme and port, such as '
        '"static.nmo.example"',
    ),
    "a host of two sites": (
        STAGE + "[targets.stage.hosts]\nnmo = ['CDN.example']\nesia = ['cdn.example']",
        "targets.stage.hosts.esia: cdn.example is already one of nmo",
    ),
    "hosts of no site": (
        STAGE + "[targets.stage.hosts]\nesai = ['cdn.example']",
        "targets.stage.hosts.esai: unknown key; did you mean esia?",
    ),
    "unknown inbox kind": (
        STAGE + SMS.replace('"http"', '"htp"'),
        "targets.stage.inboxes.sms.kind = \"htp\": must be 'outbox', 'http' or 'imap'",
    ),
    "IMAP without TLS": (
        STAGE + '[targets.stage.inboxes.email]\nkind="imap"\nurl="imap://mail.example"\nuser="u"\npassword="env:P"',
        "targets.stage.inboxes.email: url must be imaps://…: without TLS only this machine is allowed",
    ),
    "IMAP without a login": (
        STAGE + '[targets.stage.inboxes.email]\nkind="imap"\nurl="imaps://mail.example"',
        "targets.stage.inboxes.email: kind imap needs the keys user and password",
    ),
    "a URL of another kind": (
        STAGE + SMS.replace("https:", "imaps:"),
        "targets.stage.inboxes.sms: url must be https://host:port/… for kind http",
    ),
    "a bad pattern": (
        STAGE + SMS + "pattern = '('",
        'targets.stage.inboxes.sms.pattern = "(": must be a regular expression: missing ), unterminated '
        "subpattern at position 0",
    ),
    "TOTP without its secret": (
        ANNA + 'factor = "totp"',
        'personas.anna: factor = "totp" needs the key totp_secret',
    ),
    "a role that is none of the six": (
        ANNA + 'role = "docter"',
        "personas.anna.role = \"docter\": must be 'doctor', 'nurse', 'resident', 'teacher', 'head' or 'hr'",
    ),
    "unknown journey section": (
        "[journeys.sing-in]\nbudget_s = 40",
        'journeys.sing-in: no such journey; did you mean "sign-in"?',
    ),
    "unknown step": (
        "[journeys.sign-in]\nsteps = {'open' = 5}",
        'journeys.sign-in.steps.open: no such step; did you mean "open it"?',
    ),
    "no error budget": (
        "[journeys.sign-in]\nobjective = 1",
        "journeys.sign-in.objective = 1: must be less than 1",
    ),
    "steps over the budget": (
        "[journeys.sign-in]\nsteps = {'open it' = 25}",
        "journeys.sign-in.steps: the budgets of its steps add up to 35 s; must be at most budget_s = 30",
    ),
    "a budget below the steps": (
        "[journeys.sign-in]\nbudget_s = 15\nsteps = {'open it' = 12}",
        "journeys.sign-in.budget_s = 15.0: the budgets of its steps add up to 22 s; must be at least that",
    ),
    "an interval below the budget": (
        "[journeys.sign-in]\ninterval_s = 20",
        "journeys.sign-in.interval_s = 20.0: must be more than budget_s = 30",
    ),
    "a budget over an interval that is set as well": (
        "[journeys.sign-in]\nbudget_s = 45\ninterval_s = 40",
        "journeys.sign-in.budget_s = 45.0: must be less than interval_s = 40",
    ),
    "budget over the interval": (
        "[journeys.sign-in]\nbudget_s = 60",
        "journeys.sign-in.budget_s = 60.0: must be less than interval_s = 60",
    ),
    "unknown scheduled journey": (
        "[[schedule]]\njourney = 'sign-on'\npersona = 'doctor'",
        'schedule[1].journey = "sign-on": no such journey; did you mean "sign-in"?',
    ),
    "unknown embedded persona": (
        "[[schedule]]\njourney = 'sign-in'\npersona = 'docter'",
        'schedule[1].persona = "docter": no such persona on embedded; did you mean "doctor"?',
    ),
    "unknown persona": (
        STAGE + ANNA + ENTRY.replace("anna", "ana"),
        'schedule[1].persona = "ana": no such persona; did you mean "anna"?',
    ),
    "unknown target": (
        STAGE + ANNA + ENTRY.replace("stage", "sage"),
        'schedule[1].target = "sage": no such target; did you mean "stage"?',
    ),
    "nothing near": (
        "[[schedule]]\njourney = 'xyz'\npersona = 'doctor'",
        'schedule[1].journey = "xyz": no such journey; known: first-visit, sign-in, via-gosuslugi',
    ),
    "scheduled twice": (
        "[[schedule]]\njourney='sign-in'\npersona='doctor'\n" * 2,
        "schedule[2]: sign-in by doctor on embedded is already schedule[1]",
    ),
    "interval and cron": (
        "[[schedule]]\njourney='sign-in'\npersona='doctor'\ninterval_s=90\ncron='0 * * * *'",
        "schedule[1]: must have interval_s or cron, not both",
    ),
    "no cron": (
        "[[schedule]]\njourney='sign-in'\npersona='doctor'\ncron='0 * * *'",
        'schedule[1].cron = "0 * * *": must be a cron expression: five fields are needed '
        "(minute hour day month weekday), not 4",
    ),
    "an interval within the budget": (
        "[[schedule]]\njourney='sign-in'\npersona='doctor'\ninterval_s=30",
        "schedule[1].interval_s = 30.0: must leave more than the budget of sign-in, 30 s",
    ),
    "a jitter beyond the interval": (
        "[[schedule]]\njourney='sign-in'\npersona='doctor'\njitter_s=30",
        "schedule[1].jitter_s = 30.0: must with the budget of sign-in, 30 s, be less than interval_s = 60",
    ),
    "cron within the budget": (
        "[journeys.sign-in]\nbudget_s=70\ninterval_s=90\n"
        "[[schedule]]\njourney='sign-in'\npersona='doctor'\ncron='* * * * *'",
        'schedule[1].cron = "* * * * *": must leave more than the budget of sign-in, 70 s (a run every 60 s)',
    ),
    "an account in the wrong state": (
        STAGE + SMS + ANNA + ENTRY.replace("sign-in", "first-visit"),
        'schedule[1].persona = "anna": its account is returning; first-visit needs one that is first-visit',
    ),
    "a journey that only follows up": (
        STAGE + SMS + ANNA + ENTRY.replace("sign-in", "outcome"),
        'schedule[1].journey = "outcome": only follows up another journey; `serve` walks it when it is due',
    ),
    "nowhere for the code by e-mail to arrive": (
        STAGE + SMS + ANNA + 'email = "env:ANNA_EMAIL"\n' + ENTRY.replace("sign-in", "contact-update"),
        'schedule[1].target = "stage": anna is sent a code by e-mail; add [targets.stage.inboxes.email]',
    ),
    "nobody's phone for the code to be found by": (
        STAGE + SMS_BY_PHONE + ANNA + ENTRY,
        'schedule[1].target = "stage": anna has no phone, by which [targets.stage.inboxes.sms] finds codes',
    ),
    "nowhere for the code to arrive": (
        STAGE + ANNA + ENTRY,
        'schedule[1].target = "stage": anna is sent a code by SMS; add [targets.stage.inboxes.sms]',
    ),
}


@pytest.mark.parametrize(("text", "complaint"), BAD.values(), ids=BAD)
def test_a_mistake_is_one_line_with_file_key_value_and_what_would_be_right(text: str, complaint: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        read(text, journeys=MORE if "outcome" in text or "contact-update" in text else KNOWN)
    assert str(caught.value) == f"nmo-monitor.toml: {complaint}"


def test_who_has_no_email_is_sent_no_code_there() -> None:
    entry = ENTRY.replace("sign-in", "contact-update")
    assert read(STAGE + SMS + ANNA + entry, journeys=MORE).schedule[0].persona == "anna"


def test_an_account_is_told_by_its_login_and_the_embedded_staging_has_its_own() -> None:
    clara = ANNA.replace("anna]", "clara]")
    text = STAGE + SMS + ANNA + clara + ENTRY + ENTRY.replace("sign-in", "sign-in-refused").replace("anna", "clara")
    Path("nmo-monitor.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidSettings, match="and clara walks sign-in as well"):
        load(journeys=BURNING)
    embedded = "[[schedule]]\njourney='{}'\npersona='doctor'\n"
    Path("nmo-monitor.toml").write_text(embedded.format("sign-in-refused") + embedded.format("sign-in"), "utf-8")
    with pytest.raises(InvalidSettings, match="and doctor walks sign-in as well"):
        load(journeys=BURNING)


@pytest.mark.parametrize("order", [("sign-in", "sign-in-refused"), ("sign-in-refused", "sign-in")])
def test_an_account_that_may_be_locked_is_walked_by_one_journey_alone(order: tuple[str, str]) -> None:
    entries = [ENTRY.replace("sign-in", name) for name in order]
    other = ENTRY.replace("sign-in", "via-gosuslugi").replace("anna", "boris")
    Path("nmo-monitor.toml").write_text(
        STAGE + SMS + ANNA + ANNA.replace("anna", "boris").replace("ANNA", "BORIS") + "".join(entries) + other,
        encoding="utf-8",
    )
    with pytest.raises(InvalidSettings) as caught:
        load(journeys=BURNING)
    assert str(caught.value) == (
        'nmo-monitor.toml: schedule[2].persona = "anna": sign-in-refused needs an account that nobody else uses, and '
        "anna walks sign-in as well"
    )


PLAIN_SECRETS = {
    "password": ANNA.replace("file:/nowhere/anna", "hunter2"),
    "a number": ANNA.replace('"file:/nowhere/anna"', "4815162342"),
    "a list": ANNA.replace('"file:/nowhere/anna"', '["hunter2"]'),
    "login": ANNA.replace("env:ANNA_LOGIN", "+79005550101"),
    "private": ANNA + 'private = ["500100732259"]',
    "token": STAGE + SMS + 'token = "hunter2"',
    "misspelt": ANNA + 'pasword = "hunter2"',
    "a whole persona": '[personas]\nanna = "hunter2"',
    "in a URL": STAGE + SMS.replace("https://sms", "https://u:hunter2@sms"),
    "in a site": STAGE.replace("https://nmo", "https://u:hunter2@nmo"),
    "without a user in a site": STAGE.replace("https://nmo", "https://:hunter2@nmo"),
    "without a user in a proxy": STAGE + 'proxy = "http://:hunter2@proxy.example"',
    "without a user in a URL": STAGE + SMS.replace("https://sms", "https://:hunter2@sms"),
    "in a proxy": STAGE + 'proxy = "http://u:hunter2@proxy.example"',
}


@pytest.mark.parametrize("text", PLAIN_SECRETS.values(), ids=PLAIN_SECRETS)
def test_a_plain_secret_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        read(text)
    assert len(caught.value.problems) == 1
    for secret in ("hunter2", "4815162342", "+79005550101", "500100732259"):
        assert secret not in repr(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("mistake", ["password", "a number", "a list"])
def test_a_plain_secret_is_told_what_to_write_instead(mistake: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        read(PLAIN_SECRETS[mistake])
    assert str(caught.value) == (
        'nmo-monitor.toml: personas.anna.password: must be a reference: write "env:NAME" or "file:/path" '
        "(the value is not shown)"
    )


def test_every_problem_has_its_line() -> None:
    with pytest.raises(InvalidSettings) as caught:
        read("[monitor]\nworkers = 0\nport = -1\nporto = 2")
    assert str(caught.value).splitlines() == [
        "nmo-monitor.toml: monitor.port = -1: must be at least 0",
        "nmo-monitor.toml: monitor.workers = 0: must be at least 1",
        "nmo-monitor.toml: monitor.porto: unknown key; did you mean port?",
    ]


UNREADABLE = {
    "malformed": (b"[monitor]\nport = \n", "line 2, column 8: not TOML: Invalid value"),
    "cut off": (b"[monitor", "end of document: not TOML: Expected ']' at the end of a table declaration"),
    "twice": (b"[monitor]\n[monitor]\n", "line 2, column 9: not TOML: Cannot declare ('monitor',) twice"),
    "not UTF-8": (b"[monitor]\nlocation = '\xcc\xf1\xea'\n", "byte 22: not UTF-8 text, which TOML must be"),
}


@pytest.mark.parametrize(("content", "complaint"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_not_toml_says_where(content: bytes, complaint: str) -> None:
    Path("mine.toml").write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        load(Path("mine.toml"), journeys=KNOWN)
    assert str(caught.value) == f"mine.toml: {complaint}"


def test_a_file_that_was_asked_for_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableFile, match=r"^mine\.toml: no such file; name a TOML file with --settings or NMO_"):
        load(Path("mine.toml"), journeys=KNOWN)
    Path("folder").mkdir()
    monkeypatch.setenv("NMO_SETTINGS", "folder")
    with pytest.raises(UnreadableFile, match=r"^folder: is not a file; "):
        load(journeys=KNOWN)


def test_without_a_file_the_embedded_staging_is_watched() -> None:
    settings = load(journeys=KNOWN)
    assert [(entry.journey, entry.persona, entry.interval_s) for entry in settings.schedule] == [
        ("sign-in", "doctor", 60),
        ("sign-in", "nurse", 60),
        ("via-gosuslugi", "services-doctor", 60),
        ("first-visit", "newcomer", 60),
        ("sign-in", "email-doctor", 900),
        ("sign-in", "inn-doctor", 900),
        ("sign-in", "snils-nurse", 900),
        ("sign-in", "employed-doctor", 900),
    ]
    assert {entry.target for entry in settings.schedule} == {"embedded"}
    settings.check_secrets()


def test_a_schedule_goes_by_interval_or_cron() -> None:
    texts = ("interval_s = 90\njitter_s = 9\n", "cron = '*/10 * * * *'\n", "")
    people = ("doctor", "nurse", "newcomer")
    entry = "[[schedule]]\njourney = 'sign-in'\npersona = '{}'\n{}"
    schedule = read("".join(map(entry.format, people, texts))).schedule
    assert schedule == (
        Scheduled("sign-in", "doctor", "embedded", 90, None, 90, jitter_s=9),
        Scheduled("sign-in", "nurse", "embedded", None, "*/10 * * * *", 600),
        Scheduled("sign-in", "newcomer", "embedded", 60, None, 60),
    )


def test_the_command_line_is_over_the_environment_over_the_file_over_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NMO_MONITOR__PORT", "2")
    monkeypatch.setenv("NMO_MONITOR__WORKERS", "2")
    monkeypatch.setenv("NMO_MONITOR__BROWSER", "")
    text = "[monitor]\nport = 1\nworkers = 1\nlocation = 'here'"
    monitor = read(text, overrides={"monitor": {"port": 3}}).monitor
    assert (monitor.port, monitor.workers, monitor.location, monitor.host) == (3, 2, "here", "127.0.0.1")
    assert monitor.browser is None


def test_the_environment_reaches_every_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NMO_TARGETS__STAGE__INBOXES__SMS__PATTERN", r"\d{5}")
    monkeypatch.setenv("NMO_JOURNEYS", '{"sign-in": {"steps": {"open it": 12}}}')
    monkeypatch.setenv("NMO_SCHEDULE", '[{"journey": "sign-in", "persona": "nurse"}]')
    settings = read(STAGE + SMS)
    assert settings.target("stage").inboxes["sms"].pattern == r"\d{5}"
    assert settings.journey("sign-in").steps[0].budget_s == 12
    assert settings.schedule == (Scheduled("sign-in", "nurse", "embedded", 60, None, 60),)


BAD_ENVIRONMENT = {
    "value": ("NMO_MONITOR__WORKERS", "none", 'environment NMO_MONITOR__WORKERS = "none": must be a whole number'),
    "key": ("NMO_MONITOR__WORKRS", "1", "environment NMO_MONITOR__WORKRS: unknown key; did you mean workers?"),
    "section": (
        "NMO_MONITR__WORKERS",
        "1",
        "environment NMO_MONITR__WORKERS: no such section; did you mean NMO_MONITOR__WORKERS?",
    ),
    "single underscore": (
        "NMO_MONITOR_WORKERS",
        "zzz",
        "environment NMO_MONITOR_WORKERS: no such setting; did you mean NMO_MONITOR__WORKERS?",
    ),
    "single underscore in a name": (
        "NMO_TARGETS_STAGE__PROXY",
        "zzz",
        "environment NMO_TARGETS_STAGE__PROXY: no such section; did you mean NMO_TARGETS__STAGE__PROXY?",
    ),
    "misspelt": ("NMO_SETTING", "f", "environment NMO_SETTING: no such setting; did you mean NMO_SETTINGS?"),
    "list": ("NMO_SCHEDULE", "[", 'environment NMO_SCHEDULE = "[": must be a list'),
    "json": ("NMO_TARGETS", "{", "environment NMO_TARGETS or NMO_TARGETS__…: must be JSON for a table or a list"),
}


@pytest.mark.parametrize(("name", "value", "complaint"), BAD_ENVIRONMENT.values(), ids=BAD_ENVIRONMENT)
def test_a_mistake_in_the_environment_names_the_variable(
    name: str, value: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings) as caught:
        read("[monitor]\nworkers = 1")
    assert str(caught.value) == complaint


def test_a_missing_key_is_asked_of_the_layer_that_has_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NMO_TARGETS__STAGE__NMO", "https://nmo.example")
    monkeypatch.setenv("NMO_TARGETS__STAGE__ESIA", "https://esia.example")
    with pytest.raises(InvalidSettings) as caught:
        read("[monitor]\nworkers = 1")
    assert str(caught.value) == "environment NMO_TARGETS__STAGE__GOSUSLUGI: missing"


def test_a_mistake_on_the_command_line_says_so() -> None:
    with pytest.raises(InvalidSettings) as caught:
        read("[monitor]\nworkers = 1", overrides={"monitor": {"workers": 0}})
    assert str(caught.value) == "command line: monitor.workers = 0: must be at least 1"


def test_a_variable_that_only_holds_a_secret_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NMO_DOCTOR_PASSWORD", "hunter2")
    assert load(journeys=KNOWN).personas == ()


def test_a_secret_may_be_called_like_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NMO_MONITOR_PASSWORD", "NMO_STAGE__TOKEN", "NMO_PERSONAS_ANNA_PHONE"):
        monkeypatch.setenv(name, "hunter2")
    text = (
        STAGE
        + SMS
        + 'token = "env:NMO_STAGE__TOKEN"\n'
        + ANNA.replace("file:/nowhere/anna", "env:NMO_MONITOR_PASSWORD")
    )
    with pytest.raises(InvalidSettings, match="NMO_PERSONAS_ANNA_PHONE: no such setting"):
        read(text)
    monkeypatch.setenv("NMO_PERSONAS", '{"anna": {"phone": "env:NMO_PERSONAS_ANNA_PHONE"}}')
    assert read(text).personas == ("anna",)


def test_what_marks_the_monitors_own_processes_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NMO_MONITOR_WORKER", "0123")
    load(journeys=KNOWN)


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        (
            "socks5://u:hunter2@proxy.example",
            "must be an http or https proxy: Chromium cannot sign in to a socks5 proxy",
        ),
        ("proxy.example:hunter2", "must be http://host:port, https://host:port or socks5://host:port"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_said_at_the_start(
    monkeypatch: pytest.MonkeyPatch, proxy: str, said: str
) -> None:
    monkeypatch.setenv("STAGE_PROXY", proxy)
    monkeypatch.setenv("ANNA_LOGIN", "anna")
    Path("password").write_text("Parol-2024!x")
    text = STAGE + 'proxy = "env:STAGE_PROXY"\n' + SMS + ANNA.replace("/nowhere/anna", "password") + ENTRY
    with pytest.raises(InvalidSettings) as caught:
        read(text).check_secrets()
    assert str(caught.value) == f"nmo-monitor.toml: targets.stage.proxy: env:STAGE_PROXY {said}"


def test_a_target_has_further_hosts() -> None:
    hosts = "[targets.stage.hosts]\nesia = ['static.esia.example', 'статика.рф']\n"
    target = read(STAGE + hosts).target("stage")
    assert target.hosts == {System.ESIA: ("static.esia.example", "статика.рф")}
    assert target.system_at("https://static.esia.example/a.js") is System.ESIA


def test_a_timeout_grows_with_the_budget_of_its_step() -> None:
    timed = read("[journeys.sign-in]\nbudget_s = 50\nsteps = {'leave it' = 15}").journey("sign-in")
    assert [(step.budget_s, step.timeout_s) for step in timed.steps] == [(10, 10), (15, 15)]


def test_a_target_comes_with_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE_TOKEN", "t0ken")
    monkeypatch.setenv("STAGE_PROXY", "http://u:p@proxy.example:3128")
    extra = 'proxy = "env:STAGE_PROXY"\ncode_timeout_s = 5\n'
    target = read(STAGE + extra + SMS + 'token = "env:STAGE_TOKEN"').target("stage")
    assert (target.name, target.nmo, target.code_timeout_s) == ("stage", "https://nmo.example", 5.0)
    assert target.proxy == SecretStr("http://u:p@proxy.example:3128")
    assert "u:p@" not in repr(target)
    assert target.inboxes == {
        "sms": InboxAddress("http", "https://sms.example/codes", token=SecretStr("t0ken")),
    }


def test_a_persona_comes_with_its_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNA_LOGIN", "anna")
    (tmp_path / "password").write_text("pass word \n", encoding="utf-8")
    (tmp_path / "inn").write_text("500100732259\n", encoding="utf-8")
    text = ANNA.replace("/nowhere/anna", str(tmp_path / "password"))
    persona = read(text + f'role = "nurse"\nprivate = ["file:{tmp_path}/inn"]').persona("anna")
    assert persona.secrets() == {"login": "anna", "password": "pass word ", "private-1": "500100732259"}
    assert (persona.name, persona.factor, persona.state, persona.role) == ("anna", "sms", "returning", "nurse")


def test_a_missing_secret_is_named_when_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    text = STAGE + SMS + 'token = "env:STAGE_TOKEN"\n' + ANNA + 'phone = "file:empty"\n' + ENTRY
    settings = read(text)
    monkeypatch.setenv("ANNA_LOGIN", "anna")
    with pytest.raises(MissingSecret) as caught:
        settings.check_secrets()
    assert str(caught.value).splitlines() == [
        "nmo-monitor.toml: personas.anna.password: file:/nowhere/anna cannot be read: No such file or directory",
        "nmo-monitor.toml: personas.anna.phone: file:empty is empty",
        "nmo-monitor.toml: targets.stage.inboxes.sms.token: env:STAGE_TOKEN is not set",
    ]


def test_a_secret_that_nothing_scheduled_needs_may_be_missing() -> None:
    read(STAGE + SMS + ANNA).check_secrets()


def test_a_journey_carries_what_was_set_for_it() -> None:
    text = "[journeys.sign-in]\nbudget_s = 40\ninterval_s = 90\nobjective = 0.95\nsteps = {'leave it' = 15}"
    settings = read(text)
    timed = settings.journey("sign-in")
    assert (timed.budget_s, timed.interval_s, timed.objective) == (40, 90, 0.95)
    assert [step.budget_s for step in timed.steps] == [10, 15]
    assert settings.journey("first-visit") == KNOWN[2]
    assert settings.schedule[0].interval_s == 90


def test_names_that_are_not_there_get_the_nearest() -> None:
    settings = read(STAGE + SMS + ANNA)
    with pytest.raises(UnknownName, match=r'^"sing-in": no such journey; did you mean "sign-in"\?$'):
        settings.journey("sing-in")
    with pytest.raises(UnknownName, match=r'^"stag": no such target; did you mean "stage"\?$'):
        settings.target("stag")
    with pytest.raises(UnknownName, match=r'^"boris": no such persona; known: anna$'):
        settings.persona("boris")
    with pytest.raises(UnknownName, match="once it has been started"):
        settings.target("embedded")


def test_every_error_is_a_settings_error() -> None:
    for error in (InvalidSettings, MissingSecret, UnknownName, UnreadableFile):
        assert issubclass(error, SettingsError)


def test_the_example_in_the_documentation_is_good() -> None:
    settings = load(EXAMPLE, journeys=JOURNEYS)
    assert [(entry.journey, entry.target) for entry in settings.schedule] == [
        ("sign-in", "embedded"),
        ("sign-in", "stage"),
        ("first-visit", "stage"),
    ]
    with pytest.raises(MissingSecret, match="env:DOCTOR_LOGIN is not set"):
        settings.check_secrets()


def test_the_default_schedule_fits_the_journeys_there_are() -> None:
    scheduled = {one.journey for one in load(journeys=JOURNEYS).schedule}
    assert scheduled == {journey.name for journey in JOURNEYS if journey.on_schedule}


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [
        ("* * * * *", 60),
        ("*/5 * * * *", 300),
        ("*/7 * * * *", 240),  # 56 and 0 of the next hour
        ("0,10 9-17 * * mon-fri", 600),
        ("30 6 * * sat,sun", 86400),
        ("0 0/8 1 1-6/2 *", 28800),
        ("50 23,0 * * *", 3600),
    ],
)
def test_cron_knows_its_shortest_gap(expression: str, seconds: float) -> None:
    assert shortest_gap_s(expression) == seconds


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("60 * * * *", "minute '60' is out of 0-59"),
        ("* 5-2 * * *", "hour '5-2' is out of 0-23"),
        ("*/0 * * * *", "minute '*/0' is out of 0-59"),
        ("* * 0 * *", "day of month '0' is out of 1-31"),
        ("* * * jan *", "month 'jan' is not *, a number, a range (1-5) or a step (*/5)"),
        ("0 9 * * mon,fri-tue", "weekday 'fri-tue' runs backwards; weeks begin on Monday: write single days, sun,mon"),
        ("0 0 30 2 *", "there is no such day in the next nine years"),
        ("* * * * 1-5", "weekday '1-5' is not * or names (mon-fri, sat,sun); numbers mean different days"),
    ],
)
def test_cron_says_what_is_wrong(expression: str, complaint: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole text is compared
        shortest_gap_s(expression)
    assert str(caught.value) == complaint
