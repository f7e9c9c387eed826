"""The headers by which a receiver knows that a delivery is ours, whole and fresh (the Standard Webhooks convention)."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime

PREFIX = "whsec_"


def headers(secrets: Iterable[str], id: str, at: datetime, body: bytes) -> dict[str, str]:
    """`id` is the same for every sending of one event; one signature for each secret that is good now."""
    stamp = str(int(at.timestamp()))
    signed = " ".join(f"v1,{signature(secret, id, stamp, body)}" for secret in secrets)
    return {"Webhook-Id": id, "Webhook-Timestamp": stamp, "Webhook-Signature": signed}


def signature(secret: str, id: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 of `id.timestamp.body`, in base64; the key is what stands in base64 behind the secret's prefix."""
    message = b".".join((id.encode(), stamp.encode(), body))
    key = b64decode(secret.removeprefix(PREFIX))
    return b64encode(hmac.digest(key, message, hashlib.sha256)).decode()
