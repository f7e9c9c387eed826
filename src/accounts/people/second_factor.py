"""The second factor: six digits that change every half minute, and recovery codes for when the telephone is lost."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp

from accounts.people import links
from accounts.people.person import Person
from accounts.sealing import lock_away, unlock
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Log, command

ISSUER = "Carnet"
PURPOSE = "second factor"
STEP_SECONDS = 30
# A telephone's clock may be half a minute off, either way.
TOLERATED = (0, -1, 1)
HOW_MANY = 10

PREPARE = """
INSERT INTO second_factors (sealed) VALUES (%s)
ON CONFLICT (organisation_id) DO UPDATE SET sealed = excluded.sealed, last_step = 0 WHERE NOT second_factors.is_on"""
SEALED = "SELECT sealed FROM second_factors"
TURN_ON = "UPDATE second_factors SET is_on = true"
# Of two who send the same code at once the second finds its half minute used.
USE_STEP = "UPDATE second_factors SET last_step = %s WHERE last_step < %s RETURNING last_step"
TURN_OFF = "DELETE FROM second_factors"
FORGET_CODES = "DELETE FROM recovery_codes"
KEEP_CODE = "INSERT INTO recovery_codes (code_hash) VALUES (%s)"
USE_CODE = "UPDATE recovery_codes SET used_at = %s WHERE code_hash = %s AND used_at IS NULL RETURNING code_hash"


class CodeWrong(Refusal):
    """It is none of ours, or of another half minute, or used before."""


def fresh() -> str:
    return pyotp.random_base32()


def address(secret: str, email: str) -> str:
    """What the QR code says to an application of codes."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def fresh_codes() -> list[str]:
    """Ten codes of 80 random bits each, so that a plain hash of them gives nothing away."""
    return [grouped(base64.b32encode(secrets.token_bytes(10)).decode().lower()) for _ in range(HOW_MANY)]


def grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def hash_of(code: str) -> bytes:
    """However it was copied: capitals, blanks and hyphens do not count."""
    letters = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(letters.encode()).digest()


@command("self.write", is_exclusive=True)
def prepare_second_factor(log: Log, secret: str, *, key: str, by: Act) -> None:
    """Keeps the secret that an application is shown; it counts when a first code was right."""
    log.get(Person, by.organisation_id).must_not_have_second_factor()
    log.connection.execute(PREPARE, (lock_away(key, PURPOSE, by.organisation_id, secret.encode()),))


@command("self.write", is_exclusive=True)
def turn_on_second_factor(log: Log, code: str, *, codes: Sequence[str], key: str, by: Act) -> None:
    person = log.get(Person, by.organisation_id)
    person.must_not_have_second_factor()
    if not is_timely(log, code, key, by):
        raise CodeWrong
    log.connection.execute(TURN_ON)
    person.turn_on_second_factor(by)
    draw(log, person, codes, by)
    links.revoke_all(log)
    log.keep(person)


@command("self.write", is_exclusive=True)
def turn_off_second_factor(log: Log, *, by: Act) -> None:
    person = log.get(Person, by.organisation_id)
    person.turn_off_second_factor(by)
    log.connection.execute(TURN_OFF)
    log.connection.execute(FORGET_CODES)
    log.keep(person)


@command("self.write", is_exclusive=True)
def draw_recovery_codes(log: Log, codes: Sequence[str], *, by: Act) -> None:
    """Those drawn before open nothing any more."""
    person = log.get(Person, by.organisation_id)
    draw(log, person, codes, by)
    log.keep(person)


def draw(log: Log, person: Person, codes: Sequence[str], by: Act) -> None:
    person.draw_codes(by, len(codes))
    log.connection.execute(FORGET_CODES)
    for code in codes:
        log.connection.execute(KEEP_CODE, (hash_of(code),))


@command("self.write", is_exclusive=True)
def give_code(log: Log, code: str, *, key: str, by: Act) -> None:
    """Refuses a wrong one; a right one, of either kind, is used up."""
    person = log.get(Person, by.organisation_id)
    person.must_have_second_factor()
    if is_timely(log, code, key, by):
        return
    if log.connection.execute(USE_CODE, (by.at, hash_of(code))).fetchone() is None:
        raise CodeWrong
    person.use_code(by)
    log.keep(person)


def is_timely(log: Log, code: str, key: str, by: Act) -> bool:
    """Whether the code is of this half minute or of one beside it, and of none that was used before."""
    row = log.connection.execute(SEALED).fetchone()
    secret = unlock(key, PURPOSE, by.organisation_id, bytes(row[0])) if row else None
    step = step_of(pyotp.TOTP(secret.decode()), "".join(code.split()), by.at) if secret else None
    return step is not None and log.connection.execute(USE_STEP, (step, step)).fetchone() is not None


def step_of(clock: pyotp.TOTP, code: str, now: datetime) -> int | None:
    """The half minute of which this is the code."""
    present = int(now.timestamp()) // STEP_SECONDS
    steps = (present + offset for offset in TOLERATED)
    return next((step for step in steps if pyotp.utils.strings_equal(clock.generate_otp(step), code)), None)
