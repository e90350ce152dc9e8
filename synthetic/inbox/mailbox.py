"""One-time codes by e-mail, read over IMAP from the standard library: no library does so little better."""

import imaplib
import re
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import getaddresses
from typing import cast
from urllib.parse import SplitResult, unquote, urlsplit

from journeys.inbox import InboxUnreachable
from journeys.target import InboxAddress
from synthetic.inbox.gateway import ANSWER_S, codes_in, is_loopback, trust


class Mailbox:
    """Messages to one address in one IMAP folder. The folder is opened read-only and left as it was."""

    def __init__(self, inbox: InboxAddress, address: str) -> None:
        self._inbox = inbox
        self._address = address.lower()
        self._imap: imaplib.IMAP4 | None = None
        self._next = 1

    def ready(self) -> None:
        """Connect and sign in, or find out that the connection of the last run still lives."""
        try:
            if self._imap is not None:
                self._imap.noop()
        except (imaplib.IMAP4.error, OSError):  # servers drop an idle client
            self.close()
        if self._imap is None:
            self._imap = self._signed_in()

    def mark(self) -> None:
        """Note which message comes next, so that only it and later ones count."""
        self.ready()
        imap = cast("imaplib.IMAP4", self._imap)
        folder = unquote(self._parts.path.strip("/")) or "INBOX"
        try:
            status, _ = imap.select(f'"{folder}"', readonly=True)
            if status != "OK":
                raise self._error("there is no such folder")
            _, uid_next = imap.response("UIDNEXT")
            self._next = int(uid_next[0]) if uid_next and uid_next[0] else 1 + max(self._uids("ALL"), default=0)
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            raise self._broken(error) from None

    def fresh(self, wait_s: float) -> str | None:
        """The code in the newest message since `mark`."""
        imap = cast("imaplib.IMAP4", self._imap)
        try:
            imap.noop()  # a server tells of new messages only when it is spoken to
            # «n:*» always names the last message, also when its number is below n.
            new = [uid for uid in self._uids(f"UID {self._next}:*") if uid >= self._next]
            for uid in sorted(new, reverse=True):
                _, parts = imap.uid("FETCH", str(uid), "(BODY.PEEK[])")
                raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
                codes = self._codes(message_from_bytes(raw, policy=policy.default))
                if codes:
                    return codes[0]
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            raise self._broken(error) from None
        return None

    def close(self) -> None:
        """Sign out and close the connection."""
        imap, self._imap = self._imap, None
        if imap is None:
            return
        try:
            imap.logout()
        except (imaplib.IMAP4.error, OSError):
            imap.shutdown()

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self._inbox.url)

    def _signed_in(self) -> imaplib.IMAP4:
        parts, inbox = self._parts, self._inbox
        host = parts.hostname or ""
        if parts.scheme != "imaps" and not is_loopback(host):
            raise self._error("without TLS only this machine is allowed")
        try:
            imap = (
                imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=trust(), timeout=ANSWER_S)
                if parts.scheme == "imaps"
                else imaplib.IMAP4(host, parts.port or 143, timeout=ANSWER_S)
            )
        except (imaplib.IMAP4.error, OSError) as error:
            raise self._broken(error) from None
        try:
            imap.login(inbox.user or "", inbox.password.get_secret_value() if inbox.password else "")
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            imap.shutdown()
            if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort):
                raise self._error("login refused") from None
            raise self._broken(error) from None
        return imap

    def _uids(self, criterion: str) -> list[int]:
        _, found = cast("imaplib.IMAP4", self._imap).uid("SEARCH", criterion)
        return [int(uid) for line in found if line for uid in line.split()]

    def _codes(self, message: EmailMessage) -> list[str]:
        to = [str(value) for header in ("To", "Delivered-To") for value in message.get_all(header, [])]
        if self._address not in {address.lower() for _, address in getaddresses(to)}:
            return []
        body = message.get_body(("plain", "html"))
        text = _content(body) if body else ""
        if body is not None and body.get_content_subtype() == "html":
            text = re.sub(r"<style.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL | re.IGNORECASE)
        return codes_in(text, self._inbox.pattern)

    def _broken(self, error: Exception) -> InboxUnreachable:
        """What happened, without the server's own words, which may quote the login."""
        self.close()
        said = isinstance(error, OSError) and not isinstance(error, imaplib.IMAP4.error)
        return self._error(str(error) if said else "the answer cannot be understood or the connection was dropped")

    def _error(self, what: str) -> InboxUnreachable:
        return InboxUnreachable(f"inbox at {self._parts.netloc.rpartition('@')[2]}: {what}")


def _content(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except LookupError:
        # A charset that Python does not know. Digits are the same in all that are in use.
        return cast("bytes", part.get_payload(decode=True)).decode("ascii", errors="replace")
