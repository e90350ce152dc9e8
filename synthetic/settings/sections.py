"""What the settings may hold: one model a section, with defaults. Nothing is read or resolved here."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FilePath,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError, PydanticKnownError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from journeys.persona import AccountState, Factor, Review, Role
from journeys.target import Limits, place_of
from synthetic.settings.cron import shortest_gap_s

EMBEDDED = "embedded"
"""The target that is started together with the monitor; its addresses and personas are never in the settings."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")

REFERENCE_HINT = 'write "env:NAME" or "file:/path"'


def _wrong(message: str) -> PydanticCustomError:
    """A complaint that is shown as it stands."""
    return PydanticCustomError("settings", "{message}", {"message": message})


def _no_flag(value: object) -> object:
    # Pydantic takes true for 1, which hides a mistake.
    if isinstance(value, bool):
        raise PydanticKnownError("float_type")
    return value


def is_reference(text: str) -> bool:
    """Whether a value leads to a secret: ``env:NAME`` or ``file:/path``."""
    kind, _, place = text.partition(":")
    return kind in {"env", "file"} and bool(place.strip())


def _reference(text: str) -> str:
    if not is_reference(text):
        raise _wrong(f"must be a reference: {REFERENCE_HINT} (the value is not shown)")
    return text


def _site(text: str) -> str:
    parts = _split(text)
    bare = parts is not None and not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    if not bare or parts.scheme not in {"http", "https"}:
        raise _wrong('must be scheme, host and port only, such as "https://nmo.example"')
    return text.rstrip("/")


def _proxy(text: str) -> str:
    if is_reference(text):
        return text
    if ill_proxy(text) or "@" in urlsplit(text).netloc:
        raise _wrong('must be a URL without a password, or a reference to one: "env:NAME" or "file:/path"')
    return text


def ill_proxy(url: str) -> str | None:
    """What is wrong with the URL of a proxy, which may hold a login; never the URL itself."""
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https", "socks5"}:
        return "must be http://host:port, https://host:port or socks5://host:port"
    if parts.scheme == "socks5" and "@" in parts.netloc:
        return "must be an http or https proxy: Chromium cannot sign in to a socks5 proxy"
    return None


def _database(text: str) -> str:
    if is_reference(text):
        return text
    if wrong := ill_database(text):
        raise _wrong(wrong)
    if not text.startswith("sqlite:") and (urlsplit(text).password is not None or urlsplit(text).query):
        raise _wrong('must not hold a password or a query; write a reference to the URL: "env:NAME" or "file:/path"')
    return text


def ill_database(url: str) -> str | None:
    """What is wrong with the URL of a database, which may hold a password; never the URL itself."""
    # SQLite has no host: three slashes, and a path that is relative, or absolute after a fourth.
    fits = re.fullmatch(r"sqlite:///[^?].*", url) or (re.match("postgres(ql)?://", url) and _split(url))
    return None if fits else "must be sqlite:///FILE or postgresql://USER@HOST/DATABASE"


def _split(text: str) -> Any:
    """The parts of a URL with a host, or None for anything else."""
    return urlsplit(text) if place_of(text) else None


def _host(text: str) -> str:
    if not re.fullmatch(r"[\w.-]+", text) or place_of(f"https://{text}") is None:
        raise _wrong('must be a host without scheme and port, such as "static.nmo.example"')
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise _wrong(f"must be a regular expression: {error}") from None
    return text


def _cron(text: str) -> str:
    try:
        shortest_gap_s(text)
    except ValueError as error:
        raise _wrong(f"must be a cron expression: {error}") from None
    return text


def _browser(path: Path) -> Path:
    if not path.is_file():
        raise _wrong("must be the path of a browser, or empty for the one that is found: no such file")
    return path


def _entries(value: object) -> object:
    if isinstance(value, dict):
        raise _wrong("must be a list: write [[schedule]] with two brackets")
    if value in ([], ()):
        raise _wrong("must have an entry; leave it out to watch the embedded staging")
    return value


Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
MONTH_S = 30 * 24 * 3600
Seconds = Annotated[float, BeforeValidator(_no_flag), Field(gt=0, le=MONTH_S, allow_inf_nan=False)]
Count = Annotated[int, BeforeValidator(_no_flag), Field(ge=1, le=1_000_000)]
Days = Annotated[int, BeforeValidator(_no_flag), Field(ge=1, le=3650)]
Host = Annotated[str, AfterValidator(_host)]
Reference = Annotated[str, AfterValidator(_reference)]
Site = Annotated[str, AfterValidator(_site)]


class Section(BaseModel):
    """A table of the file: frozen, and no key that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Monitor(Section):
    """``[monitor]``: this installation of the monitor."""

    location: Name = "local"
    state_dir: Path = Path(".nmo-monitor")
    results_dir: Path = Path("allure-results")
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, BeforeValidator(_no_flag), Field(ge=0, le=65535)] = 9464
    workers: Annotated[int, BeforeValidator(_no_flag), Field(ge=1, le=100)] = 2
    runs_per_worker: Count = 200
    memory_growth_mib: Count = 300
    keep_results: Count = 1000
    keep_days: Days = 14
    browser: Annotated[Path, AfterValidator(_browser)] | None = None
    language: Literal["ru", "en"] = "ru"
    headed: bool = False
    sandbox: bool = True

    @model_validator(mode="before")
    @classmethod
    def _no_browser(cls, data: Any) -> Any:
        # "" is how a file or the environment says "none".
        return {**data, "browser": None} if isinstance(data, dict) and data.get("browser") == "" else data


class HistorySection(Section):
    """``[history]``: where runs are kept, and for how long."""

    url: Annotated[str, AfterValidator(_database)] | None = None
    keep_runs: Count = 100_000
    keep_days: Days = 90


class InboxSection(Section):
    """``[targets.NAME.inboxes.sms]`` and ``.email``: where codes arrive."""

    kind: Literal["outbox", "http", "imap"]
    url: str
    token: Reference | None = None
    user: str | None = None
    password: Reference | None = None
    pattern: Annotated[str, AfterValidator(_pattern)] = r"\b\d{4,8}\b"

    @model_validator(mode="after")
    def _fits_kind(self) -> Self:
        parts = _split(self.url)
        schemes = ("imap", "imaps") if self.kind == "imap" else ("http", "https")
        if parts is None or parts.scheme not in schemes:
            raise _wrong(f"url must be {schemes[1]}://host:port/… for kind {self.kind}")
        if "@" in parts.netloc:
            raise _wrong("url must not hold a user or password: use the keys user and password")
        if parts.scheme == "imap" and parts.hostname not in LOOPBACK:
            raise _wrong("url must be imaps://…: without TLS only this machine is allowed")
        if parts.scheme == "http" and (self.token or self.password) and parts.hostname not in LOOPBACK:
            raise _wrong("url must be https://…: without TLS a token or password may go to this machine only")
        if self.kind == "imap" and not (self.user and self.password):
            raise _wrong("kind imap needs the keys user and password")
        return self


class Inboxes(Section):
    """One inbox a channel."""

    sms: InboxSection | None = None
    email: InboxSection | None = None


class Hosts(Section):
    """``[targets.NAME.hosts]``: where else a site's pages come from."""

    nmo: tuple[Host, ...] = ()
    gosuslugi: tuple[Host, ...] = ()
    esia: tuple[Host, ...] = ()


class LimitsSection(Section):
    """``[targets.NAME.limits]``: how long the systems may take."""

    check_s: Seconds = Limits.check_s
    update_s: Seconds = Limits.update_s
    documents_s: Seconds = Limits.documents_s
    resubmission_s: Seconds = Limits.resubmission_s
    account_s: Seconds = Limits.account_s


class TargetSection(Section):
    """``[targets.NAME]``: an environment to watch."""

    nmo: Site
    gosuslugi: Site
    esia: Site
    hosts: Hosts = Hosts()
    inboxes: Inboxes = Inboxes()
    proxy: Annotated[str, AfterValidator(_proxy)] | None = None
    ignore_https_errors: bool = False
    device: str | None = None
    code_timeout_s: Seconds = 30.0
    limits: LimitsSection = LimitsSection()


class PersonaSection(Section):
    """``[personas.NAME]``: a test identity. Whatever says who it is is a reference."""

    login: Reference
    password: Reference
    factor: Factor = "sms"
    state: AccountState = "returning"
    role: Role = "doctor"
    review: Review = "ordinary"
    totp_secret: Reference | None = None
    phone: Reference | None = None
    email: Reference | None = None
    surname: Reference | None = None
    given_name: Reference | None = None
    patronymic: Reference | None = None
    snils: Reference | None = None
    birth_date: Reference | None = None
    inn: Reference | None = None
    oms: Reference | None = None
    second_phone: Reference | None = None
    second_email: Reference | None = None
    second_oms: Reference | None = None
    second_password: Reference | None = None
    scan: FilePath | None = None
    private: tuple[Reference, ...] = ()

    @model_validator(mode="after")
    def _has_factor(self) -> Self:
        if self.factor == "totp" and self.totp_secret is None:
            raise _wrong('factor = "totp" needs the key totp_secret')
        return self


class JourneySection(Section):
    """``[journeys.NAME]``: other times and another objective than the journey's own."""

    budget_s: Seconds | None = None
    interval_s: Seconds | None = None
    objective: Annotated[float, BeforeValidator(_no_flag), Field(gt=0, lt=1)] | None = None
    steps: dict[str, Seconds] = {}


class Entry(Section):
    """``[[schedule]]``: who walks what, where and how often."""

    journey: str
    persona: str
    target: str = EMBEDDED
    interval_s: Seconds | None = None
    cron: Annotated[str, AfterValidator(_cron)] | None = None
    jitter_s: Annotated[float, BeforeValidator(_no_flag), Field(ge=0, le=MONTH_S, allow_inf_nan=False)] = 0.0

    @model_validator(mode="after")
    def _one_rhythm(self) -> Self:
        if self.interval_s is not None and self.cron is not None:
            raise _wrong("must have interval_s or cron, not both")
        return self


class Sections(BaseSettings):
    """The whole file. It takes what it is given; the layers are merged before."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, env_prefix="NMO_", env_nested_delimiter="__"
    )

    monitor: Monitor = Monitor()
    history: HistorySection = HistorySection()
    targets: dict[Name, TargetSection] = {}
    personas: dict[Name, PersonaSection] = {}
    journeys: dict[str, JourneySection] = {}
    schedule: Annotated[tuple[Entry, ...], BeforeValidator(_entries)] | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is handed in."""
        return (init_settings,)
