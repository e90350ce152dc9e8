"""What the settings may hold: one model a section, with defaults. Nothing is read or resolved here."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FilePath, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from journeys.persona import AccountState, Factor, Review, Role
from journeys.target import Channel, Limits
from synthetic.settings.value import (
    MONTH_S,
    Browser,
    Count,
    Cron,
    Database,
    Days,
    Host,
    Name,
    Number,
    Pattern,
    Proxy,
    Reference,
    Seconds,
    Site,
    Whole,
    url_parts,
    wrong,
)

EMBEDDED = "embedded"
"""The target that is started together with the monitor; its addresses and personas are never in the settings."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _entries(value: object) -> object:
    if isinstance(value, dict):
        raise wrong("must be a list: write [[schedule]] with two brackets")
    if value in ([], ()):
        raise wrong("must have an entry; leave it out to watch the embedded staging")
    return value


class Section(BaseModel):
    """A table of the file: frozen, and no key that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Monitor(Section):
    """``[monitor]``: this installation of the monitor."""

    location: Name = "local"
    state_dir: Path = Path(".nmo-monitor")
    results_dir: Path = Path("allure-results")
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[Whole, Field(ge=0, le=65535)] = 9464
    workers: Annotated[Whole, Field(ge=1, le=100)] = 2
    runs_per_worker: Count = 200
    memory_growth_mib: Count = 300
    keep_results: Count = 1000
    keep_days: Days = 14
    browser: Browser | None = None
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

    url: Database | None = None
    keep_runs: Count = 200_000
    keep_days: Days = 90


class InboxSection(Section):
    """``[targets.NAME.inboxes.sms]`` and ``.email``: where codes arrive."""

    kind: Literal["outbox", "http", "imap"]
    url: str
    token: Reference | None = None
    user: str | None = None
    password: Reference | None = None
    pattern: Pattern = r"\b\d{4,8}\b"

    @model_validator(mode="after")
    def _fits_kind(self) -> Self:
        parts = url_parts(self.url)
        schemes = ("imap", "imaps") if self.kind == "imap" else ("http", "https")
        if parts is None or parts.scheme not in schemes:
            raise wrong(f"url must be {schemes[1]}://host:port/… for kind {self.kind}")
        if "@" in parts.netloc:
            raise wrong("url must not hold a user or password: use the keys user and password")
        if parts.scheme == "imap" and parts.hostname not in LOOPBACK:
            raise wrong("url must be imaps://…: without TLS only this machine is allowed")
        if parts.scheme == "http" and (self.token or self.password) and parts.hostname not in LOOPBACK:
            raise wrong("url must be https://…: without TLS a token or password may go to this machine only")
        if self.kind == "imap" and not (self.user and self.password):
            raise wrong("kind imap needs the keys user and password")
        return self


class Inboxes(Section):
    """One inbox a channel."""

    sms: InboxSection | None = None
    email: InboxSection | None = None

    @property
    def given(self) -> dict[Channel, InboxSection]:
        """Those that are there."""
        each: dict[Channel, InboxSection | None] = {"sms": self.sms, "email": self.email}
        return {channel: inbox for channel, inbox in each.items() if inbox}


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
    proxy: Proxy | None = None
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
            raise wrong('factor = "totp" needs the key totp_secret')
        return self


class JourneySection(Section):
    """``[journeys.NAME]``: other times and another objective than the journey's own."""

    budget_s: Seconds | None = None
    interval_s: Seconds | None = None
    objective: Annotated[Number, Field(gt=0, lt=1)] | None = None
    steps: dict[str, Seconds] = {}


class Entry(Section):
    """``[[schedule]]``: who walks what, where and how often."""

    journey: str
    persona: str
    target: str = EMBEDDED
    interval_s: Seconds | None = None
    cron: Cron | None = None
    jitter_s: Annotated[Number, Field(ge=0, le=MONTH_S, allow_inf_nan=False)] = 0.0

    @model_validator(mode="after")
    def _one_rhythm(self) -> Self:
        if self.interval_s is not None and self.cron is not None:
            raise wrong("must have interval_s or cron, not both")
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
