"""An authenticator made of software: it keeps keys and answers as a telephone would, or as a forger might."""

import hashlib
import json
import secrets
import struct

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


class Authenticator:
    """One key, for one site. What it says of itself may be changed before it answers."""

    def __init__(self, origin: str = "http://localhost", host: str = "localhost", *, is_verified: bool = True):
        self.origin, self.host, self.is_verified = origin, host, is_verified
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.count, self.handle = 0, b""

    def make(self, options: str) -> str:
        """What navigator.credentials.create gives for these options."""
        asked = json.loads(options)
        self.handle = base64url_to_bytes(asked["user"]["id"])
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + self.public_key()
        said = {"fmt": "none", "attStmt": {}, "authData": self.data(ATTESTED) + attested}
        response = {"clientDataJSON": self.client("webauthn.create", asked), "attestationObject": cbor2.dumps(said)}
        return self.written(response)

    def get(self, options: str) -> str:
        """What navigator.credentials.get gives for these options."""
        self.count += 1
        client, data = self.client("webauthn.get", json.loads(options)), self.data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self.written(response | {"userHandle": self.handle})

    def public_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def data(self, more: int = 0) -> bytes:
        flags = PRESENT | more | (VERIFIED if self.is_verified else 0)
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def client(self, kind: str, asked: dict[str, str]) -> bytes:
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": self.origin}).encode()

    def written(self, response: dict[str, bytes]) -> str:
        encoded = {name: bytes_to_base64url(value) for name, value in response.items()}
        id = bytes_to_base64url(self.id)
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": encoded})
