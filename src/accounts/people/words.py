"""A person's words by version, and the address under which they sign in, written within a command."""

from email_validator import EmailNotValidError, validate_email
from psycopg.errors import UniqueViolation

from kernel.errors import Refusal
from kernel.store import Log
from kernel.texts import clean

FIELDS = ("name", "email", "language")
LONGEST_NAME = 200
NOW = "SELECT name, email, language FROM people WHERE is_current"
RETIRE = "UPDATE people SET is_current = false WHERE is_current"
WRITE = "INSERT INTO people (version, name, email, language, written_at) VALUES (%s, %s, %s, %s, %s)"
SIGN_IN_AS = """
INSERT INTO logins (email) VALUES (%s) ON CONFLICT (organisation_id) DO UPDATE SET email = excluded.email"""


class EmailTaken(Refusal):
    """Said only to whoever reads the letters of that address, or to a team about its own members."""

    status = 409


class EmailNotValid(Refusal):
    pass


class NameMissing(Refusal):
    pass


def address_of(email: str) -> str:
    """The address in the one spelling under which we know it."""
    try:
        return validate_email(clean(email), check_deliverability=False).normalized.lower()
    except EmailNotValidError as wrong:
        raise EmailNotValid from wrong


def spelling_of(email: str) -> str:
    """The same for an address that somebody types at the door, where a wrong one is simply unknown."""
    try:
        return address_of(email)
    except EmailNotValid:
        return ""


def name_of(name: str) -> str:
    written = clean(name)[:LONGEST_NAME]
    if not written:
        raise NameMissing
    return written


def read(log: Log) -> dict[str, str]:
    row = log.connection.execute(NOW).fetchone() or ("", "", "fr")
    return dict(zip(FIELDS, row, strict=True))


def write(log: Log, version: int, words: dict[str, str]) -> None:
    log.connection.execute(RETIRE)
    log.connection.execute(WRITE, (version, *(words[field] for field in FIELDS), log.by.at))
    try:
        with log.connection.transaction():
            log.connection.execute(SIGN_IN_AS, (words["email"],))
    except UniqueViolation as taken:
        raise EmailTaken from taken
