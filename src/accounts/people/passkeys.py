"""Passkeys: keys that a telephone, a computer or a stick keeps, and never shows to anybody."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg.errors import UniqueViolation
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from accounts.people.person import Person
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Log, Store, command

KNOWN = "SELECT id, public_key, sign_count FROM passkeys WHERE credential_id = %s"
# Of two answers of the same count one is a copy.
NOTE_USE = """
UPDATE passkeys SET sign_count = %s, last_used_at = %s WHERE id = %s AND sign_count = %s RETURNING id"""
ADD = """
INSERT INTO passkeys (id, credential_id, public_key, sign_count, name_id, added_at) VALUES (%s, %s, %s, %s, %s, %s)"""
REMOVE = "DELETE FROM passkeys WHERE id = %s"
# What the library raises for answers that nobody's browser gives.
UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError)


class PasskeyNotValid(Refusal):
    """The answer is not of this question, this site or this key."""


class PasskeyKnown(Refusal):
    status = 409


class Site(Struct, frozen=True):
    """Where passkeys are for: the address people reach, and the host in it."""

    origin: str
    host: str


class Proof(Struct, frozen=True):
    """Whose passkey answered; `is_verified` when the device asked for a finger, a face or a code as well."""

    person_id: UUID
    passkey_id: UUID
    is_verified: bool


def question(site: Site, challenge: bytes) -> str:
    """What the browser is asked so that somebody signs in, as JSON; the device knows who."""
    wanted = UserVerificationRequirement.PREFERRED
    return options_to_json(
        generate_authentication_options(rp_id=site.host, challenge=challenge, user_verification=wanted)
    )


def invitation(
    site: Site, challenge: bytes, person_id: UUID, email: str, name: str, known: Sequence[bytes] = ()
) -> str:
    """What the browser is asked so that it makes a passkey, as JSON."""
    return options_to_json(
        generate_registration_options(
            rp_id=site.host,
            rp_name="Carnet",
            user_id=person_id.bytes,
            user_name=email,
            user_display_name=name,
            challenge=challenge,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=id) for id in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.PREFERRED
            ),
        )
    )


@command("self.write", is_exclusive=True)
def add_passkey(log: Log, id: UUID, *, answer: str, challenge: bytes, site: Site, name: str, by: Act) -> None:
    """`answer` is what the browser sent, as JSON."""
    made = verified(answer, challenge, site)
    person = log.get(Person, by.organisation_id)
    name_id = log.write(name, kind="name", about=id)
    row = (id, made.credential_id, made.credential_public_key, made.sign_count, name_id, by.at)
    person.add_passkey(by, id, name_id)
    try:
        log.connection.execute(ADD, row)
    except UniqueViolation as known:
        raise PasskeyKnown from known
    log.keep(person)


def verified(answer: str, challenge: bytes, site: Site) -> VerifiedRegistration:
    facts = {"expected_challenge": challenge, "expected_rp_id": site.host, "expected_origin": site.origin}
    try:
        return verify_registration_response(credential=answer, **facts)
    except UNREADABLE as wrong:
        raise PasskeyNotValid from wrong


@command("self.write", is_exclusive=True)
def remove_passkey(log: Log, id: UUID, *, by: Act) -> None:
    person = log.get(Person, by.organisation_id)
    person.remove_passkey(by, id)
    log.connection.execute(REMOVE, (id,))
    log.keep(person)


def proven(store: Store, answer: str, challenge: bytes, site: Site, now: datetime) -> Proof:
    """Whose passkey gave this answer. Refuses any that is not to this question, or was given before."""
    person_id, credential_id = claimed(answer)
    with store.reading(person_id) as db:
        row = db.execute(KNOWN, (credential_id,)).fetchone()
        if row is None:
            raise PasskeyNotValid
        id, public_key, sign_count = row
        found = checked(answer, challenge, site, bytes(public_key), sign_count)
        if db.execute(NOTE_USE, (found.new_sign_count, now, id, sign_count)).fetchone() is None:
            raise PasskeyNotValid
    return Proof(person_id, id, found.user_verified)


def claimed(answer: str) -> tuple[UUID, bytes]:
    """Whose the answer says it is: the person's identifier is the handle that we gave."""
    try:
        said: dict[str, Any] = json.loads(answer)
        return UUID(bytes=base64url_to_bytes(said["response"]["userHandle"])), base64url_to_bytes(said["rawId"])
    except UNREADABLE as wrong:
        raise PasskeyNotValid from wrong


def checked(answer: str, challenge: bytes, site: Site, public_key: bytes, sign_count: int) -> Any:
    try:
        return verify_authentication_response(
            credential=parse_authentication_credential_json(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
        )
    except UNREADABLE as wrong:
        raise PasskeyNotValid from wrong
