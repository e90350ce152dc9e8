"""The staging's control API, as tests use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Self

import httpx

from journeys.persona import Persona
from synthetic.embedded import EmbeddedStaging, persona_of


class Control:
    """Accounts, faults and the clock of a running staging."""

    def __init__(self, api: httpx.Client) -> None:
        self._api = api
        self._numbers = count(1)

    @classmethod
    @contextmanager
    def of(cls, staging: EmbeddedStaging) -> Iterator[Self]:
        headers = {"Authorization": f"Bearer {staging.token.get_secret_value()}"}
        with httpx.Client(base_url=staging.control, headers=headers, trust_env=False) as api:
            yield cls(api)

    def account(self, like: str) -> Persona:
        answer = self._api.post("/personas", json={"like": like, "name": f"{like}-{next(self._numbers)}"})
        return persona_of(answer.raise_for_status().json())

    @contextmanager
    def fault(self, name: str, system: str | None = None, **parameters: float) -> Iterator[None]:
        body = ({"system": system} if system else {}) | ({"parameters": parameters} if parameters else {})
        self._api.put(f"/faults/{name}", json=body).raise_for_status()
        try:
            yield
        finally:
            self._api.delete("/faults").raise_for_status()

    def reset_clock(self) -> None:
        self._api.post("/clock", json={"reset": True}).raise_for_status()

    def advance(self, seconds: float) -> None:
        self._api.post("/clock", json={"advance_s": seconds}).raise_for_status()
