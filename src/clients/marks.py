"""Marks of the contacts of blocked clients: enough to know a contact again in any writing, too little to read it."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from clients.rows import files_in
from clients.words import email, phone
from kernel.errors import Refusal

# Houses of mail that leave out the dots of a name.
WITHOUT_DOTS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}

# The pepper stands beside the marks on purpose. A key of the program's settings would lose every block when it is
# renewed or when the data move to another machine, and nobody would notice. Whoever holds the whole database could
# guess the phones of erased people either way; what a mark must withstand is being read.
PEPPER = "SELECT pepper FROM peppers"
NEW_PEPPER = "INSERT INTO peppers (pepper) VALUES (%s) ON CONFLICT DO NOTHING"
CONTACTS = """
SELECT DISTINCT id, phone, email FROM clients
WHERE id IN (SELECT id FROM clients WHERE file_id = %s AND is_current) AND (phone <> '' OR email <> '')"""
CURRENT = "SELECT phone, email FROM clients WHERE file_id = %s AND is_current"
PUT = """
INSERT INTO blocked_contacts (mark, client_id, blocked_at) SELECT mark, %s, %s FROM unnest(%s::bytea[]) mark
ON CONFLICT DO NOTHING"""
DROP = "DELETE FROM blocked_contacts WHERE client_id = ANY(%s)"
DROP_CONTACTS = "DELETE FROM blocked_contacts WHERE mark = ANY(%s)"
KNOWN = "SELECT EXISTS (SELECT 1 FROM blocked_contacts WHERE mark = ANY(%s))"
BLOCKED_FILE = "SELECT EXISTS (SELECT 1 FROM clients WHERE file_id = %s AND is_current AND is_blocked)"
# Phones on file are written with their country.
ANY_COUNTRY = "ZZ"


def spellings(number: str, address: str, country: str) -> Iterator[str]:
    """The one writing of each contact that says something; what cannot be a contact has none."""
    for kind, written, read in (
        ("phone", number, lambda words: phone(words, country)),
        ("email", address, lambda words: one_spelling(email(words))),
    ):
        try:
            if found := read(written.strip()):
                yield f"{kind}:{found}"
        except Refusal:
            continue


def one_spelling(address: str) -> str:
    """An address without what its owner may add at will: +tag, and the dots that some houses of mail leave out."""
    if not address:
        return ""
    name, _, domain = address.rpartition("@")
    name = name.partition("+")[0] or name
    return f"{name.replace('.', '')}@{WITHOUT_DOTS[domain]}" if domain in WITHOUT_DOTS else f"{name}@{domain}"


def marks_of(db: Connection, contacts: Iterable[tuple[str, str]], country: str = ANY_COUNTRY) -> list[bytes]:
    written = {spelling for number, address in contacts for spelling in spellings(number, address, country)}
    if not written:
        return []
    pepper = pepper_of(db)
    return [hmac.new(pepper, spelling.encode(), hashlib.sha256).digest() for spelling in sorted(written)]


def pepper_of(db: Connection) -> bytes:
    row = db.execute(PEPPER, prepare=True).fetchone()
    if row is None:
        db.execute(NEW_PEPPER, (secrets.token_bytes(32),))
        row = db.execute(PEPPER).fetchone()
    return row[0]


def contacts_of(db: Connection, file_id: UUID) -> list[tuple[str, str]]:
    """The contacts of a file and its duplicates, in every version whose words still stand."""
    return [contact for _, *contact in db.execute(CONTACTS, (file_id,), prepare=True)]


def current_contacts(db: Connection, file_id: UUID) -> list[tuple[str, str]]:
    return db.execute(CURRENT, (file_id,), prepare=True).fetchall()


def are_marked(db: Connection, contacts: Iterable[tuple[str, str]], country: str = ANY_COUNTRY) -> bool:
    marks = marks_of(db, contacts, country)
    return bool(marks) and db.execute(KNOWN, (marks,), prepare=True).fetchone()[0]


def is_file_blocked(db: Connection, file_id: UUID) -> bool:
    return db.execute(BLOCKED_FILE, (file_id,), prepare=True).fetchone()[0]


def renew(db: Connection, file_id: UUID, at: datetime) -> None:
    """Marks what a blocked file can be reached by, each of its duplicates for itself; or takes their marks away."""
    if not is_file_blocked(db, file_id):
        db.execute(DROP, (files_in(db, file_id),))
        return
    for id, *contact in db.execute(CONTACTS, (file_id,)).fetchall():
        db.execute(PUT, (id, at, marks_of(db, [contact])))
