"""What a single value of the settings may be, and how it is complained of. Nothing is read or resolved here."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError, PydanticKnownError

from journeys.target import place_of
from synthetic.settings.cron import shortest_gap_s

REFERENCE_HINT = 'write "env:NAME" or "file:/path"'


def wrong(message: str) -> PydanticCustomError:
    """A complaint that is shown as it stands."""
    return PydanticCustomError("settings", "{message}", {"message": message})


def _no_flag(kind: Literal["int_type", "float_type"]) -> BeforeValidator:
    """Refuses true and false: Pydantic takes true for 1, which hides a mistake."""

    def refuse(value: object) -> object:
        if isinstance(value, bool):
            raise PydanticKnownError(kind)
        return value

    return BeforeValidator(refuse)


def is_reference(text: str) -> bool:
    """Whether a value leads to a secret: ``env:NAME`` or ``file:/path``."""
    kind, _, place = text.partition(":")
    return kind in {"env", "file"} and bool(place.strip())


def _reference(text: str) -> str:
    if not is_reference(text):
        raise wrong(f"must be a reference: {REFERENCE_HINT} (the value is not shown)")
    return text


def _site(text: str) -> str:
    parts = url_parts(text)
    bare = parts is not None and not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    if not bare or parts.scheme not in {"http", "https"}:
        raise wrong('must be scheme, host and port only, such as "https://nmo.example"')
    return text.rstrip("/")


def _proxy(text: str) -> str:
    if is_reference(text):
        return text
    if ill_proxy(text) or "@" in urlsplit(text).netloc:
        raise wrong('must be a URL without a password, or a reference to one: "env:NAME" or "file:/path"')
    return text


def ill_proxy(url: str) -> str | None:
    """What is wrong with the URL of a proxy, which may hold a login; never the URL itself."""
    parts = url_parts(url)
    if parts is None or parts.scheme not in {"http", "https", "socks5"}:
        return "must be http://host:port, https://host:port or socks5://host:port"
    if parts.scheme == "socks5" and "@" in parts.netloc:
        return "must be an http or https proxy: Chromium cannot sign in to a socks5 proxy"
    return None


def _database(text: str) -> str:
    if is_reference(text):
        return text
    if ill := ill_database(text):
        raise wrong(ill)
    if not text.startswith("sqlite:") and (urlsplit(text).password is not None or urlsplit(text).query):
        raise wrong('must not hold a password or a query; write a reference to the URL: "env:NAME" or "file:/path"')
    return text


def ill_database(url: str) -> str | None:
    """What is wrong with the URL of a database, which may hold a password; never the URL itself."""
    # SQLite has no host: three slashes, and a path that is relative, or absolute after a fourth.
    in_a_file = re.fullmatch(r"sqlite:///(?!:memory:|file:)[^?]+", url)
    fits = in_a_file or (re.match("postgres(ql)?://", url) and url_parts(url))
    return None if fits else "must be sqlite:///FILE or postgresql://USER@HOST/DATABASE"


def url_parts(text: str) -> Any:
    """The parts of a URL with a host, or None for anything else."""
    return urlsplit(text) if place_of(text) else None


def _host(text: str) -> str:
    if not re.fullmatch(r"[\w.-]+", text) or place_of(f"https://{text}") is None:
        raise wrong('must be a host without scheme and port, such as "static.nmo.example"')
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise wrong(f"must be a regular expression: {error}") from None
    return text


def _cron(text: str) -> str:
    try:
        shortest_gap_s(text)
    except ValueError as error:
        raise wrong(f"must be a cron expression: {error}") from None
    return text


def _browser(path: Path) -> Path:
    if not path.is_file():
        raise wrong("must be the path of a browser, or empty for the one that is found: no such file")
    return path


Number = Annotated[float, _no_flag("float_type")]
Whole = Annotated[int, _no_flag("int_type")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
MONTH_S = 30 * 24 * 3600
Seconds = Annotated[Number, Field(gt=0, le=MONTH_S, allow_inf_nan=False)]
Count = Annotated[Whole, Field(ge=1, le=1_000_000)]
Days = Annotated[Whole, Field(ge=1, le=3650)]
Host = Annotated[str, AfterValidator(_host)]
Reference = Annotated[str, AfterValidator(_reference)]
Site = Annotated[str, AfterValidator(_site)]
Proxy = Annotated[str, AfterValidator(_proxy)]
Database = Annotated[str, AfterValidator(_database)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Cron = Annotated[str, AfterValidator(_cron)]
Browser = Annotated[Path, AfterValidator(_browser)]
