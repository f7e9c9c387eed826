"""Questions to passkeys: each is asked in one form, of one visit, and may be answered once."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app, session
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeSerializer
from msgspec import Struct
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, generate_challenge

from accounts.people import passkeys, throttle
from accounts.people.passkeys import PasskeyNotValid, Site
from accounts.people.queries import PersonCard
from web import visit

GOOD_FOR = timedelta(hours=1)


class Asked(Struct, frozen=True):
    """What the page's script hands to the browser, and the seal that the form sends back with the answer."""

    options: str
    seal: str


def to_sign_in() -> Asked:
    challenge = generate_challenge()
    return Asked(passkeys.question(own_site(), challenge), sealed("sign-in", challenge))


def to_add(person: PersonCard, known: list[bytes]) -> Asked:
    challenge = generate_challenge()
    options = passkeys.invitation(own_site(), challenge, person.id, person.email, person.name, known)
    return Asked(options, sealed("add", challenge))


def own_site() -> Site:
    origin = current_app.config["PUBLIC_URL"]
    return Site(origin, urlsplit(origin).hostname or "")


def sealed(purpose: str, challenge: bytes) -> str:
    """Bound to the visit by what protects its forms."""
    generate_csrf()
    facts = [bytes_to_base64url(challenge), visit.now().isoformat(), session["csrf_token"]]
    return serializer(purpose).dumps(facts)


def opened(purpose: str, seal: str) -> bytes:
    """The challenge of a question that was asked here a short while ago and is answered for the first time."""
    try:
        challenge, asked_at, csrf = serializer(purpose).loads(seal)
    except BadSignature as forged:
        raise PasskeyNotValid from forged
    until = datetime.fromisoformat(asked_at) + GOOD_FOR
    if csrf != session.get("csrf_token") or visit.now() > until or not throttle.spend(visit.store(), seal, until):
        raise PasskeyNotValid
    return base64url_to_bytes(challenge)


def serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"passkey/{purpose}")
