import json
import logging
import socketserver
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from journeys.inbox import CodeNotDelivered, InboxUnreachable
from journeys.persona import Persona
from journeys.target import Channel, InboxAddress, Target
from synthetic.inbox import PersonaInbox, open_inbox
from synthetic.inbox.gateway import trust
from tests.full_disk import full_disk

ROOT = Path(__file__).parents[3]

PHONE, EMAIL, TOKEN = "+79005550101", "anna@mail.example", "t0ken-of-the-outbox"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ANNA = Persona(
    "anna",
    SecretStr(PHONE),
    SecretStr("-"),
    phone=SecretStr(PHONE),
    email=SecretStr(EMAIL),
    totp_secret=SecretStr(SECRET),
)


@dataclass
class Clock:
    """A clock that moves when it is waited on."""

    now: float = 1_700_000_000.0
    waits: list[float] = field(default_factory=list)
    on_wait: Callable[[], None] = lambda: None

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        assert seconds > 0
        self.waits.append(seconds)
        self.now += seconds
        self.on_wait()


@dataclass
class Web:
    """An HTTP server on loopback. ``answer`` maps path and query to status and body."""

    url: str
    requests: list[tuple[str, dict[str, str], dict[str, str]]]
    answer: Callable[[str, dict[str, str]], tuple[int, Any]] = lambda path, query: (404, "")
    connections: int = 0


@pytest.fixture
def web() -> Iterator[Web]:
    served = Web("", [])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            served.connections += 1
            super().setup()

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            served.requests.append((parts.path, query, dict(self.headers)))
            status, body = served.answer(parts.path, query)
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Set-Cookie", "session=of-whoever-asked; Path=/")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield served
    server.shutdown()
    server.server_close()


class Outbox:
    """The outbox of the embedded staging, as its interface is written down."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.arrived = threading.Condition()

    def send(self, text: str, *, to: str = PHONE, channel: str = "sms") -> None:
        with self.arrived:
            number = len(self.messages) + 1
            message = {"id": number, "to": to, "channel": channel, "text": text, "sent": "2025-01-01T10:00:00Z"}
            self.messages.append(message)
            self.arrived.notify_all()

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        mine = [message for message in self.messages if message["to"] == query["to"]]
        if path == "/outbox/last":
            return 200, {"id": mine[-1]["id"] if mine else 0}

        def new() -> list[dict[str, Any]]:
            after = int(query["after"])
            return [message for message in self.messages if message["to"] == query["to"] and message["id"] > after]

        with self.arrived:
            self.arrived.wait_for(new, float(query["wait"]))
            return 200, {"messages": new()}


@pytest.fixture
def outbox(web: Web) -> Outbox:
    outbox = Outbox()
    web.answer = outbox.answer
    return outbox


def target(inbox: InboxAddress, channel: Channel = "sms", *, timeout_s: float = 5.0) -> Target:
    site = "http://127.0.0.1"
    return Target("stage", site, site, site, inboxes={channel: inbox}, code_timeout_s=timeout_s)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., PersonaInbox]]:
    """Opens inboxes and closes them after the test."""
    inboxes = []

    def open_one(where: Target, persona: Persona = ANNA, **given: Any) -> PersonaInbox:
        inboxes.append(open_inbox(persona, where, tmp_path, **given))
        return inboxes[-1]

    yield open_one
    for inbox in inboxes:
        inbox.close()


Open = Callable[..., PersonaInbox]


def sent_in_a_while(send: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(0.05, send)
    timer.start()
    return timer


def test_the_outbox_gives_the_code_that_came_after_it_was_expected(web: Web, outbox: Outbox, opened: Open) -> None:
    inbox = opened(target(InboxAddress("outbox", web.url, token=SecretStr(TOKEN))))
    outbox.send("код 111111")
    inbox.prepare()
    inbox.expect("sms")
    later = sent_in_a_while(lambda: outbox.send("Госуслуги: код 222222 для входа. Никому не сообщайте его."))
    assert inbox.code("sms") == "222222"
    later.join()
    inbox.expect("sms")
    outbox.send("код 333333")
    outbox.send("код 444444")
    assert inbox.code("sms") == "444444"
    assert {headers["Authorization"] for _, _, headers in web.requests} == {f"Bearer {TOKEN}"}
    assert web.connections == 1
    assert [path for path, _, _ in web.requests] == ["/outbox/last", "/outbox"] * 2


def test_the_outbox_passes_by_what_is_not_a_code(web: Web, outbox: Outbox, opened: Open) -> None:
    inbox = opened(target(InboxAddress("outbox", web.url)), wait=lambda _: outbox.send("код 222222"))
    inbox.expect("sms")
    outbox.send("код 555555", channel="email")
    outbox.send("код 666666", to="+79005550102")
    outbox.send("Добро пожаловать!")
    assert inbox.code("sms") == "222222"


def test_no_code_within_the_time_is_the_fault_of_delivery(web: Web, outbox: Outbox, opened: Open) -> None:
    outbox.send("код 111111")
    inbox = opened(target(InboxAddress("outbox", web.url), timeout_s=0.05))
    inbox.expect("sms")
    with pytest.raises(CodeNotDelivered, match=r"^no code by sms within 0\.05 s$"):
        inbox.code("sms")


def test_a_pattern_may_have_a_group(web: Web, outbox: Outbox, opened: Open) -> None:
    inbox = opened(target(InboxAddress("outbox", web.url, pattern=r"код (\d{4})")))
    inbox.expect("sms")
    outbox.send("2025: код 1234, до 18:00")
    assert inbox.code("sms") == "1234"


def gateway(web: Web, opened: Open, *bodies: Any, timeout_s: float = 5.0) -> tuple[PersonaInbox, Clock]:
    """An inbox on a gateway that shows one body after another, the last one for ever."""
    left = list(bodies)
    web.answer = lambda path, query: (200, left.pop(0) if len(left) > 1 else left[0])
    clock = Clock()
    address = InboxAddress("http", f"{web.url}/sms?to={{address}}", token=SecretStr(TOKEN))
    return opened(target(address, timeout_s=timeout_s), clock=clock, wait=clock.wait), clock


GATEWAYS = {
    "text, newest last": ("111111\n", "111111\n222222\n"),
    "text, newest first": ("111111\n", "222222\n111111\n"),
    "one message only": ("111111", "222222"),
    "the same code again": ("222222", "222222 222222"),
    "the list slides": ("111111 333333 444444", "222222 111111 333333"),
    "two new ones, newest last": ("111111", "111111 333333 222222"),
    "two new ones, newest first": ("111111", "222222 333333 111111"),
    "json with ids and dates": (
        {"messages": [{"id": 90001, "text": "код 111111", "date": "2024-12-31"}]},
        {"messages": [{"id": 90002, "text": "код 222222", "date": "2025-01-01"}, {"id": 90001, "text": "111111"}]},
    ),
    "json with the date before the text": ([], [{"date": "2025-01-01", "id": "90002", "text": "код 222222"}]),
    "json with the date after the text": ([], [{"text": "код 222222", "id": "90002", "date": "2025-01-01"}]),
    "json of a number": ([], [{"id": 90002, "code": 222222}]),
    "json of strings": (["код 111111"], ["код 111111", "код 222222"]),
    "json with other names": ([], [{"sms": "код 222222"}]),
}


@pytest.mark.parametrize(("before", "after"), GATEWAYS.values(), ids=GATEWAYS)
def test_a_gateway_gives_the_newest_code_that_was_not_there(web: Web, opened: Open, before: Any, after: Any) -> None:
    inbox, clock = gateway(web, opened, before, before, after)
    inbox.expect("sms")
    assert inbox.code("sms") == "222222"
    assert clock.waits == [0.5]
    path, query, headers = web.requests[-1]
    assert (path, query, headers["Authorization"]) == ("/sms", {"to": PHONE}, f"Bearer {TOKEN}")


def test_a_gateway_is_asked_until_the_time_is_up(web: Web, opened: Open) -> None:
    inbox, clock = gateway(web, opened, "111111", timeout_s=1.2)
    inbox.expect("sms")
    with pytest.raises(CodeNotDelivered):
        inbox.code("sms")
    assert clock.waits == [0.5, 0.5, pytest.approx(0.2)]


def test_a_gateway_may_take_a_name_and_a_password(web: Web, opened: Open) -> None:
    web.answer = lambda path, query: (200, "")
    inbox = opened(target(InboxAddress("http", web.url, user="anna", password=SecretStr("pw"))))
    inbox.expect("sms")
    assert web.requests[0][2]["Authorization"] == "Basic YW5uYTpwdw=="


def closed_port() -> int:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        return int(server.server_address[1])


def check_unreachable(act: Callable[[], object], said: str) -> None:
    with pytest.raises(InboxUnreachable) as caught:
        act()
    assert said in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    for secret in (TOKEN, PHONE, PHONE.strip("+"), EMAIL, "hunter2", SECRET):
        assert secret not in repr(caught.value)


@pytest.mark.parametrize("kind", ["outbox", "http"])
@pytest.mark.parametrize(
    ("status", "body", "said"), [(500, "", "HTTP 500"), (401, "", "HTTP 401"), (302, "", "HTTP 302")]
)
def test_a_server_that_refuses_is_named(web: Web, opened: Open, kind: Any, status: int, body: Any, said: str) -> None:
    web.answer = lambda path, query: (status, body)
    inbox = opened(target(InboxAddress(kind, f"{web.url}", token=SecretStr(TOKEN))))
    check_unreachable(lambda: inbox.expect("sms"), f"inbox at {web.url.removeprefix('http://')}: {said}")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<html>", "the answer is not JSON"),
        ({"error": PHONE}, "the answer is not that of an outbox"),
        ([PHONE], "the answer is not that of an outbox"),
        ({"id": PHONE + "x"}, "the answer is not that of an outbox"),
    ],
)
def test_an_outbox_must_answer_as_one(web: Web, opened: Open, body: Any, said: str) -> None:
    web.answer = lambda path, query: (200, body)
    inbox = opened(target(InboxAddress("outbox", web.url)))
    check_unreachable(lambda: inbox.expect("sms"), said)


def test_an_outbox_must_list_as_one(web: Web, opened: Open) -> None:
    web.answer = lambda path, query: (200, {"id": 0} if path.endswith("last") else {"messages": [{"id": 1}]})
    inbox = opened(target(InboxAddress("outbox", web.url)))
    inbox.expect("sms")
    check_unreachable(lambda: inbox.code("sms"), "the answer is not that of an outbox")


@pytest.mark.parametrize(("kind", "scheme"), [("outbox", "http"), ("http", "http"), ("imap", "imap")])
def test_nobody_there_is_unreachable(opened: Open, kind: Any, scheme: str) -> None:
    port = closed_port()
    address = InboxAddress(kind, f"{scheme}://127.0.0.1:{port}", SecretStr(TOKEN), "u", SecretStr("hunter2"))
    check_unreachable(
        lambda: opened(target(address)).expect("sms"),
        f"inbox at 127.0.0.1:{port}: [Errno 111] Connection refused",
    )


def test_nothing_that_one_persons_inbox_was_given_is_sent_for_another(web: Web, outbox: Outbox, opened: Open) -> None:
    """The server of the tests sets a cookie with every answer, and the connection stays."""
    for token in (TOKEN, "another"):
        where = target(InboxAddress("outbox", web.url, token=SecretStr(token)))
        opened(where).expect("sms")
    assert ["Cookie" in headers for _, _, headers in web.requests] == [False, False]
    assert [headers["Authorization"] for _, _, headers in web.requests] == [f"Bearer {TOKEN}", "Bearer another"]
    assert web.connections == 1


def test_a_token_that_cannot_be_sent_is_not_shown(web: Web, opened: Open) -> None:
    strange = opened(target(InboxAddress("outbox", web.url, token=SecretStr(f"{TOKEN}ё"))))
    check_unreachable(strange.prepare, "the token cannot be sent in a header")
    broken = opened(target(InboxAddress("outbox", web.url, token=SecretStr(f"{TOKEN}\n"))))
    check_unreachable(lambda: broken.expect("sms"), "LocalProtocolError")


def test_a_persona_or_target_that_lacks_what_is_needed_says_so(web: Web, opened: Open) -> None:
    where = target(InboxAddress("outbox", web.url))
    inbox = opened(where, replace(ANNA, phone=None, totp_secret=None))
    check_unreachable(lambda: inbox.expect("sms"), "anna has no phone")
    check_unreachable(lambda: inbox.expect("email"), "stage has no inbox for email")
    check_unreachable(lambda: inbox.code("totp"), "anna has no totp_secret")


def test_a_code_must_be_expected_first(web: Web, outbox: Outbox, opened: Open) -> None:
    inbox = opened(target(InboxAddress("outbox", web.url)))
    with pytest.raises(RuntimeError, match="must come before"):
        inbox.code("sms")


def test_no_log_line_holds_the_address(
    web: Web, outbox: Outbox, opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    inbox = opened(target(InboxAddress("outbox", web.url, token=SecretStr(TOKEN))))
    inbox.expect("sms")
    assert PHONE.strip("+") not in caplog.text
    assert TOKEN not in caplog.text


@dataclass
class Mail:
    """An IMAP server on loopback that knows one login, one folder and what is needed to read it."""

    port: int = 0
    messages: list[bytes] = field(default_factory=list)
    uid_next: bool = True
    logins: int = 0
    drop: bool = False

    def deliver(self, text: str, *, to: str = f"Анна <{EMAIL}>", subtype: str = "plain") -> None:
        message = EmailMessage()
        message["To"], message["Subject"] = to, "Код 999999"
        message.set_content(text, subtype=subtype, cte="base64")
        self.messages.append(message.as_bytes())

    def answer(self, command: str) -> tuple[list[bytes], str]:
        """Untagged lines and the completion of a command without its tag."""
        verb, _, rest = command.partition(" ")
        if verb == "CAPABILITY":
            return [b"CAPABILITY IMAP4rev1"], "OK"
        if verb == "LOGIN":
            self.logins += 1
            return [], "OK" if rest == 'probe "hunter2"' else f"NO {rest} is not known"
        if verb == "EXAMINE":
            uid_next = [f"OK [UIDNEXT {len(self.messages) + 1}] next".encode()] if self.uid_next else []
            found = [f"{len(self.messages)} EXISTS".encode(), *uid_next]
            return (found, "OK [READ-ONLY]") if rest == '"INBOX"' else ([], "NO")
        if command.startswith("UID SEARCH"):
            low = int(command.split()[-1].partition(":")[0]) if ":" in command else 1
            low = min(low, len(self.messages))  # n:* holds the last message, whatever n is
            return [f"SEARCH {' '.join(str(uid) for uid in range(max(low, 1), len(self.messages) + 1))}".encode()], "OK"
        if command.startswith("UID FETCH"):
            uid = int(command.split()[2])
            raw = self.messages[uid - 1]
            return [f"{uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")"], "OK"
        return [], "OK" if verb in {"NOOP", "LOGOUT"} else "BAD"


def serve(mail: Mail, tls: ssl.SSLContext | None = None) -> socketserver.ThreadingTCPServer:
    class Handler(socketserver.StreamRequestHandler):
        disable_nagle_algorithm = True

        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, _, command = line.decode().strip().partition(" ")
                if mail.drop:
                    mail.drop = False
                    return
                untagged, completion = mail.answer(command)
                for data in untagged:
                    self.wfile.write(b"* " + data + b"\r\n")
                self.wfile.write(f"{tag} {completion} done\r\n".encode())
                if command == "LOGOUT":
                    return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def get_request(self) -> Any:
            connection, address = super().get_request()
            return (tls.wrap_socket(connection, server_side=True) if tls else connection), address

    server = Server(("127.0.0.1", 0), Handler)
    mail.port = int(server.server_address[1])
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server


@pytest.fixture
def mail() -> Iterator[Mail]:
    mail = Mail()
    server = serve(mail)
    yield mail
    server.shutdown()
    server.server_close()


def mailbox(
    mail: Mail,
    opened: Open,
    *,
    password: str = "hunter2",
    folder: str = "",
    timeout_s: float = 5,
    scheme: str = "imap",
) -> tuple[PersonaInbox, Clock]:
    clock = Clock()
    url = f"{scheme}://127.0.0.1:{mail.port}/{folder}"
    address = InboxAddress("imap", url, user="probe", password=SecretStr(password))
    return opened(target(address, "email", timeout_s=timeout_s), clock=clock, wait=clock.wait), clock


@pytest.mark.parametrize("uid_next", [True, False])
def test_a_mailbox_gives_the_code_that_arrived_after_it_was_expected(mail: Mail, opened: Open, uid_next: bool) -> None:
    mail.uid_next = uid_next
    mail.deliver("Ваш код 111111")
    inbox, clock = mailbox(mail, opened)
    inbox.expect("email")
    clock.on_wait = lambda: mail.deliver("Ваш код: 222222.")
    assert inbox.code("email") == "222222"
    assert clock.waits == [0.5]
    inbox.expect("email")
    clock.on_wait = lambda: mail.deliver("Ваш код: 333333.")
    assert inbox.code("email") == "333333"
    assert mail.logins == 1


def test_a_mailbox_reads_the_text_of_html(mail: Mail, opened: Open) -> None:
    inbox, _ = mailbox(mail, opened)
    inbox.expect("email")
    mail.deliver('<style>p{color:#123456}</style><p id="777777">Код <b>222222</b></p>', subtype="html")
    assert inbox.code("email") == "222222"


def test_a_mailbox_passes_by_mail_to_others_and_mail_without_a_code(mail: Mail, opened: Open) -> None:
    inbox, _ = mailbox(mail, opened)
    inbox.expect("email")
    mail.deliver("Код 222222", to=EMAIL.upper())
    mail.deliver("Код 333333", to=f"other.{EMAIL}")
    mail.deliver("Добро пожаловать")
    assert inbox.code("email") == "222222"


@pytest.mark.parametrize("charset", ["unknown-8bit", "cp-1251", ""])
def test_a_mail_in_a_charset_that_nobody_knows_is_read_for_its_digits(mail: Mail, opened: Open, charset: str) -> None:
    inbox, _ = mailbox(mail, opened)
    inbox.expect("email")
    head = f'To: {EMAIL}\r\nContent-Type: text/plain; charset="{charset}"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    mail.messages.append(head.encode() + "Код: 222222.".encode("cp1251"))
    assert inbox.code("email") == "222222"


def test_of_two_mails_the_newest_counts(mail: Mail, opened: Open) -> None:
    inbox, _ = mailbox(mail, opened)
    inbox.expect("email")
    mail.deliver("Код 111111")
    mail.deliver("Код 222222")
    assert inbox.code("email") == "222222"


def test_no_mail_within_the_time_is_the_fault_of_delivery(mail: Mail, opened: Open) -> None:
    mail.deliver("Код 111111")
    inbox, _ = mailbox(mail, opened, timeout_s=2)
    inbox.expect("email")
    with pytest.raises(CodeNotDelivered, match=r"^no code by email within 2 s$"):
        inbox.code("email")


def test_a_mailbox_that_hung_up_between_runs_is_called_again(mail: Mail, opened: Open) -> None:
    inbox, _ = mailbox(mail, opened)
    inbox.expect("email")
    mail.drop = True
    inbox.expect("email")
    mail.deliver("Код 222222")
    assert inbox.code("email") == "222222"
    assert mail.logins == 2


def test_a_mailbox_that_hangs_up_while_it_is_read_is_unreachable(mail: Mail, opened: Open) -> None:
    inbox, _ = mailbox(mail, opened)
    inbox.expect("email")
    mail.drop = True
    check_unreachable(lambda: inbox.code("email"), "the connection was dropped")


def test_a_mailbox_that_refuses_is_named(mail: Mail, opened: Open) -> None:
    wrong, _ = mailbox(mail, opened, password="wrong")
    check_unreachable(lambda: wrong.expect("email"), f"inbox at 127.0.0.1:{mail.port}: login refused")
    nowhere, _ = mailbox(mail, opened, folder="Nowhere")
    check_unreachable(lambda: nowhere.expect("email"), "there is no such folder")


def test_a_mailbox_elsewhere_needs_tls(opened: Open) -> None:
    address = InboxAddress("imap", "imap://mail.example", user="probe", password=SecretStr("hunter2"))
    check_unreachable(
        lambda: opened(target(address, "email")).expect("email"), "mail.example: without TLS only this machine"
    )


@pytest.fixture
def mail_over_tls(tmp_path: Path) -> Iterator[tuple[Mail, Path]]:
    """An IMAP server over TLS and the file with its self-signed certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (tmp_path / "key.pem").write_bytes(private)
    (tmp_path / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    mail = Mail()
    server = serve(mail, tls)
    trust.cache_clear()
    yield mail, tmp_path / "certificate.pem"
    trust.cache_clear()
    server.shutdown()
    server.server_close()


def test_a_mailbox_must_show_a_certificate_that_is_trusted(mail_over_tls: tuple[Mail, Path], opened: Open) -> None:
    mail, _ = mail_over_tls
    inbox, _ = mailbox(mail, opened, scheme="imaps")
    check_unreachable(lambda: inbox.expect("email"), "certificate verify failed: self-signed certificate")
    assert mail.logins == 0


def test_a_mailbox_may_show_a_certificate_of_an_authority_of_ones_own(
    mail_over_tls: tuple[Mail, Path], opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail, certificate = mail_over_tls
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    inbox, _ = mailbox(mail, opened, scheme="imaps")
    inbox.expect("email")
    mail.deliver("Код 222222")
    assert inbox.code("email") == "222222"


APP = replace(ANNA, factor="totp")
BASE = 1_700_000_010.0 - 1_700_000_010.0 % 30
NOWHERE = target(InboxAddress("outbox", "http://127.0.0.1:9"))


def app(folder: Path, clock: Clock, persona: Persona = APP) -> PersonaInbox:
    return open_inbox(persona, NOWHERE, folder, clock=clock, wait=clock.wait)


def test_totp_gives_the_current_code_and_never_again(tmp_path: Path) -> None:
    clock = Clock(BASE + 5)
    inbox, totp = app(tmp_path, clock), pyotp.TOTP(SECRET)
    inbox.prepare()
    inbox.expect("totp")
    assert inbox.code("totp") == totp.at(BASE)
    assert clock.waits == []
    assert inbox.code("totp") == totp.at(BASE + 30)
    assert clock.waits == [25]


def test_prepare_waits_for_a_window_that_is_unused_and_long_enough(tmp_path: Path) -> None:
    clock = Clock(BASE + 27.5)
    inbox = app(tmp_path, clock)
    inbox.prepare()
    assert clock.now == BASE + 30
    clock.now = BASE + 56.9
    inbox.prepare()
    assert clock.now == BASE + 56.9
    inbox.code("totp")
    inbox.prepare()
    assert clock.now == BASE + 60


def test_a_code_is_not_given_out_in_the_last_second_of_its_window(tmp_path: Path) -> None:
    clock = Clock(BASE + 29.5)
    assert app(tmp_path, clock).code("totp") == pyotp.TOTP(SECRET).at(BASE + 30)


def test_used_windows_are_remembered_across_inboxes_and_kept_private(tmp_path: Path) -> None:
    clock = Clock(BASE)
    first = app(tmp_path, clock).code("totp")
    spaced = replace(APP, totp_secret=SecretStr("jbsw y3dp ehpk 3pxp jbsw y3dp ehpk 3pxp"))
    assert app(tmp_path, clock, spaced).code("totp") != first
    assert clock.now == BASE + 30
    files = [path for path in (tmp_path / "totp").iterdir() if path.suffix != ".lock"]
    assert [int(path.read_text()) for path in files] == [int(BASE // 30) + 1]
    assert [oct(path.stat().st_mode & 0o777) for path in files] == ["0o600"]
    assert SECRET not in files[0].name


def test_another_secret_has_windows_of_its_own(tmp_path: Path) -> None:
    clock = Clock(BASE)
    app(tmp_path, clock).code("totp")
    app(tmp_path, clock, replace(APP, totp_secret=SecretStr(pyotp.random_base32()))).code("totp")
    assert clock.waits == []


TAKE_EVERY_WINDOW = """
import sys
from pathlib import Path
from pydantic import SecretStr
from journeys.inbox import InboxUnreachable
from synthetic.inbox.totp import Totp

class Used(Exception): ...

def refuse(seconds):
    raise Used

for window in range(1000, 1040):
    totp = Totp(SecretStr(sys.argv[1]), Path(sys.argv[2]), clock=lambda: window * 30.0, wait=refuse)
    try:
        totp.take()
        print(window)
    except (Used, InboxUnreachable):
        pass
"""


def test_processes_that_ask_at_once_share_the_windows_between_them(tmp_path: Path) -> None:
    command = [sys.executable, "-c", TAKE_EVERY_WINDOW, SECRET, str(tmp_path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)]
    taken = [int(line) for process in processes for line in process.communicate(timeout=30)[0].splitlines()]
    assert [process.returncode for process in processes] == [0, 0]
    assert sorted(taken) == list(range(1000, 1040))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.booleans(), st.floats(0, 45)), max_size=12), st.floats(0, 30))
def test_no_window_is_ever_used_twice(asked: list[tuple[int, bool, float]], start: float) -> None:
    clock, used = Clock(BASE + start), []
    with TemporaryDirectory() as folder:
        inboxes = [app(Path(folder), clock), app(Path(folder), clock)]
        for who, prepared, pause in asked:
            if prepared:
                inboxes[who].prepare()
                assert clock.now % 30 <= 27
            before = clock.now
            code, window = inboxes[who].code("totp"), int(clock.now // 30)
            assert code == pyotp.TOTP(SECRET).generate_otp(window)
            assert not prepared or clock.now == before
            used.append(window)
            clock.now += pause
    assert used == sorted(set(used))


def test_a_clock_that_was_put_back_is_an_error_and_no_endless_wait(tmp_path: Path) -> None:
    clock = Clock(BASE + 3600)
    inbox = app(tmp_path, clock)
    inbox.code("totp")
    clock.now = BASE
    check_unreachable(inbox.prepare, "the clock is 3600 s behind the last one-time code used")
    check_unreachable(lambda: inbox.code("totp"), "the clock is 3600 s behind")


@pytest.mark.parametrize("secret", ["hunter2", "not base32!", "JBSWY3DP"])
def test_a_bad_secret_is_not_shown(tmp_path: Path, secret: str) -> None:
    inbox = app(tmp_path, Clock(), replace(APP, totp_secret=SecretStr(secret)))
    check_unreachable(inbox.prepare, "the TOTP secret is not base32 of 112 bits or more")
    check_unreachable(lambda: inbox.code("totp"), "the TOTP secret is not base32 of 112 bits or more")


def test_a_state_that_cannot_be_kept_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "totp").write_text("a file where the folder should be")
    check_unreachable(lambda: app(tmp_path, Clock()).code("totp"), "one-time codes")


def test_a_disk_that_has_filled_up_holds_no_code_back(tmp_path: Path) -> None:
    """What is noted is written over what was: no other file, and not a byte more."""
    inbox = app(tmp_path, Clock(BASE))
    inbox.code("totp")
    (file,) = (path for path in (tmp_path / "totp").iterdir() if path.suffix != ".lock")
    before, noted = file.stat(), file.read_text()
    with full_disk(before.st_size):
        inbox.code("totp")
    assert (file.stat().st_ino, file.stat().st_size) == (before.st_ino, before.st_size)
    assert int(file.read_text()) == int(noted) + 1


def test_what_an_earlier_version_noted_is_written_anew(tmp_path: Path) -> None:
    inbox = app(tmp_path, Clock(BASE))
    codes = [inbox.code("totp")]
    (file,) = (path for path in (tmp_path / "totp").iterdir() if path.suffix != ".lock")
    file.write_text(str(int(file.read_text())))
    with full_disk(len(file.read_text())):
        check_unreachable(lambda: inbox.code("totp"), "cannot note the one-time code as used")
    codes += [inbox.code("totp"), inbox.code("totp")]
    assert len(set(codes)) == 3


def test_a_disk_that_was_full_from_the_start_says_so_and_does_no_harm(tmp_path: Path) -> None:
    inbox = app(tmp_path, Clock(BASE))
    with full_disk(0):
        check_unreachable(lambda: inbox.code("totp"), "cannot note the one-time code as used")
    assert inbox.code("totp") == pyotp.TOTP(SECRET).at(BASE)


def test_a_state_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    inbox = app(tmp_path, Clock())
    inbox.code("totp")
    next(path for path in (tmp_path / "totp").iterdir() if path.suffix != ".lock").write_text("")
    check_unreachable(lambda: inbox.code("totp"), "cannot tell which one-time code was used last")


def test_prepare_does_not_depend_on_an_inbox_that_the_second_factor_does_not_need(tmp_path: Path) -> None:
    port = closed_port()
    unused = InboxAddress("imap", f"imap://127.0.0.1:{port}", user="probe", password=SecretStr("hunter2"))
    open_inbox(APP, target(unused, "email"), tmp_path, clock=Clock(BASE)).prepare()
