"""The OAuth dialect of ЕСИА: clients, signed requests, timestamps and error codes.

ЕСИА asks every client to sign its requests: ``client_secret`` is the signature over the values of the parameters,
one after another. The real signature is ГОСТ Р 34.10-2012; here it is RSA with SHA-256.

EsiaError   a request that ЕСИА turns down: its code and text
"""

import base64
import binascii
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from staging.person import Condition

CALLBACK = "/oauth/callback"
"""Where both portals take ЕСИА's answer."""
EARLIER_CALLBACK = "/oauth/callback/earlier"
"""Where they took it once, and still do."""

TIMESTAMP = "%Y.%m.%d %H:%M:%S %z"
TIMESTAMP_WINDOW = timedelta(minutes=5)

TEXTS = MappingProxyType(
    {
        "ESIA-007002": "Сертификат не соответствует системе-клиенту",
        "ESIA-007003": "Запрос содержит недопустимое значение параметра",
        "ESIA-007004": "Владелец ресурса или сервис авторизации отклонил запрос",
        "ESIA-007005": "Система-клиент не может запросить маркер доступа таким методом",
        "ESIA-007006": "Запрашиваемая область доступа неизвестна или не разрешена системе-клиенту",
        "ESIA-007007": "Возникла внутренняя ошибка сервиса авторизации",
        "ESIA-007008": "Сервис авторизации не может выполнить запрос из-за большой нагрузки или технических работ",
        "ESIA-007011": "Авторизационный код недействителен или его срок действия истёк",
        "ESIA-007014": "Запрос не содержит обязательного параметра",
        "ESIA-007015": "Неверное время запроса",
        "ESIA-007019": "Отсутствует разрешение на доступ к данным",
        "ESIA-007023": "Указанный redirect_uri не зарегистрирован для системы-клиента",
        "ESIA-007039": "В исходном запросе не был указан параметр code_challenge",
        "ESIA-007040": "Ошибка сравнения исходного и контрольного значений",
        "ESIA-007046": "Вход по одноразовому коду сейчас недоступен",
        "ESIA-007053": "Некорректное значение client_secret: подпись запроса неверна",
        "ESIA-007055": "Вход возможен только с подтверждённой учётной записью",
        "ESIA-007194": "Запрошена область доступа организации, сотрудником которой пользователь не является",
        "ESIA-008010": "Не удалось произвести аутентификацию системы-клиента",
    }
)
"""Code -> what ЕСИА says."""

LACKING: Mapping[Condition, str] = MappingProxyType(
    {
        "identity": "личность не подтверждена документом",
        "register": "профессиональный профиль не связан с реестром",
        "second-factor": "второй фактор входа не включён",
    }
)
"""What an account lacks -> what ЕСИА adds to ESIA-007055."""


class EsiaError(Exception):
    """ЕСИА turns a request down. ``error`` is OAuth's word for it, ``code`` ЕСИА's own."""

    def __init__(self, code: str, error: str = "invalid_request", detail: str = "") -> None:
        self.code = code
        self.text = f"{TEXTS[code]}: {detail}" if detail else TEXTS[code]
        super().__init__(f"{code}: {self.text}")
        self.error = error


@dataclass(frozen=True)
class Client:
    """A system registered with ЕСИА."""

    id: str
    title: str
    home: str
    redirect_uri: str
    scopes: frozenset[str]
    needs_confirmed: bool
    """Whether only confirmed accounts are let in."""
    key: rsa.RSAPublicKey = field(repr=False)


def certificate_hash(key: rsa.RSAPublicKey) -> str:
    """What stands for the fingerprint of a client's certificate: SHA-256 of its public key, hexadecimal."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest().upper()


def sign(key: rsa.RSAPrivateKey, *parts: str) -> str:
    """Signature over the parts written one after another, base64url without padding."""
    signature = key.sign("".join(parts).encode(), padding.PKCS1v15(), hashes.SHA256())
    return base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


def signature_fits(key: rsa.RSAPublicKey, signature: str, *parts: str) -> bool:
    """Whether the signature was made with the other half of ``key`` over just these parts."""
    try:
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        key.verify(raw, "".join(parts).encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def timestamp(moment: datetime) -> str:
    """A moment as ЕСИА writes it: ``2025.01.31 12:00:00 +0000``."""
    return moment.astimezone(UTC).strftime(TIMESTAMP)


def signed(
    client_id: str,
    key: rsa.RSAPrivateKey,
    redirect_uri: str,
    scope: str,
    moment: datetime,
    *,
    state: str = "",
    last: str = "",
) -> dict[str, str]:
    """Parameters that every request of a client carries; ``last`` is what the signature covers besides them."""
    state = state or str(uuid.uuid4())
    stamp = timestamp(moment)
    return {
        "client_id": client_id,
        "client_secret": sign(key, client_id, scope, stamp, state, redirect_uri, last),
        "client_certificate_hash": certificate_hash(key.public_key()),
        "scope": scope,
        "state": state,
        "timestamp": stamp,
        "redirect_uri": redirect_uri,
    }


def challenge_of(verifier: str) -> str:
    """What a client announces of its proof key when a sign-in begins: SHA-256 of the key, base64url (PKCE, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def check_proof(challenge: str, verifier: str) -> None:
    """Check a client's proof key against what it has announced; neither is fine. Raises 007039, 007040."""
    if verifier and not challenge:
        raise EsiaError("ESIA-007039", "invalid_grant")
    if challenge and challenge_of(verifier) != challenge:
        raise EsiaError("ESIA-007040", "invalid_grant")


def of_organisation(scope: str) -> bool:
    """Whether an area of access is an organisation's data rather than the person's: ``org_inn?org_oid=1000``."""
    return "?org_oid=" in scope


def required(parameters: Mapping[str, str], *names: str) -> None:
    """Raise 007014 unless every one of these is given."""
    if not all(parameters.get(name) for name in names):
        raise EsiaError("ESIA-007014")


def one_of(parameters: Mapping[str, str], name: str, *values: str) -> None:
    """Raise 007014 unless the parameter is given, 007003 unless it is one of these values."""
    required(parameters, name)
    if parameters[name] not in values:
        raise EsiaError("ESIA-007003")


def known_client(clients: Mapping[str, Client], parameters: Mapping[str, str]) -> Client:
    """The client that sent a request, by id and redirect_uri only: 008010, 007014, 007023."""
    required(parameters, "client_id", "redirect_uri")
    client = clients.get(parameters["client_id"])
    if client is None:
        raise EsiaError("ESIA-008010", "unauthorized_client")
    if parameters["redirect_uri"] != client.redirect_uri:
        raise EsiaError("ESIA-007023")
    return client


def check_signed(client: Client, parameters: Mapping[str, str], now: datetime, *, last: str = "") -> None:
    """Check what `signed` made: 007014, 007015, 007006, 007002, 007053, in this order."""
    required(parameters, "client_secret", "client_certificate_hash", "scope", "state", "timestamp")
    try:
        sent = datetime.strptime(parameters["timestamp"], TIMESTAMP)
    except ValueError:
        raise EsiaError("ESIA-007015") from None
    if abs(sent - now) > TIMESTAMP_WINDOW:
        raise EsiaError("ESIA-007015")
    # Whether an organisation's data may be had depends on who signs in.
    if not {scope for scope in parameters["scope"].split() if not of_organisation(scope)} <= client.scopes:
        raise EsiaError("ESIA-007006", "invalid_scope")
    if parameters["client_certificate_hash"].upper() != certificate_hash(client.key):
        raise EsiaError("ESIA-007002", "unauthorized_client")
    covered = [parameters[name] for name in ("client_id", "scope", "timestamp", "state", "redirect_uri")]
    if not signature_fits(client.key, parameters["client_secret"], *covered, last):
        raise EsiaError("ESIA-007053")
