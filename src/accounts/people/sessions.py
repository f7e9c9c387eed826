"""Sessions: where a person is signed in, for how long, and how that ends."""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import Connection

from accounts.people.browsers import Browser
from accounts.people.person import Person
from accounts.token_secrets import fresh_secret, hash_of, parts_of
from kernel.actors import Act
from kernel.errors import NotFound
from kernel.store import Log, Store, command

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=30)
# A password or a passkey proven so lately need not be proven again for what is sensitive.
PROVEN_FOR = timedelta(minutes=15)
CODE_WITHIN = timedelta(minutes=10)
KEPT_FOR = timedelta(days=90)

OPEN = """
INSERT INTO sessions (id, secret_hash, method, device_id, browser, address, waits_for_code,
    opened_at, seen_at, confirmed_at, house_id, member_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
FORGET = "DELETE FROM sessions WHERE seen_at < %s"
GO_ON = """
UPDATE sessions SET waits_for_code = false, secret_hash = %s, device_id = %s, opened_at = %s, seen_at = %s
WHERE id = %s AND waits_for_code AND ended_at IS NULL AND opened_at > %s RETURNING method"""
END = """
UPDATE sessions SET ended_at = %s WHERE id = %s AND ended_at IS NULL RETURNING NOT waits_for_code"""
OTHERS = "SELECT id FROM sessions WHERE ended_at IS NULL AND id IS DISTINCT FROM %s ORDER BY id"
TURN = "UPDATE sessions SET secret_hash = %s WHERE id = %s AND ended_at IS NULL RETURNING id"
MINE = "SELECT 1 FROM members WHERE id = %s AND person_id = %s AND is_current"
ENTER = """
UPDATE sessions SET house_id = %s, member_id = %s, behalf = '', seeing_as = NULL, support_access_id = %s
WHERE id = %s"""
CONFIRM = "UPDATE sessions SET confirmed_at = %s WHERE id = %s"
DEVICE = "SELECT secret_hash FROM devices WHERE id = %s"
SEEN_DEVICE = "UPDATE devices SET last_seen_at = %s, browser = %s WHERE id = %s"
KEEP_DEVICE = """
INSERT INTO devices (id, secret_hash, browser, first_seen_at, last_seen_at) VALUES (%s, %s, %s, %s, %s)"""
FORGET_DEVICE = "DELETE FROM devices WHERE id = (SELECT device_id FROM sessions WHERE id = %s)"


@command("self.write", is_exclusive=True)
def open_session(
    log: Log,
    id: UUID,
    *,
    secret: str,
    method: str,
    browser: Browser,
    is_proven: bool,
    waits_for_code: bool = False,
    house: tuple[UUID, UUID] | None = None,
    by: Act,
) -> None:
    """`house` is the organisation entered, with the member there. One that waits for a code opens with the code, and
    only then its browser is one that we know."""
    person = log.get(Person, by.organisation_id)
    log.connection.execute(FORGET, (by.at - KEPT_FOR,))
    device_id, is_new = (None, False) if waits_for_code else device_of(log, browser)
    row = (id, hash_of(secret), method, device_id, browser.words, browser.address, waits_for_code)
    times = (by.at, by.at, by.at if is_proven else None)
    log.connection.execute(OPEN, (*row, *times, *(house or (None, None))))
    if not waits_for_code:
        person.open_session(by, id, method, is_new and method != "registered")
        log.keep(person)


def device_of(log: Log, browser: Browser) -> tuple[UUID, bool]:
    """Which of the person's browsers this is, and whether it is new; a new one is known from now on by its secret."""
    known = known_device(log.connection, browser.device, log.by.organisation_id)
    if known:
        log.connection.execute(SEEN_DEVICE, (log.by.at, browser.words, known))
        return known, False
    _, id = parts_of(browser.device)
    log.connection.execute(KEEP_DEVICE, (id, hash_of(browser.device), browser.words, log.by.at, log.by.at))
    return id, True


def known_device(db: Connection, secret: str, person_id: UUID) -> UUID | None:
    claimed = parts_of(secret)
    if claimed is None or claimed[0] != person_id:
        return None
    row = db.execute(DEVICE, (claimed[1],)).fetchone()
    return claimed[1] if row and hmac.compare_digest(bytes(row[0]), hash_of(secret)) else None


@command("self.write", is_exclusive=True)
def pass_second_step(log: Log, id: UUID, *, secret: str, browser: Browser, by: Act) -> None:
    """Opens a session that waited for its code, under another secret."""
    device_id, is_new = device_of(log, browser)
    facts = (hash_of(secret), device_id, by.at, by.at, id, by.at - CODE_WITHIN)
    row = log.connection.execute(GO_ON, facts).fetchone()
    if row is None:
        raise NotFound
    person = log.get(Person, by.organisation_id)
    person.open_session(by, id, row[0], is_new)
    log.keep(person)


@command("self.write", is_exclusive=True)
def end_session(log: Log, id: UUID, *, why: str = "revoked", by: Act) -> None:
    """At the next request it lets nobody in. One that is revoked is a stranger's: its browser is unknown again."""
    person = log.get(Person, by.organisation_id)
    if why == "revoked":
        log.connection.execute(FORGET_DEVICE, (id,))
    end(log, person, id, why, by)
    log.keep(person)


@command("self.write", is_exclusive=True)
def end_other_sessions(log: Log, keep: UUID, *, by: Act) -> None:
    person = log.get(Person, by.organisation_id)
    end_all(log, person, "revoked", by, but=keep)
    log.keep(person)


def end_all(log: Log, person: Person, why: str, by: Act, but: UUID | None = None) -> None:
    for (id,) in log.connection.execute(OTHERS, (but,)).fetchall():
        end(log, person, id, why, by)


def end(log: Log, person: Person, id: UUID, why: str, by: Act) -> None:
    """One that never opened ends without a word."""
    row = log.connection.execute(END, (by.at, id)).fetchone()
    if row and row[0]:
        person.end_session(by, id, why)


def turn(db: Connection, person_id: UUID, id: UUID) -> str:
    """A new secret for the session; the old one opens nothing any more."""
    secret = fresh_secret(person_id, id)
    if db.execute(TURN, (hash_of(secret), id)).fetchone() is None:
        raise NotFound
    return secret


def enter(store: Store, person_id: UUID, session_id: UUID, organisation_id: UUID, member_id: UUID) -> str:
    """Enters an organisation as its member, and returns the session's new secret."""
    with store.reading(organisation_id) as db:
        if db.execute(MINE, (member_id, person_id)).fetchone() is None:
            raise NotFound
    return enter_as(store, person_id, session_id, organisation_id, member_id)


def enter_as(
    store: Store,
    person_id: UUID,
    session_id: UUID,
    organisation_id: UUID | None,
    member_id: UUID | None,
    support_access_id: UUID | None = None,
) -> str:
    """The same for those who need not be members (support), or leave (None). Who may is asked before."""
    with store.reading(person_id) as db:
        db.execute(ENTER, (organisation_id, member_id, support_access_id, session_id))
        return turn(db, person_id, session_id)


def confirm(store: Store, person_id: UUID, session_id: UUID, now: datetime) -> str:
    """Whoever sits there has just proven again who they are; the session goes on under a new secret."""
    with store.reading(person_id) as db:
        db.execute(CONFIRM, (now, session_id))
        return turn(db, person_id, session_id)


def set_behalf(store: Store, person_id: UUID, session_id: UUID, behalf: str) -> None:
    """For whom this session works, as role/identifier; empty for oneself."""
    put(store, person_id, session_id, "behalf", behalf)


def set_seeing_as(store: Store, person_id: UUID, session_id: UUID, member_id: UUID | None) -> None:
    """With whose eyes this session looks."""
    put(store, person_id, session_id, "seeing_as", member_id)


def put(store: Store, person_id: UUID, session_id: UUID, column: str, value: str | UUID | None) -> None:
    with store.reading(person_id) as db:
        db.execute(f"UPDATE sessions SET {column} = %s WHERE id = %s AND ended_at IS NULL", (value, session_id))
