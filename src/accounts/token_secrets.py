"""The secret of a token: drawn once, shown once, kept as a hash."""

import binascii
import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

PREFIX = "carnet_"
SECRET_BYTES = 32


def fresh_secret(organisation_id: UUID, id: UUID) -> str:
    """A token as a program sends it: where it belongs, which it is, and 256 random bits."""
    whole = organisation_id.bytes + id.bytes + secrets.token_bytes(SECRET_BYTES)
    return PREFIX + urlsafe_b64encode(whole).rstrip(b"=").decode()


def parts_of(secret: str) -> tuple[UUID, UUID] | None:
    """The organisation and the token that a secret claims to be of; None when it is no token."""
    if not secret.startswith(PREFIX) or not secret.isascii():
        return None
    written = secret.removeprefix(PREFIX)
    try:
        whole = urlsafe_b64decode(written + "=" * (-len(written) % 4))
    except binascii.Error:
        return None
    return (UUID(bytes=whole[:16]), UUID(bytes=whole[16:32])) if len(whole) == 32 + SECRET_BYTES else None


def hash_of(secret: str) -> bytes:
    """A plain hash is enough for 256 random bits, and costs nothing on each request."""
    return hashlib.sha256(secret.encode()).digest()
