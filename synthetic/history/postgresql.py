"""A connection to PostgreSQL that waits for no answer without end."""

import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

ANSWER_S = 8.0
"""How long the whole of an answer may take: a server should have said before, within limits of its own, that it was too
slow."""

_Value = TypeVar("_Value")


class Impatient(psycopg.Connection[Any]):
    """Closed when an answer takes longer than `ANSWER_S`: a server that hangs keeps no limits, and its kernel goes on
    to confirm what it is sent."""

    def wait(self, gen: PQGen[_Value], interval: float = 0.1, timeout: float | None = None) -> _Value:
        """Raises OperationalError."""
        until = time.monotonic() + ANSWER_S
        try:
            return super().wait(gen, interval, ANSWER_S)
        except psycopg.OperationalError:
            if time.monotonic() < until:
                raise
            self.close()
            raise psycopg.OperationalError(f"no answer in {ANSWER_S:g} s") from None
