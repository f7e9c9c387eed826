"""Sealed words: links that cannot be made up and secrets that the database alone does not give away."""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SIGNATURE_BYTES = 24
IDS_BYTES = 32
NONCE_BYTES = 12


def seal(key: str, purpose: str, organisation_id: UUID, id: UUID) -> str:
    """What a link carries: whose it is, which it is, and the proof that we wrote it for this purpose."""
    ids = organisation_id.bytes + id.bytes
    return urlsafe_b64encode(ids + signature(key, purpose, ids)).decode()


def unseal(key: str, purpose: str, words: str) -> tuple[UUID, UUID] | None:
    """The organisation and the thing that a link of ours names; None for any other words."""
    try:
        whole = urlsafe_b64decode(words.encode("ascii"))
    except ValueError:
        return None
    ids, proof = whole[:IDS_BYTES], whole[IDS_BYTES:]
    # A link has one spelling: the same bytes written otherwise are none of ours.
    if urlsafe_b64encode(whole).decode() != words or len(ids) != IDS_BYTES:
        return None
    if not hmac.compare_digest(proof, signature(key, purpose, ids)):
        return None
    return UUID(bytes=ids[:16]), UUID(bytes=ids[16:])


def signature(key: str, purpose: str, ids: bytes) -> bytes:
    return hmac.digest(derived(key, f"link/{purpose}"), ids, "sha256")[:SIGNATURE_BYTES]


def lock_away(key: str, purpose: str, owner: UUID, secret: bytes) -> bytes:
    """The secret encrypted; it opens again for the same purpose and owner only."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(derived(key, purpose)).encrypt(nonce, secret, owner.bytes)


def unlock(key: str, purpose: str, owner: UUID, sealed: bytes) -> bytes | None:
    """None when it was encrypted under another key, for another purpose or owner, or was changed."""
    try:
        return AESGCM(derived(key, purpose)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.bytes)
    except InvalidTag:
        return None


def derived(key: str, purpose: str) -> bytes:
    """A key of its own for each purpose, so that one use of the server's key says nothing of another."""
    return hmac.digest(key.encode(), f"carnet/{purpose}".encode(), hashlib.sha256)
