"""A browser that trusts an authority of the tests' own.

Of several things that are wrong with a certificate Chromium names an unknown authority first, so one that is only
expired, or only another host's, must come from an authority that it trusts. It takes further ones from the store of
its user, at home: this gives it a home of its own, and touches nobody's.
"""

import ctypes
import shlex
import threading
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from tests.faults.certificate import Authority

_TRUSTED_AUTHORITY = 0x08 | 0x10
"""NSS: a valid authority, trusted for servers."""
_ONE_AT_A_TIME = threading.Lock()
"""The library keeps one store a process; benches are made in threads."""


class _Item(ctypes.Structure):
    _fields_ = (("type", ctypes.c_uint), ("data", ctypes.c_char_p), ("length", ctypes.c_uint))


class _Trust(ctypes.Structure):
    _fields_ = (("ssl", ctypes.c_uint), ("email", ctypes.c_uint), ("objects", ctypes.c_uint))


def trusting(browser: Path, authority: Authority, folder: Path) -> Path:
    """An executable that starts ``browser`` with a home in ``folder`` where the authority is trusted."""
    home = folder / "home"
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    with _ONE_AT_A_TIME:
        _remember(authority.certificate.public_bytes(Encoding.DER), store)
    script = folder / "trusting-browser"
    script.write_text(
        f'#!/bin/sh\nHOME={shlex.quote(str(home))}\nexport HOME\nexec {shlex.quote(str(browser))} "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    return script


def _remember(certificate: bytes, store: Path) -> None:
    """Make the store, with one trusted authority in it. The library is one that no Chromium on Linux runs without."""
    nss = ctypes.CDLL("libnss3.so")
    for function in (nss.PK11_GetInternalKeySlot, nss.CERT_GetDefaultCertDB, nss.CERT_NewTempCertificate):
        function.restype = ctypes.c_void_p
    _check(nss.NSS_InitReadWrite(f"sql:{store}".encode()))
    try:
        slot, known = ctypes.c_void_p(nss.PK11_GetInternalKeySlot()), ctypes.c_void_p(nss.CERT_GetDefaultCertDB())
        item = _Item(0, certificate, len(certificate))
        entry = ctypes.c_void_p(nss.CERT_NewTempCertificate(known, ctypes.byref(item), None, 0, 1))
        _check(nss.PK11_InitPin(slot, None, b""))
        _check(nss.PK11_ImportCert(slot, entry, ctypes.c_ulong(0), b"test authority", 0))
        _check(nss.CERT_ChangeCertTrust(known, entry, ctypes.byref(_Trust(_TRUSTED_AUTHORITY, 0, 0))))
        nss.CERT_DestroyCertificate(entry)
        nss.PK11_FreeSlot(slot)
    finally:
        _check(nss.NSS_Shutdown())


def _check(status: int) -> None:
    if status:
        raise OSError("the store of certificates could not be written")
