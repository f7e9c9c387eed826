"""Passwords: which are good enough, how they are kept, and whether one is right."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from accounts.people import links, sessions
from accounts.people.person import Person
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Log, Store, command

HASHER = PasswordHasher()
# Checked when there is nobody or no password, so that every answer takes the same time.
NOBODY = HASHER.hash("nobody")
SHORTEST, LONGEST = 10, 256
# A hundred million guesses: with the pauses at the door that is longer than anybody lives.
STRONG_ENOUGH = 3
# The estimate tries every reading of signs as letters: 72 characters made of them took it three seconds, 32 a fifth.
LOOKED_AT = 32
# Words that anybody would try here first.
OURS = ("carnet", "agenda", "rendezvous", "rendez-vous")
APART = ("@", r"[@.\s-]")
LEAKED = frozenset(FREQUENCY_LISTS["passwords"])
SHA1_DIGITS = 40

HASH = "SELECT password_hash FROM credentials"
KEEP = """
INSERT INTO credentials (password_hash, set_at) VALUES (%s, %s)
ON CONFLICT (organisation_id) DO UPDATE SET password_hash = excluded.password_hash, set_at = excluded.set_at"""
REHASH = "UPDATE credentials SET password_hash = %s WHERE password_hash = %s"


class PasswordTooShort(Refusal):
    pass


class PasswordTooLong(Refusal):
    pass


class PasswordTooWeak(Refusal):
    """It would be guessed soon: a common word, a name, a date, keys beside each other."""


class PasswordLeaked(Refusal):
    """It stands in the lists of passwords that were stolen elsewhere, which are tried first."""


def must_be_good(password: str, about: Sequence[str], leaked: Path | None = None) -> None:
    """`about` are words around the person: name, address, organisations. `leaked` is a file of SHA-1 in order."""
    if len(password) < SHORTEST:
        raise PasswordTooShort(least=SHORTEST)
    if len(password) > LONGEST:
        raise PasswordTooLong(most=LONGEST)
    if password.lower() in LEAKED or (leaked and is_listed(password, leaked)):
        raise PasswordLeaked
    if zxcvbn(password[:LOOKED_AT], user_inputs=[*OURS, *words_in(about)])["score"] < STRONG_ENOUGH:
        raise PasswordTooWeak


def words_in(about: Sequence[str]) -> list[str]:
    """The texts, the parts of addresses and each single word, as all of them are guessed."""
    whole = [text.lower() for text in about if text]
    return [*whole, *(word for text in whole for apart in APART for word in re.split(apart, text) if word)]


def is_listed(password: str, leaked: Path) -> bool:
    """Looks the hash up in a file of lines in order, some gigabytes perhaps, by halving."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with leaked.open("rb") as file:
        low, high = 0, file.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            file.seek(middle)
            if middle:
                file.readline()
            line = file.readline()[:SHA1_DIGITS].upper()
            if line == wanted:
                return True
            low, high = (middle + 1, high) if line and line < wanted else (low, middle)
    return False


def is_right(store: Store, person_id: UUID | None, password: str) -> bool:
    """Does the same work for a person who is not there. A hash of older parameters is renewed."""
    person_id = person_id or uuid4()
    with store.reading(person_id) as db:
        row = db.execute(HASH, prepare=True).fetchone()
    kept = row[0] if row else NOBODY
    if not (verify(kept, password) and row):
        return False
    if HASHER.check_needs_rehash(kept):
        with store.reading(person_id) as db:
            db.execute(REHASH, (HASHER.hash(password), kept))
    return True


def verify(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False


def keep(log: Log, person: Person, password: str, why: str, by: Act) -> None:
    log.connection.execute(KEEP, (HASHER.hash(password), by.at))
    person.set_password(by, why)


@command("self.write", is_exclusive=True)
def set_password(
    log: Log,
    password: str,
    *,
    about: Sequence[str],
    leaked: Path | None = None,
    why: str = "changed",
    session_id: UUID | None = None,
    by: Act,
) -> None:
    """Whoever is signed in elsewhere, or holds a link, has to come in anew; `session_id` stays."""
    must_be_good(password, about, leaked)
    person = log.get(Person, by.organisation_id)
    keep(log, person, password, why, by)
    links.revoke_all(log)
    sessions.end_all(log, person, "password changed", by, but=session_id)
    log.keep(person)
