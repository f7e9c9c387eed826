"""How we speak to mail servers: encrypted, with a certificate that we can check, or not at all."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifications.channels import smtp
from notifications.outcomes import TryAgain
from notifications.parcels import Parcel
from tests.postbox import Postbox, open_postbox

PARCEL = Parcel(name="a", sender="carnet@exemple.fr", recipient="sonia@exemple.fr", content=b"Subject: a\r\n\r\na\r\n")


class Certificate:
    """One for this name, signed by itself."""

    def __init__(self, folder: Path, name: str):
        key = ec.generate_private_key(ec.SECP256R1())
        own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(own).issuer_name(own).public_key(key.public_key())
        made = made.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.file, self.key = folder / f"{name}.pem", folder / f"{name}.key"
        self.file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        self.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


Sending = Callable[..., Postbox]


@pytest.fixture
def sending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sending]:
    """Sends through a server that is called localhost and seems to stand elsewhere."""
    monkeypatch.setattr(smtp, "is_this_machine", lambda _: False)

    def send(
        scheme: str = "smtp", *, name: str = "localhost", is_known: bool = True, login: str = "", **facts: object
    ) -> Postbox:
        certificate = Certificate(tmp_path, name)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file if is_known else Certificate(tmp_path, "other").file))
        way = {"ssl_context": certificate.context()} if scheme == "smtps" else {"tls_context": certificate.context()}
        with open_postbox(**way, **facts) as (box, url):
            port = url.rpartition(":")[2]
            smtp.send(PARCEL, lambda: None, f"{scheme}://{login}localhost:{port}")
        return box

    return send


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_whose_certificate_we_know_gets_the_letter(sending: Sending, scheme: str):
    assert len(sending(scheme).envelopes) == 1


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("wrong", [{"is_known": False}, {"name": "elsewhere.exemple.org"}])
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(sending: Sending, scheme: str, wrong: dict[str, object]):
    with pytest.raises(TryAgain, match="SSLCertVerificationError"):
        sending(scheme, **wrong)


def test_the_password_is_given_once_the_way_is_encrypted(sending: Sending):
    given = []

    def check(_server: object, session: object, _envelope: object, _mechanism: str, facts: object) -> AuthResult:
        given.append((session.ssl is not None, facts.login, facts.password))
        return AuthResult(success=facts.password == b"p@ss", handled=False)

    asked = {"authenticator": check, "auth_required": True}
    assert len(sending(login="us%40er:p%40ss@", **asked).envelopes) == 1
    assert given == [(True, b"us@er", b"p@ss")]
    with pytest.raises(TryAgain, match="^refused 535"):
        sending(login="us%40er:wrong@", **asked)
