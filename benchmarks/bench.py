"""Where all contenders meet: one staging, one browser, and an account of its own for each of them.

BenchmarkError    a contender did not do the journey; what was measured is worthless
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from journeys.persona import Persona
from synthetic.browser import find_browser, launch_options
from synthetic.embedded import EmbeddedStaging, embedded_staging, persona_of

LIKE = "doctor"
"""The account that is cloned: a returning doctor with a second factor by SMS."""


class BenchmarkError(Exception):
    """A contender failed."""


@dataclass(frozen=True)
class Case:
    """What a contender outside the suite needs to know, as the environment variable ``BENCHMARK_CASE``."""

    nmo: str
    control: str
    token: str
    login: str
    password: str
    phone: str
    owner: str
    browser: str
    arguments: list[str]

    def environment(self) -> dict[str, str]:
        """The environment of a process that walks this case."""
        return os.environ | {"BENCHMARK_CASE": json.dumps(asdict(self))}


@dataclass(frozen=True)
class Bench:
    """A running staging, the browser that everybody uses, and a folder that is gone afterwards."""

    staging: EmbeddedStaging
    browser: Path
    folder: Path

    def persona(self, name: str) -> Persona:
        """A fresh account: two runs at once need two accounts."""
        answer = httpx.post(
            f"{self.staging.control}/personas",
            json={"like": LIKE, "name": name},
            headers={"Authorization": f"Bearer {self.staging.token.get_secret_value()}"},
            trust_env=False,
        )
        return persona_of(answer.raise_for_status().json())

    def case(self, name: str) -> Case:
        """A fresh account, for a contender that knows nothing of personas."""
        persona = self.persona(name)
        assert persona.phone is not None
        assert persona.full_name is not None
        return Case(
            nmo=self.staging.target.nmo,
            control=self.staging.control,
            token=self.staging.token.get_secret_value(),
            login=persona.login.get_secret_value(),
            password=persona.password.get_secret_value(),
            phone=persona.phone.get_secret_value(),
            owner=persona.full_name,
            browser=str(self.browser),
            arguments=[] if launch_options(self.browser)["chromium_sandbox"] else ["--no-sandbox"],
        )


@contextmanager
def bench() -> Iterator[Bench]:
    """Staging and scratch folder for as long as the context lasts."""
    with TemporaryDirectory(prefix="nmo-bench-") as folder, embedded_staging() as staging:
        yield Bench(staging, find_browser(), Path(folder))
