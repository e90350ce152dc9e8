"""An authority of the tests' own, and certificates that are good or bad in one way each."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_YEAR = timedelta(days=365)
_NAME = "NMO Monitor test authority"


@dataclass(frozen=True)
class Authority:
    """A certificate authority whose key lives no longer than the test that made it."""

    key: EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate

    @classmethod
    def new(cls) -> "Authority":
        """An authority that nobody knows yet."""
        key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        unsigned = (
            _begun(_NAME, _NAME, key, now - 2 * _YEAR, now + _YEAR)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )
        return cls(key, unsigned.sign(key, SHA256()))

    def certify(self, host: str, begins: timedelta = -_YEAR / 12, ends: timedelta = _YEAR / 4) -> bytes:
        """Key and certificate for a host, PEM; ``begins`` and ``ends`` are counted from now."""
        key = generate_private_key(SECP256R1())
        return _pem(key, _leaf(host, _NAME, key, self.key, begins, ends))


def self_signed(host: str) -> bytes:
    """Key and certificate for a host that vouches for itself, PEM."""
    key = generate_private_key(SECP256R1())
    return _pem(key, _leaf(host, host, key, key, -_YEAR / 12, _YEAR / 4))


def _leaf(
    host: str,
    issuer: str,
    key: EllipticCurvePrivateKey,
    signer: EllipticCurvePrivateKey,
    begins: timedelta,
    ends: timedelta,
) -> x509.Certificate:
    now = datetime.now(UTC)
    unsigned = (
        _begun(host, issuer, key, now + begins, now + ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return unsigned.sign(signer, SHA256())


def _begun(
    subject: str, issuer: str, key: EllipticCurvePrivateKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
    )


def _pem(key: EllipticCurvePrivateKey, certificate: x509.Certificate) -> bytes:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)
