"""Links that come by letter: each for one purpose, for a while, once; what opens them is sealed, never stored."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from msgspec import Struct

from accounts import sealing
from accounts.people.acts import as_self
from accounts.people.evenly import kept_only_if
from accounts.people.person import Person
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Log, Store, command

GOOD_FOR = {"sign-in": timedelta(minutes=15), "reset": timedelta(hours=1), "confirm-email": timedelta(days=1)}
PATHS = {"sign-in": "/sign-in/link/", "reset": "/reset/", "confirm-email": "/confirm-email/"}
KEPT_FOR = timedelta(days=90)

ASK = "INSERT INTO links (id, purpose, email, asked_at, expires_at) VALUES (%s, %s, %s, %s, %s)"
REVOKE = "UPDATE links SET revoked_at = %s WHERE used_at IS NULL AND revoked_at IS NULL AND purpose = ANY(%s)"
FORGET = "DELETE FROM links WHERE asked_at < %s"
# What was asked for later than now was asked for by a clock that has been put right since.
GOOD = """purpose = %(purpose)s AND used_at IS NULL AND revoked_at IS NULL
AND expires_at > %(now)s AND asked_at <= %(now)s + interval '2 minutes'"""
LOOK = f"SELECT purpose, email, expires_at FROM links WHERE id = %(id)s AND {GOOD}"
USE = f"UPDATE links SET used_at = %(now)s WHERE id = %(id)s AND {GOOD} RETURNING email"
EMAIL = "SELECT email FROM people WHERE is_current"


class LinkOver(Refusal):
    """It was used, or another was asked for since, or its time is up."""

    status = 410


class Link(Struct, frozen=True, kw_only=True):
    purpose: str
    email: str
    expires_at: datetime


def address(public_url: str, key: str, purpose: str, person_id: UUID, id: UUID) -> str:
    """What the letter says."""
    return f"{public_url}{PATHS[purpose]}{sealing.seal(key, purpose, person_id, id)}"


@command("self.write", is_exclusive=True)
def ask(log: Log, purpose: str, *, is_known: bool = True, by: Act) -> None:
    """Asks for the letter. In the place of somebody unknown it does the same work, and takes it back."""
    with kept_only_if(log.connection, is_known):
        row = log.connection.execute(EMAIL).fetchone()
        person = log.find(Person, by.organisation_id) or Person(id=by.organisation_id)
        write(log, person, uuid4(), purpose, row[0] if row else "", by)
        log.keep(person)


def ask_for(store: Store, person_id: UUID | None, purpose: str, now: datetime) -> None:
    ask(store, purpose, is_known=person_id is not None, by=as_self(person_id or uuid4(), now))


def write(log: Log, person: Person, id: UUID, purpose: str, email: str, by: Act) -> None:
    """A newer link takes the place of older ones for the same."""
    expires_at = by.at + GOOD_FOR[purpose]
    log.connection.execute(FORGET, (by.at - KEPT_FOR,))
    log.connection.execute(REVOKE, (by.at, [purpose]))
    log.connection.execute(ASK, (id, purpose, email, by.at, expires_at))
    person.ask_link(by, id, purpose, expires_at)


def revoke_all(log: Log) -> None:
    log.connection.execute(REVOKE, (log.by.at, list(GOOD_FOR)))


def look(store: Store, person_id: UUID, id: UUID, purpose: str, now: datetime) -> Link | None:
    """The link, if it still opens something; looking uses nothing up."""
    with store.reading(person_id) as db:
        row = db.execute(LOOK, {"id": id, "purpose": purpose, "now": now}).fetchone()
    return Link(purpose=row[0], email=row[1], expires_at=row[2]) if row else None


@command("self.write", is_exclusive=True)
def ask_to_confirm(log: Log, id: UUID, email: str, *, by: Act) -> None:
    """A letter to an address that somebody says is theirs; until it is opened nothing changes."""
    person = log.get(Person, by.organisation_id)
    write(log, person, id, "confirm-email", email, by)
    log.keep(person)


def use(log: Log, person_id: UUID, id: UUID, purpose: str, by: Act) -> tuple[Person, str]:
    """Uses a link up: of many at once the first, as the row is locked. The person, and where the letter went."""
    row = log.connection.execute(USE, {"id": id, "purpose": purpose, "now": by.at}).fetchone()
    if row is None:
        raise LinkOver
    person = log.get(Person, person_id)
    person.use_link(by, id)
    return person, row[0]
