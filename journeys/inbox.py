"""Where one-time codes come from, as a journey sees it.

InboxError
├── InboxUnreachable    the monitor cannot read the inbox: the monitor's fault
└── CodeNotDelivered    the inbox can be read and the code is not there: the delivery's fault
"""

from typing import Literal, Protocol

Kind = Literal["sms", "email", "totp", "second-sms", "second-email"]
"""What a code comes by; the second ones are to a persona's ``second_phone`` and ``second_email``."""


class InboxError(Exception):
    """A one-time code could not be had."""


class InboxUnreachable(InboxError):
    """The inbox did not answer, or not in a form that can be read."""


class CodeNotDelivered(InboxError):
    """No code came within the time the target allows."""


class Inbox(Protocol):
    """Codes of one persona on one target."""

    def prepare(self) -> None:
        """Called before the run's clock starts: what can be waited for beforehand is waited for here."""

    def expect(self, kind: Kind) -> None:
        """Called just before the code is asked for: anything that is already there is not the code."""

    def code(self, kind: Kind) -> str:
        """The code asked for since `expect`. Raises InboxError."""
